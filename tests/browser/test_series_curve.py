"""A series looks like one: its curve over an axis of its values, its forecast, and steps that are no words."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstm_core

from .reading import numbers_told

LOAD = "20, 21, 30, 22, 20, 24"
CURVES = """() => document.querySelector('.gs-extra-plot').shapes.flatMap(({shapes = []}) => shapes)
    .filter(({width}) => width > 1).map(({points, dash}) => [points.length, !!dash])"""
TICKS = "() => document.querySelector('.gs-extra-plot').shapes.filter(({text}) => text).map(({text, x}) => [text, x])"


@pytest.fixture
def series(blank: Page) -> Page:
    blank.goto(f"/?model=series&sentence={LOAD.replace(' ', '+')}&pin=0.3.2")
    expect(blank.get_by_role("heading", name="Unit 3 at step 2")).to_be_visible()
    return blank


def test_the_curve_has_the_values_that_came_and_the_forecast_for_each_over_its_axis(series: Page):
    model = lstm_core.load_model("series")
    curve = series.locator(".gs-extra-drawn")
    told = numbers_told(curve, 6)
    trace = lstm_core.run(model.lstm, model.vectors(model.tokens(LOAD)).detach())
    said = model.probabilities(model.scores(trace))[:, 0, 0]
    assert [one["column 1"] for one in told] == [20, 21, 30, 22, 20, 24]
    np.testing.assert_allclose([one["column 1, forecast"] for one in told[1:]], said[:-1], rtol=5e-4)
    assert series.evaluate(CURVES) == [[6, False], [6, True]]
    # The axis has its values left of the strips that it stands over.
    ticks = series.evaluate(TICKS)
    assert len(ticks) >= 2
    assert all(20 <= float(text) <= 60 and x < 0 for text, x in ticks), ticks
    boxes = [series.locator(part).first.bounding_box() for part in (".gs-plot", ".gs-extra-drawn")]
    strips, over = ((box["x"], box["x"] + box["width"]) for box in boxes if box)
    assert over == pytest.approx(strips, abs=1)
    # It is drawn as far as it is read.
    plot = series.locator(".gs-extra-plot")
    assert not plot.evaluate("plot => plot.style.clipPath")
    series.get_by_role("button", name="Step back").click()
    expect(plot).to_have_attribute("style", re.compile("clip-path: inset"))
    expect(series.get_by_role("heading", name="Unit 3 at step 4")).to_be_visible()
