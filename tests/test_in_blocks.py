"""A long sequence that is read in blocks, so that its progress can be watched, is one run."""

import pytest
import torch
from runs import MODULES
from torch import nn

import lstm_core
from lstm_core.recording.record import STEPS_AT_ONCE, run_in_blocks


@pytest.mark.parametrize("kind", [*MODULES, "projected"])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("steps", [1, STEPS_AT_ONCE, STEPS_AT_ONCE + 1])
def test_blocks_are_one_run(kind, both, steps):
    options = {"bidirectional": both, "dtype": torch.float64} | ({"proj_size": 2} if kind == "projected" else {})
    module, shares = MODULES.get(kind, nn.LSTM)(3, 4, 2, **options), []
    x = torch.randn(steps, 1, 3, dtype=torch.float64) / 4
    before = {name: weight.clone() for name, weight in module.state_dict().items()}
    in_blocks = run_in_blocks(module, x, ["word"] * steps, shares.append)
    at_once = lstm_core.run(module, x, tokens=[["word"] * steps])
    assert in_blocks.tensors().keys() == at_once.tensors().keys()
    for name, values in at_once.tensors().items():
        torch.testing.assert_close(in_blocks.tensors()[name], values, rtol=0, atol=1e-12, msg=name)
    assert (in_blocks.tokens, in_blocks.resets, in_blocks.numbers) == (at_once.tokens, (), {})
    assert in_blocks.config == at_once.config
    assert 0 <= in_blocks.proof.relative <= in_blocks.max_error < 1e-12
    assert shares == pytest.approx([1.0] if both or steps <= STEPS_AT_ONCE else [STEPS_AT_ONCE / steps, 1.0])
    assert all(weight.equal(before[name]) for name, weight in module.state_dict().items())
