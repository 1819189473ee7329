"""Where in a corpus is a unit strongest, where are units on as in the visitor's text, and which texts are predicted
worst? Each place with the tokens around it, and a number that gives each its colour."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import numpy as np

import lstm_core
from gatescope.question import link
from gatescope.question.holds import Cell
from gatescope.question.view import Source, View
from gatescope.reading.read import Reading, read
from gatescope.recording.wire_format import rounded
from gatescope.serving.turns import go_on
from gatescope.store.remembered import ENTRY_BYTES, Budget, remembered, text_bytes
from gatescope.unit_tables.asked import Corpus, UnitPlace
from gatescope.unit_tables.corpus import Scanned, model_to_scan, name_of_scan
from lstm_core import LstmCoreError, Scan
from lstm_core.analysis.properties import property_named
from lstm_core.scanning.model import predicts_tokens
from lstm_core.scanning.pattern import Pattern
from lstm_core.scanning.result import AFTER, BEFORE

# The moments that are looked at of a unit, of which some lie side by side; and those that are shown.
TOP, MOMENTS = 40, 5
# A moment up to so many steps from another one in the same text is beside it.
BESIDE = 20
# Units that move most with a unit.
RELATED = 6
# The most hits that are shown, and the fewest steps of one.
HITS, LENGTH = 20, 2
# The most texts that are shown as predicted worst. Shorter texts are left out: a few tokens say little.
WORST, SHORT = 8, 20
# The most numbers of a row that are written out as its token.
FEW_NUMBERS = 4


class Passage(NamedTuple):
    """Some tokens around a moment or a stretch of a text, each with a number that gives its colour.

    `first`, `last`: the steps that are meant, in the text; `begins`: the step of the first token; `value`: the number
    that stands before the passage; `name`, `line`: where it comes from, and the line of its last step there; `says`:
    what the model answers after it; `is_so`: whether what the unit tells is there: true, or as much as in that text on
    average.
    """

    text: int
    first: int
    last: int
    begins: int
    tokens: list[str]
    numbers: list[float | None]
    value: float
    name: str
    line: int | None = None
    says: str = ""
    is_so: bool | None = None


def bytes_of(passages: list[Passage]) -> int:
    """The bytes that passages take in a store."""
    return sum(ENTRY_BYTES + text_bytes(one.tokens) + 32 * len(one.numbers) for one in passages)


def _passage(found: Scanned, text: int, first: int, last: int, numbers: np.ndarray, value: float) -> Passage:
    """The tokens around a stretch; `numbers` (step,): those of the whole text."""
    begins, end = max(0, first - BEFORE), min(found.texts.steps[text], last + 1 + AFTER)
    piece = found.texts.pieces[text]
    if isinstance(piece.text, str):
        tokens = found.scan.tokens_of(text, begins, end)
        below = piece.text[:last].count("\n") if found.texts.reads == "characters" else 0
    else:
        tokens = [" ".join(f"{number:.4g}" for number in row[:FEW_NUMBERS]) for row in piece.text[begins:end].tolist()]
        below = last
    line = None if piece.line is None else piece.line + below
    return Passage(text, first, last, begins, tokens, rounded(numbers[begins:end]), value, piece.name, line)


class Wanted(NamedTuple):
    """A unit whose moments are wanted: where c is largest, or smallest if `sign` is -1; and the property that it tells,
    if that can be seen in a text alone."""

    place: UnitPlace
    sign: int = 1
    property: str = ""


def _what_is_asked(asked: Corpus, _found: Scanned, wanted: object) -> tuple[object, ...]:
    return *name_of_scan(asked), wanted


def _bytes(shown: dict[UnitPlace, list[Passage]]) -> int:
    return sum(map(bytes_of, shown.values()))


@remembered(Budget.MOMENTS, key=_what_is_asked, bytes_of=_bytes, is_heavy=lambda *_: True)
def strongest(asked: Corpus, found: Scanned, wanted: Sequence[Wanted]) -> dict[UnitPlace, list[Passage]]:
    """The passages around each unit's strongest moments; none for a unit whose c is nowhere finite."""
    model = model_to_scan(asked.source)
    shown: dict[UnitPlace, list[Passage]] = {}
    for place, sign, name in wanted:
        go_on()
        layer, direction, unit = place
        table = found.scan.top(unit, "c", layer, direction, TOP, sign)
        if model.reads == "words":
            # Five times “10” teach less than five different words.
            table = table.loc[table["token"].str.lower().duplicated().sort_values(kind="stable").index]
        c = found.scan.values(unit, "c", layer, direction)
        shown[place] = []
        for text, at, value in apart(table[["text", "time", "value"]].to_numpy().tolist()):
            numbers = c[found.scan.begins[text] :][: found.scan.lengths[text]]
            passage = _passage(found, text, at, at, numbers, value)
            if name:
                truth = property_named(name)(model.tokens(found.texts.pieces[text].text))
                passage = passage._replace(is_so=bool(truth[at] > 0 and truth[at] >= np.mean(truth)))
            shown[place].append(passage)
    return shown


