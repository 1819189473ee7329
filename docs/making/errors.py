"""Which sentences can an error say, and what is to be done then? Read in the source of `lstm_core`."""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import lstm_core

SOURCE = Path(lstm_core.__file__).parent
START = "# Every sentence\n\nEach error of `lstm_core`, by the room that says it. `…` stands for what came."


def pages() -> dict[str, str]:
    """A page a room that says one, and a list of them."""
    rooms: dict[str, list[str]] = {}
    told: set[tuple[str, str]] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        said = [one for one in dict.fromkeys(sentences(tree)) if (room, one) not in told]
        told |= {(room, one) for one in said}
        if said:
            question = str(ast.get_docstring(tree)).split("\n\n")[0]
            rooms.setdefault(room, []).append("\n\n".join([f"## {' '.join(question.split())}", *map(_entry, said)]))
    made = {f"errors/{room}": "\n\n".join([f"# Errors of {room}", *parts]) + "\n" for room, parts in rooms.items()}
    made["errors"] = f"{START}\n\n```{{toctree}}\n" + "\n".join(made) + "\n```\n"
    return made


def sentences(tree: ast.AST) -> Iterator[str]:
    """What the errors raised in a file say, in the file's order; a value in it is `…`."""
    subclasses = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    for node in sorted(calls, key=lambda node: node.lineno):
        name = getattr(node.func, "id", "")
        if name == "LstmCoreError" or (name.endswith("Error") and name in subclasses):
            said = re.sub(r"…[… ]*…", "…", " ".join(_text(node.args[0]).split()))
            # What says nothing without its values can't be searched for.
            if len(said.partition(". ")[0].replace("…", "").split()) > 2:
                yield said


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "…"


def _entry(said: str) -> str:
    """A sentence with an address of its own, and what to do in a line of its own."""
    symptom, _, rest = said.partition(". ")
    address = hashlib.sha256(said.encode()).hexdigest()[:8]
    shown = f"(e-{address})=\n**{plain(symptom).rstrip('.')}.**"
    return shown + (f"\n\n{plain(rest)}" if rest else "")


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|$~" else letter for letter in text)
