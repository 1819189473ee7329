"""What would have been read instead? The text with a gate held or a word erased, beside the text as it is."""

from __future__ import annotations

import copy
from dataclasses import replace
from threading import Condition
from typing import NamedTuple, cast

import numpy as np
import torch
from cachetools import LRUCache, cached
from torch import Tensor

import lstm_core
from dashboard.reading import Reading, what_is_read
from dashboard.why.view import ERASE, Cell, Why, numbers
from lstm_core import Comparison, LstmCoreError, Quantity, SequenceModel, Trace, compare, effect, intervene
from lstm_core.progress import Progress
from lstm_core.training.held_out import Held, accuracy, held_out, loss

# What is run again: steps, and steps × units.
MOST_STEPS, MOST_CELLS = 20_000, 3_000_000
# Steps that a person waits for, when a hand on one layer has them done one after the other.
QUICK = 2_000
# Bytes of alternatives that are kept, so that another step is looked at without running again.
ROOM = 300_000_000
Said = tuple[np.ndarray, np.ndarray]


class Hold(NamedTuple):
    """What is held, of which units and at which steps (None: all)."""

    gate: Quantity
    value: float
    units: list[int]
    steps: list[int] | None


class Alternative(NamedTuple):
    """Before and after."""

    comparison: Comparison
    said: Said | None
    """(label, pair) before and after: what the model makes of each step; None without a trained one."""


class Measured(NamedTuple):
    """What holding does to texts that the model was not trained on."""

    texts: str
    accuracy: lstm_core.Effect
    loss: lstm_core.Effect


def hold_of(why: Why, cell: Cell, units: int, steps: int) -> Hold:
    """What is held; units and steps say how many there are. Raises LstmCoreError where there are not so many."""
    try:
        chosen = numbers(why.units, units) if why.units.strip() else [cell.unit]
    except ValueError as expected:
        raise LstmCoreError(f"Units {why.units!r} can't be held: {expected}.") from None
    try:
        when = numbers(why.steps, steps) if why.steps.strip() else None
    except ValueError as expected:
        raise LstmCoreError(f"Nothing can be held at the steps {why.steps!r}: {expected}.") from None
    return Hold(cast(Quantity, why.hold), why.value, chosen, when)


def most_steps(trace: Trace) -> int:
    """How many steps of a text are run again: fewer of a larger LSTM."""
    layers, directions, *_, units = trace.c.shape
    return min(MOST_STEPS, MOST_CELLS // (layers * directions * units))


def is_quick(why: Why, trace: Trace) -> bool:
    """Whether a person waits for it. Without a word the text is read as ever, with nothing held."""
    return why.hold == ERASE or min(len(trace.x), most_steps(trace)) <= QUICK


def is_known(why: Why, reading: Reading, trace: Trace, cell: Cell) -> bool:
    """Whether it is there already."""
    return what_is_asked(why, reading, trace, cell) in _known


def _bytes(found: Alternative) -> int:
    return sum(values.nbytes for run in (found.comparison.a, found.comparison.b) for values in run.values())


def what_is_asked(why: Why, reading: Reading, _trace: Trace, cell: Cell, *_: object) -> tuple[object, ...]:
    """All that an alternative depends on."""
    hold = why.hold, why.value, why.units or cell.unit, why.steps, why.word, cell.layer, cell.direction
    # A visitor's own model may have had to make room for another.
    return *what_is_read(why.view), reading.model is None, *hold


_known: LRUCache[object, Alternative] = LRUCache(ROOM, getsizeof=_bytes)


@cached(_known, key=what_is_asked, condition=Condition())
def alternative(why: Why, reading: Reading, trace: Trace, cell: Cell, progress: Progress | None = None) -> Alternative:
    """The text as it is and as it would be. Raises LstmCoreError when what is asked for is not there."""
    x = trace.x[: most_steps(trace)]
    before = lstm_core.run(reading.lstm, x, tokens=_numbered(len(x)))
    if why.hold == ERASE:
        after = _without(reading, before, why.word)
        left = [token for step, token in enumerate(reading.tokens) if step != why.word]
    else:
        left = reading.tokens
        hold = hold_of(why, cell, trace.h.shape[-1] if why.hold == "h" else trace.c.shape[-1], len(x))
        # Another visitor may be reading with the same LSTM, as it is.
        lstm = copy.deepcopy(reading.lstm)
        place = cell.layer, cell.direction, hold.units
        with intervene(lstm, "", *place, hold.gate, hold.value, hold.steps, progress):
            after = lstm_core.run(lstm, x, tokens=_numbered(len(x)))
    comparison = compare(before, after)
    said = None if reading.model is None else said_of(reading.model, before, reading.model, after, comparison)
    return Alternative(replace(comparison, tokens=named(comparison, reading.tokens, left)), said)


def _what_is_held(why: Why, _model: SequenceModel, cell: Cell) -> tuple[object, ...]:
    return why.view.model, why.hold, why.value, why.units or cell.unit, why.steps, cell.layer, cell.direction


@cached(LRUCache(64), key=_what_is_held, condition=Condition())
def measured(why: Why, model: SequenceModel, cell: Cell) -> Measured | None:
    """What the hold does on held-out texts; None where there are none to measure on."""
    held: Held | None = held_out(model)
    if held is None or why.hold in ("", ERASE):
        return None
    # The text's steps, also where held-out texts are shorter.
    hold = hold_of(why, cell, model.lstm.hidden_size, 1_000_000)
    own = copy.deepcopy(model)
    found = [
        effect(own, [held.batch], metric, cell.layer, hold.units, hold.gate, hold.value, hold.steps, cell.direction)
        for metric in (accuracy, loss)
    ]
    return Measured(held.texts, *found)


def said_of(
    model_a: SequenceModel, trace_a: Trace, model_b: SequenceModel, trace_b: Trace, comparison: Comparison
) -> Said:
    """(label, pair) of both: what the models make of each step, NaN where there is none."""
    a, b = (model.probabilities(model.scores(trace))[:, 0] for model, trace in ((model_a, trace_a), (model_b, trace_b)))
    return _by_pair(a, [a for a, _ in comparison.pairs]), _by_pair(b, [b for _, b in comparison.pairs])


def named(comparison: Comparison, tokens_a: list[str], tokens_b: list[str]) -> list[tuple[str | None, str | None]]:
    """The words of each pair."""
    return [(None if a is None else tokens_a[a], None if b is None else tokens_b[b]) for a, b in comparison.pairs]


def _by_pair(values: Tensor, steps: list[int | None]) -> np.ndarray:
    found = np.full((values.shape[1], len(steps)), np.nan)
    for pair, step in enumerate(steps):
        if step is not None:
            found[:, pair] = values[step].detach().numpy()
    return found


def _numbered(steps: int) -> list[str]:
    """Steps under their own numbers, so that a word that comes twice is never taken for the other."""
    return [str(step) for step in range(steps)]


def _without(reading: Reading, before: Trace, word: int) -> Trace:
    steps = len(before.x)
    if word >= steps:
        raise LstmCoreError(f"There is no step {word} to erase: the steps go from 0 to {steps - 1}.")
    if steps == 1:
        raise LstmCoreError("Without its only word there is nothing left to read.")
    left = [step for step in range(steps) if step != word]
    return lstm_core.run(reading.lstm, before.x[torch.tensor(left)], tokens=[str(step) for step in left])
