"""How are the weights of an ONNX model read?

The operator LSTM keeps its gates in the order i o f c, GRU in the order z r h, each both directions in one tensor, and
the two biases after each other (ONNX's pages on `LSTM`, `GRU` and `RNN`). An embedding is a Gather from a matrix;
a Linear is a Gemm, or a MatMul and an Add.

torch.onnx.export and onnx.save may write the numbers into `model.onnx.data` beside `model.onnx`, and for each tensor
the file's name, offset and length. onnx opens no link and nothing outside the folder.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from lstm_core.checkpoints.weights_file import NamedTensors, WeightsFile
from lstm_core.errors import LstmCoreError, shortened

# Where PyTorch's blocks of rows stand in the operator's: i f g o in i o f c, r z n in z r h.
_BLOCKS = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
_ACTIVATIONS = {"LSTM": ["sigmoid", "tanh", "tanh"], "GRU": ["sigmoid", "tanh"], "RNN": ["tanh"]}
# TensorProto's FLOAT, FLOAT16 and DOUBLE.
FLOATS = (1, 10, 11)


def read_onnx(file: WeightsFile) -> NamedTensors:
    """The weights of an ONNX model under PyTorch's names (extra: gatescope[import])."""
    try:
        import onnx
    except ImportError as error:
        raise LstmCoreError("An ONNX file needs onnx: pip install 'gatescope[import]'.") from error
    model = onnx.ModelProto.FromString(file.stream.read())
    tensors: dict[str, Tensor] = {}
    kinds: dict[str, Literal["embedding", "linear"]] = {}
    refused: list[str] = []
    for nodes, constants in _graphs(model.graph, 0):
        pairs = [tuple(node.input) for node in nodes if node.op_type == "Add" and len(node.input) == 2]
        # The constant that an Add adds to each value.
        added = {value: other for a, b in pairs for value, other in ((a, b), (b, a))}
        for number, node in enumerate(nodes):
            if node.op_type in _BLOCKS:
                name = _module_name(node, f"{node.op_type.lower()}_{number}")
                if said := _refusal(name, node):
                    refused.append(said)
                    continue
                weights = _recurrent(name, node, constants, file.folder)
            elif layer := _embedding_or_linear(node, added, constants, file.folder):
                kind, name, weights = layer
                kinds[name] = kind
            else:
                continue
            tensors |= {f"{name}.{key}": weight for key, weight in weights.items()}
    return NamedTensors(tensors, kinds=kinds, says_tanh=True, refused=tuple(refused))


def _graphs(graph: Any, depth: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The nodes and constant tensors of a graph, and of the graphs inside its loops and branches."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            constants.update((node.output[0], a.t) for a in node.attribute if a.name == "value" and node.output)
        elif node.op_type == "Identity" and len(node.input) == 1 and node.input[0] in constants:
            constants[node.output[0]] = constants[node.input[0]]
    yield graph.node, constants
    for node in graph.node if depth < 8 else ():
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g, depth + 1)


def _module_name(node: Any, otherwise: str) -> str:
    """The module that a node was exported from: "/encoder/lstm/LSTM_1" is the second layer of encoder.lstm."""
    parts = [part for part in node.name.split("/") if part]
    if len(parts) > 1:
        number = re.fullmatch(rf"{node.op_type}(_\d+)?", parts[-1])
        parts = [*parts[:-2], parts[-2] + (number[1] or "")] if number else parts
    return ".".join(parts) or otherwise


def _tensor(proto: Any, folder: Path | None) -> Tensor:
    """A tensor that is in the file itself, or in one beside it."""
    from onnx import TensorProto, external_data_helper, numpy_helper

    if proto.data_type not in FLOATS:
        kind = {number: name for name, number in TensorProto.DataType.items()}.get(proto.data_type, "none")
        raise LstmCoreError(f"Expected float16, float32 or float64 weights, got {kind} in {shortened(proto.name)}.")
    if proto.data_location == TensorProto.EXTERNAL or proto.external_data:
        name = shortened(proto.name)
        if folder is None:
            raise LstmCoreError(
                f"Expected weights in the ONNX file itself, got {name} in another. Give the path of the model, with "
                "its data file beside it; or save it with onnx.save(onnx.load(path), path), which puts them inside."
            )
        location = next((entry.value for entry in proto.external_data if entry.key == "location"), "")
        try:
            external_data_helper.load_external_data_for_tensor(proto, str(folder))
        except Exception as error:
            said = " ".join(str(error).split())[:200]
            raise LstmCoreError(
                f"Expected the weights of {name} in a file in the folder of the model, got {shortened(location)}: "
                f"{said.rstrip('.')}. Put the model's own data file into its folder."
            ) from error
    return torch.from_numpy(numpy_helper.to_array(proto).copy())


