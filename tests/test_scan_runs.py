"""A scan gets to its end: read from files, stopped and resumed, with workers that fail."""

import os
import re
import signal
import threading

import numpy as np
import pytest
import torch
from scan_by_hand import model_of, same, scanned

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning.sources import documentation, standard_library

TEXTS = ["abc" * n + "b" for n in range(30)]
STEPS = 60


def test_a_file_has_a_text_a_line_and_a_folder_a_text_a_file(tmp_path):
    model, lines = model_of(1), ["abc", "", "cab"]
    (tmp_path / "texts.txt").write_text("\ufeffabc\n\ncab\n", encoding="utf-8")
    folder = tmp_path / "folder"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "2.txt").write_text("cab", encoding="utf-8")
    (folder / "a.txt").write_text("abc\n", encoding="utf-8")
    (folder / ".hidden").write_bytes(b"\xff")
    same(scanned(model, lines), scanned(model, str(tmp_path / "texts.txt")))
    files = [folder / "a.txt", folder / "b" / "2.txt"]
    of_folder = scanned(model, folder)
    same(scanned(model, ["abc\n", "cab"]), of_folder)
    same(scanned(model, ["abc\n", "cab"]), scanned(model, iter(files)))
    assert of_folder.files == files == scanned(model, files).files
    largest = of_folder.top(0)
    assert {file.read_text(encoding="utf-8")[time] for file, time in zip(
        [files[text] for text in largest.text], largest.time, strict=True
    )} == set(largest.token)  # fmt: skip
    assert scanned(model, lines).files is None
    assert scanned(model, str(tmp_path / "texts.txt")).files is None


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "picture.png"
    for content in (b"\x89PNG\xff", b"a\0b"):
        path.write_bytes(content)
        for texts in (path, tmp_path, [path]):
            with pytest.raises(LstmCoreError, match=r"text in UTF-8.*picture\.png"):
                lstm_core.scan(model_of(1), texts)


def test_python_itself_has_texts_to_scan():
    assert "contextlib.py" in {path.name for path in standard_library()}
    assert all("\n" not in paragraph and paragraph for paragraph in documentation())


def test_a_table_of_numbers_is_one_text(tmp_path):
    import pandas as pd

    model, values = lstm_core.load_model("series"), [1.0, 2.5, 2.0, 4.0]
    table = pd.DataFrame({"day": ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"], "load": values})
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "b.parquet")
    scan = scanned(model, [np.array(values)[:, None]])
    same(scanned(model, tmp_path / "a.csv"), scan)
    same(scanned(model, tmp_path / "b.parquet"), scan)
    same(scanned(model, [tmp_path / "a.csv"]), scan)
    with pytest.raises(LstmCoreError, match=r"got DataFrame.*\[table\.to_numpy\(\)\]"):
        lstm_core.scan(model, table)


@pytest.mark.parametrize("texts", [{"text": ["abc", "ca"], "label": [0, 1]}, {"one": "abc", "two": "ca"}], ids=str)
def test_the_keys_of_a_dict_are_not_read_as_texts(texts):
    with pytest.raises(LstmCoreError, match=r"got dict\. .*such as texts\['text'\]"):
        lstm_core.scan(model_of(1), texts)


def test_a_token_list_is_a_text():
    same(scanned(model_of(1), ["abc", "ca"]), scanned(model_of(1), [["a", "b", "c"], ("c", "a")]))


def test_texts_longer_than_a_part_and_a_window_go_on_where_they_stopped():
    draw = np.random.default_rng(0)
    texts = ["".join(draw.choice(list("abc"), length)) for length in (8_000, 3_000, 5_000)]
    scan = scanned(model_of(2), texts, steps=9_000)
    for number, text in enumerate(texts):
        whole = lstm_core.run(model_of(2).lstm, model_of(2).vectors(list(text)))
        np.testing.assert_allclose(scan.states(number), whole.c[0, 0, :, 0].T, atol=1e-5)


def test_a_text_read_in_both_directions_that_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr("lstm_core.scanning.windows.MOST_NUMBERS", 60)
    with pytest.raises(LstmCoreError, match=r"at most 10 steps a text.*got 11 in text 1"):
        lstm_core.scan(model_of(1, bidirectional=True), ["abc", "a" * 11])


def test_progress_rises_to_one_and_an_exception_from_it_ends_the_scan(tmp_path):
    shares, again = [], []
    whole = scanned(model_of(1), TEXTS, 4, STEPS, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert shares[-1] == 1.0

    def stop(share):
        if share > 0.4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        scanned(model_of(1), TEXTS, 4, STEPS, progress=stop, resume=tmp_path / "part")
    with pytest.raises(LstmCoreError, match="being written or was stopped"):
        lstm_core.load_scan(tmp_path / "part")
    same(scanned(model_of(1), TEXTS, 4, STEPS, progress=again.append, resume=tmp_path / "part"), whole)
    same(lstm_core.load_scan(tmp_path / "part"), whole)
    same(scanned(model_of(1), TEXTS, 4, STEPS, resume=tmp_path / "part"), whole)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"quantities": ("c",)}, r"got one with quantities="),
        ({"texts": [*TEXTS, "a" * 60]}, "got one with other texts"),
        ({"model": 2}, r"Expected a part of the scan .*part', got one with other weights\. Give"),
        ({"top": 3}, r"Expected a part of the scan .*part', got one with top=20\. Give"),
        ({"texts": ["c" * 60, *TEXTS]}, "got one with other texts"),
        # The first part ends with text 6.
        ({"texts": TEXTS[:7]}, "got one with other texts"),
        ({"texts": [text.replace("a", "c") for text in TEXTS]}, "got one with other texts"),
    ],
)
def test_a_scan_goes_on_only_with_its_own_texts_model_and_settings(tmp_path, change, expected):
    part = tmp_path / "part"
    scanned(model_of(1), TEXTS, 4, STEPS, resume=part)
    texts, model = change.get("texts", TEXTS), model_of(change.get("model", 1))
    with pytest.raises(LstmCoreError, match=expected):
        scanned(model, texts, 4, STEPS, resume=part, top=change.get("top", 20), quantities=change.get("quantities"))


