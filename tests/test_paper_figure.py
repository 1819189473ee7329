"""`trace.plot()`: a figure for a paper or a slide. What is on it, that nothing is cut off, its still form."""

import base64
import copy
import io
import pickle
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.plots.labels import width_of
from lstm_core.plots.palette import GATES

WORDS = ["Giraffes", "in", "a", "field"]
LINE, SVG = 1.3, "{http://www.w3.org/2000/svg}"
SIZES = {"slide": {"width": 1280, "height": 720}, "column": {"width": 326}, "notebook": {}}


def run(units=3, steps=4, words=None, kind=nn.LSTM, layers=1, **options):
    torch.manual_seed(0)
    return lstm_core.run(kind(4, units, layers, **options), torch.randn(steps, 1, 4), tokens=words)


def axes(figure, letter):
    return [axis for name, axis in figure.to_dict()["layout"].items() if name.startswith(f"{letter}axis")]


def texts(figure):
    return [re.sub("<.*?>", " ", note.text) for note in figure.layout.annotations]


@pytest.mark.parametrize("size", SIZES)
def test_it_names_gates_units_words_and_scales(size):
    figure = run(words=WORDS).plot(**SIZES[size])
    names = [
        "forget gate  f ",
        "input gate  i ",
        "candidate  g ",
        "cell state  c ",
        "output gate  o ",
        "hidden state  h ",
    ]
    assert texts(figure) == [*names, "unit", "gates  f i o ", "states, candidate  g c h "]
    assert figure.layout.xaxis.title.text == "word"
    assert list(figure.layout.xaxis.ticktext) == WORDS
    for rows in axes(figure, "y"):
        assert list(rows["ticktext"]) == ["0", "1", "2"]
    gates, states = (heatmap for heatmap in figure.data if heatmap.showscale)
    assert (gates.zmin, gates.zmax, list(gates.colorbar.tickvals)) == (0, 1, [0, 0.5, 1])
    assert (states.zmin, states.zmax, list(states.colorbar.ticktext)) == (-1, 1, ["−1", "0", "1"])
    assert figure.layout.paper_bgcolor == "#ffffff"


@pytest.mark.parametrize("kind", ["3 × 4", "64 × 50", "four side by side", "dates", "one row", "a large memory"])
@pytest.mark.parametrize("size", SIZES)
def test_all_that_is_written_is_inside_the_figure_and_apart(kind, size):
    words = ["unforeseeable"] * 50
    dates = [datetime(2020, 3, 1) + timedelta(hours=n) for n in range(5_000)]
    figure = {
        "3 × 4": lambda **size: run(words=WORDS).plot(title="A title that is longer than a column " * 3, **size),
        "64 × 50": lambda **size: run(64, 50, words).plot(**size),
        "four side by side": lambda **size: run(8, 9, layers=2, bidirectional=True).plot(
            layer=[0, 1], direction=[0, 1], **size
        ),
        "dates": lambda **size: run(8, 5_000).plot(times=dates, **size),
        "one row": lambda **size: run(1, 1, ["字" * 9]).plot(title="字" * 80, **size),
        "a large memory": lambda **size: counting().plot(title="", **size),
    }[kind](**SIZES[size])
    layout = figure.to_dict()["layout"]
    width, height, margin = layout["width"], layout["height"], layout["margin"]
    inner = width - margin["l"] - margin["r"], height - margin["t"] - margin["b"]

    def wide(text, size):
        return max(0.85 * width_of(line) * size / 13 for line in re.sub("</?i>", "", text).split("<br>"))

    if "title" in layout:
        size_of = layout["title"]["font"]["size"]
        lines = layout["title"]["text"].split("<br>")
        below = (1 - layout["title"]["y"]) * height + (len(lines) - (1 if len(lines) > 1 else 0)) * LINE * size_of
        first = min(margin["t"] + (1 - note["y"]) * inner[1] - 1.3 * note["font"]["size"] for note in named(layout))
        assert (1 - layout["title"]["y"]) * height >= (0.7 * size_of if len(lines) > 1 else 0)
        assert below <= first
        assert layout["title"]["x"] * width + wide(layout["title"]["text"], size_of) <= width
    for note in layout["annotations"]:
        x, y = margin["l"] + note["x"] * inner[0], margin["t"] + (1 - note["y"]) * inner[1]
        assert x >= 0
        assert y - LINE * note["font"]["size"] * (1 + note["text"].count("<br>")) >= 0
        assert x + (0 if note.get("textangle") else wide(note["text"], note["font"]["size"])) <= width
    for axis in axes(figure, "x"):
        begin, end = (margin["l"] + share * inner[0] for share in axis["domain"])
        column = (end - begin) / (axis["range"][1] + 0.5)
        size_of, right = axis["tickfont"]["size"], 0
        for place, name in zip(axis["tickvals"], axis["ticktext"], strict=True):
            half = 0.5 * (1.15 * size_of if axis["tickangle"] else wide(name, size_of))
            middle = begin + (place + 0.5) * column
            assert right <= middle - half
            right = middle + half
        deep = wide(max(axis["ticktext"], key=width_of), size_of) if axis["tickangle"] else LINE * size_of
        assert deep + LINE * axis["title"]["font"]["size"] < margin["b"]
        assert right <= width
        assert begin < end <= width - margin["r"] + 1
    for axis in axes(figure, "y"):
        high = (axis["domain"][1] - axis["domain"][0]) * inner[1]
        assert high >= 12 - 1
        each = high / (axis["range"][0] + 0.5)
        assert all(b - a >= axis["tickfont"]["size"] / each - 1e-6 for a, b in pairwise(axis.get("tickvals", ())))
    for bar in (heatmap.colorbar for heatmap in figure.data if heatmap.showscale):
        assert bar.len > 0
        assert margin["t"] + (1 - bar.y) * inner[1] + bar.len < height
        assert margin["l"] + bar.x * inner[0] + bar.thickness + wide("−0.5", bar.tickfont.size) <= width


