"""What is the error of `lstm_core`, and how does its message quote what came?"""

from __future__ import annotations

import os
from collections.abc import Collection
from difflib import get_close_matches
from typing import cast


class LstmCoreError(ValueError):
    """The one error of `lstm_core`: what was expected, what came (with shapes), what to do."""


def shortened(name: object) -> str:
    """A name from outside, quoted for a message and no longer than a line."""
    text = cast(str, os.fspath(name)) if isinstance(name, os.PathLike) else str(name)
    return repr(text if len(text) <= 80 else f"{text[:60]}…{text[-15:]}")


OTHER_WORDS = {"step": "time", "steps": "time", "sequence": "batch", "sequences": "batch"}
"""What others call our dims."""


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
