"""The judge beside PyTorch: an LSTM as a plain float64 loop over steps, sharing no code with lstm_core."""

from functools import partial

import numpy as np


def as_it_is(_place, _quantity, values):
    return values


def reference(weights, x, h0, c0, num_layers=1, bidirectional=False, lengths=None, hold=as_it_is):
    """i f g o c h, each (layer, direction, time, batch, unit), NaN past a sequence's end.

    weights: an nn.LSTM's state_dict as float64 arrays; x (time, batch, feature); h0 c0 (layer, direction, batch, unit).
    hold((layer, direction, step, sequence), quantity, values) gives the values (unit,) that are computed with instead.
    """
    time, batch = x.shape[:2]
    directions = 2 if bidirectional else 1
    lengths = [time] * batch if lengths is None else lengths
    found = {q: np.full((num_layers, directions, time, batch, c0.shape[-1]), np.nan) for q in "ifgoc"}
    found["h"] = np.full((num_layers, directions, time, batch, h0.shape[-1]), np.nan)
    for sequence, length in enumerate(lengths):
        read = x[:, sequence]
        for layer in range(num_layers):
            for direction in range(directions):
                steps = range(length) if direction == 0 else reversed(range(length))
                h, c = h0[layer, direction, sequence], c0[layer, direction, sequence]
                for t in steps:
                    suffix, here = f"l{layer}" + "_reverse" * direction, partial(hold, (layer, direction, t, sequence))
                    values = step(weights, suffix, read[t], h, c, here)
                    c, h = values["c"], values["h"]
                    for quantity, value in values.items():
                        found[quantity][layer, direction, t, sequence] = value
            read = np.concatenate([found["h"][layer, d, :, sequence] for d in range(directions)], axis=-1)
    return found


def step(weights, suffix, x, h, c, hold):
    pre = weights[f"weight_ih_{suffix}"] @ x + weights[f"weight_hh_{suffix}"] @ h
    if f"bias_ih_{suffix}" in weights:
        pre = pre + weights[f"bias_ih_{suffix}"] + weights[f"bias_hh_{suffix}"]
    units = len(c)
    i = hold("i", 1 / (1 + np.exp(-pre[:units])))
    f = hold("f", 1 / (1 + np.exp(-pre[units : 2 * units])))
    g = hold("g", np.tanh(pre[2 * units : 3 * units]))
    o = hold("o", 1 / (1 + np.exp(-pre[3 * units :])))
    c = hold("c", f * c + i * g)
    h = o * np.tanh(c)
    if f"weight_hr_{suffix}" in weights:
        h = weights[f"weight_hr_{suffix}"] @ h
    h = hold("h", h)
    return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}


def float64(tensor):
    return tensor.detach().double().cpu().numpy()


def weights_of(lstm):
    return {name: float64(weight) for name, weight in lstm.state_dict().items()}
