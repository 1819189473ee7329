"""A recording that a visitor opens: of any cell its update is what is drawn, and nothing in the file is believed."""

import io
import json
import pickle

import numpy as np
import pytest
import torch
from hand_written import Loop, Peephole
from pictured import picture_of
from torch import nn

import lstm_core
from gatescope.offline.downloads import download
from gatescope.question import link
from gatescope.question.view import Source, View
from gatescope.reading.read import GONE, NO_MODEL, read
from gatescope.reading.recorded import recording
from gatescope.recording.recording import WATCHED
from gatescope.serving import open_in_process
from gatescope.store import visitor_traces
from lstm_core import LstmCoreError
from lstm_core.traces.load import is_trace
from lstm_core.traces.trace import as_update

MOST = 100_000_000
STEPS, WORDS = 4, ["Giraffes", "in", "a", "field"]


def recorded(model, sequences=1):
    torch.manual_seed(7)
    with lstm_core.record(model) as recording:
        model(torch.randn(STEPS, sequences, 4))
    return recording.only


def lstm():
    return recorded(nn.LSTM(4, 3, num_layers=2, bidirectional=True), sequences=2)


TRACES = {
    "LSTM": lstm,
    "projected": lambda: recorded(nn.LSTM(4, 3, proj_size=2)),
    "GRU": lambda: recorded(nn.GRU(4, 3, bidirectional=True)),
    "RNN": lambda: recorded(nn.RNN(4, 3)),
    "cell": lambda: recorded(Loop(Peephole(4, 3), 3)),
    "halves": lambda: lstm().to(torch.bfloat16),
    "a part": lambda: lstm().keep("f", "c"),
    "some steps": lambda: lstm().sel(time=slice(1, 3), batch=1),
}


def saved(trace, folder, kind="npz"):
    trace.save(folder / f"run.{kind}")
    return (folder / f"run.{kind}").read_bytes()


def kept(content, name="run.npz"):
    """The key under which a visitor's file is kept."""
    return visitor_traces.put(name, open_in_process.opened(name, content, MOST))


def picture(key, **asked):
    return picture_of({"model": key, **asked}, 100)


@pytest.mark.parametrize("kind", ["npz", "safetensors"])
@pytest.mark.parametrize("name", TRACES)
def test_the_picture_has_the_numbers_of_the_update(name, kind, tmp_path):
    trace = TRACES[name]()
    content = saved(trace, tmp_path, kind)
    assert is_trace(content)
    shown, update = picture(kept(content)), as_update(trace)
    drawn = update.config.get("roles", update.kept)
    layers, directions = update.c.shape[:2]
    assert [(stack["layer"], stack["direction"]) for stack in shown["stacks"]] == [
        (layer, direction) for layer in range(layers) for direction in range(directions)
    ]
    assert [strip["quantity"] for strip in shown["strips"]] == [q for q in "figcoh" if q in drawn]
    for stack in shown["stacks"]:
        for values in stack["values"]:
            cells = update.cells(values["quantity"], stack["layer"], stack["direction"])
            np.testing.assert_allclose(values["z"], cells, atol=1e-7)
    assert shown["labels"] == [str(step) for step in trace.coords["time"]]
    assert (shown["model"]["trained"], shown["model"]["asks"]) == (WATCHED, False)
    assert shown["lasts"].startswith("A link can’t hold a recording.")
    assert link.query(View(Source(model="x"))).replace("model=x", "model=own-trace-") in shown["link"].replace(
        "%40", "@"
    )


def test_a_sequence_has_its_own_words_and_length(tmp_path):
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(4, 2, 4), [4, 2])
    with lstm_core.record(gru := nn.GRU(4, 3)) as recording:
        gru(packed)
    trace = recording.only.with_values(tokens=[WORDS, ["a", "field"]])
    key = kept(saved(trace, tmp_path))
    second = picture(visitor_traces.of_sequence(key, 1))
    assert second["labels"] == ["a", "field"]
    assert second["notices"][0] == "Sequence 2 of 2 (batch 1)."
    [h] = [values["z"] for values in second["stacks"][0]["values"] if values["quantity"] == "c"]
    np.testing.assert_allclose(h, trace.cells("h", batch=1), atol=1e-7)
    assert visitor_traces.kept(visitor_traces.of_sequence(key, 2)) is None


def test_it_is_watched_and_not_asked(tmp_path):
    key = kept(saved(lstm(), tmp_path))
    shown = picture(key, holds="f=0:2", pin="0.1.2")
    assert shown["held"] is None
    assert shown["cell"] is None
    assert shown["file"] == "run.npz: 4 words"
    assert read(Source(model=key)).notices == [f"{NO_MODEL} A random LSTM reads instead."]
    assert picture("own-trace-gone")["notices"] == [f"{GONE} A random LSTM reads instead."]


