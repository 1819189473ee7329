"""Which files might somebody drop on the page Your model, by mistake or to do harm?"""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from safetensors.torch import save
from torch import Tensor, nn

from tests.keras_layouts import layers, named, zipped

Files = Mapping[str, Callable[[], bytes]]

LARGE = 95_000_000  # bytes: the page takes 100 MB
HUGE = 2**40


class _Harmful:
    """Makes a folder where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def __reduce__(self) -> Any:
        return os.mkdir, (self._path,)


def hostile(folder: Path) -> Files:
    """Small files: broken, lying, or with a task for whoever opens them (a folder `executed`)."""
    harmful = _Harmful(folder / "executed")
    state = _state(_lstm(4, 3))
    keras = layers(np.random.default_rng(0))
    return {
        "pickle.pkl": lambda: pickle.dumps(harmful),
        "pickled-object.pt": lambda: _torch({"lstm.weight_ih_l0": harmful}),
        "pickled-object-old.pt": lambda: _torch({"lstm.weight_ih_l0": harmful}, old=True),
        "truncated.pt": lambda: _torch(state)[:2000],
        "zip-bomb.pt": lambda: _zip({"archive/data.pkl": b"\0" * 200_000_000}, zipfile.ZIP_DEFLATED),
        "million-steps.pt": lambda: _zip({"archive/data.pkl": b"\x80\x02]" + b"Na" * 1_500_000 + b"."}),
        "claims-terabytes.safetensors": lambda: _safetensors(
            {"lstm.weight_ih_l0": {"dtype": "F32", "shape": [HUGE], "data_offsets": [0, 4 * HUGE]}}
        ),
        "claims-header.safetensors": lambda: struct.pack("<Q", 2**63) + b"{" + b" " * 1000,
        "contradictory.pt": lambda: _torch(state | {"lstm.weight_hh_l0": torch.zeros(12, 5)}),
        "gru.pt": lambda: _torch(_state(nn.GRU(4, 3))),
        "truncated.h5": lambda: named(keras)[:3000],
        "unwritten.h5": lambda: _hdf5(shape=(2**30, 12)),
        "compressed.h5": lambda: _hdf5(shape=(2**20, 12), chunks=(2**10, 12), compression="gzip"),
        "elsewhere.h5": lambda: _hdf5(shape=(4, 12), external=[("/etc/hostname", 0, 192)]),
        "code.keras": lambda: zipped(keras, json.dumps({"class_name": "Lambda", "config": {"function": "import os"}})),
        "zip-bomb.keras": lambda: zipped(keras, " " * 50_000_000, zipfile.ZIP_DEFLATED),
        "elsewhere.onnx": lambda: _onnx({"W": np.zeros((1, 12, 4)), "R": np.zeros((1, 12, 3))}, outside=True),
        "claims-terabytes.onnx": lambda: _onnx({"W": np.zeros((1, 12, 4)), "R": np.zeros((1, 12, 3))}, dim=HUGE),
        "many-nodes.onnx": lambda: b"\x08\x07\x3a" + b"\xfe\xff\x3e" + b"\x0a\x00" * (2**19 - 2**13 - 1),
        "nan.pt": lambda: _torch({name: weight * torch.nan for name, weight in state.items()}),
        "empty.pt": lambda: b"",
        "text.csv": lambda: b"time,load\n2024-05-01,1\n",
    }


def large() -> Files:
    """Files of 95 MB: whole and honest, then of shapes that one number a row makes wide or long."""
    rows = LARGE // 4
    return {
        "large.pt": lambda: _torch(_large()),
        "large-old.pt": lambda: _torch(_large(), old=True),
        "large.safetensors": lambda: save(_large()),
        "large-half.safetensors": lambda: save({name: weight.half() for name, weight in _large(2).items()}),
        "large-lstm.pt": lambda: _torch(_state(_lstm(1700, 1700))),
        "large-weight-norm.pt": lambda: _torch(_weight_norm(_state(_lstm(1700, 1700)))),
        "large.h5": lambda: named(layers(np.random.default_rng(0), input_size=256, tokens=90_000)),
        "large.keras": lambda: zipped(layers(np.random.default_rng(0), input_size=256, tokens=90_000)),
        "large.onnx": lambda: _onnx({"W": np.zeros((1, 6800, 1700)), "R": np.zeros((1, 6800, 1700))}),
        "large-garbage.bin": lambda: np.random.default_rng(0).bytes(LARGE),
        "large-truncated.pt": lambda: _torch(_large())[:-1000],
        "large.csv": lambda: b"0.25,-1.5,3\n" * (LARGE // 12),
        "rows-of-one.safetensors": lambda: save({"emb.weight": torch.zeros(rows, 1)} | _state(_lstm(1, 3))),
        "half-rows-of-one.safetensors": lambda: save(
            {"emb.weight": torch.zeros(2 * rows, 1).half()} | {k: w.half() for k, w in _state(_lstm(1, 3)).items()}
        ),
        "classes.safetensors": lambda: save({"fc.weight": torch.zeros(rows, 1)} | _state(_lstm(3, 1))),
        "columns.safetensors": lambda: save(_state(_lstm(rows // 4 - 9, 1))),
        "projected.safetensors": lambda: save(_projected(rows // 17)),
        "many-tensors.safetensors": lambda: save(
            {f"{n}.weight": torch.zeros(30, 30) for n in range(26_000)} | _state(_lstm(4, 3))
        ),
        "many-lstms.pt": lambda: _torch({f"{n}.{k}": w for n in range(1200) for k, w in _state(_lstm(60, 40)).items()}),
        "too-large.pt": lambda: bytes(106_000_000),
    }


def small() -> Files:
    """A small model with an embedding, which asks for a vocabulary."""
    return {"small.pt": lambda: _torch({"emb.weight": torch.zeros(8, 4)} | _state(_lstm(4, 3)))}


def vocabularies() -> Files:
    """Vocabularies of 8 MB, as large as the page takes them."""
    return {
        "lines.txt": lambda: b"ab\n" * 2_600_000,
        "lines-wide.txt": lambda: "😀".encode() + b"abcdefgh\n" * 880_000,
        "lists.json": lambda: b"[" + b"[]," * 2_600_000 + b"[]]",
        "dicts.json": lambda: b"[" + b"{}," * 2_600_000 + b"{}]",
        "rows.json": lambda: json.dumps({f"t{row}": row for row in range(400_000)}).encode(),
        "deep.json": lambda: b"[" * 8_000_000,
        "bytes.bin": lambda: np.random.default_rng(0).bytes(8_000_000),
    }


def _lstm(inputs: int, units: int, **more: Any) -> nn.LSTM:
    return nn.LSTM(inputs, units, **more)


def _state(module: nn.Module) -> dict[str, Tensor]:
    return {f"lstm.{name}": weight for name, weight in module.state_dict().items()}


def _large(of: int = 1) -> dict[str, Tensor]:
    """An embedding, an LSTM and a Linear of 95 MB; of twice that, to be halved."""
    parts = {"emb": nn.Embedding(80_000 * of, 256), "lstm": nn.LSTM(256, 256), "fc": nn.Linear(256, 10_000)}
    return dict(nn.ModuleDict(parts).state_dict())


def _weight_norm(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The recurrent weights as a length and a direction each."""
    split = {name: weight for name, weight in state.items() if weight.dim() == 1}
    for name in state.keys() - split.keys():
        split |= {f"{name}_g": state[name].norm(dim=1, keepdim=True), f"{name}_v": state[name]}
    return split


