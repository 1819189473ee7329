"""How each unit remembers: numbers worked out by hand, and over traces that end at different steps."""

import math
import re
import weakref

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from runs import runs
from test_ledger import one_unit
from torch import nn

import lstm_core
from lstm_core import LstmCoreError, describe_unit, record, units
from lstm_core.analysis import order_units
from lstm_core.analysis.units import seriate


def test_by_hand():
    trace = one_unit(
        i=[1, 0.05, 0.5, 0.95], f=[0.5, 1, 0.05, 0.95], g=[1, 1, -1, -0.1], o=[0.05, 0.05, 0.5, 0.95], c0=-0.5
    )
    # c: -0.25 + 1 = 0.75 → 0.8 → 0.04 - 0.5 = -0.46 → -0.437 - 0.095 = -0.532
    [row] = units(trace).to_dict("records")
    assert row["i_mean"] == pytest.approx(0.625)
    assert row["i_std"] == pytest.approx(np.std([1, 0.05, 0.5, 0.95]))
    assert (row["i_left"], row["i_right"]) == (0.25, 0.5)
    assert (row["f_left"], row["f_right"]) == (0.25, 0.5)
    assert (row["o_left"], row["o_right"]) == (0.5, 0.25)
    assert "half_life" not in row
    assert row["leak"] == pytest.approx(math.log(0.5) / (math.log(0.5 * 1 * 0.05 * 0.95) / 4))
    assert (row["c_min"], row["c_max"]) == pytest.approx((-0.532, 0.8))
    # From the -0.5 it started from to 0.75, and from 0.8 to -0.46.
    assert row["c_sign_changes"] == 2
    assert row["writes"] == 0.5


@pytest.mark.parametrize(("f", "expected"), [(0.5, 1), (0.25, 0.5), (1, math.inf), (0, 0), (2**-0.01, 100)])
def test_a_leak_is_the_time_to_a_half(f, expected):
    trace = one_unit(i=[1, 1], f=[f, f], g=[1, 1], o=[1, 1])
    assert units(trace).leak[0] == pytest.approx(expected)


