"""How long does each view of the pages Why?, Units and Corpus take, from the hand to the picture?

    python -m tests.benchmarks.views

In a real browser that reads 50 words with 128 units × 2 layers, and a scan of 100,000 characters by `python-chars`: for
each view, which is asked something new every time, the median and the slowest time until it is on screen and the page
is at rest, and how long of that the server's processor and the browser's main thread worked (Linux).
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import CDPSession, Page, sync_playwright

import dashboard
from tests.browser.get import executable
from tests.browser.serving import FLAGS, process_of, returning, serving
from tests.browser.streamlit_page import choose

WORDS = [
    f"{word}{number}"
    for number in range(5)
    for word in ["the", "quick", "brown", "fox", "can", "jump", "over", "a", "lazy", "dog"]
]
TEXT = " ".join(WORDS)
LSTM = {"sentence": TEXT, "input_dim": 16, "hidden_dim": 128, "n_layers": 2}
SHOWN = """() => JSON.stringify([
    [...document.querySelectorAll('h5, .js-plotly-plot .xtick')].map(element => element.textContent),
    [...document.querySelectorAll('.js-plotly-plot')].map(plot => (plot._fullData || []).map(trace =>
        [...(trace.x || []), ...(trace.y || [])].slice(0, 500)))])"""
AT_REST = """() => document.querySelector('[data-test-script-state=notRunning]') && document.querySelector('h5')"""
ANOTHER = f"before => ({AT_REST})() && ({SHOWN})() !== before"


class View(NamedTuple):
    """A view, the link that opens it, and a hand that asks it something new, by a number."""

    name: str
    link: str
    ask: Callable[[Page, int], None]


class Took(NamedTuple):
    """Seconds."""

    wall: float
    server: float
    browser: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--view", choices=[view.name for view in VIEWS], help="this view alone")
    options = parser.parse_args()
    times, views = options.times, [view for view in VIEWS if options.view in (None, view.name)]
    print(f"{'seconds':<34}{'median':>8}{'slowest':>9}{'server':>8}{'browser':>9}")
    with a_page() as (page, browser, server):
        for view in views:
            page.goto("about:blank")
            page.goto(view.link)
            page.wait_for_function(AT_REST)
            page.wait_for_timeout(1500)
            took = [measured(page, browser, server, view, number) for number in range(times + 1)][1:]
            wall, on_server, in_browser = (statistics.median(part) for part in zip(*took, strict=True))
            slowest = max(one.wall for one in took)
            print(f"{view.name:<34}{wall:>8.2f}{slowest:>9.2f}{on_server:>8.2f}{in_browser:>9.2f}", flush=True)


@contextmanager
def a_page() -> Iterator[tuple[Page, CDPSession, int]]:
    """A page of a new browser, what that browser says of itself, and the server's process."""
    entry = Path(dashboard.__file__).with_name("app.py")
    with tempfile.TemporaryDirectory() as folder, serving(entry, Path(folder)) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable(), args=FLAGS)
        options = {"viewport": {"width": 1300, "height": 1000}, "storage_state": returning(address)}
        page = browser.new_page(base_url=address, **options)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        yield page, session, process_of(address)
        browser.close()


def measured(page: Page, browser: CDPSession, server: int, view: View, number: int) -> Took:
    """How long one question took to be answered."""
    before = page.evaluate(SHOWN)
    began = time.perf_counter(), processor(server), working(browser)
    view.ask(page, number)
    page.wait_for_function(ANOTHER, arg=before)
    took = time.perf_counter() - began[0], processor(server) - began[1], working(browser) - began[2]
    page.wait_for_timeout(500)
    return Took(*took)


def processor(process: int) -> float:
    """Seconds that a process has worked."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def working(browser: CDPSession) -> float:
    """Seconds that the page's main thread has worked."""
    [found] = [
        metric for metric in browser.send("Performance.getMetrics")["metrics"] if metric["name"] == "TaskDuration"
    ]
    return float(found["value"])


def why(**asked: object) -> str:
    return "/why?" + urlencode(LSTM | {"pin": "1.3.20"} | asked)


def units(**asked: object) -> str:
    return "/units?" + urlencode(LSTM | asked)


def enter(page: Page, role: str, name: str, text: str) -> None:
    box = page.get_by_role(role, name=name)
    box.fill(text)
    box.press("Enter")


def read(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Sentence")
    box.fill(text)
    box.press("Control+Enter")


VIEWS = [
    View("a step’s ledger", why(), lambda page, _: page.get_by_role("slider", name="Step").press("ArrowRight")),
    View("another unit’s ledger", why(), lambda page, n: enter(page, "spinbutton", "Unit", f"{n + 10}")),
    View(
        "a gate held at a value",
        why(hold="f", value=0.5),
        lambda page, n: enter(page, "spinbutton", "set to", f"{(n + 60) / 100}"),
    ),
    View("a word erased", why(hold="word"), lambda page, n: choose(page, "Word", f"{n + 3} · {WORDS[n + 3]}")),
    View(
        "another LSTM’s units",
        units(property=f"count of {WORDS[0]}"),
        lambda page, n: read(page, f"{TEXT} end{n}"),
    ),
    View(
        "their order",
        units(property=f"count of {WORDS[0]}"),
        lambda page, n: page.get_by_role("radio", name=("half-life", "activity", "similarity", "index")[n % 4]).click(),
    ),
    View(
        "which unit tracks a property",
        units(property=f"count of {WORDS[0]}"),
        lambda page, n: choose(page, "Of", WORDS[n + 1]),
    ),
    View(
        "which tracks any property",
        units(property=""),
        lambda page, n: read(page, f"{TEXT} end{n}"),
    ),
    View(
        "another unit’s page, of a scan",
        "/corpus?" + urlencode({"model": "python-chars", "unit": "0.48"}),
        lambda page, _: page.get_by_role("button", name="Unit after").click(),
    ),
]

if __name__ == "__main__":
    main()
