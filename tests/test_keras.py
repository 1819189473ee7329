"""Keras's weights compute in PyTorch what Keras's equations say."""

import builtins
import io
import json

import h5py
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from keras_layouts import LAYOUTS, keras_lstm, layers, named, zipped
from keras_layouts import settings as keras_settings
from weight_files import hdf5

import lstm_core
from lstm_core import LstmCoreError


@settings(max_examples=12)
@given(seed=st.integers(0, 999), bias=st.booleans(), hidden=st.integers(1, 4), both=st.integers(2, 4))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_computes_what_keras_says(layout, seed, bias, hidden, both):
    rng = np.random.default_rng(seed)
    weights = layers(rng, bias, hidden=hidden, both=both)
    checkpoint = lstm_core.load_checkpoint(LAYOUTS[layout](weights))
    assert set(checkpoint.lstms) == {"first", "second"}
    tokens = rng.integers(0, 11, size=7)
    x = weights["emb"][0][tokens]
    assert np.array_equal(checkpoint.embeddings["emb"].weight[torch.tensor(tokens)].detach(), x)
    expected = keras_lstm(x, *weights["first"])
    assert_computes(checkpoint.lstms["first"], x, expected)
    halves = [
        keras_lstm(expected, *weights["second"][half], reverse=half == "backward") for half in ("forward", "backward")
    ]
    both_halves = np.concatenate(halves, axis=-1)
    assert_computes(checkpoint.lstms["second"], expected, both_halves)
    scores = checkpoint.linears["scores"](torch.tensor(both_halves, dtype=torch.float32)).detach()
    kernel, *rest = weights["scores"]
    assert np.allclose(scores, both_halves @ kernel + sum(rest), atol=1e-5)


def assert_computes(lstm, x, expected):
    trace = lstm_core.run(lstm, torch.tensor(x, dtype=torch.float32).unsqueeze(1))
    got = trace.h[0, :, :, 0].transpose(0, 1).flatten(1).numpy()
    assert np.abs(got - expected).max() < 1e-5
    assert trace.max_error < 1e-6


@pytest.fixture
def weights():
    return layers(np.random.default_rng(0))


@pytest.mark.parametrize("layout", [".keras", ".h5"])
def test_the_settings_give_the_order(layout, weights):
    checkpoint = lstm_core.load_checkpoint(LAYOUTS[layout](weights))
    assert checkpoint.order == ("emb", "first", "second", "scores")
    assert checkpoint.pairs() == {"first": (["emb"], []), "second": ([], ["scores"])}


@pytest.mark.parametrize("write", [zipped, named])
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"activation": "relu"}, "activation='tanh' as in PyTorch's LSTM, got 'relu' in LSTM 'first'"),
        ({"recurrent_activation": "hard_sigmoid"}, "recurrent_activation='sigmoid' .* got 'hard_sigmoid'"),
        ({"go_backwards": True}, "go_backwards=False .* got True in LSTM 'first'"),
    ],
)
def test_an_lstm_of_its_own_kind_is_refused_by_name(write, changes, says, weights):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(write(weights, keras_settings(**changes)))


@pytest.mark.parametrize("write", [zipped, named])
@pytest.mark.parametrize(
    ("changes", "there", "says"),
    [
        ({"merge_mode": "sum"}, "first", "got 'sum' in Bidirectional 'second'"),
        ({"class_name": "CuDNNLSTM"}, "second", "got a CuDNNLSTM 'first'"),
    ],
)
def test_a_layer_that_pytorch_cant_compute_is_left_out_beside_one_that_it_can(write, changes, there, says, weights):
    checkpoint = lstm_core.load_checkpoint(write(weights, keras_settings(**changes)))
    whole = lstm_core.load_checkpoint(write(weights))
    assert list(checkpoint.recurrent) == [there]
    for name, weight in whole.lstms[there].state_dict().items():
        assert torch.equal(checkpoint.lstms[there].state_dict()[name], weight), name
    assert set(checkpoint.linears) == {"scores"}
    [note] = checkpoint.notes
    assert note.startswith("A layer is left out: no module of PyTorch computes it. Expected ")
    assert says in note


def lstm_and_gru(bias, settings, named=True):
    """An .h5 of two layers whose weights have names, or numbers: then nothing says which is which."""
    arrays = {"lstm": drawn((4, 12), (3, 12), (12,)), "gru": drawn((4, 9), (3, 9), bias)}
    lstm = {"name": "lstm", "activation": "tanh", "recurrent_activation": "sigmoid"}
    return layers_file(arrays, {"LSTM": lstm, "GRU": {"name": "gru", **settings}}, named)


