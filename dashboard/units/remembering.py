"""How does each unit of a reading remember? The numbers, the sentences and the order that a page shows."""

from __future__ import annotations

from typing import NamedTuple, cast

import pandas as pd
from cachetools import LRUCache, cached

import lstm_core
from dashboard.reading import Reading
from dashboard.view import View
from lstm_core import Trace
from lstm_core.analysis.order_units import Order

# Steps × units that are put into sentences; of more, the units that remember longest are.
MOST_TOLD = 600_000


class Memory(NamedTuple):
    """One row a unit: `lstm_core.units`, and in a sentence what it does in this text, "" where that would take long."""

    table: pd.DataFrame
    told: list[str]


def memory(view: View, reading: Reading, trace: Trace) -> Memory:
    """The units of a reading."""
    return _memory((view, len(reading.tokens)), trace)


@cached(LRUCache(32), key=lambda what, _: what)
def _memory(_what: object, trace: Trace) -> Memory:
    table = lstm_core.units(trace)
    most = max(1, MOST_TOLD // len(trace.x))
    longest = table["half_life"].rank(ascending=False, method="first") <= most
    told = [
        lstm_core.describe_unit(trace, layer, unit, direction) if tell else ""
        for layer, direction, unit, tell in zip(table.layer, table.direction, table.unit, longest, strict=True)
    ]
    return Memory(table, told)


def order(trace: Trace, rows: str) -> dict[tuple[int, int], list[int]]:
    """The units of each layer and direction in the order of the heatmap's rows."""
    layers, directions = trace.c.shape[:2]
    places = [(layer, direction) for layer in range(layers) for direction in range(directions)]
    return {place: lstm_core.order_units(trace, cast(Order, rows), *place) for place in places}


def rows(memory: Memory) -> pd.DataFrame:
    """The table that a person reads and sorts; layer and direction where there is more than one.

    Shares of the steps are in per cent.
    """
    table = memory.table
    found = {name: table[name] for name in ("layer", "direction") if table[name].nunique() > 1}
    found |= {"unit": table["unit"], "half-life": table["half_life"], "what it does here": pd.Series(memory.told)}
    for gate in "fio":
        found |= {gate: table[f"{gate}_mean"]}
        found |= {f"{gate} open": 100 * table[f"{gate}_right"], f"{gate} shut": 100 * table[f"{gate}_left"]}
    found |= {"c from": table["c_min"], "c to": table["c_max"], "sign changes": table["c_sign_changes"]}
    return pd.DataFrame(found | {"writes": 100 * table["writes"]})
