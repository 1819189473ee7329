"""What does each call of `gatescope` print and write?"""

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
import tomllib
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

import lstm_core
from net.links import DOGS, SERIES
from net.plain import answer
from net.results import DEEP, FILM, LSTM, NAMED, WORDS, drawn, moved

TABLE = "date,load,wind\n" + "\n".join(f"2024-01-{day:02},{day % 7},{day % 3 - 1.5}" for day in range(1, 25))
# What differs from one run to another: how fast it was, where the folder is, and the names in a picture.
OWN = re.compile(
    r"\d+%\|.*|/tmp/\w+|(?<=clip|efs-)[0-9a-f]{6}|(?<=[\"#]g)[0-9a-f]{6}|(?<=cb)[0-9a-f]{6}"
    r"|[\d.]+ ?k?(?:s|ms|it/s|min|MB)\b"
)


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
    lstm_core.run(DEEP, moved(batch=2), tokens=[WORDS] * 2).save("run.npz")
    lstm_core.run(LSTM, moved(), tokens=[WORDS]).save("one.npz")
    lstm_core.run(LSTM, moved(7)).save("plain.npz")
    states = NAMED.state_dict()
    torch.save(states | {f"decoder.{name}": one for name, one in LSTM.state_dict().items()}, "two.pt")
    torch.save({name: one for name, one in states.items() if not name.startswith("emb")}, "numbers.pt")
    torch.save({"model": states}, "words.pt")
    torch.save({f"lstm.{name}": one * torch.nan for name, one in LSTM.state_dict().items()}, "broken.pt")
    torch.save({f"rnn.{name}": one for name, one in drawn(nn.GRU(2, 3)).state_dict().items()}, "gru.pt")


def said(*calls: list[str], typed: str = "") -> Any:
    """How calls in one folder end, what they print, and what the files hold that they leave."""
    scripts = tomllib.loads(Path(os.environ["TREE"], "pyproject.toml").read_text())["project"]["scripts"]
    module, _, name = scripts["gatescope"].partition(":")
    main = getattr(import_module(module), name)
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True), io.StringIO()
    was, argv, stdin = Path.cwd(), sys.argv, sys.stdin
    codes: list[Any] = []
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            os.chdir(folder)
            put_files()
            before = {*Path().iterdir()}
            sys.stdin = io.TextIOWrapper(io.BytesIO(typed.encode()))
            for call in calls:
                sys.argv = ["gatescope", *call]
                try:
                    main()
                except SystemExit as ended:
                    codes.append(ended.code)
            written = {f"{path}": content(path) for path in sorted({*Path().iterdir()} - before)}
        finally:
            os.chdir(was)
            sys.argv, sys.stdin = argv, stdin
    lines = [OWN.sub("…", text).splitlines() for text in (out.buffer.getvalue().decode(), err.getvalue())]
    return {"exit": codes, "stdout": lines[0], "stderr": lines[1], "files": written}


def content(path: Path) -> Any:
    """What a file holds."""
    if path.is_dir():
        return "a folder"
    if path.suffix == ".npz":
        with np.load(path) as found:
            return {name: found[name] for name in sorted(found.files) if found[name].dtype.kind in "fiu"}
    if path.suffix == ".safetensors":
        return lstm_core.load_model(path)
    return OWN.sub("…", path.read_text()).splitlines() if path.suffix in (".csv", ".json", ".svg") else path.suffix


# A call a line, `;` between those in one folder, `<` before what is typed.
CALLS = """
models
models tagger
models none
models two.pt
models none.pt
record {tagger}
record {tagger} --out a.npz
record tagger-bi --file a.txt --out a.csv
record {tagger} --out none/a.csv
record {tagger} --out a.txt
record counter --file - < aaab
record series --series - < {series}
record counter --text aaBxa
record counter --text xyz
record counter --text ''
record tagger --series table.csv
record none --text a
record run.npz --text a
record tagger
record numbers.pt --series table.csv
record numbers.pt --series table.csv --lstm encoder
record numbers.pt --series table.csv --mean 3 0 --scale 2 --out a.npz
record numbers.pt --series table.csv --mean 3 --out a.csv
record two.pt --lstm encoder --series table.csv
record two.pt --series table.csv
record two.pt --lstm none --series table.csv
record words.pt --text '0 3 4'
record words.pt --text 'a b'
record words.pt --vocabulary words.txt --text 'They can fish'
record words.pt --vocabulary few.txt --text 'they can'
record words.pt --vocabulary raw.bin --text 'they can'
record {tagger} --lstm a
record {tagger} --scale 2
record gru.pt --series table.csv
export {tagger}
export numbers.pt --series table.csv
export series --series - < {series}
export run.npz
export run.npz --out a.html
export one.npz --out a.csv
export one.npz --out a.csv --width 3
export one.npz --layer 0 1
export one.npz --out a.svg --title T --quantities f c
export tagger
export none.npz
scan tagger texts --store kept ; search kept {tagger} --first 2 --last 3
scan tagger texts --out kept.npz ; search kept.npz {tagger} --first 2 --last 3
scan tagger texts --out kept.npz ; search kept.npz {tagger} --first 2 --last 3 --texts texts --limit 2 --length 1
scan counter lines.txt --store kept ; search kept counter --text aabb --first 0 --last 1 --threshold 0.1 --quantity h
scan tagger texts --store kept ; search kept counter --text aabb --first 0 --last 1
search kept {tagger} --last 3
units run.npz one.npz
units one.npz
units counter --text aaaabbbb
units counter copy --text aaaabbbb
find one.npz --property 'word length' --permutations 20
find {tagger} --property 'word length' --lag 1 --seed 3 --permutations 20
find one.npz --property capital --held-out run.npz --permutations 9
find one.npz --values values.csv --permutations 20
find plain.npz --property capital
find one.npz --property capital --permutations 0
find tagger --file - --values -
find one.npz --property none
scan counter lines.txt
scan tagger texts --out a.npz --top 2
scan counter - < aabb
scan counter none.txt
scan counter lines.txt --out a.csv
explain {film}
explain {film} --without not --baseline so --at 5
explain {tagger} --target NOUN VERB --at 2 --without 1
explain {tagger} --target 1 --baseline 0.5
explain {tagger} --target 1 2 3
explain numbers.pt --series table.csv --target 0 --without 2024-01-05 -2
explain series --series - < {series}
horizon counter lines.txt
horizon tagger --beside tagger-bi texts
horizon counter --beside counter lines.txt
check numbers.pt
check {tagger}
check broken.pt
check series --series - < {series}
train brackets --hidden-size 3 --epochs 1 --out a.safetensors
train text --text {letters} --epochs 1 --hidden-size 3 --input-size 2 --out a.safetensors
train forecast --series table.csv --epochs 1 --hidden-size 2 --num-layers 2 --seed 3 --out a.safetensors
train text --out a.safetensors
train none --out a.safetensors
train copy --out a.npz
models --server.port 1
open none
none
--version
--help
record --help
"""


def commands() -> dict[str, Any]:
    """The answers by their calls."""
    quoted = {
        "tagger": f"tagger --text '{DOGS}'",
        "film": f"sentiment --text '{FILM}'",
        "series": SERIES,
        "letters": "abcd" * 60,
    }
    found = {}
    for line in CALLS.strip().splitlines():
        calls, _, typed = line.format(**quoted).partition(" < ")
        found[line] = answer(partial(said, *(shlex.split(call) for call in calls.split(" ; ")), typed=typed))
    return found
