"""Which results of `lstm_core.analysis` are frozen?"""

from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import torch
import xarray
from hand_written import Loop, Lstm, Masked, Zoneout
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from frozen.figures import moved
from frozen.plain import cases_of, refused
from lstm_core import analysis
from lstm_core.analysis import auc_and_r_squared, property_values, ridge, series_of_units, shown, shuffle
from lstm_core.analysis.control import control_labels
from lstm_core.analysis.python_text import states
from lstm_core.analysis.windows import grouped, one_text
from lstm_core.models.untrained import drawn

WORDS = ["The", "old", "dog", "that", "barked", "at", "the", "cats", "ran", "away"]
CODE = 'def f(a, b=\'x\'):\n    """Say \\"it\'s\\" so."""\n    return {a: ["don\'t"]}  # (no\n\tb\'q\' + x\n'
SPEECH = ["He", "said", "“", "no", "”", ",", "«", "oui", "»", '"', "a", "“", "b", '"', "„", "c", "“", "."]


def wide(module: nn.Module, by: float = 2.0) -> Any:
    """A module with larger weights, so that gates shut and open."""
    with torch.no_grad():
        for weight in module.parameters():
            weight.mul_(by)
    return module


def lstm(units: int = 3, layers: int = 1, both: bool = False, **options: Any) -> Any:
    made = nn.LSTM(3, units, layers, bidirectional=both, device="meta", **options)
    return wide(drawn(made, 1.0, torch.Generator().manual_seed(units)).eval())


def other(kind: type[nn.RNNBase], **options: Any) -> Any:
    return wide(drawn(kind(3, 4, device="meta", **options), 0.9, torch.Generator().manual_seed(7)).eval())


def read(module: Any = None, steps: int = 10, batch: int = 1, tokens: Any = None, **given: Any) -> Any:
    named = {"tokens": tokens} if tokens else {}
    return lstm_core.run(module or lstm(), moved(steps, batch=batch), **named, **given)


def lengths(of: list[int], module: Any = None) -> Any:
    packed = pack_padded_sequence(moved(max(of), batch=len(of)), torch.tensor(of), enforce_sorted=False)
    return lstm_core.run(module or lstm(), packed)


def made(**values: Any) -> Any:
    """A recording of one unit in float64 with these values, a list of numbers a quantity."""
    steps = len(next(iter(values.values())))
    trace = lstm_core.run(lstm(1).double(), moved(steps).double(), tokens=[f"w{n}" for n in range(steps)])
    return trace.with_values(
        **{name: torch.tensor(numbers, dtype=torch.float64).view(1, 1, -1, 1, 1) for name, numbers in values.items()}
    )


def described(f: Any, written: Any, c: Any, **options: Any) -> str:
    """A sentence about a unit of which f, i ⊙ g and c are these."""
    steps = len(c)
    f, written = (given if isinstance(given, list) else [given] * steps for given in (f, written))
    return lstm_core.describe_unit(made(f=f, i=[1.0] * steps, g=written, c=c), 0, 0, **options)


DESCRIBED = {
    "five steps held": partial(described, 0.95, 0.0, [0.5] * 5),
    "six steps held": partial(described, 0.95, 0.05, [0.5] * 6),
    "at the bounds nothing is held": partial(described, 0.9, 0.0, [0.5] * 3),
    "at the bound a step writes and holds nothing": partial(described, 0.95, 0.1, [0.5] * 3),
    "a step just below writes nothing": partial(described, 0.95, -0.0999, [0.5] * 3),
    "c at the bound is held": partial(described, 0.95, 0.0, [0.1, 0.1, 0.05]),
    "c below it is not": partial(described, 0.95, 0.0, [0.09, -0.09, 0.05]),
    "a drift of a tenth": partial(described, 0.95, 0.0, [0.125, 0.225, 0.2251]),
    "a drift of a tenth of what is large": partial(described, 0.95, 0.0, [2.0, 2.2, 2.23, 1.0]),
    "a drift downward": partial(described, 0.95, 0.0, [-1.0, -1.05, -1.2, -1.3]),
    "the longest of several": partial(described, [0.95, 0.95, 0.5, 0.95, 0.95, 0.95], 0.0, [0.5] * 6),
    "two gaps": partial(described, [0.95, 0.5, 0.95, 0.5, 0.95, 0.95], 0.0, [0.5] * 6),
    "one reset": partial(described, [0.5, 0.02, 0.5], 0.0, [0.5] * 3),
    "two resets": partial(described, [0.5, 0.02, 0.01], 0.0, [0.5] * 3),
    "three resets": partial(described, [0.03, 0.02, 0.01], 0.0, [0.5] * 3),
    "no reset at the bound": partial(described, 0.1, 0.0, [0.5] * 3),
    "the strongest write": partial(described, 0.5, [0.2, -0.7, 0.3], [0.2, -0.6, 0.0]),
    "a write onto the start": partial(described, 0.5, [0.8, -0.7, 0.3], [0.8, -0.3, 0.0]),
    "all is kept": partial(described, 0.95, 0.5, [0.5, 1.0, 1.5]),
    "little leaks": partial(described, [0.9931, 0.992, 0.9935], 0.5, [0.5, 1.0, 1.5]),
    "a half leaks slowly": partial(described, [0.9931, 0.9932, 0.9935], 0.5, [0.5, 1.0, 1.5]),
    "some is kept": partial(described, [0.95, 0.9, 0.5], 0.5, [0.5, 1.0, 1.5]),
    "own tokens": partial(described, 0.95, 0.0, [0.5] * 6, tokens=list("abc de")),
    "a blank alone": partial(described, 0.95, 0.0, [0.5] * 3, tokens=["a", " ", "b"]),
    "from the right": lambda: lstm_core.describe_unit(read(lstm(2, 2, True)), 1, 1, 1),
    "step numbers": lambda: lstm_core.describe_unit(read().sel(time=slice(3, 9)), 0, 1),
    "each unit of a batch": lambda: [
        lstm_core.describe_unit(lengths([4, 7]), 0, unit, batch=batch) for unit in range(3) for batch in (0, 1)
    ],
}


