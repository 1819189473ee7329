"""How do two readings lie beside each other? Their steps aligned, where their units can be set against each other."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import NamedTuple

import torch

import lstm_core
from dashboard.comparing.view import Side
from dashboard.reading import Reading
from dashboard.why.alternatives import Said, said_of
from lstm_core import Comparison, Trace, compare, record

# Steps of each that are compared.
MOST = 1_000


class Two(NamedTuple):
    """Both traces; the comparison of one layer and direction of each, or None where their units don't match."""

    a: Trace
    b: Trace
    comparison: Comparison | None
    said: Said | None
    """(label, pair) of both; None without trained models of the same labels."""


def trace_of(side: Side, reading: Reading) -> Trace:
    """The first steps of a reading, all at once or each from a state of zeros."""
    assert reading.trace is not None
    tokens = reading.tokens[:MOST]
    if side.state == "carried":
        if len(reading.tokens) <= MOST:
            return reading.trace
        return lstm_core.run(reading.lstm, reading.trace.x[:MOST], tokens=tokens)
    # Another visitor may be reading with the same LSTM.
    lstm = copy.deepcopy(reading.lstm)
    with torch.no_grad(), record(lstm) as recording:
        for x in reading.trace.x[:MOST]:
            lstm(x.unsqueeze(0))
    trace: Trace = replace(recording.only, tokens=[tokens])
    return trace


def two(side_a: Side, reading_a: Reading, side_b: Side, reading_b: Reading) -> Two:
    """Both read, and compared where they can be; layers and directions as the sides say."""
    a, b = trace_of(side_a, reading_a), trace_of(side_b, reading_b)
    if (a.c.shape[-1], a.h.shape[-1]) != (b.c.shape[-1], b.h.shape[-1]):
        return Two(a, b, None, None)
    found = compare(a, b, (side_a.layer, side_a.direction), (side_b.layer, side_b.direction))
    models = reading_a.model, reading_b.model
    if models[0] is None or models[1] is None or models[0].labels != models[1].labels:
        return Two(a, b, found, None)
    return Two(a, b, found, said_of(models[0], a, models[1], b, found))