def _projected(units: int) -> dict[str, Tensor]:
    """An LSTM of many units that shows one number of them."""
    return _state(nn.LSTM(1, units, proj_size=1))


def _torch(value: Any, old: bool = False) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=not old)
    return file.getvalue()


def _zip(entries: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def _safetensors(header: Any) -> bytes:
    content = json.dumps(header).encode()
    return struct.pack("<Q", len(content)) + content


def _hdf5(**how: Any) -> bytes:
    """A Keras LSTM whose kernel is stored in a way of its own."""
    file = io.BytesIO()
    with h5py.File(file, "w") as written:
        group = written.create_group("layers/lstm/cell/vars")
        group.create_dataset("0", dtype="f4", **how)
        group["1"] = np.zeros((3, 12), np.float32)
    return file.getvalue()


def _onnx(weights: Mapping[str, np.ndarray], outside: bool = False, dim: int = 0) -> bytes:
    node = helper.make_node("LSTM", ["X", *weights], ["Y"], name="/lstm/LSTM", hidden_size=weights["R"].shape[-1])
    tensors = [numpy_helper.from_array(weight.astype(np.float32), name) for name, weight in weights.items()]
    if outside:
        tensors[0].data_location = onnx.TensorProto.EXTERNAL
        entry = tensors[0].external_data.add()
        entry.key, entry.value = "location", "/etc/hostname"
    if dim:
        tensors[0].dims[2] = dim
    return bytes(helper.make_model(helper.make_graph([node], "graph", [], [], tensors)).SerializeToString())
