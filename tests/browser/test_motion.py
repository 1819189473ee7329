"""Who asked for less motion sees steps, not movements."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitors
from .reading import settled
from .test_playback import FILM

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


def test_the_layers_of_a_step_appear_together(calm: Page):
    calm.get_by_role("combobox", name="Speed").select_option("4")
    calm.evaluate(FILM)
    calm.get_by_role("button", name="Play").click()
    calm.wait_for_function("() => film.some(([text]) => text.startsWith('step')) && film.at(-1)[0] === 'all 5 steps'")
    frames = [(text, columns) for text, columns in calm.evaluate("window.film") if text.startswith("step")]
    assert {text for text, _ in frames} == {f"step {step} (0–4)" for step in range(5)}
    for text, (lower, upper) in frames:
        assert lower == upper == int(text.split()[1]) + 1


def test_nothing_on_the_page_has_a_transition(calm: Page):
    calm.locator(".gs-plot .nsewdrag").nth(3).click()
    expect(calm.get_by_role("button", name="Unpin")).to_be_visible()
    assert calm.evaluate(MOVING) == []
