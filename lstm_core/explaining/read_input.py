"""What does the model read, what is left out, and what stands in its place?"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import chain
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError, numbered, shortened
from lstm_core.explaining.question import ModelParts
from lstm_core.inputs.series import Series
from lstm_core.models.embeddings import Embedding, Numbers, Rows
from lstm_core.models.sequence_model import SequenceModel

# What does the model read: numbers, tokens or a text, with which names?

MIDNIGHT = " 00:00:00"


class ReadInput(NamedTuple):
    """One reading."""

    values: Tensor
    """(time, feature), float64: the numbers in the units of the data; of words, their vectors."""
    vectors: Callable[[Tensor], Tensor]
    """Makes x (time, feature) of values."""
    features: list[str]
    words: list[str] | None
    """The tokens, if the model reads some."""
    names: list[str] | None
    """What the steps are called: words, or dates; None: numbers alone."""


def read_input(parts: ModelParts, x: Any, what: str = "x") -> ReadInput:
    """What x is to a model; an error calls it `what`. Raises LstmCoreError for what it can't read."""
    whole = parts.whole
    token = str if whole is None else (str, int)
    if isinstance(x, str) or (isinstance(x, Sequence) and x and all(isinstance(each, token) for each in x)):
        if whole is None:
            raise LstmCoreError(
                "Expected numbers (time, feature), got text, which an LSTM alone does not read. Give a SequenceModel, "
                "or the vectors of the words."
            )
        return _of_tokens(whole, whole.tokens(x) if isinstance(x, str) else whole.embedding.written(x))
    values, features, names = _numbers(x)
    # A tensor (time, 1, feature) is what `model.vectors` gave, and what the model itself takes.
    made = values.dim() == 3 and values.shape[1] == 1
    values = values[:, 0] if made else values
    size = parts.module.input_size
    if values.dim() != 2 or values.shape[1] != size or not len(values):
        raise LstmCoreError(
            f"Expected {what} of shape (time, {size}), one reading with a step or more, got {tuple(values.shape)}. Of "
            "a batch give one sequence, x[:, k], or x[k] with batch_first."
        )
    if not bool(values.isfinite().all()):
        raise LstmCoreError(
            f"Expected {what} of finite numbers, got NaN or infinity. Fill them in, or leave their steps out."
        )
    columns = features or _numbered(size)
    if whole is not None and isinstance(whole.embedding, Numbers) and not made:
        embedded = partial(vectors_of, whole.embedding)
        return ReadInput(values, embedded, features or list(whole.embedding.columns), None, names)
    return ReadInput(values, torch.Tensor.clone, columns, None, names)


def _of_tokens(model: SequenceModel, tokens: list[str]) -> ReadInput:
    if not tokens:
        raise LstmCoreError(f"Expected {model.reads} for {model.name} to read, got none.")
    read = model.embedding.read(tokens)
    if isinstance(model.embedding, Numbers):
        embedded = partial(vectors_of, model.embedding)
        return ReadInput(read.double(), embedded, list(model.embedding.columns), None, None)
    vectors = vectors_of(model.embedding, read).double()
    return ReadInput(vectors, torch.Tensor.clone, _numbered(vectors.shape[1]), tokens, tokens)


def _numbered(size: int) -> list[str]:
    """Features without names, as a model of numbers from a file calls its own."""
    return [f"feature {number}" for number in range(size)]


@torch.no_grad()
def vectors_of(embedding: Embedding, read: Tensor) -> Tensor:
    """(time, feature): what an embedding, on any device, makes of numbers that it has read, on the CPU."""
    own = next(chain(embedding.parameters(), embedding.buffers()), read)
    return embedding.embed(read.to(own.device)).cpu()


