"""Which kinds of file are spoilt, and what can only they suffer?"""

import io
import json
import pickletools
import tempfile
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import h5py
import keras_layouts
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save
from torch import nn

import lstm_core
from lstm_core.models.shipped import model_bytes
from tests.weight_files import saved

from .archives import (
    arrays_of_the_npz,
    as_npy,
    entries_of_the_zip,
    header_of_the_scan,
    numbers_of_the_scan,
    rezipped,
    scan_npz,
)
from .pickles import text, tuples_of_ten, whole
from .spoil import MOST_BYTES, NUMBERS, Kind, json_text, safetensors_parts, safetensors_whole, spoilt_json


def _state(draw: Random) -> dict[str, torch.Tensor]:
    torch.manual_seed(draw.randrange(99))
    sizes = draw.choice([(4, 3, 1, False, 0), (2, 5, 2, True, 0), (3, 6, 1, False, 2)])
    lstm = nn.LSTM(sizes[0], sizes[1], sizes[2], bidirectional=sizes[3], proj_size=sizes[4])
    parts = nn.ModuleDict(
        {"emb": nn.Embedding(7, sizes[0]), "lstm": lstm, "cell": nn.LSTMCell(2, 3), "fc": nn.Linear(3, 2)}
    )
    return dict(parts.state_dict())


# PyTorch


def pytorch(draw: Random, new: bool = True) -> bytes:
    state = _state(draw)
    return saved({"model": state, "epoch": 3, "betas": (0.9, (1, 2))} if draw.random() < 0.5 else state, new)


def _a_step(draw: Random) -> bytes:
    """Steps of a pickle that leave one thing on the stack."""
    return draw.choice(
        [
            whole(draw.choice(NUMBERS)),
            b"(" + whole(draw.choice(NUMBERS)) + b"q\xfe" + b"h\xfe" * draw.choice([60, 3_000, 100_000]) + b"t",
            b")" + b"\x85" * draw.choice([3, 100, 300_000]),
            tuples_of_ten(draw.choice([2, 5, 9])),
            b"]" * 1 + b"q\xfd" + b"h\xfda",
            b"}" + b"(" + b"".join(text(f"k{n}") + b"K\x01" for n in range(draw.choice([5, 30_000]))) + b"u",
            text("a" * draw.choice([3, 600, 500_000])),
            b"cbuiltins\nbytearray\n" + whole(2**40) + b"\x85R",
            b"ctorch\nSize\n(" + b"K\x01" * draw.choice([3, 5_000]) + b"t\x85R",
            b"ccollections\nOrderedDict\n)R",
            b"cos\nsystem\n" + text("true") + b"\x85R",
            b"N",
        ]
    )


_GLOBALS = (
    b"ctorch\nDoubleStorage\n",
    b"ctorch\nBoolStorage\n",
    b"ctorch._utils\n_rebuild_tensor_v3\n",
    b"ctorch._utils\n_rebuild_parameter\n",
    b"ctorch\nSize\n",
    b"ctorch\nFloatTensor\n",
    b"ctorch\ndevice\n",
    b"ccollections\nOrderedDict\n",
    b"ctorch.storage\nUntypedStorage\n",
)


