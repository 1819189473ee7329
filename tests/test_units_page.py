"""The page Units: its figures by reading their data back, its link, its search, and the page by AppTest."""

from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from opened_page import opened

import lstm_core
from dashboard.question import link
from dashboard.question.shown import Shown
from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.reading.read import read
from dashboard.units import remembering, samples, tracking
from dashboard.units import sentences as unit_sentences
from dashboard.units import view as units_view
from dashboard.units.finds import finds
from dashboard.units.view import HELD, Property, Units
from lstm_core import LstmCoreError
from lstm_core.analysis.properties import PROPERTIES, surplus_of
from lstm_core.plots import remembering_figures, tracking_figures
from lstm_core.plots.palette import look

LOOK = look("teal", "light")
LINES = "\n".join("a" * n + "b" * n for n in range(1, 13))
COUNTING = Units(View(Source(LINES, model="counter")), "surplus of a over b", lines=1)
TABLE = "load wind\n" + "\n".join(f"{step * 7 % 5} {step * 3 % 11}" for step in range(40))


def sampled(asked):
    return samples.sample(asked, read(asked.view.source))


def test_a_dot_stands_where_its_unit_is_shut_and_open():
    source = Source("aaabbb", model="counter")
    trace = read(source).trace
    table = remembering.memory(source, read(source), trace).table
    for gate in "fio":
        figure = remembering_figures.saturation(table, gate, LOOK, "light")
        go.Figure(figure)
        [dots] = figure["data"]
        values = trace.cells(gate)
        np.testing.assert_allclose(dots["x"], (values < 0.1).mean(1))
        np.testing.assert_allclose(dots["y"], (values > 0.9).mean(1))
        assert dots["customdata"] == [0, 1, 2, 3]


def test_the_notes_of_a_gates_dots_are_where_no_dot_can_be():
    """No gate is shut and open at once, so every dot is on the line from open to shut or below it."""
    table = lstm_core.units(read(Source()).trace)
    layout = remembering_figures.saturation(table, "f", LOOK, "light")["layout"]
    notes = layout["annotations"]
    assert [note["text"] for note in notes] == ["always open", "a switch", "always shut"]
    for note in notes:
        # It begins on the line, and lies above or right of it by more than half a dot.
        assert note["x"] + note["y"] == 1
        assert max(note.get("xshift", 0), note.get("yshift", 0)) > 6
        assert (note["xanchor"], note["yanchor"]) == ("left", "bottom")


def test_layers_and_directions_are_dots_of_their_own():
    source = Source(n_layers=2, directions=2, hidden_dim=5)
    table = lstm_core.units(read(source).trace)
    dots = remembering_figures.saturation(table, "f", LOOK, "light")["data"]
    places = [(one["meta"]["layer"], one["meta"]["direction"]) for one in dots]
    assert places == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [len(one["x"]) for one in dots] == [5] * 4


@pytest.mark.parametrize("rows", ["index", "half-life", "similarity", "activity"])
def test_a_bar_is_its_units_half_life_in_the_order_asked_for(rows):
    source = Source(hidden_dim=6, n_layers=2)
    trace = read(source).trace
    table = lstm_core.units(trace)
    order = remembering.order(trace, rows)
    figure = remembering_figures.half_lives(table, order, 4, LOOK, "light")
    go.Figure(figure)
    for layer, bars in enumerate(figure["data"]):
        wanted = np.log(2) / -np.log(trace.cells("f", layer).astype(float)).mean(1)
        shown = [unit for unit, _ in bars["customdata"]]
        assert shown == order[layer, 0] == lstm_core.analysis.order_units(trace, rows, layer)
        np.testing.assert_allclose(bars["y"], wanted[shown])


def test_a_memory_that_never_fades_and_one_that_does_at_once_are_drawn():
    table = pd.DataFrame({"layer": 0, "direction": 0, "unit": [0, 1, 2], "half_life": [np.inf, 0.0, 7.0]})
    [bars] = remembering_figures.half_lives(table, {(0, 0): [0, 1, 2]}, 20, LOOK, "light")["data"]
    assert bars["text"] == ["∞", "0", "7"]
    assert bars["y"][1] < bars["y"][2] < bars["y"][0] < np.inf


