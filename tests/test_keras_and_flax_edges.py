"""Which layers come out of a Keras or Flax file, by the names, shapes and settings that are there."""

import io

import h5py
import numpy as np
import pytest
import torch
from test_keras import layers_file
from weight_files import hdf5

from lstm_core import LstmCoreError, load_checkpoint
from lstm_core.checkpoints.find_layers import pytorch_names
from lstm_core.checkpoints.keras_file import NOT_STATED, check_settings

CELL = (4, 12), (3, 12), (12,)


def arrays(*shapes):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(np.float32) for shape in shapes]


def numbered(path, *shapes):
    return {f"{path}/vars/{n}": array for n, array in enumerate(arrays(*shapes))}


def named(path, **shapes):
    return {f"{path}/{role}": array for role, array in zip(shapes, arrays(*shapes.values()), strict=True)}


def cell(path):
    return named(path, kernel=CELL[0], recurrent_kernel=CELL[1], bias=CELL[2])


def found(content):
    checkpoint = load_checkpoint(content)
    return {
        name: kind
        for kind in ("recurrent", "embeddings", "linears")
        for name in getattr(checkpoint, kind)
        if name != "beside"
    }


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (numbered("layers/x/cell", *CELL[:2]), {"x": "recurrent"}),
        (numbered("layers/x", (4, 2), (2,)), {"x": "linears"}),
        (numbered("layers/x", (4, 2)), {"x": "linears"}),
        (numbered("layers/word_Emb", (4, 2)), {"word_Emb": "embeddings"}),
        (numbered("layers/x", (4, 2), (2, 2, 2)), {}),
        (named("a/x", kernel=(4, 2)), {"x": "linears"}),
        (named("a/x", embeddings=(4, 2)), {"x": "embeddings"}),
        (named("a/x", kernel=(3, 4, 2), bias=(2,)), {}),
        (cell("a/lstm/lstm_cell_12"), {"lstm": "recurrent"}),
        (cell("rnn/cells/gru_cell") | cell("rnn/cells/lstm"), {"gru_cell": "recurrent", "lstm": "recurrent"}),
        (cell("a/lstm") | cell("b/lstm"), {"a.lstm": "recurrent", "b.lstm": "recurrent"}),
        (cell("optimizer/lstm") | cell("optimizer_weights/lstm"), {}),
    ],
)  # fmt: skip
def test_names_and_shapes_say_what_a_group_of_arrays_is(held, expected):
    assert found(hdf5(cell("a/beside") | held)) == expected


def test_a_given_name_and_the_words_in_it_are_the_layers():
    stream = io.BytesIO(hdf5(cell("a/beside") | numbered("layers/x", (4, 2)) | numbered("layers/y/cell", *CELL)))
    with h5py.File(stream, "r+") as file:
        file["layers/x/vars"].attrs["name"] = "my_embedding"
        file.require_group("layers/y/vars").attrs["name"] = "reader"
    assert found(stream.getvalue()) == {"my_embedding": "embeddings", "reader": "recurrent"}


def test_the_names_that_a_file_lists_are_the_order_and_others_come_last():
    held = {name: cell(f"m/{name}") for name in "abc"}
    stream = io.BytesIO(hdf5(held["a"] | held["b"] | held["c"]))
    with h5py.File(stream, "r+") as file:
        file.attrs["layer_names"] = ["c", "b"]
    assert load_checkpoint(stream.getvalue()).order == ("c", "b", "a")
    assert load_checkpoint(hdf5(held["c"] | held["a"] | held["b"])).order == ("a", "b", "c")


def test_arrays_beside_those_by_number_do_not_say_whose_settings_are_meant():
    layers = {"lstm": arrays(*CELL), "gru": arrays((4, 9), (3, 9), (2, 9))}
    lstm = {"name": "lstm", "activation": "tanh", "recurrent_activation": "sigmoid"}
    settings = {"LSTM": lstm, "GRU": {"name": "gru", "recurrent_activation": "hard_sigmoid"}}
    stream = io.BytesIO(layers_file(layers, settings, named=False))
    with h5py.File(stream, "r+") as file:
        file["loose/x"] = np.zeros(3)
    with pytest.raises(LstmCoreError, match="got 'hard_sigmoid' in GRU 'gru'"):
        load_checkpoint(stream.getvalue())


# Settings


def layer(kind, name="x", **config):
    return {"class_name": kind, "config": {"name": name, **config}}


def of_layers(*layers):
    return {"class_name": "Sequential", "config": {"name": "model", "layers": list(layers)}}


