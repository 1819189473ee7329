"""How are figures of how units remember drawn?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.plots import quiet_axes
from lstm_core.plots.page_figure import BARE_AXIS, Figure
from lstm_core.plots.palette import LINES, Look, Theme
from lstm_core.plots.strips import STRIPS
from lstm_core.saturated import LEFT, RIGHT

if TYPE_CHECKING:
    import pandas as pd

TITLES = {strip.quantity: f"{strip.title} <i>{strip.quantity}</i>" for strip in STRIPS}
# The colours of the layers, and the marks of the directions.
LAYERS, DIRECTIONS = "fcgo", ("circle", "diamond-open")
# Pixels: a scatter, the bars of a layer, and the space between.
SCATTER, BARS, BETWEEN = 298, 150, 42
# The distance of a note from the middle of a dot.
DOT = 8
# The most units with their number written, and with their value written.
NUMBERED, VALUED = 32, 16
Place = tuple[int, int]
"""Layer and direction."""


def saturation(table: pd.DataFrame, gate: str, look: Look, theme: Theme) -> Figure:
    """How often a gate is shut (x) and how often it is open (y), a dot for each unit of a table of `lstm_core.units`.

    The plot of Karpathy, Johnson & Fei-Fei 2015.
    """
    data = []
    several = len(stacks(table)) > 1
    for layer, direction in stacks(table):
        group = _of_place(table, (layer, direction))
        units = group["unit"].tolist()
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": _name(layer, direction, table),
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
                f"<extra>{_name(layer, direction, table)}</extra>",
            }
        )
    share = {"range": [-0.03, 1.03], "tickvals": [0, 0.5, 1], "tickformat": ".0%", **quiet_axes.axis(look)}
    layout = quiet_axes.layout(look) | {
        "height": SCATTER + (28 if several else 0),
        "margin": {"l": 52, "r": 24, "t": 40, "b": 44},
        "showlegend": several,
        "legend": {"orientation": "h", "x": 0, "y": -0.24, "font": {"size": 12}, "itemsizing": "constant"},
        "title": {"text": TITLES[gate], "x": 0, "xref": "paper", "y": 0.97, "font": {"size": 15}},
        "xaxis": share | {"title": quiet_axes.title(f"shut: share of steps below {LEFT}", look)},
        "yaxis": share | {"title": quiet_axes.title(f"open: share above {RIGHT}", look)},
        # No gate is shut and open at once, so all dots are below this line; a gate on the line is a switch. The notes
        # are above the line, further from it than a dot is wide.
        "shapes": [quiet_axes.line(0, 1, 1, 0, look)],
        "annotations": [
            quiet_axes.note("always open", 0, 1, look, xanchor="left", yanchor="bottom", yshift=DOT),
            quiet_axes.note("a switch", 0.5, 0.5, look, xanchor="left", yanchor="bottom", xshift=DOT, yshift=DOT),
            quiet_axes.note(
                "always shut", 1, 0, look, xanchor="left", yanchor="bottom", xshift=DOT, yshift=DOT, textangle=-90
            ),
        ],
    }
    return {"data": data, "layout": layout}


def half_lives(
    table: pd.DataFrame, order: Mapping[Place, Sequence[int]], steps: int, look: Look, theme: Theme
) -> Figure:
    """After how many steps half of a memory is left: a bar a unit on a log scale, a row for each layer and direction.

    `order`: the units of each row. A dotted line marks the length of the text.
    """
    reach = _log_range(table["half_life"].to_numpy(), steps)
    data, layout = [], quiet_axes.layout(look) | {"bargap": 0.25, "shapes": [], "annotations": []}
    for number, (place, units) in enumerate(order.items(), 1):
        axis, last = "" if number == 1 else str(number), number == len(order)
        lives = _of_place(table, place).set_index("unit")["half_life"].loc[list(units)].to_numpy()
        bars = _bars(units, lives, reach, _name(*place, table), look)
        bars["marker"]["color"] = _colour(place[0], theme)
        bars["meta"] = {"layer": place[0], "direction": place[1]}
        data.append(bars | {"xaxis": f"x{axis}", "yaxis": f"y{axis}"})
        layout[f"xaxis{axis}"] = _units_axis(units, look) | {
            "anchor": f"y{axis}",
            "title": quiet_axes.title("unit" if last else "", look),
        }
        layout[f"yaxis{axis}"] = _lives_axis(reach, look)
        text_ends = {"xref": f"x{axis} domain", "yref": f"y{axis}"}
        layout["shapes"].append(quiet_axes.line(0, 1, steps, steps, look) | text_ends)
        if len(order) > 1:
            layout["annotations"].append(quiet_axes.above(_name(*place, table), f"y{axis}", look))
    layout["annotations"].append(_length_of(steps, look))
    axes = ["yaxis", *(f"yaxis{number}" for number in range(2, len(order) + 1))]
    heights = [(axis, BARS, BETWEEN if number else 0) for number, axis in enumerate(axes)]
    quiet_axes.rows(layout, heights, {"l": 52, "r": 14, "t": 30, "b": 44})
    return {"data": data, "layout": layout}


def stacks(table: pd.DataFrame) -> list[Place]:
    """The layers and directions that a table has units of."""
    places = table[["layer", "direction"]].drop_duplicates().sort_values(["layer", "direction"])
    return [(int(layer), int(direction)) for layer, direction in places.to_numpy()]


def _of_place(table: pd.DataFrame, place: Place) -> pd.DataFrame:
    """The rows of one layer and direction."""
    return table[(table["layer"] == place[0]) & (table["direction"] == place[1])]


def _bars(units: Sequence[int], lives: np.ndarray, reach: tuple[float, float], name: str, look: Look) -> Figure:
    """A bar for each unit; a memory that never fades reaches the top, one that fades at once stays at the bottom."""
    low, high = reach
    bars: Figure = {
        "type": "bar",
        "name": name,
        "x": list(range(len(units))),
        "y": np.clip(lives, 10**low, 10**high).tolist(),
        "customdata": [[int(unit), f"{life:,.3g}"] for unit, life in zip(units, lives, strict=True)],
        "marker": {"line": {"width": 0}, "opacity": 0.88},
        "hovertemplate": f"unit %{{customdata[0]}}: half is left after %{{customdata[1]}} steps<extra>{name}</extra>",
    }
    if len(units) <= VALUED:
        bars |= {
            "text": [_life(life) for life in lives],
            "textposition": "outside",
            "cliponaxis": False,
            "textfont": {"size": 12, "color": look.ink},
        }
    return bars


def _units_axis(units: Sequence[int], look: Look) -> Figure:
    """The axis with the units' numbers, all of them or at equal distances."""
    shown = range(0, len(units), -(-len(units) // NUMBERED))
    return {
        "range": [-0.5, len(units) - 0.5],
        "tickvals": list(shown),
        "ticktext": [str(units[position]) for position in shown],
        "tickangle": 0,
        "tickfont": {"size": 11, "color": look.faint},
        "fixedrange": True,
        **BARE_AXIS,
    }


def _lives_axis(reach: tuple[float, float], look: Look) -> Figure:
    low, high = reach
    return quiet_axes.axis(look) | {
        "type": "log",
        "range": [low, high + 0.12 * (high - low)],
        "tickvals": [10.0**power for power in range(-6, 10)],
        "ticktext": [f"{10.0**power:,g}" for power in range(-6, 10)],
    }


def _length_of(steps: int, look: Look) -> Figure:
    """What the dotted line is, above the bars, where it covers none of them."""
    said = f"dotted: the length of the text, {steps:,} step{'s' if steps != 1 else ''}"
    place = {"xanchor": "right", "yanchor": "bottom", "xref": "paper", "yref": "paper", "yshift": 8}
    return quiet_axes.note(said, 1, 1, look, **place)


def _life(steps: float) -> str:
    """A half-life as text over a bar."""
    return "∞" if np.isinf(steps) else f"{steps:,.0f}" if steps >= 100 else f"{steps:.2g}"


def _log_range(lives: np.ndarray, steps: int) -> tuple[float, float]:
    """The range of the axis, as powers of ten: it includes all half-lives and the length of the text."""
    finite = lives[np.isfinite(lives) & (lives > 0)]
    shortest, longest = (finite.min(), finite.max()) if len(finite) else (1.0, 1.0)
    return float(np.log10(max(shortest, 1e-3) / 1.8)), float(np.log10(max(longest, steps, 2 * shortest) * 1.8))


def _colour(layer: int, theme: Theme) -> str:
    return LINES[theme][LAYERS[layer % len(LAYERS)]]


def _name(layer: int, direction: int, table: pd.DataFrame) -> str:
    both = table["direction"].nunique() > 1
    return f"layer {layer}" + ((" ←" if direction else " →") if both else "")
