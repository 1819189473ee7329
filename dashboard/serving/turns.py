"""When does a job run, if several visitors ask at the same time?

The live view's jobs run in threads, of which there are few for each length of job (`in_thread`), so that no light job
waits for a heavy one. A heavy job first waits for its turn; so does the thread of a page of Streamlit before it begins
one (`heavy_turn`). Visitors take turns: a visitor's second job waits behind the first of every other (start-time fair
queueing, Goyal, Vin and Cheng 1996). A thread that has its turn never waits for another.
"""

from asyncio import wrap_future
from bisect import insort
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Literal, TypeVar

from anyio import CapacityLimiter, from_thread, to_thread

from gatescope.serving import limits
from gatescope.serving.still_wanted import go_on, while_wanted, within

_R = TypeVar("_R")
Length = Literal["light", "long", "heavy"]
"""An ordinary job, one of several times as long, and one that takes longer than a moment."""

# Seconds after which a thread that waits for its turn looks whether anybody still waits for it.
LOOK = 0.2
_visitor: ContextVar[str] = ContextVar("visitor", default="")
_has_its_turn: ContextVar[bool] = ContextVar("has_its_turn", default=False)


class Busy(Exception):
    """Too many jobs wait already."""


@dataclass(order=True)
class Ticket:
    """A place in the line: the first has the smallest round and, of those, the smallest number."""

    round: int
    number: int
    came: Future[None] = field(compare=False, default_factory=Future)
    """Is done once the turn has come."""


class Line:
    """Who waits for one of a few turns, in the order in which they get one."""

    def __init__(self, at_once: int) -> None:
        self._free, self._round, self._numbers, self._lock = at_once, 0, count(), Lock()
        self._waiting: list[Ticket] = []
        # The round of each visitor's next job, where it is still to come.
        self._next: dict[str, int] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @contextmanager
    def place(self, visitor: str) -> Iterator[Ticket]:
        """In the block, a visitor has a place in the line and then, once it has come, a turn."""
        with self._lock:
            mine = Ticket(max(self._round, self._next.get(visitor, 0)), next(self._numbers))
            self._next[visitor] = mine.round + 1
            insort(self._waiting, mine)
            self._let_in()
        try:
            yield mine
        finally:
            with self._lock:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                else:
                    self._free += 1
                    self._let_in()

    def _let_in(self) -> None:
        while self._free and self._waiting:
            first = self._waiting.pop(0)
            self._free, self._round = self._free - 1, first.round
            self._next = {visitor: after for visitor, after in self._next.items() if after > self._round}
            if first.came.set_running_or_notify_cancel():
                first.came.set_result(None)


_heavy = Line(limits.HEAVY_AT_ONCE)
_threads = {
    "light": CapacityLimiter(limits.LIGHT_AT_ONCE),
    "long": CapacityLimiter(limits.LONG_AT_ONCE),
    "heavy": CapacityLimiter(limits.HEAVY_AT_ONCE),
}


@contextmanager
def working_for(visitor: str) -> Iterator[None]:
    """What begins in the block works for a visitor."""
    token = _visitor.set(visitor)
    try:
        yield
    finally:
        _visitor.reset(token)


@contextmanager
def _in_turn() -> Iterator[None]:
    token = _has_its_turn.set(True)
    try:
        with within(limits.SECONDS):
            yield
    finally:
        _has_its_turn.reset(token)


@contextmanager
def heavy_turn() -> Iterator[None]:
    """The block runs in this thread once its visitor has a turn among the heavy jobs; at once if it has one already."""
    if _has_its_turn.get():
        yield
        return
    with _heavy.place(_visitor.get()) as place:
        while not wait([place.came], LOOK).done:
            go_on()
        with _in_turn():
            yield


async def in_thread(visitor: str, length: Length, work: Callable[[], _R]) -> _R:
    """What `work` returns in a thread, after its turn. If cancelled, it ends where it next calls `go_on`."""
    if length == "heavy":
        with _heavy.place(visitor) as place:
            await wrap_future(place.came)
            return await _run(length, _in_turn()(work))
    with working_for(visitor):
        return await _run(length, work)


async def _run(length: Length, work: Callable[[], _R]) -> _R:
    with while_wanted(from_thread.check_cancelled):
        return await to_thread.run_sync(work, limiter=_threads[length])


def check_room(length: Length) -> None:
    """Raises Busy if as many heavy jobs wait as may."""
    if length == "heavy" and _heavy.waiting >= limits.WAITING:
        raise Busy
