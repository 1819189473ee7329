"""ONNX's operator LSTM comes out as the PyTorch LSTM that computes the same, by ONNX's own evaluator."""

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import lstm_core
from lstm_core import LstmCoreError


def lstm_model(rng, inputs=4, hidden=3, both=False, bias=True, dtype=np.float32, extra=(), kind="LSTM", **attributes):
    """A model of one operator LSTM, GRU or RNN, its weights as initializers."""
    directions, rows = 2 if both else 1, {"LSTM": 4, "GRU": 3, "RNN": 1}[kind] * hidden
    shapes = {"W": (directions, rows, inputs), "R": (directions, rows, hidden)}
    shapes |= {"B": (directions, 2 * rows)} if bias else {}
    weights = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    node = helper.make_node(
        kind,
        ["X", "W", "R", "B" if bias else "", *extra],
        ["Y"],
        name=f"/encoder/lstm/{kind}",
        hidden_size=hidden,
        **{"direction": "bidirectional" if both else "forward"} | attributes,
    )
    return model([node], weights, [None, None, inputs])


def model(nodes, weights, shape, dtype=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("X", dtype, shape)],
        [helper.make_tensor_value_info("Y", dtype, None)],
        [numpy_helper.from_array(weight, name) for name, weight in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])


# PyTorch exports a GRU so.
OWN = {"GRU": {"linear_before_reset": 1}}


@settings(max_examples=20)
@given(
    seed=st.integers(0, 999),
    inputs=st.integers(1, 4),
    hidden=st.integers(1, 4),
    both=st.booleans(),
    bias=st.booleans(),
)
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_an_lstm_gru_or_rnn_computes_what_onnx_says(kind, seed, inputs, hidden, both, bias):
    rng = np.random.default_rng(seed)
    proto = lstm_model(rng, inputs, hidden, both, bias, kind=kind, **OWN.get(kind, {}))
    checkpoint = lstm_core.load_checkpoint(proto.SerializeToString())
    x = rng.normal(size=(6, 2, inputs)).astype(np.float32)
    [expected] = ReferenceEvaluator(proto).run(None, {"X": x})  # (time, direction, batch, unit)
    assert not checkpoint.notes
    trace = lstm_core.run(checkpoint.recurrent["encoder.lstm"], torch.tensor(x))
    assert np.abs(trace.h[0].transpose(0, 1).numpy() - expected).max() < 1e-5
    assert trace.max_error < 1e-6
    assert checkpoint.recurrent["encoder.lstm"].bias == bias


def test_embedding_and_linear_layers_come_along():
    rng = np.random.default_rng(0)
    weights = {
        "emb.weight": rng.normal(size=(9, 4)),
        "fc.weight": rng.normal(size=(2, 3)),
        "fc.bias": rng.normal(size=2),
        "onnx::MatMul_7": rng.normal(size=(2, 5)),
        "last": rng.normal(size=5),
        "W": rng.normal(size=(1, 12, 4)),
        "R": rng.normal(size=(1, 12, 3)),
    }
    weights = {name: weight.astype(np.float32) for name, weight in weights.items()} | {"axis": np.array([1])}
    nodes = [
        helper.make_node("Gather", ["emb.weight", "X"], ["x"], name="/emb/Gather"),
        helper.make_node("LSTM", ["x", "W", "R"], ["y"], name="/lstm/LSTM", hidden_size=3),
        helper.make_node("Squeeze", ["y", "axis"], ["h"]),
        helper.make_node("Reshape", ["h", "shape"], ["flat"]),
        helper.make_node("Gemm", ["flat", "fc.weight", "fc.bias"], ["z"], name="/fc/Gemm", transB=1),
        helper.make_node("MatMul", ["z", "onnx::MatMul_7"], ["s"], name="/head/out/MatMul"),
        helper.make_node("Add", ["last", "s"], ["Y"]),
    ]
    weights["shape"] = np.array([-1, 3])
    proto = model(nodes, weights, [None, 1], TensorProto.INT64)
    checkpoint = lstm_core.load_checkpoint(proto.SerializeToString())
    assert checkpoint.order == ("emb", "lstm", "fc", "head.out")
    assert checkpoint.pairs() == {"lstm": (["emb"], ["fc"])}
    tokens = torch.tensor([[3], [0], [8]])
    with torch.no_grad():
        h, _ = checkpoint.lstms["lstm"](checkpoint.embeddings["emb"](tokens))
        found = checkpoint.linears["head.out"](checkpoint.linears["fc"](h[:, 0]))
    [expected] = ReferenceEvaluator(proto).run(None, {"X": tokens.numpy()})
    assert np.allclose(found, expected, atol=1e-5)


