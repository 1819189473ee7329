"""A scan says of each unit what a person would find who wrote down every step."""

import itertools

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_by_hand import (
    best,
    corpora,
    described,
    leak,
    lost,
    lstmvis,
    model_of,
    responses,
    same,
    scanned,
    scanned_whole,
    shares,
    steps_of,
)
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning.pattern import Pattern

HOLDS_NAN = pytest.mark.filterwarnings("ignore:.*holds NaN")
ON = Pattern((0, 1), "c", 0.1, 0, 0, 1)


def each_unit(scan, quantity="c"):
    sizes = scan.sizes
    yield from np.ndindex(sizes.layers, sizes.directions, sizes.units if quantity == "c" else sizes.hidden)


@pytest.mark.slow
@given(corpora(), st.integers(1, 6), st.integers(1, 5))
@settings(max_examples=25)
def test_each_table_is_that_of_sorting_and_summing_all_steps(corpus, top, quantiles):
    model, texts, lanes, steps = corpus
    scan, found = scanned_whole(model, texts, lanes, steps, top=top, quantiles=quantiles)
    for text, values in zip(texts, found, strict=True):
        assert bool(values) == bool(text)
        if text:
            trace = lstm_core.run(model.lstm, model.vectors(model.tokens(text)))
            for letter, each in values.items():
                np.testing.assert_allclose(each, getattr(trace, letter)[:, :, :, 0], atol=1e-5, err_msg=letter)
    assert_units(scan, texts, found)
    assert_correlations(scan, found)
    assert_losses(scan, model, texts)
    assert_samples(scan, texts, found, quantiles)
    for quantity in "ch":
        assert_tops(scan, texts, found, quantity, top)
        assert_histograms(scan, found, quantity)
    assert_tokens(scan, texts, found)


def assert_units(scan, texts, found):
    assert (scan.texts, scan.steps) == (len(texts), sum(map(len, texts)))
    table = scan.units.set_index(["layer", "direction", "unit"])
    for place in each_unit(scan):
        row = table.loc[place]
        names = ["count", "c_mean", "c_std", "c_min", "c_max"]
        np.testing.assert_allclose(row[names].astype(float), described(found, "c", *place), rtol=1e-6, atol=1e-7)
        for gate in "ifo":
            assert tuple(row[[f"{gate}_left", f"{gate}_right"]]) == shares(found, gate, *place)
        assert row["leak"] == row["half_life"] == pytest.approx(leak(found, *place))
        if place[2] < scan.sizes.hidden:
            names = ["count", "h_mean", "h_std", "h_min", "h_max"]
            np.testing.assert_allclose(row[names].astype(float), described(found, "h", *place), rtol=1e-6, atol=1e-7)
        else:
            assert row[["h_mean", "h_std", "h_min", "h_max"]].isna().all()


def assert_tops(scan, texts, found, quantity, top):
    for (layer, direction, unit), sign in itertools.product(each_unit(scan, quantity), (1, -1)):
        table = scan.top(unit, quantity, layer, direction, sign=sign)
        expected = best(found, quantity, layer, direction, unit, sign)[:top]
        assert list(table[["text", "time", "value"]].itertuples(index=False, name=None)) == expected
        for row in table.itertuples():
            text = texts[row.text]
            assert (row.before, row.token, row.after) == (text[: row.time], text[row.time], text[row.time + 1 :])


def assert_histograms(scan, found, quantity):
    for layer, direction, unit in each_unit(scan, quantity):
        edges, counts = scan.histogram(unit, quantity, layer, direction)
        values = [row[unit] for _, _, row in steps_of(found, quantity, layer, direction)]
        by_hand = [sum(low <= value < high for value in values) for low, high in itertools.pairwise(edges)]
        assert counts.tolist() == by_hand
        assert counts.sum() == len(values)
        assert len(edges) <= 129
        np.testing.assert_allclose(np.diff(edges), edges[1] - edges[0])


def assert_tokens(scan, texts, found):
    for layer, direction, unit in each_unit(scan):
        table = scan.tokens(unit, layer, direction).set_index("token")
        assert table["count"].is_monotonic_decreasing
        for quantity in "ch" if unit < scan.sizes.hidden else "c":
            by_hand = responses(found, texts, quantity, layer, direction, unit)
            assert set(table.index) == set(by_hand)
            for token, expected in by_hand.items():
                row = table.loc[token, ["count", f"{quantity}_mean", f"{quantity}_change"]].astype(float)
                np.testing.assert_allclose(row, expected, rtol=1e-6, atol=1e-9)


def assert_correlations(scan, found):
    for layer, direction in np.ndindex(scan.sizes.layers, scan.sizes.directions):
        values = np.array([row for _, _, row in steps_of(found, "c", layer, direction)], np.float64)
        moving = np.flatnonzero(values.std(0) > 1e-3)
        if len(values) > 2 and len(moving) > 1:
            expected = np.corrcoef(values[:, moving].T)
            got = scan.correlations(layer, direction)[np.ix_(moving, moving)]
            np.testing.assert_allclose(got, expected, atol=1e-3)


