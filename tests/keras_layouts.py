"""Files as Keras 2 and 3 write them, made with h5py: names and nesting were read off real ones."""

import io
import json
import zipfile

import h5py
import numpy as np


def layers(rng, bias=True, input_size=5, hidden=3, both=4, classes=6, tokens=11):
    """The weights of Embedding, LSTM, Bidirectional(LSTM) and Dense by layer, in Keras's shapes."""

    def lstm(inputs, units):
        shapes = [(inputs, 4 * units), (units, 4 * units), (4 * units,)]
        return [rng.normal(size=shape).astype(np.float32) for shape in shapes[: 2 + bias]]

    return {
        "emb": [rng.normal(size=(tokens, input_size)).astype(np.float32)],
        "first": lstm(input_size, hidden),
        "second": {"forward": lstm(hidden, both), "backward": lstm(hidden, both)},
        "scores": [rng.normal(size=(2 * both, classes)).astype(np.float32)]
        + ([rng.normal(size=classes).astype(np.float32)] if bias else []),
    }


def settings(**changes):
    """The settings of that model, as config.json and the attribute model_config hold them; changes to its LSTMs."""
    lstm = {"activation": "tanh", "recurrent_activation": "sigmoid", "go_backwards": False, "units": 3} | changes
    merge_mode = lstm.pop("merge_mode", "concat")
    halves = {
        "layer": {"class_name": "LSTM", "config": lstm | {"name": "forward_lstm"}},
        "backward_layer": {"class_name": "LSTM", "config": lstm | {"name": "backward_lstm", "go_backwards": True}},
    }
    inside = [
        {"class_name": "InputLayer", "config": {"name": "input"}},
        {"class_name": "Embedding", "config": {"name": "emb"}},
        {"class_name": lstm.pop("class_name", "LSTM"), "config": lstm | {"name": "first"}},
        {"class_name": "Bidirectional", "config": {"name": "second", "merge_mode": merge_mode} | halves},
        {"class_name": "Dense", "config": {"name": "scores"}},
    ]
    return json.dumps({"class_name": "Sequential", "config": {"name": "sequential", "layers": inside}})


def numbered(weights):
    """.weights.h5 of Keras 3: a layer's weights by number, under the name of its class."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        paths = {"emb": "embedding", "first": "lstm/cell", "scores": "dense"}
        for name, path in paths.items():
            _write(file, f"layers/{path}/vars", weights[name])
            file.require_group(f"layers/{path.split('/')[0]}/vars").attrs["name"] = name
        for half, arrays in weights["second"].items():
            _write(file, f"layers/bidirectional/{half}_layer/cell/vars", arrays)
        file.require_group("layers/bidirectional/vars").attrs["name"] = "second"
        file.create_group("optimizer/vars")["0"] = np.zeros((3, 12), np.float32)
    return stream.getvalue()


def _write(file, path, arrays):
    group = file.require_group(path)
    for number, array in enumerate(arrays):
        group[str(number)] = array


def zipped(weights, config=None, compression=zipfile.ZIP_STORED):
    """.keras: the settings and .weights.h5 in a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", settings() if config is None else config)
        archive.writestr("model.weights.h5", numbered(weights))
    return stream.getvalue()


def named(weights, config=None, colon="", cell="lstm_cell/"):
    """.h5: a layer's weights by name; Keras 2 put ":0" behind it, and before 2.2 there was no cell."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.attrs["model_config"] = settings() if config is None else config
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = np.array([b"emb", b"first", b"second", b"scores"])
        lstm = ["kernel", "recurrent_kernel", "bias"]
        groups = {
            "emb/emb/": (["embeddings"], weights["emb"]),
            f"first/first/{cell}": (lstm, weights["first"]),
            f"second/second/forward_lstm/{cell}": (lstm, weights["second"]["forward"]),
            f"second/second/backward_lstm/{cell}": (lstm, weights["second"]["backward"]),
            "scores/scores/": (["kernel", "bias"], weights["scores"]),
        }
        for path, (names, arrays) in groups.items():
            for name, array in zip(names, arrays, strict=False):
                root[f"{path}{name}{colon}"] = array
        file["optimizer_weights/Adam/first/kernel:0"] = np.zeros((5, 12), np.float32)
    return stream.getvalue()


LAYOUTS = {
    ".weights.h5": numbered,
    ".keras": zipped,
    ".h5": named,
    ".h5 of Keras 2": lambda weights: named(weights, colon=":0", cell="lstm_cell_7/"),
    ".h5 of early Keras 2": lambda weights: named(weights, colon=":0", cell=""),
}


def keras_lstm(x, kernel, recurrent, bias=None, reverse=False):
    """h at every step of x (time, feature), in float64: gates i f c o, as on Keras's page on LSTM."""
    h = c = np.zeros(len(recurrent))
    found = np.zeros((len(x), len(recurrent)))
    for t in reversed(range(len(x))) if reverse else range(len(x)):
        z = x[t] @ kernel.astype(float) + h @ recurrent.astype(float) + (0 if bias is None else bias)
        z_i, z_f, z_c, z_o = np.split(z, 4)
        c = _sigmoid(z_f) * c + _sigmoid(z_i) * np.tanh(z_c)
        h = _sigmoid(z_o) * np.tanh(c)
        found[t] = h
    return found


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))
