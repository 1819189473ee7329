"""How is the house built?

Which folder imports from which, in Python and in the browser's modules, read from the sources; and how long the longest
functions are. Imports inside functions count; those for the type checker alone do not run, so they don't.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSES = ("lstm_core", "dashboard", "studies", "assets/browser")

INSTALLED = {"dashboard": "gatescope"}
"""The name under which a folder is imported, where it has another."""

Imports = dict[str, set[str]]
"""By a file's path in its house, the files there that it imports."""


def imports_of(house: str) -> Imports:
    """Each file of lstm_core, dashboard or assets/browser, and the files of that folder which it imports."""
    top = ROOT / house
    javascript = house == "assets/browser"
    files = {path.relative_to(top).as_posix(): path for path in sorted(top.rglob("*.js" if javascript else "*.py"))}
    read = _javascript_imports if javascript else _python_imports
    return {name: {other for other in read(path, top) if other in files} - {name} for name, path in files.items()}


def _python_imports(path: Path, top: Path) -> Iterator[str]:
    for module in modules_of(path.read_text(encoding="utf-8")):
        house, _, inside = module.partition(".")
        if house == INSTALLED.get(top.name, top.name):
            inside = inside.replace(".", "/")
            yield f"{inside}.py" if inside else "__init__.py"
            yield f"{inside}/__init__.py"


def modules_of(code: str) -> Iterator[str]:
    """The modules that Python code imports when it runs; of `from a import b` both a and a.b, for b may be one."""
    for node in that_run(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def that_run(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below this one, without what stands under `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        is_checked = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        for runs in child.orelse if is_checked else [child]:
            yield runs
            yield from that_run(runs)


def _javascript_imports(path: Path, top: Path) -> Iterator[str]:
    # The types that a comment names do not run either.
    code = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']""", code):
        where = (path.parent / target).resolve()
        if where.is_relative_to(top):
            yield where.relative_to(top).as_posix()


def room_of(file: str) -> str:
    """The folder of a file, or the file itself where it lies loose."""
    first, _, inside = file.partition("/")
    return first if inside else first.rsplit(".", 1)[0]


def arrows(imports: Imports) -> set[tuple[str, str]]:
    """Which room imports from which other."""
    pairs = {(room_of(name), room_of(other)) for name, others in imports.items() for other in others}
    return {(above, below) for above, below in pairs if above != below}


def in_circles(below: dict[str, set[str]]) -> set[str]:
    """What can't be put in an order, in which each stands above all that it imports."""
    left = dict(below)
    while free := [name for name, others in left.items() if not others & left.keys()]:
        for name in free:
            del left[name]
    return set(left)


def functions(house: str) -> list[tuple[int, str]]:
    """Every Python function of a folder as (lines, "file:line name"), the longest first; Biome counts the scripts'."""
    top = ROOT / house
    found = []
    for path in top.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((lines, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"))
    return sorted(found, reverse=True)
