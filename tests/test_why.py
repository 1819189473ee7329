"""Where a memory came from, and what if: links, sources, figures, sentences and held runs, by reading them back."""

from itertools import product
from urllib.parse import parse_qsl

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from plotly.colors import sample_colorscale

import lstm_core
from dashboard.comparing import figures as compare_figures
from dashboard.question import link
from dashboard.question.cell import Cell
from dashboard.question.opening import opening
from dashboard.question.shown import Shown
from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.reading import example_texts
from dashboard.reading.read import read
from dashboard.why import alternatives, sources, turning
from dashboard.why import figures as why_figures
from dashboard.why import sentences as why_sentences
from dashboard.why import view as why_view
from dashboard.why.most_telling import GATES, most_telling
from dashboard.why.turning import word_turn
from dashboard.why.view import Why, numbers, read_why
from lstm_core import LstmCoreError
from lstm_core.plots import compared_strips
from lstm_core.plots.labels import signed
from lstm_core.plots.palette import look
from lstm_core.plots.sources import MOST, Sources

LOOK = look("teal", "light")
COUNTER = Source(sentence="aaaabbbb", model="counter")


def query(why):
    return dict(parse_qsl(link.query(why), keep_blank_values=True))


@given(
    st.builds(
        Why,
        view=st.builds(
            View,
            st.builds(Source, sentence=st.text(max_size=20), hidden_dim=st.integers(1, 512)),
            st.just(Shown(pin=Cell(0, 1, 1, 2))),
        ),
        hold=st.sampled_from([hold for hold in why_view.HOLDS if hold]),
        value=st.floats(0, 1),
        units=st.sampled_from(["", "0", "0-2,7", "3, 4"]),
        steps=st.sampled_from(["", "1-9"]),
        word=st.integers(0, 99),
        strips=st.sampled_from(["c", "ch", "figcoh"]),
        label=st.text(max_size=5),
    )
)
def test_a_link_asks_what_its_page_asked(why):
    assert read_why(query(why)) == (why, [])


@pytest.mark.parametrize(
    "asked",
    [
        {"hold": "q"},
        {"value": "many"},
        {"value": "nan"},
        {"hold": "f", "value": "1.5"},
        {"units": "a"},
        {"steps": "1-"},
        {"word": "-1"},
        {"strips": "x"},
        {"strips": ""},
    ],
)
def test_an_impossible_value_falls_back_and_says_so(asked):
    why, notices = read_why(asked)
    assert why == Why(hold=asked["hold"] if asked.get("hold") == "f" else "")
    [notice] = notices
    assert "is not possible" in notice


def test_numbers_are_listed_in_order_and_once():
    assert numbers("7, 0-2,1", 8) == [0, 1, 2, 7]
    assert numbers("5-3", 8) == [3, 4, 5]
    with pytest.raises(ValueError, match="from 0 to 7"):
        numbers("0-8", 8)


def test_without_a_pin_the_unit_that_holds_most_at_the_end_is_asked_about():
    trace = read(COUNTER).trace
    cell, notices = why_view.cell(None, trace)
    assert cell == (0, 0, int(trace.c[0, 0, -1, 0].abs().argmax()), 7)
    assert notices == []
    _, [notice] = why_view.cell(Cell(0, 0, 9, 0), trace)
    assert "There is no cell 0.9.0" in notice


def answers_with(reading, gate, direction, unit):
    """(step, label): the model's answers with a gate of a unit of the last layer held at 0."""
    hold = lstm_core.Hold(gate, 0.0, [unit], reading.lstm.num_layers - 1, direction)
    with lstm_core.intervene(reading.lstm, hold):
        trace = lstm_core.run(reading.lstm, reading.trace.x)
    return reading.model.probabilities(reading.model.scores(trace))[:, 0]


def surest_turn(gives, before, after):
    """How sure the less sure answer is, where an answer turns over most surely; 0 if none does."""
    if gives == "set":
        pairs = zip(before.flatten().tolist(), after.flatten().tolist(), strict=True)
        turned = [(abs(b - 0.5), abs(a - 0.5)) for b, a in pairs if (b > 0.5) != (a > 0.5)]
        return max((0.5 + min(pair) for pair in turned), default=0)
    turned = [(b.max(), a.max()) for b, a in zip(before, after, strict=True) if b.argmax() != a.argmax()]
    return max((float(min(pair)) for pair in turned), default=0)


