"""How is a corpus read into a store, by threads here or a Dask cluster, and what is kept of each of its parts?"""

from __future__ import annotations

import copy
import json
import os
import pickle
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.analysis.units import Table, joined_tables
from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.write_whole import written_whole
from lstm_core.progress import Progress
from lstm_core.quantities import LEFT, RIGHT
from lstm_core.scanning.arrays import PARTS, UNITS, write_steps
from lstm_core.scanning.model import CellSizes, answers_in_words, answers_of, loss_of, sizes_of, with_bytes
from lstm_core.scanning.store import StoreWriter
from lstm_core.scanning.windows import NUMBERS, Part, parts, traces
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.summary import JoinedProof, Proof, joined_proof

# What does a model do in one part of a corpus? Its numbers are written at their place; what is small gets a file.


def read_part(
    model: nn.Module,
    part: Part,
    folder: Path,
    quantities: Sequence[str],
    lanes: int,
    must_stop: Callable[[int], bool] = lambda _steps: False,
) -> None:
    """Write some quantities of all steps of a part into the arrays in a folder, and then its file. `must_stop` hears
    how many steps are read; if it says so, the part gets no file."""
    if not folder.is_dir():
        raise LstmCoreError(
            f"Expected the folder {shortened(folder)} on the machine of each worker, got none. Give store= on a disk "
            "that all of them see."
        )
    model = model.eval()
    kept, read, count = _Kept(folder, part, sizes_of(model), quantities), _Reading(model, part), 0
    for trace, steps in traces(model, part, lanes):
        kept.add(trace, steps)
        read.add(trace, steps)
        count += int((steps >= 0).sum())
        if must_stop(count):
            return
    kept.finish()
    with written_whole(folder / PARTS / f"{part.number:06}.npz") as beside:
        np.savez(beside, allow_pickle=False, **read.finished())


class _Kept:
    """The stored quantities of a part: in memory until it is whole; of a part that is too large window by window."""

    def __init__(self, folder: Path, part: Part, sizes: CellSizes, quantities: Sequence[str]) -> None:
        self._folder, self._part, self._quantities = folder, part, quantities
        self._arrays: dict[str, np.ndarray] = {}
        if part.steps * sizes.numbers(quantities) <= 2 * NUMBERS:
            self._arrays = {q: np.empty((*sizes.shape(q), part.steps), np.float32) for q in quantities}

    def add(self, trace: Recorded, steps: np.ndarray) -> None:
        for quantity in self._quantities:
            # (layer, direction, time, batch, unit) to (batch, layer, direction, unit, time)
            values = as_numpy(getattr(trace, quantity).float().permute(3, 0, 1, 4, 2).contiguous())
            for own, first, length in zip(values, steps[0].tolist(), (steps >= 0).sum(0).tolist(), strict=True):
                if self._arrays:
                    self._arrays[quantity][..., first : first + length] = own[..., :length]
                else:
                    self._write(quantity, own[..., :length], first)

    def finish(self) -> None:
        for quantity, values in self._arrays.items():
            self._write(quantity, values, 0)

    def _write(self, quantity: str, values: np.ndarray, first: int) -> None:
        for side in np.ndindex(*values.shape[:2]):
            write_steps(self._folder, quantity, side, values[side], self._part.begin + first)


