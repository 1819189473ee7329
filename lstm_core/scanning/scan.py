"""What does each unit do in a whole corpus? It is read in threads here, or by the workers of a Dask cluster."""

from __future__ import annotations

import copy
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress
from lstm_core.recording.modules import check_model
from lstm_core.scanning.by_hand import reader
from lstm_core.scanning.model import CellSizes, origin_of, reads_numbers, sizes_of
from lstm_core.scanning.read_part import read_part
from lstm_core.scanning.result import Scan
from lstm_core.scanning.sources import Texts, source_of
from lstm_core.scanning.store import StoreHeader, opened_for_writing
from lstm_core.scanning.windows import LANES, Part, parts

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
    `resume`: a folder in which each part of some 100,000 steps is kept, so that the same call goes on after a stop.
    `progress` is called with the share done (without a length, 0 until the end); an exception from it ends the scan.
    With `progress=True` a bar is shown. The threads of this machine read, or the workers of `client`, a
    `distributed.Client` (extra: gatescope[scan]) on a disk that all of them see; if one is active, it is used. The
    number of workers changes no bit of the result; another `batch_size` changes the last bits.

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
    about = StoreHeader(origin_of(read_by, top, quantiles, lanes), sizes, _stored(quantities, sizes))
    with opened_for_writing(store, resume, about) as writer:
        how = writer.folder, about.quantities, lanes
        with _told(progress, source.known) as tell, _workers(read_by, how, client) as workers:
            _read_all(parts(read_by, every, about.quantities), writer.has, workers, tell)
        if not writer.steps:
            got = f"{writer.texts:,} texts without tokens" if writer.texts else "none"
            raise LstmCoreError(f"Expected at least one text with tokens, got {got}.")
        kept = writer.finish()
    # A generator is used up; a path and a list can be read again.
    return Scan((kept,), read_by, texts if isinstance(texts, (str, os.PathLike, Sequence)) else None)


def _stored(quantities: Sequence[str] | None, sizes: CellSizes) -> tuple[str, ...]:
    """The quantities that are stored."""
    chosen = sizes.cell.trace.states if quantities is None else tuple(dict.fromkeys(quantities))
    there = sizes.cell.quantities
    if not chosen or not set(chosen) <= set(there):
        raise LstmCoreError(f"Expected quantities of {', '.join(there)}, got {quantities!r}. Name those to keep.")
    return tuple(chosen)


class _Workers(NamedTuple):
    """Those who read parts."""

    submit: Callable[[Part], Future[None]]
    at_once: Callable[[], int]
    """How many parts wait or are read at once."""
    read: dict[int, int]
    """How many steps of a part are read, by its number; of a cluster nothing is known before the end of a part."""


def _read_all(
    every: Iterator[Part], is_there: Callable[[Part], bool], workers: _Workers, tell: Callable[[float], object]
) -> None:
    """Have all parts read that are not there, a few at a time; `tell` hears how many texts are done."""
    waiting, done = dict[Future[None], Part](), 0
    try:
        while True:
            while len(waiting) < workers.at_once() and (part := next(every, None)):
                if is_there(part):
                    done += len(part.lengths)
                else:
                    waiting[workers.submit(part)] = part
            if not waiting:
                return
            for future in wait(waiting, TICK, FIRST_COMPLETED).done:
                future.result()
                done += len(waiting.pop(future).lengths)
            shares = [workers.read.get(p.number, 0) / max(1, p.steps) * len(p.lengths) for p in waiting.values()]
            tell(done + sum(shares))
    finally:
        for future in waiting:
            future.cancel()


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
def _workers(model: nn.Module, how: Any, client: Any) -> Iterator[_Workers]:
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
        yield _Workers(lambda part: submit(_read_one_by_one, sent, part, *how), at_once, {})
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
        yield _Workers(lambda part: threads.submit(read_here, part), lambda: count + 1, read)
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
