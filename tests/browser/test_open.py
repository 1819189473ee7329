"""A person's own weights in a real browser: dropped, found, chosen, and on the main page."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, TimeoutError, expect
from torch import nn

import lstm_core
from gatescope.checkpoint import sentences
from tests.weight_files import saved

from .conftest import Visitors
from .reading import heatmaps, shows
from .test_accessibility import accessible, still

WORDS = ["<pad>", "<unk>", "Giraffes", "in", "a", "field", "eat", "leaves"]
SENTENCE = "Giraffes eat leaves in a field"


def tagger(seed: int = 1, units: int = 5) -> nn.ModuleDict:
    torch.manual_seed(seed)
    lstm = nn.LSTM(6, units, num_layers=2, bidirectional=True)
    return nn.ModuleDict({"emb": nn.Embedding(8, 6), "encoder": lstm, "fc": nn.Linear(2 * units, 4)}).eval()


def nested(model: nn.Module) -> bytes:
    """A state dict inside a dict, behind a prefix."""
    return saved({"epoch": 3, "model_state": {f"module.{k}": w for k, w in model.state_dict().items()}})


def trace_of(model: nn.ModuleDict, rows: list[int]) -> lstm_core.Trace:
    return lstm_core.run(model["encoder"], model["emb"](torch.tensor(rows)).detach().unsqueeze(1))


def opened(page: Page) -> Page:
    page.goto("/open")
    page.get_by_role("heading", name="Your model").wait_for()
    return page


def drop(page: Page, content: bytes, name: str = "tagger.pt", number: int = 0) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("input[type=file]").nth(number).set_input_files(file)


def found(page: Page, name: str = "tagger.pt") -> None:
    expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("checked: matches PyTorch to").first).to_be_visible()
    expect(page.locator(".st-key-states .gs-drawing")).to_be_visible()


def vocabulary(page: Page) -> None:
    """Opens the place for the vocabulary, in the embedding's box."""
    page.get_by_role("button", name="Vocabulary:").click()


def write(page: Page, label: str, text: str) -> None:
    box = page.get_by_role("textbox", name=label)
    box.fill(text)
    box.press("Control+Enter")


DRAWN = "document.querySelector('.st-key-states .gs-drawn')?.rows"
CHART = f"({DRAWN}?.strips ?? []).map(({{z}}) => z.map(row => [...row]))"


def charted(page: Page, trace: lstm_core.Trace) -> None:
    """Waits until the page's chart shows the gates and states of the last layer."""
    wanted = [trace.cells(quantity, trace.c.shape[0] - 1) for quantity in "figcoh"]
    same = f"""wanted => {{ const drawn = {CHART}; return drawn.length === 6 && drawn.every((z, n) =>
        z.length === wanted[n].length && z.every((row, unit) => row.length === wanted[n][unit].length &&
        row.every((value, step) => Math.abs(value - wanted[n][unit][step]) < 1e-6))) }}"""
    with suppress(TimeoutError):
        page.wait_for_function(same, arg=[z.tolist() for z in wanted])
    for drawn, z in zip(page.evaluate(CHART), wanted, strict=True):
        np.testing.assert_allclose(drawn, z, atol=1e-6)


def to_the_main_page(page: Page) -> None:
    page.get_by_role("button", name="Open on Memory").click()
    page.locator(".gs-plot .heatmaplayer").first.wait_for()


def test_a_nested_state_dict_is_found_chosen_and_drawn_on_the_main_page(blank: Page):
    page = opened(blank)
    model = tagger()
    drop(page, nested(model))
    found(page)
    for label, part in (("fed by", "emb (8 rows of 6)"), ("LSTM", "encoder (6 → 5)"), ("read by", "fc (10 → 4)")):
        expect(page.get_by_role("combobox", name=label)).to_have_value(part)
    expect(page.locator(".gs-weights canvas")).to_have_count(1 + 4 * 3 + 2)
    vocabulary(page)
    drop(page, json.dumps(WORDS).encode(), "vocab.json", number=1)
    expect(page.get_by_role("strong").filter(has_text="vocab.json")).to_be_visible()
    page.keyboard.press("Escape")
    write(page, "Class labels", "NOUN, ADP, DET, VERB")
    write(page, "Try it on", SENTENCE)
    trace = trace_of(model, [2, 6, 7, 3, 4, 5])
    charted(page, trace)
    expect(page.locator(".gs-weights").get_by_text("NOUN", exact=True)).to_be_visible()
    to_the_main_page(page)
    shows(page, trace)
    expect(page.get_by_role("combobox", name="Model")).to_contain_text("tagger.pt: encoder")
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value(SENTENCE)
    # What was chosen is still there on coming back.
    page.get_by_role("link", name="Your model").click()
    found(page)
    expect(page.get_by_role("textbox", name="Try it on")).to_have_value(SENTENCE)
    expect(page.get_by_role("strong").filter(has_text="vocab.json")).to_be_visible()


