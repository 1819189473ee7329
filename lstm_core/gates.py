"""The LSTM's equations, as on PyTorch's `nn.LSTM` page.

    i = σ(W_ii x + b_ii + W_hi h + b_hi)        input gate: let the new in?
    f = σ(W_if x + b_if + W_hf h + b_hf)        forget gate: keep what was there?
    g = tanh(W_ig x + b_ig + W_hg h + b_hg)     candidate: what would be written
    o = σ(W_io x + b_io + W_ho h + b_ho)        output gate: show it?
    c = f ⊙ c_before + i ⊙ g                    cell state: the memory
    h = W_hr (o ⊙ tanh c)                       hidden state: what goes on (W_hr only with proj_size)

Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000; projection: Sak, Senior &
Beaufays 2014.
"""

import torch
from torch import Tensor


def preactivations(x: Tensor, h_before: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor | None) -> Tensor:
    """`W x + U h + b` for the four gates, (..., 4 * unit), in PyTorch's order i f g o."""
    pre = x @ weight_ih.T
    pre += h_before @ weight_hh.T
    return pre if bias is None else pre.add_(bias)


def activate(pre: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gates i, f, g, o from pre-activations (..., 4 * unit)."""
    i, f, g, o = pre.chunk(4, dim=-1)
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()


def remember(i: Tensor, f: Tensor, g: Tensor, c0: Tensor) -> Tensor:
    """Cell states c (time, batch, unit) of a whole run: c[t] = f[t] ⊙ c[t-1] + i[t] ⊙ g[t]."""
    c = i * g
    before = c0
    for kept, now in zip(f, c, strict=True):
        before = now.addcmul_(kept, before)
    return c


def show(o: Tensor, c: Tensor, weight_hr: Tensor | None = None) -> Tensor:
    """Hidden state h = o ⊙ tanh c, through the projection W_hr where there is one."""
    h = o * c.tanh()
    return h if weight_hr is None else h @ weight_hr.T


def shift(states: Tensor, start: Tensor) -> Tensor:
    """The state before each step: (time, ...) states moved one step later, `start` first."""
    return torch.cat([start.unsqueeze(0), states[:-1]])


def rebuild(i: Tensor, f: Tensor, g: Tensor, o: Tensor, c_before: Tensor, weight_hr: Tensor | None = None) -> Tensor:
    """The hidden state put together again from recorded gates: o ⊙ tanh(f ⊙ c_before + i ⊙ g)."""
    return show(o, torch.addcmul(f * c_before, i, g), weight_hr)
