"""The cell under the hand says all that there is to it, in every strip, by mouse and by keyboard."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstm_core

from .reading import view, write

# Where Plotly itself puts a cell, strip by strip in the order of the picture: [left, top, right, bottom] in the window.
PLACES = """([layer, step, unit]) => {
    const plot = document.querySelectorAll('.js-plotly-plot')[layer], {left, top} = plot.getBoundingClientRect()
    return plot.data.map(({yaxis}) => {
        const x = plot._fullLayout.xaxis, y = plot._fullLayout['yaxis' + (yaxis || 'y').slice(1)]
        return [left + x._offset + x.d2p(step - 0.5), top + y._offset + y.d2p(unit - 0.5),
            left + x._offset + x.d2p(step + 0.5), top + y._offset + y.d2p(unit + 0.5)]
    })
}"""
# A frame of two pixels lies around its cell.
FRAME = 2.1
MARKS = """() => [...document.querySelectorAll('.gs-mark')].filter(mark => mark.checkVisibility()).map(mark => {
    const {left, top, right, bottom} = mark.getBoundingClientRect()
    return [left, top, right, bottom]
})"""
STEP, UNIT = 4, 2


def point_at(page: Page, layer: int, step: int, unit: int, strip: int = 0) -> np.ndarray:
    """Moves the mouse to a cell; answers where that cell lies in each strip."""
    places = np.array(page.evaluate(PLACES, [layer, step, unit]))
    left, top, right, bottom = places[strip]
    page.mouse.move((left + right) / 2, (top + bottom) / 2)
    return places


def said(trace: lstm_core.Trace, layer: int, step: int, unit: int) -> dict[str, str]:
    """A cell's six values as they are written: four decimals, states with their sign."""
    values = {quantity: float(trace.cells(quantity, layer)[unit, step]) for quantity in lstm_core.traces.QUANTITIES}
    return {q: (f"{value:.4f}" if q in "ifo" else f"{value:+.4f}").replace("-", "−") for q, value in values.items()}


@pytest.fixture
def trace(page: Page) -> lstm_core.Trace:
    """Two layers over six words, in the picture."""
    page.get_by_role("slider", name="n_layers").press("ArrowRight")
    return write(page, "The cat the dog chased ran")


def marked(page: Page, places: np.ndarray) -> None:
    """The cell under the hand has its frame in all six strips."""
    page.wait_for_function(f"() => ({MARKS})().length === 6")
    np.testing.assert_allclose(page.evaluate(MARKS), places, atol=FRAME)


def test_the_cell_under_the_hand_or_the_keys_is_told_and_framed_in_every_strip_also_after_zooming(
    page: Page, trace: lstm_core.Trace
):
    page.locator(".js-plotly-plot").nth(1).focus()
    spoken = page.locator("[aria-live=polite]").filter(has_text="step")
    for key, step, unit in [("ArrowRight", 0, 0), ("ArrowRight", 1, 0), ("ArrowDown", 1, 1), ("ArrowDown", 1, 2)]:
        page.keyboard.press(key)
        expect(spoken).to_contain_text(f"{trace.tokens[0][step]}, step {step} · layer 1 · unit {unit}")
    for value in said(trace, 1, 1, 2).values():
        expect(spoken).to_contain_text(value)
    np.testing.assert_allclose(page.evaluate(MARKS), page.evaluate(PLACES, [1, 1, 2]), atol=FRAME)
    tip = page.get_by_role("tooltip")
    names = {"f": "forget gate", "i": "input gate", "g": "candidate", "c": "cell state", "o": "output gate"}
    for layer, strip in ((0, 0), (1, 5)):
        places = point_at(page, layer, STEP, UNIT, strip)
        expect(tip).to_contain_text(f"step {STEP} · layer {layer} · unit {UNIT}")
        expect(tip).to_contain_text("chased")
        rows = [row.locator("td").all_text_contents() for row in tip.get_by_role("row").all()]
        assert {letter: value for _, letter, value in rows} == said(trace, layer, STEP, UNIT)
        assert {letter: title for title, letter, _ in rows} == names | {"h": "hidden state"}
        marked(page, places)
    with view(page) as menu:
        menu.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range[1] < 5")
    places = point_at(page, 0, 3, 1)
    expect(tip).to_contain_text("step 3 · layer 0 · unit 1")
    marked(page, places)


def test_everything_is_reached_by_tab(page: Page):
    name = "e => e.getAttribute('aria-label') || e.closest('label')?.textContent || e.textContent.trim()"
    reached: list[str] = []
    page.locator("summary", has_text="Scenes").focus()
    while len(reached) < 80 and page.evaluate("document.activeElement.closest('.gatescope') !== null"):
        reached.append(page.evaluate(f"({name})(document.activeElement)"))
        page.keyboard.press("Tab")
    assert [reach.split(":")[0] for reach in reached] == [
        *["Scenes", "Model", "Sentence", "examples", "input_dim", "hidden_dim", "n_layers", "seed", "View"],
        *["Play", "Time step", "layer 0", "Why this value?"],
        *["forget gate f", "input gate i", "candidate g", "output gate o"],
        *["f → 0", "f → 1", "i → 0", "i → 1", "o → 0", "c → 0", "without “in”", "In which units?", "At which steps?"],
        *["everywhere", "The sums", "Unit 2 over the sentence", "What do the letters mean?"],
        *["What do the units do?", "Compare with another text or model"],
        *["The numbers as a table", "The same in Python"],
    ]


# What the words over the columns are, and where: ours, and Plotly's that nobody sees.
WORDS = """part => [...document.querySelectorAll(part)].map(word => {
    const {left, top, right, bottom} = word.getBoundingClientRect()
    return [word.textContent, [left, top, right, bottom]]
})"""


def test_words_stand_over_their_columns_and_heatmaps_have_a_ring_for_the_keyboard_and_none_after_a_click(page: Page):
    for text in ("Dogs bark", "Whenever dogs bark at night, " * 3):
        write(page, text)
        names, places = zip(*page.evaluate(WORDS, ".gs-words text"), strict=True)
        plotly_names, plotly_places = zip(*page.evaluate(WORDS, ".gs-plot .xtick text"), strict=True)
        assert names == plotly_names
        np.testing.assert_allclose(places, plotly_places, atol=0.6)
    plot = page.locator(".js-plotly-plot").first
    point_at(page, 0, 1, 1)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".gs-pin").first).to_be_visible()
    expect(plot).to_be_focused()
    expect(plot).to_have_css("outline-style", "none")
    page.keyboard.press("ArrowRight")
    expect(plot).to_have_css("outline-style", "solid")
