"""The judge beside PyTorch: a plain float64 loop over the steps of an LSTM, a GRU or a plain RNN, sharing no code with
lstm_core."""

from functools import partial

import numpy as np
from torch import nn


def as_it_is(_place, _quantity, values):
    return values


def reference(weights, x, h0, c0=None, num_layers=1, bidirectional=False, lengths=None, hold=as_it_is, step=None):
    """Every quantity of a step, each (layer, direction, time, batch, unit), NaN past a sequence's end.

    weights: a module's state_dict as float64 arrays; x (time, batch, feature); h0 c0 (layer, direction, batch, unit).
    hold((layer, direction, step, sequence), quantity, values) gives the values (unit,) that are computed with instead.
    step: that of an LSTM unless given, as `step_of(module)` does.
    """
    time, batch = x.shape[:2]
    directions = 2 if bidirectional else 1
    found = {}
    for sequence, length in enumerate([time] * batch if lengths is None else lengths):
        read = x[:, sequence]
        for layer in range(num_layers):
            for direction in range(directions):
                here = layer, direction, sequence
                values = {"h": h0[here], "c": None if c0 is None else c0[here]}
                for t in range(length) if direction == 0 else reversed(range(length)):
                    held = partial(hold, (layer, direction, t, sequence))
                    suffix = f"l{layer}" + "_reverse" * direction
                    values = (step or lstm_step)(weights, suffix, read[t], values, held)
                    for quantity, value in values.items():
                        if quantity not in found:
                            found[quantity] = np.full((num_layers, directions, time, batch, len(value)), np.nan)
                        found[quantity][layer, direction, t, sequence] = value
            read = np.concatenate([found["h"][layer, d, :, sequence] for d in range(directions)], axis=-1)
    return found


def step_of(module):
    """The loop's own step of a module or a cell."""
    if isinstance(module, nn.LSTM | nn.LSTMCell):
        return lstm_step
    if isinstance(module, nn.GRU | nn.GRUCell):
        return gru_step
    return tanh_step if module.nonlinearity == "tanh" else relu_step


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(weights, suffix, x, before, hold):
    zi, zf, zg, zo = np.split(sum(products(weights, suffix, x, before["h"])), 4)
    i, f, g, o = hold("i", sigmoid(zi)), hold("f", sigmoid(zf)), hold("g", np.tanh(zg)), hold("o", sigmoid(zo))
    c = hold("c", f * before["c"] + i * g)
    h = o * np.tanh(c)
    if f"weight_hr_{suffix}" in weights:
        h = weights[f"weight_hr_{suffix}"] @ h
    return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": hold("h", h)}


def gru_step(weights, suffix, x, before, hold):
    (xr, xz, xn), (hr, hz, hn) = (np.split(one, 3) for one in products(weights, suffix, x, before["h"]))
    r, z = hold("r", sigmoid(xr + hr)), hold("z", sigmoid(xz + hz))
    n = hold("n", np.tanh(xn + r * hn))
    return {"r": r, "z": z, "n": n, "h": hold("h", (1 - z) * n + z * before["h"])}


def tanh_step(weights, suffix, x, before, hold):
    return {"h": hold("h", np.tanh(sum(products(weights, suffix, x, before["h"]))))}


def relu_step(weights, suffix, x, before, hold):
    return {"h": hold("h", np.maximum(sum(products(weights, suffix, x, before["h"])), 0))}


def products(weights, suffix, x, h):
    """What comes from x and what comes from h, each with its bias."""
    from_x, from_h = weights[f"weight_ih_{suffix}"] @ x, weights[f"weight_hh_{suffix}"] @ h
    if f"bias_ih_{suffix}" in weights:
        return from_x + weights[f"bias_ih_{suffix}"], from_h + weights[f"bias_hh_{suffix}"]
    return from_x, from_h


def float64(tensor):
    return tensor.detach().double().cpu().numpy()


def weights_of(module):
    return {name: float64(weight) for name, weight in module.state_dict().items()}
