"""The page of `gatescope site`, from a plain web server and from a disk: no server computes anything for it."""

import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

import lstm_core
from gatescope.question import link
from gatescope.question.holds import Cell
from gatescope.question.view import View
from gatescope.reading.held import read_view
from gatescope.site.folder import worker

from .conftest import WIDE, Visit, Watch
from .reading import shows
from .serving import Server
from .test_accessibility import accessible

PHONE = {"width": 390, "height": 844}


def drawn(page: Page) -> None:
    """Waits for a picture."""
    page.wait_for_function("() => globalThis.gatescope?.heatmaps().length")


def shows_link(page: Page, query: dict[str, str]) -> None:
    """Waits until the page shows what lstm_core records for a link."""
    view, _ = link.read(View(), query)
    trace = read_view(view).reading.trace
    assert trace is not None
    drawn(page)
    shows(page, trace, view.shown.quantities)


SHOWN: tuple[dict[str, str], ...] = (
    {"model": "tagger-bi", "sentence": "Dogs bark", "top": "all"},
    {"model": "random", "hidden_dim": "7", "n_layers": "2", "directions": "2", "sentence": "The cat the dog chased"},
    {"model": "random", "tokens": "numbers", "sentence": "1, 2, 3, 2, 1"},
    {"model": "tagger-sizes", "sentence": "A dog saw 2 cats", "input_dim": "16", "hidden_dim": "8", "n_layers": "2"},
    {"model": "counter", "sentence": "aaabbb", "holds": "f.0.1.3_0.5 w.1"},
    {"model": "series", "sentence": ", ".join(f"{20 + (n * 7) % 11}" for n in range(24))},
)


def test_a_link_shows_what_lstm_core_records(visit: Visit, address: str):
    page = visit({"model": "random"})
    for query in SHOWN:
        page.goto(f"{address}?{urlencode(query)}")
        shows_link(page, query)
        expect(page.locator(".gs-proof")).to_contain_text("checked here: matches PyTorch to ")


def test_a_text_that_takes_longer_than_a_frame_is_read_beside_the_page(visit: Visit):
    query = {"model": "random", "input_dim": "64", "hidden_dim": "256", "top": "all", "sentence": "A few words"}
    page = visit(query)
    shows_link(page, query)
    assert page.workers == []
    longer = "So many words that all of them together take longer than a frame, and a few words more"
    page.get_by_role("textbox", name="Sentence").fill(longer)
    shows_link(page, query | {"sentence": longer})
    assert len(page.workers) == 1


def test_the_bare_address_opens_the_trained_tagger_and_a_person_types_and_drags(visit: Visit):
    page = visit()
    shows_link(page, {"model": "tagger-sizes", "sentence": "Giraffes in a field"})
    answers = page.locator(".gs-answer")
    expect(answers).to_have_count(4)
    page.get_by_role("textbox", name="Sentence").fill("Dogs bark")
    shows_link(page, {"model": "tagger-sizes", "sentence": "Dogs bark"})
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    shows_link(page, {"model": "tagger-sizes", "sentence": "Dogs bark", "hidden_dim": "4"})
    page.get_by_role("slider", name="input_dim").press("ArrowRight")
    shows_link(page, {"model": "tagger-sizes", "sentence": "Dogs bark", "hidden_dim": "4", "input_dim": "16"})
    page.get_by_role("combobox", name="Model").select_option("random")
    shows_link(page, {"sentence": "Dogs bark", "hidden_dim": "4", "input_dim": "16"})
    expect(page.get_by_text("untrained: random weights, real LSTM")).to_be_visible()


def link_of(address: str) -> list[tuple[str, str]]:
    return parse_qsl(address.partition("?")[2])


