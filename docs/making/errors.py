"""Which sentences can an error say, and what is to be done then? Read in the source of `lstm_core`."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        known = everywhere | functions([tree])
        for name, error, function in raised(tree, subclasses(tree)):
            said.setdefault(address(module, name), []).extend(sentences(error, function, known))
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


def raised(node: ast.AST, names: set[str], inside: Sequence[ast.AST] = ()) -> Iterator[tuple[str, ast.expr, ast.AST]]:
    """What is said where an error is made, with the name of the function that makes it and its lines."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in names:
            yield ".".join(getattr(one, "name", "") for one in inside), child.args[0], inside[-1]
        deeper = isinstance(child, ast.FunctionDef | ast.ClassDef)
        yield from raised(child, names, (*inside, child) if deeper else inside)


def sentences(said: ast.AST, function: ast.AST, known: Defined) -> Iterator[str]:
    """What an error says: a sentence, or those that a function returns, each before the phrases that it may hold."""
    if (name := _called(said)) in known:
        for node in ast.walk(known[name]):
            if isinstance(node, ast.Return) and node.value:
                yield from sentences(node.value, known[name], {})
        return
    yield _in_one_line(said)
    parts = {node.id for node in ast.walk(said) if isinstance(node, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and parts & {getattr(target, "id", "") for target in node.targets}:
            yield from (f"- {one}" for one in _phrases(node.value, known))


def _phrases(value: ast.AST, known: Defined) -> Iterator[str]:
    """The texts of four words and more in what a name stands for, and in what a function returns for it."""
    if isinstance(value, ast.Constant | ast.JoinedStr):
        text = _in_one_line(value)
        if len(re.findall(r"\w+", text)) > 3:
            yield text
    elif isinstance(value, ast.Call):
        said = known.get(_called(value), ast.Pass())
        returned = [node for node in ast.walk(said) if isinstance(node, ast.Return)]
        yield from (one for node in returned for one in _phrases(node, {}))
    else:
        yield from (one for child in ast.iter_child_nodes(value) for one in _phrases(child, known))


def _called(node: ast.AST) -> str:
    """The name of the function that is called, or ""."""
    return getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""


def _in_one_line(node: ast.AST) -> str:
    return re.sub(r"…[… ]*…", "…", " ".join(_text(node).split()))


def _text(node: ast.AST) -> str:
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
    told = [_told(one) for one in said if one.strip("-… .,")]
    return f"({anchor})=\n" + "\n\n".join([*told, *examples])


def _told(said: str) -> str:
    if said.startswith("- "):
        return f"- {plain(said[2:])}"
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
