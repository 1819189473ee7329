"""What the drawer says of a cell and its answer is what the library finds; and what may not be said is not said."""

import json
from itertools import product
from typing import get_type_hints

import numpy as np
import pandas as pd
import pytest
import torch
from year_of_days import COLUMNS, year

import lstm_core
from gatescope.picture.wire_format import as_sent
from gatescope.question.holds import Cell, Event, Holds, read_holds
from gatescope.question.view import Source, View
from gatescope.reading.held import read_view
from gatescope.store import text_files, visitor_models
from gatescope.why.changes import WORTH, turned, unlike
from gatescope.why.drawer import Drawer, TheAnswer, Turn
from gatescope.why.open_drawer import open_drawer
from lstm_core.plots.labels import label, signed

DOGS = "The dog that barked at the cats ran away"
SENTENCE = "They can fish in a can"
TAGGED = {"model": "tagger", "sentence": SENTENCE}
COUNTED = {"model": "counter", "sentence": "aaaabbbb"}
RATED = {"model": "sentiment", "sentence": "It is not a good film"}
SMALL = {
    "model": "tagger-sizes",
    "sentence": "Giraffes in a field",
    "input_dim": "4",
    "hidden_dim": "3",
    "n_layers": "1",
}
BOTH = {"model": "tagger-bi", "sentence": SENTENCE}


def reading_of(query, holds=""):
    source = Source(**{name: int(value) if value.isdecimal() else value for name, value in query.items()})
    return read_view(View(source, holds=read_holds(holds)))


@pytest.fixture(scope="module")
def days():
    """A query for a year of five features, and its model."""
    model, table, text = year()
    return {"model": visitor_models.put(model), "file": text_files.keep("days.csv", text.encode())}, model, table


# What still stands in c.


@pytest.mark.parametrize("holds", ["", "f.0.all.1_0.5 w.2", "c.0.1.2_0.75 w.4"])
@pytest.mark.parametrize(("layers", "directions"), [(1, 1), (2, 2)])
def test_what_still_stands_in_c_is_the_ledger_and_sums_to_c_with_what_is_held(layers, directions, holds):
    query = {"sentence": SENTENCE, "model": "random", "n_layers": f"{layers}", "directions": f"{directions}"}
    trace = reading_of(query, holds).reading.trace
    for direction, unit, step in product(range(directions), range(3), (0, 3, 5)):
        cell = Cell(layers - 1, direction, unit, step)
        found = open_drawer(query | {"holds": holds}, cell)["still"]
        shares = lstm_core.ledger(trace, step, layers - 1, direction).cell[:, unit].numpy()
        here = slice(1 + found["first"], 1 + found["first"] + len(found["shares"]))
        np.testing.assert_allclose(found["shares"], shares[here], atol=1e-6)
        assert found["c"] == pytest.approx(trace.c[layers - 1, direction, step, 0, unit].item(), abs=1e-6)
        assert sum(found["shares"]) + found["start"] + found["earlier"] == pytest.approx(found["c"], abs=1e-5)
        assert found["said"].startswith(f"c of unit {unit}{' of layer 1' if layers == 2 else ''} at “")


def test_of_a_very_long_text_the_nearest_steps_have_shares_and_the_rest_is_summed():
    found = open_drawer({"model": "random", "sentence": "word " * 6_000}, Cell(0, 0, 0, 5_500))["still"]
    assert (found["first"], len(found["shares"])) == (3_501, 2_000)
    assert sum(found["shares"]) + found["start"] + found["earlier"] == pytest.approx(found["c"], abs=1e-5)


# Why this answer.


@pytest.mark.parametrize("query", [TAGGED, COUNTED, RATED, SMALL, BOTH, {"model": "copy", "sentence": "b c ? ? ?"}])
@pytest.mark.parametrize("step", [2, 4])
def test_the_parts_of_an_answer_are_those_of_the_library_and_sum_to_its_effect(query, step):
    reading = reading_of(query).reading
    step = min(step, len(reading.tokens) - 1)
    answer = open_drawer(query, Cell(0, 0, 0, step))["answer"]
    found = lstm_core.explain(reading.model, reading.tokens, time=step)
    np.testing.assert_allclose(answer["parts"][0], found.by_step[: len(answer["parts"][0])], rtol=1e-6, atol=1e-6)
    assert sum(answer["parts"][0]) == pytest.approx(answer["effect"], abs=1e-4)
    assert answer["effect"] == pytest.approx(found.effect)
    assert answer["direct"] == pytest.approx(found.direct)
    assert answer["baseline"] == found.baseline
    assert found.baseline in answer["said"]
    assert f" The parts add up to the difference, {signed(found.effect)}, with a rounding error of " in answer["said"]
    if 0 <= round(found.direct, 2) <= 1:
        assert (
            f" {found.direct:.0%} of it came through the memory c alone; the rest went out through h" in answer["said"]
        )
    else:
        assert (
            f" Two ways oppose each other: {signed(found.without_h)} came through the memory c alone, "
            in answer["said"]
        )


