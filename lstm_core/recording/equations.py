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

# Takes (letter, value) of a quantity and returns the value to use instead.
Touch = Callable[[str, Tensor], Tensor]
# The states that one step passes to the next, by letter.
States = Mapping[str, Tensor]
# Takes (W x + b, U h_before + b, states before, touch, W_hr) and returns the quantities of a step.
Step = Callable[[Tensor, Tensor, States, Touch, Tensor | None], dict[str, Tensor]]


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
    steps = list(zip(c.unbind(0), f.unbind(0), strict=True))
    for state, keep in steps[::-1] if direction else steps:
        start = state.addcmul_(keep, start)
    return c


def show(o: Tensor, c: Tensor, touch: Touch, weight_hr: Tensor | None = None) -> dict[str, Tensor]:
    """What steps make of their memory: hidden state h = o ⊙ tanh c, times the projection W_hr if there is one."""
    h = o * c.tanh()
    return {"h": touch("h", h if weight_hr is None else h @ weight_hr.T)}
