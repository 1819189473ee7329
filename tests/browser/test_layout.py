"""Layouts for size: both directions, chosen layers and quantities, hundreds of units."""

import pytest
from playwright.sync_api import Page, expect

import lstm_core

SENTENCE = "The cat the dog chased ran"


def trace_of(**sizes: int) -> lstm_core.Trace:
    tokens = lstm_core.words(SENTENCE)
    lstm = lstm_core.models.random_lstm(4, sizes.get("units", 3), 2, seed=2, bidirectional=True)
    return lstm_core.run(lstm, lstm_core.inputs.token_vectors(tokens, 4, 2), tokens=tokens)


@pytest.fixture
def both(blank: Page) -> Page:
    """Two layers and both directions."""
    blank.goto(f"/?sentence={SENTENCE}&n_layers=2&directions=2")
    expect(blank.locator(".gs-plot .heatmaplayer")).to_have_count(4 * 6)
    return blank


def test_a_cell_of_layer_1_direction_1_is_taken_apart_and_adds_up(both: Page):
    trace = trace_of()
    strip = both.locator(".gs-plot").nth(3).locator(".nsewdrag").nth(3)
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    both.mouse.click(box["x"] + box["width"] * 2.5 / 6, box["y"] + box["height"] * 1.5 / 3)
    expect(both.get_by_role("heading", name="Unit 1 at “the”")).to_be_visible()
    expect(both.locator(".gs-says")).to_contain_text("Step 2, layer 1, read from the right.")
    at = {quantity: trace.cells(quantity, 1, 1)[1, 2] for quantity in lstm_core.traces.QUANTITIES}
    before = trace.cells("c", 1, 1)[1, 3]

    def bar(name: str, value: float) -> None:
        text = f"{'−' if value < 0 else '+'}{abs(value):.3f}"
        expect(both.locator(".gs-bar", has=both.get_by_text(name, exact=True))).to_contain_text(text)

    bar("c before", before)
    bar("= kept", at["f"] * before)
    bar("= written", at["i"] * at["g"])
    bar("c = kept + written", at["c"])
    bar("= h", at["h"])
    assert at["c"] == pytest.approx(at["f"] * before + at["i"] * at["g"], abs=1e-6)
    both.get_by_text("All weights").click()
    weights = both.get_by_role("region", name="All weights")
    # It reads both directions of the layer below, and its own h of the step before: to its right.
    expect(weights.locator("tbody tr")).to_have_count(6 + 3 + 1)
    for row, value in enumerate([*trace.cells("h", 0, 0)[:, 2], *trace.cells("h", 0, 1)[:, 2]]):
        text = f"{'−' if value < 0 else '+'}{abs(value):.3f}"
        expect(weights.locator("tbody tr").nth(row).locator("td").first).to_have_text(text)
    both.wait_for_function("() => new URLSearchParams(location.search).get('pin') === '1.1.2.1'")
