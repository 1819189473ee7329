"""What is said in words about a corpus, its units and its texts?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.corpus.one_unit import OF_EACH_TENTH, Follows, OneUnit
from dashboard.corpus.read_again import Passage
from dashboard.corpus.scanned import Scanned, most_tokens
from dashboard.corpus.texts import Piece
from dashboard.corpus.view import OPENED, TEXTS, Corpus, Place
from dashboard.question import limits
from dashboard.store import text_files
from dashboard.words.sentences import listed
from lstm_core import Scan, SequenceModel
from lstm_core.plots.labels import label, signed
from lstm_core.scanning.pattern import Pattern

READ_AS = {"words": "words", "characters": "characters", "symbols": "symbols", "numbers": "rows"}


def title_of(asked: Corpus) -> str:
    """The name of a corpus, of an opened file its own."""
    document = text_files.kept(asked.opened) if asked.texts == OPENED else None
    return document.name if document else TEXTS[asked.texts]


def what_was_scanned(asked: Corpus, found: Scanned, model: SequenceModel) -> str:
    """The scan's name: the model, the corpus, how much of it was read, and the proof."""
    scan, tokens = found.scan, READ_AS[model.reads]
    several = "text" if found.texts.of == 1 else "texts"
    read = f"{scan.texts:,}" if scan.texts == found.texts.of else f"{scan.texts:,} of {found.texts.of:,}"
    proof = f"checked: matches PyTorch to {scan.max_error:.0e}"
    return f"{scan.origin.model} · {title_of(asked)} · {read} {several} · {scan.steps:,} {tokens} · {proof}"


def how_it_reads(asked: Corpus, found: Scanned, model: SequenceModel) -> str:
    """What the page's limit means for this scan."""
    most, tokens = most_tokens(asked, model), READ_AS[model.reads]
    pieces = "Each text is a piece of at most 1,000 characters, read from an empty memory."
    if found.scan.texts == found.texts.of:
        return f"This is all of it. {pieces}"
    less = "" if most == asked.size else f", because this LSTM is large, only {most:,}"
    return (
        f"A scan on this page reads at most {limits.SCANNED.most:,} {tokens}; this one at most {asked.size:,}{less}: "
        f"an even sample. {pieces}"
    )


GATES = {"f": "forget gate", "i": "input gate", "o": "output gate"}
FAINT = 0.6, 0.1
"""Below this AUC, or this R², a property does not describe a unit."""


def headline(scan: Scan, place: Place, one: OneUnit) -> str:
    """What the unit follows, and how well on contexts that had no part in the choice; else what it does."""
    named = unit_named(scan, place).capitalize()
    found = one.follows
    if found is None or found.held_out < FAINT[found.measure == "R²"]:
        return f"{named}: no property that we know describes it."
    score = f"{found.measure} {found.held_out:.2f} on {found.contexts} held-out contexts"
    return f"{named} {_does(found)}: {score}."


def _does(found: Follows) -> str:
    if found.measure == "R²":
        return f"{'rises' if found.sign > 0 else 'falls'} with the {found.name}"
    side = "high" if found.sign > 0 else "low"
    return f"is {side} {found.name}" if found.name.startswith("inside ") else f"is {side} at “{found.name}”"


def how_chosen(found: Follows | None) -> str:
    """How the property of the headline was found."""
    if found is None:
        return ""
    return (
        f"{found.name}: the best of all properties on half of the contexts that were drawn evenly from its values "
        f"({found.measure} {found.chosen:.2f}); on the other half {found.measure} {found.held_out:.2f}."
    )


def gates(scan: Scan, place: Place) -> list[dict[str, str]]:
    """A row a gate: at what share of the steps it is open, and shut."""
    row = unit_row(scan, place)
    return [
        {"gate": name, "open": f"{row[f'{gate}_right']:.0%}", "shut": f"{row[f'{gate}_left']:.0%}"}
        for gate, name in GATES.items()
    ]


def lasts(scan: Scan, place: Place) -> str:
    """How long a memory of the unit lasts, and its range."""
    row = unit_row(scan, place)
    return (
        f"Half of a memory is left after {row['half_life']:.3g} steps. c goes from {signed(row['c_min'])} to "
        f"{signed(row['c_max'])}, mean {signed(row['c_mean'])}."
    )


def unit_row(scan: Scan, place: Place) -> dict[str, float]:
    """The numbers of a unit in the table of all."""
    sizes = scan.sizes
    row = (place.layer * sizes.directions + place.direction) * sizes.units + place.unit
    return {str(name): float(value) for name, value in scan.units.iloc[row].items()}


def where(piece: Piece, passage: Passage, by_character: bool, answer: str = "") -> str:
    """Where a passage comes from, its file and line if a step is a character; and what the model answers after it."""
    says = f" · says {label(answer)}" if answer else ""
    if piece.line is None:
        return piece.name + says
    if not isinstance(piece.text, str):
        return f"{piece.name}:{piece.line + passage.last}{says}"
    below = piece.text[: passage.last].count("\n") if by_character else 0
    return f"{piece.name}:{piece.line + below}{says}"


def pattern_in_words(wanted: Pattern, words: Sequence[str], between: str) -> str:
    """Which units are on throughout the brushed words."""
    stretch = label(between.join(words), 60)
    count = len(wanted.units)
    if not count:
        return (
            f"No unit is on throughout “{stretch}” and off just before it. Select a longer or shorter stretch, or "
            "lower the threshold."
        )
    some = [str(unit) for unit in wanted.units[:6]]
    named = listed(some) if count <= 6 else ", ".join(some) + f" and {count - 6} more"
    return (
        f"Where else? On throughout “{stretch}”, and off just before it: {'unit' if count == 1 else 'units'} {named}."
    )


def hit_count(count: int, steps: int) -> str:
    """How many hits are shown."""
    if not count:
        return f"At no two steps in a row of these {steps:,} is one of them on."
    return f"The best {count} places among {steps:,} steps, by the units shared, then by how few others are on."


def moments(one: OneUnit) -> dict[str, list[Passage]]:
    """The unit's moments by title."""
    # No two of the strongest moments, nor of the lowest, are beside each other.
    titles = "Strongest moments", "From each tenth of its values, the highest first", "Lowest moments"
    return dict(zip(titles, (one.highest, one.drawn[::-OF_EACH_TENTH], one.lowest), strict=True))


def shown(token: str) -> str:
    """A token in a passage: a blank between letters is a blank."""
    return token if token == " " else label(token, 40)


def left_out(count: int) -> str:
    """How many types of token lie between the largest and the smallest means."""
    return f"; {count:,} more between" if count else ""


def relative(scan: Scan, place: Place, r: float) -> str:
    """A unit that moves with another one, and their correlation."""
    return f"{unit_named(scan, place)}, r = {signed(r)}"


def side_named(place: Place) -> str:
    """A layer and direction."""
    return f"layer {place.layer}" + (", from the right" if place.direction else "")


def how_worst(model: SequenceModel) -> str:
    """What the numbers before the worst texts are."""
    if model.gives == "value":
        return "The mean squared error of each text, in standard deviations."
    return "The mean loss of each text in bits, around the token that it expected least; the darker, the less expected."


def unit_named(scan: Scan, place: Place) -> str:
    """A unit's number, with its layer and direction if there are several."""
    sizes = scan.sizes
    layer = f" of layer {place.layer}" if sizes.layers > 1 else ""
    side = ", from the right" if place.direction else ""
    return f"unit {place.unit}{layer}{side}"
