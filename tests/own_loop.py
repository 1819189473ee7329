"""How does a test run a coroutine, whatever else its process does?"""

import asyncio
import selectors
from concurrent.futures import ThreadPoolExecutor

# Seconds: far beyond what any of them takes.
LONG = 60


def run(coroutine):
    """Run in a thread of its own: a browser that another test drives has this thread's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(asyncio.wait_for(coroutine, LONG))).result()


class _Jumping(selectors.DefaultSelector):
    """Where a loop would wait for a time, it is that time: nothing else can happen before."""

    ahead = 0.0

    def select(self, timeout=None):
        ready = super().select(timeout and 0)
        self.ahead += 0 if ready or not timeout else timeout
        return ready


class _Hurried(asyncio.SelectorEventLoop):
    """A loop on whose clock every pause has passed as soon as nothing else is to be done."""

    def __init__(self):
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self):
        return super().time() + self._jumping.ahead


def hurried(coroutine):
    """Run in a thread of its own, and wait for no clock. While a thread of it works, no time may be waited for."""

    def run():
        with asyncio.Runner(loop_factory=_Hurried) as runner:
            return runner.run(coroutine)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()
