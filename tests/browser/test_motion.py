"""Who asked for less motion sees steps, not movements."""

import pytest
from playwright.sync_api import Page, expect

from .reading import settled

MOVING = """() => [...document.querySelectorAll('.gatescope, .gatescope *')].filter(part => {
    const style = getComputedStyle(part)
    return style.animationName !== 'none' || style.transitionDuration.split(',').some(time => parseFloat(time) > 0)
}).map(part => part.className)"""

# All movements that a script begins.
COUNTED = """() => {
    window.begun = []
    const animate = Element.prototype.animate
    Element.prototype.animate = function (...how) {
        begun.push(this.className.baseVal)
        return animate.apply(this, how)
    }
}"""


@pytest.mark.parametrize(("wants", "begun"), [("reduce", []), ("no-preference", ["gs-cell"])])
def test_a_clicked_square_opens_into_its_cell_except_for_who_wants_less_motion(blank: Page, wants, begun):
    page = blank
    page.emulate_media(reduced_motion=wants)
    page.goto("/?sentence=one+two+three+four+five&n_layers=2")
    settled(page)
    page.evaluate(COUNTED)
    page.locator(".gs-plot .nsewdrag").nth(3).click()
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    # A number, its fill and its letters change in one frame.
    assert (page.evaluate(MOVING), page.evaluate("begun")) == ([], begun)
    if wants == "reduce":
        page.get_by_role("button", name="Play").click()
        expect(page.locator(".gs-says")).to_contain_text("Step 2")
        expect(page.locator(".gs-dot")).to_have_count(0)


def test_dots_travel_along_the_wires_while_it_plays(blank: Page):
    page = blank
    page.goto("/?sentence=one+two+three+four+five&pin=0-0-1-2")
    settled(page)
    # A dot is there for a part of a second: all that come are counted.
    page.evaluate("""() => {
        window.dots = []
        new MutationObserver(changes => changes.forEach(({addedNodes}) => addedNodes.forEach(dot =>
            dot.classList?.contains('gs-dot') && dots.push(dot.getAnimations().length))
        )).observe(document.querySelector('.gs-cell'), {childList: true, subtree: true})
    }""")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => dots.length >= 2 * document.querySelectorAll('.gs-cell > .gs-wire').length")
    assert page.evaluate("dots.every(moves => moves === 1)")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator(".gs-dot")).to_have_count(0)
