"""Which model was scanned, maybe with a cell written by hand, what does its cell have, and what does it answer?"""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lstm_core.analysis.units import KEEPS
from lstm_core.errors import LstmCoreError, check_from_1, shortened
from lstm_core.files.model_folders import models
from lstm_core.finding.visits import FEWEST
from lstm_core.models.embeddings import Numbers, Rows, Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model
from lstm_core.quantities import gates, table_of
from lstm_core.recording.kinds import KINDS, kind_of
from lstm_core.recording.modules import cells_to_watch
from lstm_core.recording.record import Recording, record
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.summary import joined_proof
from lstm_core.traces.trace import CellTrace

if TYPE_CHECKING:
    from lstm_core.scanning.windows import Part


# How does a model read the texts of a scan whose cell somebody wrote by hand? What it carries from step to step is
# found in a first text. Texts are read whole, those of one length together.


class ByHand(nn.Module):
    """A copy of a model with a hand-written cell, and how it reads: (time, batch, *feature), or, if its memory has the
    steps of a text only so, (batch, time, *feature). Several memories of as many units are layers, as they are found.
    """

    bidirectional = True
    """It reads a text whole, as what reads from both ends."""

    def __init__(self, model: nn.Module, example: np.ndarray) -> None:
        """`example` (time, *feature): a text in which the memory can be found."""
        super().__init__()
        self.model, self.example = copy.deepcopy(model).eval(), example
        rows, refused = self.rows(example), list[Exception]()
        for self.batch_first in (False, True):
            try:
                found = self._run([rows])
                break
            except (LstmCoreError, RuntimeError, IndexError) as error:
                refused.append(error)
        else:
            if isinstance(refused[0], LstmCoreError):
                raise refused[0] from None
            raise LstmCoreError(
                f"Expected texts that {type(model).__name__} reads, an array (time, *feature) each, got one of shape "
                f"{example.shape}, of which it says: {refused[0]}"
            ) from refused[0]
        self.layers, self.units = found.sizes["layer"], found.sizes["unit"]

    @property
    def input_size(self) -> int:
        """How many numbers a step has."""
        return int(np.prod(self.example.shape[1:], dtype=int))

    def rows(self, text: Any, number: int = 0) -> np.ndarray:
        """A text (time, *feature) as rows (time, feature). Raises LstmCoreError if it has another form; `number`: which
        one it is."""
        given, shape = _as_array(text, number), self.example.shape[1:]
        if given.shape[1:] != shape or (given.dtype.kind == "f") != (self.example.dtype.kind == "f"):
            raise LstmCoreError(
                f"Expected numbers like those of the first text, {self.example.dtype} of shape {('time', *shape)}, as "
                f"text {number}, got {given.dtype} of shape {given.shape}."
            )
        return np.ascontiguousarray(given.reshape(len(given), self.input_size), np.float32)

    def read(self, texts: Sequence[Any]) -> CellTrace:
        """The trace of some texts of one length, each rows (time, feature)."""
        if len(texts[0]) < FEWEST:
            # In a new copy of the model nothing was found yet.
            self._run([self.rows(self.example)])
        return self._run(texts)

    def _run(self, texts: Sequence[np.ndarray]) -> CellTrace:
        x = torch.from_numpy(np.stack(texts)).reshape(len(texts), len(texts[0]), *self.example.shape[1:])
        weight = next((one for one in self.model.parameters() if one.is_floating_point()), x)
        x = x.to(weight.device, weight.dtype if self.example.dtype.kind == "f" else torch.int64)
        with torch.no_grad(), record(self.model) as recording:
            self.model(x if self.batch_first else x.transpose(0, 1))
        return _as_layers(recording, len(texts[0]), len(texts))


def reader(model: nn.Module, texts: Iterable[Any]) -> tuple[nn.Module, Iterator[Any]]:
    """A model as a scan reads with it, and all texts; of these the first ones tell how a hand-written cell reads.

    Raises LstmCoreError where no text has as many steps as it takes to find its memory.
    """
    waiting, seen = iter(texts), list[Any]()
    if isinstance(model, ByHand) or not cells_to_watch(model, None):
        return model, waiting
    for number, text in enumerate(waiting):
        seen.append(text)
        if len(given := _as_array(text, number)) >= FEWEST:
            return ByHand(model, given), chain(seen, waiting)
    raise LstmCoreError(
        f"Expected a text of at least {FEWEST} steps, in which the memory of {type(model).__name__} can be found, got "
        "none."
    )


def _as_array(text: Any, number: int) -> np.ndarray:
    given = text.detach().cpu().numpy() if isinstance(text, Tensor) else text
    if not isinstance(given, np.ndarray) or given.dtype.kind not in "fiub" or not given.ndim:
        raise LstmCoreError(
            "Expected arrays (time, *feature) for a model with a hand-written cell, which reads them as (time, batch, "
            f"*feature) or (batch, time, *feature), got {type(text).__name__} as text {number}."
        )
    return given


