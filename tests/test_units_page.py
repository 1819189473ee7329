"""The page Units: what it knows of each model, its list, its link, its search, and the page by AppTest."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
from opened_page import opened

from gatescope.question import link
from gatescope.question.holds import Cell
from gatescope.question.view import SIZES, Shown, Source, View
from gatescope.reading.read import read
from gatescope.store import visitor_models
from gatescope.unit_tables import asked as units_view
from gatescope.unit_tables import tracking
from gatescope.unit_tables.asked import TAUGHT, TOPICS, Corpus, Stretch, UnitPlace, Units
from gatescope.unit_tables.corpus import scanned
from gatescope.unit_tables.known import kept, typical_keep
from gatescope.unit_tables.looking_back import curves, looked_back
from gatescope.unit_tables.message import of_text
from gatescope.unit_tables.passages import reach_of
from gatescope.units_page.controls import UnitsControls
from lstm_core import LstmCoreError, load_model
from lstm_core.analysis.properties import PROPERTIES

CODE = 'a = "one"\nb = "two words"\nprint(a, "three")\nc = "four" if a else "five"\nd = ["six", "seven", a]\n'
LINES = (
    "The cat sat on the mat .\nA dog ran in the park .\nShe saw the old man with a hat .\nThey can fish in a can .\n"
)
NAMING = Units(View(Source(LINES * 3, model=SIZES, hidden_dim=4)), "model says NOUN")
TABLE = "load wind\n" + "\n".join(f"{step * 7 % 5} {step * 3 % 11}" for step in range(40))


def sampled(asked):
    return tracking.sample(asked, read(asked.view.source))


def test_a_link_holds_what_is_asked():
    source = Source("a & b", model="tagger")
    pattern = {"brush": Stretch(0, 3), "side": UnitPlace(1), "threshold": 0.45}
    corpus = Corpus(source, TOPICS, 300_000, unit=UnitPlace(1, 1, 7), **pattern)
    asked = Units(View(source, Shown(rows="activity")), "time since &", "corpus", "lost", corpus)
    assert link.read(Units(), dict(parse_qsl(link.query(asked)))) == (asked, [])
    assert link.query(Units()) == link.query(View())
    assert "opened" not in link.query(replace(corpus, opened="secret"))


@pytest.mark.parametrize(
    "name", [*PROPERTIES, "", "count of  ", "surplus of   over  ", "model says X", "column a over b"]
)
def test_a_propertys_name_comes_apart_and_together_again(name):
    assert units_view.parts(name).name == name


@pytest.mark.parametrize(
    "link_has",
    [
        "property=colour hidden_dim=0 where=here sort=up",
        "unit=7 brush=9-3 size=77 texts=novels threshold=2 side=x",
    ],
)
def test_what_a_link_cannot_have_is_said(link_has):
    query = dict(part.split("=") for part in link_has.split())
    asked, notices = link.read(Units(), query)
    assert asked == Units()
    assert {notice.partition(" ")[0] for notice in notices} == {f"{name}={value}" for name, value in query.items()}


def test_the_unit_that_switches_is_found_on_the_first_lines_and_holds_on_the_next():
    asked = Units(View(Source(CODE, model="python-chars")), "inside a one-line string")
    sample = sampled(asked)
    assert "".join(sample.found.tokens + sample.held.tokens) == CODE
    found = tracking.answer(asked, sample)
    best = found.table.iloc[0]
    assert best["unit"] == 48
    assert min(best["score"], best["held_out"]) > 0.99
    assert (found.searched, found.permutations) == (256, 200)


def test_a_column_of_a_table_is_a_property():
    asked = Units(View(Source(TABLE, tokens="numbers")), "column wind")
    sample = sampled(asked)
    assert [len(part.tokens) for part in (sample.found, sample.held)] == [20, 20]
    assert tracking.numbers("column wind", sample.held) == [step * 3 % 11 for step in range(20, 40)]
    assert tracking.kinds([sample.found]) == ["", "column "]
    with pytest.raises(LstmCoreError, match="column 'rain'"):
        tracking.numbers("column rain", sample.found)


def test_what_a_model_says_is_a_property():
    reading = read(Source("aabb", model="counter"))
    said = reading.probabilities().argmax(-1)
    label = reading.model.labels[int(said[0])]
    assert tracking.numbers(f"model says {label}", reading) == [float(best == said[0]) for best in said]


def test_the_second_half_of_the_lines_or_rows_is_held_out():
    halves = {
        "one two\n\nthree four\nfive six\n": [["one", "two", "three", "four"], ["five", "six"]],
        "one two three": [["one", "two", "three"]],
    }
    for text, tokens in halves.items():
        sample = sampled(Units(View(Source(text))))
        assert [part.tokens for part in (sample.found, sample.held) if part] == tokens
        assert len(sample.notices) == 2 - len(tokens)
    for count, steps in ((5, [3, 2]), (3, [3])):
        table = "load\n" + "\n".join(map(str, range(count)))
        sample = sampled(Units(View(Source(table, tokens="numbers", input_dim=1))))
        assert [len(part.tokens) for part in (sample.found, sample.held) if part] == steps


def test_a_long_text_is_cut_and_that_is_said(monkeypatch):
    monkeypatch.setattr(tracking, "MOST_STEPS", 5)
    source = Source("one two three\nfour five six\nseven")
    assert [len(part.tokens) for part in sampled(Units(View(source)))[:2]] == [5, 1]
    reading, [notice] = tracking.first(read(source))
    assert reading.tokens == ["one", "two", "three", "four", "five"]
    assert "the first 5" in notice
    torch.testing.assert_close(reading.trace.c, read(source).trace.c[:, :, :5])


def asked_by(asked):
    return dict(parse_qsl(link.query(asked)))


@pytest.mark.parametrize(
    "query",
    [
        {"sentence": ""},
        {"sentence": "a b", "property": "count of z"},
        {"sentence": "a b", "property": "column z"},
        {"sentence": TABLE, "model": "series"},
        {"sentence": "<b>x</b>\ny\n\n", "property": "count of <", "sort": "nothing"},
        {"sentence": "a", "model": "own-gone"},
    ],
)
def test_bad_input_is_answered_with_a_sentence(query):
    app = opened("units", **query)
    assert app.warning or app.info


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


# What does the browser get?


def shown(app):
    """The numbers of the units that a page of the app sends."""
    [data] = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "gatescope.units.list"]
    return json.loads(data.json)


def message(source, answer=None, **asked):
    reading = read(source)
    return of_text(Units(View(source), **asked), reading, reading.trace, answer)


@pytest.mark.parametrize("source", [Source(hidden_dim=5, n_layers=2, directions=2), Source("aabb", model="counter")])
def test_the_numbers_of_a_text_are_those_of_its_recording(source):
    trace, data = read(source).trace, message(source)
    c = trace.c[:, :, :, 0].numpy()
    assert data["sizes"] == [c.shape[0], c.shape[1], c.shape[3]]
    assert data["tokens"] == read(source).tokens
    assert len(data["rows"]) == c[:, :, 0].size
    for place in np.ndindex(c[:, :, 0].shape):
        row = data["rows"][str(UnitPlace(*place))]
        own = c[place[0], place[1], :, place[2]]
        np.testing.assert_allclose(row["c"], own, rtol=1e-3)
        assert (row["low"], row["high"]) == pytest.approx((own.min(), own.max()))
        assert row["keeps"] == (kept(source).units[place].keeps if kept(source) else typical_keep([trace], *place))
    layer, direction, unit = UnitsControls().place(data["opened"]["key"])
    for gate, values in data["opened"]["recorded"].items():
        np.testing.assert_allclose(values, getattr(trace, gate)[layer, direction, :, 0, unit], rtol=1e-3)
    at = int(np.abs(c[layer, direction, :, unit]).argmax())
    view, _ = link.read(View(), dict(parse_qsl(data["opened"]["query"])))
    assert view == View(source, Shown(pin=Cell(layer, direction, unit, at)))


def test_of_many_units_the_first_of_the_order_are_sent_and_the_opened_one():
    source = Source(" ".join(["a b c d e"] * 200), hidden_dim=200)
    data = message(source, corpus=Corpus(unit=UnitPlace(0, 0, 7)))
    c = read(source).trace.cells("c")
    wide = c.max(1) - c.min(1)
    assert (data["most"], len(data["tokens"]), {len(row["c"]) for row in data["rows"].values()}) == (75, 1000, {400})
    sent = {int(key.split(".")[1]) for key in data["rows"]}
    assert sent == set(np.argsort(-wide, kind="stable")[:75].tolist()) | {0, 7}
    assert data["opened"]["key"] == "0.7"
    assert f"0.{np.argmax(wide)}" in message(source, sort="keeps")["rows"], "a sentence names the widest"
    assert message(source, corpus=Corpus(unit=UnitPlace(3)))["missing"] == "3.0"


def test_how_well_a_unit_tells_its_property_in_a_text_is_counted_pair_by_pair():
    source = Source("aaabbbab", model="counter")
    data, seen = message(source), set()
    for row in data["rows"].values():
        told, c = row["told"], np.array(row["c"])
        truth = np.array(tracking.numbers(told.property, read(source)))
        np.testing.assert_array_equal(data["truths"][told.property], truth)
        score, measure = row["here"]
        pairs = [
            (x, y) for x, is_x in zip(c, truth, strict=True) for y, is_y in zip(c, truth, strict=True) if is_x > is_y
        ]
        right = np.mean([told.sign * (x - y) > 0 for x, y in pairs])
        assert score == pytest.approx(right if measure == "AUC" else np.corrcoef(c, truth)[0, 1] ** 2, abs=1e-3)
        seen.add(measure)
    assert seen == {"AUC", "R²"}


def test_what_a_find_says_is_what_the_search_found():
    answer = tracking.answer(NAMING, sampled(NAMING))
    data = message(NAMING.view.source, answer)
    row = answer.table.iloc[0]
    found = data["found"]
    assert (found["key"], found["score"], found["held_out"], found["p"]) == (
        "0.1", row["score"], row["held_out"], row["p"]
    )  # fmt: skip
    assert data["rows"]["0.1"]["told"].score == row["held_out"] != row["score"]
    order = sorted(data["rows"], key=lambda key: -data["rows"][key]["tracks"])
    assert order == [f"0.{unit}" for unit in answer.table["unit"]]
    random = Units(View(Source("the cat the dog the end", hidden_dim=4)), "count of dog")
    found = message(random.view.source, tracking.answer(random, sampled(random)))["found"]
    assert (found["p"], "held_out" in found) == (None, False)
    assert found["why"]


def test_a_link_opens_the_find_and_a_move_of_a_control_goes_into_the_link():
    app = opened("units", **asked_by(NAMING))
    assert shown(app)["found"]["property"] == "model says NOUN"
    app.selectbox(key="units.kind").select("count of ").run()
    assert not app.exception
    assert app.query_params["property"] == "count of NOUN"


def test_a_long_search_is_kept(monkeypatch):
    monkeypatch.setattr(tracking, "QUICK", 0)
    query = {"sentence": "one two two one three", "hidden_dim": "2", "property": "count of one", "model": "random"}
    assert shown(opened("units", **query))["found"]["searched"] == 2
    assert tracking.answer.is_known(Units(View(Source(query["sentence"], hidden_dim=2)), "count of one"))


@pytest.mark.slow
def test_the_page_in_a_corpus_sends_what_the_scan_answers():
    data = shown(opened("units", where="corpus", model="counter"))
    asked = Corpus(Source(model="counter"), TAUGHT)
    scan = scanned(asked).scan
    assert [data["rows"][f"0.{unit}"]["high"] for unit in range(4)] == pytest.approx(scan.units["c_max"].tolist())
    edges, counts = scan.histogram(1)
    assert data["opened"]["histogram"] == [edges.tolist(), counts.tolist()]
    assert data["opened"]["table"] == pytest.approx({name: float(scan.units[name][1]) for name in scan.units})
    best = scan.top(1, k=1)
    first = data["rows"]["0.1"]["moments"][0]
    assert (first["text"], first["last"], first["value"]) == tuple(best[["text", "time", "value"]].to_numpy()[0])
    assert data["rows"]["0.1"]["reach"] == reach_of(scan, UnitPlace(0, 0, 1))
    assert data["facts"]["opens"] == data["opened"]["key"] == "0.1"
    [refused] = opened("units", where="corpus", model="random").warning
    assert "got an untrained one" in refused.value


def test_how_far_back_a_model_remembers_is_asked_of_its_own_texts_else_of_the_visitors():
    found, texts = looked_back(Source("1 2 3", model="series"))
    assert (texts, found.k95 > 24, found.answers) == ("texts like those it was trained on", True, 8)
    drawn = curves(found)
    assert drawn["tokens"] == [str(2**power) for power in range(8)]
    for one, values in zip(drawn["curves"], (found.zero_state, found.other_state), strict=True):
        np.testing.assert_allclose(one["values"], values, rtol=1e-6)
    # A tagger that forgets all at each step, in c and h, needs its last step alone.
    model = load_model("tagger")
    with torch.no_grad():
        model.lstm.weight_hh_l0.zero_()
        model.lstm.bias_ih_l0[64:128] = -1e4
    of_one = looked_back(Source("They can fish in a can", model=visitor_models.put(model)))
    assert of_one.found.k95 == 1
    with pytest.raises(LstmCoreError, match="reads in both"):
        looked_back(Source("They can fish", model="tagger-bi"))
    with pytest.raises(LstmCoreError, match="untrained"):
        looked_back(Source("They can fish"))