def _spoilt_pickle(draw: Random, pickle: bytes) -> bytes:
    """One step of a pickle replaced, left out or done many times; or what a number is made something else."""
    steps = [(opcode.name, place) for opcode, _, place in pickletools.genops(pickle)]
    places = [place for _, place in steps] + [len(pickle)]
    number = draw.randrange(len(steps) - 1)
    what = draw.random()
    if what < 0.5:
        counts = [n for n, (name, _) in enumerate(steps) if name.startswith("BININT")]
        number = draw.choice(counts or [number])
        return pickle[: places[number]] + _a_step(draw) + pickle[places[number + 1] :]
    if what < 0.6:
        named = [n for n, (name, _) in enumerate(steps) if name == "GLOBAL"]
        number = draw.choice(named or [number])
        return pickle[: places[number]] + draw.choice(_GLOBALS) + pickle[places[number + 1] :]
    if what < 0.7:
        return pickle[: places[number]] + pickle[places[number + 1] :]
    if what < 0.8:
        return pickle[: places[number]] + _a_step(draw) + pickle[places[number] :]
    last = min(number + draw.choice([1, 3, 30, 200]), len(steps) - 1)
    piece = pickle[places[number] : places[last]]
    times = min(draw.choice([2, 1_000, 300_000]), MOST_BYTES // len(piece))
    return pickle[: places[number]] + piece * times + pickle[places[last] :]


def steps_of_the_pickle(draw: Random, content: bytes) -> bytes:
    return rezipped(content, lambda name, held: _spoilt_pickle(draw, held) if name.endswith("data.pkl") else held)


def steps_of_an_old_pickle(draw: Random, content: bytes) -> bytes:
    stream = io.BytesIO(content)
    ends = [0]
    for _ in range(5):
        list(pickletools.genops(stream))
        ends.append(stream.tell())
    number = draw.choice([3, 3, 3, 4, 2])
    start, end = ends[number], ends[number + 1]
    return content[:start] + _spoilt_pickle(draw, content[start:end]) + content[end:]


# safetensors


def safetensors(draw: Random) -> bytes:
    return save({name: tensor.clone() for name, tensor in _state(draw).items()})


def header_of_safetensors(draw: Random, content: bytes) -> bytes:
    header, data = safetensors_parts(content)
    return safetensors_whole(json_text(draw, header), data)


def many_tensors(draw: Random, content: bytes) -> bytes:
    header, data = safetensors_parts(content)
    count = draw.choice([1_000, 39_000])
    form = draw.choice(
        ["{}.weight_ih_l0", "{}.weight", "lstm.weight_ih_l{}", "{}.weight_g", "parametrizations.{}.original0"]
    )
    place = draw.choice([[0, 0], [0, 16]])
    one = {"dtype": "F32", "shape": [place[1] // 4, 1], "data_offsets": place}
    return safetensors_whole(header | {form.format(number): one for number in range(count)}, data)


# A model saved here


def own_model(draw: Random) -> bytes:
    return model_bytes(lstm_core.load_model(draw.choice(["counter", "copy", "series", "brackets"])))


def settings_of_the_model(draw: Random, content: bytes) -> bytes:
    header, data = safetensors_parts(content)
    settings = json.loads(header["__metadata__"]["model"])
    for _ in range(draw.choice([1, 2])):
        settings = spoilt_json(draw, settings) if isinstance(settings, dict) else settings
    header["__metadata__"]["model"] = json.dumps(settings)[:MOST_BYTES]
    return safetensors_whole(header, data)


def layers_of_the_model(draw: Random, content: bytes) -> bytes:
    header, data = safetensors_parts(content)
    settings = json.loads(header["__metadata__"]["model"])
    key = draw.choice(["num_layers", "num_layers", "hidden_size", "input_size", "proj_size"])
    settings["lstm"][key] = draw.choice([2, 60, 2_000, 10_000, 2**40, 2**70])
    header["__metadata__"]["model"] = json.dumps(settings)
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    return safetensors_whole(header | {f"e{n}": empty for n in range(draw.choice([0, 10_000]))}, data)


# Keras


def _keras_weights(draw: Random) -> Any:
    return keras_layouts.layers(np.random.default_rng(draw.randrange(99)))


def keras_zip(draw: Random) -> bytes:
    return keras_layouts.zipped(_keras_weights(draw))


def keras_h5(draw: Random) -> bytes:
    return draw.choice(list(keras_layouts.LAYOUTS.values())[2:])(_keras_weights(draw))


def keras_weights(draw: Random) -> bytes:
    return keras_layouts.numbered(_keras_weights(draw))


def settings_of_keras(draw: Random, content: bytes) -> bytes:
    settings = json_text(draw, json.loads(keras_layouts.settings()))
    return rezipped(content, lambda name, held: settings.encode() if name == "config.json" else held)


def hdf5_in_the_zip(draw: Random, content: bytes) -> bytes:
    spoil = draw.choice(HDF5)
    return rezipped(content, lambda name, held: spoil(draw, held) if name.endswith(".h5") else held)


def _changed_hdf5(content: bytes, change: Any) -> bytes:
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as file:
        groups: list[Any] = [file]
        file.visititems(lambda _, held: groups.append(held) if isinstance(held, h5py.Group) else None)
        change(file, groups)
    return stream.getvalue()


def attributes_of_hdf5(draw: Random, content: bytes) -> bytes:
    key = draw.choice(["name", "model_config", "layer_names", "keras_version"])
    value: Any = draw.choice(
        [
            "a" * draw.choice([3, 60_000]),
            np.array(["b" * draw.choice([1, 500])] * draw.choice([1, 3_000]), dtype=object),
            np.array([b"c" * 20] * 100),
            np.arange(9.0),
            h5py.Empty("f"),
            3,
            json_text(draw, json.loads(keras_layouts.settings()))[:60_000],
            draw.choice(["2.2.4", "2.2.4-tf", "3.0.0", "9" * 50_000, "x.y"]),
        ]
    )

    def change(_file: Any, groups: list[Any]) -> None:
        group = draw.choice(groups)
        kind = {"dtype": h5py.string_dtype()} if isinstance(value, np.ndarray) and value.dtype == object else {}
        group.attrs.create(key, value, **kind)

    return _changed_hdf5(content, change)


def one_text_many_times(draw: Random, content: bytes) -> bytes:
    """An attribute of many texts of variable length that are one and the same place in the file."""
    count, length = draw.choice([30, 3_900]), draw.choice([1_000, 400_000])
    texts = np.array(["q" * length] + ["w" * 9] * (count - 1), dtype=object)
    key = draw.choice(["layer_names", "name", "model_config"])

    def change(_file: Any, groups: list[Any]) -> None:
        draw.choice(groups).attrs.create(key, texts, dtype=h5py.string_dtype())

    changed = bytearray(_changed_hdf5(content, change))
    first = changed.find(length.to_bytes(4, "little") + bytes(0))
    while first >= 0 and changed[first + 16 : first + 20] != (9).to_bytes(4, "little"):
        first = changed.find(length.to_bytes(4, "little"), first + 1)
    for number in range(count if first >= 0 else 0):
        changed[first + 16 * number : first + 16 * number + 16] = changed[first : first + 16]
    return bytes(changed)


def arrays_of_hdf5(draw: Random, content: bytes) -> bytes:
    how: Any = draw.choice(
        [
            {"shape": (2**20, 12), "dtype": "f4", "chunks": (2**10, 12), "compression": "gzip"},
            {"shape": (2**40, 12), "dtype": "f4"},
            {"shape": (4, 12), "dtype": "i8"},
            {"shape": (0, 12), "dtype": "f4"},
            {"shape": (), "dtype": "f8"},
            {"shape": (1,) * 30, "dtype": "f2"},
            {"shape": (4, 12), "dtype": h5py.string_dtype()},
            {"shape": (4, 12), "dtype": "f4", "external": [("/etc/passwd", 0, 192)]},
        ]
    )

    def change(file: Any, _groups: list[Any]) -> None:
        names: list[str] = []
        file.visititems(lambda name, held: names.append(name) if isinstance(held, h5py.Dataset) else None)
        name = draw.choice(names)
        del file[name]
        file.create_dataset(name, **how)

    return _changed_hdf5(content, change)


def groups_of_hdf5(draw: Random, content: bytes) -> bytes:
    what, count = draw.choice(["deep", "many", "links", "ring", "outside"]), draw.choice([50, 3_000])

    def change(file: Any, groups: list[Any]) -> None:
        group = draw.choice(groups)
        if what == "deep":
            for _ in range(min(count, 400)):
                group = group.create_group("deeper")
        elif what == "many":
            for number in range(count):
                group.create_group(f"more {number}")
        elif what == "links":
            for number in range(count):
                group[f"link {number}"] = h5py.SoftLink("/layers")
        elif what == "ring":
            for number in range(min(count, 50)):
                group[f"ring {number}"] = file["/"]
        else:
            group["outside"] = h5py.ExternalLink("/etc/passwd", "/")

    return _changed_hdf5(content, change)


HDF5 = (attributes_of_hdf5, one_text_many_times, arrays_of_hdf5, groups_of_hdf5)


# ONNX


def onnx_model(draw: Random) -> bytes:
    rng = np.random.default_rng(draw.randrange(99))
    weights = {"W": (1, 12, 4), "R": (1, 12, 3), "B": (1, 24), "emb": (7, 4), "fc": (3, 2)}
    nodes = [
        helper.make_node("Gather", ["emb", "X"], ["x"], name="/emb/Gather"),
        helper.make_node("LSTM", ["x", "W", "R", "B"], ["Y"], name="/lstm/LSTM", hidden_size=3),
        helper.make_node("MatMul", ["Y", "fc"], ["Z"], name="/fc/MatMul"),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("X", TensorProto.INT64, [None, 1])],
        [helper.make_tensor_value_info("Z", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(rng.normal(size=size).astype(np.float32), name) for name, size in weights.items()],
    )
    content: bytes = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)]).SerializeToString()
    return content


