"""What does one unit do in a corpus: its strongest and weakest moments, what it follows, which units move with it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import lstm_core
from dashboard.corpus.model import model_to_scan
from dashboard.corpus.read_again import Passage, bytes_of, ends_of, passage, read_again
from dashboard.corpus.scanned import TOP, Scanned, name_of_scan
from dashboard.corpus.view import Corpus, Place
from dashboard.store.budgets import Budget
from dashboard.store.remembered import remembered
from lstm_core import LstmCoreError, Scan
from lstm_core.analysis.auc_and_r_squared import Measure, as_score, measure_for, never_changes, strength
from lstm_core.analysis.properties import PROPERTIES
from lstm_core.arrays import as_numpy

HIGHEST, LOWEST, OF_EACH_TENTH = 8, 4, 2
"""How many moments are shown: the largest, the smallest, and those drawn from each tenth of a unit's values."""
BESIDE = 20
"""A moment up to so many steps from another one in the same text is beside it."""
RELATED = 6
"""Units that move most with a unit."""
TYPES = 7
"""Types of token with the largest, and with the smallest mean."""
ENOUGH = 5
"""How often a type must occur to have a mean."""


class Follows(NamedTuple):
    """The property that a unit tells best, and how well."""

    name: str
    measure: Measure
    chosen: float
    """The score on the contexts among which the property was chosen."""
    held_out: float
    """The score on the other contexts."""
    sign: int
    contexts: int
    """How many contexts are held out."""


class OneUnit(NamedTuple):
    """A unit's moments, and what is said of it."""

    highest: list[Passage]
    drawn: list[Passage]
    """A few from each tenth of its values, the lowest first."""
    lowest: list[Passage]
    reach: float
    """The end of the scale of c."""
    says: str
    """What it does in the text of its strongest moment."""
    follows: Follows | None
    """None if the text has no property that changes."""


class Response(NamedTuple):
    """A type of token: how often it occurs, and the mean of c after it."""

    token: str
    times: int
    mean: float


def _what_is_looked_at(asked: Corpus, _found: Scanned, place: Place) -> tuple[object, ...]:
    return *name_of_scan(asked), place


def _bytes(one: OneUnit) -> int:
    return bytes_of([*one.highest, *one.drawn, *one.lowest])


@remembered(Budget.MOMENTS, key=_what_is_looked_at, bytes_of=_bytes, is_heavy=lambda *_: True)
def one_unit(asked: Corpus, found: Scanned, place: Place) -> OneUnit:
    """What a unit of a scan does around its moments."""
    scan, (layer, direction, unit) = found.scan, place
    top = apart(_moments(scan.top(unit, "c", layer, direction, TOP)), HIGHEST)
    low = apart(_moments(scan.top(unit, "c", layer, direction, TOP, -1)), LOWEST)
    drawn = _moments(scan.quantile_samples(unit, "c", layer, direction, OF_EACH_TENTH))
    every = [(text, time) for text, time, _ in (*top, *drawn, *low)]
    if not every:
        raise LstmCoreError("Expected steps at which c and h are finite, got none. Choose another layer or model.")
    again = read_again(model_to_scan(asked.source), found.texts, ends_of(every), [unit])
    c = as_numpy(again.trace.c[layer, direction, :, :, 0]).astype(np.float32)

    def passages(moments: Sequence[tuple[int, int, float]]) -> list[Passage]:
        return [passage(again, text, time, time, c[:, again.row[text]], value) for text, time, value in moments]

    sampled = list(dict.fromkeys(again.row[text] for text, _, _ in drawn))
    sequences = [(again.tokens[row], c[: len(again.tokens[row]), row]) for row in sampled]
    first = again.row[top[0][0]]
    trace = again.trace
    says = lstm_core.describe_unit(trace, layer, unit, direction, batch=first)
    follows = None if model_to_scan(asked.source).reads == "numbers" else best_property(sequences)
    return OneUnit(passages(top), passages(drawn), passages(low), reach_of(scan, place), says, follows)


def _moments(table: object) -> list[tuple[int, int, float]]:
    rows = table[["text", "time", "value"]].itertuples(index=False)  # type: ignore[index]
    return [(int(text), int(time), float(value)) for text, time, value in rows]


def apart(moments: Sequence[tuple[int, int, float]], most: int) -> list[tuple[int, int, float]]:
    """The first moments that are not beside an earlier one in the same text, and only if these are few, others too."""
    chosen: list[tuple[int, int, float]] = []
    for text, time, value in moments:
        if all(text != other or abs(time - at) > BESIDE for other, at, _ in chosen):
            chosen.append((text, time, value))
    others = [moment for moment in moments if moment not in chosen]
    return sorted([*chosen[:most], *others[: max(0, most - len(chosen))]], key=moments.index)


def reach_of(scan: Scan, place: Place) -> float:
    """The end of the scale of c: 1, or more if more than a fiftieth of a unit's values lie beyond."""
    values = np.abs(scan.sums.states["c"].sample[:, place.layer, place.direction, place.unit])
    return float(max(1.0, np.ceil(np.quantile(values, 0.98) * 2) / 2)) if len(values) else 1.0


def best_property(sequences: Sequence[tuple[list[str], np.ndarray]]) -> Follows | None:
    """The property that c tells best in every second sequence (tokens, c), and how well it does in the others."""
    halves = sequences[::2], sequences[1::2]
    values = [np.concatenate([c for _, c in half])[:, None] if half else np.zeros((0, 1)) for half in halves]
    best: Follows | None = None
    strongest = -1.0
    for name, property in PROPERTIES.items():
        columns = [np.array([value for tokens, _ in half for value in property(tokens)]) for half in halves]
        if any(not len(column) or never_changes(column) for column in columns):
            continue
        # Both halves are judged alike, also if a count is only 0 and 1 in one of them.
        measure = measure_for(np.concatenate(columns))
        here, there = (
            strength(series, column[:, None], measure)[0, 0] for series, column in zip(values, columns, strict=True)
        )
        score = float(as_score(np.abs(here), measure))
        comparable = score if measure == "R²" else 2 * score - 1
        if comparable > strongest:
            strongest, sign = comparable, 1 if here >= 0 else -1
            best = Follows(name, measure, score, float(as_score(sign * there, measure)), sign, len(halves[1]))
    return best


def related(scan: Scan, place: Place) -> list[tuple[Place, float]]:
    """The units whose c is most correlated with a unit's, of the same layer and direction, the strongest first."""
    row = scan.correlations(place.layer, place.direction)[place.unit]
    strengths = np.where(np.isnan(row), -1.0, np.abs(row))
    strengths[place.unit] = -1.0
    order = [int(unit) for unit in np.argsort(-strengths, kind="stable")[:RELATED] if strengths[unit] >= 0]
    return [(place._replace(unit=unit), float(row[unit])) for unit in order]


def responses(scan: Scan, place: Place) -> tuple[list[Response], int]:
    """The types of token with the largest mean of c and those with the smallest, the largest first; and how many types
    lie between them. A type counts if it occurs five times."""
    table = scan.tokens(place.unit, place.layer, place.direction)
    table = table[table["token"].notna() & (table["count"] >= ENOUGH)].sort_values("c_mean", ascending=False)
    rows = [
        Response(str(t), int(n), float(m)) for t, n, m in zip(table.token, table["count"], table.c_mean, strict=True)
    ]
    if len(rows) <= 2 * TYPES:
        return rows, 0
    return rows[:TYPES] + rows[-TYPES:], len(rows) - 2 * TYPES
