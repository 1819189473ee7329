"""A store serves one whole scan or says why not, whoever stops, replaces or damages it."""

import errno
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scan_by_hand import corpora, lstmvis, model_of, same, scanned, stored

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning.pattern import Pattern

# Two corpora of equally many and equally long texts, so that nothing but their words tells them apart.
OLD, NEW = ["abca" * n + "b" for n in range(1, 20)], ["cbcb" * n + "a" for n in range(1, 20)]
ON = Pattern((0, 1), "c", 0.1, 0, 0, 1)
MODEL = model_of(1)


class Stopped(Exception):
    """What ends a scan in these tests."""


def stop(done):
    if done > 0.5:
        raise Stopped


def scan(texts, store, **options):
    return scanned(MODEL, texts, 4, 60, store=store, **options)


def stopped(texts, store, **options):
    with pytest.raises(Stopped):
        scan(texts, store, progress=stop, **options)


def assert_serves(store, texts, found=None):
    """All that the store says is of these texts, and the scan is theirs to the bit."""
    found = lstm_core.load_scan(store) if found is None else found
    same(found, scanned(MODEL, texts, 4, 60))
    assert found.search(ON).equals(found.search(ON, texts=texts, model=MODEL))
    for row in found.nearest(3, 5).itertuples():
        assert (row.before, row.token) == (texts[row.text][: row.time][-40:], texts[row.text][row.time])


@pytest.mark.slow
@settings(max_examples=10)
@given(corpora(), st.data())
def test_a_loaded_store_answers_as_its_scan_whatever_the_layout_of_its_files(tmp_path_factory, corpus, data):
    model, texts, lanes, steps = corpus
    store = tmp_path_factory.mktemp("store") / "s"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lstm_core.scanning.arrays.STEPS_A_FILE", data.draw(st.sampled_from([1, 4, 64])))
        patch.setattr("lstm_core.scanning.windows.NUMBERS", data.draw(st.sampled_from([8, 1 << 25])))
        scan = scanned(model, texts, lanes, steps, store=store)
        units = tuple(range(0, scan.sizes.units, 2))
        threshold, sign = data.draw(st.sampled_from([-0.1, 0.0, 0.3])), data.draw(st.sampled_from([1, -1]))
        table = lstm_core.load_scan(store).search(Pattern(units, "c", threshold, 0, 0, sign), limit=6)
        expected = lstmvis(stored(scan), "c", 0, 0, units, threshold, sign, 2, 6)
        hits = table[["text", "first", "last", "shared", "union"]]
        assert list(hits.itertuples(index=False, name=None)) == expected


def test_a_store_opens_in_xarray_without_us(tmp_path):
    import xarray
    import zarr

    kept = scan(OLD, tmp_path / "store", quantities="ch")
    assert zarr.open_group(tmp_path / "store", mode="r")["c"].chunks[:3] == (1, 1, 1)
    with xarray.open_zarr(tmp_path / "store") as data:
        assert data.c.dims == ("layer", "direction", "unit", "step")
        assert set(data.coords) == {"text", "time", "token"}
        of_text = data.c.isel(step=np.flatnonzero(data.text.values == 7))
        np.testing.assert_array_equal(of_text[0, 0], kept.states(7))
        assert data.time.values[data.text.values == 7].tolist() == list(range(len(OLD[7])))
        assert "".join(data.token.values) == "".join(OLD)
    projected = scanned(model_of(1, proj=2), OLD, store=tmp_path / "projected")
    with xarray.open_zarr(projected.store) as data:
        assert data.h.sizes["h_unit"] == 2


def test_without_a_store_the_folder_goes_with_the_scan():
    found = scanned(MODEL, OLD)
    again = found + found
    folders = found.store, again.store
    del found
    assert [folder.is_dir() for folder in folders] == [False, True]
    del again
    assert not folders[1].exists()


