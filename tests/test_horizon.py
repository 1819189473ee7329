"""`horizon`: what is cut changes the answers by as much as runs by hand say, and known memories reach as far back."""

import re

import numpy as np
import pytest
import torch
from hypothesis import example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from torch import nn

import lstm_core
from lstm_core import LstmCoreError, horizon
from lstm_core.explaining.horizon import Horizon


def set_to(module, **values):
    for name, weight in module.named_parameters():
        weight.data.zero_()
        if name in values:
            weight.data += torch.tensor(values[name], dtype=weight.dtype)
    return module.double()


def leaky(keep):
    """An RNN whose h keeps a share of h before. Its inputs are so small that tanh is a straight line."""
    return set_to(nn.RNN(1, 1), weight_ih_l0=[[1e-3]], weight_hh_l0=[[keep]]), set_to(nn.Linear(1, 1), weight=[[1.0]])


def holding(keep):
    """An LSTM whose c keeps a share of c before: only the forget gate remembers."""
    module = set_to(
        nn.LSTM(1, 1),
        weight_ih_l0=[[0.0], [0.0], [1e-3], [0.0]],
        bias_ih_l0=[50.0, float(np.log(keep / (1 - keep))), 0.0, 50.0],
    )
    return module, set_to(nn.Linear(1, 1), weight=[[1.0]])


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(3)


def noise(steps, generator, features=1):
    return torch.randn(steps, features, generator=generator, dtype=torch.float64)


@pytest.mark.slow
@pytest.mark.parametrize("keep", [0.7, 0.9, 0.95])
@pytest.mark.parametrize("made", [leaky, holding])
def test_a_memory_that_fades_reaches_as_far_back_as_its_leak_says(made, keep, generator):
    found = horizon(made(keep), [noise(1000, generator)])
    true = np.log(0.05) / np.log(keep)
    assert found.k95 == pytest.approx(true, rel=0.15)
    np.testing.assert_allclose(found.zero_state[:4], keep ** np.array([1, 2, 4, 8]), rtol=0.1)
    np.testing.assert_allclose(found.gradient[:6], keep ** (found.cuts[:6] - 1.0), rtol=1e-3)
    # The forget gate knows of c alone, and nothing of what h keeps.
    if made is holding:
        np.testing.assert_allclose(found.leak[:6], keep ** found.cuts[:6], rtol=1e-6)
    assert f"{int(np.ceil(found.k95))} steps are enough" in repr(found)


def test_what_the_answer_does_not_read_is_no_horizon_however_long_a_gate_holds_it(generator):
    # Unit 0 keeps 0.99 of its c; unit 1 keeps nothing, and it alone is read.
    wide = set_to(
        nn.LSTM(1, 2),
        weight_ih_l0=[[0.0]] * 4 + [[1e-3], [1e-3], [0.0], [0.0]],
        bias_ih_l0=[50.0, 50.0, float(np.log(99)), -2000.0, 0.0, 0.0, 50.0, 50.0],
    )
    read = nn.Linear(2, 1).double()
    read.weight.data = torch.tensor([[0.0, 1.0]], dtype=torch.float64)
    found = horizon((wide, read), [noise(200, generator)])
    assert (found.answers, found.longest) == (100, 200), "of one text its second half"
    assert found.k95 == 1
    assert not found.zero_state.any()
    assert not found.gradient.any()
    assert found.leak[3] > 0.4
    assert "1 step is enough" in repr(found)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_each_cut_is_a_run_of_the_last_steps_from_zeros_or_from_another_texts_state(kind, generator):
    module, linear = kind(2, 3, num_layers=2).double(), nn.Linear(3, 2).double()
    texts = [noise(steps, generator, 2) for steps in (9, 5, 12)]
    found = horizon((module, linear), texts)
    assert found.cuts.tolist() == [1, 2, 4, 8]
    assert (found.answers, found.longest) == (3, 12)
    with torch.no_grad():
        full = torch.stack([linear(module(x)[0][-1]) for x in texts])
        spread = (full - full.mean(0)).square().mean().sqrt()
        for row, k in enumerate(found.cuts.tolist()):
            zero, other = full.clone(), full.clone()
            for number, x in enumerate(texts):
                if k < len(x):
                    zero[number] = linear(module(x[-k:])[0][-1])
                    strange = texts[(number + 1) % 3]
                    _, state = module(strange[: min(len(x) - k, len(strange))])
                    other[number] = linear(module(x[-k:], state)[0][-1])
            for changed, said in ((zero, found.zero_state), (other, found.other_state)):
                assert said[row] == pytest.approx(((changed - full).square().mean().sqrt() / spread).item())
            gates = [
                getattr(lstm_core.run(module, x[:, None]), {"LSTM": "f", "GRU": "z", "RNN": "h"}[kind.__name__])[
                    :, 0, -k:
                ]
                for x in texts
                if k < len(x)
            ]
            left = np.mean([each.prod(1).mean().item() for each in gates])
            assert kind is nn.RNN or found.leak[row] == pytest.approx(left)
    assert found.to_pandas().columns.tolist() == [
        *("k", "zero_state", "other_state", "gradient"),
        *(() if kind is nn.RNN else ("leak",)),
    ]


def test_an_rnn_has_no_gate_that_keeps_and_so_no_leak(generator):
    found = horizon(leaky(0.5), [noise(40, generator) for _ in range(5)])
    assert found.leak is None
    assert [line.name for line in found.plot().data] == ["cut, from zeros", "cut, from another text", "gradient"]
    assert found.summary().endswith(" steps). By the gradient it would take 6 steps.")


