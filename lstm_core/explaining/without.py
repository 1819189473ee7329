"""What is left out, and what stands in its place?"""

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError, numbered, shortened
from lstm_core.explaining.given import MIDNIGHT, GivenReading, given, vectors_of
from lstm_core.explaining.question import ModelParts
from lstm_core.inputs.series import Series
from lstm_core.models.embeddings import Embedding, Rows

Name = str | date | np.datetime64
"""What a step is called."""


class LeftOutCells(NamedTuple):
    """The cells that are left out."""

    cells: Tensor
    """(time, feature), bool."""
    name: str


class Baseline(NamedTuple):
    """What stands in the place of an event's cells."""

    values: Tensor
    """(time, feature), in the units of `Given.values`."""
    name: str


def event_of(read: GivenReading, without: Any) -> LeftOutCells:
    """The cells that `without` means: None, a step, a slice or list of steps, a cell (step, feature) or a list of
    cells, a word or a date or a list of them. Raises LstmCoreError for one that there is not."""
    cells = torch.zeros(read.values.shape, dtype=torch.bool)
    if without is None:
        return LeftOutCells(~cells, "everything")
    if isinstance(without, slice):
        steps = _steps_between(read, without)
        if not steps:
            raise LstmCoreError(f"Expected steps of {len(cells)}, got none in {without}.")
        cells[steps] = True
        return LeftOutCells(cells, f"steps {steps[0]} to {steps[-1]}" if len(steps) > 1 else step_name(read, steps[0]))
    if isinstance(without, Name):
        steps = _steps_called(read, without)
        cells[steps] = True
        return LeftOutCells(cells, shortened((read.names or [])[steps[0]]))
    if isinstance(without, tuple):
        steps, feature = _cell(read, without)
        cells[steps, feature] = True
        return LeftOutCells(cells, f"{read.features[feature]} at {', '.join(step_name(read, step) for step in steps)}")
    if isinstance(without, Sequence) or hasattr(without, "__iter__"):
        each = [event_of(read, one) for one in without]
        if not each:
            raise LstmCoreError("Expected steps, cells or words to leave out, got an empty list. None leaves out all.")
        shown = ", ".join(event.name for event in each[:5]) + (f" and {len(each) - 5} more" if len(each) > 5 else "")
        return LeftOutCells(torch.stack([event.cells for event in each]).any(0), shown)
    step = step_of(without, len(cells))
    cells[step] = True
    return LeftOutCells(cells, step_name(read, step))


def baseline_of(parts: ModelParts, read: GivenReading, event: LeftOutCells, baseline: Any) -> Baseline:
    """What `baseline` means: a number, a row, another reading of the same length, "median" or "mean"; for words another
    word or text, and for "median" and "mean" the mean vector of the words that the model knows.

    Raises LstmCoreError for another length, and for one word that is nearly "median" or "mean".
    """
    time, size = read.values.shape
    if isinstance(baseline, str) and baseline in ("median", "mean"):
        if read.words is not None and parts.whole is not None:
            vector, name = _mean_vector(parts.whole.embedding)
            return Baseline(vector.expand(time, size), name)
        row = (np.median if baseline == "median" else np.mean)(read.values.numpy(), axis=0)
        return Baseline(torch.from_numpy(row).expand(time, size), f"the {baseline} of each feature")
    words = isinstance(baseline, Sequence) and bool(baseline) and all(isinstance(each, str) for each in baseline)
    if read.words is not None and (words or isinstance(baseline, str)):
        return _other_words(parts, read, event, baseline)
    if isinstance(baseline, Real):
        return Baseline(torch.full((time, size), float(baseline), dtype=torch.float64), f"{baseline:g}")
    if not isinstance(baseline, str | Series) and np.ndim(baseline) == 1 and len(baseline) == size:
        row = torch.as_tensor(baseline, dtype=torch.float64).detach().cpu()
        return Baseline(row.expand(time, size), "a given row")
    other = given(parts, baseline, "baseline").values
    if other.shape != (time, size):
        raise LstmCoreError(
            f'Expected as baseline a number, a row of {size}, another reading of {time} steps, "median" or "mean", got '
            f"numbers of shape {tuple(other.shape)}."
        )
    return Baseline(other, "another reading")


