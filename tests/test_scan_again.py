"""A scan whose texts are there stands where traces stand; its hits say what the model answers and where they stand."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_by_hand import corpora, model_of, scanned
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.analysis import find_units, probe, units
from lstm_core.scanning import texts_again
from lstm_core.scanning.pattern import Pattern

TEXTS = ["abcab" * (2 + n % 3) + "cb" * (n % 4) for n in range(9)]
ON = Pattern((0, 1), "c", 0.1, 0, 0, 1)


def traces_of(model, texts):
    return [lstm_core.run(model.lstm, model.vectors(list(text)), tokens=list(text)) for text in texts if text]


def test_find_units_and_probe_say_of_a_scan_what_they_say_of_its_traces():
    model = model_of(1)
    scan, traces = scanned(model, ["", *TEXTS]), traces_of(model, TEXTS)
    ours, theirs = find_units(scan, "count of a"), find_units(traces, "count of a")
    pd.testing.assert_frame_equal(ours.table, theirs.table)
    assert (ours.sequences, ours.steps) == (9, sum(map(len, TEXTS)))
    assert find_units(scan, "count of a", held_out=scan).table.held_out.equals(ours.table.score.rename("held_out"))
    for said, expected in zip(
        probe(scan, "count of a").table.score, probe(traces, "count of a").table.score, strict=True
    ):
        assert said == pytest.approx(expected)


def test_units_of_a_scan_are_its_table_and_draw_themselves():
    scan = scanned(model_of(1), TEXTS)
    assert pd.DataFrame(units(scan)).equals(scan.units)
    dots = units(scan).plot().data[0]
    assert list(dots.x) == scan.units.f_left.tolist()


@pytest.mark.slow
@given(corpora(), st.booleans())
@settings(max_examples=15)
def test_the_traces_of_a_scan_are_those_of_its_texts_in_order(tmp_path_factory, corpus, stored):
    model, texts, lanes, steps = corpus
    scan = scanned(model, texts, lanes, steps, store=tmp_path_factory.mktemp("store") / "s" if stored else None)
    if stored:
        scan = lstm_core.load_scan(scan.store).with_texts(None, model)
    found, expected = list(scan.traces()), traces_of(model, texts)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.tokens == theirs.tokens
        assert torch.equal(ours.c, theirs.c)


def test_of_a_large_corpus_some_texts_are_drawn_always_the_same(monkeypatch):
    model = model_of(1)
    scan = scanned(model, TEXTS)
    monkeypatch.setattr(texts_again, "MOST_NUMBERS", 40 * 6)
    found = [["".join(trace.tokens[0]) for trace in scan.traces()] for _ in range(2)]
    assert found[0] == found[1]
    assert sum(map(len, found[0])) == 40
    assert all(any(text.startswith(one) for text in TEXTS) for one in found[0])
    assert sum(one in TEXTS for one in found[0]) >= len(found[0]) - 1
    both = scanned(model_of(1, bidirectional=True), TEXTS)
    monkeypatch.setattr(texts_again, "MOST_NUMBERS", 40 * 12)
    whole = ["".join(trace.tokens[0]) for trace in both.traces()]
    assert whole
    assert all(one in TEXTS for one in whole)
    monkeypatch.setattr(texts_again, "MOST_NUMBERS", 12)
    with pytest.raises(LstmCoreError, match="two directions reads a text as a whole"):
        list(both.traces())


def test_a_scan_without_texts_says_what_to_give_and_takes_the_same_texts_only(tmp_path):
    model = model_of(1)
    scanned(model, TEXTS).save(tmp_path / "scan")
    scan = lstm_core.load_scan(tmp_path / "scan")
    with pytest.raises(LstmCoreError, match="Give it as model="):
        find_units(scan, "count of a")
    with pytest.raises(LstmCoreError, match="other weights"):
        scan.with_texts(TEXTS, model_of(2))
    assert find_units(scan.with_texts(None, model), "count of a").sequences == 9
    numbers = scanned(nn.LSTM(2, 3), iter([np.ones((4, 2))]))
    with pytest.raises(LstmCoreError, match=r"scan\.with_texts"):
        list(numbers.traces())
    with pytest.raises(LstmCoreError, match="as text 1, got 5 steps"):
        find_units(scan.with_texts([TEXTS[0], "abcab", *TEXTS[2:]], model), "count of a")
    with pytest.raises(LstmCoreError, match="as text 8, got no text"):
        find_units(scan.with_texts(TEXTS[:-1], model), "count of a")
    with pytest.raises(LstmCoreError, match="no text as text 9, got 1 steps"):
        list(texts_again.texts_of(scan.with_texts([*TEXTS, "a"], model)))
    assert find_units(scan.with_texts(TEXTS, model), "count of a").sequences == 9


def test_a_series_has_traces_too():
    model, rows = lstm_core.load_model("series"), np.array([[1.0], [2.0], [4.0]], np.float32)
    [trace, other] = scanned(model, [rows, "1 2 3"]).traces()
    assert torch.equal(trace.c, lstm_core.run(model.lstm, model.vectors(["1", "2", "4"])).c)
    assert other.tokens == [["1", "2", "3"]]
    lstm = nn.LSTM(2, 3)
    [alone] = scanned(lstm, [np.ones((4, 2))]).traces()
    assert torch.equal(alone.c, lstm_core.run(lstm, torch.ones(4, 1, 2)).c)


def answer_by_hand(model, text, time):
    with torch.no_grad():
        scores = model(model.vectors(list(text)))[time, 0]
    if model.gives == "set":
        return " ".join(label for label, score in zip(model.labels, scores.tolist(), strict=True) if score >= 0)
    return model.labels[int(scores.argmax())]


@given(corpora())
@settings(max_examples=15)
def test_a_hit_carries_what_the_model_answers_after_it(tmp_path_factory, corpus):
    model, texts, lanes, steps = corpus
    scan = scanned(model, texts, lanes, steps, store=tmp_path_factory.mktemp("store") / "s")
    for table in (scan.search(ON, length=1), scan.search(ON, length=1, texts=texts)):
        for row in table.itertuples():
            assert row.answer == answer_by_hand(model, texts[row.text], row.last)


def test_a_set_of_labels_is_an_answer_and_numbers_are_none(tmp_path):
    model = lstm_core.load_model("brackets")
    texts = ["([])", "(()[])[", "[[]]"]
    scan = scanned(model, texts, store=tmp_path / "store")
    pattern = Pattern(tuple(range(4)), "c", 0.2, 0, 0, 1)
    for table in (scan.search(pattern, length=1), scan.search(pattern, length=1, texts=texts)):
        assert len(table) > 2
        assert {" " in answer for answer in table.answer} == {True}
        for row in table.itertuples():
            assert row.answer == answer_by_hand(model, texts[row.text], row.last)
    lstm, rows = nn.LSTM(2, 3), [torch.randn(9, 2).numpy() * 5]
    found = scanned(lstm, rows, store=tmp_path / "other").search(Pattern((0, 1, 2), "c", -0.9, 0, 0, 1))
    assert set(found.answer) == {""}


def found_by_hand(texts, words, limit):
    rows = [
        (number, first, first + len(words) - 1)
        for number, text in enumerate(texts)
        for first in range(len(text) - len(words) + 1)
        if text[first : first + len(words)] == words
    ]
    return rows[:limit]


@given(corpora(), st.text("abcd", min_size=1, max_size=3), st.integers(1, 5))
@settings(max_examples=25)
def test_a_text_search_finds_each_place_in_order(corpus, words, limit):
    model, texts, lanes, steps = corpus
    scan = scanned(model, texts, lanes, steps)
    table = scan.find_text(words, limit)
    places = list(table[["text", "first", "last"]].itertuples(index=False, name=None))
    assert places == found_by_hand(texts, words, limit)
    for row in table.itertuples():
        text = texts[row.text]
        assert (row.before, row.match, row.after) == (text[: row.first], words, text[row.last + 1 :])


def test_a_text_search_finds_words_across_tokens_and_within(tmp_path):
    model = lstm_core.load_model("tagger")
    texts = ["Giraffes in a field", "", "I sat in a field since noon"]
    scan = scanned(model, texts, store=tmp_path / "store")
    for read in (scan, lstm_core.load_scan(tmp_path / "store")):
        table = read.find_text("in a")
        assert list(table[["text", "first", "last"]].itertuples(index=False, name=None)) == [(0, 1, 2), (2, 2, 3)]
        assert table.match.tolist() == ["in a", "in a"]
        assert read.find_text("sinc").match.tolist() == ["since"]
        assert read.find_text("zebra").empty
    for words, limit in (("", 5), (3, 5), ("a", 0)):
        with pytest.raises(LstmCoreError, match="Expected"):
            scan.find_text(words, limit)
    with pytest.raises(LstmCoreError, match="rows of numbers"):
        scanned(nn.LSTM(2, 3), [np.ones((4, 2))]).find_text("a")


def upper(tokens):
    """1 in the second half of a text."""
    return [float(step >= len(tokens) // 2) for step in range(len(tokens))]


PROPERTIES = {
    "is a": lambda tokens: [float(t == "a") for t in tokens],
    "bs": lambda t: [t[: n + 1].count("b") for n in range(len(t))],
    "2nd": upper,
}


def p_by_hand(texts, steps, seed, permutations):
    """The p of each property, each text's property given to another text whole."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(texts)) for _ in range(permutations)]
    found, best = {}, {}
    for name, property in PROPERTIES.items():
        values = [np.array(property(text), float) for text in texts]
        every = np.concatenate(values)
        own = [values[text][time] for text, time in steps]
        best[name], found[name] = [abs(np.mean(own) - every.mean()) / every.std()], []
        for order in orders:
            there = [
                (n, values[order[text]][time])
                for n, (text, time) in enumerate(steps)
                if time < len(values[order[text]])
            ]
            best[name].append(abs(np.mean([value for _, value in there]) - every.mean()) / every.std() if there else 0)
            found[name].append(abs(np.mean([own[n] for n, _ in there]) - every.mean()) / every.std() if there else 0)
    sizes = {name: np.mean(values) for name, values in best.items()}
    top = [max(best[name][1 + n] / sizes[name] for name in best) for n in range(permutations)]
    return {
        name: (1 + sum(a >= (b - 1e-12) / sizes[name] for a, b in zip(top, found[name], strict=True)))
        / (1 + permutations)
        for name in found
    }


