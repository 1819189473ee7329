"""Figures and still pictures of a trace and of what is found in it: each shows the numbers that it is made of."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.plots.page_figure import GATES
from lstm_core.plots.pictures import NAME

WORDS = ["Giraffes", "in", "a", "<b>field</b>"]


@pytest.fixture
def trace():
    lstm = lstm_core.models.random_lstm(4, 3, 2, seed=2)
    return lstm_core.run(lstm, lstm_core.inputs.token_vectors(WORDS, 4, 2), tokens=WORDS)


class Page(HTMLParser):
    """The tags of a page, each closed as it should be, the attributes of its pictures, and its text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.images, self.text = [], set(), [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag == "img":
            self.images.append(dict(attributes))
        elif tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def picture_of(image):
    return Image.open(io.BytesIO(__import__("base64").b64decode(image["src"].removeprefix("data:image/png;base64,"))))


def test_a_notebook_shows_the_summary_over_one_picture_without_script_or_request(trace):
    shown = trace._repr_html_()
    page = Page(shown)
    assert page.tags == {"div", "pre", "img"}
    assert trace.summary() in page.text
    [image] = page.images
    assert picture_of(image).size == Image.open(io.BytesIO(trace._repr_png_())).size
    gate = replace(trace, f=torch.zeros_like(trace.f).index_fill_(2, torch.tensor(2), 1.0))
    seen = np.asarray(picture_of(Page(gate._repr_html_()).images[0]).convert("RGB"))
    lowest, highest = (tuple(int(GATES["teal", "light"][end][at : at + 2], 16) for at in (1, 3, 5)) for end in (0, -1))
    wide = (seen.shape[1] - NAME) // len(WORDS)
    drawn = [tuple(seen[20, NAME + round(wide * (step + 0.5))]) for step in range(len(WORDS))]
    near = [min((lowest, highest), key=lambda one: np.abs(np.subtract(one, shade)).sum()) for shade in drawn]
    assert near == [lowest, lowest, highest, lowest]
    large = lstm_core.run(nn.LSTM(4, 40, 2), torch.randn(300, 2, 4))
    shown = large._repr_html_()
    assert not re.search(r"<script|https?:|url\(|@import|\son\w+=", shown)
    assert len(shown) + len(large._repr_png_()) * 4 / 3 < 100_000
    assert "a column is 5 steps" in shown


@pytest.mark.parametrize("change", [lambda t: t.keep("f"), lambda t: t.to(torch.bfloat16), lambda t: t.sel(layer=0)])
def test_parts_of_a_trace_have_their_pictures_too(trace, change):
    part = change(trace)
    assert len(Page(part._repr_html_()).images) == 1
    assert Image.open(io.BytesIO(part._repr_png_())).width > 100


def test_words_that_a_picture_can_not_show_stand_below_it(trace):
    assert "長頸鹿 在 田 野" in trace.with_values(tokens=["長頸鹿", "在", "田", "野"])._repr_html_()


def test_results_draw_their_own_numbers():
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(50, 1, 4), tokens=list("ab(c)" * 10))
    found = lstm_core.find_units(trace, "inside brackets")
    bars = found.plot().data[0]
    assert list(bars.x) == found.table["score"].tolist()
    assert bars.customdata[0][0] == "inside brackets"
    assert found.plot().layout.title.text.startswith("Which units track “inside brackets”? ")
    assert found.plot().layout.xaxis.title.text == "AUC (line: chance)"
    ledger = lstm_core.ledger(trace, time=7)
    shares = ledger.plot(unit=1).data[1]
    np.testing.assert_allclose(shares.y, ledger.cell[: len(shares.y), 1])
    assert shares.hovertext[:3] == ("start", "a", "b")


def searched(c, properties, **options):
    """Units of a trace whose c (time, batch, unit) is given, searched for properties."""
    steps, batch, units = c.shape
    trace = lstm_core.run(nn.LSTM(4, units), torch.randn(steps, batch, 4))
    trace = replace(trace, c=torch.from_numpy(c.astype("f4"))[None, None])
    return lstm_core.find_units(trace, properties, quantities=["c"], **options)


