"""How far is a long text that is being read?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

# By what is being read, the share of it that is done. Whoever asks must know what is read, which only its reader does.
_under_way: dict[Hashable, float] = {}


@contextmanager
def under_way(what: Hashable) -> Iterator[Callable[[float], None]]:
    """While the block runs, `how_far` answers for it: what the block told last."""

    def tell(share: float) -> None:
        _under_way[what] = share

    try:
        yield tell
    finally:
        _under_way.pop(what, None)


def how_far(what: Hashable) -> float | None:
    """The share that is done, from 0 to 1; None of what is not being read now, or of whose reading nothing was told."""
    return _under_way.get(what)
