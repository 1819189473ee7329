"""How does each unit of a reading remember? The numbers, sentences and order that the page shows."""

from __future__ import annotations

from typing import NamedTuple, cast

import pandas as pd

import lstm_core
from dashboard.question.source import Source
from dashboard.reading.read import Reading
from dashboard.store import size_of
from dashboard.store.budgets import Budget
from dashboard.store.remembered import remembered
from lstm_core import Trace
from lstm_core.analysis.order_units import Order
from lstm_core.progress import Progress

# The most steps × units with sentences; beyond, only the units that remember longest have one.
MOST_TOLD = 600_000
# The most steps × units that a visitor waits for without a button.
QUICK = 1_000_000


class Memory(NamedTuple):
    """One row for each unit of `lstm_core.units`, and a sentence on what the unit does here, "" if that takes long."""

    table: pd.DataFrame
    told: list[str]


def is_quick(trace: Trace) -> bool:
    """Whether the analysis takes so little time that a visitor waits for it."""
    return trace.f.numel() <= QUICK


def is_known(source: Source, reading: Reading) -> bool:
    """Whether the result is in the cache."""
    return memory.is_known(source, reading)


def what_is_told(source: Source, reading: Reading, *_: object, **_progress: object) -> tuple[object, ...]:
    """The cache key: everything that `memory` depends on."""
    return source, len(reading.tokens), reading.model is None


def _bytes(memory: Memory) -> int:
    return int(memory.table.memory_usage(deep=True).sum()) + size_of.of_texts(memory.told)


def _is_watched(_source: Source, _reading: Reading, _trace: Trace, progress: Progress | None = None) -> bool:
    return progress is not None


@remembered(Budget.REMEMBERING, key=what_is_told, bytes_of=_bytes, is_heavy=_is_watched)
def memory(_source: Source, _reading: Reading, trace: Trace, progress: Progress | None = None) -> Memory:
    """How the units of a reading remember; `progress` is called with the share done."""
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
    """The units of each (layer, direction) in the order of the heatmap's rows."""
    layers, directions = trace.c.shape[:2]
    places = [(layer, direction) for layer in range(layers) for direction in range(directions)]
    return {place: lstm_core.analysis.order_units(trace, cast(Order, rows), *place) for place in places}


def rows(memory: Memory) -> pd.DataFrame:
    """The table on the page; with layer and direction if there is more than one.

    Shares of steps are in per cent.
    """
    table = memory.table
    found = {name: table[name] for name in ("layer", "direction") if table[name].nunique() > 1}
    found |= {"unit": table["unit"], "half-life": table["half_life"], "what it does here": pd.Series(memory.told)}
    for gate in "fio":
        found |= {gate: table[f"{gate}_mean"]}
        found |= {f"{gate} open": 100 * table[f"{gate}_right"], f"{gate} shut": 100 * table[f"{gate}_left"]}
    found |= {"c from": table["c_min"], "c to": table["c_max"], "sign changes": table["c_sign_changes"]}
    return pd.DataFrame(found | {"writes": 100 * table["writes"]})
