"""Which unit tracks what in this text?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from dashboard.question.cell import Cell
from dashboard.reading.read import Reading
from dashboard.store.budgets import Budget
from dashboard.store.remembered import remembered
from dashboard.units.samples import Sample, traces
from dashboard.units.view import COLUMN, SAYS, Property, Units, parts
from lstm_core import LstmCoreError, find_units
from lstm_core.analysis import Found
from lstm_core.analysis.properties import OF_A_TOKEN, PROPERTIES, SURPLUS, property_named
from lstm_core.progress import Progress, part_of
from lstm_core.traces import Quantity

# Shuffles, and how many of a property that looks like a find among many: p has to stand the number of properties.
PERMUTATIONS, THOROUGH, PROMISING = 200, 1_000, 0.05
# All 200 at once while steps × states are few; else so many at a time, for they take room.
AT_A_TIME, QUICK = 50, 1_000_000
# States that a step costs beside its own: its shuffles are drawn whatever there is to compare them with.
SHUFFLED = 100
# Tokens that a search for everything asks about, and those that a list offers.
COMMONEST, OFFERED = 3, 300
CERTAIN = 0.05
"""The p below which a find is more than chance."""


class Best(NamedTuple):
    """A unit that tracks a property, and how well."""

    quantity: str
    layer: int
    direction: int
    unit: int
    score: float
    sign: int
    p: float
    held_out: float | None
    """None where nothing is held out, NaN where the property never changes there."""


def numbers(name: str, reading: Reading) -> list[float]:
    """A property at each step. Raises LstmCoreError when the reading has no such label or column."""
    kind, token, _ = parts(name)
    if kind == SAYS:
        said = reading.probabilities()
        if reading.model is None or said is None or reading.model.gives != "classes":
            raise LstmCoreError("Expected a model that says a class at each step, got one that does not.")
        if token not in reading.model.labels:
            raise LstmCoreError(f"Expected one of the model’s labels, got {token!r}.")
        return [float(best == reading.model.labels.index(token)) for best in said.argmax(-1).tolist()]
    if kind == COLUMN:
        series = reading.series
        if series is None or token not in series.names:
            there = "a text" if series is None else f"columns {', '.join(series.names)}"
            raise LstmCoreError(f"Expected a table with the column {token!r}, got {there}.")
        return [float(value) for value in series.values[: len(reading.tokens), series.names.index(token)]]
    return property_named(name)(reading.tokens)


def changing(names: Sequence[str], readings: Sequence[Reading]) -> list[str]:
    """The properties that change between steps."""
    return [name for name in names if len({value for reading in readings for value in numbers(name, reading)}) > 1]


def kinds(readings: Sequence[Reading]) -> list[str]:
    """The kinds of property that make sense for these sequences; "" for all of them first."""
    if readings[0].series is not None:
        return ["", COLUMN]
    model = readings[0].model
    says = [SAYS] if model is not None and model.gives == "classes" else []
    return ["", *OF_A_TOKEN, SURPLUS, *says, *changing(list(PROPERTIES), readings)]


def offered(kind: str, readings: Sequence[Reading]) -> list[str]:
    """What a kind of property can be about: the labels, the columns, or the tokens, the commonest first."""
    if kind in PROPERTIES or not kind:
        return []
    model, series = readings[0].model, readings[0].series
    if kind == SAYS:
        return [] if model is None else model.labels
    if kind == COLUMN:
        return [] if series is None else series.names
    counted = Counter(token for reading in readings for token in reading.tokens)
    return [token for token, _ in counted.most_common(OFFERED)]


def every(readings: Sequence[Reading]) -> list[str]:
    """The properties that a search for everything looks for."""
    names = [kind for kind in kinds(readings) if kind in PROPERTIES]
    for kind in kinds(readings):
        if kind in OF_A_TOKEN or kind in (SAYS, COLUMN):
            most = 12 if kind in (SAYS, COLUMN) else COMMONEST
            names += [Property(kind, token).name for token in offered(kind, readings)[:most]]
    tokens = offered(SURPLUS, readings)
    if readings[0].series is None and len(tokens) > 1:
        names.append(Property(SURPLUS, *sorted(tokens[:2])).name)
    return changing(names, readings)


def is_quick(sample: Sample, names: int) -> bool:
    """Whether a search takes no longer than a person waits for."""
    return _size(sample) * names <= QUICK


def _what_is_answered(
    asked: Units, _sample: object, name: str, among: int = 1, *_: object, **_progress: object
) -> tuple[object, ...]:
    return asked.view.source, asked.lines, asked.held, asked.held_out, name, among > 1


def _bytes(found: Found) -> int:
    return int(found.table.memory_usage(deep=True).sum())


def _is_watched(_asked: Units, _sample: Sample, _name: str, _among: int = 1, progress: Progress | None = None) -> bool:
    return progress is not None


@remembered(Budget.TRACKING, key=_what_is_answered, bytes_of=_bytes, is_heavy=_is_watched)
def answer(_asked: Units, sample: Sample, name: str, among: int = 1, progress: Progress | None = None) -> Found:
    """What `find_units` finds for a property, of so many.

    Raises LstmCoreError when it never changes, or is not there.
    """
    return _searched(sample, name, among, progress)


def _searched(sample: Sample, name: str, among: int, progress: Progress | None) -> Found:
    """What is found, some shuffles at a time."""
    values = [numbers(name, reading) for reading in sample.found]
    held = (traces(sample.held), [numbers(name, reading) for reading in sample.held]) if sample.held else None
    size = PERMUTATIONS if _size(sample) <= QUICK else AT_A_TIME
    as_good: np.ndarray | float = 0.0
    done, most = 0, PERMUTATIONS
    while done < most:
        part = part_of(progress, done / most, size / most)
        done += size
        found = find_units(traces(sample.found), {name: values}, held, permutations=size, seed=done, progress=part)
        # p = (1 + as good) / (1 + shuffles): counts of several draws add up.
        as_good = as_good + np.round(found.table["p"].to_numpy() * (1 + size) - 1)
        p = (1 + as_good) / (1 + done)
        found = replace(found, table=found.table.assign(p=p), permutations=done)
        if done == PERMUTATIONS and among > 1 and p[0] < PROMISING:
            most = THOROUGH
        elif found.no_p:
            break
    return found


def is_known(asked: Units, names: Sequence[str]) -> bool:
    """Whether the answers are there already."""
    return all(answer.is_known(asked, None, name, len(names)) for name in names)


def best(found: Found, row: int = 0) -> Best:
    """A row of what `find_units` found."""
    return of_row(found.table.iloc[row].to_dict())


def of_row(row: Mapping[Any, Any]) -> Best:
    """A unit from a row's values, "held_out" among them or not."""
    held = None if row.get("held_out") is None else float(row["held_out"])
    layer, direction, unit, sign = (int(row[name]) for name in ("layer", "direction", "unit", "sign"))
    return Best(row["quantity"], layer, direction, unit, float(row["score"]), sign, float(row["p"]), held)


