"""A text read with gates held and words left out: the link, the recording, the answers, and the code of it."""

import numpy as np
import pytest
import torch
from pictured import picture_of

import lstm_core
from gatescope.offline.downloads import download
from gatescope.question import link
from gatescope.question.holds import NONE, GateHold, Holds, read_holds
from gatescope.question.view import Source, View
from gatescope.reading.held import read_view
from gatescope.reading.read import read

SENTENCE = "The cat the dog chased ran away"
TAGGED = {"model": "tagger", "sentence": "Giraffes in a field"}


def drawn(**query):
    return picture_of({"sentence": SENTENCE} | query)


def strip(picture, quantity, stack=0):
    return next(trace["z"] for trace in picture["stacks"][stack]["values"] if trace["quantity"] == quantity)


@pytest.mark.parametrize(
    "holds",
    [
        Holds((GateHold("f", 0.0, 0, 0, (2,), (3,)),)),
        Holds((GateHold("g", -0.25, 1, 1, None, None), GateHold("c", 1000.0, 0, 0, (1,), None)), (0, 4)),
        Holds((GateHold("h", -0.5, 0, 0, (0, 2, 3, 4, 9), (0, 1)),)),
        Holds(without=(7,)),
        NONE,
    ],
)
def test_holds_come_back_from_their_link(holds):
    assert read_holds(str(holds)) == holds
    view = View(holds=holds)
    assert link.read(View(), dict(_pairs(link.query(view)))) == (view, [])


def _pairs(query):
    from urllib.parse import parse_qsl

    return parse_qsl(query)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "f",
            "f.0.2.3",
            "f.0.2.3_2",
            "g.0.2.3_-2",
            "x.0.2.3_0",
            "f.0.2,.3_0",
            "f.0.0-999.3_0",
            "w",
            "w.-1",
            "f.0.2.3.2_0",
            "f.0.٣.3_0",
        ],
        "w.1 " * 41,
    ],
)
def test_holds_that_are_none_are_said_and_left_out(text):
    view, notices = link.read(View(), {"holds": text})
    assert view == View()
    assert len(notices) == 1
    assert "is not possible: " in notices[0]
    assert "left out instead" in notices[0]


@pytest.mark.parametrize("at", ["3", "all"])
def test_the_picture_shows_what_the_lstm_computed_with_the_gate_held(at):
    picture = drawn(n_layers="2", holds=f"f.1.2.{at}_0.25")
    lstm = lstm_core.models.random_lstm(4, 3, 2, 2)
    x = lstm_core.inputs.token_vectors(SENTENCE.split(), 4, 2)
    held = lstm_core.intervene(lstm, "", 1, 0, [2], "f", 0.25, None if at == "all" else [3])
    with held:
        trace = lstm_core.run(lstm, x)
    assert (trace.c[1] != lstm_core.run(lstm, x).c[1]).any()
    for stack in (0, 1):
        for quantity in lstm_core.traces.QUANTITIES:
            np.testing.assert_array_equal(strip(picture, quantity, stack), trace.cells(quantity, stack))


@pytest.mark.parametrize("query", [{}, {"n_layers": "2", "directions": "2"}, {"directions": "2"}])
@pytest.mark.parametrize("word", [0, 2, 6])
def test_where_a_word_is_left_out_the_text_is_read_as_if_it_were_not_there(query, word):
    words = SENTENCE.split()
    left = [step for step in range(len(words)) if step != word]
    picture, without = (
        drawn(holds=f"w.{word}", **query),
        drawn(sentence=" ".join(words[step] for step in left), **query),
    )
    assert len(picture["stacks"]) == len(without["stacks"])
    for n in range(len(picture["stacks"])):
        for quantity in lstm_core.traces.QUANTITIES:
            np.testing.assert_array_equal(strip(picture, quantity, n)[:, left], strip(without, quantity, n))


@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("holds", ["w.0", "w.3", "w.6", "w.2 w.3", "w.1 f.0.all.3_0"])
def test_at_a_word_that_is_left_out_a_cell_keeps_all_adds_nothing_and_every_equation_holds(holds, directions):
    source = Source(sentence=SENTENCE, n_layers=2, directions=directions)
    trace = read_view(View(source, holds=read_holds(holds))).reading.trace
    gone = list(read_holds(holds).without)
    assert (trace.f[:, :, gone] == 1).all()
    assert (trace.i[:, :, gone] == 0).all()
    torch.testing.assert_close(trace.f * trace.before("c") + trace.i * trace.g, trace.c)
    torch.testing.assert_close(trace.o * trace.c.tanh(), trace.h)
    assert trace.tokens == [SENTENCE.split()]


