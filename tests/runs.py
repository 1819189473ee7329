"""Runs drawn by Hypothesis: any LSTM, any input, any state."""

from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

DTYPES = {"float64": torch.float64, "float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
SIZES = {"input_size": 5, "time": 9, "batch": 4}


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
    """An LSTM, what it is called with, and the same in the trace's dims."""

    lstm: nn.LSTM
    given: object
    state: tuple | None
    x: torch.Tensor
    h0: torch.Tensor
    c0: torch.Tensor
    lengths: list | None


@st.composite
def runs(draw, dtypes=("float64", "float32", "bfloat16", "float16")):
    dtype = DTYPES[draw(st.sampled_from(dtypes), label="dtype")]
    layers = draw(st.sampled_from([1, 1, 1, 2, 2, 3, 10]), label="layers")
    both = draw(st.booleans(), label="bidirectional")
    batch_first = draw(st.booleans(), label="batch_first")
    hidden = draw(st.integers(1, 7), label="hidden_size")
    # torch refuses half precision with a projection on the CPU.
    can_project = hidden > 1 and dtype in (torch.float64, torch.float32)
    proj = draw(st.integers(0, hidden - 1), label="proj_size") if can_project else 0
    form, feature, time, batch = dimensions(draw)
    seed = draw(st.integers(0, 2**31), label="seed")
    rng = torch.Generator().manual_seed(seed)
    lstm = nn.LSTM(
        feature, hidden, layers, draw(st.booleans(), label="bias"), batch_first, 0.0, both, proj, dtype=dtype
    ).eval()
    # Wide weights amplify rounding from layer to layer, in the module as in the loop.
    wide = dtype.itemsize > 2 and layers <= 3
    spread = draw(st.sampled_from([0.1, 0.5, 1.5] if wide else [0.1, 0.5]), label="weights' spread")
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.copy_(torch.randn(weight.shape, generator=rng) * spread)
    x = torch.randn(time, batch, feature, generator=rng).to(dtype)
    directions = 2 if both else 1
    if draw(st.booleans(), label="given state"):
        h0 = torch.randn(layers, directions, batch, proj or hidden, generator=rng).to(dtype) * 0.5
        c0 = torch.randn(layers, directions, batch, hidden, generator=rng).to(dtype)
        state = h0.flatten(0, 1), c0.flatten(0, 1)
    else:
        h0 = torch.zeros(layers, directions, batch, proj or hidden, dtype=dtype)
        c0 = torch.zeros(layers, directions, batch, hidden, dtype=dtype)
        state = None
    lengths = None
    given = x.transpose(0, 1) if batch_first else x
    if form == "unbatched":
        given, state = x.squeeze(1), None if state is None else tuple(s.squeeze(1) for s in state)
    elif form.startswith("packed"):
        given, lengths = packed(draw, given, form, time, batch, batch_first)
    return Run(lstm, given, state, x, h0, c0, lengths)
