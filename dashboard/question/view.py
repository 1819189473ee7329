"""What does a visitor look at? The source, how it is shown, and what is held: the question in the main page's link."""

from dataclasses import dataclass, field

from gatescope.question.holds import NONE, Cell, Holds, read_cell, read_holds
from gatescope.question.link import ALWAYS, NEVER, metadata, one_of, some_of, takes, text, whole
from lstm_core.errors import LstmCoreError
from lstm_core.files.model_folders import About, about, models
from lstm_core.quantities import LSTM, letters

# Which models are shipped, and what do their folders say? In the order of the list of models.


def _about(name: str) -> About:
    """What a folder says; nothing where it can't be read: the reading of the model says why."""
    try:
        return about(name)
    except LstmCoreError:
        return About()


SHIPPED = dict(sorted(((name, _about(name)) for name in models()), key=lambda each: each[1].order))
TITLES = {name: said.title or name for name, said in SHIPPED.items()}


# What is read, and which LSTM reads it?

# The model of which there is one for every size: the dimensions choose it.
SIZES = "tagger-sizes"
# What they are called on the page that have no folder, also in a sentence.
NAMES = {"random": "Random (untrained)", SIZES: "tagger, every size"}
MADE_WITH = "Made with gatescope."
MODELS = NAMES | TITLES
# The prefix of the key of a visitor's own model.
OWN = "own-"
# The prefix of the key of a recording from a visitor's file, which stands in a model's place and reads nothing.
RECORDED = f"{OWN}trace-"
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


# How is a reading shown?

COLOURS = {"teal": "teal, blue to red", "purple": "purple, green to brown", "grey": "greys, for print"}
ROWS = {"index": "index", "similarity": "similarity", "half-life": "half-life", "activity": "activity"}
# The orders of rows by their names in a link, and their names in `lstm_core.analysis.order_units`.
ORDERS = {name: "leak" if name == "half-life" else name for name in ROWS}
TOP = {"telling": "those that move the answers most", "active": "those whose c changes most", "all": "all"}
QUANTITIES = "".join(letters(LSTM))
LAYERS = "0123"


def _layers(text: str) -> str:
    if not set(text) <= set(LAYERS):
        raise ValueError("it takes the numbers of layers, as in 02")
    return "".join(sorted(set(text)))


@dataclass(frozen=True)
class Shown:
    """The part of a reading that is on screen, how it is shown, and the pinned cell."""

    colours: str = field(default="teal", metadata=one_of(COLOURS))
    quantities: str = field(default=QUANTITIES, metadata=some_of("x" + QUANTITIES))
    """The strips to show, in the order of the equation; x is folded until it is named."""
    layers: str = field(default="", metadata=takes(_layers))
    """The layers to show, one digit each; "" for all."""
    rows: str = field(default="index", metadata=one_of(ROWS))
    """The order of a heatmap's rows."""
    top: str = field(default="telling", metadata=one_of(TOP))
    """Which of many units are shown."""
    pin: Cell | None = field(default=None, metadata=takes(read_cell))
    """The pinned cell."""


# What does a visitor look at? The source, how it is shown, and what is held: the question in the main page's link.


@dataclass(frozen=True)
class View:
    """Everything that decides a picture of the main page."""

    source: Source = field(default_factory=Source)
    shown: Shown = field(default_factory=Shown)
    holds: Holds = field(default=NONE, metadata=takes(read_holds))
    """The gates that are held while the text is read, and the words that are left out."""


# The range of each number of a view, by name.
RANGES = metadata(View(), "bounds")
# The choices of each field of a view, by name.
CHOICES = metadata(View(), "choices")