@settings(max_examples=40)
@given(runs(dtypes=("float64", "float32")))
def test_it_is_the_same_as_over_the_rows(run):
    trace = lstm_core.run(run.module, run.given, run.state)
    found = units(trace).set_index(["layer", "direction", "unit"]).sort_index()
    grouped = trace.to_pandas().groupby(["layer", "direction", "unit"])
    assert found.index.equals(grouped.size().index)
    for gate in "ifgo":
        np.testing.assert_allclose(found[f"{gate}_mean"], grouped[gate].mean(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found[f"{gate}_std"], grouped[gate].std(ddof=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(found.c_max, grouped.c.max())
    np.testing.assert_allclose(found.f_right, grouped.f.agg(lambda f: (f > 0.9).mean()), rtol=1e-6)


def test_a_state_put_in_is_no_sign_change():
    lstm, x = nn.LSTM(4, 1), torch.zeros(1, 1, 4)
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.zero_()
    with torch.no_grad(), record(lstm) as recording:
        for sign in (1, -1, 1):
            lstm(x, (torch.zeros(1, 1, 1), torch.full((1, 1, 1), sign, dtype=torch.float)))
    assert recording.only.c.flatten().tolist() == [0.5, -0.5, 0.5]
    assert units(recording.only).c_sign_changes.tolist() == [0]


def test_a_unit_is_described_by_its_own_numbers():
    trace = one_unit(i=[1, 0.01, 0.02, 0.3], f=[0.5, 0.99, 0.98, 0.04], g=[0.9, 1, 1, -1], o=[1, 1, 1, 1], c0=0.2)
    # c: 1 → 1 → 1 → 0.04 - 0.3
    assert describe_unit(trace, 0, 0, tokens=["Giraffes", "in", "a", "field"]) == (
        "Unit 0 holds its value (c 1.00 to 1.00) across “in a”, resets at “field” (f = 0.04), "
        "and writes most at “Giraffes” (+0.90 onto 0.20)."
    )
    assert "across “step 1 step 2”" in describe_unit(trace, 0, 0)


def test_a_unit_that_neither_holds_nor_resets_is_said_to_fade():
    trace = one_unit(i=[0.1, 0.1], f=[0.5, 0.5], g=[0.2, -0.3], o=[1, 1], c0=1.0)
    assert describe_unit(trace, 0, 0, tokens=["a", "b"]) == (
        "Unit 0 neither holds nor resets, it keeps 50% a step (half of c leaks in 1.0 steps), "
        "and writes next to nothing (at most 0.03 a step)."
    )


def test_a_unit_that_keeps_everything_and_writes_at_every_step_is_said_to_keep():
    trace = one_unit(i=[1, 1], f=[0.999, 0.998], g=[0.9, -0.5], o=[1, 1], c0=1.0)
    assert describe_unit(trace, 0, 0, tokens=["a", "b"]) == (
        "Unit 0 keeps at least 99% at every step (half of c leaks in 462 steps), "
        "and writes most at “a” (+0.90 onto 1.00)."
    )


def test_a_slow_climb_is_not_called_holding():
    trace = one_unit(i=[0.09] * 30, f=[1] * 30, g=[1] * 30, o=[1] * 30, c0=0.2)
    found = describe_unit(trace, 0, 0, tokens=list("abcdefghij" * 3))
    first, last = map(float, re.search(r"c ([\d.]+) to ([\d.]+)", found).groups())
    assert last - first <= 0.1 * last + 0.01


@pytest.mark.slow
@settings(max_examples=60)
@given(runs(dtypes=("float64",)))
def test_every_unit_can_be_described(run):
    trace = lstm_core.run(run.module, run.given, run.state)
    layers, directions, _, batch, count = trace.c.shape
    for layer, direction, sequence, unit in np.ndindex(layers, directions, batch, count):
        found = describe_unit(trace, layer, unit, direction, batch=sequence)
        assert found.startswith("Reading from the right, unit" if direction else "Unit")
        f = trace.f[layer, direction, :, sequence, unit]
        assert ("resets at" in found) == bool((f < 0.1).any())


def test_characters_close_up_and_long_spans_show_their_ends():
    text = "say no more to it"
    trace = one_unit(i=[1] + [0] * 16, f=[1] * 17, g=[1] * 17, o=[1] * 17)
    assert "across “ay…it” (16 steps)" in describe_unit(trace, 0, 0, tokens=list(text))


def trace_of(c, f=None):
    c = torch.as_tensor(c)[None, None, :, None]
    f = torch.full_like(c, 0.5) if f is None else torch.as_tensor(f).expand_as(c)
    start = torch.zeros_like(c[:, :, 0])
    return lstm_core.Trace(i=f, f=f, g=f, o=f, c=c, h=c, x=torch.zeros(c.shape[2], 1, 1), h0=start, c0=start)


def test_units_are_ordered_by_what_was_asked():
    steps = np.linspace(0, 1, 20)
    trace = trace_of(np.stack([steps, 3 * steps, 0 * steps, 2 * steps], axis=1), f=[0.5, 0.9, 0.2, 0.99])
    assert order_units(trace) == [0, 1, 2, 3]
    assert order_units(trace, by="activity") == [1, 3, 0, 2]
    assert order_units(trace, by="leak") == [3, 1, 0, 2]
    with pytest.raises(LstmCoreError, match="an order of index, leak, similarity, activity, got 'size'"):
        order_units(trace, by="size")


def test_a_line_of_units_comes_back_in_its_order():
    """Each unit is a later copy of the same wave, so the nearest in time are the most alike."""
    rng = np.random.default_rng(0)
    where = rng.permutation(12)
    steps = np.arange(300)[:, None]
    c = np.exp(-(((steps - 20 * where - 40) / 60) ** 2))
    found = where[seriate(c)].tolist()
    assert found in (list(range(12)), list(range(12))[::-1])


@pytest.mark.parametrize("make", [nn.LSTM, nn.GRU, nn.RNN])
def test_traces_that_come_one_by_one_are_not_kept(make):
    """A generator over batches: when the next trace is made, the one before last is gone."""
    module, inputs, made = make(4, 3, 2, bidirectional=True), [torch.randn(6, 2, 4) for _ in range(4)], []

    def batches():
        for x in inputs:
            assert sum(one() is not None for one in made) <= 1
            trace = lstm_core.run(module, x)
            made.append(weakref.ref(trace))
            yield trace

    one_by_one = units(batches())
    together = units(lstm_core.run(module, torch.cat(inputs, dim=1)))
    np.testing.assert_allclose(one_by_one.to_numpy(), together.to_numpy(), rtol=1e-4, atol=1e-6)
    assert list(one_by_one.columns) == list(together.columns)


@pytest.mark.parametrize("kind", [nn.GRU, nn.RNN])
def test_units_of_a_gru_and_an_rnn_are_counted_by_their_own_gates(kind):
    trace = lstm_core.run(kind(3, 4, 2), torch.randn(40, 6, 3))
    table = units(trace)
    np.testing.assert_allclose(table.h_max, trace.h.amax((2, 3)).ravel(), rtol=1e-6)
    if kind is nn.RNN:
        assert "leak" not in table
        return
    half = np.log(2) / -trace.z.double().log().mean((2, 3)).ravel().numpy()
    np.testing.assert_allclose(table.leak, half, rtol=1e-5)
    np.testing.assert_allclose(table.writes, (((1 - trace.z) * trace.n).abs() >= 0.1).double().mean((2, 3)).ravel())


@pytest.mark.filterwarnings("ignore:.*holds NaN")
def test_of_units_that_are_nan_nothing_is_counted_and_the_others_are_as_they_were():
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(9, 2, 4))
    broken = {letter: getattr(trace, letter).clone() for letter in "ifgoch"}
    for values in broken.values():
        values[0, 0, 5:, 1, 1] = torch.nan
    found, own = units(trace.with_values(**broken)), units(trace)
    assert found.iloc[1, 3:].isna().all()
    for row in (0, 2):
        assert found.iloc[row].tolist() == own.iloc[row].tolist()
