"""What do thousands of spoilt files cost to open, and how does each end?

    python -m tests.fuzz.files --count 2000 --seed 1

Each is a valid file of one kind with one thing in it made huge, shared, nested, cut, doubled or otherwise wrong, drawn
from the seed. Prints a row a kind. The exit status is 1 where a file took over 3 seconds of the processor or 200 MB and
four times its size of memory, or raised anything but `LstmCoreError`; such files are kept. Linux only.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from .judge import Cost, costs
from .kinds import KINDS

MOST_SECONDS, MOST_MEGABYTES, TIMES_SIZE = 3.0, 200.0, 4.0


class File(NamedTuple):
    """A spoilt file: its kind, what was done to it, its place."""

    kind: str
    done: str
    path: Path

    @property
    def megabytes(self) -> float:
        return self.path.stat().st_size / 2**20


def files(count: int, seed: int, folder: Path, only: Iterable[str] = ()) -> Iterator[File]:
    """That many files, the kinds (or only some) in turn; each written when it is asked for."""
    kinds = list(only or KINDS)
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        kind = kinds[number % len(kinds)]
        content, done = KINDS[kind].spoilt(draw)
        path = folder / f"{number}{KINDS[kind].suffix}"
        path.write_bytes(content)
        yield File(kind, done, path)


def judged(written: Iterable[File]) -> Iterator[tuple[File, Cost]]:
    """Each file with what it cost; a file is deleted once the next one is asked for."""
    asked: list[File] = []

    def one_by_one() -> Iterator[tuple[str, Path]]:
        for file in written:
            asked.append(file)
            yield KINDS[file.kind].opener, file.path

    for cost in costs(one_by_one()):
        file = asked.pop()
        yield file, cost
        file.path.unlink()


class Sized(Protocol):
    """What is opened has a size."""

    @property
    def megabytes(self) -> float: ...


def faults(file: Sized, cost: Cost, seconds: float = MOST_SECONDS) -> list[str]:
    """What was wrong about opening one file."""
    most = MOST_MEGABYTES + TIMES_SIZE * file.megabytes
    found = []
    if cost.outcome not in ("opened", "refused"):
        found.append(f"{cost.outcome}: {cost.says[:200]}")
    if cost.seconds > seconds:
        found.append(f"took {cost.seconds:.1f} s")
    if cost.megabytes > most:
        found.append(f"took {cost.megabytes:.0f} MB, {most:.0f} allowed")
    if len(cost.says) > 1000:
        found.append(f"a message of {len(cost.says)} characters")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, action="append", default=[], help="only files of this kind")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "gatescope-fuzz", metavar="FOLDER")
    asked = parser.parse_args()
    rows: dict[str, list[tuple[File, Cost, float]]] = {kind: [] for kind in asked.kind or KINDS}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        for file, cost in judged(files(asked.count, asked.seed, Path(name), asked.kind)):
            rows[file.kind].append((file, cost, file.megabytes))
            for fault in faults(file, cost):
                wrong.append(f"{file.path.name} ({file.kind}, {file.done}): {fault}")
                asked.keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.path, asked.keep)
    print(f"{'kind':24}{'files':>6}{'opened':>8}{'refused':>8}{'worst s':>9}{'worst MB - 4 x size':>21}")
    for kind, found in rows.items():
        _print_row(kind, found)
    _print_row("all", [row for found in rows.values() for row in found])
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def _print_row(kind: str, found: list[tuple[File, Cost, float]]) -> None:
    outcomes = [cost.outcome for _, cost, _ in found]
    seconds = max((cost.seconds for _, cost, _ in found), default=0.0)
    over = max((cost.megabytes - TIMES_SIZE * size for _, cost, size in found), default=0.0)
    counts = f"{len(found):6}{outcomes.count('opened'):8}{outcomes.count('refused'):8}"
    print(f"{kind:24}{counts}{seconds:9.2f}{over:21.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