def test_each_bar_says_its_p_and_only_what_chance_hardly_does_has_a_colour():
    rng = np.random.default_rng(0)
    c = rng.standard_normal((40, 8, 3))
    noise, other = (list(rng.standard_normal((8, 40))) for _ in range(2))
    planted = [c[:, n, 2] + 0.1 * rng.standard_normal(40) for n in range(8)]

    def shown(properties):
        found = searched(c, properties)
        figure = found.plot()
        said = [note.text for note in figure.layout.annotations]
        assert said == [f"p = {p:.2g}" for p in found.table.p]
        colours = figure.data[0].marker.color
        return figure.layout.title.text, list(figure.layout.yaxis.ticktext), [*map(colours.index, colours)]

    title, names, colours = shown(noise)
    assert title == "Which units track it? None is told from chance (p > 0.05)"
    assert colours == [0, 0, 0]
    title, names, colours = shown(planted)
    assert title == "Which units track it? In colour: p ≤ 0.05"
    assert (names[0], colours) == ("c of unit 2", [0, 1, 1])
    title, names, colours = shown({"noise": noise, "planted": planted, "other": other})
    assert title == "Which units track them? In colour: p ≤ 0.05"
    assert names[0] == "planted: c of unit 2"
    assert {name.split(":")[0] for name in names[:3]} == {"noise", "planted", "other"}
    assert colours == [0] + [1] * 8


def test_the_title_of_scores_takes_no_markup_from_a_property():
    found = searched(np.random.default_rng(0).standard_normal((4, 1, 2)), {"<b>rain": [0.0, 1, 2, 1]})
    assert found.plot().layout.title.text.startswith("Which units track “&lt;b&gt;rain”? ")


def test_where_no_p_can_be_told_a_figure_of_scores_says_so():
    found = searched(np.random.default_rng(0).standard_normal((4, 1, 2)), [0.0, 1, 2, 1])
    assert found.no_p
    figure = found.plot()
    assert [note.text for note in figure.layout.annotations] == ["can’t be told"] * 2
    assert figure.layout.title.text == "Which units track it? Too little to tell from chance"


def test_scores_on_other_texts_and_the_line_of_chance_stand_beside_the_scores():
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(24, 4, 4))
    properties = {"odd": [np.arange(24) % 2] * 4, "step": [np.arange(24.0)] * 4}
    found = lstm_core.find_units(trace, properties, permutations=19, held_out=(trace, properties))
    figure, table = found.plot(), found.table
    score, other = figure.data
    assert list(score.x) == table["score"].tolist()
    np.testing.assert_array_equal(other.x, table["held_out"])
    assert figure.layout.showlegend
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the first is on top"
    assert set(figure.layout.xaxis.title.text.split(" or ")) == {"AUC", "R²"}
    lines = [(line.y0 + line.y1) / 2 for line in figure.layout.shapes]
    assert lines == [row for row, measure in enumerate(table["measure"]) if measure == "AUC"], "R² has no such line"


@pytest.mark.slow
@settings(max_examples=25)
@given(st.integers(2, 400), st.data(), st.booleans())
def test_all_shares_of_a_ledger_sum_to_c_and_the_chosen_step_is_among_them(steps, data, back):
    step = data.draw(st.integers(0, steps - 1))
    trace = lstm_core.run(lstm_core.models.random_lstm(2, 2, bidirectional=True), torch.randn(steps, 1, 2))
    ledger = lstm_core.ledger(trace, time=step, direction=int(back))
    figure = ledger.plot(unit=1)
    words, bars = figure.data
    assert sum(bars.y) == pytest.approx(trace.c[0, int(back), step, 0, 1].item(), abs=1e-5)
    assert list(words.marker.color) == list(bars.marker.color)
    assert sorted(bars.x) == list(range(min(bars.x), max(bars.x) + 1))
    sources = dict(zip(bars.hovertext, bars.x, strict=True))
    assert sources[f"{step}"] == step
    first, last = (pick(int(name) for name in sources if name.isdecimal()) for pick in (min, max))
    left_out = steps - 1 - last if back else first
    assert {name for name in sources if not name.isdecimal()} == {"start", *(["earlier"] if left_out else [])}
    [frame] = figure.layout.shapes
    assert (frame.x0, frame.x1) == (step - 0.5, step + 0.5)