def test_what_a_worker_raises_reaches_the_caller_and_no_thread_is_left():
    model = model_of(1)
    with pytest.raises(LstmCoreError, match=r"a list of tokens as text 25, got an array"):
        scanned(model, [*TEXTS[:25], np.zeros((4, 3))], 4, STEPS)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("scan")]


def test_an_error_of_the_texts_says_what_is_kept_of_the_scan(tmp_path):
    def broken(count):
        yield from TEXTS[:count]
        raise InterruptedError

    part = tmp_path / "part"
    for options, said in (
        ({}, "Nothing of this scan is kept. With resume="),
        ({"resume": part}, r"What was read stays in .*part': the same call on the same texts goes on"),
    ):
        with pytest.raises(InterruptedError) as stopped:
            scanned(model_of(1), broken(25), 4, STEPS, **options)
        assert re.search(said, *stopped.value.__notes__)
    same(scanned(model_of(1), iter(TEXTS), 4, STEPS, resume=part), scanned(model_of(1), TEXTS, 4, STEPS))
    with pytest.raises(LstmCoreError, match="other texts"):
        scanned(model_of(1), TEXTS[::-1], 4, STEPS, resume=part)


def test_pytorch_has_its_threads_again_after_a_scan():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        scanned(model_of(1), TEXTS, 4, STEPS)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_two_worker_processes_give_the_same_bits_also_if_one_is_killed():
    import dask
    from distributed import Client, LocalCluster

    expected = scanned(model_of(1), TEXTS, 4, STEPS)
    with (
        # Who asks a worker that was killed waits so long for an answer, thirty seconds if nothing is said.
        dask.config.set({"distributed.comm.timeouts.connect": "3s"}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        same(scanned(model_of(1), TEXTS, 4, STEPS, client=client), expected)
        victims = list(client.run(os.getpid).values())
        killed = []

        def kill_one(share):
            if share > 0.3 and not killed:
                killed.append(victims[0])
                os.kill(victims[0], signal.SIGKILL)

        same(scanned(model_of(1), TEXTS, 4, STEPS, progress=kill_one, client=client), expected)
        assert killed


def test_another_kind_of_client_is_refused():
    with pytest.raises(LstmCoreError, match=r"distributed\.Client as client, got str"):
        lstm_core.scan(model_of(1), ["abc"], client="tcp://somewhere")
