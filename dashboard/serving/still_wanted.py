"""Does anybody still wait for what is computed, and how much of it is done?

A long job calls `go_on` now and then. Who runs the job says in `while_wanted` how to find out whether anybody waits,
and in `within` how long the job may take.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from gatescope.serving.limits import Limit

_look: ContextVar[Callable[[], object]] = ContextVar("look", default=lambda: None)
# By source, the share that is read. A caller must know the source, which only the visitor who reads it does.
_under_way: dict[Hashable, float] = {}


@contextmanager
def while_wanted(look: Callable[[], object]) -> Iterator[None]:
    """In the block, `go_on` calls `look`, which raises an exception once nobody waits any more."""
    token = _look.set(look)
    try:
        yield
    finally:
        _look.reset(token)


@contextmanager
def within(seconds: Limit, clock: Callable[[], float] = monotonic) -> Iterator[None]:
    """In the block, `go_on` raises TooMuch once more seconds than that have passed."""
    began, before = clock(), _look.get()

    def look() -> None:
        seconds.check(int(clock() - began))
        before()

    with while_wanted(look):
        yield


def go_on() -> None:
    """Raises an exception if nobody waits for what this thread computes, TooMuch if it has taken too long."""
    _look.get()()


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
