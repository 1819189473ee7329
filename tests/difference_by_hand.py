"""The judge of `explain`: what each input adds to an answer, sent forward through the secants of two runs.

Plain float64 loops that share no code with lstm_core. There one sweep goes back from the answer; here the difference of
one source at a time (a cell of the input, a unit's memory or h at a step) goes forward, until it reaches the answer.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


ACT = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0.0)}
SLOPE = {
    "sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: float(z > 0),
}


def secant(kind, a, b):
    """By the definition: the quotient of the differences, or the derivative where there is none."""
    act, found = ACT[kind], np.zeros(len(a))
    for unit, (one, other) in enumerate(zip(a, b, strict=True)):
        near = abs(one - other) < 1e-6
        found[unit] = SLOPE[kind]((one + other) / 2) if near else (act(one) - act(other)) / (one - other)
    return found


class OneLayer:
    """One layer and direction of an nn.LSTM, nn.GRU or nn.RNN, as arrays, over the inputs of both runs."""

    def __init__(self, module, suffix, inputs):
        arrays = {name: weight.detach().double().numpy() for name, weight in module.named_parameters()}
        self.kind = getattr(module, "nonlinearity", type(module).__name__)
        self.w, self.u = arrays[f"weight_ih_{suffix}"], arrays[f"weight_hh_{suffix}"]
        none = np.zeros(len(self.w))
        self.b, self.d = arrays.get(f"bias_ih_{suffix}", none), arrays.get(f"bias_hh_{suffix}", none)
        self.r = arrays.get(f"weight_hr_{suffix}", np.eye(self.u.shape[1]))
        self.backwards = suffix.endswith("_reverse")
        self.time = len(inputs[0])
        self.order = list(range(self.time))[:: -1 if self.backwards else 1]
        self.runs = [self.run(x) for x in inputs]

    def run(self, x):
        units, shown = len(self.w) // {"LSTM": 4, "GRU": 3}.get(self.kind, 1), self.u.shape[1]
        c, h, steps = np.zeros(units), np.zeros(shown), {}
        for t in self.order:
            step = {"c_before": c, "h_before": h}
            at_x, at_h = self.w @ x[t] + self.b, self.u @ h + self.d
            if self.kind == "LSTM":
                zi, zf, zg, zo = np.split(at_x + at_h, 4)
                c = sigmoid(zf) * c + sigmoid(zi) * np.tanh(zg)
                h = self.r @ (sigmoid(zo) * np.tanh(c))
                step |= {"zi": zi, "zf": zf, "zg": zg, "zo": zo}
            elif self.kind == "GRU":
                (xr, xz, xn), (hr, hz, q) = np.split(at_x, 3), np.split(at_h, 3)
                zn = xn + sigmoid(xr + hr) * q
                step |= {"zr": xr + hr, "zz": xz + hz, "zn": zn, "q": q}
                h = (1 - sigmoid(xz + hz)) * np.tanh(zn) + sigmoid(xz + hz) * h
                c = h
            else:
                h = c = ACT[self.kind](at_x + at_h)
                step |= {"z": at_x + at_h}
            steps[t] = step | {"c": c, "h": h}
        return [steps[t] for t in range(self.time)]

    def forward(self, dx, injected=None):
        """dh (time, h unit) from dx (time, feature); `injected`: (step, how, values), a difference that arrives after
        that step, "kept" in the memory or "reread" through h."""
        units, shown = len(self.runs[0][0]["c"]), self.u.shape[1]
        dc, dh, found = np.zeros(units), np.zeros(shown), np.zeros((self.time, shown))
        for t in self.order:
            dc, dh = self.step(t, dx[t], dc, dh)
            found[t] = dh
            if injected is not None and injected[0] == t:
                kept = injected[1] == "kept"
                dc, dh = (injected[2], np.zeros(shown)) if kept else (np.zeros(units), injected[2])
        return found

    def step(self, t, dx, dc, dh):
        """(dc, dh) after step t; of a GRU dc is what is kept of h before, and dh what its gates read."""
        a, b = (run[t] for run in self.runs)
        mean = {name: (a[name] + b[name]) / 2 for name in a}
        at_x, at_h = self.w @ dx, self.u @ dh

        def slope(kind, z):
            return secant(kind, a[z], b[z])

        def bar(act, name):
            return (ACT[act](a[name]) + ACT[act](b[name])) / 2

        if self.kind == "LSTM":
            pi, pf, pg, po = np.split(at_x + at_h, 4)
            dc = (
                bar("sigmoid", "zf") * dc
                + mean["c_before"] * slope("sigmoid", "zf") * pf
                + bar("tanh", "zg") * slope("sigmoid", "zi") * pi
                + bar("sigmoid", "zi") * slope("tanh", "zg") * pg
            )
            inner = bar("sigmoid", "zo") * slope("tanh", "c") * dc + bar("tanh", "c") * slope("sigmoid", "zo") * po
            return dc, self.r @ inner
        if self.kind == "GRU":
            (xr, xz, xn), (hr, hz, dq) = np.split(at_x, 3), np.split(at_h, 3)
            dr = slope("sigmoid", "zr") * (xr + hr)
            dz = slope("sigmoid", "zz") * (xz + hz)
            dn = slope("tanh", "zn") * (xn + bar("sigmoid", "zr") * dq + mean["q"] * dr)
            keep = bar("sigmoid", "zz")
            dh = (1 - keep) * dn + (mean["h_before"] - bar("tanh", "zn")) * dz + keep * dc
            return dh, dh
        dh = slope(self.kind, "z") * (at_x + at_h)
        return np.zeros_like(dh), dh


def stack(module, a, b):
    """[layer][direction] of a module that reads a and b (time, feature)."""
    layers, inputs = [], [np.asarray(a, dtype=float), np.asarray(b, dtype=float)]
    for layer in range(module.num_layers):
        ways = [
            OneLayer(module, f"l{layer}{end}", inputs) for end in ["", "_reverse"][: 2 if module.bidirectional else 1]
        ]
        layers.append(ways)
        inputs = [np.concatenate([[s["h"] for s in way.runs[run]] for way in ways], axis=1) for run in range(2)]
    return layers


def parts_of_inputs(module, readout, a, b, time):
    """(time, feature): what each cell's difference adds to readout · h at a step."""
    layers, difference = stack(module, a, b), np.asarray(a) - np.asarray(b)
    found = np.zeros(difference.shape)
    for place in np.ndindex(difference.shape):
        moved = np.zeros(difference.shape)
        moved[place] = difference[place]
        for ways in layers:
            moved = np.concatenate([way.forward(moved) for way in ways], axis=1)
        found[place] = readout @ moved[time]
    return found


def carried(module, readout, a, b, time, layer, step, unit, how):
    """What one unit of a module of one direction carried on from a step: "kept" or "reread"."""
    layers = stack(module, a, b)
    [way] = layers[layer]
    letter = "c" if how == "kept" else "h"
    states = [run[step][letter] for run in way.runs]
    alone = np.zeros(len(states[0]))
    alone[unit] = states[0][unit] - states[1][unit]
    if way.kind in ("tanh", "relu") and how == "kept":
        return 0.0
    moved = way.forward(np.zeros((way.time, way.w.shape[1])), (step, how, alone))
    for [above] in layers[layer + 1 :]:
        moved = above.forward(moved)
    read = readout @ alone if how == "reread" and step == time and layer == len(layers) - 1 else 0.0
    return readout @ moved[time] + read
