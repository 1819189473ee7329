"""Which results of a scan are frozen?"""

import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numba
import numpy as np
import pandas as pd
import torch
from scan_by_hand import model_of
from torch import nn

import lstm_core
from frozen.analysed import by_hand, lstm, other, read
from frozen.figures import moved
from frozen.plain import cases_of, refused
from lstm_core.models.untrained import drawn
from lstm_core.scanning import (
    answers,
    loops,
    origin,
    plain_loops,
    read_shard,
    search,
    shards,
    sources,
    standard_library,
    state_files,
    stored,
    sums,
    tally,
    texts_again,
    windows,
)
from lstm_core.scanning.by_hand import reader
from lstm_core.scanning.contexts import spans_around
from lstm_core.scanning.pattern import Pattern
from lstm_core.scanning.store import bytes_a_step

TEXTS = ["abcab", "", "bca", "ccc", "abababab", "c", "bacb", "aabbcc", "cab", "a", "bbbb", "abcab", "acacac", "babx"]
LONG = ["abc" * 30, "cab" * 25 + "a", "b"]


@cache
def interpreted() -> ModuleType:
    """The loops as Python runs them, so that nothing need be compiled."""
    found = importlib.util.spec_from_file_location("interpreted_loops", loops.__file__)
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    with patch.object(numba, "njit", lambda **_: lambda function: function):
        found.loader.exec_module(made)
    return made


@contextmanager
def with_loops(way: ModuleType = plain_loops, steps: int = 20, **sizes: int) -> Iterator[None]:
    """A block in which scans add up with some loops, and have shards of so many steps."""
    with ExitStack() as patched, np.errstate(over="ignore"):
        for module in (tally, read_shard, search):
            patched.enter_context(patch.object(module, "fastest_loops", lambda: way))
        patched.enter_context(patch.object(shards, "STEPS", steps))
        for name, size in sizes.items():
            module = next(one for one in (state_files, stored, windows, read_shard) if hasattr(one, name))
            patched.enter_context(patch.object(module, name, size))
        yield


def scan_of(model: Any, texts: Any, **options: Any) -> Any:
    way, steps = options.pop("way", plain_loops), options.pop("at_once", 20)
    with with_loops(way, steps):
        return lstm_core.scan(model, texts, **({"top": 3, "quantiles": 3, "batch_size": 4} | options))


def said_of(scan: Any, **place: int) -> Any:
    """All that a scan says of itself, and of some of its units."""
    states, last = list(scan.sums.states), scan.sizes.units - 1
    return [
        scan.units,
        scan.summary(),
        scan._repr_html_(),
        scan.losses(),
        scan.sizes,
        scan.correlations(**place),
        [scan.tokens(unit, **place) for unit in (0, last)],
        [scan.histogram(0, state, **place) for state in states],
        [scan.top(0, state, sign=sign, **place) for state in states for sign in (1, -1)],
        scan.top(last, k=2, **place),
        [scan.quantile_samples(0, state, k=2, **place) for state in states],
    ]


@cache
def words(**options: Any) -> Any:
    return scan_of(model_of(3, 4, predicts=True), TEXTS, **options)


def arrays(count: int = 4) -> list[np.ndarray]:
    return [moved(5 + 3 * n).numpy()[:, 0] * (n + 1) / 2 for n in range(count)]


def not_finite() -> list[np.ndarray]:
    one, *rest = arrays()
    one[3, 1], rest[1][-1, 0] = np.inf, np.nan
    return [one, *rest]


def forecaster() -> Any:
    return lstm_core.load_model("series")


def loads() -> list[np.ndarray]:
    return [50 + 20 * np.sin(np.arange(n)[:, None] / 3).astype(np.float32) for n in (30, 7, 1)]


