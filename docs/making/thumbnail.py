"""What does an example look like, small? The numbers of its figure as cells in colours, without letters."""

import base64
import re
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from lstm_core.plots import pictures
from lstm_core.plots.palette import STATES

MEMORY = re.compile(r"<img alt='[^']* c: [^']*' title='[^']*' src='data:image/png;base64,([^']+)'")
"""The still picture of c in a live view."""
LEVELS = 24


def thumbnail(page: Any) -> bytes:
    """A PNG, a pixel a cell."""
    if memory := MEMORY.search(getattr(page, "still", "")):
        return base64.b64decode(memory[1])
    cells = _of_figure(page) if isinstance(page, Figure) else _bars([len(line) for line in repr(page).splitlines()]).T
    bound = float(np.nanmax(np.abs(cells)))
    return pictures.as_png(pictures.cells(pictures.Strip("", cells, -bound, bound, STATES["teal", "light"])))


def _of_figure(figure: Figure) -> np.ndarray:
    """Of its heatmaps the one in the middle, or the heights of its bars and lines."""
    if maps := [np.array(trace.z, dtype=float) for trace in figure.data if trace.type == "heatmap"]:
        return maps[len(maps) // 2]
    if lying := [trace.x for trace in figure.data if trace.orientation == "h"]:
        return _bars(np.concatenate(lying)).T[::-1, ::-1]
    return _bars(np.concatenate([[*trace.y, 0] for trace in figure.data]))


def _bars(values: Any) -> np.ndarray:
    """A column a number, filled from 0 up or down to it; NaN elsewhere."""
    heights = np.asarray(values, dtype=float)
    level = np.linspace(max(0.0, heights.max()), min(0.0, heights.min()), LEVELS)[:, None]
    filled = (level * np.sign(heights) >= 0) & (abs(level) <= abs(heights)) & (heights != 0)
    return np.where(filled, heights, np.nan)
