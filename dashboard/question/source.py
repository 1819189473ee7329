"""What is read, and which LSTM reads it?"""

from dataclasses import dataclass, field

from gatescope.question.link import ALWAYS, NEVER, one_of, takes, text, whole
from gatescope.question.shipped import TITLES

SIZES = "tagger-sizes"
"""The model of which there is one for every size: the dimensions choose it."""
NAMES = {"random": "Random (untrained)", SIZES: "tagger, every size"}
"""What they are called on the page that have no folder, also in a sentence."""
MODELS = NAMES | TITLES
OWN = "own-"
"""The prefix of the key of a visitor's own model."""
RECORDED = f"{OWN}trace-"
"""The prefix of the key of a recording from a visitor's file, which stands in a model's place and reads nothing."""
TOKENS = {"words": "words", "characters": "characters", "numbers": "numbers"}

_shipped = one_of(MODELS)


def _model(name: str) -> str:
    return name if name.startswith(OWN) else str(_shipped["read"](name))


@dataclass(frozen=True)
class Source:
    """Everything that decides a reading, so it is the cache key; the dimensions have the lesson's names."""

    sentence: str = field(default="Giraffes in a field", metadata=text() | ALWAYS)
    input_dim: int = field(default=4, metadata=whole(1, 512) | ALWAYS)
    hidden_dim: int = field(default=3, metadata=whole(1, 512) | ALWAYS)
    n_layers: int = field(default=1, metadata=whole(1, 4) | ALWAYS)
    seed: int = field(default=2, metadata=whole(0, 999_999) | ALWAYS)
    model: str = field(default="random", metadata=_shipped | takes(_model))
    tokens: str = field(default="words", metadata=one_of(TOKENS))
    directions: int = field(default=1, metadata=whole(1, 2))
    file: str = field(default="", metadata=text() | NEVER)
    """The key of the opened file that is read instead of the sentence; "" for none."""
