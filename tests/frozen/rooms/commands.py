"""What does each call of `gatescope` print and write? The room `command`."""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import torch
from torch import nn

import lstm_core
from frozen.figures import run
from frozen.links import DOGS, SERIES
from gatescope.command import start
from gatescope.command.main import VERBS, main, parser
from gatescope.live import warm_up
from gatescope.question import opening
from gatescope.site import folder
from lstm_core.models.untrained import drawn

TABLE = "date,load,wind\n" + "\n".join(f"2024-01-{day:02},{day % 7},{day % 3 - 1.5}" for day in range(1, 25))
READS = ("tagger", "--text", DOGS)


def put_files() -> None:
    """The files that the calls name."""
    Path("a.txt").write_bytes(b"They can fish\r\nin a can\r\n")
    Path("texts").mkdir()
    for name, text in (("one.txt", DOGS), ("two.txt", "We can fish in a can , they say")):
        Path("texts", name).write_text(text)
    Path("lines.txt").write_text("aabb\naaabbb\nab\naaaabbbb\n")
    Path("table.csv").write_text(TABLE)
    Path("values.csv").write_text("warm\n" + "\n".join(f"{row % 4}" for row in range(10) if row != 3))
    Path("raw.bin").write_bytes(b"\xff\xfe\x00")
    Path("words.txt").write_text("they\ncan\nfish\nin\na\n")
    Path("few.txt").write_text("they\ncan\n")
    run(4, 10, 2, both=True, batch=2).save("run.npz")
    run(4, 10).save("one.npz")
    run(4, 7).save("plain.npz")
    with torch.random.fork_rng():
        torch.manual_seed(7)
        parts = {"encoder": nn.LSTM(2, 3), "decoder": nn.LSTM(3, 4), "emb": nn.Embedding(5, 3), "fc": nn.Linear(4, 2)}
        states = {f"{name}.{key}": one for name, part in parts.items() for key, one in part.state_dict().items()}
        torch.save(states, "two.pt")
        torch.save({name: one for name, one in states.items() if not name.startswith("decoder")}, "numbers.pt")
        torch.save({"model": {name: one for name, one in states.items() if "encoder" not in name}}, "words.pt")
        broken = {"lstm." + name: one * torch.nan for name, one in parts["encoder"].state_dict().items()}
        torch.save(broken, "broken.pt")
    generator = torch.Generator().manual_seed(3)
    torch.save(
        {"rnn." + name: one for name, one in drawn(nn.GRU(2, 3, device="meta"), 1, generator).state_dict().items()},
        "gru.pt",
    )


@contextlib.contextmanager
def in_a_folder(typed: str) -> Iterator[None]:
    """A folder with the files, and a text on stdin."""
    was, argv, stdin = Path.cwd(), sys.argv, sys.stdin
    with tempfile.TemporaryDirectory() as folder:
        try:
            os.chdir(folder)
            put_files()
            sys.stdin = io.TextIOWrapper(io.BytesIO(typed.encode()))
            yield
        finally:
            os.chdir(was)
            sys.argv, sys.stdin = argv, stdin


