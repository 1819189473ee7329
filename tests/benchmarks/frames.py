"""Does the memory play smoothly, and does a long sequence answer at once? In one real browser.

    python -m tests.benchmarks.frames

Prints the time from one frame to the next while 50 words are played through 2 layers of 64 units: nothing pinned, a
cell pinned, pinned at four times the speed. Then, for 100,000 words and 64 units: the bytes of a view, the time from a
zoom to its picture, and the server's memory. The first line says how busy the machine was.
"""

import argparse
import os
import random
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, Response, sync_playwright

from tests.browser.get import executable
from tests.browser.serving import FLAGS, memory, process_of, returning, serving

WORDS = " ".join(f"word{step}" for step in range(50))
STEPS = 100_000
# The times between frames for so many seconds, or until what plays is over.
FRAMES = """most => new Promise(done => {
    const times = [], begun = performance.now()
    let last = begun, played = false
    const look = () => {
        const now = performance.now()
        times.push(now - last)
        last = now
        const rests = !document.querySelector('.gs-now-label').textContent.startsWith('step')
        played ||= !rests
        if ((played && rests) || now - begun > 1000 * most) done(times.slice(1))
        else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
})"""
# From a new range on the axis to the paint of the picture that was asked for because of it.
ZOOM = """range => new Promise(done => {
    const plot = document.querySelector('.gs-plot'), begun = performance.now()
    let paints = 0
    const painted = () => {
        // The first paint is Plotly's own, of the numbers that it has.
        if (++paints < 2) return
        plot.removeListener('plotly_afterplot', painted)
        requestAnimationFrame(() => done(performance.now() - begun))
    }
    plot.on('plotly_afterplot', painted)
    Plotly.relayout(plot, { 'xaxis.range': range })
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=12, help="the longest that each play is watched")
    seconds = parser.parse_args().seconds
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as play,
        serving(Path(folder)) as address,
    ):
        browser = play.chromium.launch(executable_path=executable(), args=FLAGS)
        size = {"width": 1400, "height": 1000}
        page = browser.new_page(viewport=size, base_url=address, storage_state=returning(address))
        playing(page, seconds)
        long(page, Path(folder), process_of(address))
        browser.close()


def playing(page: Page, seconds: float) -> None:
    page.goto(f"/?sentence={WORDS.replace(' ', '+')}&hidden_dim=64&n_layers=2")
    page.wait_for_function("() => document.querySelectorAll('.gs-plot .heatmaplayer image').length === 12")
    say("at rest", page.evaluate(FRAMES, 3))
    say("playing", frames(page, seconds))
    page.locator(".gs-plot").nth(1).locator(".nsewdrag").nth(3).click()
    page.locator(".gs-formula i").first.wait_for(state="attached")
    say("playing, a cell pinned", frames(page, seconds))
    page.get_by_role("combobox", name="Speed").select_option("4")
    say("playing at 4×, a cell pinned", frames(page, seconds))


def frames(page: Page, seconds: float) -> list[float]:
    """Milliseconds from frame to frame of one play from the beginning."""
    page.get_by_role("slider", name="Time step").fill("0")
    page.get_by_role("button", name="Play").click()
    times: list[float] = page.evaluate(FRAMES, seconds)
    if page.get_by_role("button", name="Pause").count():
        page.get_by_role("button", name="Pause").click()
    return times


def long(page: Page, folder: Path, process: int) -> None:
    text = folder / "long.txt"
    draw = random.Random(0)
    text.write_text(" ".join(f"w{draw.randrange(3_000)}" for _ in range(STEPS)))
    views: list[Response] = []
    page.goto("/?hidden_dim=64")
    page.locator(".gs-plot .heatmaplayer").first.wait_for()
    print(f"memory of the server before: {memory(process):.0f} MB")
    page.on("response", lambda response: views.append(response) if response.url.endswith("/picture") else None)
    page.get_by_label("Open a file").set_input_files(text)
    page.locator(".gs-overview-strip").wait_for()
    page.wait_for_timeout(1000)
    print(f"memory of the server with {STEPS:,} steps of 64 units: {memory(process):.0f} MB")
    ranges = [[a, a + width] for width in (40_000, 4_000, 400, 40) for a in (20_000.5, 55_000.5)]
    times = [page.evaluate(ZOOM, each) for each in ranges]
    print(f"a zoom {statistics.median(times):.0f} ms (median of {len(times)}), at most {max(times):.0f} ms")
    sizes = [len(view.body()) for view in views]
    print(
        f"a view {statistics.median(sizes) / 1000:.0f} kB (median of {len(sizes)}), at most {max(sizes) / 1000:.0f} kB"
    )


def say(what: str, times: list[float]) -> None:
    """A line about the milliseconds from frame to frame."""
    median, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{what}: {median:.1f} ms a frame (median), {slow:.1f} ms (95th percentile), {len(times)} frames")


if __name__ == "__main__":
    main()
