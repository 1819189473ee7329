"""A page that computes answers as the server does: the same numbers to 2e-6, the same words."""

import base64
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
from frozen.links import DOGS, SERIES, VIEWS, View
from playwright.sync_api import Browser, Page, Route
from torch import nn
from unpacking import unpacked

from gatescope import assets
from gatescope.export.downloads import download
from gatescope.export.visible_part import Sight
from gatescope.live import scenes
from gatescope.picture.answer import answer, apart
from gatescope.picture.computing import about_alone, told
from gatescope.picture.wire_format import as_sent
from gatescope.question import link
from gatescope.question.holds import Cell, Event
from gatescope.question.opening import opening, usual
from gatescope.question.view import View as Asked
from gatescope.reading.held import read_view
from gatescope.site.lesson import lesson
from gatescope.site.told import told_of_site
from gatescope.store import visitor_models
from gatescope.why.open_drawer import open_drawer
from lstm_core import LstmCoreError, SequenceModel, quantities
from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.shipped import model_bytes

HOME = "http://here.test"
NEAR = 2e-6
# More than a page reads in a moment.
TOO_LONG = (38, 59)
# What only a server has.
NOT_HERE = {"code", "proof"}
LINKS = [*VIEWS, *(View(scene.query) for scene in (*scenes.SCENES, *lesson()) if not scene.page)]
# A minus as the page prints it.
LINKS.append(View({"model": "random", "tokens": "numbers", "sentence": "−0.5, 1, −2"}))
SENTIMENT = {"model": "sentiment", "sentence": "It is not a good film"}
ROUNDED = re.compile(r"error of \de-\d\d")
BY_CHANCE = re.compile(r"the answer by [\d.]+\.$")
# How near it comes is said otherwise.
PROOF = re.compile(r"; che[^;]*\. (?=Made)")
NAMES = ("here", "models", "loading", "link")
OPEN = f"""async told => {{
    const modules = await Promise.all({[*NAMES]}.map(name => import(`{HOME}/browser/asking/${{name}}.js`)))
    const [{{ Here }}, {{ Models }}, {{ Loading }}, {{ linkIn }}] = modules
    const loading = new Loading(told.bytes)
    window.here = new Here(told, new Models(told.shipped, loading.load).open)
    window.linkIn = address => linkIn(address, told)
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
def here(chromium: Browser, site: Path) -> Iterator[Page]:
    """A page with the site's answerer and no server behind it."""

    def send(route: Route) -> None:
        _file(route, site)

    page = chromium.new_page()
    page.route(f"{HOME}/**", send)
    page.goto(f"{HOME}/index.html")
    lengths = {
        path.relative_to(site / "models").with_suffix("").as_posix(): path.stat().st_size
        for path in site.glob("models/**/*.js")
    }
    page.evaluate(OPEN, as_sent(told_of_site(lengths)))
    yield page
    page.close()


def _file(route: Route, site: Path) -> None:
    kind, _, name = route.request.url.removeprefix(f"{HOME}/").partition("/")
    if kind == "models":
        route.fulfill(path=site / kind / name, content_type="text/javascript")
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


@pytest.mark.parametrize("number", range(len(LINKS)))
def test_the_page_and_the_server_answer_a_link_with_equal_numbers_and_words(here: Page, number: int):
    view: View = LINKS[number]
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
        answered["link"] = parse_qsl(answered["link"], keep_blank_values=True)
        answered["made"] = PROOF.sub("; …. ", answered["made"])
    assert bool(found["proof"]) == bool(there["proof"])
    for name in there.keys() - NOT_HERE:
        compare(found[name], there[name], nearness(view.link, there["columns"]), name)


def nearness(link: dict[str, str], columns: dict[str, int]) -> float:
    """A column of several steps is sent in equal steps over its range; over many steps rounding adds up.

    After the counter's 20 steps the scores of PyTorch's float32 are 1.9e-6 from those of its float64.
    """
    if columns["per"] > 1:
        return 1e-4
    return 2e-5 if columns["steps"] > 64 else 2 * NEAR if link.get("model") == "counter" else NEAR


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


