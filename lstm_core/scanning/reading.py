"""How is a corpus read into a store: in threads here, or by the workers of a Dask cluster?"""

from __future__ import annotations

import copy
import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress
from lstm_core.recording.modules import check_model
from lstm_core.scanning.by_hand import reader
from lstm_core.scanning.model import CellSizes, origin_of, reads_numbers, sizes_of
from lstm_core.scanning.read_part import PartRead, read_part
from lstm_core.scanning.sources import Texts, source_of
from lstm_core.scanning.store import Store, StoreHeader, StoreWriter, opened_for_writing
from lstm_core.scanning.windows import LANES, Part, parts

Tell = Callable[[float], object]
TICK = 0.25
"""Seconds after which it is told again how far a part is."""
AHEAD = 2
"""Parts that wait or are read for each worker of a cluster: the next one is there when a worker has finished."""
RETRIES = 3
"""How often a part is read again when its worker has failed."""


def read_into_store(
    model: nn.Module,
    texts: Texts,
    *,
    top: int,
    quantiles: int,
    batch_size: int | None,
    quantities: Sequence[str] | None,
    store: str | Path | None = None,
    resume: str | Path | None = None,
    progress: Progress | bool | None = None,
    client: Any = None,
) -> tuple[Store, nn.Module]:
    """The store of a scan, and the model as it reads; all else as in `scan`."""
    check_model(model)
    source = source_of(texts, reads_numbers(model))
    read_by, every = reader(model, source.texts)
    sizes, lanes = sizes_of(read_by), LANES if batch_size is None else batch_size
    about = StoreHeader(origin_of(read_by, top, quantiles, lanes), sizes, _stored(quantities, sizes))
    with opened_for_writing(store, resume, about) as writer:
        task = partial(read_part, folder=writer.folder, quantities=about.quantities, lanes=lanes)
        with writer.noted(), _told(progress, source.known) as tell, pool(read_by, task, client) as workers:
            _read(parts(read_by, every, about.quantities), writer, workers, tell)
        if not writer.steps:
            got = f"{writer.texts:,} texts without tokens" if writer.texts else "none"
            raise LstmCoreError(f"Expected at least one text with tokens, got {got}.")
        return writer.finish(), read_by


def _stored(quantities: Sequence[str] | None, sizes: CellSizes) -> tuple[str, ...]:
    """The quantities that are stored."""
    chosen = sizes.cell.trace.states if quantities is None else tuple(dict.fromkeys(quantities))
    there = sizes.cell.quantities
    if not chosen or not set(chosen) <= set(there):
        raise LstmCoreError(f"Expected quantities of {', '.join(there)}, got {quantities!r}. Name those to keep.")
    return tuple(chosen)


def _read(every: Iterator[Part], writer: StoreWriter, workers: Threads | Cluster, tell: Tell) -> None:
    for part, found in in_order(_left(every, writer, tell), workers, tell):
        writer.add(part, found)
        tell(part.first + len(part.texts))


def _left(every: Iterator[Part], writer: StoreWriter, tell: Tell) -> Iterator[Part]:
    """The parts that are still to be read."""
    for part in every:
        if writer.has(part):
            tell(part.first + len(part.texts))
        else:
            yield part
    writer.ended()


@contextmanager
def _told(progress: Progress | bool | None, count: int | None) -> Iterator[Tell]:
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


Task = Callable[..., PartRead]
"""Reads a part with a model; says now and then how many steps are read, and hears whether it must stop."""


@contextmanager
def pool(model: nn.Module, task: Task, client: Any) -> Iterator[Threads | Cluster]:
    """The workers of a Dask client, the active one if `client` is None; else a thread for each core of this machine."""
    client = _active_client() if client is None else client
    if client is not None:
        if not all(callable(getattr(client, name, None)) for name in ("submit", "nthreads")):
            raise LstmCoreError(
                f"Expected a distributed.Client as client, got {type(client).__name__}. Install gatescope[scan] and "
                "connect with distributed.Client(address)."
            )
        yield Cluster(client, model, task)
        return
    # A thread for each core is enough: inside the block PyTorch computes with one thread for each thread that asks.
    before, threads = torch.get_num_threads(), Threads(model, task)
    torch.set_num_threads(1)
    try:
        yield threads
    finally:
        threads.stop()
        torch.set_num_threads(before)


def in_order(every: Iterator[Part], workers: Threads | Cluster, tell: Tell) -> Iterator[tuple[Part, PartRead]]:
    """Each part and what was read of it, in the order of the parts; only a few parts are in memory at once."""
    waiting: deque[tuple[Part, Any]] = deque()

    def first() -> tuple[Part, PartRead]:
        part, future = waiting[0]
        while not future.done():
            with suppress(TimeoutError):
                future.exception(timeout=TICK)
            tell(part.first + workers.share(part) * len(part.texts))
        waiting.popleft()
        return part, future.result()

    try:
        for part in every:
            waiting.append((part, workers.submit(part)))
            if len(waiting) >= workers.at_once():
                yield first()
        while waiting:
            yield first()
    finally:
        for _, future in waiting:
            future.cancel()


class Threads:
    """A thread for each core, each with a copy of the model. PyTorch lets other threads run while it computes."""

    def __init__(self, model: nn.Module, task: Task) -> None:
        self._model, self._task, self._stop = model, task, threading.Event()
        self._count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._count, "scan", initializer=torch.set_num_threads, initargs=(1,))
        self._read: dict[int, int] = {}

    def at_once(self) -> int:
        """How many parts wait or are read at once."""
        return self._count + 1

    def submit(self, part: Part) -> Any:
        """A future, with `result()` and `cancel()`."""

        def must_stop(steps: int) -> bool:
            self._read[part.first] = steps
            return self._stop.is_set()

        return self._pool.submit(lambda: self._task(copy.deepcopy(self._model).eval(), part, must_stop))

    def share(self, part: Part) -> float:
        """Which share of a part is read."""
        return self._read.get(part.first, 0) / max(1, part.steps)

    def stop(self) -> None:
        """End the threads after the windows that they are reading now."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


class Cluster:
    """The workers of a Dask cluster. The model goes to each once; a part whose worker fails is read by another."""

    def __init__(self, client: Any, model: nn.Module, task: Task) -> None:
        self._client, self._task = client, task
        # As bytes, because Dask has a way of its own to send a module, which fails for an LSTM; as a task's result, so
        # that a new worker gets them also if those that had them have failed.
        self._model = client.submit(bytes, pickle.dumps(model), pure=False, retries=RETRIES)

    def at_once(self) -> int:
        return AHEAD * max(1, sum(map(int, self._client.nthreads().values())))

    def submit(self, part: Part) -> Any:
        return self._client.submit(_read_on_worker, self._task, self._model, part, pure=False, retries=RETRIES)

    def share(self, _part: Part) -> float:
        """Which share of a part is read: the workers say nothing before its end."""
        return 0.0


def _read_on_worker(task: Task, model: bytes, part: Part) -> PartRead:
    # PyTorch's threads, times the worker's, would be more than the machine has cores: six times slower.
    torch.set_num_threads(1)
    return task(pickle.loads(model).eval(), part)


def _active_client() -> Any:
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    try:
        return distributed.default_client()
    except ValueError:
        return None