def test_a_label_that_is_named_is_asked_about_against_the_best_other_one():
    answer = open_drawer(TAGGED, Cell(0, 0, 0, 2), label="NOUN")["answer"]
    reading = reading_of(TAGGED).reading
    found = lstm_core.explain(reading.model, reading.tokens, time=2, target=("NOUN", "VERB"))
    assert answer["target"] == "the lead of NOUN over VERB"
    assert answer["effect"] == pytest.approx(found.effect)
    assert set(answer["labels"]) == set(reading.model.labels)
    # Of two labels the other one is the rival.
    rated = open_drawer(RATED, Cell(0, 0, 0, 5), label="positive")["answer"]
    assert rated["target"] == "the lead of positive over negative"
    assert open_drawer(TAGGED, Cell(0, 0, 0, 2), label="no such")["answer"]["target"] == "the lead of VERB over NOUN"


def test_what_the_model_says_with_the_baseline_is_said():
    text = "x ="
    query = {"model": "python-chars", "sentence": text}
    model = lstm_core.load_model("python-chars")
    reading = reading_of(query).reading
    found = lstm_core.explain(model, reading.tokens, time=2)
    chosen, rival = (model.labels[int(at)] for at in (found.question.weights.argmax(), found.question.weights.argmin()))
    best = model.scores(reading.trace)[2, 0].argsort(descending=True)
    assert model.labels[int(best[1])] != rival
    said = open_drawer(query, Cell(0, 0, 0, 2))["answer"]["said"]
    assert f"the lead of “{label(chosen)}” over “{label(rival)}” is " in said
    assert f"if every character is replaced by {found.baseline}, the model says “{label(rival)}” and it is " in said
    assert "more or less sure" not in said
    copied = open_drawer({"model": "copy", "sentence": "a........?"}, Cell(0, 0, 0, 9))["answer"]
    assert ", the model says “a” too and it is +6.40." in copied["said"]
    assert "; they say only what makes the model more or less sure." in copied["said"]
    assert "But “a” alone makes +13.72 of the lead of “a” over “b”, and its part is +0.0029: do not" in copied["said"]
    assert not copied["agrees"]


def test_a_text_too_long_to_erase_each_step_is_said_to_be_untried():
    answer = open_drawer({"model": "python-chars", "sentence": "x = 1\n" * 6}, Cell(0, 0, 0, 35))["answer"]
    assert answer["said"].endswith(" Whether single erasures agree was not tried: 36 steps are many.")


def test_a_word_that_is_left_out_has_no_part_and_the_others_keep_their_places():
    answer = open_drawer(TAGGED | {"holds": "w.1"}, Cell(0, 0, 0, 3), Event(2))["answer"]
    model = reading_of(TAGGED).reading.model
    found = lstm_core.explain(model, ["They", "fish", "in"], time=2)
    np.testing.assert_allclose(answer["parts"][0], np.insert(found.by_step, 1, 0), rtol=1e-6, atol=1e-6)
    assert {line["step"] for line in answer["path"]["lines"]} <= {2, 3}


