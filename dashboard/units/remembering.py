"""How does each unit of a reading remember? The numbers, the sentences and the order that a page shows."""

from __future__ import annotations

from threading import Condition
from typing import NamedTuple, cast

import pandas as pd
from cachetools import LRUCache, cached

import lstm_core
from dashboard.reading import Reading, what_is_read
from dashboard.view import View
from lstm_core import Trace
from lstm_core.analysis.order_units import Order
from lstm_core.progress import Progress

# Steps × units that are put into sentences; of more, the units that remember longest are.
MOST_TOLD = 600_000
# Steps × units that a person waits for.
QUICK = 1_000_000


class Memory(NamedTuple):
    """One row a unit: `lstm_core.units`, and in a sentence what it does in this text, "" where that would take long."""

    table: pd.DataFrame
    told: list[str]


def is_quick(trace: Trace) -> bool:
    """Whether a person waits for it: steps × units are few."""
    return trace.f.numel() <= QUICK


def is_known(view: View, reading: Reading) -> bool:
    """Whether it is there already."""
    return what_is_told(view, reading) in _known


def what_is_told(view: View, reading: Reading, *_: object) -> tuple[object, ...]:
    """All that it depends on."""
    return *what_is_read(view), len(reading.tokens), reading.model is None


_known: LRUCache[object, Memory] = LRUCache(32)


@cached(_known, key=what_is_told, condition=Condition())
def memory(_view: View, _reading: Reading, trace: Trace, progress: Progress | None = None) -> Memory:
    """The units of a reading; `progress` is told how far it is."""
    table = lstm_core.units(trace)
    most = max(1, MOST_TOLD // len(trace.x))
    longest = table["half_life"].rank(ascending=False, method="first") <= most
    told: list[str] = []
    for layer, direction, unit, tell in zip(table.layer, table.direction, table.unit, longest, strict=True):
        if progress is not None and tell:
            progress(len(told) / len(table))
        told.append(lstm_core.describe_unit(trace, layer, unit, direction) if tell else "")
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
