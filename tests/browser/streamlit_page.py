"""How does a person use a page of Streamlit's own controls, and when has it answered?"""

from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page, TimeoutError, expect


def at_rest(page: Page) -> None:
    """Waits until the page is drawn and nothing runs for it."""
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()


def link(page: Page) -> dict[str, str]:
    """What the page's link says."""
    return dict(parse_qsl(urlsplit(page.url).query))


def asks(page: Page, **wanted: str) -> None:
    """Waits until the link says so."""
    with suppress(TimeoutError):
        page.wait_for_url(lambda url: wanted.items() <= dict(parse_qsl(urlsplit(url).query)).items())
    assert wanted.items() <= link(page).items()
