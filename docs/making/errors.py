"""Which sentences can an error say, and what is to be done then? Read in the source of `lstm_core`."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import lstm_core
from lstm_core.errors import address

SOURCE = Path(lstm_core.__file__).parent
FIRST = Path(__file__).parents[1] / "errors.md"
RAISED = re.compile(r"(\[Its entry\]\((made/errors\.md#[\w-]+)\)\n)")
START = """# Every sentence

Each error of `lstm_core`, by the folder and the question of the file that says it; `…` stands for what came. Below the
traceback of an error stands its address on this page."""

Defined = Mapping[str, ast.FunctionDef]


def pages() -> dict[str, str]:
    """One page, with an address for each function that raises an error."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    everywhere, shown = functions(trees.values()), examples()
    rooms: dict[str, list[str]] = {}
    for path, tree in trees.items():
        module = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        said: dict[str, list[str]] = {}
        for function, error in raised(tree, subclasses(tree)):
            said.setdefault(address(module, function), []).extend(sentences(error, everywhere | functions([tree])))
        if said:
            question = " ".join(str(ast.get_docstring(tree)).split("\n\n")[0].split())
            entries = [
                _entry(place, list(dict.fromkeys(told)), shown.get(place.replace(".html", ".md"), []))
                for place, told in said.items()
            ]
            rooms.setdefault(module.split(".")[1], []).append("\n\n".join([f"### {question}", *entries]))
    parts = [f"## {room}\n\n" + "\n\n".join(entries) for room, entries in rooms.items()]
    return {"errors": "\n\n".join([START, *parts]) + "\n"}


def subclasses(tree: ast.AST) -> set[str]:
    """The names by which a file makes errors."""
    return {"LstmCoreError"} | {
        node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    }


def functions(trees: Iterable[ast.AST]) -> dict[str, ast.FunctionDef]:
    """The functions of some files, by name."""
    return {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def raised(node: ast.AST, names: set[str], function: str = "") -> Iterator[tuple[str, ast.expr]]:
    """What is said where an error is made, with the function that makes it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in names:
            yield function, child.args[0]
        inside = isinstance(child, ast.FunctionDef | ast.ClassDef)
        yield from raised(child, names, f"{function}.{child.name}".lstrip(".") if inside else function)


def sentences(said: ast.expr, known: Defined) -> Iterator[str]:
    """The sentences that stand for the words of an error: one, or those that a function returns."""
    name = getattr(said.func, "id", getattr(said.func, "attr", "")) if isinstance(said, ast.Call) else ""
    returned = [node.value for node in ast.walk(known[name]) if isinstance(node, ast.Return)] if name in known else []
    for one in returned or [said]:
        yield re.sub(r"…[… ]*…", "…", " ".join(_text(one).split()))


def _text(node: ast.expr | None) -> str:
    """The words of an expression; a value in them is `…`."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "…"


def _entry(place: str, said: list[str], examples: list[str]) -> str:
    """An address, and below it each sentence, what to do, and the lines that raise it and that don't."""
    anchor = place.partition("#")[2]
    told = [_told(one) for one in said if one.strip("… .,")]
    return f"({anchor})=\n" + "\n\n".join([*told, *examples])


def _told(said: str) -> str:
    symptom, _, rest = said.partition(". ")
    return f"**{plain(symptom).rstrip('.')}.**" + (f"\n\n{plain(rest)}" if rest.strip("… .,") else "")


def examples() -> dict[str, list[str]]:
    """By address: the sections of the page Errors, folded."""
    found: dict[str, list[str]] = {}
    for section in FIRST.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        [(link, place)] = RAISED.findall(text)
        shown = text.replace(link, "").partition("```{toctree}")[0].strip()
        found.setdefault(place, []).append(
            f":::{{dropdown}} {title}: lines that raise it, and lines that don't\n{shown}\n:::"
        )
    return found


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|$~" else letter for letter in text)
