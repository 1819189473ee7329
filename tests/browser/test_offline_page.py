"""A page that `trace.show()` saved, opened from a disk without a network: what a person sees and does there."""

from typing import Any

import pytest
import torch
from hand_written import Loop, MinGru, Slstm
from playwright.sync_api import Browser, Page, expect
from torch import nn

import lstm_core

from .conftest import PATIENCE, FromDisk
from .reading import shows

WORDS = ["Giraffes", "in", "a", "field"]


@pytest.fixture
def trace() -> lstm_core.Trace:
    torch.manual_seed(6)
    state = torch.randn(2, 1, 3), torch.randn(2, 1, 3)
    return lstm_core.run(nn.LSTM(4, 3, bidirectional=True), torch.randn(4, 1, 4), state, tokens=WORDS)


@pytest.fixture
def opened(from_disk: FromDisk, trace: lstm_core.Trace) -> Page:
    return from_disk(trace.show().page)


def test_it_draws_the_trace_in_a_wide_window_and_on_a_phone_in_light_and_dark(opened: Page, trace: lstm_core.Trace):
    shows(opened, trace)
    wide = opened.locator(".gs-plot").first.bounding_box()
    opened.set_viewport_size({"width": 420, "height": 900})
    expect(opened.locator(".gs-heatmaps.gs-narrow")).to_be_visible()
    shows(opened, trace)
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide
    assert opened.locator(".gs-plot").first.bounding_box() != wide
    opened.emulate_media(color_scheme="dark")
    expect(opened.locator(".gs-offline")).to_have_css("color", "rgb(232, 237, 242)")
    expect(opened.locator("body")).to_have_css("background-color", "rgb(15, 21, 27)")
    shows(opened, trace)


def test_a_click_keeps_a_cell_and_its_panel_has_the_numbers_of_the_trace(opened: Page, trace: lstm_core.Trace):
    opened.locator(".gs-plot").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        opened.keyboard.press(key)
    panel = opened.get_by_role("complementary", name="The cell")
    expect(panel.get_by_role("heading", name="Unit 1 at “Giraffes”")).to_be_visible()
    panel.get_by_text("The sums").click()
    before = trace.c0[0, 0, 0, 1].item()
    kept = trace.f[0, 0, 0, 0, 1].item() * before
    expect(panel.locator(".gs-result").first).to_contain_text(f"{kept:+.3f}".replace("-", "−"))
    expect(panel.get_by_role("group", name="Change it and watch")).to_have_count(0)
    expect(panel.get_by_text("All weights")).to_be_hidden()
    opened.keyboard.press("Escape")
    expect(panel.get_by_text("Click a cell to keep it here.")).to_be_visible()


@pytest.mark.parametrize(("colour", "theme"), [("#ddd", "dark"), ("#222", "light")])
def test_in_a_notebook_it_wears_the_notebooks_theme(chromium: Browser, trace: lstm_core.Trace, colour: str, theme: str):
    context = chromium.new_context(offline=True, color_scheme="light")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.set_content(f'<body style="color: {colour}">{trace.show()._repr_html_()}</body>')
    frame = page.frame_locator("iframe")
    expect(frame.locator(f".gs-offline[data-theme={theme}] .heatmaplayer").first).to_be_visible()
    page.evaluate("document.body.style.color = '#888'")
    expect(frame.locator(".gs-offline[data-theme=dark]")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("kind", "shown"), [(MinGru, ""), (Slstm, " div(c), ")])
def test_a_cell_written_by_hand_is_drawn_as_it_was_found(from_disk: FromDisk, kind: Any, shown: str):
    torch.manual_seed(6)
    with torch.no_grad(), lstm_core.record(model := Loop(kind(3, 4), 4, states=4 if shown else 1)) as recording:
        model(torch.randn(5, 1, 3))
    trace = recording.only
    page = from_disk(trace.show().page)
    page.locator(".gs-plot").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    cell = page.get_by_role("group", name="The cell: Unit 1 at step 1")
    expect(cell.get_by_role("img")).to_have_count(4 if shown else 3)
    f, i = (f"{getattr(trace, q)[0, 0, 1, 0, 1]:.3f}" for q in "fi")
    g, c = (f"{getattr(trace, q)[0, 0, 1, 0, 1]:+.3f}".replace("-", "−") for q in "gc")
    told = cell.locator("desc")
    expect(told).to_contain_text(f"× f (keep) {f}")
    expect(told).to_contain_text(f"i (let in) {i}, × g (what) {g}")
    expect(told).to_contain_text(f"c = kept + added {c}")
    expect(told).to_contain_text(shown.strip(" ,"))