def test_a_vocabulary_right_after_the_weights_is_taken(blank: Page):
    page = blank
    for _ in range(2):
        page.goto("/open")
        drop(page, nested(tagger()))
        # As soon as there is a place for it, long before the picture.
        vocabulary(page)
        page.wait_for_function("() => document.querySelectorAll('input[type=file]').length > 1", polling=5)
        drop(page, json.dumps(WORDS).encode(), "vocab.json", number=1)
        expect(page.get_by_role("button", name="Vocabulary: vocab.json")).to_be_visible()
        page.wait_for_function(f"() => {DRAWN}?.tokens.includes('Giraffes')")


def test_two_visitors_never_see_each_others_model(visitors: Visitors):
    here, there = visitors(), visitors()
    models = {here: tagger(seed=1), there: tagger(seed=2, units=3)}
    for page, model in models.items():
        opened(page)
        drop(page, nested(model), f"units-{model['encoder'].hidden_size}.pt")
        found(page, f"units-{model['encoder'].hidden_size}.pt")
        vocabulary(page)
        write(page, "Vocabulary", "\n".join(WORDS))
        page.keyboard.press("Escape")
        write(page, "Try it on", SENTENCE)
        page.wait_for_function(f"() => {DRAWN}?.tokens.length === 6")
        to_the_main_page(page)
    for page, model in models.items():
        shows(page, trace_of(model, [2, 6, 7, 3, 4, 5]))
        options = page.get_by_role("combobox", name="Model").locator("option").all_text_contents()
        assert [option for option in options if ".pt" in option] == [
            f"units-{model['encoder'].hidden_size}.pt: encoder"
        ]
    assert len(heatmaps(here)) == len(heatmaps(there)) == 2 * 2 * 6


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768)])
def test_once_a_file_is_open_the_question_is_folded_and_gates_and_the_way_on_are_in_sight(
    blank: Page, width: int, height: int
):
    blank.set_viewport_size({"width": width, "height": height})
    page = opened(blank)
    asks = page.get_by_role("button", name="Open an example")
    expect(asks).to_be_visible()
    drop(page, nested(tagger()))
    found(page)
    expect(asks).not_to_be_visible()
    still(page)
    for part in (page.locator(".st-key-states .gs-drawing"), page.get_by_role("button", name="Open on Memory")):
        box = part.bounding_box()
        assert box
        assert box["y"] + box["height"] <= height
    page.get_by_text("another file…").click()
    expect(asks).to_be_visible()
    # A broken file is a sentence, and what was open stays.
    drop(page, nested(tagger())[:900], "broken.pt")
    expect(page.get_by_text("Below is still tagger.pt.")).to_be_visible()
    expect(page.locator(".st-key-states .gs-drawing")).to_be_visible()
    # Another file folds the question again.
    drop(page, nested(tagger(units=3)), "second.pt")
    found(page, "second.pt")
    expect(asks).not_to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1300), ("dark", 390)])
def test_the_page_is_accessible_and_needs_no_scrolling_sideways(blank: Page, scheme: str, width: int):
    blank.emulate_media(color_scheme=scheme)
    blank.set_viewport_size({"width": width, "height": 900})
    blank.goto("/open")
    for name in sentences.HOW_TO_SAVE:
        blank.get_by_role("tab", name=name, exact=True).click()
    still(blank)
    accessible(blank)
    drop(blank, nested(tagger()))
    found(blank)
    still(blank)
    accessible(blank)
    assert blank.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_to_it_goes_on_with_it_in_another_browser_and_its_script_runs(
    blank: Page, visitors: Visitors, tmp_path: Path
):
    page = opened(blank)
    drop(page, nested(tagger()))
    found(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download .safetensors").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    to_the_main_page(page)
    name = page.get_by_role("combobox", name="Model").locator("option:checked").text_content()
    other = visitors()
    other.goto(page.evaluate("location.href"))
    other.locator(".gs-plot .heatmaplayer").first.wait_for()
    model = other.get_by_role("combobox", name="Model")
    expect(model.locator("option:checked")).to_have_text(name)
    box = other.get_by_role("textbox", name="Sentence")
    box.press("End")
    box.press_sequentially(" 3")
    other.wait_for_url("**model=own-**")
    other.wait_for_url("**+3&**")
    expect(other.get_by_role("status")).not_to_contain_text("not possible")
    expect(model.locator("option:checked")).to_have_text(name)
    other.get_by_text("The same in Python").click()
    script = other.locator("details pre").filter(has_text="load_model")
    expect(script).to_contain_text(download.value.suggested_filename)
    made = [sys.executable, "-c", script.inner_text()]
    subprocess.run(made, cwd=tmp_path, capture_output=True, check=True)
