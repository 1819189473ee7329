"""What the Export menu gives away opens elsewhere and holds what it says."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

import lstm_core

from .conftest import Visitors
from .reading import TRACES, exported, heatmaps, settled, shows, view, words, write, zoom
from .sheets import Sheet

SENTENCE = "The cat the dog chased ran"


@pytest.fixture
def trace(page: Page) -> lstm_core.Trace:
    page.get_by_role("slider", name="n_layers").press("ArrowRight")
    return write(page, SENTENCE)


def test_svg_is_xml_of_its_size_with_every_cell_and_the_words_as_text_and_png_is_twice_as_large(
    page: Page, trace: lstm_core.Trace, tmp_path: Path
):
    path = exported(page, "SVG", tmp_path)
    sheet = Sheet(path)
    assert (path.name, sheet.size) == ("gatescope-the-cat-the-dog-chased-ran.svg", (1280, 720))
    assert len(sheet.strips) == 12
    for layer, direction, quantity in sheet.strips:
        sheet.shows(trace.cells(quantity, layer), layer, direction, quantity)
    assert sorted(text for text in sheet.texts if text in trace.tokens[0]) == sorted(2 * trace.tokens[0])
    first = min(cell.top for strip in sheet.strips.values() for row in strip for cell in row)
    assert all(first - 40 < foot < first for foot in sheet.feet(trace.tokens[0]))
    assert {SENTENCE, "layer 1", "cell state", "memory: c = f·c + i·g"} <= set(sheet.texts)
    said = " ".join(sheet.texts)
    assert "untrained" in said
    assert "input_dim=4, hidden_dim=3, n_layers=2, seed=2" in said
    # The page's letters are inside.
    assert re.search(r"@font-face \{[^}]*src: url\(data:", path.read_text())
    png = exported(page, "PNG", tmp_path)
    assert png.name == "gatescope-the-cat-the-dog-chased-ran.png"
    with Image.open(png) as image:
        assert (image.format, image.size) == ("PNG", (2560, 1440))
        assert len(image.convert("RGB").getcolors(2**24)) > 100


def test_html_opens_offline_with_the_same_numbers_and_says_a_hovered_cell(
    page: Page, trace: lstm_core.Trace, tmp_path: Path, visitors: Visitors
):
    path = exported(page, "HTML", tmp_path)
    offline = visitors(offline=True)
    offline.goto(path.as_uri())
    shows(offline, trace)
    assert [*heatmaps(offline)] == [*heatmaps(page)]
    assert words(offline) == words(offline, layer=1) == trace.tokens[0]
    assert offline.title() == SENTENCE
    expect(offline.get_by_role("heading", name=SENTENCE)).to_be_visible()
    expect(offline.get_by_text("nn.LSTM, Random (untrained): input_dim=4")).to_be_visible()
    offline.locator(".nsewdrag").first.hover(position={"x": 4, "y": 4})
    tip = offline.get_by_role("tooltip")
    expect(tip).to_contain_text("layer 0 · unit 0")
    for quantity in lstm_core.traces.QUANTITIES:
        expect(tip).to_contain_text(f"{abs(trace.cells(quantity)[0, 0]):.4f}")
    # Nor is there a button to Plotly's cloud.
    expect(offline.locator(".modebar")).to_have_count(0)


@pytest.mark.usefixtures("trace")
def test_html_keeps_the_pinned_cell_with_its_weights_and_the_part_in_sight(
    page: Page, tmp_path: Path, visitors: Visitors
):
    page.locator(".gs-plot").first.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    title = page.get_by_role("heading", name="Unit 0 at “cat”")
    expect(title).to_be_visible()
    with view(page) as menu:
        menu.get_by_role("button", name="Zoom in").click()
    settled(page)
    path = exported(page, "HTML", tmp_path)
    offline = visitors(offline=True, viewport={"width": 1300, "height": 900})
    offline.goto(path.as_uri())
    expect(offline.get_by_role("heading", name="Unit 0 at “cat”")).to_be_visible()
    panel = offline.get_by_role("complementary", name="The cell")
    panel.get_by_text("All weights").click()
    expect(panel.get_by_role("region", name="All weights").locator("tr")).to_have_count(1 + 4 + 3 + 1)
    ranges = "document.querySelector('.gs-plot').layout.xaxis.range"
    assert offline.evaluate(ranges) == page.evaluate(ranges) == [1, 4]
    offline.get_by_role("button", name="Whole picture").click()
    assert offline.evaluate(ranges) == [1, 4]


def test_exported_markup_is_text(page: Page, tmp_path: Path, visitors: Visitors):
    sentence = "</script><img src=x onerror=alert(1)> <b>bold</b> &amp; $x^2$"
    trace = write(page, sentence)
    assert sentence in " ".join(Sheet(exported(page, "SVG", tmp_path)).texts)
    offline = visitors(offline=True)
    offline.goto(exported(page, "HTML", tmp_path).as_uri())
    shows(offline, trace)
    # So many words stand in a window.
    shown = words(offline)
    assert shown[:3] == ["<", "/", "script"]
    assert (shown, offline.title()) == (trace.tokens[0][: len(shown)], sentence)
    expect(offline.get_by_role("heading", level=1)).to_have_text(sentence)
    assert offline.locator("img").count() == offline.locator("b", has_text="bold").count() == 0


def zoom_and_choose(page: Page) -> None:
    """Steps 1 to 3 and unit 1 of layer 1, without o and h."""
    with view(page) as menu:
        menu.get_by_role("button", name="layer 0").click()
        for quantity in "oh":
            menu.get_by_role("button", name=f"quantity {quantity}", exact=True).click()
    page.wait_for_function(f"() => {TRACES}.length === 4")
    zoom(page, x=[0.5, 3.5], y=[1.5, 0.5])
    expect(page.locator(".gs-plot .xtick text")).to_have_text(SENTENCE.split()[1:4])


def test_a_figure_and_a_table_hold_what_is_in_sight(page: Page, trace: lstm_core.Trace, tmp_path: Path):
    zoom_and_choose(page)
    path = exported(page, "SVG", tmp_path)
    sheet = Sheet(path)
    assert path.name == "gatescope-the-cat-the-dog-chased-ran-figc.svg"
    assert [text for text in sheet.texts if text in trace.tokens[0]] == trace.tokens[0][1:4]
    assert {*sheet.strips} == {(1, 0, quantity) for quantity in "figc"}
    for quantity in "figc":
        sheet.shows(trace.cells(quantity, 1)[1:2, 1:4], 1, 0, quantity)
    assert "Shown: steps 1 to 3 of 6, unit 1 of 3, layer 1 of 2, f, i, g and c of the six" in " ".join(sheet.texts)
    assert {"cell state", "output gate"} & set(sheet.texts) == {"cell state"}
    read = pd.read_csv(exported(page, "CSV", tmp_path))
    assert list(read.columns[-4:]) == ["i", "f", "g", "c"]
    assert read[["time", "layer", "unit"]].values.tolist() == [[step, 1, 1] for step in (1, 2, 3)]
    np.testing.assert_allclose(read["c"], trace.cells("c", 1)[1, 1:4], rtol=1e-6)
    # A trace is all of it.
    assert lstm_core.load(exported(page, "npz", tmp_path)).c.equal(trace.c)
