"""Where in a corpus is a unit strongest, where are units on as in the visitor's text, and which texts are predicted
worst? Each place with the tokens around it, and a number that gives each its colour."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

import lstm_core
from gatescope.corpus.model import model_to_scan
from gatescope.corpus.scanned import Scanned, name_of_scan
from gatescope.corpus.texts import TextPiece
from gatescope.corpus.view import COLUMNS, Corpus, UnitPlace
from gatescope.reading.read import Reading, read
from gatescope.serving.still_wanted import go_on
from gatescope.store import size_of
from gatescope.store.budgets import Budget
from gatescope.store.remembered import remembered
from lstm_core import LstmCoreError, Scan
from lstm_core.scanning.model import predicts_tokens
from lstm_core.scanning.pattern import Pattern
from lstm_core.scanning.result import AFTER, BEFORE

TOP = 40
"""The moments that are looked at of a unit: some lie side by side."""
BESIDE = 20
"""A moment up to so many steps from another one in the same text is beside it."""
RELATED = 6
"""Units that move most with a unit."""
HITS, LENGTH = 20, 2
"""The most hits that are shown, and the fewest steps of one."""
WORST, SHORT = 8, 20
"""The most texts that are shown as predicted worst. Shorter texts are left out: a few tokens say little."""
FEW_NUMBERS = 4
"""The most numbers of a row that are written out as its token."""


class Passage(NamedTuple):
    """Some tokens around a moment or a stretch of a text, each with a number that gives its colour."""

    text: int
    first: int
    last: int
    """The steps that are meant, in the text."""
    begins: int
    """The step of the first token."""
    tokens: list[str]
    numbers: list[float]
    value: float | int
    """The number that stands before the passage."""


def bytes_of(passages: list[Passage]) -> int:
    """The bytes that passages take in a store."""
    return sum(size_of.ENTRY + size_of.of_texts(one.tokens) + 32 * len(one.numbers) for one in passages)


def _passage(found: Scanned, text: int, first: int, last: int, numbers: np.ndarray, value: float | int) -> Passage:
    """The tokens around a stretch; `numbers` (step,): those of the whole text."""
    begins, end = max(0, first - BEFORE), min(found.texts.steps[text], last + 1 + AFTER)
    piece = found.texts.pieces[text].text
    if isinstance(piece, str):
        tokens = found.scan.tokens_of(text, begins, end)
    else:
        tokens = [" ".join(f"{number:.4g}" for number in row[:FEW_NUMBERS]) for row in piece[begins:end].tolist()]
    return Passage(text, first, last, begins, tokens, numbers[begins:end].tolist(), value)


class Wanted(NamedTuple):
    """A unit, and how many of its moments: where c is largest, or smallest if `sign` is -1."""

    place: UnitPlace
    sign: int = 1
    most: int = 1


def _what_is_read(asked: Corpus, _found: Scanned, wanted: Sequence[Wanted]) -> tuple[object, ...]:
    return *name_of_scan(asked), tuple(wanted)


def _bytes(shown: dict[UnitPlace, list[Passage]]) -> int:
    return sum(map(bytes_of, shown.values()))


@remembered(Budget.MOMENTS, key=_what_is_read, bytes_of=_bytes, is_heavy=lambda *_: True)
def strongest(asked: Corpus, found: Scanned, wanted: Sequence[Wanted]) -> dict[UnitPlace, list[Passage]]:
    """The passages around each unit's strongest moments; none for a unit whose c is nowhere finite."""
    scan, of_words = found.scan, model_to_scan(asked.source).reads == "words"
    shown: dict[UnitPlace, list[Passage]] = {}
    for one in wanted:
        go_on()
        layer, direction, unit = one.place
        moments = _moments(scan, one, of_words)
        c = scan.values(unit, "c", layer, direction) if moments else np.zeros(0)
        shown[one.place] = [
            _passage(found, text, at, at, c[scan.begins[text] :][: scan.lengths[text]], value)
            for text, at, value in moments
        ]
    return shown if any(shown.values()) else {}


def _moments(scan: Scan, wanted: Wanted, of_words: bool) -> list[tuple[int, int, float]]:
    """A unit's moments, the strongest first; of words, first those of different ones: five times “10” teach less."""
    layer, direction, unit = wanted.place
    table = scan.top(unit, "c", layer, direction, TOP, wanted.sign)
    if of_words:
        again = table["token"].str.lower().duplicated()
        table = pd.concat([table[~again], table[again]])
    rows = table[["text", "time", "value"]].itertuples(index=False)
    return apart([(int(text), int(time), float(value)) for text, time, value in rows], wanted.most)


def apart(moments: Sequence[tuple[int, int, float]], most: int) -> list[tuple[int, int, float]]:
    """The first moments that are not beside an earlier one in the same text, and only if these are few, others too."""
    chosen: list[tuple[int, int, float]] = []
    for text, time, value in moments:
        if all(text != other or abs(time - at) > BESIDE for other, at, _ in chosen):
            chosen.append((text, time, value))
    others = [moment for moment in moments if moment not in chosen]
    return sorted([*chosen[:most], *others[: max(0, most - len(chosen))]], key=moments.index)


