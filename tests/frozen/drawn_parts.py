"""Which parts of figures are frozen by themselves, at the bounds of their sizes?"""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image

import lstm_core
from frozen.analysed import lstm, read
from frozen.explained import made as horizon_made
from frozen.figures import HOURS, LONG, TEXT, moved, run
from frozen.plain import cases_of, refused
from lstm_core import errors, quantities
from lstm_core.analysis.found import Found
from lstm_core.plots import (
    answer_parts,
    as_plotly,
    bins,
    columns,
    compared_strips,
    corpus_figures,
    fields_table,
    gate_strips,
    horizon_lines,
    labels,
    map_strips,
    notebook_page,
    paper_room,
    pictures,
    quiet_axes,
    remembering_figures,
    score_bars,
    share_bars,
    side_by_side_strips,
    sources,
    step_axis,
    still_drawing,
    strips,
    time_axis,
)
from lstm_core.plots.palette import LINES, channels, look

LIGHT = as_plotly.LIGHT
FOUR = ["#ff0000", "#00ff00", "#0000ff", "#000000"]


def pixels(image: Image.Image) -> Any:
    """What a picture shows: its pixels, and where it is clear."""
    return np.asarray(image.convert("RGBA"))


def strip(values: Any, letter: str = "f", low: float = 0.0, high: float = 1.0) -> pictures.Strip:
    return pictures.Strip(letter, np.array(values, float), low, high, FOUR)


def sheet_of(units: int, steps: int, words: Any = ()) -> Any:
    two = [strip(moved(steps, units)[:, 0].numpy().T, letter, -2, 2) for letter in "fc"]
    drawn = pictures.sheet(two, words, "#102030", "#fdfdfd")
    seen = np.asarray(drawn.convert("RGB")).astype(int)
    # Letters are as the installed library draws them: of words only where they begin and end is kept, about.
    dark = (np.abs(seen - [0x10, 0x20, 0x30]).sum(-1) < 60) if words else np.zeros((1, 1), bool)
    ends = np.flatnonzero(dark[-18:, 24:].any(0))[[0, -1]] // 4 if words and dark[-18:, 24:].any() else []
    down = [np.flatnonzero(np.diff(seen[:-18, x], axis=0).any(1)) for x in (23, -1)]
    return [drawn.size, down, np.flatnonzero(np.diff(seen[1, 21:], axis=0).any(1)), seen[:-18:7, 22::5].sum(2), ends]


PICTURES: dict[str, Callable[[], Any]] = {
    "cells": lambda: [
        pixels(pictures.cells(one))
        for one in (
            strip([[0, 0.2, 0.5, 1.0], [-1, 2, np.nan, 0.999]]),
            strip([[-2, 0, 1.9, 4]], low=-2, high=2),
            strip([[np.nan, np.nan]]),
        )
    ],
    "a PNG": lambda: pixels(Image.open(io.BytesIO(pictures.as_png(pictures.cells(strip([[0.1, np.nan], [0.7, 1]])))))),
    "a source": lambda: pictures.as_source(b"abc").partition(",")[::2],
    "sheets": lambda: [sheet_of(*size) for size in ((2, 3), (1, 1), (30, 5), (121, 4), (3, 878), (2, 900))],
    "sheets with words": lambda: [sheet_of(2, 3, ["a", "bc", "d"]), sheet_of(2, 40, ["words"] * 40)],
    "colours": lambda: [[channels(one) for one in ("#12617d", "#ffffff")], LINES["dark"], look("grey", "dark")],
}

