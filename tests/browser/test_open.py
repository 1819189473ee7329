"""A person's own weights in a real browser: dropped, found, chosen, and on the main page."""

import io
import json
import pickle
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from keras_layouts import LAYOUTS, keras_lstm, layers
from onnx.reference import ReferenceEvaluator
from playwright.sync_api import Page, TimeoutError, expect
from safetensors.torch import save
from test_onnx import lstm_model
from torch import nn

import lstm_core
from dashboard.checkpoint import sentences

from .conftest import Visitors
from .reading import heatmaps, settled, shows
from .streamlit_page import at_rest
from .test_accessibility import accessible, still

WORDS = ["<pad>", "<unk>", "Giraffes", "in", "a", "field", "eat", "leaves"]
SENTENCE = "Giraffes eat leaves in a field"


def tagger(seed: int = 1, units: int = 5) -> nn.ModuleDict:
    torch.manual_seed(seed)
    lstm = nn.LSTM(6, units, num_layers=2, bidirectional=True)
    return nn.ModuleDict({"emb": nn.Embedding(8, 6), "encoder": lstm, "fc": nn.Linear(2 * units, 4)}).eval()


def nested(model: nn.Module) -> bytes:
    """A state dict inside a dict, behind a prefix."""
    file = io.BytesIO()
    torch.save({"epoch": 3, "model_state": {f"module.{k}": w for k, w in model.state_dict().items()}}, file)
    return file.getvalue()


def trace_of(model: nn.ModuleDict, rows: list[int]) -> lstm_core.Trace:
    return lstm_core.run(model["encoder"], model["emb"](torch.tensor(rows)).detach().unsqueeze(1))


def opened(page: Page) -> Page:
    page.get_by_role("link", name="Your model").click()
    page.get_by_role("heading", name="Your model").wait_for()
    return page


def drop(page: Page, content: bytes, name: str = "tagger.pt", number: int = 0) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("input[type=file]").nth(number).set_input_files(file)


def found(page: Page, name: str = "tagger.pt") -> None:
    expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("checked: matches PyTorch to").first).to_be_visible()
    expect(page.locator(".js-plotly-plot .heatmaplayer").first).to_be_visible()


def write(page: Page, label: str, text: str) -> None:
    box = page.get_by_role("textbox", name=label)
    box.fill(text)
    box.press("Control+Enter")


CHART = """[...document.querySelector('.js-plotly-plot')?._fullData ?? []].map(({z}) => [...z].map(row => [...row]))"""


def charted(page: Page, trace: lstm_core.Trace) -> None:
    """Waits until the page's chart shows c and h of the last layer."""
    wanted = [trace.cells(quantity, trace.c.shape[0] - 1) for quantity in "ch"]
    same = f"""wanted => {{ const drawn = {CHART}; return drawn.length === 2 && drawn.every((z, n) =>
        z.length === wanted[n].length && z.every((row, unit) => row.length === wanted[n][unit].length &&
        row.every((value, step) => Math.abs(value - wanted[n][unit][step]) < 1e-6))) }}"""
    with suppress(TimeoutError):
        page.wait_for_function(same, arg=[z.tolist() for z in wanted])
    for drawn, z in zip(page.evaluate(CHART), wanted, strict=True):
        np.testing.assert_allclose(drawn, z, atol=1e-6)


def to_the_main_page(page: Page) -> None:
    page.get_by_role("button", name="Open it on the Memory page").click()
    page.locator(".gs-plot .heatmaplayer").first.wait_for()


def test_a_nested_state_dict_is_found_chosen_and_drawn_on_the_main_page(page: Page):
    opened(page)
    model = tagger()
    drop(page, nested(model))
    found(page)
    for row in (
        "encoder LSTM input_dim 6 · hidden_dim 5 · n_layers 2 · both directions",
        "emb Embedding 8 rows of 6",
        "fc Linear 10 → 4",
    ):
        expect(page.get_by_role("row", name=row)).to_be_visible()
    drop(page, json.dumps(WORDS).encode(), "vocab.json", number=1)
    expect(page.get_by_role("strong").filter(has_text="vocab.json")).to_be_visible()
    write(page, "Class labels", "NOUN, ADP, DET, VERB")
    write(page, "Try it on", SENTENCE)
    trace = trace_of(model, [2, 6, 7, 3, 4, 5])
    charted(page, trace)
    expect(page.get_by_text("NOUN", exact=True)).to_be_visible()
    to_the_main_page(page)
    shows(page, trace)
    expect(page.get_by_role("combobox", name="Model")).to_contain_text("tagger.pt: encoder")
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value(SENTENCE)
    # What was chosen is still there on coming back.
    opened(page)
    found(page)
    expect(page.get_by_role("textbox", name="Try it on")).to_have_value(SENTENCE)
    expect(page.get_by_role("strong").filter(has_text="vocab.json")).to_be_visible()


