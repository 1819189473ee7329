"""A store serves one whole scan or says why not, whoever stops, replaces or damages it."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from scan_by_hand import model_of
from test_scan import same, scanned

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning.pattern import Pattern

# Two corpora of equally many and equally long texts, so that nothing but their words tells them apart.
OLD, NEW = ["abca" * n + "b" for n in range(1, 20)], ["cbcb" * n + "a" for n in range(1, 20)]
ON = Pattern((0, 1), "c", 0.1, 0, 0, 1)
MODEL = model_of(1)


class Stopped(Exception):
    """What ends a scan in these tests."""


def stop_at(share):
    def stop(done):
        if done > share:
            raise Stopped

    return stop


def scan(texts, store, **options):
    return scanned(MODEL, texts, 4, 60, store=store, **options)


def stopped(texts, store, **options):
    with pytest.raises(Stopped):
        scan(texts, store, progress=stop_at(0.5), **options)


def assert_serves(store, texts, found=None):
    """All that the store says is of these texts, and the scan is theirs to the bit."""
    found = lstm_core.load_scan(store) if found is None else found
    same(found, scanned(MODEL, texts, 4, 60))
    hits = found.search(ON)
    assert len(hits) > 3
    assert hits.equals(found.search(ON, texts=texts, model=MODEL))
    for row in found.nearest(3, 5).itertuples():
        assert (row.before, row.token) == (texts[row.text][: row.time][-40:], texts[row.text][row.time])
    assert found.with_texts(None, MODEL).find_text("ab").equals(found.with_texts(texts, MODEL).find_text("ab"))


def test_a_scan_that_was_stopped_leaves_the_old_store_as_it_was(tmp_path):
    before = scan(OLD, tmp_path)
    stopped(NEW, tmp_path)
    assert_serves(tmp_path, OLD)
    assert_serves(tmp_path, OLD, before)
    scan(NEW, tmp_path)
    assert_serves(tmp_path, NEW)


def test_a_scan_whose_store_another_has_begun_anew_does_not_go_on(tmp_path):
    store = tmp_path / "store"
    stopped(OLD, store, resume=tmp_path / "old.npz")
    stopped(NEW, store, resume=tmp_path / "new.npz")
    with pytest.raises(
        LstmCoreError, match=r"begun by the scan in .*old\.npz.*has replaced it since.*Delete that file"
    ):
        scan(OLD, store, resume=tmp_path / "old.npz")
    scan(NEW, store, resume=tmp_path / "new.npz")
    assert_serves(store, NEW)


def test_a_scan_goes_on_beside_the_store_that_it_replaces(tmp_path):
    store, part = tmp_path / "store", tmp_path / "part.npz"
    scan(OLD, store)
    stopped(NEW, store, resume=part)
    assert_serves(store, OLD)
    scan(NEW, store, resume=part)
    assert_serves(store, NEW)
    scan(NEW, store, resume=part)
    assert_serves(store, NEW)


def test_a_part_of_a_scan_without_a_store_does_not_go_on_with_one(tmp_path):
    part = tmp_path / "part.npz"
    scanned(MODEL, OLD, 4, 60, resume=part)
    scan(NEW, tmp_path / "store")
    with pytest.raises(LstmCoreError, match=r"begun without\. Leave out store=") as refused:
        scan(OLD, tmp_path / "store", resume=part)
    assert "the store that was begun" not in str(refused.value)
    assert_serves(tmp_path / "store", NEW)


def test_a_scan_with_a_store_goes_on_with_this_store_only_and_the_refusal_names_it(tmp_path):
    store, part = tmp_path / "store", tmp_path / "part.npz"
    stopped(OLD, store, resume=part)
    with pytest.raises(LstmCoreError, match=r"Expected store= .*keeps its states in .*store', got none"):
        scanned(MODEL, OLD, 4, 60, resume=part)
    scan(NEW, tmp_path / "other")
    with pytest.raises(LstmCoreError, match=r"other', but the scan keeps its states in .*store'") as refused:
        scan(OLD, tmp_path / "other", resume=part)
    assert "replaced" not in str(refused.value)
    scan(OLD, store, resume=part)
    assert_serves(store, OLD)
    shutil.rmtree(store)
    with pytest.raises(LstmCoreError, match="got nothing in") as refused:
        scan(OLD, store, resume=part)
    assert "replaced" not in str(refused.value)


def test_a_file_is_no_store_and_stays_as_it_is(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(LstmCoreError, match=r"Expected a folder for the store, got the file .*notes\.txt'"):
        scan(OLD, tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_units_without_a_threshold_are_no_pattern(tmp_path):
    scan(OLD, tmp_path)
    for options in ({}, {"texts": OLD, "model": MODEL}):
        with pytest.raises(LstmCoreError, match=r"Expected a pattern, got list\. lstm_core\.pattern"):
            lstm_core.load_scan(tmp_path).search([0, 1], **options)


def test_a_whole_store_is_not_added_to(tmp_path):
    store, part = tmp_path / "store", tmp_path / "part.npz"
    texts = [*OLD[:6], "ab" * 30]  # The last text fills its shard, so that more texts make another one.
    scan(texts, store, resume=part)
    with pytest.raises(LstmCoreError, match=r"the texts of the whole scan in .*got more"):
        scan([*texts, *NEW], store, resume=part)
    assert_serves(store, texts)


def test_two_scans_do_not_write_one_store_at_once(tmp_path):
    said = []

    def another(_share):
        with pytest.raises(LstmCoreError, match="a store that nobody else writes") as error:
            scan(NEW, tmp_path)
        said.append(error)

    scan(OLD, tmp_path, progress=another)
    assert said
    assert_serves(tmp_path, OLD)
    scan(NEW, tmp_path)
    assert_serves(tmp_path, NEW)


def test_a_scan_that_was_opened_before_its_store_was_replaced_answers_nothing(tmp_path):
    scan(OLD, tmp_path)
    opened, searched = lstm_core.load_scan(tmp_path), lstm_core.load_scan(tmp_path)
    opened.save(tmp_path / "copy.npz")
    searched.search(ON)
    scan(NEW, tmp_path)
    for found in (opened, lstm_core.load_scan(tmp_path / "copy.npz"), searched):
        for ask in (lambda of: of.nearest(3, 5), lambda of: of.with_texts(None, MODEL).find_text("ab")):
            with pytest.raises(LstmCoreError, match="Scan again"):
                ask(found)


KILLED = """
import os, signal, sys
sys.path.insert(0, "tests")
from test_store_of_one_scan import NEW, scan

def kill(share):
    if share > 0.5:
        os.kill(os.getpid(), signal.SIGKILL)

scan(NEW, sys.argv[1], progress=kill)
"""


@pytest.mark.slow
def test_after_a_kill_the_command_searches_the_old_store_and_the_lock_is_free(tmp_path):
    store, trace = tmp_path / "store", tmp_path / "trace.npz"
    model = lstm_core.load_model("counter")
    lstm_core.scan(model, ["aabb"] * 50, store=store)
    lstm_core.run(model.lstm, model.vectors(list("aabb"))).save(trace)
    command = [sys.executable, "-c", KILLED, str(store)]
    died = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    search = [Path(sys.executable).with_name("gatescope"), "search", store, trace, "--first", "2", "--last", "2"]
    found = subprocess.run([*search, "--length", "1"], capture_output=True, text=True, check=True)
    rows = found.stdout.splitlines()[1:]
    assert len(rows) == 50
    assert all("aa" in row for row in rows)
    scan(NEW, store)
    assert_serves(store, NEW)


@pytest.mark.slow
def test_scans_that_are_killed_at_any_moment_leave_no_store_of_two():
    command = [sys.executable, "-m", "tests.fuzz.kills", "--count", "12", "--seed", "5"]
    ended = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
