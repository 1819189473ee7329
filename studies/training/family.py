"""Which taggers of several sizes does a file hold, and how is another added?"""

import json
from pathlib import Path
from typing import NamedTuple

import safetensors.torch
import torch
from torch import Tensor, nn

from lstm_core.files.write_whole import write_bytes
from lstm_core.models.sizes import Score, Size, scores_in


class Parts(NamedTuple):
    """What one size has of its own, and its score."""

    lstm: nn.LSTM
    linear: nn.Linear
    score: Score


class Family(NamedTuple):
    """What a file of taggers holds."""

    reduced: dict[int, nn.Linear]
    """By input_size, the Linear that all taggers with it share."""
    tensors: dict[str, Tensor]
    scores: dict[Size, Score]


def open_family(path: Path) -> Family:
    """The taggers in a file; none if there is no file."""
    if not path.is_file():
        return Family({}, {}, {})
    tensors, found = safetensors.torch.load(path.read_bytes()), scores_in(path)
    reduced = {}
    for input_size in sorted({int(name.split("/")[0]) for name in tensors}):
        weight = tensors[f"{input_size}/weight"]
        with torch.device("meta"):
            reduced[input_size] = nn.Linear(weight.shape[1], input_size)
        weights = {"weight": weight.float(), "bias": tensors[f"{input_size}/bias"].float()}
        reduced[input_size].load_state_dict(weights, assign=True)
        reduced[input_size].requires_grad_(False)
    return Family(reduced, tensors, found)


def save_family(family: Family, path: Path) -> None:
    """Write taggers to one .safetensors file."""
    said = {str(size): score._asdict() for size, score in family.scores.items()}
    write_bytes(path, safetensors.torch.save(family.tensors, metadata={"scores": json.dumps(said)}))


def add_reduction(family: Family, reduce: nn.Linear) -> None:
    """Add the Linear of an input_size, in half precision: "input_size/weight"."""
    family.reduced[reduce.out_features] = reduce
    family.tensors.update(_half(f"{reduce.out_features}/", reduce))


def add_tagger(family: Family, size: Size, parts: Parts) -> None:
    """Add what one size has of its own, in half precision: "input_size/hidden_size/num_layers/lstm.weight"."""
    family.tensors.update(_half(f"{size}/lstm.", parts.lstm) | _half(f"{size}/linear.", parts.linear))
    family.scores[size] = parts.score


def _half(begin: str, part: nn.Module) -> dict[str, Tensor]:
    return {begin + name: weight.half().contiguous() for name, weight in part.state_dict().items()}
