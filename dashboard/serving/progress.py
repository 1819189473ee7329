"""How much of a long text has been read?"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from gatescope.serving.still_wanted import go_on

# By source, the share that is done. A caller must know the source, which only the visitor who reads it does.
_under_way: dict[Hashable, float] = {}


@contextmanager
def under_way(what: Hashable) -> Iterator[Callable[[float], None]]:
    """While the block runs, `how_far` returns the share that the block reported last. A report ends the block once
    nobody waits for it."""

    def tell(share: float) -> None:
        _under_way[what] = share
        go_on()

    try:
        yield tell
    finally:
        _under_way.pop(what, None)


def how_far(what: Hashable) -> float | None:
    """The share that is done, from 0 to 1; None if the source is not being read now, or nothing was reported."""
    return _under_way.get(what)
