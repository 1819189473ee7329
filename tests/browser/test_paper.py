"""`trace.plot()` and the figures of results as a browser draws them: no text leaves the paper or lies on another."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations

import pytest
import torch
from playwright.sync_api import Browser, Page
from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs
from torch import nn

import lstm_core

SIZES = {"slide": {"width": 1280, "height": 720}, "column": {"width": 326}, "notebook": {}}
TIMES = [datetime(2020, 3, 1) + timedelta(hours=n) for n in range(5_000)]
BOXES = """figure => Plotly.newPlot(document.body, figure).then(() =>
    [...document.querySelectorAll("svg text")].filter(text => text.textContent.trim()).map(text => {
        const { left, right, top, bottom } = text.getBoundingClientRect()
        return [text.textContent, left, right, top, bottom]
    }))"""


def run(units=3, steps=4, words=None, kind=nn.LSTM, layers=1, **options):
    torch.manual_seed(0)
    return lstm_core.run(kind(4, units, layers, **options), torch.randn(steps, 1, 4), tokens=words)


def beyond():
    trace = run(2, 30)
    trace.c.mul_(40)
    return trace


TRACES = {
    "words": (lambda: run(words=["Giraffes", "in", "a", "field"]), {"title": "A title of more than a column " * 3}),
    "many": (lambda: run(64, 50, ["unforeseeable"] * 50), {}),
    "side by side": (lambda: run(8, 9, layers=2, bidirectional=True), {"layer": [0, 1], "direction": [0, 1]}),
    "dates": (lambda: run(8, 5_000), {"times": TIMES}),
    "one row": (lambda: run(1, 1, ["unbroken"]), {"title": "unbroken" * 10}),
    "a large memory": (beyond, {"title": ""}),
    "a GRU": (lambda: run(5, 12, list("hello world!"), nn.GRU), {}),
}


@pytest.fixture(scope="module")
def paper(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1300, "height": 1600})
    page.add_script_tag(content=get_plotlyjs())
    yield page
    page.close()


def boxes(page: Page, figure: Figure):
    found = page.evaluate(BOXES, json.loads(figure.to_json()) | {"config": {"displayModeBar": False}})
    left, top = page.evaluate("(({ left, top }) => [left, top])(document.querySelector('svg').getBoundingClientRect())")
    return [(text, x0 - left, x1 - left, y0 - top, y1 - top) for text, x0, x1, y0, y1 in found]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", TRACES)
def test_all_that_is_written_is_inside_the_figure_and_apart(paper: Page, kind: str, size: str):
    trace, options = TRACES[kind]
    figure = trace().plot(**options, **SIZES[size])
    texts = boxes(paper, figure)
    assert len(texts) > 10
    for text, left, right, top, bottom in texts:
        assert left >= -1, text
        assert right <= figure.layout.width + 1, text
        assert top >= -1, text
        assert bottom <= figure.layout.height + 1, text
    # Letters do not fill their boxes.
    for (one, *a), (other, *b) in combinations(texts, 2):
        wide, high = min(a[1], b[1]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[2], b[2])
        assert wide < 2 or high < 0.3 * (b[3] - b[2]), (one, other)
