"""Does anybody still wait for an answer?

A long job calls `go_on` now and then; the caller that runs the job tells `while_wanted` how to find out, and `within`
how long the job may take.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from gatescope.serving.limits import Limit

_is_wanted: ContextVar[Callable[[], bool]] = ContextVar("is_wanted", default=lambda: True)


class NoLongerWanted(Exception):
    """The visitor who asked has gone, or asks for something else."""


@contextmanager
def while_wanted(is_wanted: Callable[[], bool]) -> Iterator[None]:
    """Inside the block, `go_on` raises NoLongerWanted once the given function returns False."""
    token = _is_wanted.set(is_wanted)
    try:
        yield
    finally:
        _is_wanted.reset(token)


@contextmanager
def within(seconds: Limit, clock: Callable[[], float] = monotonic) -> Iterator[None]:
    """In the block, `go_on` raises TooMuch once more seconds than that have passed."""
    began, is_wanted = clock(), _is_wanted.get()

    def is_wanted_in_time() -> bool:
        seconds.check(int(clock() - began))
        return is_wanted()

    with while_wanted(is_wanted_in_time):
        yield


def go_on() -> None:
    """Raises NoLongerWanted if nobody waits for what this thread computes, TooMuch if it has taken too long."""
    if not _is_wanted.get()():
        raise NoLongerWanted("Nobody waits for this any more.")
