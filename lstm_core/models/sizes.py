"""Which taggers of other sizes are there? One for each input_size, hidden_size and num_layers of a grid, all trained.

All read a word with the features of `tagger`. A Linear leaves as many of them as the LSTM's input_size: all taggers
with the same input_size share it, so that a word has the same x in all of them.
"""

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import safetensors
import safetensors.torch
import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.files.model_folders import FOLDER
from lstm_core.models.embeddings import ReducedFeatures, WordFeatures
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model

NAME = "tagger-sizes"
FILE = FOLDER / "tagger" / "sizes.safetensors"


class Size(NamedTuple):
    """The dimensions of an LSTM."""

    input_size: int
    hidden_size: int
    num_layers: int

    def __str__(self) -> str:
        return "/".join(map(str, self))


class Score(NamedTuple):
    """The share of words that a tagger tags right."""

    dev: float
    """On the split by which the best of several seeds was chosen."""
    test: float
    """On the split that decided nothing."""


@lru_cache(maxsize=1)
def scores() -> dict[Size, Score]:
    """How well each trained size does, from the smallest to the largest.

    >>> list(scores())[0]
    Size(input_size=4, hidden_size=2, num_layers=1)
    """
    return scores_in(FILE)


def choices() -> dict[str, list[int]]:
    """The trained values of each dimension, by its name.

    >>> choices()["num_layers"]
    [1, 2, 3]
    """
    return {name: sorted({getattr(size, name) for size in scores()}) for name in Size._fields}


def nearest(size: Size) -> Size:
    """The trained size that is nearest to another: in each dimension by their ratio; of two equally near the smaller.

    >>> nearest(Size(5, 3, 9))
    Size(input_size=4, hidden_size=3, num_layers=3)
    """
    return min(scores(), key=lambda trained: sum(abs(math.log(a / b)) for a, b in zip(trained, size, strict=True)))


@lru_cache(maxsize=128)
def sized_tagger(input_size: int, hidden_size: int, num_layers: int = 1) -> SequenceModel:
    """The tagger of a trained size. All callers share it: copy it before a change.

    Raises LstmCoreError for a size that was not trained.

    >>> model = sized_tagger(4, 3)
    >>> model.lstm, model.labels[:3]
    (LSTM(4, 3), ['ADJ', 'ADP', 'ADV'])
    """
    size = Size(input_size, hidden_size, num_layers)
    if size not in scores():
        trained = ", ".join(f"{name} one of {values}" for name, values in choices().items())
        raise LstmCoreError(f"Expected a trained size ({trained}), got {size!r}. The nearest is {nearest(size)!r}.")
    whole = load_model("tagger")
    with torch.device("meta"):
        reduce, lstm = nn.Linear(whole.embedding.size, input_size), nn.LSTM(*size)
        linear = nn.Linear(hidden_size, len(whole.labels))
    with safetensors.safe_open(FILE, "pt") as file:
        for begin, part in ((f"{input_size}/", reduce), (f"{size}/lstm.", lstm), (f"{size}/linear.", linear)):
            weights = {name: file.get_tensor(begin + name).float() for name in part.state_dict()}
            part.load_state_dict(weights, assign=True)
    return assembled(whole, reduce, lstm, linear)


def assembled(whole: SequenceModel, reduce: nn.Linear, lstm: nn.LSTM, linear: nn.Linear) -> SequenceModel:
    """A tagger of some size from its parts, with the features of `whole`."""
    assert isinstance(whole.embedding, WordFeatures)
    embedding = ReducedFeatures.of(whole.embedding, reduce)
    return SequenceModel(
        NAME, whole.task, whole.labels, reads="words", gives="classes", embedding=embedding, lstm=lstm, linear=linear
    ).eval()


def scores_in(path: Path) -> dict[Size, Score]:
    with safetensors.safe_open(path, "pt") as file:
        said = json.loads(file.metadata()["scores"])
    return dict(sorted((Size(*map(int, name.split("/"))), Score(**score)) for name, score in said.items()))
