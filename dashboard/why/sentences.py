"""What do the sentences say about a memory: where it came from, and what a hold changes?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.question.cell import Cell
from dashboard.reading.read import Reading
from dashboard.why import alternatives
from dashboard.why.alternatives import Alternative, Measured
from dashboard.why.erasing import ALIKE
from dashboard.why.most_telling import MostTelling
from dashboard.why.sources import Score
from dashboard.why.turning import Turn, WordTurn
from dashboard.why.view import ERASE, Why
from dashboard.words.sentences import listed, quoted
from lstm_core import SequenceModel
from lstm_core.analysis.compare import Difference
from lstm_core.plots.labels import label, signed
from lstm_core.plots.sources import BIAS, START, Sources
from lstm_core.plots.strips import NAMES

# A memory below NOTHING is called next to nothing; the sources named make up MOST_OF it, at most NAMED of them.
NOTHING, MOST_OF, NAMED = 0.005, 0.8, 3


def where_from(sources: Sources, cell: Cell, tokens: Sequence[str]) -> str:
    """Where the pinned memory came from, in numbers."""
    at = f"{quoted(tokens[cell.step])} (step {cell.step:,})"
    unit = f"Unit {cell.unit}" + (f" of layer {cell.layer}" if cell.layer else "")
    unit += ", reading from the right," if cell.direction else ""
    if abs(sources.total) < NOTHING:
        return f"{unit} holds next to nothing at {at}: c = {signed(sources.total, 4)}{_against(sources)}."
    toward = sources.shares * np.sign(sources.total)
    chosen = _largest(toward)
    part = toward[chosen].sum() / toward[toward > 0].sum()
    verb = (
        "is what it started with"
        if [sources.names[n] for n in chosen] == [START]
        else f"was {_written(chosen, sources)}"
    )
    other = _against(sources) if toward.min() < -NOTHING else ""
    return f"{unit} holds c = {signed(sources.total)} at {at}: {part:.0%} of what makes it up {verb}{other}."


def score_from(score: Score, without: np.ndarray | None, erasing_first: bool, cell: Cell, tokens: Sequence[str]) -> str:
    """A class's lead, and which words it needs most: by erasing, or by its shares."""
    sources, over = score.sources, "" if score.rival is None else f" over {quoted(score.rival)}"
    what = f"The {'lead' if over else 'score'} of {quoted(score.label)}{over}"
    lead = f"{what} at {quoted(tokens[cell.step])} is {signed(sources.total)}"
    if without is None or not erasing_first:
        order = np.argsort(-np.abs(sources.shares), kind="stable")[:NAMED]
        most = [_told(n, sources) for n in order if abs(sources.shares[n]) >= NOTHING]
        return f"{lead}, made most of all by {listed(most)}." if most else f"{lead}."
    changes = np.nan_to_num(np.abs(sources.total - without))
    order = np.argsort(-changes, kind="stable")[:NAMED]
    most = [f"{signed(without[n])} without {_named(n, sources)}" for n in order if changes[n] >= NOTHING]
    return f"{lead}; it would be {listed(most)}." if most else f"{lead}, and without any other word nearly the same."


def shares_leave_out(rival: str | None, without: np.ndarray | None, alike: float | None) -> str:
    """What the shares of a score leave out, and whether they can be read as what the words do."""
    left_out = (
        ("" if rival is None else "The lead is the score less that of the next best label. ")
        + "A share takes all gates as they were: what a word does by opening and closing later gates is not in it. "
        + ("Remove the word to see that." if without is None else "What goes without the word has it in.")
    )
    if alike is None:
        return f"{left_out} How well the two agree has not been measured for this model."
    first = "the shares stand first here" if alike >= ALIKE else "trust what goes without the word"
    return (
        f"{left_out} On held-out texts {alike:.0%} of this model’s shares, by size, have the sign of what goes without "
        f"the word: {first}."
    )


MEMORY_LEAVES_OUT = (
    "The shares take all gates as they were: what a word does by opening and closing later gates is in none of them. "
    "Remove the word to see that."
)


def steps(tokens: Sequence[str]) -> list[str]:
    """The name of each step in a list of steps."""
    return [f"{step:,} · {label(token)}" for step, token in enumerate(tokens)]


