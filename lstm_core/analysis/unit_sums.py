"""What is kept of a trace for the table of units, so that any number of traces can come one after the other?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter, methodcaller
from typing import NamedTuple

import numpy as np

from lstm_core.quantities import gates as gates_of
from lstm_core.quantities import table_of
from lstm_core.saturated import LEFT, RIGHT
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import all_steps

WRITE = 0.1
"""A step writes when |i ⊙ g| is at least this: a tenth of the most that one can write, for i and |g| stay below 1."""
KEEPS = {"an LSTM": "f", "a GRU": "z", "a cell": "f"}
"""The gate that says how much of a memory is kept."""


class Moments(NamedTuple):
    """Mean and sum of squared distances from it, (layer, direction, unit), over a number of steps."""

    steps: int
    mean: np.ndarray
    squares: np.ndarray

    def with_more(self, other: Moments) -> Moments:
        """Both together (Chan, Golub & LeVeque 1979)."""
        steps = self.steps + other.steps
        apart, share = other.mean - self.mean, other.steps / max(steps, 1)
        squares = self.squares + other.squares + apart**2 * self.steps * share
        return Moments(steps, self.mean + apart * share, squares)


@dataclass(frozen=True, eq=False)
class UnitSums:
    """Sums over the steps of some traces, each (layer, direction, unit)."""

    steps: int
    gates: Mapping[str, Moments]
    """By letter, of a GRU r z n."""
    counts: Mapping[str, np.ndarray]
    """`f_left f_right` and so on, `sign_changes`, `writes`: at how many steps; `log_kept`: the sum of ln f. All are NaN
    of a unit whose memory is NaN at some step."""
    low: np.ndarray
    high: np.ndarray
    """The range of the memory."""

    def with_more(self, other: UnitSums) -> UnitSums:
        """The sums over the steps of both."""
        return UnitSums(
            self.steps + other.steps,
            {name: moments.with_more(other.gates[name]) for name, moments in self.gates.items()},
            {name: count + other.counts[name] for name, count in self.counts.items()},
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
        )


def sums_of(trace: Recorded) -> UnitSums:
    """The sums over all steps of one trace."""
    memory = trace.states[0]
    gates = {q: all_steps([trace], attrgetter(q)) for q in trace.whole if q not in (*trace.states, "h")}
    held, before = (all_steps([trace], values) for values in (attrgetter(memory), methodcaller("before", memory)))
    counts = {"sign_changes": (held * before < 0).sum(0)}
    for name, gate in gates.items():
        if name in gates_of(table_of(trace.quantities)):
            counts |= {f"{name}_left": (gate < LEFT).sum(0), f"{name}_right": (gate > RIGHT).sum(0)}
    if gates:
        written = gates["i"] * gates["g"] if "i" in gates else (1 - gates["z"]) * gates["n"]
        counts["writes"] = (np.abs(written) >= WRITE).sum(0)
    if trace.module in KEEPS:
        with np.errstate(divide="ignore"):
            counts["log_kept"] = np.log(gates[KEEPS[trace.module]]).sum(0)
    if (unknown := np.isnan(held).any(0)).any():
        counts = {name: np.where(unknown, np.nan, count) for name, count in counts.items()}
    return UnitSums(
        len(held),
        {name: Moments(len(gate), gate.mean(0), ((gate - gate.mean(0)) ** 2).sum(0)) for name, gate in gates.items()},
        counts,
        held.min(0),
        held.max(0),
    )
