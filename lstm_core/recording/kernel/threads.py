"""How do the jobs of a layer run side by side?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event


def side_by_side(work: Callable[[int], None], jobs: int) -> None:
    """Run `work(job)` of all jobs at once, each in its own thread; this thread runs one of them.

    Jobs may wait for each other, so either all begin or none: only this thread decides.
    """
    if jobs == 1:
        work(0)
        return
    decided, all_there = Event(), False

    def when_decided(job: int) -> None:
        decided.wait()
        if all_there:
            work(job)

    with ThreadPoolExecutor(jobs - 1) as pool:
        try:
            running = [pool.submit(when_decided, job) for job in range(1, jobs)]
            all_there = True
        finally:
            decided.set()
        work(0)
        for each in running:
            each.result()