@pytest.mark.parametrize(
    "source",
    [COUNTER, Source("(())", model="brackets"), Source("a b c", model="tagger-bi"), opening(), why_view.TELLING],
    ids=lambda source: source.model,
)
def test_the_gate_that_matters_most_is_that_which_turns_an_answer_most_surely_or_else_changes_one_most(source):
    reading = read(source)
    model, before = reading.model, reading.probabilities()
    found = most_telling(source, reading)
    ranks = {}
    for direction, gate, unit in product(range(reading.trace.c.shape[1]), GATES, range(reading.trace.c.shape[-1])):
        after = answers_with(reading, gate, direction, unit)
        ranks[direction, gate, unit] = surest_turn(model.gives, before, after), float((after - before).abs().max())
    turns = max(rank[0] for rank in ranks.values())
    label = model.labels.index(found.label)
    after = answers_with(reading, found.gate, found.cell.direction, found.cell.unit)
    assert found.before == pytest.approx(before[found.cell.step, label].item(), abs=1e-5)
    assert found.after == pytest.approx(after[found.cell.step, label].item(), abs=1e-5)
    said = why_sentences.matters_most(found, reading.tokens, model)
    assert f"of unit {found.cell.unit}" in said
    if turns:
        assert found.turn.sure == pytest.approx(turns, abs=1e-5)
        assert model.gives == "set" or model.labels[after[found.turn.step].argmax()] == found.turn.becomes.label
        assert model.gives == "set" or model.labels[before[found.turn.step].argmax()] == found.turn.was.label
        assert f"{found.turn.becomes.probability:.2f}" in said
    else:
        assert found.turn is None
        assert abs(found.after - found.before) == pytest.approx(max(rank[1] for rank in ranks.values()), abs=1e-5)
        assert f"from {found.before:.2f} to {found.after:.2f}" in said


def test_the_text_that_is_offered_has_a_gate_that_turns_an_answer():
    assert most_telling(why_view.TELLING, read(why_view.TELLING)).turn is not None


def test_every_word_is_tried_while_their_number_squared_times_the_weights_is_small(monkeypatch):
    reading = read(Source("(())", model="brackets"))
    steps, lstm = len(reading.tokens), reading.lstm
    cost, numbers = steps**2 * reading.parameters, steps**2 * (lstm.input_size + lstm.hidden_size)
    assert word_turn(Source("(())", model="brackets"), reading) is not None
    for name, most in (("MOST", cost), ("MOST_NUMBERS", numbers)):
        for allowed, is_tried in ((most, True), (most - 1, False)):
            with monkeypatch.context() as patch:
                patch.setattr(turning, name, allowed)
                assert (word_turn(Source("(())", model="brackets"), reading) is not None) == is_tried


@pytest.mark.parametrize(
    "source", [COUNTER, Source("(())", model="brackets"), Source("a b c", model="tagger-bi"), why_view.TELLING]
)
def test_the_word_without_which_an_answer_turns_most_surely(source):
    reading = read(source)
    model, before = reading.model, reading.probabilities()
    sure = {}
    for word in range(len(reading.tokens)):
        left = [step for step in range(len(reading.tokens)) if step != word]
        after = model.probabilities(model.scores(lstm_core.run(reading.lstm, reading.trace.x[left])))[:, 0]
        sure[word] = surest_turn(model.gives, before[left], after)
    found = word_turn(source, reading)
    if not any(sure.values()):
        assert found is None
        return
    assert found.turn.sure == pytest.approx(max(sure.values()), abs=1e-5)
    assert sure[found.word] == pytest.approx(found.turn.sure, abs=1e-5)
    assert (
        before[found.turn.step].max().item() == pytest.approx(found.turn.was.probability, abs=1e-5)
        or model.gives == "set"
    )
    assert why_sentences.without(found, reading.tokens).startswith("Without “")


def test_a_forecast_never_turns():
    source = Source(example_texts.SHIPPED["series"]["three days"], model="series")
    reading = read(source)
    found = most_telling(source, reading)
    assert found.turn is None
    assert "changes the forecast most" in why_sentences.matters_most(found, reading.tokens, reading.model)
    assert word_turn(source, reading) is None


def test_the_page_opens_with_the_unit_that_matters_most_unless_another_is_pinned():
    reading = read(COUNTER)
    telling = most_telling(COUNTER, reading).cell
    assert why_view.cell(None, reading.trace, telling) == (telling, [])
    assert why_view.cell(Cell(0, 0, 2, 3), reading.trace, telling) == (Cell(0, 0, 2, 3), [])
    cell, [notice] = why_view.cell(Cell(0, 0, 9, 0), reading.trace, telling)
    assert cell == telling
    assert "changes the answer most" in notice


