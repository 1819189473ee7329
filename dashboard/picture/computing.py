"""What is a page told that computes its pictures itself, besides the weights? Words and facts; `asking/here.js` has the
rest."""

from collections.abc import Mapping
from typing import TypedDict

from gatescope.picture.answer import CELLS, LONGEST_LINK, about_model, in_words, projected
from gatescope.picture.header import Model, StripWords
from gatescope.question import link
from gatescope.question.view import NAMES, TOP, View
from gatescope.reading.answers import foresees
from gatescope.reading.example_texts import examples
from gatescope.reading.read import Reading
from gatescope.wording.sentences import WITH
from lstm_core import SequenceModel
from lstm_core.plots.strips import STRIPS
from lstm_core.traces.trace import WORDS


class Words(TypedDict):
    """The words of every picture."""

    strips: list[StripWords]
    own: dict[str, list[StripWords]]
    """The strips of PyTorch's GRU and RNN."""
    top: dict[str, str]
    """Which of many units are shown, by name."""
    names: dict[str, str]
    """What they are called that have no folder: the untrained LSTM, and the tagger of every size."""
    made_with: str


class Links(TypedDict):
    """Which values of a view stand in its link."""

    always: list[str]
    """Its names that a link has even where the value is the usual one."""
    never: list[str]
    longest: int
    """Letters."""


class ModelInWords(TypedDict):
    """What is said of a model, or of an untrained LSTM that reads words, characters or numbers, in every answer."""

    examples: Mapping[str, str]
    model: Model
    foresees: bool


class ToldOfAll(TypedDict):
    """What holds for every model."""

    usual: dict[str, str | int]
    """The values of a view that a question leaves out."""
    words: Words
    links: Links


def told() -> ToldOfAll:
    strips = [in_words(strip) for strip in STRIPS]
    own = {kind: _in_own_words(WORDS[of]) for of, kind in CELLS.items()} | {"projected": projected(strips)}
    words = Words(strips=strips, own=own, top=TOP, names=NAMES, made_with=WITH)
    always, never = (list(link.metadata(View(), kind)) for kind in ("always", "never"))
    links = Links(always=always, never=never, longest=LONGEST_LINK)
    return ToldOfAll(usual=link.values(View()), words=words, links=links)


def _in_own_words(words: Mapping[str, tuple[str, str, str, str]]) -> list[StripWords]:
    strips = [in_words(strip) for strip in STRIPS if strip.quantity in words]
    for strip in strips:
        strip["letter"], strip["title"], strip["question"], strip["meaning"] = words[strip["quantity"]]
    return strips


def about(reading: Reading, reads: str) -> ModelInWords:
    model = reading.model
    foresaw = model is not None and foresees(model)
    return ModelInWords(examples=examples(model, reads), model=about_model(reading), foresees=foresaw)


def about_alone(model: SequenceModel) -> ModelInWords:
    """What is said of a model that has read nothing yet."""
    return about(Reading([], model.lstm, None, [], None, model, None), model.reads)
