"""The page Units: what it knows of each model, its list, its link, its search, and the page by AppTest."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
import torch
from opened_page import address, opened, well

from gatescope.question import link
from gatescope.question.view import Shown, Source, View
from gatescope.reading.read import read
from gatescope.unit_list import samples, tracking
from gatescope.unit_list import sentences as unit_sentences
from gatescope.unit_list import view as units_view
from gatescope.unit_list.kept import ToldProperty
from gatescope.unit_list.view import HELD, Property, Units
from gatescope.units_page.panel import tracked
from lstm_core import LstmCoreError
from lstm_core.analysis.properties import PROPERTIES
from lstm_core.plots.labels import signed

LINES = "\n".join("a" * n + "b" * n for n in range(1, 13))
COUNTING = Units(View(Source(LINES, model="counter")), "surplus of a over b", lines=1)
TABLE = "load wind\n" + "\n".join(f"{step * 7 % 5} {step * 3 % 11}" for step in range(40))


def sampled(asked):
    return samples.sample(asked, read(asked.view.source))


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
    found = tracking.answer(COUNTING, sample)
    best = found.table.iloc[0]
    assert best["unit"] == 1
    assert best["score"] > 0.98
    assert best["held_out"] > 0.98
    assert best["p"] < 0.05
    assert (found.searched, found.permutations) == (4, 200)


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


def said(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.info, app.warning) for element in kind)


def asked_by(asked):
    return dict(parse_qsl(link.query(asked)))


def test_an_untrained_lstm_is_said_to_track_nothing_and_the_unit_that_moves_most_is_named():
    text = said(opened("units", model="random"))
    trace = read(Source()).trace
    c = trace.cells("c")
    unit = int((c.max(1) - c.min(1)).argmax())
    ends = f"from {signed(c[unit].min())} to {signed(c[unit].max())}"
    assert f"Unit {unit} moves most here: its c goes {ends}." in text
    assert "This LSTM is untrained: it has learned nothing to track." in text
    assert "matches PyTorch to" in text
    assert "knows" not in text
    # There are no results, and so nothing is said of how to check them.
    assert "check these results" not in text


def test_of_what_a_unit_tracks_only_what_it_tells_better_than_a_coin_is_listed():
    def told(name, measure, score):
        return ToldProperty(name, measure, 1, score)

    coins = [told("digit", "AUC", 0.48), told("capital", "AUC", 0.59), told("indent", "R²", 0.03)]
    best = [told("blank", "AUC", 0.6), told("word length", "R²", 0.04)]
    assert [(bar["text"], round(bar["share"], 2)) for bar in tracked([*best, *coins], "9 files")["bars"]] == [
        ("AUC 0.60", 0.2),
        ("R² 0.04", 0.04),
    ]
    assert tracked(best, "9 files")["title"] == ("What it tracks", "on 9 files")
    none = tracked(coins, "9 files")
    says = "Nothing that has a name here (AUC below 0.6, R² below 0.04) on 9 files."
    assert (none["title"], none["bars"]) == (("What it tracks", says), [])


def test_the_strongest_moments_are_headed_by_the_texts_that_they_are_from():
    assert "**Strongest moments in Python’s documentation topics**, first those of" in said(
        opened("units", model="sentiment")
    )


def test_a_link_opens_the_find_and_a_move_of_a_control_goes_into_the_link():
    app = opened("units", **asked_by(COUNTING))
    assert "Unit 1 tracks *more “a” than “b”* best" in said(app)
    assert "No p covers texts in an order" in said(app)
    assert "Searched: c of 4 units" in said(app)
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


@pytest.mark.parametrize(
    "query",
    [
        {"sentence": ""},
        {"sentence": "a b", "property": "count of z"},
        {"sentence": "a b", "property": "column z"},
        {"sentence": TABLE, "tokens": "numbers", "property": "column wind", "held": "own", "held_out": "no table"},
        {"sentence": TABLE, "tokens": "numbers", "property": "column wind", "held": "own", "held_out": "rain\n1\n2"},
        {"sentence": TABLE, "model": "series"},
        {"sentence": "<b>x</b>\ny\n\n", "property": "count of <", "lines": "1", "held": "nothing"},
        {"sentence": "a", "model": "own-gone"},
    ],
)
def test_bad_input_is_answered_with_a_sentence(query):
    app = opened("units", **query)
    assert app.warning or app.info


def test_a_series_is_told_by_its_values_and_not_by_its_steps():
    text = said(opened("units", sentence="2.5, 71.25, 3.5, 0.5", model="random", tokens="numbers"))
    assert " at 71.25" in text
    assert "“" not in text


def test_a_long_search_is_kept(monkeypatch):
    monkeypatch.setattr(tracking, "QUICK", 0)
    query = {"sentence": "one two two one three", "hidden_dim": "2", "property": "count of one", "model": "random"}
    app = opened("units", **query)
    assert "Searched: c of 2 units" in said(app)
    assert tracking.answer.is_known(Units(View(Source(query["sentence"], hidden_dim=2)), "count of one"))


def test_a_view_is_not_changed_by_its_order():
    asked = replace(COUNTING, view=replace(COUNTING.view, shown=Shown(rows="activity")), sort="keeps")
    assert tracking.answer.is_known(asked) == tracking.answer.is_known(COUNTING)
    assert Property("count of ", "a").name == "count of a"


def test_random_units_are_called_chance():
    text = "\n".join(["the cat the dog chased ran away", "and the bird sang a song to the moon"] * 3)
    asked = Units(View(Source(text, hidden_dim=4)), "inside brackets", held="none")
    with pytest.raises(LstmCoreError, match="changes"):
        tracking.answer(asked, sampled(asked))
    asked = replace(asked, property="count of bird")
    said = unit_sentences.chance(tracking.answer(asked, sampled(asked)))
    assert "can’t be told here" in said
    assert "p = " not in said


def test_a_unit_of_a_text_is_looked_at_in_a_corpus_by_a_click():
    app = opened("units", model="counter", sentence="aaabbb", unit="0.1")
    button = next(one for one in app.button if one.label == "Where else? →")
    corpus = well(button.click().run())
    assert {name: address(corpus)[name] for name in ("where", "unit", "model")} == {
        "where": "corpus",
        "unit": "0.1",
        "model": "counter",
    }
