"""How often does find_units see what is not there, and how often what is? `python -m studies.calibration`

LSTMs read something, and a property is drawn that has nothing to do with it: p ≤ 0.05 must come in 0.05 of the runs or
fewer, though each takes the best of many units. Some of the LSTMs are random, and some keep all they are given, so that
every unit drifts like a sum. Then a unit is planted: one that is the property with as much noise (R² 0.5), and with a
ninth of it (R² 0.9).
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from lstm_core.analysis.auc_and_r_squared import never_changes
from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.found import Found
from lstm_core.analysis.properties import property_named
from lstm_core.inputs.vectors import token_vectors
from lstm_core.models.random import random_lstm
from lstm_core.recording.record import run
from lstm_core.traces.trace import Trace

SYMBOLS = list("aab ())")
UNITS, FEATURES = 16, 8


class Case(NamedTuple):
    """A trace, a property that it has nothing to do with, and what else find_units is told."""

    trace: Trace
    values: list[np.ndarray]
    told: dict[str, Any]


class Setting(NamedTuple):
    """What is drawn in each run."""

    name: str
    draw: Callable[[np.random.Generator, int], Case]


def texts(property: str, shortest: int, longest: int, count: int, drifts: bool = False) -> Callable[..., Case]:
    """Random texts, and a property of as many others of the same lengths."""

    def draw(rng: np.random.Generator, seed: int) -> Case:
        lengths = rng.integers(shortest, longest + 1, count)
        read, values = _texts(rng, lengths), [np.zeros(1)]
        while never_changes(np.concatenate(values)):
            values = [np.array(property_named(property)(text)) for text in _texts(rng, lengths)]
        x = pad_sequence([3 * token_vectors(text, FEATURES, seed).squeeze(1) for text in read])
        packed = pack_padded_sequence(x, lengths.tolist(), enforce_sorted=False)
        trace = run(_lstm(seed, drifts), packed, tokens=read)
        return Case(trace, values, {})

    return draw


def _texts(rng: np.random.Generator, lengths: np.ndarray) -> list[list[str]]:
    return [rng.choice(SYMBOLS, length).tolist() for length in lengths]


def series(steps: int, keeps: float, drifts: bool = False) -> Callable[..., Case]:
    """One series of numbers, and another: each step keeps so much of the one before."""

    def draw(rng: np.random.Generator, seed: int) -> Case:
        x = torch.from_numpy(_series(rng, steps, FEATURES, 0.5))[:, None].float()
        return Case(run(_lstm(seed, drifts), x), [_series(rng, steps, 1, keeps)[:, 0]], {})

    return draw


def windows(count: int, steps: int, stride: int, keeps: float) -> Callable[..., Case]:
    """Windows of one series, and the same windows of another. Where they overlap, that is found out."""

    def draw(rng: np.random.Generator, seed: int) -> Case:
        x, y = (_series(rng, (count - 1) * stride + steps, width, keeps) for width in (FEATURES, 1))
        cut_x, cut_y = (np.stack([one[n * stride :][:steps] for n in range(count)], axis=1) for one in (x, y))
        told = {} if stride < steps else {"groups": ["one series"] * count}
        return Case(run(_lstm(seed, False), torch.from_numpy(cut_x).float()), list(cut_y[..., 0].T), told)

    return draw


def _series(rng: np.random.Generator, steps: int, width: int, keeps: float) -> np.ndarray:
    """(step, width); a random walk if it keeps all, else as it is after a long time."""
    before = 0 if keeps == 1 else 300
    found = rng.standard_normal((before + steps, width))
    for step in range(1, len(found)):
        found[step] += keeps * found[step - 1]
    return found[before:]


def _lstm(seed: int, drifts: bool) -> nn.LSTM:
    """A random LSTM; one that drifts keeps all that it has, and adds all that comes."""
    lstm = random_lstm(FEATURES, UNITS, seed=seed)
    if drifts:
        weights = dict(lstm.named_parameters())
        with torch.no_grad():
            weights["weight_hh_l0"].zero_()
            weights["weight_ih_l0"][: 2 * UNITS].zero_()
            weights["bias_ih_l0"][: 2 * UNITS].fill_(20)
            weights["weight_ih_l0"][2 * UNITS : 3 * UNITS] *= 0.2
    return lstm


SETTINGS = (
    Setting("12 texts of 30, bracket depth", texts("bracket depth", 30, 30, 12)),
    Setting("12 texts of 30, inside brackets", texts("inside brackets", 30, 30, 12)),
    Setting("12 texts of 15 to 45, bracket depth", texts("bracket depth", 15, 45, 12)),
    Setting("one text of 300, bracket depth", texts("bracket depth", 300, 300, 1)),
    Setting("one text of 300, inside brackets", texts("inside brackets", 300, 300, 1)),
    Setting("one series of 300 that keeps 0.9", series(300, 0.9)),
    Setting("40 windows of 60, a step apart", windows(40, 60, 1, 0.7)),
    Setting("40 windows of 60, side by side, groups=", windows(40, 60, 60, 0.7)),
    Setting("units drift: one series that keeps 0.9", series(300, 0.9, drifts=True)),
    Setting("units drift: one random walk of 300", series(300, 1.0, drifts=True)),
    *(
        Setting(f"units drift: {name}, {property}", texts(property, *sizes, drifts=True))
        for property in ("count of a", "has seen (")
        for name, sizes in {
            "one text of 300": (300, 300, 1),
            "3 texts of 100": (100, 100, 3),
            "12 texts of 30": (30, 30, 12),
            "12 texts of 15 to 45": (15, 45, 12),
        }.items()
    ),
)


class Rates(NamedTuple):
    """Shares of the runs."""

    at_5: float
    """With p ≤ 0.05 and nothing to find."""
    at_1: float
    """With p ≤ 0.01."""
    no_p: float
    """With too little to tell."""
    half: float
    """In which the planted unit of R² 0.5 has p ≤ 0.05."""
    most: float
    """And that of R² 0.9."""


def rates(setting: Setting, runs: int) -> Rates:
    """How often find_units sees something; a planted unit is looked for in a quarter of the runs."""
    p = np.array([smallest_p(setting, seed) for seed in range(runs)])
    planted = []
    for seed in range(max(1, runs // 4)):
        case = setting.draw(np.random.default_rng(seed), seed)
        planted.append([_p(_searched(plant(case, seed, share), seed))[0] for share in (0.5, 0.9)])
    half, most = (np.array(planted) <= 0.05).mean(0).tolist()
    return Rates(float((p <= 0.05).mean()), float((p <= 0.01).mean()), float(np.isnan(p).mean()), half, most)


def smallest_p(setting: Setting, seed: int) -> float:
    """The p of the surest find in one run where there is nothing to find."""
    return float(_p(_searched(setting.draw(np.random.default_rng(seed), seed), seed)).min())


def plant(case: Case, seed: int, share: float) -> Case:
    """A case in which c of unit 0 is the property plus noise; `share` is the property's share of the variance (R²)."""
    rng, c = np.random.default_rng(seed), case.trace.c.clone()
    spread = np.concatenate(case.values).std() or 1.0
    for sequence, values in enumerate(case.values):
        noise = rng.standard_normal(len(values)) * spread * ((1 - share) / share) ** 0.5
        c[0, 0, : len(values), sequence, 0] = torch.from_numpy(values + noise)
    return case._replace(trace=replace(case.trace, c=c))


def _searched(case: Case, seed: int) -> Found:
    # Its own shuffles must not be those that made the property.
    own = seed + 1_000_000
    return find_units(case.trace, case.values, quantities=["c"], permutations=100, seed=own, **case.told)


def _p(found: Found) -> np.ndarray:
    """The p of each unit, unit 0 first."""
    p: np.ndarray = found.table.sort_values("unit").p.to_numpy()
    return p


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    print(
        f"shares of {options.runs} runs; of what is not there, 0.05 ± {(0.05 * 0.95 / options.runs) ** 0.5:.3f} or less"
    )
    print(f"{'':<50}{'nothing to find':^24}{'planted, p ≤ .05':^18}")
    print(f"{'':<50}{'p ≤ .05':>8}{'p ≤ .01':>8}{'no p':>8}{'R² .5':>9}{'R² .9':>9}")
    for setting in SETTINGS:
        of = rates(setting, options.runs)
        print(
            f"{setting.name:<50}{of.at_5:>8.3f}{of.at_1:>8.3f}{of.no_p:>8.3f}{of.half:>9.3f}{of.most:>9.3f}", flush=True
        )


if __name__ == "__main__":
    main()