def test_a_year_of_five_features_has_a_part_for_each_feature_and_day_by_name(days):
    query, model, table = days
    answer = open_drawer(query, Cell(0, 0, 3, 364), label="sun")["answer"]
    found = lstm_core.explain(model, table, baseline=np.median(table.double().numpy(), 0), target="sun")
    # In the units of the data, as the picture says a forecast.
    np.testing.assert_allclose(answer["parts"], found.inputs.T, rtol=1e-4, atol=1e-6)
    forecast = model.probabilities(model(model.vectors(table)))[-1, 0, 2].item()
    assert f"the forecast of sun is {signed(forecast)};" in answer["said"]
    assert answer["features"] == COLUMNS
    assert answer["baseline"] == "the median of each feature"
    assert "At 2024-12-30 the forecast of sun is" in answer["said"]
    path = open_drawer(query, Cell(0, 0, 3, 364), Event(363, 1), "sun")["answer"]["path"]
    alone = lstm_core.explain(model, table, without=(363, "wind"), baseline=np.median(table.numpy(), 0), target="sun")
    assert path["effect"] == pytest.approx(alone.effect, rel=1e-4)
    assert "wind at 2024-12-29 alone" in path["said"]


@pytest.mark.parametrize(("query", "step", "word"), [(COUNTED, 6, 1), (RATED, 5, 2), (TAGGED, 2, 1)])
def test_the_path_of_a_word_is_what_the_units_carried_and_where_all_is_seen_each_step_sums_to_the_effect(
    query, step, word
):
    path = open_drawer(query, Cell(0, 0, 0, step), Event(word))["answer"]["path"]
    reading = reading_of(query).reading
    whole = lstm_core.explain(reading.model, reading.tokens, time=step)
    weights = whole.question.weights
    target = tuple(reading.model.labels[int(at)] for at in (weights.argmax(), weights.argmin()))
    found = lstm_core.explain(reading.model, reading.tokens, without=word, time=step, target=target)
    assert path["effect"] == pytest.approx(found.effect)
    kept, reread = found.carriers
    for line in path["lines"]:
        at = line["layer"], 0, line["step"], line["unit"]
        assert (line["kept"], line["reread"]) == pytest.approx((kept[at], reread[at]), rel=1e-6, abs=1e-9)
    seen = {(line["layer"], 0, line["step"], line["unit"]) for line in path["lines"]}
    for at in np.argwhere(np.maximum(np.abs(kept), np.abs(reread)) > 0.03 * abs(found.effect)):
        assert tuple(at.tolist()) in seen
    assert not any(line["step"] < word or line["step"] > step for line in path["lines"])
    if query is COUNTED:
        for at in range(word, step + 1):
            lines = [line for line in path["lines"] if line["step"] == at]
            assert sum(line["kept"] + line["reread"] for line in lines) == pytest.approx(found.effect, rel=0.05)


def test_units_are_named_where_few_carry_it_and_patching_says_so_and_nowhere_else():
    carried = open_drawer(COUNTED, Cell(0, 0, 0, 6), Event(1))["answer"]["path"]["said"]
    reading = reading_of(COUNTED).reading
    found = lstm_core.explain(reading.model, reading.tokens, without=1, time=6, target=("b", "end"))
    table = found.patched(units=1, at=3)
    assert f"carried past “a” by unit {table.units[0]}" in carried
    assert f"Patching it there takes {table.takes[1]:+.2f}; 1 random unit moves the answer by " in carried
    assert carried.endswith(f"{signed(table.takes[2:].abs().median())[1:]}.")
    many = open_drawer(RATED, Cell(0, 0, 0, 5), Event(2))["answer"]["path"]["said"]
    assert "No unit is named: many carry it" in many
    # Of four units the two others do more than half as much.
    said = open_drawer(SMALL | {"hidden_dim": "4"}, Cell(0, 0, 0, 2), Event(1))["answer"]["path"]["said"]
    assert "No unit is named: units 3 and 0 seem to carry" in said


def test_no_unit_is_named_beside_random_units_whose_effects_only_cancel(monkeypatch):
    table = pd.DataFrame({"takes": [2.0, 2.0, *[2.0, -2.0] * 10]})
    monkeypatch.setattr("lstm_core.explaining.explained.Explained.patched", lambda *_, **__: table)
    said = open_drawer(COUNTED, Cell(0, 0, 0, 6), Event(1))["answer"]["path"]["said"]
    assert "patching takes +2.00, and 1 random unit moves the answer by 2.00." in said.partition("No unit is named")[2]


def test_what_changes_next_to_nothing_has_no_path():
    path = open_drawer({"model": "series", "sentence": "1 2 3 4 5 6 7 8"}, Cell(0, 0, 0, 7), Event(2, 0))["answer"][
        "path"
    ]
    assert path["lines"] == []
    assert "too little for a path" in path["said"]
    # An only feature needs no name.
    assert path["said"].startswith("step 2 alone")


