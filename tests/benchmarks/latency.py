"""How fast does the picture follow the hand? Ours, untrained and trained, and an ordinary page in one real browser.

    python -m tests.benchmarks.latency

Prints for each page the time from start to its first heatmap and from a slider's key press until Plotly has all six
heatmaps (they take turns), then the ratios.
"""

import argparse
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from gatescope.command.start import APP
from tests.browser.get import executable
from tests.browser.serving import FLAGS, returning, serving

# The ordinary page has an untrained LSTM, as ours by this link.
PAGES = {
    "gatescope": (APP, "/?model=random"),
    "ordinary": (Path(__file__).with_name("ordinary_page.py"), "/"),
    "trained": (APP, "/"),
}
# Keys that walk through the trained sizes, up to 16 units and back, and the rows of the heatmaps that they lead to.
WALK = [("ArrowRight", 4), ("ArrowRight", 8), ("ArrowRight", 16), ("ArrowLeft", 8), ("ArrowLeft", 4), ("ArrowLeft", 3)]

# A heatmap counts as repainted when its z has another shape and Plotly has said that it is done.
PAINTED = """shape => {
    const charts = [...document.querySelectorAll('.js-plotly-plot')].filter(chart => chart.data && chart._fullLayout)
    const heatmaps = charts.flatMap(chart => chart.data).filter(trace => trace.type === 'heatmap')
    const units = heatmaps.map(trace => trace.z.length ?? String(trace.z.shape).split(',')[0])
    const images = document.querySelectorAll('.js-plotly-plot .heatmaplayer image').length
    return units.length >= 6 && units.every(rows => +rows === shape) && images >= 6
}"""
TIMED = """() => {
    window.pressed = null
    addEventListener('keydown', () => { window.pressed = performance.now() }, {capture: true, once: true})
}"""
UNTIL = f"""shape => new Promise(done => {{
    const look = () => ({PAINTED})(shape) ? requestAnimationFrame(() => done(performance.now() - window.pressed))
        : setTimeout(look, 1)
    look()
}})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=15)
    moves = parser.parse_args().moves
    with ExitStack() as stack:
        play = stack.enter_context(sync_playwright())
        browser = play.chromium.launch(executable_path=executable(), args=FLAGS)
        stack.callback(browser.close)
        pages, starts = {}, {}
        for name, (path, link) in PAGES.items():
            began = time.perf_counter()
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            address = stack.enter_context(serving(Path(folder), path))
            pages[name] = first_picture(browser, address, link)
            starts[name] = time.perf_counter() - began
        times: dict[str, list[float]] = {name: [] for name in pages}
        for move in range(moves + 1):
            for name, page in pages.items():
                key, rows = WALK[move % len(WALK)] if name == "trained" else ("ArrowRight", 4 + move)
                elapsed = press(page, key, rows)
                if move:
                    times[name].append(elapsed)
        for name in pages:
            move = statistics.median(times[name])
            print(f"{name:<10} first heatmaps {starts[name]:.2f} s, a move {move:.0f} ms (median)")
        for name in ("gatescope", "trained"):
            ratio = statistics.median(times[name]) / statistics.median(times["ordinary"])
            print(f"{name}: ratio start {starts[name] / starts['ordinary']:.2f}, ratio move {ratio:.3f}")


def first_picture(browser: Browser, address: str, link: str) -> Page:
    page = browser.new_page(viewport={"width": 1400, "height": 1500}, storage_state=returning(address))
    page.goto(f"{address}{link}", wait_until="commit")
    page.wait_for_function(PAINTED, arg=3)
    return page


def press(page: Page, key: str, rows: int) -> float:
    """Milliseconds from the key press to the repaint of every heatmap."""
    page.bring_to_front()
    page.get_by_role("slider", name="hidden_dim").focus()
    page.evaluate(TIMED)
    page.keyboard.press(key)
    elapsed: float = page.evaluate(UNTIL, rows)
    page.wait_for_timeout(300)
    return elapsed


if __name__ == "__main__":
    main()
