"""Files that are broken, or made to do harm: each opens or is an error that says so, and nothing in it is executed.

In a notebook such a file may take memory and time; on the server both have limits (test_open_in_process).
"""

import contextlib
import io
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import h5py
import keras_layouts
import numpy as np
import pytest
import torch
from flax_layouts import LAYOUTS as FLAX
from flax_layouts import weights as flax_weights
from fuzz.pickles import archive, pickled, tensor, text
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save
from test_checkpoint import FORMATS, saved
from test_onnx import lstm_model
from torch import nn
from weight_files import hdf5

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.models.shipped import model_bytes
from lstm_core.traces.load import is_trace, trace_in

LSTM = {f"lstm.{name}": weight for name, weight in nn.LSTM(4, 3, bidirectional=True).state_dict().items()}


class Harmful:
    """Makes a folder where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def safetensors_of(header, data=b""):
    content = json.dumps(header).encode()
    return struct.pack("<Q", len(content)) + content + data


def many_tensors(names):
    return safetensors_of({name: {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for name in names})


def trace_file(suffix=".npz"):
    torch.manual_seed(0)
    stream = Path(os.environ.get("TMPDIR", "/tmp")) / f"hostile-{os.getpid()}{suffix}"
    lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4)).save(stream)
    content = stream.read_bytes()
    stream.unlink()
    return content


def rezipped(content, change, compression=zipfile.ZIP_STORED):
    """The archive with each entry changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()


LARGE, NUMBERS = 2**40, {"0": bytes(16)}
CLAIM = {"w": {"dtype": "F32", "shape": [2**38], "data_offsets": [0, 2**40]}}
EXPLOITS = {
    "a storage that claims a terabyte": archive(pickled(tensor(LARGE, [LARGE])), NUMBERS),
    "a storage that is not there": archive(pickled(tensor(4, [4]))),
    "a tensor larger than its storage": archive(pickled(tensor(4, [LARGE, LARGE])), NUMBERS),
    "a tensor that reaches beyond its storage": archive(pickled(tensor(4, [2], strides=[2**33])), NUMBERS),
    # PyTorch up to 2.9 did so: CVE-2026-24747.
    "an entry set in a tensor": archive(b"\x80\x02" + tensor(4, [4]) + b"K\x00Ns.", NUMBERS),
    "a name from elsewhere": archive(pickled(b"cposix\nsystem\n" + text("true") + b"\x85R")),
    "dicts in dicts in dicts": archive(b"\x80\x02" + (b"}" + text("a")) * 500 + b"N" + b"s" * 500 + b"."),
    "a compressed archive": archive(bytes(10**6), compression=zipfile.ZIP_DEFLATED),
    "safetensors that claim a terabyte": safetensors_of(CLAIM),
    "an HDF5 array in another file": hdf5({"layers/lstm/cell/vars/0": h5py.ExternalLink("/etc/passwd", "/")}),
    "an array that claims more than it holds": rezipped(
        trace_file(), lambda _, held: held.replace(b"(5, 2, 4)", b"(5, 2, 9)")
    ),
}


def reader_of(content):
    """As the server tells a trace, a model and weights apart."""
    if is_trace(content):
        return lambda held: trace_in("a file", held)
    return lstm_core.load_model if b'"model"' in content[:2000] else lstm_core.load_checkpoint


@pytest.mark.parametrize("name", EXPLOITS)
def test_a_file_made_to_do_harm_is_refused_in_a_sentence(name):
    with pytest.raises(LstmCoreError, match="Expected") as caught:
        reader_of(EXPLOITS[name])(EXPLOITS[name])
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("old", [False, True])
def test_nothing_in_a_pickle_is_executed(old, tmp_path):
    made = tmp_path / "made"
    for content in (Harmful(str(made)), {"lstm.weight_ih_l0": Harmful(str(made))}):
        with pytest.raises(LstmCoreError, match=r"got a pickled object, '(posix|nt)\.mkdir'"):
            lstm_core.load_checkpoint(saved(content, new=not old))
    assert not made.exists()


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.filterwarnings("ignore:Couldn't retrieve source code")
def test_a_pickled_module_is_named_and_told_what_to_save(old):
    with pytest.raises(LstmCoreError, match=r"'torch.nn.modules.\S+', .*Save model.state_dict\(\)"):
        lstm_core.load_checkpoint(saved(nn.Sequential(nn.LSTM(4, 3)), new=not old))


