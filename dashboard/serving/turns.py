"""Whose question is answered next, when several visitors ask for heavy jobs?

A queue of jobs for a few threads. Visitors take turns: first by their address, then by the browser at that address, so
that many jobs of one visitor never delay the first job of another. Browsers without a name count as one. A full queue
drops the last job of the visitor who has most jobs in it.

The live view's questions stand in the queue as jobs. A page of Streamlit computes in a thread of its own; this thread
waits in the same queue before it begins a heavy job (`heavy_turn`). A thread that has its turn never waits for another.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Lock
from time import sleep
from typing import Any, NamedTuple

from gatescope.serving import limits
from gatescope.serving.still_wanted import NoLongerWanted, go_on, while_wanted, within

# Seconds after which a thread that waits for its turn looks whether anybody still waits for it.
LOOK = 0.2


class Busy(Exception):
    """Too many jobs wait already."""


class Visitor(NamedTuple):
    """The visitor who asks: an address, and the name that the server gave the browser there, if it did."""

    address: str
    browser: str = ""


NOBODY = Visitor("")
_visitor: ContextVar[Visitor] = ContextVar("visitor", default=NOBODY)
_has_its_turn: ContextVar[bool] = ContextVar("has_its_turn", default=False)


@contextmanager
def working_for(visitor: Visitor) -> Iterator[None]:
    """In the block, this thread works for a visitor."""
    token = _visitor.set(visitor)
    try:
        yield
    finally:
        _visitor.reset(token)


@contextmanager
def _in_its_turn() -> Iterator[None]:
    token = _has_its_turn.set(True)
    try:
        with within(limits.SECONDS):
            yield
    finally:
        _has_its_turn.reset(token)


class Job:
    """A job for a visitor, and whether it is still wanted."""

    def __init__(self, visitor: Visitor, work: Callable[[], Any]) -> None:
        self.visitor, self._work, self._over = visitor, work, Event()
        self.answer: Future[Any] = Future()

    def drop(self) -> None:
        """Drop the job because nobody waits for it: it does not begin, or ends at its next call of `go_on`."""
        self._over.set()
        self.answer.cancel()

    def run(self) -> None:
        """Run the job in this thread, unless it was dropped."""
        if not self.answer.set_running_or_notify_cancel():
            return
        try:
            with while_wanted(lambda: not self._over.is_set()), _in_its_turn():
                found = self._work()
        except BaseException as error:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(found)


class Turns:
    """A few threads and their queue."""

    def __init__(self, name: str, at_once: int, most_waiting: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, name)
        self._at_once, self._most_waiting, self._running, self._waiting = at_once, most_waiting, 0, 0
        self._line: OrderedDict[str, OrderedDict[str, deque[Job]]] = OrderedDict()
        self._lock = Lock()

    async def take(self, job: Job) -> Any:
        """The result of a job after its turn. Raises Busy if the queue is full, NoLongerWanted if it was dropped."""
        self.stand_in_line(job)
        try:
            return await asyncio.wrap_future(job.answer)
        except asyncio.CancelledError:
            if job.answer.cancelled():
                raise NoLongerWanted("Nobody waits for this any more.") from None
            job.drop()
            raise

    def stand_in_line(self, job: Job) -> None:
        """Put a job into the queue; raises Busy if the queue is full."""
        with self._lock:
            if self._waiting >= self._most_waiting and self._running >= self._at_once:
                self._make_room_for(job)
            browsers = self._line.setdefault(job.visitor.address, OrderedDict())
            browsers.setdefault(job.visitor.browser, deque()).append(job)
            self._waiting += 1
            if self._running == self._at_once:
                return
            self._running += 1
        self._threads.submit(self._work)

    @contextmanager
    def one(self, visitor: Visitor) -> Iterator[None]:
        """The block runs in this thread once the visitor's turn has come, and keeps the place until it ends."""
        over = Event()
        try:
            while not self._came(visitor, over):
                go_on()
            with _in_its_turn():
                yield
        finally:
            over.set()

    def _came(self, visitor: Visitor, over: Event) -> bool:
        """Waits for a place, which is held until `over`, so not at all by who stopped waiting; False where the line was
        too full."""
        begun = Event()

        def hold() -> None:
            begun.set()
            over.wait()

        job = Job(visitor, hold)
        try:
            self.stand_in_line(job)
            while not begun.wait(LOOK):
                go_on()
                if job.answer.done():
                    return False
        except Busy:
            sleep(LOOK)
            return False
        return True

    @property
    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        return self._waiting

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.run()

    def _next(self) -> Job | None:
        """The first job of the visitor whose turn it is; None if nobody waits, and then one thread less is running."""
        with self._lock:
            if not self._line:
                self._running -= 1
                return None
            address, browsers = self._line.popitem(last=False)
            browser, jobs = browsers.popitem(last=False)
            job = jobs.popleft()
            # A visitor with more jobs goes to the end of the queue.
            if jobs:
                browsers[browser] = jobs
            if browsers:
                self._line[address] = browsers
            self._waiting -= 1
            return job

    def _make_room_for(self, job: Job) -> None:
        """Drop the last job of the visitor with most jobs in the queue; raises Busy if that is the visitor who asks."""
        mine: dict[str, deque[Job]] = self._line.get(job.visitor.address, OrderedDict())
        most = max(self._line, key=lambda address: self._of(self._line[address]))
        browser = max(self._line[most], key=lambda name: len(self._line[most][name]))
        longest = self._of(self._line[most]), len(self._line[most][browser])
        if longest <= (self._of(mine) + 1, len(mine.get(job.visitor.browser, ())) + 1):
            raise Busy
        jobs = self._line[most][browser]
        let_go = jobs.pop()
        if not jobs:
            del self._line[most][browser]
        self._waiting -= 1
        if let_go.answer.set_running_or_notify_cancel():
            let_go.answer.set_exception(Busy())

    @staticmethod
    def _of(browsers: dict[str, deque[Job]]) -> int:
        return sum(map(len, browsers.values()))


HEAVY = Turns("heavy", limits.HEAVY_AT_ONCE, limits.WAITING)
"""The turns of all heavy jobs, whoever asks for them."""


@contextmanager
def heavy_turn() -> Iterator[None]:
    """The block runs in this thread once it has its turn among the heavy jobs; at once where it has one already."""
    if _has_its_turn.get():
        yield
        return
    with HEAVY.one(_visitor.get()):
        yield
