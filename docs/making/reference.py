"""What does each public name take and give, and what does each verb do?"""

import importlib
import inspect
import os
import re
from typing import Any
from unittest import mock

import lstm_core
from gatescope.command.main import VERBS, parser
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


# What does each verb of the command do? What `--help` says.


def verb_pages() -> dict[str, str]:
    """One page."""
    with mock.patch.dict(os.environ, COLUMNS="100"):
        whole = parser()
        [verbs] = [action.choices for action in whole._actions if action.choices]
        parts = [f"## {name}\n\n```text\n{verbs[name].format_help()}```" for name in VERBS]
        start = f"# Command line\n\n```text\n{whole.format_help()}```"
    return {"command_line": "\n\n".join([start, *parts]) + "\n"}
