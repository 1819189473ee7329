"""What a reader of weights takes and what it refuses, on both sides of each of its edges."""

import io

import numpy as np
import pytest
import torch
from onnx import helper
from test_onnx import lstm_model, model
from torch import nn
from weight_files import saved

from lstm_core import assemble, load_checkpoint
from lstm_core.checkpoints import weights_file
from lstm_core.checkpoints.checkpoint import checkpoint_bytes, checkpoint_from


def state(**modules):
    return {f"{name}.{key}": weight for name, part in modules.items() for key, weight in part.state_dict().items()}


ONNX = lstm_model(np.random.default_rng(0))


def test_a_wrappers_prefix_stays_where_two_modules_would_have_one_name():
    both = state(lstm=nn.LSTM(2, 3)) | state(**{"module.lstm": nn.LSTM(2, 3)})
    assert list(load_checkpoint(saved(both)).lstms) == ["lstm", "module.lstm"]


def test_a_checkpoint_goes_to_another_process_with_its_numbers_each_written_once():
    torch.manual_seed(0)
    lstm, table = nn.LSTM(4, 3, bias=False), torch.randn(9, 8)
    tied = {"emb.weight": table[:, :4], "again_emb.weight": table[:, :4], "out.weight": table[:, 4:]}
    tied |= {"fc.weight": (big := torch.randn(300, 3)), "fc.bias": torch.randn(300), "head.weight": big}
    given = load_checkpoint(saved(state(lstm=lstm) | tied | {"vocab": {"a": 0, "b": 1}}))
    content = checkpoint_bytes(given)
    back = checkpoint_from(content)
    assert (back.order, back.notes, back.vocabulary) == (given.order, given.notes, ("a", "b"))
    for group in ("recurrent", "embeddings", "linears"):
        ours, theirs = getattr(back, group), getattr(given, group)
        assert list(ours) == list(theirs)
        for name, module in theirs.items():
            assert repr(ours[name]) == repr(module)
            assert ours[name].state_dict().keys() == module.state_dict().keys()
            assert all(torch.equal(w, ours[name].state_dict()[key]) for key, w in module.state_dict().items())
    assert back.linears["fc"].weight.data_ptr() == back.linears["head"].weight.data_ptr()
    assert len(content) < 2 * 4 * 300 * 3


def test_a_linear_that_reads_both_directions_is_as_wide_as_both():
    both = nn.LSTM(5, 4, bidirectional=True, proj_size=3)
    linears = {f"fc{size}": nn.Linear(size, 2) for size in (3, 4, 6, 8)}
    assert load_checkpoint(saved(state(lstm=both, **linears))).pair("lstm").linears == ["fc6"]


@pytest.mark.parametrize(
    ("tokens", "reads"),
    [
        (["0", "1", "2"], "words"), (["1", "a"], "characters"), (["<pad>", "a", "b"], "characters"),
        (["ab", "c"], "words"),
        (["[UNK]", "a"], "characters"), (["a"], "characters"), (None, "words"),
    ],
)  # fmt: skip
def test_a_vocabulary_of_single_letters_reads_letters(tokens, reads):
    given = load_checkpoint(saved(state(emb=nn.Embedding(3, 2), lstm=nn.LSTM(2, 3), fc=nn.Linear(3, 1))))
    whole = assemble(given, "lstm", "emb", "fc", vocabulary=tokens)
    assert (whole.reads, whole.gives, list(whole.labels)) == (reads, "value", tokens if tokens == ["a"] else ["0"])


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_arrays_of_any_order_of_bytes_and_numbers_come_out_as_they_are():
    rng = np.random.default_rng(0)
    lstm = {f"lstm.{k}": rng.normal(size=tuple(w.shape)) for k, w in nn.LSTM(4, 3).state_dict().items()}
    turned = {name: np.asfortranarray(array.astype(">f8")) for name, array in lstm.items()}
    ones = {kind: np.ones((2, 3), kind) for kind in ("bool", "longdouble", "float64")}
    left_out = {"name": np.array("text"), "is.weight": ones["bool"], "long.weight": ones["longdouble"]}
    found = load_checkpoint(npz(**turned, **left_out, **{"fc.weight": ones["float64"]}))
    assert found.lstms["lstm"].weight_ih_l0.dtype == torch.float64
    for name, weight in found.lstms["lstm"].named_parameters():
        np.testing.assert_array_equal(weight.detach(), lstm[f"lstm.{name}"])
    assert list(found.linears) == ["fc"]


# ONNX


SHAPES = (1, 12, 4), (1, 12, 3), (1, 24)
W, R, B = (np.random.default_rng(0).normal(size=shape).astype(np.float32) for shape in SHAPES)