def messages_of_onnx(draw: Random, content: bytes) -> bytes:
    model = onnx.ModelProto.FromString(content)
    graph = model.graph
    what = draw.choice(
        ["dims", "nodes", "inside", "constants", "external", "floats", "names", "kinds", "empty", "activations"]
    )
    constant = draw.choice(graph.initializer)
    if what == "dims":
        number = draw.choice([n for n in NUMBERS if -(2**63) <= n < 2**63])
        constant.dims[draw.randrange(len(constant.dims))] = number
        constant.dims.extend([1] * draw.choice([0, 70, 100_000]))
    elif what == "nodes":
        graph.node.extend([draw.choice(graph.node)] * draw.choice([2, 40, 5_000]))
    elif what == "inside":
        for _ in range(draw.choice([2, 30])):
            node = helper.make_node("Loop", [], [])
            node.attribute.append(helper.make_attribute("body", graph))
            graph = helper.make_graph([node], "outer", [], [])
        model.graph.CopyFrom(graph)
    elif what == "constants":
        graph.initializer.extend([constant] * draw.choice([2, 3_000]))
    elif what == "external":
        constant.data_location = TensorProto.EXTERNAL
        constant.external_data.add(key="location", value="../../../etc/passwd")
    elif what == "floats":
        constant.ClearField("raw_data")
        constant.float_data.extend([0.5] * draw.choice([3, 48, 300_000]))
    elif what == "names":
        draw.choice(graph.node).name = draw.choice(["/" * 300_000, "a" * 600_000, "\u202e", ""])
    elif what == "kinds":
        constant.data_type = draw.choice([0, 2, 10, 11, 16, 99])
    elif what == "empty":
        return model.SerializeToString() + b"\x3a\x80\x80\x20" + draw.choice([b"\x0a\x00", b"\x2a\x00"]) * 2**18
    else:
        node = graph.node[1]
        node.attribute.append(helper.make_attribute("activations", ["Sigmoid"] * draw.choice([3, 10_000])))
    changed: bytes = model.SerializeToString()
    return changed


