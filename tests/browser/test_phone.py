"""On a phone cause and effect are in sight together: what is pinned, held or set below changes the picture above it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from .conftest import Visitors
from .serving import returning
from .test_widths import fits

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
# The least that a finger hits, in pixels.
TARGET = 44
# What lies over the middle of each word, answer, gate, slider and button, or over an end of a strip.
COVERED = """() => {
    const found = []
    const own = (part, x, y) => {
        const top = document.elementFromPoint(x, y)
        if (!part.contains(top)) found.push([part, top].map(one => one?.cloneNode().outerHTML).join(' under '))
    }
    const middle = part => {
        const {left, top, width, height} = part.getBoundingClientRect()
        own(part, left + width / 2, top + height / 2)
    }
    const parts = ['.gs-answer > span', '.gs-cell-gate', '.gs-sizes input[type=range]', '.gs-playback > *', '.gs-fold']
    document.querySelectorAll(parts.join()).forEach(part => part.checkVisibility() && middle(part))
    const plot = document.querySelector('.gs-plot'), {left, top} = plot.getBoundingClientRect()
    const strips = document.querySelector('.gs-numbers').shapes.filter(({about}) => about?.['data-quantity'])
    for (const {shapes: [{across, down}]} of strips) {
        for (const y of [down[0] + 2, down.at(-1) - 2]) own(plot, left + (across[0] + across[1]) / 2, top + y)
    }
    for (const word of document.querySelectorAll('.gs-words text')) {
        const box = word.getBoundingClientRect()
        own(plot.closest('.gs-area'), box.left + box.width / 2, box.top + box.height / 2)
    }
    return strips.length === 6 ? found : [`${strips.length} strips`]
}"""
C = "() => document.querySelector('.gs-numbers').shapes.find(({about}) => about?.['data-quantity'] === 'c').shapes[0]"
NUMBERS = f"JSON.stringify(({C})().z.map(row => [...row]))"
MIDDLE = f"""([line, column]) => {{
    const {{across, down}} = ({C})(), {{left, top}} = document.querySelector('.gs-plot').getBoundingClientRect()
    return [left + (across[column] + across[column + 1]) / 2, top + (down[line] + down[line + 1]) / 2]
}}"""


def whole(page: Page) -> None:
    """Nothing is covered, and nothing can be scrolled to the side."""
    page.wait_for_function("document.getAnimations().every(({playState}) => playState !== 'running')")
    assert page.evaluate(COVERED) == []
    fits(page)
    assert page.evaluate("[document.querySelector('[data-testid=stMain]')?.scrollTop ?? 0, scrollY]") == [0, 0]


def drag(fingers: CDPSession, x: float, y: float, by: float) -> None:
    """A finger goes to the right."""

    def touch(kind: str, *points: float) -> None:
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at, "y": y} for at in points]})

    touch("touchStart", x)
    for part in range(1, 9):
        touch("touchMove", x + by * part / 8)
    touch("touchEnd")


def changes(page: Page, move: Callable[[], None], asked: str) -> None:
    """A move changes the link as it should, and c above it, with all else still in sight."""
    before = page.evaluate(NUMBERS)
    move()
    page.wait_for_function("asked => location.search.includes(asked)", arg=asked)
    page.wait_for_function(f"before => {NUMBERS} !== before", arg=before)
    whole(page)


@pytest.mark.parametrize("place", ["app", "site"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_pinned_held_or_set_and_what_it_does_are_on_one_screen(
    visitors: Visitors, address: str, place: str, scheme: str
):
    origin = "/".join(address.split("/")[:3])
    own = {"storage_state": returning(origin), "service_workers": "block"} if place == "site" else {}
    page = visitors(**PHONE, **own, color_scheme=scheme)
    page.goto(address if place == "site" else "/")
    expect(page.locator(".gs-answer")).to_have_count(4)
    expect(page.locator(".gs-early")).to_have_count(0)
    whole(page)
    page.touchscreen.tap(*page.evaluate(MIDDLE, [1, 2]))
    page.wait_for_function("() => location.search.includes('pin=0.1.2')")
    expect(page.locator(".gs-story")).to_contain_text("“a”: unit 1")
    whole(page)
    gates = [gate.bounding_box() for gate in page.locator(".gs-cell-gate").all()]
    assert all(gate and min(gate["width"], gate["height"]) >= TARGET for gate in gates)
    [forget, *_] = gates
    assert forget
    fingers = page.context.new_cdp_session(page)
    middle = forget["x"] + forget["width"] / 2, forget["y"] + forget["height"] / 2
    changes(page, lambda: drag(fingers, *middle, 60), "holds=f.0.1.2_")
    expect(page.locator(".gs-story")).to_contain_text("f of unit 1 at “a” is held at")
    size = page.get_by_role("slider", name="hidden_dim", exact=True)
    changes(page, lambda: size.press("ArrowRight"), "hidden_dim=4")
    # What is asked for is said in the sheet, and the sheet leaves the page to who folds it.
    page.locator(".gs-answer > span").first.tap()
    expect(page.locator(".gs-why[open] .gs-why-row").first).to_be_in_viewport()
    page.locator(".gs-fold").tap()
    expect(page.locator(".gs-legend")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("slider", name="Time step")).to_be_in_viewport(ratio=1)
