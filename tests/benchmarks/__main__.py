"""What does the product cost in time? `python -m tests.benchmarks move drag link crowd`, or some of them

`move`: from start to the first heatmap, and from a slider's key press until Plotly has all six heatmaps; ours,
untrained and trained, and an ordinary page take turns in one real browser. `drag`: from a slider's event to the end of
the frame that shows its cells, and the paints of each second that the mouse drags it, for 64 units and 50 words, with
a server and without; the mouse sends 125 moves a second and waits for no answer, as a hand does. `link`: how soon a
browser that has never been there shows numbers that the page has computed, and how many bytes that takes; also slowed
four times. `crowd`: people who each ask for a picture, a cell, why or a page every two to three seconds, with a
sentence of their own that each picture is looked at for, and one person beside fifty who ask for the largest LSTM
without a pause; the exit status is 1 after an answer that is another's, or none.

`--tiny` does each for a moment, to see that it runs. The first line says how busy the machine was.
"""

import argparse
import asyncio
import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright import async_api
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from gatescope.command.output import APP
from gatescope.live.shared_with_browser import VISITOR
from gatescope.site.folder import write_site
from tests.browser.get import executable
from tests.browser.serving import FLAGS, Server, memory, process_of, returning, serving
from tests.unpacking import unpacked

SIZE: Any = {"width": 1400, "height": 1500}
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
# What is drawn, with Plotly or without.
DRAWN = "shape => globalThis.gatescope?.heatmaps().filter(({ z }) => z.length === shape).length >= 6"
PRESSED = """() => {
    window.pressed = null
    addEventListener('keydown', () => { window.pressed = performance.now() }, {capture: true, once: true})
}"""
UNTIL = f"""shape => new Promise(done => {{
    const look = () => ({PAINTED})(shape) ? requestAnimationFrame(() => done(performance.now() - window.pressed))
        : setTimeout(look, 1)
    look()
}})"""
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
FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
ASKED = "() => performance.getEntriesByType('resource').map(({ name }) => name)"
PAUSE, PATIENCE = (2.0, 3.0), 120.0
NOUNS = ("giraffes", "in", "a", "field", "the", "old", "dog", "reads", "two", "books", "and", "sleeps", "near", "us")
# How often a person makes each move.
MOVES = {"recording": 16, "steps": 4, "page": 1}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=MEASURED)
    parser.add_argument("--tiny", action="store_true", help="for a moment, to see that it runs")
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return max(MEASURED[what](options.tiny) or 0 for what in options.what)


def move(tiny: bool) -> None:
    """Ours beside an ordinary page: the start, and a slider's move."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        pages, starts = {}, {}
        for name, (path, link) in PAGES.items():
            began = time.perf_counter()
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            address = stack.enter_context(serving(Path(folder), path))
            pages[name] = browser.new_page(viewport=SIZE, storage_state=returning(address))
            pages[name].set_default_timeout(1e3 * PATIENCE)
            pages[name].goto(f"{address}{link}", wait_until="commit")
            pages[name].wait_for_function(PAINTED, arg=3)
            starts[name] = time.perf_counter() - began
        times: dict[str, list[float]] = {name: [] for name in pages}
        for turn in range(3 if tiny else 16):
            for name, page in pages.items():
                key, rows = WALK[turn % len(WALK)] if name == "trained" else ("ArrowRight", 4 + turn)
                times[name].append(press(page, key, rows))
        # The first turn of each is not counted.
        moves = {name: statistics.median(found[1:]) for name, found in times.items()}
        for name in pages:
            print(f"{name:<10} first heatmaps {starts[name]:.2f} s, a move {moves[name]:.0f} ms (median)")
        for name in ("gatescope", "trained"):
            start, moved = starts[name] / starts["ordinary"], moves[name] / moves["ordinary"]
            print(f"{name}: ratio start {start:.2f}, ratio move {moved:.3f}")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()


def press(page: Page, key: str, rows: int) -> float:
    """Milliseconds from the key press to the repaint of every heatmap."""
    page.bring_to_front()
    page.get_by_role("slider", name="hidden_dim").focus()
    page.evaluate(PRESSED)
    page.keyboard.press(key)
    elapsed: float = page.evaluate(UNTIL, rows)
    page.wait_for_timeout(300)
    return elapsed


def drag(tiny: bool) -> None:
    """From the hand to the paint, in the app and on the page without a server."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_site(folder / "site")
        site = Server(folder / "site")
        stack.callback(site.stop)
        addresses = {"app": stack.enter_context(serving(folder)), "site": site.address}
        asyncio.run(_dragged(addresses, *((3, 1) if tiny else (30, 5))))


