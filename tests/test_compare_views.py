"""Two readings side by side: links, alignment, figures and sentences, by reading them back."""

import copy
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import lstm_core
from dashboard.comparing import figures as compare_figures
from dashboard.comparing import sentences as compare_sentences
from dashboard.comparing import two_readings
from dashboard.comparing.two_readings import trace_of, two
from dashboard.comparing.view import ANOTHER, Pair, Side, names_a_text, nearest, query_of, read_pair
from dashboard.question.source import Source
from dashboard.reading.read import read
from dashboard.store import visitor_models
from lstm_core.plots import compared_strips, side_by_side_strips
from lstm_core.plots.palette import look
from lstm_core.training import epochs
from lstm_core.training.tasks import task_from

LOOK = look("teal", "light")
SIDES = st.builds(
    Side,
    source=st.builds(
        Source,
        sentence=st.text(max_size=20),
        hidden_dim=st.integers(1, 512),
        seed=st.integers(0, 99),
        model=st.sampled_from(["random", "counter", "copy"]),
    ),
    layer=st.integers(0, 3),
    direction=st.integers(0, 1),
    state=st.sampled_from(["carried", "reset"]),
    epoch=st.none() | st.integers(0, 500),
)


def compared(a, b):
    return two(a, read(a.reads()), b, read(b.reads()))


@given(SIDES, SIDES, st.sampled_from(["ch", "figcoh", "f"]))
def test_a_link_opens_the_same_pair(a, b, strips):
    pair = Pair(a, b, strips)
    assert read_pair(dict(parse_qsl(query_of(pair), keep_blank_values=True))) == (pair, [])


def test_without_a_link_two_sentences_are_compared_and_with_one_of_the_main_page_a_view_with_itself():
    assert read_pair({})[0].b.source.sentence == ANOTHER
    pair, _ = read_pair({"sentence": "hello", "seed": "5"})
    assert pair.a == pair.b == Side(Source(sentence="hello", seed=5))


@pytest.mark.parametrize(
    ("asked", "is_named"),
    [({}, False), ({"seed": "5"}, False), ({"sentence": "a"}, True), ({"seed": "5", "sentence_b": "a"}, True)],
)
def test_a_link_names_a_text_with_its_sentence_or_with_anything_of_the_second_side(asked, is_named):
    assert names_a_text(asked) == is_named


@pytest.mark.parametrize(
    "asked", [{"state": "x"}, {"layer": "-1"}, {"direction": "up"}, {"seed_b": "-1"}, {"strips": "q"}, {"epoch": "x"}]
)
def test_an_impossible_value_falls_back_and_says_so(asked):
    pair, notices = read_pair(asked)
    assert pair == Pair(Side(), Side())
    assert len(notices) == 1
    assert "is not possible" in notices[0]


def test_words_are_set_against_their_own():
    a, b = Side(Source(sentence="the old dog ran")), Side(Source(sentence="the dog ran away"))
    found = compared(a, b)
    assert found.comparison.tokens == [("the", "the"), ("old", None), ("dog", "dog"), ("ran", "ran"), (None, "away")]
    one, other, difference = compared_strips.three(found.comparison, (0, 0), (0, 0), ["c"], LOOK)
    z = one["data"][0]["z"], other["data"][0]["z"], difference["data"][0]["z"]
    assert np.isnan(z[0][:, 4]).all()
    assert np.isnan(z[1][:, 1]).all()
    np.testing.assert_allclose(z[0][:, :4], found.a.cells("c"))
    np.testing.assert_allclose(
        z[2][:, [0, 2, 3]], found.b.cells("c")[:, :3] - found.a.cells("c")[:, [0, 2, 3]], atol=1e-6
    )
    assert one["layout"]["margin"]["t"] == difference["layout"]["margin"]["t"]
    for figure in (one, other, difference):
        go.Figure(figure)


def test_a_difference_is_written_where_there_is_one():
    found = compared(Side(Source(sentence="a dog sat")), Side(Source(sentence="a dog ran away"))).comparison
    [trace] = compared_strips.three(found, (0, 0), (0, 0), ["c"], LOOK)[2]["data"]
    places = 3 if trace["zmax"] < 1 else 2
    assert trace["text"][0][:2] == ["0", "0"]
    assert trace["text"][0][2] == f"{trace['z'][0][2]:+.{places}f}"
    assert trace["text"][0][3] == ""
    assert "1 of 4 columns has no partner" in compare_sentences.aligned(found)


def test_a_word_against_another_stands_over_it():
    found = compared(Side(Source(sentence="a <b> c")), Side(Source(sentence="a dog c")))
    difference = compared_strips.three(found.comparison, (0, 0), (0, 0), ["c"], LOOK)[2]
    assert "&lt;<br>dog" in difference["layout"]["xaxis"]["ticktext"]


def test_the_sentence_names_the_largest_difference_and_what_is_left_of_it():
    found = compared(Side(Source(sentence="Giraffes in a field")), Side(Source(sentence="Elephants in a field")))
    largest = found.comparison.largest("g", "h")
    said = compare_sentences.largest(found.comparison, ["g", "h"])
    assert f"“Giraffes” against “Elephants” (step 0): the candidate g of unit {largest.unit}" in said
    left = (found.b.c - found.a.c)[0, 0, -1].abs().max().item()
    assert f"differs by up to {left:.2g}" in said


def test_what_is_the_same_is_said_to_be():
    said = compare_sentences.largest(compared(Side(), Side()).comparison, ["c", "h"])
    assert "the same to the bit, at every step, in cell state c and hidden state h." in said