# Traces


def trace(draw: Random, suffix: str = ".npz") -> bytes:
    torch.manual_seed(draw.randrange(99))
    module = draw.choice([nn.LSTM(3, 4, 2), nn.LSTM(3, 4, bidirectional=True), nn.GRU(3, 4), nn.RNN(3, 4)])
    found = lstm_core.run(module, torch.randn(6, 1, 3), tokens=draw.choice([None, list("abcdef")]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t{suffix}"
        found.save(path)
        return path.read_bytes()


def header_of_the_npz(draw: Random, content: bytes) -> bytes:
    def change(name: str, held: bytes) -> bytes:
        if name != "trace.npy":
            return held
        return as_npy(np.array(json_text(draw, json.loads(np.load(io.BytesIO(held)).item()))[:500_000]))

    return rezipped(content, change)


def header_of_the_trace(draw: Random, content: bytes) -> bytes:
    header, data = safetensors_parts(content)
    if draw.random() < 0.5:
        return safetensors_whole(json_text(draw, header), data)
    header["__metadata__"]["trace"] = json_text(draw, json.loads(header["__metadata__"]["trace"]))
    return safetensors_whole(header, data)


# Tables and vocabularies


def series(draw: Random) -> bytes:
    mark = draw.choice([",", ";", "\t", " "])
    rows = [mark.join(["day", "load", "wind"]), *(mark.join([f"{n}", f"{n / 7:.3f}", "1e3"]) for n in range(9))]
    return "\n".join(rows).encode()


def cells_of_the_table(draw: Random, content: bytes) -> bytes:
    cell = draw.choice(
        [b"1" * 20_000 + b"x", b"1." * 9_000, b"," * 2_000, b'"' * 301, b"\n" * 90_000, b"-" * 500_000, b"1 " * 50_000]
    )
    start = draw.randrange(len(content))
    return content[:start] + cell + content[start:]


def vocabulary(draw: Random) -> bytes:
    words = [f"w{number}" for number in range(50)]
    if draw.random() < 0.3:
        return "\n".join(words).encode()
    return json.dumps(words if draw.random() < 0.5 else {word: row for row, word in enumerate(words)}).encode()


def json_of_the_vocabulary(draw: Random, content: bytes) -> bytes:
    value = json.loads(content) if content[:1] in (b"[", b"{") else content.decode().split("\n")
    return json_text(draw, value).encode("utf-8", "surrogatepass")


KINDS = {
    "PyTorch, zip": Kind(".pt", "checkpoint", pytorch, (steps_of_the_pickle, steps_of_the_pickle, entries_of_the_zip)),
    "PyTorch, old": Kind(".pt", "checkpoint", partial(pytorch, new=False), (steps_of_an_old_pickle,)),
    "safetensors": Kind(".safetensors", "checkpoint", safetensors, (header_of_safetensors, many_tensors)),
    "model saved here": Kind(
        ".safetensors", "model", own_model, (settings_of_the_model, layers_of_the_model, header_of_safetensors)
    ),
    "Keras, .keras": Kind(".keras", "checkpoint", keras_zip, (settings_of_keras, hdf5_in_the_zip, entries_of_the_zip)),
    "Keras, .h5": Kind(".h5", "checkpoint", keras_h5, HDF5),
    "Keras, .weights.h5": Kind(".h5", "checkpoint", keras_weights, HDF5),
    "ONNX": Kind(".onnx", "checkpoint", onnx_model, (messages_of_onnx,)),
    "trace, .npz": Kind(".npz", "trace", trace, (header_of_the_npz, arrays_of_the_npz, entries_of_the_zip)),
    "scan, .npz": Kind(
        ".npz", "scan", scan_npz, (header_of_the_scan, numbers_of_the_scan, arrays_of_the_npz, entries_of_the_zip)
    ),
    "trace, .safetensors": Kind(".safetensors", "trace", partial(trace, suffix=".safetensors"), (header_of_the_trace,)),
    "table": Kind(".csv", "series", series, (cells_of_the_table,)),
    "vocabulary": Kind(".json", "vocabulary", vocabulary, (json_of_the_vocabulary,)),
}
