"""Every page exports its pictures with one button: at slide size, in letters that the last row reads."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from gatescope.question.view import Source
from gatescope.reading.read import read

from .reading import exported
from .streamlit_page import at_rest

SVG = "{http://www.w3.org/2000/svg}"
TAGGED = "model=tagger&sentence=Giraffes in a field"
PAGES = {
    "lesson": "lesson?part=1",
    "units": f"units?{TAGGED}",
    "compare": "compare?model=tagger-sizes&input_dim=64&hidden_dim=16&sentence=You first and only aim to win",
    "open": "open?how=train&task=counter",
}
# What the lesson shows side by side.
NAMED = ["One step at a time, the same state each time", "One step at a time, the state carried", "All at once"]


def opened(page: Page, address: str) -> None:
    page.goto(f"/{address}")
    page.locator(".gs-pictured :is(svg, td)").first.wait_for()
    at_rest(page)


def sizes(root: ET.Element, scale: float = 1) -> list[float]:
    """How large each text of an SVG is, in pixels of the slide."""
    if "viewBox" in root.attrib:
        scale *= float(root.get("width")) / float(root.get("viewBox").split()[2])
    found = []
    for part in root:
        found += sizes(part, scale)
        if part.tag in (f"{SVG}text", f"{SVG}tspan") and "".join(part.itertext()).strip():
            style = part.get("font-size") or "".join(re.findall(r"font-size: ([\d.]+px)", part.get("style", "")))
            found += [scale * float(style.removesuffix("px"))] if style else []
    return found


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_exports_a_slide_in_large_letters_that_says_what_it_shows(blank: Page, tmp_path: Path, address: str):
    opened(blank, address)
    root = ET.parse(exported(blank, "SVG", tmp_path)).getroot()
    assert (root.get("width"), root.get("height")) == ("1280", "720")
    found = sizes(root)
    assert len(found) > 8
    assert min(found) >= 13.99
    text = " ".join(" ".join("".join(part.itertext()) for part in root.iter(f"{SVG}text")).split())
    assert " ".join(blank.locator(".st-key-page-title p, .gs-two-says").all_inner_texts()) in text
    made = blank.locator(".gs-made").text_content()
    assert made.endswith("Made with gatescope.")
    assert made in text
    if address == PAGES["compare"]:
        holds_what_differs(blank, root, tmp_path)


def holds_what_differs(blank: Page, root: ET.Element, folder: Path) -> None:
    """Beside the unit that carries it."""
    names = blank.get_by_role("combobox", name="Picture").locator("option").all_text_contents()
    head = "“You” or “Your”: four words later, “aim” is a verb or a noun."
    assert names == [f"Side by side: {head}", head, "Which unit carries it?"]
    table, panel = (part for part in root if part.tag == f"{SVG}svg")
    assert float(table.get("x")) + float(table.get("width")) < float(panel.get("x"))
    seen = [["".join(text.itertext()).strip() for text in part.iter(f"{SVG}text")] for part in (table, panel)]
    assert {"You", "Your", "unit 2 c", "VERB 0.94", "NOUN 0.89", "+0.99"} <= set(seen[0])
    assert {"Which unit carries it?", "unit 2", "0.96"} <= set(seen[1])
    sent = "() => document.querySelector('.gs-pictured:has(.gs-drawing)').numbers()"
    numbers = blank.evaluate(sent)
    table = pd.read_csv(exported(blank, "CSV", folder, {"Picture": "1"}))
    np.testing.assert_allclose(table["value"], [row[3] for row in numbers])
    trace = read(
        Source(sentence="You first and only aim to win", input_dim=64, hidden_dim=16, model="tagger-sizes")
    ).trace
    own = table[(table["series"] == "c of unit 2") & (table["y"] == "A")]["value"]
    np.testing.assert_allclose(own, trace.c[0, 0, :, 0, 2], atol=1e-6)


def choices(page: Page) -> list[str]:
    """The names of the pictures in the Export menu, which is open then."""
    page.get_by_text("Export", exact=True).click()
    expect(page.get_by_role("combobox", name="Picture")).to_be_visible()
    return page.get_by_role("combobox", name="Picture").locator("option").all_text_contents()


def test_what_stands_side_by_side_is_exported_together_or_one_by_one_by_its_name(blank: Page, tmp_path: Path):
    opened(blank, "lesson?part=3")
    together, *singles = choices(blank)
    assert together == f"Side by side: {' · '.join(NAMED)}"
    assert len(singles) == blank.locator(".gs-pictured:visible").count()
    root = ET.parse(exported(blank, "SVG", tmp_path)).getroot()
    assert min(sizes(root)) >= 13.99
    texts = ["".join(part.itertext()) for part in root.findall(f"{SVG}text")]
    assert set(NAMED) <= set(texts)
    assert " ".join(texts).startswith("The state must be carried")
    insides = [part for part in root if part.tag == f"{SVG}svg"]
    assert len(insides) == len(singles)
    assert len({part.get("x") for part in insides}) == 3
    alone = ET.parse(exported(blank, "SVG", tmp_path, {"Picture": "2"})).getroot()
    assert " ".join("".join(part.itertext()) for part in alone.iter(f"{SVG}text")).startswith(singles[1][:60])
    table = pd.read_csv(exported(blank, "CSV", tmp_path, {"Picture": "0"}))
    assert set(table["picture"]) == set(NAMED)
    reset, carried, at_once = (
        table[(table["picture"] == one) & (table["series"] == "c")]["value"].to_numpy() for one in texts_of(together)
    )
    np.testing.assert_allclose(carried, at_once, atol=1e-6)
    assert np.abs(reset - carried).max() > 0.1


def texts_of(together: str) -> list[str]:
    """The names in a choice of several pictures."""
    return together.removeprefix("Side by side: ").split(" · ")


def test_a_csv_holds_the_numbers_of_the_picture_and_only_text(blank: Page, tmp_path: Path):
    sentence = "=1 </script><b>bold</b> words"
    opened(blank, f"lesson?part=1&sentence={sentence}")
    table = pd.read_csv(exported(blank, "CSV", tmp_path))
    trace = read(Source(sentence=sentence)).trace
    assert set(table["series"]) == {"x", "h"}
    for quantity, wanted in (("x", trace.x[:, 0].T.numpy()), ("h", trace.cells("h"))):
        own = table[table["series"] == quantity]
        np.testing.assert_allclose(own["value"], wanted.ravel(), atol=1e-6)
    assert not table["x"].astype(str).str.startswith("=").any()
