"""A long text that was written, not opened: it goes to the server once, and is otherwise a sentence like any other."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from .reading import settled, write

TEXT = " ".join(f"extraordinarily{step % 7}" for step in range(300))


@pytest.fixture
def sent(page: Page) -> list[Request]:
    """What the page has sent to the server."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request) if request.method == "POST" else None)
    return requests


def heard(requests: list[Request], path: str) -> list[str]:
    return [request.post_data or "" for request in requests if urlsplit(request.url).path.endswith(path)]


def test_a_move_names_a_long_text_that_is_there(page: Page, sent: list[Request]):
    write(page, TEXT)
    for name in ("hidden_dim", "n_layers", "hidden_dim"):
        page.get_by_role("slider", name=name).press("ArrowRight")
        settled(page)
    page.locator(".gs-plot .nsewdrag").nth(3).click()
    expect(page.locator(".gs-formula")).to_contain_text("σ(W x + U h + b)")
    assert heard(sent, "/file") == [TEXT]
    questions = heard(sent, "/picture") + heard(sent, "/cell")
    assert len(questions) > 4
    assert max(map(len, questions)) < 1_000
    # Its link is as ever, and so is its code, once that is looked at.
    page.wait_for_function("() => new URLSearchParams(location.search).get('hidden_dim') === '5'")
    assert parse_qs(urlsplit(page.url).query)["sentence"] == [TEXT]
    page.get_by_text("The same in Python").click()
    expect(page.locator(".gatescope pre")).to_contain_text(repr(TEXT))