def with_nodes(*nodes, **weights):
    """A model of an LSTM and some nodes more."""
    lstm = helper.make_node("LSTM", ["X", "W", "R", "B"], ["Y"], name="/lstm/LSTM", hidden_size=3)
    return model([lstm, *nodes], {"W": W, "R": R, "B": B, **weights}, [None, None, 4]).SerializeToString()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("/encoder/lstm/LSTM", "encoder.lstm"), ("/encoder/lstm/LSTM_1", "encoder.lstm_1"), ("/LSTM_3", "LSTM_3"),
        ("", "lstm_0"), ("/a/b/other", "a.b.other"), ("lstm/LSTM_12", "lstm_12"), ("/a/LSTM_", "a.LSTM_"),
    ],
)  # fmt: skip
def test_a_nodes_name_is_the_name_of_its_module(name, found):
    node = helper.make_node("LSTM", ["X", "W", "R"], ["Y"], name=name, hidden_size=3)
    assert list(load_checkpoint(model([node], {"W": W, "R": R}, [None, None, 4]).SerializeToString()).lstms) == [found]


ROWS, COLUMNS = (np.arange(6, dtype=np.float32).reshape(shape) for shape in ((2, 3), (3, 2)))
TWO_NUMBERS, THREE = np.float32([7, 8]), np.float32([7, 8, 9])
ALONE, WITH_BIAS = (("linear", "n0", COLUMNS.T, bias) for bias in (None, TWO_NUMBERS))


@pytest.mark.parametrize(
    ("nodes", "weights", "found"),
    [
        ([("Gather", "m", "X")], {"m": ROWS}, ("embedding", "n0", ROWS, None)),
        ([("Gather", "m", "X", {"axis": 1})], {"m": ROWS}, None),
        ([("Gather", "m", "X")], {"m": ROWS.astype(np.int64)}, None),
        ([("Gather", "fc.weight", "X")], {"fc.weight": ROWS}, ("embedding", "fc", ROWS, None)),
        ([("Gemm", "X", "m", {"transB": 1})], {"m": ROWS}, ("linear", "n0", ROWS, None)),
        ([("Gemm", "X", "m")], {"m": COLUMNS}, ALONE),
        ([("Gemm", "X", "m", "b")], {"m": COLUMNS, "b": TWO_NUMBERS}, WITH_BIAS),
        ([("Gemm", "X", "m", "b")], {"m": COLUMNS, "b": THREE}, ALONE),
        ([("MatMul", "X", "m")], {"m": COLUMNS}, ALONE),
        ([("MatMul", "X", "m"), ("Add", "b", "o0")], {"m": COLUMNS, "b": TWO_NUMBERS}, WITH_BIAS),
        ([("MatMul", "X", "m"), ("Add", "o0", "b")], {"m": COLUMNS, "b": THREE}, ALONE),
        ([("Identity", "m"), ("MatMul", "X", "o0")], {"m": COLUMNS}, ("linear", "n1", COLUMNS.T, None)),
    ],
)  # fmt: skip
def test_an_embedding_and_a_linear_come_out_of_these_operators(nodes, weights, found):
    made = []
    for number, (kind, *inputs) in enumerate(nodes):
        settings = inputs.pop() if inputs and isinstance(inputs[-1], dict) else {}
        made.append(helper.make_node(kind, inputs, [f"o{number}"], name=f"n{number}", **settings))
    checkpoint = load_checkpoint(with_nodes(*made, **weights))
    layers = [*checkpoint.embeddings.items(), *checkpoint.linears.items()]
    if found is None:
        assert not layers
        return
    kind, name, matrix, bias = found
    [(called, layer)] = layers
    assert (called, isinstance(layer, nn.Embedding)) == (name, kind == "embedding")
    np.testing.assert_array_equal(layer.weight.detach(), matrix)
    own = getattr(layer, "bias", None)
    np.testing.assert_array_equal([] if own is None else own.detach(), [] if bias is None else bias)


# Vocabularies


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"vocab": {"a": 1, "b": 0}}, ("b", "a")), ({"itos": {0: "a", 1: "b"}}, ("a", "b")),
        ({"a": {"stoi": ["x"]}}, ("x",)),
        ({"a": [{"word2idx": {"w": 0}}]}, ("w",)), ({"vocab": {}}, ()), ({"vocab": {(1, 2): 0}}, ()),
        ({"vocab": [1, 2]}, ()), ({"other": ["a"]}, ()), ({"vocab": [1], "chars": "abc", "tokens": ["t"]}, ("t",)),
        ({3: {"words": ["w"]}}, ("w",)), (["vocab"], ()), (None, ()),
    ],
)  # fmt: skip
def test_a_vocabulary_beside_the_weights_is_found_by_its_name(given, found):
    assert weights_file.flattened(given).vocabulary == found