def test_curves_are_the_units_and_break_where_a_sequence_ends():
    sample = sampled(COUNTING)
    table = tracking.answer(COUNTING, sample, COUNTING.property)
    leader = tracking.best(table)
    values = tracking.values(leader, sample.found)
    property = tracking.at_steps(COUNTING.property, sample.found)
    tokens = [token for reading in sample.found for token in reading.tokens]
    curve = tracking_figures.Curve("c of unit 1", "c", values)
    starts = tracking.starts(sample.found)
    figure = tracking_figures.tracked([curve], property, "a < b", tokens, starts, LOOK, "light")
    go.Figure(figure)
    bars, fit, line = figure["data"]
    np.testing.assert_array_equal(bars["y"], surplus_in(tokens, starts))
    kept = [y for y in line["y"] if y is not None]
    np.testing.assert_allclose(kept, np.concatenate([r.trace.cells("c")[leader.unit] for r in sample.found]))
    assert line["y"].count(None) == len(sample.found) - 1
    assert len(line["x"]) == len(line["y"]) == len(fit["x"]) == len(fit["y"])
    assert "a &lt; b" in [note["text"] for note in figure["layout"]["annotations"]]
    # The lines between sequences stay inside the rows, and cross no name between two of them.
    ends = [(line["yref"], line["x0"]) for line in figure["layout"]["shapes"]]
    assert ends == [(f"{axis} domain", start - 0.5) for axis in ("y", "y2") for start in starts if start]


def surplus_in(tokens, starts):
    ends = [*starts[1:], len(tokens)]
    return [n for start, end in zip(starts, ends, strict=True) for n in surplus_of("a", "b")(tokens[start:end])]


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=20), st.data())
def test_the_property_behind_a_unit_is_its_regression(property, data):
    values = np.array(data.draw(st.lists(st.floats(-5, 5), min_size=len(property), max_size=len(property))))
    line = tracking_figures.fitted(np.array(property), values)
    left = values - line
    assert abs(left.sum()) < 1e-6
    assert abs(left @ (np.array(property) - np.mean(property))) < 1e-6


def test_a_link_holds_what_is_asked():
    asked = Units(View(Source("a & b"), Shown(rows="activity")), "time since &", 1, "own", "b & a\nc")
    assert link.read(Units(), dict(parse_qsl(link.query(asked)))) == (asked, [])
    assert link.query(Units()) == link.query(View())


@pytest.mark.parametrize(
    "name", [*PROPERTIES, "", "count of  ", "surplus of   over  ", "model says X", "column a over b"]
)
def test_a_propertys_name_comes_apart_and_together_again(name):
    assert units_view.parts(name).name == name


def test_what_a_link_cannot_have_is_said():
    asked, notices = link.read(Units(), {"property": "colour", "lines": "7", "held": "me", "hidden_dim": "0"})
    assert asked == Units()
    assert len(notices) == 4


def test_the_unit_that_counts_is_found_on_short_texts_and_holds_on_longer_ones():
    sample = sampled(COUNTING)
    assert [len(reading.tokens) for reading in sample.found] == [2, 4, 6, 8, 10, 12]
    assert [len(reading.tokens) for reading in sample.held] == [14, 16, 18, 20, 22, 24]
    table = tracking.answer(COUNTING, sample, COUNTING.property)
    found = tracking.best(table)
    assert found.score > 0.98
    assert found.held_out > 0.98
    assert found.p < 0.05
    assert (table.searched, table.permutations) == (8, 200)


def test_shuffles_in_pieces_are_one_lot_of_shuffles(monkeypatch):
    asked = Units(View(Source("a bb a c a bb " * 8, seed=77)), "count of a", held="none")
    monkeypatch.setattr(tracking, "QUICK", 0)
    shares = []
    table = tracking.answer(asked, sampled(asked), asked.property, progress=shares.append)
    assert shares == [0.25, 0.5, 0.75, 1.0]
    as_good = np.zeros(6)
    for seed in (50, 100, 150, 200):
        one = lstm_core.find_units([read(asked.view.source).trace], asked.property, permutations=50, seed=seed)
        as_good += np.round(one.table["p"].to_numpy() * 51 - 1)
    np.testing.assert_allclose(table.table["p"], (1 + as_good) / 201)
    assert table.permutations == 200


def found_of(table, **facts):
    usual = {"searched": 6, "sequences": 1, "groups": 1, "steps": 60, "shuffled": "shifts in time"}
    return lstm_core.analysis.Found(table=table, **usual | {"permutations": 200, "no_p": {}} | facts)


