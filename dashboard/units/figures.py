"""How do units remember, and what do they track? As pictures."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from dashboard import figures
from dashboard.figures import BARE_AXIS, FAMILY, FONT, STRIPS, Figure
from dashboard.palette import LINES, Look, Theme
from lstm_core import Quantity
from lstm_core.analysis.units import LEFT, RIGHT

CHART = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "svg", "filename": "gatescope"},
}
TITLES = {strip.quantity: f"{strip.title} <i>{strip.quantity}</i>" for strip in STRIPS}
# The lines' colours that tell layers apart, and the marks that tell directions apart.
LAYERS, DIRECTIONS = "fcgo", ("circle", "diamond-open")
# Pixels: a scatter, the bars of a layer, the strip of a property, the curve of a unit, and what lies between.
SCATTER, BARS, PROPERTY, CURVE, BETWEEN = 290, 150, 54, 118, 42
# Units that wear their number and their value, and steps of curves that are drawn.
NUMBERED, VALUED, MOST_DRAWN = 32, 16, 2_000
# The width that words are to fit in; the page stretches it.
WIDTH = 620


class Curve(NamedTuple):
    """One unit over the steps: its name in words, which of c and h it is, and its values (step,)."""

    title: str
    quantity: str
    values: np.ndarray


def saturation(table: pd.DataFrame, gate: str, look: Look, theme: Theme) -> Figure:
    """How often a gate is shut (left) against how often it is open (right), a dot a unit; `table` of lstm_core.units.

    Karpathy, Johnson & Fei-Fei 2015.
    """
    data = []
    several = len(stacks(table)) > 1
    for layer, direction in stacks(table):
        group = table[(table["layer"] == layer) & (table["direction"] == direction)]
        units = group["unit"].tolist()
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": _stack(layer, direction, table),
                "meta": {"gate": gate, "layer": layer, "direction": direction},
                "x": group[f"{gate}_left"].tolist(),
                "y": group[f"{gate}_right"].tolist(),
                "customdata": units,
                "marker": {
                    "size": 11 if len(table) <= 64 else 8,
                    "symbol": DIRECTIONS[direction],
                    "color": _colour(layer, theme),
                    "opacity": 0.72,
                    "line": {"width": 1.2, "color": look.paper if direction == 0 else _colour(layer, theme)},
                },
                "cliponaxis": False,
                "hovertemplate": "unit %{customdata}: shut at %{x:.0%} of the steps, open at %{y:.0%}"
                f"<extra>{_stack(layer, direction, table)}</extra>",
            }
        )
    share = {"range": [-0.03, 1.03], "tickvals": [0, 0.5, 1], "tickformat": ".0%", **_quiet(look)}
    layout = _layout(look) | {
        "height": SCATTER + (28 if several else 0),
        "margin": {"l": 52, "r": 14, "t": 32, "b": 44},
        "showlegend": several,
        "legend": {"orientation": "h", "x": 0, "y": -0.24, "font": {"size": 12}, "itemsizing": "constant"},
        "title": {"text": TITLES[cast(Quantity, gate)], "x": 0, "xref": "paper", "y": 0.97, "font": {"size": 15}},
        "xaxis": share | {"title": _title(f"shut: share of steps below {LEFT}", look)},
        "yaxis": share | {"title": _title(f"open: share above {RIGHT}", look)},
        # Nobody can be shut and open at once: all dots lie below this line, and on it a gate is a switch.
        "shapes": [_line(0, 1, 1, 0, look)],
        "annotations": [
            _note("always open", 0, 1, look, xanchor="left", xshift=8),
            _note("always shut", 0.86, 0, look, xanchor="right", yanchor="bottom"),
            _note("a switch", 0.5, 0.5, look, xanchor="left", yanchor="bottom", xshift=4),
        ],
    }
    return {"data": data, "layout": layout}


def half_lives(
    table: pd.DataFrame, order: Mapping[tuple[int, int], Sequence[int]], steps: int, look: Look, theme: Theme
) -> Figure:
    """After how many steps half of a memory is left, a bar a unit on a log scale, a row a layer and direction.

    `order`: the units of each row. A dotted line says how many steps the text has.
    """
    low, high = _log_range(table["half_life"].to_numpy(), steps)
    data, layout = [], _layout(look) | {"bargap": 0.25, "shapes": [], "annotations": []}
    tall = [BARS] * len(order)
    for number, ((layer, direction), units) in enumerate(order.items(), 1):
        axis = "" if number == 1 else str(number)
        place = table[(table["layer"] == layer) & (table["direction"] == direction)].set_index("unit")
        lives = place["half_life"].loc[list(units)].to_numpy()
        data.append(
            {
                "type": "bar",
                "name": _stack(layer, direction, table),
                "meta": {"layer": layer, "direction": direction},
                "x": list(range(len(units))),
                # What never fades reaches the top, what fades at once stays at the bottom.
                "y": np.clip(lives, 10**low, 10**high).tolist(),
                "customdata": [[int(unit), f"{life:,.3g}"] for unit, life in zip(units, lives, strict=True)],
                "xaxis": f"x{axis}",
                "yaxis": f"y{axis}",
                "marker": {"color": _colour(layer, theme), "line": {"width": 0}, "opacity": 0.88},
                "hovertemplate": "unit %{customdata[0]}: half is left after %{customdata[1]} steps"
                f"<extra>{_stack(layer, direction, table)}</extra>",
                **(
                    {
                        "text": [_life(life) for life in lives],
                        "textposition": "outside",
                        "cliponaxis": False,
                        "textfont": {"size": 12, "color": look.ink},
                    }
                    if len(units) <= VALUED
                    else {}
                ),
            }
        )
        every = 1 if len(units) <= NUMBERED else -(-len(units) // NUMBERED)
        shown = list(range(0, len(units), every))
        layout[f"xaxis{axis}"] = {
            "anchor": f"y{axis}",
            "range": [-0.5, len(units) - 0.5],
            "tickvals": shown,
            "ticktext": [str(units[position]) for position in shown],
            "tickangle": 0,
            "tickfont": {"size": 11, "color": look.faint},
            "fixedrange": True,
            "title": _title("unit" if number == len(order) else "", look),
            **BARE_AXIS,
        }
        layout[f"yaxis{axis}"] = {
            "type": "log",
            "range": [low, high + 0.12 * (high - low)],
            "tickvals": [10.0**power for power in range(-6, 10)],
            "ticktext": [f"{10.0**power:,g}" for power in range(-6, 10)],
            "fixedrange": True,
            **_quiet(look),
        }
        layout["shapes"].append(_line(0, 1, steps, steps, look) | {"xref": f"x{axis} domain", "yref": f"y{axis}"})
        if len(order) > 1:
            layout["annotations"].append(_above(_stack(layer, direction, table), f"y{axis}", look))
    layout["annotations"].append(
        _note(
            f"the text: {steps:,} step{'s' if steps != 1 else ''}",
            1,
            float(np.log10(steps)),
            look,
            xanchor="right",
            yanchor="bottom",
        )
        | {"xref": "x domain", "yref": "y"}
    )
    _rows(layout, [f"yaxis{'' if n == 1 else n}" for n in range(1, len(order) + 1)], tall, top=30, bottom=44)
    return {"data": data, "layout": layout}


def tracked(
    curves: Sequence[Curve],
    property: np.ndarray,
    title: str,
    tokens: Sequence[str],
    starts: Sequence[int],
    look: Look,
    theme: Theme,
) -> Figure:
    """A property (step,) in a strip over the words, and under it units (step,) with that property drawn behind them.

    Behind a unit it is shifted and stretched so as to lie as near as a straight line allows. `starts`: the steps at
    which another sequence begins. Up to MOST_DRAWN steps are drawn.
    """
    steps = min(len(tokens), MOST_DRAWN)
    property, x = property[:steps], list(range(steps))
    words, _ = figures.step_axis(list(tokens[:steps]), WIDTH, -0.5, steps - 0.5)
    layout = _layout(look) | {"bargap": 0, "barmode": "overlay", "annotations": [], "hovermode": "x"}
    layout["xaxis"] = words | {
        "range": [-0.5, steps - 0.5],
        # Only the page's width decides whether the words lie level.
        "tickangle": None,
        "autotickangles": [0, -60],
        "automargin": True,
        "ticklabelstandoff": 24,
        "fixedrange": True,
        "anchor": "y",
        **BARE_AXIS,
    }
    breaks = [start for start in starts if 0 < start < steps]
    layout["shapes"] = [_line(start - 0.5, start - 0.5, 0, 1, look) | {"yref": "paper"} for start in breaks]
    names = ["yaxis", *(f"yaxis{number}" for number in range(2, len(curves) + 2))]
    accent = LINES[theme]["f"]
    seen = [html.escape(figures.label(token), quote=False) for token in tokens[:steps]]
    data: list[Figure] = [
        {
            "type": "bar",
            "name": "property",
            "x": x,
            "y": property.tolist(),
            "customdata": seen,
            "width": 1,
            "marker": {"color": accent, "opacity": 0.75, "line": {"width": 0}},
            "hovertemplate": "%{customdata}: %{y:.4g}<extra>" + html.escape(title, quote=False) + "</extra>",
        }
    ]
    layout["yaxis"] = _value_axis(look, property, 0.0)
    layout["annotations"].append(_above(html.escape(title, quote=False), "y", look))
    for number, curve in enumerate(curves, 2):
        values = curve.values[:steps]
        data += [
            {
                "type": "scatter",
                "mode": "lines",
                "name": "fit",
                "x": _apart(x, breaks, [start - 0.5 for start in breaks]),
                "y": _apart(fitted(property, values).tolist(), breaks, [None] * len(breaks)),
                "yaxis": f"y{number}",
                "line": {"color": accent, "width": 5, "shape": "hvh"},
                "opacity": 0.3,
                "hoverinfo": "skip",
            },
            {
                "type": "scatter",
                "mode": "lines+markers" if steps <= 80 else "lines",
                "name": curve.title,
                "meta": {"quantity": curve.quantity},
                "x": _apart(x, breaks, [start - 0.5 for start in breaks]),
                "y": _apart(values.astype(np.float64).tolist(), breaks, [None] * len(breaks)),
                "yaxis": f"y{number}",
                "line": {"color": LINES[theme]["c"], "width": 1.8},
                "marker": {"size": 6, "color": LINES[theme]["c"], "line": {"width": 1.2, "color": look.paper}},
                "hovertemplate": f"%{{y:+.4f}}<extra>{html.escape(curve.title, quote=False)}</extra>",
            },
        ]
        layout[f"yaxis{number}"] = _value_axis(look, values, 0.12)
        layout["annotations"].append(_above(html.escape(curve.title, quote=False), f"y{number}", look))
    _rows(layout, names, [PROPERTY, *[CURVE] * len(curves)], top=52, bottom=10)
    return {"data": data, "layout": layout}


def fitted(property: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The property, shifted and stretched so that it lies as near to the values as can be (least squares)."""
    spread = property - property.mean()
    power = float(spread @ spread)
    slope = float(spread @ (values - values.mean())) / power if power else 0.0
    line: np.ndarray = values.mean() + slope * spread
    return line


