"""Which model was scanned, and is it the model at hand?"""

import hashlib
from dataclasses import dataclass
from typing import Any, get_type_hints

import torch
from torch import nn

from lstm_core.errors import LstmCoreError, check_from_1, shortened
from lstm_core.files.model_folders import models
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model
from lstm_core.recording.kinds import kind_of
from lstm_core.scanning.by_hand import ByHand
from lstm_core.scanning.sums import CELLS, CellSizes

JOINS = {"words": " ", "numbers": "; "}
"""What stands between two tokens of a text, by what the model reads; else nothing."""
MOST_QUANTILES = 10_000


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
    kind = sizes_of(lstm_of(model)).kind
    return Origin(name, weights_digest(model), JOINS.get(reads, ""), top, quantiles, lanes, kind)


def origin_from(values: dict[str, Any]) -> Origin:
    """The origin with these values, which come from outside.

    Raises LstmCoreError for other names, types and numbers than an origin can have.
    """
    kinds, values = get_type_hints(Origin), {"kind": "LSTM", **values}
    if set(values) != set(kinds) or any(type(values[name]) is not kind for name, kind in kinds.items()):
        raise LstmCoreError(f"Expected an origin with {', '.join(kinds)}, got other names or types.")
    origin = Origin(**values)
    if min(origin.top, origin.quantiles, origin.lanes) < 1 or origin.quantiles > MOST_QUANTILES:
        raise LstmCoreError(f"Expected top, lanes and up to {MOST_QUANTILES:,} quantiles from 1, got others.")
    if origin.kind not in CELLS:
        raise LstmCoreError(f"Expected a scan of {', '.join(CELLS)}, got {shortened(origin.kind)}.")
    if origin.joins not in {"", *JOINS.values()}:
        raise LstmCoreError(f"Expected what stands between tokens, got {shortened(origin.joins)}.")
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


def sizes_of(lstm: nn.RNNBase | ByHand) -> CellSizes:
    """How many layers, directions and units an LSTM, a GRU, an RNN or a hand-written cell has."""
    if isinstance(lstm, ByHand):
        return lstm.sizes
    directions = 2 if lstm.bidirectional else 1
    return CellSizes(
        lstm.num_layers, directions, lstm.hidden_size, lstm.proj_size or lstm.hidden_size, kind_of(lstm).name
    )


def reads_numbers(model: nn.Module) -> bool:
    """Whether a text of the model is a table of numbers."""
    return not isinstance(model, SequenceModel) or model.reads == "numbers"
