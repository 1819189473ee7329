"""How is a question written into a link, and what happens to a value that is not possible?

A question is a frozen dataclass. Each field's metadata say how a link's text is parsed, so reading and writing a link
are two loops over the fields. A field that is itself such a dataclass appears in the link with its own fields.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import Field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from gatescope.question.holds import Cell, Holds

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Asked = TypeVar("Asked", bound=DataclassInstance)

Metadata = dict[str, Any]
# A link contains this field even if it has its default value.
ALWAYS: Metadata = {"always": True}
# A link may contain this field, but the app never writes it: its value is valid only on this server.
NEVER: Metadata = {"never": True}


def takes(read: Callable[[str], Any]) -> Metadata:
    """A field whose value `read` parses; `read` raises ValueError, which says what is allowed."""
    return {"read": read}


def text() -> Metadata:
    """Any text. U+FFFD replaces half of a surrogate pair, which can be typed but not written to a file."""
    return takes(_plain)


def whole(low: int, high: int) -> Metadata:
    def read(text: str) -> int:
        # int() accepts more than a person writes as a number: "1_0", "٣", a thousand digits.
        digits = text.strip()
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 10 and low <= int(digits) <= high):
            raise ValueError(f"it takes a whole number from {low} to {high}")
        return int(digits)

    return takes(read) | {"bounds": (low, high)}


def yes_or_no() -> Metadata:
    def read(text: str) -> bool:
        if text.lower() not in ("true", "false"):
            raise ValueError("it takes true or false")
        return text.lower() == "true"

    return takes(read)


def number(low: float, high: float) -> Metadata:
    def read(text: str) -> float:
        with suppress(ValueError):
            if low <= float(text) <= high:
                return float(text)
        raise ValueError(f"it takes a number from {low:g} to {high:g}")

    return takes(read) | {"bounds": (low, high)}


def one_of(choices: Collection[str]) -> Metadata:
    """One of these names; a mapping gives each name's text on the page."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"it takes one of {', '.join(filter(None, choices))}")
        return text

    return takes(read) | {"choices": choices}


def some_of(letters: str) -> Metadata:
    """Some of these letters, in this order."""

    def read(text: str) -> str:
        if not text or not set(text) <= set(letters):
            raise ValueError(f"it takes some of the letters {letters}")
        return "".join(letter for letter in letters if letter in text)

    return takes(read)


def read(usual: Asked, query: Mapping[str, str]) -> tuple[Asked, list[str]]:
    """The question that a link asks, and a sentence for each value that is not possible.

    `usual` has the values that the link leaves out or gives in an impossible form.
    """
    values: dict[str, Any] = {}
    notices = []
    for field in fields(usual):
        now = getattr(usual, field.name)
        if is_dataclass(now) and not isinstance(now, type):
            values[field.name], more = read(now, query)
            notices += [one for one in more if one not in notices]
        elif field.name in query:
            try:
                values[field.name] = field.metadata["read"](query[field.name])
            except ValueError as expected:
                notices.append(fell_back(field.name, query[field.name], f"{expected}", _said(field, now)))
    return replace(usual, **values), notices


def query(asked: DataclassInstance, without: Collection[str] = ()) -> str:
    """The link of a question, after the question mark, without the fields named in `without`."""
    return urlencode({name: value for name, value in said(asked).items() if name not in without})


def said(asked: DataclassInstance) -> dict[str, Any]:
    """The values in a question's link: those that are not the default, and those that it always contains."""
    found = {}
    for field, value in _fields(asked):
        if (field.metadata.get("always") or value != field.default) and not field.metadata.get("never"):
            found[field.name] = _written(value)
    return found


def in_full(asked: DataclassInstance) -> dict[str, str]:
    """What the link of a question says, as text, and what no link says: it asks the same question on this server."""
    unsaid = {field.name: value for field, value in _fields(asked) if field.metadata.get("never") and value}
    return {name: f"{value}" for name, value in (said(asked) | unsaid).items()}


def difference(asked: Asked, other: Asked) -> dict[str, Any]:
    """The values that a link can contain and that differ between a question and another one."""
    values = [(field, value) for field, value in _fields(asked) if not field.metadata.get("never")]
    others = {field.name: value for field, value in _fields(other)}
    return {field.name: _written(value) for field, value in values if value != others[field.name]}


def values(asked: DataclassInstance) -> dict[str, Any]:
    """The value of every field by its name in a link; a cell as text, and None as ""."""
    return {field.name: _written(value) for field, value in _fields(asked)}


def names(asked: DataclassInstance) -> set[str]:
    """The names of the fields that a link can contain."""
    return {field.name for field, _ in _fields(asked)}


def metadata(asked: DataclassInstance, kind: str) -> dict[str, Any]:
    """By field name, the "bounds", "choices", "always" or "never" in the metadata of the fields that have it."""
    return {field.name: field.metadata[kind] for field, _ in _fields(asked) if kind in field.metadata}


def refusals(asked: DataclassInstance) -> dict[str, tuple[str, str]]:
    """By field name, for those that do not take any text: what is allowed, and what an impossible value becomes."""
    found = {}
    for field, value in _fields(asked):
        try:
            field.metadata["read"]("\0")
        except ValueError as expected:
            found[field.name] = f"{expected}", _said(field, value)
    return found


def fell_back(name: str, asked: str, expected: str, instead: str) -> str:
    """The sentence about a value that is not possible, and its replacement."""
    return f"{name}={shortened(asked)} is not possible: {expected}. {name} is {instead} instead."


def shortened(text: str, most: int = 40) -> str:
    """A text short enough to stand in a sentence."""
    text = " ".join(_plain(text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _fields(asked: DataclassInstance) -> Iterator[tuple[Field[Any], Any]]:
    """Every field that a link can contain, and its value."""
    for field in fields(asked):
        value = getattr(asked, field.name)
        if is_dataclass(value) and not isinstance(value, type):
            yield from _fields(value)
        else:
            yield field, value


def _written(value: Any) -> Any:
    if value is None or isinstance(value, Cell | Holds):
        return str(value or "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return value


def _said(field: Field[Any], value: Any) -> str:
    """The name, in a sentence, of the value that is used instead."""
    return field.metadata.get("called", {}).get(value) or f"{_written(value)}" or "left out"


def _plain(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
