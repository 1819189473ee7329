"""A store has the states of all steps; a search in it finds what a search over its numbers finds."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_by_hand import corpora, lstmvis, model_of
from test_scan import scanned, values_of

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning import loops, plain_loops, state_files, stored
from lstm_core.scanning.pattern import Pattern

TEXTS = ["abc" * n + "b" for n in range(12)]


def parts_of(store):
    """The folder of the states, tokens and texts."""
    [parts] = store.glob("scan-*")
    return parts


def as_stored(found):
    """What was recorded, as float16."""
    return [{"c": text["c"].astype(np.float16).astype(np.float32)} if text else {} for text in found]


@pytest.mark.slow
@settings(max_examples=20)
@given(corpora(), st.data())
def test_a_search_in_a_store_finds_what_lstmvis_finds_in_its_numbers(tmp_path_factory, corpus, data):
    model, texts, lanes, steps = corpus
    store = tmp_path_factory.mktemp("store") / "states"
    steps_a_file = data.draw(st.sampled_from([4, 1 << 16]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state_files, "STEPS_A_FILE", steps_a_file)
        scan = scanned(model, texts, lanes, steps, store=store)
    found = as_stored(values_of(model, texts, lanes, steps))
    layer = data.draw(st.integers(0, scan.sizes.layers - 1))
    direction = data.draw(st.integers(0, scan.sizes.directions - 1))
    threshold, sign = data.draw(st.sampled_from([-0.1, 0.0, 0.1, 0.3, 0.6])), data.draw(st.sampled_from([1, -1]))
    units = data.draw(st.lists(st.integers(0, scan.sizes.units - 1), min_size=1, unique=True).map(sorted))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "STEPS_AT_ONCE", data.draw(st.sampled_from([5, 1 << 20])))
        patch.setattr(state_files, "STEPS_A_FILE", steps_a_file)
        table = scan.search(Pattern(tuple(units), "c", threshold, layer, direction, sign), limit=6)
    expected = lstmvis(found, "c", layer, direction, units, threshold, sign, 2, 6)
    assert list(table[["text", "first", "last", "shared", "union"]].itertuples(index=False, name=None)) == expected
    for row in table.itertuples():
        text = texts[row.text]
        assert (row.before, row.match, row.after) == (
            text[: row.first],
            text[row.first : row.last + 1],
            text[row.last + 1 :],
        )


@pytest.mark.parametrize("way", [loops, plain_loops], ids=["compiled", "plain"])
@pytest.mark.parametrize("units", [1, 31, 32, 33, 70])
def test_rows_become_columns_in_their_own_rows_alone(way, units):
    """Of two texts of 40 and 33 steps, in an array with three more rows and columns."""
    values = np.random.default_rng(0).standard_normal((40, 2, units)).astype(np.float32)
    steps = np.full((40, 2), -1)
    steps[:, 0], steps[:33, 1] = np.arange(40), np.arange(40, 73)
    whole = np.full((units + 3, 76), 7, np.float32)
    way.turn(values, steps, whole[:units, :73])
    np.testing.assert_array_equal(whole[:units, :73], np.concatenate([values[:, 0], values[:33, 1]]).T)
    assert (whole[units:] == 7).all()
    assert (whole[:, 73:] == 7).all()


def test_of_a_model_that_foresees_numbers_no_hit_has_an_answer_in_words(tmp_path):
    scan = lstm_core.scan(lstm_core.load_model("series"), ["100 100 100 100"], store=tmp_path / "store")
    hits = scan.search(Pattern(tuple(range(scan.sizes.units)), "c", -1.0, 0, 0, 1))
    assert hits.answer.tolist() == [""]


def test_a_store_opens_in_xarray_without_us(tmp_path):
    import pandas as pd
    import xarray
    import zarr

    scanned(model_of(1), TEXTS, 4, 50, store=tmp_path / "store")
    parts = parts_of(tmp_path / "store")
    # A unit's steps are a piece of their own, so that it is read without the others.
    assert zarr.open_group(parts / "states.zarr", mode="r")["c"].chunks[:3] == (1, 1, 1)
    with xarray.open_zarr(parts / "states.zarr", consolidated=False) as data:
        assert data.c.dims == ("layer", "direction", "unit", "step")
        trace = lstm_core.run(model_of(1).lstm, model_of(1).vectors(list(TEXTS[7])))
        of_text = data.c.isel(step=np.flatnonzero(data.text.values == 7))
        np.testing.assert_allclose(of_text[0, 0].T, trace.c[0, 0, :, 0], atol=2e-3)
        assert data.time.values[data.text.values == 7].tolist() == list(range(len(TEXTS[7])))
    tokens = pd.read_parquet(parts / "tokens")
    assert "".join(tokens.token) == "".join(TEXTS)
    texts = pd.read_parquet(parts / "texts")
    assert texts.length.tolist() == list(map(len, TEXTS))


def test_a_store_of_many_files_has_each_state_once(tmp_path, monkeypatch):
    import zarr

    scanned(model_of(1), TEXTS, 4, 20, store=tmp_path / "one")
    for steps in (1, 7, 64):
        monkeypatch.setattr(state_files, "STEPS_A_FILE", steps)
        scanned(model_of(1), TEXTS, 4, 20, store=tmp_path / str(steps))
    one, *others = (
        zarr.open_group(parts_of(tmp_path / name) / "states.zarr")["c"][...] for name in ("one", "1", "7", "64")
    )
    found = as_stored(values_of(model_of(1), TEXTS, 4, 20))
    np.testing.assert_array_equal(one, np.concatenate([text["c"].transpose(0, 1, 3, 2) for text in found], axis=-1))
    for other in others:
        np.testing.assert_array_equal(other, one)


def test_a_store_with_files_of_another_layout_is_neither_continued_nor_searched(tmp_path):
    import zarr

    part, store = tmp_path / "part.npz", tmp_path / "store"
    scan = scanned(model_of(1), TEXTS, 4, 20, store=store, resume=part)
    group = zarr.open_group(parts_of(store) / "states.zarr")
    group.create_array("c", shape=group["c"].shape, dtype="float16", overwrite=True)
    for ask in (
        lambda: scanned(model_of(1), [*TEXTS, "a"], 4, 20, store=store, resume=part),
        lambda: scan.search(Pattern((0, 1), "c", 0.1, 0, 0, 1)),
    ):
        with pytest.raises(LstmCoreError, match=r"got in .*states\.zarr'?: files of another layout"):
            ask()


def test_the_nearest_steps_are_those_of_all_distances(tmp_path):
    # No text begins as another: no two steps have the same memory.
    texts = ["abbcaccbab", "bcaacb", "caabcb"]
    scan = scanned(model_of(1), texts, 4, 50, store=tmp_path / "store")
    found = as_stored(values_of(model_of(1), texts, 4, 50))
    here = found[1]["c"][0, 0, 3]
    every = [
        (float(np.sqrt(np.float32(((row - here) ** 2).sum()))), number, time)
        for number, text in enumerate(found)
        for time, row in enumerate(text["c"][0, 0])
        if (number, time) != (1, 3)
    ]
    distances, *places = zip(*sorted(every)[:7], strict=True)
    table = scan.nearest(1, 3, limit=7)
    np.testing.assert_allclose(table.distance, distances, atol=1e-6)
    assert [tuple(table.text), tuple(table.time)] == places
    for row in table.itertuples():
        assert row.token == texts[row.text][row.time]
        assert row.before == texts[row.text][: row.time]
    for text, time in ((3, 0), (-1, 0), (1, 6), (1, -1)):
        with pytest.raises(LstmCoreError, match=f"Expected a step of the corpus, got text {text}, time {time}"):
            scan.nearest(text, time)


def test_a_store_of_another_model_is_refused(tmp_path):
    scan = scanned(model_of(1), TEXTS, store=tmp_path / "store")
    scanned(model_of(2), TEXTS, store=tmp_path / "other")
    parts_of(tmp_path / "other").rename(tmp_path / "other" / f"scan-{scan.store_id}")
    scan.save(tmp_path / "other" / "scan.npz")
    with pytest.raises(LstmCoreError, match="with other weights"):
        lstm_core.load_scan(tmp_path / "other").search(Pattern((0,), "c", 0.3, 0, 0, 1))


def test_what_a_store_can_not_be_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "full").mkdir()
    for mine in ("scan.npz", ".lock"):
        (tmp_path / "full" / mine).write_text("mine")
        with pytest.raises(LstmCoreError, match="new or empty folder"):
            scanned(model_of(1), TEXTS, store=tmp_path / "full")
        assert (tmp_path / "full" / "scan.npz").read_text() == "mine"
    # What is left where a first scan was stopped at once.
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / ".lock").touch()
    assert scanned(model_of(1), TEXTS, store=tmp_path / "begun").store == tmp_path / "begun"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(LstmCoreError, match="Expected to write the store"):
        scanned(model_of(1), TEXTS, store=tmp_path / "file" / "below")
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(LstmCoreError, match=r"pip install 'gatescope\[scan\]'"):
        scanned(model_of(1), TEXTS, store=tmp_path / "new")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (Pattern((0,), "h", 0.3, 0, 0, 1), "Give texts="),
        (Pattern((), "c", 0.3, 0, 0, 1), "a pattern of units that are on, got one without. Take another stretch"),
        (Pattern((9,), "c", 0.3, 0, 0, 1), "a pattern of the scanned model"),
        (Pattern((0,), "c", 0.3, 1, 0, 1), "a pattern of the scanned model"),
    ],
)
def test_what_a_store_can_not_answer_is_a_sentence(tmp_path, pattern, expected):
    scan = scanned(model_of(1), TEXTS, store=tmp_path / "store")
    with pytest.raises(LstmCoreError, match=expected):
        scan.search(pattern)


def test_a_search_without_store_and_texts_and_without_the_model_says_what_to_give(tmp_path):
    scan = scanned(model_of(1), TEXTS)
    pattern = Pattern((0,), "c", 0.3, 0, 0, 1)
    scan.save(tmp_path / "scan.npz")
    again = lstm_core.load_scan(tmp_path / "scan.npz")
    with pytest.raises(LstmCoreError, match="Give texts="):
        again.search(pattern)
    with pytest.raises(LstmCoreError, match="Give it as model="):
        again.search(pattern, texts=TEXTS)
    with pytest.raises(LstmCoreError, match="got other weights"):
        again.search(pattern, texts=TEXTS, model=model_of(2))
    assert again.search(pattern, texts=TEXTS, model=model_of(1)).equals(scan.search(pattern, texts=TEXTS))
    for option in ({"limit": 0}, {"length": 0}):
        with pytest.raises(LstmCoreError, match="whole number from 1"):
            scan.search(pattern, texts=TEXTS, **option)
