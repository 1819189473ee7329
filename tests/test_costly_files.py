"""Small files that once took the server's time or memory: each is a sentence now, at the price of its size."""

import io
import json
import re
import struct
import zipfile

import h5py
import numpy as np
import pytest
import torch
from fuzz.judge import opener
from fuzz.pickles import archive, pickled, tensor, text, tuples_of_ten, whole
from safetensors.torch import save
from torch import nn

import lstm_core
from lstm_core.models.shipped import model_bytes

SECONDS = 6.0
"""Far above what any of them takes; each took more before, or more memory than allowed."""

NUMBERS = {"0": b"\0" * 16}
HUGE = whole(2**2030)


def one_huge_number_many_times(count):
    return archive(pickled(tensor(4, [HUGE + b"q\x05", *[b"h\x05"] * (count - 1)])), NUMBERS)


def tuples_in_tuples_as(place, levels):
    last = bytes([ord("h"), 16 + levels])
    value = tensor(4, [4], key=last) if place == "key" else tensor(4, [last])
    return archive(b"\x80\x02}" + text("a") + tuples_of_ten(levels) + b"s" + text("b") + value + b"s.", NUMBERS)


def one_long_text(length, key="model_config"):
    stream = io.BytesIO()
    with h5py.File(stream, "w", libver="latest") as file:
        file.attrs[key] = "a" * length
    return stream.getvalue()


def many_empty_layers(layers, tensors):
    """A model saved here that claims layers, with as many empty tensors."""
    model = lstm_core.load_model("counter")
    held = model_bytes(model)
    size = struct.unpack("<Q", held[:8])[0]
    settings = json.loads(json.loads(held[8 : 8 + size])["__metadata__"]["model"])
    settings["lstm"]["num_layers"] = layers
    weights = dict(model.state_dict()) | {f"empty.{number}": torch.zeros(0) for number in range(tensors)}
    return save(weights, metadata={"model": json.dumps(settings)})


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def graph(content):
    return b"\x08\x07\x3a" + varint(len(content)) + content


