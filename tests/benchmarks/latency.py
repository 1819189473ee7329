"""How fast does the picture follow the hand? Ours, untrained and trained, and an ordinary page in one real browser.

    python -m tests.benchmarks.latency

Prints for each page the time from start to its first heatmap and from a slider's key press until Plotly has all six
heatmaps (they take turns), then the ratios. Then, for 64 units and 50 words in ours and on the page without a server,
the time from a slider's event to the end of the frame that shows its cells, and how often they are painted while the
mouse drags the slider for a second.
"""

import argparse
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import dashboard
from dashboard.site.folder import write_site
from tests.browser.get import executable
from tests.browser.serving import FLAGS, Server, returning, serving

OURS = Path(dashboard.__file__).with_name("app.py")
# The ordinary page has an untrained LSTM, as ours by this link.
PAGES = {
    "gatescope": (OURS, "/?model=random"),
    "ordinary": (Path(__file__).with_name("ordinary_page.py"), "/"),
    "trained": (OURS, "/"),
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
LARGE = f"?model=random&hidden_dim=64&sentence={'+'.join(f'word{step}' for step in range(50))}"
# A picture that is painted names its units: the milliseconds from the oldest event before to the end of its frame.
PAINTS = """() => {
    const {port1, port2} = new MessageChannel()
    let moved = null
    window.paints = []
    port1.onmessage = ({data}) => window.paints.push(performance.now() - data)
    addEventListener('input', event => { moved ??= event.timeStamp }, {capture: true})
    new MutationObserver(() => {
        const since = moved
        moved = null
        if (since !== null) requestAnimationFrame(() => port2.postMessage(since))
    }).observe(document.querySelector('.gs-plot'), {attributes: true, attributeFilter: ['aria-label']})
}"""


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
            address = stack.enter_context(serving(path, Path(folder)))
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
        written = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "site"
        write_site(written)
        site = Server(written)
        stack.callback(site.stop)
        for name, page in {"gatescope": pages["gatescope"], "site": first_picture(browser, site.address, "/")}.items():
            page.goto("/".join(page.url.split("/")[:3]) + f"/{LARGE}")
            page.wait_for_function(PAINTED, arg=64)
            page.evaluate(PAINTS)
            times[name] = [paint for move in range(moves + 1) if (paint := to_paint(page, move)) and move]
            median, slow = statistics.median(times[name]), statistics.quantiles(times[name], n=20)[-1]
            print(f"{name}: input to paint {median:.1f} ms (median), {slow:.1f} ms (95th percentile)")
            print(f"{name}: {drag(page)} paints in a one-second drag")


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


def to_paint(page: Page, move: int) -> float:
    """Milliseconds from a slider's event to the end of the frame that shows its picture."""
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight" if move % 2 else "ArrowLeft")
    page.wait_for_timeout(300)
    page.wait_for_function("window.paints.length")
    paint: float = page.evaluate("window.paints.splice(0)[0]")
    return paint


def drag(page: Page) -> int:
    """Paints while the mouse moves a slider for one second without letting go."""
    page.bring_to_front()
    box = page.get_by_role("slider", name="hidden_dim").bounding_box()
    assert box
    left, y = box["x"] + 10, box["y"] + box["height"] / 2
    page.mouse.move(left, y)
    page.mouse.down()
    page.evaluate("window.paints.length = 0")
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < 1:
        page.mouse.move(left + passed * (box["width"] - 20), y)
    paints: int = page.evaluate("window.paints.length")
    page.mouse.up()
    return paints


if __name__ == "__main__":
    main()
