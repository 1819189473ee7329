"""What does the model say at each step? Its scores, and the numbers it reads, over the axis of the heatmaps."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import Tensor

from dashboard.reading.read import Reading
from lstm_core import SequenceModel
from lstm_core.models.embeddings import Numbers
from lstm_core.plots import gate_strips, page_figure
from lstm_core.plots.columns import Columns, Zoom
from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import Strip

# ROW in pixels. At most MOST labels are shown: the least likely are left out.
ROW, MOST = 18, 12
LINES_HEIGHT = 96


class Extra(NamedTuple):
    """A figure above or below the strips: its title, the question it answers, and the labels left of its rows."""

    title: str
    question: str
    labels: list[dict[str, str]]
    """One label a row: {"text"}; for lines {"text", "colour"}."""
    figure: Figure
    above: bool
    folded: bool = False
    """Whether it is drawn only for who opens it: the answers under the words say the most of it."""


def extras(reading: Reading, look: Look, width: float, columns: Columns, zoom: Zoom) -> list[Extra]:
    """What a view shows beside its strips: the numbers that the model reads, and its answers at each step."""
    found: list[Extra] = []
    model, series, said = reading.model, reading.series, reading.probabilities()
    if series is not None:
        found.append(numbers(series.values[: columns.steps], series.names, look, width, columns, zoom))
    if model is None or said is None or model.gives == "hidden":
        return found
    if model.gives != "value":
        found.append(probabilities(said, model, look, width, columns, zoom))
    elif series is not None and isinstance(model.embedding, Numbers) and model.labels == model.embedding.columns:
        values = series.values[: columns.steps]
        found.append(forecast(said, values, series.names, look, width, columns, zoom))
    else:
        came = numbers(said, model.labels, look, width, columns, zoom)
        found.append(came._replace(title="what the Linear says", above=False))
    return found


def probabilities(
    values: Tensor, model: SequenceModel, look: Look, width: float, columns: Columns, zoom: Zoom
) -> Extra:
    """Probabilities (step, label) as a heatmap on the gates' scale."""
    taken = columns.take(values)
    shown = sorted(np.argsort(-taken.high.max(1), kind="stable")[:MOST].tolist())
    height = ROW * len(shown)
    figure = _frame(look, width, height, columns, zoom)
    names = [label(model.labels[row]) for row in shown]
    first, last = figure["layout"]["xaxis"]["range"]
    strip = Strip("h", "", "", "", "gates", 1)
    room = height / len(shown), columns.per * width / (last - first)
    heatmap = gate_strips.heatmap(strip, taken.extreme[shown], look, 0, 0, room)
    words = [html.escape(name, quote=False) for name in names]
    figure["data"] = [
        heatmap
        | {
            "name": "score",
            "meta": {},
            "x": columns.positions(),
            "customdata": [[word] * columns.number for word in words],
            "hovertemplate": "%{customdata}: %{z:.3f}<extra></extra>",
        }
    ]
    figure["layout"]["yaxis"]["range"] = [len(shown) - 0.5, -0.5]
    left_out = f" (top {MOST} of {len(model.labels)})" if len(model.labels) > MOST else ""
    question = {"classes": "which one?", "set": "what may come?"}.get(model.gives, "")
    title = {"classes": "class scores", "set": "what is allowed"}.get(model.gives, "scores")
    labels = [{"text": name} for name in names]
    return Extra(title, question + left_out, labels, figure, above=False, folded=True)


def numbers(values: Tensor, names: Sequence[str], look: Look, width: float, columns: Columns, zoom: Zoom) -> Extra:
    """A series (step, column), a line for each column, on a scale from its smallest to its largest value."""
    figure = _frame(look, width, LINES_HEIGHT, columns, zoom)
    names = names[:MOST]
    figure["data"] = [
        _line(name, columns.positions(), *_heights(values, values, columns, row), _colour(look, row))
        for row, name in enumerate(names)
    ]
    figure["layout"]["yaxis"]["range"] = [-0.08, 1.08]
    labels = [{"text": label(name), "colour": _colour(look, row)} for row, name in enumerate(_named(names))]
    scaled = "each on its own scale" if len(names) > 1 else "from its smallest to its largest value"
    return Extra("the series", scaled, labels, figure, above=True)


def _named(names: Sequence[str]) -> Sequence[str]:
    """The names of columns; the only column of a table without a header needs no number."""
    return ["value"] if list(names) == ["column 1"] else names


def forecast(
    foreseen: Tensor, values: Tensor, names: Sequence[str], look: Look, width: float, columns: Columns, zoom: Zoom
) -> Extra:
    """The forecasts (step, column) for the next step, dotted, over the values that came."""
    came = numbers(values, names, look, width, columns, zoom)
    later = [position + 1 for position in columns.positions()]
    for row, name in enumerate(names[:MOST]):
        line = _line(f"{name}, predicted", later, *_heights(foreseen, values, columns, row), look.ink)
        line["line"]["dash"] = "dot"
        came.figure["data"].append(line)
    question = "dotted: predicted one step before"
    return came._replace(title="forecast", question=question, labels=came.labels, above=False)


def _heights(values: Tensor, scale: Tensor, columns: Columns, row: int) -> tuple[np.ndarray, np.ndarray]:
    """One column's values in the columns of a picture: on a scale from 0 to 1, taken from `scale`, and unscaled."""
    low, high = scale[:, row].min().item(), scale[:, row].max().item()
    taken = columns.take(values[:, row : row + 1]).extreme[0]
    return (taken - low) / (high - low or 1), taken


def _colour(look: Look, row: int) -> str:
    shades = [str(colour) for _, colour in look.states]
    return shades[(0, -1, 1, -2)[row % 4]]


def _line(name: str, x: list[float], heights: np.ndarray, values: np.ndarray, colour: str) -> Figure:
    name = html.escape(name, quote=False)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": heights.astype(np.float32).tolist(),
        "customdata": values.astype(np.float32).tolist(),
        "hovertemplate": f"%{{customdata:.4g}}<extra>{name}</extra>",
        "line": {"width": 1.6, "color": colour},
    }


def _frame(look: Look, width: float, height: float, columns: Columns, zoom: Zoom) -> Figure:
    """An empty figure over the visible steps."""
    return {
        "layout": page_figure.on_the_page(look)
        | {
            "width": round(width),
            "height": round(height),
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "hovermode": "closest",
            "xaxis": {
                "range": list(zoom or (-0.5, columns.steps - 0.5)),
                "showticklabels": False,
                **page_figure.BARE_AXIS,
            },
            "yaxis": {"showticklabels": False, "fixedrange": True, **page_figure.BARE_AXIS},
        }
    }
