"""What is the error of `lstm_core`, and how does its message quote what came?"""

import os
from collections.abc import Collection
from difflib import get_close_matches
from numbers import Number
from typing import Any, cast


class LstmCoreError(ValueError):
    """The one error of `lstm_core`: what was expected, what came (with shapes), what to do."""


def shortened(name: object) -> str:
    """A name from outside, quoted for a message and no longer than a line; a number stands as it is."""
    text = cast(str, os.fspath(name)) if isinstance(name, os.PathLike) else str(name)
    text = text if len(text) <= 80 else f"{text[:60]}…{text[-15:]}"
    return text if isinstance(name, Number) else repr(text)


def counted(number: int, noun: str) -> str:
    """So many of something, in words.

    >>> counted(1, "step"), counted(2000, "step")
    ('1 step', '2,000 steps')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def numbered(what: str, count: int) -> str:
    """The numbers that one of several has, in words; as in a list, one may be counted from the end.

    >>> numbered("layer", 1), numbered("layer", 3)
    ('layer 0, the only one', 'a layer from 0 to 2, or -3 to -1 from the end')
    """
    return from_zero(what, count) + ("" if count == 1 else f", or {-count} to -1 from the end")


def from_zero(what: str, count: int) -> str:
    """The numbers that one of several has, in words, where none is counted from the end."""
    return f"{what} 0, the only one" if count == 1 else f"a {what} from 0 to {count - 1}"


def check_kind(given: object, kinds: type | tuple[type, ...], expected: str, advice: str) -> None:
    """Raise LstmCoreError unless what was given is of one of some kinds; in its words what was expected."""
    if not isinstance(given, kinds):
        raise LstmCoreError(f"Expected {expected}, got {type(given).__name__}. {advice}")


def check_from_1(**values: object) -> None:
    """Raise LstmCoreError unless each value is a whole number from 1."""
    for name, value in values.items():
        if not isinstance(value, int) or value < 1:
            raise LstmCoreError(f"Expected {name} to be a whole number from 1, got {value!r}.")


# What others call our dims.
OTHER_WORDS = {"step": "time", "steps": "time", "sequence": "batch", "sequences": "batch"}


def refuse_unknown(given: Collection[str], known: Collection[str]) -> None:
    """Raise LstmCoreError if one of the given argument names is not known, with the known name that is nearest."""
    for name in given:
        if name not in known:
            near = get_close_matches(OTHER_WORDS.get(name, name), known, n=1)
            *first, last = known
            raise LstmCoreError(
                f"Expected {', '.join(first)} or {last}, got {shortened(name)}."
                + (f" Write {near[0]}=…." if near else "")
            )


def unreadable(what: str, values: Any, error: RuntimeError) -> LstmCoreError:
    """The error for a call of which `values` can't be computed with as plain tensors, as PyTorch's own error says."""
    kinds = ", ".join(dict.fromkeys(type(value).__name__ for value in values))
    return LstmCoreError(
        f"Expected {what} with plain tensors, whose numbers can be read, got {kinds}, and PyTorch said: {error}. Call "
        "it with plain tensors; if it is sharded (FSDP, DTensor), shard only the whole model, or record it before."
    )
