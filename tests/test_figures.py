"""Figures, by reading their data back."""

import html
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lstm_core
from dashboard.drawing import lesson_strips
from dashboard.export.sheet import sheet
from dashboard.export.sheet_geometry import SIZES
from dashboard.export.visible_part import WHOLE, Sight, left_out
from dashboard.question.shown import COLOURS, Shown
from dashboard.question.source import Source
from dashboard.reading.example_texts import SHIPPED
from dashboard.reading.read import read
from lstm_core.models.lesson import lesson, three_ways
from lstm_core.models.three_cells import three_cells
from lstm_core.plots import gate_strips, palette, step_axis
from lstm_core.plots.labels import label, width_of
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


@given(st.integers(1, 64), st.integers(1, 4), st.integers(0, 99))
@settings(max_examples=20)
def test_scales_are_fixed_whatever_the_numbers(hidden_dim, n_layers, seed):
    trace = read(Source(hidden_dim=hidden_dim, n_layers=n_layers, seed=seed)).trace
    cells = {q: trace.cells(q) for q in QUANTITIES}
    figure, _ = gate_strips.memory(cells, trace.tokens[0], LOOK, 800)
    for heatmap in figure["data"]:
        expected = (0, 1) if heatmap["name"] in "fio" else (-1, 1)
        assert (heatmap["zmin"], heatmap["zmax"]) == expected


def test_plotly_takes_the_figure_as_it_is():
    _, figure, _ = drawn()
    go.Figure(figure)


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
    axis, room = step_axis.step_axis(tokens, width, -0.5, len(tokens) - 0.5)
    shown = axis["tickvals"]
    apart = min(np.diff(shown), default=len(tokens)) * width / len(tokens)
    if axis["tickangle"] == 0:
        assert max(width_of(html.unescape(text)) for text in axis["ticktext"]) <= apart
    else:
        assert apart >= 16
    assert room <= step_axis.RIBBON + 28 + 150


def test_a_zoomed_picture_has_the_words_of_what_is_in_sight():
    tokens = [f"word{n}" for n in range(300)]
    whole, _ = step_axis.step_axis(tokens, 900, -0.5, 299.5)
    near, _ = step_axis.step_axis(tokens, 900, 99.5, 109.5)
    assert near["ticktext"] == tokens[100:110]
    assert whole["tickvals"] == [0, 50, 100, 150, 200, 250]


@given(st.integers(1, 200_000), st.floats(200, 1600), st.data())
def test_positions_are_round_and_fit(steps, width, data):
    first = data.draw(st.integers(0, steps - 1))
    last = data.draw(st.integers(first + 1, steps))
    axis, _ = step_axis.step_axis([], width, first - 0.5, last - 0.5)
    shown = axis["tickvals"]
    assert all(first <= step < last for step in shown)
    assert axis["ticktext"] == [f"{step:,}" for step in shown]
    assert (min(np.diff(shown), default=last) * width / (last - first)) >= 60 or len(shown) == 1


@pytest.mark.parametrize(
    ("token", "shown"),
    [(" ", "␣"), ("\n", "⏎"), ("\t", "⇥"), ("\u200b", "U+200B"), ("x" * 40, "x" * 17 + "…"), ("ok", "ok")],
)
def test_a_label_can_be_seen(token, shown):
    assert label(token) == shown


def test_markup_in_a_word_is_shown_as_it_was_typed():
    axis, _ = step_axis.step_axis(["<b>bold</b>", "&amp;"], 200, -0.5, 1.5)
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


@pytest.mark.parametrize("size", SIZES)
def test_a_sheet_has_every_layer_its_words_and_its_caption(size):
    source = Source(sentence="the <b> dog", n_layers=2)
    reading = read(source)
    figure = go.Figure(sheet(reading, Shown(), WHOLE, LOOK, SIZES[size], "the <b> dog", "made of 4 & 3"))
    assert (figure.layout.width, figure.layout.height) == SIZES[size][:2]
    for layer in range(2):
        for heatmap in figure.data[layer * 6 : layer * 6 + 6]:
            assert heatmap.meta == {"layer": layer, "direction": 0}
            np.testing.assert_array_equal(heatmap.z, reading.trace.cells(heatmap.name, layer))
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert "<b>the &lt;b&gt; dog</b>" in texts
    assert "made of 4 &amp; 3" in texts
    assert "cell state <i>c</i>" in texts
    assert "layer 1" in texts


def test_a_sheet_shows_titles_as_they_were_typed():
    figure = sheet(read(Source()), Shown(), WHOLE, LOOK, SIZES["slide"], 'say "it\'s" <so>', "by 'us'")
    texts = [annotation["text"] for annotation in figure["layout"]["annotations"]]
    assert {'<b>say "it\'s" &lt;so&gt;</b>', "by 'us'"} <= set(texts)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("model", ["counter", "tagger", "tagger-bi"])