def test_constants_and_loops_are_looked_into():
    rng = np.random.default_rng(0)
    proto = lstm_model(rng)
    for tensor in list(proto.graph.initializer):
        proto.graph.node.insert(0, helper.make_node("Constant", [], [tensor.name], value=tensor))
    del proto.graph.initializer[:]
    expected = lstm_core.load_checkpoint(lstm_model(np.random.default_rng(0)).SerializeToString())
    branch = helper.make_node(
        "If", ["X"], ["Z"], then_branch=proto.graph, else_branch=helper.make_graph([], "e", [], [])
    )
    for content in (proto, model([branch], {}, [1])):
        found = lstm_core.load_checkpoint(content.SerializeToString())
        assert torch.equal(found.lstms["encoder.lstm"].weight_hh_l0, expected.lstms["encoder.lstm"].weight_hh_l0)


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"direction": "reverse"}, "direction='reverse' in 'encoder.lstm'"),
        ({"activations": ["Relu", "Tanh", "Tanh"]}, "got activations of its own in 'encoder.lstm'"),
        ({"clip": 1.0}, "got clip of its own"),
        ({"input_forget": 1}, "got input_forget of its own"),
        ({"extra": ["", "", "", "P"]}, "got peepholes of its own"),
        ({"kind": "GRU"}, "equations of PyTorch's GRU, got linear_before_reset of its own in 'encoder.lstm'"),
        ({"kind": "RNN", "activations": ["Relu"]}, "equations of PyTorch's RNN, got activations of its own"),
    ],
)
def test_an_lstm_of_its_own_kind_is_refused_by_name(attributes, says):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(lstm_model(np.random.default_rng(0), **attributes).SerializeToString())


def test_an_operator_that_pytorch_cant_compute_is_left_out_beside_one_that_it_can():
    rng = np.random.default_rng(0)
    proto = lstm_model(rng)
    other = lstm_model(rng, kind="GRU")
    [gru] = [node for node in other.graph.node if node.op_type == "GRU"]
    gru.name = "/decoder/gru/GRU"
    proto.graph.node.append(gru)
    checkpoint = lstm_core.load_checkpoint(proto.SerializeToString())
    assert list(checkpoint.recurrent) == ["encoder.lstm"]
    [note] = checkpoint.notes
    assert note.endswith("got linear_before_reset of its own in 'decoder.gru'.")


def test_its_default_settings_written_out_are_accepted():
    proto = lstm_model(np.random.default_rng(0), activations=["Sigmoid", "Tanh", "Tanh"], input_forget=0, layout=1)
    assert list(lstm_core.load_checkpoint(proto.SerializeToString()).lstms) == ["encoder.lstm"]


def changed(change):
    proto = lstm_model(np.random.default_rng(0))
    change(proto.graph)
    return proto.SerializeToString()


def outside(graph):
    graph.initializer[0].data_location = TensorProto.EXTERNAL
    entry = graph.initializer[0].external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (changed(outside), "in the ONNX file itself, got 'W' in another"),
        (changed(lambda g: g.initializer[0].dims.__setitem__(2, 2**40)), "can't be read"),
        (changed(lambda g: g.initializer.pop(0)), "weight_ih of the LSTM 'encoder.lstm' as a constant"),
        (
            changed(lambda g: setattr(g.initializer[0], "data_type", TensorProto.INT8)),
            "float64 weights, got INT8 in 'W'",
        ),
        (changed(lambda g: g.node.pop()), "got 0 tensors"),
        (b"\x08\x07\x3a" + b"\x80\x80\x20" + b"\x0a\x00" * 2**18, "got 0 tensors"),
    ],
)
def test_a_hostile_onnx_file_is_an_error(content, says):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(content)


def test_the_file_onnx_saves_is_read(tmp_path):
    onnx.save(lstm_model(np.random.default_rng(0)), tmp_path / "model.onnx")
    assert list(lstm_core.load_checkpoint(tmp_path / "model.onnx").lstms) == ["encoder.lstm"]


def beside(folder, proto=None, location="model.onnx.data"):
    """A model with its weights in a file beside it, as torch.onnx.export and onnx.save write it."""
    proto = proto or lstm_model(np.random.default_rng(0))
    onnx.save(proto, folder / "model.onnx", save_as_external_data=True, location=location, size_threshold=0)
    return folder / "model.onnx"


def test_weights_in_a_file_beside_the_model_are_read_from_a_path_and_not_from_bytes(tmp_path):
    path = beside(tmp_path)
    assert (tmp_path / "model.onnx.data").stat().st_size > 0
    found = lstm_core.load_checkpoint(str(path)).lstms["encoder.lstm"]
    inside = lstm_core.load_checkpoint(lstm_model(np.random.default_rng(0)).SerializeToString()).lstms["encoder.lstm"]
    assert all(torch.equal(a, b) for a, b in zip(found.parameters(), inside.parameters(), strict=True))
    with pytest.raises(LstmCoreError, match=r"in the ONNX file itself, got 'W' in another.*Give the path"):
        lstm_core.load_checkpoint(path.read_bytes())


def moved(path, **changes):
    """Change where a model's first tensor is said to be."""
    proto = onnx.load(path, load_external_data=False)
    for entry in proto.graph.initializer[0].external_data:
        entry.value = str(changes.get(entry.key, entry.value))
    path.write_bytes(proto.SerializeToString())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"location": "../secret.data"}, "a file in the folder of the model, got '../secret.data'"),
        ({"location": "/etc/passwd"}, "a file in the folder of the model, got '/etc/passwd'"),
        ({"location": "link.data"}, "got 'link.data': .* symbolic link"),
        ({"location": "gone.data"}, "got 'gone.data': .*Put the model's own data file into its folder"),
        ({"length": 10**12}, "exceeds available data"),
    ],
)
def test_a_model_reaches_no_file_but_those_beside_it_and_no_more_of_them_than_there_is(tmp_path, changes, says):
    folder = tmp_path / "models"
    folder.mkdir()
    path = beside(folder)
    (tmp_path / "secret.data").write_bytes(b"secret" * 100)
    (folder / "link.data").symlink_to(tmp_path / "secret.data")
    moved(path, **changes)
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(path)
