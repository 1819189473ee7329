"""How are the parts of an answer drawn? Inputs over units, step by step, and the way from one answer to the other."""

import html
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from lstm_core.plots import quiet_axes
from lstm_core.plots.columns import round_up
from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import BARE_AXIS, BARE_BAR, Figure, nth
from lstm_core.plots.palette import Look

# Pixels: a row of a heatmap, the least and the most of one, the waterfall, and the space between.
ROW, LEAST, MOST, WATERFALL, BETWEEN = 16, 34, 320, 190, 44
# In a longer reading a column holds several steps and shows their sum.
MOST_COLUMNS = 1_000
# The most rows with a name.
NAMED = 32

Way = tuple[float, Sequence[tuple[str, float]], float]
"""The answer without the event, the largest parts by name, and the answer."""


def answer_parts(
    inputs: Mapping[str, np.ndarray],
    carried: Mapping[str, np.ndarray],
    steps: Sequence[str],
    time: int,
    way: Way,
    look: Look,
) -> Figure:
    """Parts (step,) of inputs by name over what units carried (step,) by number; below, the way between two answers.

    Each heatmap has a scale of its own beside it, symmetric about 0. `steps`: their names. A line marks step `time`.
    """
    layout = quiet_axes.layout(look) | {"annotations": [], "shapes": []}
    data, heights = [], []
    for number, (title, rows) in enumerate(
        {"inputs: their parts": inputs, "units: what each carried on": carried}.items()
    ):
        axis = nth(number)
        data.append(_heatmap(rows, steps, look) | {"name": ("inputs", "carried")[number], "yaxis": f"y{axis}"})
        layout[f"yaxis{axis}"] = _rows(rows)
        layout["annotations"].append(quiet_axes.above(title, f"y{axis}", look))
        heights.append((f"yaxis{axis}", min(MOST, max(LEAST, ROW * len(rows))), BETWEEN if number else 0.0))
    layout["xaxis"] = _step_axis(steps, look) | {"anchor": "y2"}
    layout["shapes"].append(quiet_axes.line(time, time, 0, 1, look) | {"yref": "y2 domain", "layer": "above"})
    stairs = _stairs(way)
    data.append(_waterfall(stairs, look) | {"xaxis": "x2", "yaxis": "y3"})
    # Two equal names would share one stair, so each has its position.
    shown = {"tickvals": list(range(len(stairs))), "ticktext": _as_text(name for name, _ in stairs)}
    layout["xaxis2"] = quiet_axes.axis(look) | {"anchor": "y3", "automargin": True, **shown}
    reached = np.cumsum([way[0], *(value for _, value in stairs[1:-1])])
    layout["yaxis3"] = quiet_axes.value_axis(look, reached, 0.1, 0.1)
    layout["annotations"].append(quiet_axes.above("the answer, from without to with", "y3", look))
    heights.append(("yaxis3", WATERFALL, BETWEEN + 40))
    quiet_axes.rows(layout, heights, {"l": 64, "r": 72, "t": 30, "b": 60})
    for heatmap, axis in zip(data, ("yaxis", "yaxis2"), strict=False):
        heatmap["colorbar"] = _scale(heatmap["zmax"], layout[axis]["domain"], look)
    return {"data": data, "layout": layout}


def _heatmap(rows: Mapping[str, np.ndarray], steps: Sequence[str], look: Look) -> Figure:
    """A row a name, a column a step; sums of several steps where there are many."""
    values = np.stack(list(rows.values()))
    per = 1 if len(steps) <= MOST_COLUMNS else round_up(len(steps) / MOST_COLUMNS)
    first = np.arange(0, len(steps), per)
    values = np.add.reduceat(values, first, axis=1)
    reach = float(np.abs(values).max()) or 1.0
    names = [html.escape(name, quote=False) for name in rows]
    words = _as_text(steps[::per])
    return {
        "type": "heatmap",
        "z": values,
        "x": first + (per - 1) / 2,
        "y": list(range(len(rows))),
        "zmin": -reach,
        "zmax": reach,
        "colorscale": look.states,
        "customdata": [[[name, word] for word in words] for name in names],
        "hovertemplate": "%{customdata[0]}, %{customdata[1]}: %{z:+.4f}<extra></extra>",
    }


def _scale(reach: float, domain: Sequence[float], look: Look) -> Figure:
    """What the colours of a heatmap mean, beside it."""
    ends = [-reach, reach]
    return BARE_BAR | {
        "x": 1.01,
        "y": domain[0],
        "yanchor": "bottom",
        "len": domain[1] - domain[0],
        "thickness": 10,
        "tickvals": ends,
        "ticktext": [f"{end:+.3g}" for end in ends],
        "tickfont": quiet_axes.SMALL | {"color": look.faint},
    }


def _rows(rows: Mapping[str, np.ndarray]) -> Figure:
    """The first row on top, with names where they have room."""
    every = 1 if len(rows) <= NAMED else round_up(len(rows) / 10)
    ticks = {"tickvals": list(range(0, len(rows), every)), "ticktext": _as_text(list(rows)[::every])}
    return {"range": [len(rows) - 0.5, -0.5], "fixedrange": True, "automargin": True, **ticks, **BARE_AXIS}


def _step_axis(steps: Sequence[str], look: Look) -> Figure:
    every = 1 if len(steps) <= 40 else round_up(len(steps) / 12)
    ticks = {"tickvals": list(range(0, len(steps), every)), "ticktext": _as_text(steps[::every])}
    return quiet_axes.axis(look) | {"range": [-0.5, len(steps) - 0.5], **ticks}


def _stairs(way: Way) -> list[tuple[str, float]]:
    """The stairs by name: the answer without, the parts, what is left of them, and the answer."""
    start, terms, end = way
    rest = end - start - sum(value for _, value in terms)
    left = [("the rest", rest)] if abs(rest) > 1e-3 * max(abs(end - start), 1e-12) else []
    return [("without", start), *terms, *left, ("answer", end)]


def _as_text(names: Iterable[str]) -> list[str]:
    return [html.escape(label(name), quote=False) for name in names]


def _waterfall(stairs: Sequence[tuple[str, float]], look: Look) -> Figure:
    low, high = look.states[0][1], look.states[-1][1]
    return {
        "type": "waterfall",
        "name": "answer",
        "measure": ["absolute", *["relative"] * (len(stairs) - 2), "total"],
        "x": list(range(len(stairs))),
        "y": [value for _, value in stairs],
        "hovertext": _as_text(name for name, _ in stairs),
        "hovertemplate": "%{hovertext}: %{delta:+.4f}, then %{final:+.4f}<extra></extra>",
        "increasing": {"marker": {"color": high}},
        "decreasing": {"marker": {"color": low}},
        "totals": {"marker": {"color": look.faint}},
        "connector": {"line": {"color": look.faint, "width": 1}},
    }
