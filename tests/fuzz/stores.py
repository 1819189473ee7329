"""How is a store damaged? One of its parts is missing, cut, flipped, of another store, of another kind, or endless.

It answers as before or is refused. Numbers of states are not flipped, nor words exchanged: nothing could tell. Linux
only.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
from pyarrow import parquet

import lstm_core
from lstm_core.scanning import shards

from .opening import use_store
from .spoil import BYTES, json_text

TEXTS = [["aabb", "ab", "", "aaabbb", "b" * 9] * 4, ["bbaa", "ba", "", "bbbaaa", "a" * 9] * 4]
"""Of equally many and equally long texts."""


def two_wholes(folder: Path) -> list[Path]:
    """Two whole stores, and what the first answers to everything, in `answers.txt` beside them."""
    wholes = [_whole(folder / f"whole {number}", texts) for number, texts in enumerate(TEXTS)]
    (folder / "answers.txt").write_text(use_store(wholes[0]))
    return wholes


@contextmanager
def damaged(ours: Path, theirs: Path, path: Path, draw: Random) -> Iterator[tuple[str, float]]:
    """A copy of our store with one part damaged: what was done to which, and its megabytes."""
    shutil.copytree(ours, path)
    try:
        done = _damaged(draw, path, theirs)
        yield done, sum(file.lstat().st_size for file in path.rglob("*")) / 2**20
    finally:
        _delete(path)


def _whole(path: Path, texts: list[str]) -> Path:
    before = shards.STEPS
    shards.STEPS = 30
    try:
        lstm_core.scan(lstm_core.load_model("counter"), texts, store=path)
    finally:
        shards.STEPS = before
    return path


def _damaged(draw: Random, store: Path, theirs: Path) -> str:
    """Damage a part of a store; says what was done to which."""
    inside = [path for path in store.rglob("*") if path.name != ".lock"]
    files = [path for path in inside if path.is_file() and not path.is_symlink()]
    tables = [path for path in files if path.suffix == ".parquet"]
    described = [path for path in files if path.name == "zarr.json"]
    damage: Callable[[Random, Path], object]
    damage, among = draw.choice(
        [
            (_remove, inside),
            (_endless, inside),
            (_of_the_other_kind, inside),
            (_bytes, [path for path in files if "c" not in path.relative_to(store).parts]),
            (_cut, files),
            (partial(_swap, store=store, theirs=theirs), files),
            (_json, described),
            (_json, described),
            (_table, tables),
            (_table, tables),
        ]
    )
    part = draw.choice(sorted(among))
    damage(draw, part)
    return f"{getattr(damage, '__name__', '_swap').strip('_')} {part.relative_to(store)}"


def _remove(_: Random, path: Path) -> None:
    _delete(path)


def _endless(draw: Random, path: Path) -> None:
    _delete(path)
    endless = draw.choice(["/dev/zero", "/proc/self/mem", "/proc/self/fd", "pipe", "itself"])
    if endless == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path if endless == "itself" else endless)


def _of_the_other_kind(draw: Random, path: Path) -> None:
    was_file = path.is_file()
    _delete(path)
    if was_file:
        path.mkdir()
    else:
        path.write_bytes(draw.randbytes(30))


def _bytes(draw: Random, path: Path) -> None:
    path.write_bytes(draw.choice(BYTES)(draw, path.read_bytes()))


def _cut(draw: Random, path: Path) -> None:
    os.truncate(path, draw.choice([0, path.stat().st_size // 2, max(0, path.stat().st_size - 1)]))


def _swap(_: Random, path: Path, store: Path, theirs: Path) -> None:
    """The part of another store; of another length if it is a file of states, which no name tells apart."""
    name = path.relative_to(store)
    [other] = [found for found in theirs.rglob("*") if _nameless(found.relative_to(theirs)) == _nameless(name)]
    shutil.copy(other, path)
    if "c" in name.parts and path.name != "zarr.json":
        os.truncate(path, path.stat().st_size + 1)


def _nameless(part: Path) -> tuple[str, ...]:
    """The place of a part without the identity of its scan."""
    return tuple(name.partition("-")[0] if name.startswith("scan-") else name for name in part.parts)


def _json(draw: Random, path: Path) -> None:
    path.write_text(json_text(draw, json.loads(path.read_bytes())), "utf-8", "surrogatepass")


def _table(draw: Random, path: Path) -> None:
    table = parquet.read_table(path)
    name = draw.choice(table.column_names)
    place, values = table.column_names.index(name), table[name].to_pylist()
    changed: list[list[Any]] = [
        [None, *values[1:]],
        [n + 0.5 for n, _ in enumerate(values)],
        [[value] for value in values],
        [b"\xff" for _ in values],
    ]
    if path.parent.name == "texts":
        # Other words in the place of words are words: nothing could tell.
        changed += [values[::-1], [value + 1 for value in values], [str(value) for value in values]]
    what = draw.choice(["values", "values", "values", "gone", "twice", "fewer", "more"])
    if what == "values":
        table = table.set_column(place, name, pa.array(draw.choice(changed)))
    elif what in ("fewer", "more"):
        table = table.slice(1) if what == "fewer" else pa.concat_tables([table, table])
    elif what == "twice":
        table = table.append_column(name, table[name])
    else:
        table = table.remove_column(place)
    parquet.write_table(table, path)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