def test_a_line_of_delays_looks_back_as_many_steps_as_it_has_and_no_curve_is_drawn_to_nothing(generator):
    delays = set_to(
        nn.RNN(1, 6, nonlinearity="relu"), weight_ih_l0=[[1.0], *[[0.0]] * 5], weight_hh_l0=np.eye(6, k=-1).tolist()
    )
    found = horizon((delays, set_to(nn.Linear(6, 1), weight=[[0.0] * 5 + [1.0]])), [noise(60, generator)])
    assert found.zero_state[2] > 0.5, "the sixth of the last steps is the answer: four are too few"
    assert found.zero_state[3] == 0
    assert found.k95 == 6
    assert "6 steps are enough" in repr(found)


def strong(kind, seed, steps=40):
    """A module with large weights, a linear layer, and twelve texts (time, text, feature)."""
    torch.manual_seed(seed)
    module, linear = kind(2, 6).double(), nn.Linear(6, 1).double()
    for weight in module.parameters():
        weight.data *= 1 + 1.5 * (seed % 5)
    return module, linear, torch.randn(steps, 12, 2, dtype=torch.float64)


def change_at(module, linear, x, k):
    """The larger change of the answers that reading the last k steps makes, from zeros or the next text's state."""
    with torch.no_grad():
        full = linear(module(x)[0][-1])
        _, state = module(x.roll(-1, 1)[:-k])
        cut = [linear(module(x[-k:], start)[0][-1]) for start in (None, state)]
    return max(float((each - full).square().mean().sqrt()) for each in cut) / float(full.std(correction=0))


# In these a change of 5 % and less rises again: after 23 steps up to 37, after 32 up to 35, after 8 up to 11.
@pytest.mark.slow
@example(nn.LSTM, 97)
@example(nn.LSTM, 14)
@example(nn.LSTM, 93)
@drawn(st.sampled_from([nn.LSTM, nn.GRU, nn.RNN]), st.integers(0, 500))
@settings(max_examples=15, deadline=None)
def test_where_k_steps_are_enough_no_larger_k_changes_the_answers_by_more(kind, seed):
    module, linear, x = strong(kind, seed)
    found = horizon((module, linear), x)
    if np.isinf(found.k95):
        assert change_at(module, linear, x, 32) > 0.05
        return
    assert all(change_at(module, linear, x, k) <= 0.05 + 1e-9 for k in range(int(found.k95), 40))
    assert found.k95 == 1 or change_at(module, linear, x, int(found.k95) - 1) > 0.05
    fewer = "; with one step fewer, by more" if found.k95 > 1 else ""
    assert f" enough: what comes before changes the answers by at most 5% of their spread{fewer} (" in found.summary()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keep", "says"),
    [(0.9, r"\d\d .*; with one step fewer, by more; above \d\d"), (0.95, r"64 .*; with \d\d, by more; above 64")],
)
def test_where_to_try_each_k_is_too_much_work_the_sentence_says_which_were_tried(keep, says, generator):
    # Of so many features one is read.
    module, linear = nn.RNN(5_000, 1), leaky(keep)[1]
    set_to(module, weight_ih_l0=[[1e-3] + [0.0] * 4_999], weight_hh_l0=[[keep]])
    said = horizon((module, linear), [noise(100, generator, 5_000)]).summary()
    assert re.match(says + " steps, only powers of two were tried", said)


@pytest.mark.parametrize(
    ("change", "says"), [(0.78, "by 78% of their spread"), (9.99, "by 999% of"), (237.11, "by 237 times their spread")]
)
def test_a_change_is_a_share_of_the_spread_or_many_times_as_much(change, says):
    one = np.array([change])
    found = Horizon(np.array([4]), one, one, np.ones(1), np.ones(1), 3, 8, np.inf)
    assert f"More than 4 steps are needed: what comes before them changes the answers {says}" in found.summary()
    assert found.summary().endswith("it would take more than 4 steps; by the gradient, more than 4 steps.")


def test_what_all_classes_have_in_common_is_no_change():
    model, texts = lstm_core.load_model("counter"), ["aabb", "aaabb", "aaaabbb"]
    before = horizon(model, texts).to_pandas()
    model.linear.weight.data += 5 * torch.tensor([1.0, -2.0, 3.0, 0.5])
    after = horizon(model, texts).to_pandas()
    np.testing.assert_allclose(after[["zero_state", "other_state"]], before[["zero_state", "other_state"]], rtol=1e-4)


@pytest.mark.filterwarnings("ignore:The run of .* holds NaN")
def test_what_has_no_horizon_is_refused_in_a_sentence(generator):
    with pytest.raises(LstmCoreError, match="one direction, got one that reads in both"):
        horizon((nn.LSTM(1, 2, bidirectional=True), nn.Linear(4, 1)), [noise(9, generator)])
    with pytest.raises(LstmCoreError, match="texts with different answers"):
        horizon(leaky(0.5), [torch.ones(5, 1)] * 3)
    overflows = set_to(nn.RNN(1, 1, nonlinearity="relu"), weight_ih_l0=[[1.0]], weight_hh_l0=[[1e200]])
    with pytest.raises(LstmCoreError, match="equal or NaN"):
        horizon((overflows, nn.Linear(1, 1)), [torch.rand(5, 1) for _ in range(3)])
    with pytest.raises(LstmCoreError, match=r"shape \(time, 1\)"):
        horizon(leaky(0.5), [torch.ones(5, 2)])
    with pytest.raises(LstmCoreError, match="two steps or more"):
        horizon(leaky(0.5), [torch.ones(1, 1), torch.zeros(1, 1)])
    with pytest.raises(LstmCoreError, match="Expected texts, got none"):
        horizon(leaky(0.5), [])
