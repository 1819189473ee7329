"""What a visitor looks at is one thing: changed on any page it is changed on all, and no page loses it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from .reading import settled
from .streamlit_page import asks, at_rest

LINK = "/?model=tagger&sentence=Dogs+bark&pin=0.5.1"
OTHERS = ["Lesson", "Units", "Compare", "Your model"]


def menu(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    if name == "Memory":
        page.locator(".gs-proof").wait_for()
    else:
        here = page.get_by_role("link", name=name, exact=True)
        expect(here).to_have_attribute("aria-current", "page")
        page.get_by_role("heading", level=1).first.wait_for()
        at_rest(page)


@pytest.fixture
def dogs(blank: Page) -> Page:
    page = blank
    page.goto(LINK)
    page.locator(".gs-proof").wait_for()
    return page


def test_the_main_page_finds_its_view_again_after_a_visit_to_each_page(dogs: Page):
    for name in [*OTHERS, "Memory"]:
        menu(dogs, name)
    asks(dogs, model="tagger", sentence="Dogs bark", pin="0.5.1")
    expect(dogs.get_by_role("textbox", name="Sentence")).to_have_value("Dogs bark")
    expect(dogs.locator(".gs-pin:visible").first).to_be_visible()


def test_what_the_main_page_is_left_with_is_on_the_next_page_at_once(page: Page):
    page.get_by_role("textbox", name="Sentence").fill("The cat ran")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    settled(page)
    menu(page, "Lesson")
    assert urlsplit(page.url).path == "/lesson"
    asks(page, sentence="The cat ran", hidden_dim="4")
    expect(page.get_by_role("textbox", name="Sentence", exact=True)).to_have_value("The cat ran")
    expect(page.get_by_role("slider", name="hidden_dim")).to_have_value("4")