def _recurrent(name: str, node: Any, constants: Mapping[str, Any], folder: Path | None) -> dict[str, Tensor]:
    """PyTorch's weights of one operator: one layer, with one direction or both."""
    backwards, blocks = _direction(node) == "bidirectional", _BLOCKS[node.op_type]
    given = dict(enumerate(node.input))
    found: dict[str, Tensor] = {}
    for key, place in (("weight_ih", 1), ("weight_hh", 2), ("bias", 3)):
        if not given.get(place):
            continue
        if given[place] not in constants:
            raise LstmCoreError(
                f"Expected the {key} of the {node.op_type} {shortened(name)} as a constant, got one that the model "
                "computes. Export it with constant folding."
            )
        weight = _tensor(constants[given[place]], folder)
        for half, part in zip(("", "_reverse")[: 1 + backwards], weight, strict=True):
            if key == "bias":
                b_ih, b_hh = part.chunk(2)
                found |= {f"bias_ih_l0{half}": _in_order(b_ih, blocks), f"bias_hh_l0{half}": _in_order(b_hh, blocks)}
            else:
                found[f"{key}_l0{half}"] = _in_order(part, blocks)
    return found


def _in_order(rows: Tensor, blocks: tuple[int, ...]) -> Tensor:
    given = rows.chunk(len(blocks))
    return torch.cat([given[place] for place in blocks])


def _settings(node: Any) -> dict[str, Any]:
    """What a node says of itself by name, texts as bytes."""
    from onnx.helper import get_attribute_value

    return {attribute.name: get_attribute_value(attribute) for attribute in node.attribute}


def _direction(node: Any) -> str:
    return str(_settings(node).get("direction", b"forward"), "utf-8", "replace")


def _refusal(name: str, node: Any) -> str:
    """Why PyTorch's equations do not describe an operator; "" if they do."""
    settings, direction = _settings(node), _direction(node)
    if direction not in ("forward", "bidirectional"):
        return f"Expected forward or bidirectional, got direction={direction[:20]!r} in {shortened(name)}."
    both = direction == "bidirectional"
    activations = [str(each, "utf-8", "replace").lower() for each in settings.get("activations", ())]
    refused = {
        "activations": activations not in ([], _ACTIVATIONS[node.op_type] * (1 + both)),
        "clip": "clip" in settings,
        "input_forget": settings.get("input_forget", 0) != 0,
        # 0, if it is not said: then r multiplies h before the product with U, PyTorch's after it.
        "linear_before_reset": node.op_type == "GRU" and not settings.get("linear_before_reset", 0),
        # The operator's last input.
        "peepholes": any(node.input[7:]),
    }
    keys = ", ".join(key for key, bad in refused.items() if bad)
    return keys and f"Expected the equations of PyTorch's {node.op_type}, got {keys} of its own in {shortened(name)}."


def _embedding_or_linear(
    node: Any, added: Mapping[str, str], constants: Mapping[str, Any], folder: Path | None
) -> tuple[Literal["embedding", "linear"], str, dict[str, Tensor]] | None:
    """The embedding or Linear that a Gather, Gemm or MatMul with a constant matrix was exported from."""
    place = 0 if node.op_type == "Gather" else 1
    is_layer = node.op_type in ("Gather", "Gemm", "MatMul") and len(node.input) > place
    if not is_layer or node.input[place] not in constants:
        return None
    proto = constants[node.input[place]]
    if len(proto.dims) != 2 or proto.data_type not in FLOATS:
        return None
    matrix = _tensor(proto, folder)
    kept = re.fullmatch(r"(.+)\.weight", proto.name)
    name = kept[1] if kept else _module_name(node, proto.name or node.output[0])
    if node.op_type == "Gather":
        return None if _settings(node).get("axis", 0) else ("embedding", name, {"weight": matrix})
    as_is = node.op_type == "Gemm" and _settings(node).get("transB", 0) == 1
    weights = {"weight": matrix if as_is else matrix.T.contiguous()}
    bias = node.input[2] if node.op_type == "Gemm" and len(node.input) > 2 else added.get(node.output[0], "")
    if bias in constants and list(constants[bias].dims) == [weights["weight"].shape[0]]:
        weights["bias"] = _tensor(constants[bias], folder)
    return "linear", name, weights
