"""The page draws a move itself, at once; PyTorch's recording takes its place, and its proof."""

from contextlib import suppress
from urllib.parse import urlencode

from playwright.sync_api import Error, Page, Route, expect

from .reading import settled

COMPUTED = "computed in this page"
# Moves the slider until the page is the first to answer, once it has what it computes with.
UNTIL_AHEAD = """said => {
    if (document.querySelector(".gs-proof").textContent === said) return true
    const slider = document.querySelector("input[aria-label='hidden_dim']")
    slider.value = +slider.value === 3 ? 4 : 3
    slider.dispatchEvent(new Event("input", { bubbles: true }))
    return false
}"""


class Held:
    """The server's pictures, held back from a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.routes: list[Route] = []
        page.route("**/gatescope/recording", lambda route: self.routes.append(route))

    def let_through(self) -> None:
        self.page.unroute("**/gatescope/recording")
        for route in self.routes:
            # The page has given some of them up.
            with suppress(Error):
                route.continue_()


def goes_ahead(blank: Page) -> Held:
    """Opens an untrained LSTM, waits until the page computes it, and holds the server's pictures back."""
    blank.goto("/?" + urlencode({"model": "random", "sentence": "Dogs bark loudly"}))
    settled(blank)
    held = Held(blank)
    blank.wait_for_function(UNTIL_AHEAD, arg=COMPUTED, polling=200)
    return held


def test_a_move_is_drawn_at_once_and_proved_by_pytorch_once_its_recording_is_there(blank: Page):
    held = goes_ahead(blank)
    slider = blank.get_by_role("slider", name="hidden_dim")
    slider.fill("6")
    assert settled(blank).h.shape[-1] == 6
    blank.get_by_role("textbox", name="Sentence").fill("No dog barks")
    settled(blank)
    proof = blank.locator(".gs-proof")
    expect(proof).to_have_text(COMPUTED)
    held.let_through()
    expect(proof).to_contain_text("checked: matches PyTorch to ")
    assert settled(blank).tokens == [["No", "dog", "barks"]]
