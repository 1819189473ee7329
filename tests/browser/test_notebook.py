"""Notebooks with twenty traces, run in a real kernel and exported: what they show and play, in a browser offline."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_plots import Page as Markup

# A kernel starts, and imports torch.
PATIENCE = 120
CELLS = [
    """
import torch, lstm_core
from IPython.display import display
torch.manual_seed(0)
words = "Giraffes in a field".split()
kinds = [torch.nn.LSTM(16, 64, 2, bidirectional=True), torch.nn.GRU(16, 64), torch.nn.RNN(16, 64)]
traces = [lstm_core.run(kinds[n % 3], torch.randn(90 + 30 * n, 2, 16)) for n in range(19)]
traces.append(lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(4, 1, 4), tokens=words))
""",
    "for trace in traces: display(trace)",
    "lstm_core.find_units(traces[-1], [1, 0, 1, 0])",
    "lstm_core.units(traces[-1])",
    "traces[-1].plot(title='Where do giraffes stand?')",
    "traces[-1].show()",
]


def ran(cells: list[str], folder: Path) -> nbformat.NotebookNode:
    """A notebook of these cells, run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    environment = os.environ | {"IPYTHONDIR": str(folder), "JUPYTER_PLATFORM_DIRS": "1"}
    NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3").execute(env=environment, cwd=str(folder))
    return notebook


def exported(notebook: nbformat.NotebookNode) -> str:
    content: str = HTMLExporter().from_notebook_node(notebook)[0]
    return content


