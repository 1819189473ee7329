"""How does each unit remember, and what does it track? The page Units, as a person uses it."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstm_core
from dashboard.question import link
from dashboard.reading.read import read
from dashboard.units.finds import FINDS

from .conftest import Visitors
from .streamlit_page import asks, at_rest, choose

COUNTER = "counter: which unit counts?"
COUNTING = FINDS[COUNTER]
FOUND = "c of unit 1 tracks count of “a” less “b” best: R² = 1.000, and 1.000 on held-out text."
TRACES = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => (plot._fullData || [])
    .map(({name, meta, x, y, customdata}) => ({name, meta, x: [...x], y: [...y], customdata})))"""


def drawn(page: Page, name: str) -> list[dict[str, list[float]]]:
    """The traces of that name, once there are any."""
    page.wait_for_function(f"name => ({TRACES})().some(trace => trace.name === name)", arg=name)
    return [trace for trace in page.evaluate(TRACES) if trace["name"] == name]


@pytest.fixture
def units(blank: Page) -> Page:
    """The counter's counting unit, by its link."""
    blank.goto(f"/units?{link.query(COUNTING)}")
    expect(blank.get_by_role("heading", name=FOUND)).to_be_visible()
    return blank


def test_the_counting_unit_is_found_and_another_visitor_opens_the_same(page: Page, visitors: Visitors):
    page.get_by_role("link", name="Units").click()
    page.get_by_role("radio", name=COUNTER).click()
    heading = page.get_by_role("heading", name=FOUND)
    expect(heading).to_be_visible()
    asks(page, property="surplus of a over b", model="counter", lines="1", sentence=COUNTING.view.source.sentence)
    second = visitors()
    second.goto(page.url)
    expect(second.get_by_role("heading", name=FOUND)).to_be_visible()
    title = "c of unit 1 · R² 1.000, held out 1.000"
    assert drawn(second, title) == drawn(page, title)


def test_the_curve_is_the_units_memory(units: Page):
    [curve] = drawn(units, "c of unit 1 · R² 1.000, held out 1.000")
    lines = COUNTING.view.source.sentence.splitlines()[:6]
    model = lstm_core.load_model("counter")
    traces = [lstm_core.run(model.lstm, model.vectors(model.tokens(line)).detach()) for line in lines]
    wanted = np.concatenate([trace.cells("c")[1] for trace in traces])
    np.testing.assert_allclose([y for y in curve["y"] if y is not None], wanted, atol=1e-5)


def test_the_top_says_who_remembers_longest(units: Page):
    trace = read(COUNTING.view.source).trace
    assert trace is not None
    lives = lstm_core.units(trace)["half_life"]
    said = units.get_by_role("heading", name="remembers longest")
    expect(said).to_contain_text(f"Unit {lives.argmax()} remembers longest: half of what it holds is left after")
    expect(said).to_contain_text(f"{lives.max():,.0f} steps")


def test_a_property_chosen_by_hand_goes_into_the_link(units: Page):
    choose(units, "Property", "count of …")
    asks(units, property="count of a")
    expect(units.get_by_role("heading", name="tracks count of “a” best")).to_be_visible()
    units.go_back()
    expect(units.get_by_role("heading", name=FOUND)).to_be_visible()


def test_bars_stand_in_the_order_asked_for(units: Page):
    units.get_by_role("radio", name="half-life").click()
    asks(units, rows="half-life")
    trace = read(COUNTING.view.source).trace
    assert trace is not None
    wanted = lstm_core.analysis.order_units(trace, "half-life")
    units.wait_for_function(
        f"wanted => ({TRACES})().some(trace => trace.name === 'layer 0' && trace.customdata?.[0]?.[0] !== undefined && "
        "JSON.stringify(trace.customdata.map(([unit]) => unit)) === JSON.stringify(wanted))",
        arg=wanted,
    )


def test_a_find_is_checked_on_a_text_of_the_visitors_own(units: Page):
    units.get_by_role("radio", name="another text").click()
    box = units.get_by_role("textbox", name="Held-out text")
    box.fill("a" * 40 + "b" * 40)
    box.press("Control+Enter")
    asks(units, held="own", held_out="a" * 40 + "b" * 40)
    expect(units.get_by_role("heading", name="tracks count of “a” less “b” best")).to_contain_text("held-out text")


def test_a_long_file_is_searched_when_asked_and_the_search_can_be_stopped(units: Page, tmp_path: Path):
    path = tmp_path / "long.txt"
    path.write_text("\n".join("a" * (n % 50 + 1) + "b" * (n % 50 + 1) for n in range(400)))
    at_rest(units)
    units.get_by_role("button", name="Open a file").click()
    units.locator("input[type=file]").set_input_files(path)
    expect(units.get_by_text("are looked at over the first 20,000")).to_be_visible()
    units.keyboard.press("Escape")
    units.get_by_role("radio", name="none").click()
    asks(units, held="none")
    # More than a person waits for: every property at once.
    choose(units, "Property", "search all")
    units.wait_for_url(lambda url: "property=" not in url)
    at_rest(units)
    units.get_by_role("button", name=re.compile(r"Search [\d,]+ steps")).click()
    units.get_by_role("button", name="Cancel").click()
    expect(units.get_by_role("button", name=re.compile(r"Search [\d,]+ steps"))).to_be_visible()
    expect(units.get_by_role("button", name="Cancel")).to_have_count(0)


def test_what_was_typed_is_text_and_nothing_else(blank: Page):
    blank.goto("/units?sentence=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+*b*+%24x%24&property=count+of+%3E")
    expect(blank.get_by_role("heading", name="tracks count of “>” best")).to_be_visible()
    drawn(blank, "property")
    assert blank.locator("img[src=x]").count() == 0


def test_what_a_link_cannot_have_is_said(blank: Page):
    blank.goto("/units?sentence=a+b&property=colour&held=7&hidden_dim=0")
    for name in ("property=colour", "held=7", "hidden_dim=0"):
        expect(blank.get_by_text(f"{name} is not possible")).to_be_visible()
