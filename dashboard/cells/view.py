"""Which LSTM, GRU and plain RNN does this person look at, and what do they read? And the link that opens the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from dashboard.view import RANGES, View, read_query, read_values, whole_number
from lstm_core.training.copying import SYMBOLS

LEARNED = {"random": "Random (untrained)", "10": "trained on copy, 10 epochs", "50": "trained on copy, 50 epochs"}
"""What a link calls the three, and what they are."""
UNTRAINED = "random"
GAPS = (0, 200)
"""The least and the most dots between the first symbol and the question mark."""
MODELS = (0, 9)
"""The seeds that were trained from."""
OF_RANDOM = ("sentence", "input_dim", "hidden_dim", "seed")
OF_TRAINED = ("first", "gap", "trained_seed")


@dataclass(frozen=True)
class Cells:
    """Three kinds of cell, untrained or trained, and what they read."""

    cells: str = UNTRAINED
    """One of LEARNED."""
    sentence: str = View.sentence
    input_dim: int = View.input_dim
    hidden_dim: int = View.hidden_dim
    seed: int = View.seed
    first: str = "b"
    """The symbol that trained ones are to remember."""
    gap: int = 20
    """Dots after it."""
    trained_seed: int = 0

    def query(self) -> str:
        """The link's part behind the question mark: only what decides the picture."""
        said = ("cells", *(OF_RANDOM if self.cells == UNTRAINED else OF_TRAINED))
        return urlencode({name: value for name, value in asdict(self).items() if name in said})


def read_cells(query: Mapping[str, str]) -> tuple[Cells, list[str]]:
    """What a link asks for, and a sentence for each value that can't be had and fell back."""
    view, notices = read_query({name: query[name] for name in OF_RANDOM if name in query})
    own, wrong = read_values(query, READERS, asdict(Cells()))
    return Cells(**{name: getattr(view, name) for name in OF_RANDOM} | own), [*notices, *wrong]


def _one_of(choices: Mapping[str, object] | list[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"it takes one of {', '.join(choices)}")
        return text

    return read


READERS: dict[str, Callable[[str], Any]] = {
    "cells": _one_of(LEARNED),
    "first": _one_of(SYMBOLS),
    "gap": lambda text: whole_number(text, *GAPS),
    "trained_seed": lambda text: whole_number(text, *MODELS),
}
BOUNDS = {name: RANGES[name] for name in ("input_dim", "hidden_dim", "seed")} | {"gap": GAPS, "trained_seed": MODELS}
