"""How is a corpus read into a store: in threads here, or by the workers of a Dask cluster?"""

from __future__ import annotations

import copy
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress
from lstm_core.scanning.read_part import read_part
from lstm_core.scanning.store import StoreWriter
from lstm_core.scanning.windows import Part, parts

TICK = 0.25
"""Seconds after which it is told again how far a part is."""
AHEAD = 2
"""Parts that wait or are read for each worker of a cluster: the next one is there when a worker has finished."""
RETRIES = 3
"""How often a part is read again when its worker has failed."""
Workers = tuple[Callable[[Part], Future[None]], Callable[[], int], dict[int, int]]
"""Have a part read; how many parts wait or are read at once; how many steps of a part are read, by its number (of a
cluster nothing is known before the end of a part)."""


def read_into(
    writer: StoreWriter, model: nn.Module, texts: Iterator[Any], count: int | None, progress: Any, client: Any
) -> None:
    """Have all texts read, a few parts at a time; `count`: how many there are, where it is known."""
    origin, waiting, done = writer.origin, dict[Future[None], Part](), 0
    every = parts(model, texts, origin.quantities)
    how = writer.folder, origin.quantities, origin.batch_size
    with _told(progress, count) as tell, _workers(model, how, client) as (submit, at_once, read):
        try:
            while True:
                while len(waiting) < at_once() and (part := next(every, None)):
                    if writer.has(part):
                        done += len(part.lengths)
                    else:
                        waiting[submit(part)] = part
                if not waiting:
                    break
                for future in wait(waiting, TICK, FIRST_COMPLETED).done:
                    future.result()
                    done += len(waiting.pop(future).lengths)
                tell(done + sum(read.get(p.number, 0) / max(1, p.steps) * len(p.lengths) for p in waiting.values()))
        finally:
            for future in waiting:
                future.cancel()
    if not writer.steps:
        got = f"{writer.texts:,} texts without tokens" if writer.texts else "none"
        raise LstmCoreError(f"Expected at least one text with tokens, got {got}.")


@contextmanager
def _told(progress: Progress | bool | None, count: int | None) -> Iterator[Callable[[float], object]]:
    """A function that is called with the number of texts that are done."""
    if progress is True:
        from tqdm.auto import tqdm

        with tqdm(total=count, unit="text") as bar:
            yield lambda texts: bar.update(int(texts) - bar.n)
    elif progress:
        yield lambda texts: progress(min(1.0, texts / count) if count else 0.0)
        progress(1.0)
    else:
        yield lambda _texts: None


@contextmanager
def _workers(model: nn.Module, how: Any, client: Any) -> Iterator[Workers]:
    """The workers of a Dask client, the active one if `client` is None; else a thread for each core of this machine."""
    client = _active_client() if client is None else client
    if client is not None:
        if not callable(getattr(client, "get_executor", None)):
            raise LstmCoreError(
                f"Expected a distributed.Client as client, got {type(client).__name__}. Install gatescope[scan] and "
                "connect with distributed.Client(address)."
            )
        # As bytes, because Dask has a way of its own to send a module, which fails for an LSTM; as a task's result, so
        # that a new worker gets them also if those that had them have failed.
        sent, pool = client.submit(bytes, pickle.dumps(model), pure=False, retries=RETRIES), client.get_executor
        submit = pool(pure=False, retries=RETRIES).submit
        at_once = lambda: AHEAD * max(1, sum(client.nthreads().values()))  # noqa: E731
        yield lambda part: submit(_read_one_by_one, sent, part, *how), at_once, {}
        return
    stop, read = threading.Event(), dict[int, int]()
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def read_here(part: Part) -> None:
        def must_stop(steps: int) -> bool:
            read[part.number] = steps
            return stop.is_set()

        _read_one_by_one(model, part, *how, must_stop)

    # A thread for each core is enough: PyTorch lets other threads run while it computes.
    before, threads = torch.get_num_threads(), ThreadPoolExecutor(count, "scan")
    torch.set_num_threads(1)
    try:
        yield lambda part: threads.submit(read_here, part), lambda: count + 1, read
    finally:
        stop.set()
        threads.shutdown(wait=True, cancel_futures=True)
        torch.set_num_threads(before)


def _read_one_by_one(model: nn.Module | bytes, part: Part, *how: Any) -> None:
    # PyTorch's threads, times the workers, would be more than the machine has cores: six times slower.
    torch.set_num_threads(1)
    read_part(pickle.loads(model) if isinstance(model, bytes) else copy.deepcopy(model), part, *how)


def _active_client() -> Any:
    distributed = sys.modules.get("distributed")
    try:
        return distributed and distributed.default_client()
    except ValueError:
        return None