def test_safetensors_and_numbers_of_rows(page: Page):
    opened(page)
    model = tagger()
    drop(page, save(dict(model.state_dict())), "tagger.safetensors")
    found(page, "tagger.safetensors")
    write(page, "Try it on", "7 0 3")
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?.data?.[0].x.length === 3")
    to_the_main_page(page)
    shows(page, trace_of(model, [7, 0, 3]))


def test_an_lstm_that_reads_numbers(page: Page):
    opened(page)
    torch.manual_seed(3)
    lstm = nn.LSTM(2, 4)
    drop(page, nested(lstm), "sensor.pt")
    found(page, "sensor.pt")
    rows = [[0.5, -1.0], [1.5, 2.0], [0.0, 0.25]]
    write(page, "Try it on", "\n".join(f"{a},{b}" for a, b in rows))
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?.data?.[0].x.length === 3")
    to_the_main_page(page)
    shows(page, lstm_core.run(lstm, torch.tensor(rows).unsqueeze(1)))


def opens_as(page: Page, name: str, content: bytes, typed: str, trace: lstm_core.Trace, lstm: str = "") -> None:
    """Drops a file; its first picture and the main page are those of a trace, its proof on screen."""
    opened(page)
    drop(page, content, name)
    found(page, name)
    if lstm:
        # Without the settings beside them a file's layers are in the order of their names.
        page.get_by_role("combobox", name="LSTM").click()
        page.get_by_role("option", name=lstm).click()
    write(page, "Try it on", typed)
    expect(page.get_by_text(f"matches PyTorch to {trace.max_error:.0e}")).to_be_visible()
    charted(page, trace)
    to_the_main_page(page)
    shows(page, trace)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_keras_file_is_found_and_drawn_with_its_proof(page: Page, layout: str):
    weights = layers(np.random.default_rng(3), classes=4)
    content = LAYOUTS[layout](weights)
    checkpoint = lstm_core.load_checkpoint(content)
    rows = [2, 10, 0, 7]
    x = torch.from_numpy(weights["emb"][0])[rows].unsqueeze(1)
    trace = lstm_core.run(checkpoint.lstms["first"], x)
    kernel, recurrent, bias = weights["first"]
    np.testing.assert_allclose(trace.h[0, 0, :, 0], keras_lstm(x[:, 0].numpy(), kernel, recurrent, bias), atol=1e-5)
    opens_as(page, f"keras{layout.split()[0]}", content, " ".join(map(str, rows)), trace, lstm="first (5 → 3)")


@pytest.mark.parametrize("both", [False, True])
def test_an_onnx_file_is_found_and_drawn_with_its_proof(page: Page, both: bool):
    proto = lstm_model(np.random.default_rng(4), inputs=2, hidden=3, both=both)
    rows = np.array([[0.5, -1.0], [1.5, 2.0], [0.0, 0.25]], np.float32)
    content = proto.SerializeToString()
    trace = lstm_core.run(lstm_core.load_checkpoint(content).lstms["encoder.lstm"], torch.from_numpy(rows[:, None]))
    [expected] = ReferenceEvaluator(proto).run(None, {"X": rows[:, None]})  # (time, direction, batch, unit)
    np.testing.assert_allclose(trace.h[0].transpose(0, 1), expected, atol=1e-5)
    opens_as(page, "exported.onnx", content, "\n".join(f"{a},{b}" for a, b in rows.tolist()), trace)


def test_a_vocabulary_right_after_the_weights_is_taken(visitors: Visitors):
    for _ in range(5):
        page = visitors()
        page.goto("/open")
        drop(page, nested(tagger()))
        # As soon as there is a place for it, long before the picture.
        page.wait_for_function("() => document.querySelectorAll('input[type=file]').length > 1", polling=5)
        drop(page, json.dumps(WORDS).encode(), "vocab.json", number=1)
        expect(page.get_by_text("Vocabulary: vocab.json")).to_be_visible()
        page.wait_for_function(
            "() => document.querySelector('.js-plotly-plot')?.layout?.xaxis?.ticktext?.includes('Giraffes')"
        )


HOSTILE = {
    "pickled": (pickle.dumps({"model": io.BytesIO}), "which is never opened"),
    "truncated": (nested(tagger())[:2000], "one that was cut off"),
    "random": (bytes(range(5, 250)) * 40, "a file that begins with"),
    "contradictory": (
        save({"lstm.weight_ih_l0": torch.zeros(12, 4), "lstm.weight_hh_l0": torch.zeros(12, 5)}),
        "as its other weights say",
    ),
    "empty": (b"", "an empty one"),
}