async def _dragged(addresses: dict[str, str], moves: int, drags: int) -> None:
    async with async_api.async_playwright() as play:
        browser = await play.chromium.launch(executable_path=executable(), args=FLAGS)
        for name, address in addresses.items():
            page = await browser.new_page(viewport=SIZE, storage_state=returning(address))
            page.set_default_timeout(1e3 * PATIENCE)
            await page.goto(f"{address}/{LARGE}")
            await page.wait_for_function(DRAWN, arg=64)
            await page.evaluate(PAINTS)
            times = [await to_paint(page, turn) for turn in range(moves + 1)][1:]
            slow = statistics.quantiles(times, n=20)[-1]
            print(f"{name}: input to paint {statistics.median(times):.1f} ms (median), {slow:.1f} ms (95th percentile)")
            print(f"{name}: {[await paints_of_a_drag(page) for _ in range(drags)]} paints in a second's drag")
            await page.close()
        await browser.close()


async def to_paint(page: async_api.Page, turn: int) -> float:
    """Milliseconds from a slider's event to the end of the frame that shows its picture."""
    await page.get_by_role("slider", name="hidden_dim").press("ArrowRight" if turn % 2 else "ArrowLeft")
    await page.wait_for_timeout(300)
    await page.wait_for_function("window.paints.length")
    paint: float = await page.evaluate("window.paints.splice(0)[0]")
    return paint


async def paints_of_a_drag(page: async_api.Page) -> int:
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


def link(tiny: bool) -> None:
    """A cold link to the page without a server; what a server that compresses would send."""
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        write_site(Path(folder))
        server = Server(Path(folder))
        for slowed in (1, 4):
            times = [opened(browser, server.address, slowed) for _ in range(1 if tiny else 9)]
            firsts, sent = zip(*times, strict=True)
            size = sum(len(gzip.compress((Path(folder) / name).read_bytes())) for name in sent[0])
            print(
                f"processor slowed {slowed} times: the computed picture after {statistics.median(firsts):.0f} ms "
                f"(median of {len(times)}, best {min(firsts):.0f}), {size / 1000:.0f} kB"
            )
        server.stop()