def leaders(found: Found, most: int) -> list[Best]:
    """The best units, each by the better of its c and h."""
    units = found.table.drop_duplicates(["layer", "direction", "unit"]).head(most)
    return [of_row(row) for row in units.to_dict(orient="records")]


def values(found: Best, readings: Sequence[Reading]) -> np.ndarray:
    """What such a unit says at each step of all sequences in turn: (step,)."""
    cells = [trace.cells(cast(Quantity, found.quantity), found.layer, found.direction) for trace in traces(readings)]
    return np.concatenate([units[found.unit] for units in cells])


def cell(found: Best, readings: Sequence[Reading]) -> Cell:
    """A unit at the last step of the first sequence."""
    return Cell(found.layer, found.direction, found.unit, len(readings[0].tokens) - 1)


def at_steps(name: str, readings: Sequence[Reading]) -> np.ndarray:
    """A property at each step of all sequences in turn: (step,)."""
    return np.concatenate([np.asarray(numbers(name, reading)) for reading in readings])


def starts(readings: Sequence[Reading]) -> list[int]:
    """The steps at which each sequence begins, all of them in turn."""
    lengths = [len(reading.tokens) for reading in readings]
    return [sum(lengths[:number]) for number in range(len(lengths))]


def rows(found: Found, most: int) -> pd.DataFrame:
    """The best rows as a person reads them."""
    table = found.table
    shown = table.head(most).rename(columns={"score": table["measure"].iloc[0], "held_out": "held out"})
    same = [name for name in ("layer", "direction") if table[name].nunique() == 1]
    return shown.drop(columns=[*same, "sign", "property", "measure"])


def strongest(answers: Sequence[Found]) -> int:
    """Which answer's best unit is the surest find."""
    names = [found.table["property"].iloc[0] for found in answers]
    return names.index(summary(answers)["property"].iloc[0])


def summary(answers: Sequence[Found]) -> pd.DataFrame:
    """A row a property: its best unit. p is corrected for the number of properties too (Bonferroni).

    What is certain comes first, the strongest before the weaker; then what is not, the likeliest first, and last what
    can't be told from chance: without a p.
    """
    rows = [
        {"property": found.table["property"].iloc[0], "measure": found.table["measure"].iloc[0]} | best(found)._asdict()
        for found in answers
    ]
    found = pd.DataFrame(rows)
    found["p"] = (found["p"] * len(answers)).clip(upper=1.0)
    # Half of the way from chance to certainty is 0.75 as an AUC, 0.5 as an R².
    strength = found["score"].where(found["measure"] != "AUC", 2 * found["score"] - 1)
    certain = found["p"] < CERTAIN
    return found.iloc[np.lexsort((-strength, found["p"].where(~certain, 0.0)))].reset_index(drop=True)


def _size(sample: Sample) -> int:
    """Steps × states, and what the shuffles cost."""
    return sum(
        trace.c.shape[2] * (SHUFFLED + trace.c.shape[0] * trace.c.shape[1] * (trace.c.shape[4] + trace.h.shape[4]))
        for trace in traces(sample.found)
    )
