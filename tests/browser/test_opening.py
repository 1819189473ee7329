"""What a person sees first: a trained LSTM, its answers under the words, all of it in the window."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from lstm_core.models import sizes
from lstm_core.models.sizes import Size

from .conftest import Visitors
from .reading import numbers_on_cells, painted, traces
from .streamlit_page import at_rest

SIZES = [(1440, 900), (1920, 1080)]
# The lowest pixel of the strips, the largest that the page scrolls, and the size of the numbers in cells.
FITS = """() => {
    const boxes = [...document.querySelectorAll('.gs-plot')].map(plot => plot.getBoundingClientRect())
    const main = document.querySelector('[data-testid=stMain]')
    const shapes = document.querySelector('.gs-numbers').shapes.flatMap(one => one.shapes ?? [one])
    return {
        bottom: Math.max(...boxes.map(box => box.bottom)), right: Math.max(...boxes.map(box => box.right)),
        legend: document.querySelector('.gs-legend').getBoundingClientRect().bottom, scrolled: main.scrollTop,
        letters: Math.min(...shapes.filter(({kind}) => kind === 'text').map(({size}) => size)),
    }
}"""


# The layout shifts so far, added up, without those that follow what the visitor does.
SHIFTS = """() => new Promise(done => {
    let sum = 0
    const add = list => list.getEntries().forEach(one => { sum += one.hadRecentInput ? 0 : one.value })
    new PerformanceObserver(add).observe({type: 'layout-shift', buffered: true})
    // What was there before is told first; if there was nothing, nothing is told.
    setTimeout(() => done(sum), 100)
})"""
STRIPS = """() => [...document.querySelectorAll('.gs-expected i')].map(strip => {
    const {left, top, width, height} = strip.getBoundingClientRect()
    return [left, top, width, height]
})"""
DRAWN = """() => {
    const plot = document.querySelector('.gs-plot'), box = plot.getBoundingClientRect()
    return plot._fullData.map(({yaxis}) => {
        const {_offset, _length} = plot._fullLayout[yaxis.replace('y', 'yaxis')]
        return [box.left, box.top + _offset, box.width, _length]
    })
}"""


def answers(page: Page) -> list[str]:
    return page.locator(".gs-plot ~ .gs-answers [data-answer]").evaluate_all("all => all.map(e => e.dataset.answer)")


def rows(page: Page, count: int) -> None:
    page.wait_for_function(f"() => document.querySelector('.gs-plot')?.data?.every(({{z}}) => z.length === {count})")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_the_words_and_empty_strips_stand_where_the_numbers_will(blank: Page, width: int, height: int):
    blank.set_viewport_size({"width": width, "height": height})
    held: list[Route] = []
    blank.route("**/browser/modules.js", lambda route: held.append(route))
    blank.goto("/", wait_until="commit")
    expect(blank.locator(".gs-expected span")).to_have_text(["Giraffes", "in", "a", "field"])
    first = blank.evaluate(STRIPS)
    for _ in range(3_000):
        if held:
            break
        blank.wait_for_timeout(20)
    held[0].continue_()
    rows(blank, 3)
    expect(blank.locator(".gs-expected")).to_have_count(0)
    painted(blank)
    np.testing.assert_allclose(blank.evaluate(DRAWN), first, atol=2)
    blank.unroute("**/browser/modules.js")


def test_a_module_runs_once_and_a_visit_that_follows_asks_the_server_for_no_file(page: Page):
    twice = """async () => {
        const { modules } = await import(document.querySelector('[rel=modulepreload][href*="/modules.js"]').href)
        return Promise.all(Object.values(modules).map(async run => await run() === await run()))
    }"""
    assert page.evaluate(twice) == [True] * 10
    page.goto("/?model=random")
    rows(page, 3)
    sent = """() => performance.getEntriesByType("resource")
        .filter(({ name }) => /gatescope\\/.*\\.(js|css)$/.test(name)).map(({ transferSize }) => transferSize)"""
    assert page.evaluate(sent) == [0] * 2


def test_a_page_that_is_not_there_yet_shows_about_where_it_will_stand(blank: Page):
    blank.goto("/open?how=train")
    blank.get_by_role("button", name="Train").wait_for()
    # The frame is drawn by its own script, which may come after the page's parts.
    expect(blank.locator(".stMainBlockContainer .gs-frame")).to_be_attached()
    at_rest(blank)
    grey = "getComputedStyle(document.querySelector('.stMainBlockContainer'), '::after').content"
    assert blank.evaluate(grey) == "none"
    empty = "document.querySelectorAll('h1, .stRadio, .stButtonGroup').forEach(part => part.remove())"
    # In one go: a run that goes on would bring them back.
    assert blank.evaluate(f"() => {{ {empty}; return {grey} }}") == '""'


@pytest.mark.parametrize("link", ["/?model=python-chars", "/?model=series"])
def test_nothing_jumps_when_the_first_picture_comes(blank: Page, link: str):
    blank.set_viewport_size({"width": 1440, "height": 900})
    blank.goto(link)
    blank.locator(".gs-plot .heatmaplayer").first.wait_for()
    painted(blank, 10)
    assert blank.evaluate(SHIFTS) < 0.01


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_bare_address_shows_four_right_tags_and_six_strips_in_the_window(blank: Page, width: int, height: int):
    blank.set_viewport_size({"width": width, "height": height})
    blank.goto("/")
    rows(blank, 3)
    painted(blank)
    blank.wait_for_function("() => document.querySelector('.gs-answers [data-step=\"3\"]')")
    assert answers(blank) == ["NOUN", "ADP", "DET", "NOUN"]
    assert [trace["name"] for trace in traces(blank)] == list("figcoh")
    # The picture takes the room that the page leaves it, once that is all there.
    blank.wait_for_function(f"height => ({FITS})().legend <= height", arg=height)
    seen = blank.evaluate(FITS)
    assert seen["scrolled"] == 0
    assert 0.85 * height < seen["bottom"] < seen["legend"] <= height
    assert numbers_on_cells(blank) == [[True] * 12] * 6
    assert seen["letters"] >= 12
    assert blank.evaluate(SHIFTS) < 0.01
    expect(blank.get_by_role("combobox", name="Model")).to_have_value("tagger-sizes")
    expect(blank.locator(".gs-untrained")).to_be_hidden()


def test_a_link_that_says_only_how_it_is_looked_at_opens_the_trained_tagger_with_it(blank: Page):
    looks = ("pin=0.1.2", "at=2", "holds=w.1", "zoom=1-2")
    blank.goto(f"/?{'&'.join(looks)}")
    rows(blank, 3)
    expect(blank.get_by_role("combobox", name="Model")).to_have_value("tagger-sizes")
    blank.wait_for_url("**model=tagger-sizes*")
    assert all(one in blank.url for one in looks)


def test_a_slider_moves_through_trained_sizes_and_a_link_to_the_untrained_one_stays(blank: Page):
    blank.goto("/")
    rows(blank, 3)
    right = blank.locator(".gs-right")
    expect(right).to_contain_text(f"{sizes.scores()[Size(4, 3, 1)].test:.0%} of test words right")
    slider = blank.get_by_role("slider", name="hidden_dim")
    for units in (4, 8):
        slider.press("ArrowRight")
        rows(blank, units)
        expect(slider).to_have_attribute("aria-valuetext", str(units))
        expect(right).to_contain_text(f"{sizes.scores()[Size(4, units, 1)].test:.0%} of test words right")
    expect(blank.get_by_role("spinbutton", name="hidden_dim as a number")).to_have_value("8")
    expect(blank).to_have_url(re.compile("hidden_dim=8.*model=tagger-sizes"))
    blank.get_by_role("combobox", name="Model").select_option("random")
    expect(blank.locator(".gs-untrained")).to_be_visible()
    expect(blank.locator("[data-answer]")).to_have_count(0)
    slider.press("ArrowRight")
    rows(blank, 9)


# Streamlit says nothing to its server until it may.
HELD = """(() => {
    let [held, send] = [[], WebSocket.prototype.send]
    WebSocket.prototype.send = function (said) { held ? held.push([this, said]) : send.call(this, said) }
    window.goOn = () => {
        for (const [socket, said] of held) send.call(socket, said)
        held = null
    }
})()"""


def test_the_picture_is_there_before_streamlit_s_page_and_goes_on_with_what_was_typed(visitors: Visitors):
    # What is added to a page's beginning stays for all that the tab opens.
    page = visitors()
    page.add_init_script(HELD)
    page.goto("/?model=random")
    rows(page, 3)
    box = page.get_by_role("textbox", name="Sentence")
    box.press("End")
    page.keyboard.type(" too")
    expect(page.locator(".gs-early .gs-heatmaps")).to_be_attached()
    assert "sentence" not in page.url
    page.evaluate("goOn()")
    expect(page.locator(".stMain .gs-heatmaps")).to_be_attached()
    expect(page.locator(".gs-early")).to_have_count(0)
    page.keyboard.type(" green")
    expect(box).to_have_value("Giraffes in a field too green")
    page.wait_for_url("**/*too+green*")
    page.wait_for_function("() => document.querySelector('.gs-plot').data[0].z[0].length === 6")
