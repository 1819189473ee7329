"""The page Compare, as a person uses it: a text and its nearest rival, and two models."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from gatescope.question.view import SIZES

AIM = {"sentence": "You first and only aim to win", "input_dim": 64, "hidden_dim": 16, "n_layers": 1, "model": SIZES}
HEAD = "“You” or “Your”: four words later, “aim” is a verb or a noun."


@pytest.fixture
def compare(blank: Page) -> Page:
    """The page on a sentence with many rivals."""
    blank.set_viewport_size({"width": 1440, "height": 900})
    blank.goto(f"/compare?{urlencode(AIM)}")
    expect(blank.get_by_role("heading", name=HEAD)).to_be_visible()
    return blank


def test_what_it_opens_with_needs_no_scrolling_controls_stand_whole_and_the_swap_turns_the_answer_on_memory(
    compare: Page,
):
    for name in (
        HEAD,
        "Which unit carries it?",
        "What does the swap change?",
        "Kept, but not shown",
        "What would undo it?",
    ):
        expect(compare.get_by_role("heading", name=name)).to_be_in_viewport()
    expect(compare.get_by_role("link", name="Try the swap")).to_be_in_viewport(ratio=1)
    expect(compare.get_by_text("15 others: not undone.")).to_be_in_viewport(ratio=1)
    # The number of the change stands in one line with the buttons that lead to the others.
    middles = {
        round(part.bounding_box()["y"] + part.bounding_box()["height"] / 2)
        for part in (compare.get_by_text("change 1 of"), compare.get_by_role("button", name="Next", exact=True))
    }
    assert max(middles) - min(middles) <= 2
    group = compare.locator(".st-key-compare-what .stButtonGroup")
    box = compare.get_by_role("textbox", name="Sentence A")
    ends = "parts => parts.map(part => part.getBoundingClientRect().right)"
    for width in (1024, 1280, 1440):
        compare.set_viewport_size({"width": width, "height": 800})
        expect(group.get_by_text("Models")).to_be_visible()
        [last] = group.get_by_text("Models").evaluate_all(ends)
        [edge] = compare.locator("[data-testid=stColumn]:has(> * > .st-key-compare-what)").evaluate_all(ends)
        assert last <= edge
        if width > 1024:
            name = compare.get_by_role("combobox", name="Model A")
            assert name.evaluate("box => box.scrollWidth <= box.clientWidth")
    box.focus()
    framed = compare.locator("[data-testid=stTextInputRootElement]").filter(has=box)
    expect(framed).to_have_css("outline-style", "solid")
    # Memory reads the other text.
    compare.get_by_role("link", name="Try the swap").click()
    expect(compare.locator(".gs-answer").nth(4)).to_contain_text("VERB")
    expect(compare.get_by_role("textbox", name="Sentence")).to_have_value("Your first and only aim to win")


# Whatever of both readings is outside of the window, and how large the smallest letters are, of its height.
PRESENTED = """() => {
    const parts = [...document.querySelectorAll('.gs-two-head, .gs-drawing, .gs-two .gs-legend, .gs-two-proof')]
    const letters = [...document.querySelectorAll('.gs-two *')].filter(part => part.checkVisibility() &&
        [...part.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
    const fit = +document.querySelector('.gs-two').style.getPropertyValue('--gs-fit')
    return {
        outside: parts.filter(part => {
            const {left, top, right, bottom} = part.getBoundingClientRect()
            return left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1
        }).map(part => part.className),
        scrolls: [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .some(part => part.scrollHeight > part.clientHeight + 1),
        low: Math.min(...letters.map(part =>
            parseFloat(getComputedStyle(part).fontSize) * part.currentCSSZoom * fit / innerHeight)),
    }
}"""


FITS = "({ outside, scrolls, low }, least) => !outside.length && !scrolls && low >= least"


@pytest.mark.parametrize("model", [SIZES, "tagger", "series", "python-chars", "random"])
def test_a_phone_shows_what_differs_on_its_first_screen_and_a_lecture_all_in_its_window(blank: Page, model: str):
    blank.set_viewport_size({"width": 390, "height": 844})
    blank.goto(f"/compare?model={model}")
    expect(blank.locator(".gs-label").first).to_be_in_viewport()
    if model == SIZES:
        # Of a short text every answer says how sure it is.
        said = blank.locator(".gs-drawing").first.locator("text", has_text=re.compile(r"^[A-Z]+ ?[01]\.\d\d$"))
        expect(said).to_have_count(8)
    assert blank.evaluate("document.documentElement.scrollWidth <= innerWidth")
    blank.keyboard.press("p")
    blank.locator("html[data-gs-present]").wait_for(state="attached")
    # Of many words each has less room.
    least = 0.02 if model in (SIZES, "tagger") else 0.018
    for width, height in ((1024, 768), (1440, 900), (1920, 1080), (3840, 2160)):
        blank.set_viewport_size({"width": width, "height": height})
        blank.wait_for_function(f"least => ({FITS})(({PRESENTED})(), least)", arg=least)
    if model == "tagger":
        expect(blank.locator(".gs-two-alone tr").filter(visible=True)).to_have_count(10)