def said(*arguments: str, typed: str = "", kept: bool = False) -> Any:
    """How a call ends, what it prints, and which files it leaves."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True), io.StringIO()
    with in_a_folder(typed), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        before = {path.name for path in Path().iterdir()}
        code: Any = None
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code
        new = sorted({path.name for path in Path().iterdir()} - before)
        written = {name: _content(Path(name)) for name in new} if kept else new
        printed = out.buffer.getvalue().decode().splitlines()
    # Before a wrong usage stands the right one, which another Python writes otherwise.
    remarks = err.getvalue().splitlines()[-1 if code == 2 else -4 :]
    return code, printed[:12], len(printed), printed[-1:], remarks, written


def trained(*arguments: str) -> Any:
    """How a training ends, without what it learned, which may round otherwise elsewhere."""
    code, printed, _, _, remarks, written = said("train", *arguments, "--out", "a.safetensors", kept=True)
    return code, [line.partition(",")[0] for line in printed], remarks[-1], written


def _content(path: Path) -> Any:
    if path.suffix == ".npz":
        with np.load(path) as found:
            return {name: found[name] for name in sorted(found.files) if found[name].dtype.kind == "f"}
    if path.suffix == ".safetensors":
        model = lstm_core.load_model(path)
        return [model.name, model.labels, str(model.lstm), [one.abs().sum() > 0 for one in model.lstm.parameters()]]
    return path.read_text().splitlines()[:3] if path.suffix in (".csv", ".json", ".svg") else path.is_dir()


def painted(*arguments: str) -> Any:
    """What is painted instead of a picture, and what is said."""
    asked: list[Any] = []

    def to_image(figure: Any, kind: str, scale: int) -> bytes:
        layout = figure.to_dict()["layout"]
        words = [one["text"] for one in layout["annotations"]]
        asked.append([kind, scale, layout["width"], layout["height"], words])
        if layout["width"] == 444:
            raise OSError(28, "No space left on device")
        if layout["width"] == 445:
            raise RuntimeError("long")
        return b"<svg/>"

    was = go.Figure.to_image
    try:
        go.Figure.to_image = to_image
        return said("export", *arguments, kept=True), asked
    finally:
        go.Figure.to_image = was


def written_site(*arguments: str) -> Any:
    """What is said of a site that is not written."""
    asked: list[Any] = []
    was = folder.write_site
    threads = torch.get_num_threads()

    def write_site(place: Path, progress: Any) -> None:
        torch.get_num_threads()
        progress(0.5)
        asked.append([f"{place}", torch.get_num_threads()])

    try:
        torch.set_num_threads(2)
        folder.write_site = write_site
        return said("site", *arguments), asked
    finally:
        folder.write_site = was
        torch.set_num_threads(threads)


def searched(*arguments: str) -> Any:
    """A search in a scan that was kept."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True), io.StringIO()
    ended = []
    with in_a_folder(""), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        for call in (("scan", "tagger", "texts", "--store", "kept", "--out", "kept.npz"), ("search", *arguments)):
            out.buffer.seek(0)
            out.buffer.truncate()
            try:
                main(call)
            except SystemExit as end:
                ended.append(end.code)
    return ended, out.buffer.getvalue().decode().splitlines(), err.getvalue().splitlines()[-1:]


def opened(*arguments: str) -> Any:
    """With what the dashboard is started, and at what it opens."""
    asked: list[Any] = []
    before, shared = opening._opening, warm_up.share_the_machine
    was = start.dashboard

    def dashboard(options: Any) -> None:
        asked.append([*options])
        raise SystemExit(0)

    try:
        start.dashboard, warm_up.share_the_machine = dashboard, lambda: asked.append("shared")
        ended = said(*arguments)
        source = opening.opening()
        own = source.model.partition("-")[0] if source.model not in lstm_core.models() else source.model
        return ended, asked, own, source.sentence, bool(source.file), opening._opening != before
    finally:
        start.dashboard, warm_up.share_the_machine = was, shared
        opening._opening = before