def test_the_nearest_steps_are_those_of_all_distances():
    # No text begins as another: no two steps have the same memory.
    texts = ["abbcaccbab", "bcaacb", "caabcb"]
    found = scanned(MODEL, texts, 4, 50)
    here = found.states(1)[:, 3]
    every = [
        (float(np.linalg.norm(c - here)), number, time)
        for number in range(3)
        for time, c in enumerate(found.states(number).T)
        if (number, time) != (1, 3)
    ]
    distances, *places = zip(*sorted(every)[:7], strict=True)
    table = found.nearest(1, 3, limit=7)
    np.testing.assert_allclose(table.distance, distances, atol=1e-6)
    assert [tuple(table.text), tuple(table.time)] == places
    for text, time in ((3, 0), (-1, 0), (1, 6), (1, -1)):
        with pytest.raises(LstmCoreError, match=f"Expected a step of the corpus, got text {text}, time {time}"):
            found.nearest(text, time)


def test_what_is_not_stored_can_not_be_asked_and_the_gates_shares_are_there():
    found, whole = scanned(MODEL, OLD, quantities=("c",)), scanned(MODEL, OLD, quantities="ifgoch")
    assert found.units.equals(whole.units)
    assert "h_mean" not in found.tokens(0)
    with pytest.raises(LstmCoreError, match=r"quantity 'c', got 'h'\. Scan with quantities="):
        found.top(0, "h")
    pattern = Pattern((0, 1), "f", 0.5, 0, 0, 1)
    with pytest.raises(LstmCoreError, match=r"quantity 'c', got 'f'\. .* or search with texts="):
        found.search(pattern)
    assert found.search(pattern, texts=OLD).equals(whole.search(pattern))
    for wrong in ("x", ()):
        with pytest.raises(LstmCoreError, match="Expected quantities of i, f, g, o, c, h, got"):
            scanned(MODEL, OLD, quantities=wrong)
    with pytest.raises(LstmCoreError, match="choice of quantities"):
        found + whole


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (Pattern((), "c", 0.3, 0, 0, 1), "a pattern of units that are on, got one without. Take another stretch"),
        (Pattern((9,), "c", 0.3, 0, 0, 1), "a unit from 0 to 2, got 9"),
        (Pattern((0,), "c", 0.3, 1, 0, 1), "a layer from 0 to 0, got 1"),
        ([0, 1], r"Expected a pattern, got list\. lstm_core\.pattern"),
    ],
)
def test_a_pattern_of_another_model_is_a_sentence(pattern, expected):
    with pytest.raises(LstmCoreError, match=expected):
        scanned(MODEL, ["abc"]).search(pattern)


def test_texts_are_read_again_by_the_scanned_model_alone(tmp_path):
    found = scan(OLD, tmp_path / "store")
    again = lstm_core.load_scan(tmp_path / "store")
    with pytest.raises(LstmCoreError, match=r"got none\. Give the scanned model as model="):
        again.search(ON, texts=OLD)
    with pytest.raises(LstmCoreError, match="got other weights"):
        again.search(ON, texts=OLD, model=model_of(2))
    assert again.search(ON, texts=OLD, model=MODEL).equals(found.search(ON))
    for option in ({"limit": 0}, {"length": 0}):
        with pytest.raises(LstmCoreError, match="whole number from 1"):
            found.search(ON, **option)


@pytest.mark.slow
def test_a_scan_that_was_stopped_leaves_the_old_store_as_it_was_and_goes_on_beside_it(tmp_path):
    store, part = tmp_path / "store", tmp_path / "part"
    before = scan(OLD, store)
    stopped(NEW, store)
    assert_serves(store, OLD, before)
    stopped(NEW, store, resume=part)
    assert_serves(store, OLD)
    scan(NEW, store, resume=part)
    assert_serves(store, NEW)
    with pytest.raises(LstmCoreError, match=r"Open it with lstm_core\.load_scan"):
        before.nearest(3, 5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]


