"""Which units has a scan, and which of them are within the bounds of a link?"""

import pandas as pd

from gatescope.corpus.view import COLUMNS, Corpus, UnitPlace
from lstm_core import Scan


def rows(scan: Scan, asked: Corpus) -> pd.DataFrame:
    """The numbers of the units within the bounds, the largest of the chosen column first."""
    by = scan.units[COLUMNS[asked.by]]
    kept = by.notna()
    if asked.at_least is not None:
        kept &= by >= asked.at_least
    if asked.at_most is not None:
        kept &= by <= asked.at_most
    return scan.units[kept].sort_values(COLUMNS[asked.by], ascending=False, kind="stable")


def place_in(scan: Scan, row: int) -> UnitPlace:
    """The unit of a row of `scan.units`."""
    layer, direction, unit = (int(scan.units[name].iloc[row]) for name in ("layer", "direction", "unit"))
    return UnitPlace(layer, direction, unit)


def places(scan: Scan) -> list[UnitPlace]:
    return [place_in(scan, row) for row in range(len(scan.units))]


def sides(scan: Scan) -> list[UnitPlace]:
    """Each layer and direction."""
    return [place for place in places(scan) if place.unit == 0]