NUMBERS: dict[str, Callable[[], Any]] = {
    "labels": lambda: (
        [
            labels.label(token)
            for token in (*LONG, "\t", "\r\n", "\u00a0", "a" * 18, "a" * 19, "\x00\x01", "é", "\u200b")
        ]
        + [labels.label("abcdef", most) for most in (5, 6, 7)]
        + [labels.some(tokens) for tokens in ("abcde", "abcdef", "aab", "")]
    ),
    "widths": lambda: [
        labels.width_of(text) for text in ("", "abc", "日本", "␣⇥", "\u10ff\u1100", "\u218f\u2190\u24ff\u2500")
    ],
    "signs": lambda: [
        labels.signed(value, places)
        for places in (2, 3)
        for value in (0.0, 0.1, 0.0999, 0.05, 0.01, 0.001, 2e-6, 1e-6, 9e-7, -0.05, -3.14159, 100.0)
    ],
    "rounded up": lambda: [
        columns.round_up(number) for number in (0, 1, 2, 2.1, 5, 6, 10, 11, 20, 21, 51, 100, 101, 1e6)
    ],
    "columns": lambda: [
        [found, found.end, found.positions()[:3]]
        for found in (
            columns.fit(*asked)
            for asked in (
                (10, 100, 20, None),
                (100, 100, 20, None),
                (101, 100, 20, None),
                (65, 65, 9999, None),
                (64, 65, 9999, None),
                (1000, 100, 20, (10, 59)),
                (1000, 100, 20, (10, 109)),
                (1000, 100, 20, (10, 110)),
                (1000, 100, 20, (0, 20)),
                (1000, 100, 20, (990, 1050)),
                (1000, 100, 20, (-30, 400)),
                (1000, 100, 20, (1000, 1200)),
                (1000, 100, 20, (1200, 1300)),
                (1000, 100, 20, (500, 400)),
                (10**6, 700, 2000, None),
                (10**6, 700, 20, (0.4, 5000.6)),
                (10**5, 10, 20, None),
                (1000, 100, 20, (3.5, 3.5)),
                (300, 100, 2250, (10, 90)),
                (300, 100, 2250, (10, 108)),
            )
        )
    ],
    "bins": lambda: (
        [
            [found, found.extreme, found.other]
            for per in (1, 2, 3, 5, 6)
            for found in (bins.bins(moved(5)[:, 0], per), columns.Columns(1, per, 2, 5).take(moved(5)[:, 0]))
        ]
        + [bins.changes(moved(4)[:, 0])]
    ),
    "a spike": lambda: [bins.bins(torch.tensor([[0.0, 0], [0, 0], [5, -5]]), 3)._asdict(), columns.whole(3)],
    "scales": lambda: [
        [strips.reach_of(value) for value in (0.0, 1.0, 1.001, 2.0, 2.5, 11)],
        [
            side_by_side_strips.fine_scale([np.array([value, np.nan])])
            for value in (0.0, 9e-7, 1e-6, 0.001, 0.0011, 0.2, 0.201, 0.5, 0.51, 1.0, 7, 123)
        ],
        side_by_side_strips.scale_of([np.array([0.5]), np.array([np.nan, -3])]),
    ],
    "sources": lambda: (
        [
            sources.window(steps, step, direction)
            for steps in (159, 160, 161, 500)
            for step in (0, 20, 139, 140, 158)
            for direction in (0, 1)
        ]
        + [
            sources.sources_shown(np.arange(1.0 + steps), [f"{n}" for n in range(steps)], step, direction)
            for steps, step, direction in (
                (3, 1, 0),
                (3, 1, 1),
                (161, 150, 0),
                (161, 5, 1),
                (161, 150, 1),
                (300, 299, 0),
            )
        ]
    ),
    "lists": lambda: (
        [fields_table.listed(range(count)) for count in (0, 1, 200, 201)]
        + [fields_table.fields_table("<a>", {"b": "<c>"})]
    ),
    "errors": lambda: (
        [
            errors.shortened(name)
            for name in ("a" * 80, "a" * 81, 3, 2.5, None, [1], True, errors.os.path, io)
            if not hasattr(name, "__file__")
        ]
        + [
            words(what, count)
            for words in (errors.numbered, errors.from_zero)
            for what, count in (("layer", 1), ("step", 4))
        ]
        + [refused(lambda given=given: errors.check_from_1(n=given)) for given in (1, 0, -1, 1.0, "1", True)]
        + [
            refused(partial(errors.refuse_unknown, given, ("time", "batch", "unit")))
            for given in (["time"], ["tme"], ["step"], ["sequences"], ["zzz"], ["unit", "x"], [])
        ]
        + [errors.address(*one) for one in (("lstm_core.a.b", "c"), ("lstm_core.a", "D.<locals>._e"), ("x", "y"))]
    ),
    "quantities": lambda: (
        [
            [ask(table) for table in quantities.TABLES]
            for ask in (quantities.blocks, quantities.recorded, quantities.states, quantities.gates, quantities.letters)
        ]
        + [quantities.letters(quantities.table_of(some)) for some in ("c", "h", "z", "rh", "fh", "", "ifgoch", "rznh")]
        + [[row.bounds for row in table] for table in quantities.TABLES]
    ),
}

