"""Which model was scanned, and is it the model at hand?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model, models
from lstm_core.scanning.sums import Sizes


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


def origin_of(model: nn.Module, top: int, quantiles: int, lanes: int) -> Origin:
    """Where a scan of a model comes from."""
    name, reads = type(model).__name__, "numbers"
    if isinstance(model, SequenceModel):
        name, reads = model.name, model.reads
    joins = {"words": " ", "numbers": "; "}.get(reads, "")
    return Origin(name, weights_digest(model), joins, top, quantiles, lanes)


def weights_digest(model: nn.Module) -> str:
    """What is in a model's weights, as 32 hexadecimal digits.

    >>> len(weights_digest(nn.Linear(1, 1)))
    32
    """
    digest = hashlib.blake2b(digest_size=16)
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
        raise LstmCoreError(f"Expected the model {origin.model!r} that was scanned, got none. Give it as model=.")
    if weights_digest(model) != origin.weights:
        raise LstmCoreError(
            f"Expected the model {origin.model!r} with the weights that were scanned, got other weights. Give the "
            "scanned model as model=, or scan again."
        )
    return model


def lstm_of(model: nn.Module) -> nn.LSTM:
    """The LSTM that is scanned.

    Raises LstmCoreError if the model is not an nn.LSTM and has no `lstm` that is one.
    """
    lstm = getattr(model, "lstm", model)
    if not isinstance(lstm, nn.LSTM):
        raise LstmCoreError(
            f"Expected a SequenceModel or an nn.LSTM, got {type(lstm).__name__}. lstm_core.assemble makes a "
            "SequenceModel of your parts; for other modules give the nn.LSTM itself and arrays of its input."
        )
    return lstm


def sizes_of(lstm: nn.LSTM) -> Sizes:
    """How many layers, directions and units an LSTM has."""
    directions = 2 if lstm.bidirectional else 1
    return Sizes(lstm.num_layers, directions, lstm.hidden_size, lstm.proj_size or lstm.hidden_size)


def reads_numbers(model: nn.Module) -> bool:
    """Whether a text of the model is a table of numbers."""
    return not isinstance(model, SequenceModel) or model.reads == "numbers"
