"""A first visit plays once by itself, slowly; the tour is tasks whose answers are checked, in nobody's way."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from .conftest import WIDE, Visitors
from .reading import painted, settled, write
from .test_accessibility import in_both_colours

PHONE: ViewportSize = {"width": 390, "height": 844}
SIZES: list[ViewportSize] = [WIDE, {"width": 1280, "height": 720}, PHONE]
UNTRAINED = "/?model=random&sentence="
FirstVisit = Callable[..., Page]


@pytest.fixture
def first_visit(visitors: Visitors) -> FirstVisit:
    def opened(address: str = "/", **options: object) -> Page:
        page = visitors(**{"storage_state": None} | options)
        page.goto(address)
        page.locator(".gs-plot .heatmaplayer").first.wait_for()
        return page

    return opened


def begins(page: Page) -> None:
    page.get_by_role("button", name="Tour", exact=True).click()
    expect(card(page)).to_be_visible()


def click_cell(page: Page, quantity: str, unit: int, step: int) -> None:
    """Clicks a cell of the picture of 3 units and 4 words, in a quantity's strip."""
    # A second later by the page's own clock, it is no part of a double click.
    page.evaluate("() => { const now = performance.now.bind(performance); performance.now = () => now() + 1000 }")
    plot = page.locator(".gs-plot").first
    row = plot.evaluate("(plot, name) => plot.data.findIndex(trace => trace.name === name)", quantity)
    box = plot.locator(".nsewdrag").nth(row).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * (step + 0.5) / 4, box["y"] + box["height"] * (unit + 0.5) / 3)


def card(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Tour")


def button(page: Page, name: str) -> Locator:
    return card(page).get_by_role("button", name=name, exact=True)


def leave(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
    )


def test_a_first_visit_plays_once_slowly_and_ends_with_the_whole_picture(first_visit: FirstVisit):
    page = first_visit()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("combobox", name="Speed", include_hidden=True)).to_have_value("0.5")
    expect(page.locator(".gs-story")).to_contain_text("“Giraffes”: unit")
    expect(card(page)).to_be_hidden()
    expect(page.locator(".gs-story")).to_contain_text("“field”: unit")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator(".gs-now-label")).to_have_text("all 4 steps")
    expect(page.get_by_role("combobox", name="Speed", include_hidden=True)).to_have_value("1")
    page.reload()
    painted(page)
    expect(page.locator(".gs-answers [data-answer]")).to_have_count(4)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_each_task_has_an_answer_that_is_checked(blank: Page):
    page = blank
    page.goto(UNTRAINED + "Giraffes+in+a+field")
    trace = settled(page)
    f, added = trace.f[0, 0, :, 0].numpy(), (trace.i * trace.g)[0, 0, :, 0].abs().numpy()
    lowest = np.sort(f[1:], axis=0)
    unit = int((lowest[1] - lowest[0]).argmax())
    forgets, writes = 1 + int(f[1:, unit].argmin()), int(added[:, unit].argmax())
    begins(page)
    expect(card(page)).to_contain_text("Read a column from top to bottom")
    button(page, "Next").click()
    expect(card(page)).to_contain_text(f"Find the word at which unit {unit} forgets most")
    click_cell(page, "f", unit, 1 + forgets % 3)
    expect(card(page)).to_contain_text("It forgets more elsewhere")
    click_cell(page, "f", unit, forgets)
    expect(card(page)).to_contain_text(f"so only {f[forgets, unit]:.0%} of c is kept.")
    button(page, "Next").click()
    expect(card(page)).to_contain_text(f"Which word changes unit {unit} most by what it adds, up or down?")
    spot = page.locator(".gs-spot").bounding_box()
    assert spot
    plot = page.locator(".gs-plot").first
    for row, name in enumerate(plot.evaluate("plot => plot.data.map(({ name }) => name)")):
        strip = plot.locator(".nsewdrag").nth(row).bounding_box()
        assert strip
        inside = spot["y"] <= strip["y"] and strip["y"] + strip["height"] <= spot["y"] + spot["height"]
        assert inside == (name in "ig")
    click_cell(page, "c", unit, (writes + 1) % 4)
    expect(card(page)).to_contain_text("Another word adds more, up or down.")
    click_cell(page, "c", unit, writes)
    expect(card(page)).to_contain_text("Right: at “")
    button(page, "Next").click()
    page.get_by_role("button", name="f → 1").click()
    expect(card(page)).to_contain_text("The memory after it changes, and no answer does.")
    button(page, "Back").click()
    expect(card(page)).to_contain_text("Which word changes unit")
    button(page, "Next").click()
    button(page, "Done").click()
    expect(card(page)).to_be_hidden()
    expect(page.locator(".gs-spot")).to_be_hidden()


