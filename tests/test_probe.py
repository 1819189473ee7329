"""A property read from many units together: against a plain ridge regression, and where there is nothing to read."""

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from lstm_core import LstmCoreError, find_units
from lstm_core.analysis import probe


def traces(number=8, steps=60, units=12, seed=0):
    torch.manual_seed(seed)
    lstm = nn.LSTM(4, units)
    return lstm, [lstm_core.run(lstm, torch.randn(steps, 1, 4)) for _ in range(number)]


def states(trace):
    return trace.c[0, 0, :, 0].double().numpy()


def test_what_is_spread_over_all_units_is_read_though_no_unit_tracks_it():
    _, several = traces(units=40)
    together = np.concatenate([states(trace) for trace in several])
    scale = together.std(0)
    # A direction along which no single unit goes: neither the main ones of the states, nor the least.
    weights = np.linalg.eigh(np.corrcoef(together.T))[1][:, 10] / scale
    spread = [states(trace) @ weights for trace in several]
    found = probe(several, spread, quantities=["c"])
    assert found.table.score[0] > 0.999
    assert find_units(several, spread, quantities=["c"]).table.score[0] < 0.5
    assert (found.table.units[0], found.table.steps[0]) == (40, 480)
    # The weights are those of standardised units.
    np.testing.assert_allclose(found.weights["given values"], weights * scale, rtol=0.05, atol=0.05)