def test_other_files_are_told_apart():
    says = {
        pickle.dumps({"a": 1}): "a pickled object, which is never opened",
        b"\x1f\x8b" + b"\0" * 99: "a compressed file: unpack it first",
        b"just some text": r"begins with 'just some text'",
        archive(b"N.", {})[:10] + b"\0" * 90: "not a zip file",
        zipped({"a.txt": b"b"}): "got another zip archive",
        zipped({"model/data.pkl": b"N.", "model/constants.pkl": b"N."}): "got a TorchScript model",
    }
    for content, words in says.items():
        with pytest.raises(LstmCoreError, match=words):
            lstm_core.load_checkpoint(content)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_torchscript_model_is_called_one_and_what_it_says_to_do_works(tmp_path):
    scripted = torch.jit.script(nn.Sequential(nn.ReLU(), nn.LSTM(4, 3)))
    torch.jit.save(scripted, tmp_path / "scripted.pt")
    with pytest.raises(LstmCoreError, match=r"got a TorchScript model.*torch.jit.load\(path\).state_dict\(\)"):
        lstm_core.load_checkpoint(tmp_path / "scripted.pt")
    torch.save(torch.jit.load(tmp_path / "scripted.pt").state_dict(), tmp_path / "weights.pt")
    assert list(lstm_core.load_checkpoint(tmp_path / "weights.pt").lstms) == ["1"]


def zipped(entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return file.getvalue()


def npz(arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


KERAS = keras_layouts.layers(np.random.default_rng(0))
WHOLE = {form: write(LSTM) for form, write in FORMATS.items()} | {
    "Flax": npz(flax_weights(FLAX["linen"][0])),
    **{f"Keras {name}": write(KERAS) for name, write in keras_layouts.LAYOUTS.items()},
    "ONNX": lstm_model(np.random.default_rng(0)).SerializeToString(),
    "a model": model_bytes(lstm_core.load_model("counter")),
    "a trace, .npz": trace_file(),
    "a trace, .safetensors": trace_file(".safetensors"),
}
"""A sound file of each kind."""
SUMMED = [kind for kind in WHOLE if "trace" in kind]
"""Kinds with a checksum of their numbers."""


@st.composite
def spoilt(draw, content):
    """The content cut off, with some bytes exchanged, a part left out or twice, or a number made as large as can be."""
    at, what = draw(st.integers(0, len(content) - 1)), draw(st.sampled_from(["shorten", "flip", "leave out", "claim"]))
    if draw(st.booleans()):
        # As often in the first kilobyte, where headers are, as in all the rest.
        at %= 1024
    if what == "shorten":
        return content[:at]
    if what == "flip":
        held = draw(st.binary(min_size=1, max_size=4))
        return content[:at] + held + content[at + len(held) :]
    if what == "leave out":
        return content[:at] + content[at + draw(st.sampled_from([1, 2, 8, 64])) :]
    size = draw(st.sampled_from([2, 4, 8]))
    number = draw(st.sampled_from([2 ** (8 * size) - 1, 2 ** (8 * size - 1) - 1, 2 ** (4 * size)]))
    return content[:at] + number.to_bytes(size, draw(st.sampled_from(["little", "big"]))) + content[at + size :]


@given(data=st.data())
@pytest.mark.parametrize("kind", WHOLE)
def test_a_spoilt_file_is_refused_in_our_error_or_opens_and_with_a_checksum_opens_equal(kind, data):
    sound = WHOLE[kind]
    found = None
    with contextlib.suppress(LstmCoreError):
        found = reader_of(sound)(data.draw(spoilt(sound)))
    if found is not None and kind in SUMMED:
        expected = reader_of(sound)(sound)
        assert found.tensors().keys() == expected.tensors().keys()
        assert all(torch.equal(tensor, expected.tensors()[name]) for name, tensor in found.tensors().items())


GRU, RNN = ({f"rnn.{name}": w for name, w in kind(4, 3).state_dict().items()} for kind in (nn.GRU, nn.RNN))


def without(*names):
    return {name: weight for name, weight in LSTM.items() if name.removeprefix("lstm.") not in names}


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (LSTM | {"lstm.weight_hh_l0_reverse": torch.zeros(12, 4)}, r"weight_hh_l0_reverse .* \(12, 3\), .* \(12, 4\)"),
        (LSTM | {"lstm.weight_ih_l0": torch.zeros(8, 4)}, r"weight_ih_l0 .* \(12, 4\), .* \(8, 4\)"),
        (LSTM | {"lstm.weight_ih_l2": torch.zeros(12, 6)}, r"weight_ih_l1 .* got not to be there"),
        (LSTM | {"lstm.weight_hr_l0": torch.zeros(3, 3)}, "proj_size has to be smaller than hidden_size"),
        (without("weight_hh_l0"), r"weight_hh_l0 of the LSTM 'lstm' to be a matrix .* got none"),
        (without("bias_hh_l0_reverse"), "bias_hh_l0_reverse .* got not to be there"),
        (LSTM | {"lstm.weight_ih_l0": torch.zeros(0, 4)}, r"to be a matrix .* got shape \(0, 4\)"),
        (LSTM | {"lstm.weight_ih_l0": torch.zeros(12, 4).double()}, "in one of .* got float32, float64"),
        ({k: w.to(torch.complex64) for k, w in LSTM.items()}, "in one of float32, .* got complex64"),
        ({f"w{n}": torch.zeros(2) for n in range(4)}, r"got 4 tensors: 'w0', 'w1', 'w2'\.$"),
        (GRU | {"rnn.weight_ih_l0": torch.zeros(12, 4)}, r"weight_ih_l0 of the GRU 'rnn' .* \(9, 4\), .* \(12, 4\)"),
        (RNN | {"rnn.bias_hh_l0": torch.zeros(9)}, r"bias_hh_l0 of the RNN 'rnn' .* \(3,\), .* \(9,\)"),
        ({}, "got 0 tensors"),
        (LSTM | {"fc.weight": torch.zeros(2, 3), "fc.bias": torch.zeros(2).double()}, "'fc' in one dtype"),
    ],
)
def test_weights_that_make_no_lstm_say_which_and_why(state, says):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(saved(state))