def only_the_first(count: int, most: int, what: str) -> list[str]:
    """A sentence if a text is too long to use all of it."""
    return [f"The text has {count:,} steps; the first {most:,} are {what}."] if count > most else []


def what_changed(why: Why, found: Alternative, reading: Reading, cell: Cell) -> str:
    """What is held, and what that changes: the largest change of the memory, and the prediction."""
    largest = found.comparison.largest("c")
    held = _held(why, reading, cell, len(found.comparison.pairs))
    if np.isnan(largest.value) or largest.value == 0:
        shown = found.comparison.largest("h")
        changed = "nothing changes" if not shown.value else f"the memory stays as it was, {_place(shown, found)}"
    else:
        changed = f"the largest change of the memory: {_place(largest, found)}"
    return f"{held}: {changed}.{_prediction(found, reading.model)}"


def matters_most(found: MostTelling, tokens: Sequence[str], model: SequenceModel) -> str:
    """Which gate of which unit, held at 0, turns an answer over; or that none does, and which changes one most."""
    layer, direction, unit, step = found.cell
    which = (
        f"{NAMES[found.gate]} of unit {unit}"
        + (f" of layer {layer}" if layer else "")
        + (", which reads from the right," if direction else "")
    )
    if found.turn is not None:
        return f"With the {which} held at 0, {_turned(found.turn, tokens)}."
    forecasts = model.gives == "value"
    none = "" if forecasts else "No gate of one unit, held at 0, turns an answer of this text. "
    what = "the forecast" if forecasts else "an answer"
    return (
        f"{none}Held at 0, the {which} changes {what} most: at "
        f"{quoted(tokens[step])} {quoted(found.label)} goes from {found.before:.2f} to {found.after:.2f}."
    )


def without(found: WordTurn, tokens: Sequence[str]) -> str:
    """Which word, removed, turns which answer over."""
    twice = list(tokens).count(tokens[found.word]) > 1
    word = f"{quoted(tokens[found.word])} (step {found.word:,})" if twice else quoted(tokens[found.word])
    return f"Without {word}, {_turned(found.turn, tokens)}."


def _turned(turn: Turn, tokens: Sequence[str]) -> str:
    at, was, becomes = quoted(tokens[turn.step]), turn.was, turn.becomes
    if was.label == becomes.label:
        return f"{quoted(was.label)} at {at} goes from {was.probability:.2f} to {becomes.probability:.2f}"
    return (
        f"the answer at {at} turns from {quoted(was.label)} ({was.probability:.2f}) to {quoted(becomes.label)} "
        f"({becomes.probability:.2f})"
    )


TURNS_ELSEWHERE = "There is a text in which one gate, held at 0, turns an answer."


def on_held_out(found: Measured) -> str:
    """The effect of the hold on texts that the model was not trained on."""
    accuracy, loss = found.accuracy, found.loss
    return (
        f"On held-out texts ({found.texts}) the share that is answered right at every step goes from "
        f"{accuracy.before:.0%} to {accuracy.after:.0%}, and the loss from {loss.before:.4f} to {loss.after:.4f}."
    )


def _largest(toward: np.ndarray) -> list[int]:
    """The fewest sources that make up most of a memory's positive part, the largest first."""
    order = np.argsort(-toward, kind="stable")
    total, chosen = toward[toward > 0].sum(), 0.0
    for count, source in enumerate(order, 1):
        chosen += toward[source]
        if chosen >= MOST_OF * total:
            return [int(n) for n in order[:count]]
    return [int(n) for n in order]


def _written(chosen: list[int], sources: Sources) -> str:
    words = {sources.names[n] for n in chosen}
    steps = sorted(sources.steps[n] for n in chosen)
    if len(words) == 1 and steps[0] >= 0 and 1 < len(steps) == steps[-1] - steps[0] + 1:
        together = sources.shares[chosen].sum()
        where = f"the {len(chosen)} {quoted(words.pop())} of steps {steps[0]:,} to {steps[-1]:,}"
        return f"written at {where} ({signed(together)})"
    if len(chosen) <= NAMED:
        return "written at " + listed([_told(n, sources) for n in chosen])
    span = f"from step {steps[0]:,} to {steps[-1]:,}" if steps[0] >= 0 else f"up to step {steps[-1]:,}"
    most = chosen[0]
    return f"written at {len(chosen)} steps {span}, most at {_told(most, sources)}"


