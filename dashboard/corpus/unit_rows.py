"""What does the table of all units say? A row a unit, with a small histogram."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.corpus.view import COLUMNS, Corpus, Place
from lstm_core import Scan

BARS = 24
"""The most bars of a small histogram."""
SHARES = ("f open", "f shut", "i open", "i shut", "o open", "o shut")
"""The columns in per cent."""


def rows(scan: Scan, asked: Corpus) -> pd.DataFrame:
    """The units within the bounds, the largest of the chosen column first; shares of steps are in per cent.

    The index holds the number of each unit's row in `scan.units`.
    """
    units = scan.units
    found = {name: units[name] for name in ("layer", "direction") if units[name].nunique() > 1}
    found |= {"unit": units["unit"]}
    found |= {name: units[column] * (100 if name in SHARES else 1) for name, column in COLUMNS.items()}
    table = pd.DataFrame(found)
    by = table[asked.by]
    kept = by.notna()
    if asked.at_least is not None:
        kept &= by >= asked.at_least
    if asked.at_most is not None:
        kept &= by <= asked.at_most
    table = table[kept].sort_values(asked.by, ascending=False, kind="stable")
    bars = [small_histogram(scan, place_in(scan, row)) for row in table.index]
    table.insert(list(table.columns).index("unit") + 1, "c", pd.Series(bars, index=table.index, dtype=object))
    return table


def place_in(scan: Scan, row: int) -> Place:
    """The unit of a row of `scan.units`."""
    layer, direction, unit = (int(scan.units[name].iloc[row]) for name in ("layer", "direction", "unit"))
    return Place(layer, direction, unit)


def places(scan: Scan) -> list[Place]:
    """All units of a scan, in order."""
    return [place_in(scan, row) for row in range(len(scan.units))]


def sides(scan: Scan) -> list[Place]:
    """Each layer and direction."""
    return [place for place in places(scan) if place.unit == 0]


def small_histogram(scan: Scan, place: Place) -> list[float]:
    """How often c is in each of at most 24 bins from its smallest to its largest value; the most frequent is 1."""
    _, counts = scan.histogram(place.unit, "c", place.layer, place.direction)
    together = -(-len(counts) // BARS)
    bars = np.add.reduceat(counts, np.arange(0, len(counts), together))
    shares: list[float] = (bars / max(1, bars.max())).round(3).tolist()
    return shares
