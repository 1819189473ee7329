"""What does each of many files cost to open? Run as a program: a line of JSON for each line "opener<tab>path" it reads.

    {"outcome": "opened" | "refused" | "raised", "says": "…", "seconds": 0.1, "megabytes": 3.2}

Seconds are those of the processor, megabytes the largest growth of this process while the file was opened. Linux only.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import lstm_core
from lstm_core.scanning.pattern import Pattern

MOST_SECONDS = 60
"""The processor's seconds after which a file ends this process."""


def use_scan(path: Path) -> str:
    """All that a scan says, as text."""
    scan = lstm_core.load_scan(path)
    said = [scan.summary(), scan.units, scan.losses(), (scan + scan).summary()]
    for layer, direction in np.ndindex(scan.sizes[:2]):
        for ask in (scan.top, scan.quantile_samples, scan.histogram):
            said += [ask(0, letter, layer, direction) for letter in "ch"]
        said += [scan.tokens(0, layer, direction), scan.correlations(layer, direction), scan.top(0, sign=-1)]
    return "\n".join(map(str, said))


def use_store(path: Path) -> str:
    """All that a store answers, as text; it is that of `answers.txt` beside the store, if that is there.

    Raises AssertionError if it is not.
    """
    scan = lstm_core.load_scan(path)
    hits = scan.search(Pattern((0, 1), "c", -0.5, 0, 0, 1), limit=9)
    said = [use_scan(path), hits, scan.nearest(3, 2), scan.find_text("ab"), len(list(scan.traces()))]
    answers = "\n".join(map(str, said))
    expected = path.with_name("answers.txt")
    assert not expected.is_file() or answers == expected.read_text(), "other answers"
    return answers


OPENERS: dict[str, Callable[[Path], Any]] = {
    "scan": use_scan,
    "store": use_store,
}


def main() -> None:
    # What still goes wrong ends here, and not with the machine.
    resource.setrlimit(resource.RLIMIT_AS, (16 * 2**30, 16 * 2**30))
    _warm_up()
    print("ready", flush=True)
    for line in sys.stdin:
        opener, path = line.rstrip("\n").split("\t")
        print(json.dumps(cost(OPENERS[opener], Path(path))), flush=True)


def cost(opener: Callable[[Path], Any], path: Path) -> dict[str, Any]:
    """What one file cost, and how it ended."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + MOST_SECONDS, hard))
    Path("/proc/self/clear_refs").write_text("5")
    before, began = _megabytes("VmRSS"), time.process_time()
    outcome, says = "opened", ""
    try:
        opener(path)
    except lstm_core.LstmCoreError as error:
        outcome, says = "refused", str(error)
    except BaseException as error:
        outcome, says = "raised", f"{type(error).__name__}: {error}"
    seconds = time.process_time() - began
    return {
        "outcome": outcome,
        "says": says[:2000],
        "seconds": seconds,
        "megabytes": _megabytes("VmHWM") - before,
    }


def _warm_up() -> None:
    """Libraries that are loaded when they are first needed are no cost of a file's."""
    import pandas
    import pyarrow.parquet
    import zarr

    assert all((pandas, pyarrow.parquet, zarr))


def _megabytes(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


if __name__ == "__main__":
    main()