def test_a_unit_in_a_corpus_has_its_histogram_and_its_change_at_the_frequent_tokens():
    scan = lstm_core.scan(lstm_core.load_model("counter"), ["aaabbb", "aabb", "ab"])
    figure = scan.plot(1)
    edges, counts = scan.histogram(1)
    bars, changes = figure.data
    np.testing.assert_allclose(bars.x, (edges[:-1] + edges[1:]) / 2)
    assert list(bars.y) == list(counts)
    tokens = scan.tokens(1)
    assert list(changes.hovertext) == tokens["token"].tolist()
    np.testing.assert_allclose(changes.y, tokens["c_change"])


def test_how_far_a_model_looks_has_a_line_for_each_way_to_ask_over_the_same_k():
    found = lstm_core.horizon(lstm_core.load_model("copy"), ["b c ? ? ?", "a b ? ? ?"])
    lines = dict(
        zip(["cut, from zeros", "cut, from another text", "gradient", "leak of c"], found.plot().data, strict=True)
    )
    assert [line.name for line in lines.values()] == list(lines)
    for line, values in zip(
        lines.values(), (found.zero_state, found.other_state, found.gradient, found.leak), strict=True
    ):
        np.testing.assert_allclose(line.y, values)
        assert list(line.x) == found.cuts.tolist()


def test_the_parts_of_an_answer_stand_over_units_and_lead_from_one_answer_to_the_other():
    found = lstm_core.explain(lstm_core.load_model("copy"), "b c ? ? ?", without=1)
    inputs, carried, way = found.plot().data
    np.testing.assert_allclose(inputs.z[0], found.by_step)
    assert len(carried.z) == found.kept.shape[-1]
    assert way.y[0] + sum(way.y[1:-1]) == pytest.approx(way.y[-1], rel=1e-3)
    assert (way.y[0], way.y[-1]) == (found.other_answer, found.answer)


@pytest.mark.parametrize(("largest", "scale"), [(0.0, 1.0), (0.0039, 0.004), (0.31, 0.32), (1.0, 1.0), (7.2, 7.2)])
def test_a_difference_has_a_scale_that_it_fills(largest, scale):
    trace = lstm_core.run(nn.LSTM(4, 3), torch.zeros(6, 1, 4))
    others = [trace.with_values(c=torch.zeros_like(trace.c) + end * torch.eye(6, 3)[:, None]) for end in (0, largest)]
    difference = lstm_core.compare(*others).plot(quantities=["c"]).data[-1]
    assert (difference.zmin, difference.zmax) == pytest.approx((-scale, scale))


def test_two_readings_are_drawn_side_by_side_with_their_difference():
    lstm, x = nn.LSTM(4, 3), torch.randn(6, 1, 4)
    asked = lstm_core.what_if(lstm, x, hold=lstm_core.Hold("f", 1.0, units=[1]))
    before, after = asked
    figure = asked.plot(quantities=["c"])
    assert figure.layout.title.text == "left: as it is · middle: with the hold · right: what the hold changed"
    a, b, difference = figure.data
    assert np.array_equal(a.z, before.recording.only.cells("c"))
    assert np.array_equal(b.z, after.recording.only.cells("c"))
    np.testing.assert_allclose(difference.z, b.z - a.z, atol=1e-7)
    domains = [figure.layout[f"xaxis{number}"].domain for number in ("", 2, 3)]
    assert domains[0][1] < domains[1][0] < domains[1][1] < domains[2][0]
    assert len({(heatmap.xaxis, heatmap.yaxis) for heatmap in figure.data}) == 3
    with pytest.raises(LstmCoreError, match="Expected some of i, f, g, o, c, h of a layer below 1"):
        asked.plot(layer=1)