def _apart(values: Sequence[Any], breaks: Sequence[int], between: Sequence[Any]) -> list[Any]:
    """Values with something put in before each break, so that a line does not run on into another sequence."""
    found = list(values)
    for start, what in zip(reversed(breaks), reversed(between), strict=True):
        found.insert(start, what)
    return found


def stacks(table: pd.DataFrame) -> list[tuple[int, int]]:
    """The layers and directions that a table has units of."""
    places = table[["layer", "direction"]].drop_duplicates().sort_values(["layer", "direction"])
    return [(int(layer), int(direction)) for layer, direction in places.to_numpy()]


def _life(steps: float) -> str:
    """A half-life as one writes it over a bar."""
    return "∞" if np.isinf(steps) else f"{steps:,.0f}" if steps >= 100 else f"{steps:.2g}"


def _log_range(lives: np.ndarray, steps: int) -> tuple[float, float]:
    """From below the shortest to above the longest and the length of the text, as powers of ten."""
    finite = lives[np.isfinite(lives) & (lives > 0)]
    shortest, longest = (finite.min(), finite.max()) if len(finite) else (1.0, 1.0)
    return float(np.log10(max(shortest, 1e-3) / 1.8)), float(np.log10(max(longest, steps, 2 * shortest) * 1.8))