def assert_losses(scan, model, texts):
    table = scan.losses()
    if "a" not in model.labels or model.lstm.bidirectional:
        assert table.empty
        return
    expected = {number: lost(model, text) for number, text in enumerate(texts)}
    assert set(table.text) == {number for number, loss in expected.items() if loss is not None}
    assert table.loss.is_monotonic_decreasing
    for row in table.itertuples():
        assert row.loss == pytest.approx(expected[row.text], rel=1e-4)
        assert row.steps == len(texts[row.text]) - 1


def assert_samples(scan, texts, found, quantiles):
    for layer, direction, unit in each_unit(scan):
        table = scan.quantile_samples(unit, "c", layer, direction, k=2)
        assert set(table["quantile"]) <= set(range(quantiles))
        for row in table.itertuples():
            assert row.value == found[row.text]["c"][layer, direction, row.time, unit]
            assert row.token == texts[row.text][row.time]
        ends = table.groupby("quantile").value.agg(["min", "max"])
        assert (ends["max"].to_numpy()[:-1] <= ends["min"].to_numpy()[1:]).all()


@pytest.mark.slow
@given(corpora(), st.data())
@settings(max_examples=25)
def test_two_scans_added_are_the_scan_of_all_texts(corpus, data):
    model, texts, _, _ = corpus
    cut = data.draw(st.integers(1, len(texts) - 1))
    parts = [part for part in (texts[:cut], texts[cut:]) if any(part)]
    # Texts are read in other batches, so the last bits of their values differ.
    both = scanned(model, parts[0], 1)
    for part in parts[1:]:
        both = both + scanned(model, part, 1)
    if len(parts) < 2:
        return
    whole = scanned(model, texts, 1)
    assert (both.texts, both.steps) == (whole.texts, whole.steps)
    pd.testing.assert_frame_equal(both.units, whole.units, rtol=1e-5, atol=1e-6)
    pd.testing.assert_frame_equal(both.losses(), whole.losses(), rtol=1e-5)
    np.testing.assert_allclose(both.correlations(), whole.correlations(), atol=1e-4)
    np.testing.assert_array_equal(both.sample(), whole.sample())
    for ask in (lambda scan: scan.top(0), lambda scan: scan.tokens(0), lambda scan: scan.quantile_samples(0, k=9)):
        pd.testing.assert_frame_equal(ask(both), ask(whole), rtol=1e-5, atol=1e-5)
    assert both.search(ON, length=1).equals(whole.search(ON, length=1))


@pytest.mark.slow
@given(corpora(), st.data())
@settings(max_examples=40)
def test_a_search_finds_what_lstmvis_finds_in_the_same_order(corpus, data):
    model, texts, lanes, steps = corpus
    scan, found = scanned_whole(model, texts, lanes, steps)
    quantity = data.draw(st.sampled_from("ccchifo"))
    layer = data.draw(st.integers(0, scan.sizes.layers - 1))
    direction = data.draw(st.integers(0, scan.sizes.directions - 1))
    count = scan.sizes.hidden if quantity == "h" else scan.sizes.units
    units = data.draw(st.lists(st.integers(0, count - 1), min_size=1, unique=True).map(sorted))
    threshold, sign = data.draw(st.sampled_from([0.0, 0.1, 0.3, 0.6])), data.draw(st.sampled_from([1, -1]))
    length, limit = data.draw(st.integers(1, 3)), data.draw(st.sampled_from([1, 3, 50]))
    pattern = Pattern(tuple(units), quantity, threshold, layer, direction, sign)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lstm_core.scanning.pattern.STEPS_AT_ONCE", data.draw(st.sampled_from([5, 1 << 20])))
        table = scan.search(pattern, length, limit)
    expected = lstmvis(found, quantity, layer, direction, units, threshold, sign, length, limit)
    hits = table[["text", "first", "last", "shared", "union"]]
    assert list(hits.itertuples(index=False, name=None)) == expected
    for row in table.itertuples():
        text = texts[row.text]
        assert row.match == text[row.first : row.last + 1]
        assert (row.before, row.after) == (text[: row.first], text[row.last + 1 :])


@given(corpora(), st.data())
@settings(max_examples=60)
def test_a_pattern_has_the_units_that_are_on_throughout_and_off_around(corpus, data):
    model, texts, _, _ = corpus
    text = max(texts, key=len)
    trace = lstm_core.run(model.lstm, model.vectors(list(text)))
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first, len(text) - 1))
    before, after = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))
    quantity, sign = data.draw(st.sampled_from("ch")), data.draw(st.sampled_from([1, -1]))
    found = lstm_core.pattern(
        trace, first, last, quantity=quantity, threshold=0.2, sign=sign, before=before, after=after
    )
    values = getattr(trace, quantity)[0, 0, :, 0].double().numpy()
    on = sign * (np.tanh(values) if quantity == "c" else values) >= 0.2
    expected = [
        unit
        for unit in range(on.shape[1])
        if all(on[t, unit] for t in range(first, last + 1))
        and not any(on[t, unit] for t in range(max(0, first - before), first))
        and not any(on[t, unit] for t in range(last + 1, min(len(on), last + 1 + after)))
    ]
    assert list(found.units) == expected


