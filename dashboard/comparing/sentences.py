"""What do the sentences say about two readings: what turns the later answer, who carries it, what is kept unseen?"""

import math

from gatescope.comparing.carrier import Carrier, Unseen
from gatescope.comparing.rivals import Rivals
from gatescope.comparing.two_readings import Two
from gatescope.comparing.view import Side
from gatescope.reading.answers import foresees, said_by
from gatescope.wording.sentences import listed
from gatescope.wording.tags import TAGS
from lstm_core import SequenceModel
from lstm_core.plots.labels import label, signed

COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
STEP = {"words": "word", "characters": "character", "symbols": "symbol", "numbers": "step"}
OTHERS_TOO = "All the other units together are enough, too."
OTHERS_NOT = "All the other units together are not."
SAME = "Both texts are the same: change a word in one of them."
NAMED = 5
"""The most units that a sentence names."""


def headline(found: Two, turned: int) -> str:
    """Which change turns which later answer: “You” or “Your”: four words later, “aim” is a verb or a noun."""
    model = found.models[0]
    assert model is not None
    differs = found.differs
    answers = _answers(found, model, turned)
    if len(differs) != 1 or not found.is_whole(differs[0]):
        return f"The two texts part: {answers}."
    a, b = (quoted(word, found) for word in found.words[differs[0]])
    apart = turned - differs[0]
    return f"{a} or {b}: {_many(apart, STEP[model.reads])} later, {answers}."


def no_rival(found: Rivals, unit: str, gives_answers: bool) -> str:
    """That no change turns an answer, or that there is no answer to turn."""
    if not found.tried:
        return f"There is nothing to change here: type a second text, or a text of two {STEP[unit]}s and more."
    if not gives_answers:
        return f"Untrained, so no answer can turn: here one {STEP[unit]} is changed."
    return f"None of the {found.tried:,} changes of one {STEP[unit]} that were tried clearly turns a later answer."


def no_answer_turns(found: Two) -> str:
    """That two typed texts give the same answers where they have the same words."""
    if found.said[0] is None:
        return "Two texts, read by an LSTM that gives no answers: its memory is compared."
    return f"No later {STEP[found.models[0].reads] if found.models[0] else 'step'} surely gets another answer."


def effect(found: Two, turned: int | None) -> str:
    """What a change does that turns no answer: to the likeliest answer, or to c; only steps of both can be compared."""
    if not found.differs:
        return "Both read the same."
    first = found.differs[0]
    both = [pair for pair in range(first, len(found.pairs)) if found.is_whole(pair)]
    if not both:
        return "Where one text ends the other goes on: until there both read the same."
    apart = found.apart(len(found.a.c) - 1).amax(1)
    changed, later = [pair for pair in both if pair in found.differs], both[-1] if turned is None else turned
    said = []
    if changed:
        most = max(changed, key=lambda pair: float(apart[pair]))
        said.append(f"at {_of_pair(found, most)} c differs by up to {apart[most]:.2f}")
    if later not in changed:
        by = "by up to" if changed else "c differs by up to"
        said.append(f"at {quoted(found.words[later][0], found)} {by} {apart[later]:.2f}")
    return f"{', and '.join(said)}.".replace("at", "At", 1)


def carries(found: Two, by: Carrier | None) -> str:
    """Which units carry the difference, or are enough to undo it; and what the first of them writes and keeps."""
    if by is None:
        return ""
    layer = f" of layer {by.layer}" if len(found.a.c) > 1 else ""
    if not by.units:
        with_all = f"with all of c{layer} taken from A into B, {_swapped_at(found, by)}"
        return f"No units of c carry it alone: {with_all}, B’s answer stays {by.b.said}."
    if len(by.units) > 1:
        # Fewer of other units may do: only the first of one order were tried.
        many = COUNTED[len(by.units)] if len(by.units) < len(COUNTED) else f"{len(by.units):,}"
        named = f" ({listed([str(unit) for unit in by.units])})" if len(by.units) <= NAMED else ""
        said = f"No unit carries it alone: {many}{layer}{named} are enough."
        others = OTHERS_TOO if by.others_do_too else OTHERS_NOT
        return said if len(by.units) == len(by.order) else f"{said} {others}"
    unit, first = by.units[0], found.differs[0]
    said, its = f"Unit {unit}{layer} carries it.", "Its"
    if by.others_do_too:
        said = f"Unit {unit}{layer} is enough: with its c from A, B answers as A. {OTHERS_TOO}"
        its = f"Unit {unit}’s"
    elif not by.is_needed:
        said = f"Unit {unit}{layer} is enough: with its c from A, B answers as A. With its c from B, A’s answer stays."
    after = found.both(first) if found.is_whole(first) else by.steps
    a, b = (signed(value) for value in found.numbers("c", after, by.layer, unit))
    word_a, word_b = (quoted(word, found) for word in found.words_at(after))
    if word_a == word_b:
        return f"{said} {its} c is {a} after {word_a} in A and {b} in B."
    said += f" {its} c is {a} after {word_a} and {b} after {word_b}"
    between = [pair for pair in range(first + 1, by.turned) if found.is_whole(pair) and found.both(pair) > after]
    if not between:
        return f"{said}."
    kept = [value for pair in between for value in found.numbers("f", found.both(pair), by.layer, unit)]
    low, high = round(100 * min(kept)), round(100 * max(kept))
    share = f"{low}%" if low == high else f"{low}% to {high}%"
    model = found.models[0]
    step = STEP[model.reads] if model else "step"
    if len(between) == 1:
        return f"{said}; the {step} between keeps {share} of it."
    return f"{said}; the {_many(len(between), step)} between keep {share} of it each."


