"""What the page says of its server: that it does not answer, that it is back."""

from playwright.sync_api import Page, expect

from .conftest import Watch
from .reading import settled

AWAY = "The server does not answer; trying again…"
BACK = "The server answers again."


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
