"""What the pages Units and Compare say and count, by hand: one and several, A and B, rising and falling."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from gatescope.corpus.view import UnitPlace
from gatescope.question.view import Source, View
from gatescope.reading.read import read
from gatescope.unit_list import list_data, samples, sentences, tracking, words
from gatescope.unit_list.kept import ToldProperty
from gatescope.unit_list.listing import listed
from gatescope.unit_list.view import Units
from lstm_core import LstmCoreError
from lstm_core.analysis import Found
from lstm_core.analysis.properties import PROPERTIES

PLACE = UnitPlace(0, 0, 3)


def test_units_of_which_nothing_is_known_are_listed_by_how_far_c_goes_or_by_what_they_keep():
    f, c = torch.tensor([[0.1, 0.99, 0.1]] * 4), torch.tensor([[0.0, 0.2, 0.0], [2.0, 0.3, 1.0]] * 2)
    trace = SimpleNamespace(f=f[None, None, :, None], c=c[None, None, :, None])
    orders = {sort: [place.unit for place in listed(None, sort, None, trace, None).places] for sort in ("", "keeps")}
    assert orders == {"": [0, 2, 1], "keeps": [1, 0, 2]}


def test_a_unit_is_named_with_its_layer_or_direction_where_there_are_several():
    both = [UnitPlace(0, 0, 1), UnitPlace(0, 1, 1)]
    assert sentences.unit_named(both[0], both[:1]) == "Unit 1"
    assert [sentences.unit_named(one, both) for one in both] == ["Unit 1", "Unit 1 from the right"]
    assert sentences.unit_named(UnitPlace(1, 1, 4), [*both, UnitPlace(1, 1, 4)]) == "Unit 4 of layer 1 from the right"
    assert [list_data.number_of(one, [*both, UnitPlace(1, 1, 4)]) for one in (both[1], UnitPlace(1, 0, 4))] == [
        "0.1←",
        "1.4",
    ]


def test_a_property_is_named_with_its_words_in_their_order():
    assert words.named("surplus of a over b") == "more “a” than “b”"
    assert words.named("time since \n") == "time since “⏎”"
    assert words.named("model says NOUN") == "says “NOUN”"
    assert words.named("column load") == "load"
    assert words.named("bracket depth") == "open brackets"
    assert words.kind("count of ") == "count of …"
    assert words.kind("bracket depth") == "bracket depth"
    assert words.knows("model says NOUN", -1) == "is low where the model says “NOUN”"
    assert all(words.knows(name, 1) and words.named(name) for name in PROPERTIES)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("digit", "low at digits"),
        ("inside quotes", "low inside quotes"),
        ("bracket depth", "low at many open brackets"),
        ("has seen (", "low once it has seen “(”"),
        ("count of (", "low after many “(”"),
        ("time since (", "low long after “(”"),
        ("surplus of a over b", "low after more “a” than “b”"),
        ("model says NOUN", "low where it says “NOUN”"),
        ("column load", "low at high values of load"),
    ],
)
def test_a_row_says_where_its_unit_is_low(name, title):
    for sign, said in ((-1, title), (1, words.named(name))):
        told = {PLACE: ToldProperty(name, "AUC", sign, 0.9)}
        shown = SimpleNamespace(told=told, known=None, places=[PLACE])
        assert list_data.row(shown, PLACE, False)["title"] == said
    assert all(words.told(one, -1).startswith("low ") for one in PROPERTIES)


def found(property="digit", measure="AUC", score=0.9, p=0.01, unit=3, **more):
    row = {"property": property, "measure": measure, "quantity": "c", "layer": 0, "direction": 0, "unit": unit}
    table = pd.DataFrame([row | {"score": score, "sign": 1, "p": p} | more])
    options = {"searched": 8, "sequences": 6, "groups": 6, "steps": 60, "shuffled": "whole sequences"}
    return Found(table=table, permutations=200, no_p={}, **options)


@pytest.mark.parametrize(
    ("held_out", "sign", "end"),
    [
        (None, 1, "tracks *a digit* best: AUC = 0.800."),
        (0.75, -1, "tracks *a digit* best (it falls as that rises): AUC = 0.800, and 0.750 on held-out text."),
        (math.nan, 1, "AUC = 0.800; on the held-out text it never changes, so that says nothing."),
    ],
)
def test_what_a_unit_tracks_is_said_with_its_score_there_and_on_held_out_text(held_out, sign, end):
    more = {} if held_out is None else {"held_out": held_out}
    said = sentences.tracks(found(score=0.8, sign=sign, **more), [PLACE])
    assert said.startswith("Unit 3 tracks *a digit* best")
    assert said.endswith(end)


def test_sequences_stand_one_behind_the_other():
    readings = [read(Source(sentence)) for sentence in ("a b c", "d", "e f")]
    np.testing.assert_array_equal(tracking.at_steps("count of e", readings), [0, 0, 0, 0, 1, 1])


def test_a_property_is_asked_about_where_it_changes_in_any_sequence():
    readings = [read(Source(sentence)) for sentence in ("a a", "b b")]
    # It is 1 throughout the one and 0 throughout the other.
    assert tracking.changing(["has seen a", "has seen c"], readings) == ["has seen a"]
    assert tracking.offered("count of ", [read(Source("a b b c c c"))]) == ["c", "b", "a"]
    symbols = [read(Source("aabbb", model="counter"))]
    names = tracking.every(symbols)
    assert names[0] == "surplus of a over b"
    assert {"count of a", "count of b", "has seen b", "time since a", "model says b"} <= set(names)
    words = tracking.every([read(Source("A tall giraffe , 3 of them", model="tagger"))])
    assert {"digit", "punctuation", "model says NOUN"} <= set(words)
    assert not any("count of" in name or "string" in name for name in words)
    code = tracking.every([read(Source("x = 'a' + \"b\"\n", model="python-chars"))])
    assert "inside a one-line string" in code
    assert not any(name == "inside quotes" or "model says" in name for name in code)


def test_a_search_is_quick_up_to_a_million_states(monkeypatch):
    reading = read(Source("a b c", hidden_dim=5, n_layers=2, directions=2))
    sample = samples.Sample([reading, reading], [], [])
    # Each of 6 steps: c and h of 5 units of 2 layers and 2 directions.
    size = 6 * 2 * 2 * (5 + 5)
    monkeypatch.setattr(tracking, "QUICK", size)
    assert tracking.is_quick(sample)
    monkeypatch.setattr(tracking, "QUICK", size - 1)
    assert not tracking.is_quick(sample)


def test_of_an_odd_number_of_lines_or_rows_the_first_half_is_the_larger():
    asked = Units(View(Source("one\ntwo\nthree\n")), lines=1)
    found = samples.sample(asked, read(asked.view.source))
    assert [reading.tokens[0] for reading in (*found.found, *found.held)] == ["one", "two", "three"]
    assert (len(found.found), len(found.held), found.notices) == (2, 1, [])
    table = "load\n" + "\n".join(map(str, range(5)))
    rows = Units(View(Source(table, model="random", tokens="numbers", input_dim=1)))
    found = samples.sample(rows, read(rows.view.source))
    assert [len(one.tokens) for one in (*found.found, *found.held)] == [3, 2]
    short = Units(View(Source("load\n1\n2\n3", model="random", tokens="numbers", input_dim=1)))
    found = samples.sample(short, read(short.view.source))
    assert ([len(one.tokens) for one in found.found], found.held) == ([3], [])


def test_a_table_of_ones_own_is_held_out_if_it_has_the_same_columns():
    source = Source("load\n1\n2\n3\n4", model="random", tokens="numbers", input_dim=1)
    own = Units(View(source), held="own", held_out="load\n5\n6")
    found = samples.sample(own, read(source))
    assert [len(one.tokens) for one in (*found.found, *found.held)] == [4, 2]
    with pytest.raises(LstmCoreError, match=r"Expected the columns load in the held-out table, got wind\."):
        samples.sample(replace(own, held_out="wind\n5\n6"), read(source))


def test_a_sequence_that_has_room_for_its_first_step_alone_is_left_out(monkeypatch):
    asked = Units(View(Source("a b c\nd e f")), lines=1, held="none")
    for most, kept in ((6, [3, 3]), (5, [3, 2]), (4, [3]), (3, [3])):
        monkeypatch.setattr(samples, "MOST_STEPS", most)
        samples.sample.forget()
        found = samples.sample(asked, read(asked.view.source))
        assert [len(one.tokens) for one in found.found] == kept
        assert bool(found.notices) == (most < 6)
    samples.sample.forget()


def test_a_claim_says_on_which_side_c_is_and_in_how_many_pairs():
    told = ToldProperty("inside brackets", "AUC", 1, 0.9, 0.9)
    said = "Its c is higher there than elsewhere in **90 of 100 pairs** of words,"
    assert sentences.pairs(told, "word") == said
    low = told._replace(sign=-1, measure="R²", pairs=0.997)
    said = "In **more than 99 of 100 pairs** of words its c is lower at the one with the larger number,"
    assert sentences.pairs(low, "word") == said


def test_an_error_of_a_forecast_has_its_unit_of_measure():
    known, unit = SimpleNamespace(cost="error", whole=0.381), SimpleNamespace(lost=0.04)
    assert sentences.without(known, unit, SimpleNamespace(reads="numbers")) == (
        "Without it, the forecast’s root mean square error grows from 0.38 to 0.42 standard deviations of the series."
    )


def test_what_goes_wrong_without_a_unit_is_a_share_or_a_number_with_its_sign_where_it_has_one():
    def lost(cost, number):
        return sentences.lost(SimpleNamespace(cost=cost), SimpleNamespace(lost=number))

    assert [lost("bits", number) for number in (0.25, -0.25, 0.0004, -0.0004)] == ["+0.250", "−0.250", "0.000", "0.000"]
    assert [lost(cost, 0.25) for cost in ("answers", "texts")] == ["25%", "25%"]
