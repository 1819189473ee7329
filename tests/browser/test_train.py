"""Training on the page: it starts, can be watched and stopped, and what came of it opens on the main page."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_core import load_model
from lstm_core.training import train_task

from .conftest import Watch

Opened = Callable[[str], Page]

LABEL = "counter, yours: 4 units, seed 2"
HEATMAPS = """key => {
    const { strips = [] } = document.querySelector(`.st-key-${key} .gs-drawn`)?.rows ?? {}
    return Object.fromEntries(strips.map(({quantity, name = quantity, z}) => [name, z.map(row => [...row])]))
}"""


# The epochs of which there is a loss.
LOSS = "document.querySelector('.st-key-loss .gs-drawn').rows.curves.of[1].values.filter(Number.isFinite).length"


@pytest.fixture
def opened(tab: tuple[Page, Watch], blank: Page) -> Opened:
    """Opens a link to the page."""

    def link(query: str) -> Page:
        blank.goto(f"/open?how=train&{query}")
        ready = blank.get_by_text("Nothing to learn from yet").or_(blank.locator(".gs-drawing"))
        ready.first.wait_for()
        # Streamlit's front end first looks for its server below the page's own address.
        tab[1].forget()
        return blank

    return link


def begin(page: Page) -> None:
    page.get_by_role("button", name="Train", exact=True).click()


def finish(page: Page) -> None:
    page.get_by_role("button", name="Open it on the Memory page").wait_for(timeout=120_000)


def heatmaps(page: Page, which: str) -> dict[str, Any]:
    page.locator(f".st-key-memory-{which} .gs-drawing").wait_for()
    found: dict[str, Any] = page.evaluate(HEATMAPS, f"memory-{which}")
    return found


def test_a_counter_learns_to_count_and_opens_on_the_main_page(opened: Opened):
    page = opened("")
    begin(page)
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 60 · about \d+ s left"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"every step right since epoch \d+"))).to_be_visible()
    finish(page)
    expect(page.get_by_text("Epoch 60 of 60 · done")).to_be_visible()
    page.get_by_role("button", name="Open it on the Memory page").click()
    model = page.get_by_role("combobox", name="Model")
    expect(model.get_by_role("option", name=LABEL)).to_be_attached()
    expect(model).to_have_value(re.compile("^own-"))
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("aaaaaaaabbbbbbbb")


def test_stopping_keeps_what_there_is(opened: Opened):
    page = opened("epochs=500")
    begin(page)
    expect(page.get_by_text(re.compile(r"Epoch ([2-9]|\d\d+) of 500"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    finish(page)
    expect(page.get_by_text("Stopped. What was learned up to then is kept.")).to_be_visible()
    line = page.get_by_text(re.compile(r"Epoch \d+ of 500 · stopped")).inner_text()
    done = int(re.findall(r"\d+", line)[0])
    assert 2 <= done < 500
    page.wait_for_function(f"done => {LOSS} >= done", arg=done)
    assert page.evaluate(LOSS) == done
    expect(page.get_by_role("slider", name="Epoch shown")).to_have_attribute("max", str(done))
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()


@pytest.fixture
def trained(opened: Opened) -> Page:
    """A counter after three epochs."""
    page = opened("epochs=3&hidden_dim=5")
    begin(page)
    finish(page)
    # A chart is drawn after the page says that the training is done.
    before, after = (f"JSON.stringify(({HEATMAPS})('memory-{which}').c)" for which in ("before", "after"))
    page.wait_for_function(f"() => {after} && {after} !== {before}")
    return page


def test_the_slider_goes_back_to_the_untrained_model_and_the_file_opens_again(trained: Page):
    before, after = heatmaps(trained, "before"), heatmaps(trained, "after")
    assert set(before) == {*"figcoh", "probability"}
    assert len(after["c"]) == 5
    assert not np.allclose(before["c"], after["c"])
    trained.get_by_role("slider", name="Epoch shown").press("Home")
    expect(trained.get_by_text("Before: untrained")).to_have_count(2)
    trained.wait_for_function(
        f"() => JSON.stringify(({HEATMAPS})('memory-after')) === JSON.stringify(({HEATMAPS})('memory-before'))"
    )
    with trained.expect_download() as download:
        trained.get_by_role("button", name="Download .safetensors").click()
    assert download.value.suggested_filename == "counter.safetensors"
    model, same = load_model(download.value.path().read_bytes()), train_task("counter", epochs=3, hidden_size=5, seed=2)
    for found, wanted in zip(model.parameters(), same.parameters(), strict=True):
        np.testing.assert_array_equal(found.detach(), wanted.detach())


KEPT = """() => [...document.querySelectorAll('.gs-drawn')].map(plot => plot.was && plot.checkVisibility())"""


def test_a_chart_changes_in_its_place(opened: Opened):
    page = opened("epochs=500")
    page.wait_for_function("() => document.querySelectorAll('.gs-drawn:has(.gs-drawing)').length === 2")
    page.evaluate("document.querySelectorAll('.gs-drawn').forEach(plot => { plot.was = true })")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    page.wait_for_function(f"() => ({HEATMAPS})('memory-before').c?.length === 5")
    assert page.evaluate(KEPT) == [True] * 2
    begin(page)
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 500"))).to_be_visible()
    page.locator(".st-key-memory-after .gs-drawing").wait_for()
    page.evaluate("document.querySelectorAll('.gs-drawn').forEach(plot => { plot.was = true })")
    page.wait_for_function(f"before => {LOSS} > before", arg=page.evaluate(LOSS))
    assert page.evaluate(KEPT) == [True] * 4
    page.get_by_role("button", name="Stop").click()
    finish(page)


def test_a_file_and_a_training_are_one_choice_that_back_undoes(opened: Opened):
    page = opened("hidden_dim=5")
    page.get_by_role("radio", name="open a file").click()
    expect(page.get_by_role("button", name="PyTorch state dict")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_have_count(0)
    page.wait_for_url("**/open?how=open")
    page.go_back()
    expect(page.get_by_role("slider", name="hidden_dim")).to_have_value("5")
