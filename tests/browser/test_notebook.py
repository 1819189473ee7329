"""A notebook with twenty traces and five live views, run in a real kernel and exported: what it shows, offline."""

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
]
SHOWS = 5
VIEWS = [f"traces[{3 * (n % 6)}].show() if {n} % 2 else traces[-1].show()" for n in range(SHOWS)]


def ran(cells: list[str], folder: Path) -> nbformat.NotebookNode:
    """A notebook of these cells, run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    environment = os.environ | {"IPYTHONDIR": str(folder), "JUPYTER_PLATFORM_DIRS": "1"}
    NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3").execute(env=environment, cwd=str(folder))
    return notebook


def exported(notebook: nbformat.NotebookNode) -> str:
    content: str = HTMLExporter().from_notebook_node(notebook)[0]
    return content


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """A notebook that displays twenty traces in a cell, some results, and some live views, a cell each."""
    return ran([*CELLS, *VIEWS], tmp_path_factory.mktemp("notebook"))


def test_a_notebook_keeps_pictures_that_need_no_script_and_no_network(notebook: nbformat.NotebookNode):
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


@pytest.fixture
def offline(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(offline=True, viewport={"width": 1100, "height": 900})
    context.set_default_timeout(90_000)
    yield context
    context.close()


def frames_of(notebook: nbformat.NotebookNode) -> list[str]:
    """What each live view shows."""
    return [output["data"]["text/html"] for cell in notebook.cells[len(CELLS) :] for output in cell.outputs]


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


# What has no script has no Plotly figure.
@pytest.mark.filterwarnings("ignore:Your element with mimetype")
def test_an_exported_notebook_shows_its_pictures_and_its_live_views_all_play(
    notebook: nbformat.NotebookNode, offline: BrowserContext, tmp_path: Path
):
    assert len(frames_of(notebook)) == SHOWS
    page = opened(offline, exported(notebook), tmp_path)
    expect_live(page, SHOWS)
    images = page.locator(".jp-OutputArea-output pre + img:not(.gs-still *)")
    shown = [output["data"]["text/html"] for output in notebook.cells[1].outputs]
    expect(images).to_have_count(sum(len(Markup(html).images) for html in shown))
    widths = images.evaluate_all("all => all.map(image => [image.naturalWidth, image.width, image.offsetHeight])")
    assert all(natural > 0 and drawn >= natural and height >= 3 for natural, drawn, height in widths)
    text = page.locator("pre:has(+ img):not(.gs-still *)").last
    expect(text).to_contain_text("the gates rebuild PyTorch's own output")
    live = page.frame_locator("iframe[title='Giraffes in a field']").first
    live.get_by_label("Time step").fill("1")
    said = live.get_by_text("step 1 (0–3)", exact=True)
    # The frame is as high as the page in it, also where that is narrow and the cell stands below the picture.
    for width in (1300, 600):
        page.set_viewport_size({"width": width, "height": 1000})
        expect(said).to_be_visible()
        page.wait_for_function("""() => {
            const frame = document.querySelector("iframe[title='Giraffes in a field']")
            const { scrollHeight, scrollWidth, clientWidth } = frame.contentDocument.documentElement
            return frame.clientHeight === scrollHeight && scrollWidth <= clientWidth
        }""")


def test_without_scripts_still_pictures_stand_and_no_empty_frame(
    notebook: nbformat.NotebookNode, chromium: Browser, tmp_path: Path
):
    context = chromium.new_context(java_script_enabled=False)
    page = opened(context, frames_of(notebook)[0], tmp_path)
    assert page.locator(".gs-still img").count() == 1
    expect(page.locator(".gs-still img").first).to_be_visible()
    box = page.locator("iframe").bounding_box()
    assert box
    assert box["height"] == 0
    context.close()
    # A notebook that is not trusted takes styles and frames away.
    sanitised = re.sub(
        r"<iframe.*?</iframe>|<style>.*?</style>| style='[^']*'", "", frames_of(notebook)[0], flags=re.DOTALL
    )
    assert "Trace of an LSTM" in Markup(sanitised).text
