"""How far can rounding carry an LSTM's recording from the module, at each step of each unit?

The h before each step is the module's own, so a gate is off by one step's rounding. Only the memory passes on what it
is off: c = f ⊙ c_before + i ⊙ g is off by

    b = (f + δf) b_before + δf |c_before| + (i + δi) δg + δi |g| + roundings of the three parts

which forgets what the memory forgets (Higham 2002, chapter 3: a running error bound). h = o ⊙ tanh c is off by what c
and o are.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.recording import equations
from lstm_core.recording.call import Call, Weights
from lstm_core.recording.rounding import of_products, of_values
from lstm_core.traces.cut import before, past_end


class Off(NamedTuple):
    """By how much rounding can put h and c off, each (time, batch, unit)."""

    h: Tensor
    c: Tensor


def running_bound(call: Call, here: Mapping[str, Tensor], x: Tensor, layer: int, direction: int) -> Off:
    """The bound of one layer and direction from its quantities by letter and its input x, (time, batch, …)."""
    w, eps = call.weights[layer][direction], of_values(call)
    # A held gate may have any value, and either sign.
    i, f, o = here["i"].abs(), here["f"].abs(), here["o"].abs()
    g, c, h = here["g"], here["c"], here["h"]
    h_before = before(h, call.start["h"][layer, direction].to(h), direction, call.lengths)
    c_before = before(c, call.start["c"][layer, direction].to(c), direction, call.lengths).abs()
    of_i, of_f, of_g, of_o = _off_sums(call, w, x, h_before).chunk(4, dim=-1)
    off_i, off_f, off_o = _off_sigmoid(i, of_i, eps), _off_sigmoid(f, of_f, eps), _off_sigmoid(o, of_o, eps)
    off_g = _off_tanh(g, of_g, eps)
    added = off_f * c_before + (i + off_i) * off_g + off_i * g.abs()
    added += eps * (f * c_before + (i * g).abs() + c.abs())
    kept = torch.maximum(f, (f + off_f).clamp_(max=1.0))
    if call.lengths is not None:
        ended = past_end(h, call.lengths)
        kept, added = kept.masked_fill_(ended, 1.0), added.masked_fill_(ended, 0.0)
    off_c = equations.accumulate_(added, kept, torch.zeros_like(c[0]), direction)
    shown = c.tanh()
    off_h = o * _off_tanh(shown, off_c, eps) + (shown.abs() + eps) * off_o
    if w.hr is not None:
        hr = call.rounded(w.hr).abs()
        off_h = off_h @ hr.T + of_products(call, hr.shape[1]) * ((o * shown).abs() @ hr.T)
    return Off(off_h + eps * h.abs(), off_c)


def _off_sums(call: Call, w: Weights, x: Tensor, h_before: Tensor) -> Tensor:
    """By how much the sums are off of which the gates are computed, (time, batch, 4 * unit)."""
    ih, hh = call.rounded(w.ih).abs(), call.rounded(w.hh).abs()
    sizes = call.rounded(x).abs() @ ih.T + call.rounded(h_before).abs() @ hh.T
    for bias in (w.bias_ih, w.bias_hh):
        sizes = sizes if bias is None else sizes + call.rounded(bias).abs()
    return sizes * of_products(call, ih.shape[1] + hh.shape[1])


def _off_sigmoid(value: Tensor, off: Tensor, eps: float) -> Tensor:
    """How far σ goes from `value` if its argument goes by `off`: its slope is at most 1/4, and grows by exp(off)."""
    slope = (((value * (1 - value)).abs() + eps) * off.exp()).clamp_(max=0.25)
    return (slope * off + eps * value).clamp_(max=1.0)


def _off_tanh(value: Tensor, off: Tensor, eps: float) -> Tensor:
    """How far tanh goes from `value` if its argument goes by `off`: its slope is at most 1, and grows by exp(2 off)."""
    slope = (((1 - value**2).abs() + eps) * (2 * off).exp()).clamp_(max=1.0)
    return (slope * off + eps * value.abs()).clamp_(max=2.0)