STATED = {"activation": "tanh", "recurrent_activation": "sigmoid"}
WHOLE = layer("LSTM", "w", **STATED)


def both(forward=False, backward=True):
    halves = (layer("LSTM", name, **STATED, go_backwards=turned) for name, turned in (("f", forward), ("b", backward)))
    return layer(
        "Bidirectional", "both", **dict(zip(("layer", "backward_layer"), halves, strict=True)), merge_mode="concat"
    )


@pytest.mark.parametrize(
    ("settings", "is_stated", "refused"),
    [
        (of_layers(WHOLE), True, {}), (of_layers(both()), True, {}),
        (of_layers(layer("Functional", "m", layers=[layer("CuDNNLSTM", "inside")])), False, {"inside": "CuDNNLSTM"}),
        (of_layers(both(forward=True)), True, {"both": "got True in LSTM 'f'"}),
        (of_layers(both(backward=False)), True, {"both": "got True in LSTM 'b'"}),
    ],
)  # fmt: skip
def test_settings_say_what_a_layer_computes(settings, is_stated, refused):
    notes, got = check_settings(settings)
    assert notes == (() if is_stated else (NOT_STATED,))
    assert got.keys() == refused.keys()
    for name, said in refused.items():
        assert said in got[name]


# Flax


def named_by(shapes):
    named = pytorch_names({name: torch.zeros(shape) for name, shape in shapes.items()})
    return named, {name: tuple(tensor.shape) for name, tensor in named.tensors.items()}


OF_LSTM = {"weight_ih_l0": (12, 4), "weight_hh_l0": (12, 3), "bias_ih_l0": (12,), "bias_hh_l0": (12,)}


def under(name, weights=OF_LSTM):
    return {f"{name}.{key}": shape for key, shape in weights.items()}


def flax(name="cell", gates="ifgo", bias=True, end=""):
    sides = {f"{name}/{side}{gate}{end}/kernel": (size, 3) for side, size in (("i", 4), ("h", 3)) for gate in gates}
    return sides | {f"{name}/h{gate}{end}/bias": (3,) for gate in gates if bias}


GRU = {name: (9, *shape[1:]) for name, shape in OF_LSTM.items()}
WHOLE_CELL = flax("net/LSTM")


@pytest.mark.parametrize(
    ("module", "weights", "expected", "kind"),
    [
        ("net/LSTM/out", {"kernel": (3, 2), "bias": (2,)}, {"weight": (2, 3), "bias": (2,)}, "linear"),
        ("e", {"embedding": (9, 4)}, {"weight": (9, 4)}, "embedding"),
        ("e", {"embedding": (9, 4, 2)}, {"embedding": (9, 4, 2)}, None),
        ("conv", {"kernel": (3, 4, 2)}, {"kernel": (3, 4, 2)}, None),
        ("a", {"b/value": (2,)}, {"b": (2,)}, None),
        ("", {"value": (2,)}, {"value": (2,)}, None),
    ],
)
def test_beside_a_cell_of_flax_other_layers_keep_their_names(module, weights, expected, kind):
    named, got = named_by(WHOLE_CELL | {f"{module}/{name}".strip("/"): shape for name, shape in weights.items()})
    own = module.replace("/", ".")
    assert got == under("net.LSTM") | {f"{own}.{name}".strip("."): shape for name, shape in expected.items()}
    assert named.kinds == ({} if kind is None else {own: kind})


@pytest.mark.parametrize(
    "shapes",
    [
        {name: shape for name, shape in flax().items() if "/io/" not in name},
        {name: shape for name, shape in flax().items() if "/ho/" not in name},
        {"c/dense_i/kernel": (4, 12)}, {"kernel": (4, 12)}, {"g/weight_ih": (9, 4), "g/weight_hh": (9, 3)},
        {"a.weight_ih_l0": (12, 4), "a.weight_hh_l0": (12, 3)},
    ],
)  # fmt: skip
def test_where_no_whole_cell_is_all_names_stay(shapes):
    named, got = named_by(shapes)
    assert got == shapes
    assert not named.kinds


@pytest.mark.parametrize(
    ("around", "beside", "containers"),
    [("params/", {}, ("params.",)), ("state/", {}, ("state.",)), ("params/", {"step": (2,)}, ()), ("", {}, ())],
)
def test_what_stands_around_all_names_is_a_container(around, beside, containers):
    named, _ = named_by({f"{around}{name}": shape for name, shape in WHOLE_CELL.items()} | beside)
    assert named.containers == containers
