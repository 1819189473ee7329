"""A pinned cell: its arithmetic, its curve and its weights are those of the library."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstm_core

WORDS = ["The", "cat", "the", "dog", "chased", "ran"]
LSTM = lstm_core.models.random_lstm(4, 3, 2, seed=2, bidirectional=True)


@pytest.fixture
def page(blank: Page) -> Page:
    blank.goto(f"/?model=random&sentence={'+'.join(WORDS)}&n_layers=2&directions=2")
    expect(blank.locator(".gs-plot .heatmaplayer")).to_have_count(4 * 6)
    return blank


@pytest.fixture
def pinned(page: Page) -> lstm_core.Trace:
    """Unit 2 at step 3 of layer 1, read from the right, clicked in the cell state's strip."""
    strip = page.locator(".gs-plot").nth(3).locator(".nsewdrag").nth(3)
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 3.5 / 6, box["y"] + box["height"] * 2.5 / 3)
    expect(page.get_by_role("heading", name="Unit 2 at “dog”")).to_be_visible()
    return lstm_core.run(LSTM, lstm_core.inputs.token_vectors(WORDS, 4, 2), tokens=WORDS)


def numbers(page: Page) -> dict[str, float]:
    rows = page.locator(".gs-bar").all()
    texts = [(row.locator("span").first.text_content(), row.locator(".gs-number").text_content()) for row in rows]
    return {name or "": float((text or "").replace("−", "-")) for name, text in texts}


def test_the_panel_of_a_pinned_cell_has_the_numbers_of_the_trace(page: Page, pinned: lstm_core.Trace):
    at = (1, 1, 3, 0, 2)
    i, f, g, o, c, h = (getattr(pinned, q)[at].item() for q in lstm_core.traces.QUANTITIES)
    before = pinned.c[1, 1, 4, 0, 2].item()
    expected = {
        "c before": before,
        "× f (keep)": f,
        "= kept": f * before,
        "i (let in)": i,
        "× g (what)": g,
        "= added": i * g,
        "c = kept + added": c,
        "tanh c": np.tanh(c),
        "× o (show)": o,
        "= h": h,
    }
    expect(page.locator(".gs-bar")).to_have_count(len(expected))
    assert numbers(page) == pytest.approx(expected, abs=6e-4)
    expect(page.locator(".gs-says")).to_contain_text("Step 3, layer 1, read from the right.")
    page.wait_for_function("() => new URLSearchParams(location.search).get('pin') === '1.2.3.1'")
    page.get_by_text("Unit 2 over the sentence").click()
    curves = page.locator(".gs-chart g").filter(has=page.locator("circle"))
    expect(curves).to_have_count(6)
    values = [curve.locator("title").all_text_contents()[3].split(": ") for curve in curves.all()]
    curve = {letter: float(value.replace("−", "-")) for letter, value in values}
    assert curve == pytest.approx({"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}, abs=6e-4)
    cell = lstm_core.anatomy(LSTM, pinned, layer=1, direction=1, unit=2, time=3)
    expect(page.locator(".gs-formula")).to_contain_text(f"= {cell.f.value:.3f}")
    page.get_by_text("All weights").click()
    rows = page.get_by_role("region", name="All weights").locator("tbody tr")
    # It reads both directions of the layer below, and its own h of the step before: to its right.
    expect(rows).to_have_count(6 + 3 + 1)
    for at, read in enumerate([*cell.x, *cell.h_before]):
        shown = [float(text.replace("−", "-")) for text in rows.nth(at).locator("td").all_text_contents()]
        weights = ([*getattr(cell, gate).weights_x, *getattr(cell, gate).weights_h][at] for gate in "figo")
        assert shown == pytest.approx([read, *weights], abs=6e-4)
