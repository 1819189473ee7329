"""How much may a file describe, to the byte; and what is told apart by its first bytes?"""

import io
import json

import numpy as np
import pytest
import torch
from onnx import helper, numpy_helper
from safetensors.torch import save
from test_onnx import lstm_model
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.checkpoints import checkpoint
from lstm_core.checkpoints.checkpoint_bytes import checkpoint_bytes, checkpoint_from
from lstm_core.checkpoints.protobuf_outline import check_outline
from lstm_core.files import safetensors_header
from lstm_core.files.read_json import read_json
from lstm_core.files.safetensors_header import read_header
from lstm_core.traces import save as save_module
from lstm_core.traces.load import is_trace


def varint(number):
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def field(*path, content=b""):
    """A field in a field, the outermost first."""
    for number in reversed(path):
        content = varint(number << 3 | 2) + varint(len(content)) + content
    return content


NUMBERS = bytes(2000)
OUTLINES = {
    "a small number": (b"\x08\x07", 2),
    "a number of two bytes": (b"\x08\xff\x01", 3),
    "eight bytes": (b"\x09" + bytes(8), 9),
    "four bytes": (b"\x0d" + bytes(4), 5),
    "four bytes, then a number": (b"\x0d" + bytes(4) + b"\x08\x07", 7),
    "a text": (field(2, content=b"abc"), 5),
    # Each header has a byte for the field and two for its length.
    "numbers of a tensor": (field(7, 5, 9, content=NUMBERS), 9),
    "as floats": (field(7, 5, 4, content=NUMBERS), 9),
    "as doubles": (field(7, 5, 10, content=NUMBERS), 9),
    "of a constant": (field(7, 1, 5, 5, 9, content=NUMBERS), 15),
    "another field of a tensor": (field(7, 5, 8, content=NUMBERS), 2009),
    "numbers elsewhere": (field(6, 5, 9, content=NUMBERS), 2009),
    "of a node that is no constant": (field(7, 1, 4, 5, 9, content=NUMBERS), 2015),
    "a tensor too short to be looked into": (field(7, 5, 9, content=bytes(1017)), 1026),
    "a graph that is just long enough": (field(7, 5, 9, content=bytes(1018)), 1027),
    "a tensor that is just long enough": (field(7, 5, 9, content=bytes(1021)), 9),
    "two of them": (2 * field(7, 5, 9, content=NUMBERS), 18),
}


@pytest.mark.parametrize("name", OUTLINES)
def test_what_is_no_number_of_a_tensor_is_counted_to_the_byte(name):
    content, count = OUTLINES[name]
    check_outline(content, count)
    with pytest.raises(LstmCoreError, match=f"Expected at most {count - 1:,} bytes besides the weights, got more"):
        check_outline(content, count - 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x09" + bytes(7), "cut off"),
        (b"\x0d" + bytes(3), "cut off"),
        (b"\x08", "cut off"),
        (b"\x08" + b"\xff" * 10 + b"\x01", "cut off"),
        (field(2, content=b"abc")[:-1], "cut off"),
        (b"\x0b", "something else or a broken one"),
        (b"\x0e", "something else or a broken one"),
    ],
)
def test_an_outline_that_does_not_fit_its_bytes_is_refused(content, said):
    with pytest.raises(LstmCoreError, match=said):
        check_outline(content, 10**6)


def header(content, length=None):
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return io.BytesIO((len(text) if length is None else length).to_bytes(8, "little") + text + b"numbers")


def test_a_header_is_read_up_to_its_bounds_and_no_further(monkeypatch):
    for name, most in (("MOST_TENSORS", 2), ("MOST_NAME", 12), ("MOST_DIMS", 3)):
        monkeypatch.setattr(safetensors_header, name, most)
    fits = {"__metadata__": {"a": "b"}, "n" * 12: {"shape": [1, 2, 3]}}
    stream = header(fits)
    assert read_header(stream) == fits
    assert stream.read() == b"numbers"
    size = len(json.dumps(fits))
    assert read_header(header(fits), size) == fits
    for content, said in (
        (fits | {"b": {"shape": []}}, "at most 2 tensors, got 3"),
        ([1], "at most 2 tensors, got something else"),
        ({"n" * 13: {"shape": [1]}}, "names of at most 12 characters"),
        ({"n": {"shape": [1, 2, 3, 4]}}, "shapes of at most 3 dimensions"),
        ({"n": {"shape": 3}}, "got another for 'n'"),
        ({"n": 3}, "got another for 'n'"),
    ):
        with pytest.raises(LstmCoreError, match=said):
            read_header(header(content))
    with pytest.raises(LstmCoreError, match=f"at most {size - 1} bytes of names and shapes, got one with {size}"):
        read_header(header(fits), size - 1)
    with pytest.raises(LstmCoreError, match="got one with 9 or a file of another kind"):
        read_header(io.BytesIO(b"short"), 8)


