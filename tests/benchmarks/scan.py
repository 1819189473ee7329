"""How fast is a scan of a corpus, how much memory does it take, and how fast is a search in it?

    python -m tests.benchmarks.scan

`python-chars` reads the running Python's standard library in texts of 1,000 characters: of few long files a batch is
never full, whoever reads them. Printed are characters a second of a plain forward of batches of as many texts
(PyTorch's own threads, and one), of a scan and of a scan with a store, each in a process of its own with its largest
memory. The second ratio is of processor seconds, beside the plain forward on one thread: other work on the machine
changes it less. Then come a search of a pattern of ten units in the store, cold and warm, beside LSTMVis's algorithm
on the same numbers in memory; the tables of a unit's page; and what the process that hands out the shards does for each
of them, which a cluster can't do faster. `--processes`: also on Dask workers.
"""

import argparse
import json
import math
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

import lstm_core
from lstm_core.scanning.origin import origin_of, sizes_of
from lstm_core.scanning.pattern import Pattern
from lstm_core.scanning.read_shard import _gathering, read_shard
from lstm_core.scanning.shards import shards
from lstm_core.scanning.sources import standard_library
from lstm_core.scanning.sums import joined
from lstm_core.scanning.windows import LANES, whole_texts

CANDIDATES, ROWS = 10_000, 50
LENGTH = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument(
        "--way", choices=["plain", "alone", "scan", "store", "processes"], help="run this way alone, print JSON"
    )
    parser.add_argument("--store", default="")
    parser.add_argument("--processes", type=int, nargs="*", default=[], help="also on so many worker processes")
    options = parser.parse_args()
    if options.way:
        print(json.dumps(_run(options.way, options.characters[0], options.store, (options.processes or [1])[0])))
        return
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    with tempfile.TemporaryDirectory() as folder:
        for characters in options.characters:
            store = Path(folder) / str(characters)
            plain, alone = (_in_a_process(way, characters, store) for way in ("plain", "alone"))
            _print_row("plain forward", plain, plain, alone)
            _print_row("plain, one thread", alone, plain, alone)
            _print_row("scan", _in_a_process("scan", characters, store), plain, alone)
            _print_row("scan with a store", _in_a_process("store", characters, store), plain, alone)
            for processes in options.processes:
                found = _in_a_process("processes", characters, store, processes)
                _print_row(f"scan, {processes} processes", found, plain, alone)
        _print_search(store)
    _print_handing_out(options.characters[-1])


def _print_row(name: str, found: dict[str, float], plain: dict[str, float], alone: dict[str, float]) -> None:
    speed, beside = (each["steps"] / each["seconds"] for each in (found, plain))
    print(
        f"{found['steps']:>10,.0f} characters  {name:<20}{speed:>10,.0f} a second  {speed / beside:>5.2f} of plain  "
        f"{alone['processor'] / found['processor']:>5.2f} by processor seconds  {found['memory'] / 1e6:>6,.0f} MB",
        flush=True,
    )


def _in_a_process(way: str, characters: int, store: Path, processes: int = 1) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.scan", "--way", way, "--characters", str(characters)]
    command += ["--store", str(store), "--processes", str(processes)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _run(way: str, characters: int, store: str, processes: int) -> dict[str, float]:
    model, texts = lstm_core.load_model("python-chars"), _texts(characters)
    steps = sum(map(len, texts))
    # The loops are compiled, and read from disk, before the time is taken.
    lstm_core.scan(model, ["warm up " * 100] * LANES)
    began, processor = time.perf_counter(), time.process_time()
    if way in ("plain", "alone"):
        torch.set_num_threads(1 if way == "alone" else torch.get_num_threads())
        _plain(model, texts)
    elif way == "processes":
        began = _on_processes(model, texts, processes)
    else:
        lstm_core.scan(model, texts, store=store if way == "store" else None)
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        # The workers' own seconds are not known here.
        "processor": math.nan if way == "processes" else time.process_time() - processor,
        "steps": steps,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _texts(characters: int) -> list[str]:
    """The standard library, so many characters of it, in short texts."""
    joined = ""
    for file in standard_library():
        joined += file.read_text(encoding="utf-8", errors="replace")
        if len(joined) >= characters:
            break
    return [joined[first : min(first + LENGTH, characters)] for first in range(0, characters, LENGTH)]


@torch.no_grad()
def _plain(model: lstm_core.SequenceModel, texts: list[str]) -> None:
    """The LSTM over batches of as many texts as a scan reads at once, with nothing recorded."""
    for shard in shards(model, texts, 1 << 16):
        gather = _gathering(model, shard, model.lstm)
        for pieces in whole_texts([text.length for text in shard.texts], LANES, LANES * LENGTH):
            model.lstm(gather(pieces))


def _on_processes(model: lstm_core.SequenceModel, texts: list[str], processes: int) -> float:
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster):
        lstm_core.scan(model, ["warm up " * 20_000] * 2 * processes)
        began = time.perf_counter()
        lstm_core.scan(model, texts)
        took = time.perf_counter() - began
    return time.perf_counter() - took


