"""Why this value, and why this answer? The drawer below the picture, as a person uses it."""

import re
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from year_of_days import COLUMNS, DATES, year

import lstm_core

from .conftest import usual
from .reading import words
from .serving import started

COUNTED = {"model": "counter", "sentence": "aaaabbbb", "pin": "0.1.6"}
SMALL = {
    "model": "tagger-sizes",
    "sentence": "Giraffes in a field",
    "input_dim": "4",
    "hidden_dim": "3",
    "n_layers": "1",
}
OPENED = "() => new URLSearchParams(location.search)"
WINDOW: ViewportSize = {"width": 1440, "height": 900}


def opened(page: Page, **query: str) -> Page:
    page.set_viewport_size(WINDOW)
    page.goto(f"/?{urlencode(query)}")
    page.locator(".gs-why-bar").first.wait_for()
    return page


def asks(page: Page, **values: str) -> None:
    page.wait_for_function(
        f"wanted => Object.entries(wanted).every(([name, value]) => (({OPENED})().get(name) ?? '') === value)",
        arg=values,
    )


def shares(page: Page, row: str) -> list[float]:
    return [
        float(share)
        for share in page.locator(f"[data-row={row}] .gs-why-bar").evaluate_all(
            "bars => bars.map(bar => bar.dataset.share)"
        )
    ]


def test_the_drawer_opens_on_the_cell_and_its_bars_are_the_ledger_under_the_words(blank: Page):
    page = blank
    page.set_viewport_size(WINDOW)
    page.goto("/?" + urlencode(COUNTED))
    page.locator(".gs-proof").wait_for()
    page.get_by_text("Why this value?").click()
    page.locator(".gs-why-bar").first.wait_for()
    asks(page, why="1", pin="0.1.6")
    model = lstm_core.load_model("counter")
    trace = lstm_core.run(model.lstm, model.vectors(list("aaaabbbb")))
    np.testing.assert_allclose(shares(page, "still"), lstm_core.ledger(trace, 6).cell[1:8, 1], atol=1e-5)
    expect(page.locator(".gs-why-said")).to_contain_text(f"is +{trace.c[0, 0, 6, 0, 1].item():.2f}")
    words = page.locator(".gs-plot .xtick text").evaluate_all(
        "words => words.map(word => { const box = word.getBoundingClientRect(); return box.left + box.width / 2 })"
    )
    bars = page.locator("[data-row=still] .gs-why-bar").evaluate_all(
        "bars => bars.map(bar => { const box = bar.getBoundingClientRect(); return box.left + box.width / 2 })"
    )
    assert bars == pytest.approx(words[:7], abs=2)
    page.get_by_text("Why this value?").click()
    asks(page, why="")


def test_a_click_on_a_word_draws_its_path_over_c_with_the_numbers_of_the_library(blank: Page):
    page = blank
    opened(page, **COUNTED, why="1")
    model = lstm_core.load_model("counter")
    whole = lstm_core.explain(model, "aaaabbbb", time=6)
    np.testing.assert_allclose(shares(page, "answer"), whole.by_step[:7], rtol=1e-5)
    page.get_by_role("button", name=re.compile("^a: \\+5.27")).click()
    asks(page, path="1")
    page.locator(".gs-path line[data-kept]").first.wait_for(state="attached")
    found = lstm_core.explain(model, "aaaabbbb", without=1, time=6, target=("b", "end"))
    kept, reread = found.carriers
    drawn = page.locator(".gs-path line[data-step]").evaluate_all("lines => lines.map(line => ({...line.dataset}))")
    assert drawn
    for line in drawn:
        way = kept if "kept" in line else reread
        value = float(line.get("kept", line.get("reread")))
        assert value == pytest.approx(way[int(line["layer"]), 0, int(line["step"]), int(line["unit"])], rel=1e-5)
    strong = np.argwhere(np.abs(kept) >= 0.05 * abs(found.effect))
    assert {(int(line["step"]), int(line["unit"])) for line in drawn if "kept" in line} == {
        (int(step), int(unit)) for _, _, step, unit in strong
    }
    expect(page.get_by_text(re.compile(r"^“.” alone, with .* in its place, makes \S+ of the lead"))).to_be_visible()
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    # PyTorch's recording draws the path once more.
    expect(page.locator(".gs-path line[data-step]")).to_have_count(len(drawn))


def test_on_a_phone_each_number_stays_in_its_own_column(blank: Page):
    page = blank
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(
        "/?" + urlencode({"model": "sentiment", "sentence": "It is not a good film", "pin": "0.16.5", "why": "1"})
    )
    numbers = page.locator("[data-row=answer] .gs-why-bar small, [data-row=still] .gs-why-bar small")
    expect(numbers.first).to_be_visible()
    expect(numbers).to_have_count(2 * len(words(page)))
    over = numbers.evaluate_all(
        """numbers => numbers.filter(number => {
            const own = number.getBoundingClientRect(), column = number.parentElement.getBoundingClientRect()
            return own.left < column.left - 1 || own.right > column.right + 1
        }).map(number => number.textContent)"""
    )
    assert over == []


