"""Runs drawn by Hypothesis: any LSTM, GRU or plain RNN, any input, any state."""

from dataclasses import dataclass
from functools import partial

import pytest
import torch
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

DTYPES = {"float64": torch.float64, "float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
SIZES = {"input_size": 5, "time": 9, "batch": 4}
MODULES = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn tanh": nn.RNN, "rnn relu": partial(nn.RNN, nonlinearity="relu")}
CELLS = {
    "lstm": nn.LSTMCell,
    "gru": nn.GRUCell,
    "rnn tanh": nn.RNNCell,
    "rnn relu": partial(nn.RNNCell, nonlinearity="relu"),
}
EVERY_KIND = ["lstm"] * 4 + ["gru"] * 2 + ["rnn tanh", "rnn relu"]
each_kind = pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)
each_cell = pytest.mark.parametrize("make", CELLS.values(), ids=CELLS)


def dimensions(draw):
    """How the input comes, and its feature, time and batch."""
    feature, time, batch = (draw(st.integers(1, most), label=name) for name, most in SIZES.items())
    form = draw(st.sampled_from(["batched", "batched", "unbatched", "packed", "packed sorted"]), label="form")
    return form, feature, time, 1 if form == "unbatched" else batch


def packed(draw, given, form, time, batch, batch_first):
    """The input packed, one sequence at least of its full length; and the lengths."""
    lengths = draw(st.lists(st.integers(1, time), min_size=batch, max_size=batch), label="lengths")
    lengths[draw(st.integers(0, batch - 1))] = time
    in_order = form == "packed sorted"
    if in_order:
        lengths = sorted(lengths, reverse=True)
    return pack_padded_sequence(given, torch.tensor(lengths), batch_first, enforce_sorted=in_order), lengths


@dataclass
class Run:
    """A module, what it is called with, and the same in the trace's dims; `c0` is None where it is no LSTM."""

    module: nn.RNNBase
    given: object
    state: object
    x: torch.Tensor
    h0: torch.Tensor
    c0: torch.Tensor | None
    lengths: list | None


@st.composite
def runs(draw, dtypes=tuple(DTYPES), kinds=("lstm",)):
    dtype, kind = DTYPES[draw(st.sampled_from(dtypes), label="dtype")], draw(st.sampled_from(kinds), label="kind")
    layers = draw(st.sampled_from([1, 1, 1, 2, 2, 3, 10]), label="layers")
    both, batch_first, bias = (draw(st.booleans(), label=name) for name in ("bidirectional", "batch_first", "bias"))
    options = {"bidirectional": both, "batch_first": batch_first, "bias": bias, "dtype": dtype}
    hidden = draw(st.integers(1, 7), label="hidden_size")
    # torch refuses half precision with a projection on the CPU.
    if kind == "lstm" and hidden > 1 and dtype in (torch.float64, torch.float32):
        options["proj_size"] = draw(st.integers(0, hidden - 1), label="proj_size")
    form, feature, time, batch = dimensions(draw)
    rng = torch.Generator().manual_seed(draw(st.integers(0, 2**31), label="seed"))
    module = MODULES[kind](feature, hidden, layers, **options).eval()
    # Wide weights amplify rounding from layer to layer, in the module as in the loop, and let a relu grow without end.
    wide = dtype.itemsize > 2 and layers <= 3 and kind != "rnn relu"
    spreads = [0.1, 0.5 if kind == "lstm" else 0.3, *([1.5] if wide else [])]
    spread = draw(st.sampled_from(spreads), label="weights' spread")
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn(weight.shape, generator=rng) * spread)
    x = torch.randn(time, batch, feature, generator=rng).to(dtype)
    places = layers, 2 if both else 1, batch
    starts = [torch.zeros(*places, options.get("proj_size") or hidden, dtype=dtype)]
    if kind == "lstm":
        starts.append(torch.zeros(*places, hidden, dtype=dtype))
    has_state = draw(st.booleans(), label="given state")
    if has_state:
        starts = [torch.randn(one.shape, generator=rng).to(dtype) / (2 - n) for n, one in enumerate(starts)]
    states = [one.flatten(0, 1) for one in starts]
    lengths, given = None, x.transpose(0, 1) if batch_first else x
    if form == "unbatched":
        given, states = x.squeeze(1), [one.squeeze(1) for one in states]
    elif form.startswith("packed"):
        given, lengths = packed(draw, given, form, time, batch, batch_first)
    state = None if not has_state else tuple(states) if kind == "lstm" else states[0]
    return Run(module, given, state, x, *starts, *([] if kind == "lstm" else [None]), lengths)
