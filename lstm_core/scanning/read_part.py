"""What does a model do in one part of a corpus? Its numbers are written at their place; what is small comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.scanning.arrays import write_steps
from lstm_core.scanning.model import (
    CellSizes,
    answer_named,
    answers_in_words,
    answers_of,
    loss_of_numbers,
    loss_of_tokens,
    predicts_numbers,
    predicts_tokens,
    sizes_of,
)
from lstm_core.scanning.tables import Table, empty_table, joined_tables, table_of
from lstm_core.scanning.windows import NUMBERS, Part, Piece, traces
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.summary import Proof, worst


@dataclass
class PartRead:
    """What is known of the steps of a part, beside the numbers of its units."""

    table: Table
    max_error: float
    proof: Proof | None
    counted: np.ndarray
    """(layer, direction, step): which steps count."""
    losses: np.ndarray
    """(step,) float32: how badly each step was foreseen; NaN where nothing was foreseen."""
    answers: np.ndarray
    """(step,) int32: the number of the answer after each step among `words`."""
    words: list[str]


def read_part(
    model: nn.Module,
    part: Part,
    must_stop: Callable[[int], bool] = lambda _steps: False,
    *,
    folder: Path,
    quantities: Sequence[str],
    lanes: int,
) -> PartRead:
    """Write some quantities of all steps of a part into the arrays in a folder. `must_stop` hears how many
    steps are read; if it says so, what is there so far comes back."""
    if not folder.is_dir():
        raise LstmCoreError(
            f"Expected the folder {shortened(folder)} on the machine of each worker, got none. Give store= on a disk "
            "that all of them see."
        )
    read, steps = _Reading(model, part, _Kept(folder, part, sizes_of(model), quantities)), 0
    for trace, pieces in traces(model, part, lanes):
        read.add(trace, pieces)
        steps += sum(piece.length for piece in pieces)
        if must_stop(steps):
            break
    return read.finished()


class _Kept:
    """The stored quantities of a part: in memory until it is whole; of a part that is too large piece by piece."""

    def __init__(self, folder: Path, part: Part, sizes: CellSizes, quantities: Sequence[str]) -> None:
        self._folder, self._part, self._quantities = folder, part, quantities
        self._arrays: dict[str, np.ndarray] = {}
        if part.steps * sizes.numbers(quantities) <= 2 * NUMBERS:
            self._arrays = {q: np.empty((*sizes.shape(q), part.steps), np.float32) for q in quantities}

    def add(self, trace: Recorded, pieces: Sequence[Piece]) -> None:
        for quantity in self._quantities:
            # (layer, direction, time, batch, unit) to (layer, direction, batch, unit, time)
            values = as_numpy(getattr(trace, quantity).float().permute(0, 1, 3, 4, 2).contiguous())
            for lane, piece in enumerate(pieces):
                first = int(self._part.begins[piece.text]) + piece.first
                own = values[:, :, lane, :, : piece.length]
                if self._arrays:
                    self._arrays[quantity][..., first : first + piece.length] = own
                else:
                    self._write(quantity, own, first)

    def finish(self) -> None:
        for quantity, values in self._arrays.items():
            self._write(quantity, values, 0)

    def _write(self, quantity: str, values: np.ndarray, first: int) -> None:
        for side in np.ndindex(*values.shape[:2]):
            write_steps(self._folder, quantity, side, values[side], self._part.begin + first)


class _Reading:
    """What is known so far of a part that is read window by window."""

    def __init__(self, model: nn.Module, part: Part, kept: _Kept) -> None:
        self._model, self._part, self._kept, self._sizes = model, part, kept, sizes_of(model)
        sides = np.ndindex(self._sizes.layers, self._sizes.directions)
        self._tables = {side: empty_table(self._sizes) for side in sides}
        self._errors, self._proofs = [0.0], list[Proof | None]([Proof(0.0, True)])
        self._counted = np.ones((self._sizes.layers, self._sizes.directions, part.steps), bool)
        self._losses = np.full(part.steps, np.nan, np.float32)
        self._answers = np.zeros(part.steps, np.int32)
        self._loss: Callable[[Tensor, np.ndarray], np.ndarray] | None = None
        if isinstance(model, SequenceModel) and predicts_tokens(model):
            self._loss = loss_of_tokens(model, part.vocabulary, part.ids)
        elif isinstance(model, SequenceModel) and predicts_numbers(model):
            self._loss = loss_of_numbers(model, part.rows)
        ends = part.begins + part.lengths - 1
        self._has_next = np.ones(part.steps, bool)
        self._has_next[ends[part.lengths > 0]] = False

    def add(self, trace: Recorded, pieces: Sequence[Piece]) -> None:
        """Add the steps of a window, whose sequences are pieces of the part's texts."""
        self._kept.add(trace, pieces)
        self._errors.append(trace.max_error)
        self._proofs.append(trace.proof)
        steps = self._part.numbers(pieces)
        rows = np.flatnonzero(steps.ravel() >= 0)
        cell = self._sizes.cell
        for side, table in self._tables.items():
            flat = {name: _rows(trace, name, side, rows) for name in (*cell.trace.states, *cell.gates)}
            if not _ends_are_finite(trace, side, pieces):
                finite = torch.stack([flat[state].isfinite().all(1) for state in cell.trace.states]).all(0).numpy()
                self._counted[side][steps.ravel()[rows[~finite]]] = False
                flat = {name: values[torch.from_numpy(finite)] for name, values in flat.items()}
            starts = {state: as_numpy(getattr(trace, f"{state}0")[side][0]) for state in cell.trace.states}
            if len(flat[cell.state]):
                self._tables[side] = joined_tables(table, table_of(flat, starts, cell))
        self._add_scores(trace, steps.ravel()[rows], rows)

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

    def finished(self) -> PartRead:
        self._kept.finish()
        sizes = self._sizes
        table = {
            name: np.stack([one[name] for one in self._tables.values()]).reshape(sizes.layers, sizes.directions, -1)
            for name in self._tables[0, 0]
        }
        words = [""]
        if answers_in_words(self._model):
            different, self._answers[:] = np.unique(self._answers, return_inverse=True)
            words = [answer_named(self._model, number) for number in different.tolist()]  # type: ignore[arg-type]
        return PartRead(
            table,
            float(np.max(self._errors)),
            worst(self._proofs),
            self._counted,
            self._losses,
            self._answers,
            words,
        )


def _rows(trace: Recorded, name: str, side: tuple[int, int], rows: np.ndarray) -> Tensor:
    """A quantity of a layer and direction at the steps that are there, (step, unit) float32 on the CPU."""
    values: Tensor = getattr(trace, name)[side].detach().flatten(0, 1).float().cpu()
    return values if len(rows) == len(values) else values[torch.from_numpy(rows)]


def _ends_are_finite(trace: Recorded, side: tuple[int, int], pieces: Sequence[Piece]) -> bool:
    """Whether all states are finite where each sequence ends: a value that is not stays in the memory to the end."""
    ends = torch.tensor([piece.length - 1 if side[1] == 0 else 0 for piece in pieces])
    lanes = torch.arange(len(pieces))
    return all(bool(getattr(trace, state)[side][ends, lanes].isfinite().all()) for state in trace.states)
