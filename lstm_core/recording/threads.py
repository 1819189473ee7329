"""Whose threads do the kernel's work side by side?

PyTorch's own, where it shares its work by OpenMP as GCC calls it: after each of its functions they stay awake for some
milliseconds, in which a new thread would wait for a core. As any function of PyTorch's that uses them, the kernel must
not run in a process that was forked from one where they were at work.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Event
from typing import Any

import torch

# What a team may come to, other than 1: done.
TOO_FEW, FAILED = 0, 2


@cache
def openmp() -> tuple[int, ...]:
    """Where `GOMP_parallel`, `omp_get_num_threads` and `omp_get_thread_num` stand in memory; nothing where PyTorch has
    no such threads."""
    if not torch.backends.openmp.is_available():  # type: ignore[no-untyped-call]
        return ()
    try:
        process = ctypes.CDLL(None)
        functions = process.GOMP_parallel, process.omp_get_num_threads, process.omp_get_thread_num
    except (AttributeError, TypeError, OSError):  # Not in this process, or not to be found on this system.
        return ()
    return tuple(ctypes.cast(function, ctypes.c_void_p).value or 0 for function in functions)


def side_by_side(alone: Callable[..., None], in_team: Callable[..., int], threads: int, args: tuple[Any, ...]) -> None:
    """`alone(thread, threads, *args)` in so many threads at once; `in_team` does it in PyTorch's."""
    if threads == 1:
        alone(0, 1, *args)
        return
    found = in_team(openmp(), threads, args) if openmp() else TOO_FEW
    # Where somebody has set a limit there may be fewer than asked.
    if found == TOO_FEW:
        _in_new_threads(alone, threads, args)
    elif found == FAILED:
        raise RuntimeError("A thread of the kernel has failed, and what it computed is of no use.")


def _in_new_threads(alone: Callable[..., None], threads: int, args: tuple[Any, ...]) -> None:
    # They may wait for each other, so they begin when all are there, or never: this thread alone decides.
    decided, all_there = Event(), False

    def work(thread: int) -> None:
        decided.wait()
        if all_there:
            alone(thread, threads, *args)

    with ThreadPoolExecutor(threads) as pool:
        try:
            running = [pool.submit(work, thread) for thread in range(threads)]
            all_there = True
        finally:
            decided.set()
        for each in running:
            each.result()
