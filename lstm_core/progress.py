"""How far is a long computation, and may it go on?"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], object]
"""Called now and then with the share that is done, from 0 to 1; what it raises ends the work."""


def part_of(progress: Progress | None, done: float, share: float) -> Progress | None:
    """The progress of a part that is a share of the whole work, of which some is done before it."""
    return None if progress is None else lambda part: progress(done + share * part)