def layers_file(arrays, settings, named):
    """The weights of layers by name, or by number, and the layers' settings, by class, if there are some."""
    held = {
        f"model_weights/{layer}/{layer}/{role}" if named else f"layers/{layer}/cell/vars/{number}": array
        for layer, each in arrays.items()
        for number, (role, array) in enumerate(zip(("kernel", "recurrent_kernel", "bias"), each, strict=False))
    }
    said = [{"class_name": kind, "config": config} for kind, config in settings.items()]
    config = {"model_config": json.dumps({"class_name": "Sequential", "config": {"layers": said}})} if said else {}
    return hdf5(held, **config)


@pytest.mark.parametrize(
    ("bias", "settings", "says"),
    [
        ((2, 9), {"recurrent_activation": "hard_sigmoid"}, "got 'hard_sigmoid' in GRU 'gru'"),
        ((9,), {"reset_after": False}, "reset_after=True as in PyTorch's GRU, got False in GRU 'gru'"),
        ((9,), {"recurrent_activation": "sigmoid", "activation": "tanh"}, "got False at 'model_weights/gru/gru'"),
        ((18,), {"recurrent_activation": "sigmoid", "activation": "tanh"}, "got a CuDNNGRU at"),
    ],
)
def test_an_lstm_opens_beside_a_gru_that_pytorch_cant_compute(bias, settings, says):
    checkpoint = lstm_core.load_checkpoint(lstm_and_gru(bias, settings))
    x, weights = drawn((6, 4))[0], drawn((4, 12), (3, 12), (12,))
    assert list(checkpoint.recurrent) == ["lstm"]
    assert_computes(checkpoint.lstms["lstm"], x, keras_lstm(x, *weights))
    [note] = checkpoint.notes
    assert says in note


def test_where_it_cant_be_told_which_layer_is_meant_the_file_is_refused():
    with pytest.raises(LstmCoreError, match="got 'hard_sigmoid' in GRU 'gru'"):
        lstm_core.load_checkpoint(lstm_and_gru((2, 9), {"recurrent_activation": "hard_sigmoid"}, named=False))


def one_layer(arrays, layer="gru", settings=None, named=False):
    """A .weights.h5 of one layer, its weights by number; or an .h5, by name and with the settings."""
    return layers_file({layer: arrays}, {} if settings is None else {"GRU": {"name": layer, **settings}}, named)


def drawn(*shapes):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(np.float32) for shape in shapes]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_a_gru_computes_what_keras_says(bias, named):
    arrays = drawn((4, 9), (3, 9), (2, 9))[: 2 + bias]
    checkpoint = lstm_core.load_checkpoint(one_layer(arrays, named=named))
    x = drawn((6, 4))[0]
    kernel, recurrent, (from_x, from_h) = [array.astype(float) for array in [*arrays, np.zeros((2, 9))][:3]]
    h, expected = np.zeros(3), []
    for one in x:
        (x_z, x_r, x_h), (h_z, h_r, h_h) = np.split(one @ kernel + from_x, 3), np.split(h @ recurrent + from_h, 3)
        z, r = (1 / (1 + np.exp(-both)) for both in (x_z + h_z, x_r + h_r))
        h = z * h + (1 - z) * np.tanh(x_h + r * h_h)
        expected.append(h)
    assert_computes(checkpoint.recurrent["gru"], x, np.stack(expected))


def test_a_simple_rnn_computes_what_keras_says():
    kernel, recurrent, bias = arrays = drawn((4, 3), (3, 3), (3,))
    checkpoint = lstm_core.load_checkpoint(one_layer(arrays, "simple_rnn"))
    assert not any("relu" in note for note in checkpoint.notes)
    x = drawn((6, 4))[0]
    h, expected = np.zeros(3), []
    for one in x:
        h = np.tanh(one @ kernel.astype(float) + h @ recurrent.astype(float) + bias)
        expected.append(h)
    assert_computes(checkpoint.recurrent["simple_rnn"], x, np.stack(expected))


@pytest.mark.parametrize(
    ("bias", "settings", "says"),
    [
        ((2, 9), {"reset_after": False}, "reset_after=True as in PyTorch's GRU, got False in GRU 'gru'"),
        ((2, 9), {"recurrent_activation": "hard_sigmoid"}, "got 'hard_sigmoid' in GRU 'gru'"),
        ((9,), None, "reset_after=True as in PyTorch's GRU, got False at 'layers/gru'"),
        ((18,), None, "Expected a Keras GRU, got a CuDNNGRU at 'layers/gru'"),
    ],
)
def test_a_gru_of_its_own_kind_is_refused_by_name(bias, settings, says):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(one_layer(drawn((4, 9), (3, 9), bias), settings=settings))