def _print_search(store: Path) -> None:
    scan = lstm_core.load_scan(store)
    wanted = Pattern(tuple(range(0, 250, 25)), "c", 0.3, 0, 0, 1)
    # What a process loads once is loaded before: the loops, pandas and pyarrow.
    scan.search(replace(wanted, threshold=0.9))
    times = [_timed(lambda: scan.search(wanted)) for _ in range(6)]
    print(f"search of 10 units in {scan.steps:,} steps: {times[0]:.0f} ms cold, {min(times[1:]):.1f} ms warm")
    assert scan._stored is not None
    c = scan._stored._states["c"][0, 0].astype(np.float32).T.copy()
    begins = scan._stored.texts[1]
    print(f"LSTMVis's algorithm on the same numbers: {_timed(lambda: _lstmvis(c, begins, wanted)):.0f} ms")
    page = _timed(lambda: (scan.top(48), scan.top(48, sign=-1), scan.histogram(48), scan.tokens(48), scan.units))
    print(f"the tables of a unit's page: {page:.0f} ms; nearest steps: {_timed(lambda: scan.nearest(0, 100)):.0f} ms")


def _print_handing_out(characters: int) -> None:
    """What one process does for all workers: it cuts the texts into shards, and adds up what comes back."""
    model = lstm_core.load_model("python-chars")
    began = time.perf_counter()
    every = list(shards(model, _texts(characters), 1 << 16))
    cut = sum(shard.steps for shard in every) / (time.perf_counter() - began)
    sizes, sums = sizes_of(model.lstm), read_shard(model, every[0], origin=origin_of(model, 20, 10, LANES)).sums
    add = min(_timed(lambda: joined(sums, sums, sizes.most_types, sizes.most_samples(10))) for _ in range(5))
    sent, back = (len(pickle.dumps(what)) / 1e6 for what in (every[0], sums))
    print(
        f"cutting texts into shards: {cut:,.0f} characters a second; a shard of {every[0].steps:,} is sent as "
        f"{sent:.1f} MB, comes back as {back:.1f} MB and is added in {add:.0f} ms"
    )


def _timed(work) -> float:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - began)


def _lstmvis(c: np.ndarray, begins: np.ndarray, wanted: Pattern) -> list[tuple[int, int, int, int]]:
    """Sum the units that are on, cut the sums into runs, and take runs from the largest sum down until there are
    enough; then read all units around each and rank."""
    on = np.tanh(c[:, list(wanted.units)]) >= wanted.threshold
    counts = on.sum(1)
    edges = np.flatnonzero(np.append(True, counts[1:] != counts[:-1]))
    edges = np.union1d(edges, begins)
    lengths = np.diff(np.append(edges, len(counts)))
    candidates: list[tuple[int, int]] = []
    for count in range(len(wanted.units), 0, -1):
        fits = (counts[edges] == count) & (lengths >= 2)
        candidates += zip(edges[fits].tolist(), lengths[fits].tolist(), strict=True)
        if len(candidates) >= CANDIDATES:
            break
    chosen, hits = set(wanted.units), []
    for first, length in candidates[:CANDIDATES]:
        around = np.tanh(c[max(0, first - 1) : first + length + 1]) >= wanted.threshold
        inner = around[min(1, first) : min(1, first) + length].all(0)
        through = set(np.flatnonzero(inner).tolist())
        hits.append((-len(through & chosen), len(through | chosen), -length, first))
    return sorted(hits)[:ROWS]


if __name__ == "__main__":
    main()
