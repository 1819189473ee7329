"""How is a model in training drawn? Its curves, and one example as the model reads it."""

from collections.abc import Sequence

import numpy as np

from gatescope.drawing import lettered_strips
from gatescope.train_one.example import Example, Picture
from gatescope.train_one.run import Progress
from lstm_core.plots import gate_strips, quiet_axes
from lstm_core.plots.columns import whole
from lstm_core.plots.page_figure import BARE_AXIS, Figure, on_the_page
from lstm_core.plots.palette import Look
from lstm_core.plots.side_by_side_strips import scale_of

CURVE_HEIGHT, FORECAST_HEIGHT = 190, 190
# The margin for the strips' letters and the answers' names, in one column.
LEFT = 62


def loss(progress: Progress, shown: int, look: Look) -> Figure:
    """Loss by epoch, from 0 up."""
    return _curve(progress, [moment.loss for moment in progress.moments], shown, look, {"rangemode": "tozero"})


def accuracy(progress: Progress, shown: int, look: Look) -> Figure:
    """Accuracy by epoch, on a fixed scale from 0 to 1."""
    limits = {"range": [0, 1.04], "tickvals": [0, 0.5, 1]}
    return _curve(progress, [moment.accuracy for moment in progress.moments], shown, look, limits)


def _curve(progress: Progress, values: Sequence[float], shown: int, look: Look, y: Figure) -> Figure:
    """A curve on an axis of all planned epochs, so that only the line grows; a dotted line marks the chosen epoch."""
    now = quiet_axes.line(shown, shown, 0, 1, look) | {"yref": "paper", "layer": "above"}
    line = {
        "type": "scatter",
        "mode": "lines" if len(values) > 1 else "markers",
        "x": [moment.epoch for moment in progress.moments],
        "y": list(values),
        "line": {"color": look.gates[3][1], "width": 2},
    }
    axes = {
        "xaxis": {"range": [0, progress.of], "nticks": 6, **_quiet_axis(look), "showgrid": False},
        "yaxis": {"nticks": 4, **_quiet_axis(look), **y},
    }
    return {"data": [line], "layout": _layout(look, CURVE_HEIGHT) | axes | {"shapes": [now]}}


def reach(progress: Progress, layer: int) -> float:
    """The end of the scale of a layer's c in all pictures."""
    return scale_of(picture.cells["c"][layer] for picture in progress.pictures)


def memory(picture: Picture, example: Example, layer: int, look: Look, width: float, reach: float = 1) -> Figure:
    """All six quantities of one layer, each strip with its letter; c on a scale from -reach to reach."""
    cells = {quantity: values[layer] for quantity, values in picture.cells.items()}
    columns = whole(cells["c"].shape[1])
    figure, places = gate_strips.memory(cells, example.tokens, look, width - LEFT, layer, columns=columns, reach=reach)
    lettered_strips.letters(figure, places, LEFT)
    return _as_wide_as_its_place(figure)


def probabilities(picture: Picture, example: Example, look: Look, width: float) -> Figure:
    """The model's answers at each step, (label, step), to stand below the memory that they are read from."""
    figure = lettered_strips.scores(picture.answers, example.tokens, example.labels, look, width, LEFT)
    return _as_wide_as_its_place(figure)


def forecast(picture: Picture, example: Example, column: int, look: Look) -> Figure:
    """A column's numbers, and the forecast of each from one step before."""
    foretold = np.asarray(picture.answers[column, :-1], dtype=np.float32)
    bold = {"color": look.gates[3][1], "width": 2}
    return _after_the_first(example, column, look, {"mode": "lines", "name": "foretold", "y": foretold, "line": bold})


def right_answers(right: np.ndarray, example: Example, look: Look, width: float) -> Figure:
    """The right answers at each step, (label, step), drawn as the model's answers are; blank where none is asked."""
    figure = lettered_strips.scores(right, example.tokens, example.labels, look, width, LEFT)
    figure["data"][0] |= {"name": "right"}
    figure["data"][0].pop("texttemplate", None)
    return _as_wide_as_its_place(figure)


def to_forecast(example: Example, column: int, look: Look) -> Figure:
    """A column's numbers, with a dot on each that is to be forecast."""
    right = example.read[1:, column].tolist()
    dots = {"color": look.gates[3][1], "size": 6}
    return _after_the_first(example, column, look, {"mode": "markers", "name": "right", "y": right, "marker": dots})


def _after_the_first(example: Example, column: int, look: Look, drawn: Figure) -> Figure:
    """A column's numbers, and what is drawn from the second step on, over steps that begin where the strips do."""
    steps, thin = list(range(len(example.read))), {"color": look.faint, "width": 1.5}
    came = {"mode": "lines", "name": "came", "x": steps, "y": example.read[:, column].tolist(), "line": thin}
    axes = {
        "xaxis": {"range": [-0.5, len(steps) - 0.5], **_quiet_axis(look), "showgrid": False},
        "yaxis": {"nticks": 4, **_quiet_axis(look)},
    }
    layout = _layout(look, FORECAST_HEIGHT) | axes
    layout["margin"] = layout["margin"] | {"l": LEFT, "r": 0}
    return {"data": [{"type": "scatter"} | line for line in (came, drawn | {"x": steps[1:]})], "layout": layout}


def _as_wide_as_its_place(figure: Figure) -> Figure:
    del figure["layout"]["width"]
    # The steps end where those of the forecast below do.
    figure["layout"]["margin"]["r"] = 0
    figure["layout"]["dragmode"] = False
    return figure


def _layout(look: Look, height: int) -> Figure:
    page = on_the_page(look)
    return page | {
        "height": height,
        "margin": {"l": 44, "r": 12, "t": 8, "b": 24},
        "font": page["font"] | {"size": 12},
        "hovermode": False,
        "dragmode": False,
    }


def _quiet_axis(look: Look) -> Figure:
    grid = {"gridcolor": look.faint + "33", "showgrid": True}
    return BARE_AXIS | grid | {"tickfont": {"color": look.faint}, "fixedrange": True}
