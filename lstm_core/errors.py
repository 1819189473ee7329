"""What is the error of `lstm_core`, and how does its message quote what came?"""

from __future__ import annotations

import os
from typing import cast


class LstmCoreError(ValueError):
    """The one error of `lstm_core`: what was expected, what came (with shapes), what to do."""


def shortened(name: object) -> str:
    """A name from outside, quoted for a message and no longer than a line."""
    text = cast(str, os.fspath(name)) if isinstance(name, os.PathLike) else str(name)
    return repr(text if len(text) <= 80 else f"{text[:60]}…{text[-15:]}")