def _other_words(parts: ModelParts, read: GivenReading, event: LeftOutCells, baseline: str | Sequence[str]) -> Baseline:
    """Another reading; one word for every step; or a word for each step of the event."""
    assert parts.whole is not None
    embedding = parts.whole.embedding
    is_name = isinstance(baseline, str) and baseline not in getattr(embedding, "tokens", ())
    if is_name and (near := get_close_matches(baseline, ("median", "mean"), n=1, cutoff=0.8)):
        raise LstmCoreError(
            f'Expected "median", "mean" or words as baseline, got {shortened(baseline)}. Write "{near[0]}", or '
            f"[{shortened(baseline)}] for the word."
        )
    other = given(parts, baseline, "baseline")
    words, steps = other.words or [], event.cells.any(1)
    name = shortened(baseline if isinstance(baseline, str) else " ".join(words))
    if unread := list(dict.fromkeys(embedding.unread(words))):
        name += f" (the model does not know {', '.join(map(shortened, unread[:5]))}{', …' if len(unread) > 5 else ''})"
    if len(words) in (1, len(steps)):
        return Baseline(other.values.expand(len(steps), -1), name)
    if len(words) != steps.sum():
        raise LstmCoreError(
            f"Expected as baseline one word, {int(steps.sum())} for the steps that are left out, or a text of "
            f"{len(steps)}, got {len(words)}: {name}."
        )
    values = read.values.clone()
    values[steps] = other.values
    return Baseline(values, name)


def _mean_vector(embedding: Embedding) -> Baseline:
    """The mean vector (feature,) of the words that a model knows, or zeros if it has no list of them."""
    known = list(getattr(embedding, "tokens", ()))
    if not known and isinstance(embedding, Rows):
        known = [str(row) for row in range(embedding.rows)]
    if not known:
        return Baseline(torch.zeros(embedding.size, dtype=torch.float64), "the zero vector")
    vectors = vectors_of(embedding, embedding.read(known)).double()
    return Baseline(vectors.mean(0), f"the mean vector of the {len(known):,} tokens that the model knows")


def step_of(number: Any, count: int, what: str = "step") -> int:
    """A step's number, from 0. Raises LstmCoreError for one that there is not."""
    if isinstance(number, int | np.integer) and not isinstance(number, bool) and -count <= number < count:
        return int(number) % count
    raise LstmCoreError(f"Expected {numbered(what, count)}, got {shortened(number)}.")


def _steps_called(read: GivenReading, name: Name) -> list[int]:
    """The steps with a word or a date, in any of its forms. Raises LstmCoreError if there is none."""
    when = name.astype("datetime64[us]").item() if isinstance(name, np.datetime64) else name
    written = {str(when), str(when).removesuffix(MIDNIGHT)}
    steps = [step for step, there in enumerate(read.names or []) if there in written]
    if not steps:
        some = ", ".join(map(shortened, (read.names or [])[:20])) or "none: the steps of x have numbers alone"
        raise LstmCoreError(f"Expected one of the words or dates that are read, {some}; got {shortened(when)}.")
    return steps


def _steps_between(read: GivenReading, ends: slice) -> list[int]:
    """The steps of a slice; from a word or date to another, with both. Raises LstmCoreError for other ends."""
    start, stop = ends.start, ends.stop
    start = _steps_called(read, start)[0] if isinstance(start, Name) else start
    stop = _steps_called(read, stop)[-1] + 1 if isinstance(stop, Name) else stop
    try:
        return list(range(len(read.values)))[start : stop : ends.step]
    except (TypeError, ValueError) as error:
        raise LstmCoreError(f"Expected a slice from a step, word or date to another, got {ends}.") from error


def _cell(read: GivenReading, cell: tuple[Any, ...]) -> tuple[list[int], int]:
    """The steps and the feature of a cell: several steps where a word stands more than once."""
    if len(cell) != 2:
        raise LstmCoreError(
            f"Expected a cell (step, feature), got {len(cell)} numbers in brackets. Steps are a list: {list(cell)[:5]}."
        )
    step, feature = cell
    if isinstance(feature, str):
        if feature not in read.features:
            there = ", ".join(map(shortened, read.features[:10]))
            raise LstmCoreError(f"Expected one of the features {there}, got {shortened(feature)}.")
        feature = read.features.index(feature)
    steps = _steps_called(read, step) if isinstance(step, Name) else [step_of(step, len(read.values))]
    return steps, step_of(feature, len(read.features), "feature")


def step_name(read: GivenReading, step: int) -> str:
    """A step's number, and its word or date."""
    return f"step {step:,}" + (f" ({shortened(read.names[step])})" if read.names else "")
