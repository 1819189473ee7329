"""What is said in words about a corpus, its units and its texts?"""

from collections.abc import Sequence

from gatescope.corpus.passages import Passage
from gatescope.corpus.scanned import Scanned, most_tokens
from gatescope.corpus.texts import TextPiece
from gatescope.corpus.view import OPENED, TEXTS, Corpus, UnitPlace
from gatescope.serving import limits
from gatescope.store import text_files
from gatescope.wording.sentences import checked, listed
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
    return f"{found.scan.origin.model} · {title_of(asked)} · {how_much(found, model)}"


def how_much(found: Scanned, model: SequenceModel) -> str:
    scan, tokens = found.scan, READ_AS[model.reads]
    several = "text" if found.texts.of == 1 else "texts"
    read = f"{scan.texts:,}" if scan.texts == found.texts.of else f"{scan.texts:,} of {found.texts.of:,}"
    proof = checked(scan.max_error, scan.proof)
    return f"{read} {several} · {scan.steps:,} {tokens} · {proof}"


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


def gates_said(scan: Scan, place: UnitPlace) -> str:
    """At what share of the steps each gate is open, and shut."""
    row = unit_row(scan, place)
    f, i, o = ((f"{row[f'{gate}_right']:.0%}", f"{row[f'{gate}_left']:.0%}") for gate in "fio")
    return (
        f"Its forget gate is open (above 0.9) at {f[0]} of the steps and shut (below 0.1) at {f[1]}; the input gate at "
        f"{i[0]} and {i[1]}, the output gate at {o[0]} and {o[1]}."
    )


def reaches(scan: Scan, place: UnitPlace) -> str:
    """The range of the unit's c."""
    row = unit_row(scan, place)
    return f"c goes from {signed(row['c_min'])} to {signed(row['c_max'])}, mean {signed(row['c_mean'])}."


def unit_row(scan: Scan, place: UnitPlace) -> dict[str, float]:
    """The numbers of a unit in the table of all."""
    sizes = scan.sizes
    row = (place.layer * sizes.directions + place.direction) * sizes.units + place.unit
    return {str(name): float(value) for name, value in scan.units.iloc[row].items()}


def where(piece: TextPiece, passage: Passage, by_character: bool, answer: str = "") -> str:
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
    if not count:
        return f"At no two steps in a row of these {steps:,} is one of them on."
    return f"The best {count} places among {steps:,} steps, by the units shared, then by how few others are on."


def shown(token: str) -> str:
    """A token in a passage: a blank between letters is a blank."""
    return token if token == " " else label(token, 40)


def relative(scan: Scan, place: UnitPlace, r: float) -> str:
    """A unit that moves with another one, and their correlation."""
    return f"{unit_named(scan, place)}, r = {signed(r)}"


def side_named(place: UnitPlace) -> str:
    return f"layer {place.layer}" + (", from the right" if place.direction else "")


def how_worst(model: SequenceModel) -> str:
    """What the numbers before the worst texts are."""
    if model.gives == "value":
        return "The mean squared error of each text, in standard deviations."
    return "The mean loss of each text in bits, around the token that it expected least; the darker, the less expected."


def unit_named(scan: Scan, place: UnitPlace) -> str:
    """A unit's number, with its layer and direction if there are several."""
    sizes = scan.sizes
    layer = f" of layer {place.layer}" if sizes.layers > 1 else ""
    side = ", from the right" if place.direction else ""
    return f"unit {place.unit}{layer}{side}"