def opened(browser: Browser, address: str, slowed: int) -> tuple[float, set[str]]:
    """The milliseconds to the first paint, and the files that were asked for by the time of the picture."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000}, service_workers="block")
    page = context.new_page()
    page.set_default_timeout(60_000)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => globalThis.gatescope?.heatmaps().length")
    first = page.wait_for_function(FIRST_PAINT).json_value()
    names = {urlsplit(name).path.removeprefix("/") for name in page.evaluate(ASKED)}
    context.close()
    return first, {"index.html"} | names


class Person:
    """One who types, drags, pins and turns pages, and what went wrong."""

    def __init__(self, number: int, address: str, session: ClientConnection | None = None) -> None:
        self.name, self._address, self._session = f"person{number}", address, session
        self._chance = random.Random(number)
        self.waits: list[float] = []
        self.pages: list[float] = []
        self.failed: list[str] = []

    def moves(self, end: float) -> None:
        """Moves once, and until the end, not all people at the same moment."""
        self.turn_to("")
        while not self.waits or time.monotonic() < end:
            time.sleep(self._chance.uniform(0, PAUSE[1]) if not self.waits else self._chance.uniform(*PAUSE))
            what = self._chance.choices(list(MOVES), list(MOVES.values()))[0]
            if what == "page":
                self.turn_to(self._chance.choice(("lesson", "units", "compare", "open")))
            self.ask("recording" if what == "page" else what)

    def _asked(self) -> dict[str, str]:
        words = [self.name, *self._chance.choices(NOUNS, k=self._chance.randint(3, 9))]
        return {"model": "random", "sentence": " ".join(words), "hidden_dim": f"{self._chance.randint(2, 12)}"}

    def ask(self, what: str) -> None:
        """What a browser asks after a move, and the answer."""
        question: dict[str, Any] = {"query": self._asked(), "room": 900}
        connection = HTTPConnection(urlsplit(self._address).netloc, timeout=PATIENCE)
        began = time.perf_counter()
        connection.request("POST", f"/gatescope/{what}", json.dumps(question), {VISITOR: self.name})
        response = connection.getresponse()
        answer = response.read()
        self.waits.append(time.perf_counter() - began)
        connection.close()
        if response.status != 200:
            self.failed.append(f"{self.name} asked for a {what}, was answered {response.status}: {answer[:200]!r}")
        elif what == "recording" and unpacked(answer)["view"]["sentence"] != question["query"]["sentence"]:
            self.failed.append(f"{self.name} got another's picture")

    def turn_to(self, page: str) -> None:
        """A page's script, run in the person's session with what she reads."""
        run = BackMsg()
        run.rerun_script.page_name = page
        run.rerun_script.query_string = urlencode(self._asked())
        began, finished = time.perf_counter(), None
        assert self._session
        self._session.send(run.SerializeToString())
        while finished is None:
            told = ForwardMsg.FromString(self._session.recv(timeout=PATIENCE, decode=False))
            finished = told.script_finished if told.WhichOneof("type") == "script_finished" else None
        self.pages.append(time.perf_counter() - began)
        if finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            self.failed.append(f"{self.name} turned to {page!r}, and it ended as {finished}")


class Heavy(Person):
    """One who asks for the largest LSTM without a pause."""

    def _asked(self) -> dict[str, str]:
        return super()._asked() | {"input_dim": "512", "hidden_dim": "512", "n_layers": "4", "directions": "2"}

    def moves(self, end: float) -> None:
        while time.monotonic() < end:
            self.ask("recording")


def beside_heavy(tiny: bool) -> list[str]:
    """How long one person waits for an ordinary picture beside fifty others; what went wrong."""
    count = 5 if tiny else 50
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address, ThreadPoolExecutor(50) as threads:
        one, *others = Person(0, address), *(Heavy(number, address) for number in range(1, count + 1))
        end = time.monotonic() + (3 if tiny else 30)
        for other in others:
            threads.submit(other.moves, end)
        while time.monotonic() < end:
            one.ask("recording")
            time.sleep(0.25)
        waits, megabytes = one.waits, memory(process_of(address))
    print(
        f"1 beside {count} heavy: {len(waits)} answers, median {1e3 * statistics.median(waits):.0f} ms, at most "
        f"{1e3 * max(waits):.0f}; {sum(len(other.waits) for other in others)} heavy ones; the server {megabytes:.0f} MB"
    )
    return [failure for person in (one, *others) for failure in person.failed]


def crowd(tiny: bool) -> int:
    """How long each of some people waits on a server that has just started; 1 if anything went wrong."""
    failed: list[str] = []
    for people in (2,) if tiny else (1, 10, 30):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as here:
            address = here.enter_context(serving(Path(folder)))
            stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
            options: dict[str, Any] = {"subprotocols": [Subprotocol("streamlit")], "open_timeout": PATIENCE}
            everybody = [
                Person(number, address, here.enter_context(connect(stream, max_size=None, **options)))
                for number in range(people)
            ]
            end = time.monotonic() + (6 if tiny else 60)
            with ThreadPoolExecutor(people) as threads:
                list(threads.map(Person.moves, everybody, repeat(end)))
            megabytes = memory(process_of(address))
            log = (Path(folder) / "log").read_text(errors="replace")
        waits, pages = [w for one in everybody for w in one.waits], [w for one in everybody for w in one.pages]
        print(
            f"{people} people: {len(waits)} answers, median {1e3 * statistics.median(waits):.0f} ms, at most "
            f"{1e3 * max(waits):.0f}; pages {1e3 * statistics.median(pages):.0f} ms; the server {megabytes:.0f} MB"
        )
        failed += [failure for one in everybody for failure in one.failed] + ([log] if "Traceback" in log else [])
    failed += beside_heavy(tiny)
    for failure in failed:
        print(failure, file=sys.stderr)
    print(f"{len(failed)} failures")
    return 1 if failed else 0


MEASURED: dict[str, Callable[[bool], int | None]] = {
    "move": move,
    "drag": drag,
    "link": link,
    "crowd": crowd,
}

if __name__ == "__main__":
    sys.exit(main())
