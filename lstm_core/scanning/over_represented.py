"""Which properties of the text are more frequent at some hits than elsewhere in the corpus, and is it chance?"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_core.analysis.auc_and_r_squared import never_changes
from lstm_core.analysis.properties import PROPERTIES, Property, property_named
from lstm_core.analysis.same_text import checked_labels, grouped
from lstm_core.analysis.shuffle import ShuffledScores, ShuffleTest, p_of_the_best, shuffle_test
from lstm_core.errors import LstmCoreError
from lstm_core.scanning.sources import Texts
from lstm_core.scanning.texts_again import texts_of
from lstm_core.scanning.windows import draws

if TYPE_CHECKING:
    import pandas

    from lstm_core.scanning.result import Scan

MOST_STEPS = 1 << 21
"""The most steps of the corpus whose properties are computed, besides those of the texts with hits."""

Track = Property | Sequence[Any]
"""A function from the tokens of a text to a number a token, or the numbers themselves, for each text of the corpus."""


class Column(NamedTuple):
    """A property (step,) of each text, its mean and its standard deviation over all of them."""

    values: list[np.ndarray]
    mean: float
    spread: float

    def strength(self, numbers: np.ndarray) -> float:
        """How far the mean of some numbers is from that of all steps, in standard deviations; 0 of no numbers."""
        return float(numbers.mean() - self.mean) / self.spread if len(numbers) else 0.0


def over_represented(
    scan: Scan,
    hits: pandas.DataFrame,
    properties: Sequence[str] | Mapping[str, Track] | None = None,
    *,
    texts: Texts | None = None,
    permutations: int = 200,
    seed: int = 0,
    groups: Sequence[Hashable] | None = None,
) -> pandas.DataFrame:
    """Which properties of the text are larger or smaller at the steps of some hits than elsewhere: one row a property,
    the least likely by chance first.

    `hits`: a table with text, first and last (`search`, `find_text`) or text and time (`top`, `nearest`).
    `properties`: names (as in `find_units`), or by name functions from tokens to numbers or the numbers themselves, a
    list of arrays with an array (step,) a text; all of `analysis.PROPERTIES` if not given.
    Columns: property; hits: its mean at the steps of the hits; corpus: its mean at all steps; strength: the distance of
    the two in standard deviations; p: how often the best of all properties does as well by chance, with the permutation
    test of `find_units`: copies of a text stay together, and so do `groups` (a label a text); NaN where there is too
    little to tell, as where all hits are in one text of twelve; no_p: why, in a sentence, a column only where a p is
    NaN. A property that never changes in the corpus has no row. Of a corpus of more than 2,097,152 steps, texts without
    hits are drawn at random.

    Raises LstmCoreError for texts of numbers, for other texts than were scanned, and for hits that are not in them.
    """
    import pandas as pd

    wanted = _tracks(properties)
    hit_steps = _hit_steps(hits, scan)
    tokens = _tokens(scan, hit_steps, texts)
    numbers = {text: number for number, text in enumerate(tokens)}
    steps = {numbers[text]: times for text, times in hit_steps.items()}
    columns = {name: column for name, track in wanted.items() if (column := _column(name, track, tokens))}
    if not columns:
        raise LstmCoreError("Expected a property that changes in the corpus, got none. Give texts where one does.")
    given = None if groups is None else checked_labels(groups, scan.texts)
    together = grouped(list(tokens.values()), given and [given[text] for text in tokens])
    null = shuffle_test([column.values for column in columns.values()], *together)
    rng = np.random.default_rng(seed)
    drawn = [null.draw(rng) for _ in range(permutations)]
    can_be = null.compared()
    compared = {text: times[can_be[text][times]] for text, times in steps.items()}
    looked_at = [text for text, times in compared.items() if len(times)]
    no_p = {name: null.why_not(column.values, looked_at) for name, column in columns.items()}
    told = {name: column for name, column in columns.items() if not no_p[name]}
    p = p_of_the_best({name: _against(column, null, compared, drawn) for name, column in told.items()})
    rows = [
        (name, _at(column, steps).mean(), column.mean, column.strength(_at(column, steps)), p.get(name, [np.nan])[0])
        for name, column in columns.items()
    ]
    table = pd.DataFrame(rows, columns=["property", "hits", "corpus", "strength", "p"])
    if len(told) < len(columns):
        table["no_p"] = list(no_p.values())
    order = np.lexsort((-table["strength"].abs(), table["p"]))
    return table.iloc[order].reset_index(drop=True)


def _tracks(properties: Sequence[str] | Mapping[str, Track] | None) -> Mapping[str, Track]:
    if properties is None:
        return PROPERTIES
    if isinstance(properties, Mapping):
        return properties
    return {name: property_named(name) for name in ([properties] if isinstance(properties, str) else properties)}


def _hit_steps(hits: pandas.DataFrame, scan: Scan) -> dict[int, np.ndarray]:
    found: dict[int, list[np.ndarray]] = {}
    first, last = ("first", "last") if "first" in hits else ("time", "time")
    if not len(hits) or not {"text", first, last} <= set(hits.columns):
        raise LstmCoreError(
            f"Expected hits, a table with text, first and last or text and time, got {len(hits)} rows of "
            f"{', '.join(map(str, hits.columns))}. Give what search, find_text, top or nearest returned."
        )
    for text, begin, end in hits[["text", first, last]].to_numpy().tolist():
        if not (0 <= text < scan.texts and 0 <= begin <= end < scan.lengths[text]):
            raise LstmCoreError(f"Expected hits in the texts of this scan, got steps {begin} to {end} of text {text}.")
        found.setdefault(text, []).append(np.arange(begin, end + 1))
    return {text: np.unique(np.concatenate(times)) for text, times in sorted(found.items())}


def _tokens(scan: Scan, hits: Mapping[int, np.ndarray], texts: Texts | None) -> dict[int, list[str]]:
    """The texts with hits, and others drawn at random, up to `MOST_STEPS` steps of them."""
    lengths, left, chosen = scan.lengths, MOST_STEPS, set(hits)
    for text in np.argsort(draws(np.zeros(scan.texts, np.uint64), np.arange(scan.texts))).tolist():
        if text not in hits and 0 < lengths[text] <= left:
            chosen.add(text)
            left -= int(lengths[text])
    found: dict[int, list[str]] = {}
    for number, text in enumerate(texts_of(scan, texts)):
        if isinstance(text, np.ndarray):
            raise LstmCoreError("Expected texts of tokens, got rows of numbers, which have no such properties.")
        if number in chosen:
            found[number] = text
    return found


def _column(name: str, track: Track, texts: Mapping[int, list[str]]) -> Column | None:
    """A property of all texts; None if it never changes."""
    values = []
    for number, tokens in texts.items():
        numbers = np.asarray(track(tokens) if callable(track) else track[number], np.float64)
        if numbers.shape != (len(tokens),):
            raise LstmCoreError(
                f"Expected {len(tokens)} numbers of {name!r}, one a step of text {number}, got shape {numbers.shape}."
            )
        values.append(numbers)
    every = np.concatenate(values)
    return None if never_changes(every) else Column(values, float(every.mean()), float(every.std()))


def _at(column: Column, steps: Mapping[int, np.ndarray]) -> np.ndarray:
    return np.concatenate([column.values[text][times] for text, times in steps.items()])


def _against(
    column: Column,
    null: ShuffleTest,
    steps: Mapping[int, np.ndarray],
    drawn: Sequence[Sequence[tuple[int | None, int]]],
) -> ShuffledScores:
    """The strength of a property at some steps, beside that of its shuffles at the same steps."""
    as_it_is = _at(column, steps)
    found, best = [], [abs(column.strength(as_it_is))]
    for draw in drawn:
        shuffled = np.concatenate([null.at(column.values, draw, text, times) for text, times in steps.items()])
        known = ~np.isnan(shuffled)
        best.append(abs(column.strength(shuffled[known])))
        found.append(abs(column.strength(as_it_is[known])))
    return ShuffledScores(np.array(found)[None], np.array(best))
