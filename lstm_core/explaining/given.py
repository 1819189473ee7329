"""What does the model read: numbers, tokens or a text, with which names?"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_core.errors import LstmCoreError
from lstm_core.explaining.question import ModelParts
from lstm_core.inputs.series import Series
from lstm_core.models.embeddings import Embedding, Numbers
from lstm_core.models.sequence_model import SequenceModel

MIDNIGHT = " 00:00:00"


class GivenReading(NamedTuple):
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


def given(parts: ModelParts, x: Any, what: str = "x") -> GivenReading:
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
            "a batch give one sequence, x[:, k], or x[k] with batch_first; explaining.explain_each takes all."
        )
    if not bool(values.isfinite().all()):
        raise LstmCoreError(
            f"Expected {what} of finite numbers, got NaN or infinity. Fill them in, or leave their steps out."
        )
    columns = features or _numbered(size)
    if whole is not None and isinstance(whole.embedding, Numbers) and not made:
        embedded = partial(vectors_of, whole.embedding)
        return GivenReading(values, embedded, features or list(whole.embedding.columns), None, names)
    return GivenReading(values, torch.Tensor.clone, columns, None, names)


def each_of(parts: ModelParts, readings: Any) -> list[Any]:
    """Each reading of a batch, in the module's own form or packed, or of a list of what `given` takes.

    Raises LstmCoreError for one reading alone.
    """
    if isinstance(readings, PackedSequence):
        x, lengths = pad_packed_sequence(readings)
        return [x[:length, number] for number, length in enumerate(lengths.tolist())]
    if isinstance(readings, Tensor | np.ndarray) and readings.ndim == 3:
        return list(readings if parts.module.batch_first else readings.swapaxes(0, 1))
    if isinstance(readings, Sequence) and not isinstance(readings, str):
        return list(readings)
    raise LstmCoreError(
        f"Expected several readings, a batch of three dims, a packed one or a list, got {type(readings).__name__}. "
        "explain takes one reading."
    )


def _of_tokens(model: SequenceModel, tokens: list[str]) -> GivenReading:
    if not tokens:
        raise LstmCoreError(f"Expected {model.reads} for {model.name} to read, got none.")
    read = model.embedding.read(tokens)
    if isinstance(model.embedding, Numbers):
        embedded = partial(vectors_of, model.embedding)
        return GivenReading(read.double(), embedded, list(model.embedding.columns), None, None)
    vectors = vectors_of(model.embedding, read).double()
    return GivenReading(vectors, torch.Tensor.clone, _numbered(vectors.shape[1]), tokens, tokens)


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