def test_back_leads_to_the_model_and_the_text_before_and_typing_is_no_step(visit: Visit):
    page = visit({"model": "counter", "sentence": "ab"})
    shows_link(page, {"model": "counter", "sentence": "ab"})
    page.get_by_role("combobox", name="Model").select_option("tagger-sizes")
    page.wait_for_url("**/*model=tagger*")
    box = page.get_by_role("textbox", name="Sentence")
    for text in ("Dogs", "Dogs bark"):
        box.fill(text)
        page.wait_for_url(f"**/*sentence={text.replace(' ', '+')}&*")
    page.get_by_role("combobox", name="Model").select_option("random")
    page.wait_for_url(lambda url: "tagger" not in url)
    page.go_back()
    shows_link(page, {"model": "tagger-sizes", "sentence": "Dogs bark"})
    page.go_back()
    shows_link(page, {"model": "counter", "sentence": "ab"})


def test_scenes_lead_on_and_back_and_the_picture_is_presented(visit: Visit):
    page = visit()
    drawn(page)
    page.locator(".gs-scenes summary").click()
    page.get_by_role("link", name="Keep and add").click()
    expect(page.locator(".gs-scene")).to_have_attribute("data-scene", "keep-and-add")
    shows_link(page, {"model": "random"})
    page.go_back()
    expect(page.locator(".gs-scene")).to_have_count(0)
    shows_link(page, {"model": "tagger-sizes"})
    page.go_forward()
    expect(page.locator(".gs-scene")).to_have_attribute("data-scene", "keep-and-add")
    page.keyboard.press("p")
    expect(page.locator("html[data-gs-present]")).to_have_count(1)
    expect(page.get_by_role("toolbar", name="Menus")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar", name="Menus")).to_be_visible()
    page.locator(".gs-scenes summary").click()
    page.get_by_role("link", name="The reset bug").click()
    expect(page.get_by_role("heading", name="The state must be carried")).to_be_visible()
    page.get_by_role("button", name="Close the scene").click()
    page.wait_for_function("() => !location.search.includes('scene')")


PARTS = ["Words become numbers", "One step at a time", "The state must be carried", "A Linear layer on top"]


def test_the_lesson_is_a_page_whose_links_are_those_of_the_app(visit: Visit, address: str):
    page = visit({"model": "random", "sentence": "Dogs bark", "hidden_dim": "4"})
    shows_link(page, {"model": "random", "sentence": "Dogs bark", "hidden_dim": "4"})
    page.get_by_role("link", name="Lesson", exact=True).click()
    for part in (*PARTS, "LSTM, GRU, RNN"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()
        expect(page.locator(".gs-cell").first).to_be_visible()
        if part != "LSTM, GRU, RNN":
            page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("radio", name="50", exact=True).check()
    expect(page.get_by_role("heading", name="After “b” and 20 dots, the LSTM says “b”")).to_be_visible()
    page.get_by_role("radio", name="2. One step at a time").check()
    page.get_by_role("textbox", name="Sentence").fill("Cats sleep well")
    expect(page.get_by_text("“well”: unit")).to_be_visible()
    page.get_by_role("link", name="Memory", exact=True).click()
    shows_link(page, {"model": "random", "sentence": "Cats sleep well", "hidden_dim": "4"})
    page.go_back()
    expect(page.get_by_text("“well”: unit")).to_be_visible()
    page.goto(f"{address}lesson?part=4&step=1")
    expect(page.get_by_text("At “in” the answer is ADP, 0.65.")).to_be_visible()
    page.get_by_role("button", name="See this cell on Memory").click()
    shows_link(page, {"model": "tagger-sizes", "hidden_dim": "3"})


def test_only_what_the_page_can_do_is_there(visit: Visit):
    page = visit({"model": "random"})
    shows_link(page, {"model": "random"})
    page.locator("summary", has_text="Export").click()
    kinds = page.locator(".gs-menu[open] .gs-panel > button:visible").all_text_contents()
    assert kinds == ["SVG figure", "PNG figure", "Animation (GIF)", "Numbers (CSV)"]
    expect(page.get_by_role("link", name="Units", exact=True)).to_have_count(0)
    for gone in ("The same in Python", "What do the units do?"):
        expect(page.get_by_text(gone)).to_have_count(0)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Numbers (CSV)").click()
    assert saved.value.path().read_text().startswith("batch,time,token,layer,direction,unit,i,f,g,o,c,h\n0,0,Giraffes")
    with page.expect_download() as drawn:
        page.get_by_role("button", name="SVG figure").click()
    assert "nn.LSTM, Random (untrained): input_dim=4" in drawn.value.path().read_text()


def test_the_drawer_says_why_and_what_turns_the_answer_is_tried(visit: Visit):
    query = {"model": "sentiment", "sentence": "It is not a good film", "top": "all"}
    page = visit(query)
    shows_link(page, query)
    title = page.get_by_role("complementary", name="The cell").get_by_role("heading", level=2)
    shown = title.inner_text()
    page.get_by_text("Why this value?").click()
    page.locator("[data-row=answer] .gs-why-bar").first.wait_for()
    page.wait_for_url("**why=1*")
    expect(title).to_have_text(shown)
    unit, word = re.findall(r"Unit (\d+) at “(.+)”", shown)[0]
    cell = Cell(0, 0, int(unit), query["sentence"].split().index(word))
    page.wait_for_url(f"**pin={cell}*")
    model = lstm_core.load_model("sentiment")
    tokens = model.tokens(query["sentence"])
    trace = lstm_core.run(model.lstm, model.vectors(tokens))
    shares = lstm_core.ledger(trace, cell.step).cell[1 : cell.step + 2, cell.unit]
    parts = lstm_core.explain(model, tokens, time=cell.step).by_step[: cell.step + 1]
    for row, expected in (("still", shares), ("answer", parts)):
        bars = page.locator(f"[data-row={row}] .gs-why-bar")
        found = bars.evaluate_all("bars => bars.map(bar => +bar.dataset.share)")
        np.testing.assert_allclose(found, expected, atol=2e-6)
    page.locator("[data-row=answer] .gs-why-bar").nth(2).click()
    page.locator(".gs-path line").first.wait_for(state="attached")
    expect(page.get_by_text("“not” alone, with the zero vector in its place, makes")).to_be_visible()
    page.get_by_role("button", name="Try it").click()
    page.wait_for_url("**holds=*")
    shows_link(page, query | {"holds": dict(parse_qsl(urlsplit(page.url).query))["holds"]})


def test_a_text_file_is_read_and_a_text_that_is_too_long_is_cut_in_a_sentence(visit: Visit, tmp_path: Path):
    page = visit({"model": "counter"})
    drawn(page)
    (tmp_path / "a.txt").write_text("aaaabbbb")
    page.locator("input[type=file]").set_input_files(tmp_path / "a.txt")
    shows_link(page, {"model": "counter", "sentence": "aaaabbbb"})
    page.get_by_role("combobox", name="Model").select_option("tagger")
    (tmp_path / "a.txt").write_text("word " * 20_000)
    page.locator("input[type=file]").set_input_files(tmp_path / "a.txt")
    expect(page.get_by_text("The text has 20,000 words; the first")).to_be_visible()
    expect(page.get_by_text("This text is too long for a link")).to_be_visible()


def test_a_browser_that_computes_otherwise_draws_nothing(site: Path, visit: Visit):
    """The file of a model comes with the h and c of another one."""

    def other(route: Route) -> None:
        own, wrong = ((site / f"models/{name}.js").read_text() for name in ("brackets", "counter"))
        start = '"proved": '
        route.fulfill(body=own.split(start)[0] + start + wrong.split(start)[1])

    page = visit({"model": "brackets"}, routes={"**/models/brackets.js": other})
    said = "this browser does not compute brackets as PyTorch does: its h and c are "
    expect(page.get_by_text(said)).to_be_visible()
    assert page.evaluate("gatescope.heatmaps()") == []


def test_after_the_first_visit_the_page_opens_without_a_network(chromium: Browser, site: Path):
    server = Server(site.parent)
    context = chromium.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(f"{server.address}/{site.name}/?model=counter&sentence=aabb")
    shows_link(page, {"model": "counter", "sentence": "aabb"})
    page.evaluate(KEPT, ["/models/counter.js", ""])
    # A file that is opened alone, and a page that is not ours, take no other's place.
    for other in ("icon.png", "worker.js"):
        page.goto(f"{server.address}/{site.name}/{other}")
    server.stop()
    page.goto(f"{server.address}/{site.name}/?model=counter&sentence=aaabbb")
    shows_link(page, {"model": "counter", "sentence": "aaabbb"})
    page.get_by_role("combobox", name="Model").select_option("series")
    expect(page.get_by_text("models/series.js could not be loaded")).to_be_visible()
    context.close()


def test_a_newer_page_takes_the_place_of_what_was_kept(chromium: Browser, tmp_path: Path):
    """Of another folder of the same server nothing goes."""
    context = chromium.new_context()
    page = context.new_page()
    for folder in ("v1", "v2"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "one")
    server = Server(tmp_path)
    for folder in ("v1", "v2"):
        page.goto(f"{server.address}/{folder}/")
        page.evaluate(REGISTER)
    assert kept(page) == ["v1 one", "v1 one m", "v2 one", "v2 one m"]
    write(tmp_path / "v2", "two")
    # A server that knows no less than seconds would say that nothing has changed.
    newer = (tmp_path / "v1/worker.js").stat().st_mtime + 10
    os.utime(tmp_path / "v2/worker.js", (newer, newer))
    page.goto(f"{server.address}/v2/")
    page.evaluate(REGISTER)
    page.evaluate(KEPT, ["v2/ two", "v2/ one"])
    assert kept(page) == ["v1 one", "v1 one m", "v2 one m", "v2 two"]
    context.close()
    server.stop()


# Until something is kept and something else is not: names of caches, and addresses in them.
KEPT = """async ([there, gone]) => {
    for (let tries = 0; tries < 3000; tries++) {
        const names = await caches.keys()
        const inside = await Promise.all(names.map(async name => (await caches.open(name)).keys()))
        const all = [...names, ...inside.flat().map(({ url }) => url)]
        if (all.some(one => one.endsWith(there)) && !(gone && all.some(one => one.endsWith(gone)))) return
        await new Promise(rested => setTimeout(rested, 30))
    }
    throw new Error(`expected ${there} and no ${gone}, got ${await caches.keys()}`)
}"""
REGISTER = """async () => {
    const registered = await navigator.serviceWorker.register("worker.js")
    await registered.update()
    await navigator.serviceWorker.ready
    // A worker that is still beginning answers nothing yet.
    const works = () => !registered.installing && !registered.waiting &&
        navigator.serviceWorker.controller === registered.active && registered.active.state === "activated"
    while (!works()) await new Promise(done => setTimeout(done, 20))
    await fetch("models/a.js")
}"""


def write(folder: Path, version: str) -> None:
    (folder / "index.html").write_text("<!doctype html><title>v</title>")
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models/a.js").write_text("")
    (folder / "worker.js").write_text(worker(version, "one m", ["./", "models/a.js"]))


def kept(page: Page) -> list[str]:
    names = page.evaluate("() => caches.keys()")
    return sorted(name.split("/", 3)[3].replace("/", "") for name in names)


@pytest.mark.parametrize("query", [{}, {"model": "counter", "sentence": "aabb", "pin": "0.1.3", "why": "1"}])
def test_it_opens_from_a_disk(chromium: Browser, site: Path, query: dict[str, str]):
    context = chromium.new_context(offline=True, viewport=WIDE)
    watch = Watch(context)
    page = context.new_page()
    page.goto(f"{(site / 'index.html').as_uri()}?{urlencode(query)}")
    shows_link(page, {"model": "tagger-sizes"} | query)
    if "why" in query:
        page.locator(".gs-why-bar").first.wait_for()
    context.close()
    watch.saw_nothing()


def test_it_is_accessible_light_and_wide_and_dark_on_a_phone(visit: Visit):
    query = {"model": "counter", "sentence": "aaabbb", "pin": "0.1.3"}
    page = visit(query)
    for scheme, size, paper in (("light", WIDE, "rgb(255, 255, 255)"), ("dark", PHONE, "rgb(15, 21, 27)")):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
        shows_link(page, query)
        expect(page.locator("body")).to_have_css("background-color", paper)
        page.wait_for_function("() => document.getAnimations().every(({playState}) => playState !== 'running')")
        accessible(page)


@pytest.mark.parametrize(
    ("query", "files"),
    [
        ({}, ["sizes/4-3-1"]),
        ({"model": "counter", "sentence": "aabb"}, ["counter"]),
        ({"model": "random"}, ["untrained/words"]),
    ],
)
def test_what_a_link_reads_with_is_asked_for_once_and_before_any_script_has_run(
    visit: Visit, query: dict[str, str], files: list[str]
):
    page = visit(query)
    shows_link(page, query or {"model": "tagger-sizes"})
    asked = page.evaluate("() => performance.getEntriesByType('resource').map(one => [one.name, one.initiatorType])")
    models = [(name.partition("/models/")[2].removesuffix(".js"), by) for name, by in asked if "/models/" in name]
    assert [name for name, by in models if by == "link"] == files
    assert len({name for name, _ in models}) == len(models)


def test_the_other_words_are_asked_for_after_the_first_picture_and_plotly_with_the_first_zoom(visit: Visit):
    words, held = "Giraffes in a field and beside it", list[Route]()
    page = visit(
        {"model": "tagger-sizes", "sentence": "Giraffes in a field"},
        routes={"**/sizes/words-4.js": lambda route: held.append(route)},
    )
    shows_link(page, {"model": "tagger-sizes", "sentence": "Giraffes in a field"})
    page.get_by_role("textbox", name="Sentence").fill(words)
    while not held:
        page.wait_for_timeout(10)
    held[0].continue_()
    shows_link(page, {"model": "tagger-sizes", "sentence": words})
    first, plotly = strips(page), "() => 'Plotly' in globalThis"
    assert not page.evaluate(plotly)
    box = page.locator(".gs-plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 200, steps=4)
    page.mouse.up()
    page.wait_for_function(plotly)
    page.wait_for_function("() => document.querySelectorAll('.gs-plot .xtick').length === 3")
    # From now on it handles a drag, a double click, and the picture.
    page.locator(".gs-plot .nsewdrag").first.dblclick()
    shows_link(page, {"model": "tagger-sizes", "sentence": words})
    # A slanted word has other shades at its edges.
    page.wait_for_function("() => document.querySelectorAll('.gs-plot .xtick').length === 7")
    assert (np.abs(strips(page) - first) > 40).mean() < 0.01


def strips(page: Page) -> Any:
    """The pixels of the picture."""
    page.mouse.move(0, 0)
    return np.array(Image.open(BytesIO(page.locator(".gs-heatmaps").screenshot())).convert("RGB"), int)


WORDS, LETTERS, NUMBERS = "word " * 20_000, "x" * 100_000, "7, " * 33_333


@pytest.mark.parametrize(
    ("model", "texts"),
    [
        ("random", (WORDS, LETTERS, "e\u0301" * 50_000, NUMBERS, "<b>&" * 25_000)),
        ("counter", (WORDS, LETTERS)),
        ("series", (WORDS, NUMBERS)),
    ],
    ids=["random", "counter", "series"],
)
def test_a_hundred_thousand_characters_are_read_or_refused_and_the_page_lives(
    visit: Visit, model: str, texts: tuple[str, ...]
):
    page = visit({"model": model})
    drawn(page)
    box, short = page.get_by_role("textbox", name="Sentence"), "1, 2, 3" if model == "series" else "aabb"
    for text in texts:
        box.fill(text)
        expect(page.get_by_text("This text is too long for a link")).to_be_visible()
        box.fill(short)
        shows_link(page, {"model": model, "sentence": short})


def tabbed(page: Page, name: str) -> None:
    """Presses Tab until what has the focus is called so."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(CALLED) == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


CALLED = """() => {
    const { activeElement: here } = document
    return here.ariaLabel ?? here.labels?.[0]?.textContent ?? here.textContent.trim()
}"""


def wait_for_a_chooser(page: Page) -> None:
    """Tells the browser now that somebody waits for a file: a key that is pressed may overtake what is said just before
    it, and then the browser opens a window of its own."""
    page.on("filechooser", lambda _: None)


@pytest.fixture
def coming(visit: Visit) -> tuple[Page, Route]:
    """The page after another model was chosen, whose file is still on its way: it comes when its route goes on."""
    page = visit()
    shows_link(page, {"model": "tagger-sizes"})
    held: list[Route] = []
    page.route("**/models/counter.js", lambda route: held.append(route))
    page.get_by_role("combobox", name="Model").select_option("counter")
    while not held:
        page.wait_for_timeout(20)
    return page, held[0]


def test_what_is_typed_while_a_model_is_on_its_way_stays(coming: tuple[Page, Route]):
    page, route = coming
    box = page.get_by_role("textbox", name="Sentence")
    box.fill("Two dogs")
    route.continue_()
    shows_link(page, {"model": "counter", "sentence": "Two dogs"})
    expect(box).to_have_value("Two dogs")


def test_the_keyboard_opens_a_file_also_when_other_examples_came_and_what_is_said_of_it_is_seen(
    coming: tuple[Page, Route], tmp_path: Path
):
    page, route = coming
    wait_for_a_chooser(page)
    tabbed(page, "examples")
    page.keyboard.press("Enter")
    tabbed(page, "Open a file")
    route.continue_()
    expect(page.get_by_role("button", name="thirty")).to_be_visible()
    assert page.evaluate(CALLED) == "Open a file"
    (tmp_path / "model.pt").write_bytes(b"PK")
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files(tmp_path / "model.pt")
    said = page.locator(".gs-notices p", has_text="model.pt can’t be opened")
    expect(said).to_be_visible()
    assert said.evaluate(UNCOVERED)
    assert page.evaluate(CALLED) == "examples"


# Whether the four corners and the middle of a part are seen.
UNCOVERED = """part => {
    const { left, top, right, bottom } = part.getBoundingClientRect()
    const across = [left + 9, (left + right) / 2, right - 9], down = [top + 5, (top + bottom) / 2, bottom - 5]
    return across.every(x => down.every(y => part.contains(document.elementFromPoint(x, y))))
}"""


def test_all_of_it_is_done_with_the_keyboard_alone(visit: Visit, tmp_path: Path):
    page = visit()
    wait_for_a_chooser(page)
    shows_link(page, {"model": "tagger-sizes"})
    tabbed(page, "Model")
    model = page.get_by_role("combobox", name="Model")
    # A list forgets the letters that were typed into it a second ago, and a busy page takes as long.
    page.keyboard.press("Home")
    while model.input_value() != "counter":
        page.keyboard.press("ArrowDown")
    # What the model can't read gives way to its example, when that is here.
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("aaaaaaaaaabbbbbbbbbb")
    tabbed(page, "Sentence")
    page.keyboard.press("Control+a")
    page.keyboard.type("aabb")
    shows_link(page, {"model": "counter", "sentence": "aabb"})
    tabbed(page, "examples")
    page.keyboard.press("Enter")
    tabbed(page, "Open a file")
    (tmp_path / "own.txt").write_text("aaabbb")
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files(tmp_path / "own.txt")
    shows_link(page, {"model": "counter", "sentence": "aaabbb"})
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('.gs-plot, .gs-plot *')"):
            break
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("complementary", name="The cell")).to_be_visible()
    tabbed(page, "f → 0")
    page.keyboard.press("Enter")
    page.wait_for_url("**holds=f*")
    held = dict(link_of(page.url))["holds"]
    shows_link(page, {"model": "counter", "sentence": "aaabbb", "holds": held})