@HOLDS_NAN
def test_steps_that_are_not_finite_are_left_out():
    lstm = nn.LSTM(2, 3)
    arrays = [torch.randn(length, 2) for length in (7, 5, 9)]
    arrays[1][2, 0] = torch.nan
    scan, found = scanned_whole(lstm, arrays, 2, 8)
    assert scan.steps == 21
    assert repr(scan).split("\n")[1] == "not proved: the run holds NaN, and from there on its gates are NaN too"
    assert set(scan.units["count"]) == {7 + 2 + 9}
    for unit in range(3):
        row = scan.units.iloc[unit][["count", "c_mean", "c_std", "c_min", "c_max"]]
        np.testing.assert_allclose(row.astype(float), described(found, "c", 0, 0, unit), rtol=1e-6)
        got = scan.top(unit)[["text", "time", "value"]].itertuples(index=False, name=None)
        assert list(got) == best(found, "c", 0, 0, unit, 1)
    assert np.isfinite(scan.correlations()).all()
    assert np.isfinite(scan.values(0)[scan.sample()]).all()
    assert np.isnan(scan.values(0)).sum() == 3


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_number_of_workers_changes_no_bit(monkeypatch, bidirectional):
    model = model_of(3, bidirectional=bidirectional)
    texts = ["abc" * n + "b" for n in range(40)]
    scans = []
    for cores in (1, 2, 5):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: set(range(cores)), raising=False)
        scans.append(scanned(model, texts, 4, 60))
    same(scans[0], scans[1])
    same(scans[0], scans[2])


def test_only_scans_of_one_model_are_added():
    with pytest.raises(LstmCoreError, match="one model"):
        scanned(model_of(1), ["ab"]) + scanned(model_of(2), ["ab"])


@pytest.mark.parametrize(
    ("model", "texts", "expected"),
    [
        (model_of(1), [], "at least one text with tokens, got none"),
        (model_of(1), ["", ""], "got 2 texts without tokens"),
        (model_of(1), 3, "got int"),
        (model_of(1), [3], "text 0, got int"),
        (model_of(1), ["a", ["a", 3]], "text 1, got list"),
        (model_of(1), [{"text": "a"}], "field that holds the texts"),
        (model_of(1), "no such file", "no file at 'no such file'"),
        (model_of(1), "a whole text " * 100, "list of texts, also for one"),
        (nn.LSTM(2, 3), ["ab"], "SequenceModel"),
        (nn.LSTM(2, 3), [np.zeros((4, 3))], r"shape \(time, 2\) as text 0"),
        (nn.GRUCell(2, 3), [np.zeros((4, 2))], "nn.GRU or nn.RNN in it, got GRUCell with none"),
    ],
)
def test_what_can_not_be_scanned_is_a_sentence(model, texts, expected):
    with pytest.raises(LstmCoreError, match=expected):
        lstm_core.scan(model, texts)


def test_a_series_is_scanned_as_rows_of_numbers():
    model = lstm_core.load_model("series")
    texts = ["1 2 3 2 1", np.array([[1.0], [2.0], [3.0]], np.float32)]
    scan = lstm_core.scan(model, texts)
    trace = lstm_core.run(model.lstm, model.vectors(["1", "2", "3", "2", "1"]))
    assert scan.steps == 8
    values = np.concatenate([trace.c[0, 0, :, 0], trace.c[0, 0, :3, 0]])
    np.testing.assert_allclose(scan.units.c_mean, values.mean(0), atol=1e-5)
    scores = model.scores(trace)[:-1, 0, 0]
    wanted = model.embedding.embed(torch.tensor([[2.0], [3.0], [2.0], [1.0]]))[:, 0]
    loss = scan.losses().set_index("text").loss[0]
    assert loss == pytest.approx(((scores - wanted) ** 2).mean().item(), rel=1e-4)
    first = scan.top(0, k=1).iloc[0]
    assert first.token in {"1", "2", "3"}


@pytest.mark.parametrize("names", [["lstm"], ["reader"], ["lstm", "reader"]])
def test_a_model_of_ones_own_is_scanned_by_the_one_lstm_in_it(names):
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(9, 2)
            for name in names:
                setattr(self, name, nn.LSTM(2, 3))

    model, rows = Own(), np.zeros((7, 2), np.float32)
    if len(names) > 1:
        with pytest.raises(LstmCoreError, match=r"got Own with 2: 'lstm', 'reader'\. Give the one that is meant"):
            lstm_core.scan(model, [rows])
        return
    assert lstm_core.scan(model, [rows]).units.equals(lstm_core.scan(getattr(model, *names), [rows]).units)
    with pytest.raises(
        LstmCoreError, match=r"shape \(time, 2\) as text 0, got shape \(7,\) of int64\. .* such as embedding\(ids\)\."
    ):
        lstm_core.scan(model, [torch.randint(9, (7,))])