def test_what_is_over_represented_among_hits_is_what_is_worked_out_by_hand():
    scan = scanned(model_of(1), TEXTS)
    hits = scan.find_text("cb")
    steps = [(row.text, time) for row in hits.itertuples() for time in range(row.first, row.last + 1)]
    steps = sorted(set(steps))
    never_changes = {"blank": lambda tokens: [0.0] * len(tokens)}
    table = scan.over_represented(hits, PROPERTIES | never_changes, permutations=40, seed=3).set_index("property")
    expected = p_by_hand(TEXTS, steps, 3, 40)
    assert set(table.index) == set(PROPERTIES)
    for name, property in PROPERTIES.items():
        values = [np.array(property(text), float) for text in TEXTS]
        every, there = np.concatenate(values), [values[text][time] for text, time in steps]
        row = table.loc[name]
        assert (row.hits, row.corpus) == (pytest.approx(np.mean(there)), pytest.approx(every.mean()))
        assert row.strength == pytest.approx((np.mean(there) - every.mean()) / every.std())
        assert row.p == pytest.approx(expected[name])
    assert table.p.is_monotonic_increasing
    tracks = {name: [property(text) for text in TEXTS] for name, property in PROPERTIES.items()}
    assert scan.over_represented(hits, tracks, permutations=40, seed=3).set_index("property").equals(table)
    with pytest.raises(LstmCoreError, match=r"numbers of 'tag', one a step of text 0, got shape \(2,\)"):
        scan.over_represented(hits, {"tag": [[0, 1] for _ in TEXTS]})


