"""How far is a long computation, and may it go on?"""

from collections.abc import Callable

# A function that is called now and then with the share done, from 0 to 1; an exception from it ends the work.
Progress = Callable[[float], object]


def part_of(progress: Progress | None, done: float, share: float) -> Progress | None:
    """Progress for one part of the work: the part begins at `done` of the whole and makes up `share` of it."""
    return None if progress is None else lambda part: progress(done + share * part)
