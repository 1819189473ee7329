"""Does a store serve one whole scan, whenever its writers are killed?

    python -m tests.fuzz.kills --count 200 --seed 1

Scans of two corpora replace and resume one another in one store, one or two at a time, and each is killed before its
n-th change of the disk (a file that is opened, renamed or deleted), n drawn from the seed. After each kill the store is
asked for everything: it must answer as a whole scan of one of the corpora, or refuse in a sentence. Prints how often it
did what; the exit status is 1 if it once did anything else. Not on Windows.
"""

import argparse
import itertools
import os
import pickle
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch

import lstm_core
from lstm_core.scanning import windows
from lstm_core.scanning.pattern import Pattern

# Of equally many and equally long texts, so that nothing but their words tells them apart.
CORPORA = {
    "first": ["aabb" * n + "ab" for n in range(1, 30)],
    "second": ["bbba" * n + "ba" for n in range(1, 30)],
}
STEPS = 330
"""Steps of a part: a corpus has some five."""
CHANGES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"}


def outcomes(count: int, seed: int, folder: Path) -> Iterator[str]:
    """What a store serves after each of so many kills: "first", "second", "refused", or what else happened."""
    draw, store = Random(seed), folder / "store"
    answers = {in_a_child(lambda name=name: whole(name, folder / name)): name for name in CORPORA}
    most = in_a_child(lambda: changes_of(folder / "counted"))
    for _ in range(count):
        chosen = draw.choices(list(CORPORA), k=draw.choice([1, 1, 1, 2]))
        scanners = [begun(name, store, folder, draw.random() < 0.7, draw.randrange(int(1.1 * most))) for name in chosen]
        for scanner in scanners:
            os.waitpid(scanner, 0)
        said = in_a_child(lambda: asked(store))
        yield answers.get(said, said)


def scanned(name: str, store: Path, resume: Path | None = None) -> None:
    """Scan a corpus in many parts."""
    windows.STEPS = STEPS
    lstm_core.scan(lstm_core.load_model("counter"), CORPORA[name], store=store, resume=resume)


def whole(name: str, store: Path) -> str:
    """What a store says that holds a corpus and was never stopped."""
    scanned(name, store)
    return asked(store)


def watched(change: Callable[[], object]) -> None:
    """From here on call `change` before each change of the disk."""
    sys.addaudithook(lambda event, _args: change() if event in CHANGES else None)


def changes_of(store: Path) -> int:
    """How often a scan changes the disk."""
    counted: list[int] = []
    watched(lambda: counted.append(1))
    scanned("first", store)
    return len(counted)


def begun(name: str, store: Path, folder: Path, resume: bool, kill_at: int) -> int:
    """A process that scans a corpus and is killed before a change of the disk; parts of another scan are deleted."""
    if child := os.fork():
        return child
    left = itertools.count(kill_at, -1)
    watched(lambda: os._exit(9) if next(left) <= 0 else None)
    part = folder / f"{name}.parts" if resume else None
    try:
        scanned(name, store, part)
    except lstm_core.LstmCoreError as error:
        if part is not None and "delete this one" in str(error):
            shutil.rmtree(part, ignore_errors=True)
    finally:
        os._exit(0)


def asked(store: Path) -> str:
    """All that a store says, or "refused", or the error that it should not raise."""
    try:
        scan = lstm_core.load_scan(store)
        said: list[Any] = [scan.summary(), scan.units, scan.losses(), scan.nearest(3, 2)]
        said += [scan.search(Pattern((0, 1), "c", -0.5, 0, 0, 1), limit=9), scan.tokens(0), scan.correlations()]
        for letter in "ch":
            said += [
                scan.top(0, letter),
                scan.quantile_samples(0, letter),
                np.round(scan.values(0, letter), 4).tolist(),
            ]
        return "\n".join(map(str, said))
    except lstm_core.LstmCoreError:
        return "refused"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


def in_a_child(ask: Callable[[], Any]) -> Any:
    """The answer of a process of its own: a process that has used zarr's threads is not a good one to fork."""
    read, write = os.pipe()
    if not (child := os.fork()):
        with os.fdopen(write, "wb") as stream:
            stream.write(pickle.dumps(ask()))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    return pickle.loads(content)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked_for = parser.parse_args()
    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp())
    try:
        found = list(outcomes(asked_for.count, asked_for.seed, folder))
        left = sorted(path.name for path in folder.iterdir())
    finally:
        shutil.rmtree(folder)
    changes = sum(a != b for a, b in itertools.pairwise(found))
    print(f"{Counter(found).most_common()}; another answer than before: {changes} times; left beside the store: {left}")
    return 1 if set(found) - {*CORPORA, "refused"} else 0


if __name__ == "__main__":
    sys.exit(main())
