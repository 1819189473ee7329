"""What a person sees on the main page, as numbers and words; and what lstm_core says it should be."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, TimeoutError

import lstm_core

Heatmaps = dict[tuple[int, int, str], np.ndarray]

DIMENSIONS = ("input_dim", "hidden_dim", "n_layers")

# Where numbers came packed, as in an exported page, Plotly unpacks them beside `data`. On the page without a server it
# comes with the first zoom, and what is drawn is told by the page.
TRACES = """(document.querySelector('.stApp') || globalThis.Plotly
    ? [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot._fullData ? plot.data
        .map((trace, n) => ({...trace, z: trace.z?.bdata ? plot._fullData[n].z : trace.z}))
        .filter(trace => trace.type === 'heatmap' && trace.meta?.layer !== undefined) : [])
    : gatescope.heatmaps().map(({layer, direction, ...own}) =>
        ({...own, type: 'heatmap', meta: {layer, direction}, x: own.words.keys()})))"""
READ = f"""() => {TRACES}.map(({{name, meta, z, x, zmin, zmax}}) =>
    ({{name, meta, zmin, zmax, x: [...x], z: [...z].map(row => [...row])}}))"""
SHOWS = f"""([wanted, near]) => {{
    const traces = {TRACES}
    return traces.length === wanted.length && wanted.every(([layer, direction, name, z]) => traces.some(trace =>
        trace.type === 'heatmap' && trace.name === name &&
        trace.meta.layer === layer && trace.meta.direction === direction &&
        trace.z.length === z.length && z.every((row, unit) => row.length === trace.z[unit].length &&
            row.every((value, step) =>
                Math.abs(value - trace.z[unit][step]) < near * Math.max(1, Math.abs(value))))))
}}"""


ZOOM = """ranges => {
    const plot = document.querySelector('.gs-plot')
    return plot?._fullLayout ? Plotly.relayout(plot, ranges).then(() => true) : false
}"""


ON_CELLS = """() => document.querySelector('.gs-numbers').shapes.filter(({about}) => about?.['data-quantity'])
    .map(({shapes: [{z, across, down}, ...texts]}) => {
        const isIn = (at, edges, k) => at > edges[k] && at < edges[k + 1]
        return [...z].flatMap((row, line) => [...row].map((_, column) =>
            texts.some(({x, y}) => isIn(x, across, column) && isIn(y, down, line))))
    })"""


def zoom(page: Page, **ranges: list[float]) -> None:
    """Zooms the first picture, once it is drawn, to a range of an axis (`x`, `y`)."""
    page.wait_for_function(ZOOM, arg={f"{axis}axis.range": ends for axis, ends in ranges.items()})


def traces(page: Page) -> list[dict[str, Any]]:
    """The heatmaps as Plotly has them."""
    found: list[dict[str, Any]] = page.evaluate(READ)
    return found


def heatmaps(page: Page) -> Heatmaps:
    """(unit, step) by (layer, direction, quantity)."""
    return {
        (trace["meta"]["layer"], trace["meta"]["direction"], trace["name"]): np.array(trace["z"], np.float32)
        for trace in traces(page)
    }


def numbers_on_cells(page: Page) -> list[list[bool]]:
    """For each strip of the first picture, whether something is written on each of its cells."""
    found: list[list[bool]] = page.evaluate(ON_CELLS)
    return found


def words(page: Page, layer: int = 0) -> list[str]:
    """The words over the columns, as they are drawn."""
    return page.locator(".js-plotly-plot").nth(layer).locator(".xtick text, .x2tick text").all_text_contents()


def controls(page: Page) -> dict[str, Any]:
    """What the controls say."""
    numbers = {name: int(page.get_by_role("slider", name=name).input_value()) for name in DIMENSIONS}
    return numbers | {
        "sentence": page.get_by_role("textbox", name="Sentence").input_value(),
        "seed": int(page.get_by_role("spinbutton", name="seed", exact=True, include_hidden=True).input_value()),
        "tokens": page.get_by_role("combobox", name="Read as", exact=True, include_hidden=True).input_value(),
    }


@contextmanager
def view(page: Page) -> Iterator[Locator]:
    """What is needed more seldom: the menu "View", unfolded while the block runs."""
    unfold = page.locator(".gs-view > summary")
    unfold.click()
    yield page.locator(".gs-view")
    unfold.click()


def trace_of(
    sentence: str = "Giraffes in a field",
    input_dim: int = 4,
    hidden_dim: int = 3,
    n_layers: int = 1,
    seed: int = 2,
    tokens: str = "words",
) -> lstm_core.Trace:
    """The trace that these controls stand for."""
    read = getattr(lstm_core, tokens)(sentence)
    x = lstm_core.inputs.token_vectors(read, input_dim, seed)
    return lstm_core.run(lstm_core.models.random_lstm(input_dim, hidden_dim, n_layers, seed), x, tokens=read)


def cells(trace: lstm_core.Trace, quantities: Iterable[str] = lstm_core.traces.QUANTITIES) -> Heatmaps:
    """A trace as `heatmaps` reads it off a page."""
    layers, directions = trace.c.shape[:2]
    return {
        (layer, direction, quantity): trace.cells(quantity, layer, direction)
        for layer in range(layers)
        for direction in range(directions)
        for quantity in quantities
    }


def shows(
    page: Page, trace: lstm_core.Trace, quantities: Iterable[str] = lstm_core.traces.QUANTITIES, near: float = 1e-6
) -> None:
    """Waits until the heatmaps are those of a trace: Plotly follows what is drawn at once."""
    wanted = cells(trace, quantities)
    with suppress(TimeoutError):
        page.wait_for_function(SHOWS, arg=[[[*key, z.tolist()] for key, z in wanted.items()], near])
    seen = heatmaps(page)
    assert seen.keys() == wanted.keys()
    for key, z in wanted.items():
        np.testing.assert_allclose(seen[key], z, rtol=near, atol=near, err_msg=f"{key}")


def settled(page: Page) -> lstm_core.Trace:
    """The trace of what the controls say, once it is the picture on screen."""
    page.locator(".js-plotly-plot .heatmaplayer").first.wait_for()
    page.locator(".gs-early").wait_for(state="detached")
    trace = trace_of(**controls(page))
    shows(page, trace)
    return trace


def painted(page: Page, frames: int = 2) -> None:
    """Once the browser has painted so often: what is put off to the next frame has happened after two."""
    page.evaluate(
        """async frames => { while (frames--) await new Promise(done => requestAnimationFrame(done)) }""", frames
    )


def write(page: Page, sentence: str) -> lstm_core.Trace:
    """Puts a sentence into its box and waits for its picture."""
    page.get_by_role("textbox", name="Sentence").fill(sentence)
    return settled(page)


def exported(page: Page, label: str, folder: Path, chosen: Mapping[str, str] = MappingProxyType({})) -> Path:
    """The file that a button of the Export menu saves, where this is chosen in the menu's lists."""
    menu = page.locator("details", has=page.get_by_text("Export", exact=True))
    if not menu.evaluate("menu => menu.open"):
        page.get_by_text("Export", exact=True).click()
    for name, value in chosen.items():
        menu.get_by_role("combobox", name=name).select_option(value)
    with page.expect_download(timeout=90_000) as download:
        menu.get_by_role("button", name=label).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def numbers_told(picture: Locator, columns: int) -> list[dict[str, float]]:
    """What a picture above or below the strips tells under the pointer, column by column: numbers by name."""
    box = picture.bounding_box()
    assert box
    told = []
    for column in range(columns):
        picture.hover(position={"x": (column + 0.5) * box["width"] / columns, "y": box["height"] / 2})
        rows = (picture.get_attribute("title") or "").replace("\u2212", "-").split("\n")[1:]
        told.append({name: float(number) for name, number in (row.rsplit(": ", 1) for row in rows)})
    return told
