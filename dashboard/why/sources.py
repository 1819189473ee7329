"""Which sources is a memory, or a score, made of? The few that a picture shows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from torch import nn

from dashboard.reading import Reading
from dashboard.why.view import Cell
from lstm_core import SequenceModel, Trace, ledger

# Steps that are told apart; those before them are one source together.
MOST = 160
# Of them, those after the step that is looked at.
AFTER = 20
START, BIAS, EARLIER = "start", "bias", "earlier"


class Sources(NamedTuple):
    """What a number is the sum of, source by source in the order of the sentence."""

    names: list[str]
    """Words, and what is none: the state at the start, the steps that are too far away, a bias."""
    steps: list[int]
    """The step each stands for; -1 for what is no step."""
    x: list[int]
    """Where each stands on an axis whose words stand at their steps."""
    shares: np.ndarray
    """(source,): they sum to the number."""

    @property
    def total(self) -> float:
        """The number itself."""
        return float(self.shares.sum())


def of_memory(trace: Trace, tokens: list[str], cell: Cell) -> Sources:
    """What the pinned unit's c is made of after the pinned step."""
    shares = ledger(trace, cell.step, cell.layer, cell.direction).cell[:, cell.unit].numpy()
    return _shown(shares, tokens, cell, {})


def of_score(reading: Reading, model: SequenceModel, trace: Trace, cell: Cell, label: int) -> Sources:
    """What the score of one class at the pinned step is made of: what each word brought to it through h of the last
    layer, from both sides where it is read from both."""
    layer, directions = trace.c.shape[0] - 1, trace.c.shape[1]
    shares, bias = np.zeros(len(reading.tokens) + 1), 0.0
    for direction in range(directions):
        found = ledger(trace, cell.step, layer, direction).scores(
            model.linear, _projection(reading.lstm, layer, direction)
        )
        shares, bias = shares + found.shares[:, label].numpy(), float(found.bias[label])
    return _shown(shares, reading.tokens, cell._replace(direction=0), {BIAS: bias}, both=directions == 2)


def predicted(reading: Reading, step: int) -> int:
    """Which label is the likeliest at a step."""
    said = reading.probabilities()
    return 0 if said is None else int(said[step].argmax())


def window(steps: int, cell: Cell) -> range:
    """The steps that are told apart: up to the pinned one, and a few after it."""
    if steps <= MOST:
        return range(steps)
    if cell.direction == 0:
        end = min(steps, cell.step + 1 + AFTER)
        return range(max(0, end - MOST), max(MOST, end))
    first = max(0, cell.step - AFTER)
    return range(min(first, steps - MOST), min(first, steps - MOST) + MOST)


def _shown(shares: np.ndarray, tokens: list[str], cell: Cell, others: dict[str, float], both: bool = False) -> Sources:
    """Shares (source,), source 0 the start, as those a picture shows; what is no word stands where reading began."""
    seen = window(len(tokens), cell)
    far = shares[1:].sum() - shares[1 + seen.start : 1 + seen.stop].sum()
    beside = others | {START: float(shares[0])}
    if both and len(seen) < len(tokens):
        beside["elsewhere"] = float(far)
    elif seen.stop < len(tokens) if cell.direction else seen.start > 0:
        beside[EARLIER] = float(far)
    names, values = list(beside), list(beside.values())
    words, steps = tokens[seen.start : seen.stop], list(seen)
    apart = [-1] * len(names)
    if cell.direction == 0:
        x = [seen.start - len(names) + n for n in range(len(names))] + steps
        return Sources(names + words, apart + steps, x, np.array([*values, *shares[1:][seen.start : seen.stop]]))
    x = steps + [seen.stop + n for n in range(len(names))]
    return Sources(
        words + names[::-1], steps + apart, x, np.array([*shares[1:][seen.start : seen.stop], *values[::-1]])
    )


def _projection(lstm: nn.LSTM, layer: int, direction: int) -> nn.Parameter | None:
    return getattr(lstm, f"weight_hr_l{layer}{'_reverse' * direction}") if lstm.proj_size else None