def _numbers(x: Any) -> tuple[Tensor, list[str] | None, list[str] | None]:
    """Numbers in float64, the names of the features and those of the steps, from a tensor, an array, a table or a
    `Series`."""
    if isinstance(x, Series):
        named = x.names != [f"column {number}" for number in range(1, len(x.names) + 1)]
        return x.values.double(), list(x.names) if named else None, x.times
    features = names = None
    if hasattr(x, "columns") and hasattr(x, "index"):
        numbered = list(x.columns) == list(range(len(x.columns)))
        features = None if numbered else [str(column) for column in x.columns]
        names = None if list(x.index) == list(range(len(x))) else _names(list(x.index))
        x = x.to_numpy()
    try:
        values = x.detach().cpu() if isinstance(x, Tensor) else torch.from_numpy(np.array(x, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise LstmCoreError(
            f"Expected numbers (time, feature), tokens or a text, got {type(x).__name__}: {str(error)[:120]}."
        ) from error
    return values.double(), features, names


def _names(index: Sequence[Any]) -> list[str]:
    """What a table's rows are called: as they are written; dates alone where all times are midnight."""
    names = [str(row) for row in index]
    dates = all(isinstance(row, datetime) and name.endswith(MIDNIGHT) for row, name in zip(index, names, strict=True))
    return [name.removesuffix(MIDNIGHT) for name in names] if dates else names


# What is left out, and what stands in its place?

# What a step is called.
Name = str | date | np.datetime64


class NamedCells(NamedTuple):
    """The cells that are left out, or what stands in their place, and what a sentence calls them."""

    values: Tensor
    """(time, feature): bool; or in the units of `ReadInput.values`."""
    name: str


def event_of(read: ReadInput, without: Any) -> NamedCells:
    """The cells that `without` means: None, a step, a slice or list of steps, a cell (step, feature) or a list of
    cells, a word or a date or a list of them. Raises LstmCoreError for one that there is not."""
    cells = torch.zeros(read.values.shape, dtype=torch.bool)
    if without is None:
        return NamedCells(~cells, "everything")
    if isinstance(without, slice):
        steps = _steps_between(read, without)
        if not steps:
            raise LstmCoreError(f"Expected steps of {len(cells)}, got none in {without}.")
        cells[steps] = True
        return NamedCells(cells, f"steps {steps[0]} to {steps[-1]}" if len(steps) > 1 else step_name(read, steps[0]))
    if isinstance(without, Name):
        steps = _steps_called(read, without)
        cells[steps] = True
        return NamedCells(cells, shortened((read.names or [])[steps[0]]))
    if isinstance(without, tuple):
        steps, feature = _cell(read, without)
        cells[steps, feature] = True
        return NamedCells(cells, f"{read.features[feature]} at {', '.join(step_name(read, step) for step in steps)}")
    if isinstance(without, Sequence) or hasattr(without, "__iter__"):
        each = [event_of(read, one) for one in without]
        if not each:
            raise LstmCoreError("Expected steps, cells or words to leave out, got an empty list. None leaves out all.")
        shown = ", ".join(event.name for event in each[:5]) + (f" and {len(each) - 5} more" if len(each) > 5 else "")
        return NamedCells(torch.stack([event.values for event in each]).any(0), shown)
    step = step_of(without, len(cells))
    cells[step] = True
    return NamedCells(cells, step_name(read, step))


def baseline_of(parts: ModelParts, read: ReadInput, event: NamedCells, baseline: Any) -> NamedCells:
    """What `baseline` means: a number, a row, another reading of the same length, "median" or "mean"; for words another
    word or text, and for "median" and "mean" the mean vector of the words that the model knows.

    Raises LstmCoreError for another length.
    """
    time, size = read.values.shape
    if isinstance(baseline, str) and baseline in ("median", "mean"):
        if read.words is not None and parts.whole is not None:
            vector, name = _mean_vector(parts.whole.embedding)
            return NamedCells(vector.expand(time, size), name)
        row = (np.median if baseline == "median" else np.mean)(read.values.numpy(), axis=0)
        return NamedCells(torch.from_numpy(row).expand(time, size), f"the {baseline} of each feature")
    words = isinstance(baseline, Sequence) and bool(baseline) and all(isinstance(each, str) for each in baseline)
    if read.words is not None and (words or isinstance(baseline, str)):
        return _other_words(parts, read, event, baseline)
    if isinstance(baseline, Real):
        return NamedCells(torch.full((time, size), float(baseline), dtype=torch.float64), f"{baseline:g}")
    if not isinstance(baseline, str | Series) and np.ndim(baseline) == 1 and len(baseline) == size:
        row = torch.as_tensor(baseline, dtype=torch.float64).detach().cpu()
        return NamedCells(row.expand(time, size), "a given row")
    other = read_input(parts, baseline, "baseline").values
    if other.shape != (time, size):
        raise LstmCoreError(
            f'Expected as baseline a number, a row of {size}, another reading of {time} steps, "median" or "mean", got '
            f"numbers of shape {tuple(other.shape)}."
        )
    return NamedCells(other, "another reading")


def _other_words(parts: ModelParts, read: ReadInput, event: NamedCells, baseline: str | Sequence[str]) -> NamedCells:
    """Another reading; one word for every step; or a word for each step of the event."""
    assert parts.whole is not None
    embedding = parts.whole.embedding
    other = read_input(parts, baseline, "baseline")
    words, steps = other.words or [], event.values.any(1)
    name = shortened(baseline if isinstance(baseline, str) else " ".join(words))
    if unread := list(dict.fromkeys(embedding.unread(words))):
        name += f" (the model does not know {', '.join(map(shortened, unread[:5]))}{', …' if len(unread) > 5 else ''})"
    if len(words) in (1, len(steps)):
        return NamedCells(other.values.expand(len(steps), -1), name)
    if len(words) != steps.sum():
        raise LstmCoreError(
            f"Expected as baseline one word, {int(steps.sum())} for the steps that are left out, or a text of "
            f"{len(steps)}, got {len(words)}: {name}."
        )
    values = read.values.clone()
    values[steps] = other.values
    return NamedCells(values, name)


def _mean_vector(embedding: Embedding) -> NamedCells:
    """The mean vector (feature,) of the words that a model knows, or zeros if it has no list of them."""
    known = list(getattr(embedding, "tokens", ()))
    if not known and isinstance(embedding, Rows):
        known = [str(row) for row in range(embedding.rows)]
    if not known:
        return NamedCells(torch.zeros(embedding.size, dtype=torch.float64), "the zero vector")
    vectors = vectors_of(embedding, embedding.read(known)).double()
    return NamedCells(vectors.mean(0), f"the mean vector of the {len(known):,} tokens that the model knows")


def step_of(number: Any, count: int, what: str = "step") -> int:
    """A step's number, from 0. Raises LstmCoreError for one that there is not."""
    if isinstance(number, int | np.integer) and not isinstance(number, bool) and -count <= number < count:
        return int(number) % count
    raise LstmCoreError(f"Expected {numbered(what, count)}, got {shortened(number)}.")


def _steps_called(read: ReadInput, name: Name) -> list[int]:
    """The steps with a word or a date, in any of its forms. Raises LstmCoreError if there is none."""
    when = name.astype("datetime64[us]").item() if isinstance(name, np.datetime64) else name
    written = {str(when), str(when).removesuffix(MIDNIGHT)}
    steps = [step for step, there in enumerate(read.names or []) if there in written]
    if not steps:
        some = ", ".join(map(shortened, (read.names or [])[:20])) or "none: the steps of x have numbers alone"
        raise LstmCoreError(f"Expected one of the words or dates that are read, {some}; got {shortened(when)}.")
    return steps


def _steps_between(read: ReadInput, ends: slice) -> list[int]:
    """The steps of a slice; from a word or date to another, with both. Raises LstmCoreError for other ends."""
    start, stop = ends.start, ends.stop
    start = _steps_called(read, start)[0] if isinstance(start, Name) else start
    stop = _steps_called(read, stop)[-1] + 1 if isinstance(stop, Name) else stop
    try:
        return list(range(len(read.values)))[start : stop : ends.step]
    except (TypeError, ValueError) as error:
        raise LstmCoreError(f"Expected a slice from a step, word or date to another, got {ends}.") from error


def _cell(read: ReadInput, cell: tuple[Any, ...]) -> tuple[list[int], int]:
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


def step_name(read: Any, step: int) -> str:
    """A step's number, and its word or date, in what has `names`."""
    return f"step {step:,}" + (f" ({shortened(read.names[step])})" if read.names else "")
