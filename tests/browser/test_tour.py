"""A first visit: three sentences that can be left at any time, are in nobody's way, and come once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import WIDE, Visitors
from .reading import settled, write
from .test_accessibility import accessible

PHONE = {"width": 390, "height": 844}
SIZES = {"desk": WIDE, "laptop": {"width": 1280, "height": 720}, "phone": PHONE}
TARGETS = (".gs-sentence textarea", None, ".gs-play")
NO_STORAGE = """Object.defineProperty(window, 'localStorage', {
    get() { throw new DOMException('refused', 'SecurityError') }})"""

FirstVisit = Callable[..., Page]


@pytest.fixture
def first_visit(visitors: Visitors) -> FirstVisit:
    def opened(address: str = "/", **options: object) -> Page:
        page = visitors(**{"storage_state": None} | options)
        page.goto(address)
        settled(page)
        return page

    return opened


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


def test_three_steps_forth_and_back_and_done(first_visit: FirstVisit):
    page = first_visit()
    expect(card(page)).to_contain_text("Type a sentence")
    expect(card(page).get_by_role("heading", name="Tour, 1 of 3")).to_be_visible()
    expect(button(page, "Back")).to_be_hidden()
    button(page, "Next").click()
    expect(card(page)).to_contain_text("Each word is a column")
    button(page, "Next").click()
    expect(card(page)).to_contain_text("Press play")
    button(page, "Back").click()
    expect(card(page)).to_contain_text("Each word is a column")
    button(page, "Next").click()
    button(page, "Done").click()
    expect(card(page)).to_be_hidden()
    expect(page.locator(".gs-spot")).to_be_hidden()


@pytest.mark.parametrize("way", ["Escape", "Skip", "a pinned cell"])
def test_left_in_whatever_way_it_does_not_come_back_by_itself(first_visit: FirstVisit, way: str):
    page = first_visit()
    expect(card(page)).to_be_visible()
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "Skip":
        button(page, "Skip").click()
    else:
        page.locator(".gs-plot .nsewdrag").nth(3).click()
    expect(card(page)).to_be_hidden()
    page.goto("/")
    settled(page)
    page.wait_for_timeout(300)
    expect(card(page)).to_be_hidden()


def test_it_comes_again_to_who_reloads_before_leaving_it(first_visit: FirstVisit):
    page = first_visit()
    expect(card(page)).to_be_visible()
    page.reload()
    expect(card(page)).to_be_visible()


def test_its_button_opens_it_again(page: Page):
    expect(card(page)).to_be_hidden()
    page.get_by_role("button", name="Tour", exact=True).click()
    expect(card(page)).to_contain_text("1 of 3")
    leave(page)


@pytest.mark.parametrize("address", ["/?pin=0.1.2", "/?embed=true", "/?embed=true&embed_options=dark_theme"])
def test_links_to_one_cell_and_embedded_pages_are_left_alone(first_visit: FirstVisit, address: str):
    page = first_visit(address)
    page.wait_for_timeout(300)
    expect(card(page)).to_be_hidden()


def test_where_storage_is_refused_it_is_left_all_the_same(visitors: Visitors):
    page = visitors(storage_state=None)
    page.add_init_script(NO_STORAGE)
    page.goto("/")
    expect(card(page)).to_be_visible()
    leave(page)
    # Streamlit's own pages are visited without a reload.
    page.get_by_role("link", name="Structure").click()
    page.get_by_text("Three ways to read the same numbers").wait_for()
    page.get_by_role("link", name="Memory").click()
    settled(page)
    page.wait_for_timeout(300)
    expect(card(page)).to_be_hidden()


def test_it_takes_no_focus_by_itself_and_gives_it_back_when_asked_for(first_visit: FirstVisit):
    page = first_visit()
    expect(card(page)).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    leave(page)
    opener = page.get_by_role("button", name="Tour", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(button(page, "Next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(page)).to_contain_text("2 of 3")
    page.keyboard.press("Shift+Tab")
    expect(button(page, "Back")).to_be_focused()
    page.keyboard.press("Enter")
    # The first step has no Back: the focus is not lost with it.
    expect(button(page, "Next")).to_be_focused()
    for _ in range(3):
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


@pytest.mark.parametrize("sentence", ["Giraffes+in+a+field", "The+rat+that+the+cat+that+the+dog+chased+bit+died"])
@pytest.mark.parametrize("size", SIZES)
def test_the_card_is_in_the_window_and_never_over_what_it_explains(first_visit: FirstVisit, size: str, sentence: str):
    page = first_visit(f"/?sentence={sentence}", viewport=SIZES[size])
    for target in TARGETS:
        expect(card(page)).to_be_visible()
        box, spot = card(page).bounding_box(), page.locator(".gs-spot").bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= SIZES[size]["width"]
        assert box["y"] + box["height"] <= SIZES[size]["height"]
        assert apart(box, spot)
        if target:
            explained = page.locator(target).bounding_box()
        else:
            explained = page.locator(".gs-plot").first.locator(".xtick text").nth(1).bounding_box()
            # From the word down through all six strips.
            strips = page.locator(".gs-plot").first.locator(".nsewdrag")
            last = strips.nth(5).bounding_box()
            explained["height"] = last["y"] + last["height"] - explained["y"]
        assert spot["x"] <= explained["x"]
        assert spot["y"] <= explained["y"]
        assert spot["x"] + spot["width"] >= explained["x"] + explained["width"] - 1
        assert spot["y"] + spot["height"] >= explained["y"] + explained["height"] - 1
        button(page, "Done" if target == TARGETS[-1] else "Next").click()


COVERED = """() => {
    const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
    const box = part => part.getBoundingClientRect(), card = box(document.querySelector('.gs-tour'))
    return [...document.querySelectorAll('.gatescope :is(button, select, input, textarea, summary)')]
        .filter(part => part.checkVisibility() && !part.closest('.gs-tour') && !apart(box(part), card))
        .map(part => part.getAttribute('aria-label') || part.textContent)
}"""


@pytest.mark.parametrize("height", [844, 667])
def test_on_a_phone_the_card_covers_no_control(first_visit: FirstVisit, height: int):
    page = first_visit("/?sentence=The+rat+that+the+cat+chased&n_layers=2", viewport={"width": 390, "height": height})
    for name in ("Next", "Next", "Done"):
        expect(card(page)).to_be_visible()
        assert page.evaluate(COVERED) == []
        button(page, name).click()


def test_nothing_moves_when_it_comes_and_goes(first_visit: FirstVisit):
    page = first_visit()
    expect(card(page)).to_be_visible()
    where = """() => JSON.stringify(['textarea', '.gs-plot', '.gs-play', '.gs-aside', '.gs-side'].map(part =>
        document.querySelector(part).getBoundingClientRect()).concat([document.querySelector('.stMain').scrollHeight]))"""
    before = page.evaluate(where)
    leave(page)
    assert page.evaluate(where) == before


def test_the_page_works_as_ever_beneath_it(first_visit: FirstVisit):
    page = first_visit()
    expect(card(page)).to_be_visible()
    box = card(page).bounding_box()
    at = {"x": box["x"] + 30, "y": box["y"] + 20}
    assert not page.evaluate("({x, y}) => !!document.elementFromPoint(x, y).closest('.gs-tour')", at)
    write(page, "The cat the dog chased ran away and never came back")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    settled(page)
    # The picture has grown: the card has made room for it.
    assert apart(card(page).bounding_box(), page.locator(".gs-plot").first.bounding_box())
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(card(page)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(first_visit: FirstVisit, scheme: str):
    page = first_visit(color_scheme=scheme, viewport=PHONE)
    for name in ("Next", "Next", "Done"):
        expect(card(page)).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        button(page, name).click()