@pytest.mark.parametrize("as_bytes", [False, True])
def test_json_has_so_many_marks_at_most(as_bytes):
    text = '{"a": [1, 2, 3], "b": {}}'
    given = text.encode() if as_bytes else text
    assert read_json(given, 8) == {"a": [1, 2, 3], "b": {}}
    with pytest.raises(LstmCoreError, match="at most 7 brackets, commas and colons, got 8"):
        read_json(given, 7)
    many = "[" * 500_001
    with pytest.raises(LstmCoreError, match="got 500,001"):
        read_json(many.encode() if as_bytes else many, 10**6)


def test_a_trace_is_told_by_its_parts_also_where_it_is_compressed(tmp_path):
    trace = lstm_core.run(nn.LSTM(2, 2), torch.zeros(3, 1, 2))
    content = {}
    for kind in ("npz", "safetensors"):
        trace.save(tmp_path / f"t.{kind}")
        content[kind] = (tmp_path / f"t.{kind}").read_bytes()
    packed, other = io.BytesIO(), io.BytesIO()
    np.savez_compressed(packed, trace=np.zeros(3))
    np.savez_compressed(other, h=np.zeros(3))
    plain = io.BytesIO()
    np.savez(plain, h=np.zeros(3))
    weights = {"w": torch.zeros(2)}
    assert all(map(is_trace, (*content.values(), packed.getvalue())))
    no_traces = (other.getvalue(), plain.getvalue(), save(weights), save(weights, {"model": ""}), b"", b"PK", b"[1]")
    assert not any(map(is_trace, no_traces))


def test_a_trace_that_nobody_could_open_again_is_not_saved(monkeypatch, tmp_path):
    trace = lstm_core.run(nn.LSTM(2, 2), torch.zeros(3, 1, 2), tokens=["a", "b", "c"])
    monkeypatch.setattr(save_module, "MOST_MARKS", 50)
    with pytest.raises(LstmCoreError, match="at most 50 brackets, commas and colons"):
        trace.save(tmp_path / "t.npz")
    assert not list(tmp_path.iterdir())


def test_a_file_has_so_many_lstms_at_most(monkeypatch):
    monkeypatch.setattr(checkpoint, "MOST_RECURRENT", 2)
    weights = {f"{n}.{name}": weight for n in "abc" for name, weight in nn.LSTM(2, 3).state_dict().items()}
    two = {name: weight for name, weight in weights.items() if not name.startswith("c")}
    assert list(lstm_core.load_checkpoint(save(two)).lstms) == ["a", "b"]
    with pytest.raises(LstmCoreError, match="at most 2 LSTMs, GRUs and RNNs in a file, got 3"):
        lstm_core.load_checkpoint(save(weights))


def test_a_file_has_so_many_tensors_at_most_and_uses_each_so_often(monkeypatch):
    weights = nn.LSTM(2, 3).state_dict()
    monkeypatch.setattr(checkpoint, "MOST_TENSORS", len(weights))
    assert lstm_core.load_checkpoint(save(weights)).lstms
    with pytest.raises(LstmCoreError, match="at most 4 tensors in a file, got 5"):
        lstm_core.load_checkpoint(save(weights | {"more": torch.zeros(1)}))
    shared, file = torch.zeros(10_000), io.BytesIO()
    for uses, fits in ((4, True), (6, False)):
        file = io.BytesIO()
        torch.save(nn.LSTM(2, 3).state_dict() | {f"t{n}": shared for n in range(uses)}, file)
        monkeypatch.setattr(checkpoint, "MOST_TENSORS", 100)
        if fits:
            assert lstm_core.load_checkpoint(file.getvalue()).lstms
        else:
            with pytest.raises(LstmCoreError, match="each number used at most 4 times on average, got tensors of 240,"):
                lstm_core.load_checkpoint(file.getvalue())


