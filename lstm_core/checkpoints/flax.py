"""How are the weights of Flax read? By their names and shapes, under PyTorch's names.

Its nested dicts come as flat names, joined with /, . or __ by whoever saved them. A matrix is PyTorch's transposed, and
the one bias of each gate is the sum of PyTorch's two.

    LSTMCell        ii if ig io (kernel), hi hf hg ho (kernel, bias): a matrix a gate
    GRUCell         ir iz in (kernel, bias), hr hz (kernel), hn (kernel, bias)
    nnx, others     dense_i dense_h (kernel, bias), gates in the order i f g o, or r z n
"""

import re
from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from lstm_core.checkpoints.weights_file import NamedTensors
from lstm_core.errors import LstmCoreError, shortened

_JOINT = re.compile(r"[/.\[\]'\"]|__(?!_)")
_LSTM, _GRU = ("i", "f", "g", "o"), ("r", "z", "n")
_CONTAINERS = ("params.", "state.")

Path = tuple[str, ...]
Weights = dict[str, Tensor]


def pytorch_names(tensors: Mapping[str, Tensor]) -> NamedTensors:
    """Tensors under the names that PyTorch would give them; unchanged if none is of Flax's LSTM or GRU.

    Raises LstmCoreError for gates whose shapes contradict each other, and for a cell of Equinox.

    >>> shapes = {"cell/dense_i/kernel": (5, 12), "cell/dense_h/kernel": (3, 12), "cell/dense_h/bias": (12,)}
    >>> list(pytorch_names({name: torch.zeros(shape) for name, shape in shapes.items()}).tensors)
    ['cell.weight_ih_l0', 'cell.bias_ih_l0', 'cell.weight_hh_l0', 'cell.bias_hh_l0']
    """
    modules: dict[Path, Weights] = {}
    for name, tensor in tensors.items():
        *above, last = _parts(name)
        modules.setdefault(tuple(above), {})[last] = tensor
    cells: dict[Path, Weights] = {}
    of_cells: set[Path] = set()
    for place in list(modules):
        if {"weight_ih", "weight_hh", "bias"} <= modules[place].keys():
            # As a cell of PyTorch it would lose its bias without a word.
            raise LstmCoreError(
                f"Expected a cell of PyTorch or Flax, got one of Equinox at {shortened('.'.join(place))}: it has one "
                "bias. Load its weights into an nn.LSTM or nn.GRU, and save the state_dict() of that."
            )
        owner, used, cell = _cell(place, modules)
        if cell and owner not in cells:
            cells[owner] = {f"{name}_l0": tensor for name, tensor in cell.items()}
            of_cells |= used
    if not cells:
        return NamedTensors(dict(tensors))
    found: dict[str, Tensor] = {}
    kinds: dict[str, Literal["embedding", "linear"]] = {}
    for path, weights in modules.items():
        owner = path if path in cells else path[:-1]
        if path in of_cells:
            found |= {_joined(owner, key): tensor for key, tensor in cells.get(owner, {}).items()}
            continue
        plain, kind = _layer(weights)
        found |= {_joined(path, key): tensor for key, tensor in plain.items()}
        if kind is not None:
            kinds[".".join(path)] = kind
    containers = [each for each in _CONTAINERS if all(name.startswith(each) for name in found)]
    return NamedTensors(found, tuple(containers), kinds)


def _parts(name: str) -> list[str]:
    """A flat name's parts; nnx of some releases ends each with "value"."""
    parts = [part for part in _JOINT.split(name) if part] or [name]
    return parts[:-1] if parts[-1] == "value" and len(parts) > 1 else parts


def _joined(path: Path, key: str) -> str:
    return ".".join((*path, key))


def _layer(weights: Weights) -> tuple[Weights, Literal["embedding", "linear"] | None]:
    """A Linear's or embedding's weights by PyTorch's names, and which it is; others stay as they are."""
    if "embedding" in weights and weights["embedding"].dim() == 2:
        return {"weight": weights["embedding"]}, "embedding"
    if "kernel" in weights and weights["kernel"].dim() == 2:
        bias = {"bias": weights["bias"]} if "bias" in weights else {}
        return {"weight": weights["kernel"].T.contiguous()} | bias, "linear"
    return weights, None


_Found = tuple[Path, set[Path], Weights]
_NONE: _Found = ((), set(), {})


def _cell(path: Path, modules: Mapping[Path, Weights]) -> _Found:
    """The cell that a matrix stands in: a matrix a gate, or all gates in two."""
    owner = path[:-1]
    if not path or "kernel" not in modules[path]:
        return _NONE
    inside = {other[-1].rstrip("_"): other for other in modules if other[:-1] == owner and other}
    for sides in (
        *((tuple(f"i{gate}" for gate in gates), tuple(f"h{gate}" for gate in gates)) for gates in (_LSTM, _GRU)),
        (("dense_i",), ("dense_h",)),
    ):
        from_x, from_h = ([modules[inside[name]] for name in names if name in inside] for names in sides)
        if len(from_x) == len(from_h) == len(sides[0]) and path[-1].rstrip("_") in (*sides[0], *sides[1]):
            used = {inside[name] for names in sides for name in names}
            return owner, used, _side("ih", from_x, owner) | _side("hh", from_h, owner)
    return _NONE


def _side(name: str, gates: list[Weights], owner: Path) -> Weights:
    """The matrix and bias of x or h, of those of each gate; a gate without a bias has 0."""
    kernels = [weights.get("kernel") for weights in gates]
    shapes = {() if kernel is None else tuple(kernel.shape) for kernel in kernels}
    if len(shapes) != 1 or {*map(len, shapes)} != {2}:
        raise LstmCoreError(f"Expected gates of one shape in {shortened('.'.join(owner))}, got {sorted(shapes)}.")
    found = {f"weight_{name}": torch.cat([weights["kernel"].T for weights in gates])}
    biases = [weights.get("bias", weights["kernel"].new_zeros(weights["kernel"].shape[1])) for weights in gates]
    return found | {f"bias_{name}": torch.cat(biases)}
