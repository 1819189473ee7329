"""A page that computes answers as the server does: the same numbers to 2e-6, the same words."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from frozen.links import DOGS, VIEWS, View
from playwright.sync_api import Browser, Page, Route
from unpacking import unpacked

from dashboard import assets
from dashboard.picture.answer import answer, apart
from dashboard.picture.computing import told
from dashboard.question.cell import Cell
from dashboard.site.shipped import shipped
from lstm_core.files.model_folders import FOLDER

HOME = "http://here.test"
NEAR = 2e-6
# More than a page reads in a moment.
TOO_LONG = (38, 59)
# What only a server has, or the test's own link.
NOT_HERE = {"code", "link", "lasts", "made", "proof"}
ALL = "import('http://here.test/browser/asking/here.js'), import('http://here.test/browser/asking/models.js')"
OPEN = f"""async ([told, shipped]) => {{
    const [{{ Here }}, {{ Models }}] = await Promise.all([{ALL}])
    const load = async path => (await fetch(`/models/${{path}}`)).arrayBuffer()
    window.here = new Here(told, new Models(shipped, load).open)
}}"""
ASK = """async question => {
    const bytes = rows => {
        const all = new Float32Array(rows.flatMap(row => [...row]))
        let text = ""
        for (const byte of new Uint8Array(all.buffer)) text += String.fromCharCode(byte)
        return { shape: [rows.length, rows[0]?.length ?? 0], numbers: btoa(text) }
    }
    const isArray = value => Array.isArray(value) && value[0] instanceof Float32Array
    const sent = JSON.stringify(await here.picture(question), (_, value) => (isArray(value) ? bytes(value) : value))
    return sent
}"""


@pytest.fixture(scope="module")
def here(chromium: Browser) -> Iterator[Page]:
    """A page with an answerer and no server behind it."""
    page = chromium.new_page()
    page.route(f"{HOME}/**", _file)
    page.goto(f"{HOME}/index.html")
    page.evaluate(OPEN, [told(), shipped()])
    yield page
    page.close()


def _file(route: Route) -> None:
    kind, _, name = route.request.url.removeprefix(f"{HOME}/").partition("/")
    if kind == "models":
        route.fulfill(body=(FOLDER / name).read_bytes())
    elif kind == "browser":
        route.fulfill(path=assets.FOLDER / "browser" / name, content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>Here</title>", content_type="text/html")


def came(text: str) -> dict[str, Any]:
    def array(value: dict[str, Any]) -> Any:
        if "numbers" not in value:
            return value
        return np.frombuffer(base64.b64decode(value["numbers"]), "<f4").reshape(value["shape"])

    found: dict[str, Any] = json.loads(text, object_hook=array)
    return found


def compare(here: Any, there: Any, near: float, where: str) -> None:
    """Equal words; numbers that differ by no more than `near`, in proportion where they are large."""
    if isinstance(there, dict):
        assert here.keys() == there.keys(), where
        for name in there:
            compare(here[name], there[name], near, f"{where}.{name}")
    elif isinstance(there, list) and isinstance(here, list):
        assert len(here) == len(there), where
        for number, (a, b) in enumerate(zip(here, there, strict=True)):
            compare(a, b, near, f"{where}.{number}")
    elif isinstance(there, np.ndarray | float | int):
        a, b = np.asarray(here, float), np.asarray(there, float)
        assert a.shape == b.shape, where
        assert (np.isnan(a) == np.isnan(b)).all(), where
        far = np.abs(a - b) / np.maximum(1, np.abs(b))
        assert np.nanmax(far, initial=0) <= near, (where, float(np.nanmax(far)))
    else:
        assert here == there, where


def ends_in_order(stacks: list[dict[str, Any]]) -> None:
    """Of two ends of a column that are equally far from its mean, either may come first."""
    for values in (values for stack in stacks for values in stack["values"] if "other" in values):
        values["z"], values["other"] = (choose(values["z"], values["other"]) for choose in (np.minimum, np.maximum))


@pytest.mark.parametrize("number", range(len(VIEWS)))
def test_the_page_and_the_server_answer_a_frozen_link_with_equal_numbers_and_words(here: Page, number: int):
    view: View = VIEWS[number]
    there = unpacked(answer(view.link, view.columns, view.zoom))
    # The server does not repeat a long text.
    there["view"].setdefault("sentence", view.link.get("sentence"))
    question = {"query": view.link, "room": view.columns, "zoom": view.zoom, "cell": None}
    found = came(here.evaluate(ASK, question))
    assert found["columns"].pop("labels") == found["labels"]
    found["columns"].pop("timed")
    assert found.keys() == there.keys()
    if number in TOO_LONG:
        assert found["notices"][0].endswith("are read and shown.")
        return
    for answered in (found, there):
        ends_in_order(answered["stacks"])
    for name in there.keys() - NOT_HERE:
        compare(found[name], there[name], nearness(there["columns"]), name)


def nearness(columns: dict[str, int]) -> float:
    """A column of several steps is sent in equal steps over its range; over many steps rounding adds up."""
    return 1e-4 if columns["per"] > 1 else NEAR if columns["steps"] <= 64 else 2e-5


@pytest.mark.parametrize(
    ("link", "cell"),
    [
        ({"model": "tagger-bi", "sentence": DOGS}, Cell(0, 1, 3, 4)),
        ({"model": "random", "sentence": DOGS, "n_layers": "2", "directions": "2"}, Cell(1, 1, 2, 0)),
        ({"model": "counter", "holds": "f.0.1.3_0.5 w.1"}, Cell(0, 0, 1, 3)),
    ],
)
def test_the_page_takes_a_cell_apart_as_the_server_does(here: Page, link: dict[str, str], cell: Cell):
    found = here.evaluate("question => here.cell(question)", {"query": link, "cell": cell._asdict()})
    compare(found, apart(link, cell), NEAR, "")


@pytest.mark.parametrize("reads", ["numbers", "words"])
def test_what_cannot_be_read_is_a_sentence(here: Page, reads: str):
    """A table whose rows differ, and no text at all."""
    link = {"model": "random", "tokens": reads, "sentence": "1, 2\n3" if reads == "numbers" else " "}
    found = came(here.evaluate(ASK, {"query": link, "room": 800, "zoom": None, "cell": None}))
    assert found["stacks"] == []
    [said] = found["notices"]
    assert said == (
        "Type a sentence to start." if reads == "words" else "Expected 2 columns in every row, got 1 in row 2."
    )


@pytest.mark.parametrize("kind", ["why", "code", "download", "file"])
def test_what_only_a_server_can_do_is_refused_in_a_sentence(here: Page, kind: str):
    said = here.evaluate("kind => here[kind]({}).catch(error => error.message)", kind)
    assert said == "This page has no server: the dashboard does that."