def named(layout):
    """The names of strips."""
    return [note for note in layout["annotations"] if note["x"] >= 0 and "gate" in note["text"]][:1]


def counting():
    lstm = nn.LSTM(1, 2)
    with torch.no_grad():
        for weights in lstm.parameters():
            weights.fill_(9)
    return lstm_core.run(lstm, torch.ones(30, 1, 1))


def test_a_memory_beyond_1_has_a_colour_bar_of_its_own():
    figure = counting().plot()
    assert texts(figure)[-3:] == ["gates  f i o ", "states, candidate  g h ", "memory  c "]
    [c] = [heatmap for heatmap in figure.data if heatmap.name == "c"]
    assert (c.zmin, c.zmax, list(c.colorbar.ticktext)) == (-30, 30, ["−30", "0", "30"])


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_an_h_beyond_1_has_a_colour_bar_of_its_own_and_is_not_cut_off():
    torch.manual_seed(1)
    given = torch.tensor([[[0.5, -1.7]]])
    relu, projects = nn.RNN(2, 2, nonlinearity="relu"), nn.LSTM(2, 4, proj_size=2)
    relu.bias_ih_l0.data += 1.8
    projects.weight_hr_l0.data *= 9
    for module, state, named in ((relu, None, []), (projects, None, ["c"]), (nn.GRU(2, 2), given, ["n"])):
        trace = lstm_core.run(module, torch.randn(5, 1, 2), state=state)
        largest = trace.h.abs().max().item()
        [h] = [heatmap for heatmap in trace.plot().data if heatmap.name == "h"]
        assert 1 < largest <= h.zmax == -h.zmin < 2 * largest
        assert h.colorbar.tickvals[-1] == h.zmax
        assert texts(trace.plot())[-1] == "hidden state  h "
        for other in named:
            assert {heatmap.zmax for heatmap in trace.plot().data if heatmap.name == other} == {1}


@pytest.mark.parametrize(("largest", "end"), [(0.2, 1), (1.2, 1.5), (6.6, 8), (-9, 10), (31, 40), (100, 100)])
def test_the_scale_of_a_memory_ends_little_beyond_its_largest_value(largest, end):
    trace = run()
    trace.c[0, 0, 1, 0, 1] = largest
    [c] = [heatmap for heatmap in trace.plot().data if heatmap.name == "c"]
    assert (c.zmin, c.zmax) == (-end, end)


