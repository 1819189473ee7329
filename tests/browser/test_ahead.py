"""The page draws a move itself, at once; PyTorch's recording takes its place, and its proof."""

import re
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


def test_a_picture_that_is_not_pytorchs_is_replaced_and_that_is_said(blank: Page):
    """Its random weights are others where the LSTM has five units, and so its proof does not see it."""

    def broken(route: Route) -> None:
        response = route.fetch()
        # What draws an LSTM, as the bundler leaves it.
        drawn = re.compile(r"return\{kind:\w+,inputSize:\w+,hiddenSize:(\w+),.{0,80}?projSize:0,weights:(\w+)\}")
        text, times = drawn.subn(r"if(\1===5)\2.weight_ih_l0.data[0]+=1;\g<0>", response.text())
        assert times == 1
        route.fulfill(response=response, body=text)

    blank.route("**/browser/modules.js", broken)
    held = goes_ahead(blank)
    blank.get_by_role("slider", name="hidden_dim").fill("5")
    expect(blank.locator(".gs-shapes")).to_contain_text("(1, 1, 5)")
    expect(blank.locator(".gs-proof")).to_have_text(COMPUTED)
    held.let_through()
    expect(blank.get_by_role("status")).to_contain_text("This browser drew another picture first, ")
    expect(blank.locator(".gs-proof")).to_contain_text("checked: matches PyTorch to ")
    settled(blank)
    blank.unroute("**/browser/modules.js")
