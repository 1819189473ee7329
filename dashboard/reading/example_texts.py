"""Which texts are worth reading with a model?"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch

from dashboard.question.source import SIZES
from dashboard.store import visitor_models
from lstm_core import SequenceModel
from lstm_core.models.embeddings import Rows, Vocabulary
from lstm_core.training.series import series

# Only so many tokens of a visitor's vocabulary are searched for an example, because every picture does it.
AMONG = 200
FIRST = "Giraffes in a field"
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


def _days(hours: int, seed: int) -> str:
    """Hours of a series that is like the training data but was not in it."""
    return ", ".join(f"{value:.1f}" for value in series(hours, 1, torch.Generator().manual_seed(seed)).flatten())


SHIPPED = {
    "tagger": LESSON | {"one word, two parts": "They can fish in a can"},
    "sentiment": {
        "good": "a gripping, beautifully acted film",
        "bad": "a dull and lifeless mess",
        "it turns": "the plot is a mess, but the acting is superb",
        "not good": "this film is not good",
    },
    "python-chars": {
        "quotes": "name = \"a 'quoted' word\"\nother = 'x'\n",
        "brackets": "print(max([f(x) for x in range(10)]))\n",
        "a comment": "x = 1  # the first one\nif x:\n    return x\n",
        "a function": 'def area(r):\n    """Of a circle."""\n    return 3.14 * r ** 2\n',
    },
    "counter": {"ten": "a" * 10 + "b" * 10, "four": "aaaabbbb", "thirty": "a" * 30 + "b" * 30},
    "brackets": {"nested": "((((()))))", "a walk": "(()(()))((()))", "deep": "(" * 20 + ")" * 20},
    "copy": {"a gap of ten": "c" + "." * 10 + "?", "a gap of fifty": "b" + "." * 50 + "?"},
    # In the three days the season turns at hour 41, and the storm of hour 48 is the first to tell.
    "series": {"three days": _days(72, seed=1119), "ten days": _days(240, seed=2)},
}
SHIPPED["tagger-bi"] = SHIPPED[SIZES] = SHIPPED["tagger"]


def examples(model: SequenceModel | None, reads: str) -> dict[str, str]:
    """Example texts by title, for a model (None: a random LSTM) that reads words, characters, symbols or numbers."""
    if model is not None and model.name in SHIPPED:
        return SHIPPED[model.name]
    if reads == "numbers":
        return NUMBERS
    return LESSON if model is None or _can_read(model, FIRST) else _its_own(model)


def with_text(query: Mapping[str, str]) -> dict[str, str]:
    """A link's values; with a model and no text, the text is the model's first example."""
    name = query.get("model", "")
    if "sentence" in query or name in ("", "random"):
        return dict(query)
    if name in SHIPPED:
        return {**query, "sentence": next(iter(SHIPPED[name].values()))}
    model = visitor_models.kept(name)
    texts = examples(model, model.reads) if model else {}
    return {**query, "sentence": next(iter(texts.values()))} if texts else dict(query)


def _can_read(model: SequenceModel, text: str) -> bool:
    """Whether a model has a vector for any step of a text."""
    tokens = model.tokens(text)
    return len(model.embedding.unread(tokens)) < len(tokens)


def _its_own(model: SequenceModel) -> dict[str, str]:
    """The first tokens of the vocabulary of a visitor's model, or without a vocabulary the numbers of rows."""
    rows = model.embedding
    if not isinstance(rows, (Rows, Vocabulary)):
        return {}
    known = rows.tokens[:AMONG] or [str(row) for row in range(min(AMONG, rows.vectors.num_embeddings))]
    first = [token for token in known if model.tokens(token) == [token]][:8]
    text = (" " if model.reads == "words" else "").join(first)
    return {"the first it knows": text} if text else {}
