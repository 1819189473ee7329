"""What does each public name take and give, what can a link to the app say, and what does each verb do?"""

import ast
import importlib
import inspect
import os
import re
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from itertools import pairwise
from typing import Any
from unittest import mock

import lstm_core
from gatescope.command.main import VERBS, parser
from gatescope.comparing.view import Side
from gatescope.lesson.view import LessonView
from gatescope.model_page.train_one_here import Way
from gatescope.question import link
from gatescope.question.view import View
from gatescope.train_one.setup import usual
from gatescope.unit_tables.asked import Units
from lstm_core.files import model_folders
from making import gallery

# What does each public name take and give? A page a room of `lstm_core`, from the docstrings.

ROOMS = (
    *("recording", "traces", "analysis", "explaining", "checking", "scanning"),
    *("models", "inputs", "checkpoints", "training", "errors"),
)
"""In the order in which one needs them."""
NOT_OURS = ("Module", "Mapping", "ValueError", "dict", "tuple")
"""Classes whose own members are told elsewhere."""


def name_pages() -> dict[str, str]:
    """A page a room, and one that lists all names."""
    by_room = names()
    made = {f"api/{room}": _page(room, by_room[room]) for room in ROOMS}
    lists = [f"## [`{room}`](api/{room}.md)\n\n{_question(room)}\n\n{_list(by_room[room])}" for room in ROOMS]
    tree = "\n".join(f"api/{room}" for room in ROOMS)
    start = "# API\n\n`import lstm_core` gives all of these names; most stand at its top, the others in their room."
    made["api"] = "\n\n".join([start, *lists, f"```{{toctree}}\n:hidden:\n\n{tree}\n```"]) + "\n"
    return made


def names() -> dict[str, dict[str, Any]]:
    """By room, its public names as one writes them, and what they are."""
    found: dict[str, dict[str, Any]] = {room: {} for room in ROOMS}
    for name in lstm_core.__all__:
        thing = getattr(lstm_core, name)
        thing = model_folders.models if inspect.ismodule(thing) else thing  # it can be called, as `lstm_core.models()`
        found[str(thing.__module__).split(".")[1].replace("files", "models")][f"lstm_core.{name}"] = thing
    taken = {id(thing) for room in found.values() for thing in room.values()}
    for room in ROOMS:
        module = importlib.import_module(f"lstm_core.{room}")
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if id(thing) not in taken:
                found[room][f"lstm_core.{room}.{name}"] = thing
    return found


def _question(room: str) -> str:
    return str(importlib.import_module(f"lstm_core.{room}").__doc__).splitlines()[0]


def _list(things: dict[str, Any]) -> str:
    return "\n".join(f"- [`{name}`](#{name}): {_first(thing)}" for name, thing in things.items())


def _first(thing: Any) -> str:
    said = inspect.getdoc(thing) if inspect.isclass(thing) or inspect.isroutine(thing) else ""
    return " ".join((said or "").split("\n\n")[0].split())


def _page(room: str, things: dict[str, Any]) -> str:
    parts, examples = [f"# {room}\n\n{_question(room)}"], gallery.examples()
    for name, thing in things.items():
        parts.append(f"```{{eval-rst}}\n{_directive(name, thing)}\n```")
        if used := [f"- [{one.question}](../gallery/{one.name}.md)" for one in examples if name in one.names]:
            parts.append("\n".join([f":::{{dropdown}} Examples that use it ({len(used)})", *used, ":::"]))
    return "\n\n".join(parts) + "\n"


def _directive(name: str, thing: Any) -> str:
    if inspect.isclass(thing):
        return f".. autoclass:: {name}\n   :members:\n   :inherited-members: {', '.join(NOT_OURS)}"
    if thing is model_folders.models:  # its name is that of a module
        return f".. py:function:: {name}()\n\n   {_first(thing)}"
    if inspect.isroutine(thing):
        return f".. autofunction:: {name}"
    values = ", ".join(f"`{value}`" for value in getattr(thing, "__args__", thing))
    return f".. py:data:: {name}\n\n   {values}."


