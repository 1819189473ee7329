"""What the page says of its server: that it is busy, that it does not answer, that it is back."""

import pytest
from playwright.sync_api import Page, Request, Route, expect

from .conftest import Watch
from .reading import settled, trace_of

AWAY = "The server does not answer; trying again…"
BACK = "The server answers again."


@pytest.fixture
def asked(page: Page) -> list[Request]:
    """The questions that the page asks from here on."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request) if request.method == "POST" else None)
    return requests


def of(requests: list[Request], path: str) -> list[Request]:
    return [request for request in requests if request.url.endswith(path)]


@pytest.fixture
def pinned(page: Page) -> None:
    page.locator(".gs-plot .nsewdrag").nth(3).click()
    expect(page.locator(".gs-formula")).to_contain_text("σ(W x + U h + b)")


@pytest.mark.usefixtures("pinned")
def test_after_a_move_the_formula_is_that_of_the_new_numbers(page: Page):
    before = page.locator(".gs-formula").text_content()
    page.get_by_role("spinbutton", name="seed").fill("9")
    expect(page.locator(".gs-formula")).not_to_have_text(before or "")
    c = trace_of(seed=9).c[0, 0, 2, 0, 1].item()
    row = page.locator(".gs-bar", has_text="c = kept + written").locator(".gs-number")
    expect(row).to_have_text(f"{c:+.3f}".replace("-", "−"))


def test_a_busy_server_is_asked_again_until_it_answers(page: Page, tab: tuple[Page, Watch]):
    refused: list[Route] = []

    def busy(route: Route) -> None:
        refused.append(route)
        route.fulfill(status=503, headers={"Retry-After": "0.2"}, json={"busy": True})

    page.route("**/gatescope/picture", busy, times=3)
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("Busy, trying again…")
    settled(page)
    expect(page.get_by_role("status")).to_have_text("")
    assert len(refused) == 3
    # The browser itself notes each of those answers.
    assert [complaint for complaint in tab[1].complaints if "503" not in complaint] == []
    tab[1].forget()


# Counts the questions that got no answer, until the page says so.
COUNT_FAILED = """away => {
    let failed = 0
    const own = window.fetch
    window.fetch = (...asked) => own(...asked).catch(error => { failed++; throw error })
    const status = document.querySelector(".gs-notices")
    const look = () => { if (status.textContent.includes(away)) window.failedUntilSaid ??= failed }
    new MutationObserver(look).observe(status, { childList: true, subtree: true, characterData: true })
}"""


def test_that_the_server_does_not_answer_is_said_at_the_first_question_and_that_it_is_back(
    page: Page, tab: tuple[Page, Watch]
):
    page.evaluate(COUNT_FAILED, AWAY)
    page.context.set_offline(True)
    try:
        page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
        expect(page.get_by_role("status")).to_contain_text(AWAY)
    finally:
        page.context.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text(BACK)
    assert page.evaluate("window.failedUntilSaid") == 1
    settled(page)
    assert page.get_by_role("slider", name="hidden_dim").input_value() == "4"
    tab[1].forget()


def test_the_row_of_playback_stands_still(page: Page):
    scrub = page.get_by_role("slider", name="Time step")
    before = scrub.bounding_box()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    after = scrub.bounding_box()
    assert before
    assert after
    assert after["x"] == before["x"]
