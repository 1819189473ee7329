"""Which LSTMs, GRUs and RNNs do these weights make, by PyTorch's names or Flax's, and what stands beside them?

PyTorch's own names decide, after any prefix: `weight_ih_l0`, `weight_hh_l1_reverse`, … make an `nn.LSTM`, `nn.GRU` or
`nn.RNN`, `weight_ih`, `weight_hh` one of their cells. The rows of weight_hh tell the three apart: 4, 3 or 1 a unit.

An embedding and a Linear both have a matrix called `weight`. A module with a bias is a Linear; without a bias the name
decides, then the shape: an embedding is as wide as an input of theirs, a Linear as wide as an output.
"""

import re
from collections.abc import Collection, Mapping
from typing import Literal

import torch
from torch import Tensor, nn

from lstm_core.checkpoints.weights_file import NamedTensors
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.recording.kinds import KINDS

# An LSTM, GRU or RNN, or the cell of one.
Recurrent = nn.RNNBase | nn.RNNCellBase

_NAME = re.compile(
    r"(?:(.*)\.)?((?:weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l\d{1,3}(?:_reverse)?)?)", re.DOTALL
)
_EMBEDS = re.compile(r"emb|lookup|lut|wte|wpe|vocab|token", re.IGNORECASE)
_READS = re.compile(r"linear|dense|fc|out|head|proj|class|decod|hidden2|logit|lin\d*$", re.IGNORECASE)
_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


