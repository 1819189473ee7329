"""A visitor's file is opened in a process of its own: what comes back is the same, what goes wrong ends there."""

import io
import os
import signal
import struct

import h5py
import numpy as np
import pytest
import torch
from test_checkpoint import saved
from test_hostile_files import many_tensors
from torch import nn

import lstm_core
from gatescope.serving import open_in_process
from lstm_core import LstmCoreError
from lstm_core.models.shipped import model_bytes

MOST = 200_000_000


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.embedding = nn.Embedding(9, 4)
        self.encoder = nn.LSTM(4, 5, num_layers=2, bidirectional=True)
        self.half = nn.LSTM(4, 6, proj_size=4, dtype=torch.bfloat16)
        self.cell = nn.LSTMCell(4, 3, bias=False)
        self.decoder = nn.Linear(4, 9, bias=False)
        self.decoder.weight = self.embedding.weight


def weights_of(checkpoint):
    groups = (checkpoint.lstms, checkpoint.embeddings, checkpoint.linears)
    return {
        f"{name}.{key}": weight.detach()
        for group in groups
        for name, module in group.items()
        for key, weight in module.named_parameters()
    }


def test_what_comes_back_is_what_the_library_opens():
    content = saved(Parts().state_dict())
    here, there = lstm_core.load_checkpoint(content), open_in_process.opened("a.pt", content, MOST)
    assert (there.order, there.notes) == (here.order, here.notes)
    assert {name: str(module) for name, module in there.lstms.items()} == {
        name: str(module) for name, module in here.lstms.items()
    }
    ours, theirs = weights_of(here), weights_of(there)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) and ours[name].dtype == theirs[name].dtype for name in ours)
    # Tied weights take their room once.
    assert theirs["embedding.weight"].data_ptr() == theirs["decoder.weight"].data_ptr()


def test_a_model_saved_here_comes_back_whole():
    model = lstm_core.load_model("counter")
    back = open_in_process.opened("counter.safetensors", model_bytes(model), MOST)
    assert back.labels == model.labels
    assert all(torch.equal(weight, back.state_dict()[name]) for name, weight in model.state_dict().items())


def test_notes_come_along():
    state = Parts().state_dict()
    state["encoder.weight_hh_l0"][0, 0] = torch.nan
    [note] = open_in_process.opened("a.pt", saved(state), MOST).notes
    assert note == "Not finite: 1 of 100 numbers in 'encoder.weight_hh_l0' (1 NaN)."


def test_a_refusal_names_the_file_and_the_process_goes_on():
    before = open_in_process.running().pid
    with pytest.raises(LstmCoreError, match=r"^'b.pt' can't be opened. Expected a safetensors file"):
        open_in_process.opened("b.pt", b"nothing", MOST)
    with pytest.raises(LstmCoreError, match=r"^'b.pt' can't be opened. Expected weights of at most 100 bytes, got"):
        open_in_process.opened("b.pt", saved(Parts().state_dict()), 100)
    assert open_in_process.running().pid == before


def test_a_file_that_takes_too_much_memory_is_a_sentence_and_the_next_one_opens(monkeypatch):
    content = saved({"lstm." + name: weight for name, weight in nn.LSTM(1000, 1000).state_dict().items()})
    monkeypatch.setattr(open_in_process, "MEMORY", 1_000_000)
    monkeypatch.setattr(open_in_process, "TIMES", 0)
    with pytest.raises(LstmCoreError, match=r"in the memory there is|1 MB of memory, got one that takes more"):
        open_in_process.opened("large.pt", content, MOST)
    monkeypatch.undo()
    assert open_in_process.opened("large.pt", content, MOST).lstms.keys() == {"lstm"}


def texts_that_are_one(count, length):
    """An HDF5 file of half a megabyte, whose texts lie in one place: read, they are a gigabyte."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        texts = np.array(["q" * length] + ["w" * 9] * (count - 1), dtype=object)
        file.attrs.create("layer_names", texts, dtype=h5py.string_dtype())
    content = bytearray(stream.getvalue())
    # A reference: the text's length, the heap's place in the file (8 bytes), the number in the heap.
    second = content.index(struct.pack("<I", 9), content.index(struct.pack("<I", length)))
    for at in range(second, second + 16 * (count - 1), 16):
        content[at : at + 16] = content[second - 16 : second]
    return bytes(content)


def fields(content):
    """An ONNX file whose graph is of nodes of two bytes each."""
    return b"\x08\x07\x3a" + b"\x80\xb4\x89\x13" + content


UNFOLDED = {"texts": lambda: texts_that_are_one(3_900, 300_000), "nodes": lambda: fields(b"\x0a\x00" * 20_000_000)}


@pytest.mark.slow
@pytest.mark.parametrize("what", UNFOLDED)
def test_a_file_that_unfolds_to_more_than_there_is_is_a_sentence(what):
    with pytest.raises(LstmCoreError, match=r"in the memory there is|of memory, got one that takes more"):
        open_in_process.opened("bomb", UNFOLDED[what](), MOST)
    assert open_in_process.opened("a.pt", saved(Parts().state_dict()), MOST).lstms


@pytest.mark.slow
def test_a_file_that_takes_too_long_ends_its_process_and_the_next_one_opens(monkeypatch):
    before = open_in_process.running().pid
    # One second less than it has taken already: a file of any size is too much, on a machine of any speed.
    monkeypatch.setattr(open_in_process, "SECONDS", -2)
    monkeypatch.setattr(open_in_process, "BYTES_A_SECOND", 2**60)
    with pytest.raises(LstmCoreError, match=r"within -1 seconds and .* got one that takes more"):
        open_in_process.opened("slow.safetensors", many_tensors(map(str, range(38_000))), MOST)
    monkeypatch.undo()
    assert open_in_process.running().pid != before
    assert open_in_process.opened("a.pt", saved(Parts().state_dict()), MOST).lstms


@pytest.mark.slow
def test_a_process_that_was_killed_meanwhile_is_replaced():
    child = open_in_process.running()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert open_in_process.opened("a.pt", saved(Parts().state_dict()), MOST).lstms
