"""Runs of GRUs and plain RNNs drawn by Hypothesis: any module, any input, any state."""

from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from runs import DTYPES, dimensions, packed
from torch import nn


@dataclass
class HiddenRun:
    """A module, what it is called with, and the same in the trace's dims."""

    module: nn.RNNBase
    given: object
    state: torch.Tensor | None
    x: torch.Tensor
    h0: torch.Tensor
    lengths: list | None


@st.composite
def hidden_runs(draw, dtypes=("float64", "float32", "bfloat16", "float16")):
    dtype = DTYPES[draw(st.sampled_from(dtypes), label="dtype")]
    kind = draw(st.sampled_from(["gru", "gru", "tanh", "relu"]), label="kind")
    layers = draw(st.sampled_from([1, 1, 1, 2, 2, 3, 6]), label="layers")
    both, batch_first, bias = (draw(st.booleans(), label=name) for name in ("bidirectional", "batch_first", "bias"))
    hidden = draw(st.integers(1, 7), label="hidden_size")
    form, feature, time, batch = dimensions(draw)
    rng = torch.Generator().manual_seed(draw(st.integers(0, 2**31), label="seed"))
    settings = {"bias": bias, "batch_first": batch_first, "bidirectional": both, "dtype": dtype}
    if kind == "gru":
        module = nn.GRU(feature, hidden, layers, **settings).eval()
    else:
        module = nn.RNN(feature, hidden, layers, nonlinearity=kind, **settings).eval()
    # Wide weights amplify rounding from step to step, and let a relu grow without end.
    wide = dtype.itemsize > 2 and layers <= 3 and kind != "relu"
    spread = draw(st.sampled_from([0.1, 0.4, 1.5] if wide else [0.1, 0.3]), label="weights' spread")
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn(weight.shape, generator=rng) * spread)
    x = torch.randn(time, batch, feature, generator=rng).to(dtype)
    h0 = torch.zeros(layers, 2 if both else 1, batch, hidden, dtype=dtype)
    state = None
    if draw(st.booleans(), label="given state"):
        h0 = torch.randn(h0.shape, generator=rng).to(dtype) * 0.5
        state = h0.flatten(0, 1)
    lengths = None
    given = x.transpose(0, 1) if batch_first else x
    if form == "unbatched":
        given, state = x.squeeze(1), None if state is None else state.squeeze(1)
    elif form.startswith("packed"):
        given, lengths = packed(draw, given, form, time, batch, batch_first)
    return HiddenRun(module, given, state, x, h0, lengths)
