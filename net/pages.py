"""What does the app show at each link? Read in Chromium, beside a running server."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Error, Page, sync_playwright

from net.links import SHOWN, VIEWS
from tests.browser import get
from tests.browser.serving import FLAGS, _free_port, returning

# Nothing runs, and nothing has changed for a moment.
QUIET = """wanted => new Promise(done => {
    const runs = () => document.querySelector('[data-test-script-state="running"], [aria-busy="true"]')
    const drawn = () => !wanted || globalThis.gatescope?.heatmaps?.().length
    let last = performance.now()
    const began = last
    const seen = new MutationObserver(() => { last = performance.now() })
    seen.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
    const timer = setInterval(() => {
        const now = performance.now()
        if (runs() || !drawn()) last = now
        if (now - last < 800 && now - began < 60_000) return
        clearInterval(timer)
        seen.disconnect()
        done(now - began < 60_000)
    }, 50)
})"""
READ = """() => {
    const visible = [...document.querySelectorAll('button, input, select, textarea, summary, h1, h2, h3, h4, a, canvas,'
        + ' table, [data-answer], .js-plotly-plot')].filter(part => part.checkVisibility())
    const sides = ({ x, y, width, height }) => [x, y, width, height].map(Math.round)
    const compared = (a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0)
    const order = ({ name, layer, direction, words, z }) => [name, layer, direction, words, z[0]?.[0]].join()
    const name = part => part.ariaLabel || part.dataset.answer || part.textContent.slice(0, 40)
    return {
        heatmaps: globalThis.gatescope?.heatmaps?.().sort(compared) ?? null,
        answers: [...document.querySelectorAll('[data-answer]')].map(part =>
            [part.dataset.answer, part.dataset.step, part.textContent]),
        values: visible.filter(part => 'value' in part && part.localName !== 'button').map(part =>
            `${name(part)}: ${part.value} ${part.checked ?? ''}`),
        places: visible.map(part => [part.localName, name(part), ...sides(part.getBoundingClientRect())]),
        address: location.search,
    }
}"""


@contextmanager
def serving(tree: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of the app of a tree while the block runs."""
    port = _free_port()
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    with tempfile.TemporaryDirectory() as folder, open(Path(folder, "log"), "wb") as log:
        command: list[str | Path] = [sys.executable, "-m", "streamlit", "run", tree / "dashboard" / "app.py", *options]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            for _ in range(900):
                with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def sheet(page: Page) -> list[str]:
    """The exported SVG, a part a line."""
    page.get_by_text("Export", exact=True).first.click()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="SVG").first.click()
    parts = ET.parse(download.value.path()).getroot().iter()
    return [
        " ".join([part.tag.rpartition("}")[2], *(f"{k}={v[:200]}" for k, v in part.items()), part.text or ""]).strip()
        for part in parts
        if part.tag.rpartition("}")[2] not in ("style", "script")
    ]


def seen(page: Page, address: str, link: dict[str, str], window: tuple[int, int, str], memory: bool) -> Any:
    """What is on the page of a link."""
    page.set_viewport_size({"width": window[0], "height": window[1]})
    page.emulate_media(color_scheme="dark" if window[2] == "dark" else "light")
    page.goto("about:blank")
    page.goto(f"{address}?{urlencode(link)}")
    try:
        settled = page.evaluate(QUIET, memory and link.get("sentence", "x") != "")
        text = page.locator("body").aria_snapshot().replace(address.rpartition("/")[0], "")
        found = {"settled": settled, "text": text.splitlines(), **page.evaluate(READ)}
        return found | ({"svg": sheet(page)} if memory else {})
    except Error as error:
        return {"error": f"{error}".splitlines()[0]}


def pages(part: str, tree: Path, environment: dict[str, str]) -> dict[str, Any]:
    """The answers by link, of "links" or "pages"; of a view that differs only in its window, by that too."""
    found = {}
    with serving(tree, environment) as server, sync_playwright() as playwright:
        path = get.executable() or playwright.chromium.executable_path
        context = playwright.chromium.launch(executable_path=path, args=FLAGS).new_context(
            storage_state=returning(server), reduced_motion="reduce"
        )
        page = context.new_page()
        asked = (
            [("", one.link, (one.width, one.height, one.theme)) for one in VIEWS]
            if part == "links"
            else [(name, link, (1300, 1000, "light")) for name, link in SHOWN]
        )
        for number, (name, link, window) in enumerate(asked):
            short = urlencode({key: value[:24] for key, value in link.items()})
            case = f"{number} {name}?{short} {window[0]}×{window[1]} {window[2]}"
            found[case] = seen(page, f"{server}/{name}", link, window, part == "links")
            print(f"\r{case[:90]:90}", end="", file=sys.stderr, flush=True)
    return found


def environment_of(tree: Path, links: Path) -> dict[str, str]:
    """The environment in which Python imports a tree; `links`: a folder with the link `gatescope` to its dashboard."""
    return os.environ | {"PYTHONPATH": f"{links}{os.pathsep}{tree}", "TREE": f"{tree}", "OMP_NUM_THREADS": "1"}