def test_of_many_properties_p_is_corrected_for_their_number():
    tables = []
    for number, (score, p) in enumerate([(0.6, 0.001), (0.99, 0.02), (0.9, 0.002)]):
        row = {"quantity": "c", "layer": 0, "direction": 0, "unit": number, "score": score, "sign": 1, "p": p}
        tables.append(found_of(pd.DataFrame([{"property": f"count of {number}", "measure": "R²"} | row])))
    summary = tracking.summary(tables)
    assert summary["property"].tolist() == ["count of 2", "count of 0", "count of 1"]
    np.testing.assert_allclose(summary["p"], [0.006, 0.003, 0.06])
    assert tracking.strongest(tables) == 2


@pytest.mark.parametrize(
    ("p", "among", "permutations"),
    [
        ((0.005, 0.9), 2, tracking.THOROUGH),
        ((0.9, 0.005), 2, tracking.PERMUTATIONS),
        ((0.005, 0.9), 1, tracking.PERMUTATIONS),
    ],
)
def test_more_is_shuffled_where_the_best_of_several_looks_promising(monkeypatch, p, among, permutations):
    """Of two units; of a single property the p need not be so fine."""
    asked = Units(View(Source("a bb a c a bb", seed=len(f"{p}") + among)), "count of a", held="none")
    sample = sampled(asked)
    columns = {"quantity": "c", "layer": 0, "direction": 0, "unit": [0, 1], "score": [0.9, 0.8], "sign": 1, "p": p}
    monkeypatch.setattr(tracking, "find_units", lambda *_, **__: found_of(pd.DataFrame(columns)))
    assert tracking.answer(asked, sample, f"count of {p}{among}", among).permutations == permutations


def test_random_units_are_called_chance():
    asked = Units(View(Source("the cat the dog chased ran away and the bird sang a song to the moon", hidden_dim=4)))
    sample = sampled(asked)
    tables = [tracking.answer(asked, sample, name, 9) for name in tracking.every(sample.found)]
    said = unit_sentences.searched_all(tracking.summary(tables), tables[0], False)
    assert all(table.no_p for table in tables)
    of_all = unit_sentences.chance_of_all(tracking.summary(tables), tables)
    assert f"Of {len(tables)} nothing can be told" in of_all
    assert "One sequence of 16 steps can be shifted against the units in 9 ways, and it takes 20" in of_all
    assert said.startswith("No unit tracks a property better than chance")


def test_a_column_of_a_table_is_a_property():
    asked = Units(View(Source(TABLE, tokens="numbers")), "column wind")
    sample = sampled(asked)
    assert [len(part[0].tokens) for part in (sample.found, sample.held)] == [20, 20]
    assert tracking.numbers("column wind", sample.held[0]) == [step * 3 % 11 for step in range(20, 40)]
    assert tracking.kinds(sample.found) == ["", "column "]
    with pytest.raises(LstmCoreError, match="column 'rain'"):
        tracking.numbers("column rain", sample.found[0])


def test_what_a_model_says_is_a_property():
    reading = read(Source("aabb", model="counter"))
    said = reading.probabilities().argmax(-1)
    label = reading.model.labels[int(said[0])]
    assert tracking.numbers(f"model says {label}", reading) == [float(best == said[0]) for best in said]


@pytest.mark.parametrize("held", HELD)
def test_what_is_held_out(held):
    asked = Units(View(Source("one two\nthree four\nfive six")), held=held, held_out="seven")
    sample = sampled(asked)
    tokens = [[reading.tokens for reading in part] for part in (sample.found, sample.held)]
    whole = ["one", "two", "three", "four", "five", "six"]
    wanted = {"half": [[whole[:4]], [whole[4:]]], "own": [[whole], [["seven"]]], "none": [[whole], []]}
    assert tokens == wanted[held]


def test_a_long_text_is_cut_and_that_is_said(monkeypatch):
    monkeypatch.setattr(samples, "MOST_STEPS", 5)
    asked = Units(View(Source("one two three\nfour five six\nseven")), lines=1, held="none")
    sample = sampled(asked)
    assert [reading.tokens for reading in sample.found] == [["one", "two", "three"], ["four", "five"]]
    assert sample.notices == ["The search goes over the first 5 steps."]
    reading, [notice] = samples.first(read(asked.view.source))
    assert reading.tokens == ["one", "two", "three", "four", "five"]
    assert "the first 5" in notice
    torch.testing.assert_close(reading.trace.c, read(asked.view.source).trace.c[:, :, :5])


