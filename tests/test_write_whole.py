"""What is saved is there whole or not at all, whoever is killed in the middle and however full the disk is."""

import contextlib
import io
import os
import resource
import subprocess
import sys

import pytest
import torch
from torch import nn

import lstm_core
from gatescope.command.main import main
from gatescope.site import folder
from lstm_core import LstmCoreError
from lstm_core.files.write_whole import write_bytes, written_whole

KILLED = """
import os, random, signal, sys, time
from pathlib import Path

import torch
from torch import nn
import lstm_core

torch.set_num_threads(1)
folder, draw = Path(sys.argv[1]), random.Random(1)
lstm = nn.LSTM(8, 64)
old, new = (lstm_core.run(lstm, torch.randn(steps, 1, 8)) for steps in (20, 1500))
small, large = lstm_core.load_model("counter"), lstm_core.load_model("tagger")
KINDS = {
    "t.npz": (old.save, new.save, lambda path: len(lstm_core.load(path).x)),
    "t.safetensors": (old.save, new.save, lambda path: len(lstm_core.load(path).x)),
    "t.csv": (old.to_csv, new.to_csv, lambda path: path.stat().st_size),
    "m.safetensors": (
        lambda path: lstm_core.save_model(small, path),
        lambda path: lstm_core.save_model(large, path),
        lambda path: lstm_core.load_model(path).name,
    ),
}
for name, (save_old, save_new, read) in KINDS.items():
    path = folder / name
    began = time.monotonic()
    save_new(path)
    took, after = time.monotonic() - began, read(path)
    save_old(path)
    before = read(path)
    for _ in range(13):
        child = os.fork()
        if not child:
            save_new(path)
            os._exit(0)
        time.sleep(took * draw.random())
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = read(path)
        print(name, "old" if found == before else "new" if found == after else "half")
        save_old(path)
"""

FULL = """
import resource, sys
from pathlib import Path

import torch
from torch import nn
import lstm_core
from lstm_core.training.copying import shipped
from studies.cells_learn_copy import save

folder = Path(sys.argv[1])
trace = lstm_core.run(nn.LSTM(8, 64), torch.randn(200, 1, 8))
model = lstm_core.load_model("tagger")
trace.to_parquet(folder / "first.parquet")
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
for name, write in {
    "t.npz": trace.save,
    "t.safetensors": trace.save,
    "t.csv": trace.to_csv,
    "t.json": trace.to_json,
    "t.parquet": trace.to_parquet,
    "m.safetensors": lambda path: lstm_core.save_model(model, path),
    "copy.safetensors": lambda path: save(shipped(), path),
}.items():
    try:
        write(folder / name)
    except lstm_core.LstmCoreError as error:
        print(name, "|", error)
"""


def ran(code, folder):
    found = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout.splitlines()


@pytest.mark.slow
def test_a_kill_at_any_moment_of_fifty_saves_leaves_the_old_file_or_the_new_one(tmp_path):
    lines = ran(KILLED, tmp_path)
    assert len(lines) == 52
    assert not [line for line in lines if line.endswith("half")]


@pytest.mark.slow
def test_a_full_disk_is_a_sentence_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "t.csv").write_text("what was there")
    lines = ran(FULL, tmp_path)
    told = dict(line.split(" | ") for line in lines)
    names = ["t.npz", "t.safetensors", "t.csv", "t.json", "t.parquet", "m.safetensors", "copy.safetensors"]
    assert list(told) == names
    for name, said in told.items():
        assert f"Expected to write '{tmp_path / name}'"[:60] in said
        assert "What was there before stays." in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.parquet", "t.csv"]
    assert (tmp_path / "t.csv").read_text() == "what was there"


def files_in(folder):
    return {f"{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "theirs",
    [
        {"worker.js": "x", "models/best_checkpoint.pt": "precious", "index.html": "mine"},
        {"thesis.tex": "years", "written.sha256": "# What another program wrote here."},
    ],
)
def test_a_site_is_not_written_where_another_program_wrote(theirs, tmp_path, capsys):
    (tmp_path / "models").mkdir()
    for name, text in theirs.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(SystemExit, match=r"^1$"):
        main(["site", str(tmp_path)])
    assert "Expected a new or empty folder" in capsys.readouterr().err
    assert files_in(tmp_path) == {name: text.encode() for name, text in theirs.items()}