@pytest.mark.parametrize(
    ("kind", "bars"), [(nn.GRU, ["gates  r z ", "states, candidate  n h "]), (nn.RNN, ["states  h "])]
)
def test_other_cells_have_their_own_names_and_bars(kind, bars):
    assert texts(run(kind=kind).plot())[-len(bars) :] == bars


@pytest.mark.parametrize(
    ("quantities", "bar"), [("g", "candidate  g "), ("h", "states  h "), ("gh", "states, candidate  g h ")]
)
def test_a_colour_bar_is_named_by_what_it_is_of(quantities, bar):
    assert texts(run().plot(quantities=list(quantities)))[-1] == bar


@pytest.mark.parametrize("quantities", ["f", "fg", "fgh", "fgc", "fgch", "ifgoch"])
@pytest.mark.parametrize("width", [326, 650, 1280])
def test_colour_bars_have_room_in_the_least_height_and_without_one(quantities, width):
    for trace in (run(1), counting()):
        asked = {"quantities": list(quantities), "width": width}
        with pytest.raises(LstmCoreError, match="Expected a height") as raised:
            trace.plot(**asked, height=20)
        least = int(re.search(r"at least (\d+)", str(raised.value))[1])
        for height in (least, None):
            figure = trace.plot(**asked, height=height)
            bars = [heatmap.colorbar for heatmap in figure.data if heatmap.showscale]
            assert all(bar.len >= 3 * bar.tickfont.size for bar in bars)
            inner = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
            for above, below in pairwise(bars):
                named = (1 + texts(figure)[-1].count(",") + 1) * LINE * below.tickfont.size
                assert (above.y - below.y) * inner >= above.len + named


def test_layers_and_directions_stand_side_by_side_each_with_its_name():
    trace = run(layers=2, bidirectional=True)
    figure = trace.plot(layer=[1, 0], direction=[0, 1], quantities=["c"])
    assert [heatmap.meta for heatmap in figure.data] == [
        {"layer": layer, "direction": direction} for layer in (1, 0) for direction in (0, 1)
    ]
    for heatmap in figure.data:
        np.testing.assert_array_equal(heatmap.z, trace.cells("c", **heatmap.meta))
    assert [text for text in texts(figure) if text.startswith("layer")] == [
        *["layer 1 →", "layer 1 ←", "layer 0 →", "layer 0 ←"]
    ]
    domains = [axis["domain"] for axis in axes(figure, "x")]
    assert all(a[1] < b[0] for a, b in pairwise(domains))
    assert figure.layout.title.text == "an LSTM"


def test_a_part_keeps_the_numbers_of_its_units_and_steps():
    part = run(8, 1_200).sel(unit=[7, 2], time=slice(1_000, 1_100))
    figure = part.plot(quantities=["f"])
    assert list(figure.layout.yaxis.ticktext) == ["7", "2"]
    assert figure.layout.xaxis.title.text == "step"
    assert figure.layout.xaxis.ticktext[:2] == ("1,000", "1,010")
    assert list(figure.layout.xaxis.tickvals[:2]) == [0, 10]


def test_of_several_sequences_one_is_drawn_without_its_padding():
    packed = nn.utils.rnn.pack_sequence([torch.randn(2, 4), torch.randn(5, 4)], enforce_sorted=False)
    trace = lstm_core.run(nn.LSTM(4, 3), packed, tokens=[["a", "b"], list("cdefg")])
    assert [trace.plot(batch=n).data[0].z.shape for n in (0, 1, -1)] == [(3, 2), (3, 5), (3, 5)]
    figure = trace.plot(batch=1)
    assert list(figure.layout.xaxis.ticktext) == list("cdefg")
    assert figure.layout.xaxis.title.text == "character"
    with pytest.raises(LstmCoreError, match="Expected a batch from 0 to 1, or -2 to -1 from the end, got 2"):
        trace.plot(batch=2)


