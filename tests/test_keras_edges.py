"""Which layers come out of a Keras file, by the names, shapes and settings that are there."""

import io

import h5py
import numpy as np
import pytest
from test_keras import layers_file
from weight_files import hdf5

from lstm_core import LstmCoreError, load_checkpoint
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
