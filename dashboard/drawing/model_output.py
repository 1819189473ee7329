"""What does the model say at each step, and which numbers does it read or foresee? In a picture's columns."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import Tensor

from gatescope.reading.read import Reading
from lstm_core.models.embeddings import Numbers
from lstm_core.plots.columns import Columns
from lstm_core.plots.labels import label

# At most so many labels or columns are shown: of labels the least likely are left out.
MOST = 12


class LabelScores(NamedTuple):
    """The probabilities of the labels: a title, the question that they answer, a name for each row."""

    title: str
    question: str
    labels: list[str]
    z: np.ndarray
    """(label, column)"""


class DrawnSeries(NamedTuple):
    """Numbers that the model reads or says, a row for each of their columns."""

    title: str
    question: str
    labels: list[str]
    """The rows' names as they are shown."""
    names: list[str]
    values: np.ndarray
    """(row, column)"""
    foreseen: np.ndarray | None
    """(row, column): what the model foresees at each column for the next step."""
    low: list[float]
    """The ends of each row's scale: the whole sequence's smallest value or forecast, and its largest."""
    high: list[float]
    read: bool
    """Whether the model reads them; else it says them."""


def series_of(reading: Reading, columns: Columns) -> list[DrawnSeries]:
    """The numbers that a model reads, with its forecast if it has one, then other numbers that it says."""
    model, series, said = reading.model, reading.series, reading.probabilities()
    found = [] if series is None else [_series(series.values[: columns.steps], series.names, columns, "the series")]
    if model is None or said is None or model.gives != "value":
        return found
    if found and isinstance(model.embedding, Numbers) and model.labels == model.embedding.columns:
        return [_with_forecast(found[0], said[:, :MOST], columns)]
    return [*found, _series(said, model.labels, columns, "what the Linear says")._replace(read=False)]


def _with_forecast(series: DrawnSeries, said: Tensor, columns: Columns) -> DrawnSeries:
    return series._replace(
        question="line: what came; dotted: its forecast",
        foreseen=columns.take(said).extreme,
        low=list(map(min, series.low, said.amin(0).tolist())),
        high=list(map(max, series.high, said.amax(0).tolist())),
    )


def scores_of(reading: Reading, columns: Columns) -> LabelScores | None:
    """The probabilities of the likeliest labels; None from a model that says numbers or nothing."""
    model, said = reading.model, reading.probabilities()
    if model is None or said is None or model.gives in ("hidden", "value"):
        return None
    taken = columns.take(said)
    shown = sorted(np.argsort(-taken.high.max(1), kind="stable")[:MOST].tolist())
    left_out = f" (top {MOST} of {len(model.labels)})" if len(model.labels) > MOST else ""
    question = {"classes": "which one?", "set": "what may come?"}.get(model.gives, "")
    title = {"classes": "class probabilities", "set": "what is allowed"}.get(model.gives, "scores")
    return LabelScores(title, question + left_out, [label(model.labels[row]) for row in shown], taken.extreme[shown])


def _series(values: Tensor, names: Sequence[str], columns: Columns, title: str) -> DrawnSeries:
    values, names = values[:, :MOST], list(names[:MOST])
    # The only column of a table without a header needs no number.
    shown = ["value"] if names == ["column 1"] else names
    scaled = "each on its own scale" if len(names) > 1 else ""
    low, high = values.amin(0).tolist(), values.amax(0).tolist()
    taken = columns.take(values).extreme
    return DrawnSeries(title, scaled, [label(name) for name in shown], names, taken, None, low, high, read=True)