def recurrent_groups(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """The weights of each LSTM, GRU, RNN or cell among named tensors: {module name: {"weight_ih_l0": tensor, …}}."""
    groups: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if match := _NAME.fullmatch(name):
            groups.setdefault(match[1] or "", {})[match[2]] = tensor
    return groups


def kind_of_group(weights: Mapping[str, Tensor]) -> str:
    """ "GRU" or "RNN" if the shapes are theirs, else "LSTM", even if the shapes are wrong."""
    hidden = weights.get("weight_hh_l0", weights.get("weight_hh"))
    if hidden is None or hidden.dim() != 2 or any(name.startswith("weight_hr") for name in weights):
        return "LSTM"
    rows, units = hidden.shape
    return {kind.blocks * units: name for name, kind in KINDS.items()}.get(rows, "LSTM")


def build_recurrent(name: str, weights: Mapping[str, Tensor]) -> Recurrent:
    """An `nn.LSTM`, `nn.GRU` or `nn.RNN`, or a cell, that holds the given tensors without a copy, in eval mode.

    weights: by PyTorch's names, "weight_ih_l0" … or, for a cell, "weight_ih" …. Kind, sizes, layers, directions, bias
    and projection follow from names and shapes. Raises LstmCoreError when they contradict each other.
    """
    kind = kind_of_group(weights)
    called = f"the {kind} {shortened(name)}"
    _check_numbers(called, weights)
    module = _cell(kind, called, weights) if "weight_ih" in weights else _layers(kind, called, weights)
    expected = {key: tuple(weight.shape) for key, weight in module.named_parameters()}
    got = {key: tuple(weight.shape) for key, weight in weights.items()}
    for key in [*expected, *got]:
        if expected.get(key) != got.get(key):
            raise LstmCoreError(
                f"Expected {key} of {called} {_shape(expected.get(key))}, as its other weights say, "
                f"got {_shape(got.get(key))}."
            )
    module.load_state_dict(dict(weights), assign=True)
    return module.eval()


def _shape(shape: tuple[int, ...] | None) -> str:
    return "not to be there" if shape is None else f"of shape {shape}"


def _check_numbers(called: str, weights: Mapping[str, Tensor]) -> None:
    dtypes = {weight.dtype for weight in weights.values()}
    if len(dtypes) > 1 or not dtypes <= set(_FLOATS):
        names = ", ".join(sorted(str(dtype).removeprefix("torch.") for dtype in dtypes))
        raise LstmCoreError(
            f"Expected the weights of {called} in one of float32, float64, float16 or bfloat16, got "
            f"{names}. Convert them first: {{name: weight.float() for name, weight in state.items()}}."
        )
    for key, weight in weights.items():
        if weight.layout != torch.strided or weight.is_meta:
            raise LstmCoreError(f"Expected dense weights, got {key} of {called} without its numbers.")


def _matrix(kind: str, called: str, weights: Mapping[str, Tensor], key: str) -> tuple[int, int]:
    """The shape of a weight that can't be missing."""
    weight = weights.get(key)
    if weight is None or weight.dim() != 2 or 0 in weight.shape:
        got = "none" if weight is None else f"shape {tuple(weight.shape)}"
        count = f"{KINDS[kind].blocks} * unit".removeprefix("1 * ")
        raise LstmCoreError(f"Expected {key} of {called} to be a matrix ({count}, …), got {got}.")
    rows, columns = weight.shape
    return rows, columns


def _cell(kind: str, called: str, weights: Mapping[str, Tensor]) -> nn.RNNCellBase:
    _, inputs = _matrix(kind, called, weights, "weight_ih")
    _, hidden = _matrix(kind, called, weights, "weight_hh")
    return KINDS[kind].cell(inputs, hidden, bias="bias_ih" in weights, device="meta", dtype=weights["weight_ih"].dtype)


def _layers(kind: str, called: str, weights: Mapping[str, Tensor]) -> nn.RNNBase:
    _, inputs = _matrix(kind, called, weights, "weight_ih_l0")
    _, shown = _matrix(kind, called, weights, "weight_hh_l0")
    projected = "weight_hr_l0" in weights
    hidden = _matrix(kind, called, weights, "weight_hr_l0")[1] if projected else shown
    # The number of layers that have weights: a missing layer shows when the names are compared.
    count = len({key for key in weights if re.fullmatch(r"weight_ih_l\d+", key)})
    # A GRU or an RNN takes no proj_size.
    projection = {"proj_size": shown} if projected else {}
    return KINDS[kind].layers(
        inputs,
        hidden,
        count,
        bias="bias_ih_l0" in weights,
        bidirectional="weight_ih_l0_reverse" in weights,
        device="meta",
        dtype=weights["weight_ih_l0"].dtype,
        **projection,
    )


def layers_beside(
    tensors: Mapping[str, Tensor], modules: Collection[Recurrent], kinds: Mapping[str, str]
) -> tuple[dict[str, nn.Embedding], dict[str, nn.Linear]]:
    """The embeddings and Linear layers among named tensors, by module; `kinds`: which it is, if the file says it."""
    embeddings, linears = dict[str, nn.Embedding](), dict[str, nn.Linear]()
    taken, given = {one.input_size for one in modules}, {output_size(one) for one in modules}
    for name, weight in tensors.items():
        module, _, last = name.rpartition(".")
        if last != "weight" or weight.dim() != 2 or not weight.is_floating_point() or 0 in weight.shape:
            continue
        bias = tensors.get(f"{module}.bias" if module else "bias")
        kind = kinds.get(module) or ("embedding" if _is_embedding(module, weight, taken, given) else "linear")
        if bias is None and kind == "embedding":
            embeddings[module] = build_embedding(weight)
        elif bias is None or bias.shape == weight.shape[:1]:
            linears[module] = build_linear(module, weight, bias)
    return embeddings, linears


def _is_embedding(name: str, weight: Tensor, taken: set[int], given: set[int]) -> bool:
    last = name.rpartition(".")[2]
    if bool(_EMBEDS.search(last)) != bool(_READS.search(last)):
        return bool(_EMBEDS.search(last))
    rows, columns = weight.shape
    feeds, reads = columns in taken, columns in given
    return feeds if feeds != reads else rows > columns


def output_size(module: Recurrent) -> int:
    """The size of its output a step: direction * unit, after any projection."""
    if isinstance(module, nn.RNNCellBase):
        return module.hidden_size
    return (2 if module.bidirectional else 1) * (module.proj_size or module.hidden_size)


def build_embedding(weight: Tensor) -> nn.Embedding:
    """An `nn.Embedding` that holds the given matrix (token, feature) without a copy."""
    # With a given weight it draws none; drawing on the meta device would load SymPy first.
    return nn.Embedding(weight.shape[0], weight.shape[1], _weight=weight).eval()


def build_linear(name: str, weight: Tensor, bias: Tensor | None) -> nn.Linear:
    """An `nn.Linear` that holds the given matrix (output, input) and bias without a copy."""
    if bias is not None and bias.dtype != weight.dtype:
        raise LstmCoreError(
            f"Expected weight and bias of {shortened(name)} in one dtype, got {weight.dtype} and {bias.dtype}."
        )
    # Made without its first weights: drawing them takes a millisecond each, and a file may have 26,000.
    linear = nn.Linear.__new__(nn.Linear)
    nn.Module.__init__(linear)
    linear.out_features, linear.in_features = weight.shape
    linear.weight = nn.Parameter(weight)
    linear.register_parameter("bias", None if bias is None else nn.Parameter(bias))
    return linear.eval()


# How are the weights of Flax read? By their names and shapes, under PyTorch's names.
#
# Its nested dicts come as flat names, joined with /, . or __ by whoever saved them. A matrix is PyTorch's transposed,
# and the one bias of each gate is the sum of PyTorch's two.
#
#     LSTMCell        ii if ig io (kernel), hi hf hg ho (kernel, bias): a matrix a gate
#     GRUCell         ir iz in (kernel, bias), hr hz (kernel), hn (kernel, bias)
#     nnx, others     dense_i dense_h (kernel, bias), gates in the order i f g o, or r z n

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
        owner, used, cell = _cell_of_flax(place, modules)
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
            found |= {".".join((*owner, key)): tensor for key, tensor in cells.get(owner, {}).items()}
            continue
        plain, kind = _layer(weights)
        found |= {".".join((*path, key)): tensor for key, tensor in plain.items()}
        if kind is not None:
            kinds[".".join(path)] = kind
    containers = [each for each in _CONTAINERS if all(name.startswith(each) for name in found)]
    return NamedTensors(found, tuple(containers), kinds)


def _parts(name: str) -> list[str]:
    """A flat name's parts; nnx of some releases ends each with "value"."""
    parts = [part for part in _JOINT.split(name) if part] or [name]
    return parts[:-1] if parts[-1] == "value" and len(parts) > 1 else parts


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


def _cell_of_flax(path: Path, modules: Mapping[Path, Weights]) -> _Found:
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