@pytest.mark.parametrize(
    ("reads", "text", "says"),
    [
        ("numbers", "1, 2\n3", "Expected 2 columns in every row, got 1 in row 2."),
        (
            "numbers",
            "1, 2, hello, 4",
            "Expected numbers, for example 37.0, 33.4, 33.5; got “hello” in place 3. Write a number there, or take it "
            "out.",
        ),
        ("numbers", "1, 2\nx, 3", "Expected a number such as 1.5 in column 1, row 2, got “x”."),
        ("numbers", "a, b\n1, 2\nx, 3", "Expected a number such as 1.5 in column a, row 2, got “x”."),
        ("words", " ", "Type a sentence to start."),
    ],
)
def test_what_cannot_be_read_is_a_sentence(here: Page, reads: str, text: str, says: str):
    link = {"model": "random", "tokens": reads, "sentence": text}
    found = came(here.evaluate(ASK, {"query": link, "room": 800, "zoom": None, "cell": None}))
    assert found["stacks"] == []
    assert found["notices"] == [says]


def test_what_a_model_does_not_know_is_said_as_the_server_says_it(here: Page):
    link = {"model": "counter", "sentence": "AaXB"}
    found = came(here.evaluate(ASK, {"query": link, "room": 800, "zoom": None, "cell": None}))
    assert found["notices"] == unpacked(answer(link, 800, None))["notices"]


def test_what_only_a_server_can_do_is_not_offered(here: Page):
    assert here.evaluate("() => [here.code, here.files]") == [None, ["csv"]]


WHY = "question => here.why(question).catch(error => error.message)"


def why(here: Page, query: dict[str, str], cell: Cell, event: Event | None = None, label: str = "") -> Any:
    asked = {"query": query, "cell": cell._asdict(), "event": event and event._asdict(), "label": label}
    return here.evaluate(WHY, asked)


def explains_alike(found: Any, there: Any) -> None:
    """The same words, and numbers as near as two float32 runs are."""
    for one in (found, there):
        if one["answer"]:
            assert one["answer"].pop("error") <= 2e-4 * max(1, abs(one["answer"]["effect"]))
            # A small difference of large forecasts has fewer digits, and so has a share of it.
            one["answer"]["direct"] = one["answer"]["direct"] and one["answer"]["direct"] * one["answer"]["effect"]
            one["answer"]["said"] = ROUNDED.sub("error of …", one["answer"]["said"])
        if one["answer"] and one["answer"]["path"]:
            one["answer"]["path"].pop("error")
            # Each draws its own random units.
            one["answer"]["path"]["said"] = BY_CHANCE.sub("", one["answer"]["path"]["said"])
    compare(found, there, 2e-5, "")


@pytest.mark.parametrize("number", [number for number in range(len(VIEWS)) if number not in TOO_LONG])
def test_the_page_says_why_as_the_server_does(here: Page, number: int):
    query = VIEWS[number].link
    view, _ = link.read(Asked(), query)
    pin = view.shown.pin or last_cell(view)
    found, there = why(here, query, pin), drawer_or_refusal(query, pin)
    if isinstance(there, str):
        assert found == there
    else:
        explains_alike(found, there)


def test_the_gates_that_the_page_tries_are_those_of_the_table_of_quantities(here: Page):
    found = here.evaluate(f"""async () => {{
        const {{ KINDS }} = await import("{HOME}/browser/kinds.js")
        return Object.fromEntries(Object.entries(KINDS).map(([kind, {{ gates }}]) => [kind, gates]))
    }}""")
    tables = {"LSTM": quantities.LSTM, "GRU": quantities.GRU, "RNN_TANH": quantities.RNN, "RNN_RELU": quantities.RNN}
    of = {kind: "".join(row.quantity for row in table if row.scale == "gates") for kind, table in tables.items()}
    assert {kind: sorted(gates) for kind, gates in found.items()} == {kind: sorted(gates) for kind, gates in of.items()}


def last_cell(view: Asked) -> Cell:
    trace = read_view(view).reading.trace
    return Cell(0, 0, 0, 0) if trace is None else Cell(len(trace.c) - 1, 0, 0, len(trace.x) - 1)


def drawer_or_refusal(query: dict[str, str], cell: Cell) -> Any:
    try:
        return as_sent(open_drawer(query, cell))
    except LstmCoreError as error:
        return str(error)