MIXED = ["ab", "cd", "ef", "abcdefghijkl", "abcdefghijklm"]
WORDS = ["a", "the", "dog", "Donaudampfschiffahrt"]


def axis_of(words: Any, width: float, *ends: float) -> Any:
    first, last = ends or (-0.5, len(words) - 0.5)
    found, high = step_axis.step_axis(words, width, first, last)
    return [found, high, step_axis.past_the_end(found, width, first, last)]


def days(count: int, hours: float = 24.0, begin: datetime = datetime(2024, 1, 29)) -> list[datetime]:
    return [begin + timedelta(hours=hours * n) for n in range(count)]


AXES: dict[str, Callable[[], Any]] = {
    "words over columns": lambda: [axis_of(WORDS, width) for width in (40, 63, 64, 100, 160, 300, 600, 700)],
    "letters over columns": lambda: [axis_of(list("abcdef"), width) for width in (40, 47, 48, 50, 96)],
    "a part of the words": lambda: [
        axis_of(TEXT, 200, 1.5, 4.5),
        axis_of(TEXT, 200, -3, 3),
        axis_of(TEXT, 60, 2.5, 30),
    ],
    "no words": lambda: [axis_of([], 200, -0.5, 9.5), axis_of([], 800, -0.5, 99.5), axis_of(TEXT * 100, 300)],
    "some long words": lambda: [
        axis_of(words, 400) for words in (["a"] * 5 + ["abcdefghijklm"], ["abcdefghijkl"] * 3 + ["abcdefghijklm"] * 3)
    ],
    "under the steps": lambda: (
        [
            time_axis.time_axis(range(len(names)), names, kind, width, 12)
            for names, kind, width in (
                (WORDS, "", 400),
                (WORDS, "", 60),
                (WORDS, "", 40),
                (WORDS, "basin", 40),
                *((WORDS * 20, "basin", width) for width in (100, 150, 200, 300, 400)),
                *(([f"{n}" for n in range(30)], "basin", width) for width in (100, 200, 300)),
                (list("abcdef"), "", 90),
                (list("abcdef"), "", 50),
                (["1", "2"], "", 90),
                (["one", "2"], "", 190),
                (days(10), "", 300),
                (days(10), "", 1000),
                (days(400), "", 300),
                (days(4000), "", 300),
                (days(4000), "", 100),
                (days(40, 1), "", 300),
                (days(40, 1), "", 1000),
                (days(60, 1 / 60), "", 400),
                (days(90, 1 / 3600), "", 400),
                (days(4, 9), "", 60),
                (HOURS, "", 100),
                (days(3, 24 * 11, datetime(2024, 1, 29, 5)), "", 60),
                (["2024-01-31", "2024-02-01", "2024-02-02"], "", 500),
                (["2024-01-31", "2024-02-xx"], "", 500),
                (["2024-01-31", "no"], "", 500),
                ([pd.NaT, datetime(2024, 1, 1)], "", 500),
            )
        ]
        + [
            time_axis.time_axis(numbers, None, "", width, 12)
            for numbers, width in ((range(10), 300), (range(10), 60), (range(3, 1500), 300), (range(0, 40, 4), 100))
        ]
        + [time_axis.every_for(number) for number in (0.5, 1.0, 1.1, 2, 3)]
    ),
    "where words no longer stand level": lambda: [
        [found.turned, found.places]
        for names, kind in ((["ab", "cd", "ef"], ""), (list("abc"), ""), (["ab", "cd", "ef"], "basin"))
        for found in (time_axis.time_axis(range(3), names, kind, width, 12) for width in range(10, 90))
    ],
    "where columns no longer have words": lambda: [
        [found["tickangle"], found["ticktext"], high]
        for words in (
            ["ab", "cd", "ef"],
            list("abc"),
            ["ab", "cd", "efghijklmnop"],
            ["ab", "cd", "efghijklmnopq"],
            MIXED,
        )
        for found, high in (step_axis.step_axis(words, width, -0.5, len(words) - 0.5) for width in range(20, 430, 3))
    ],
    "values": lambda: [
        quiet_axes.value_axis(LIGHT, np.array(values, float), 0.1, 0.2)["range"]
        for values in ([1, 2], [-1, -2], [-1, 3], [0], [], [np.nan, 2])
    ],
    "names": lambda: (
        [gate_strips.stack_name(both, 1, way) for both in (1, 2) for way in (0, 1)]
        + [gate_strips.short_name(1, way) for way in (0, 1)]
    ),
    "places": lambda: [
        gate_strips.place(strips.STRIPS, {row.quantity: range(units) for row in strips.STRIPS}, 10, 5, fill)
        for units in (1, 3, 4, 20, 60, 400)
        for fill in (None, 500.0)
    ],
    "rooms": lambda: (
        [[paper_room.small(letters), paper_room.line(letters)] for letters in (8, 10, 11, 12, 17)]
        + [
            [paper_room.bars_of(rows, reach), [bar.ticks for bar in paper_room.bars_of(rows, reach)]]
            for rows, reach in (
                (strips.STRIPS, {"c": 1.0}),
                (strips.STRIPS, {"c": 5.0, "h": 2.0}),
                (strips.GRU_STRIPS, {}),
                (strips.RNN_STRIPS, {"h": 2.0}),
                (strips.STRIPS[:2], {}),
            )
        ]
    ),
}