def _rows(layout: Figure, axes: Sequence[str], heights: Sequence[float], top: int, bottom: int) -> None:
    """Rows one under the other, in pixels, and the height they take together."""
    inside = sum(heights) + BETWEEN * (len(heights) - 1)
    at = 0.0
    for axis, height in zip(axes, heights, strict=True):
        layout[axis]["domain"] = [max(0.0, 1 - (at + height) / inside), 1 - at / inside]
        at += height + BETWEEN
    layout["margin"] = {"l": 52, "r": 14, "t": top, "b": bottom}
    layout["height"] = round(inside + top + bottom)


def _layout(look: Look) -> Figure:
    return {
        "font": {"color": look.ink, "size": FONT, "family": FAMILY},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
    }


def _quiet(look: Look) -> Figure:
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": look.faint,
        "linewidth": 1,
        "ticks": "",
        "tickfont": {"size": 11, "color": look.faint},
        "fixedrange": True,
    }


def _value_axis(look: Look, values: np.ndarray, room: float) -> Figure:
    """From the least value to the largest, 0 among them."""
    low, high = min(0.0, float(values.min(initial=0.0))), max(0.0, float(values.max(initial=0.0)))
    extra = room * (high - low or 1.0)
    return {
        "range": [low - (extra if low < 0 else extra / 2), high + extra if high > low else 1.0],
        "zeroline": True,
        "zerolinecolor": look.faint,
        "zerolinewidth": 1,
        "showgrid": False,
        "nticks": 4,
        "tickfont": {"size": 11, "color": look.faint},
        "fixedrange": True,
    }


def _title(text: str, look: Look) -> Figure:
    return {"text": html.escape(text, quote=False), "font": {"size": 12, "color": look.faint}, "standoff": 6}


def _note(text: str, x: float, y: float, look: Look, **place: object) -> Figure:
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": {"size": 11, "color": look.faint}} | place


def _above(text: str, axis: str, look: Look) -> Figure:
    """A row's name, over its left end."""
    place = {"xref": "paper", "yref": f"{axis} domain", "xanchor": "left", "yanchor": "bottom", "yshift": 4}
    return _note(text, 0, 1, look, **place) | {"font": {"size": FONT, "color": look.ink}}


def _line(x0: float, x1: float, y0: float, y1: float, look: Look) -> Figure:
    line = {"color": look.faint, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": line, "layer": "below"}


def _colour(layer: int, theme: Theme) -> str:
    return LINES[theme][cast(Quantity, LAYERS[layer % len(LAYERS)])]


def _stack(layer: int, direction: int, table: pd.DataFrame) -> str:
    both = table["direction"].nunique() > 1
    return f"layer {layer}" + ((" ←" if direction else " →") if both else "")
