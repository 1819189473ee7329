"""Which model was scanned, which numbers does its cell have, and what does it answer and predict at each step?"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_type_hints

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lstm_core.errors import LstmCoreError, check_from_1, shortened
from lstm_core.files.model_folders import models
from lstm_core.models.embeddings import Numbers, Rows, Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model
from lstm_core.quantities import GRU, LSTM, gates
from lstm_core.recording.kinds import kind_of
from lstm_core.scanning.by_hand import ByHand
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.trace import CellTrace, GruTrace, RnnTrace, Trace

JOINS = {"words": " ", "numbers": "; "}
"""What stands between two tokens of a text, by what the model reads; else nothing."""
MOST_QUANTILES = 10_000
OTHER = "other"
"""The label of all tokens that have no label of their own, if the model has such a label."""
MOST_OF_A_SET = 31
"""The most labels of a model whose answer is a set: a number has so many bits."""


class CellQuantities(NamedTuple):
    """What a kind of cell has at each step."""

    trace: type[Recorded]
    gates: tuple[str, ...]
    """The gates, from 0 to 1, whose shares are counted."""
    keeps: str | None
    """The gate that says which part of a state is kept, if there is one."""
    quantities: tuple[str, ...]
    """What can be stored, and what a pattern may be of."""

    @property
    def state(self) -> str:
        """The state that is its memory."""
        return self.trace.states[0]


BY_HAND = "cell"
"""A hand-written cell. What all of them have is read, not o and h."""
CELLS = {
    "LSTM": CellQuantities(Trace, gates(LSTM), "f", Trace.quantities),
    "GRU": CellQuantities(GruTrace, gates(GRU), "z", GruTrace.quantities),
    "RNN": CellQuantities(RnnTrace, (), None, RnnTrace.quantities),
    BY_HAND: CellQuantities(CellTrace, ("i", "f"), "f", ("i", "f", "g", "c")),
}


class CellSizes(NamedTuple):
    """How many layers, directions and units a model's cells have; `hidden` is the number of units of h."""

    layers: int
    directions: int
    units: int
    hidden: int
    kind: str = "LSTM"

    @property
    def cell(self) -> CellQuantities:
        """What the cells have at each step."""
        return CELLS[self.kind]

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
    lanes: int
    """How many texts were read at once."""
    kind: str = "LSTM"
    """LSTM, GRU, RNN, or cell for one that was written by hand."""


def origin_of(model: nn.Module, top: int, quantiles: int, lanes: int) -> Origin:
    """Where a scan of a model comes from.

    Raises LstmCoreError for numbers that are not whole or not from 1, and for too many quantiles.
    """
    check_from_1(top=top, quantiles=quantiles, batch_size=lanes)
    if quantiles > MOST_QUANTILES:
        raise LstmCoreError(f"Expected at most {MOST_QUANTILES:,} quantiles, got {quantiles:,}.")
    name, reads = type(model.model if isinstance(model, ByHand) else model).__name__, "numbers"
    if isinstance(model, SequenceModel):
        name, reads = model.name, model.reads
    return Origin(name, weights_digest(model), JOINS.get(reads, ""), top, quantiles, lanes, sizes_of(model).kind)


def origin_of_file(values: dict[str, Any]) -> Origin:
    """The origin with these values, which come from outside.

    Raises LstmCoreError for other names, types and kinds than an origin can have.
    """
    types = get_type_hints(Origin)
    if set(values) != set(types) or any(type(values[name]) is not kind for name, kind in types.items()):
        raise LstmCoreError(f"Expected an origin with {', '.join(types)}, got other names or types.")
    origin = Origin(**values)
    if min(origin.top, origin.quantiles, origin.lanes) < 1 or origin.kind not in CELLS:
        raise LstmCoreError(f"Expected numbers from 1 and a kind of {', '.join(CELLS)}, got others.")
    return origin


def differences(asked: Origin, got: Origin) -> str:
    """What an origin has that another has not, in words."""
    words = {
        "model": f"the model {shortened(got.model)}",
        "kind": f"the cells of a {got.kind}",
        "weights": "other weights",
        "joins": "tokens of another kind",
        "top": f"top={got.top}",
        "quantiles": f"quantiles={got.quantiles}",
        "lanes": f"batch_size={got.lanes}",
    }
    return ", ".join(said for name, said in words.items() if getattr(asked, name) != getattr(got, name))


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
    if model is None:
        raise LstmCoreError(
            f"Expected the model {shortened(origin.model)} that was scanned, got none. Give it as model=."
        )
    if weights_digest(model) != origin.weights:
        raise LstmCoreError(
            f"Expected the model {shortened(origin.model)} with the weights that were scanned, got other weights. Give "
            "the scanned model as model=, or scan again."
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


def loss_of_tokens(model: SequenceModel, vocabulary: Sequence[str], ids: np.ndarray) -> Callable[..., np.ndarray]:
    """A function from scores (step, label) and the steps that follow them to a loss each: -log2 of the probability of
    the token there, in bits; NaN of a token without a label.

    `ids` (step,): the number of each step's token in a vocabulary.
    """
    row = {label: number for number, label in enumerate(model.labels)}
    # The last one is of a step without a token, whose number is -1.
    labels = torch.tensor([*(row.get(token, row.get(OTHER, -1)) for token in vocabulary), -1])[torch.from_numpy(ids)]

    def loss(scores: Tensor, following: np.ndarray) -> np.ndarray:
        wanted = labels[torch.from_numpy(following)]
        lost = functional.cross_entropy(scores, wanted, reduction="none", ignore_index=-1).double() / math.log(2)
        return lost.masked_fill(wanted < 0, torch.nan).numpy()

    return loss


def loss_of_numbers(model: SequenceModel, rows: np.ndarray) -> Callable[..., np.ndarray]:
    """The loss of a forecast: the mean squared error of the next row, in standard deviations."""
    wanted = model.embedding.embed(torch.from_numpy(rows)).detach()

    def loss(scores: Tensor, following: np.ndarray) -> np.ndarray:
        found: np.ndarray = ((scores - wanted[torch.from_numpy(following)]) ** 2).mean(-1).numpy()
        return found

    return loss


def answers_in_words(model: nn.Module) -> bool:
    """Whether the model's answer at a step is a label, or some of its labels."""
    if not isinstance(model, SequenceModel):
        return False
    return model.gives == "classes" or (model.gives == "set" and len(model.labels) <= MOST_OF_A_SET)


def answers_of(model: SequenceModel, scores: Tensor) -> np.ndarray:
    """The answer to scores (step, label) as a number: the row of a label, or a bit for each label of a set."""
    if model.gives == "classes":
        return scores.argmax(-1).numpy()
    found: np.ndarray = (scores.numpy() > 0) @ (1 << np.arange(scores.shape[-1]))
    return found


def answer_named(model: SequenceModel, number: int) -> str:
    """What the model said, in words; the labels of a set are in their order."""
    if model.gives == "classes":
        return model.labels[number]
    return " ".join(label for bit, label in enumerate(model.labels) if number >> bit & 1)
