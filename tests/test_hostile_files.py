"""Files that are broken, or made to do harm: each an error that says so, nothing executed, no memory spent."""

import contextlib
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import zipfile

import keras_layouts
import numpy as np
import pytest
import torch
from fuzz.pickles import archive, pickled, tensor, text, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save
from test_checkpoint import FORMATS, saved
from test_onnx import lstm_model
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.checkpoints import weights_file
from lstm_core.checkpoints.pickle_outline import storages_of
from lstm_core.limits import MOST_DESCRIPTION, MOST_DIMS

LSTM = {f"lstm.{name}": weight for name, weight in nn.LSTM(4, 3, bidirectional=True).state_dict().items()}


class Harmful:
    """Makes a folder where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def safetensors_of(header, data=b""):
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(content)) + content + data


LARGE = 2**40
NO_KEYS = b"\x80\x02]q\x00."
MEMORY = {
    "a storage that claims a terabyte": (
        archive(pickled(tensor(LARGE, [LARGE])), {"0": b"\0" * 16}),
        "Expected 4,398,046,511,104 bytes of numbers under '0', got 16",
    ),
    "a storage that is not there": (archive(pickled(tensor(4, [4]))), "16 bytes of numbers under '0', got 0"),
    "a tensor larger than its storage": (
        archive(pickled(tensor(4, [LARGE, LARGE])), {"0": b"\0" * 16}),
        "no larger than their 16 bytes",
    ),
    "a tensor of negative size": (archive(pickled(tensor(4, [-1])), {"0": b"\0" * 16}), "no larger than their 16"),
    "an old file that claims a terabyte": (
        saved({}, new=False).removesuffix(b"\x80\x02}q\x00." + NO_KEYS) + pickled(tensor(LARGE, [LARGE])) + NO_KEYS,
        "got a file that claims 4,398,046,511,104",
    ),
    "a bytearray of a terabyte": (
        archive(pickled(b"c__builtin__\nbytearray\n(" + whole(LARGE) + b"tR")),
        "'__builtin__.bytearray', which is never opened",
    ),
    "a tensor made by its class": (
        archive(pickled(b"ctorch\nFloatTensor\n(" + whole(LARGE) + b"t\x81")),
        "'torch.FloatTensor', which is never opened",
    ),
    "a size that is copied again and again": (
        archive(pickled(b"(" + b"K\x01" * 1000 + b"tq\x00" + b"ctorch\nSize\nh\x00\x85R0" * 1000)),
        "never opened|call of 'torch.Size'|pickled object",
    ),
    "a dict that is copied again and again": (
        archive(pickled(b"}q\x00ccollections\nOrderedDict\nh\x00\x85R")),
        "call of 'collections.OrderedDict'",
    ),
    "a compressed archive": (
        archive(b"\0" * 10**7, compression=zipfile.ZIP_DEFLATED),
        "as torch.save writes them, got compressed",
    ),
    "more steps than a pickle needs": (archive(b"\x80\x02]" + b"Na" * 1_500_000 + b"."), "at most 2,000,000 steps"),
    "a pickle of too many bytes": (archive(b"\x80\x02" + text("a" * 9_000_000) + b"."), "at most 8,388,608 bytes"),
    "a safetensors header that claims a terabyte": (
        safetensors_of({"lstm.weight_ih_l0": {"dtype": "F32", "shape": [LARGE], "data_offsets": [0, 4 * LARGE]}}),
        "can't be read",
    ),
    "a safetensors header larger than names and shapes are": (
        safetensors_of(b"{" + b" " * 9_000_000 + b"}"),
        "at most 8,388,608 bytes of names and shapes, got one with 9,000,002",
    ),
    "dicts in dicts in dicts": (
        archive(b"\x80\x02" + (b"}" + text("a")) * 100_000 + b"N" + b"s" * 100_000 + b"."),
        "in at most 32 nested dicts",
    ),
    "lists that hold each list before them twice": (
        archive(b"\x80\x02]q\x00" + b"".join(b"](h%ch%ceq%c" % (n, n, n + 1) for n in range(30)) + b"."),
        "got 0 tensors",
    ),
    "tuples in tuples as a key": (
        archive(b"\x80\x02})" + b"\x85" * 5 + b"Ns."),
        "keys of a dict, got an object",
    ),
    "tuples in tuples without end as a key": (
        archive(b"\x80\x02})" + b"\x85" * 200_000 + b"Ns."),
        "tuples at most 8 deep",
    ),
    # PyTorch up to 2.9 did so: CVE-2026-24747.
    "an entry set in a tensor": (archive(b"\x80\x02" + tensor(4, [4]) + b"K\x00Ns."), "a dict where an entry is set"),
    "a name of a megabyte": (archive(pickled(b"}", "a" * 10**6)), "names of at most 500 characters"),
}


@pytest.mark.parametrize("name", MEMORY)
def test_a_file_that_asks_for_much_is_refused(name):
    content, says = MEMORY[name]
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(content)


@pytest.mark.slow
def test_none_of_them_takes_memory(tmp_path):
    """In a process of its own, whose largest size is then known."""
    paths = []
    for number, (content, _) in enumerate(MEMORY.values()):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(content)
    with (tmp_path / "sparse").open("wb") as file:
        file.write(saved(LSTM))
        file.truncate(2**31)
    code = """
