"""Layouts for size: both directions, chosen layers and quantities, hundreds of units."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstm_core

from .reading import heatmaps, traces

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


def test_both_directions_are_the_traces_and_say_which_way_they_read(both: Page):
    trace, seen = trace_of(), heatmaps(both)
    assert len(seen) == 2 * 2 * 6
    for (layer, direction, quantity), z in seen.items():
        np.testing.assert_allclose(z, trace.cells(quantity, layer, direction), atol=1e-6)
    expect(both.locator(".gs-stack h3")).to_have_text(
        [f"layer {layer} {way}" for layer in (0, 1) for way in ("→ reads from the left", "← reads from the right")]
    )
    expect(both.get_by_role("checkbox", name="both directions")).to_be_checked()


def test_the_reverse_direction_appears_from_the_right(both: Page):
    both.get_by_role("slider", name="Time step").fill("1")
    covers = both.locator(".gs-cover")
    for number in range(4):
        plot, cover = both.locator(".gs-plot").nth(number).bounding_box(), covers.nth(number).bounding_box()
        column = plot["width"] / 6
        left = plot["x"] if number % 2 else plot["x"] + 2 * column
        assert cover["x"] == pytest.approx(left, abs=2)
        assert cover["width"] == pytest.approx(4 * column, abs=2)


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


def test_c_only_is_one_click_and_back(both: Page):
    both.get_by_role("button", name="c only").click()
    expect(both.locator(".gs-plot .heatmaplayer").first).to_be_visible()
    both.wait_for_function("() => document.querySelector('.gs-plot').data.length === 1")
    assert {trace["name"] for trace in traces(both)} == {"c"}
    both.wait_for_function("() => new URLSearchParams(location.search).get('quantities') === 'c'")
    both.get_by_role("button", name="c only").click()
    both.wait_for_function("() => document.querySelector('.gs-plot').data.length === 6")


def test_quantities_and_layers_can_be_left_out(both: Page):
    both.get_by_role("button", name="quantity f").click()
    both.get_by_role("button", name="layer 0").click()
    both.wait_for_function("() => document.querySelectorAll('.gs-plot').length === 2")
    assert {(trace["meta"]["layer"], trace["name"]) for trace in traces(both)} == {(1, q) for q in "igcoh"}
    # A cell is still taken apart in full: what is not drawn comes from the server.
    box = both.locator(".gs-plot").first.locator(".nsewdrag").nth(2).bounding_box()
    both.mouse.click(box["x"] + 10, box["y"] + box["height"] / 6)
    f = trace_of().cells("f", 1, 0)[0, 0]
    expect(both.locator(".gs-bar", has_text="× f (keep)")).to_contain_text(f"{f:.3f}")
    # The last layer stays.
    both.get_by_role("button", name="layer 1").click()
    expect(both.get_by_role("button", name="layer 1")).to_have_attribute("aria-pressed", "true")


def test_512_units_have_a_pixel_each_and_more_than_a_slider_reaches_can_be_typed(page: Page):
    page.get_by_role("spinbutton", name="hidden_dim as a number").fill("512")
    page.wait_for_function("() => document.querySelector('.gs-plot').data[0].z.length === 512")
    for strip in page.locator(".gs-plot .nsewdrag").all():
        assert strip.bounding_box()["height"] >= 512
    slider = page.get_by_role("slider", name="hidden_dim")
    expect(slider).to_have_value("512")
    slider.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('.gs-plot').data[0].z.length === 511")
    page.get_by_role("spinbutton", name="hidden_dim as a number").fill("6")
    page.wait_for_function("() => document.querySelector('.gs-plot').data[0].z.length === 6")
    expect(slider).to_have_attribute("max", "64")