def compared(a: Any, b: Any, *at: Any, **options: Any) -> Any:
    found = lstm_core.compare(a, b, *at, **options)
    return [found, found.to_pandas(), found.summary(), found.largest(), found.differences, repr(found)]


def sentence(text: str, module: Any = None) -> Any:
    return read(module, len(text.split()), tokens=text.split())


def with_nan(steps: list[int]) -> Any:
    trace = sentence("a b c d")
    h = trace.h.clone()
    h[0, 0, steps, 0, 1] = torch.nan
    return trace.with_values(h=h)


COMPARED = {
    "other words": lambda: compared(sentence("the cat sat down"), sentence("the old dog sat up now")),
    "the end in common": lambda: compared(sentence("x b c"), sentence("b c")),
    "nothing in common": lambda: compared(sentence("a b"), sentence("c d e")),
    "equal": lambda: compared(sentence("a b c d"), sentence("a b c d")),
    "one NaN": lambda: compared(sentence("a b c d"), with_nan([1])),
    "two NaN": lambda: compared(with_nan([0, 2]), sentence("a b c d")),
    "layers": lambda: compared(read(lstm(2, 2, True)), read(lstm(2, 2, True)), (0, 1), (1, 0)),
    "directions": lambda: compared(read(lstm(2, 2, True)), read(lstm(2, 2, True)), (1, 1), (1, 0)),
    "sequences": lambda: compared(lengths([3, 6]), lengths([3, 6]), batch_a=0, batch_b=1),
    "parts": lambda: compared(
        read().sel(unit=[0, 2], time=slice(2, 6)), read(lstm(), 8).sel(unit=[0, 2], time=slice(3, 9))
    ),
    "one has no tokens": lambda: compared(read(), read(steps=4, tokens=list("3456"))),
    "GRUs": lambda: compared(read(other(nn.GRU)), read(other(nn.GRU), 8)),
    "RNNs": lambda: compared(read(other(nn.RNN)), read(other(nn.RNN), 11)),
    "a projection": lambda: compared(read(lstm(4, proj_size=2)), read(lstm(4, proj_size=2), 9)),
    "some of it": lambda: [lstm_core.compare(read(), sentence("a b c")).largest("c", "f")],
    "what is refused": lambda: [
        refused(lambda: lstm_core.compare(read(), read(other(nn.GRU)))),
        refused(lambda: lstm_core.compare(read(), read(lstm(4)))),
        refused(lambda: lstm_core.compare(read(), read(lstm(3, 2)))),
        refused(lambda: lstm_core.compare(read(), read(lstm(3, 1, True)))),
        refused(lambda: lstm_core.compare(read().sel(unit=[0, 1]), read().sel(unit=[1, 0]))),
        refused(lambda: lstm_core.compare(read(), read()).plot(1)),
        refused(lambda: lstm_core.compare(read(), read()).plot(-1)),
        refused(lambda: lstm_core.compare(read(), read()).plot(0, 1)),
        refused(lambda: lstm_core.compare(read(), read()).plot(0, -1)),
        refused(lambda: lstm_core.compare(read(), read()).plot(quantities="xy")),
        refused(lambda: lstm_core.compare(read(), read()).plot(quantities="xc")),
        refused(lambda: lstm_core.compare(read(lstm(3, 2, True)), read(lstm(3, 2, True))).plot(1, 1)),
    ],
    "a long alignment": lambda: [
        [pairs[:4], pairs[-4:], len(pairs)]
        for pairs in (analysis.align(["a", "b"] * 120 + ["c"], ["c"] + ["b", "a"] * 120),)
    ],
    "alignments": lambda: [
        analysis.align(a.split(), b.split())
        for a, b in (
            ("", ""),
            ("a", ""),
            ("", "a b"),
            ("a b c a b", "b c a"),
            ("a x b", "a y z b"),
            ("a a a", "a a"),
            ("p 2 y 3", "2 p 3"),
        )
    ],
}


