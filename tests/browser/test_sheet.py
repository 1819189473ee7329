"""An exported sheet holds what is on screen: cells, answers, the pinned cell and holds, in letters for the last row."""

import re
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Page

from gatescope.question.view import Source
from gatescope.reading.read import read
from lstm_core.models import about

from .reading import exported
from .sheets import Sheet

TAGGED = {"model": "tagger", "sentence": "Giraffes in a field"}
SERIES = about("series").examples["three days"]


def sheet_of(page: Page, query: dict[str, str], folder: Path) -> Sheet:
    """The sheet that a link exports."""
    page.goto(f"/?{urlencode(query)}")
    page.locator(".gs-plot .heatmaplayer").first.wait_for()
    return Sheet(exported(page, "SVG", folder))


def test_the_units_in_sight_are_on_the_sheet_with_their_numbers_and_answers(blank: Page, tmp_path: Path):
    sheet = sheet_of(blank, TAGGED, tmp_path)
    units = blank.evaluate("document.querySelector('.gs-plot').data[0].meta.units")
    trace = read(Source(TAGGED["sentence"], model="tagger")).trace
    reach = blank.evaluate("document.querySelector('.gs-plot').data[3].zmax")
    assert f"+{reach}" in sheet.texts
    for quantity in "figcoh":
        sheet.shows(trace.cells(quantity)[units], 0, 0, quantity, reach)
    assert "Shown: 12 of 64 units: those that move the answers most." in " ".join(sheet.texts)
    assert {str(unit) for unit in units[::2]} <= set(sheet.texts)
    chips = blank.locator(".gs-answers [data-answer]")
    assert [label for _, label, _ in sheet.answers] == [chip.get_attribute("data-answer") for chip in chips.all()]
    assert [step for step, *_ in sheet.answers] == [0, 1, 2, 3]


def test_the_pinned_cell_is_framed_in_every_strip_told_and_drawn_beside_them(blank: Page, tmp_path: Path):
    sheet = sheet_of(blank, TAGGED | {"pin": "0.2.3"}, tmp_path)
    row = blank.evaluate("document.querySelector('.gs-plot').data[0].meta.units.indexOf(2)")
    cells = [strip[row][3] for strip in sheet.strips.values()]
    assert len(sheet.pins) == len(cells) == 6
    for (x, y), cell in zip(sheet.pins, cells, strict=True):
        assert cell.left < x < cell.left + cell.width
        assert cell.top < y < cell.top + cell.height
    assert blank.locator(".gs-story-now").inner_text() in sheet.texts
    drawn = blank.locator(".gs-cell text").all_text_contents()
    assert len(drawn) > 30
    assert set(drawn) <= set(sheet.texts)
    ends = max(cells[-1].left + cells[-1].width for strip in sheet.strips.values() for cells in strip)
    assert 0.6 * sheet.size[0] < ends < 0.7 * sheet.size[0]
    [beside] = sheet.root.findall("{http://www.w3.org/2000/svg}svg")
    left = float(beside.get("x", ""))
    assert ends < left < left + float(beside.get("width", "")) <= sheet.size[0]


def test_what_is_held_and_left_out_is_on_the_sheet(blank: Page, tmp_path: Path):
    sheet = sheet_of(blank, TAGGED | {"holds": "o.0.all.all_0 w.1"}, tmp_path)
    reading = read(Source(TAGGED["sentence"], model="tagger"))
    free = [reading.model.labels[best] for best in reading.probabilities().argmax(dim=1)]
    for step, label, written in sheet.answers:
        assert written.startswith(label)
        assert written.endswith(free[step]) or label == free[step]
    assert sheet.answers[1][1] == ""
    assert "o of all units at every step held at 0, without “in”" in " ".join(sheet.texts)
    struck = [part.text for part in sheet.root.iter() if part.get("text-decoration") == "line-through"]
    assert "in" in struck
    output = sheet.strips[0, 0, "o"]
    assert len({cell.colour for line in output for cell in line}) == 1


def test_a_series_and_its_forecast_stand_above_the_strips_over_their_values(blank: Page, tmp_path: Path):
    sheet = sheet_of(blank, {"model": "series", "sentence": SERIES}, tmp_path)
    came, foreseen = [
        np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", line.get("d", "")), dtype=float)
        for line in sheet.root.iter("{http://www.w3.org/2000/svg}path")
        if line.get("stroke-width") == "1.6"
    ]
    reading = read(Source(SERIES, model="series"))
    step = (came[-1, 0] - came[0, 0]) / (len(reading.series.values) - 1)
    for line, values, first in ((came, reading.series.values, 0), (foreseen, reading.probabilities(), 1)):
        at = (line[:, 0] - came[0, 0]) / step - first
        assert np.abs(at - at.round()).max() < 0.05
        assert np.corrcoef(line[:, 1], -values[:, 0].numpy()[at.round().astype(int)])[0, 1] > 0.999
    assert {"the series", "40", "60"} <= set(sheet.texts)
