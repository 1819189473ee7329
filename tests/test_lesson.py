"""The lesson's printed numbers, and what its loop gets wrong."""

import pytest
import torch
from torch import nn

from lstm_core import LstmCoreError
from lstm_core.models.untrained import lesson, three_ways


def close(tensor, numbers):
    torch.testing.assert_close(tensor, torch.tensor(numbers), rtol=0, atol=5e-5)


def test_the_numbers_are_those_that_the_lesson_prints():
    ways = three_ways(lesson())
    close(ways.reset.h[0, 0, 0, 0], [-0.4372, 0.2583, 0.2947])
    close(ways.reset.c[0, 0, 0, 0], [-0.7344, 0.6209, 0.4191])
    close(ways.at_once.h[0, 0, -1, 0], [-0.2007, -0.1559, 0.2489])
    close(ways.at_once.c[0, 0, -1, 0], [-0.4429, -0.2975, 0.3252])


def test_the_lesson_is_what_its_own_code_computes():
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(2)
        lstm = nn.LSTM(4, 3)
        inputs = [torch.randn(1, 4) for _ in range(5)]
        h0, c0 = torch.randn(1, 1, 3), torch.randn(1, 1, 3)
        loop = [lstm(i.view(1, 1, -1), (h0, c0))[0] for i in inputs]
        h0, c0 = torch.randn(1, 1, 3), torch.randn(1, 1, 3)
        at_once, _ = lstm(torch.cat(inputs).view(5, 1, -1), (h0, c0))
    ways = three_ways(lesson())
    assert torch.equal(torch.cat(loop)[:, 0], ways.reset.h[0, 0, :, 0])
    assert torch.equal(at_once[:, 0], ways.at_once.h[0, 0, :, 0])


@pytest.mark.parametrize("same_start", [False, True])
def test_only_the_lessons_loop_resets_its_memory(same_start):
    ways = three_ways(lesson(), same_start)
    assert ways.reset.resets == (1, 2, 3, 4)
    assert ways.carried.resets == ways.at_once.resets == ()
    assert ways.difference() < 1e-6
    assert (ways.reset.c - ways.at_once.c)[:, :, 1:].abs().min() > 1e-4


def test_from_the_same_start_the_first_step_agrees():
    ways = three_ways(lesson(), same_start=True)
    torch.testing.assert_close(ways.reset.c[:, :, 0], ways.at_once.c[:, :, 0])


def test_one_step_is_enough_and_none_is_refused():
    assert three_ways(lesson(steps=1)).carried.h.shape == (1, 1, 1, 1, 3)
    with pytest.raises(LstmCoreError, match="at least 1 step, got 0"):
        lesson(steps=0)
