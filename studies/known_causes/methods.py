"""Which cells of x made the answer? What other methods say.

A method takes a model, x (time, feature), what x is where nothing happened (time, feature) and the step of the answer,
and gives a share of the answer to each cell (time, feature); none where both readings are equal. The last three know
no other reading than zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.analysis.ledger import ledger
from lstm_core.recording.record import run
from studies.known_causes.learn import Learner

SLICES, ORDERS = 20, 10


def erasing(model: Learner, x: Tensor, nothing: Tensor, time: int) -> Tensor:
    """The answer less what it is without the cell."""
    cells = x[: time + 1].numel()
    without = x.expand(cells, *x.shape).clone()
    at = torch.arange(cells) // x.shape[1], torch.arange(cells) % x.shape[1]
    without[torch.arange(cells), *at] = nothing[at]
    said = _answers(model, without, time)
    return _whole(x, (_answers(model, x[None], time) - said).view(-1, x.shape[1]))


def gradient_times_input(model: Learner, x: Tensor, nothing: Tensor, time: int) -> Tensor:
    return _gradients(model, x[None], time)[0] * (x - nothing)


def integrated_gradients(model: Learner, x: Tensor, nothing: Tensor, time: int, slices: int = SLICES) -> Tensor:
    """The mean gradient on the way from nothing to x, times their difference (Sundararajan et al. 2017)."""
    way = ((torch.arange(slices, dtype=x.dtype) + 0.5) / slices)[:, None, None]
    return _gradients(model, nothing + way * (x - nothing), time).mean(0) * (x - nothing)


def shapley_sampling(model: Learner, x: Tensor, nothing: Tensor, time: int) -> Tensor:
    """What a cell adds to those before it in a random order, mean over orders (Castro et al. 2009)."""
    generator, cells = torch.Generator().manual_seed(0), x[: time + 1].numel()
    found = x.new_zeros(cells)
    for _ in range(ORDERS):
        order = torch.randperm(cells, generator=generator)
        place = torch.empty_like(order).scatter_(0, order, torch.arange(cells))
        present = place < torch.arange(cells + 1)[:, None]
        grown = torch.where(present, x[: time + 1].flatten(), nothing[: time + 1].flatten())
        grown = grown.view(cells + 1, -1, x.shape[1])
        found[order] += _answers(model, grown, time).diff() / ORDERS
    return _whole(x, found.view(-1, x.shape[1]))


def plain_ledger(model: Learner, x: Tensor, nothing: Tensor, time: int) -> Tensor:
    """The shares of what each step wrote in c, carried to the answer; a step's share goes to its features by the sizes
    of what they add to the candidate."""
    trace = run(model.lstm, x[: time + 1, None])
    by_step = ledger(trace, time=time).hidden[1:] * model.linear.weight[0]
    added = (_Weights.of(model).x_to_g * x[: time + 1, None]).abs()
    shares = _whole(x, (by_step[..., None] * added / added.sum(-1, keepdim=True).clamp(min=1e-300)).sum(1))
    return shares * (x != nothing)


def relevance_propagation(model: Learner, x: Tensor, nothing: Tensor, time: int) -> Tensor:
    """LRP: relevance goes back through sums in proportion, through products to the signal alone (Arras et al. 2017)."""
    weights = _Weights.of(model)
    trace = run(model.lstm, x[: time + 1, None])
    i, f, g, c, h = (getattr(trace, quantity)[0, 0, :, 0] for quantity in "ifgch")
    shares = torch.zeros_like(x)
    to_h, to_c = model.linear.weight[0] * h[time], torch.zeros_like(c[0])
    for step in range(time, -1, -1):
        before_c, before_h = (c[step - 1], h[step - 1]) if step else (torch.zeros_like(c[0]), torch.zeros_like(h[0]))
        to_c = to_c + to_h
        to_sum = to_c / _away_from_zero(c[step])
        to_g = to_sum * i[step] * g[step] / _away_from_zero(weights.candidate(x[step], before_h))
        shares[step] = x[step] * (to_g @ weights.x_to_g)
        to_h, to_c = before_h * (to_g @ weights.h_to_g), to_sum * f[step] * before_c
    return shares * (x != nothing)


def contextual_decomposition(model: Learner, x: Tensor, nothing: Tensor, time: int) -> Tensor:
    """The part of the answer that goes through this cell alone; a cell is a phrase (Murdoch et al. 2018)."""
    cells, features = x[: time + 1].numel(), x.shape[1]
    [[weight_ih, weight_hh, bias_ih, bias_hh]] = model.lstm.all_weights
    biases = (bias_ih + bias_hh).chunk(4)
    own_h = rest_h = own_c = rest_c = x.new_zeros(cells, model.lstm.hidden_size)
    for step in range(time + 1):
        inside = torch.zeros(cells, features, dtype=torch.bool)
        inside[torch.arange(features) + step * features, torch.arange(features)] = True
        own_x, rest_x = torch.where(inside, x[step], 0.0), torch.where(inside, 0.0, x[step])
        own = (own_x @ weight_ih.T + own_h @ weight_hh.T).chunk(4, -1)
        rest = (rest_x @ weight_ih.T + rest_h @ weight_hh.T).chunk(4, -1)
        i, f, g = (
            _of_three(act, *parts)
            for act, *parts in zip(
                (torch.sigmoid, torch.sigmoid, torch.tanh), own[:3], rest[:3], biases[:3], strict=True
            )
        )
        o = torch.sigmoid(own[3] + rest[3] + biases[3])
        # What the biases write of themselves belongs to no cell.
        from_own = i.own * (g.own + g.bias) + i.bias * g.own
        written = (i.own + i.rest + i.bias) * (g.own + g.rest + g.bias)
        kept, kept_own = f.own + f.rest + f.bias, (f.own + f.bias) * own_c
        rest_c = kept * (own_c + rest_c) - kept_own + written - from_own
        own_c = kept_own + from_own
        own_h = o * (own_c.tanh() + (own_c + rest_c).tanh() - rest_c.tanh()) / 2
        rest_h = o * (own_c + rest_c).tanh() - own_h
    return _whole(x, (own_h @ model.linear.weight[0]).view(-1, features)) * (x != nothing)


METHODS = {
    "erasing a cell": erasing,
    f"integrated gradients, {SLICES} slices": integrated_gradients,
    "gradient × input": gradient_times_input,
    f"Shapley sampling, {ORDERS} orders": shapley_sampling,
    "LRP, signal takes all": relevance_propagation,
    "contextual decomposition": contextual_decomposition,
    "plain ledger": plain_ledger,
}


class _Three(NamedTuple):
    own: Tensor
    rest: Tensor
    bias: Tensor


def _of_three(act: Callable[[Tensor], Tensor], own: Tensor, rest: Tensor, bias: Tensor) -> _Three:
    """act(own + rest + bias) in three parts: the bias comes first, the others' parts are the mean of both orders."""
    whole, first = act(own + rest + bias), act(bias)
    of_own = (act(own + bias) - first + whole - act(rest + bias)) / 2
    return _Three(of_own, whole - of_own - first, first)