def apart(moments: Sequence[Sequence[float]], most: int = MOMENTS) -> list[tuple[int, int, float]]:
    """The first moments (text, time, value) that are not beside an earlier one in the same text, and only if these are
    few, others too."""
    every = [(int(text), int(time), value) for text, time, value in moments]
    chosen: list[tuple[int, int, float]] = []
    for text, time, value in every:
        if all(text != other or abs(time - at) > BESIDE for other, at, _ in chosen):
            chosen.append((text, time, value))
    return sorted(sorted(every, key=lambda moment: moment not in chosen)[:most], key=every.index)


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


@remembered(Budget.HITS, key=_what_is_asked, bytes_of=bytes_of, is_heavy=lambda *_, **__: True)
def hits(_asked: Corpus, found: Scanned, wanted: Pattern) -> list[Passage]:
    """The best hits of a pattern in the scan's texts, and around each how many of the pattern's units are on."""
    table = found.scan.search(wanted, LENGTH, 10 * HITS)
    # A paragraph that stands twice is shown once.
    known: dict[object, int] = {}
    pieces = [piece.text if isinstance(piece.text, str) else n for n, piece in enumerate(found.texts.pieces)]
    same = [known.setdefault(piece, n) for n, piece in enumerate(pieces)]
    table = table[~table.assign(text=[same[text] for text in table["text"]]).duplicated(["text", "first", "last"])]
    shown = []
    columns = ["text", "first", "last", "shared", "answer"]
    for text, first, last, shared, answer in table[columns].head(HITS).to_numpy().tolist():
        c = found.scan.states(text, 0, last + 1 + AFTER, "c", wanted.layer, wanted.direction)
        on = wanted.on(c[list(wanted.units)]).sum(0).astype(np.float32)
        shown.append(_passage(found, text, first, last, on, shared)._replace(says=answer))
    return shown


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


# Which link opens a unit at a step on the page Memory?

# A text with more steps is zoomed to the moment.
WIDE = 120


def pinned(view: View, place: UnitPlace, step: int) -> View:
    """The view with a unit pinned at a step."""
    pin = Cell(place.layer, place.direction, place.unit, step)
    return replace(view, shown=replace(view.shown, pin=pin))


def query_of(source: Source, found: Scanned, passage: Passage, place: UnitPlace | None) -> dict[str, str]:
    """The values of the link to a passage of a scan: its piece as the text, the unit pinned at the last step."""
    steps = found.texts.steps[passage.text]
    view = View(replace(source, sentence=sentence_of(found.texts.pieces[passage.text].text), file=""))
    query = dict(parse_qsl(link.query(view if place is None else pinned(view, place, passage.last))))
    if steps > WIDE:
        first, last = max(0, passage.first - BEFORE), min(steps - 1, passage.last + AFTER)
        query["zoom"] = f"{first}-{last}"
    return query


def sentence_of(text: Any) -> str:
    """A piece as the text box takes it; nine digits give a float32 back."""
    return text if isinstance(text, str) else "\n".join(" ".join(f"{number:.9g}" for number in row) for row in text)