HOURS = [datetime(2020, 2, 28, 22) + timedelta(hours=n) for n in range(200)]


@pytest.mark.parametrize(
    ("times", "names"),
    [
        (HOURS, ["2020-02-29", "2020-03-01", "2020-03-02"]),
        (pd.DatetimeIndex(HOURS), ["2020-02-29", "2020-03-01", "2020-03-02"]),
        ([f"{time:%Y-%m-%d %H:%M}" for time in HOURS], ["2020-02-29", "2020-03-01", "2020-03-02"]),
        ([time.replace(tzinfo=ZoneInfo("Asia/Tokyo")) for time in HOURS], ["2020-02-29", "2020-03-01", "2020-03-02"]),
        (np.array("2001", "M8[M]") + np.arange(200), ["2001", "2002", "2003"]),
        (
            np.array("2020-01-01T23:50", "M8[s]") + np.arange(200) * 10,
            ["23:50<br>2020-01-01", "23:55", "00:00<br>2020-01-02"],
        ),
        ([f"trial {n}" for n in range(200)], ["trial 0", "trial 20", "trial 40"]),
        (np.arange(200) / 4, ["0.0", "2.5", "5.0"]),
    ],
    ids=["datetimes", "pandas", "texts", "time zone", "months", "seconds", "names", "numbers"],
)
def test_times_are_written_where_a_year_a_day_or_an_hour_begins(times, names):
    figure = run(steps=200).plot(times=times)
    axis = figure.layout.xaxis
    assert axis.title.text == "time"
    shown = list(axis.ticktext)
    assert shown[: len(names)] == names
    written = [str(time).replace("T", " ") for time in times]
    for place, name in zip(axis.tickvals, shown, strict=True):
        for part in name.split("<br>"):
            assert part in written[place]
        if re.fullmatch(r"\d{4}-\d\d-\d\d", name):
            assert name not in written[place - 1]


@pytest.mark.slow
@pytest.mark.parametrize("width", [326, 650, 900, 1280])
@pytest.mark.parametrize("begin", ["2024-01-01", "2023-02-01", "2024-01-22", "2023-12-31T18"])
def test_dates_on_the_axis_never_overlap(begin, width):
    first = pd.Timestamp(begin)
    for every in ("D", "B", "h", "6h", "W"):
        for steps in (12, 28, 45, 60, 90, 150, 365):
            layout = run(steps=steps).plot(times=pd.date_range(first, periods=steps, freq=every), width=width).layout
            axis, inner = layout.xaxis, width - layout.margin.l - layout.margin.r
            column = inner * (axis.domain[1] - axis.domain[0]) / steps
            wide = [max(map(width_of, name.split("<br>"))) / 13 for name in axis.ticktext]
            halves = [0.5 * axis.tickfont.size * (1 if axis.tickangle else each) for each in wide]
            spans = [(n * column - half, n * column + half) for n, half in zip(axis.tickvals, halves, strict=True)]
            assert len(spans) >= 2
            assert all(a[1] < b[0] for a, b in pairwise(spans)), (every, steps, axis.ticktext)


def test_the_last_day_of_a_month_gives_way_to_the_first_of_the_next():
    days = pd.date_range("2024-01-01", periods=60)
    for width in (650, 900, 1280):
        shown = run(steps=60).plot(times=days, width=width).layout.xaxis.ticktext
        assert {"2024-01-01", "2024-01-11", "2024-02-01", "2024-02-11"} <= set(shown)


def test_tokens_that_are_dates_are_times_and_others_are_not():
    days = [f"2020-01-{day:02}" for day in range(1, 31)]
    assert run(steps=30, words=days).plot().layout.xaxis.title.text == "time"
    assert run(steps=30, words=[f"{n}" for n in range(30)]).plot().layout.xaxis.title.text == "step"
    assert run(steps=30, words=[*days[:29], "never"]).plot().layout.xaxis.title.text == "word"
    assert run(steps=30, words=["2020"] * 30).plot().layout.xaxis.title.text == "step"


