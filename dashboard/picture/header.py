"""What is in the answer to one move? The contract between `answer` and the browser, whose types are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from typing import Literal, NotRequired, TypedDict, cast

import numpy as np

from gatescope.drawing.model_output import DrawnSeries, LabelScores
from gatescope.question.holds import Cell
from gatescope.reading.answers import Next
from lstm_core import LstmCoreError
from lstm_core.analysis import Anatomy
from lstm_core.plots.columns import Columns


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


class Values(TypedDict):
    """One quantity of a stack, (unit, column)."""

    quantity: str
    z: np.ndarray
    """A column of several steps has the value farthest from their mean."""
    other: NotRequired[np.ndarray]
    """The other end of a column's values, if it has several steps; and their mean."""
    mean: NotRequired[np.ndarray]


class StackValues(TypedDict):
    """The values of one layer and direction."""

    layer: int
    direction: int
    name: str
    units: list[int]
    """The units of the rows from top to bottom."""
    values: list[Values]
    start: dict[str, list[float]]
    """By quantity (c and h), the values of the rows' units before the first step; 0 for a quantity that is not here."""
    reset: dict[str, list[list[float]]]
    """By quantity, for each step in `Header.resets`, the values of the rows' units before that step."""
    weights: np.ndarray | None
    """(unit, label): the Linear's weights of the rows' units, for the labels of `Header.readout`; None where their h
    does not go to the Linear."""


class StepAnswer(TypedDict):
    """What the model says at one step."""

    step: int
    label: str
    share: float | None
    """Its probability; None for a number."""


class Inputs(TypedDict):
    """What the first layer reads: x."""

    z: np.ndarray
    """(feature, column)"""
    reach: float
    """The end of its scale."""


class Readout(TypedDict):
    """How the Linear makes scores of h, score = weights · h + bias, and what they say, for the likeliest labels."""

    gives: str
    """What the scores become: "classes" (softmax), "set" (a sigmoid each) or "value"."""
    units: int
    """How many numbers of h go into a score."""
    of: int
    """How many labels there are."""
    labels: list[str]
    bias: list[float]
    """One for each label."""
    best: np.ndarray
    """(place, column): which of the labels, the likeliest first."""
    scores: np.ndarray
    """(place, column)"""
    said: np.ndarray
    """(place, column): probabilities, or values in the units of the data."""
    mean: list[float]
    """value = score · deviation + mean, for each of the labels; empty if the value is the score."""
    deviation: list[float]


class StripWords(TypedDict):
    """One quantity's heatmap in words."""

    quantity: str
    letter: NotRequired[str]
    """What it is called in its own cell, if that is no LSTM: z of a GRU, whose quantity is f."""
    title: str
    question: str
    meaning: str
    scale: Literal["gates", "states"]


class CellTerms(TypedDict):
    """One cell, and every term of it as in `lstm_core.analysis.Anatomy`."""

    layer: int
    direction: int
    unit: int
    step: int
    x: list[float]
    h_before: list[float]
    i: GateTerms
    f: GateTerms
    g: GateTerms
    o: GateTerms
    c_before: float
    kept: float
    written: float
    c: float
    tanh_c: float
    h: float


class GateTerms(TypedDict):
    """One gate, as in `lstm_core.analysis.anatomy.Gate`."""

    weights_x: list[float]
    weights_h: list[float]
    from_x: float
    from_h: float
    bias: float
    pre: float
    value: float


class Held(TypedDict):
    """What is held in a picture, and what the hold changes."""

    holds: str
    """The holds, as in a link: those of the view that its text and LSTM have."""
    before: list[str]
    """The model's answer at each column without the hold; empty without a trained model, or with several steps in a
    column."""
    after: list[str]
    """The model's answer at each column with the hold; "" where the word is left out."""
    sure_before: list[float | None]
    """The probability of each answer without the hold."""
    sure_after: list[float | None]


class PictureNumbers(TypedDict):
    """What is drawn of a trace."""

    stacks: list[StackValues]
    units: int
    """How many units a layer has; fewer may be shown."""
    columns: Columns
    reach: float
    """The end of the scale of c, and of h where that is a projection."""
    answers: list[StepAnswer]
    """What the model says at the columns."""
    inputs: Inputs | None
    """What the first layer reads; None if it is not drawn here."""
    series: list[DrawnSeries]
    scores: LabelScores | None
    readout: Readout | None
    """None without a trained model that has a Linear, and with several steps in a column."""


class Header(PictureNumbers):
    """An answer: numbers and words of one view. The browser lays them out."""

    view: dict[str, str | int]
    """The question as the server understood it; without a long sentence, which the browser has."""
    link: str
    file: str | None
    """The opened file's name and length."""
    lasts: str
    """Where the link works, and for how long."""
    pins: bool
    """Whether the link can contain a pinned cell."""
    model: Model
    examples: Mapping[str, str]
    unreadable: bool
    """Whether the model can't read the sentence, because it does not know most of it."""
    notices: list[str]
    shapes: str
    proof: str
    made: str
    """How a figure of it was made, and with what; "" without a trace."""
    code: str | None
    """The Python script that makes the trace; None if the browser has to ask for it separately."""
    few: str
    """Which of many units are shown, in words; "" if there are not many."""
    labels: list[str]
    """The words of the columns, if each column is one step."""
    strips: list[StripWords]
    coming: list[Next]
    """What may come after the last step, if the model says what comes next; the likeliest first."""
    cell: CellTerms | None
    """The pinned cell's terms."""
    held: Held | None
    """None if nothing is held."""
    found: str | None
    """How h comes of c in a cell that was found in somebody's own code, as in "o ⊙ tanh(c)", "" without an h; None of
    an LSTM."""
    kind: NotRequired[Literal["gru", "rnn"]]
    """PyTorch's own cell that is drawn, if it is no LSTM; `found` is then ""."""
    projects: NotRequired[bool]
    """Whether h is W_hr (o ⊙ tanh c): a projection of all units, which has units of its own."""
    bend: NotRequired[str]
    """What bends the sum of an RNN: tanh, or relu."""
    letters: NotRequired[dict[str, str]]
    """What each of its quantities is called in a cell that is no LSTM, by its letter in an LSTM."""
    overview: np.ndarray | None
    """(3, bin) of the whole sequence; None if all of it is visible."""
    resets: list[int]
    """The steps whose state did not come from the step before."""


def terms_of(cell: Cell, anatomy: Anatomy) -> CellTerms:
    """A cell and its terms. Raises LstmCoreError if a term is NaN or infinite, which JSON can't hold."""
    numbers = [anatomy.c_before, anatomy.c, anatomy.h, *anatomy.x, *anatomy.h_before]
    numbers += [gate.pre for gate in (anatomy.i, anatomy.f, anatomy.g, anatomy.o)]
    if not all(map(isfinite, numbers)):
        raise LstmCoreError(f"Expected a cell whose terms are numbers, got NaN or infinite ones in {cell}.")
    # What is drawn beside the terms is the trace, held or not.
    terms = {name: value for name, value in asdict(anatomy).items() if name != "recorded"}
    return cast("CellTerms", cell._asdict() | terms)