def asks(found: Two, by: Carrier) -> str:
    """The question that the swap of each unit answers."""
    word = quoted(found.words[by.turned][1], found)
    said = "How near does B’s forecast come to A’s" if by.a.share is None else f"How sure is B then of “{by.a.said}”"
    return f"Take one unit’s c from A into B, {_swapped_at(found, by)}. {said} at {word}?"


def _swapped_at(found: Two, by: Carrier) -> str:
    """Where c is swapped: at the word before the answer; after an inserted word, from one to another."""
    a, b = (quoted(word, found) for word in found.words_at(by.steps))
    return f"at {b}" if by.steps in found.pairs else f"from {a} to {b}"


def unseen(found: Two, by: Carrier, here: Unseen) -> str:
    """A step at which the difference is kept and not shown."""
    assert found.models[0] is not None
    [answer] = said_by(found.models[0], found.answers(here.pair)[0][None])
    at = quoted(found.words[here.pair][0], found)
    above = (math.floor(100 * here.o) + 1) / 100
    return (
        f"At {at} the output gate of unit {by.units[0]} is shut (o is below {above:.2f}): both texts answer "
        f"“{answer.label}”, while c differs by {here.apart:.2f}. The memory passes under the "
        f"{STEP[found.models[0].reads]}, unseen."
    )


def models_differ(found: Two) -> str:
    """Where two models answer most surely otherwise."""
    model, turned = found.models[0], found.turned()
    if model is None or not found.answer_alike:
        return "The two give different kinds of answers: their memories stand one below the other."
    if not turned:
        return "Both models give the same answers."
    pair, _ = max(turned, key=lambda one: one[1])
    of = sum(map(found.is_whole, range(len(found.pairs))))
    many = f"The two models differ at {_many(len(turned), STEP[model.reads])} of {of:,}"
    return f"{many}: {_answers(found, model, pair, '{} for A and {} for B')}."


def title(letter: str, side: Side) -> str:
    """The name of one reading: A or B, after which epoch, and whether it forgets."""
    epoch = "" if side.epoch is None else f", after epoch {side.epoch:,}" if side.epoch else ", untrained"
    return letter + epoch + (", each step from an empty memory" if side.state == "reset" else "")


def quoted(word: str | None, found: Two) -> str:
    """A word in quotation marks, as text; a number of a series without them."""
    said = label(word or "")
    return said if reads_numbers(found) else f"“{said}”"


def reads_numbers(found: Two) -> bool:
    """Whether the steps of two readings are numbers."""
    return found.models[0] is not None and found.models[0].reads == "numbers"


def _of_pair(found: Two, pair: int) -> str:
    return " or ".join(quoted(word, found) for word in found.words[pair] if word is not None)


def _answers(found: Two, model: SequenceModel, pair: int, both: str = "{} or {}") -> str:
    """What A and B answer at a pair, as the end of a sentence; `both`: how it names the two answers."""
    word = quoted(found.words[pair][0], found)
    a, b = (said_by(model, said[None])[0] for said in found.answers(pair))
    if a.label in TAGS and b.label in TAGS:
        return f"{word} is {both.format(TAGS[a.label], TAGS[b.label])}"
    if model.gives == "value":
        return f"after {word}, the forecast is {both.format(a.label, b.label)}"
    if model.gives == "set":
        return f"after {word} may come {both.format(f'“{a.label}”', f'“{b.label}”')}"
    if foresees(model):
        return f"after {word} most likely comes {both.format(f'“{a.label}”', f'“{b.label}”')}"
    return f"at {word} the answer is {both.format(a.label, b.label)}"


def _many(count: int, noun: str) -> str:
    named = COUNTED[count] if count < len(COUNTED) else f"{count:,}"
    return f"{named} {noun}{'' if count == 1 else 's'}"
