"""A GRU and an RNN of one's own are asked as an LSTM is: another text, a hold, a word left out, why, and files."""

import runpy

import numpy as np
import pytest
import torch
from pictured import picture_of
from torch import nn

import lstm_core
from gatescope.offline.downloads import download
from gatescope.question import link
from gatescope.question.view import Source, View
from gatescope.reading.read import read
from gatescope.store import visitor_models
from gatescope.unit_tables import tracking
from gatescope.unit_tables.corpus import model_to_scan
from gatescope.wording.sentences import called_here
from lstm_core import LstmCoreError
from tests.reference import reference, step_of, weights_of
from tests.weight_files import saved

WORDS = ["a", "field", "giraffes", "in", "not"]
TEXT = "giraffes not in a field"
# What each quantity of a picture is called.
LETTERS = {"GRU": {"f": "z", "i": "1 − z", "g": "n", "o": "r", "c": "h"}, "RNN": {"c": "h"}}
KINDS = [(nn.GRU, {}), (nn.GRU, {"num_layers": 2, "bidirectional": True}), (nn.RNN, {"num_layers": 2})]


@pytest.fixture(params=KINDS, ids=["GRU", "both ways", "RNN"])
def own(request):
    """A model of a visitor, opened from a file of weights, and its key."""
    kind, sizes = request.param
    return opened(kind, **sizes)


def opened(kind, **sizes):
    torch.manual_seed(3)
    gives = 5 * (1 + sizes.get("bidirectional", False))
    parts = nn.ModuleDict({"emb": nn.Embedding(5, 4), "rnn": kind(4, 5, **sizes), "fc": nn.Linear(gives, 3)})
    for weight in parts.parameters():
        nn.init.uniform_(weight, -2, 2)
    checkpoint = lstm_core.load_checkpoint(saved(parts.state_dict()))
    model = lstm_core.assemble(checkpoint, "rnn", "emb", "fc", vocabulary=WORDS, labels=list("xyz"))
    return model, visitor_models.put(model, label="mine.pt")


def asked(key, **wish):
    return picture_of({"model": key, "sentence": TEXT, **wish})


def cells_of(shown, layer=0, direction=0):
    """By the cell's own letter, (unit, step)."""
    [stack] = [one for one in shown["stacks"] if (one["layer"], one["direction"]) == (layer, direction)]
    return {shown["letters"][values["quantity"]]: values["z"] for values in stack["values"]}


def by_hand(model, text, hold=None):
    """The float64 loop over a text, by letter (layer, direction, time, batch, unit)."""
    x = model.vectors(text.split()).detach().double().numpy()
    h0 = np.zeros((model.lstm.num_layers, 1 + model.lstm.bidirectional, 1, 5))
    more = {} if hold is None else {"hold": hold}
    sizes = {"num_layers": model.lstm.num_layers, "bidirectional": model.lstm.bidirectional}
    return reference(weights_of(model.lstm), x, h0, step=step_of(model.lstm), **sizes, **more)


def test_another_text_is_read_and_drawn_in_the_cells_own_letters(own):
    model, key = own
    kind = type(model.lstm).__name__
    for text in (TEXT, "in in a field"):
        shown, expected = asked(key, sentence=text), by_hand(model, text)
        assert (shown["kind"], shown["letters"], shown["model"]["asks"]) == (kind.lower(), LETTERS[kind], True)
        assert shown["labels"] == text.split()
        assert {strip["quantity"] for strip in shown["strips"]} == set(LETTERS[kind])
        for layer in range(model.lstm.num_layers):
            for direction in range(1 + model.lstm.bidirectional):
                cells = cells_of(shown, layer, direction)
                if kind == "GRU":
                    np.testing.assert_allclose(cells.pop("1 − z"), 1 - cells["z"], atol=1e-6)
                for letter, values in cells.items():
                    np.testing.assert_allclose(values, expected[letter][layer, direction, :, 0].T, atol=1e-5)
        with torch.no_grad():
            said = model.probabilities(model(model.vectors(text.split())))[:, 0]
        assert [one["label"] for one in shown["answers"]] == ["xyz"[at] for at in said.argmax(-1)]
        np.testing.assert_allclose([one["share"] for one in shown["answers"]], said.amax(-1), atol=1e-5)
        assert f"nn.{kind}, trained, rnn" in shown["made"]
        assert "h (" in shown["shapes"]
        assert "c (" not in shown["shapes"]