def test_texts_of_a_group_are_one_witness_and_copies_are_a_group():
    """Six texts, each four times, with hits at the same place of the copies: 24 witnesses would be sure."""
    draw = np.random.default_rng(3)
    texts = ["".join(draw.choice(list("abc"), 40)) for _ in range(6)]
    number = [n for n in range(6) for _ in range(4)]
    scan = scanned(model_of(1), [texts[n] for n in number])
    values = [draw.standard_normal(40) for _ in range(6)]
    hits = pd.DataFrame([(text, 5 * n) for text, n in enumerate(number)], columns=["text", "time"])
    level = {"level": [values[n] + (np.arange(40) == 5 * n) for n in number]}
    one = scan.over_represented(hits, level)
    assert one.equals(scan.over_represented(hits, level, groups=number))
    apart = scan.over_represented(hits, level, groups=range(24))
    assert apart.p[0] < one.p[0]
    # Two labels: shifted in time instead.
    assert not scan.over_represented(hits, level, groups=[n % 2 for n in range(24)]).equals(one)
    with pytest.raises(LstmCoreError, match="a label for each of the 24 sequences, got 3"):
        scan.over_represented(hits, level, groups=[1, 2, 3])


def test_of_texts_of_one_line_all_properties_have_a_p_but_the_position_in_the_line():
    draw = np.random.default_rng(5)
    texts = ["".join(draw.choice(list("abc(), "), 14)) for _ in range(60)]
    scan = scanned(model_of(1), texts)
    hits = scan.find_text("a")
    table = scan.over_represented(hits).set_index("property")
    assert table.index[table.p.isna()].tolist() == ["position in line"]
    assert "the same course in every text" in table.no_p["position in line"]
    assert (table.no_p.drop("position in line") == "").all()
    told = scan.over_represented(hits, [name for name in table.index if name != "position in line"])
    assert "no_p" not in told
    assert told.set_index("property").p.equals(table.p.dropna())


def test_hits_that_are_none_are_refused():
    scan = scanned(model_of(1), TEXTS)
    for hits in (pd.DataFrame({"text": [0]}), pd.DataFrame({"text": [], "time": []})):
        with pytest.raises(LstmCoreError, match="Give what search, find_text, top or nearest returned"):
            scan.over_represented(hits)
    for place in ((0, 99), (99, 0), (0, -1)):
        with pytest.raises(LstmCoreError, match="hits in the texts of this scan"):
            scan.over_represented(pd.DataFrame([place], columns=["text", "time"]))
    with pytest.raises(LstmCoreError, match="a property that changes"):
        scan.over_represented(scan.find_text("a"), ["capital"])
