"""What does each step do for an answer? The sequence again, without the step; beside it what is written in c.

The ledger's shares of a score take all gates as they were, and do not say what a step does. A sequence without the
step shows all that the step does (erasure: Li, Monroe & Jurafsky 2016, "Understanding neural networks through
representation erasure").
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.analysis.ledger import ledger
from lstm_core.errors import LstmCoreError
from lstm_core.traces.trace import CellTrace, Trace


class AllShares(NamedTuple):
    """The scores of a Linear at one step, term by term, in all directions; with its bias they sum to what it gives."""

    shares: Tensor
    """(source, class): source 0 is the start state, source s + 1 is step s."""
    bias: Tensor
    """(class,): the Linear's own bias."""


def score_shares(trace: Trace | CellTrace, lstm: nn.Module, linear: nn.Linear, time: int) -> AllShares:
    """What each source's writing, as it stands in c of the last layer, adds to each score at step `time`.

    The Linear reads h of the last layer, of both directions if there are two. `lstm`: what was recorded, an LSTM or a
    cell of your own whose h is o ⊙ tanh c. Raises LstmCoreError as `ledger` does.
    """
    layer, directions = trace.c.shape[0] - 1, trace.c.shape[1]
    projections = [f"weight_hr_l{layer}{'_reverse' * direction}" for direction in range(directions)]
    parts = [
        ledger(trace, time, layer, direction).scores(linear, getattr(lstm, projection, None))
        for direction, projection in enumerate(projections)
    ]
    return AllShares(torch.stack([part.shares for part in parts]).sum(0), parts[0].bias)


@torch.no_grad()
def scores_without_each(
    lstm: nn.LSTM, linear: nn.Linear, x: Tensor, time: int, steps: Sequence[int] | None = None
) -> Tensor:
    """(step, class): the scores of a Linear at step `time` of x (time, 1, feature), without each of `steps` in turn.

    A step that is left out is not there: the sequence is one step shorter. NaN without `time` itself, because there is
    no answer at a step that is not read. `steps=None` takes all. Raises LstmCoreError if x has no such step.

    >>> import torch
    >>> lstm, linear = torch.nn.LSTM(2, 3), torch.nn.Linear(3, 4)
    >>> scores_without_each(lstm, linear, torch.randn(5, 1, 2), time=2).isnan().all(1)
    tensor([False, False,  True, False, False])
    """
    length = len(x)
    asked = range(length) if steps is None else steps
    for step in (time, *asked):
        if not 0 <= step < length:
            raise LstmCoreError(f"Expected a step from 0 to {length - 1}, got {step}. x has {length} steps.")
    # An LSTM that reads from the left knows nothing of later steps.
    end = length if lstm.bidirectional else time + 1
    output, _ = lstm(x[:end])
    found: Tensor = linear(output[time]).expand(len(asked), -1).clone()
    others = [(row, step) for row, step in enumerate(asked) if step < end and step != time]
    if others:
        left = torch.tensor([[at for at in range(end) if at != step] for _, step in others]).T
        output, _ = lstm(x[left, 0])
        now = torch.tensor([time - (step < time) for _, step in others])
        found[torch.tensor([row for row, _ in others])] = linear(output[now, torch.arange(len(others))])
    found[[row for row, step in enumerate(asked) if step == time]] = torch.nan
    return found
