"""Which types does the browser's code have of what the server sends? `python -m tests.wire_types` writes them.

Python declares them, each beside what sends it; before each check `tests/javascript/wire.d.ts` is made of that for
`tsc` alone, as the namespace `Wire`.
"""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np

from gatescope.comparing.message import Compared
from gatescope.lesson.message import LessonMessage
from gatescope.live.shared_with_browser import Framed, Handed
from gatescope.live.work import StepsRead
from gatescope.offline.carried import ModelFile, Shipped
from gatescope.offline.page import Told
from gatescope.recording.message import RecordedView
from gatescope.recording.told import ToldOfAll
from gatescope.site.folder import ToldOfSite
from gatescope.train_one.message import Training
from gatescope.unit_tables.message import Passages, UnitsShown

SENT = (RecordedView, Handed, Framed, Told, Passages, LessonMessage, UnitsShown, Compared, Training)
SENT += (ToldOfAll, Shipped, ToldOfSite, ModelFile, StepsRead)
"""All that the server sends, each to its own modules of the browser."""
FILE = Path(__file__).parent / "javascript/wire.d.ts"
# The longest line.
WIDTH = 120
# Arrays come as rows of float32: `asking/server.js`.
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", Any: "any"}
PLAIN |= {np.ndarray: "Float32Array[]"}


def written() -> str:
    """The declarations, each type once."""
    found: dict[str, str] = {}
    for sent in SENT:
        for part in reached(sent):
            text = declared(part)
            if found.setdefault(part.__name__, text) != text:
                raise ValueError(f"Expected one type of the name {part.__name__}, got two. Rename one of them.")
    parts = "\n\n".join(found[name] for name in sorted(found))
    made = "/** Made by `python -m tests.wire_types`: what the server sends. */"
    return f"{made}\ndeclare namespace Wire {{\n{parts}\n}}\n"


def fields(part: type) -> dict[str, Any]:
    """The types of a TypedDict or a named tuple, by name."""
    return get_type_hints(part, include_extras=True)


def reached(hint: Any) -> Iterator[type]:
    """The types with names in a type, and in those that it has."""
    waiting, seen = [hint], set()
    while waiting:
        one = waiting.pop()
        waiting += get_args(one)
        if is_named(one) and one not in seen:
            seen.add(one)
            waiting += fields(one).values()
            yield one


def is_named(hint: Any) -> bool:
    return is_typeddict(hint) or hasattr(hint, "_fields")


def declared(part: type) -> str:
    """The declaration of a type: on one line if it fits, as the formatter has it."""
    each = []
    for name, hint in fields(part).items():
        maybe = get_origin(hint) is NotRequired
        each.append(f"{name}{'?' * maybe}: {of(get_args(hint)[0] if maybe else hint)}")
    about = " ".join(inspect.cleandoc(part.__doc__ or "").split())
    line = f"    type {part.__name__} = {{ {'; '.join(each)} }}"
    if len(line) > WIDTH:
        line = "\n".join([f"    type {part.__name__} = {{", *(f"        {one}" for one in each), "    }"])
    return f"    /** {about} */\n{line}" if about else line


def of(hint: Any) -> str:
    """A type as TypeScript writes it."""
    if hint in PLAIN:
        return PLAIN[hint]
    if is_named(hint):
        return str(hint.__name__)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(f'"{part}"' for part in parts)
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(map(of, parts)))
    if origin is tuple:
        return f"[{', '.join(map(of, parts))}]"
    if origin is list:
        inside = of(parts[0])
        return f"({inside})[]" if " " in inside and not inside.endswith("]") else f"{inside}[]"
    if origin in (dict, Mapping):
        return f"Record<{of(parts[0])}, {of(parts[1])}>"
    raise TypeError(f"Expected a type that JSON has, got {hint}.")


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
