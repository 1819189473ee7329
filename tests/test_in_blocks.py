"""A long sequence read in blocks is the sequence read at once, and says truly how far it is."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import lstm_core
from lstm_core.recording.in_blocks import BLOCK, run_in_blocks


def both(lstm, steps):
    x = torch.randn(steps, 1, lstm.input_size, dtype=next(lstm.parameters()).dtype)
    shares = []
    tokens = [str(step) for step in range(steps)]
    return lstm_core.run(lstm, x, tokens=tokens), run_in_blocks(lstm, x, tokens, shares.append), shares


@settings(max_examples=12)
@given(
    layers=st.integers(1, 3),
    bidirectional=st.booleans(),
    bias=st.booleans(),
    projected=st.booleans(),
    steps=st.sampled_from([1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7]),
    seed=st.integers(0, 99),
)
def test_blocks_are_one_run(layers, bidirectional, bias, projected, steps, seed):
    torch.manual_seed(seed)
    lstm = nn.LSTM(
        3, 4, layers, bias=bias, bidirectional=bidirectional, proj_size=2 if projected else 0, dtype=torch.float64
    )
    at_once, in_blocks, shares = both(lstm, steps)
    assert in_blocks.tensors().keys() == at_once.tensors().keys()
    for name, values in at_once.tensors().items():
        torch.testing.assert_close(in_blocks.tensors()[name], values, rtol=0, atol=1e-12, msg=name)
    assert (in_blocks.tokens, in_blocks.resets) == (at_once.tokens, ())
    assert in_blocks.config == at_once.config
    assert 0 <= in_blocks.max_error < 1e-12
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_share_is_that_of_the_steps_read_in_all_layers_and_directions():
    lstm = nn.LSTM(3, 4, 2, bidirectional=True)
    _, _, shares = both(lstm, 3 * BLOCK)
    assert shares == pytest.approx([n / 12 for n in range(1, 13)])


def test_the_weights_are_the_modules_own_and_stay():
    lstm = nn.LSTM(3, 4, 2, bidirectional=True)
    before = {name: weight.clone() for name, weight in lstm.state_dict().items()}
    _, trace, _ = both(lstm, 2 * BLOCK)
    assert all(weight.equal(before[name]) for name, weight in lstm.state_dict().items())
    assert not trace.c.requires_grad
    assert not lstm._forward_hooks
