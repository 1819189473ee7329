"""Who asked for less motion sees steps, not movements."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitors
from .reading import settled

MOVING = """() => [...document.querySelectorAll('.gatescope, .gatescope *')].filter(part => {
    const style = getComputedStyle(part)
    return style.animationName !== 'none' || style.transitionDuration.split(',').some(time => parseFloat(time) > 0)
}).map(part => part.className)"""


@pytest.fixture
def calm(visitors: Visitors) -> Page:
    page = visitors(reduced_motion="reduce")
    page.goto("/?sentence=one+two+three+four+five&n_layers=2")
    settled(page)
    return page


def test_nothing_on_the_page_has_a_transition(calm: Page):
    calm.locator(".gs-plot .nsewdrag").nth(3).click()
    expect(calm.get_by_role("button", name="Unpin")).to_be_visible()
    assert calm.evaluate(MOVING) == []