@pytest.mark.filterwarnings("ignore")
def test_quantised_and_sparse_weights_are_refused():
    quantised = torch.quantize_per_tensor(torch.zeros(12, 4), 0.1, 0, torch.qint8)
    for weight, says in ((quantised, "qint8"), (torch.zeros(12, 4).to_sparse(), "dense weights")):
        with pytest.raises(LstmCoreError, match=says):
            lstm_core.load_checkpoint(saved(LSTM | {"lstm.weight_ih_l0": weight}))


def test_a_dict_that_holds_itself_is_gone_through_once():
    state = {"model": dict(LSTM)}
    state["model"]["again"] = state
    state["list"] = [state, [state]]
    assert list(lstm_core.load_checkpoint(saved(state)).lstms) == ["lstm"]


def test_a_tensor_without_numbers_is_refused():
    with pytest.raises(LstmCoreError, match=r"never opened|without its numbers"):
        lstm_core.load_checkpoint(saved({k: w.to("meta") for k, w in LSTM.items()}))


@pytest.mark.parametrize("name", ["", ".", "missing.pt", "loop", "broken", "nul\0"])
def test_what_is_no_file_is_an_error(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink("loop", "loop")
    os.symlink("nowhere", "broken")
    with pytest.raises(LstmCoreError, match="Expected a file of weights"):
        lstm_core.load_checkpoint(name)


@pytest.mark.parametrize("source", [None, 3, ["a"], io.StringIO("text"), object()])
def test_what_is_no_source_is_an_error(source):
    with pytest.raises(LstmCoreError, match="a path, bytes or a file opened with 'rb'"):
        lstm_core.load_checkpoint(source)


def test_a_device_and_a_pipe_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/zero", tmp_path / "pipe"):
        with pytest.raises(LstmCoreError, match="a folder or a device"):
            lstm_core.load_checkpoint(path)


def test_a_message_shows_a_name_as_text_and_not_all_of_it():
    name = "<script>" + "x" * 300
    with pytest.raises(LstmCoreError) as caught:
        lstm_core.load_checkpoint(save({f"{name}.weight_ih_l0": torch.zeros(12, 4)}))
    assert "<script>xxx" in str(caught.value)
    assert len(str(caught.value)) < 400


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
