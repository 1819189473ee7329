"""`trace.plot()`: a figure for a paper or a slide. What is on it, and what it refuses."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import lstm_core
from lstm_core import LstmCoreError

WORDS = ["Giraffes", "in", "a", "field"]
NAMES = [f"{name} {letter}" for name, letter in zip(
    ["forget gate", "input gate", "candidate", "cell state", "output gate", "hidden state"], "figcoh", strict=True
)]  # fmt: skip


def run(units=3, steps=4, words=None, kind=nn.LSTM, layers=1, **options):
    torch.manual_seed(0)
    return lstm_core.run(kind(4, units, layers, **options), torch.randn(steps, 1, 4), tokens=words)


def axes(figure, letter):
    return [axis for name, axis in figure.to_dict()["layout"].items() if name.startswith(f"{letter}axis")]


def plain(text):
    return re.sub("<.*?>", "", text.replace("<br>", " ")).strip()


def texts(figure):
    """What stands in the figure: names of strips, and of units."""
    return [plain(note.text) for note in figure.layout.annotations]


def bars(figure):
    """The scales by what they are of."""
    shown = [heatmap for heatmap in figure.data if heatmap.showscale]
    return {plain(one.colorbar.title.text): (one.zmin, one.zmax, list(one.colorbar.ticktext)) for one in shown}


def counting():
    lstm = nn.LSTM(1, 2)
    with torch.no_grad():
        for weights in lstm.parameters():
            weights.fill_(9)
    return lstm_core.run(lstm, torch.ones(30, 1, 1))


@pytest.mark.parametrize("size", [{"width": 1280, "height": 720}, {"width": 326}, {}], ids=str)
def test_it_names_gates_units_words_and_scales(size):
    figure = run(words=WORDS).plot(**size)
    assert texts(figure) == [*NAMES, "unit"]
    assert axes(figure, "x")[-1]["title"]["text"] == "word"
    assert all(list(axis["ticktext"]) == WORDS for axis in axes(figure, "x"))
    assert all(list(axis["ticktext"]) == ["0", "1", "2"] for axis in axes(figure, "y"))
    assert bars(figure) == {
        "gates f i o": (0, 1, ["0", "0.5", "1"]),
        "states, candidate g c h": (-1, 1, ["−1", "0", "1"]),
    }
    assert figure.layout.paper_bgcolor == "#ffffff"
    assert {name: figure.layout[name] for name in size} == size


def test_each_heatmap_has_its_quantity_at_its_steps():
    trace = run(5, 9, layers=2, bidirectional=True)
    figure = trace.plot(layer=[1, 0], direction=[0, 1])
    assert [heatmap.name for heatmap in figure.data] == list("figcoh") * 4
    assert [heatmap.meta for heatmap in figure.data[::6]] == [
        {"layer": layer, "direction": direction} for layer in (1, 0) for direction in (0, 1)
    ]
    for heatmap in figure.data:
        np.testing.assert_array_equal(heatmap.z, trace.cells(heatmap.name, **heatmap.meta))
        assert list(heatmap.x) == list(range(9))
    assert texts(figure) == [*NAMES, "layer 1 →", "layer 1 ←", "layer 0 →", "layer 0 ←", "unit"]
    assert figure.layout.title.text == "an LSTM"
    places = {(heatmap.xaxis, heatmap.yaxis) for heatmap in figure.data}
    assert len(places) == 24


@pytest.mark.parametrize(("kind", "names"), [(nn.GRU, ["gates r z", "states, candidate n h"]), (nn.RNN, ["states h"])])
def test_other_cells_have_their_own_bars(kind, names):
    assert list(bars(run(kind=kind).plot())) == names


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_a_state_beyond_1_has_a_colour_bar_of_its_own_and_is_not_cut_off():
    assert bars(counting().plot())["memory c"] == (-30, 30, ["−30", "0", "30"])
    torch.manual_seed(1)
    given = torch.tensor([[[0.5, -1.7]]])
    relu, projects = nn.RNN(2, 2, nonlinearity="relu"), nn.LSTM(2, 4, proj_size=2)
    relu.bias_ih_l0.data += 1.8
    projects.weight_hr_l0.data *= 9
    for module, state in ((relu, None), (projects, None), (nn.GRU(2, 2), given)):
        trace = lstm_core.run(module, torch.randn(5, 1, 2), state=state)
        low, high, _ = bars(trace.plot())["hidden state h"]
        assert 1 < trace.h.abs().max() <= high == -low < 2 * trace.h.abs().max()


@pytest.mark.parametrize(("largest", "end"), [(0.2, 1), (2.61, 2.8), (6.6, 6.6), (-9.9, 10), (31, 32), (100, 100)])
def test_the_scale_of_a_memory_ends_little_beyond_its_largest_value(largest, end):
    trace = run()
    trace.c[0, 0, 1, 0, 1] = largest
    [c] = [heatmap for heatmap in trace.plot().data if heatmap.name == "c"]
    assert (c.zmin, c.zmax) == (-end, end)


def test_a_part_keeps_the_numbers_of_its_units_and_steps():
    figure = run(8, 1_200).sel(unit=[7, 2], time=slice(1_000, 1_100)).plot(quantities=["f"])
    assert list(figure.layout.yaxis.ticktext) == ["7", "2"]
    assert figure.layout.xaxis.title.text == "step"
    assert figure.layout.xaxis.ticktext[:2] == ("1,000", "1,010")
    assert list(figure.layout.xaxis.tickvals[:2]) == [0, 10]


def test_of_several_sequences_one_is_drawn_without_its_padding():
    packed = nn.utils.rnn.pack_sequence([torch.randn(2, 4), torch.randn(5, 4)], enforce_sorted=False)
    trace = lstm_core.run(nn.LSTM(4, 3), packed, tokens=[["a", "b"], list("cdefg")])
    assert [trace.plot(batch=n).data[0].z.shape for n in (0, 1, -1)] == [(3, 2), (3, 5), (3, 5)]
    figure = trace.plot(batch=1, quantities=["h"])
    assert list(figure.layout.xaxis.ticktext) == list("cdefg")
    assert figure.layout.xaxis.title.text == "character"


HOURS = [datetime(2020, 2, 28, 22) + timedelta(hours=n) for n in range(200)]
MIDNIGHT = np.array("2020-01-01T23:50", "M8[s]")


@pytest.mark.parametrize(
    "times",
    [
        HOURS,
        pd.DatetimeIndex(HOURS),
        [f"{time:%Y-%m-%d %H:%M}" for time in HOURS],
        [time.replace(tzinfo=ZoneInfo("Asia/Tokyo")) for time in HOURS],
        np.array("2001", "M8[M]") + np.arange(200),
        MIDNIGHT + np.arange(200) * 10,
    ],
    ids=["datetimes", "pandas", "texts", "time zone", "months", "seconds"],
)
def test_times_that_are_as_far_apart_are_the_axis_of_a_calendar(times):
    figure = run(steps=200).plot(times=times, quantities=["h"])
    axis = figure.layout.xaxis
    assert (axis.type, axis.title.text) == ("date", "time")
    there = [pd.Timestamp(time).tz_localize(None) for time in times]
    assert [pd.Timestamp(time) for time in figure.data[0].x] == there
    assert pd.Timestamp(axis.range[0]) < there[0]
    assert there[-1] < pd.Timestamp(axis.range[1])


@pytest.mark.parametrize(
    ("times", "names"),
    [
        ([f"trial {n}" for n in range(200)], ["trial 0", "trial 20", "trial 40"]),
        (np.arange(200) / 4, ["0.0", "2.5", "5.0"]),
        (pd.date_range("2024-01-22", periods=200, freq="B"), ["2024-01-22", "2024-02-19"]),
    ],
    ids=["names", "numbers", "days of work"],
)
def test_other_times_are_names_of_steps_some_of_which_have_room(times, names):
    axis = run(steps=200).plot(times=times, quantities=["h"]).layout.xaxis
    assert axis.title.text == "time"
    assert list(axis.ticktext[: len(names)]) == names


def test_tokens_that_are_dates_are_times_and_others_are_not():
    days = [f"2020-01-{day:02}" for day in range(1, 31)]
    told = {"time": days, "step": [f"{n}" for n in range(30)], "word": [*days[:29], "never"]}
    for name, words in told.items():
        assert run(steps=30, words=words).plot(quantities=["h"]).layout.xaxis.title.text == name


def test_where_steps_share_a_column_the_axis_says_how_many_and_a_spike_is_there():
    trace = run(steps=5_000)
    trace.h[...] = 0
    trace.h[0, 0, 3_333, 0, 1] = -0.9
    figure = trace.plot(quantities=["h"])
    assert figure.layout.xaxis.title.text == "step (10 steps a column)"
    assert np.argwhere(figure.data[0].z != 0).tolist() == [[1, 333]]
    assert figure.data[0].x[333] == pytest.approx(3_334.5)


def test_a_title_and_a_word_are_text_and_no_title_takes_no_room():
    trace = run(words=["<b>", "&amp;", "c", "d"])
    figure, none = trace.plot(title="a <b> & c"), trace.plot(title="")
    assert figure.layout.title.text == "a &lt;b&gt; &amp; c"
    assert figure.layout.xaxis.ticktext[:2] == ("&lt;b&gt;", "&amp;amp;")
    assert none.layout.title.text is None
    assert none.layout.height < figure.layout.height


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"width": 60}, r"Expected a width of at least \d+ pixels, got 60"),
        ({"height": 90}, r"Expected a height of at least \d+ pixels for 6 strips, got 90"),
        ({"times": [1, 2]}, "Expected 4 times, one a step, got 2"),
        ({"layer": []}, r"Expected layer 0, the only one, got \[\]"),
        ({"batch": 2}, "Expected batch 0, the only one, got 2"),
        ({"direction": [0, 1]}, r"Expected direction 0, the only one, got \[0, 1\]"),
    ],
)
def test_what_has_no_room_or_is_not_there_is_said(asked, said):
    with pytest.raises(LstmCoreError, match=said) as raised:
        run().plot(**asked)
    if least := re.search(r"a (width|height) of at least (\d+)", str(raised.value)):
        assert run().plot(**{least[1]: int(least[2])}).layout[least[1]] == int(least[2])
