"""What if? The text read with a gate held or a word erased, beside the text read as it is."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import NamedTuple, cast

import torch

import lstm_core
from dashboard.question.cell import Cell
from dashboard.reading.model_says import Said, said_of
from dashboard.reading.read import Reading
from dashboard.store.budgets import Budget
from dashboard.store.remembered import remembered
from dashboard.why.view import ERASE, Why, numbers
from lstm_core import Hold, LstmCoreError, SequenceModel, Trace, compare, effect, intervene
from lstm_core.analysis import Comparison
from lstm_core.progress import Progress
from lstm_core.traces import Quantity
from lstm_core.training.held_out import Held, accuracy, held_out, loss

# The most steps, and steps × units, that are run again.
MOST_STEPS, MOST_CELLS = 20_000, 3_000_000
# The most steps that a visitor waits for without a button: a hold makes its layer run step by step.
QUICK = 2_000


class AskedHold(NamedTuple):
    """The gate that is held, its value, the units, and the steps (None: all)."""

    gate: Quantity
    value: float
    units: list[int]
    steps: list[int] | None

    def at(self, cell: Cell) -> Hold:
        """The hold in the layer and direction of a cell."""
        return Hold(self.gate, self.value, self.units, cell.layer, cell.direction, self.steps)


class Alternative(NamedTuple):
    """The text before and after the change."""

    comparison: Comparison
    said: Said | None
    """(label, pair) before and after: the model's answers at each step; None without a trained model."""


class Measured(NamedTuple):
    """The effect of a hold on texts that the model was not trained on."""

    texts: str
    accuracy: lstm_core.analysis.Effect
    loss: lstm_core.analysis.Effect


def hold_of(why: Why, cell: Cell, units: int, steps: int) -> AskedHold:
    """The hold that is asked for. Raises LstmCoreError if a unit or step is not below `units` or `steps`."""
    try:
        chosen = numbers(why.units, units) if why.units.strip() else [cell.unit]
    except ValueError as expected:
        raise LstmCoreError(f"Units {why.units!r} can't be held: {expected}.") from None
    try:
        when = numbers(why.steps, steps) if why.steps.strip() else None
    except ValueError as expected:
        raise LstmCoreError(f"Nothing can be held at the steps {why.steps!r}: {expected}.") from None
    return AskedHold(cast(Quantity, why.hold), why.value, chosen, when)


def most_steps(trace: Trace) -> int:
    """How many steps of a text are run again: fewer with a larger LSTM."""
    layers, directions, *_, units = trace.c.shape
    return min(MOST_STEPS, MOST_CELLS // (layers * directions * units))


def is_quick(why: Why, trace: Trace) -> bool:
    """Whether a visitor waits for it: the text without a word runs at full speed, because nothing is held."""
    return why.hold == ERASE or min(len(trace.x), most_steps(trace)) <= QUICK


def is_known(why: Why, reading: Reading, trace: Trace, cell: Cell) -> bool:
    """Whether the alternative is in the cache."""
    return alternative.is_known(why, reading, trace, cell)


def _bytes(found: Alternative) -> int:
    return sum(int(values.nbytes) for run in (found.comparison.a, found.comparison.b) for values in run.values())


def what_is_asked(
    why: Why, reading: Reading, _trace: Trace, cell: Cell, *_: object, **_progress: object
) -> tuple[object, ...]:
    """The cache key: everything that an alternative depends on."""
    hold = why.hold, why.value, why.units or cell.unit, why.steps, why.word, cell.layer, cell.direction
    # A visitor's own model may have been dropped from the store.
    return why.view.source, reading.model is None, *hold


def _is_watched(_why: Why, _reading: Reading, _trace: Trace, _cell: Cell, progress: Progress | None = None) -> bool:
    return progress is not None


# Cached, so that another step of the text needs no new run.
@remembered(Budget.ALTERNATIVES, key=what_is_asked, bytes_of=_bytes, is_heavy=_is_watched)
def alternative(why: Why, reading: Reading, trace: Trace, cell: Cell, progress: Progress | None = None) -> Alternative:
    """The text as it is and as it would be. Raises LstmCoreError when a unit, step or word does not exist."""
    x = trace.x[: most_steps(trace)]
    before = lstm_core.run(reading.lstm, x, tokens=_numbered(len(x)))
    if why.hold == ERASE:
        after = _without(reading, before, why.word)
        left = [token for step, token in enumerate(reading.tokens) if step != why.word]
    else:
        left = reading.tokens
        hold = hold_of(why, cell, trace.h.shape[-1] if why.hold == "h" else trace.c.shape[-1], len(x))
        # Another visitor may run this LSTM at the same time, without a hold.
        lstm = copy.deepcopy(reading.lstm)
        with intervene(lstm, hold.at(cell), progress=progress):
            after = lstm_core.run(lstm, x, tokens=_numbered(len(x)))
    comparison = compare(before, after)
    said = None if reading.model is None else said_of(reading.model, before, reading.model, after, comparison)
    return Alternative(replace(comparison, tokens=named(comparison, reading.tokens, left)), said)


def _what_is_held(why: Why, _model: SequenceModel, cell: Cell) -> tuple[object, ...]:
    return why.view.source.model, why.hold, why.value, why.units or cell.unit, why.steps, cell.layer, cell.direction


@remembered(Budget.MEASURED, key=_what_is_held, bytes_of=lambda _: 0, is_heavy=lambda *_: True)
def measured(why: Why, model: SequenceModel, cell: Cell) -> Measured | None:
    """The effect of the hold on held-out texts; None if the model has none, or they have none of the steps."""
    held: Held | None = held_out(model)
    if held is None or why.hold in ("", ERASE):
        return None
    hold = hold_of(why, cell, model.lstm.hidden_size, 1_000_000)
    if hold.steps is not None:
        # The steps are those of the text; held-out texts may be shorter.
        hold = hold._replace(steps=[step for step in hold.steps if step < len(held.batch.numbers)])
    if hold.steps == []:
        return None
    own = copy.deepcopy(model)
    found = [effect(own, [held.batch], metric, hold.at(cell)) for metric in (accuracy, loss)]
    return Measured(held.texts, *found)


def named(comparison: Comparison, tokens_a: list[str], tokens_b: list[str]) -> list[tuple[str | None, str | None]]:
    """The words of each aligned pair."""
    return [(None if a is None else tokens_a[a], None if b is None else tokens_b[b]) for a, b in comparison.pairs]


def _numbered(steps: int) -> list[str]:
    """The steps' numbers as tokens, so that `compare` never aligns a repeated word with the wrong step."""
    return [str(step) for step in range(steps)]


def _without(reading: Reading, before: Trace, word: int) -> Trace:
    steps = len(before.x)
    if word >= steps:
        raise LstmCoreError(f"There is no step {word} to erase: the steps go from 0 to {steps - 1}.")
    if steps == 1:
        raise LstmCoreError("Without its only word there is nothing left to read.")
    left = [step for step in range(steps) if step != word]
    return lstm_core.run(reading.lstm, before.x[torch.tensor(left)], tokens=[str(step) for step in left])
