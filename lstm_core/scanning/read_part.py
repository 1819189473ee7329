"""What does a model do in one part of a corpus? Its numbers are written at their place; what is small gets a file."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.analysis.units import Table, joined_tables
from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.write_whole import written_whole
from lstm_core.quantities import LEFT, RIGHT
from lstm_core.scanning.arrays import PARTS, UNITS, write_steps
from lstm_core.scanning.model import (
    CellQuantities,
    CellSizes,
    answers_in_words,
    answers_of,
    loss_of,
    sizes_of,
    with_bytes,
)
from lstm_core.scanning.windows import NUMBERS, Part, traces
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.summary import JoinedProof, Proof, joined_proof


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
        cell = self._sizes.cell
        nothing = {name: torch.zeros(0, self._sizes.shape(name)[-1]) for name in (*cell.trace.states, *cell.gates)}
        before = table_of(nothing, {state: np.zeros(self._sizes.shape(state)[-1]) for state in cell.trace.states}, cell)
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
        flat, cell = steps.ravel(), self._sizes.cell
        rows = np.flatnonzero(flat >= 0)
        for side, table in self._tables.items():
            of_side = {name: _rows(trace, name, side, rows) for name in (*cell.trace.states, *cell.gates)}
            # A product looks at all numbers at once: what is not finite stays so, and small factors overflow nowhere.
            states = [of_side[state] for state in cell.trace.states]
            finite = torch.stack([(x @ x.new_full(x.shape[1:], 1e-30)).isfinite() for x in states]).all(0)
            if not finite.all():
                self._counted[side][flat[rows[~finite.numpy()]]] = False
                of_side = {name: values[finite] for name, values in of_side.items()}
            starts = {state: as_numpy(getattr(trace, f"{state}0")[side][0]) for state in cell.trace.states}
            self._tables[side] = joined_tables(table, table_of(of_side, starts, cell))
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


def table_of(flat: Mapping[str, Tensor], starts: Mapping[str, np.ndarray], cell: CellQuantities) -> Table:
    """What is counted of the units of one layer and direction; `flat` (step, unit) has their states and gates."""
    count = len(flat[cell.state])
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
    for gate in cell.gates:
        shares = flat[gate].numpy()
        for end, there in (("left", shares < np.float32(LEFT)), ("right", shares > np.float32(RIGHT))):
            # Bytes add up faster to 32 bits than to 64.
            table[f"{gate}_{end}"] = there.sum(0, dtype=np.uint32).astype(np.int64)
    if cell.keeps is not None:
        table["log"] = flat[cell.keeps].abs().log_().sum(0, dtype=torch.float64).numpy()
    return table
