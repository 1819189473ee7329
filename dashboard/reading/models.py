"""What is known of a model: what its folder says, texts that are worth reading with it, its sizes, and its answers?"""

import math
from collections.abc import Mapping
from dataclasses import replace

from torch import nn

from gatescope.question import link
from gatescope.question.opening import usual
from gatescope.question.view import SHIPPED, SIZES, Source, View
from gatescope.store import visitor_models
from lstm_core import SequenceModel
from lstm_core.files.model_folders import About
from lstm_core.models import sizes
from lstm_core.models.embeddings import Rows, Vocabulary


def facts_of(name: str) -> About:
    """The facts of a shipped model; none of another."""
    return SHIPPED.get("tagger" if name == SIZES else name, About())


# Which texts are worth reading with a model?


# Only so many tokens of a visitor's vocabulary are searched for an example, because every picture does it.
AMONG = 200
FIRST = "Giraffes in a field"
# Steps of a table that a visitor's own model reads.
WAVE = 24
LESSON = {
    FIRST: FIRST,
    "a word that comes twice": "The cat the dog chased ran away",
    "nested clauses": "The rat that the cat that the dog chased bit died",
    "a long one": "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of "
    "foolishness, it was the epoch of belief, it was the epoch of incredulity",
}
NUMBERS = {
    "a wave": ", ".join(f"{math.sin(step / 3):.2f}" for step in range(60)),
    "a burst": ", ".join("1" if 20 <= step < 24 else "0" for step in range(60)),
    "two columns": "load wind\n" + "\n".join(f"{math.sin(s / 4):.2f} {math.cos(s / 9):.2f}" for s in range(48)),
}


def examples(model: SequenceModel | None, reads: str) -> dict[str, str]:
    """Example texts by title, for a model (None: a random LSTM) that reads words, characters, symbols or numbers."""
    if model is not None and (own := facts_of(model.name).examples):
        return own
    if reads == "numbers":
        return NUMBERS if model is None else {"a wave": _wave(model.embedding.size)}
    return LESSON if model is None else _known(model) or _its_own(model)


def _wave(columns: int) -> str:
    """An artificial series: a wave in each column."""
    rows = (",".join(f"{math.sin(step / 3 + column):.2f}" for column in range(columns)) for step in range(WAVE))
    return (", " if columns == 1 else "\n").join(rows)


def with_text(query: Mapping[str, str]) -> dict[str, str]:
    """A link's values; with a model and no text, the text is the model's first example."""
    name = query.get("model", "")
    if "sentence" in query or name in ("", "random"):
        return dict(query)
    model = visitor_models.kept(name)
    texts = examples(model, model.reads) if model else facts_of(name).examples
    return {**query, "sentence": next(iter(texts.values()))} if texts else dict(query)


def view_in(query: Mapping[str, str]) -> tuple[View, list[str]]:
    """The view that a link asks for, and a sentence for each value that is not possible."""
    return link.read(usual(query), with_text(query))


def _known(model: SequenceModel) -> dict[str, str]:
    """The lesson's texts of whose every step a model has a vector, as they are or in lower case."""
    both = ((title, text) for title in LESSON for text in (LESSON[title].lower(), LESSON[title]))
    return {title: text for title, text in both if not model.embedding.unread(model.tokens(text))}


def _its_own(model: SequenceModel) -> dict[str, str]:
    """The first tokens of the vocabulary of a visitor's model, or without a vocabulary the numbers of rows."""
    rows = model.embedding
    if not isinstance(rows, (Rows, Vocabulary)):
        return {}
    known = rows.tokens[:AMONG] or [str(row) for row in range(min(AMONG, rows.vectors.num_embeddings))]
    first = [token for token in known if model.tokens(token) == [token]][:8]
    text = (" " if model.reads == "words" else "").join(first)
    return {"the first it knows": text} if text else {}


# Which sizes of the tagger are trained, and how much does each get right?


# The names of the dimensions on screen, and in the library.
DIMENSIONS = dict(zip(("input_dim", "hidden_dim", "n_layers"), sizes.Size._fields, strict=True))
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


def foresees(model: SequenceModel) -> bool:
    """Whether a model says what comes next: its labels are its tokens, and not what it makes of them."""
    # A model that was trained on the page Your model has the name of its task, and so has the shipped one.
    return facts_of(model.name).foresees or list(getattr(model.embedding, "tokens", ())) == model.labels