@pytest.mark.parametrize("gate", ["z", "r", "n", "h"])
def test_a_held_gate_of_a_gru_is_held_in_what_is_computed(gate):
    model, key = opened(nn.GRU, num_layers=2)

    def hold(place, quantity, values):
        if quantity != gate or place[0] != 1 or place[2] != 2:
            return values
        held = np.array(values)
        held[..., 3] = 0.25
        return held

    holds = f"{gate}.1.3.2_0.25"
    shown, expected = asked(key, holds=holds), by_hand(model, TEXT, hold)
    assert shown["held"]["holds"] == holds
    assert shown["notices"] == []
    np.testing.assert_allclose(cells_of(shown, 1)[gate][3, 2], 0.25, atol=1e-6)
    for letter in "rznh":
        np.testing.assert_allclose(cells_of(shown, 1)[letter], expected[letter][1, 0, :, 0].T, atol=1e-5)
    assert np.abs(cells_of(shown, 1)["h"] - cells_of(asked(key), 1)["h"]).max() > 1e-3


def test_what_a_cell_does_not_have_is_not_held_and_that_is_said():
    _, key = opened(nn.RNN)
    shown = asked(key, holds="z.0.1.1_0 h.0.1.1_0.5")
    assert shown["held"]["holds"] == "h.0.1.1_0.5"
    [said] = shown["notices"]
    assert said == "There is nothing to hold at z.0.1.1_0: this text and RNN have no such gate, step, unit or layer."


def test_a_word_that_is_left_out_is_not_read(own):
    model, key = own
    shown, without = asked(key, holds="w.1"), by_hand(model, "giraffes in a field")
    left = [0, 2, 3, 4]
    for layer in range(model.lstm.num_layers):
        cells = cells_of(shown, layer)
        np.testing.assert_allclose(cells["h"][:, left], without["h"][layer, 0, :, 0].T, atol=1e-5)
        np.testing.assert_allclose(cells["h"][:, 1], cells["h"][:, 0], atol=1e-6)
        # There all is kept.
        np.testing.assert_array_equal(cells.get("z", cells["h"] * 0 + 1)[:, 1], 1)


def test_a_cell_is_not_taken_apart_into_sums(own):
    _, key = own
    assert asked(key, pin="0.1.2")["cell"] is None


def test_other_pages_say_how_they_speak_of_it_or_why_they_do_not(own):
    model, key = own
    kind = type(model.lstm).__name__
    with pytest.raises(LstmCoreError, match=f"got one with another cell: {kind}"):
        model_to_scan(Source(model=key))
    reading = read(Source(TEXT, model=key))
    [said] = called_here(reading.trace)
    assert all(f"{own} is called {quantity}" in said for quantity, own in LETTERS[kind].items())
    if kind == "RNN":
        with pytest.raises(LstmCoreError, match="no gate that keeps"):
            tracking.first(reading)
    else:
        assert tracking.first(reading)[1] == []
        table = lstm_core.units(reading.trace)
        z = lstm_core.run(model.lstm, model.vectors(TEXT.split())).z
        np.testing.assert_allclose(table["f_mean"], z.mean((2, 3)).flatten(), atol=1e-6)


def test_its_files_are_those_of_the_run_that_is_shown(own, tmp_path, monkeypatch):
    model, key = own
    view, _ = link.read(View(), {"model": key, "sentence": TEXT, "holds": "h.0.1.1_0.5"})
    (tmp_path / "shown.npz").write_bytes(b"".join(download("npz", view).pieces))
    saved = lstm_core.load(tmp_path / "shown.npz")
    with lstm_core.intervene(model, lstm_core.Hold("h", 0.5, [1], steps=[1])):
        expected = lstm_core.run(model.lstm, model.vectors(TEXT.split()), tokens=[TEXT.split()])
    assert (type(saved), saved.tokens, dict(saved.config)) == (type(expected), expected.tokens, dict(expected.config))
    assert saved.tensors().keys() == expected.tensors().keys()
    for name, values in expected.tensors().items():
        assert torch.equal(saved.tensors()[name], values), name
    lstm_core.save_model(model, tmp_path / "rnn.safetensors")
    (tmp_path / "script.py").write_bytes(b"".join(download("py", view).pieces))
    monkeypatch.chdir(tmp_path)
    again = runpy.run_path(str(tmp_path / "script.py"))["trace"]
    assert torch.equal(again.h, expected.h)
