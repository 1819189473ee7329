"""When does a job run, if several visitors ask at the same time, and does anybody still wait for it?

The live view's jobs run in threads, of which there are few for each length of job (`in_thread`), so that no light job
waits for a heavy one. A heavy job first waits for its turn, in its own thread or in that of a page of Streamlit
(`heavy_turn`). Visitors take turns: a visitor's second job waits behind the first of every other (start-time fair
queueing, Goyal, Vin and Cheng 1996). A thread that has its turn never waits for another.

A long job calls `go_on` now and then. Who runs the job says in `while_wanted` how to find out whether anybody waits.
"""

from bisect import insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from threading import Condition
from time import monotonic
from typing import Literal, NamedTuple, TypeVar

from anyio import CapacityLimiter, from_thread, to_thread

from gatescope.serving import limits

_R = TypeVar("_R")

# Does anybody still wait for what is computed?

_look: ContextVar[Callable[[], object]] = ContextVar("look", default=lambda: None)


@contextmanager
def while_wanted(look: Callable[[], object]) -> Iterator[None]:
    """In the block, `go_on` calls `look`, which raises an exception once nobody waits any more."""
    token = _look.set(look)
    try:
        yield
    finally:
        _look.reset(token)


@contextmanager
def within(seconds: limits.Limit, clock: Callable[[], float] = monotonic) -> Iterator[None]:
    """In the block, `go_on` raises LstmCoreError once more seconds than that have passed."""
    began, before = clock(), _look.get()

    def look() -> None:
        seconds.check(int(clock() - began))
        before()

    with while_wanted(look):
        yield


def go_on() -> None:
    """Raises an exception if nobody waits for what this thread computes, LstmCoreError if it has taken too long."""
    _look.get()()


# Whose turn is it?


class PlaceInLine(NamedTuple):
    """A place in the line: the first has the smallest round and, of those, the smallest number."""

    round: int
    number: int


class Line:
    """Who has one of a few turns, and who waits for one, in the order in which they get it."""

    def __init__(self, at_once: int) -> None:
        self._free, self._round, self._numbers = at_once, 0, count()
        self.waiting: list[PlaceInLine] = []
        # The round of each visitor's next job, where it is still to come.
        self._next: dict[str, int] = {}

    def join(self, visitor: str) -> PlaceInLine:
        """The place of a visitor's next job; it has its turn once it does not wait any more."""
        place = PlaceInLine(max(self._round, self._next.get(visitor, 0)), next(self._numbers))
        self._next[visitor] = place.round + 1
        insort(self.waiting, place)
        self._let_in()
        return place

    def leave(self, place: PlaceInLine) -> None:
        """A job that waits leaves the line, one that has its turn gives it back."""
        if place in self.waiting:
            self.waiting.remove(place)
        else:
            self._free += 1
            self._let_in()

    def _let_in(self) -> None:
        while self._free and self.waiting:
            self._free, self._round = self._free - 1, self.waiting.pop(0).round
            self._next = {visitor: after for visitor, after in self._next.items() if after > self._round}


# How does a job come to its turn?

# An ordinary job, one of several times as long, and one that takes longer than a moment.
Length = Literal["light", "long", "heavy"]

# Seconds after which a thread that waits for its turn looks whether anybody still waits for it.
LOOK = 0.2
_visitor: ContextVar[str] = ContextVar("visitor", default="")
_has_its_turn: ContextVar[bool] = ContextVar("has_its_turn", default=False)
_heavy, _changed = Line(limits.HEAVY_AT_ONCE), Condition()
_threads = {
    "light": CapacityLimiter(limits.LIGHT_AT_ONCE),
    "long": CapacityLimiter(limits.LONG_AT_ONCE),
    "heavy": CapacityLimiter(limits.HEAVY_AT_ONCE + limits.WAITING),
}


class Busy(Exception):
    """Too many jobs wait already."""


@contextmanager
def working_for(visitor: str) -> Iterator[None]:
    """What begins in the block works for a visitor."""
    token = _visitor.set(visitor)
    try:
        yield
    finally:
        _visitor.reset(token)


@contextmanager
def heavy_turn() -> Iterator[None]:
    """The block runs in this thread once its visitor has a turn among the heavy jobs; at once if it has one already."""
    if _has_its_turn.get():
        yield
        return
    with _changed:
        place = _heavy.join(_visitor.get())
    token = _has_its_turn.set(True)
    try:
        with _changed:
            while place in _heavy.waiting:
                _changed.wait(LOOK)
                go_on()
        with within(limits.SECONDS):
            yield
    finally:
        _has_its_turn.reset(token)
        with _changed:
            _heavy.leave(place)
            _changed.notify_all()


async def in_thread(visitor: str, length: Length, work: Callable[[], _R]) -> _R:
    """What `work` returns in a thread, after its turn. If cancelled, it ends where it next calls `go_on`."""

    def at_its_turn() -> _R:
        with heavy_turn():
            return work()

    with working_for(visitor), while_wanted(from_thread.check_cancelled):
        job = at_its_turn if length == "heavy" else work
        return await to_thread.run_sync(job, limiter=_threads[length])


def check_room(length: Length) -> None:
    """Raises Busy if as many heavy jobs run and wait as may."""
    if length == "heavy" and _threads["heavy"].available_tokens < 1:
        raise Busy
