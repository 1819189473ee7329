"""The LSTM's equations, as on PyTorch's `nn.LSTM` page.

    i = σ(W_ii x + b_ii + W_hi h + b_hi)        input gate: let the new in?
    f = σ(W_if x + b_if + W_hf h + b_hf)        forget gate: keep what was there?
    g = tanh(W_ig x + b_ig + W_hg h + b_hg)     candidate: what would be written
    o = σ(W_io x + b_io + W_ho h + b_ho)        output gate: show it?
    c = f ⊙ c_before + i ⊙ g                    cell state: the memory
    h = W_hr (o ⊙ tanh c)                       hidden state: what goes on (W_hr only with proj_size)

Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000; projection: Sak, Senior & Beaufays 2014.
"""

import math

import torch
from torch import Tensor


def preactivations(
    x: Tensor, h_before: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor | None, out: Tensor | None = None
) -> Tensor:
    """`W x + U h + b` for the four gates, (time, batch, 4 * unit), in PyTorch's order i f g o; into `out` if given."""
    pre = torch.matmul(x, weight_ih.T, out=out)
    pre.flatten(0, 1).addmm_(h_before.flatten(0, 1), weight_hh.T)
    return pre if bias is None else pre.add_(bias)


def activate(pre: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gates i, f, g, o from pre-activations (..., 4 * unit)."""
    i, f, g, o = pre.chunk(4, dim=-1)
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()


def activate_(pre: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same in place: the gates are views of what were their pre-activations."""
    i, f, g, o = pre.chunk(4, dim=-1)
    return i.sigmoid_(), f.sigmoid_(), g.tanh_(), o.sigmoid_()


def remember(kept: Tensor, written: Tensor, start: Tensor, direction: int = 0) -> Tensor:
    """Cell states c (time, batch, unit) of a run: c = f ⊙ c_before + i ⊙ g, from f, i ⊙ g and the state before.

    A long run of few numbers a step is scanned in blocks: all blocks at once from zero, then each block gets what
    the one before it handed on, less what it forgot on the way.
    """
    if direction == 1:
        return remember(kept.flip(0), written.flip(0), start).flip(0)
    time = len(kept)
    if time < 32 or kept[0].numel() > 8192:
        return _scan(kept, written, start)
    length = math.isqrt(time)
    blocks = time // length
    whole = blocks * length
    c = written.clone()
    by_block = c[:whole].view(blocks, length, *c.shape[1:])
    survival = kept[:whole].clone().view(blocks, length, *c.shape[1:])
    for step in range(1, length):
        by_block[:, step].addcmul_(survival[:, step], by_block[:, step - 1])
        survival[:, step].mul_(survival[:, step - 1])
    carried = start
    for block in range(blocks):
        by_block[block].addcmul_(survival[block], carried)
        carried = by_block[block, -1]
    c[whole:] = _scan(kept[whole:], written[whole:], carried)
    return c


def _scan(kept: Tensor, written: Tensor, start: Tensor) -> Tensor:
    """The same, one step after the other."""
    c, before = written.clone(), start
    for keep, now in zip(kept.unbind(0), c.unbind(0), strict=True):
        before = now.addcmul_(keep, before)
    return c


def show(o: Tensor, c: Tensor, weight_hr: Tensor | None = None) -> Tensor:
    """Hidden state h = o ⊙ tanh c, through the projection W_hr where there is one."""
    h = o * c.tanh()
    return h if weight_hr is None else h @ weight_hr.T
