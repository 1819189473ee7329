"""How are the weights of a Keras model read?

Keras computes with x @ kernel + h @ recurrent_kernel + bias (Keras's page on `LSTM`), gates in the order i f c o, so
each kernel is PyTorch's matrix transposed, and the one bias is the sum of PyTorch's two. A GRU has the order z r h, and
two rows of biases, as PyTorch's two (reset_after=True; with False its r multiplies h before the product).

Three layouts: .keras, a zip archive with the settings and .weights.h5 inside; .weights.h5, where a layer's weights are
numbered; and .h5, where they are named. Weights without the settings (.weights.h5, or .h5 of save_weights) do not state
their activations. Keras 2.3 made the sigmoid the default of the gates; before, it was hard_sigmoid,
max(0, min(1, 0.2 x + 0.5)), which PyTorch's LSTM and GRU can't compute.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.checkpoints.weights_file import NamedTensors, WeightsFile
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import read_json

KERAS_WEIGHTS = "model.weights.h5"

_FROM_ZRH = (1, 0, 2)

_CELL = re.compile(r"cell|lstm_cell(_\d+)?|gru_cell(_\d+)?|simple_rnn_cell(_\d+)?")
_RNN = {"activation": "tanh", "go_backwards": False}
_LSTM = _RNN | {"recurrent_activation": "sigmoid"}
_GRU = _LSTM | {"reset_after": True}
# PyTorch's module, and the settings that it computes.
_EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    kind + cell: (name, settings)
    for kind, name, settings in (("LSTM", "LSTM", _LSTM), ("GRU", "GRU", _GRU), ("SimpleRNN", "RNN", _RNN))
    for cell in ("", "Cell")
}
# The attributes that describe a Keras model.
_NOTED = ("model_config", "layer_names", "keras_version")
_ACTIVATIONS = ("activation", "recurrent_activation")
NOT_STATED = (
    "The file does not state its activations: sigmoid and tanh are assumed. A GRU without biases is taken to have "
    "reset_after=True. Keras before 2.3 used hard_sigmoid, which PyTorch's LSTM and GRU can't compute. A model that is "
    "saved whole (model.save) states them."
)
_OTHERS = {"CuDNNLSTM": "load it in Keras and save it again", "PeepholeLSTMCell": "its gates see the memory as well"}


class _Arrays(NamedTuple):
    """The datasets of an HDF5 file by group: {group path: {array name: dataset}}; the attribute "name" of each group
    that has one; and the text of the attributes in `_NOTED`, wherever they are."""

    groups: dict[str, dict[str, Any]]
    names: dict[str, str]
    attributes: dict[str, str]


def read_keras_zip(file: WeightsFile, archive: zipfile.ZipFile) -> NamedTensors:
    """The weights in a .keras archive, whose entries are known to be uncompressed."""
    settings = read_json(archive.read("config.json"))
    content = archive.read(KERAS_WEIGHTS)
    return read_keras(WeightsFile(io.BytesIO(content), len(content), file.label), settings)


def read_keras(file: WeightsFile, settings: Any = None) -> NamedTensors:
    """The weights in a .h5 or .weights.h5 file (extra: gatescope[import]); `settings` may stand beside it."""
    try:
        import h5py
    except ImportError as error:
        raise LstmCoreError("A Keras file needs h5py: pip install 'gatescope[import]'.") from error
    with h5py.File(file.stream, "r") as root:
        arrays = _arrays_in(root)
        if settings is None and "model_config" in arrays.attributes:
            settings = read_json(arrays.attributes["model_config"])
        notes, refused = check_settings(settings)
        version = arrays.attributes.get("keras_version", "")
        if notes and re.match(r"1\.|2\.[0-2]\b", version):
            raise LstmCoreError(
                f"Expected a file that states its activations, got weights that Keras {version[:20]} wrote, whose LSTM "
                "and GRU used hard_sigmoid where nothing else was asked for. If it was built with the sigmoid, load "
                "the weights into the model in Keras and save it whole (model.save)."
            )
        order = layer_names(settings) or arrays.attributes.get("layer_names", "").split("\0")
        return _named(arrays, order, refused)._replace(notes=notes, says_tanh=True)


def _arrays_in(root: Any) -> _Arrays:
    """What is linked directly, once; a link by a path, or to another file, is not followed."""
    import h5py

    found = _Arrays({}, {}, {})

    def add(path: str, held: Any) -> None:
        if isinstance(held, h5py.Group):
            if "name" in held.attrs:
                found.names[path] = _text(held.attrs, "name")
            for key in set(_NOTED) & set(held.attrs):
                found.attributes.setdefault(key, _text(held.attrs, key))
        elif isinstance(held, h5py.Dataset) and "/" in path:
            group, _, name = path.rpartition("/")
            found.groups.setdefault(group, {})[name.removesuffix(":0")] = held

    add("", root)
    root.visititems(add)
    return found


def _text(attributes: Any, key: str) -> str:
    """An attribute's text; a list of names is joined with zero bytes."""
    held = attributes[key]
    items = held.ravel().tolist() if isinstance(held, np.ndarray) else [held]
    return "\0".join(item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item) for item in items)


