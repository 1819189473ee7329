"""A link opens the same numbers anywhere, and two people never see each other's."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import Visitors
from .reading import controls, heatmaps, settled, shows, trace_of, view, write

SENTENCE = "She said: 100 % & 2+2=4? #yes /no 🦒 зебра"


@pytest.fixture
def moved(page: Page) -> Page:
    """A page on which everything was moved, its address at rest."""
    for name in ("input_dim", "hidden_dim", "n_layers"):
        page.get_by_role("slider", name=name).press("ArrowRight")
    page.get_by_role("spinbutton", name="seed").fill("77")
    with view(page) as menu:
        menu.get_by_role("combobox", name="Read as").select_option("characters")
        menu.get_by_role("combobox", name="Colours").select_option("purple")
    write(page, SENTENCE)
    page.wait_for_function(
        "sentence => new URLSearchParams(location.search).get('sentence') === sentence", arg=SENTENCE
    )
    return page


def same(page: Page, other: Page) -> None:
    """Waits for the other's picture; then both have the same controls and numbers: PyTorch's, or the page's own."""
    settled(other)
    assert controls(other) == controls(page)
    theirs = heatmaps(other)
    for key, z in heatmaps(page).items():
        np.testing.assert_allclose(theirs[key], z, atol=1e-6)


def test_a_view_is_its_address_which_opens_the_same_numbers_elsewhere(moved: Page, visitors: Visitors):
    assert parse_qs(urlsplit(moved.url).query) == {
        **{"sentence": [SENTENCE], "input_dim": ["5"], "hidden_dim": ["4"], "n_layers": ["2"], "seed": ["77"]},
        **{"tokens": ["characters"], "colours": ["purple"]},
    }
    moved.get_by_text("Share", exact=True).click()
    link = moved.get_by_role("textbox", name="Link to this view").input_value()
    second = visitors()
    second.goto(link)
    same(moved, second)
    expect(second.get_by_role("combobox", name="Colours", include_hidden=True)).to_have_value("purple")


def test_the_link_is_copied(visitors: Visitors):
    page = visitors(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/?sentence=copy+me&input_dim=4&hidden_dim=3&n_layers=1&seed=2")
    settled(page)
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_controls_wait_for_what_the_link_says(blank: Page):
    page = blank
    held: list[Route] = []
    page.route("**/gatescope/recording", lambda route: held.append(route), times=1)
    with page.expect_request("**/gatescope/recording"):
        page.goto("/?sentence=Linked+words&hidden_dim=2")
    assert page.get_by_role("textbox", name="Sentence").count() == 0
    held[0].continue_()
    shows(page, trace_of("Linked words", hidden_dim=2))
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("Linked words")
