"""How does a long sequence run so that the caller can watch its progress?

One layer and direction after the other, and each in blocks of steps; every block starts from the state in which the
last block ended. This is the computation of one call, equal to rounding, and no slower.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.progress import Progress
from lstm_core.recording.allocate import empty
from lstm_core.recording.kinds import AnyTrace, kind_of
from lstm_core.recording.modules import refuse_dropout
from lstm_core.recording.record import run
from lstm_core.traces.summary import worst

# Steps between two calls of `progress`: so few that their gates are still in the cache when they are recorded.
BLOCK = 1024


def run_in_blocks(lstm: nn.RNNBase, x: Tensor, tokens: Sequence[str], progress: Progress) -> AnyTrace:
    """The trace of an LSTM, GRU or RNN that reads x (time, batch, feature) from zero states; `progress` is called with
    the share done.

    Every block's gates are proved against what PyTorch's own module of that layer and direction, with the same weights,
    returned.

    >>> shares = []
    >>> trace = run_in_blocks(nn.LSTM(4, 3, num_layers=2), torch.zeros(1500, 1, 4), ["word"] * 1500, shares.append)
    >>> trace.c.shape, [round(share, 2) for share in shares]
    (torch.Size([2, 1, 1500, 1, 3]), [0.34, 0.5, 0.84, 1.0])
    """
    refuse_dropout("", lstm)
    first = run(lstm, x[:1])
    layers, directions, _, batch, _ = first.h.shape
    time, kind = len(x), kind_of(lstm)
    whole: dict[str, Any] = {
        q: empty((layers, directions, time, batch, values.shape[-1]), values.dtype, values.device)
        for q, values in first.tensors().items()
        if q in first.quantities
    }
    given, errors, proofs, done = x, [], [], 0
    for layer in range(layers):
        for direction in range(directions):
            lane, state = _alone(lstm, layer, direction), None
            for block in _blocks(time, direction):
                read = run(lane, _in_reading_order(given[block], direction), state)
                for q, values in whole.items():
                    values[layer, direction, block] = _in_reading_order(getattr(read, q)[0, 0], direction)
                state = kind.as_given({letter: getattr(read, letter)[0, :, -1] for letter in kind.states})
                errors.append(read.max_error)
                proofs.append(read.proof)
                done += len(read.x)
                progress(done / (time * layers * directions))
        given = torch.cat(whole["h"][layer].unbind(), dim=-1)
    return replace(first, **whole, x=x, tokens=[list(tokens)], max_error=max(errors), proof=worst(proofs))


def _alone(lstm: nn.RNNBase, layer: int, direction: int) -> nn.RNNBase:
    """One layer and direction as a separate module that shares the weights."""
    weights = lstm.all_weights[layer * (2 if lstm.bidirectional else 1) + direction]
    # Only an LSTM may have a projection, and only an RNN another nonlinearity.
    own = {name: given for name in ("proj_size", "nonlinearity") if (given := getattr(lstm, name, None))}
    kind: Callable[..., nn.RNNBase] = type(lstm)
    lane = kind(weights[0].shape[1], lstm.hidden_size, bias=lstm.bias, device="meta", **own)
    names = [name for name, _ in lane.named_parameters()]
    for name, weight in zip(names, weights, strict=True):
        setattr(lane, name, weight)
    return lane


def _blocks(time: int, direction: int) -> list[slice]:
    """The blocks in reading order: from the right in direction 1."""
    blocks = [slice(first, min(first + BLOCK, time)) for first in range(0, time, BLOCK)]
    return blocks[::-1] if direction else blocks


def _in_reading_order(steps: Tensor, direction: int) -> Tensor:
    """Steps turned from sentence order to reading order, or back: both turns are one operation."""
    return steps.flip(0) if direction else steps
