"""Weights as Flax names them, and its equations as its documentation has them, in float64.

docs/checkpoint.md says how near Flax itself is.
"""

import numpy as np

INPUTS, UNITS, CLASSES = 5, 4, 2


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def flax_lstm():
    """A matrix a gate; h alone has biases."""
    cell = {f"i{gate}": {"kernel": (INPUTS, UNITS)} for gate in "ifgo"}
    cell |= {f"h{gate}": {"kernel": (UNITS, UNITS), "bias": (UNITS,)} for gate in "ifgo"}
    return cell


def flax_step(w, cell, x, h, c):
    def pre(gate):
        name = "if" if gate == "f" else f"i{gate}"
        own = w.get(f"{cell}/{name}/kernel", w.get(f"{cell}/{name}_/kernel"))
        return x @ own + h @ w[f"{cell}/h{gate}/kernel"] + w[f"{cell}/h{gate}/bias"]

    i, f, g, o = sigmoid(pre("i")), sigmoid(pre("f")), np.tanh(pre("g")), sigmoid(pre("o"))
    c = f * c + i * g
    return o * np.tanh(c), c


def fused_step(w, cell, x, h, c):
    i, f, g, o = np.split(
        x @ w[f"{cell}/dense_i/kernel"] + h @ w[f"{cell}/dense_h/kernel"] + w[f"{cell}/dense_h/bias"], 4
    )
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def flat(tree, prefix=""):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", value


def weights(tree):
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in flat(tree)}


DENSE = {"kernel": (UNITS, CLASSES), "bias": (CLASSES,)}
FUSED = {"dense_i": {"kernel": (INPUTS, 4 * UNITS)}, "dense_h": {"kernel": (UNITS, 4 * UNITS), "bias": (4 * UNITS,)}}
NNX = {("if_" if name == "if" else name): shapes for name, shapes in flax_lstm().items()}

# (names and shapes, the cell's name, a step of its equations, what is found by which name)
LAYOUTS = {
    "linen": (
        {"params": {"OptimizedLSTMCell_0": flax_lstm(), "Dense_0": DENSE, "Embed_0": {"embedding": (7, INPUTS)}}},
        "params/OptimizedLSTMCell_0",
        flax_step,
        ("OptimizedLSTMCell_0", "Dense_0", "Embed_0"),
    ),
    "nnx": ({"rnn": {"cell": NNX}, "out": DENSE}, "rnn/cell", flax_step, ("rnn.cell", "out", None)),
    "nnx, all gates in one": ({"rnn": {"cell": FUSED}}, "rnn/cell", fused_step, ("rnn.cell", None, None)),
}


def outputs(step, weights, cell, x):
    """h (time, unit) of a loop over the steps of x (time, feature)."""
    wide = {name: weight.astype(np.float64) for name, weight in weights.items()}
    h = c = np.zeros(UNITS)
    shown = []
    for one in x.astype(np.float64):
        h, c = step(wide, cell, one, h, c)
        shown.append(h)
    return np.stack(shown)
