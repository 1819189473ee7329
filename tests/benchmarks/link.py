"""How soon does a cold link show numbers that the page has computed? In a browser that has never been there.

    python -m tests.benchmarks.link

Writes the site, serves it from a plain web server, and prints for the bare address: the bytes, as a server that
compresses sends them, the milliseconds to the first paint, which is that of the computed picture because nothing is
shown before it, and those until Plotly has drawn it too; the same with the processor slowed four times. The first line
says how busy the machine was.
"""

import gzip
import os
import statistics
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from gatescope.site.folder import write_site
from tests.browser.get import executable
from tests.browser.serving import FLAGS, Server

TIMES = 9
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
ASKED = "() => performance.getEntriesByType('resource').map(({ name }) => name)"


def main() -> None:
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_site(Path(folder))
        server = Server(Path(folder))
        path = executable() or playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for slowed in (1, 4):
            firsts, drawn, sent = zip(*(opened(browser, server.address, slowed) for _ in range(TIMES)), strict=True)
            size = sum(len(gzip.compress((Path(folder) / name).read_bytes())) for name in sent[0])
            print(
                f"processor slowed {slowed} times: the computed picture after {statistics.median(firsts):.0f} ms "
                f"(median of {TIMES}, best {min(firsts):.0f}), Plotly's after {statistics.median(drawn):.0f} ms, "
                f"{size / 1000:.0f} kB"
            )
        browser.close()
        server.stop()


def opened(browser: Browser, address: str, slowed: int) -> tuple[float, float, set[str]]:
    """The milliseconds to the first paint and to Plotly's picture, and the files that were asked for."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000}, service_workers="block")
    page = context.new_page()
    page.set_default_timeout(60_000)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(address, wait_until="commit")
    page.locator(".gs-plot .heatmaplayer").first.wait_for()
    drawn = page.evaluate("() => performance.now()")
    first = page.wait_for_function(PAINTED).json_value()
    names = {urlsplit(name).path.removeprefix("/") for name in page.evaluate(ASKED)}
    context.close()
    return first, drawn, {"index.html"} | names


if __name__ == "__main__":
    main()