MODELS: dict[str, Callable[[], Any]] = {
    "words": lambda: said_of(words()),
    "with loops": lambda: said_of(words(way=interpreted())),
    "one shard": lambda: said_of(words(at_once=1000)),
    "both directions": lambda: said_of(scan_of(model_of(5, 3, 2, True, proj=2), TEXTS), layer=1, direction=1),
    "a projection": lambda: said_of(scan_of(model_of(5, 3, proj=2), TEXTS, way=interpreted())),
    "answers nothing of its tokens": lambda: said_of(scan_of(model_of(6), TEXTS)),
    "an LSTM": lambda: said_of(scan_of(lstm(), arrays())),
    "a GRU": lambda: said_of(scan_of(other(nn.GRU), arrays())),
    "an RNN": lambda: said_of(scan_of(other(nn.RNN), arrays(), way=interpreted())),
    "batch first": lambda: said_of(scan_of(other(nn.GRU, batch_first=True), arrays())),
    "many numbers a step": lambda: said_of(
        scan_of(
            drawn(nn.LSTM(5, 2, device="meta"), 1.0, torch.Generator().manual_seed(0)), [moved(6, 5).numpy()[:, 0]] * 2
        )
    ),
    "by hand": lambda: said_of(scan_of(by_hand(units=2), [one.astype(np.float32) for one in arrays()])),
    "by hand, short texts first": lambda: said_of(
        scan_of(by_hand(units=2), [arrays()[0][:1], *arrays(), arrays()[1][:2]], at_once=3)
    ),
    "figures": lambda: [
        scan.plot(*asked).to_dict()
        for scan, asked in (
            (words(), (1,)),
            (words(), (0, "h")),
            (scan_of(model_of(5, 3, 2, True, proj=2), TEXTS), (1, "c", 1, 1)),
            (scan_of(other(nn.GRU), arrays()), (2,)),
        )
    ],
    "not finite": lambda: said_of(scan_of(lstm(3, 2), not_finite())),
    "a forecast": lambda: said_of(scan_of(forecaster(), loads())),
    "a counter": lambda: said_of(scan_of(lstm_core.load_model("counter"), ["aabb", "ab", "aaabbb", "aaaaabbbbb"])),
    "added": lambda: said_of(words() + scan_of(model_of(3, 4, predicts=True), ["cba", "xax", "abcab"], batch_size=2)),
    "few types": lambda: _with_few_types(),
    "windows": lambda: _with_short_windows(),
}


def _with_few_types() -> Any:
    with patch.object(sums, "MOST_BYTES", 16 * 8 * 2):
        return [said_of(words(at_once=9)), words(at_once=9, quantiles=1).quantile_samples(1)]


def _with_short_windows() -> Any:
    found = []
    for model in (model_of(3, 4), other(nn.GRU), other(nn.RNN)):
        texts = TEXTS if isinstance(model, lstm_core.SequenceModel) else arrays()
        with patch.object(read_shard, "NUMBERS_AT_ONCE", 16 * 3):
            found.append(said_of(scan_of(model, texts, at_once=50)))
    return found


PATTERN = Pattern((0, 2), "c", 0.1, 0, 0, 1)


def searched(scan: Any, *patterns: Pattern, **options: Any) -> Any:
    with with_loops():
        return [scan.search(pattern, **options) for pattern in patterns]


WANTED = (
    PATTERN,
    Pattern((1,), "h", -0.1, 0, 0, -1),
    Pattern((0, 1, 2), "f", 0.4, 0, 0, 1),
    Pattern((3,), "c", -2.0, 0, 0, 1),
    Pattern((3,), "c", 1.0, 0, 0, 1),
)


def in_store(ask: Callable[[Any, Path], Any], model: Any = None, texts: Any = TEXTS, files: int = 4) -> Any:
    with tempfile.TemporaryDirectory() as folder, with_loops(STEPS_A_FILE=files, STEPS_AT_ONCE=9, steps=20):
        store = Path(folder) / "store"
        found = lstm_core.scan(model or model_of(3, 4, predicts=True), texts, top=3, quantiles=3, store=store)
        return ask(found, store)


HITS = pd.DataFrame({"text": [0, 3, 4, 4, 7, 11], "first": [1, 0, 1, 5, 0, 1], "last": [2, 2, 1, 6, 1, 2]})


def over(scan: Any, hits: Any = HITS, *given: Any, **options: Any) -> Any:
    return scan.over_represented(hits, *given, **({"permutations": 19} | options))


OVER = {"a": ["count", "of", "a"], "depth": lambda tokens: [float(len(tokens) - n) for n in range(len(tokens))]}

