"""The judge beside PyTorch for GRUs and plain RNNs: a plain float64 loop over steps, sharing no code with lstm_core."""

from functools import partial

import numpy as np
from reference import as_it_is


def gru_step(weights, suffix, x, h, hold):
    units = len(h)
    from_x, from_h = products(weights, suffix, x, h)
    r = hold("r", 1 / (1 + np.exp(-(from_x[:units] + from_h[:units]))))
    z = hold("z", 1 / (1 + np.exp(-(from_x[units : 2 * units] + from_h[units : 2 * units]))))
    n = hold("n", np.tanh(from_x[2 * units :] + r * from_h[2 * units :]))
    return {"r": r, "z": z, "n": n, "h": hold("h", (1 - z) * n + z * h)}


def tanh_step(weights, suffix, x, h, hold):
    return {"h": hold("h", np.tanh(sum(products(weights, suffix, x, h))))}


def relu_step(weights, suffix, x, h, hold):
    return {"h": hold("h", np.maximum(sum(products(weights, suffix, x, h)), 0))}


def products(weights, suffix, x, h):
    from_x, from_h = weights[f"weight_ih_{suffix}"] @ x, weights[f"weight_hh_{suffix}"] @ h
    if f"bias_ih_{suffix}" in weights:
        from_x, from_h = from_x + weights[f"bias_ih_{suffix}"], from_h + weights[f"bias_hh_{suffix}"]
    return from_x, from_h


def hidden_reference(step, weights, x, h0, num_layers=1, bidirectional=False, lengths=None, hold=as_it_is):
    """Every quantity of `step`, each (layer, direction, time, batch, unit), NaN past a sequence's end.

    weights: a module's state_dict as float64 arrays; x (time, batch, feature); h0 (layer, direction, batch, unit).
    hold((layer, direction, step, sequence), quantity, values) gives the values (unit,) that are computed with instead.
    """
    time, batch = x.shape[:2]
    directions = 2 if bidirectional else 1
    found = {}
    for sequence, length in enumerate([time] * batch if lengths is None else lengths):
        read = x[:, sequence]
        for layer in range(num_layers):
            for direction in range(directions):
                h = h0[layer, direction, sequence]
                for t in range(length) if direction == 0 else reversed(range(length)):
                    here = partial(hold, (layer, direction, t, sequence))
                    values = step(weights, f"l{layer}" + "_reverse" * direction, read[t], h, here)
                    h = values["h"]
                    for quantity, value in values.items():
                        empty = np.full((num_layers, directions, time, batch, len(h)), np.nan)
                        found.setdefault(quantity, empty)[layer, direction, t, sequence] = value
            read = np.concatenate([found["h"][layer, d, :, sequence] for d in range(directions)], axis=-1)
    return found