@pytest.mark.parametrize(
    ("query", "holds", "said"),
    [
        ({"sentence": SENTENCE, "model": "random"}, "", "Nothing reads h here"),
        (TAGGED, "f.0.all.2_0", "press Undo to let go of what is held"),
        (TAGGED, "w.3", "“in” is left out, so there is no answer at it."),
        ({"model": "python-chars", "sentence": "x = 1\n" * 160}, "", "lstm_core.explain does"),
        ({"model": "series", "sentence": "5"}, "", "two equal ones"),
    ],
)
def test_where_an_answer_may_not_be_explained_a_sentence_says_why(query, holds, said):
    step = max(0, min(3, len(query["sentence"].split()) - 1)) if query["model"] != "python-chars" else 900
    found = open_drawer(query | {"holds": holds}, Cell(0, 0, 0, step), Event(0))
    assert found["answer"] is None
    assert said in found["no_answer"]


def test_a_model_of_both_directions_has_parts_but_no_path():
    answer = open_drawer(BOTH, Cell(0, 0, 0, 2), Event(1))["answer"]
    assert answer["path"] is None
    assert "both directions" in answer["no_path"]
    assert len(answer["parts"][0]) == 6


# Without each word, and what turns the answer.


def said_with(query, holds, step):
    """What the picture says at a step with these holds, and how surely."""
    found = reading_of(query, holds).reading
    shares = found.probabilities()[step]
    return found.model.labels[int(shares.argmax())], float(shares.max())


@pytest.mark.parametrize("query", [TAGGED, BOTH, COUNTED])
@pytest.mark.parametrize("holds", ["", "w.0", "f.0.0-1.2_0 w.0"])
def test_the_answer_without_a_word_is_the_one_that_the_picture_shows_with_the_word_left_out(query, holds):
    found = open_drawer(query | {"holds": holds}, Cell(0, 0, 0, 3))
    left_out = set(read_holds(holds).without)
    known = range(6) if query is BOTH else range(3)
    assert [one["step"] for one in found["without"]] == [step for step in known if step != 3 and step not in left_out]
    for one in found["without"]:
        label, share = said_with(query, f"{holds} w.{one['step']}", 3)
        assert (one["label"], one["share"]) == (label, pytest.approx(share, abs=1e-5))


def test_a_word_is_framed_where_the_answer_moves_by_more_than_two_hundredths():
    found = open_drawer(SMALL, Cell(0, 0, 0, 3))
    before = said_with(SMALL, "", 3)
    for one in found["without"]:
        label, share = said_with(SMALL, f"w.{one['step']}", 3)
        assert one["framed"] == (label != before[0] or abs(share - before[1]) > 0.02)
    assert [one["framed"] for one in found["without"]] == [False, False, True]


@pytest.mark.parametrize("query", [SMALL, TAGGED, COUNTED, BOTH, RATED])
@pytest.mark.parametrize(("holds", "step"), [("", 3), ("", 0), ("w.1", 3), ("o.0.0.2_0 i.0.all.3_0.5", 3)])
def test_what_turns_an_answer_does_so_when_it_is_held(query, holds, step):
    turn = open_drawer(query | {"holds": holds}, Cell(0, 0, 0, step))["turn"]
    if turn is None:
        return
    label, share = said_with(query, f"{holds} {turn['hold']}", step)
    assert (turn["becomes"].label, turn["becomes"].share) == (label, pytest.approx(share, abs=1e-5))
    assert turn["was"].label == said_with(query, holds, step)[0]
    assert turn["turns"] == (turn["becomes"].label != turn["was"].label)


def test_a_hold_of_the_pinned_unit_comes_before_all_others():
    turn = open_drawer(SMALL, Cell(0, 0, 0, 3))["turn"]
    assert (turn["hold"], turn["said"]) == ("f.0.0.3_1", "Had unit 0 kept all of its +0.82 (f = 1, not 0.04)")
    assert (turn["was"].label, turn["becomes"].label) == ("NOUN", "VERB")
    other = open_drawer(SMALL, Cell(0, 0, 2, 3))["turn"]
    assert read_holds(other["hold"]).gates[0].units == (0,), "no hold of unit 2 turns it"


