"""What is a page told once, besides recordings? Words and links. Nothing here imports torch: the first page is told it.

What is said of a model comes with each recording, and with what a page computes itself: `recording/recording.py`.
"""

from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict

from gatescope.question import link
from gatescope.question.view import MADE_WITH, NAMES, TOP, View
from lstm_core.quantities import LSTM, WORDS, Described

# Servers refuse addresses above 64 KB.
LONGEST_LINK = 30_000
CELLS = {"nn.GRU": "gru", "nn.RNN": "rnn"}


class StripWords(TypedDict):
    """One quantity's heatmap in words."""

    quantity: str
    letter: NotRequired[str]
    """What it is called in its own cell, if that is no LSTM: z of a GRU, whose quantity is f."""
    title: str
    question: str
    meaning: str
    scale: Literal["gates", "states"]


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


class Model(TypedDict):
    """The model that reads."""

    trained: str
    """The task of a trained model; "" for a random LSTM."""
    fixed: dict[str, int]
    """The dimensions of the model that can't be changed."""
    sizes: dict[str, list[int]]
    """The values of each dimension for which there is a trained model; empty if all values are possible, or none."""
    right: str
    """How often a trained model is right, in words; "" if it is not known."""
    layers: int
    reads: str
    """What a trained model reads: words, characters, symbols or numbers; "" for a random LSTM, which reads any."""
    means: NotRequired[dict[str, str]]
    """What those of its labels mean that are no plain words: “ADP”, a preposition."""
    name: NotRequired[str]
    """What a visitor's own model is called in the list of models; a recording by its file and sequence."""
    asks: bool
    """Whether it can be asked for anything else: a recording from a file has no model to ask."""


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
    strips = [in_words(strip) for strip in LSTM]
    own = {kind: in_own_words(WORDS[of]) for of, kind in CELLS.items()} | {"projected": _projected(strips)}
    words = Words(strips=strips, own=own, top=TOP, names=NAMES, made_with=MADE_WITH)
    always, never = (list(link.metadata(View(), kind)) for kind in ("always", "never"))
    links = Links(always=always, never=never, longest=LONGEST_LINK)
    return ToldOfAll(usual=link.values(View()), words=words, links=links)


def in_words(strip: Described) -> StripWords:
    return StripWords(
        quantity=strip.quantity,
        title=strip.title,
        question=strip.question,
        meaning=strip.meaning,
        scale=strip.scale,
    )


def in_own_words(words: Mapping[str, tuple[str, str, str, str]]) -> list[StripWords]:
    """The strips of a cell that has its own letter, title and question for a quantity, and a meaning."""
    strips = [in_words(strip) for strip in LSTM if strip.quantity in words]
    for strip in strips:
        strip["letter"], strip["title"], strip["question"], strip["meaning"] = words[strip["quantity"]]
    return strips


def _projected(strips: list[StripWords]) -> list[StripWords]:
    """What is said of the strips of an LSTM whose h is a projection."""
    return [{**one, "question": "h = W_hr (o·tanh c)"} if one["quantity"] == "h" else one for one in strips]
