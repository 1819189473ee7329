"""The equations of the three kinds of cell, as on PyTorch's pages `nn.LSTM`, `nn.GRU` and `nn.RNN`.

LSTM, with the states h and c:

    i = σ(W_ii x + b_ii + W_hi h_before + b_hi)        input gate: let the new in?
    f = σ(W_if x + b_if + W_hf h_before + b_hf)        forget gate: keep what was there?
    g = tanh(W_ig x + b_ig + W_hg h_before + b_hg)     candidate: what would be written
    o = σ(W_io x + b_io + W_ho h_before + b_ho)        output gate: show it?
    c = f ⊙ c_before + i ⊙ g                           cell state: the memory
    h = W_hr (o ⊙ tanh c)                              hidden state: what goes on (W_hr only with proj_size)

Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000; projection: Sak, Senior & Beaufays 2014.

GRU, with the state h:

    r = σ(W_ir x + b_ir + W_hr h_before + b_hr)             reset gate: may the candidate see what was there?
    z = σ(W_iz x + b_iz + W_hz h_before + b_hz)             update gate: keep what was there?
    n = tanh(W_in x + b_in + r ⊙ (W_hn h_before + b_hn))    candidate: what would come in its place
    h = (1 - z) ⊙ n + z ⊙ h_before                          hidden state: memory and output in one

Cho et al. 2014, with r inside the brackets as in cuDNN; here z keeps, while in the paper z writes.

Plain RNN, with the state h (Elman 1990):

    h = tanh(W_ih x + b_ih + W_hh h_before + b_hh)          or relu in place of tanh

A step takes W x + b and U h_before + b (…, blocks * unit), with the blocks in PyTorch's order, and the states before
the step (…, unit) by letter. It returns its quantities by letter, each after `touch(letter, value)`. A function whose
name ends with `_` does a part of the LSTM's step in place, for a whole run.
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

Touch = Callable[[str, Tensor], Tensor]
"""Takes (letter, value) of a quantity and returns the value to use instead."""
States = Mapping[str, Tensor]
"""The states that one step passes to the next, by letter."""
Step = Callable[[Tensor, Tensor, States, Touch, Tensor | None], dict[str, Tensor]]
"""Takes (W x + b, U h_before + b, states before, touch, W_hr) and returns the quantities of a step."""


def lstm_step(
    from_x: Tensor, from_h: Tensor, before: States, touch: Touch, weight_hr: Tensor | None = None
) -> dict[str, Tensor]:
    """The quantities of one step of an LSTM: the reference for every other way to compute c."""
    i, f, g, o = activate(from_x + from_h)
    i, f, g, o = touch("i", i), touch("f", f), touch("g", g), touch("o", o)
    c = touch("c", f * before["c"] + i * g)
    return {"i": i, "f": f, "g": g, "o": o, "c": c} | show(o, c, touch, weight_hr)


def gru_step(
    from_x: Tensor, from_h: Tensor, before: States, touch: Touch, _weight_hr: Tensor | None = None
) -> dict[str, Tensor]:
    """r z n h of one step of a GRU, or of many steps if h before each step is known."""
    (x_r, x_z, x_n), (h_r, h_z, h_n) = from_x.chunk(3, dim=-1), from_h.chunk(3, dim=-1)
    r = touch("r", (x_r + h_r).sigmoid())
    z = touch("z", (x_z + h_z).sigmoid())
    n = touch("n", (x_n + r * h_n).tanh())
    return {"r": r, "z": z, "n": n, "h": touch("h", (1 - z) * n + z * before["h"])}


def tanh_step(
    from_x: Tensor, from_h: Tensor, _before: States, touch: Touch, _weight_hr: Tensor | None = None
) -> dict[str, Tensor]:
    """h of one step of a plain RNN with tanh, or of many steps if h before each step is known."""
    return {"h": touch("h", (from_x + from_h).tanh())}


def relu_step(
    from_x: Tensor, from_h: Tensor, _before: States, touch: Touch, _weight_hr: Tensor | None = None
) -> dict[str, Tensor]:
    """h of one step of a plain RNN with relu, or of many steps if h before each step is known."""
    return {"h": touch("h", (from_x + from_h).relu())}


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


def activate_(pre: Tensor, gates: Sequence[Tensor] | None = None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """i, f, g, o from pre-activations (..., 4 * unit), written into four tensors, or over the pre-activations."""
    i, f, g, o = parts = pre.chunk(4, dim=-1)
    to_i, to_f, to_g, to_o = parts if gates is None else gates
    activated = torch.sigmoid(i, out=to_i), torch.sigmoid(f, out=to_f), torch.tanh(g, out=to_g)
    return *activated, torch.sigmoid(o, out=to_o)


def accumulate_(c: Tensor, f: Tensor, start: Tensor, direction: int = 0) -> Tensor:
    """Cell states c (time, batch, unit) of a run, c = f ⊙ c_before + i ⊙ g, from `start` (batch, unit).

    In place: `c` holds i ⊙ g, what each step writes, and is overwritten with the cell states.
    """
    # Many short steps are scanned in blocks, because each waits for the one before; a few large steps fill the machine.
    if len(c) >= 48 and c[0].numel() <= 8192:
        _scan_in_blocks_(c, f, start, direction)
    else:
        _scan_(_in_order(direction, c, f), start)
    return c


def _scan_in_blocks_(c: Tensor, f: Tensor, start: Tensor, direction: int) -> None:
    """Overwrite i ⊙ g with the cell states, in blocks of steps that are scanned in parallel.

    First compute what each block adds and what survives it; then the end of each block from the end of the one before;
    then every step from the end of the block before.
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
    """Overwrite i ⊙ g with the cell states, one step (written, f) after the other."""
    for c, f in steps:
        before = c.addcmul_(f, before)


def _in_order(direction: int, *values: Tensor) -> list[tuple[Tensor, ...]]:
    """The steps of some values in the order in which a direction reads them."""
    steps = list(zip(*(value.unbind(0) for value in values), strict=True))
    return steps if direction == 0 else steps[::-1]


def show(o: Tensor, c: Tensor, touch: Touch, weight_hr: Tensor | None = None) -> dict[str, Tensor]:
    """What steps make of their memory: hidden state h = o ⊙ tanh c, times the projection W_hr if there is one."""
    h = o * c.tanh()
    return {"h": touch("h", h if weight_hr is None else h @ weight_hr.T)}
