"""Which LSTM, GRU and plain RNN does a visitor look at, and what do they read?"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from dashboard.question import link
from dashboard.question.link import ALWAYS, one_of, whole
from dashboard.question.source import Source
from lstm_core.training.copying import SYMBOLS

LEARNED = {"random": "Random (untrained)", "10": "trained on copy, 10 epochs", "50": "trained on copy, 50 epochs"}
"""The names of the three cells' training in a link, with their descriptions."""
UNTRAINED = "random"
GAPS = (0, 200)
"""The least and the most dots between the first symbol and the question mark."""
MODELS = (0, 9)
"""The first and last seed of the trained models."""
OF_RANDOM = ("sentence", "input_dim", "hidden_dim", "seed")
OF_TRAINED = ("first", "gap", "trained_seed")
_SOURCE = {field.name: field for field in fields(Source)}


@dataclass(frozen=True)
class Cells:
    """Which three cells are shown, untrained or trained, and what they read."""

    cells: str = field(default=UNTRAINED, metadata=one_of(LEARNED) | ALWAYS)
    sentence: str = field(default=Source.sentence, metadata=_SOURCE["sentence"].metadata)
    input_dim: int = field(default=Source.input_dim, metadata=_SOURCE["input_dim"].metadata)
    hidden_dim: int = field(default=Source.hidden_dim, metadata=_SOURCE["hidden_dim"].metadata)
    seed: int = field(default=Source.seed, metadata=_SOURCE["seed"].metadata)
    first: str = field(default="b", metadata=one_of(SYMBOLS) | ALWAYS)
    """The symbol that trained models have to remember."""
    gap: int = field(default=20, metadata=whole(*GAPS) | ALWAYS)
    """The number of dots after the first symbol."""
    trained_seed: int = field(default=0, metadata=whole(*MODELS) | ALWAYS)


def query_of(asked: Cells) -> str:
    """The link of the three cells, with only the fields that decide their picture."""
    return link.query(asked, without=OF_TRAINED if asked.cells == UNTRAINED else OF_RANDOM)


BOUNDS: dict[str, tuple[int, int]] = link.metadata(Cells(), "bounds")
