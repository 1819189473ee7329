"""How are the weights of a Keras model read?

Keras computes with x @ kernel + h @ recurrent_kernel + bias (Keras's page on `LSTM`), gates in the order i f c o, so
each kernel is PyTorch's matrix transposed, and the one bias is the sum of PyTorch's two. A GRU has the order z r h, and
two rows of biases, as PyTorch's two (reset_after=True; with False its r multiplies h before the product).

Three layouts: .keras, a zip archive with the settings and .weights.h5 inside; .weights.h5, where a layer's weights are
numbered; and .h5, where they are named. Weights without the settings (.weights.h5, or .h5 of save_weights) do not state
their activations.
"""

import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor

from lstm_core.checkpoints.hdf5_file import Arrays, arrays_in
from lstm_core.checkpoints.keras_settings import check_settings, layer_names
from lstm_core.checkpoints.named_tensors import NamedTensors
from lstm_core.checkpoints.weights_file import WeightsFile
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.read_json import read_json
from lstm_core.limits import MOST_DESCRIPTION

KERAS_WEIGHTS = "model.weights.h5"

_FROM_ZRH = (1, 0, 2)

_CELL = re.compile(r"cell|lstm_cell(_\d+)?|gru_cell(_\d+)?|simple_rnn_cell(_\d+)?")


def read_keras_zip(file: WeightsFile, archive: zipfile.ZipFile) -> NamedTensors:
    """The weights in a .keras archive, whose entries are known to be uncompressed."""
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    if sizes.get("config.json", math.inf) > MOST_DESCRIPTION:
        raise LstmCoreError(f"Expected a config.json of at most {MOST_DESCRIPTION:,} bytes in a .keras file.")
    settings = read_json(archive.read("config.json"))
    stream = io.BytesIO(archive.read(KERAS_WEIGHTS))
    return read_keras(WeightsFile(stream, sizes[KERAS_WEIGHTS], file.label), settings)


def read_keras(file: WeightsFile, settings: Any = None) -> NamedTensors:
    """The weights in a .h5 or .weights.h5 file; `settings` may stand beside it."""
    with arrays_in(file) as arrays:
        if settings is None and "model_config" in arrays.attributes:
            settings = read_json(arrays.attributes["model_config"])
        notes, refused = check_settings(settings, arrays.attributes.get("keras_version", ""))
        order = layer_names(settings) or arrays.attributes.get("layer_names", "").split("\0")
        return _named(arrays, order, refused)._replace(notes=notes, says_tanh=True)


def _named(arrays: Arrays, order: list[str], refused: Mapping[str, str]) -> NamedTensors:
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


def _by_role(group: str, arrays: Arrays) -> dict[str, Tensor]:
    """The matrices and biases of one group as kernel, recurrent_kernel, bias or embeddings."""
    named = {name.removesuffix(":0"): shape for name, shape in arrays.groups[group].items()}
    if group.rpartition("/")[2] != "vars":
        roles: dict[str, str] = {
            name: name for name in ("kernel", "recurrent_kernel", "bias", "embeddings") if name in named
        }
    else:
        roles = _roles_of_numbers(group, named, arrays.names)
    # A GRU's bias has two rows.
    if any(len(named[number]) not in ((1, 2) if role == "bias" else (2,)) for role, number in roles.items()):
        return {}
    return {role: arrays.read(group, number) for role, number in roles.items()}


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
