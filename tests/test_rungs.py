"""c = f c_before + i g stands in the code in several forms: each rung is held to the reference, `lstm_step`."""

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from lstm_core.recording.call import weights_of
from lstm_core.recording.equations import accumulate_, lstm_step
from lstm_core.traces.trace import QUANTITIES


@pytest.fixture
def lstm():
    return nn.LSTM(4, 3, bidirectional=True, dtype=torch.float64)


X = torch.randn(60, 2, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def by_the_reference(lstm, x=X):
    """i f g o c h (direction, time, batch, unit) by the paper's step, one after the other."""
    directions = []
    for direction, w in enumerate(weights_of(lstm)[0]):
        states = {"h": x.new_zeros(x.shape[1], 3), "c": x.new_zeros(x.shape[1], 3)}
        steps = {}
        for step in range(len(x)) if direction == 0 else reversed(range(len(x))):
            from_x, from_h = x[step] @ w.ih.T + w.bias_ih, states["h"] @ w.hh.T + w.bias_hh
            states = steps[step] = lstm_step(from_x, from_h, states, lambda _, value: value)
        directions.append({q: torch.stack([steps[step][q] for step in range(len(x))]) for q in QUANTITIES})
    return {q: torch.stack([one[q] for one in directions]).detach() for q in QUANTITIES}


def test_the_reference_is_the_papers_formula():
    pre = torch.tensor([[0.3, -0.2, 0.7, 1.1]], dtype=torch.float64)
    before = {"h": torch.zeros(1, 1), "c": torch.tensor([[0.5]], dtype=torch.float64)}
    found = lstm_step(pre, torch.full_like(pre, 0.25), before, lambda _, value: value)
    i, f, o = (1 / (1 + np.exp(-p)) for p in (0.55, 0.05, 1.35))
    c = f * 0.5 + i * np.tanh(0.95)
    wanted = {"i": i, "f": f, "g": np.tanh(0.95), "o": o, "c": c, "h": o * np.tanh(c)}
    assert {letter: value.item() for letter, value in found.items()} == pytest.approx(wanted, abs=1e-15)


@pytest.mark.parametrize("time", [3, 60], ids=["step by step", "in blocks"])
def test_a_run_in_place_gives_the_reference(lstm, time):
    x = X[:time]
    for direction in range(2):
        i, f, g, _, c, _ = (values[direction] for values in by_the_reference(lstm, x).values())
        torch.testing.assert_close(accumulate_(i * g, f, torch.zeros_like(c[0]), direction), c)


@pytest.mark.parametrize("detach", [True, False], ids=["replay", "unroll"])
def test_what_is_recorded_gives_the_reference(lstm, detach):
    with lstm_core.record(lstm, detach=detach) as recording:
        lstm(X)
    for quantity, values in by_the_reference(lstm).items():
        torch.testing.assert_close(getattr(recording.only, quantity)[0].detach(), values)


def test_a_memory_held_at_what_it_would_have_been_gives_the_reference(lstm):
    reference = by_the_reference(lstm)
    value = reference["c"][0, 7, :, :1]
    with (
        lstm_core.record(lstm) as recording,
        lstm_core.intervene(lstm, "", units=[0], gate="c", value=value, steps=[7]),
    ):
        lstm(X)
    for quantity, values in reference.items():
        torch.testing.assert_close(getattr(recording.only, quantity)[0], values)


def test_the_kernel_gives_the_reference(lstm):
    trace = lstm_core.run(lstm.float(), X.float(), exact=False)
    assert trace.config["path"] == "kernel"
    for quantity, values in by_the_reference(lstm.double()).items():
        torch.testing.assert_close(getattr(trace, quantity)[0].double(), values, atol=1e-5, rtol=1e-5)


def test_the_anatomy_of_a_cell_gives_the_reference(lstm):
    trace, reference = lstm_core.run(lstm, X), by_the_reference(lstm)
    for direction, step, unit in [(0, 0, 0), (0, 59, 2), (1, 59, 1), (1, 7, 2)]:
        cell = lstm_core.anatomy(lstm, trace, unit=unit, time=step, direction=direction, batch=1)
        found = {letter: getattr(cell, letter).value for letter in "ifgo"} | {"c": cell.c, "h": cell.h}
        wanted = {letter: values[direction, step, 1, unit].item() for letter, values in reference.items()}
        assert found == pytest.approx(wanted, abs=1e-12)