def test_two_scans_do_not_write_one_store_at_once(tmp_path):
    said = []

    def another(_share):
        with pytest.raises(LstmCoreError, match="a store that nobody else writes") as error:
            scan(NEW, tmp_path / "store")
        said.append(error)

    scan(OLD, tmp_path / "store", progress=another)
    assert said
    assert_serves(tmp_path / "store", OLD)


def test_a_folder_of_somebody_else_stays_as_it_is(tmp_path):
    for name in ("store", "store.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text("mine")
        with pytest.raises(LstmCoreError, match="a new or empty folder for the scan"):
            scan(OLD, tmp_path / "store")
        assert (tmp_path / name / "notes.txt").read_text() == "mine"
        shutil.rmtree(tmp_path / name)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(LstmCoreError, match=r"a folder for the scan, got the file .*file'"):
        scan(OLD, tmp_path / "file")
    with pytest.raises(LstmCoreError, match="Expected to write the store"):
        scan(OLD, tmp_path / "file" / "below")
    (tmp_path / "empty").mkdir()
    assert scan(OLD, tmp_path / "empty").store == tmp_path / "empty"


def test_what_an_earlier_version_wrote_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "scan.npz").write_bytes(b"PK")
    for old in (tmp_path, tmp_path / "scan.npz"):
        with pytest.raises(LstmCoreError, match=r"of an earlier version.* Scan the texts again"):
            lstm_core.load_scan(old)
    with pytest.raises(LstmCoreError, match="got none, or"):
        lstm_core.load_scan(tmp_path / "nothing")
    with pytest.raises(LstmCoreError, match="a path, got int"):
        lstm_core.load_scan(3)


def test_a_full_disk_is_a_sentence_and_the_scan_goes_on_after_its_last_whole_part(tmp_path, monkeypatch):
    part, write, calls = tmp_path / "part", np.savez, []

    def full(*args, **more):
        calls.append(args)
        if len(calls) > 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        with pytest.raises(LstmCoreError, match="No space left on device") as stopped:
            scan(OLD, tmp_path / "store", resume=part)
    assert any("the same call on the same texts goes on" in note for note in stopped.value.__notes__)
    scan(OLD, tmp_path / "store", resume=part)
    assert_serves(tmp_path / "store", OLD)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A store, which the tests copy, and what it answers."""
    store = tmp_path_factory.mktemp("whole") / "store"
    scan(OLD, store)
    return store, answers_of(store)


def answers_of(store):
    found = lstm_core.load_scan(store)
    said = [found.summary(), found.units, found.losses(), found.search(ON), found.nearest(3, 2)]
    for letter in "ch":
        said += [found.top(0, letter), found.quantile_samples(0, letter), found.histogram(0, letter)]
    return "\n".join(map(str, [*said, found.tokens(0), found.correlations()]))


@pytest.mark.slow
@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_store_answers_as_before_or_says_so(whole, tmp_path_factory, data):
    store, expected = whole
    copy = Path(shutil.copytree(store, tmp_path_factory.mktemp("copy") / "store"))
    path = data.draw(st.sampled_from(sorted(path.relative_to(copy) for path in copy.rglob("*"))))
    damage = data.draw(st.sampled_from(["gone", "cut", "other kind", "noise"]))
    place, is_file = copy / path, (copy / path).is_file()
    if damage == "cut" and is_file:
        os.truncate(place, data.draw(st.integers(0, place.stat().st_size - 1)))
    elif damage == "noise" and is_file and "c" not in path.parts:
        place.write_bytes(data.draw(st.binary(max_size=40)))
    else:
        shutil.rmtree(place) if not is_file else place.unlink()
        if damage == "other kind":
            place.mkdir() if is_file else place.write_bytes(b"")
    with suppress(LstmCoreError):
        assert answers_of(copy) == expected


@pytest.mark.slow
def test_scans_that_are_killed_at_any_moment_leave_no_store_of_two():
    command = [sys.executable, "-m", "tests.fuzz.kills", "--count", "12", "--seed", "5"]
    ended = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