def test_where_steps_share_a_column_the_axis_says_how_many_and_a_spike_is_there():
    trace = run(steps=5_000)
    trace.h[...] = 0
    trace.h[0, 0, 3_333, 0, 1] = -0.9
    figure = trace.plot(quantities=["h"])
    assert figure.layout.xaxis.title.text == "step (10 steps a column)"
    z = figure.data[0].z
    assert np.argwhere(z != 0).tolist() == [[1, 333]]
    assert figure.data[0].x[333] == pytest.approx(3_334.5)


def test_a_title_of_ones_own_is_text_and_none_takes_no_room():
    trace = run(words=WORDS)
    assert trace.plot(title="a <b> & c").layout.title.text == "a &lt;b&gt; &amp; c"
    none, one = trace.plot(title=""), trace.plot()
    assert none.layout.title.text is None
    assert none.layout.height < one.layout.height


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"width": 60}, r"Expected a width of at least \d+ pixels, got 60"),
        ({"height": 90}, r"Expected a height of at least \d+ pixels for 6 strips, got 90"),
        ({"times": [1, 2]}, "Expected 4 times, one a step, got 2"),
        ({"layer": []}, "Expected a layer to draw, got none"),
        ({"direction": [0, 1]}, "Expected direction 0, the only one, got 1"),
    ],
)
def test_what_has_no_room_or_is_not_there_is_said(asked, said):
    with pytest.raises(LstmCoreError, match=said) as raised:
        run().plot(**asked)
    if least := re.search(r"a (width|height) of at least (\d+)", str(raised.value)):
        assert run().plot(**{least[1]: int(least[2])}).layout[least[1]] == int(least[2])


def drawing(figure):
    return ET.fromstring(figure._repr_mimebundle_()["image/svg+xml"])


def test_beside_plotlys_form_a_notebook_keeps_a_still_drawing_with_the_same_texts():
    figure = run(words=["Giraffes", "<b>in</b>", "a", "field"]).plot(title="One & two", width=400)
    still = drawing(figure)
    shown = ["".join(text.itertext()) for text in still.iter(f"{SVG}text")]
    assert {"One & two", "forget gate f", "unit", "word", "<b>in</b>", "gatesf i o", "−1", "0.5"} <= set(shown)
    for name in ("script", "foreignObject"):
        assert not list(still.iter(f"{SVG}{name}"))
    assert all(image.get("href").startswith("data:image/png;base64,") for image in still.iter(f"{SVG}image"))
    for line in (span for span in still.iter(f"{SVG}tspan") if "x" in span.attrib):
        assert 0 <= float(line.get("x")) <= 400
        assert 0 <= float(line.get("y")) <= figure.layout.height
    assert figure.to_plotly_json().keys() == {"data", "layout"}


def test_the_still_drawing_has_the_colour_of_each_cell_and_its_number():
    trace = run(units=2, steps=2)
    trace.f[...] = torch.tensor([[0.0, 1.0], [1.0, 0.0]])[None, None, :, None]
    still = drawing(trace.plot(quantities=["f"]))
    cells, bar = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(image.get("href").partition(",")[2]))).convert("RGB"))
        for image in still.iter(f"{SVG}image")
    )
    closed, opened = ([int(GATES["teal", "light"][end][at : at + 2], 16) for at in (1, 3, 5)] for end in (0, -1))
    assert cells.tolist() == [[closed, opened], [opened, closed]]
    assert (bar[0].tolist(), bar[-1].tolist()) == ([opened], [closed])
    numbers = [text.text for text in still.iter(f"{SVG}text") if re.fullmatch(r"\d\.\d\d", text.text or "")]
    assert numbers == ["0.00", "1.00", "1.00", "0.00"]


def test_a_figure_that_a_user_adds_lines_to_has_no_still_drawing_that_lacks_them():
    figure = run().plot()
    figure.add_scatter(y=[1, 2])
    assert "image/svg+xml" not in figure._repr_mimebundle_()


def test_a_figure_is_copied_and_pickled():
    figure = run().plot()
    for other in (copy.deepcopy(figure), pickle.loads(pickle.dumps(figure))):
        assert other == figure
        assert "image/svg+xml" in other._repr_mimebundle_()
