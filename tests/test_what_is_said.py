"""What the pages say in words is true: swap A and B, before and after, more and less, and a sentence is another."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

import lstm_core
from dashboard.comparing import sentences as compare_sentences
from dashboard.comparing.two_readings import two
from dashboard.comparing.view import Side
from dashboard.lesson import sentences as lesson_sentences
from dashboard.question.cell import Cell
from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.reading.read import read
from dashboard.units import sentences as unit_sentences
from dashboard.units.tracking import Best
from dashboard.why import alternatives, sources
from dashboard.why import sentences as why_sentences
from dashboard.why import view as why_view
from dashboard.why.view import Why
from dashboard.words import sentences
from lstm_core.models.lesson import lesson, three_ways
from lstm_core.models.three_cells import three_cells
from lstm_core.plots import compared_strips, labels
from lstm_core.plots.palette import look
from lstm_core.plots.sources import Sources
from lstm_core.plots.strips import NAMES
from lstm_core.training.agreement import Lead

LOOK = look("teal", "light")


def found(p, no_p="", way="whole sequences", shuffles=200):
    row = {"property": "count of a", "measure": "R²", "quantity": "c", "layer": 0, "direction": 0, "unit": 3}
    return lstm_core.analysis.Found(
        table=pd.DataFrame([row | {"score": 0.8, "sign": 1, "correlation": 0.9, "p": p}]),
        searched=8,
        sequences=6,
        groups=6,
        steps=60,
        shuffled=way,
        permutations=shuffles,
        no_p={"count of a": no_p} if no_p else {},
    )


@pytest.mark.parametrize(
    ("as_good", "times", "verdict"),
    [(0, "never", "more than chance."), (2, "twice", "more than chance."), (40, "40 times", "so this may be chance.")],
)
def test_a_find_is_called_chance_when_shuffles_do_as_well(as_good, times, verdict):
    p = (1 + as_good) / 201
    said = unit_sentences.chance(found(p), Best("c", 0, 0, 3, 0.8, 1, p, None))
    assert "The property was shuffled by whole sequences 200 times" in said
    assert f"; the best unit then scored as well {times}: p = {p:.3f}" in said
    assert said.endswith(verdict)
    others = {"more than chance", "may be chance"} - {verdict.removesuffix(".").removeprefix("so this ")}
    assert not any(other in said for other in others)


def test_where_nothing_can_be_told_from_chance_that_is_said_and_why():
    said = unit_sentences.chance(found(np.nan, "The text is short."), Best("c", 0, 0, 3, 0.8, 1, np.nan, None))
    assert said.endswith("Whether this is more than chance can’t be told here. The text is short.")
    shifted = unit_sentences.chance(found(0.5, way="shifts in time"), Best("c", 0, 0, 3, 0.8, 1, 0.5, None))
    assert "The property was shifted in time 200 times" in shifted


@pytest.mark.parametrize("p", [0.01, 0.3, np.nan])
def test_of_all_properties_only_what_is_surer_than_chance_is_named_as_tracked(p):
    row = {"property": "count of a", "measure": "R²", "quantity": "c", "layer": 0, "direction": 0, "unit": 3}
    summary = pd.DataFrame([row | {"score": 0.8, "sign": 1, "p": p, "held_out": None}])
    said = unit_sentences.searched_all(summary, found(p), False)
    assert said.startswith("c of unit 3 tracks" if p == 0.01 else "No unit tracks a property better than chance")
    assert ("too little text" in said) == np.isnan(p)
    assert ("p = 0.30 over all" in said) == (p == 0.3)


@pytest.mark.parametrize(("opened", "shut"), [(0.6, 0.1), (0.1, 0.6)])
def test_gates_that_are_open_are_called_open_and_shut_ones_shut(opened, shut):
    table = pd.DataFrame({"f_right": [opened], "f_left": [shut]})
    said = unit_sentences.gates_stand(table, trained=True)
    assert f"open (above 0.9) at {opened:.0%} of the steps and shut (below 0.1) at {shut:.0%}" in said


def compared(a, b):
    sides = Side(Source(sentence=a)), Side(Source(sentence=b))
    return two(sides[0], read(sides[0].reads()), sides[1], read(sides[1].reads()))


def test_the_number_of_a_is_as_and_that_of_b_is_bs():
    for texts in (("Giraffes in a field", "Elephants in a field"), ("Elephants in a field", "Giraffes in a field")):
        both = compared(*texts)
        where = both.comparison.largest("c")
        a, b = (trace.c[where.layer, where.direction, where.pair, 0, where.unit].item() for trace in (both.a, both.b))
        said = compare_sentences.largest(both.comparison, ["c"])
        a_and_b = f"{labels.signed(a)} in A and {labels.signed(b)} in B"
        assert f"the {NAMES['c']} of unit {where.unit} is {a_and_b}" in said
        assert a != b


def test_what_a_model_says_of_a_is_said_of_a():
    model = read(Source(sentence="aab", model="counter")).model
    for texts in (("aab", "aaabbb"), ("aaabbb", "aab")):
        sides = [Side(Source(sentence=text, model="counter")) for text in texts]
        both = two(sides[0], read(sides[0].reads()), sides[1], read(sides[1].reads()))
        top = [model.labels[int(read(side.source).probabilities()[-1].argmax())] for side in sides]
        share = [read(side.source).probabilities()[-1].max() for side in sides]
        said = compare_sentences.predictions(both, model)
        wanted = f"A says “{top[0]}” ({share[0]:.2f}) and B “{top[1]}” ({share[1]:.2f})"
        assert wanted in said


def test_differences_have_a_scale_of_their_own_and_the_two_share_theirs():
    both = compared("Giraffes in a field", "Elephants in a field").comparison
    one, other, difference = compared_strips.three(both, (0, 0), (0, 0), ["c"], LOOK)
    spans = [(picture["data"][0]["zmin"], picture["data"][0]["zmax"]) for picture in (one, other, difference)]
    largest = np.abs(difference["data"][0]["z"]).max()
    assert spans[0] == spans[1]
    assert spans[2] != spans[0]
    assert spans[2][1] == -spans[2][0]
    assert largest <= spans[2][1] <= 2.5 * largest


def test_a_prediction_goes_from_what_it_was_to_what_it_is():
    source, cell = Source(sentence="aaaabbbb", model="counter"), Cell(0, 0, 1, 6)
    reading, why = read(source), Why(View(source), hold="o", value=0.0)
    changed = alternatives.alternative(why, reading, reading.trace, cell)
    before, after = changed.said
    said = why_sentences.what_changed(why, changed, reading, cell)
    word, was, p_was, is_now, p_now = re.search(r"at “(.)” from “(.*?)” \((.*?)\) to “(.*?)” \((.*?)\)", said).groups()
    moved = np.flatnonzero(before.argmax(0) != after.argmax(0))
    pair = moved[np.abs(after[:, moved] - before[:, moved]).max(0).argmax()]
    labels = reading.model.labels
    assert word == reading.tokens[pair]
    assert (was, is_now) == (labels[before[:, pair].argmax()], labels[after[:, pair].argmax()])
    assert (p_was, p_now) == (f"{before[:, pair].max():.2f}", f"{after[:, pair].max():.2f}")
    assert was != is_now


@pytest.mark.parametrize("layers", [1, 2])
def test_the_largest_change_names_its_layer_where_there_are_several(layers):
    source = Source(sentence="one two three", n_layers=layers)
    reading, cell = read(source), Cell(layers - 1, 0, 1, 2)
    why = Why(View(source), hold="f", value=0.0)
    changed = alternatives.alternative(why, reading, reading.trace, cell)
    where = changed.comparison.largest("c")
    place = f"c of unit {where.unit}" + (f" of layer {where.layer}" if layers == 2 else "") + " at “"
    said = why_sentences.what_changed(why, changed, reading, cell)
    assert f"the largest change of the memory: {place}" in said
    assert f"by {labels.signed(where.value)}." in said


def test_on_held_out_text_before_stands_before_after():
    found = SimpleNamespace(
        texts="twenty", accuracy=lstm_core.analysis.Effect(0.9, 0.2), loss=lstm_core.analysis.Effect(0.125, 0.75)
    )
    said = why_sentences.on_held_out(found)
    assert "from 90% to 20%, and the loss from 0.1250 to 0.7500." in said


@pytest.mark.parametrize("sign", [1, -1])
def test_a_share_that_is_far_below_zero_is_named_as_one_of_the_largest(sign):
    shares = sign * np.array([0.01, -2.0, 0.5, 0.02, 0.03])
    given = Sources(["start", "not", "good", "at", "all"], [-1, 0, 1, 2, 3], [-1, 0, 1, 2, 3], shares)
    score = sources.Score(given, Lead(1, 0), "positive", "negative")
    said = why_sentences.score_from(score, None, False, Cell(0, 0, 0, 3), ["not", "good", "at", "all"])
    strongest, next_one = (labels.signed(sign * share) for share in (-2.0, 0.5))
    assert f"made most of all by “not” ({strongest}), “good” ({next_one})" in said
    assert labels.signed(shares.sum()) in said


def test_what_a_memory_started_with_is_one_of_its_sources():
    trace = lstm_core.run(torch.nn.LSTM(2, 3), torch.randn(4, 1, 2), (torch.randn(1, 1, 3), 5 * torch.ones(1, 1, 3)))
    found = sources.of_memory(trace, list("abcd"), Cell(0, 0, 1, 3))
    kept = 5 * trace.f[0, 0, :, 0, 1].prod().item()
    assert kept > 1e-3
    assert found.shares[found.names.index("start")] == pytest.approx(kept, rel=1e-4)
    assert found.total == pytest.approx(trace.c[0, 0, 3, 0, 1].item(), rel=1e-4)


def test_the_unit_that_holds_most_may_hold_it_below_zero():
    trace = read(Source(sentence="a b")).trace
    c = trace.c.clone()
    c[-1, 0, -1, 0] = torch.tensor([0.1, 0.3, -0.9])
    assert why_view.cell(None, replace(trace, c=c))[0] == (0, 0, 2, 1)


@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("layers", [1, 3])
def test_the_shapes_are_those_that_pytorch_gives(directions, layers):
    reading = read(Source(sentence="Giraffes in a field", n_layers=layers, directions=directions))
    _, (h, c) = reading.lstm(reading.trace.x)
    said = sentences.shapes(reading)
    name = "2 · n_layers" if directions == 2 else "n_layers"
    assert f"h and c ({name}, batch, hidden_dim) = ({', '.join(map(str, h.shape))})" in said
    assert h.shape == c.shape
    assert f"= ({', '.join(map(str, reading.trace.x.shape))}) ·" in said
    assert f"parameters: {sum(weight.numel() for weight in reading.lstm.parameters()):,}" in said


@pytest.mark.parametrize("same_start", [True, False])
def test_another_start_is_spoken_of_where_there_is_one(same_start):
    ways = three_ways(lesson(), same_start)
    said = lesson_sentences.why_they_differ(ways, same_start)
    assert ("starts from a different (h0, c0)" in said) != same_start


def test_what_an_lstm_keeps_is_said_of_the_lstm_and_what_a_gru_keeps_of_the_gru():
    cells = three_cells(["Giraffes", "in", "a", "field"], 4, 3)
    read_ones = cells._replace(lstm=replace(cells.lstm, f=torch.full_like(cells.lstm.f, 0.91)))
    read_ones = read_ones._replace(gru=replace(cells.gru, z=torch.full_like(cells.gru.z, 0.13)))
    said = lesson_sentences.what_differs(read_ones)
    lstm, gru, rnn = (f"{count:,}" for count in cells.parameters)
    assert f"four blocks of weights ({lstm} parameters), the GRU three ({gru}), the RNN one ({rnn})" in said
    assert "by c in the LSTM, which here keeps 91%" in said
    assert "in the GRU, which keeps 13%" in said