def readable(*event: Any) -> None:
    """Let Sphinx take a bar or a star in a docstring as it stands: it is |c|, or a product."""
    lines: list[str] = event[-1]
    lines[:] = [
        line if line.lstrip().startswith((">>>", "...")) else re.sub(r"(`[^`]*`)|([|*])", _as_it_stands, line)
        for line in lines
    ]


def _as_it_stands(found: re.Match[str]) -> str:
    return found[1] or f"\\{found[2]}"


# What can a link to the app say? Each page's fields, as the app itself reads them.

QUESTIONS = {
    "Memory": ("/", View()),
    "Lesson": ("/lesson", LessonView()),
    "Units": ("/units", Units()),
    "Compare": ("/compare", Side()),
    "Your model": ("/open", Way()),
    "Your model, training": ("/open?how=train", usual("counter")),
}
LINK_START = """# The fields of a link

The address of a page is the question that it answers: `/?sentence=A+cat&model=random&hidden_dim=8` opens the same
numbers on any machine. What a link leaves out has its usual value. A value that is not possible falls back to the usual
one, and the page says so. On Compare, a name with `_b` at its end is of the second reading, which takes from the first
what is not said. A training starts from the usual values of its task; those below are of `counter`.
"""


def link_pages() -> dict[str, str]:
    """One page."""
    parts = [LINK_START]
    told: set[str] = set()
    for page, (address, question) in QUESTIONS.items():
        rows = [row for row in _fields(question) if not row[0].metadata.get("never")]
        more = [row for row in rows if row[0].name not in told or page.endswith("training")]
        as_before = sorted({row[0].name for row in rows} - {row[0].name for row in more})
        parts.append(f"## {page}: `{address}`\n")
        if as_before:
            parts.append(f"The fields that are above: {', '.join(f'`{name}`' for name in as_before)}. And:\n")
        parts.append("| field | takes | usual value | |\n|---|---|---|---|")
        parts += [f"| `{field.name}` | {_takes(field)} | {_code(value)} | {said} |" for field, value, said in more]
        parts.append("")
        told |= {row[0].name for row in rows}
    return {"link_fields": "\n".join(parts)}


def _fields(question: Any) -> Iterator[tuple[Field[Any], Any, str]]:
    """Every field that a link can say, its usual value, and the sentence below it in the code."""
    said = _sentences(type(question))
    for field in fields(question):
        value = getattr(question, field.name)
        if is_dataclass(value) and not isinstance(value, type):
            yield from _fields(value)
        else:
            yield field, value, said.get(field.name, "")


def _sentences(of: type) -> dict[str, str]:
    [body] = [node.body for node in ast.parse(inspect.getsource(of)).body if isinstance(node, ast.ClassDef)]
    return {
        ast.unparse(one.target): " ".join(str(next_.value.value).split())
        for one, next_ in pairwise(body)
        if isinstance(one, ast.AnnAssign) and isinstance(next_, ast.Expr) and isinstance(next_.value, ast.Constant)
    }


def _takes(field: Field[Any]) -> str:
    """What the field's own reader says to a value that it does not take."""
    if "choices" in field.metadata:
        return ", ".join(f"`{name}`" for name in field.metadata["choices"] if name)
    try:
        field.metadata["read"]("\0")
    except ValueError as error:
        return f"{error}".removeprefix("it takes ").replace("|", "\\|")
    return "any text"


def _code(value: Any) -> str:
    written = link._written(value)
    return f"`{written}`" if f"{written}" else ""


# What does each verb of the command do? What `--help` says.


def verb_pages() -> dict[str, str]:
    """One page."""
    with mock.patch.dict(os.environ, COLUMNS="100"):
        whole = parser()
        [verbs] = [action.choices for action in whole._actions if action.choices]
        parts = [f"## {name}\n\n```text\n{verbs[name].format_help()}```" for name in VERBS]
        start = f"# Command line\n\n```text\n{whole.format_help()}```"
    return {"command_line": "\n\n".join([start, *parts]) + "\n"}