def memory_of(units: int, steps: int, width: float, **options: Any) -> Any:
    cells = {row.quantity: moved(steps, units)[:, 0].numpy().T * 3 for row in options.get("strips", strips.STRIPS)}
    return gate_strips.memory(cells, [f"w{n}" for n in range(steps)], LIGHT, width, **options)


def maps_of(steps: int, rows: int, wide: int, width: int) -> Any:
    values = {
        name: moved(steps * rows, wide).reshape(steps, rows, wide).numpy() * factor
        for name, factor in (("f", 0.4), ("c", 2.0), ("h", 0.4))
    }
    shown = [row for row in strips.STRIPS if row.quantity in values]
    return map_strips.map_strips(values, TEXT[:steps], shown, {"c": 4.0}, LIGHT, width)


def parts_of(inputs: int, units: int, steps: int, ends: Any = (0.5, 1.5)) -> Any:
    rows = {f"<i{n}>": moved(steps)[:, 0, 0].numpy() * (n + 1) for n in range(inputs)}
    carried = {f"{n}": moved(steps)[:, 0, 1].numpy() * (n - 1) for n in range(units)}
    terms = [("a <b>", 0.75), ("c", -0.25)]
    return answer_parts.answer_parts(
        rows, carried, [f"s{n}" for n in range(steps)], 2, (ends[0], terms, ends[1]), LIGHT
    )


def scores_of(measures: Any, p: Any, held_out: bool = False) -> Any:
    scores = np.linspace(0.9, 0.5, len(p))
    return score_bars.score_bars(
        [f"h of <{n}>" for n in range(len(p))],
        measures,
        scores,
        scores / 2 if held_out else None,
        [(f"<p{n}>", one) for n, one in enumerate(p)],
        LIGHT,
    )


def found_with(p: Any, **columns_of: Any) -> Any:
    count = len(p)
    table = {
        "property": ["a <b>"] * count, "measure": ["AUC"] * count, "quantity": ["c"] * count, "layer": [0] * count,
        "direction": [0] * count, "unit": range(count), "score": [0.7] * count, "p": p,
    }  # fmt: skip
    found = Found(pd.DataFrame(table | columns_of), 9, 1, 2, 1000, "shifts in time", 19, {})
    return [found.plot().to_dict(), found.summary()]


def corpus_of(tokens: int) -> Any:
    names = [f"<{n}>" for n in range(tokens)]
    table = pd.DataFrame(
        {"token": [*names, None], "count": range(tokens + 1, 0, -1), "c_change": np.arange(tokens + 1.0) - 2}
    )
    return corpus_figures.histogram_and_changes("c", np.array([-1, -0.5, 0, 0.5]), np.array([3, 4000, 1]), table, LIGHT)


