"""How is a unit drawn that is a map, as in a ConvLSTM? A small picture a step, a row of them for each quantity."""

import html
from collections.abc import Mapping, Sequence

import numpy as np

from lstm_core.errors import LstmCoreError
from lstm_core.plots.gate_strips import StripPlace, heatmap, unit_axis
from lstm_core.plots.page_figure import BARE_AXIS, BARE_BAR, Figure, nth, on_the_page
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import Strip

# Pixels: left for the letters, above for the steps, between rows, below for the colours; and the narrowest map.
LEFT, TOP, GAP, BELOW, NARROWEST = 24, 24, 8, 48, 12


def map_strips(
    maps: Mapping[str, np.ndarray],
    names: Sequence[str],
    strips: Sequence[Strip],
    reach: Mapping[str, float],
    look: Look,
    width: int,
) -> Figure:
    """Rows of maps: by quantity (step, row, column), over the names of the steps. `reach`: the ends of
    the scales of c and h.

    Raises LstmCoreError where the maps have no room in this width.
    """
    steps, rows, columns = next(iter(maps.values())).shape
    wide = steps * (columns + 1) - 1
    each = (width - LEFT) / wide
    if columns * each < NARROWEST:
        most = int((width - LEFT) * columns / NARROWEST + 1) // (columns + 1)
        raise LstmCoreError(
            f"Expected at most {most} steps in a width of {width} pixels, got {steps:,}. Give fewer, "
            f"trace.sel(time=slice(0, {most})), or a larger width."
        )
    high = round(rows * each)
    bottom = TOP + len(strips) * (high + GAP)
    layout = on_the_page(look) | {
        "width": width,
        "height": bottom + BELOW,
        "margin": {"l": LEFT, "r": 0, "t": TOP, "b": BELOW},
        "annotations": [],
        "xaxis": {
            "range": [-0.5, wide - 0.5],
            "side": "top",
            "tickvals": [step * (columns + 1) + (columns - 1) / 2 for step in range(steps)],
            "ticktext": [html.escape(name, quote=False) for name in names],
            **BARE_AXIS,
        },
    }
    data = []
    for number, strip in enumerate(strips):
        spot, axis = StripPlace(strip.quantity, TOP + number * (high + GAP), high), nth(number)
        layout[f"yaxis{axis}"] = unit_axis(rows, spot, TOP, bottom)
        row = heatmap(strip, side_by_side(maps[strip.quantity]), look, 0, 0, (each, each))
        row |= {"x": list(range(wide)), "yaxis": f"y{axis}", "xgap": 0, "ygap": 0, "hoverongaps": False}
        row.pop("texttemplate", None)
        if end := reach.get(strip.quantity):
            row |= {"zmin": -end, "zmax": end}
        row["customdata"] = np.broadcast_to(np.arange(wide) % (columns + 1), (rows, wide))
        row["hovertemplate"] = f"row %{{y}}, column %{{customdata}}: {strip.quantity} = %{{z:.4f}}<extra></extra>"
        data.append(row)
        middle = 1 - (spot.top - TOP + high / 2) / (bottom - TOP)
        note = {"text": f"<i>{strip.quantity}</i>", "x": 0, "xref": "paper", "xanchor": "right", "xshift": -6}
        layout["annotations"].append(note | {"y": middle, "yref": "paper", "yanchor": "middle", "showarrow": False})
    _add_bars(data, look)
    return {"data": data, "layout": layout}


def _add_bars(rows: Sequence[Figure], look: Look) -> None:
    """Show each scale once, below the maps, with the letters that have it."""
    scales: dict[tuple[object, ...], list[Figure]] = {}
    for row in rows:
        scales.setdefault((row["zmin"], row["zmax"], row["colorscale"] == look.gates), []).append(row)
    for number, of_scale in enumerate(scales.values()):
        low, high = of_scale[0]["zmin"], of_scale[0]["zmax"]
        of_scale[0] |= {"showscale": True}
        of_scale[0]["colorbar"] = {
            "orientation": "h",
            "len": 0.8 / len(scales),
            "x": number / len(scales),
            "xanchor": "left",
            "y": 0,
            "yanchor": "top",
            "thickness": 8,
            **BARE_BAR,
            "title": {"text": f"<i>{' '.join(row['name'] for row in of_scale)}</i>", "side": "top"},
            "tickvals": [low, high],
            "ticktext": ["0" if low == 0 else f"−{-low:g}", f"{high:g}"],
        }


def side_by_side(maps: np.ndarray) -> np.ndarray:
    """Maps (step, row, column) in one, (row, step · (column + 1) − 1), an empty column between two."""
    steps, rows, columns = maps.shape
    spaced = np.full((rows, steps, columns + 1), np.nan)
    spaced[:, :, :columns] = maps.transpose(1, 0, 2)
    return spaced.reshape(rows, -1)[:, :-1]