def test_a_sheet_holds_all_scores_of_each_step_where_answers_have_no_room(model, size):
    text = "a" * 100 + "b" * 100 if model == "counter" else "Giraffes in a field " * 50
    source = Source(model=model, sentence=text)
    reading = read(source)
    figure = go.Figure(sheet(reading, Shown(), WHOLE, LOOK, SIZES[size], "", ""))
    *_, scores = figure.data
    names = [name for [name, *_] in scores.customdata]
    said = reading.probabilities().T
    np.testing.assert_allclose(scores.z, said[[reading.model.labels.index(name) for name in names]], atol=1e-6)
    assert len(names) == min(12, len(said))
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert set(names) <= set(texts)
    assert any(text.startswith("class scores · which one?") for text in texts)
    assert figure.layout[axis_of(scores, "x")].domain == figure.layout.xaxis.domain
    assert figure.layout[axis_of(scores, "x")].range == figure.layout.xaxis.range
    one_below_the_other(figure)


def test_a_sheet_holds_the_series_that_is_read_and_its_forecast():
    source = Source(model="series", sentence=SHIPPED["series"]["three days"])
    reading = read(source)
    figure = go.Figure(sheet(reading, Shown(), WHOLE, LOOK, SIZES["slide"], "", ""))
    read_line, came, foreseen = [line for line in figure.data if line.type == "scatter"]
    values = reading.series.values[:, 0]
    for line in (read_line, came):
        np.testing.assert_allclose(line.customdata, values, rtol=1e-6)
    np.testing.assert_allclose(foreseen.customdata, reading.probabilities()[:, 0], rtol=1e-6)
    assert foreseen.x[0] == came.x[0] + 1
    heights = [figure.layout[axis_of(one, "y")].domain[0] for one in (read_line, figure.data[0], came)]
    assert heights == sorted(heights, reverse=True)
    one_below_the_other(figure)


def axis_of(trace, letter):
    return trace[f"{letter}axis"].replace(letter, f"{letter}axis")


def one_below_the_other(figure):
    """What shares a column of a sheet doesn't overlap, nor the scales below, nor what stands over the words."""
    taken = sorted({figure.layout[axis_of(trace, "y")].domain for trace in figure.data})
    for (_, high), (low, _) in pairwise(taken):
        assert high < low
    scales = [heatmap.colorbar for heatmap in figure.data if heatmap.type == "heatmap" and heatmap.showscale]
    assert all(scale.y + 20 / figure.layout.height < taken[0][0] for scale in scales)
    ends = [(scale.x, scale.x + scale.len) for scale in scales]
    for (_, right), (left, _) in pairwise([*ends, (1, 1)]):
        assert right < left
    for note in figure.layout.annotations:
        if note.xanchor == "left" and note.y > taken[0][0]:
            assert not any(low < note.y < high for low, high in taken), note.text


def test_hovering_an_exported_cell_says_its_word_and_all_six_values():
    source = Source(hidden_dim=2)
    reading = read(source)
    figure = go.Figure(sheet(reading, Shown(), WHOLE, LOOK, SIZES["slide"], "", ""))
    word, *values, unit = figure.data[3].customdata[1][2]
    assert (word, unit) == ("a", 1)
    assert values == [f"{reading.trace.cells(q)[1, 2]:.4f}" for q in "figcoh"]
    for k, name in enumerate(["forget gate f", "input gate i", "candidate g", "cell state c"], 1):
        assert f"{name}: %{{customdata[{k}]}}" in figure.data[3].hovertemplate


def test_the_lessons_figure_marks_the_steps_whose_memory_was_reset():
    ways = three_ways(lesson())
    words = ["Giraffes", "in", "a", "field", "graze"]
    reset, carried = (lesson_strips.states(trace, words, LOOK, 380) for trace in (ways.reset, ways.carried))
    assert [shape["x0"] for shape in reset["layout"]["shapes"]] == [0.5, 1.5, 2.5, 3.5]
    assert carried["layout"]["shapes"] == []
    for heatmap in reset["data"]:
        np.testing.assert_array_equal(heatmap["z"], ways.reset.cells(heatmap["name"]))
    go.Figure(reset)


def test_a_projection_has_its_own_units_in_h():
    import torch

    trace = lstm_core.run(torch.nn.LSTM(4, 5, proj_size=2, dtype=torch.float64), torch.zeros(3, 1, 4).double())
    figure, _ = gate_strips.memory({q: trace.cells(q) for q in QUANTITIES}, ["a", "b", "c"], LOOK, 500)
    assert figure["data"][5]["z"].shape == (2, 3)
    assert "matches" not in figure["layout"]["yaxis6"]


@pytest.mark.parametrize(("kind", "letters"), [("lstm", "figcoh"), ("gru", "rznh"), ("rnn", "h")])
def test_the_picture_of_each_kind_of_cell_shows_its_own_quantities(kind, letters):
    words = ["the", "cat", "the"]
    trace = getattr(three_cells(words), kind)
    figure = lesson_strips.cell(trace, words, LOOK, 380)
    assert [heatmap["name"] for heatmap in figure["data"]] == list(letters)
    assert [note["text"] for note in figure["layout"]["annotations"]] == [f"<i>{letter}</i>" for letter in letters]
    for heatmap in figure["data"]:
        np.testing.assert_array_equal(heatmap["z"], trace.tensors()[heatmap["name"]][0, 0, :, 0].T.numpy())
        assert (heatmap["zmin"], heatmap["zmax"]) == ((0, 1) if heatmap["name"] in "fiorz" else (-1, 1))
    assert figure["layout"]["xaxis"]["ticktext"] == words
    go.Figure(figure)


