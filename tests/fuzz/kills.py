"""Does a store serve one whole scan, whenever its writers are killed?

    python -m tests.fuzz.kills --count 300 --seed 1

Scans of two corpora replace and resume one another in one store, one or two at a time, and each is killed at a moment
that is drawn from the seed. After each kill the store is asked for everything: it must answer as a whole scan of one of
the corpora, or refuse in a sentence. Prints how often it did what; the exit status is 1 if it once did anything else.
Not on Windows.
"""

import argparse
import itertools
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet
import torch
import zarr

import lstm_core
from lstm_core.scanning import shards
from lstm_core.scanning.pattern import Pattern

from .opening import use_store

# Of equally many and equally long texts, so that nothing but their words tells them apart.
CORPORA = {
    "first": ["aabb" * n + "ab" for n in range(1, 30)],
    "second": ["bbba" * n + "ba" for n in range(1, 30)],
}
STEPS = 130
"""Steps of a shard: a corpus has some 13."""


def outcomes(count: int, seed: int, folder: Path) -> Iterator[str]:
    """What a store serves after each of so many kills: "first", "second", "refused", or what else happened."""
    draw, store = Random(seed), folder / "store"
    _warm_up()
    answers = {in_a_child(lambda name=name: whole(name, folder / name)): name for name in CORPORA}
    began = time.monotonic()
    in_a_child(lambda: scanned("first", folder / "timed"))
    takes = time.monotonic() - began
    for _ in range(count):
        chosen = draw.choices(list(CORPORA), k=draw.choice([1, 1, 1, 2]))
        scanners = [begun(name, store, folder, resume=draw.random() < 0.7) for name in chosen]
        time.sleep(1.6 * takes * draw.random())
        for scanner in scanners:
            os.kill(scanner, signal.SIGKILL)
            os.waitpid(scanner, 0)
        said = in_a_child(lambda: asked(store))
        yield answers.get(said, said)


def _warm_up() -> None:
    """Import and compile what a scan and a search need, without zarr's threads, which no child would have."""
    assert all((pyarrow.parquet, zarr))
    scan = lstm_core.scan(lstm_core.load_model("counter"), ["aabb"])
    scan.search(Pattern((0, 1), "c", -0.5, 0, 0, 1), texts=["aabb"])


def whole(name: str, store: Path) -> str:
    """What a store says that holds a corpus and was never stopped."""
    scanned(name, store)
    return use_store(store)


def scanned(name: str, store: Path, resume: Path | None = None) -> None:
    """Scan a corpus in many shards."""
    shards.STEPS = STEPS
    lstm_core.scan(lstm_core.load_model("counter"), CORPORA[name], store=store, resume=resume)


def begun(name: str, store: Path, folder: Path, resume: bool) -> int:
    """A process that scans a corpus; a part that belongs to no store any more is deleted, and the scan begins anew."""
    part = folder / f"{name}.npz" if resume else None
    if child := os.fork():
        return child
    try:
        scanned(name, store, part)
    except lstm_core.LstmCoreError as error:
        if part is not None and "Delete that file" in str(error):
            part.unlink(missing_ok=True)
    finally:
        os._exit(0)


def asked(store: Path) -> str:
    """All that a store says, or "refused", or the error that it should not raise."""
    try:
        return use_store(store)
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
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked_for = parser.parse_args()
    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp())
    try:
        found = list(outcomes(asked_for.count, asked_for.seed, folder))
        left = sorted(path.name for path in (folder / "store").iterdir())
    finally:
        shutil.rmtree(folder)
    changes = sum(a != b for a, b in itertools.pairwise(found))
    print(f"{Counter(found).most_common()}; another answer than before: {changes} times; left in the store: {left}")
    return 1 if set(found) - {*CORPORA, "refused"} else 0


if __name__ == "__main__":
    sys.exit(main())