class _Weights(NamedTuple):
    """What leads to the candidate."""

    x_to_g: Tensor
    h_to_g: Tensor
    bias: Tensor

    @classmethod
    def of(cls, model: Learner) -> _Weights:
        [[weight_ih, weight_hh, bias_ih, bias_hh]] = model.lstm.all_weights
        return cls(*(each.chunk(4)[2] for each in (weight_ih, weight_hh, bias_ih + bias_hh)))

    def candidate(self, x: Tensor, h: Tensor) -> Tensor:
        """The candidate before its tanh."""
        return self.x_to_g @ x + self.h_to_g @ h + self.bias


def _answers(model: Learner, batch: Tensor, time: int) -> Tensor:
    """The answer after a step, (batch,), of x (batch, time, feature)."""
    said: Tensor = model(batch.transpose(0, 1)[: time + 1])[time]
    return said


@torch.enable_grad()
def _gradients(model: Learner, batch: Tensor, time: int) -> Tensor:
    given = batch.clone().requires_grad_(True)
    [found] = torch.autograd.grad(_answers(model, given, time).sum(), given)
    return found


def _whole(x: Tensor, shares: Tensor) -> Tensor:
    """Shares of the steps up to the answer, with 0 for those after it."""
    return torch.cat([shares, x.new_zeros(len(x) - len(shares), x.shape[1])])


def _away_from_zero(values: Tensor) -> Tensor:
    return values + 1e-3 * torch.where(values < 0, -1.0, 1.0)