@pytest.mark.parametrize("source", [Source(), Source("a" * 400, model="python-chars"), Source("", model="tagger")])
def test_without_answers_or_in_a_large_lstm_no_unit_is_said_to_matter_most(source):
    assert most_telling(source, read(source)) is None


@pytest.mark.parametrize(
    ("holds", "asked"),
    [
        ("f.0.2.3_0.5", Why(hold="f", value=0.5, units="2", steps="3")),
        ("c.0.1.all_0 i.0.0.0_1", Why(hold="c", units="1")),
        ("f.0.2.3_0.5 w.1", Why(hold="word", word=1)),
        ("f.0.all.3_0", Why()),
    ],
)
def test_what_is_held_on_the_main_page_is_tried_here_too(holds, asked):
    found, notices = read_why({"holds": holds})
    assert notices == []
    for name in ("hold", "value", "units", "steps", "word"):
        assert getattr(found, name) == getattr(asked, name)
    assert str(found.view.holds) == holds
    assert read_why({"holds": holds, "hold": "o", "pin": "0.1.1"})[0].hold == "o"
    # In another layer than the pinned cell's its units are others.
    assert read_why({"holds": "f.1.2.3_0", "pin": "0.1.1"})[0].hold == ""


@given(st.integers(1, 2), st.integers(1, 2), st.integers(1, 400), st.data())
@settings(max_examples=25, deadline=None)
def test_sources_sum_to_the_memory_however_many_are_shown(layers, directions, steps, data):
    reading = read(Source(sentence="a b c " * (steps // 3) + "d", n_layers=layers, directions=directions))
    tokens = reading.tokens
    cell = Cell(
        data.draw(st.integers(0, layers - 1)),
        data.draw(st.integers(0, directions - 1)),
        data.draw(st.integers(0, 2)),
        data.draw(st.integers(0, len(tokens) - 1)),
    )
    found = sources.of_memory(reading.trace, tokens, cell)
    c = reading.trace.c[cell.layer, cell.direction, cell.step, 0, cell.unit].item()
    assert found.total == pytest.approx(c, abs=1e-5)
    assert cell.step in found.steps
    assert len(found.names) == len(found.steps) == len(found.x) == len(found.shares) <= MOST + 2
    assert [found.names[n] for n, step in enumerate(found.steps) if step >= 0] == [
        tokens[s] for s in found.steps if s >= 0
    ]
    assert found.x == sorted(set(found.x))


@pytest.mark.parametrize("name", ["counter", "brackets", "copy"])
def test_sources_of_a_score_sum_to_its_lead_over_the_best_other_label(name):
    text = {"counter": "aaabb", "brackets": "(()(", "copy": "b..?"}[name]
    reading = read(Source(sentence=text, model=name))
    scores = reading.model.scores(reading.trace)[:, 0].numpy()
    for step in range(len(reading.tokens)):
        for label in range(len(reading.model.labels)):
            found = sources.of_score(reading, reading.model, reading.trace, Cell(0, 0, 0, step), label)
            others = np.delete(scores[step], label)
            # Of a set each label is judged by itself: its score is its lead over "may not come".
            rival = 0 if name == "brackets" else others.max()
            assert found.sources.total == pytest.approx(scores[step, label] - rival, abs=1e-4)
            assert found.sources.names[:2] == ["bias", "start"]
            assert found.label == reading.model.labels[label]
            assert (found.rival is None) == (name == "brackets")
            assert found.rival is None or scores[step, reading.model.labels.index(found.rival)] == rival


def test_a_score_has_its_shares_from_both_sides_where_the_text_is_read_from_both():
    from lstm_core.models.embeddings import Vocabulary

    torch.manual_seed(0)
    model = lstm_core.SequenceModel(
        "both", "", ["x", "y"], reads="symbols", gives="classes", embedding=Vocabulary("ab", 2),
        lstm=torch.nn.LSTM(2, 3, num_layers=2, bidirectional=True), linear=torch.nn.Linear(6, 2),
    )  # fmt: skip
    trace = lstm_core.run(model.lstm, model.vectors(list("abba")).detach(), tokens=list("abba"))
    reading = read(COUNTER)._replace(tokens=list("abba"), lstm=model.lstm, model=model, trace=trace)
    scores = model.scores(trace)[:, 0]
    for step in range(4):
        found = sources.of_score(reading, model, trace, Cell(1, 1, 0, step), 1).sources
        assert found.total == pytest.approx((scores[step, 1] - scores[step, 0]).item(), abs=1e-5)
        assert np.count_nonzero(found.shares[2:]) == 4


def memory_figure(cell, source=COUNTER):
    reading = read(source)
    found = sources.of_memory(reading.trace, reading.tokens, cell)
    curve = reading.trace.cells("c", cell.layer, cell.direction)[cell.unit]
    return reading, found, why_figures.memory_sources(found, curve, cell, LOOK, "light")


def test_the_bars_and_the_words_colours_are_the_ledger():
    cell = Cell(0, 0, 1, 6)
    reading, _, figure = memory_figure(cell)
    words, bars, curve = figure["data"]
    ledger = lstm_core.ledger(reading.trace, 6).cell[:, 1].numpy()
    np.testing.assert_array_equal(bars["y"], ledger)
    assert (
        words["marker"]["color"]
        == bars["marker"]["color"]
        == sample_colorscale(LOOK.states, [(share / abs(ledger).max() + 1) / 2 for share in ledger])
    )
    assert bars["customdata"] == list(zip([-1, *range(8)], ledger, strict=True))
    np.testing.assert_allclose(curve["y"], reading.trace.c[0, 0, :, 0, 1])
    assert figure["layout"]["xaxis"]["ticktext"] == ["start", *"aaaabbbb"]
    assert figure["layout"]["shapes"][0]["x0"] == 5.5
    go.Figure(figure)


def test_the_triangle_has_every_steps_ledger_in_a_row():
    reading = read(COUNTER)
    values = lstm_core.analysis.ledger_triangle(reading.trace, 1).numpy()
    figure = why_figures.triangle(values, reading.tokens, Cell(0, 0, 1, 6), LOOK)
    [heatmap] = figure["data"]
    np.testing.assert_allclose(np.nan_to_num(heatmap["z"]).sum(1), reading.trace.c[0, 0, :, 0, 1], atol=1e-5)
    assert heatmap["x"] == [-1, *range(8)]
    assert figure["layout"]["xaxis"]["tickvals"] == [-1, *range(8)]
    assert figure["layout"]["yaxis"]["ticktext"] == list("aaaabbbb")
    go.Figure(figure)


def test_markup_in_a_text_stays_text():
    source = Source(sentence="<b>x</b> ![y](z)")
    _, found, figure = memory_figure(Cell(0, 0, 0, 3), source)
    assert "&lt;" in figure["layout"]["xaxis"]["ticktext"]
    assert "<" not in str(figure["data"][1]["hovertext"])
    said = why_sentences.where_from(found, Cell(0, 0, 0, 0), ["![y](z)<b>"])
    assert "\\!\\[y\\]\\(z\\)\\<b\\>" in said


def test_the_sentence_says_where_most_of_a_memory_came_from():
    made = Sources(["start", "a", "a", "b"], [-1, 0, 1, 2], [-1, 0, 1, 2], np.array([0.0, 1.0, 1.0, -0.5]))
    assert why_sentences.where_from(made, Cell(0, 0, 3, 2), ["a", "a", "b"]) == (
        "Unit 3 holds c = +1.50 at “b” (step 2): 100% of what makes it up was written at the 2 “a” of steps 0 to 1 "
        "(+2.00); “b” (−0.50) pulls most strongly against it."
    )
    nothing = Sources(["start", "a"], [-1, 0], [-1, 0], np.array([0.0, 0.001]))
    assert "next to nothing" in why_sentences.where_from(nothing, Cell(0, 0, 0, 0), ["a"])
    start = Sources(["start", "a"], [-1, 0], [-1, 0], np.array([0.9, 0.1]))
    assert "90% of what makes it up is what it started with" in why_sentences.where_from(start, Cell(0, 0, 0, 0), ["a"])


def test_small_numbers_keep_two_digits_that_say_something():
    assert [signed(value) for value in (1.234, -0.5, 0.0123, -0.00456, 0.0)] == [
        "+1.23", "−0.50", "+0.012", "−0.0046", "+0.00",
    ]  # fmt: skip


COUNTING = Cell(0, 0, 1, 6)


def held(cell=COUNTING, source=COUNTER, **asked):
    reading = read(source)
    why = Why(View(source), **asked)
    return why, reading, alternatives.alternative(why, reading, reading.trace, cell)


def test_a_held_unit_has_that_value_at_those_steps_and_the_model_is_left_alone():
    _, reading, found = held(hold="f", value=0.25, units="0,2", steps="1-2")
    before, after = found.comparison.a["f"][0, 0], found.comparison.b["f"][0, 0]
    assert (after[1:3][:, [0, 2]] == 0.25).all()
    np.testing.assert_array_equal(after[0], before[0])
    np.testing.assert_array_equal(before, reading.trace.f[0, 0, :, 0])
    assert torch.equal(lstm_core.run(reading.lstm, reading.trace.x).c, reading.trace.c)


def test_turning_the_counting_unit_off_changes_the_prediction_and_the_sentence_says_where():
    why, reading, found = held(hold="o", value=0.0)
    model = reading.model
    lstm = model.lstm
    with lstm_core.intervene(lstm, "", units=[1], gate="o", value=0.0), torch.no_grad():
        expected = model.probabilities(model(model.vectors(reading.tokens)))[:, 0]
    np.testing.assert_allclose(found.said[1].T, expected, atol=1e-6)
    said = why_sentences.what_changed(why, found, reading, Cell(0, 0, 1, 6))
    assert said.startswith("With the output gate o of unit 1 held at 0 at every step")
    changed = int((found.said[0].argmax(0) != found.said[1].argmax(0)).sum())
    assert f"The prediction changes at {changed} of 8 steps" in said


def test_without_a_word_every_other_word_is_set_against_itself():
    why, reading, found = held(hold="word", word=1)
    assert found.comparison.pairs == [(0, 0), (1, None), (2, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 6)]
    shorter = read(Source(sentence="aaabbbb", model="counter")).trace
    np.testing.assert_allclose(np.delete(found.comparison.b["c"][0, 0], 1, 0), shorter.c[0, 0, :, 0], atol=1e-6)
    assert found.comparison.tokens[1] == ("a", None)
    assert why_sentences.what_changed(why, found, reading, Cell(0, 0, 1, 6)).startswith("Without “a” (step 1)")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"hold": "c", "units": "4"}, "from 0 to 3"),
        ({"hold": "c", "steps": "8"}, "from 0 to 7"),
        ({"hold": "word", "word": 8}, "from 0 to 7"),
    ],
)
def test_what_is_not_there_cannot_be_held(asked, said):
    with pytest.raises(LstmCoreError, match=said):
        held(**asked)