def _as_layers(recording: Recording, steps: int, texts: int) -> CellTrace:
    found = [trace.keep("i", "f", "g", "c") for trace in recording.values() if isinstance(trace, CellTrace)]
    sizes = [tuple(trace.sizes[dim] for dim in ("time", "batch", "unit")) for trace in found]
    if any(size != (steps, texts, sizes[0][-1]) for size in sizes) or any(trace.resets for trace in found):
        raise LstmCoreError(
            f"Expected memories of as many units with the {steps:,} steps of {texts:,} texts, got (steps, texts, "
            f"units) of {sizes}. Scan the part of the model that reads one sequence."
        )
    joined = {name: torch.cat([getattr(trace, name) for trace in found]) for name in ("i", "f", "g", "c", "c0")}
    return found[0].with_values(**joined, **joined_proof(found)._asdict())


# Which model was scanned, which numbers does its cell have, and what does it answer and predict at each step?

# What stands between two tokens of a text, by what the model reads; else nothing.
JOINS = {"words": " ", "numbers": "; "}
# The label of all tokens that have no label of their own, if the model has such a label.
OTHER = "other"


# A hand-written cell. What all of them have is read, not o and h.
BY_HAND = "cell"
_TRACES = {name: kind.trace for name, kind in KINDS.items()} | {BY_HAND: CellTrace}


class CellSizes(NamedTuple):
    """How many layers, directions and units a model's cells have; `hidden` is the number of units of h."""

    layers: int
    directions: int
    units: int
    hidden: int
    kind: str = "LSTM"

    @property
    def trace(self) -> type[Recorded]:
        """What the cells have at each step."""
        return _TRACES[self.kind]

    @property
    def state(self) -> str:
        """The state that is the cells' memory."""
        return self.trace.states[0]

    @property
    def quantities(self) -> tuple[str, ...]:
        """What can be stored, and what a pattern may be of."""
        return ("i", "f", "g", "c") if self.kind == BY_HAND else self.trace.quantities

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates, from 0 to 1, whose shares are counted."""
        return tuple(gate for gate in gates(table_of(self.quantities)) if gate in self.quantities)

    @property
    def keeps(self) -> str | None:
        """The gate that says which part of a state is kept, if there is one."""
        return KEEPS.get(self.trace.module)

    def shape(self, quantity: str) -> tuple[int, int, int]:
        """(layer, direction, unit) of a quantity."""
        return self.layers, self.directions, self.hidden if quantity == "h" else self.units

    def numbers(self, quantities: Sequence[str]) -> int:
        """How many numbers some quantities have at one step."""
        return sum(math.prod(self.shape(quantity)) for quantity in quantities)


@dataclass(frozen=True)
class Origin:
    """What was asked of a scan, and of which model."""

    model: str
    """The model's name."""
    weights: str
    """What is in the model's weights, as 32 hexadecimal digits."""
    joins: str
    """What stands between two tokens in a text: nothing between characters."""
    top: int
    quantiles: int
    batch_size: int
    """How many texts were read at once."""
    sizes: CellSizes
    quantities: tuple[str, ...]
    """What is stored of each step."""


def origin_of(model: nn.Module, top: int, quantiles: int, batch_size: int, quantities: Sequence[str] | None) -> Origin:
    """Where a scan of a model comes from.

    Raises LstmCoreError for numbers that are not whole or not from 1, and for quantities that the model has not.
    """
    check_from_1(top=top, quantiles=quantiles, batch_size=batch_size)
    sizes = sizes_of(model)
    kept = sizes.trace.states if quantities is None else tuple(dict.fromkeys(quantities))
    if not kept or not set(kept) <= set(sizes.quantities):
        there = ", ".join(sizes.quantities)
        raise LstmCoreError(f"Expected quantities of {there}, got {quantities!r}. Name those to keep.")
    name, reads = type(model.model if isinstance(model, ByHand) else model).__name__, "numbers"
    if isinstance(model, SequenceModel):
        name, reads = model.name, model.reads
    return Origin(name, weights_digest(model), JOINS.get(reads, ""), top, quantiles, batch_size, sizes, kept)


def weights_digest(model: nn.Module) -> str:
    """What is in a model's weights, as 32 hexadecimal digits.

    >>> len(weights_digest(nn.Linear(1, 1)))
    32
    """
    digest = hashlib.blake2b(digest_size=16)
    model = model.model if isinstance(model, ByHand) else model
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def scanned_model(origin: Origin, model: nn.Module | None) -> nn.Module:
    """The model that was scanned: the given one, or the shipped one of that name.

    Raises LstmCoreError if there is none, or it has other weights.
    """
    if model is None and origin.model in models():
        model = load_model(origin.model)
    if model is None or weights_digest(model) != origin.weights:
        raise LstmCoreError(
            f"Expected the model {shortened(origin.model)} with the weights that were scanned, got "
            f"{'none' if model is None else 'other weights'}. Give the scanned model as model=, or scan again."
        )
    return model


