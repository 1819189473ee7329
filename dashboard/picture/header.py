"""What is in the answer to one move? The contract between `answer` and the browser.

`assets/browser/state/answer.js` declares it for the browser: a test compares the two, name by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from typing import Any, TypedDict, cast

import numpy as np

from dashboard.question.cell import Cell
from lstm_core import LstmCoreError
from lstm_core.analysis import Anatomy


class Range(TypedDict):
    """The columns of a picture."""

    first: int
    """The step of the first column."""
    per: int
    """The number of steps in a column."""
    number: int
    steps: int
    """The number of steps of the whole sequence."""


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


class Place(TypedDict):
    """The place of a strip in its stack, in pixels."""

    top: float
    height: float


class Stack(TypedDict):
    """The strips of one layer and direction."""

    layer: int
    direction: int
    name: str
    units: list[int]
    """The units of the rows from top to bottom."""
    figure: dict[str, Any]
    places: list[Place]
    start: dict[str, list[float]]
    """By quantity (c and h), the values of the rows' units before the first step; 0 for a quantity that is not here."""
    reset: dict[str, list[list[float]]]
    """By quantity, for each step in `Header.resets`, the values of the rows' units before that step."""


class Answer(TypedDict):
    """What the model says at one step."""

    step: int
    label: str
    share: float | None
    """Its probability; None for a number."""


class Answers(TypedDict):
    """The answers under the words."""

    said: list[Answer]
    place: Place
    """Their place in the first stack."""
    level: bool
    """Whether they stand level; else upright."""
    shares: bool
    """Whether the probabilities have room."""


class Inputs(TypedDict):
    """What the first layer reads: x."""

    z: np.ndarray
    """(feature, column)"""
    reach: float
    """The end of its scale."""
    place: Place
    """Its place in the first layer's stacks, with a gap below."""


class Next(TypedDict):
    """One thing that may come after the last step."""

    label: str
    share: float | None
    text: str | None
    """What to write behind the text, so that it comes; None if it ends the text."""


class Scale(TypedDict):
    """One entry of the legend."""

    name: str
    low: str
    high: str
    colours: list[str]


class Extra(TypedDict):
    """A picture above or below the strips."""

    title: str
    question: str
    labels: list[dict[str, str]]
    figure: dict[str, Any]
    above: bool
    folded: bool
    """Whether it is drawn only for who opens it."""


class Strip(TypedDict):
    """One quantity's heatmap in words."""

    quantity: str
    title: str
    question: str
    meaning: str
    scale: str
    share: float
    line: str
    """The colour of its line."""


class Terms(TypedDict):
    """One cell, and every term of it as in `lstm_core.analysis.Anatomy`."""

    layer: int
    direction: int
    unit: int
    step: int
    x: list[float]
    h_before: list[float]
    i: Gate
    f: Gate
    g: Gate
    o: Gate
    c_before: float
    kept: float
    written: float
    c: float
    tanh_c: float
    h: float


class Gate(TypedDict):
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
    """The model's answer at each column with the hold."""


class Arranged(TypedDict):
    """The places of the layers and directions on the page."""

    stacks: list[Stack]
    extras: list[Extra]
    columns: Range
    across: int
    """The number of stacks in a row."""
    narrow: bool
    reach: float
    """The end of the scale of c."""
    answers: Answers | None
    """What the model says at the columns; None if it says nothing, or if the columns have no room."""
    inputs: Inputs | None
    """What the first layer reads; None if it is not drawn here."""


class Header(Arranged):
    """A picture: everything that the browser shows of one view."""

    view: dict[str, Any]
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
    notices: list[str]
    shapes: str
    proof: str
    code: str | None
    """The Python script that makes the trace; None if the browser has to ask for it separately."""
    legend: list[Scale]
    few: str
    """Which of many units are shown, in words; "" if there are not many."""
    labels: list[str]
    """The words of the columns, if each column is one step."""
    strips: list[Strip]
    coming: list[Next]
    """What may come after the last step, if the model says what comes next; the likeliest first."""
    cell: Terms | None
    """The pinned cell's terms."""
    held: Held | None
    """None if nothing is held."""
    overview: np.ndarray | None
    """(3, bin) of the whole sequence; None if all of it is visible."""
    resets: list[int]
    """The steps whose state did not come from the step before."""


def terms_of(cell: Cell, anatomy: Anatomy) -> Terms:
    """A cell and its terms. Raises LstmCoreError if a term is NaN or infinite, which JSON can't hold."""
    numbers = [anatomy.c_before, anatomy.c, anatomy.h, *anatomy.x, *anatomy.h_before]
    numbers += [gate.pre for gate in (anatomy.i, anatomy.f, anatomy.g, anatomy.o)]
    if not all(map(isfinite, numbers)):
        raise LstmCoreError(f"Expected a cell whose terms are numbers, got NaN or infinite ones in {cell}.")
    # What is drawn beside the terms is the trace, held or not.
    terms = {name: value for name, value in asdict(anatomy).items() if name != "recorded"}
    return cast("Terms", cell._asdict() | terms)
