"""How does a person use a page of Streamlit's own controls, and when has it answered?"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page, TimeoutError, expect


def at_rest(page: Page) -> None:
    """Waits until the page is drawn and nothing runs for it."""
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()


def choose(page: Page, name: str, option: str) -> None:
    """Picks an option of a list by its exact name."""
    box = page.get_by_role("combobox", name=name, exact=True)
    wanted = page.get_by_role("option", name=option, exact=True)
    # A list closes whenever its page is drawn anew, which may happen between its opening and the pick.
    for _ in range(30):
        at_rest(page)
        with suppress(TimeoutError):
            if not wanted.is_visible():
                box.click(timeout=3_000)
            wanted.click(timeout=3_000)
            return
    raise AssertionError(f"The list {name!r} never stayed open for {option!r}.")


def link(page: Page) -> dict[str, str]:
    """What the page's link says."""
    return dict(parse_qsl(urlsplit(page.url).query))


def asks(page: Page, **wanted: str) -> None:
    """Waits until the link says so."""
    with suppress(TimeoutError):
        page.wait_for_url(lambda url: wanted.items() <= dict(parse_qsl(urlsplit(url).query)).items())
    assert wanted.items() <= link(page).items()
