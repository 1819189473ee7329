"""Which scenes does a lecture begin with? Eight links, each with a sentence, a question, and its answer."""

from collections.abc import Iterator
from typing import NamedTuple

from gatescope.question.view import SHIPPED


class Scene(NamedTuple):
    """A page in a state that is worth a question."""

    name: str
    """The scene's name in a link."""
    title: str
    page: str
    """The page's name in the address."""
    query: dict[str, str]
    """The link of the page's state."""
    says: str
    """What there is to see."""
    asks: str
    """A question to the audience."""
    answer: str


_OF_NO_MODEL = (
    Scene(
        "keep-and-add",
        "Keep and add",
        "",
        {"model": "random", "sentence": "Giraffes in a field", "pin": "0.2.3"},
        "One cell of an untrained LSTM, with its numbers. At “field”, unit 2 keeps 43% of +0.16, which is +0.07, and "
        "adds +0.20.",
        "What would c be if the forget gate were 0? And if the input gate were 0?",
        "c = f · c before + i · g = +0.07 + 0.20 = +0.27. With f = 0 only what is added is left: +0.20. With i = 0 "
        "only what is kept is left: +0.07.",
    ),
    Scene(
        "reset",
        "The reset bug",
        "lesson",
        {"part": "3"},
        "Three ways to read the same four words. The shapes are right in all three, and PyTorch reports no error.",
        "Which of the three has a bug, and how could you notice it?",
        "The first: it passes the same (h0, c0) at every step, so each word is read as if it were the first (dotted "
        "lines). The first column agrees, all others differ. Compare the last step with one call over all words.",
    ),
    Scene(
        "cells",
        "LSTM, GRU, RNN",
        "lesson",
        {"part": "5", "cells": "10", "first": "a"},
        "All three read a letter, then dots, and are asked for the letter at the end. They have trained for 10 epochs.",
        "Which of them remember the letter? What do the two that can have in common?",
        "The LSTM and the GRU have a gate that can keep. After 10 epochs, from ten seeds each, 6 LSTMs, 8 GRUs and 1 "
        "plain RNN of 4 units always answer right after 100 dots. With more units and epochs a plain RNN does too.",
    ),
)
_PLACES = (2, 3, 7)
"""Their places among all scenes."""


def _of_models() -> Iterator[tuple[float, Scene]]:
    """The scenes in the models' folders, each with its place; without a model in its link, that of the folder."""
    for name, said in SHIPPED.items():
        for scene in said.scenes:
            parts = {part: scene[part] for part in Scene._fields if part in scene}
            yield scene["order"], Scene(**parts | {"query": {"model": name} | scene["query"]})


def _in_order() -> tuple[Scene, ...]:
    """All scenes; a name that comes twice, as in a copied folder, stands for the first."""
    found: dict[str, Scene] = {}
    for _, scene in sorted([*zip(_PLACES, _OF_NO_MODEL, strict=True), *_of_models()], key=lambda each: each[0]):
        found.setdefault(scene.name, scene)
    return tuple(found.values())


SCENES = _in_order()