CASES = {
    "models": lambda: said("models"),
    "a card": lambda: said("models", "tagger"),
    "no card": lambda: said("models", "none"),
    "a card of a file": lambda: said("models", "two.pt"),
    "a card of no file": lambda: said("models", "none.pt"),
    "record": lambda: said("record", *READS),
    "record into a file": lambda: said("record", *READS, "--out", "a.npz", kept=True),
    "record into a table": lambda: said("record", "tagger-bi", "--file", "a.txt", "--out", "a.csv", kept=True),
    "record into no folder": lambda: said("record", *READS, "--out", "none/a.csv"),
    "record into no kind of file": lambda: said("record", *READS, "--out", "a.txt"),
    "record stdin": lambda: said("record", "counter", "--file", "-", typed="aaab"),
    "record a series": lambda: said("record", "series", "--series", "-", typed=SERIES),
    "record words that are not known": lambda: said("record", "counter", "--text", "aaBxa"),
    "record nothing that is known": lambda: said("record", "counter", "--text", "xyz"),
    "record no text": lambda: said("record", "counter", "--text", ""),
    "record a table of words": lambda: said("record", "tagger", "--series", "table.csv"),
    "record no model": lambda: said("record", "none", "--text", "a"),
    "record a recording": lambda: said("record", "run.npz", "--text", "a"),
    "record without a text": lambda: said("record", "tagger"),
    "record raw numbers": lambda: said("record", "numbers.pt", "--series", "table.csv"),
    "record scaled numbers": lambda: said(
        "record", "numbers.pt", "--series", "table.csv", "--mean", "3", "0", "--scale", "2", "--out", "a.npz", kept=True
    ),
    "record numbers less a mean": lambda: said(
        "record", "numbers.pt", "--series", "table.csv", "--mean", "3", "--out", "a.npz", kept=True
    ),
    "record numbers in a scale": lambda: said(
        "record", "numbers.pt", "--series", "table.csv", "--scale", "3", "--out", "a.npz", kept=True
    ),
    "record one of two": lambda: said("record", "two.pt", "--lstm", "encoder", "--series", "table.csv"),
    "record which of two": lambda: said("record", "two.pt", "--series", "table.csv"),
    "record none of two": lambda: said("record", "two.pt", "--lstm", "none", "--series", "table.csv"),
    "record rows": lambda: said("record", "words.pt", "--text", "0 3 9"),
    "record no rows": lambda: said("record", "words.pt", "--text", "a b"),
    "record a vocabulary": lambda: said("record", "words.pt", "--vocabulary", "words.txt", "--text", "They can fish"),
    "record a short vocabulary": lambda: said("record", "words.pt", "--vocabulary", "few.txt", "--text", "they can"),
    "record no vocabulary": lambda: said("record", "words.pt", "--vocabulary", "raw.bin", "--text", "they can"),
    "record a whole model with parts": lambda: said("record", *READS, "--lstm", "a"),
    "record a whole model, scaled": lambda: said("record", *READS, "--scale", "2"),
    "record words, scaled": lambda: said("record", "words.pt", "--text", "0 1", "--mean", "2"),
    "record a GRU": lambda: said("record", "gru.pt", "--series", "table.csv"),
    "export": lambda: said("export", *READS),
    "export a series": lambda: said("export", "numbers.pt", "--series", "table.csv"),
    "export a series without dates": lambda: said("export", "series", "--series", "-", typed=SERIES),
    "export a file": lambda: said("export", "run.npz"),
    "export a page": lambda: said("export", "run.npz", "--out", "a.html"),
    "export a page of a text": lambda: said("export", *READS, "--out", "a.html", "--title", "T"),
    "export a table": lambda: said("export", "one.npz", "--out", "a.csv", kept=True),
    "export a width of a table": lambda: said("export", "one.npz", "--out", "a.csv", "--width", "3"),
    "export layers of stdout": lambda: said("export", "one.npz", "--layer", "0", "1"),
    "export a model": lambda: said("export", "tagger"),
    "export weights": lambda: said("export", "two.pt"),
    "export nothing": lambda: said("export", "none.npz"),
    "export a picture": lambda: painted("run.npz", "--out", "a.svg", "--title", "T"),
    "export a picture of a layer": lambda: painted(
        "run.npz", "--out", "a.png", "--layer", "0", "1", "--direction", "1", "--width", "500", "--height", "600"
    ),
    "export a picture of one": lambda: painted("one.npz", "--out", "a.pdf", "--quantities", "f", "c"),
    "export a picture onto a full disk": lambda: painted("one.npz", "--out", "a.svg", "--width", "444"),
    "export a picture without a browser": lambda: painted("one.npz", "--out", "a.svg", "--width", "445"),
    "search": lambda: searched("kept", *READS, "--first", "2", "--last", "3"),
    "search in one file": lambda: searched("kept.npz", *READS, "--first", "2", "--last", "3"),
    "search in texts": lambda: searched(
        "kept.npz",
        *READS,
        "--first",
        "2",
        "--last",
        "3",
        "--texts",
        "texts",
        "--limit",
        "2",
        "--length",
        "1",
        "--threshold",
        "0.1",
        "--before",
        "1",
        "--after",
        "1",
        "--quantity",
        "c",
    ),
    "search for what is low": lambda: searched(
        "kept",
        *READS,
        "--first",
        "5",
        "--last",
        "6",
        "--threshold",
        "0.4",
        "--sign",
        "-1",
        "--before",
        "0",
        "--quantity",
        "h",
    ),
    "search for nothing": lambda: searched("kept", *READS, "--first", "0", "--last", "8", "--threshold", "0.99"),
    "search for another model": lambda: searched("kept", "counter", "--text", "aabb", "--first", "0", "--last", "1"),
    "search from nowhere": lambda: searched("kept", *READS, "--last", "3"),
    "search to nowhere": lambda: searched("kept", *READS, "--first", "3"),
    "search for a layer": lambda: searched("kept", *READS, "--first", "1", "--last", "2", "--layer", "1"),
    "a site": lambda: written_site("public"),
    "units": lambda: said("units", "run.npz", "one.npz"),
    "units of a text": lambda: said("units", "counter", "--text", "aaaabbbb"),
    "units of two models": lambda: said("units", "counter", "copy", "--text", "aaaabbbb"),
    "find": lambda: said("find", "one.npz", "--property", "word length", "--permutations", "20"),
    "find with a lag": lambda: said(
        "find", *READS, "--property", "word length", "--lag", "1", "--seed", "3", "--permutations", "20"
    ),
    "find in held out": lambda: said(
        "find", "one.npz", "--property", "capital", "--held-out", "run.npz", "--permutations", "9"
    ),
    "find values": lambda: said("find", "one.npz", "--values", "values.csv", "--permutations", "20"),
    "find without tokens": lambda: said("find", "plain.npz", "--property", "capital"),
    "find without shuffles": lambda: said("find", "one.npz", "--property", "capital", "--permutations", "0"),
    "find one shuffle": lambda: said("find", "one.npz", "--property", "capital", "--permutations", "1"),
    "find stdin twice": lambda: said("find", "tagger", "--file", "-", "--values", "-"),
    "find values in held out": lambda: said("find", "one.npz", "--values", "values.csv", "--held-out", "run.npz"),
    "find no property": lambda: said("find", "one.npz", "--property", "none"),
    "scan": lambda: said("scan", "counter", "lines.txt"),
    "scan a folder": lambda: said("scan", "tagger", "texts", "--out", "a.npz", "--top", "2"),
    "scan files": lambda: said("scan", "tagger", "texts/one.txt", "texts/two.txt", "--store", "kept", kept=True),
    "scan stdin": lambda: said("scan", "counter", "-", typed="\ufeffaabb\nab\n"),
    "scan no file": lambda: said("scan", "counter", "none.txt"),
    "scan into a table": lambda: said("scan", "counter", "lines.txt", "--out", "a.csv"),
    "explain": lambda: said("explain", "sentiment", "--text", "It is not a good film"),
    "explain without a word": lambda: said(
        "explain", "sentiment", "--text", "It is not a good film", "--without", "not", "--baseline", "so", "--at", "5"
    ),
    "explain two targets": lambda: said("explain", *READS, "--target", "NOUN", "VERB", "--at", "2", "--without", "1"),
    "explain a target by number": lambda: said("explain", *READS, "--target", "1", "--baseline", "0.5"),
    "explain three targets": lambda: said("explain", *READS, "--target", "1", "2", "3"),
    "explain a series": lambda: said(
        "explain", "numbers.pt", "--series", "table.csv", "--target", "0", "--without", "2024-01-05", "-2"
    ),
    "explain a forecast": lambda: said("explain", "series", "--series", "-", typed=SERIES),
    "horizon": lambda: said("horizon", "counter", "lines.txt"),
    "horizon of two": lambda: said("horizon", "tagger", "--beside", "tagger-bi", "texts"),
    "horizon beside": lambda: said("horizon", "counter", "--beside", "counter", "lines.txt"),
    "check": lambda: said("check", "numbers.pt"),
    "check a text": lambda: said("check", *READS),
    "check what is broken": lambda: said("check", "broken.pt"),
    "check a series": lambda: said("check", "series", "--series", "-", typed=SERIES),
    "train": lambda: trained("brackets", "--hidden-size", "3", "--epochs", "1"),
    "train on a text": lambda: trained(
        "text", "--text", "abcd" * 60, "--epochs", "1", "--hidden-size", "3", "--input-size", "2"
    ),
    "train on a table": lambda: trained(
        "forecast",
        "--series",
        "table.csv",
        "--epochs",
        "1",
        "--hidden-size",
        "2",
        "--num-layers",
        "2",
        "--seed",
        "3",
        "--learning-rate",
        "0.01",
    ),
    "train without a text": lambda: said("train", "text", "--out", "a.safetensors"),
    "train without a table": lambda: said("train", "forecast", "--text", "a", "--out", "a.safetensors"),
    "train a task of its own": lambda: said("train", "copy", "--text", "a", "--out", "a.safetensors"),
    "train no task": lambda: said("train", "none", "--out", "a.safetensors"),
    "train into a table": lambda: said("train", "copy", "--out", "a.npz"),
    "the dashboard's options": lambda: said("models", "--server.port", "1"),
    "a wrong verb": lambda: said("none")[0],
    "the version": lambda: said("--version")[0],
    "open": lambda: opened("open", "counter", "--text", "aab", "--server.port", "8600"),
    "open an example": lambda: opened("open", "brackets"),
    "open a long text": lambda: opened("open", "counter", "--text", "a" * 2_001),
    "open a text as long as a link": lambda: opened("open", "counter", "--text", "a" * 2_000),
    "open weights": lambda: opened("open", "numbers.pt", "--series", "table.csv"),
    "open a recording": lambda: opened("open", "run.npz"),
    "open a recording of one": lambda: opened("open", "one.npz", "--server.port=1"),
    "open a recording with a text": lambda: opened("open", "one.npz", "--text", "a"),
    "the dashboard alone": lambda: opened("--server.port", "1"),
    "what the verbs take": lambda: [
        [
            name,
            parser().parse_args([name, "a", *more]).__dict__ | {"run": None, "wrong": None},
        ]
        for name, more in zip(
            VERBS,
            (
                [],
                ["--text", "b"],
                [],
                [],
                ["--property", "b"],
                ["b"],
                ["b", "--first", "1", "--last", "2"],
                ["--text", "b"],
                ["b"],
                [],
                ["--out", "b.safetensors"],
                [],
                [],
            ),
            strict=True,
        )
    ],
}