import resource, sys, lstm_core
lstm_core.load_checkpoint(sys.argv[1])
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before = peak()
for path in sys.argv[2:]:
    try:
        lstm_core.load_checkpoint(path)
    except lstm_core.LstmCoreError:
        continue
    raise SystemExit(f"{path} was opened")
print(peak() - before)
"""
    good = tmp_path / "good"
    good.write_bytes(saved(LSTM))
    command = [sys.executable, "-c", code, good, *paths, tmp_path / "sparse"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert float(found.stdout) < 200, "MiB"


def test_a_name_may_be_as_long_as_is_said():
    def named(letters):
        return save({**LSTM, "n" * letters: torch.zeros(1)})

    assert list(lstm_core.load_checkpoint(named(500)).lstms) == ["lstm"]
    with pytest.raises(LstmCoreError, match="names of at most 500 characters"):
        lstm_core.load_checkpoint(named(501))


@pytest.mark.parametrize(
    ("content", "most", "says"),
    [
        (lambda deep: pickled(b")" + b"\x85" * (deep - 1)), 8, "tuples at most 8 deep"),
        (lambda parts: b"\x80\x02}(" + b"K\x01" * parts + b"tNs.", MOST_DIMS, "keys of a dict, got an object"),
        (
            lambda letters: pickled(tensor(0, [0], key="0" * letters)),
            500,
            "a short name or a number as a storage's key",
        ),
        (lambda count: pickled(tensor(count, [count])), 2**63 - 1, "a storage of numbers, got something else"),
        (lambda less: pickled(tensor(-less, [0])), 0, "a storage of numbers, got something else"),
    ],
    ids=["tuples in tuples", "parts of a key", "letters of a storage", "numbers of a storage", "numbers below none"],
)
def test_a_pickle_may_hold_as_much_as_is_said(content, most, says):
    with pytest.raises(LstmCoreError, match=says):
        storages_of(io.BytesIO(content(most + 1)))
    storages_of(io.BytesIO(content(most)))


@pytest.mark.parametrize("old", [False, True])
def test_nothing_in_a_pickle_is_executed(old, tmp_path):
    made = tmp_path / "made"
    for content in (Harmful(str(made)), {"lstm.weight_ih_l0": Harmful(str(made))}):
        with pytest.raises(LstmCoreError, match=r"weights alone, got a pickled object, '(posix|nt)\.mkdir'"):
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
        b"\x1f\x8b" + b"\0" * 99: "a file compressed with gzip: unpack it first",
        b"just some text": r"begins with 'just some text'",
        archive(b"N.", {})[:10] + b"\0" * 90: "cut off or added to",
        _zip({"a.txt": b"b"}): "got another zip archive",
        _zip({"model/data.pkl": b"N.", "model/constants.pkl": b"N."}): "got a TorchScript model",
        saved(LSTM) + b"\0": "cut off or added to",
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


def _zip(entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return file.getvalue()


CONTENT = {form: write(LSTM) for form, write in FORMATS.items()} | {
    "Keras": keras_layouts.numbered(keras_layouts.layers(np.random.default_rng(0))),
    "ONNX": lstm_model(np.random.default_rng(0)).SerializeToString(),
}


@settings(max_examples=80)
@given(at=st.floats(0, 1, exclude_max=True))
@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_was_cut_off_is_an_error_wherever_it_was(form, at):
    with pytest.raises(LstmCoreError):
        lstm_core.load_checkpoint(CONTENT[form][: int(at * len(CONTENT[form]))])


@settings(max_examples=150)
@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), count=st.integers(1, 4))
@pytest.mark.parametrize("form", CONTENT)
def test_a_damaged_file_opens_or_is_an_error_of_ours(form, at, byte, count):
    content = bytearray(CONTENT[form])
    place = int(at * len(content))
    content[place : place + count] = bytes([byte]) * count
    with contextlib.suppress(LstmCoreError):
        lstm_core.load_checkpoint(bytes(content))


@settings(max_examples=200)
@given(content=st.binary(max_size=200), head=st.sampled_from([b"", b"PK\x03\x04", b"\x08\x07", b"\x89HDF\r\n\x1a\n"]))
def test_random_bytes_are_an_error(content, head):
    with pytest.raises(LstmCoreError):
        lstm_core.load_checkpoint(head + content)


GRU, RNN = ({f"rnn.{name}": w for name, w in kind(4, 3).state_dict().items()} for kind in (nn.GRU, nn.RNN))


def without(*names):
    return {name: weight for name, weight in LSTM.items() if name.removeprefix("lstm.") not in names}


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (LSTM | {"lstm.weight_hh_l0_reverse": torch.zeros(12, 4)}, r"weight_hh_l0_reverse .* \(12, 3\), .* \(12, 4\)"),
        (LSTM | {"lstm.weight_ih_l0": torch.zeros(8, 4)}, r"weight_ih_l0 .* \(12, 4\), .* \(8, 4\)"),
        (LSTM | {"lstm.weight_hh_l0": torch.zeros(10, 3)}, r"weight_hh_l0 .* \(12, 3\), .* \(10, 3\)"),
        (LSTM | {"lstm.bias_hh_l0": torch.zeros(11)}, r"bias_hh_l0 .* \(12,\), .* \(11,\)"),
        (LSTM | {"lstm.weight_ih_l2": torch.zeros(12, 6)}, r"weight_ih_l1 .* got not to be there"),
        (LSTM | {"lstm.weight_hr_l0": torch.zeros(2, 3)}, "Expected"),
        (LSTM | {"lstm.weight_hr_l0": torch.zeros(3, 3)}, "fewer than its 3 units, got to 3"),
        (LSTM | {"lstm.weight_ih": torch.zeros(12, 4)}, "weight_hh of the LSTM 'lstm' to be a matrix"),
        (without("weight_hh_l0"), r"weight_hh_l0 of the LSTM 'lstm' to be a matrix .* got none"),
        (without("bias_hh_l0_reverse"), "bias_hh_l0_reverse .* got not to be there"),
        (LSTM | {"lstm.weight_ih_l0": torch.zeros(12)}, r"to be a matrix .* got shape \(12,\)"),
        (LSTM | {"lstm.weight_ih_l0": torch.zeros(0, 4)}, r"to be a matrix .* got shape \(0, 4\)"),
        (LSTM | {"lstm.weight_ih_l0": torch.zeros(12, 4).double()}, "in one of .* got float32, float64"),
        ({k: w.to(torch.complex64) for k, w in LSTM.items()}, "in one of float32, .* got complex64"),
        ({k: w.to(torch.int8) for k, w in LSTM.items()}, "in one of float32, .* got int8"),
        ({k: w.to(torch.float8_e4m3fn) for k, w in LSTM.items()}, "in one of float32, .* got float8_e4m3fn"),
        ({"fc.weight": torch.zeros(2, 3), "fc.bias": torch.zeros(2)}, "got 2 tensors: 'fc.weight', 'fc.bias'"),
        ({f"w{n}": torch.zeros(2) for n in range(4)}, r"got 4 tensors: 'w0', 'w1', 'w2'\.\n"),
        (GRU | {"rnn.weight_ih_l0": torch.zeros(12, 4)}, r"weight_ih_l0 of the GRU 'rnn' .* \(9, 4\), .* \(12, 4\)"),
        (GRU | {"rnn.weight_ih_l0": torch.zeros(9)}, r"weight_ih_l0 of the GRU 'rnn' to be a matrix \(3 \* unit, …\)"),
        (RNN | {"rnn.bias_hh_l0": torch.zeros(9)}, r"bias_hh_l0 of the RNN 'rnn' .* \(3,\), .* \(9,\)"),
        ({}, "got 0 tensors"),
        (LSTM | {"fc.weight": torch.zeros(2, 3), "fc.bias": torch.zeros(2).double()}, "'fc' in one dtype"),
    ],
)
def test_weights_that_make_no_lstm_say_which_and_why(state, says):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(saved(state))


@pytest.mark.filterwarnings("ignore")
def test_quantised_and_sparse_weights_are_refused_by_name():
    quantised = torch.quantize_per_tensor(torch.zeros(12, 4), 0.1, 0, torch.qint8)
    for weight, says in ((quantised, "quantised|QInt8"), (torch.zeros(12, 4).to_sparse(), "sparse")):
        with pytest.raises(LstmCoreError, match=says):
            lstm_core.load_checkpoint(saved(LSTM | {"lstm.weight_ih_l0": weight}))


def test_a_dict_that_holds_itself_is_gone_through_once():
    state = {"model": dict(LSTM)}
    state["model"]["again"] = state
    state["list"] = [state, [state]]
    assert list(lstm_core.load_checkpoint(saved(state)).lstms) == ["lstm"]


def test_one_tensor_under_many_weight_normed_names_is_not_copied_for_each():
    direction, length = torch.zeros(100, 100), torch.ones(100, 1)
    shared = {f"{n}.weight_v": direction for n in range(50)} | {f"{n}.weight_g": length for n in range(50)}
    with pytest.raises(LstmCoreError, match="that many names share"):
        lstm_core.load_checkpoint(saved(LSTM | shared))
    shared = {f"{n}.weight_orig": direction for n in range(50)} | {f"{n}.weight_mask": direction for n in range(50)}
    with pytest.raises(LstmCoreError, match="of its own"):
        lstm_core.load_checkpoint(saved(LSTM | shared))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "fit in the memory there is, got more"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "fit in the memory there is, got more"),
        (RuntimeError("else"), "one that can't be read: else"),
    ],
)
def test_weights_that_do_not_fit_in_memory_are_told_from_a_broken_file(monkeypatch, error, says):
    def fails(*_args, **_options):
        raise error

    monkeypatch.setattr(torch, "load", fails)
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load_checkpoint(saved(LSTM))


def test_a_tensor_without_numbers_is_refused():
    with pytest.raises(LstmCoreError, match=r"never opened|without its numbers"):
        lstm_core.load_checkpoint(saved({k: w.to("meta") for k, w in LSTM.items()}))


def test_a_directory_of_too_many_entries_or_bytes_is_refused():
    content = archive(b"N.")
    for changed in (
        content[:-12] + struct.pack("<H", 0xFFFF) + content[-10:],
        content[:-10] + struct.pack("<I", MOST_DESCRIPTION + 1) + content[-6:],
    ):
        with pytest.raises(LstmCoreError, match="fewer than 65,535 entries"):
            lstm_core.load_checkpoint(changed)


def test_two_directories_in_one_archive_are_refused():
    """Two readers could each take another."""
    content = saved(LSTM)
    entries = struct.unpack("<H", content[-12:-10])[0]
    with pytest.raises(LstmCoreError, match="names two"):
        lstm_core.load_checkpoint(content[:-12] + struct.pack("<H", entries - 1) + content[-10:])


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


def test_too_large_a_file_is_refused_by_its_size(monkeypatch):
    monkeypatch.setattr(weights_file, "MOST_BYTES", 1000)
    with pytest.raises(LstmCoreError, match="at most 1,000 bytes, got"):
        lstm_core.load_checkpoint(saved(LSTM))
    assert weights_file.MOST_BYTES == 1000


def test_a_message_shows_a_name_as_text_and_not_all_of_it():
    name = "<script>" + "x" * 300
    with pytest.raises(LstmCoreError) as caught:
        lstm_core.load_checkpoint(save({f"{name}.weight_ih_l0": torch.zeros(12, 4)}))
    assert "<script>xxx" in str(caught.value)
    assert len(str(caught.value)) < 400