PART = Source(sentence="one two three four five six", hidden_dim=5, n_layers=3)
PART_SHOWN = Shown(layers="02", quantities="fch")


def test_a_sheet_of_a_part_holds_the_steps_units_layers_and_quantities_in_sight():
    reading = read(PART)
    figure = go.Figure(sheet(reading, PART_SHOWN, Sight((0.6, 3.4), (3.4, 0.7)), LOOK, SIZES["slide"], "", ""))
    assert [(h.meta["layer"], h.name) for h in figure.data] == [(layer, q) for layer in (0, 2) for q in "fch"]
    for heatmap in figure.data:
        np.testing.assert_array_equal(heatmap.z, reading.trace.cells(heatmap.name, heatmap.meta["layer"])[1:4])
        assert heatmap.customdata[2][3][-1] == 3
    for axis in (figure.layout.xaxis, figure.layout.xaxis2):
        assert axis.range == (0.5, 3.5)
        assert axis.ticktext == ("two", "three", "four")
    scales = [heatmap.colorbar.title.text for heatmap in figure.data if heatmap.showscale]
    assert scales == ["gates f", "states c h"]


def test_a_sheet_has_its_rows_in_the_order_on_screen():
    reading = read(Source(hidden_dim=6))
    order = lstm_core.analysis.order_units(reading.trace, "activity")
    assert order != sorted(order)
    figure = sheet(reading, Shown(rows="activity"), Sight(None, (0.6, 2.4)), LOOK, SIZES["slide"], "", "")
    for heatmap in figure["data"]:
        np.testing.assert_array_equal(heatmap["z"], reading.trace.cells(heatmap["name"])[order[1:3]])


def test_a_sheet_of_a_memory_that_counts_has_its_scale():
    source = Source(model="counter", sentence="a" * 10 + "b" * 10)
    figure = sheet(read(source), Shown(), WHOLE, LOOK, SIZES["slide"], "", "")
    scales = {h["colorbar"]["title"]["text"]: h["colorbar"]["tickvals"] for h in figure["data"] if h["showscale"]}
    assert scales.keys() == {"gates f i o", "states g h", "memory c"}
    low, _, high = scales["memory c"]
    largest = abs(read(source).trace.cells("c")).max()
    assert -low == high >= largest > 1


@pytest.mark.parametrize(
    ("sight", "said"),
    [
        (WHOLE, "Shown: layers 0 and 2 of 3, f, c and h of the six quantities. "),
        (Sight((0.6, 3.4), (2.9, 3.2)), "Shown: steps 1 to 3 of 6, unit 3 of 5, layers 0 and 2 of 3, f, c and h of"),
        (Sight((1.6, 3.4), None), "Shown: steps 2 to 3 of 6, layers"),
        # Less than a cell is in sight: that cell.
        (Sight((2.1, 2.2), None), "Shown: step 2 of 6, layers"),
        # A zoom into a longer text.
        (Sight((20.0, 30.0), None), "Shown: layers"),
    ],
)
def test_what_is_left_out_is_said(sight, said):
    assert left_out(read(PART).trace, PART_SHOWN, sight).startswith(said)
    assert left_out(read(Source(PART.sentence)).trace, Shown(), WHOLE) == ""


@pytest.mark.parametrize(
    ("sentence", "width", "texts", "angle"),
    [
        # The one long word is cut, the others stay level; of two long ones in three, all are slanted.
        ("a donaudampfschiffahrt in the field", 400, ["a", "donaudam…", "in", "the", "field"], 0),
        ("internationalisation of donaudampfschiffahrt", 200, None, -60),
        # Words as long as words are do not get cut.
        ("a giraffe in the field", 200, ["a", "giraffe", "in", "the", "field"], -60),
        # Nor is one where nothing of it would be left to read.
        ("a donaudampfschiffahrt in the field", 260, ["a", "donaudampfschiffa…", "in", "the", "field"], -60),
    ],
)
def test_one_long_word_does_not_slant_the_others(sentence, width, texts, angle):
    axis = drawn(sentence, width)[1]["layout"]["xaxis"]
    assert axis["tickangle"] == angle
    assert texts is None or axis["ticktext"] == texts


@pytest.mark.parametrize("draw", [lesson_strips.inputs, lesson_strips.named_cell])
def test_the_lessons_own_few_units_have_their_numbers_in_the_cells(draw):
    few, many = (
        draw(lstm_core.run(torch.nn.LSTM(4, units), torch.randn(4, 1, 4)), list("abcd"), LOOK, 760) for units in (3, 64)
    )
    assert all("texttemplate" in trace for trace in few["data"])
    assert few["layout"]["height"] <= 560
    assert not any("texttemplate" in trace for trace in many["data"])