def reach_of(scan: Scan, place: UnitPlace) -> float:
    """The end of the scale of c: 1, or more if more than a fiftieth of a unit's values lie beyond."""
    layer, direction, unit = place
    values = np.abs(scan.values(unit, "c", layer, direction)[scan.sample(layer, direction)])
    return float(max(1.0, np.ceil(np.quantile(values, 0.98) * 2) / 2)) if len(values) else 1.0


def related(scan: Scan, place: UnitPlace) -> list[tuple[UnitPlace, float]]:
    """The units whose c is most correlated with a unit's, of the same layer and direction, the strongest first."""
    row = scan.correlations(place.layer, place.direction)[place.unit]
    strengths = np.where(np.isnan(row), -1.0, np.abs(row))
    strengths[place.unit] = -1.0
    order = [int(unit) for unit in np.argsort(-strengths, kind="stable")[:RELATED] if strengths[unit] >= 0]
    return [(place._replace(unit=unit), float(row[unit])) for unit in order]


def rows(scan: Scan, asked: Corpus) -> pd.DataFrame:
    """The numbers of the units within the bounds of a link, the largest of the chosen column first."""
    by = scan.units[COLUMNS[asked.by]]
    kept = by.notna()
    if asked.at_least is not None:
        kept &= by >= asked.at_least
    if asked.at_most is not None:
        kept &= by <= asked.at_most
    return scan.units[kept].sort_values(COLUMNS[asked.by], ascending=False, kind="stable")


def places(scan: Scan) -> list[UnitPlace]:
    """Each unit, in the order of `scan.units`."""
    return [UnitPlace(*place) for place in scan.units[["layer", "direction", "unit"]].to_numpy().tolist()]


class Hits(NamedTuple):
    """The best hits of a pattern, and around each how many of the pattern's units are on."""

    table: pd.DataFrame
    """A row a hit: text first last shared union answer, the best first."""
    passages: list[Passage]


def brushed(asked: Corpus) -> tuple[Reading, Pattern]:
    """The reading of the visitor's text, and the units that are on throughout its brushed stretch.

    Raises LstmCoreError when nothing is brushed, or the text, layer or direction has no such steps.
    """
    reading = read(asked.source)
    if reading.trace is None or asked.brush is None:
        raise LstmCoreError("Expected a stretch of a text, got none. Select words on the page Memory.")
    first, last = asked.brush
    layer, direction, _ = asked.side
    wanted = lstm_core.pattern(reading.trace, first, last, threshold=asked.threshold, layer=layer, direction=direction)
    return reading, wanted


def _what_is_searched(asked: Corpus, _found: Scanned, wanted: Pattern) -> tuple[object, ...]:
    return *name_of_scan(asked), wanted


def _bytes_of_hits(found: Hits) -> int:
    return bytes_of(found.passages) + int(found.table.memory_usage(deep=True).sum())


@remembered(Budget.HITS, key=_what_is_searched, bytes_of=_bytes_of_hits, is_heavy=lambda *_, **__: True)
def hits(_asked: Corpus, found: Scanned, wanted: Pattern) -> Hits:
    """The best hits of a pattern in the scan's texts."""
    table = found.scan.search(wanted, LENGTH, 10 * HITS)
    table = _once(table, found.texts.pieces).head(HITS).reset_index(drop=True)
    table = table.drop(columns=["before", "match", "after"])
    shown = []
    for text, first, last, shared in table[["text", "first", "last", "shared"]].to_numpy().tolist():
        c = found.scan.states(text, 0, last + 1 + AFTER, "c", wanted.layer, wanted.direction)
        on = wanted.on(c[list(wanted.units)]).sum(0).astype(np.float32)
        shown.append(_passage(found, text, first, last, on, shared))
    return Hits(table, shown)


def _once(table: pd.DataFrame, pieces: Sequence[TextPiece]) -> pd.DataFrame:
    """The hits without those in a paragraph that was there before."""
    first: dict[object, int] = {}
    same = {n: first.setdefault(piece.text, n) for n, piece in enumerate(pieces) if isinstance(piece.text, str)}
    of = table.assign(text=[same.get(text, text) for text in table["text"]])
    return table[~of.duplicated(["text", "first", "last"]).to_numpy()]


@remembered(Budget.WORST, key=name_of_scan, bytes_of=bytes_of, is_heavy=lambda *_: True)
def worst(asked: Corpus, found: Scanned) -> list[Passage]:
    """The texts with the largest loss, the worst first, each around the token that the model expected least.

    A token's number is its loss in bits; a forecast's is 0. No text for a model that predicts nothing.
    """
    losses = found.scan.losses()
    losses = losses[losses["steps"] >= min(SHORT, losses["steps"].max() if len(losses) else 0)].head(WORST)
    every = np.nan_to_num(found.scan.step_losses())
    if not predicts_tokens(model_to_scan(asked.source)):
        every[:] = 0.0
    shown = []
    for text, loss in zip(losses["text"].tolist(), losses["loss"].tolist(), strict=True):
        bits = every[found.scan.begins[text] :][: found.scan.lengths[text]]
        at = int(np.argmax(bits))
        shown.append(_passage(found, text, at, at, bits, loss))
    return shown