def lstm_of(model: nn.Module) -> nn.RNNBase | ByHand:
    """The LSTM, GRU or RNN that is scanned, or the whole model if its cell was written by hand.

    Raises LstmCoreError for a model that has none, or several.
    """
    if isinstance(model, ByHand):
        return model
    named = {name: module for name, module in model.named_modules() if isinstance(module, (nn.LSTM, nn.GRU, nn.RNN))}
    if len(named) != 1:
        several = f"{len(named)}: {', '.join(map(shortened, named))}"
        raise LstmCoreError(
            "Expected a SequenceModel, or a model with one nn.LSTM, nn.GRU or nn.RNN in it, got "
            f"{type(model).__name__} with {several if named else 'none'}. Give the one that is meant, "
            "and arrays of its input."
        )
    return next(iter(named.values()))


def sizes_of(model: nn.Module) -> CellSizes:
    """How many layers, directions and units the cells of a model have that is scanned."""
    lstm = lstm_of(model)
    if isinstance(lstm, ByHand):
        return CellSizes(lstm.layers, 1, lstm.units, lstm.units, BY_HAND)
    hidden = lstm.proj_size or lstm.hidden_size
    return CellSizes(lstm.num_layers, 1 + lstm.bidirectional, lstm.hidden_size, hidden, kind_of(lstm).name)


def reads_numbers(model: nn.Module) -> bool:
    """Whether a text of the model is a table of numbers."""
    return not isinstance(model, SequenceModel) or model.reads == "numbers"


def predicts_tokens(model: nn.Module) -> bool:
    """Whether the model's classes are its tokens, so that it predicts the next one."""
    if not isinstance(model, SequenceModel) or model.gives != "classes" or model.lstm.bidirectional:
        return False
    tokens = model.embedding.tokens if isinstance(model.embedding, (Vocabulary, Rows)) else []
    return bool(tokens) and set(tokens) <= set(model.labels)


def predicts_numbers(model: nn.Module) -> bool:
    """Whether the model's values are its columns, so that it predicts the next row."""
    return (
        isinstance(model, SequenceModel)
        and model.gives == "value"
        and isinstance(model.embedding, Numbers)
        and model.labels == model.embedding.columns
        and not model.lstm.bidirectional
    )


def loss_of(model: nn.Module, part: Part) -> Callable[[Tensor, np.ndarray], np.ndarray] | None:
    """A function from scores (step, label) and the steps of a part that follow them to a loss each; None if the model
    predicts nothing.

    Of a token it is -log2 of its probability, in bits, NaN without a label; of numbers the mean squared error of the
    next row, in standard deviations.
    """
    if predicts_numbers(model):
        rows = model.embedding.embed(torch.from_numpy(part.rows)).detach()  # type: ignore[operator, union-attr]
        return lambda scores, following: ((scores - rows[torch.from_numpy(following)]) ** 2).mean(-1).numpy()
    if not predicts_tokens(model):
        return None
    row = {label: number for number, label in enumerate(model.labels)}  # type: ignore[arg-type]
    labels = torch.tensor([row.get(token, row.get(OTHER, -1)) for token in part.vocabulary])

    def loss(scores: Tensor, following: np.ndarray) -> np.ndarray:
        wanted = labels[torch.from_numpy(part.ids[following])]
        lost = functional.cross_entropy(scores, wanted, reduction="none", ignore_index=-1).double() / math.log(2)
        return lost.masked_fill(wanted < 0, torch.nan).numpy()

    return loss


def answers_in_words(model: nn.Module) -> bool:
    """Whether the model's answer at a step is a label, or some of its labels."""
    return isinstance(model, SequenceModel) and model.gives in ("classes", "set")


def answers_of(model: SequenceModel, scores: Tensor) -> list[str]:
    """The answer to each of the scores (step, label): a label, or a set of labels in their order."""
    labels = with_bytes(model.labels)
    if model.gives == "classes":
        return [labels[number] for number in scores.argmax(-1).tolist()]
    every, place = torch.unique(scores > 0, dim=0, return_inverse=True)
    words = [" ".join(label for label, is_on in zip(labels, row, strict=True) if is_on) for row in every.tolist()]
    return [words[number] for number in place.tolist()]


def with_bytes(words: Sequence[str]) -> list[str]:
    """Words as UTF-8 takes them: a lone surrogate has no bytes."""
    return [word.encode("utf-8", "backslashreplace").decode() for word in words]