def test_nothing_is_offered_that_turns_an_answer_by_a_hair():
    model = lstm_core.load_model("sentiment")
    before, after = torch.tensor([0.49, 0.51]), torch.tensor([[0.51, 0.49], [0.2, 0.8], [0.7, 0.3]])
    assert turned(model, before, after).tolist() == pytest.approx([0.02, 0, 0.21])
    assert unlike(model, before, after, 1.0).tolist() == pytest.approx([0.02, 0.29, 0.21])
    symbols = lstm_core.load_model("brackets")
    before, after = torch.tensor([0.9, 0.4, 0.1]), torch.tensor([[0.9, 0.45, 0.1], [0.4, 0.4, 0.1]])
    assert turned(symbols, before, after).tolist() == pytest.approx([0, 0.5])
    series = lstm_core.load_model("series")
    assert turned(series, torch.tensor([1.0]), torch.tensor([[9.0]])).tolist() == [0]
    assert unlike(series, torch.tensor([1.0]), torch.tensor([[3.0]]), 4.0).tolist() == [0.5]
    # A word that is sure of itself: no hold, and no other word, moves it.
    found = open_drawer({"model": "tagger", "sentence": "the the the"}, Cell(0, 0, 0, 0))
    moved = [found["turn"]["was"].share - found["turn"]["becomes"].share] if found["turn"] else []
    assert (found["turn"] is None) == ("No change that was tried moves the answer" in found["no_turn"])
    assert all(abs(by) >= WORTH or found["turn"]["turns"] for by in moved)


def test_the_path_of_a_word_is_of_the_answer_whose_parts_are_shown():
    model = lstm_core.load_model("tagger")
    for step in range(5):
        answer = open_drawer({"model": "tagger", "sentence": DOGS}, Cell(0, 0, 0, 4), Event(step))["answer"]
        lead = tuple(answer["target"].removeprefix("the lead of ").split(" over "))
        alone = lstm_core.explain(model, DOGS.split()[:5], without=step, time=4, target=lead)
        assert answer["path"]["effect"] == pytest.approx(alone.effect, abs=1e-5)


def test_of_a_long_text_the_words_with_the_largest_parts_are_left_out():
    query = {"model": "python-chars", "sentence": "def f(x):\n    return 'a' + x\n" * 3}
    found = open_drawer(query, Cell(0, 0, 48, 86))
    assert "with the largest parts are left out" in found["no_without"]
    parts = np.abs(found["answer"]["parts"][0][:86])
    assert {one["step"] for one in found["without"]} == set(np.argsort(-parts)[: len(found["without"])].tolist())


# The route.


def test_the_route_answers_what_is_asked_of_a_cell(client):
    asked = {"query": TAGGED, "cell": {"layer": 0, "direction": 0, "unit": 5, "step": 2}, "event": {"step": 1}}
    answer = client.post("/gatescope/why", content=json.dumps(asked))
    assert answer.json() == as_sent(open_drawer(TAGGED, Cell(0, 0, 5, 2), Event(1)))
    for part, kind in ((answer.json(), Drawer), (answer.json()["answer"], TheAnswer), (answer.json()["turn"], Turn)):
        assert part.keys() == get_type_hints(kind).keys()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"event": 3}, "an event with step and feature"),
        ({"event": {"step": -1}}, "a whole number from 0"),
        ({"cell": None}, "a cell with layer, direction, unit and step"),
        ({"cell": {"layer": 0, "direction": 0, "unit": 500, "step": 2}}, "There is no cell 0.500.2"),
        ({"query": {"model": "tagger", "sentence": ""}}, "type a sentence"),
    ],
)
def test_what_can_not_be_asked_is_said(client, asked, said):
    good = {"query": TAGGED, "cell": {"layer": 0, "direction": 0, "unit": 5, "step": 2}}
    answer = client.post("/gatescope/why", content=json.dumps(good | asked))
    assert answer.status_code == 400
    assert said in answer.text
    event = good | {"event": {"step": 99, "feature": 3}}
    assert client.post("/gatescope/why", content=json.dumps(event)).json()["answer"]["path"] is None


def test_holds_that_are_none_leave_the_drawer_as_it_is():
    assert open_drawer(TAGGED | {"holds": str(Holds())}, Cell(0, 0, 0, 2)) == open_drawer(TAGGED, Cell(0, 0, 0, 2))
