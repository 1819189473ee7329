"""How soon are the cells painted after a hand's move, and how often while it drags? In one real browser.

    python -m tests.benchmarks.drag

For 64 units and 50 words, in the dashboard and on the page without a server: the time from a slider's event to the end
of the frame that shows its cells, and the paints of each second that the mouse drags the slider. The mouse sends 125
moves a second, as a hand's does: it does not wait until the page has answered the last one.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from gatescope.site.folder import write_site
from tests.benchmarks.latency import PAINTED
from tests.browser.get import executable
from tests.browser.serving import FLAGS, Server, returning, serving

LARGE = f"?model=random&hidden_dim=64&sentence={'+'.join(f'word{step}' for step in range(50))}"
MOVES_A_SECOND = 125
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
    parser.add_argument("--moves", type=int, default=30)
    parser.add_argument("--drags", type=int, default=5)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_site(folder / "site")
        site = Server(folder / "site")
        stack.callback(site.stop)
        addresses = {"dashboard": stack.enter_context(serving(folder)), "site": site.address}
        asyncio.run(measure(addresses, options.moves, options.drags))


async def measure(addresses: dict[str, str], moves: int, drags: int) -> None:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=executable(), args=FLAGS)
        for name, address in addresses.items():
            page = await opened(browser, address)
            times = [await to_paint(page, move) for move in range(moves + 1)][1:]
            slow = statistics.quantiles(times, n=20)[-1]
            print(f"{name}: input to paint {statistics.median(times):.1f} ms (median), {slow:.1f} ms (95th percentile)")
            print(f"{name}: {[await drag(page) for _ in range(drags)]} paints in a second's drag")
            await page.close()
        await browser.close()


async def opened(browser: Browser, address: str) -> Page:
    page = await browser.new_page(viewport={"width": 1400, "height": 1500}, storage_state=returning(address))
    await page.goto(f"{address}/{LARGE}")
    await page.wait_for_function(PAINTED, arg=64)
    await page.evaluate(PAINTS)
    return page


async def to_paint(page: Page, move: int) -> float:
    """Milliseconds from a slider's event to the end of the frame that shows its picture."""
    await page.get_by_role("slider", name="hidden_dim").press("ArrowRight" if move % 2 else "ArrowLeft")
    await page.wait_for_timeout(300)
    await page.wait_for_function("window.paints.length")
    paint: float = await page.evaluate("window.paints.splice(0)[0]")
    return paint


async def drag(page: Page) -> int:
    """Paints while the mouse moves a slider for one second without letting go."""
    box = await page.get_by_role("slider", name="hidden_dim").bounding_box()
    assert box
    left, y = box["x"] + 10, box["y"] + box["height"] / 2
    await page.mouse.move(left, y)
    await page.mouse.down()
    await page.wait_for_timeout(500)
    await page.evaluate("window.paints.length = 0")
    moves, began = set(), time.perf_counter()
    while (passed := time.perf_counter() - began) < 1:
        moves.add(asyncio.create_task(page.mouse.move(left + passed * (box["width"] - 20), y)))
        await asyncio.sleep(1 / MOVES_A_SECOND)
    paints: int = await page.evaluate("window.paints.length")
    await asyncio.gather(*moves)
    await page.mouse.up()
    await page.wait_for_timeout(500)
    return paints


if __name__ == "__main__":
    main()