@pytest.mark.parametrize(
    ("query", "cell", "label"),
    [
        (SENTIMENT, Cell(0, 0, 16, 5), ""),
        (SENTIMENT, Cell(0, 0, 16, 5), "positive"),
        (SENTIMENT | {"holds": "w.1"}, Cell(0, 0, 3, 4), ""),
        ({"model": "tagger", "sentence": DOGS}, Cell(0, 0, 9, 4), "VERB"),
        ({"model": "counter", "sentence": "aaabbb"}, Cell(0, 0, 1, 5), ""),
        ({"model": "series", "sentence": SERIES}, Cell(0, 0, 0, 47), ""),
    ],
)
def test_the_page_shows_a_path_as_the_server_does(here: Page, query: dict[str, str], cell: Cell, label: str):
    """That of the largest part."""
    asked = open_drawer(query, cell, None, label)["answer"]
    assert asked is not None
    feature, step = np.unravel_index(np.abs(asked["parts"]).argmax(), np.shape(asked["parts"]))
    event = Event(int(step), int(feature) if asked["features"] else None)
    found = why(here, query, cell, event, label)
    assert found["answer"]["path"]["lines"]
    explains_alike(found, as_sent(open_drawer(query, cell, event, label)))


@pytest.mark.parametrize(
    "address",
    [
        {"model": "random", "hidden_dim": "9999", "seed": "x", "n_layers": " 2 ", "directions": "3"},
        {"pin": "0.1.2", "rows": "activity"},
        {"model": "nobody", "tokens": "letters", "rows": "", "top": "none", "colours": "<b>"},
        {"quantities": "cx", "layers": "7", "pin": "0.1", "sentence": "a b"},
        {"holds": "f.0.0.0_2", "pin": "0.0.0.1"},
        {"holds": "c.0.all.1-900_0"},
        {"holds": "f.0.0.0_0 w.1 g.0.0-2.all.1_-0.5", "directions": "2", "pin": ""},
        {"holds": "w.1 " * 41},
        {"sentence": "x" * 31_000},
    ],
)
def test_an_impossible_value_in_a_link_is_named_and_the_usual_one_is_taken(here: Page, address: dict[str, str]):
    """Which part of a hold is impossible, only the server says."""
    view, notices = link.read(usual(address), address)
    found = here.evaluate("address => linkIn(address)", address)
    said = [
        re.sub(r"(?<=^holds=)(.*possible: ).*(?=\. holds is)", r"\1", notice)
        for notice in (*found["notices"], *notices)
    ]
    assert said[: len(notices)] == said[len(notices) :]
    assert link.read(Asked(), found["link"]) == (view, [])


OWN = f"""async ([told, about, file]) => {{
    const [{{ Here }}, {{ openModel }}] = await Promise.all(
        ["asking/here", "engine/model"].map(name => import(`{HOME}/browser/${{name}}.js`)))
    const model = openModel(Uint8Array.from(atob(file), sign => sign.charCodeAt(0)).buffer)
    window.shipped = window.here
    window.here = new Here(told, async () => ({{ model, about, proof: "", sizes: {{}}, notices: [] }}))
}}"""
TEXT = "giraffes not in a field"


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        (nn.GRU, {}),
        (nn.GRU, {"num_layers": 2, "bidirectional": True, "bias": False}),
        (nn.RNN, {"num_layers": 2}),
        (nn.RNN, {"nonlinearity": "relu"}),
        (nn.LSTM, {"proj_size": 2}),
    ],
)
@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_the_page_answers_for_other_cells_and_a_projection_as_the_server_does(
    here: Page, kind: Any, sizes: dict[str, Any]
):
    model = of_words(kind, **sizes)
    key = visitor_models.put(model)
    file = base64.b64encode(model_bytes(model)).decode()
    here.evaluate(OWN, [as_sent(told()), as_sent(about_alone(model)), file])
    gate = "z.0.2.1_0 " if kind is nn.GRU else ""
    for asked in (
        {"pin": "0.1.2"},
        {"sentence": "in a field", "quantities": "c", "rows": "activity"},
        {"holds": f"{gate}h.0.1.2_0.5 w.3 f.0.0.0_0"},
        {"holds": "w.0 w.2", "rows": "half-life"},
    ):
        query = {"model": key, "sentence": TEXT} | asked
        there = unpacked(answer(query, 900, None))
        found = came(here.evaluate(ASK, {"query": query, "room": 900, "zoom": None, "cell": None}))
        assert found.keys() - {"isOwn"} == there.keys()
        there["model"].pop("name")
        for words in ("labels", "timed"):
            found["columns"].pop(words)
        for name in there.keys() - {*NOT_HERE, "link", "lasts", "made"}:
            compare(found[name], there[name], NEAR, name)
        assert found["made"].split(";")[0] == there["made"].split(";")[0]
        said, drawer = why(here, query, Cell(0, 0, 1, 1)), as_sent(open_drawer(query, Cell(0, 0, 1, 1)))
        assert said.pop("answer") is None or kind is nn.LSTM
        assert "lstm_core.explain" in said["no_answer"] or drawer["no_answer"] == said["no_answer"]
        for name in drawer.keys() - {"answer", "no_answer"}:
            compare(said[name], drawer[name], 2e-5, name)
    here.evaluate("() => { window.here = window.shipped }")