@pytest.mark.parametrize(("lines", "notices"), [(8, []), (10, ["The search goes over the first 4 lines."])])
def test_of_many_lines_the_first_are_searched_and_that_is_said(monkeypatch, lines, notices):
    """One half of the lines is searched, the other is held out."""
    monkeypatch.setattr(samples, "MOST_LINES", 4)
    asked = replace(COUNTING, view=View(Source("\n".join(["ab"] * lines), model="counter")))
    found = sampled(asked)
    assert (len(found.found), found.notices) == (4, notices)


def test_which_unit_remembers_longest_is_said_with_its_number():
    table = pd.DataFrame({"layer": 0, "direction": 0, "unit": [0, 1], "half_life": [0.5, 45.2]})
    said = unit_sentences.remembers(table, 20)
    assert said == (
        "Unit 1 remembers longest: half of what it holds is left after 45 steps (longer than the text); "
        "unit 0 forgets within one step."
    )


def said(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.info, app.warning) for element in kind)


def asked_by(asked):
    return dict(parse_qsl(link.query(asked)))


def test_the_page_opens_on_the_lessons_sentence_and_says_that_it_is_untrained():
    text = said(opened("units", model="random"))
    assert "remembers longest: half of what it holds is left after" in text
    assert "untrained" in text
    assert "matches PyTorch to" in text
    assert "Too short to tell what a unit tracks: this text has 4 steps" in text
    # There are no results, and so nothing is said of how to check them.
    assert "check these results" not in text


def test_a_link_opens_the_find_and_a_move_of_a_control_goes_into_the_link():
    app = opened("units", **asked_by(COUNTING))
    assert "c of unit 1 tracks *count of “a” less “b”* best" in said(app)
    assert "Searched: 8 series" in said(app)
    app.selectbox(key="units.kind").select("count of ").run()
    assert not app.exception
    assert app.query_params["property"] == "count of a"


def test_two_tokens_can_be_compared_only_where_there_are_two():
    def asked(sentence):
        app = opened("units", sentence=sentence, model="random")
        app.selectbox(key="units.kind").select("surplus of ").run()
        assert not app.exception
        return app.selectbox(key="units.token").value, app.selectbox(key="units.other").value

    assert asked("b b a") == ("b", "a")
    assert asked("a a") == ("a", "…")


@pytest.mark.parametrize("title", finds())
def test_each_find_is_more_than_chance(title):
    asked = finds()[title]
    sample = sampled(asked)
    found = tracking.best(tracking.answer(asked, sample, asked.property))
    assert found.p < 0.05
    assert found.held_out > (0.9 if "brackets" in title or "counter" in title else 0.7)


@pytest.mark.parametrize(
    "query",
    [
        {"sentence": ""},
        {"sentence": "a"},
        {"sentence": "a b", "property": "count of z"},
        {"sentence": "a b", "property": "column z"},
        {"sentence": TABLE, "tokens": "numbers", "held": "own", "held_out": "no table"},
        {"sentence": TABLE, "tokens": "numbers", "held": "own", "held_out": "rain\n1\n2"},
        {"sentence": TABLE, "model": "series"},
        {"sentence": "<b>x</b>\ny\n\n", "property": "count of <", "lines": "1", "held": "nothing"},
        {"sentence": "a", "model": "own-gone"},
    ],
)
def test_bad_input_is_answered_with_a_sentence(query):
    app = opened("units", **query)
    assert app.warning or app.info


def test_a_long_search_waits_for_its_button_and_is_kept(monkeypatch):
    monkeypatch.setattr(tracking, "QUICK", 0)
    app = opened("units", sentence="one two two one three", hidden_dim="2", property="count of one")
    [button] = [button for button in app.button if button.label.startswith("Search ")]
    assert "Searched" not in said(app)
    button.click().run()
    assert not app.exception
    assert "Searched: 4 series" in said(app)


def test_a_view_is_not_changed_by_its_order():
    asked = replace(COUNTING, view=replace(COUNTING.view, shown=Shown(rows="activity")))
    assert tracking.is_known(asked, [asked.property]) == tracking.is_known(COUNTING, [COUNTING.property])
    assert Property("count of ", "a").name == "count of a"