def test_the_largest_difference_of_those_shown_is_framed():
    found = compared(Side(), Side(Source(sentence="Elephants in a field"))).comparison
    pictures = compared_strips.three(found, (0, 0), (0, 0), ["c", "h"], LOOK)
    largest = found.largest("h")
    compare_figures.frame(pictures, "h", largest.unit, largest.pair, LOOK)
    for picture in pictures:
        [shape] = picture["layout"]["shapes"]
        assert shape["yref"] == next(trace["yaxis"] for trace in picture["data"] if trace["name"] == "h")
        assert (shape["x0"], shape["y0"]) == (largest.pair - 0.5, largest.unit - 0.5)
    z = pictures[2]["data"][1]["z"]
    assert np.abs(z).max() == pytest.approx(abs(z[largest.unit, largest.pair]))


def test_one_step_at_a_time_starts_each_step_from_zeros():
    reading = read(Source())
    trace = trace_of(Side(state="reset"), reading)
    for step in range(4):
        with torch.no_grad():
            _, (_, c) = reading.lstm(reading.trace.x[step : step + 1])
        torch.testing.assert_close(trace.c[:, 0, step], c)
    assert trace.resets == (1, 2, 3)
    assert trace.tokens == reading.trace.tokens


def test_only_a_reading_that_is_too_long_is_cut_and_read_again(monkeypatch):
    reading = read(Source("a b c d"))
    monkeypatch.setattr(two_readings, "MOST", 4)
    assert trace_of(Side(), reading) is reading.trace
    monkeypatch.setattr(two_readings, "MOST", 3)
    cut = trace_of(Side(), reading)
    assert cut.tokens == [["a", "b", "c"]]
    torch.testing.assert_close(cut.c, reading.trace.c[:, :, :3])


def test_two_layers_and_two_directions_of_one_reading_are_compared():
    source = Source(n_layers=2, directions=2)
    found = compared(Side(source, 0, 0), Side(source, 1, 1))
    np.testing.assert_allclose(found.comparison.b["c"][0, 0].T, found.b.cells("c", 1, 1))
    one, other, _ = compared_strips.three(found.comparison, (0, 0), (1, 1), ["c"], LOOK)
    assert one["data"][0]["meta"] == {"layer": 0, "direction": 0}
    assert other["data"][0]["meta"] == {"layer": 1, "direction": 1}


def test_other_numbers_of_units_stand_side_by_side():
    found = compared(Side(Source(hidden_dim=3)), Side(Source(hidden_dim=5)))
    assert found.comparison is None
    assert "A has 3 units and B has 5" in compare_sentences.different_units(found)
    one, other = compare_figures.apart(found.a, (0, 0), found.b, (0, 0), ["c", "h"], LOOK)
    assert len(one["data"][0]["z"]) == 3
    assert len(other["data"][0]["z"]) == 5


def test_what_the_model_says_of_both_is_said_and_drawn():
    a, b = (Side(Source(sentence=text, model="counter")) for text in ("aaabbb", "aaaabbb"))
    found = compared(a, b)
    model = read(a.source).model
    assert compare_sentences.predictions(found, model).startswith("After the last step A says “end”")
    said = compare_figures.three_said(found.said, model, found.comparison, LOOK)
    probabilities = read(a.source).probabilities().T
    np.testing.assert_allclose(said[0]["data"][0]["z"][:, ~np.isnan(found.said[0][0])], probabilities, atol=1e-6)
    compare_figures.indent([], said)
    assert len({figure["layout"]["margin"]["l"] for figure in said}) == 1


@pytest.fixture(scope="module")
def counter():
    """The key of a model that learned for three epochs, and what it was after each."""
    learned = {0: counter_model(0)}
    learned |= {epoch.number: copy.deepcopy(epoch.model) for epoch in epochs("counter", epochs=3, seed=2)}
    return visitor_models.put(learned[3], learned), learned


def counter_model(seed):
    return task_from("counter").model(task_from("counter").sizes, torch.Generator().manual_seed(seed))


def test_two_epochs_of_a_model_are_compared(counter):
    key, learned = counter
    a, b = (Side(Source(sentence="aabb", model=key), epoch=epoch) for epoch in (0, 2))
    found = compared(a, b)
    for run, epoch in ((found.comparison.a, 0), (found.comparison.b, 2)):
        model = learned[epoch]
        trace = lstm_core.run(model.lstm, model.vectors(list("aabb")).detach())
        np.testing.assert_array_equal(run["c"][0, 0].T, trace.cells("c"))
    assert found.said is not None
    assert read(replace(a, epoch=None).reads()).model is learned[3]


def test_an_epoch_that_was_not_kept_is_nobodys():
    key = visitor_models.put(counter_model(1))
    assert visitor_models.epochs(key) == visitor_models.epochs("own-nothing") == []
    for epoch in ("2", "-1", "٣", "x", "1" * 5000):
        assert visitor_models.kept(f"{key}@{epoch}") is None
    reading = read(Side(Source(model=key), epoch=2).reads())
    assert reading.model is None
    assert "no longer on the server, or never was" in reading.notices[0]


@pytest.mark.parametrize(("asked", "found"), [(None, 9), (0, 0), (3, 3), (5, 3), (99, 9)])
def test_the_nearest_epoch_that_is_kept_stands_in(asked, found):
    assert nearest([0, 3, 6, 9], asked) == found


@pytest.mark.parametrize(("largest", "scale"), [(0.0, 1.0), (0.004, 0.005), (0.31, 0.5), (1.0, 1.0), (7.2, 10.0)])
def test_a_difference_has_a_scale_it_fills(largest, scale):
    assert side_by_side_strips.fine_scale([np.array([largest, -largest / 2, np.nan])]) == pytest.approx(scale)