def shares_of(count: int, step: int, direction: int = 0) -> Any:
    values = np.concatenate([[0.001], moved(count)[:, 0, 0].numpy()])
    shown = sources.sources_shown(values, [f"<{n}>" for n in range(count)], step, direction)
    return share_bars.shares(shown, step, LIGHT, "a <share>")


def page_of(units: int, steps: int, per: int = 1, words: bool = True) -> Any:
    rows = [row for row in strips.STRIPS if row.quantity in "fgc"]
    cells = {row.quantity: moved(steps, units)[:, 0].numpy().T * 3 for row in rows}
    cells["f"][0, 0] = np.nan
    named = [f"<w{n}>" for n in range(steps)] if words else []
    shown = columns.Columns(4, per, steps, 4 + per * steps)
    page = notebook_page.page("A <b>", "proof", "text", rows, cells, named, shown, "note")
    png = Image.open(io.BytesIO(notebook_page.sheet(rows, cells, named, shown)))
    return [page, [[one.low, one.high] for one in notebook_page.drawn_strips(rows, cells)], png.size]


def table_of_units(layers: int, both: bool, units: int) -> Any:
    return remembering_figures.saturation(pd.DataFrame(lstm_core.units(read(lstm(units, layers, both)))), "i", LIGHT)


def least_of(name: str, asked: Any) -> int:
    """The least width or height that an error says."""
    said = refused(lambda: run(3, 5, 2).plot(**{name: 30}, **asked))
    return int(said.split("at least ")[1].split(" pixels")[0])


