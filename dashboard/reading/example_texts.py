"""Which texts are worth reading with a model?"""

import math
from collections.abc import Mapping

from gatescope.question import link
from gatescope.question.opening import usual
from gatescope.question.view import View
from gatescope.reading.facts import facts_of
from gatescope.store import visitor_models
from lstm_core import SequenceModel
from lstm_core.models.embeddings import Rows, Vocabulary

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


def examples(model: SequenceModel | None, reads: str) -> dict[str, str]:
    """Example texts by title, for a model (None: a random LSTM) that reads words, characters, symbols or numbers."""
    if model is not None and (own := facts_of(model.name).examples):
        return own
    if reads == "numbers":
        return NUMBERS
    return LESSON if model is None or _can_read(model, FIRST) else _its_own(model)


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