def test_a_checkpoint_comes_back_from_its_bytes_with_what_is_shared_once():
    table = torch.randn(50, 4)
    parts = nn.ModuleDict({"emb": nn.Embedding(50, 4, _weight=table), "rnn": nn.GRU(4, 4), "out": nn.Linear(4, 50)})
    parts["out"].weight = parts["emb"].weight
    file = io.BytesIO()
    # A part of the table, and the table turned, lie in its memory too.
    torch.save(parts.state_dict() | {"half.weight": table[:7, :], "turned.weight": table.T}, file)
    whole = lstm_core.load_checkpoint(file.getvalue())
    content = checkpoint_bytes(whole)
    back = checkpoint_from(content)
    assert (back.order, back.notes, back.vocabulary) == (whole.order, whole.notes, whole.vocabulary)
    for ours, theirs in (
        (back.recurrent, whole.recurrent),
        (back.embeddings, whole.embeddings),
        (back.linears, whole.linears),
    ):
        assert ours.keys() == theirs.keys()
        for name, module in theirs.items():
            assert type(ours[name]) is type(module)
            assert all(torch.equal(a, b) for a, b in zip(ours[name].parameters(), module.parameters(), strict=True))
    described = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    shapes = [tensor["shape"] for name, tensor in described.items() if name != "__metadata__"]
    assert shapes.count([50, 4]) == 1


def matrix(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


# By its name, a node and the constants that it reads; and the weight and bias of the Linear or embedding that it is.
LAYERS = {
    "gather": (("Gather", ["t", "X"], {}), {"t": matrix(5, 4)}, ("embeddings", matrix(5, 4), None)),
    "gather rows": (("Gather", ["t", "X"], {"axis": 0}), {"t": matrix(5, 4)}, ("embeddings", matrix(5, 4), None)),
    "gather columns": (("Gather", ["t", "X"], {"axis": 1}), {"t": matrix(5, 4)}, None),
    "gather of three dims": (("Gather", ["t", "X"], {}), {"t": matrix(5, 4, 2)}, None),
    "gather of whole numbers": (("Gather", ["t", "X"], {}), {"t": np.ones((5, 4), np.int64)}, None),
    "gather from what is computed": (("Gather", ["X", "t"], {}), {"t": matrix(5, 4)}, None),
    "gemm": (
        ("Gemm", ["X", "w", "b"], {"transB": 1}),
        {"w": matrix(2, 3), "b": matrix(2)},
        ("linears", matrix(2, 3), matrix(2)),
    ),
    "gemm turned": (("Gemm", ["X", "w"], {}), {"w": matrix(2, 3)}, ("linears", matrix(2, 3).T, None)),
    "gemm of another bias": (
        ("Gemm", ["X", "w", "b"], {"transB": 1}),
        {"w": matrix(2, 3), "b": matrix(3)},
        ("linears", matrix(2, 3), None),
    ),
    "gemm of one input": (("Gemm", ["w"], {}), {"w": matrix(2, 3)}, None),
    "gemm from the left": (("Gemm", ["w", "X"], {}), {"w": matrix(2, 3)}, None),
    "matmul": (("MatMul", ["X", "w"], {}), {"w": matrix(2, 3)}, ("linears", matrix(2, 3).T, None)),
    "another operator": (("Mul", ["X", "w"], {}), {"w": matrix(2, 3)}, None),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_node_of_onnx_is_a_layer_where_it_reads_a_constant_matrix(name):
    (kind, inputs, settings), constants, expected = LAYERS[name]
    proto = lstm_model(np.random.default_rng(0))
    proto.graph.node.append(helper.make_node(kind, inputs, ["made"], name="/a/b/Node", **settings))
    proto.graph.initializer.extend(numpy_helper.from_array(array, key) for key, array in constants.items())
    found = lstm_core.load_checkpoint(proto.SerializeToString())
    assert list(found.lstms) == ["encoder.lstm"]
    assert len(found.embeddings) + len(found.linears) == (expected is not None)
    if expected is not None:
        group, weight, bias = expected
        [(named, layer)] = getattr(found, group).items()
        assert named == "a.b.Node"
        assert torch.equal(layer.weight, torch.from_numpy(weight.copy()))
        if group == "linears":
            assert (layer.bias is None) == (bias is None)
            assert bias is None or torch.equal(layer.bias, torch.from_numpy(bias))


def test_a_constant_of_onnx_may_have_another_name_and_a_matrix_its_own():
    proto = lstm_model(np.random.default_rng(0))
    proto.graph.initializer.append(numpy_helper.from_array(matrix(3, 2), "deep.fc.weight"))
    proto.graph.initializer.append(numpy_helper.from_array(matrix(2), "b"))
    proto.graph.node.insert(0, helper.make_node("Identity", ["deep.fc.weight"], ["same"]))
    proto.graph.node.append(helper.make_node("MatMul", ["X", "same"], ["made"], name="/x/MatMul"))
    proto.graph.node.append(helper.make_node("Add", ["b", "made"], ["sum"]))
    [(name, layer)] = lstm_core.load_checkpoint(proto.SerializeToString()).linears.items()
    assert name == "deep.fc"
    assert torch.equal(layer.weight, torch.from_numpy(matrix(3, 2).T.copy()))
    assert layer.bias.tolist() == [0.0, 1.0]
