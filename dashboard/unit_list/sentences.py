"""What is said in words about units: what they track, how sure that is, and what goes wrong without them."""

import math
from collections.abc import Collection

from gatescope.corpus.view import UnitPlace
from gatescope.unit_list.kept import Kept, ToldProperty, Unit
from gatescope.unit_list.tracking import CERTAIN
from gatescope.unit_list.words import knows, named
from gatescope.wording.escape_markdown import plain
from lstm_core import SequenceModel
from lstm_core.analysis import Found
from lstm_core.analysis.shuffle import SHIFTED
from lstm_core.plots.labels import signed

SCORES = (
    "AUC: of all pairs of steps, one where it is so and one where it is not, the share that c puts in the right order; "
    "1 is always, 0.5 is chance. R²: of a number, the share of its ups and downs that c follows. p: how often the best "
    "of all units would score as well by chance."
)
"""What the scores of a unit are, for somebody who asks."""
A_STEP = {"words": "word", "characters": "character", "symbols": "symbol", "numbers": "number"}


def unit_named(place: UnitPlace, units: Collection[UnitPlace]) -> str:
    """A unit, with its layer and direction where these units are of several.

    >>> unit_named(Place(1, 0, 48), [Place(0, 0, 48), Place(1, 0, 48)])
    'Unit 48 of layer 1'
    """
    layer = f" of layer {place.layer}" if len({one.layer for one in units}) > 1 else ""
    return f"Unit {place.unit}{layer}{' from the right' if place.direction else ''}"


def opens_on(known: Kept, found: tuple[Unit, ToldProperty] | None, model: SequenceModel) -> tuple[str, str]:
    """The claim that the page opens on, and how sure it is, as Markdown."""
    if found is None:
        worst = max(known.units.values(), key=lambda unit: unit.lost)
        most = "is lost" if known.cost in ("bits", "error") else "is answered otherwise"
        claim = f"Without {unit_named(worst.place, known.units).lower()}, most {most}."
        none = "No unit tells anything that we can name better than by chance."
        return claim, f"{none} {without(known, worst, model)}"
    unit, told = found
    chance = "" if told.p is None else f", p = {max(told.p, 0.001):.3f}"
    return (
        f"{unit_named(unit.place, known.units)} {knows(told.property, told.sign)}.",
        f"{pairs(told, A_STEP[model.reads])} on {unseen(known, model)} "
        f"({told.measure} {told.score:.2f}{chance}). {without(known, unit, model)}",
    )


def pairs(told: ToldProperty, step: str) -> str:
    """How sure a find is, in plain words."""
    share = told.pairs or 0.0
    many = "more than 99 of 100" if share > 0.995 else f"{100 * share:.0f} of 100"
    side = "higher" if told.sign > 0 else "lower"
    if told.measure == "AUC":
        return f"Its c is {side} there than elsewhere in **{many} pairs** of {step}s,"
    return f"In **{many} pairs** of {step}s its c is {side} at the one with the larger number,"


def unseen(known: Kept, model: SequenceModel) -> str:
    """The texts that a find is scored on."""
    kind = {"characters": "files", "words": "paragraphs"}.get(model.reads, "texts")
    return f"{known.texts} {kind} not looked at before"


def without(known: Kept, unit: Unit, model: SequenceModel) -> str:
    """What changes with a unit's c held at its mean."""
    step = A_STEP[model.reads]
    if known.cost == "bits":
        change = "are lost" if unit.lost > 0 else "are gained"
        return f"Without it, {abs(unit.lost):.3f} bits a {step} {change}."
    if known.cost == "error":
        grows = f"grows from {known.whole:.2f} to {known.whole + unit.lost:.2f}"
        return f"Without it, the forecast’s root mean square error {grows} standard deviations of the series."
    of = "answers" if known.cost == "answers" else "texts"
    if not unit.lost:
        return f"Without it, no {'answer' if of == 'answers' else 'text’s answer'} changes."
    changes = (
        "of the answers change" if of == "answers" else f"of the texts are answered otherwise, at one {step} or more"
    )
    return f"Without it, {share(unit.lost)} {changes}."


def share(part: float) -> str:
    """A share in per cent; a small one is not said to be none.

    >>> share(0.14), share(0.002)
    ('14%', '0.2%')
    """
    return f"{part:.0%}" if part >= 0.0995 or not part else f"{part:.1%}"


LOST = {
    "bits": ("without it", "bits lost"),
    "answers": ("without it", "answers change"),
    "texts": ("without it", "texts answered otherwise"),
    "error": ("without it", "error grows"),
}


def lost(known: Kept, unit: Unit) -> str:
    """What changes with a unit's c held at its mean, as a number in the list."""
    if known.cost in ("answers", "texts"):
        return share(unit.lost)
    said = f"{unit.lost:+.3f}".replace("-", "−")
    return "0.000" if said[1:] == "0.000" else said


def held_at_mean(known: Kept, model: SequenceModel) -> str:
    """What stands over the strip of all units."""
    step = A_STEP[model.reads]
    of = {"bits": f"bits a {step}", "answers": "answers that change", "texts": LOST["texts"][1]}
    return f"its c held at its mean, {of.get(known.cost, 'the forecast’s error')}; each line is a unit"


def moves_most(place: UnitPlace, units: Collection[UnitPlace], ends: tuple[float, float]) -> str:
    """What a page opens on where nothing is kept: the unit whose c goes farthest here."""
    return f"{unit_named(place, units)} moves most here: its c goes from {signed(ends[0])} to {signed(ends[1])}."


def tracks(answer: Found, units: Collection[UnitPlace]) -> str:
    """The unit of the visitor's text that tells a property best, how well, and how well on held-out text."""
    row = answer.table.iloc[0]
    place = UnitPlace(*(int(row[name]) for name in UnitPlace._fields))
    falls = " (it falls as that rises)" if row["sign"] < 0 else ""
    held = row.get("held_out")
    said = "" if held is None else f", and {held:.3f} on held-out text"
    if held is not None and math.isnan(held):
        said = "; on the held-out text it never changes, so that says nothing"
    name = f"*{plain(named(row['property']))}*"
    return f"{unit_named(place, units)} tracks {name} best{falls}: {row['measure']} = {row['score']:.3f}{said}."


def chance(answer: Found) -> str:
    """How many units were searched, and how often the best of them does as well by chance."""
    p, searched = float(answer.table["p"].iloc[0]), f"Searched: c of {answer.searched:,} units. "
    if math.isnan(p):
        [why] = answer.no_p.values()
        return f"{searched}Whether this is more than chance can’t be told here. {why}"
    as_good = round(p * (1 + answer.permutations)) - 1
    taken = "shifted in time" if answer.shuffled == SHIFTED else f"shuffled by {answer.shuffled}"
    times = {0: "never", 1: "once", 2: "twice"}.get(as_good, f"{as_good} times")
    sure = "more than chance" if p < CERTAIN else "so this may be chance"
    return (
        f"{searched}The property was {taken} {answer.permutations} times; the best unit then scored as well {times}: "
        f"p = {p:.3f}, {sure}. No p covers texts in an order, texts of one author, or a property that was chosen after "
        "a look at the units."
    )
