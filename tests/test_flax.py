"""Weights of Flax: the LSTM that is found computes what its equations do."""

import io
import zipfile

import numpy as np
import pytest
import torch
from flax_layouts import INPUTS, LAYOUTS, UNITS, flax_lstm, outputs, weights
from safetensors.torch import save
from torch import nn

import lstm_core
from lstm_core import LstmCoreError, load_checkpoint
from lstm_core.checkpoints.find_layers import pytorch_names


def npz(arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def safetensors(arrays):
    return save({name: torch.from_numpy(array) for name, array in arrays.items()})


def joined_by(sign, suffix=""):
    return lambda arrays: npz({name.replace("/", sign) + suffix: array for name, array in arrays.items()})


def by_key(arrays):
    """As jax.tree_util.keystr writes a name."""
    return npz({"".join(f"['{part}']" for part in name.split("/")): array for name, array in arrays.items()})


FILES = {
    "npz": npz,
    "safetensors": safetensors,
    "points": joined_by("."),
    "underscores": joined_by("__"),
    "values": joined_by(".", ".value"),
    "keys": by_key,
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_lstm_computes_what_flaxs_equations_do(layout, file):
    tree, cell, step, (name, linear, embedding) = layout
    arrays = weights(tree)
    checkpoint = load_checkpoint(file(arrays))
    assert set(checkpoint.lstms) == {name}
    assert set(checkpoint.linears) == {linear} - {None}
    assert set(checkpoint.embeddings) == {embedding} - {None}
    x = np.random.default_rng(1).normal(size=(9, INPUTS)).astype(np.float32)
    with torch.no_grad():
        found, _ = checkpoint.lstms[name](torch.from_numpy(x))
    assert np.abs(found.numpy() - outputs(step, arrays, cell, x)).max() < 1e-6


def test_a_linear_and_an_embedding_of_flax_are_turned_and_a_model_is_made_of_them():
    arrays = weights(LAYOUTS["linen"][0])
    checkpoint = load_checkpoint(npz(arrays))
    assert np.array_equal(checkpoint.linears["Dense_0"].weight.detach(), arrays["params/Dense_0/kernel"].T)
    assert checkpoint.pair("OptimizedLSTMCell_0") == (["Embed_0"], ["Dense_0"])
    model = lstm_core.assemble(checkpoint, "OptimizedLSTMCell_0", "Embed_0", "Dense_0")
    assert not lstm_core.check(model).is_broken


def gru_of_flax():
    shapes = {"ir": 1, "iz": 1, "in": 1, "hr": 0, "hz": 0, "hn": 1}
    return {
        f"cell/{name}/{key}": shape
        for name, has_bias in shapes.items()
        for key, shape in {"kernel": (INPUTS if name[0] == "i" else UNITS, UNITS), "bias": (UNITS,)}.items()
        if key == "kernel" or has_bias
    }


def test_a_gru_of_flax_has_pytorchs_names_and_equations():
    flax = weights(gru_of_flax())
    wide = {name.removeprefix("cell/"): array.astype(np.float64) for name, array in flax.items()}
    x = np.random.default_rng(1).normal(size=(9, INPUTS)).astype(np.float32)
    h, shown = np.zeros(UNITS), []
    for one in x.astype(np.float64):
        r, z = (
            1 / (1 + np.exp(-(one @ wide[f"i{g}/kernel"] + wide[f"i{g}/bias"] + h @ wide[f"h{g}/kernel"])))
            for g in "rz"
        )
        n = np.tanh(one @ wide["in/kernel"] + wide["in/bias"] + r * (h @ wide["hn/kernel"] + wide["hn/bias"]))
        h = (1 - z) * n + z * h
        shown.append(h)
    trace = lstm_core.run(load_checkpoint(npz(flax)).recurrent["cell"], torch.from_numpy(x))
    assert np.abs(trace.h[0, 0, :, 0].numpy() - np.stack(shown)).max() < 1e-6
    assert trace.max_error < 1e-6


@pytest.mark.parametrize("sign", ["/", "."])
def test_equinoxs_cell_does_not_lose_its_bias_without_a_word(sign):
    cell = {"weight_ih": (4 * UNITS, INPUTS), "weight_hh": (4 * UNITS, UNITS), "bias": (4 * UNITS,)}
    with pytest.raises(LstmCoreError, match=r"got one of Equinox at 'net\.cell': it has one bias"):
        load_checkpoint(joined_by(sign)(weights({"net": {"cell": cell}})))


def test_weights_of_haiku_are_refused_in_a_sentence():
    arrays = weights({"lstm/linear": {"w": (INPUTS + UNITS, 4 * UNITS), "b": (4 * UNITS,)}})
    with pytest.raises(LstmCoreError, match="got 2 tensors: 'lstm/linear/w', 'lstm/linear/b'"):
        load_checkpoint(npz(arrays))


def test_what_pytorch_named_stays_as_it_is():
    module = nn.ModuleDict({"cell": nn.LSTMCell(4, 3, bias=False), "kernel": nn.Linear(3, 2)})
    [cell] = load_checkpoint(save(module.state_dict())).lstms.values()
    assert isinstance(cell, nn.LSTMCell)
    assert cell.bias is False
    names = {name: weight.detach() for name, weight in nn.LSTM(4, 3).named_parameters()}
    assert pytorch_names(names).tensors.keys() == names.keys()
    arrays = {f"module.encoder.{name}": weight.numpy() for name, weight in names.items()}
    assert list(load_checkpoint(npz(arrays)).lstms) == ["encoder"]


def test_a_compressed_archive_opens():
    stream = io.BytesIO()
    np.savez_compressed(stream, **weights(LAYOUTS["linen"][0]))
    assert load_checkpoint(stream.getvalue()).recurrent


def hollow():
    """An archive whose array claims more than it holds."""
    stream = io.BytesIO(npz(weights({"cell": {"weight_ih": (4, 4)}})))
    with zipfile.ZipFile(stream) as archive:
        [(name, content)] = [(entry, archive.read(entry)) for entry in archive.namelist()]
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as archive:
        archive.writestr(name, content.replace(b"(4, 4)", b"(9, 9)"))
    return again.getvalue()


def of_two_shapes():
    arrays = weights({"cell": flax_lstm()})
    arrays["cell/hg/kernel"] = arrays["cell/hg/kernel"][:, :2]
    return npz(arrays)


def a_single_array():
    stream = io.BytesIO()
    np.save(stream, np.zeros((4, 4)))
    return stream.getvalue()


def a_message_pack():
    """As flax.serialization.to_bytes begins."""
    return b"\x81\xa6params\x81\xa4cell" + bytes(40)


def an_object():
    return npz({"cell": np.array([{"weight_ih": 1}], dtype=object)})


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (hollow, "can't be read"),
        (of_two_shapes, "gates of one shape in 'cell'"),
        (an_object, "got 0 tensors"),
        (a_single_array, r"save them by name, np\.savez"),
        (a_message_pack, r"save them by name, np\.savez"),
    ],
)
def test_a_broken_archive_is_refused_in_a_sentence(file, said):
    with pytest.raises(LstmCoreError, match=said):
        load_checkpoint(file())