def of_words(kind: Any, **sizes: Any) -> SequenceModel:
    torch.manual_seed(3)
    reader = kind(4, 5, **sizes)
    gives = (reader.proj_size or 5) * (1 + reader.bidirectional)
    embedding, linear = Vocabulary(TEXT.split(), size=4), nn.Linear(gives, 3)
    with torch.no_grad():
        for weight in (*embedding.state_dict().values(), *reader.parameters(), *linear.parameters()):
            nn.init.uniform_(weight, -1, 1)
    parts: dict[str, Any] = {"embedding": embedding, "lstm": reader, "linear": linear}
    return SequenceModel("mine", "a task", list("xyz"), reads="words", gives="classes", **parts).eval()


def test_an_address_that_names_nothing_opens_what_the_dashboard_opens(here: Page):
    found = here.evaluate("address => linkIn(address)", {"present": "1"})
    assert found == {"link": {"present": "1"} | link.in_full(Asked(opening())), "notices": []}


@pytest.mark.parametrize(
    ("query", "sight"),
    [
        ({"model": "random", "sentence": 'a "b", c =d', "n_layers": "2", "directions": "2"}, Sight()),
        ({"model": "tagger", "sentence": DOGS, "quantities": "ch"}, Sight((1.5, 4.2), (0.5, 3.5))),
        (
            {"model": "counter", "sentence": "aabb", "holds": "f.0.1.3_0.5 w.1", "rows": "activity"},
            Sight(None, (9, 12)),
        ),
        ({"model": "tagger", "sentence": DOGS, "top": "all", "layers": "0"}, Sight((2.6, 2.9), (70, 71))),
    ],
)
def test_the_csv_is_the_servers(here: Page, query: dict[str, str], sight: Sight):
    view = link.read(Asked(), query)[0]
    there = download("csv", view, sight).content.decode()
    asked = {"query": query, "steps": sight.steps, "rows": sight.rows}
    found = here.evaluate("async question => (await here.download('csv', question)).text()", asked)
    rows, wanted = (list(csv.reader(text.splitlines())) for text in (found, there))
    assert rows[0] == wanted[0]
    texts, numbers = [row[:6] for row in rows], [row[6:] for row in rows[1:]]
    assert texts == [row[:6] for row in wanted]
    np.testing.assert_allclose(np.array(numbers, float), np.array([row[6:] for row in wanted[1:]], float), atol=NEAR)


def test_a_number_in_the_csv_is_the_float_itself(here: Page):
    asked = {"query": {"model": "random"}, "steps": None, "rows": None}
    question = {"query": asked["query"], "room": 800, "zoom": None, "cell": None}
    rows = list(csv.DictReader(here.evaluate("async q => (await here.download('csv', q)).text()", asked).splitlines()))
    drawn = {values["quantity"]: values["z"] for values in came(here.evaluate(ASK, question))["stacks"][0]["values"]}
    assert all(np.float32(row["c"]) == drawn["c"][int(row["unit"])][int(row["time"])] for row in rows)
    assert max(len(row["c"].lstrip("-0.")) for row in rows) <= 9