def _read(dataset: Any) -> Tensor:
    """An array of floating point numbers that lies whole in the file itself, and so is no larger than it."""
    label = shortened(dataset.name.strip("/").removesuffix(":0"))
    if dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
        raise LstmCoreError(f"Expected {label} to be float16, float32 or float64, got {dataset.dtype}.")
    plain = dataset.chunks is None and not dataset.is_virtual and not dataset.external
    if not plain or dataset.id.get_storage_size() != dataset.nbytes:
        raise LstmCoreError(
            f"Expected {label} of shape {dataset.shape} stored whole in the file, as by Keras, got it compressed, "
            "in pieces, elsewhere or not at all."
        )
    return torch.from_numpy(np.asarray(dataset[()]).astype(dataset.dtype.newbyteorder("="), copy=False))


def _named(arrays: _Arrays, order: list[str], refused: Mapping[str, str]) -> NamedTensors:
    """Keras's arrays under PyTorch's names, without the layers that were refused by their settings or their weights.

    Raises LstmCoreError if it can't be told which layer has refused settings.
    """
    layers: dict[str, dict[str, Tensor]] = {}
    left_out: dict[str, str] = {}
    kinds: dict[str, Literal["embedding", "linear"]] = {}
    for group in arrays.groups:
        if group.split("/")[0] in ("optimizer", "optimizer_weights"):
            continue
        weights = _by_role(group, arrays)
        if "recurrent_kernel" in weights:
            layer, direction = _layer_of(group)
            found = layers.setdefault(layer, {})
            if said := _refusal(layer, weights):
                left_out[layer] = said
            else:
                found.update(_recurrent(weights, "_reverse" * (direction == "backward")))
        elif "embeddings" in weights:
            layers[_bare(group)], kinds[_bare(group)] = {"weight": weights["embeddings"]}, "embedding"
        elif "kernel" in weights:
            both = {"weight": weights["kernel"].T.contiguous(), "bias": weights.get("bias")}
            layers[_bare(group)] = {name: tensor for name, tensor in both.items() if tensor is not None}
            kinds[_bare(group)] = "linear"
    names = _names(layers, arrays.names)
    # A number in place of a name does not say which of the settings are a layer's.
    numbered = any(group.rpartition("/")[2] == "vars" for group in arrays.groups)
    known = {names[layer]: layer for layer in layers if f"{layer}/vars" in arrays.names or not numbered}
    if any(name not in known for name in refused):
        raise LstmCoreError(next(iter(refused.values())))
    left_out |= {known[name]: said for name, said in refused.items()}
    layers = {layer: weights for layer, weights in layers.items() if layer not in left_out}
    place = {name: position for position, name in enumerate(order)}
    in_order = sorted(layers, key=lambda layer: place.get(names[layer].rpartition(".")[2], len(place)))
    tensors = {f"{names[layer]}.{key}": tensor for layer in in_order for key, tensor in layers[layer].items()}
    return NamedTensors(
        tensors, kinds={names[layer]: kind for layer, kind in kinds.items()}, refused=tuple(left_out.values())
    )


def _by_role(group: str, arrays: _Arrays) -> dict[str, Tensor]:
    """The matrices and biases of one group as kernel, recurrent_kernel, bias or embeddings."""
    datasets = arrays.groups[group]
    named = {name: dataset.shape or () for name, dataset in datasets.items()}
    if group.rpartition("/")[2] != "vars":
        roles: dict[str, str] = {
            name: name for name in ("kernel", "recurrent_kernel", "bias", "embeddings") if name in named
        }
    else:
        roles = _roles_of_numbers(group, named, arrays.names)
    # A GRU's bias has two rows.
    if any(len(named[number]) not in ((1, 2) if role == "bias" else (2,)) for role, number in roles.items()):
        return {}
    return {role: _read(datasets[number]) for role, number in roles.items()}


def _roles_of_numbers(group: str, shapes: Mapping[str, tuple[int, ...]], names: Mapping[str, str]) -> dict[str, str]:
    """In .weights.h5 a layer's weights are numbered in the order in which Keras makes them."""
    dims = [len(shapes.get(number, ())) for number in ("0", "1")]
    if len(shapes) <= 3 and dims == [2, 2]:
        return {role: str(n) for n, role in enumerate(["kernel", "recurrent_kernel", "bias"][: len(shapes)])}
    if len(shapes) == 2 and dims == [2, 1]:
        return {"kernel": "0", "bias": "1"}
    if len(shapes) == 1 and dims == [2, 0]:
        called = f"{_bare(group)} {names.get(group, '')}".lower()
        return {"embeddings" if "emb" in called else "kernel": "0"}
    return {}


def _bare(group: str) -> str:
    return group.removesuffix("/vars")


def _layer_of(group: str) -> tuple[str, str]:
    """The layer that a cell's group belongs to, and "forward" or "backward" if it is one half of that layer."""
    above, _, last = _bare(group).rpartition("/")
    if _CELL.fullmatch(last) and above and above.rpartition("/")[2] not in ("cells", "stacked_rnn_cells"):
        above, _, last = above.rpartition("/")
    half = re.match(r"(forward|backward)_", last)
    return (above, half[1]) if half and above else (f"{above}/{last}".strip("/"), "")


