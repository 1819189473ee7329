"""Hands on: a gate is held, or a word left out, and picture and answers change at once; one click is the way back."""

import re

import pytest
from playwright.sync_api import Page, expect

from gatescope.question.holds import read_holds
from gatescope.question.view import Source, View
from gatescope.reading.held import read_view

from .conftest import Visitors
from .reading import shows
from .test_accessibility import accessible

SENTENCE = "They can fish in a can"
ADDRESS = "/?model=tagger&top=all&pin=0.5.2&sentence=" + SENTENCE.replace(" ", "+")


def held(page: Page, holds: str) -> None:
    """The link says these holds, and the picture shows the numbers of the text read with them."""
    page.wait_for_function("wanted => (new URLSearchParams(location.search).get('holds') ?? '') === wanted", arg=holds)
    view = View(Source(SENTENCE, model="tagger"), holds=read_holds(holds))
    trace = read_view(view).reading.trace
    assert trace is not None
    shows(page, trace)


def test_a_held_gate_changes_a_tag_and_is_undone(blank: Page, visitors: Visitors):
    page = blank
    page.goto(ADDRESS)
    line = page.locator(".gs-holds-now")
    expect(line).to_be_hidden()
    page.get_by_role("combobox", name="In which units?").select_option("all units")
    shut = page.get_by_role("button", name="f → 0")
    shut.click()
    expect(shut).to_have_attribute("aria-pressed", "true")
    expect(line).to_contain_text("f of all units at “fish” is held at 0. “fish” VERB NOUN.")
    expect(line.locator("s")).to_have_text("VERB")
    held(page, "f.0.all.2_0")
    # A second hold beside it; the link opens both elsewhere.
    page.get_by_role("button", name="without “fish”").click()
    expect(line).to_contain_text("“fish” is left out")
    held(page, "f.0.all.2_0 w.2")
    column, plot = page.locator(".gs-left-out").bounding_box(), page.locator(".gs-plot").first.bounding_box()
    assert column
    assert plot
    assert column["width"] == pytest.approx(plot["width"] / 6, abs=2)
    assert column["x"] == pytest.approx(plot["x"] + plot["width"] / 3, abs=2)
    assert page.locator(".gs-words [text-decoration=line-through]").all_text_contents() == ["fish"]
    other = visitors()
    other.goto(page.url)
    expect(other.locator(".gs-holds-now")).to_contain_text("“fish” is left out")
    accessible(other)
    other.get_by_role("button", name="Undo").click()
    expect(other.locator(".gs-holds-now")).to_be_hidden()
    held(other, "")
    # Escape lets go of one hold after the other, and then of the cell.
    page.locator(".gs-plot").first.focus()
    page.keyboard.press("Escape")
    expect(line).to_contain_text("is held at 0.")
    held(page, "f.0.all.2_0")
    page.keyboard.press("Escape")
    expect(line).to_be_hidden()
    held(page, "")
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Unpin")).to_be_hidden()


def test_a_drag_without_a_click_before_holds_one_cell(blank: Page):
    """Nothing is pinned, so the panel shows the cell whose memory changes most: after a hold that is another one."""
    page = blank
    page.goto("/")
    gate = page.get_by_role("slider", name="input gate i")
    expect(gate).to_have_attribute("aria-valuetext", re.compile(r"\d"))
    title = page.locator(".gs-aside h2").first.text_content()
    gate.hover()
    box = gate.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    for moved in range(20, 220, 20):
        page.mouse.move(x - moved, y)
        # Each move is drawn before the next one.
        expect(page.locator(".gs-holds-now")).to_contain_text("is held at 0")
    page.mouse.up()
    expect(gate).to_have_attribute("aria-valuetext", "0.00, held")
    expect(page.locator(".gs-holds-now [role=status]")).to_contain_text(
        re.compile(r"^i of unit \d at “\w+” is held at 0\. ")
    )
    assert page.locator(".gs-aside h2").first.text_content() == title