def test_hostile_files_are_sentences_and_the_page_serves_on(page: Page):
    opened(page)
    drop(page, nested(tagger()))
    found(page)
    write(page, "Vocabulary", "\n".join(WORDS))
    for name, (content, said) in HOSTILE.items():
        at_rest(page)
        drop(page, content, f"{name} <img src=x>.pt")
        expect(page.get_by_role("alert")).to_contain_text(said)
        assert page.locator("img[src=x]").count() == 0
        expect(page.get_by_role("textbox", name="Vocabulary")).to_have_value("\n".join(WORDS))
        found(page)
    drop(page, nested(tagger(seed=2)), "another.pt")
    found(page, "another.pt")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("link", name="Memory").click()
    settled(page)


def test_two_visitors_never_see_each_others_model(visitors: Visitors):
    here, there = visitors(), visitors()
    models = {here: tagger(seed=1), there: tagger(seed=2, units=3)}
    for page, model in models.items():
        page.goto("/?model=random")
        settled(page)
        opened(page)
        drop(page, nested(model), f"units-{model['encoder'].hidden_size}.pt")
        found(page, f"units-{model['encoder'].hidden_size}.pt")
        write(page, "Vocabulary", "\n".join(WORDS))
        write(page, "Try it on", SENTENCE)
        page.wait_for_function("() => document.querySelector('.js-plotly-plot')?.data?.[0].x.length === 6")
        to_the_main_page(page)
    for page, model in models.items():
        shows(page, trace_of(model, [2, 6, 7, 3, 4, 5]))
        options = page.get_by_role("combobox", name="Model").locator("option").all_text_contents()
        assert [option for option in options if ".pt" in option] == [
            f"units-{model['encoder'].hidden_size}.pt: encoder"
        ]
    assert len(heatmaps(here)) == len(heatmaps(there)) == 2 * 2 * 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(page: Page, scheme: str):
    page.emulate_media(color_scheme=scheme)
    opened(page)
    drop(page, nested(tagger()))
    found(page)
    still(page)
    accessible(page)


def test_a_narrow_screen_needs_no_scrolling_sideways(page: Page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/?model=random")
    settled(page)
    page.evaluate("document.querySelector('[data-testid=stExpandSidebarButton]')?.click()")
    opened(page)
    drop(page, nested(tagger()))
    found(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_who_has_no_file_opens_an_example_with_one_click_and_goes_on_to_the_main_page(page: Page):
    opened(page)
    expect(page.get_by_role("tab", name="PyTorch")).to_be_visible()
    page.get_by_role("button", name="PyTorch state dict").click()
    found(page, "counter.pt")
    expect(page.get_by_role("textbox", name="Class labels")).to_have_value("a, b, end")
    model = lstm_core.load_model("counter")
    tokens = list("aaaaaaaabbbbbbbb")
    expect(page.get_by_role("textbox", name="Try it on")).to_have_value("".join(tokens))
    to_the_main_page(page)
    shows(page, lstm_core.run(model.lstm, model.vectors(tokens)))
    expect(page.get_by_role("combobox", name="Model")).to_contain_text("counter.pt: lstm")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1300])
def test_the_page_is_accessible_before_a_file_comes_and_needs_no_scrolling_sideways(
    blank: Page, scheme: str, width: int
):
    blank.emulate_media(color_scheme=scheme)
    blank.set_viewport_size({"width": width, "height": 900})
    blank.goto("/open")
    for name in sentences.HOW_TO_SAVE:
        blank.get_by_role("tab", name=name, exact=True).click()
        still(blank)
        accessible(blank)
    assert blank.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_to_it_goes_on_with_it_in_another_browser_and_its_script_runs(
    page: Page, visitors: Visitors, tmp_path: Path
):
    opened(page)
    drop(page, nested(tagger()))
    found(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download .safetensors").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    to_the_main_page(page)
    other = visitors()
    other.goto(page.evaluate("location.href"))
    other.locator(".gs-plot .heatmaplayer").first.wait_for()
    model = other.get_by_role("combobox", name="Model")
    expect(model.locator("option:checked")).to_have_text("shared model")
    box = other.get_by_role("textbox", name="Sentence")
    box.press("End")
    box.press_sequentially(" 3")
    other.wait_for_url("**model=own-**")
    other.wait_for_url("**+3&**")
    expect(other.get_by_role("status")).not_to_contain_text("not possible")
    expect(model.locator("option:checked")).to_have_text("shared model")
    other.get_by_text("The same in Python").click()
    script = other.locator("details pre").filter(has_text="load_model")
    expect(script).to_contain_text(download.value.suggested_filename)
    made = [sys.executable, "-c", script.inner_text()]
    subprocess.run(made, cwd=tmp_path, capture_output=True, check=True)


def test_a_file_that_is_refused_leaves_the_last_one_and_says_so(page: Page):
    opened(page)
    drop(page, nested(tagger()))
    found(page)
    at_rest(page)
    drop(page, b"nothing of the kind", "other.pt")
    expect(page.get_by_text("Below is still tagger.pt.")).to_be_visible()
    found(page)