def _names(layers: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """A layer's own name; with the names above it if two layers have equal names."""
    own = {layer: given.get(f"{layer}/vars", layer.rpartition("/")[2]) for layer in layers}
    times = Counter(own.values())
    return {layer: name if times[name] == 1 else layer.replace("/", ".") for layer, name in own.items()}


def _kind(weights: Mapping[str, Tensor]) -> str:
    units, rows = weights["recurrent_kernel"].shape
    return {4 * units: "LSTM", 3 * units: "GRU"}.get(rows, "")


def _refusal(layer: str, weights: Mapping[str, Tensor]) -> str:
    """Why PyTorch's equations do not describe the layer that has these weights; "" if they do."""
    kind, bias = _kind(weights), weights.get("bias")
    if bias is None or not kind:
        return ""
    if bias.shape == (2 * weights["recurrent_kernel"].shape[1],):
        return f"Expected a Keras {kind}, got a CuDNN{kind} at {shortened(layer)}: load it in Keras and save it."
    if kind == "GRU" and bias.dim() == 1:
        return (
            f"Expected reset_after=True as in PyTorch's GRU, got False at {shortened(layer)}: its r multiplies h "
            "before the product, PyTorch's after it."
        )
    return ""


def _recurrent(weights: Mapping[str, Tensor], half: str) -> dict[str, Tensor]:
    """PyTorch's weights of one direction: matrices transposed, the gates i f c o = i f g o, and z r h as r z n."""
    kernel, recurrent, bias = weights["kernel"], weights["recurrent_kernel"], weights.get("bias")
    found = {"weight_ih": kernel.T, "weight_hh": recurrent.T}
    if bias is not None:
        found["bias_ih"], found["bias_hh"] = bias if bias.dim() == 2 else (bias, torch.zeros_like(bias))
    if _kind(weights) == "GRU":
        found = {name: torch.cat([of_x.chunk(3)[block] for block in _FROM_ZRH]) for name, of_x in found.items()}
    return {f"{name}_l0{half}": tensor.contiguous() for name, tensor in found.items()}


def check_settings(settings: Any) -> tuple[tuple[str, ...], dict[str, str]]:
    """What is to be said of a file with these settings (None: no settings): sentences for the user, and by a layer's
    name why PyTorch's equations do not describe it."""
    stated = left_open = False
    refused: dict[str, str] = {}
    for kind, config, layer in _layers(settings):
        if said := _refusal_of_settings(kind, config):
            refused.setdefault(layer, said)
        elif kind in _EXPECTED:
            open_ones = [key for key in _ACTIVATIONS if key in _EXPECTED[kind][1] and key not in config]
            stated, left_open = True, left_open or bool(open_ones)
    return () if stated and not left_open else (NOT_STATED,), refused


def _refusal_of_settings(kind: str, config: Mapping[str, Any]) -> str:
    """Why PyTorch's equations do not describe a layer; "" if they do."""
    label = f"{kind} {shortened(config.get('name', ''))}"
    if kind in _OTHERS:
        return f"Expected Keras's LSTM, got a {label}: {_OTHERS[kind]}."
    module, expected_of_it = _EXPECTED.get(kind, ("", {}))
    for key, expected in expected_of_it.items():
        if (got := config.get(key, expected)) != expected:
            said = f"Expected {key}={expected!r} as in PyTorch's {module}, got {shortened(got)} in {label}."
            hard = " Train the model with recurrent_activation='sigmoid', or go on with its training so, and save it."
            return said + (hard if got == "hard_sigmoid" else "")
    if kind == "Bidirectional" and config.get("merge_mode", "concat") not in ("concat", None):
        return f"Expected merge_mode='concat' as in PyTorch, got {shortened(config['merge_mode'])} in {label}."
    return ""


def layer_names(settings: Any) -> list[str]:
    """The names of a model's layers in the order in which it was built."""
    return [config["name"] for _, config, _ in _layers(settings) if isinstance(config.get("name"), str)]


def _layers(settings: Any) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The class and settings of each layer, including layers inside layers, and the name of the layer that its weights
    are under: a half and a cell are parts of one."""
    waiting: list[tuple[Any, str]] = [(settings, "")]
    while waiting:
        value, around = waiting.pop()
        if isinstance(value, dict):
            kind, config = value.get("class_name"), value.get("config")
            if isinstance(kind, str) and isinstance(config, dict):
                layer = around or str(config.get("name", ""))
                yield kind, config, layer
                around = layer if kind in ("Bidirectional", "RNN") else ""
                if kind == "Bidirectional":
                    match config.get("backward_layer"):
                        case {"config": dict(own), **others}:
                            # The second half of a Bidirectional layer reads from the end.
                            own = own | {"go_backwards": not own.get("go_backwards", False)}
                            config = config | {"backward_layer": others | {"config": own}}
                waiting.append((config, around))
            else:
                waiting.extend((item, around) for item in reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend((item, around) for item in reversed(value))