FIGURES: dict[str, Callable[[], Any]] = {
    "strips": lambda: [
        memory_of(3, 4, 300),
        memory_of(3, 4, 100, fill=500),
        memory_of(60, 30, 400),
        memory_of(2, 4, 700, reach=5.0, layer=1, direction=1, gap=3),
        memory_of(2, 4, 700, reach=5.0, strips=strips.RNN_STRIPS),
        memory_of(2, 5, 700, columns=columns.Columns(3, 4, 5, 40)),
    ],
    "maps": lambda: [maps_of(3, 4, 5, 300), maps_of(1, 2, 2, 200)],
    "maps without room": lambda: (
        [
            refused(lambda width=width, steps=steps: maps_of(steps, 2, 3, width))
            for steps, width in ((6, 80), (6, 116), (6, 115), (9, 140))
        ]
        + [refused(lambda width=width: maps_of(2, 2, 1, width)) for width in (59, 60, 61)]
    ),
    "parts of an answer": lambda: [
        parts_of(1, 2, 4),
        parts_of(32, 33, 40),
        parts_of(33, 2, 41),
        parts_of(2, 2, 4, (0.5, 1.0)),
        parts_of(2, 2, 4, (0.5, 1.0005)),
        parts_of(2, 2, 4, (1.0, 1.0)),
    ],
    "parts of a long answer": lambda: [parts_of(1, 1, 1000), parts_of(1, 1, 1001), parts_of(1, 1, 2500)],
    "scores": lambda: [
        scores_of(["AUC", "R²", "AUC"], [0.05, 0.051, np.nan], True),
        scores_of(["AUC"], [0.01]),
        scores_of([], []),
    ],
    "finds": lambda: [
        found_with([0.05, 0.5]),
        found_with([0.051, 0.5]),
        found_with([np.nan, np.nan]),
        found_with([np.nan, 0.01]),
        found_with([0.5], property=["given values"]),
        found_with([0.5, 0.6], layer=[0, 1], property=["a", "b"], direction=[1, 0], held_out=[0.1, 0.9]),
        found_with([0.5] * 21),
    ],
    "a corpus": lambda: [corpus_of(0), corpus_of(3), corpus_of(31)],
    "shares": lambda: [
        shares_of(*asked) for asked in ((4, 2), (4, 9), (23, 3), (24, 3), (60, 3), (61, 60), (170, 165), (170, 3, 1))
    ],
    "pages": lambda: [
        page_of(*asked)
        for asked in ((2, 3), (40, 14), (3, 15), (1, 40), (3, 41), (3, 9, 4), (3, 3, 1, False), (33, 120, 7))
    ],
    "many columns": lambda: page_of(1, 800)[0],
    "three of one layer": lambda: compared_strips.three(
        lstm_core.compare(*(read(lstm(3, 2, True), 4),) * 2, (1, 1), (1, 0)), (1, 1), (1, 0), "ch", LIGHT
    ),
    "dots": lambda: [table_of_units(1, False, 3), table_of_units(2, False, 32), table_of_units(3, True, 11)],
    "lines": lambda: (
        [
            horizon_lines.horizon_lines(
                [
                    horizon_lines.HorizonLine(f"<{n}>", np.array([1, 2, 1024]), np.array([2.0, np.nan, n]))
                    for n in range(count)
                ],
                "of",
                0.05,
                LIGHT,
            )
            for count in (1, 4, 5)
        ]
        + [horizon_made().plot().to_dict(), horizon_made(leak=None).plot().to_dict()]
    ),
    "titles": lambda: [
        as_plotly.as_plotly({"data": [], "layout": {"margin": {"t": 3, "b": 1}, "height": 50}}, title).to_dict()
        for title in ("", "one", "a " * 38, "a " * 40, "b" * 90 + " c" * 40)
    ],
    "still": lambda: (
        [
            still_drawing.still_drawing(one.to_dict())
            for one in (
                run(3, 5).plot(width=420, title="A title\nof two lines that is longer than it is wide"),
                run(3, 5).plot(width=900, title="short", times=HOURS[:5]),
                run(3, 5, 2).plot(layer=[0, 1], width=900),
                run(2, 300).plot(width=400, quantities=["f"]),
                run(2, 1).plot(width=400, quantities=["c"], title=""),
                run(3, 10).plot(width=326),
            )
        ]
        + [
            still_drawing.can_draw(one)
            for one in (
                {"layout": {"width": 1, "height": 1}, "data": [{"type": "heatmap"}]},
                {"layout": {"width": 1}, "data": []},
                {"layout": {"width": 1, "height": 1}, "data": [{"type": "heatmap"}, {"type": "bar"}]},
            )
        ]
    ),
    "papers": lambda: [
        one.to_dict()
        for one in (
            run(3, 5).plot(width=330, height=700),
            run(40, 12).plot(width=1400),
            run(3, 12).sel(unit=[2, 0], time=slice(3, 9)).plot(width=500, quantities=["c", "h"]),
            run(2, 2000).plot(width=500, quantities=["c"]),
            run(2, 5, 3).plot(layer=[0, 1, 2], width=900, quantities=["f"]),
            run(3, 5).plot(width=330, title="A title of several words that takes more than a line of a narrow figure"),
            run(3, 5).plot(width=330, title="日本語の題は幅が広いので、もっと早く行が変わる"),
            run(2, 2).with_values(tokens=[["Donaudampfschiff", "a"]]).plot(width=400, quantities=["f"]),
            run(2, 3).with_values(tokens=[["Donaudampf", "a", "b"]]).plot(width=400, quantities=["f"]),
            run(3, 10).with_values(tokens=[WORDS + WORDS + ["one", "two"]]).plot(width=326),
        )
    ],
    "papers with just so much room": lambda: [
        refused(
            lambda name=name, asked=asked, more=more: run(3, 5, 2).plot(**{name: least_of(name, asked) + more}, **asked)
        )
        for name, asked in (("width", {}), ("width", {"layer": [0, 1]}), ("height", {"width": 500}))
        for more in (-1, 0, 1)
    ],
    "papers without room": lambda: [
        refused(lambda asked=asked: run(3, 5, 2).plot(**asked))
        for asked in (
            {"width": 100},
            {"width": 200, "layer": [0, 1]},
            {"width": 400, "height": 200},
            {"width": 400, "height": 300},
            {"width": 400, "height": 120, "quantities": ["f"]},
        )
    ],
}

DRAWN_PARTS = cases_of({"pictures": PICTURES, "numbers": NUMBERS, "axes": AXES, "figures": FIGURES})
