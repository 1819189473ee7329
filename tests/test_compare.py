"""Two runs side by side: which step stands for which, and how far apart they are."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import lstm_core
from lstm_core import LstmCoreError, compare
from lstm_core.analysis import align


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("the cat sat", "the cat sat", [(0, 0), (1, 1), (2, 2)]),
        ("the cat sat", "the dog sat", [(0, 0), (1, 1), (2, 2)]),
        ("the cat sat", "the old cat sat", [(0, 0), (None, 1), (1, 2), (2, 3)]),
        ("the old cat sat", "the cat sat", [(0, 0), (1, None), (2, 1), (3, 2)]),
        ("a b c d", "a x y z d", [(0, 0), (1, 1), (2, 2), (None, 3), (3, 4)]),
        ("", "a", [(None, 0)]),
        ("a", "b", [(0, 0)]),
        ("", "", []),
    ],
)
def test_tokens_are_aligned_as_a_reader_would(a, b, expected):
    assert align(a.split(), b.split()) == expected


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_each_step_comes_once_and_in_order(a, b):
    pairs = align(a, b)
    assert [step for step, _ in pairs if step is not None] == list(range(len(a)))
    assert [step for _, step in pairs if step is not None] == list(range(len(b)))
    assert (None, None) not in pairs


def trace(lstm, text):
    tokens = text.split()
    return lstm_core.run(lstm, lstm_core.inputs.token_vectors(tokens, 4, seed=2), tokens=tokens)


def test_up_to_the_word_that_differs_two_sentences_are_the_same():
    lstm = lstm_core.models.random_lstm(4, 3, 2)
    a, b = trace(lstm, "the cat sat down"), trace(lstm, "the cat really sat down")
    found = compare(a, b)
    assert found.tokens == [("the", "the"), ("cat", "cat"), (None, "really"), ("sat", "sat"), ("down", "down")]
    for quantity in lstm_core.traces.QUANTITIES:
        difference = found.differences[quantity]
        assert difference.shape == (2, 1, 5, 3)
        assert (difference[:, :, :2] == 0).all()
        assert np.isnan(difference[:, :, 2]).all()
        expected = getattr(b, quantity)[:, :, 3:, 0].double() - getattr(a, quantity)[:, :, 2:, 0].double()
        np.testing.assert_array_equal(difference[:, :, 3:], expected)


def test_layers_and_directions_are_compared_with_each_other():
    both = lstm_core.run(nn.LSTM(3, 3, 2, bidirectional=True), torch.randn(5, 2, 3))
    found = compare(both.sel(layer=0, direction=0), both.sel(layer=1, direction=1, batch=1))
    assert found.tokens is None
    assert found.pairs == [(step, step) for step in range(5)]
    expected = both.f[1, 1, :, 1].double() - both.f[0, 0, :, 0].double()
    np.testing.assert_array_equal(found.differences["f"][0, 0], expected)


def test_different_sizes_are_refused_with_what_mends_it():
    x = torch.randn(5, 1, 4)
    a, b, deep = (lstm_core.run(lstm, x) for lstm in (nn.LSTM(4, 3), nn.LSTM(4, 5), nn.LSTM(4, 3, num_layers=2)))
    with pytest.raises(LstmCoreError, match=r"\(1, 1, 3\) and \(1, 1, 5\) of c.*Take as many of both"):
        compare(a, b)
    assert compare(a, b.sel(unit=slice(3))).differences["c"].shape == (1, 1, 5, 3)
    with pytest.raises(LstmCoreError, match=r"Take as many of both"):
        compare(a, deep)
    assert compare(a, deep.sel(layer=1)).differences["c"].shape == (1, 1, 5, 3)


def test_sequences_taken_out_of_one_trace_are_compared_with_their_own_tokens():
    whole = lstm_core.run(nn.LSTM(4, 3), torch.randn(2, 3, 4), tokens=[["a", "x"], ["b", "x"], ["c", "x"]])
    found = compare(whole.sel(batch=1), whole.sel(batch=2))
    assert found.tokens == [("b", "c"), ("x", "x")]
    expected = (whole.c[:, :, :, 2].double() - whole.c[:, :, :, 1].double()).numpy()
    np.testing.assert_array_equal(found.differences["c"], expected)


@pytest.mark.parametrize(("make", "quantities"), [(nn.GRU, "rznh"), (nn.RNN, "h")])
def test_two_runs_of_a_gru_or_an_rnn_are_compared_in_their_own_quantities(make, quantities):
    module = make(4, 3, 2, bidirectional=True)
    a, b = (
        lstm_core.run(module, lstm_core.inputs.token_vectors(text.split(), 4, seed=2), tokens=text.split())
        for text in ("the cat sat down", "the dog sat")
    )
    found = compare(*(one.sel(layer=1, direction=0) for one in (a, b)))
    assert found.pairs == [(0, 0), (1, 1), (2, 2), (3, None)]
    assert list(found.differences) == list(quantities)
    for quantity in quantities:
        expected = getattr(b, quantity)[1, 0, :, 0].double() - getattr(a, quantity)[1, 0, :3, 0].double()
        np.testing.assert_array_equal(found.differences[quantity][0, 0, :3], expected)
    most = max(np.abs(found.differences[quantity][0, 0, :3]).max() for quantity in quantities)
    assert abs(found.largest().value) == most


def test_traces_of_two_kinds_or_sizes_are_not_compared():
    lstm, gru = (lstm_core.run(module, torch.randn(5, 1, 4)) for module in (nn.LSTM(4, 3), nn.GRU(4, 3)))
    with pytest.raises(LstmCoreError, match="two traces of one kind, got an LSTM and a GRU"):
        compare(lstm, gru)
    with pytest.raises(LstmCoreError, match=r"got \(1, 1, 3\) and \(1, 1, 5\) of h\. Take"):
        compare(gru, lstm_core.run(nn.GRU(4, 5), torch.randn(5, 1, 4)))


@pytest.mark.parametrize("named", [(True, False), (False, True), (False, False)])
def test_where_one_of_two_has_no_tokens_steps_are_paired_by_their_numbers(named):
    lstm, x = nn.LSTM(2, 3), torch.randn(3, 1, 2)
    runs = [lstm_core.run(lstm, x, tokens=list("aba") if tokens else None) for tokens in named]
    found = lstm_core.compare(*runs)
    assert (found.pairs, found.tokens) == ([(0, 0), (1, 1), (2, 2)], None)


def test_a_step_with_one_nan_is_counted_and_one_without_is_not():
    """A unit of one layer is NaN from its step on, the others are not."""
    lstm = lstm_core.models.random_lstm(4, 3, 2)
    a = trace(lstm, "the cat sat down")
    h = a.h.clone()
    h[1, 0, 2:, 0, 1] = torch.nan
    found = compare(a, a.with_values(h=h))
    assert "2 steps have NaN, which is left out." in found.summary()
    assert "NaN" not in compare(a, a).summary()
    h[1, 0, 3, 0, 1] = 0
    assert "1 step has NaN" in compare(a, a.with_values(h=h)).summary()
