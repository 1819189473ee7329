"""The LSTM's equations, as on PyTorch's `nn.LSTM` page.

    i = σ(W_ii x + b_ii + W_hi h + b_hi)        input gate: let the new in?
    f = σ(W_if x + b_if + W_hf h + b_hf)        forget gate: keep what was there?
    g = tanh(W_ig x + b_ig + W_hg h + b_hg)     candidate: what would be written
    o = σ(W_io x + b_io + W_ho h + b_ho)        output gate: show it?
    c = f ⊙ c_before + i ⊙ g                    cell state: the memory
    h = W_hr (o ⊙ tanh c)                       hidden state: what goes on (W_hr only with proj_size)

Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000; projection: Sak, Senior & Beaufays 2014.
"""

import torch
from torch import Tensor


def preactivations(
    x: Tensor, h_before: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias: Tensor | None, out: Tensor | None = None
) -> Tensor:
    """`W x + U h + b` for the four gates, (time, batch, 4 * unit), in PyTorch's order i f g o; into `out` if given."""
    rows, into = x.flatten(0, 1), None if out is None else out.flatten(0, 1)
    pre = torch.mm(rows, weight_ih.T, out=into) if bias is None else torch.addmm(bias, rows, weight_ih.T, out=into)
    return pre.addmm_(h_before.flatten(0, 1), weight_hh.T).view(*x.shape[:2], len(weight_hh))


def activate(pre: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gates i, f, g, o from pre-activations (..., 4 * unit)."""
    i, f, g, o = pre.chunk(4, dim=-1)
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()


def activate_(pre: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same in place: the gates are views of what were their pre-activations."""
    i, f, g, o = pre.chunk(4, dim=-1)
    return i.sigmoid_(), f.sigmoid_(), g.tanh_(), o.sigmoid_()


def remember(i: Tensor, f: Tensor, g: Tensor, start: Tensor, direction: int = 0, out: Tensor | None = None) -> Tensor:
    """Cell states c (time, batch, unit) of a run: c = f ⊙ c_before + i ⊙ g, from `start`; into `out` if given."""
    return accumulate_(torch.mul(i, g, out=out), f, start, direction)


def accumulate_(c: Tensor, f: Tensor, start: Tensor, direction: int = 0) -> Tensor:
    """The same, in place of what each step writes."""
    # Many short steps wait for each other; a few long ones fill the machine as they are.
    if len(c) >= 48 and c[0].numel() <= 8192:
        _scan_in_blocks_(c, f, start, direction)
    else:
        _scan_(_in_order(direction, c, f), start)
    return c


def _scan_in_blocks_(c: Tensor, f: Tensor, start: Tensor, direction: int) -> None:
    """Cell states in place of what is written, i ⊙ g, in blocks of steps that are scanned side by side.

    First what each block adds and what survives it; with that the blocks' ends follow from each other; then every step
    follows from the end of the block before.
    """
    length = round((len(c) / 3) ** 0.5)
    blocks = len(c) // length
    whole = blocks * length
    in_blocks, rest = (slice(whole), slice(whole, None)) if direction == 0 else (slice(-whole, None), slice(-whole))
    # (length, blocks, batch, unit): a step of every block
    by_block = (t[in_blocks].view(blocks, length, *c.shape[1:]).transpose(0, 1) for t in (c, f))
    steps = _in_order(direction, *by_block)
    ends, survives = (torch.full_like(steps[0][0], value) for value in (0.0, 1.0))
    for written, keep in steps:
        ends = torch.addcmul(written, keep, ends)
        survives.mul_(keep)
    _scan_(_in_order(direction, ends, survives), start)
    before = [start.unsqueeze(0), ends[:-1]] if direction == 0 else [ends[1:], start.unsqueeze(0)]
    _scan_(steps, torch.cat(before))
    _scan_(_in_order(direction, c[rest], f[rest]), ends[-1 if direction == 0 else 0])


def _scan_(steps: list[tuple[Tensor, ...]], before: Tensor) -> None:
    """Cell states in place of what is written, i ⊙ g, one step (written, f) after the other."""
    for c, f in steps:
        before = c.addcmul_(f, before)


def _in_order(direction: int, *values: Tensor) -> list[tuple[Tensor, ...]]:
    """The steps of some values in the order in which a direction reads them."""
    steps = list(zip(*(value.unbind(0) for value in values), strict=True))
    return steps if direction == 0 else steps[::-1]


def show(o: Tensor, c: Tensor, weight_hr: Tensor | None = None) -> Tensor:
    """Hidden state h = o ⊙ tanh c, through the projection W_hr where there is one."""
    h = o * c.tanh()
    return h if weight_hr is None else h @ weight_hr.T
