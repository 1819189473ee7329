"""What does a visitor of the lesson look at?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dashboard.question import link
from dashboard.question.link import one_of, takes, whole, yes_or_no
from dashboard.question.source import Source

LONGEST = 200
"""The most characters of the text that all three kinds of cell read."""
BOUNDS = {"input_dim": (1, 64), "hidden_dim": (1, 64), "seq_len": (1, 12), "output_dim": (1, 64), "cell_units": (1, 16)}
PARTS = {
    1: "Words become numbers",
    2: "One step at a time",
    3: "The state must be carried",
    4: "A Linear layer on top",
    5: "LSTM, GRU, RNN",
}
INPUTS = {"words": "the words of the sentence", "random": "random numbers, as the lesson does"}
# The part that a link without a part is about, by a name that only this part's controls have.
ABOUT = {"seq_len": 3, "same_start": 3, "output_dim": 4, "all_three": 5, "cell_units": 5}


@dataclass(frozen=True)
class Lesson:
    """The sentence, dimensions and seed of a source without a model, and the settings of the lesson."""

    source: Source = field(default_factory=Source)
    seq_len: int = field(default=5, metadata=whole(*BOUNDS["seq_len"]))
    """The number of random inputs that are read in three ways."""
    same_start: bool = field(default=False, metadata=yes_or_no())
    """Whether all three ways start from the same (h0, c0)."""
    output_dim: int = field(default=4, metadata=whole(*BOUNDS["output_dim"]))
    """The number of classes of the Linear layer."""
    all_three: str = field(default=Source.sentence, metadata=takes(lambda text: text[:LONGEST]))
    """The text that an LSTM, a GRU and an RNN read."""
    cell_units: int = field(default=3, metadata=whole(*BOUNDS["cell_units"]))
    """The number of units of each of the three."""
    part: int = field(default=1, metadata=whole(min(PARTS), max(PARTS)))
    """The part of the lesson that is on screen."""
    inputs: str = field(default="words", metadata=one_of(INPUTS))
    """What is read in three ways: the words, or random inputs as in the lesson."""


def read_lesson(query: Mapping[str, str]) -> tuple[Lesson, list[str]]:
    """The lesson that a link asks for. A link from the time before there were parts opens the part that it is about."""
    asked, notices = link.read(Lesson(), query)
    about = {ABOUT[name] for name in query if name in ABOUT}
    if "part" in query or len(about) != 1:
        return asked, notices
    [part] = about
    return replace(asked, part=part, inputs="random" if part == 3 else asked.inputs), notices
