"""What is in a recording? What Python alone has of a view; the page makes the numbers and words of its picture of it.

The values are those of some steps and units: a long sequence comes in bins, and of many units come those that are
shown, because a page could not take them all.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

import numpy as np

from gatescope.recording.told import ModelInWords, StripWords
from lstm_core.plots.columns import Columns


class RecordedSizes(TypedDict):
    """The module that was recorded."""

    kind: Literal["LSTM", "GRU", "RNN_TANH", "RNN_RELU"]
    input_size: int
    hidden_size: int
    num_layers: int
    bidirectional: bool
    proj_size: int
    parameters: int
    """How many weights it has."""


class Values(TypedDict):
    """Some rows of values, (row, column)."""

    z: np.ndarray
    """A column of several steps has the value farthest from their mean."""
    other: NotRequired[np.ndarray]
    """The other end of a column's values, if it has several steps; and their mean."""
    mean: NotRequired[np.ndarray]


class Quantity(Values):
    """One quantity of a stack, a row a unit."""

    quantity: str


class RecordedStack(TypedDict):
    """The values of one layer and direction."""

    layer: int
    direction: int
    units: list[int]
    """The units of the rows from top to bottom."""
    values: list[Quantity]
    start: dict[str, list[float]]
    """By quantity (c and h), the values of the rows' units before the first step; 0 for a quantity that is not here."""
    reset: dict[str, list[list[float]]]
    """By quantity, for each step in `RecordedNumbers.resets`, the values of the rows' units before that step."""
    weights: np.ndarray | None
    """(unit, label): the Linear's weights of the rows' units, for the labels in `Says`; None where their h does not go
    to the Linear."""


class RecordedSeries(TypedDict):
    """The numbers that were read."""

    names: list[str]
    z: np.ndarray
    """(row, column)"""
    low: list[float]
    """The smallest value of each row in the whole sequence, and the largest."""
    high: list[float]


class Says(TypedDict):
    """What a trained model says at the columns."""

    name: str
    gives: str
    reads: str
    of: int
    """How many labels there are."""
    units: int
    """How many numbers of h go into a score."""
    labels: list[str]
    """The labels that count here; all of them where each is a number or may be said beside the others."""
    scores: np.ndarray | None
    """(label, column); None with several steps in a column, and from a model without labels."""
    rest: np.ndarray | None
    """(1, column): the logarithm of the sum over all labels of e^score, which makes probabilities of scores."""
    said: np.ndarray | None
    """(label, column): of labels that are numbers, with several steps in a column: the value farthest from the mean."""
    ends: list[list[float]]
    """Where the labels are numbers: the least of each in the whole sequence, and the most; else none."""
    bias: list[float]
    scale: list[list[float]]
    """Mean and deviation, value = score · deviation + mean for each of the labels; none if the value is the score."""
    unheld: np.ndarray | None
    """(label, column): probabilities or values where nothing is held; None if nothing is."""


class Coming(TypedDict):
    """What a model says after the last step of what comes next."""

    labels: list[str]
    z: list[float]
    unknown: list[str]
    """The labels that the model could not read as one token."""


class Elsewhere(TypedDict):
    """A trace that was recorded elsewhere."""

    name: str
    of: str
    """The module that was recorded, as in nn.LSTM; "" for a cell written by hand."""


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
    """One gate, as in `lstm_core.analysis.ledger.Gate`."""

    weights_x: list[float]
    weights_h: list[float]
    from_x: float
    from_h: float
    bias: float
    pre: float
    value: float


class RecordedNumbers(TypedDict):
    """The numbers of some steps and units."""

    proof: str
    """How near they are to PyTorch, in words."""
    columns: Columns
    tokens: list[str]
    """The words of the columns, if each column is one step."""
    held: dict[str, str]
    """The words of the steps at which something is held."""
    stacks: list[RecordedStack]
    strips: list[StripWords] | None
    """The words of what is drawn of a cell that is no LSTM; None of an LSTM."""
    found: str | None
    """How h comes of c in a cell that was found in somebody's own code, as in "o ⊙ tanh(c)", "" without an h, or in a
    GRU or RNN; None of an LSTM."""
    largest: float
    """The largest |c| of the shown units, and |h| of a projection; 1 of an untrained LSTM."""
    x: np.ndarray | None
    """(feature, column): what the first layer reads; None if it is not drawn."""
    series: RecordedSeries | None
    says: Says | None
    """None without a trained model."""
    coming: Coming | None
    elsewhere: Elsewhere | None
    """None of what is read here."""
    overview: np.ndarray | None
    """(3, bin) of the whole sequence: the smallest c of all units, the largest, and the largest change of c in one
    step; None if all of it is visible."""
    resets: list[int]
    """The steps whose state did not come from the step before."""
    cell: CellTerms | None
    """The pinned cell's terms."""


class RecordedView(TypedDict):
    """What Python tells of a view."""

    view: dict[str, str | int]
    """The question as the server understood it; without a long sentence, which the page has."""
    holds: str
    """What is held, as in a link: of the question's holds those that its text and module have."""
    file: str | None
    """The opened file's name."""
    about: ModelInWords
    lstm: RecordedSizes
    readable: bool
    """Whether the model can read the text: it knows at least half of it."""
    notices: list[str]
    recorded: RecordedNumbers | None
    """None where there is nothing to read."""