@pytest.mark.parametrize("name", ["GRU", "cell"])
def test_what_is_downloaded_is_the_file_and_the_picture(name, tmp_path):
    trace = TRACES[name]()
    key = kept(saved(trace, tmp_path))
    view = link.read(View(), {"model": key})[0]
    (tmp_path / "back.npz").write_bytes(b"".join(download("npz", view).pieces))
    back = lstm_core.load(tmp_path / "back.npz")
    assert type(back) is type(trace)
    assert torch.equal(back.h, trace.h)
    assert "lstm_core.load('run.npz')" in b"".join(download("py", view).pieces).decode()
    assert b"<!doctype html>" in b"".join(download("html", view).pieces)


def test_a_gru_and_a_plain_rnn_are_drawn_in_their_own_letters_and_are_called_as_their_file(tmp_path):
    trace = TRACES["GRU"]()
    shown = picture(kept(saved(trace, tmp_path), "gru.npz"))
    assert (shown["kind"], shown["model"]["name"]) == ("gru", "gru.npz")
    own = {strip.get("letter", strip["quantity"]) or strip["title"]: strip["quantity"] for strip in shown["strips"]}
    assert own == {"z": "f", "1 − z": "i", "n": "g", "h": "c", "r": "o"}
    for stack in shown["stacks"]:
        drawn = {values["quantity"]: values["z"] for values in stack["values"]}
        for letter in "znhr":
            cells = trace.cells(letter, stack["layer"], stack["direction"])
            np.testing.assert_allclose(drawn[own[letter]], cells, atol=1e-7)
    shown = picture(kept(saved(TRACES["RNN"](), tmp_path)))
    assert (shown["kind"], shown["bend"]) == ("rnn", "tanh")
    relu = recorded(nn.RNN(4, 3, nonlinearity="relu"))
    assert picture(kept(saved(relu, tmp_path)))["bend"] == "relu"
    assert [(strip["quantity"], strip["letter"]) for strip in shown["strips"]] == [("c", "h")]
    assert "kind" not in picture(kept(saved(TRACES["cell"](), tmp_path)))


def with_header(content, **changed):
    """A .npz file of a trace that says something else of itself."""
    with np.load(io.BytesIO(content)) as file:
        arrays = dict(file)
    header = json.loads(arrays.pop("trace").item())
    header["config"] |= changed.pop("config", {})
    out = io.BytesIO()
    np.savez(out, trace=np.array(json.dumps(header | changed)), **arrays)
    return out.getvalue()


@pytest.mark.parametrize(
    "changed",
    [
        {"config": {"num_layers": 10**9, "hidden_size": "9", "input_size": -1, "bidirectional": None, "proj_size": 7}},
        {"config": {"path": ["found"], "roles": {"q": ""}, "shown": "", "words": 3, "of": 9}},
    ],
)
def test_sizes_come_from_the_numbers_whatever_a_file_says(changed, tmp_path):
    trace = lstm()
    shown = picture(kept(with_header(saved(trace, tmp_path), **changed)))
    assert shown["model"]["fixed"] == {"input_dim": 4, "hidden_dim": 3, "n_layers": 2, "directions": 2}
    assert shown["made"].startswith("nn.LSTM: input_dim=4, hidden_dim=3, n_layers=2, bidirectional")


def of_shape(layers=1, directions=1, steps=4, units=3, shown=3, start=0.0):
    """A trace of any shape."""
    states = torch.zeros(layers, directions, steps, 1, units)
    values = dict.fromkeys("ifgoc", states)
    values |= {"h": torch.zeros(layers, directions, steps, 1, shown), "x": torch.zeros(steps, 1, 2)}
    values |= {"c0": torch.full((layers, directions, 1, units), start), "h0": torch.zeros(layers, directions, 1, shown)}
    return lstm_core.Trace(**values, config={"path": "replay"})


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        (of_shape(layers=65), "up to 64 layers"),
        (of_shape(directions=3), "one direction or two"),
        (of_shape(steps=0), "got 0 steps"),
        (of_shape(units=3, shown=5), "no more units than c"),
        (of_shape(units=100_000, shown=100_000), "at most 250,000 numbers"),
        (of_shape(start=float("nan")), "Expected finite numbers before the first step"),
        (lstm().sel(layer=1), "Expected a trace with every layer"),
        (lstm().keep("f"), "with c, got one that keeps f"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(trace, said, tmp_path):
    key = kept(saved(trace, tmp_path))
    with pytest.raises(LstmCoreError, match=said):
        recording(key)


class Evil:
    def __reduce__(self):
        return print, ("executed",)


def test_nothing_in_a_file_is_executed_or_unfolded(tmp_path, capfd):
    bomb = io.BytesIO()
    np.savez_compressed(bomb, trace=np.zeros(10**6), c=np.zeros(10**6))
    objects = io.BytesIO()
    np.savez(objects, trace=np.array([Evil()], dtype=object))
    cut = saved(lstm(), tmp_path)[:-200]
    for content, said in (
        (bomb.getvalue(), "can't be read"),
        (objects.getvalue(), "Object arrays cannot be loaded"),
        (cut, "Expected"),
    ):
        with pytest.raises(LstmCoreError, match=said):
            open_in_process.opened("a.npz", content, MOST)
    with pytest.raises(LstmCoreError):
        open_in_process.opened("a.npz", pickle.dumps(Evil()), MOST)
    assert "executed" not in "".join(capfd.readouterr())