class _Reading:
    """What is small of a part that is read window by window."""

    def __init__(self, model: nn.Module, part: Part) -> None:
        self._model, self._part, self._sizes = model, part, sizes_of(model)
        sizes = self._sizes
        nothing = {name: torch.zeros(0, self._sizes.shape(name)[-1]) for name in (*sizes.trace.states, *sizes.gates)}
        before = table_of(nothing, {state: np.zeros(sizes.shape(state)[-1]) for state in sizes.trace.states}, sizes)
        self._tables = dict.fromkeys(np.ndindex(self._sizes.layers, self._sizes.directions), before)
        self._proved = JoinedProof(0.0, Proof(0.0, True))
        self._counted = np.ones((self._sizes.layers, self._sizes.directions, part.steps), bool)
        self._answers = np.full(part.steps, "", object)
        self._losses, self._loss = np.full(part.steps, np.nan, np.float32), loss_of(model, part)
        self._has_next = np.ones(part.steps, bool)
        self._has_next[(part.begins + part.lengths)[part.lengths > 0] - 1] = False

    def add(self, trace: Recorded, steps: np.ndarray) -> None:
        """Add the steps (time, batch) of a window, by their numbers in the part."""
        self._proved = joined_proof([self._proved, trace])
        flat, sizes = steps.ravel(), self._sizes
        rows = np.flatnonzero(flat >= 0)
        for side, table in self._tables.items():
            of_side = {name: _rows(trace, name, side, rows) for name in (*sizes.trace.states, *sizes.gates)}
            # A product looks at all numbers at once: what is not finite stays so, and small factors overflow nowhere.
            states = [of_side[state] for state in sizes.trace.states]
            finite = torch.stack([(x @ x.new_full(x.shape[1:], 1e-30)).isfinite() for x in states]).all(0)
            if not finite.all():
                self._counted[side][flat[rows[~finite.numpy()]]] = False
                of_side = {name: values[finite] for name, values in of_side.items()}
            starts = {state: as_numpy(getattr(trace, f"{state}0")[side][0]) for state in sizes.trace.states}
            self._tables[side] = joined_tables(table, table_of(of_side, starts, sizes))
        self._add_scores(trace, flat[rows], rows)

    def _add_scores(self, trace: Recorded, steps: np.ndarray, rows: np.ndarray) -> None:
        named = answers_in_words(self._model)
        if not (named or self._loss):
            return
        scores = self._model.scores(trace).cpu().flatten(0, 1)[torch.from_numpy(rows)]  # type: ignore[operator]
        if named:
            self._answers[steps] = answers_of(self._model, scores)  # type: ignore[arg-type]
        if self._loss:
            following = self._has_next[steps]
            there = steps[following] + 1
            self._losses[there] = self._loss(scores[torch.from_numpy(following)], there)

    def finished(self) -> dict[str, np.ndarray]:
        """What the file of the part holds."""
        import pandas as pd

        sizes, part = self._sizes, self._part
        tokens, token_names = pd.factorize(np.array(with_bytes([*part.vocabulary, ""]), object))
        answers, names = pd.factorize(self._answers)
        said: dict[str, Any] = {"tokens": token_names.tolist(), "answers": names.tolist(), "proof": self._proved}
        small = {"length": part.lengths, "digest": part.digests, "token": tokens[part.ids], "answer": answers}
        small |= {"loss": self._losses, "counted": self._counted}
        small["words"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
        for name in self._tables[0, 0]:
            each = np.stack([one[name] for one in self._tables.values()])
            small[f"{UNITS}{name}"] = each.reshape(sizes.layers, sizes.directions, -1)
        return small


def _rows(trace: Recorded, name: str, side: tuple[int, int], rows: np.ndarray) -> Tensor:
    """A quantity of a layer and direction at the steps that are there, (step, unit) float32 on the CPU."""
    values: Tensor = getattr(trace, name)[side].detach().flatten(0, 1).float().cpu()
    return values if len(rows) == len(values) else values[torch.from_numpy(rows)]


# What is counted of each unit? Counts and ranges of two parts together are exactly those of the whole; means and
# squares are equal to rounding.


def table_of(flat: Mapping[str, Tensor], starts: Mapping[str, np.ndarray], sizes: CellSizes) -> Table:
    """What is counted of the units of one layer and direction; `flat` (step, unit) has their states and gates."""
    count = len(flat[sizes.state])
    table: Table = {"count": np.array([count])}
    for state, start in starts.items():
        values = flat[state]
        mean = values.sum(0) / max(1, count)
        squares = (values - mean).square_().sum(0)
        table |= {f"{state}_mean": mean.double().numpy(), f"{state}_squares": squares.double().numpy()}
        # Of no step the range is empty.
        table[f"{state}_min"] = values.numpy().min(0, initial=np.inf).astype(np.float64)
        table[f"{state}_max"] = values.numpy().max(0, initial=-np.inf).astype(np.float64)
        table[f"{state}_start"] = start.astype(np.float64)
    for gate in sizes.gates:
        shares = flat[gate].numpy()
        for end, there in (("left", shares < np.float32(LEFT)), ("right", shares > np.float32(RIGHT))):
            # Bytes add up faster to 32 bits than to 64.
            table[f"{gate}_{end}"] = there.sum(0, dtype=np.uint32).astype(np.int64)
    if sizes.keeps is not None:
        table["log"] = flat[sizes.keeps].abs().log_().sum(0, dtype=torch.float64).numpy()
    return table


# Who reads the parts: threads here, or the workers of a Dask cluster?

# Seconds after which it is told again how far a part is.
TICK = 0.25
# Parts that wait or are read for each worker of a cluster: the next one is there when a worker has finished.
AHEAD = 2
# How often a part is read again when its worker has failed.
RETRIES = 3
# Have a part read; how many parts wait or are read at once; how many steps of a part are read, by its number (of a
# cluster nothing is known before the end of a part).
Workers = tuple[Callable[[Part], Future[None]], Callable[[], int], dict[int, int]]


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
    """The workers of a Dask client; without one a thread for each core of this machine."""
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
