"""A scan stands where traces stand; its hits say what the model answers and where they stand."""

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
from lstm_core.scanning import sources
from lstm_core.scanning.pattern import Pattern

TEXTS = ["abcab" * (2 + n % 3) + "cb" * (n % 4) for n in range(9)]
ON = Pattern((0, 1), "c", 0.1, 0, 0, 1)


def traces_of(model, texts):
    return [lstm_core.run(model.lstm, model.vectors(list(text)), tokens=list(text)) for text in texts if text]


def test_find_units_and_probe_say_of_a_scan_what_they_say_of_its_traces():
    model = model_of(1)
    scan, traces = scanned(model, ["", *TEXTS]), traces_of(model, TEXTS)
    ours, theirs = find_units(scan, "count of a"), find_units(traces, "count of a")
    pd.testing.assert_frame_equal(ours.table, theirs.table, rtol=1e-4)
    assert (ours.sequences, ours.steps) == (9, sum(map(len, TEXTS)))
    assert find_units(scan, "count of a", held_out=scan).table.held_out.equals(ours.table.score.rename("held_out"))
    for said, expected in zip(
        probe(scan, "count of a").table.score, probe(traces, "count of a").table.score, strict=True
    ):
        assert said == pytest.approx(expected)


def test_units_of_a_scan_are_its_table():
    scan = scanned(model_of(1), TEXTS)
    assert units(scan).equals(scan.units)


@given(corpora(), st.booleans())
@settings(max_examples=15)
def test_the_traces_of_a_scan_have_its_texts_in_order_and_what_is_stored_of_them(tmp_path_factory, corpus, stored):
    model, texts, lanes, steps = corpus
    scan = scanned(model, texts, lanes, steps, store=tmp_path_factory.mktemp("store") / "s" if stored else None)
    scan = lstm_core.load_scan(scan.store) if stored else scan
    found, expected = list(scan.traces()), traces_of(model, texts)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.tokens, ours.kept, ours.dims_of("h")) == (theirs.tokens, ("c", "h"), theirs.dims_of("h"))
        for name in ("c", "h", "c0", "h0"):
            assert torch.allclose(getattr(ours, name), getattr(theirs, name), atol=1e-5)


def test_of_a_large_corpus_some_texts_are_drawn_always_the_same(monkeypatch):
    for both, most in ((False, 40 * 6), (True, 40 * 12)):
        scan = scanned(model_of(1, bidirectional=both), TEXTS)
        monkeypatch.setattr(sources, "MOST_NUMBERS", most)
        found = [["".join(trace.tokens[0]) for trace in scan.traces()] for _ in range(2)]
        assert found[0] == found[1]
        assert sum(map(len, found[0])) == 40
        assert all(any(text.startswith(one) for text in TEXTS) for one in found[0])
        assert sum(one in TEXTS for one in found[0]) >= len(found[0]) - 1


def test_a_series_and_a_stored_gate_have_traces_too():
    model, rows = lstm_core.load_model("series"), np.array([[1.0], [2.0], [4.0]], np.float32)
    [trace, other] = scanned(model, [rows, "1 2 3"], quantities="fh").traces()
    expected = lstm_core.run(model.lstm, model.vectors(["1", "2", "4"]))
    assert torch.allclose(trace.f, expected.f, atol=1e-6)
    assert other.tokens == [["1", "2", "3"]]
    # Of many numbers a step has no token: the texts are told apart all the same.
    draw, column = np.random.default_rng(0), "the first number"
    series = [draw.standard_normal((40, 5)) for _ in range(12)]
    numbers = scanned(nn.LSTM(5, 3), series)
    found = find_units(numbers, {column: [one[:, 0] for one in series]})
    assert next(numbers.traces()).tokens is None
    assert (found.sequences, found.table.quantity.nunique()) == (12, 2)
    with pytest.raises(LstmCoreError, match="a trace with tokens"):
        find_units(numbers, "count of a")
    with pytest.raises(LstmCoreError, match="some of c, got h"):
        find_units(scanned(model_of(1), TEXTS, quantities="c"), "count of a", quantities=["h"])


@given(st.integers(1, 3), st.integers(0, 99))
@settings(max_examples=5)
def test_copies_of_a_series_in_a_scan_are_no_second_witness(copies, seed):
    """With five numbers a step there are no tokens; chance is that of the different series."""
    draw, lstm = np.random.default_rng(seed), nn.LSTM(5, 3)
    series, column = draw.standard_normal((7, 30, 5)).astype(np.float32), [*draw.standard_normal((7, 30)).cumsum(1)]
    read = [lstm_core.run(lstm, torch.from_numpy(one)[:, None]) for one in series]
    alone = find_units(read, column, permutations=50)
    found = find_units(scanned(lstm, [*series] * copies), column * copies, permutations=50)
    assert (found.sequences, found.groups) == (7 * copies, 7)
    pd.testing.assert_frame_equal(found.table, alone.table, rtol=1e-4)


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