def test_a_year_of_five_features_is_read_in_one_screen(chromium: Browser, tmp_path: Path) -> None:
    model, table, text = year()
    lstm_core.save_model(model, tmp_path / "days.safetensors")
    (tmp_path / "days.csv").write_text(text)
    run = "from gatescope.command.main import main; main()"
    with started(["-c", run, "open", "days.safetensors", "--series", "days.csv"], tmp_path) as address:
        page = chromium.new_context(**usual(address) | {"viewport": WINDOW}).new_page()
        page.goto("/?why=1")
        named = page.locator(".gs-why-feature .gs-why-name")
        expect(named).to_have_count(5)
        assert named.all_text_contents() == COLUMNS
        # The cell that the panel shows.
        shown = page.get_by_role("complementary", name="The cell").get_by_role("heading", level=2).inner_text()
        at = next(number for number, date in enumerate(DATES) if str(date) in shown)
        found = lstm_core.explain(model, table, baseline=np.median(table.numpy(), 0), target="rain", time=at)
        step, feature = np.unravel_index(np.abs(found.inputs).argmax(), found.inputs.shape)
        largest = page.locator(".gs-why .gs-chip").first
        expect(largest).to_contain_text(f"{COLUMNS[feature]}, {DATES[step]}")
        assert float(largest.get_attribute("data-share") or "") == pytest.approx(found.inputs[step, feature], rel=1e-3)
        largest.scroll_into_view_if_needed()
        boxes = [page.locator(".gs-why").bounding_box(), page.locator("[data-feature=cold]").bounding_box()]
        assert all(boxes)
        drawer, last = boxes
        assert drawer["height"] <= 900
        assert last["width"] > 500
        largest.click()
        expect(page.locator(".gs-why")).to_contain_text(f"{COLUMNS[feature]} at {DATES[step]} alone")
        page.context.close()


def test_an_answer_asks_why_at_its_word_a_word_and_a_unit_of_the_score_are_looked_at(blank: Page):
    page = blank
    page.goto(f"/?{urlencode(SMALL)}")
    shown = page.get_by_role("complementary", name="The cell").get_by_role("heading", level=2)
    expect(shown).to_have_text("Unit 2 at “field”")
    page.locator(".gs-answers [data-answer] > span").nth(2).click()
    # The first pin is a cell of this word whose hold turns the answer.
    expect(shown).to_have_text("Unit 1 at “a”")
    expect(page.locator(".gs-why-said")).to_contain_text("c of unit 1 at “a” is")
    asks(page, why="1", pin="0.1.2")
    # By the keys: from this answer to the one before.
    page.locator(".gs-answers [data-answer]").nth(2).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".gs-why-said")).to_contain_text("c of unit 1 at “in” is")
    page.get_by_role("button", name="Look at unit 0").click()
    expect(shown).to_have_text("Unit 0 at “in”")
    page.get_by_role("button", name="Look at unit 1").press("Enter")
    expect(shown).to_have_text("Unit 1 at “in”")
    expect(page.locator(".gs-onward button").first).to_be_focused()
    word = page.locator(".gs-plot .xtick text").first.bounding_box()
    page.mouse.click(word["x"] + word["width"] / 2, word["y"] + word["height"] / 2)
    expect(shown).to_have_text("Unit 1 at “Giraffes”")


STRIPS = """() => [
    gatescope.heatmaps().map(({ name }) => name).join(""),
    [...document.querySelectorAll(".gs-name")].map(name => name.getBoundingClientRect().height),
    document.querySelector(".gs-numbers").toDataURL(),
]"""


def test_what_explains_leaves_the_strips_their_numbers_and_heights(blank: Page):
    page = blank
    page.set_viewport_size(WINDOW)
    page.goto(f"/?{urlencode(SMALL | {'pin': '0.0.3'})}")
    page.locator(".gs-proof").wait_for()
    before = page.evaluate(STRIPS)
    page.get_by_text("Why this value?").click()
    page.locator(".gs-why-bar").first.wait_for()
    assert page.evaluate(STRIPS) == before
    expect(page.get_by_role("button", name="Try it")).to_be_in_viewport(ratio=1)
    page.goto(f"/?{urlencode(SMALL | {'pin': '0.0.3', 'scene': 'smaller'})}")
    page.locator(".gs-scene").wait_for()
    page.locator(".gs-proof").wait_for()
    assert page.locator(".gs-scene").bounding_box()["height"] < 48
    page.locator(".gs-scene").get_by_text("Question").click()
    assert page.evaluate(STRIPS) == before


def test_the_first_pin_is_a_cell_whose_hold_turns_the_answer_and_trying_it_pins_it(blank: Page):
    page = blank
    page.set_viewport_size(WINDOW)
    page.goto(f"/?{urlencode(SMALL)}")
    shown = page.get_by_role("complementary", name="The cell").get_by_role("heading", level=2)
    expect(shown).to_have_text("Unit 2 at “field”")
    page.get_by_text("Why this value?").click()
    expect(shown).to_have_text("Unit 0 at “field”")
    expect(page.get_by_text("Had unit 0 kept all of its +0.82")).to_be_visible()
    # A cell that a hand has chosen stays, until what another one does is tried.
    page.get_by_role("button", name="Look at unit 2").click()
    expect(shown).to_have_text("Unit 2 at “field”")
    page.get_by_role("button", name="Try it").click()
    expect(shown).to_have_text("Unit 0 at “field”")
    asks(page, pin="0.0.3", holds="f.0.0.3_1")
    expect(page.locator(".gs-answers [data-answer]").last).to_have_attribute("data-answer", "VERB")


def test_a_gate_is_open_everywhere_with_two_clicks(blank: Page):
    page = blank
    page.set_viewport_size(WINDOW)
    page.goto(f"/?{urlencode(SMALL)}")
    page.get_by_role("button", name="everywhere").click()
    page.get_by_role("button", name="f → 1").click()
    asks(page, holds="f.0.all.all_1")