def test_the_effect_on_held_out_texts_is_measured():
    model = read(COUNTER).model
    why = Why(View(COUNTER), hold="c", value=0.0, units="0-3")
    found = alternatives.measured(why, model, Cell(0, 0, 0, 0))
    assert found.accuracy.before == 1.0
    assert found.accuracy.after == 0.0
    assert found.loss.after > found.loss.before
    assert "from 51 to 100" in why_sentences.on_held_out(found)
    assert alternatives.measured(Why(View(COUNTER)), model, Cell(0, 0, 0, 0)) is None


def test_before_after_and_difference_are_drawn_on_scales_that_say_how_far_they_reach():
    _, reading, found = held(hold="f", value=0.0)
    before, after, difference = compared_strips.three(found.comparison, (0, 0), (0, 0), ["c", "f"], LOOK)
    assert [trace["name"] for trace in before["data"]] == ["f", "c"]
    for trace, other, change in zip(before["data"], after["data"], difference["data"], strict=True):
        assert (trace["zmin"], trace["zmax"]) == (other["zmin"], other["zmax"])
        np.testing.assert_allclose(change["z"], other["z"] - trace["z"], atol=1e-6)
        assert change["zmin"] == -change["zmax"] <= -np.abs(change["z"]).max()
    np.testing.assert_allclose(before["data"][1]["z"], reading.trace.cells("c"))
    said = compare_figures.three_said(found.said, reading.model, found.comparison, LOOK)
    np.testing.assert_allclose(said[0]["data"][0]["z"].sum(0), 1, atol=1e-5)
    for figure in (before, after, difference, *said):
        go.Figure(figure)


def test_a_very_long_text_is_told_apart_near_the_step_and_summed_before_it():
    reading = read(Source(sentence="word " * 12_000))
    found = sources.of_memory(reading.trace, reading.tokens, Cell(0, 0, 0, 11_000))
    assert found.names[:2] == ["start", "earlier"]
    assert len(found.names) == MOST + 2
    assert found.total == pytest.approx(reading.trace.c[0, 0, 11_000, 0, 0].item(), abs=1e-5)
    at_first = sources.of_memory(reading.trace, reading.tokens, Cell(0, 0, 0, 2))
    assert at_first.names[:2] == ["start", "word"], "nothing is earlier than what is told apart"
    assert at_first.total == pytest.approx(reading.trace.c[0, 0, 2, 0, 0].item(), abs=1e-5)