def tiny_tensors(count):
    names = ",".join(f'"{number}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for number in range(count))
    return struct.pack("<Q", len(names) + 2) + b"{" + names.encode() + b"}"


def trace_file(change=lambda arrays: arrays, compressed=False):
    trace = lstm_core.run(nn.LSTM(4, 3), torch.zeros(5, 2, 4))
    place = io.BytesIO()
    header = {"tokens": None, "resets": [], "max_error": 0.0, "name": "", "config": {}}
    tensors = {name: tensor.numpy() for name, tensor in trace.tensors().items()}
    tensors = change(tensors)
    header["dtypes"] = {name: str(array.dtype) for name, array in tensors.items()}
    (np.savez_compressed if compressed else np.savez)(place, trace=np.array(json.dumps(header)), **tensors)
    return place.getvalue()


def claims(terabytes):
    """A trace file whose array claims a size that its entry does not have."""
    content = trace_file()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            held = old.read(entry)
            if entry.filename == "x.npy":
                array = io.BytesIO()
                large = {"descr": "<f4", "fortran_order": False, "shape": (5, 2, terabytes * 2**37 // 10)}
                np.lib.format.write_array_header_1_0(array, large)
                held = array.getvalue() + held[128:]
            new.writestr(entry.filename, held)
    return stream.getvalue()


def shared_texts(count, length, key="layer_names"):
    """An attribute of texts of variable length, all of which are one and the same place in the file."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        group = file.create_group("layers/lstm/cell/vars")
        for number, shape in enumerate([(4, 12), (3, 12), (12,)]):
            group[str(number)] = np.zeros(shape, np.float32)
        texts = ["a" * length] + ["b" * 9] * (count - 1)
        group.attrs.create(key, np.array(texts, dtype=object), dtype=h5py.string_dtype())
    content = bytearray(stream.getvalue())
    # A reference: the text's length, the heap's place in the file (8 bytes), the number in the heap.
    second = content.index(struct.pack("<I", 9), content.index(struct.pack("<I", length)))
    first = second - 16
    assert content[first : first + 4] == struct.pack("<I", length)
    for number in range(count):
        content[first + 16 * number : first + 16 * number + 16] = content[first : first + 16]
    return bytes(content)


def soft_links(count):
    stream = io.BytesIO()
    with h5py.File(stream, "w", libver="latest") as file:
        group = file.create_group("a")
        for number in range(count):
            group[str(number)] = h5py.SoftLink("/b")
    return stream.getvalue()


def many_modules(count):
    weights = {
        f"lstms.{n}.{key}": weight for n in range(count) for key, weight in nn.LSTM(1, 1 + n % 3).state_dict().items()
    }
    return save(weights | {f"other.{n}.weight": torch.zeros(3, 2) for n in range(count)})


CASES = {
    "a tensor's size of one huge number a thousand times": (
        "checkpoint",
        lambda: one_huge_number_many_times(3000),
        r"no larger than their 16 bytes, got one of shape \(\?,",
    ),
    "tuples of ten tuples as a storage's key": (
        "checkpoint",
        lambda: tuples_in_tuples_as("key", 8),
        "tuples at most 8 deep",
    ),
    "tuples of ten tuples as a size": (
        "checkpoint",
        lambda: tuples_in_tuples_as("size", 8),
        "tuples at most 8 deep",
    ),
    "tuples in tuples": (
        "checkpoint",
        lambda: archive(b"\x80\x02}" + text("a") + b")" + b"\x85" * 1_000_000 + b"s."),
        "tuples at most 8 deep",
    ),
    "a tensor that reaches beyond its storage": (
        "checkpoint",
        lambda: archive(pickled(tensor(4, [2], strides=[2**33])), NUMBERS),
        "one that reaches beyond",
    ),
    "a storage of a number of 600 digits": (
        "checkpoint",
        lambda: archive(pickled(tensor(2**2000, [4])), NUMBERS),
        "a storage of numbers, got something else",
    ),
    "a long text in HDF5": ("checkpoint", lambda: one_long_text(60_000_000), "at most 8,388,608 bytes of settings"),
    "a name in HDF5 that is long": (
        "checkpoint",
        lambda: one_long_text(60_000_000, "name"),
        "at most 8,388,608 bytes of settings",
    ),
    "texts in HDF5 that are one": ("checkpoint", lambda: shared_texts(3_900, 300_000), "texts in layer_names that may"),
    "names in HDF5 that are one": ("checkpoint", lambda: shared_texts(3_900, 300_000, "name"), "texts in name that"),
    "links in HDF5 that lead nowhere": ("checkpoint", lambda: soft_links(100_000), "at most 20,000 objects"),
    "ten thousand layers": ("model", lambda: many_empty_layers(10_000, 30_000), "at most 64 layers, got 10000 layers"),
    "four thousand layers": ("model", lambda: many_empty_layers(4_000, 4_000), "at most 64 layers, got 4000 layers"),
    "layers by name": (
        "checkpoint",
        lambda: save(
            {f"{n}.weight_{a}_l{m}": torch.zeros(4, 1) for n in range(10) for m in range(999) for a in ("ih", "hh")}
        ),
        "at most 64 layers in the LSTM '0', got 999",
    ),
    "tiny fields in ONNX": (
        "checkpoint",
        lambda: graph(b"\x0a\x00" * 20_000_000),
        "at most 1,048,576 bytes besides the weights",
    ),
    "unpacked floats in ONNX": (
        "checkpoint",
        lambda: graph(b"\x2a" + varint(50_000_000) + b"\x25\0\0\0\0" * 10_000_000),
        "at most 1,048,576 bytes besides the weights",
    ),
    "names in safetensors": ("checkpoint", lambda: tiny_tensors(120_000), "brackets, commas and colons|40,000 tensors"),
    "many Linears beside many LSTMs": ("checkpoint", lambda: many_modules(5_000), "at most 2,000 LSTMs"),
    "a trace that is a bomb": (
        "trace",
        lambda: trace_file(lambda arrays: arrays | {"x": np.zeros((5, 2, 8_000_000), np.float32)}, compressed=True),
        "compressed",
    ),
    "a trace that claims terabytes": ("trace", lambda: claims(4), "Expected x to fill its"),
    "a digit 20,000 times": ("series", lambda: b"1" * 20_000 + b"x\n2\n", None),
    "a digit 20,000 times below a header": (
        "series",
        lambda: b"a;b\n" + b"1" * 20_000 + b",x;2\n",
        "got the text '1111",
    ),
    "twenty cells of 100,000 digits": (
        "series",
        lambda: b"\n".join([b"1" * 100_000 + b"x"] * 20),
        "got the text '1111",
    ),
    "numbers on one line": ("series", lambda: b"1," * 30_000_000, "at most 4,000,000 cells"),
    "words on one line": ("series", lambda: b"ab," * 20_000_000, "at most 4,000,000 cells"),
    "words on one line that are few enough": ("series", lambda: b"ab," * 1_000_000, "at most 2,048 columns"),
    "lines of nothing": ("series", lambda: b"\n" * (2**26 - 1), "a text of more lines"),
    "lists in lists in a vocabulary": (
        "vocabulary",
        lambda: b"[" + b",".join([b"[" * 40 + b"]" * 40] * 300_000) + b"]",
        "brackets, commas and colons",
    ),
}
SUFFIXES = {"trace": ".npz", "model": ".safetensors"}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What each case cost, all in one process, and how large its file was."""
    folder, found = tmp_path_factory.mktemp("files"), {}
    with opener() as cost_of:
        for number, (name, (kind, make, _)) in enumerate(CASES.items()):
            path = folder / f"{number}{SUFFIXES.get(kind, '.bin')}"
            path.write_bytes(make())
            found[name] = cost_of(kind, path), path.stat().st_size / 2**20
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_small_file_costs_what_it_weighs(name, measured):
    cost, megabytes = measured[name]
    says = CASES[name][2]
    assert cost.outcome == ("opened" if says is None else "refused"), cost
    if says is not None:
        assert re.search(says, cost.says), cost.says
    assert not cost.faults(SECONDS, megabytes)