@pytest.fixture
def publish(tmp_path, monkeypatch):
    """Writes a site with these models, from a disk that holds files of so many bytes; what is then in its folder."""

    def published(*models, most=resource.RLIM_INFINITY):
        monkeypatch.setattr(folder, "model_files", lambda _: [(name, f"gatescope({name})") for name in models])
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
        with contextlib.ExitStack() as last:
            last.callback(resource.setrlimit, resource.RLIMIT_FSIZE, limits)
            folder.write_site(tmp_path / "site")
        return files_in(tmp_path / "site")

    return published


def test_a_site_takes_the_place_of_its_own_files_alone(publish, tmp_path):
    publish("a")
    (tmp_path / "site/CNAME").write_text("lstm.example")
    found = publish("a", "b")
    assert found.keys() >= {"CNAME", "models/a.js", "models/b.js"}
    for changed in ("index.html", "models/a.js"):
        (tmp_path / "site" / changed).write_text("mine")
        before = files_in(tmp_path / "site")
        with pytest.raises(LstmCoreError, match=f"{changed} as `gatescope site` wrote it, got another file"):
            publish("a")
        assert files_in(tmp_path / "site") == before
        (tmp_path / "site" / changed).write_bytes(found[changed])


def test_a_full_disk_leaves_a_site_as_it_was_and_lets_it_be_written_again(publish, tmp_path):
    with pytest.raises(LstmCoreError, match=r"What was there before stays\."):
        publish("a", most=20_000)
    first = publish("a")
    with pytest.raises(LstmCoreError, match=r"What was there before stays\."):
        publish("b", most=20_000)
    assert {name for name, _ in first.items() ^ files_in(tmp_path / "site").items()} == {"written.sha256"}
    assert publish("a").keys() == first.keys()


def test_nothing_stays_of_a_body_that_raises(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def writes_half():
        with written_whole(path) as place:
            place.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writes_half()
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(LstmCoreError, match=r"Expected to write .*, got: No such file or directory"):
        lstm_core.save_model(lstm_core.load_model("counter"), tmp_path / "missing" / "m.safetensors")


def test_a_device_or_a_folder_is_not_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path):
        with pytest.raises(LstmCoreError, match="got: a folder or a device there"):
            write_bytes(place, b"new")
    assert (tmp_path / "pipe").is_fifo()


def test_a_link_and_permissions_stay_what_they_were(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o640)
    os.symlink("target", link)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["a\0", "n" * 300], ids=["NUL", "300 letters"])
def test_a_name_that_no_file_can_have_is_refused_in_a_sentence(tmp_path, name):
    model = lstm_core.load_model("counter")
    trace, path = lstm_core.run(model.lstm, model.vectors("ab").detach()), f"{tmp_path}/{name}"
    scan = lstm_core.scan(model, ["ab"])
    writes = [(trace.save, ".npz"), (trace.save, ".safetensors"), (trace.to_csv, ".csv"), (scan.save, ".npz")]
    writes += [(lambda file: lstm_core.save_model(model, file), ".safetensors")]
    reads = [(lstm_core.load, ".npz"), (lstm_core.load_scan, ".npz"), (lstm_core.load_model, ".safetensors")]
    reads += [(lstm_core.load_checkpoint, ".pt")]
    for does, suffix in writes + reads:
        with pytest.raises(LstmCoreError, match="Expected"):
            does(path + suffix)


def test_half_of_a_character_is_refused_in_a_table_and_kept_in_a_whole_trace(tmp_path):
    trace = lstm_core.run(nn.LSTM(2, 2), torch.zeros(2, 1, 2), tokens=["a", "\ud800"])
    for write in (trace.to_csv, trace.to_parquet, trace.to_json):
        with pytest.raises(LstmCoreError, match="half of a character"):
            write(tmp_path / "table")
    for name in ("trace.npz", "trace.safetensors"):
        trace.save(tmp_path / name)
        assert lstm_core.load(tmp_path / name).tokens == trace.tokens
    assert sorted(os.listdir(tmp_path)) == ["trace.npz", "trace.safetensors"]


class Endless(io.BytesIO):
    """What has no end, as /proc/self/mem."""

    def seek(self, place, whence=io.SEEK_SET):
        if whence == io.SEEK_END:
            raise OSError("Invalid argument")
        return super().seek(place, whence)


def test_a_file_without_an_end_is_refused_in_a_sentence():
    with pytest.raises(LstmCoreError, match="Expected an open file that can seek"):
        lstm_core.load_checkpoint(Endless(b"PK"))