def test_the_answers_without_the_hold_are_those_of_the_text_as_it_is():
    as_it_is = read(Source(**TAGGED))
    labels = [as_it_is.model.labels[row] for row in as_it_is.probabilities().argmax(-1)]
    held = picture_of(TAGGED | {"holds": "w.1"})["held"]
    assert held["before"] == labels == ["NOUN", "ADP", "DET", "NOUN"]
    changed = read_view(View(Source(**TAGGED), holds=read_holds("w.1"))).reading
    after = [changed.model.labels[row] for row in changed.probabilities().argmax(-1)]
    # The word that is left out has no answer.
    assert held["after"] == [after[0], "", *after[2:]]
    assert held["sure_before"] == pytest.approx(as_it_is.probabilities().amax(-1).tolist(), abs=1e-6)
    assert held["sure_after"][1] is None
    assert held["sure_after"][2] == pytest.approx(changed.probabilities()[2].max().item(), abs=1e-6)


@pytest.mark.parametrize(
    ("holds", "kept"),
    [("f.0.9.1_0 i.0.1.1_0", "i.0.1.1_0"), ("w.7 w.1", "w.1"), ("f.1.0.0_0", ""), ("f.0.0.0.1_0", "")],
)
def test_what_is_not_there_can_not_be_held_and_that_is_said(holds, kept):
    picture = drawn(holds=holds)
    assert picture["view"]["holds"] == kept
    assert (picture["held"] or {"holds": ""})["holds"] == kept
    assert len(picture["notices"]) == 1
    assert "There is nothing to hold at" in picture["notices"][0]


def test_some_word_must_be_left_to_read():
    picture = drawn(sentence="one two", holds="w.0 w.1")
    assert picture["held"] is None
    assert "none is left out" in picture["notices"][0]


def test_a_long_text_is_read_as_it_is_and_that_is_said():
    picture = drawn(sentence="a " * 2_001, holds="f.0.0.all_0")
    assert picture["held"] is None
    assert "in texts of up to 2,000 steps; this one has 2,001" in picture["notices"][0]
    assert drawn(sentence="a " * 2_000, holds="f.0.0.all_0")["held"]["holds"] == "f.0.0.all_0"


@pytest.mark.parametrize(("gate", "value"), [("f", 0.0), ("i", 0.75), ("g", -1.0), ("o", 0.5), ("c", 0.0), ("h", 0.25)])
def test_the_terms_of_a_held_cell_are_what_was_computed(gate, value):
    terms = picture_of({"sentence": Source().sentence, "holds": f"{gate}.0.2.3_{value}", "pin": "0.2.3"})["cell"]
    trace = read_view(View(holds=read_holds(f"{gate}.0.2.3_{value}"))).reading.trace
    assert (terms[gate] if gate in "ch" else terms[gate]["value"]) == pytest.approx(value)
    for name in "figo":
        assert terms[name]["value"] == pytest.approx(getattr(trace, name)[0, 0, 3, 0, 2].item(), abs=1e-6)
    assert terms["c"] == pytest.approx(trace.c[0, 0, 3, 0, 2].item(), abs=1e-6)
    assert terms["h"] == pytest.approx(trace.h[0, 0, 3, 0, 2].item(), abs=1e-6)
    # What the gate would have been is still told.
    assert torch.tensor(terms["f"]["pre"]).sigmoid().item() == pytest.approx(
        read(Source()).trace.f[0, 0, 3, 0, 2].item()
    )


def test_a_cell_at_a_word_that_is_left_out_reads_nothing():
    assert drawn(holds="w.2", pin="0.1.2")["cell"] is None


@pytest.mark.parametrize("source", [Source(), Source(**TAGGED), Source(directions=2, n_layers=2)])
@pytest.mark.parametrize(
    "holds", ["f.0.1.2_0.5", "w.1", "o.0.0,2.0,2-3_0 h.0.1.2_0.5 w.3", "w.0 g.0.all.3_-0.5 c.0.0.all_1"]
)
def test_the_code_makes_the_trace_with_its_holds(source, holds):
    view = View(source, holds=read_holds(holds))
    made = {}
    exec(compile(b"".join(download("py", view).pieces), "code", "exec"), made)
    trace = read_view(view).reading.trace
    left = [step for step in range(4) if step not in view.holds.without]
    torch.testing.assert_close(made["trace"].c, trace.c[:, :, left], rtol=0, atol=1e-6)