def test_what_is_no_array_in_a_group_is_passed_over():
    kernel, recurrent = drawn((4, 12), (3, 12))
    lstm = {"layers/lstm/cell/vars/0": kernel, "layers/lstm/cell/vars/1": recurrent}
    content = hdf5(lstm | {"layers/lstm/kind": np.dtype("f4"), "loose": recurrent})
    assert list(lstm_core.load_checkpoint(content).lstms) == ["lstm"]


def one_dataset(**how):
    """An LSTM whose first array is stored in a way of its own."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        group = file.create_group("layers/lstm/cell/vars")
        shape = how.pop("shape", (4, 12))
        group.create_dataset("0", shape=shape, **{"dtype": "f4", **how})
        group["1"] = np.zeros((shape[1] // 4, shape[1]), np.float32)
    return stream.getvalue()


def with_link(link):
    return hdf5({"layers/lstm/cell/vars/1": drawn((3, 12))[0], "layers/lstm/cell/vars/0": link})


def ring():
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        group = file.create_group("a")
        group["again"] = file["/a"]
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (one_dataset(shape=(2**20, 12), chunks=(2**10, 12), compression="gzip"), "stored whole in the file"),
        (one_dataset(shape=(2**20, 12), chunks=(2**10, 12), fillvalue=1.0), "stored whole in the file"),
        (one_dataset(shape=(2**30, 12)), "stored whole in the file"),
        (one_dataset(external=[("/etc/passwd", 0, 192)]), "stored whole in the file"),
        (one_dataset(dtype="i4", data=np.zeros((4, 12))), "to be float16, float32 or float64, got int32"),
        (with_link(h5py.ExternalLink("/tmp/other.h5", "/a")), "got 0 tensors"),
        (with_link(h5py.SoftLink("/layers")), "got 0 tensors"),
        (ring(), "got 0 tensors"),
        (LAYOUTS[".h5"](layers(np.random.default_rng(0)))[:3000], "can't be opened"),
        (zipped(layers(np.random.default_rng(0)), "{"), "can't be read"),
        (zipped(layers(np.random.default_rng(0)), "[" * 10**5), "can't be read"),
    ],
)
def test_a_hostile_keras_file_is_an_error(content, says):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(content)


def test_settings_of_any_form_are_looked_through(weights):
    for config in ("null", "[]", "3", json.dumps({"class_name": 3, "config": []}), json.dumps({"config": {"name": 3}})):
        assert set(lstm_core.load_checkpoint(zipped(weights, config)).lstms) == {"first", "second"}


def test_without_h5py_one_line_says_what_to_install(monkeypatch, weights):
    found = builtins.__import__

    def without(name, *rest):
        if name.partition(".")[0] in ("h5py", "onnx"):
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    for content in (zipped(weights), named(weights), b"\x08\x07\x12\x00"):
        with pytest.raises(LstmCoreError, match=r"needs (h5py|onnx): pip install 'gatescope\[import\]'"):
            lstm_core.load_checkpoint(content)


def weights_alone(weights, version=None):
    """What save_weights of Keras 2 writes: no settings, and the version of Keras."""
    stream = io.BytesIO(named(weights, colon=":0"))
    with h5py.File(stream, "r+") as file:
        del file.attrs["model_config"]
        if version is not None:
            file.attrs["keras_version"] = version
    return stream.getvalue()


@pytest.mark.parametrize("version", ["2.2.4", b"2.1.6", "2.2.4-tf", "1.2.2"])
def test_weights_of_an_early_keras_that_do_not_state_their_activations_are_refused(version, weights):
    with pytest.raises(LstmCoreError, match=r"states its activations, got weights that Keras \d.* used hard_sigmoid"):
        lstm_core.load_checkpoint(weights_alone(weights, version))


@pytest.mark.parametrize("version", ["2.3.0", "2.15.0", "3.4.1", "unknown", None])
def test_weights_of_a_later_keras_open_with_a_note_on_their_activations(version, weights):
    [note] = lstm_core.load_checkpoint(weights_alone(weights, version)).notes
    assert note.startswith("The file does not state its activations: sigmoid and tanh are assumed.")


def test_settings_that_leave_an_activation_open_are_no_statement(weights):
    settings = json.loads(keras_settings())
    for layer in settings["config"]["layers"]:
        layer["config"].pop("recurrent_activation", None)
    content = named(weights, json.dumps(settings))
    assert lstm_core.load_checkpoint(content).notes
    stream = io.BytesIO(content)
    with h5py.File(stream, "r+") as file:
        file.attrs["keras_version"] = "2.2.0"
    with pytest.raises(LstmCoreError, match=r"Keras 2\.2\.0 wrote"):
        lstm_core.load_checkpoint(stream.getvalue())