# What has no script has no Plotly figure.
@pytest.mark.filterwarnings("ignore:Your element with mimetype")
def test_a_notebook_keeps_pictures_that_need_no_script_and_no_network(chromium: Browser, tmp_path: Path):
    notebook = ran(CELLS, tmp_path)
    nbformat.validate(notebook)
    shown = [output["data"] for output in notebook.cells[1].outputs]
    assert len(shown) == 20
    assert len(json.dumps(shown)) < 2_000_000
    for data in shown:
        assert data.keys() == {"text/plain", "text/html", "image/png"}
        assert len(json.dumps(data)) < 100_000
        assert "<script" not in data["text/html"]
        assert Markup(data["text/html"]).images
    for cell in notebook.cells[2:4]:
        [output] = cell.outputs
        assert "<table" in output["data"]["text/html"]
        assert "<script" not in output["data"]["text/html"]
    [figure] = notebook.cells[4].outputs
    assert figure["data"]["application/vnd.plotly.v1+json"]["layout"]["title"]["text"] == "Where do giraffes stand?"

    (tmp_path / "notebook.html").write_text(exported(notebook), encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    page.goto((tmp_path / "notebook.html").as_uri(), wait_until="domcontentloaded")
    expect(page.locator(".gs-still img")).to_be_hidden()
    images = page.locator(".jp-OutputArea-output pre + img:not(.gs-still *)")
    expect(images).to_have_count(sum(len(Markup(data["text/html"]).images) for data in shown))
    widths = images.evaluate_all("all => all.map(image => [image.naturalWidth, image.width, image.offsetHeight])")
    assert all(natural > 0 and drawn >= natural and height >= 3 for natural, drawn, height in widths)
    text = page.locator("pre:has(+ img):not(.gs-still *)").last
    expect(text).to_contain_text("the gates rebuild PyTorch's own output")
    live = page.frame_locator("iframe[title='Giraffes in a field']")
    expect(live.locator(".heatmaplayer").first).to_be_visible()
    live.get_by_label("Time step").fill("1")
    said = live.get_by_text("step 1 (0–3)", exact=True)
    expect(said).to_be_visible()
    # The frame is as high as the page in it, also where that is narrow and the cell stands below the picture.
    for width in (1300, 600):
        page.set_viewport_size({"width": width, "height": 1000})
        expect(said).to_be_visible()
        page.wait_for_function("""() => {
            const frame = document.querySelector("iframe[title='Giraffes in a field']")
            const { scrollHeight, scrollWidth, clientWidth } = frame.contentDocument.documentElement
            return frame.clientHeight === scrollHeight && scrollWidth <= clientWidth
        }""")
    context.close()


SHOWS = 20
VIEWS = [CELLS[0], *(f"traces[{3 * (n % 6)}].show() if {n} % 2 else traces[-1].show()" for n in range(SHOWS))]


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """A notebook that shows twenty live views, a cell each."""
    return ran(VIEWS, tmp_path_factory.mktemp("twenty"))


@pytest.fixture
def offline(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(offline=True, viewport={"width": 1100, "height": 900})
    context.set_default_timeout(90_000)
    yield context
    context.close()


def frames_of(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell shows."""
    return [output["data"]["text/html"] for cell in notebook.cells for output in cell.outputs]


def opened(context: BrowserContext, content: str, folder: Path) -> Page:
    (folder / "page.html").write_text(content, encoding="utf-8")
    page = context.new_page()
    page.goto((folder / "page.html").as_uri(), wait_until="domcontentloaded")
    return page


def expect_live(page: Page, views: int) -> None:
    """Each view plays in the place of its still pictures, in a frame as high as it is."""
    expect(page.locator("iframe")).to_have_count(views)
    for n in range(views):
        expect(page.frame_locator("iframe").nth(n).locator(".heatmaplayer").first).to_be_visible()
        expect(page.locator(".gs-still").nth(n)).to_be_hidden()
    heights = page.locator("iframe").evaluate_all("all => all.map(one => one.clientHeight)")
    assert min(heights) > 300


def test_twenty_live_views_of_a_notebook_share_their_scripts_and_all_play(
    twenty: nbformat.NotebookNode, offline: BrowserContext, tmp_path: Path
):
    assert len(nbformat.writes(twenty)) < 8_000_000
    assert len(frames_of(twenty)) == SHOWS
    expect_live(opened(offline, exported(twenty), tmp_path), SHOWS)


def test_it_does_not_matter_in_which_order_views_stand_or_whether_the_first_is_cleared(
    twenty: nbformat.NotebookNode, offline: BrowserContext, tmp_path: Path
):
    frames = frames_of(twenty)
    first, second, _ = [n for n, frame in enumerate(frames) if "id=&quot;gs-scripts&quot;" in frame]
    # The second that brings scripts stands after one that takes them, and the first is cleared.
    expect_live(opened(offline, frames[first + 1] + frames[second], tmp_path), 2)


def test_a_view_that_finds_no_scripts_says_what_to_do_and_plays_once_a_cell_brings_them(
    twenty: nbformat.NotebookNode, offline: BrowserContext, tmp_path: Path
):
    brings, takes = frames_of(twenty)[:2]
    page = opened(offline, f"<div>{takes}</div>", tmp_path)
    expect(page.frame_locator("iframe").get_by_text("restart the notebook's kernel")).to_be_visible()
    expect(page.locator(".gs-still img")).to_be_visible()
    page.evaluate("more => document.body.insertAdjacentHTML('afterbegin', more)", brings)
    expect_live(page, 2)
    # Its output is cleared, and another cell is run.
    page.evaluate("more => { document.body.innerHTML = more }", takes)
    expect_live(page, 1)


def test_without_scripts_still_pictures_stand_and_no_empty_frame(
    twenty: nbformat.NotebookNode, chromium: Browser, tmp_path: Path
):
    context = chromium.new_context(java_script_enabled=False)
    page = opened(context, frames_of(twenty)[0], tmp_path)
    assert page.locator(".gs-still img").count() == 1
    expect(page.locator(".gs-still img").first).to_be_visible()
    box = page.locator("iframe").bounding_box()
    assert box
    assert box["height"] == 0
    context.close()
    # A notebook that is not trusted takes styles and frames away.
    sanitised = re.sub(
        r"<iframe.*?</iframe>|<style>.*?</style>| style='[^']*'", "", frames_of(twenty)[0], flags=re.DOTALL
    )
    assert "Trace of an LSTM" in Markup(sanitised).text
