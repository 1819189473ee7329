"""How are two readings compared? Their steps are aligned, and their units too if both have equally many."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from dataclasses import replace
from typing import NamedTuple

import torch

import lstm_core
from dashboard.comparing.view import Side
from dashboard.question import limits
from dashboard.question.turns import heavy_turn
from dashboard.reading.model_says import Said, said_of
from dashboard.reading.read import Reading
from lstm_core import Trace, compare, record
from lstm_core.analysis import Comparison

# The most steps of each reading that are compared.
MOST = 1_000


class Two(NamedTuple):
    """Both traces; the comparison of one layer and direction of each, or None if their units don't match."""

    a: Trace
    b: Trace
    comparison: Comparison | None
    said: Said | None
    """(label, pair) for A and for B; None unless both have trained models with equal labels."""


def trace_of(side: Side, reading: Reading) -> Trace:
    """A trace of the first steps of a reading, with the state carried or each step from a state of zeros."""
    assert reading.trace is not None
    tokens = reading.tokens[:MOST]
    if side.state == "carried":
        if len(reading.tokens) <= MOST:
            return reading.trace
        return lstm_core.run(reading.lstm, reading.trace.x[:MOST], tokens=tokens)
    # Another visitor may run this LSTM at the same time.
    lstm = copy.deepcopy(reading.lstm)
    with torch.no_grad(), record(lstm) as recording:
        for x in reading.trace.x[:MOST]:
            lstm(x.unsqueeze(0))
    return replace(recording.lstm(), tokens=[tokens])


def two(side_a: Side, reading_a: Reading, side_b: Side, reading_b: Reading) -> Two:
    """Both traces and, if their units match, the comparison at the layers and directions of the sides."""
    with heavy_turn() if _is_heavy(reading_a) or _is_heavy(reading_b) else nullcontext():
        return _two(side_a, reading_a, side_b, reading_b)


def _is_heavy(reading: Reading) -> bool:
    return min(MOST, len(reading.tokens)) * reading.parameters > limits.HEAVY


def _two(side_a: Side, reading_a: Reading, side_b: Side, reading_b: Reading) -> Two:
    a, b = trace_of(side_a, reading_a), trace_of(side_b, reading_b)
    if (a.c.shape[-1], a.h.shape[-1]) != (b.c.shape[-1], b.h.shape[-1]):
        return Two(a, b, None, None)
    found = compare(a, b, (side_a.layer, side_a.direction), (side_b.layer, side_b.direction))
    models = reading_a.model, reading_b.model
    if models[0] is None or models[1] is None or models[0].labels != models[1].labels:
        return Two(a, b, found, None)
    return Two(a, b, found, said_of(models[0], a, models[1], b, found))
