"""Which sizes of the tagger are trained, and how much does each get right?"""

from dataclasses import replace

from torch import nn

from gatescope.question.view import SIZES, Source
from lstm_core import SequenceModel
from lstm_core.models import sizes

DIMENSIONS = dict(zip(("input_dim", "hidden_dim", "n_layers"), sizes.Size._fields, strict=True))
"""The names of the dimensions on screen, and in the library."""
# With this many units most of the words are right; who has as many is told of the lesson's few.
MANY, FEW = 16, 3


def trained_sizes() -> dict[str, list[int]]:
    """The trained values of each dimension, by its name on screen."""
    found = sizes.choices()
    return {name: found[field] for name, field in DIMENSIONS.items()}


def nearest_size(source: Source) -> tuple[Source, SequenceModel, list[str]]:
    """The source with the nearest trained size, its tagger, and a sentence for each dimension that is another."""
    trained = sizes.nearest(sizes.Size(source.input_dim, source.hidden_dim, source.n_layers))
    dimensions = dict(zip(DIMENSIONS, trained, strict=True))
    notices = [
        f"No tagger was trained with {name} {getattr(source, name)}: this is the nearest, {value}."
        for name, value in dimensions.items()
        if getattr(source, name) != value
    ]
    model = sizes.sized_tagger(*trained)
    return with_size_of(source, model.lstm), model, notices


def with_size_of(source: Source, lstm: nn.LSTM) -> Source:
    """The source, with the dimensions of the tagger that reads it."""
    if source.model != SIZES:
        return source
    return replace(source, input_dim=lstm.input_size, hidden_dim=lstm.hidden_size, n_layers=lstm.num_layers)


def words_right(lstm: nn.LSTM) -> str:
    """The share of test words that the tagger of this size tags right, and of another size, to compare."""
    size = sizes.Size(lstm.input_size, lstm.hidden_size, lstm.num_layers)
    other = size._replace(hidden_size=MANY if size.hidden_size < MANY else FEW)
    return f"{_percent(size)} of test words right; at hidden_dim {other.hidden_size}: {_percent(other)}"


def _percent(size: sizes.Size) -> str:
    return f"{100 * sizes.scores()[size].test:.0f}%"
