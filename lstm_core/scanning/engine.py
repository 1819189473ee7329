"""Who reads the shards of a scan: threads of this process, or the workers of a Dask cluster?

The results come in the order of the shards, whoever was first, so that their sums do not depend on the workers.
"""

from __future__ import annotations

import copy
import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.scanning.shards import Shard

Task = Callable[[nn.Module, Shard, Callable[[], bool]], Any]
"""Reads a shard with a model; asks now and then whether it must stop."""
AHEAD = 2
"""Shards that wait or are read for each worker of a cluster: the next one is there when a worker has finished."""
RETRIES = 3
"""How often a shard is read again when its worker has failed."""


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


def in_order(shards: Iterator[Shard], workers: Threads | Cluster) -> Iterator[tuple[Shard, Any]]:
    """Each shard and what was read of it, in the order of the shards; only a few shards are in memory at once."""
    waiting: deque[tuple[Shard, Any]] = deque()
    try:
        for shard in shards:
            waiting.append((shard, workers.submit(shard)))
            while len(waiting) >= workers.at_once():
                yield _first(waiting)
        while waiting:
            yield _first(waiting)
    finally:
        for _, future in waiting:
            future.cancel()


def _first(waiting: deque[tuple[Shard, Any]]) -> tuple[Shard, Any]:
    shard, future = waiting.popleft()
    return shard, future.result()


class Threads:
    """A thread for each core. The loops and PyTorch let other threads run while they compute."""

    def __init__(self, model: nn.Module, task: Task) -> None:
        self._model, self._task, self._stop = model, task, threading.Event()
        self._count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._count, "scan", initializer=torch.set_num_threads, initargs=(1,))

    def at_once(self) -> int:
        """How many shards wait or are read at once."""
        # One more than is read: what was read of a shard may take 130 MB.
        return self._count + 1

    def submit(self, shard: Shard) -> Any:
        """A future, with `result()` and `cancel()`."""
        return self._pool.submit(lambda: self._task(_own_copy(self._model), shard, self._stop.is_set))

    def stop(self) -> None:
        """End the threads after the windows that they are reading now."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


class Cluster:
    """The workers of a Dask cluster. The model goes to each once; a shard whose worker fails is read by another."""

    def __init__(self, client: Any, model: nn.Module, task: Task) -> None:
        self._client, self._task = client, task
        # As bytes, because Dask has a way of its own to send a module, which fails for an LSTM; as a task's result, so
        # that a new worker gets them also if those that had them have failed.
        self._model = client.submit(bytes, pickle.dumps(model), pure=False, retries=RETRIES)

    def at_once(self) -> int:
        return AHEAD * max(1, sum(map(int, self._client.nthreads().values())))

    def submit(self, shard: Shard) -> Any:
        return self._client.submit(_read_on_worker, self._task, self._model, shard, pure=False, retries=RETRIES)


def _read_on_worker(task: Task, model: bytes, shard: Shard) -> Any:
    torch.set_num_threads(1)
    return task(_own_copy(model), shard, lambda: False)


_LOCAL = threading.local()


def _own_copy(model: nn.Module | bytes) -> nn.Module:
    """This thread's own copy of a model, or of a model in its pickled bytes, in eval mode."""
    kept: tuple[object, nn.Module] | None = getattr(_LOCAL, "kept", None)
    if kept is None or kept[0] is not model:
        copied: nn.Module = pickle.loads(model) if isinstance(model, bytes) else copy.deepcopy(model)
        kept = _LOCAL.kept = model, copied.eval()
    return kept[1]


def _active_client() -> Any:
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    try:
        return distributed.default_client()
    except ValueError:
        return None
