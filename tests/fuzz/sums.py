"""Which models, readings and events is `explain` asked about, and how far are its sums from the effect?

Draws models (kind, layers, directions, projection, biases, batch_first), a reading, an event, a baseline and a step.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from lstm_core import LstmCoreError, explain
from lstm_core.explaining import Explained
from lstm_core.explaining.question import Question

KINDS = ("LSTM", "projected LSTM", "GRU", "tanh RNN", "relu RNN")
MOST = {torch.float64: 1e-12, torch.float32: 1e-5}


def drawn(kind, generator, layers=1, both=False, bias=True, batch_first=False):
    """A module of 3 features and 4 units, in float64, with weights of a normal distribution."""
    made = {"LSTM": nn.LSTM, "projected LSTM": nn.LSTM, "GRU": nn.GRU}.get(kind, nn.RNN)
    special = {"projected LSTM": {"proj_size": 2}, "relu RNN": {"nonlinearity": "relu"}}.get(kind, {})
    module = made(3, 4, layers, bias=bias, batch_first=batch_first, bidirectional=both, **special).double()
    for weight in module.parameters():
        weight.data = torch.randn(weight.shape, generator=generator, dtype=torch.float64) * 0.7
    return module


def with_readout(module, generator):
    width = (2 if module.bidirectional else 1) * (module.proj_size or module.hidden_size)
    linear = nn.Linear(width, 2).double()
    linear.weight.data = torch.randn(2, width, generator=generator, dtype=torch.float64)
    return module, linear


def numbers(steps, generator):
    return torch.randn(steps, 3, generator=generator, dtype=torch.float64)


def draw(seed: int) -> tuple[Any, Any, dict[str, Any]]:
    """A model of any kind, a reading, and what is asked of it."""
    generator = torch.Generator().manual_seed(seed)

    def below(most: int) -> int:
        return int(torch.randint(most, (), generator=generator))

    module = drawn(KINDS[below(5)], generator, 1 + below(3), below(3) == 0, below(4) > 0, below(2) == 0)
    model, steps = with_readout(module, generator), 1 + below(12)
    event = [None, below(steps), slice(below(steps), None), (below(steps), below(3)), [0, steps - 1]][below(5)]
    baselines = [0, "median", "mean", [0.5, -1.0, 2.0], numbers(steps, generator)]
    asked = {
        "without": event,
        "baseline": baselines[below(len(baselines))],
        "time": below(2 * steps) - steps,
        "target": below(2),
    }
    return model, numbers(steps, generator), asked


def found_in(seed: int, dtype: torch.dtype) -> Explained | None:
    """The draw explained; None where two readings happen to be equal."""
    (module, linear), x, asked = draw(seed)
    try:
        return explain((module.to(dtype), linear.to(dtype)), x.to(dtype), **asked)
    except LstmCoreError as error:
        if "two equal ones" not in str(error):
            raise
        return None


def distance(found: Explained) -> float:
    """How far the parts, and the carriers of any step, are from the effect, by the sizes of what is summed."""
    size = max(1.0, np.abs(found.inputs).sum(), _summed(found.question))
    off = [found.error, abs(found.inputs.sum() - found.effect)]
    if found.kept.shape[1] == 1:
        carriers = found.carriers
        at_the_answer = carriers.kept[:, :, found.time].sum() + carriers.reread[:, :, found.time].sum()
        off.append(abs(at_the_answer - found.effect))
    return max(off) / size


@torch.no_grad()
def _summed(question: Question) -> float:
    """The sizes of the terms whose sum an answer is: h of a relu RNN may be in the hundreds where its answer is 1."""
    x = torch.stack([question.a, question.b], 0 if question.module.batch_first else 1)
    h, _ = question.module(x)
    terms = (h[:, question.time] if question.module.batch_first else h[question.time]).double() * question.readout
    return terms.abs().sum(1).max().item()
