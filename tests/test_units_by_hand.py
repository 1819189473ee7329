"""What the pages Units and Compare say and count, by hand: one and several, A and B, rising and falling."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from torch import nn

from dashboard.comparing import figures as compare_figures
from dashboard.comparing import sentences as compare_sentences
from dashboard.comparing import two_readings
from dashboard.comparing.view import ANOTHER, Pair, Side, names, names_a_text, opening
from dashboard.question import limits
from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.reading.read import read
from dashboard.units import remembering, samples, sentences, tracking
from dashboard.units.tracking import Best
from dashboard.units.view import Units
from lstm_core import units
from lstm_core.analysis import Found
from lstm_core.plots.palette import look

LOOK = look("teal", "light")


def lives(*half_lives, layer=0, direction=0):
    rows = [{"unit": n, "half_life": life, "layer": 0, "direction": 0} for n, life in enumerate(half_lives)]
    rows[-1] |= {"layer": layer, "direction": direction}
    return pd.DataFrame(rows)


def test_the_unit_that_remembers_longest_and_the_one_that_forgets_fastest_are_named():
    said = sentences.remembers(lives(3.0, 12.0, 1.0), 12)
    longest = "Unit 1 remembers longest: half of what it holds is left after 12 steps"
    assert said == f"{longest}; unit 2 forgets fastest, after 1 step."
    assert sentences.remembers(lives(3.0, 12.0, 0.99), 12) == f"{longest}; unit 2 forgets within one step."
    assert sentences.remembers(lives(0.25, 0.5), 12) == (
        "Every unit forgets within one step. Unit 1 remembers longest: half of what it holds is left after 0.5 steps."
    )
    assert sentences.remembers(lives(3.0, 12.0, 1.0), 11).startswith(f"{longest} (longer than the text);")
    assert sentences.remembers(lives(9.94), 20) == longest.replace("Unit 1", "Unit 0").replace("12", "9.9") + "."
    assert sentences.remembers(lives(math.inf, 2.5), 9) == (
        "Unit 0 lets nothing go: its forget gate is 1 at every step; unit 1 forgets fastest, after 2.5 steps."
    )


def test_a_unit_is_named_with_its_layer_or_direction_where_there_are_several():
    said = sentences.remembers(lives(3.0, 1_234.0, layer=1), 2_000)
    assert said.startswith("Unit 1 of layer 1 remembers longest: half of what it holds is left after 1,234 steps; ")
    assert said.endswith("unit 0 of layer 0 forgets fastest, after 3 steps.")
    said = sentences.remembers(lives(3.0, 4.0, direction=1), 9)
    assert said.startswith("Unit 1 of layer 0, reading from the right, remembers longest")
    best = Best("h", 1, 1, 4, 0.5, 1, 0.1, None)
    assert sentences.series(best, layers=True) == "h of unit 4 of layer 1, reading from the right"
    assert sentences.series(best, layers=False) == "h of unit 4"
    assert sentences.series(best._replace(direction=0), layers=True) == "h of unit 4 of layer 1"


def test_a_short_text_is_said_to_be_short_by_its_steps():
    assert "this text has 1 step, and" in sentences.too_short(1, 20)
    assert "this text has 7 steps, and" in sentences.too_short(7, 20)
    assert "Give a text of 20 steps or more" in sentences.too_short(7, 20)


@pytest.mark.parametrize(("opened", "shut", "never"), [(0.004, 0.005, True), (0.005, 0.005, False), (0.02, 0.0, False)])
def test_gates_that_are_never_quite_open_or_shut_are_said_to_lie_in_the_corner(opened, shut, never):
    table = pd.DataFrame({"f_right": [opened, opened], "f_left": [shut, shut]})
    said = sentences.gates_stand(table, trained=False)
    assert said.startswith("No forget gate is ever quite open") == never
    assert ("has learned nothing yet" in said) == never
    assert "has learned nothing yet" not in sentences.gates_stand(table, trained=True)


def test_a_property_is_named_with_its_words_in_their_order():
    assert sentences.named("surplus of a over b") == "count of “a” less “b”"
    assert sentences.named("time since \n") == "time since “⏎”"
    assert sentences.named("model says NOUN") == "the model says “NOUN”"
    assert sentences.named("column load") == "load"
    assert sentences.named("bracket depth") == "bracket depth"
    assert sentences.kind("count of ") == "count of …"
    assert sentences.kind("bracket depth") == "bracket depth"


def found(property="digit", measure="AUC", score=0.9, p=0.01, unit=3, **more):
    row = {"property": property, "measure": measure, "quantity": "c", "layer": 0, "direction": 0, "unit": unit}
    table = pd.DataFrame([row | {"score": score, "sign": 1, "p": p} | more])
    options = {"searched": 8, "sequences": 6, "groups": 6, "steps": 60, "shuffled": "whole sequences"}
    return Found(table=table, permutations=200, no_p={}, **options)


BEST = Best("c", 0, 0, 3, 0.8, 1, 0.01, None)


@pytest.mark.parametrize(
    ("held_out", "sign", "end"),
    [
        (None, 1, "tracks *digit* best: AUC = 0.800."),
        (0.75, -1, "tracks *digit* best (it falls as that rises): AUC = 0.800, and 0.750 on held-out text."),
        (math.nan, 1, "AUC = 0.800; on the held-out text it never changes, so that says nothing."),
    ],
)
def test_what_a_unit_tracks_is_said_with_its_score_there_and_on_held_out_text(held_out, sign, end):
    best = BEST._replace(held_out=held_out, sign=sign)
    said = sentences.tracks(best, found(), layers=False)
    assert said.startswith("c of unit 3 tracks *digit* best")
    assert said.endswith(end)
    scored = sentences.scored(best, found(), layers=False)
    assert scored == "c of unit 3 · AUC 0.800" + (", held out 0.750" if held_out == 0.75 else "")


def summary_of(*answers):
    return tracking.summary(answers)


def test_p_stands_the_number_of_properties_and_the_surest_is_first():
    answers = [
        found("digit", "AUC", 0.9, 0.001, unit=1),
        found("bracket depth", "R²", 0.7, 0.001, unit=2),
        found("indent", "R²", 0.9, 0.2, unit=4),
        found("letter", "AUC", 0.99, 0.1, unit=5),
    ]
    summary = summary_of(*answers)
    # An AUC of 0.9 is 0.8 of the way from chance to certainty: more than an R² of 0.7.
    assert list(summary["property"]) == ["digit", "bracket depth", "letter", "indent"]
    np.testing.assert_allclose(summary["p"], [0.004, 0.004, 0.4, 0.8])
    assert list(summary["unit"]) == [1, 2, 5, 4]
    assert tracking.strongest(answers[::-1]) == 3
    assert summary_of(found(p=0.9), found("indent", p=0.8))["p"].tolist() == [1.0, 1.0]
    almost = summary_of(found("digit", "AUC", 0.84, 0.001), found("bracket depth", "R²", 0.7, 0.001))
    assert list(almost["property"]) == ["bracket depth", "digit"]


def test_a_p_of_five_in_a_hundred_is_not_certain():
    summary = summary_of(found("digit", score=0.6, p=0.05), found("indent", score=0.9, p=0.02))
    assert list(summary["property"]) == ["indent", "digit"]
    said = sentences.chance_of_all(summary_of(found(p=0.05)), [found(p=0.05)])
    assert "1 properties × 8 series" in said
    assert "0 of the 1 go with a unit" in said
    untold = found("indent")
    untold.no_p["indent"] = "It is short."
    more = sentences.chance_of_all(summary_of(found(), untold, untold), [found(), untold, untold])
    assert "3 properties × 8 series" in more
    assert "3 of the 3 go with a unit" in more
    assert more.endswith(" Of 2 nothing can be told, and they have no p. For example: It is short.")


def test_the_table_of_all_names_the_layer_where_there_are_several_and_held_out_where_it_is():
    plain = sentences.in_words(summary_of(found(held_out=None), found("count of a", unit=7, held_out=None)))
    assert list(plain.columns) == ["property", "best", "measure", "score", "p"]
    assert set(plain["best"]) == {"c of unit 3", "c of unit 7"}
    assert "count of “a”" in set(plain["property"])
    deep = sentences.in_words(summary_of(found(held_out=0.5), found("indent", layer=1, held_out=None)))
    assert set(deep["best"]) == {"c of unit 3 of layer 0", "c of unit 3 of layer 1"}
    assert "held out" in deep.columns
    sided = sentences.in_words(summary_of(found(held_out=0.5), found("indent", direction=1, held_out=0.5)))
    assert "c of unit 3 of layer 0, reading from the right" in set(sided["best"])


def test_a_table_of_finds_leaves_out_what_is_the_same_in_all_rows():
    rows = [{"layer": 0, "direction": d, "unit": n, "score": 0.9 - n / 10} for n, d in enumerate([0, 1, 0])]
    table = pd.DataFrame([{"quantity": "c", "sign": 1, "property": "p", "measure": "AUC", **row} for row in rows])
    shown = tracking.rows(SimpleNamespace(table=table), 2)
    assert list(shown.columns) == ["quantity", "direction", "unit", "AUC"]
    assert shown["unit"].tolist() == [0, 1]


def test_leaders_are_units_each_by_its_better_state():
    rows = [("c", 3, 0.9), ("h", 3, 0.8), ("h", 1, 0.7), ("c", 1, 0.6), ("c", 2, 0.5)]
    table = pd.DataFrame(rows, columns=["quantity", "unit", "score"]).assign(layer=0, direction=0, sign=1, p=0.01)
    leaders = tracking.leaders(SimpleNamespace(table=table), 2)
    assert [(one.quantity, one.unit) for one in leaders] == [("c", 3), ("h", 1)]
    assert tracking.best(SimpleNamespace(table=table), 4).unit == 2


def test_sequences_stand_one_behind_the_other():
    readings = [read(Source(sentence)) for sentence in ("a b c", "d", "e f")]
    assert tracking.starts(readings) == [0, 3, 4]
    best = BEST._replace(unit=1)
    values = tracking.values(best, readings)
    np.testing.assert_allclose(values[3:4], readings[1].trace.cells("c")[1])
    assert tracking.cell(best, readings) == (0, 0, 1, 2)
    np.testing.assert_array_equal(tracking.at_steps("count of e", readings), [0, 0, 0, 0, 1, 1])


def test_a_property_is_asked_about_where_it_changes_in_any_sequence():
    readings = [read(Source(sentence)) for sentence in ("a a", "b b")]
    # It is 1 throughout the one and 0 throughout the other.
    assert tracking.changing(["has seen a", "has seen c"], readings) == ["has seen a"]
    assert tracking.offered("count of ", [read(Source("a b b c c c"))]) == ["c", "b", "a"]
    names = tracking.every([read(Source("a b b c c c d d d d"))])
    assert [name for name in names if name.startswith("count of")] == [f"count of {token}" for token in "dcb"]
    assert "surplus of c over d" in names
    assert not any("surplus" in name for name in tracking.every([read(Source("a a a"))]))


def test_a_search_is_quick_up_to_a_million_states_of_steps_and_their_shuffles(monkeypatch):
    reading = read(Source("a b c", hidden_dim=5, n_layers=2, directions=2))
    sample = samples.Sample([reading, reading], [], [])
    # Each of 6 steps: 100 for its shuffles, and c and h of 5 units of 2 layers and 2 directions.
    size = 6 * (100 + 2 * 2 * (5 + 5))
    monkeypatch.setattr(tracking, "QUICK", 3 * size)
    assert tracking.is_quick(sample, 3)
    assert not tracking.is_quick(sample, 4)


@pytest.mark.parametrize(
    ("options", "states"), [({}, 16), ({"num_layers": 3}, 48), ({"bidirectional": True}, 32), ({"proj_size": 2}, 10)]
)
def test_of_a_larger_lstm_fewer_steps_are_looked_at(options, states):
    reading = SimpleNamespace(lstm=nn.LSTM(4, 8, **options))
    assert samples.most_steps(reading) == min(samples.MOST_STEPS, samples.MOST_STATES // states)
    large = SimpleNamespace(lstm=nn.LSTM(4, 512, device="meta", **options | {"proj_size": 0}))
    assert samples.most_steps(large) == samples.MOST_STATES // (1_024 * (states // 16 or 1))


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


def test_a_sequence_that_has_room_for_its_first_step_alone_is_left_out(monkeypatch):
    asked = Units(View(Source("a b c\nd e f")), lines=1, held="none")
    for most, kept in ((6, [3, 3]), (5, [3, 2]), (4, [3]), (3, [3])):
        monkeypatch.setattr(samples, "MOST_STEPS", most)
        samples.sample.forget()
        found = samples.sample(asked, read(asked.view.source))
        assert [len(one.tokens) for one in found.found] == kept
        assert bool(found.notices) == (most < 6)
    samples.sample.forget()


def test_a_table_of_memories_has_shares_in_per_cent_and_layers_where_there_are_several():
    table = units(read(Source("a b c")).trace)
    rows = remembering.rows(remembering.Memory(table, [""] * len(table)))
    assert list(rows.columns[:3]) == ["unit", "half-life", "what it does here"]
    for shown, column in (("f open", "f_right"), ("i shut", "i_left"), ("writes", "writes")):
        np.testing.assert_allclose(rows[shown], 100 * table[column])
    np.testing.assert_allclose(rows["o"], table["o_mean"])
    deep = units(read(Source("a b c", n_layers=2)).trace)
    assert list(remembering.rows(remembering.Memory(deep, [""] * len(deep))).columns[:2]) == ["layer", "unit"]


def test_only_the_units_that_remember_longest_are_told_of_in_a_long_text(monkeypatch):
    source = Source("a b c", hidden_dim=4, seed=7)
    reading = read(source)
    monkeypatch.setattr(remembering, "MOST_TOLD", 6)
    remembering.memory.forget()
    shares = []
    table, told = remembering.memory(source, reading, reading.trace, shares.append)
    longest = set(table["half_life"].sort_values(ascending=False).index[:2])
    assert {n for n, sentence in enumerate(told) if sentence} == longest
    assert shares == [n / 4 for n in sorted(longest)]
    remembering.memory.forget()
    trace = SimpleNamespace(f=SimpleNamespace(numel=lambda: remembering.QUICK))
    assert remembering.is_quick(trace)
    trace.f = SimpleNamespace(numel=lambda: remembering.QUICK + 1)
    assert not remembering.is_quick(trace)


# What Compare says.


def differing(value, a=0.25, b=0.75, tokens=(("x", "y"), ("z", "z")), pairs=((0, 0), (1, 2))):
    """A comparison of one unit over two columns, whose largest difference, in c, is in the first one."""
    of = np.zeros((1, 1, 2, 1))
    of[0, 0, :, 0] = value, value / 2
    sides = {}
    for name, number in (("a", a), ("b", b)):
        sides[name] = {"c": np.full((1, 1, 2, 1), number)}
    return SimpleNamespace(
        **sides,
        differences={"c": of},
        pairs=list(pairs),
        tokens=list(tokens),
        largest=lambda *_: SimpleNamespace(value=value, layer=0, direction=0, pair=0, unit=0, quantity="c"),
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "The two are the same to the bit, at every step, in cell state c."),
        (-4e-7, "The two are the same to 4e-07, at every step, in cell state c."),
        (math.nan, "No step of the one stands for a step of the other: there is nothing to compare."),
    ],
)
def test_what_is_as_good_as_equal_is_said_to_be_equal(value, said):
    assert compare_sentences.largest(differing(value), ["c"]) == said


def test_the_largest_difference_is_said_with_its_words_steps_and_numbers():
    said = compare_sentences.largest(differing(1e-6), ["c"])
    assert said.startswith("The two differ most at “x” against “y” (step 0): the cell state c of unit 0 is +0.25 in A")
    assert "+0.75 in B. At the last step they share, the memory c differs by up to 5e-07." in said
    other = differing(-0.5, tokens=(("z", "z"), ("x", "y")), pairs=((1, 2), (0, None)))
    said = compare_sentences.largest(other, ["c"])
    assert "at “z” (steps 1 and 2): " in said
    assert said.endswith("differs by up to 0.5.")
    unnamed = compare_sentences.largest(differing(-0.5, tokens=()), ["c"])
    assert "at “0” (step 0): " in unnamed


@pytest.mark.parametrize(("epoch", "title"), [(None, "B"), (0, "B, untrained"), (1_234, "B, after epoch 1,234")])
def test_a_reading_is_titled_by_its_epoch(epoch, title):
    assert compare_sentences.title("B", epoch) == title


def test_columns_without_a_partner_are_counted():
    said = [
        compare_sentences.aligned(SimpleNamespace(pairs=pairs))
        for pairs in ([(0, 0), (1, 1)], [(0, None), (1, 1)], [(0, None), (None, 1), (2, 2)])
    ]
    assert said == [
        "Each step of A is shown above the matching step of B.",
        "1 of 2 columns has no partner in the other text, and is left empty there.",
        "2 of 3 columns have no partner in the other text, and are left empty there.",
    ]


def saying(a, b, gives="classes", labels=("x", "y")):
    model = SimpleNamespace(labels=list(labels), gives=gives)
    arrays = tuple(np.array(side, dtype=float) for side in (a, b))
    return compare_sentences.predictions(SimpleNamespace(said=arrays, comparison=object()), model)


def test_what_both_say_at_their_own_last_step_is_said():
    nan = math.nan
    a, b = [[0.9, 0.3, nan], [0.1, 0.7, nan]], [[0.2, nan, 0.6], [0.8, nan, 0.4]]
    assert saying(a, b) == "After the last step A says “y” (0.70) and B “x” (0.60)."
    assert saying(a, [[0.2], [0.8]]) == "After the last step A says “y” (0.70) and B also “y” (0.80)."
    sets = saying([[0.9], [0.2]], [[0.7], [0.6]], "set")
    assert sets == "After the last step “y” has 0.20 in A and 0.60 in B."
    assert saying(a, b, "value") == ""
    assert saying(a, [[nan], [nan]]) == saying([[nan], [nan]], b) == ""
    assert compare_sentences.predictions(SimpleNamespace(said=None), None) == ""


def test_a_link_names_a_text_where_it_has_one_or_speaks_of_the_second():
    assert [names_a_text(query) for query in ({}, {"seed": "3"}, {"sentence": "a"}, {"seed_b": "3"})] == [
        *[False, False],
        *[True, True],
    ]
    assert opening(Pair(Side(), Side())).b.source.sentence == ANOTHER
    mine = Pair(Side(Source("mine")), Side())
    assert opening(mine) is mine
    assert {"strips", "seed", "seed_b", "layer_b"} <= names()


def test_two_readings_are_heavy_work_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(two_readings, "MOST", 10)
    monkeypatch.setattr(limits, "HEAVY", 100)
    heavy = [
        two_readings._is_heavy(SimpleNamespace(tokens=["a"] * steps, parameters=parameters))
        for steps, parameters in ((10, 10), (99, 10), (10, 11), (5, 20), (5, 21))
    ]
    assert heavy == [False, False, True, False, True]


def test_the_likeliest_labels_of_both_are_drawn_and_their_difference_is_b_less_a(monkeypatch):
    monkeypatch.setattr(compare_figures, "MOST_LABELS", 2)
    comparison = SimpleNamespace(tokens=[("p", "p"), ("q", "r")], pairs=[(0, 0), (1, 1)])
    model = SimpleNamespace(labels=["x", "y", "z"], gives="classes")
    a, b = np.array([[0.1, 0.8], [0.1, 0.05], [0.8, 0.15]]), np.array([[0.2, 0.1], [0.1, 0.2], [0.1, 0.7]])
    figures = compare_figures.three_said((a, b), model, comparison, LOOK)
    shown = [figure["data"][0]["z"] for figure in figures]
    for values, wanted in zip(shown, (a, b, b - a), strict=True):
        np.testing.assert_allclose(values, wanted[[0, 2]], atol=1e-6)
    assert [(one["data"][0]["zmin"], one["data"][0]["zmax"]) for one in figures] == [(0, 1), (0, 1), (-1, 1)]
    assert figures[0]["layout"]["yaxis"]["ticktext"] == ["x", "z"]
    values = compare_figures.three_said(
        (a, -7 * b), SimpleNamespace(**vars(model) | {"gives": "value"}), comparison, LOOK
    )
    assert {(one["data"][0]["zmin"], one["data"][0]["zmax"]) for one in values} == {(-5.0, 5.0)}
    assert compare_figures.three_said(None, model, comparison, LOOK) == []


def test_pictures_of_a_column_have_the_margin_of_the_longest_label_up_to_a_bound():
    def margin(*labels):
        one = {"layout": {"margin": {}}}
        under = {"layout": {"margin": {}, "yaxis": {"ticktext": list(labels)}}}
        compare_figures.indent([one], [under])
        assert one["layout"]["margin"] == under["layout"]["margin"]
        return one["layout"]["margin"]["l"]

    # A letter is 7.4 pixels wide, and 16 are free.
    assert [margin(), margin("a"), margin("a", "a" * 5), margin("a" * 99)] == [0, 23, 53, 106]


def test_a_frame_is_around_one_cell():
    trace = read(Source("a b c")).trace
    figures = compare_figures.apart(trace, (0, 0), trace, (0, 0), ["c"], LOOK)
    compare_figures.frame(figures, "c", 1, 2, LOOK)
    [shape] = figures[0]["layout"]["shapes"]
    assert [shape[side] for side in ("x0", "x1", "y0", "y1")] == [1.5, 2.5, 0.5, 1.5]
