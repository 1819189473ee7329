"""Training on the page: it starts, can be watched and stopped, and what came of it opens on the main page."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_core import load_model
from lstm_core.training import train_task

from .conftest import Watch

Opened = Callable[[str], Page]

LABEL = "counter, yours: 4 units, seed 2"
# c as it is drawn, before and now.
MEMORIES = "() => gatescope.heatmaps().filter(({ name }) => name === 'c').map(({ z }) => JSON.stringify(z))"


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
    page.get_by_role("button", name="Open on Memory").wait_for(timeout=120_000)


def test_a_counter_learns_to_count_above_the_fold_and_opens_on_the_main_page(opened: Opened):
    page = opened("")
    page.set_viewport_size({"width": 1440, "height": 900})
    lowest = "() => document.querySelector('.gs-training').getBoundingClientRect().bottom"
    drawn = "[...document.querySelectorAll('.gs-training .gs-drawn')]"
    places = f"() => {drawn}.map(part => part.getBoundingClientRect().top)"
    before = page.evaluate(places)
    assert page.evaluate(lowest) <= 860
    begin(page)
    expect(page.get_by_role("heading", name=re.compile(r"Learning: epoch \d+ of 60"))).to_be_visible()
    assert page.evaluate(places) == before
    finish(page)
    expect(page.get_by_role("heading", name=re.compile("Unit 1 has learnt to count.*every n up to 97"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"Every step right since epoch \d+"))).to_be_visible()
    assert page.evaluate(places) == before
    page.get_by_role("button", name="Open on Memory").click()
    model = page.get_by_role("combobox", name="Model")
    expect(model.get_by_role("option", name=LABEL)).to_be_attached()
    expect(model).to_have_value(re.compile("^own-"))
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("aaaaaaaabbbbbbbb")


def test_stopping_keeps_what_there_is(opened: Opened):
    page = opened("epochs=500")
    begin(page)
    expect(page.get_by_role("heading", name=re.compile(r"epoch ([2-9]|\d\d+) of 500"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    finish(page)
    expect(page.get_by_text("Stopped. What was learned up to then is kept.")).to_be_visible()
    done = int(page.get_by_role("slider", name="Epoch now").input_value())
    assert 2 <= done < 500
    points = page.locator(".gs-training-chart polyline").first.get_attribute("points")
    assert len(points.split()) == done
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_the_scrubber_goes_back_to_the_untrained_model_and_the_file_opens_again(opened: Opened):
    page = opened("epochs=3&hidden_dim=5")
    begin(page)
    finish(page)
    before, now = page.evaluate(MEMORIES)
    assert before != now
    page.get_by_role("slider", name="Epoch now").press("Home")
    expect(page.get_by_text("epoch 0, untrained")).to_have_count(2)
    assert page.evaluate(MEMORIES) == [before, before]
    page.get_by_role("button", name="Watch it learn").click()
    page.wait_for_function(f"now => ({MEMORIES})()[1] === now", arg=now)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download .safetensors").click()
    assert download.value.suggested_filename == "counter.safetensors"
    model, same = load_model(download.value.path().read_bytes()), train_task("counter", epochs=3, hidden_size=5, seed=2)
    for found, wanted in zip(model.parameters(), same.parameters(), strict=True):
        np.testing.assert_array_equal(found.detach(), wanted.detach())


def test_the_pictures_stay_in_their_place_while_a_slider_moves(opened: Opened):
    page = opened("")
    page.evaluate("document.querySelector('.gs-training').was = true")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    page.wait_for_function(
        "() => gatescope.heatmaps().filter(({ name, shape }) => name === 'c' && shape[0] === 5).length === 2"
    )
    assert page.evaluate("document.querySelector('.gs-training').was")