def columns(kind: str, gaps: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Series (20, 3), one of them constant, and properties (20, 4) of a kind."""
    series = np.round(moved(20).numpy()[:, 0], 1)
    series = np.column_stack([series, np.full(20, 0.1)]).astype(float)
    step = np.arange(20)
    if kind == "AUC":
        properties = np.column_stack([step % 2, step > 12, step % 7 == 3, np.ones(20)]).astype(float)
    else:
        properties = np.column_stack([step, (step - 5.0) ** 2, np.sin(step), np.full(20, 0.3)]).astype(float)
    if gaps:
        properties[3:6, 0] = properties[10:, 1] = properties[:, 2] = np.nan
    return series, properties


def strengths(kind: Any) -> Any:
    both = [auc_and_r_squared.strength(*columns(kind, gaps), kind) for gaps in (False, True)]
    far = columns(kind)[0] * 1e-3 + 1e6
    still = np.column_stack([np.full(7, 1234567.1), np.full(7, 0.1), np.arange(7.0)])
    alone = np.where(np.arange(7)[:, None] == [2, 5], 3.0 if kind == "R²" else 1.0, np.nan)
    return [
        auc_and_r_squared.strength(still, np.arange(7.0)[:, None] % 2, kind),
        auc_and_r_squared.strength(still, alone, kind),
        auc_and_r_squared.strength(columns(kind)[0], np.eye(20)[:, [4]], kind),
        auc_and_r_squared.strength(columns(kind)[0], 1 - np.eye(20)[:, [4]], kind),
        auc_and_r_squared.strength(np.arange(7.0)[:, None], np.column_stack([still[:, :2], alone]), kind),
        *both,
        *(auc_and_r_squared.as_score(one, kind) for one in both),
        auc_and_r_squared.strength(far, columns(kind)[1], kind),
    ]


MEASURES = {
    "AUC": partial(strengths, "AUC"),
    "R²": partial(strengths, "R²"),
    "which measure": lambda: [
        [auc_and_r_squared.measure_for(np.array(one, float)), auc_and_r_squared.never_changes(np.array(one, float))]
        for one in ([0, 1], [0, 1, 2], [1, 1], [0.5], [0, 0, 1], [0, -1])
    ],
    "ranks": lambda: auc_and_r_squared.ranks(np.array([[3.0, 1], [1, 1], [2, 1], [2, 0]])),
    "control labels": lambda: [
        control_labels(list(tokens), np.arange(len(tokens)) % most, seed)
        for tokens, most, seed in (("abcabd", 2, 0), ("abcabd", 6, 1), ("aaaa", 4, 0), ("ab", 2, 3))
    ],
}

# Steps of which a property tells something: a sequence a line.
COURSES = {
    "six lines": [[0, 1, 1, 0], [1, 0, 0, 0], [0, 0, 1, 1], [1, 1, 0, 1], [0, 1, 0, 1], [1, 0, 1, 0]],
    "five lines, two alike": [[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 1, 0, 1], [0, 1, 0, 1]],
    "of unequal length": [[0, 1, 1], [1, 0, 0, 0, 1], [0, 0], [1, 1, 0, 1], [0, 1, 0, 1, 1, 1], [1]],
    "the same course": [[0, 1, 0, 1], [0, 1, 0], [0, 1, 0, 1, 1], [0], [0, 1]],
    "twenty lines, one alone": [[0, 0, 0, 0]] * 19 + [[0, 1, 0, 1]],
    "nineteen lines, one alone": [[0, 0, 0, 0]] * 18 + [[0, 1, 0, 1]],
    "one line": [[n % 3 for n in range(60)]],
    "one short line": [[n % 3 for n in range(36)]],
    "one of forty": [[n % 3 for n in range(40)]],
    "a slow line": [[n // 8 for n in range(100)]],
    "seven changes": [[n // 7 % 2 for n in range(100)]],
    "a smooth line": [[n * n / 100 for n in range(120)]],
    "two lines": [[n % 5 for n in range(24)], [n % 4 for n in range(30)]],
    "four lines": [[0, 1, 1, 0], [0, 1, 0, 0], [0, 0, 1, 1], [1, 1, 0, 1]],
    "four lines of one": [[0, 1, 1, 0], [0, 1, 1], [0, 1, 1, 0], [0, 1, 1, 0]],
    "with gaps": [[0, 1, np.nan, 0, np.nan], [1, np.nan, 0, 0, 1], [0, 0, 1, np.nan, np.nan], [1, 1, 0, 1, 0]] * 2,
}
WAYS: dict[str, Any] = {
    "each by itself": lambda count: list(range(count)),
    "two by two": lambda count: [n // 2 for n in range(count)],
    "all together": lambda count: ["a"] * count,
}


def shuffled(values: list[list[float]], labels: Any, begins: Any = None) -> Any:
    given = [np.array(one, float) for one in values]
    null = shuffle.null_of([given], labels, begins)
    rng = np.random.default_rng(3)
    draws = [null.draw(rng) for _ in range(2)]
    steps = np.arange(-1, 5)
    return [
        null,
        null.group_of_each(),
        [null.reach(group) for group in null.groups],
        null.compared(),
        null.leaves_gaps(),
        null.ways(given, [0]),
        null.why_not(given),
        null.why_not(given, [0, 1]),
        draws,
        [null.moved(given, draw) for draw in draws],
        [null.at(given, draws[0], sequence, steps) for sequence in range(min(3, len(given)))],
    ]


SHUFFLED = {
    f"{name}, {way}": partial(shuffled, values, label(len(values)))
    for name, values in COURSES.items()
    for way, label in WAYS.items()
} | {
    "windows of texts": partial(shuffled, COURSES["six lines"], [0, 0, 1, 2, 3, 4], begins=[0, 2, 0, 1, 0, 3]),
    "windows of few texts": partial(shuffled, COURSES["six lines"], [0, 0, 1, 1, 2, 2], begins=[0, 2, 0, 1, 0, 3]),
    "windows of one text": partial(shuffled, [[0, 1, 0, 1] * 3] * 6, [0] * 6, begins=[0, 2, 4, 1, 0, 3]),
    "levelled": lambda: shuffle.level(np.array([[1.0, 2], [3, np.nan], [5, 6], [np.nan, 1]]), np.array([0, 0, 1, 1])),
    "later": lambda: [
        shuffle.later(np.arange(5.0), lag, length) for lag in (-6, -2, 0, 2, 4, 5, 9) for length in (0, 3, 5, 7)
    ],
    "without a number": partial(shuffled, [[np.nan] * n + [1, 0][: n % 3] for n in (3, 4, 5, 6, 7, 8)], range(6)),
    "no number at all": partial(shuffled, [[np.nan] * n for n in (3, 4, 5, 6, 7, 8)], range(6)),
    "several properties": lambda: [
        [null.way, null.groups]
        for null in (
            shuffle.null_of([[np.array(one, float) for one in COURSES[name]] for name in names], range(count))
            for names, count in (
                (("six lines", "six lines"), 6),
                (("six lines",), 6),
                (("the same course",), 5),
                (("two lines",), 2),
                (("five lines, two alike", "the same course"), 5),
                (("the same course", "the same course"), 5),
                (("four lines", "four lines of one"), 4),
            )
        )
    ],
}


def drawn_text(count: int, seed: int = 0, kinds: int = 300) -> list[str]:
    return [f"t{n}" for n in np.random.default_rng(seed).integers(kinds, size=count)]


def in_pieces(order: str) -> list[str]:
    """Pieces of a text, each of twelve words, in an order that its letters say."""
    return [word for letter in order for word in LONG["abcdefghij".index(letter) * 12 :][:12]]


LONG = drawn_text(120)
REST = drawn_text(80, 5)
TEXTS: dict[str, list[list[str]]] = {
    "copies": [["a", "b"], ["c"], ["a", "b"], [], []],
    "windows": [LONG[:60], LONG[30:90], LONG[60:120]],
    "windows out of order": [LONG[60:120], LONG[30:90], LONG[:60]],
    "one inside another": [LONG, LONG[40:80], REST],
    "inside, first": [LONG[40:80], REST, LONG],
    "three words at the end": [LONG[:40], LONG[37:40] + REST[:30]],
    "two words at the end": [LONG[:40], LONG[38:40] + REST[:30]],
    "four words at the end": [LONG[:40], LONG[36:40] + REST[:30]],
    "a near copy": [LONG, [*LONG[:50], "new", *LONG[51:100]]],
    "three fifths of the shorter": [REST[:20] + LONG[10:40], LONG],
    "less than three fifths": [REST[:21] + LONG[10:40], LONG],
    "in another order": [LONG[50:80] + LONG[20:50], LONG],
    "in another order, for the most part in this": [LONG[50:80] + LONG[30:50], LONG],
    "pieces in order": [[*LONG[5:20], "x", *LONG[30:50], "y", *LONG[70:90]], LONG],
    "pieces out of order": [[*LONG[70:90], "x", *LONG[30:50], "y", *LONG[5:25]], LONG],
    "a beginning in the middle": [LONG[20:40] + REST[:40], LONG],
    **{
        f"in pieces {order}": [in_pieces(order), LONG]
        for order in ("cafbgdhe", "acbedgf", "badcfeh", "bfcgdhie", "ceadb")
    },
    **{
        f"few kinds, {kinds}": [
            drawn_text(60, 7, kinds),
            drawn_text(60, 7, kinds)[20:50],
            drawn_text(60, 7, kinds)[:30] + drawn_text(30, 8, kinds),
        ]
        for kinds in (3, 4, 6, 9, 14)
    },
    **{
        f"pieces drawn {seed}": [in_pieces("".join(np.random.default_rng(seed).permutation(list("abcdefgh")))), LONG]
        for seed in range(16)
    },
    "a chain": [LONG[:30], LONG[20:50], LONG[40:70], REST[:30], LONG[60:90], REST[20:60]],
    "frequent words": [["a", "b"] * 20, ["a", "b"] * 25, ["b", "a"] * 20],
    "of one length": [LONG[:40], REST[:12] + LONG[12:40]],
}


def together(name: str) -> Any:
    return one_text(TEXTS[name])


def rows_together(batch: torch.Tensor, **given: Any) -> Any:
    return one_text([lstm_core.run(lstm(), batch, **given)])


TOGETHER = {name: partial(together, name) for name in TEXTS} | {
    "rows": lambda: rows_together(torch.stack([moved(90)[:60, 0], moved(90)[30:, 0]], 1)),
    "rows of zeros": lambda: rows_together(torch.zeros(5, 3, 3)),
    "one row of zeros": lambda: rows_together(torch.zeros(1, 3, 3)),
    "rows with tokens": lambda: rows_together(torch.zeros(3, 2, 3), tokens=[["a", "b", "c"], ["a", "b", "c"]]),
    "given": lambda: [grouped([["a"], ["b"]], ["x", "y"]), refused(lambda: grouped([["a"], ["b"]], ["x"]))],
    "given of traces": lambda: grouped([lengths([2, 3]), read()], "xyx"),
}


def found(traces: Any, property: Any, *given: Any, **options: Any) -> Any:
    options = {"permutations": 19} | options
    result = lstm_core.find_units(traces, property, *given, **options)
    return [result, repr(result), result._repr_html_(), result.plot(3).to_dict()["layout"]["title"]["text"]]


def many(count: int = 6, steps: int = 12, module: Any = None) -> Any:
    """Traces of texts that are no windows of each other."""
    x = moved(steps * count).reshape(count, steps, 1, 3)
    texts = [[f"{(n * 7 + s * s * (n + 2)) % 5}" for s in range(steps)] for n in range(count)]
    return [lstm_core.run(module or lstm(), one, tokens=text) for one, text in zip(x, texts, strict=True)]


def numbers(traces: Any) -> list[Any]:
    return [trace.c[0, 0, :, 0, 0].numpy() + trace.h[0, 0, :, 0, 1].numpy() for trace in traces]


FOUND = {
    "whole texts": lambda: found(many(), "count of 1"),
    "ones and zeros": lambda: found(many(), "has seen 3"),
    "several": lambda: found(many(), {"a": "count of 1", "b": "has seen 2", "c": "time since 0"}),
    "numbers": lambda: found(many(), numbers(many())),
    "named numbers": lambda: found(many(), {"sum": numbers(many())}, (many(4), numbers(many(4)))),
    "held out": lambda: found(many(), "count of 1", many(3)),
    "held out, several": lambda: found(many(), {"a": "count of 1", "b": "has seen 2"}, many(3)),
    "unequal lengths": lambda: found([*many(4), *many(3, 9)], "count of 1"),
    "one text": lambda: found(read(steps=80), np.arange(80) // 3 % 2),
    "one text, numbers": lambda: found(read(steps=80), np.arange(80) % 9.0),
    "groups": lambda: found(many(8), "count of 1", groups="aabbccdd"),
    "few groups": lambda: found(many(8, 24), "count of 1", groups="aaaabbbb"),
    "steps": lambda: found(many(), "count of 1", steps=slice(3, None)),
    "a lag": lambda: found(many(), "count of 1", lag=2),
    "ahead": lambda: found(many(), "count of 1", lag=-1, quantities="h"),
    "gates": lambda: found(many(), "count of 1", quantities=["f", "i"]),
    "a GRU": lambda: found(many(module=other(nn.GRU)), "count of 1"),
    "layers and directions": lambda: found(many(module=lstm(2, 2, True)), "count of 1"),
    "with gaps": lambda: found(
        many(), [np.where(np.arange(12) % 4 == n % 4, np.nan, one) for n, one in enumerate(numbers(many()))]
    ),
    "many series": lambda: [
        _told(lambda progress: found(many(3, 24, lstm(40)), "time since 0", progress=progress)),
        found(many(6, module=lstm(40)), "time since 2")[0].table.head(9),
    ],
    "other texts": lambda: [
        found(read(steps=70), np.sin(np.arange(70) / 3)),
        found(read(steps=70), np.arange(70) ** 2 % 11),
        found(many(2, 40), "time since 2"),
        found(many(7), "surplus of 1 over 2"),
    ],
    "progress": lambda: _told(
        lambda progress: found(many(), {"a": "count of 1", "b": "has seen 2"}, progress=progress)
    ),
    "what is refused": lambda: [
        refused(lambda: found(many(), "count of x")),
        refused(lambda: found(read(), "count of x")),
        refused(lambda: found(many(), [[np.nan] * 12] * 6)),
        refused(lambda: found(many(), "count of 1", many(3, module=lstm(4)))),
        refused(lambda: found(many(), numbers(many()), many(3))),
        refused(lambda: found(many(), numbers(many()), (many(3),))),
        refused(lambda: found(many(), {"a": numbers(many())}, (many(3), {"b": numbers(many(3))}))[0].searched),
        refused(
            lambda: found(
                many(), {"a": "count of 1", "b": numbers(many())}, (many(3), {"b": numbers(many(3)), "c": "x"})
            )
        ),
        refused(lambda: found(many(), "count of 1", quantities="x")),
        refused(lambda: found(many(), "count of 1", quantities=[])),
        refused(lambda: found(many(), "count of 1", lag=0.5)),
        refused(lambda: found(many(), "no such")),
    ],
}


def _told(ask: Callable[[Callable[[float], object]], Any]) -> Any:
    shares: list[float] = []
    ask(shares.append)
    return shares


def probed(traces: Any, property: Any, *given: Any, **options: Any) -> Any:
    options = {"permutations": 19} | options
    result = analysis.probe(traces, property, *given, **options)
    return [result, repr(result), result._repr_html_()]


WEAK = "time since 1", "has seen 4", "count of 2", "surplus of 0 over 1"
PROBED = {
    "whole texts": lambda: probed(many(8), "count of 1"),
    "ones and zeros": lambda: probed(many(8), "has seen 3"),
    "several, held out": lambda: probed(many(8), {"a": "count of 1", "b": "has seen 2"}, many(3)),
    "one text": lambda: probed(read(steps=90), np.arange(90) // 4 % 3),
    "held-out numbers": lambda: probed(many(8), numbers(many(8)), (many(3), numbers(many(3)))),
    "never changes there": lambda: probed(many(8), numbers(many(8)), (many(1), [np.ones(12)])),
    "unequal lengths": lambda: probed([*many(5), *many(4, 9)], "count of 1", lag=1, steps=slice(1, None)),
    "five texts": lambda: probed(many(5), "count of 1"),
    "weak ones": lambda: [probed(many(9, module=lstm(1)), ask, quantities="h") for ask in WEAK],
    "gaps held out": lambda: probed(many(8), numbers(many(8)), (many(1), [np.r_[np.arange(10.0), np.nan, np.nan]])),
    "four texts": lambda: probed(many(4, 30), "count of 1"),
    "what is refused": lambda: [
        refused(lambda: probed(many(8), "count of x")),
        refused(lambda: probed(read(), [np.nan] * 10)),
        refused(lambda: probed(many(8), "count of 1", many(3, module=lstm(4)))),
        refused(
            lambda: probed(many(8), {"a": numbers(many(8))}, (many(3), {"b": numbers(many(3)), "c": numbers(many(3))}))
        ),
        refused(lambda: probed(many(1, 2), np.array([0.0, 1.0]))),
    ],
}


def parts(groups: list[int], steps: list[int]) -> Any:
    return ridge.parts_of(groups, steps)


def foretold(gaps: bool) -> Any:
    series, properties = columns("R²", gaps)
    folds = ridge.parts_of([0], [20])
    properties = properties[:, [0, 1]]
    told, ridges = ridge.foretell(series, properties, folds)
    turned = ridge.units_along(series)
    return [
        told,
        np.log10(ridges),
        ridge.rank_alike(told, properties, folds),
        ridge.scores(told, properties, "R²"),
        ridge.scores(told, np.where(np.isnan(properties), np.nan, properties > 7), "AUC"),
        turned.mean,
        turned.spread[:3],
        turned.sizes,
    ]


def _a_few_at_a_time() -> Any:
    found = []
    for most in (1, 20, 39, 40):
        with patch.object(ridge, "NUMBERS", most):
            found.append(foretold(False)[:2])
    return found


RIDGES = {
    "groups": lambda: parts([0, 1, 2, 3, 4, 5, 6], [2, 1, 3, 1, 1, 2, 1]),
    "two groups": lambda: parts([0, 1], [2, 3]),
    "one sequence": lambda: parts([0], [30]),
    "two sequences of one group": lambda: parts([0, 0], [20, 5]),
    "an empty sequence": lambda: parts([0, 0], [0, 10]),
    "foretold": partial(foretold, False),
    "foretold a few at a time": lambda: _a_few_at_a_time(),
    "foretold, with gaps": partial(foretold, True),
    "scores": lambda: [
        ridge.scores(np.array([[1.0, 3], [2, 1], [3, 2]]), np.array([[0.0, 1], [1, 0], [1, 0]]), measure)
        for measure in ("AUC", "R²")
    ],
    "which steps count": lambda: (
        [
            series_of_units.counted(6, steps)
            for steps in (None, slice(2, None), slice(-2, None), [0, 5], [-6, 6, 5], [-7, 2], [True, False] * 4)
        ]
        + [refused(partial(series_of_units.counted, 6, steps)) for steps in ([True] * 5, [0.5], [[1]], [True] * 6)]
    ),
}

TABLE = pd.DataFrame(
    {"batch": [0, 0, 1, 1, 1], "time": [1, 0, 0, 2, 1], "a": [1.0, 2, 3, 4, 5], "b": [0.0, 1, 0, 1, 1]}
)


def given_as(property: Any, of: list[int] | None = None) -> Any:
    return property_values.properties_at_steps([lengths(of or [2, 3])], property)


VALUES = {
    "a table": lambda: given_as(TABLE),
    "a table by its index": lambda: given_as(TABLE.set_index(["batch", "time"])),
    "a series by its index": lambda: given_as(TABLE.set_index(["batch", "time"])["a"]),
    "a table of one sequence": lambda: given_as(TABLE[["a", "b"]], [5]),
    "a table of one sequence by time": lambda: given_as(TABLE[:2][["a", "time"]], [2]),
    "an array": lambda: given_as(np.array([[1.0, 2, 3], [4, 5, 6]])),
    "an array turned": lambda: given_as(torch.tensor([[1.0, 2], [3, 4], [5, 6]])),
    "an array of one": lambda: given_as(np.arange(4), [4]),
    "an array of one turned": lambda: given_as(np.arange(4)[:, None], [4]),
    "a square of one": lambda: given_as(np.array([[3.0]]), [1]),
    "lists": lambda: given_as([[1, 2], [3, 4, np.nan]]),
    "a list of one": lambda: given_as([1, 2, 3], [3]),
    "a list of two of one step": lambda: given_as([3.0, 4.0], [1, 1]),
    "an empty list": lambda: refused(lambda: given_as([], [1])),
    "a list in a list": lambda: given_as([[1, 2, 3]], [3]),
    "named arrays": lambda: given_as(xarray.DataArray([[1.0, 2, 3], [4, 5, 6]], dims=["batch", "time"])),
    "a named array turned": lambda: given_as(xarray.DataArray([[1.0, 2], [3, 4], [5, 6]], dims=["time", "batch"])),
    "a named array of one": lambda: given_as(xarray.DataArray([1.0, 2], dims=["time"]), [2]),
    "a data set": lambda: given_as(xarray.Dataset({"q": (("time", "batch"), np.arange(6.0).reshape(3, 2))})),
    "what is refused": lambda: [
        refused(partial(given_as, *wrong))
        for wrong in (
            (np.zeros((2, 2)), [2, 2]),
            (np.zeros((3, 3)),),
            (np.zeros(3),),
            (np.zeros((1, 1)), [1]),
            ([[1, 2]],),
            ([[1, 2], [1, 2, np.inf]],),
            ([["a", "b"], [1, 2, 3]],),
            (xarray.DataArray([1.0, 2], dims=["time"]),),
            (xarray.DataArray(np.zeros((2, 4)), dims=["batch", "time"]),),
            (xarray.DataArray(np.zeros((2, 3)), dims=["batch", "date"]),),
            (TABLE[["a", "b"]],),
            (TABLE[["a", "batch"]], [5]),
            (pd.concat([TABLE, TABLE]),),
            (TABLE.assign(batch=[1, 1, 2, 2, 2]),),
            (pd.DataFrame({f"c{n}": [1.0] for n in range(9)}),),
            (pd.DataFrame({f"c{n}": [1.0] for n in range(8)}),),
            ("count of a",),
        )
    ],
    "properties of a text": lambda: {
        name: [property(text) for text in (list(CODE), SPEECH, WORDS, ["a", ""], list("to be2 É"))]
        for name, property in analysis.PROPERTIES.items()
    },
    "named properties": lambda: {
        name: analysis.property_named(name)(text)
        for name in ("count of a", "has seen A", "time since a", "surplus of a over b", "has seen z", "count of  ")
        for text in (list("abAab a"),)
    },
    "names that none has": lambda: [
        refused(partial(analysis.property_named, name))
        for name in ("count of ", "surplus of a", "surplus of  over b", "surplus of a over ", "a over b", "")
    ],
    "kinds of Python": lambda: [
        states(text)
        for text in (
            list(CODE),
            list("a'b' 'it\\'s' f'x' rb'y' xrb'z'\n'open\nnext #c\n\"two\" '''three\n''' \"\"\"\"q\"\"\" ''"),
            list("'a\\"),
            ["a", "=", "'x", "y'", "#", "z"],
            ["", "a"],
            [],
            list("don't 1'2 '"),
            list("'''it's'''b"),
            list("a#\nb '\nc \"d\ne"),
            list("a'''b'''c '''a'b'''d"),
            list("'a'b 'c'"),
        )
    ],
    "short tables": lambda: [
        (shown.as_text if text else shown.as_html)(
            pd.DataFrame(
                {"token": [" ", "a" * 30, None, "<b>"][: min(4, rows)] + ["x"] * (rows - 4), "n": range(rows)}
            ),
            "Said & done.",
        )
        for rows in (4, 12, 13)
        for text in (True, False)
    ],
}


def split(trace: Any, time: int, *at: Any, **options: Any) -> Any:
    result = lstm_core.ledger(trace, time, *at, **options)
    kept = [result.cell.sum(0), result.to_pandas(), result.summary(), repr(result)]
    return [result, *kept, result.hidden if result.o is not None else None]


def with_reset(both: bool = False) -> Any:
    module = lstm(2, 1, both)
    with lstm_core.record(module) as recording:
        _, state = module(moved(9)[:4])
        module(moved(9)[4:7], state)
        module(moved(9)[7:])
    return recording.only


def started(module: Any, **given: Any) -> Any:
    shape = (module.num_layers * (2 if module.bidirectional else 1), 1, module.hidden_size)
    h0 = torch.full((*shape[:2], module.proj_size or shape[2]), 0.25)
    return lstm_core.run(module, moved(6), (h0, torch.full(shape, -0.5)), **given)


def held(*holds: Any, module: Any = None) -> Any:
    module = module or lstm()
    with lstm_core.intervene(module, *holds):
        return read(module, 7)


def by_hand(cell: Any = Lstm, units: int = 3, *more: Any) -> Any:
    """A hand-written cell in a loop, with weights that no chance draws."""
    made = cell(3, units, *more)
    waves = {name: torch.sin(torch.arange(w.numel()) * 1.7).view(w.shape) for name, w in made.state_dict().items()}
    made.load_state_dict(waves)
    return Loop(made, units).eval()


def of_cell(model: Any, *holds: Any, mask: Any = None) -> Any:
    given = (moved(7, batch=2), *([] if mask is None else [mask]))
    with torch.no_grad(), lstm_core.record(model) as recording:
        model(*given)
    if holds:
        with torch.no_grad(), lstm_core.intervene(model, *holds), lstm_core.record(model) as recording:
            model(*given)
    return recording.only


UNTIL = (torch.arange(7).view(-1, 1) < torch.tensor([7, 4])).float().unsqueeze(-1)


def near(**apart: float) -> Any:
    """A unit whose recorded c is so far from what its gates give, at one step each; in float32, and up to 9 beyond."""
    c = torch.tensor([8.0, 8.5, 9.0, 9.5, 0.25, 0.5])
    for step, far in apart.items():
        c[int(step[1:]) :] += far
    f, g = torch.tensor([1.0, 1, 1, 1, 0, 1]), torch.tensor([0.5, 0.5, 0.5, 0.5, 0.25, 0.25])
    trace = lstm_core.run(lstm(1), moved(6))
    values = {"f": f, "i": torch.ones(6), "g": g, "c": c}
    return trace.with_values(**{name: one.view(1, 1, -1, 1, 1) for name, one in values.items()})


def linear(inputs: int, outputs: int = 2, bias: bool = True) -> Any:
    return drawn(nn.Linear(inputs, outputs, bias, device="meta"), 1.0, torch.Generator().manual_seed(inputs))


SPLIT = {
    "a step": lambda: split(read(), 4),
    "the last": lambda: split(read(tokens=WORDS), -1),
    "the first": lambda: split(read(), 0),
    "from a state": lambda: split(started(lstm()), 3),
    "from the right": lambda: split(started(lstm(2, 2, True)), 3, 1, 1),
    "of the upper layer": lambda: split(started(lstm(2, 2, True)), 3, 1, 0),
    "after a reset": lambda: split(with_reset(), 8),
    "at a reset": lambda: split(with_reset(), 7),
    "before a reset": lambda: split(with_reset(), 6),
    "from the right, before a reset": lambda: split(with_reset(True), 5, 0, 1),
    "a part": lambda: split(read().sel(time=slice(3, 9), unit=[0, 2]), 6),
    "a part from the right": lambda: split(read(lstm(2, 1, True)).sel(time=slice(3, 9)), 5, 0, 1),
    "a short sequence": lambda: split(lengths([4, 7]), 3, batch=0),
    "a short sequence from the right": lambda: split(lengths([4, 7], lstm(2, 1, True)), 1, 0, 1, batch=0),
    "c held": lambda: split(held(lstm_core.Hold("c", 0.7, units=[1], steps=[3])), 6),
    "h held": lambda: split(held(lstm_core.Hold("h", 0.7, units=[1], steps=[6])), 6),
    "f shut": lambda: split(held(lstm_core.Hold("f", 0.0, steps=[3])), 6),
    "all is 0": lambda: split(held(lstm_core.Hold("i", 0.0)), 6),
    "by hand": lambda: split(of_cell(by_hand()), 5, batch=1),
    "by hand, c held": lambda: split(of_cell(by_hand(), lstm_core.Hold("c", 0.7, units=[1], steps=[3, 4])), 6),
    "by hand, all of c held": lambda: split(of_cell(by_hand(), lstm_core.Hold("c", 0.0, steps=[2])), 4),
    "by hand, a mask": lambda: split(of_cell(by_hand(Masked, 3, "where"), mask=UNTIL), 6, batch=1),
    "zoneout": lambda: split(of_cell(by_hand(Zoneout)), 5),
    "nearly as its gates say": lambda: [
        split(near(**apart), 5) for apart in ({"t2": 4e-5}, {"t2": 1e-4}, {"t5": 4e-6}, {"t5": 2e-5}, {"t1": 6e-6})
    ],
    "projected": lambda: [
        lstm_core.ledger(read(module), 5).projected(module.weight_hr_l0) for module in (lstm(4, proj_size=2),)
    ],
    "scores": lambda: (
        [
            lstm_core.ledger(read(lstm(3, 1, True)), 5, 0, direction).scores(linear(inputs), **{})
            for direction in (0, 1)
            for inputs in (3, 6)
        ]
        + [lstm_core.ledger(read(), 5).scores(linear(3, bias=False))]
    ),
    "all scores": lambda: [
        analysis.score_shares(read(module), module, linear(width), 5)
        for module, width in ((lstm(), 3), (lstm(2, 2, True), 4), (lstm(4, proj_size=2), 2))
    ],
    "without each": lambda: [
        analysis.scores_without_each(module, linear(width), moved(6), time, steps)
        for module, width in ((lstm(), 3), (lstm(2, 1, True), 4))
        for time, steps in ((3, None), (5, [0, 5]), (0, [0]), (0, None), (2, [3, 1]))
    ],
    "what is refused": lambda: [
        refused(lambda: lstm_core.ledger(read(), 10)),
        refused(lambda: lstm_core.ledger(read(), 5).scores(linear(4))),
        refused(lambda: lstm_core.ledger(read(lstm(4, proj_size=2)), 5).scores(linear(2))),
        refused(lambda: lstm_core.ledger(read(), 5).projected(torch.zeros(2, 3))),
        refused(lambda: analysis.scores_without_each(lstm(), linear(3), moved(6), 6)),
        refused(lambda: analysis.scores_without_each(lstm(), linear(3), moved(6), -1)),
        refused(lambda: analysis.scores_without_each(lstm(), linear(3), moved(6), 1, [6])),
        refused(lambda: analysis.scores_without_each(lstm(), linear(3), moved(6), 1, [-1])),
        refused(lambda: analysis.scores_without_each(lstm(), linear(3), moved(6), 5, [0])),
    ],
}


def taken_apart(module: Any, trace: Any, **at: Any) -> Any:
    result = lstm_core.anatomy(module, trace, **at)
    return [result, result.to_pandas(), result.summary(), repr(result)]


def learnt() -> Any:
    module = lstm()
    trace = read(module)
    return taken_apart(wide(module, 0.5), trace, unit=1, time=4)


def moved_c(size: float, apart: float) -> torch.Tensor:
    """c of `read()`, all so much larger as i ⊙ g and f allow, and at one step a little more."""
    trace = read()
    c = trace.c + size
    c[0, 0, 4] = trace.f[0, 0, 4] * c[0, 0, 3] + trace.i[0, 0, 4] * trace.g[0, 0, 4] + apart
    return c


APART = {
    "a cell": lambda: taken_apart(lstm(), read(), unit=2, time=4),
    "the first step": lambda: taken_apart(lstm(2), started(lstm(2)), unit=1, time=0),
    "the upper layer from the right": lambda: taken_apart(
        lstm(2, 2, True), started(lstm(2, 2, True)), unit=0, time=3, layer=1, direction=1
    ),
    "without biases": lambda: taken_apart(lstm(bias=False), read(lstm(bias=False)), unit=0, time=4),
    "a projection": lambda: taken_apart(lstm(4, proj_size=2), read(lstm(4, proj_size=2)), unit=3, time=4),
    "a sequence": lambda: taken_apart(lstm(), lengths([4, 7]), unit=0, time=3, batch=1),
    "held": lambda: taken_apart(lstm(), held(lstm_core.Hold("f", 0.5, steps=[3])), unit=0, time=3),
    "weights that have learnt": learnt,
    "nearly as recorded": lambda: [
        lstm_core.anatomy(lstm(), read().with_values(c=moved_c(size, apart)), unit=1, time=4).recorded
        for size in (0.0, 5.0)
        for apart in (0.0005, 0.0009, 0.0011, 0.004, 0.006)
    ],
    "what is refused": lambda: [
        refused(lambda: lstm_core.anatomy(lstm(), read().sel(unit=[0, 1]), unit=0, time=1)),
        refused(lambda: lstm_core.anatomy(lstm(4), read(), unit=0, time=1)),
        refused(lambda: lstm_core.anatomy(other(nn.GRU), read(other(nn.GRU)), unit=0, time=1)),
        refused(lambda: lstm_core.anatomy(lstm(), read(), unit=3, time=1)),
    ],
}


def remembering(*traces: Any) -> Any:
    return pd.DataFrame(lstm_core.units(list(traces)))


REMEMBERING = {
    "an LSTM": lambda: remembering(read(lstm(3, 2, True))),
    "several": lambda: remembering(read(), lengths([3, 6]), read(steps=4)),
    "a GRU": lambda: remembering(read(other(nn.GRU)), read(other(nn.GRU), 5)),
    "an RNN": lambda: remembering(read(other(nn.RNN)), read(other(nn.RNN), 5)),
    "at the bounds": lambda: remembering(
        made(
            f=[0.1, 0.9, 0.0999, 0.901], i=[1.0] * 4, g=[0.1, -0.1, 0.0999, 0.5], c=[0.0, 1.0, -1.0, 1.0], o=[0.05] * 4
        )
    ),
    "always open": lambda: remembering(made(f=[1.0] * 3, i=[0.5] * 3, g=[0.0] * 3, c=[1.0] * 3)),
    "shut once": lambda: remembering(made(f=[1.0, 0.0, 0.5], i=[0.5] * 3, g=[0.0] * 3, c=[1.0, 2, -3])),
    "NaN": lambda: remembering(read().with_values(c=read().c.index_fill(4, torch.tensor([1]), torch.nan))),
    "plots": lambda: [
        lstm_core.units(read()).plot().layout.title.text,
        lstm_core.units(read(other(nn.GRU))).plot().layout.title.text,
        lstm_core.units(read()).plot("o").layout.title.text,
        refused(lambda: lstm_core.units(read()).plot("z")),
        refused(lambda: lstm_core.units(read(other(nn.RNN))).plot()),
    ],
    "orders": lambda: (
        [
            analysis.order_units(read(lstm(6, 2, True), 20), by, layer, direction)
            for by in ("index", "leak", "similarity", "activity")
            for layer, direction in ((0, 0), (1, 1))
        ]
        + [analysis.order_units(lengths([3, 6], lstm(5)), by) for by in ("leak", "similarity", "activity")]
    ),
}


class Twice(nn.Module):
    """Two LSTMs, one of which reads both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = lstm(2), wide(drawn(nn.LSTM(2, 3, device="meta"), 1.0, torch.Generator().manual_seed(2)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.two(self.one(x)[0])[0]
        return found


def changed(model: Any, batch: int = 1, **options: Any) -> Any:
    result = analysis.what_if(model, moved(5, batch=batch), **options)
    output = [one.output[0] if isinstance(one.output, tuple) else one.output for one in result]
    return [result.to_pandas(), result.summary(), repr(result), result._repr_html_(), output]


CHANGED = {
    "one": lambda: changed(lstm(), hold=lstm_core.Hold("f", 0.0, units=[1])),
    "several in a batch": lambda: changed(
        lstm(), 3, hold=[lstm_core.Hold("f", 0.0, units=[1]), lstm_core.Hold("i", 1.0, units=[0], steps=[2])]
    ),
    "in a batch of two": lambda: changed(lstm(), 2, hold=lstm_core.Hold("f", 0.0, units=[1])),
    "one of two": lambda: changed(Twice(), hold=lstm_core.Hold("o", 0.5), name="one"),
    "an effect": lambda: [
        (
            one := analysis.effect(
                lstm(),
                [moved(4), moved(6) + 1],
                lambda module, x: float(module(x)[0].sum()),
                lstm_core.Hold("o", 1.0),
            )
        ),
        one.change,
        refused(lambda: analysis.effect(lstm(), [], lambda *_: 0.0, lstm_core.Hold("o", 1.0))),
    ],
}

ANALYSED = cases_of(
    {
        "described": DESCRIBED,
        "compared": COMPARED,
        "measures": MEASURES,
        "shuffled": SHUFFLED,
        "together": TOGETHER,
        "found": FOUND,
        "probed": PROBED,
        "ridges": RIDGES,
        "values": VALUES,
        "split": SPLIT,
        "apart": APART,
        "remembering": REMEMBERING,
        "changed": CHANGED,
    }
)
