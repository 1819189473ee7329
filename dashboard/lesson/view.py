"""What does a visitor of the lesson look at?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gatescope.question import link
from gatescope.question.link import one_of, whole, yes_or_no
from gatescope.question.view import Source
from lstm_core.training.copying import SYMBOLS

BOUNDS = {"input_dim": (1, 64), "hidden_dim": (1, 64), "seq_len": (1, 12), "gap": (0, 200), "trained_seed": (0, 9)}
PARTS = (1, 5)
INPUTS = ("words", "random")
# The three kinds of cell by their training: none, or so many epochs.
LEARNED = ("random", "10", "50")
# The first steps among which one is chosen.
MOST_STEPS = 12
# The part that a link without a part is about, by a name that only this part's controls have or had.
ABOUT = {"seq_len": 3, "same_start": 3, "output_dim": 4, "all_three": 5, "cell_units": 5, "cells": 5}
# What part 5 once called its own sentence and number of units.
RENAMED = {"all_three": "sentence", "cell_units": "hidden_dim"}


@dataclass(frozen=True)
class LessonView:
    """The sentence, dimensions and seed of a source without a model, and the settings of the lesson."""

    source: Source = field(default_factory=Source)
    seq_len: int = field(default=5, metadata=whole(*BOUNDS["seq_len"]))
    """The number of random inputs that are read in three ways."""
    same_start: bool = field(default=False, metadata=yes_or_no())
    """Whether all three ways start from the same (h0, c0)."""
    part: int = field(default=1, metadata=whole(*PARTS))
    """The part of the lesson that is on screen."""
    inputs: str = field(default="words", metadata=one_of(INPUTS))
    """What is read in three ways: the words, or random inputs as in the lesson."""
    step: int = field(default=MOST_STEPS - 1, metadata=whole(0, MOST_STEPS - 1))
    """The step whose cell is drawn; of a shorter text the last."""
    cells: str = field(default="random", metadata=one_of(LEARNED))
    """Whether the three kinds of cell have learned to remember."""
    first: str = field(default="b", metadata=one_of(SYMBOLS))
    """The symbol that trained cells have to remember."""
    gap: int = field(default=20, metadata=whole(*BOUNDS["gap"]))
    """The number of dots after the first symbol."""
    trained_seed: int = field(default=0, metadata=whole(*BOUNDS["trained_seed"]))


def read_lesson(query: Mapping[str, str]) -> tuple[LessonView, list[str]]:
    """The lesson that a link asks for. A link from the time before there were parts opens the part that it is about."""
    about = {ABOUT[name] for name in query if name in ABOUT}
    asked, notices = link.read(LessonView(), {RENAMED.get(name, name): text for name, text in query.items()})
    if "part" in query or len(about) != 1:
        return asked, notices
    [part] = about
    return replace(asked, part=part, inputs="random" if part == 3 else asked.inputs), notices