def _against(sources: Sources) -> str:
    """The source that pulls most strongly against the memory."""
    toward = sources.shares * (np.sign(sources.total) or 1.0)
    most = int(toward.argmin())
    if toward[most] > -NOTHING:
        return ""
    return f"; {_told(most, sources)} pulls most strongly against it"


def _told(number: int, sources: Sources) -> str:
    """A source and its share; a repeated word gets its step."""
    step, name, share = sources.steps[number], sources.names[number], f"{signed(sources.shares[number])}"
    if step < 0:
        return f"the {name} ({share})" if name in (START, BIAS) else f"the steps {name} ({share})"
    twice = sources.names.count(name) > 1
    return f"{quoted(name)} (step {step:,}, {share})" if twice else f"{quoted(name)} ({share})"


def _named(number: int, sources: Sources) -> str:
    """A word; a repeated one gets its step."""
    name = sources.names[number]
    return f"{quoted(name)} (step {sources.steps[number]:,})" if sources.names.count(name) > 1 else quoted(name)


def _held(why: Why, reading: Reading, cell: Cell, steps: int) -> str:
    if why.hold == ERASE:
        return f"Without {quoted(reading.tokens[why.word])} (step {why.word:,})"
    units = reading.lstm.proj_size or reading.lstm.hidden_size if why.hold == "h" else reading.lstm.hidden_size
    hold = alternatives.hold_of(why, cell, units, steps)
    which = f"unit {hold.units[0]}" if len(hold.units) == 1 else f"{len(hold.units)} units"
    which += f" of layer {cell.layer}" if reading.lstm.num_layers > 1 else ""
    when = "at every step" if hold.steps is None else f"at {len(hold.steps)} of {steps:,} steps"
    return f"With the {NAMES[hold.gate]} of {which} held at {hold.value:g} {when}".replace("at -", "at −")


def _place(largest: Difference, found: Alternative) -> str:
    tokens = found.comparison.tokens
    word = next((token for token in tokens[largest.pair] if token is not None), "") if tokens else ""
    layer = f" of layer {largest.layer}" if found.comparison.a["c"].shape[0] > 1 else ""
    return f"{largest.quantity} of unit {largest.unit}{layer} at {quoted(word)} by {signed(largest.value)}"


def _prediction(found: Alternative, model: SequenceModel | None) -> str:
    if found.said is None or model is None:
        return ""
    before, after = found.said
    if model.gives == "value":
        change = np.nan_to_num(after - before)
        row, pair = np.unravel_index(np.abs(change).argmax(), change.shape)
        return f" The forecast changes most by {change[row, pair]:+.3g} ({quoted(model.labels[row])})."
    there = ~np.isnan(before[0]) & ~np.isnan(after[0])
    pairs = np.flatnonzero(there)
    if model.gives == "classes":
        changed = pairs[before[:, pairs].argmax(0) != after[:, pairs].argmax(0)]
    else:
        changed = pairs[((before[:, pairs] > 0.5) != (after[:, pairs] > 0.5)).any(0)]
    if not len(changed):
        most = float(np.abs(after[:, pairs] - before[:, pairs]).max()) if len(pairs) else 0.0
        moves = f"by more than {most:.2f}" if most >= NOTHING else f"by more than {NOTHING}"
        return f" The prediction stays the same at all {len(pairs):,} steps; no probability changes {moves}."
    pair = int(changed[np.abs(after[:, changed] - before[:, changed]).max(0).argmax()])
    tokens = found.comparison.tokens
    word = quoted(next((t for t in tokens[pair] if t is not None), "")) if tokens else f"step {pair}"
    if model.gives == "classes":
        old, new = int(before[:, pair].argmax()), int(after[:, pair].argmax())
        was, is_now = (f"{quoted(model.labels[row])} ({p[row, pair]:.2f})" for row, p in ((old, before), (new, after)))
        turn = f"from {was} to {is_now}"
    else:
        row = int(np.abs(after[:, pair] - before[:, pair]).argmax())
        turn = f"{quoted(model.labels[row])} goes from {before[row, pair]:.2f} to {after[row, pair]:.2f}"
    return f" The prediction changes at {len(changed):,} of {len(pairs):,} steps: at {word} {turn}."
