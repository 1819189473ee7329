"""How does a model read a corpus: in threads here, or by the workers of a Dask cluster?"""

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
from lstm_core.scanning.result import Scan
from lstm_core.scanning.sources import Texts, source_of
from lstm_core.scanning.store import About, StoreWriter, opened_for_writing
from lstm_core.scanning.windows import LANES, Part, parts

Tell = Callable[[float], object]
TICK = 0.25
"""Seconds after which it is told again how far a part is."""
AHEAD = 2
"""Parts that wait or are read for each worker of a cluster: the next one is there when a worker has finished."""
RETRIES = 3
"""How often a part is read again when its worker has failed."""


def scan(
    model: nn.Module,
    texts: Texts,
    *,
    top: int = 20,
    quantiles: int = 10,
    store: str | Path | None = None,
    batch_size: int | None = None,
    resume: str | Path | None = None,
    progress: Progress | bool | None = None,
    client: Any = None,
    quantities: Sequence[str] | None = None,
) -> Scan:
    """Let a model read a corpus, and keep the memory of each unit at every step: its range, histogram and gates, the
    steps with the largest and smallest values, correlations, responses to tokens, searches.

    `model`: a SequenceModel; an `nn.LSTM`, `nn.GRU` or `nn.RNN`, or a model with one of them in it, which alone is run
    and reads arrays; or a model with a cell written by hand, which reads arrays as (time, batch, *feature) or (batch,
    time, *feature): c, i and f are read, several memories are layers. `texts`: a path (a file: a text a line; a folder:
    a text a file), or an iterable of texts, each a str, a list of tokens, an array (time, feature) or the `Path` of a
    file. `top`: how many of each unit's largest and smallest values `Scan.top` gives; `quantiles`: from how many there
    are samples; `batch_size`: how many texts are read at once.

    `quantities`: what is stored of every step, such as ("c",), which is smallest, or "ifgoch"; c and h if none are
    named (of a GRU or an RNN h, of a cell written by hand c). A number takes four bytes, so a million steps of 256
    units take a gigabyte a quantity; the log says how much before it begins. The shares of gates and the ranges of c
    and h are in `Scan.units` in any case.
    `store`: the folder in which they are kept, a Zarr group (`xarray.open_zarr(store)`), for
    `lstm_core.load_scan(store)`; an older scan there stays until this one is whole. Without, a temporary folder is
    deleted when the scan is no longer used.
    `resume`: a folder in which each part of some 100,000 steps is kept, so that the same call goes on after a stop; an
    error has a note on what is kept. `progress` is called with the share done (without a length, 0 until the end); an
    exception from it ends the scan. With `progress=True` a bar is shown. The threads of this machine read, or the
    workers of `client`, a `distributed.Client` (extra: gatescope[scan]) on a disk that all of them see; if one is
    active, it is used. The number of workers changes no bit of the result; another `batch_size` changes the last bits.

    Raises LstmCoreError for a corpus without tokens, a text that the model can't read, a `resume` folder of another
    scan, and a `store` that another scan is writing.

    >>> import lstm_core
    >>> found = scan(lstm_core.load_model("counter"), ["aabb", "ab", "aaabbb"])
    >>> found.texts, found.steps
    (3, 12)
    >>> found.top(1, k=2)[["text", "time", "before", "token", "after"]].values.tolist()
    [[2, 2, 'aa', 'a', 'bbb'], [0, 1, 'a', 'a', 'bb']]
    """
    check_model(model)
    source = source_of(texts, reads_numbers(model))
    read_by, every = reader(model, source.texts)
    sizes, lanes = sizes_of(read_by), LANES if batch_size is None else batch_size
    about = About(origin_of(read_by, top, quantiles, lanes), sizes, _stored(quantities, sizes))
    with opened_for_writing(store, resume, about) as writer:
        task = partial(read_part, folder=writer.folder, quantities=about.quantities, lanes=lanes)
        with writer.noted(), _told(progress, source.known) as tell, pool(read_by, task, client) as workers:
            _read(parts(read_by, every, about.quantities), writer, workers, tell)
        if not writer.steps:
            got = f"{writer.texts:,} texts without tokens" if writer.texts else "none"
            raise LstmCoreError(f"Expected at least one text with tokens, got {got}.")
        # A generator is used up; a path and a list can be read again.
        corpus = texts if isinstance(texts, (str, os.PathLike, Sequence)) else None
        return Scan((writer.finish(),), read_by, corpus)


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