def test_the_map_is_the_ridge_regression_of_a_textbook():
    _, several = traces()
    noisy = [states(trace)[:, :3].sum(1) + np.random.default_rng(n).normal(size=60) for n, trace in enumerate(several)]
    found = probe(several, {"noisy": noisy}, quantities=["c"])
    x, y = np.concatenate([states(trace) for trace in several]), np.concatenate(noisy)
    scaled, moved = (x - x.mean(0)) / x.std(0), y - y.mean()
    penalty = found.table.ridge[0] * len(x) * np.eye(12)
    np.testing.assert_allclose(found.weights["noisy"], np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ moved))
    told = np.empty(len(x))
    for part in range(5):
        out = np.repeat([n % 5 == part for n in range(8)], 60)
        there = (x[~out] - x[~out].mean(0)) / x[~out].std(0)
        penalty = found.table.ridge[0] * len(there) * np.eye(12)
        weights = np.linalg.solve(there.T @ there + penalty, there.T @ (y[~out] - y[~out].mean()))
        told[out] = (x[out] - x[~out].mean(0)) / x[~out].std(0) @ weights + y[~out].mean()
    assert found.table.score[0] == pytest.approx(1 - ((told - y) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def test_an_auc_of_noise_is_about_one_half_though_texts_differ_in_how_many_ones_they_have():
    """Foretold from texts with more ones, a text with few has larger numbers: those must not turn the ranks round."""
    rng, found = np.random.default_rng(0), []
    for seed in range(25):
        _, several = traces(number=10, steps=12, units=8, seed=seed)
        noise = [(rng.random(12) < rng.random()).astype(float) for _ in several]
        found.append(probe(several, noise, quantities=["c"], permutations=20).table.iloc[0])
    assert np.mean([row.score for row in found]) == pytest.approx(0.5, abs=0.06)
    assert np.mean([row.p <= 0.05 for row in found]) < 0.2


def test_what_is_there_has_a_small_p_and_noise_has_none():
    _, several = traces(number=12, units=20)
    rng = np.random.default_rng(0)
    there = [states(trace).sum(1) + 0.2 * rng.standard_normal(60) for trace in several]
    found = probe(several, there, quantities=["c"])
    row = found.table.iloc[0]
    assert row.p == 1 / 201
    assert 0.3 < row.score < 1
    assert (found.groups, found.shuffled, found.permutations, found.no_p) == (12, "whole sequences", 200, {})
    noise = [probe(several, list(rng.normal(size=(12, 60)).cumsum(1)), permutations=40).table.p[0] for _ in range(10)]
    assert min(noise) > 0.02
    assert np.mean(noise) > 0.3


def test_a_drift_is_not_interpolated_and_has_no_p():
    """Two counts in one text that have nothing to do with each other: both rise."""
    rng = np.random.default_rng(0)
    rises = torch.tensor(rng.random((600, 20)) < 0.1).double().cumsum(0) / 30
    trace = lstm_core.run(nn.LSTM(20, 6).double(), rises[:, None])
    found = probe(trace, (rng.random(600) < 0.1).cumsum().astype(float))
    assert np.isnan(found.table.p[0])
    assert "whatever drifts goes with it" in repr(found)
    walks = []
    for _ in range(8):
        x, y = rng.standard_normal((400, 9)).cumsum(0), rng.standard_normal(400).cumsum()
        walked = lstm_core.run(nn.LSTM(9, 6).double(), torch.tensor(x[:, None]) / 10)
        walks.append(probe(walked, y, permutations=1).table.score[0])
    assert np.median(walks) < 0


WORDS = [f"word {number}" for number in range(80)]


def readings(texts=30, steps=15):
    torch.manual_seed(0)
    lstm, rng = nn.LSTM(16, 24), np.random.default_rng(0)
    read = [rng.choice(WORDS, steps).tolist() for _ in range(texts)]
    vectors = dict(zip(WORDS, torch.randn(80, 16), strict=True))
    return [lstm_core.run(lstm, torch.stack([vectors[word] for word in one])[:, None], tokens=one) for one in read]


def test_what_is_only_a_name_for_each_token_is_not_selective_and_what_units_work_out_is():
    several, rng = readings(), np.random.default_rng(1)
    numbers = dict(zip(WORDS, rng.standard_normal(80), strict=True))
    named = [[numbers[word] for word in trace.tokens[0]] for trace in several]
    bits = [[float(number > 0.5) for number in one] for one in named]
    weights = rng.standard_normal(24)
    worked_out = [states(trace) @ weights + 0.1 * rng.standard_normal(15) for trace in several]
    found = probe(several, {"name": named, "bit": bits, "work": worked_out}, permutations=20).table
    found = found.set_index("property")
    assert abs(found.selectivity["name"]) < 0.15
    assert abs(found.selectivity["bit"]) < 0.15
    assert found.selectivity["work"] > 0.3
    assert (found.p < 0.05).all(), "p alone does not tell them apart"
    np.testing.assert_allclose(found.score - found.control, found.selectivity)


def test_held_out_traces_are_read_by_the_map_of_the_first():
    lstm, several = traces()
    others = [lstm_core.run(lstm, torch.randn(30, 1, 4)) for _ in range(3)]
    shown = [(states(trace)[:, 0] > 0).astype(float) for trace in several]
    there = [(states(trace)[:, 0] > 0).astype(float) for trace in others]
    found = probe(several, shown, held_out=(others, there), quantities=["c"])
    assert found.table.measure[0] == "AUC"
    assert found.table.score[0] > 0.95
    assert found.table.held_out[0] > 0.95
    turned = probe(several, shown, held_out=(others, [1 - one for one in there]), quantities=["c"])
    assert turned.table.held_out[0] == pytest.approx(1 - found.table.held_out[0])
    never = probe(several, shown, held_out=(others, [0 * one for one in there]))
    assert np.isnan(never.table.held_out[0])


def test_what_belongs_together_never_stands_on_both_sides():
    """A number that says only which series a window is from: within the series it can be read, from others it can't."""
    lstm = nn.LSTM(1, 16)
    level = np.repeat([0.0, 3.0, 1.0, 2.0, 4.0], 4)
    several = [lstm_core.run(lstm, torch.full((30, 1, 1), each) + 0.1 * torch.randn(30, 1, 1)) for each in level]
    secret = dict(zip(range(5), np.random.default_rng(3).normal(size=5), strict=True))
    named = [np.full(30, secret[n // 4]) for n in range(20)]
    assert probe(several, named).table.score[0] > 0.8
    assert probe(several, named, groups=[n // 4 for n in range(20)]).table.score[0] < 0.3


def test_one_sequence_is_cut_in_time_and_steps_and_gaps_are_left_out():
    lstm, [trace] = traces(number=1, steps=200)
    values = states(trace)[:, 3].copy()
    values[:50] = 1000.0
    values[70:80] = np.nan
    found = probe(trace, values, quantities=["c"], steps=slice(50, None))
    assert found.table.steps[0] == 140
    assert found.table.score[0] > 0.999
    later = probe(trace, np.roll(states(trace)[:, 3], -1), quantities=["c"], lag=1, steps=slice(1, None))
    assert later.table.score[0] > 0.999
    assert lstm is not None


@pytest.mark.parametrize(
    ("property", "message"),
    [([1.0] * 60, "a property that changes"), (list(range(59)), "a number a step"), ("count of a", "with tokens")],
)
def test_what_cannot_be_read_is_refused(property, message):
    _, [trace] = traces(number=1)
    with pytest.raises(LstmCoreError, match=message):
        probe(trace, property)