QUERIES: dict[str, Callable[[], Any]] = {
    "patterns": lambda: searched(words(), *WANTED),
    "patterns, long": lambda: searched(words(), *WANTED, length=3, limit=2),
    "patterns, single steps": lambda: searched(words(), *WANTED, length=1, limit=5),
    "patterns of other cells": lambda: [
        searched(
            scan_of(other(nn.GRU), arrays()), Pattern((0, 3), "h", 0.1, 0, 0, 1), Pattern((1,), "z", 0.6, 0, 0, 1)
        ),
        searched(
            scan_of(by_hand(units=2), [one.astype(np.float32) for one in arrays()]), Pattern((0,), "c", 0.1, 0, 0, 1)
        ),
        searched(scan_of(model_of(5, 3, 2, True, proj=2), TEXTS), Pattern((1,), "h", 0.01, 1, 1, 1)),
        searched(
            scan_of(lstm_core.load_model("brackets"), ["(())()", "()"]), Pattern((0,), "c", -1.0, 0, 0, 1), length=1
        ),
    ],
    "a store": lambda: in_store(
        lambda scan, _: [
            scan.search(pattern, length=length, limit=limit)
            for pattern in (WANTED[0], WANTED[3], WANTED[4], Pattern((1, 3), "c", 0.2, 0, 0, -1))
            for length, limit in ((1, 4), (2, 50))
        ]
    ),
    "near in a store": lambda: in_store(
        lambda scan, _: [scan.nearest(*place, limit=limit) for place in ((0, 2), (13, 3)) for limit in (1, 4, 99)]
    ),
    "a store of two layers": lambda: in_store(
        lambda scan, _: [
            scan.nearest(4, 1, 1, 1, 3),
            scan.search(Pattern((2,), "c", 0.05, 1, 0, 1), limit=3),
        ],
        model_of(5, 3, 2, True, proj=2),
    ),
    "a store of rows": lambda: in_store(
        lambda scan, _: [scan.nearest(0, 1, limit=3), scan.search(Pattern((0,), "h", 0.3, 0, 0, 1), limit=3)],
        other(nn.GRU),
        arrays(),
    ),
    "a store of one unit": lambda: in_store(
        lambda scan, _: [scan.nearest(0, 1, limit=2), scan.histogram(0)], lstm(1), arrays()
    ),
    "texts of a store": lambda: in_store(
        lambda scan, store: [
            lstm_core.load_scan(store).with_texts(None, scan.model).find_text("ab"),
            [trace.tokens for trace in lstm_core.load_scan(store).with_texts(None, scan.model).traces()][:3],
            refused(lambda: scan.nearest(1, 0)),
            refused(lambda: scan.nearest(0, 0, layer=1)),
            refused(lambda: scan.nearest(0, 0, direction=1)),
            refused(lambda: scan.nearest(99, 0)),
            refused(lambda: scan.nearest(0, 5)),
            refused(lambda: scan.nearest(0, -1)),
            refused(lambda: scan.search(Pattern((0,), "h", 0.1, 0, 0, 1))),
        ]
    ),
    "texts": lambda: [
        words().find_text(text, limit=limit) for text, limit in (("ab", 50), ("abcab", 1), ("bb", 3), ("z", 3))
    ],
    "texts of tokens": lambda: [
        scan_of(model_of(3, 4), [list(text) for text in TEXTS]).find_text("ab"),
        scan_of(lstm_core.load_model("tagger"), [["a", "can"], ["Fish", "can", "swim"]]).find_text("can"),
    ],
    "texts of words": lambda: [
        scan_of(lstm_core.load_model("tagger"), ["a can of fish", "Fish can swim in a can", ""]).find_text(text)
        for text in ("can", "a can", "n", "h c", "h ")
    ],
    "long contexts": lambda: [
        scan_of(model_of(4, 2), LONG).find_text("bcab", limit=20),
        spans_around(0, 3),
        spans_around(40, 41),
        spans_around(41, 41),
    ],
    "over-represented": lambda: over(words(), HITS, ["count of a", "has seen c", "time since b"]),
    "over-represented by function": lambda: over(words(), HITS[["text", "first", "last"]][:3], {"left": OVER["depth"]}),
    "over-represented numbers": lambda: over(
        words(),
        HITS,
        {"n": [np.arange(len(text)) % 3 for text in TEXTS], "still": [np.ones(len(text)) for text in TEXTS]},
    ),
    "over-represented at steps": lambda: over(words(), words().top(1), "count of b"),
    "over-represented in groups": lambda: over(words(), HITS, "count of a", groups=[n // 2 for n in range(14)]),
    "over-represented in few groups": lambda: over(words(), HITS, "count of a", groups=[n // 5 for n in range(14)]),
    "over-represented in few texts": lambda: over(
        scan_of(model_of(3, 4), LONG), HITS[:1], ["count of a", "time since c"]
    ),
    "over-represented in some": lambda: _over_of_some(),
    "traces": lambda: [
        [trace.c[0, 0, -1, 0] for trace in texts_again.traces_of(words(), None, most)] for most in (9, 99, 9999)
    ],
    "traces of both directions": lambda: [
        trace.h[1, :, 0, 0]
        for trace in texts_again.traces_of(scan_of(model_of(5, 3, 2, True, proj=2), TEXTS), None, 5 * 20)
    ],
    "traces of rows": lambda: (
        [
            trace.h[0, 0, -1, 0]
            for model in (other(nn.GRU), other(nn.GRU, batch_first=True))
            for trace in scan_of(model, arrays()).traces()
        ]
        + [trace.c[0, 0, -1, 0] for trace in scan_of(forecaster(), loads()).traces()]
    ),
    "what is refused": lambda: [
        refused(ask)
        for ask in (
            lambda: words().top(0, sign=0),
            lambda: words().top(4),
            lambda: words().top(-1),
            lambda: words().top(0, layer=1),
            lambda: words().histogram(0, direction=1),
            lambda: words().histogram(0, "f"),
            lambda: words().nearest(0, 0),
            lambda: words().search("c"),
            lambda: searched(words(), PATTERN, length=0),
            lambda: searched(words(), PATTERN, limit=0),
            lambda: searched(words(), Pattern((4,), "c", 0.0, 0, 0, 1)),
            lambda: searched(words(), Pattern((0,), "c", 0.1, 1, 0, 1)),
            lambda: searched(words(), Pattern((0,), "c", 0.1, 0, 1, 1)),
            lambda: searched(words(), Pattern((0,), "z", 0.1, 0, 0, 1)),
            lambda: searched(scan_of(model_of(5, 3, proj=2), TEXTS), Pattern((2,), "h", 0.1, 0, 0, 1)),
            lambda: searched(scan_of(model_of(5, 3, proj=2), TEXTS), Pattern((2,), "c", 0.1, 0, 0, 1)),
            lambda: words().find_text(""),
            lambda: words().find_text("a", limit=0),
            lambda: scan_of(lstm(), arrays()).find_text("a"),
            lambda: words().find_text("a", texts=TEXTS[:-1]),
            lambda: words().find_text("a", texts=[*TEXTS, "a"]).shape,
            lambda: words().find_text("zz", texts=[*TEXTS, "a"]),
            lambda: words().find_text("zz", texts=["a", *TEXTS[1:]]),
            lambda: over(words(), HITS[:0]),
            lambda: over(words(), HITS.rename(columns={"last": "x"})),
            lambda: over(words(), HITS.assign(last=[1, 2, 1, 6, 1, 2])[:1].assign(first=2)),
            lambda: over(words(), HITS[:1].assign(last=5)),
            lambda: over(words(), HITS[:1].assign(last=4), "count of a").shape,
            lambda: over(words(), HITS[:1].assign(text=14)),
            lambda: over(words(), HITS[:1].assign(text=-1)),
            lambda: over(words(), HITS[:1].assign(first=-1)),
            lambda: over(words(), HITS, "count of z"),
            lambda: over(words(), HITS, {"n": lambda _: [1.0]}),
            lambda: over(words(), HITS, "count of a", groups="ab"),
            lambda: words() + scan_of(model_of(4, 4, predicts=True), TEXTS),
            lambda: words() + words(top=2),
            lambda: words() + words(quantiles=4),
            lambda: words().with_texts(TEXTS, model_of(4, 4)),
            lambda: scan_of(model_of(3), ["", ""]),
            lambda: scan_of(model_of(3), []),
            lambda: scan_of(model_of(3), TEXTS, top=0),
            lambda: scan_of(model_of(3), TEXTS, quantiles=10_001),
            lambda: scan_of(model_of(3), TEXTS, quantiles=10_000).texts,
            lambda: scan_of(model_of(3), [["a", 1]]),
            lambda: scan_of(model_of(3), [3]),
            lambda: scan_of(lstm(), ["abc"]),
            lambda: scan_of(lstm(), [np.zeros((3, 2))]),
            lambda: scan_of(lstm(), [np.zeros(3)]),
            lambda: scan_of(lstm(), [np.array([["a", "b", "c"]])]),
            lambda: scan_of(nn.Sequential(lstm(), lstm()), arrays()),
            lambda: scan_of(nn.Linear(3, 3), arrays()),
            lambda: scan_of(by_hand(units=2), [np.zeros((1, 3), np.float32)]),
            lambda: scan_of(by_hand(units=2), [*arrays(1), np.zeros((4, 2))]),
            lambda: scan_of(by_hand(units=2), [*arrays(1), np.zeros((4, 3), int)]),
            lambda: scan_of(by_hand(units=2), ["abc"]),
            lambda: scan_of(model_of(3), TEXTS, client=3),
        )
    ],
    "threads": lambda: _threads_after_a_scan(),
    "progress": lambda: [_told(texts) for texts in (TEXTS, iter(TEXTS))],
}


def _told(texts: Any) -> list[float]:
    shares: list[float] = []
    scan_of(model_of(3), texts, progress=shares.append)
    return shares


def _threads_after_a_scan() -> int:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        scan_of(model_of(3), TEXTS[:2])
        return torch.get_num_threads()
    finally:
        torch.set_num_threads(before)


def _over_of_some() -> Any:
    """Only some texts without hits are read."""
    from lstm_core.scanning import over_represented

    with patch.object(over_represented, "MOST_STEPS", 20):
        return over(words(), HITS, ["count of a", "time since b"])


def pattern_of(*span: int, **options: Any) -> Any:
    found = lstm_core.pattern(read(lstm(4, 2, True), 8), *span, **options)
    return [found, found._repr_html_(), found.bound]


PATTERNS: dict[str, Callable[[], Any]] = {
    "units that are on": lambda: [
        pattern_of(*span, **options)
        for span in ((0, 0), (2, 3), (7, 7), (5, 6))
        for options in ({}, {"before": 0}, {"after": 1}, {"before": 2, "after": 2}, {"sign": -1}, {"threshold": -0.5})
    ],
    "of other places": lambda: [
        pattern_of(3, 4, layer=1, direction=1, quantity=quantity, threshold=0.2) for quantity in "cfh"
    ],
    "of a GRU and a part": lambda: [
        lstm_core.pattern(read(other(nn.GRU)), 3, 4),
        lstm_core.pattern(read(lstm(4)).sel(unit=[1, 3]), 3, 4, before=0, threshold=-0.9),
    ],
    "what is refused": lambda: (
        [
            refused(partial(lstm_core.pattern, read(), *span, **options))
            for *span, options in (
                [0, 10, {}],
                [9, 9, {"threshold": 2.0}],
                [-1, 3, {}],
                [4, 3, {}],
                [3, 3, {"before": -1}],
                [3, 3, {"after": -1}],
                [3, 3, {"sign": 0}],
                [3, 3, {"quantity": "z"}],
            )
        ]
        + [refused(lambda: lstm_core.pattern(3, 0, 0))]
    ),
}


def added(way: ModuleType, types: bool = True, seen: int = 0, k: int = 3) -> Any:
    """What loops make of a window of 7 rows of 3 units, 5 of which count."""
    values = np.round(moved(7).numpy()[:, 0] * 4, 1).astype(np.float32)
    values[:, 2], values[4, 0], values[6, 1] = values[:, 2] * 1e-7, values[1, 0], 0.0
    starts = np.full((2, 3), 0.5, np.float32)
    rows, before = np.array([0, 1, 3, 4, 6]), np.array([-1, -2, 1, 3, 4])
    places = np.array([[0, 0], [1, 0], [0, 1], [0, 2], [1, 3]])
    moments = np.zeros((4, 3))
    moments[2], moments[3] = np.inf, -np.inf
    if seen:
        moments[0], moments[1], moments[2], moments[3] = 0.5, 2.0, -1.0, 3.0
    bins = np.array([-20, 1, -20]), np.zeros((3, 128), np.int64)
    bins[1][1, 60:70] = np.arange(10)
    best, best_at = np.full((2, 3, k), -np.inf, np.float32), np.full((2, 3, k, 2), sums.NOWHERE)
    if seen:
        best[:, :, 0], best_at[:, :, 0] = 2.0, [0, 9]
    by_type = np.zeros((3 if types else 0, 2, 3))
    with np.errstate(over="ignore"):
        way.add_states(
            values, starts, rows, before, places, np.array([0, 1, 1, 2, 0]), seen, moments, bins, best, best_at, by_type
        )
    counted = [[np.flatnonzero(one), one[one > 0]] for one in bins[1]]
    return [moments, bins[0], counted, best, best_at, by_type]


def added_many(way: ModuleType) -> Any:
    """What loops make of 150 rows of two units that grow, three texts side by side, the last text first."""
    values = (np.round(moved(150, 2).numpy()[:, 0] * 4) * np.float32([[1], [4], [0.25]]).repeat(50, 0)).astype(
        np.float32
    )
    starts, rows = np.float32([[0.5, 1], [2, 3], [4, 5]]), np.delete(np.arange(150), [7, 70])
    before = np.where(rows < 3, -1 - rows, rows - 3)
    places = np.stack([2 - rows % 3, rows // 3], 1)
    moments, bins = np.zeros((4, 2)), (np.array([-20, -20]), np.zeros((2, 128), np.int64))
    moments[2], moments[3] = np.inf, -np.inf
    best, best_at = np.full((2, 2, 9), -np.inf, np.float32), np.full((2, 2, 9, 2), sums.NOWHERE)
    by_type = np.zeros((3, 2, 2))
    way.add_states(values, starts, rows, before, places, rows % 3, 0, moments, bins, best, best_at, by_type)
    return [moments, bins[0], [[np.flatnonzero(one), one[one > 0]] for one in bins[1]], best, best_at, by_type]


def gates(way: ModuleType, rows: Any = (0, 1, 2, 4)) -> Any:
    gate = np.float32([[0.1, 0.9], [0.0999, 0.9001], [0.05, 0.95], [0.0, 1.0], [0.5, 1e-30]])
    shut, opened, total = np.zeros(2, np.int64), np.ones(2, np.int64), np.full(2, 0.5)
    way.add_gate(gate, np.array(rows), shut, opened)
    way.add_logarithms(np.tile(gate[:, ::-1], (3, 1)) * np.float32([1, -1]), np.array(rows), total)
    way.add_logarithms(gate, np.arange(3), total)
    small = np.zeros(2)
    with np.errstate(divide="ignore"):
        way.add_logarithms(np.full((15, 2), 1e-38, np.float32), np.arange(14), small)
        way.add_logarithms(gate, np.array([1] * 6 + [3]), total)
    return [small / 100, shut, opened, total] if rows[0] else [shut, opened, total]


def runs(way: ModuleType, length: int, wanted: int = 0b0110, words_of: int = 1) -> Any:
    on = [0b0110, 0b0110, 0b1110, 0b0010, 0b0010, 0b0000, 0b0110, 0b0111, 0b0111, 0b0100]
    bits = np.array([[one] + [one << 62 & (2**64 - 1)] * (words_of - 1) for one in on], np.uint64)
    starts = np.zeros(10, bool)
    starts[[0, 2, 8]] = True
    found = np.full((12, 4), -1)
    with np.errstate(over="ignore"):
        count = way.find_runs(bits, starts, np.array([wanted] + [1 << 63] * (words_of - 1), np.uint64), length, found)
    return [count, found[: max(count, 0)]]


def turned(way: ModuleType, units: int) -> Any:
    values = moved(40, units, 2).reshape(40, 2, units).numpy()
    steps = np.full((40, 2), -1)
    steps[:, 0], steps[:33, 1] = np.arange(40), np.arange(40, 73)
    whole = np.zeros((units, 73), np.float32)
    way.turn(values, steps, whole)
    return whole


EACH = {"plain": lambda: plain_loops, "interpreted": interpreted}
LOOPS: dict[str, Callable[[], Any]] = {
    f"{what}, {name}": (lambda ask=ask, way=way: ask(way()))
    for name, way in EACH.items()
    for what, ask in {
        "states": added,
        "more states": partial(added, seen=4),
        "many states": added_many,
        "states without types": partial(added, types=False),
        "the best alone": partial(added, k=1),
        "gates": gates,
        "gates that are shut": partial(gates, rows=(3, 4)),
        "many gates": partial(gates, rows=(0, 1, 2, 4, 0, 1, 2)),
        "runs": lambda way: [
            runs(way, length, wanted) for length in (1, 2, 3) for wanted in (0b0110, 0b0001, 0b1111, 0)
        ],
        "runs of words": lambda way: [runs(way, length, words_of=2) for length in (1, 2)],
        "columns": lambda way: [turned(way, units) for units in (1, 33)],
    }.items()
} | {
    "wider bins": lambda: [
        [np.flatnonzero(one), one[one > 0]]
        for times in (0, 1, 2, 62, 100)
        for one in (plain_loops.wider(np.arange(128), times),)
    ],
    "no rows": lambda: [added_nothing(way) for way in (plain_loops, interpreted())],
}


def added_nothing(way: ModuleType) -> Any:
    none = np.zeros(0, np.int64)
    bins, found = (np.zeros(1, np.int64), np.zeros((1, 128), np.int64)), np.zeros((0, 4), np.int64)
    best, at, moments = np.zeros((2, 1, 1), np.float32), np.zeros((2, 1, 1, 2), np.int64), np.zeros((4, 1))
    one = np.zeros((1, 1), np.float32)
    way.add_states(
        one, one, none, none, np.zeros((0, 2), np.int64), none, 0, moments, bins, best, at, np.zeros((0, 2, 1))
    )
    count = way.find_runs(np.zeros((0, 1), np.uint64), np.zeros(0, bool), np.zeros(1, np.uint64), 1, found)
    return [moments, bins[0], best, count]


def written(folder: Path, **files: Any) -> Path:
    for name, text in files.items():
        place = folder / name.replace("__", "/").replace("_", ".")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def given_by(ask: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        try:
            found = ask(place)
        except lstm_core.LstmCoreError as error:
            return str(error).replace(folder, "…")
    return str(found).replace(folder, "…")


def all_of(texts: Any, of_numbers: bool = False) -> Any:
    source = sources.source_of(texts, of_numbers)
    return source.known, list(source.texts)


FILES = {"b_txt": "two\nlines\n", "a_txt": "\ufeffone", "_hidden": "x", "in__c_txt": "three", "_git__d": "y"}
SOURCES: dict[str, Callable[[], Any]] = {
    "files": lambda: [
        given_by(lambda place: all_of(written(place, **FILES))),
        given_by(lambda place: all_of(written(place, **FILES) / "b.txt")),
        given_by(lambda place: all_of(str(written(place, **FILES) / "a.txt"))),
        given_by(lambda place: all_of([written(place, **FILES) / "a.txt", "text"])),
        given_by(lambda place: all_of(written(place, a_csv="x,y\n1,2\n3,4\n") / "a.csv", True)),
        given_by(lambda place: all_of(written(place, a_csv="x,y\n1,2\n3,4\n"), True)),
        given_by(lambda place: all_of(written(place, a_txt="a\0b"))),
        given_by(lambda place: all_of(written(place, a_txt="a\nb\0") / "a.txt")),
        given_by(lambda place: all_of(written(place, a_txt=b"\xff\xfe") / "a.txt")),
        given_by(lambda place: all_of(place / "nothing")),
        given_by(lambda place: all_of(written(place, a_parquet="no"), True)),
        given_by(lambda place: sources.files_of(written(place, **FILES))),
        given_by(lambda place: sources.files_of(written(place, **FILES) / "a.txt")),
        given_by(lambda place: sources.files_of([place / "a", place / "b"])),
        given_by(lambda place: sources.files_of([place / "a", "b"])),
        given_by(lambda _: sources.files_of([])),
        given_by(lambda _: sources.files_of(None)),
        given_by(lambda _: all_of(iter(["a", "b"]))),
        given_by(lambda _: all_of(("a", "b"))),
        given_by(lambda _: all_of(b"a")),
        given_by(lambda _: all_of(3)),
        given_by(lambda _: all_of({"text": ["a"]})),
        given_by(lambda _: all_of(pd.DataFrame({"text": ["a"]}))),
    ],
    "windows": lambda: [
        list(way(lengths, lanes, rows))
        for way in (windows.windows, windows.whole_texts)
        for lengths, lanes, rows in (
            ([3, 0, 5, 2, 5], 2, 6),
            ([3, 0, 5, 2, 5], 9, 100),
            ([4, 4], 1, 1),
            ([], 2, 5),
            ([5000, 1], 2, 10**6),
        )
    ],
    "windows of shards": lambda: [
        _windows_of(model, texts, most)
        for most in (24, 100)
        for model, texts in ((model_of(3, 4), TEXTS), (model_of(5, 3, 2, True), TEXTS), (by_hand(units=2), arrays()))
    ],
    "texts too long to be read whole": lambda: [
        refused(lambda most=most: _windows_of(model_of(5, 3, 2, True), TEXTS, 24, most)) for most in (95, 96, 107)
    ],
    "states too many to be kept": lambda: [refused(lambda most=most: _kept(most)) for most in (211, 212)],
    "lanes": lambda: [windows.evenly(texts, 8) for texts in (0, 1, 8, 9, 10, 11, 12, 17, 18, 19, 20, 26, 27, 28)],
    "shards": lambda: _cut([3, 4, 1, 0, 9, 2]),
    "tokens of rows": lambda: [
        next(shards.shards(lstm_like(size), [np.arange(2.0 * size).reshape(2, size) / 3], 0)).tokens(0, 0, 2)
        for size in (4, 5)
    ],
    "answers of scores": lambda: [_answered(name) for name in ("brackets", "counter")],
    "labels of a set": lambda: [
        answers.answers_named(lstm_core.load_model("brackets"), [0, 1, 2, 5, 7]),
        answers.answers_named(lstm_core.load_model("counter"), [0, -1, 2]),
        answers.answers_named(forecaster(), [0, 1]),
        answers.encoded_answers(lstm_core.load_model("counter"), np.array([2, 0, 2])),
        answers.encoded_answers(lstm_core.load_model("counter"), None),
        [answers.answers_in_words(lstm_core.load_model(name)) for name in lstm_core.models()],
    ],
    "origins": lambda: (
        [
            origin.differences(one, other_one)
            for one, other_one in ((ORIGIN, ORIGIN), (ORIGIN, origin.Origin("m", "2", " ", 2, 3, 5, "GRU")))
        ]
        + [
            refused(lambda wrong=wrong: origin.origin_from(vars(ORIGIN) | wrong))
            for wrong in (
                {},
                {"top": 0},
                {"quantiles": 0},
                {"quantiles": 10_001},
                {"quantiles": 10_000, "top": 1, "lanes": 1},
                {"lanes": 0},
                {"kind": "x"},
                {"joins": "x"},
                {"top": 1.0},
                {"more": 1},
            )
        ]
    ),
    "draws": lambda: [
        [int(one) >> shift & 0xFFFF for shift in (0, 16, 32, 48)]
        for one in tally.draws(np.arange(4, dtype=np.uint64), np.array([0, 1, 0, 7]))
    ],
    "held out": lambda: [standard_library.is_held_out(f"{name}.py") for name in "abcdefghijklmnopqrstuvwxyz"],
    "paragraphs": lambda: [len(sources.documentation()) > 100, min(len(p.split()) for p in sources.documentation())],
    "sizes": lambda: [
        [bytes_a_step(one), one.states, one.most_types, one.most_samples(1), one.most_samples(10), one.units_of_states]
        for one in (
            sums.CellSizes(1, 1, 4, 4),
            sums.CellSizes(2, 2, 100, 30),
            sums.CellSizes(3, 1, 10**6, 10**6),
            sums.CellSizes(1, 2, 5, 5, "GRU"),
            sums.CellSizes(1, 2, 5, 5, "cell"),
        )
    ],
}


def _windows_of(model: Any, texts: Any, at_once: int, most: int = 1 << 28) -> Any:
    """Which pieces of texts are read together."""
    with patch.object(read_shard, "NUMBERS_AT_ONCE", at_once), patch.object(read_shard, "MOST_NUMBERS", most):
        source = reader(model, iter(texts))
        shard = next(shards.shards(source[0], source[1], 0))
        return [pieces for _, pieces in read_shard.traces(source[0], shard, 4)]


def _kept(most: int) -> Any:
    model = model_of(3, 4)
    with with_loops(), patch.object(read_shard, "MOST_KEPT", most), patch.object(shards, "STEPS", 1000):
        shard = next(shards.shards(model, TEXTS, 9))
        return read_shard.read_shard(model, shard, origin=origin.origin_of(model, 2, 2, 4), keep=True)


def _answered(name: str) -> Any:
    """What a model is said to answer where scores are 0, and past the end of a text."""
    model = lstm_core.load_model(name)
    with with_loops():
        shard = next(shards.shards(model, ["ab" if name == "counter" else "()"], 0))
    found = answers.Answers(model, shard)
    before = found.numbers.copy()
    scores = torch.tensor([[[0.0, 1, -1]], [[1e-6, -1, 2]], [[1, 1, 1]]])
    found.add(scores, np.array([[0], [1], [-1]]))
    return [before, found.numbers, found.at(np.array([0, 0]), np.array([1, 0]))]


ORIGIN = origin.Origin("copy", "1", "", 3, 4, 5)


def lstm_like(size: int) -> Any:
    return drawn(nn.LSTM(size, 2, device="meta"), 1.0, torch.Generator().manual_seed(0))


def _cut(lengths: list[int]) -> Any:
    with patch.object(shards, "STEPS", 7):
        return [
            [one.first, one.lengths, one.vocabulary, one.counted, one.begins, one.ids, one.steps, one.digest[:4]]
            for one in shards.shards(model_of(3), ["abcdefghij"[:n][::-1] for n in lengths], 5)
        ]


SCANNED = cases_of(
    {
        "models": MODELS,
        "queries": QUERIES,
        "patterns": PATTERNS,
        "loops": LOOPS,
        "sources": SOURCES,
    }
)
