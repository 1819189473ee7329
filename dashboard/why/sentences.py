"""What is said in words about a memory: where it came from, and what a hold changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.figures import STRIPS, label
from dashboard.reading import Reading
from dashboard.sentences import listed, quoted, signed
from dashboard.why import alternatives
from dashboard.why.alternatives import Alternative, Measured
from dashboard.why.sources import BIAS, START, Sources
from dashboard.why.view import ERASE, Cell, Why
from lstm_core import SequenceModel
from lstm_core.analysis.compare import Difference

NAMES = {strip.quantity: f"{strip.title} {strip.quantity}" for strip in STRIPS}
# A memory below this is next to nothing; so much of one is told by its sources; so many are named.
NOTHING, MOST_OF, NAMED = 0.005, 0.8, 3


def where_from(sources: Sources, cell: Cell, tokens: Sequence[str]) -> str:
    """Where the pinned memory came from, with its numbers."""
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


def score_from(sources: Sources, cell: Cell, tokens: Sequence[str], name: str) -> str:
    """Which words made a score what it is."""
    order = np.argsort(-np.abs(sources.shares), kind="stable")[:NAMED]
    most = [_told(n, sources) for n in order if abs(sources.shares[n]) >= NOTHING]
    made = f", made most of all by {listed(most)}" if most else ""
    return f"The score of {quoted(name)} at {quoted(tokens[cell.step])} is {signed(sources.total)}{made}."


def steps(tokens: Sequence[str]) -> list[str]:
    """What each step is called in a list of them."""
    return [f"{step:,} · {label(token)}" for step, token in enumerate(tokens)]


def only_the_first(count: int, most: int, what: str) -> list[str]:
    """A sentence where a text is too long for all of it."""
    return [f"The text has {count:,} steps; the first {most:,} are {what}."] if count > most else []


def what_changed(why: Why, found: Alternative, reading: Reading, cell: Cell) -> str:
    """What is held, and what that changes: the memory most, and the prediction."""
    largest = found.comparison.largest("c")
    held = _held(why, reading, cell, len(found.comparison.pairs))
    if np.isnan(largest.value) or largest.value == 0:
        shown = found.comparison.largest("h")
        changed = "nothing changes" if not shown.value else f"the memory stays as it was, {_place(shown, found)}"
    else:
        changed = f"the largest change of the memory: {_place(largest, found)}"
    return f"{held}: {changed}.{_prediction(found, reading.model)}"


def on_held_out(found: Measured) -> str:
    """What the hold does on texts that the model was not trained on."""
    accuracy, loss = found.accuracy, found.loss
    return (
        f"On held-out texts ({found.texts}) the share that is answered right at every step goes from "
        f"{accuracy.before:.0%} to {accuracy.after:.0%}, and the loss from {loss.before:.4f} to {loss.after:.4f}."
    )


def shortened_text(steps: int, most: int, what: str) -> list[str]:
    """A sentence where a text is longer than what is worked on."""
    return [f"The text has {steps:,} steps: {what} the first {most:,}."] if steps > most else []


def _largest(toward: np.ndarray) -> list[int]:
    """The fewest sources that make up most of what adds to a memory, the largest first."""
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
    """What pulls the other way, most of all."""
    toward = sources.shares * (np.sign(sources.total) or 1.0)
    most = int(toward.argmin())
    if toward[most] > -NOTHING:
        return ""
    return f"; {_told(most, sources)} pulls the other way most"


def _told(number: int, sources: Sources) -> str:
    """A source and its share; a word that comes twice is told from the other by its step."""
    step, name, share = sources.steps[number], sources.names[number], f"{signed(sources.shares[number])}"
    if step < 0:
        return f"the {name} ({share})" if name in (START, BIAS) else f"the steps {name} ({share})"
    twice = sources.names.count(name) > 1
    return f"{quoted(name)} (step {step:,}, {share})" if twice else f"{quoted(name)} ({share})"


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
        moves = f"by more than {most:.2f}" if most >= NOTHING else f"by {NOTHING}"
        return f" The prediction stays the same at all {len(pairs):,} steps; no probability moves {moves}."
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
