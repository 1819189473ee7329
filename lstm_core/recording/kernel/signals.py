"""How does one job tell another that it has finished a step?

By a semaphore of the C library for each pair of jobs: it is posted after each step, and the other takes it before the
next step (`loops.run`).
"""

import ctypes
import sys
from functools import cache
from typing import Any

import numpy as np

# Bytes from one semaphore to the next: more than a semaphore has, and each in a cache line of its own.
APART = 64


class Signals:
    """The semaphores of a layer's jobs that run at once."""

    def __init__(self, jobs: int) -> None:
        self._room = np.zeros((jobs * jobs + 1) * APART, np.uint8)
        first = self._room.__array_interface__["data"][0]
        first += -first % APART
        self.posted = np.arange(first, first + jobs * jobs * APART, APART, dtype=np.uintp).reshape(jobs, jobs)
        """The addresses of the semaphores, (from job, to job)."""
        self.failed = np.zeros(1, np.int64)
        """Not 0 if a job has failed: then no other may wait for it."""
        for address in self.posted.flat:
            _library().sem_init(ctypes.c_void_p(int(address)), 0, 0)


def can_wait() -> bool:
    """Whether jobs can wait for each other here: only where `loops` calls the library's functions."""
    return sys.platform == "linux"


@cache
def _library() -> Any:
    return ctypes.CDLL(None)
