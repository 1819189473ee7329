"""What a visitor looks at is one thing: changed on any page it is changed on all, and no page loses it."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitors
from .reading import settled
from .streamlit_page import asks

LINK = "/?model=tagger&sentence=Dogs+bark&pin=0.5.1"
HEADINGS = {
    "Lesson": "Lesson",
    "Units": "Units",
    "Why?": "Why?",
    "Compare": "Compare",
    "Train": "Train",
    "Your model": "Your model",
}


def menu(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    if name == "Memory":
        page.locator(".gs-proof").wait_for()
    else:
        page.get_by_role("heading", name=HEADINGS[name], exact=True).wait_for()


@pytest.fixture
def dogs(visitors: Visitors) -> Page:
    page = visitors()
    page.goto(LINK)
    page.locator(".gs-proof").wait_for()
    return page


@pytest.mark.parametrize(("through", "to"), [("Lesson", "Why?"), ("Train", "Units"), ("Your model", "Compare")])
def test_pages_with_controls_of_their_own_carry_the_source_along(dogs: Page, through: str, to: str):
    menu(dogs, through)
    menu(dogs, to)
    asks(dogs, model="tagger", sentence="Dogs bark")
    name = "Sentence A" if to == "Compare" else "Sentence"
    expect(dogs.get_by_role("textbox", name=name, exact=True)).to_have_value("Dogs bark")
    if to == "Why?":
        asks(dogs, pin="0.5.1")
        expect(dogs.get_by_role("spinbutton", name="Unit")).to_have_value("5")


def test_a_sentence_of_another_page_is_on_the_main_page(dogs: Page):
    menu(dogs, "Why?")
    box = dogs.get_by_role("textbox", name="Sentence")
    box.fill("Cats sleep well")
    box.press("Tab")
    asks(dogs, sentence="Cats sleep well")
    menu(dogs, "Memory")
    expect(dogs.get_by_role("textbox", name="Sentence")).to_have_value("Cats sleep well")
    asks(dogs, model="tagger", sentence="Cats sleep well", pin="0.5.1")


def test_the_main_page_finds_its_view_again_after_a_visit_to_each_page(dogs: Page):
    for name in HEADINGS:
        menu(dogs, name)
        menu(dogs, "Memory")
        asks(dogs, model="tagger", sentence="Dogs bark", pin="0.5.1")
        expect(dogs.get_by_role("textbox", name="Sentence")).to_have_value("Dogs bark")
        expect(dogs.locator(".gs-pin:visible").first).to_be_visible()


def test_what_the_main_page_is_left_with_is_on_the_next_page_at_once(page: Page):
    page.get_by_role("textbox", name="Sentence").fill("The cat ran")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    settled(page)
    menu(page, "Lesson")
    expect(page.get_by_role("textbox", name="Sentence", exact=True)).to_have_value("The cat ran")
    expect(page.get_by_role("slider", name="hidden_dim")).to_have_value("4")


@pytest.mark.parametrize(
    ("link", "text"), [("/?model=counter", "a" * 10 + "b" * 10), ("/units?model=brackets", "((((()))))")]
)
def test_a_link_with_only_a_model_opens_its_first_example(visitors: Visitors, link: str, text: str):
    page = visitors()
    page.goto(link)
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value(text)
