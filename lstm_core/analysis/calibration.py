"""How often does find_units see what is not there? `python -m lstm_core.analysis.calibration`

Random LSTMs read random texts, and a property of those texts is shuffled, by whole sequences or, of one text, by a
circular shift; or it is taken from other texts of the same lengths. Nothing can track it any more, so p ≤ 0.05 must
come in 0.05 of the runs, though each takes the best of many units. Beside it, the rate if single steps were shuffled
and each unit taken alone, as is often done.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from operator import attrgetter
from typing import Literal, NamedTuple

import numpy as np
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.properties import property_named
from lstm_core.analysis.shuffle import shuffled, way_to_shuffle
from lstm_core.analysis.strength import measure_for, strength
from lstm_core.inputs.vectors import token_vectors
from lstm_core.models.random import random_lstm
from lstm_core.recording.record import run
from lstm_core.traces.several import all_steps
from lstm_core.traces.trace import Trace


class Setting(NamedTuple):
    """How many texts of which lengths, and the property that nothing tracks."""

    name: str
    texts: int
    shortest: int
    longest: int
    property: str
    of: Literal["these, shuffled", "other texts"]


SETTINGS = (
    Setting("equal", 12, 30, 30, "bracket depth", "these, shuffled"),
    Setting("equal", 12, 30, 30, "inside brackets", "these, shuffled"),
    Setting("one", 1, 300, 300, "bracket depth", "these, shuffled"),
    Setting("one", 1, 300, 300, "inside brackets", "these, shuffled"),
    Setting("unequal", 12, 15, 45, "bracket depth", "other texts"),
    Setting("unequal", 12, 15, 45, "count of a", "other texts"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    print(f"share of {options.runs} runs with p ≤ 0.05; by chance 0.05 ± {(0.05 * 0.95 / options.runs) ** 0.5:.3f}")
    print(f"{'texts':<10}{'property':<18}{'of':<18}{'find_units':>12}{'single steps':>14}")
    for setting in SETTINGS:
        rates = [false_alarms(setting, options.runs, p) for p in (smallest_p, smallest_p_of_single_steps)]
        rate, naive = (f"{rate:.3f}" for rate in rates)
        print(f"{setting.name:<10}{setting.property:<18}{setting.of:<18}{rate:>12}{naive:>14}", flush=True)


def false_alarms(setting: Setting, runs: int, smallest: Callable[[Trace, list[np.ndarray], int], float]) -> float:
    """The share of runs with p ≤ 0.05 on a property that has been shuffled."""
    alarms = 0
    for seed in range(runs):
        trace, values = drawn(setting, seed)
        alarms += smallest(trace, values, seed) <= 0.05
    return alarms / runs


def drawn(setting: Setting, seed: int) -> tuple[Trace, list[np.ndarray]]:
    """A trace of random texts read by a random LSTM, and a property that has nothing to do with them."""
    rng = np.random.default_rng(seed)
    lstm = random_lstm(8, 16, seed=seed)
    lengths = rng.integers(setting.shortest, setting.longest + 1, setting.texts)
    texts = [_text(rng, length) for length in lengths]
    x = pad_sequence([3 * token_vectors(text, 8, seed).squeeze(1) for text in texts])
    trace = run(lstm, pack_padded_sequence(x, lengths.tolist(), enforce_sorted=False), tokens=texts)
    others = [_text(rng, length) for length in lengths] if setting.of == "other texts" else texts
    values = [np.array(property_named(setting.property)(text)) for text in others]
    return trace, values if others is not texts else shuffled(values, way_to_shuffle(values), rng)


def _text(rng: np.random.Generator, length: int) -> list[str]:
    tokens: list[str] = rng.choice(list("aab ())"), length).tolist()
    return tokens


def smallest_p(trace: Trace, values: list[np.ndarray], seed: int) -> float:
    """As `find_units` finds it."""
    # Its own shuffles must not be those that made the property.
    return float(find_units(trace, values, seed=seed + 1_000_000).p.min())


def smallest_p_of_single_steps(trace: Trace, values: list[np.ndarray], seed: int) -> float:
    """What shuffling single steps gives, each unit on its own."""
    rng = np.random.default_rng(seed + 1_000_000)
    steps = np.concatenate(values)
    columns = np.stack([steps, *(rng.permutation(steps) for _ in range(200))], axis=1)
    series = all_steps([trace], attrgetter("c"))[:, 0, 0]
    strengths = np.abs(strength(series, columns, measure_for(steps)))
    as_good = strengths[:, 1:] >= strengths[:, :1] - 1e-12
    return float(((1 + as_good.sum(1)) / 201).min())


if __name__ == "__main__":
    main()
