"""Strips over words, labels, colours and still pictures, by reading their data back."""

import html
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lstm_core
from gatescope.question.view import COLOURS, Source
from gatescope.reading.read import read
from lstm_core.plots import gate_strips, palette, pictures
from lstm_core.plots.labels import label, signed, width_of
from lstm_core.plots.palette import THEMES, look
from lstm_core.traces import QUANTITIES

LOOK = look("teal", "light")


def drawn(sentence="the cat the dog", width=800, **options):
    reading = read(Source(sentence=sentence, hidden_dim=5, n_layers=2))
    cells = {q: reading.trace.cells(q, layer=1) for q in QUANTITIES}
    return reading, *gate_strips.memory(cells, reading.tokens, LOOK, width, layer=1, **options)


def test_each_heatmap_shows_its_quantity():
    reading, figure, _ = drawn()
    assert [trace["name"] for trace in figure["data"]] == ["f", "i", "g", "c", "o", "h"]
    for trace in figure["data"]:
        values = getattr(reading.trace, trace["name"])[1, 0, :, 0].T.numpy()
        np.testing.assert_array_equal(trace["z"], values)
        assert trace["meta"] == {"layer": 1, "direction": 0}
        assert trace["x"] == [0, 1, 2, 3]


def test_equal_words_are_columns_of_their_own():
    _, figure, _ = drawn()
    axis = figure["layout"]["xaxis"]
    assert axis["tickvals"] == [0, 1, 2, 3]
    assert axis["ticktext"] == ["the", "cat", "the", "dog"]


def test_strips_lie_one_under_the_other_where_the_axes_put_them():
    _, figure, places = drawn()
    layout = figure["layout"]
    inside = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    for number, place in enumerate(places, 1):
        low, high = layout[f"yaxis{'' if number == 1 else number}"]["domain"]
        top = layout["margin"]["t"] + (1 - high) * inside
        assert top == pytest.approx(place.top, abs=0.51)
        assert (high - low) * inside == pytest.approx(place.height, abs=0.51)
    assert all(a.top + a.height < b.top for a, b in pairwise(places))
    assert max(places, key=lambda place: place.height).quantity == "c"


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=300), st.floats(240, 1600))
@settings(max_examples=50)
def test_words_never_lie_over_one_another(tokens, width):
    axis, room, _ = gate_strips.step_axis(tokens, width, len(tokens))
    shown = axis["tickvals"]
    apart = min(np.diff(shown), default=len(tokens)) * width / len(tokens)
    if axis["tickangle"] == 0:
        assert max(width_of(html.unescape(text)) for text in axis["ticktext"]) <= apart
    else:
        assert apart >= 16
    assert room <= gate_strips.RIBBON + 28 + 150


@given(st.integers(1, 200_000), st.floats(200, 1600))
def test_positions_are_round_and_fit(steps, width):
    axis, *_ = gate_strips.step_axis([], width, steps)
    shown = axis["tickvals"]
    assert shown[0] == 0
    assert shown[-1] < steps
    assert axis["ticktext"] == [f"{step:,}" for step in shown]
    assert (min(np.diff(shown), default=steps) * width / steps) >= 60


@pytest.mark.parametrize(
    ("token", "shown"),
    [(" ", "␣"), ("\n", "⏎"), ("\t", "⇥"), ("\u200b", "U+200B"), ("x" * 40, "x" * 17 + "…"), ("ok", "ok")],
)
def test_a_label_can_be_seen(token, shown):
    assert label(token) == shown


@pytest.mark.parametrize(
    ("value", "said"), [(0.1, "+0.10"), (0.0999, "+0.100"), (-0.0512, "−0.051"), (1e-6, "+0.00"), (-12.3456, "−12.35")]
)
def test_a_small_number_gets_more_places(value, said):
    assert signed(value) == said


def test_markup_in_a_word_is_shown_as_it_was_typed():
    axis, *_ = gate_strips.step_axis(["<b>bold</b>", "&amp;"], 200, 2)
    assert axis["ticktext"] == ["&lt;b&gt;bold&lt;/b&gt;", "&amp;amp;"]


def test_numbers_stand_in_the_cells_while_there_is_room():
    _, few, _ = drawn()
    _, many, _ = drawn(" ".join("a" * 100))
    assert all("texttemplate" in trace for trace in few["data"] if trace["name"] == "c")
    assert not any("texttemplate" in trace for trace in many["data"])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("colours", COLOURS)
def test_a_scale_is_ordered_by_lightness_so_that_it_reads_without_colour(colours, theme):
    chosen = look(colours, theme)
    gates = [lightness(colour) for _, colour in chosen.gates]
    assert gates == sorted(gates, reverse=theme == "light")
    negative, zero, positive = chosen.states[:3], chosen.states[2][1], chosen.states[2:]
    assert zero == palette.STATES[colours, theme][2]
    for half in (negative[::-1], positive):
        steps = [lightness(colour) for _, colour in half]
        assert steps in (sorted(steps), sorted(steps, reverse=True))


def lightness(colour):
    return sum(weight * int(colour[k : k + 2], 16) for weight, k in ((0.2126, 1), (0.7152, 3), (0.0722, 5)))


def test_a_projection_has_its_own_units_in_h():

    trace = lstm_core.run(torch.nn.LSTM(4, 5, proj_size=2, dtype=torch.float64), torch.zeros(3, 1, 4).double())
    figure, _ = gate_strips.memory({q: trace.cells(q) for q in QUANTITIES}, ["a", "b", "c"], LOOK, 500)
    assert figure["data"][5]["z"].shape == (2, 3)
    assert "matches" not in figure["layout"]["yaxis6"]


@pytest.mark.parametrize("tokens", [["It", "is", "an", "incredulity"], [f"word{step}" for step in range(40)]])
def test_the_last_words_end_inside_the_figure(tokens):
    figure, _ = gate_strips.memory({"c": np.zeros((2, len(tokens)))}, tokens, LOOK, 500, strips=gate_strips.STRIPS[3:4])
    layout = figure["layout"]
    axis, inside = layout["xaxis"], layout["width"] - layout["margin"]["r"]
    first, last = axis["range"]
    for step, text in zip(axis["tickvals"], axis["ticktext"], strict=True):
        # The cosine of 60 degrees is a half, too.
        assert (step - first) / (last - first) * inside + width_of(text) / 2 <= layout["width"]


def test_each_cell_of_a_still_picture_has_the_shade_of_its_value():
    values = np.array([[-1, 0, 1], [-9, math.nan, 9]])
    image = pictures.cells(pictures.Strip("c", values, -1.0, 1.0, ["#000000", "#ffffff", "#ff0000"]))
    assert np.asarray(image).tolist() == [[0, 32, 63], [0, 64, 63]]
    seen = image.convert("RGB")
    assert [seen.getpixel((x, 0)) for x in (0, 2)] == [(0, 0, 0), (255, 0, 0)]
    assert image.info["transparency"] == 64