def test_the_panel_shows_the_unit_that_a_task_speaks_of_and_that_is_no_answer(blank: Page):
    blank.set_viewport_size({"width": 1440, "height": 900})
    blank.goto("/?model=tagger-sizes&sentence=Giraffes+in+a+field")
    shown = blank.get_by_role("complementary", name="The cell").get_by_role("heading", level=2)
    expect(shown).to_contain_text("Unit 2 at")
    begins(blank)
    button(blank, "Next").click()
    expect(card(blank)).to_contain_text("Find the word at which unit 0 forgets most")
    expect(shown).to_contain_text("Unit 0 at")
    expect(blank.locator(".gs-tour-verdict")).to_be_empty()
    button(blank, "Next").click()
    click_cell(blank, "c", 0, 0)
    expect(card(blank)).to_contain_text("Right: at “Giraffes”")
    # There is room below the drawn cell.
    blank.wait_for_function("() => document.getAnimations().every(({playState}) => playState !== 'running')")
    drawn = blank.locator(".gs-aside .gs-cell-body").bounding_box()
    assert drawn
    assert apart(card(blank).bounding_box(), drawn)


def test_the_keyboard_goes_through_the_tour_and_back_to_its_button(page: Page):
    opener = page.get_by_role("button", name="Tour", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(button(page, "Next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(page)).to_contain_text("2 of 4")
    page.keyboard.press("Shift+Tab")
    expect(button(page, "Back")).to_be_focused()
    page.keyboard.press("Enter")
    # The first step has no Back: the focus is not lost with it.
    expect(button(page, "Next")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Enter")
    expect(card(page)).to_be_hidden()
    expect(opener).to_be_focused()


def test_escape_leaves_the_tour_before_it_lets_a_pinned_cell_go(page: Page):
    page.locator(".gs-plot .nsewdrag").nth(3).click()
    pinned = page.get_by_role("button", name="Unpin")
    expect(pinned).to_be_visible()
    page.get_by_role("button", name="Tour", exact=True).click()
    leave(page)
    expect(pinned).to_be_visible()
    page.keyboard.press("Escape")
    expect(pinned).to_be_hidden()


def test_the_card_is_in_the_window_and_never_over_what_it_speaks_of(page: Page):
    for sentence in ("Giraffes in a field", "The rat that the cat that the dog chased bit died"):
        write(page, sentence)
        for size in SIZES:
            page.set_viewport_size(size)
            begins(page)
            for _ in range(4):
                box, spot = card(page).bounding_box(), page.locator(".gs-spot").bounding_box()
                assert box
                assert spot
                assert box["x"] >= 0
                assert box["y"] >= 0
                assert box["x"] + box["width"] <= size["width"]
                assert box["y"] + box["height"] <= size["height"]
                assert apart(box, spot)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                card(page).get_by_role("button").last.click()
            expect(card(page)).to_be_hidden()


def test_nothing_moves_when_it_comes_and_goes_and_a_click_beside_its_buttons_reaches_what_lies_below(page: Page):
    where = """() => JSON.stringify(['textarea', '.gs-plot', '.gs-play', '.gs-aside', '.gs-sizes'].map(part =>
        document.querySelector(part).getBoundingClientRect()).concat([document.querySelector('.stMain').scrollHeight]))"""
    before = page.evaluate(where)
    begins(page)
    assert page.evaluate(where) == before
    box = card(page).bounding_box()
    assert box
    at = {"x": box["x"] + 30, "y": box["y"] + 20}
    assert not page.evaluate("({x, y}) => !!document.elementFromPoint(x, y).closest('.gs-tour')", at)
    leave(page)
    assert page.evaluate(where) == before


def test_it_is_accessible_on_a_phone(page: Page):
    page.set_viewport_size(PHONE)
    begins(page)
    in_both_colours(page)
