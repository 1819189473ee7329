"""A notebook with twenty traces, run in a real kernel and exported: what it shows and plays, in a browser offline."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, expect
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
    "type(traces[-1].plot())",
    "traces[-1].show()",
]


def test_a_notebook_keeps_pictures_that_need_no_script_and_no_network(chromium: Browser, tmp_path: Path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    environment = os.environ | {"IPYTHONDIR": str(tmp_path), "JUPYTER_PLATFORM_DIRS": "1"}
    NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3").execute(env=environment, cwd=str(tmp_path))
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
    assert "plotly" in notebook.cells[4].outputs[0]["data"]["text/plain"]

    exported, _ = HTMLExporter().from_notebook_node(notebook)
    (tmp_path / "notebook.html").write_text(exported, encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    page.goto((tmp_path / "notebook.html").as_uri(), wait_until="domcontentloaded")
    images = page.locator(".gs-page img")
    expect(images).to_have_count(sum(len(Markup(data["text/html"]).images) for data in shown))
    widths = images.evaluate_all("all => all.map(image => [image.naturalWidth, image.width, image.offsetHeight])")
    assert all(natural > 0 and drawn >= natural and height >= 3 for natural, drawn, height in widths)
    last = page.locator(".gs-page").last
    expect(last).to_contain_text("Giraffes")
    expect(last).to_contain_text("the gates rebuild PyTorch's own output")
    expect(page.locator(".gs-text").last).to_be_hidden()
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
    # A notebook that is not trusted shows no style.
    page.evaluate("document.querySelectorAll('.gs-text').forEach(one => one.previousElementSibling.remove())")
    expect(page.locator(".gs-text").last).to_be_visible()
    expect(last).to_be_hidden()
    context.close()
