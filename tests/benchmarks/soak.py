"""Do many browsers at once ever see each other's numbers, or wear the server out?

    python -m tests.benchmarks.soak --browsers 20 --minutes 10

Each browser has a sentence of its own, whose every word carries the browser's number, and makes moves of its own, the
same in every run. Every answer it gets is computed again with lstm_core: words, dimensions, each number of the six
quantities, and the inputs of a cell that it pins; and so is what its screen shows after each move. Prints the server's
memory as it goes and the longest waits, for the server's answer and for the picture on the screen. Visitors' browsers
paint on computers of their own, so here the server goes before them where they want the same core. The exit status is 1
after any mix-up, notice or complaint in a console, and if the server let a browser wait longer than --wait seconds; how
often a page said that it waits for the server is counted.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
import torch
from playwright.async_api import Browser, Page, Response, async_playwright

from gatescope.store.budgets import Budget
from tests.benchmarks.fairness import Ask, together
from tests.browser.get import executable
from tests.browser.reading import SHOWS, cells, trace_of
from tests.browser.serving import FLAGS, memory, process_of, serving
from tests.unpacking import unpacked

WORDS = ("giraffe", "field", "rain", "owl", "river", "glass", "north", "paper", "stone", "lamp")
WORDS_ARE = """words => JSON.stringify(words) === JSON.stringify(
    [...document.querySelector('.gs-plot').querySelectorAll('.xtick text')].map(text => text.textContent))"""
REPORTS = (1, *range(5, 125, 5))
# Seconds that one move may take on a machine that does twenty things at once.
PATIENCE = 120
# Milliseconds between two looks at a screen: twenty pages that look at every frame would wear the machine out.
LOOK = 100
# What a page says while it waits for the server; here twenty browsers start at once on the server's own cores.
WAITS = ("The server does not answer; trying again…", "The server answers again.", "Busy, trying again…")
# A person looks before the next move.
PAUSE = (1.0, 4.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--heavy", type=int, default=0, help="clients that send the heaviest requests without pause")
    parser.add_argument("--wait", type=float, default=3.0, help="the longest that the server may take, in seconds")
    beside_server = "the browsers take time like all else; without this what is left, as on machines of their own"
    parser.add_argument("--beside-server", action="store_true", help=beside_server)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    for budget in Budget:
        print(f"{budget.bytes / 1e6:6.0f} MB at most: {budget.holds}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder)) as address, beside(address, asked.heavy):
            if not asked.beside_server:
                behind()
            failed = asyncio.run(soak(address, asked.browsers, asked.minutes, asked.wait))
        log = (Path(folder) / "log").read_text(errors="replace")
    if "Traceback" in log:
        failed.append(f"the server's log holds a traceback:\n{log}")
    for failure in failed:
        print(failure, file=sys.stderr)
    print(f"{len(failed)} failures")
    return 1 if failed else 0


def behind() -> None:
    """From now on this process and the browsers that it starts take the time that nobody else wants."""
    # The server and the heavy clients have begun before. A Chromium that root starts gives itself a better priority
    # than the server's, which this overrules.
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


@contextmanager
def beside(address: str, clients: int) -> Iterator[None]:
    """While the block runs, so many clients send the heaviest requests that are allowed, one after the other."""
    # In processes of their own: what they do with the answers must not slow the browsers' looks.
    process = multiprocessing.get_context("spawn").Process
    processes = [process(target=_heavy_client, args=(address, number), daemon=True) for number in range(clients)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _heavy_client(address: str, number: int) -> None:
    ask = Ask(address)
    while True:
        together(ask, f"heavy {number}")


async def soak(address: str, browsers: int, minutes: float, wait: float) -> list[str]:
    """What went wrong while so many browsers moved for so long."""
    end = time.monotonic() + 60 * minutes
    visitors = [Visitor(number) for number in range(browsers)]
    async with async_playwright() as play:
        chromium = await play.chromium.launch(executable_path=executable(), args=FLAGS)
        watch = asyncio.create_task(watch_memory(address, minutes))
        await asyncio.gather(*(visitor.visit(chromium, address, end) for visitor in visitors))
        await watch
        await chromium.close()
    counts = sum((visitor.counts for visitor in visitors), Counter[str]())
    least = min(visitor.counts["moves"] for visitor in visitors)
    print(", ".join(f"{count:,} {what}" for what, count in sorted(counts.items())) + f"; no browser made under {least}")
    for what in ("the server's answer", "the picture on the screen"):
        longest = [visitor.longest[what] for visitor in visitors]
        print(f"the longest wait for {what} {max(longest):.1f} s")
    waits = [(visitor.number, visitor.longest["the server's answer"]) for visitor in visitors]
    slow = [f"browser {number} waited {longest:.1f} s for the server" for number, longest in waits if longest > wait]
    failed = slow + [f"browser {visitor.number}: {failure}" for visitor in visitors for failure in visitor.failed]
    return failed + [f"browser {visitor.number} never moved" for visitor in visitors if not visitor.counts["moves"]]


class Visitor:
    """One browser: its number, its moves, what it counted and what went wrong."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chance = random.Random(number)
        self.mark = f"b{number:02d}"
        self.counts: Counter[str] = Counter()
        self.failed: list[str] = []
        self.longest: Counter[str] = Counter()
        self.view: dict[str, Any] = {
            "sentence": self.sentence(),
            "input_dim": 1 + number % 7,
            "hidden_dim": 2 + number % 5,
            "n_layers": 1 + number % 2,
            "seed": 100 + number,
        }

    def sentence(self) -> str:
        return " ".join(f"{self.chance.choice(WORDS)}{self.mark}" for _ in range(self.chance.randint(2, 9)))

    async def visit(self, chromium: Browser, address: str, end: float) -> None:
        """Moves once at least and until the end, and keeps what went wrong."""
        context = await chromium.new_context(viewport={"width": 1000, "height": 800})
        context.set_default_timeout(1000 * PATIENCE)
        page = await context.new_page()
        page.on("console", lambda message: self.failed.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.failed.append(str(error)))
        answers: set[asyncio.Task[None]] = set()
        page.on("response", lambda response: answers.add(asyncio.create_task(self.answered(response))))
        try:
            await page.goto(f"{address}/?{urlencode(self.view)}")
            await self.sees_its_own(page)
            # It is a first visit: the tour is left.
            await page.keyboard.press("Escape")
            while not self.failed and (time.monotonic() < end or not self.counts["moves"]):
                await self.move(page)
                began = time.monotonic()
                await self.sees_its_own(page)
                self.waited("the picture on the screen", time.monotonic() - began)
                self.counts["moves"] += 1
                await asyncio.sleep(self.chance.uniform(*PAUSE))
        except Exception as error:  # whatever ends a visit early is what this looks for
            self.failed.append(f"{type(error).__name__}: {error}")
        # An answer that nobody waits for any more may never end: closing the page ends it.
        await context.close()
        await asyncio.gather(*answers)

    def waited(self, what: str, seconds: float) -> None:
        self.longest[what] = max(self.longest[what], seconds)

    async def move(self, page: Page) -> None:
        """One of a person's moves, and what the view is after it."""
        view = self.view
        name = self.chance.choice(["sentence", "sentence", "input_dim", "hidden_dim", "n_layers", "seed", "pin"])
        if name == "sentence":
            view["sentence"] = self.sentence()
            start, last = view["sentence"].rsplit(" ", 1)
            box = page.get_by_role("textbox", name="Sentence")
            await box.fill(f"{start} ")
            await box.press("End")
            await box.press_sequentially(last)
        elif name == "seed":
            view["seed"] = self.chance.randint(0, 999_999)
            await page.get_by_role("spinbutton", name="seed").fill(str(view["seed"]))
        elif name == "pin":
            await self.pin(page)
        else:
            least, most = (1, 3) if name == "n_layers" else (1, 12)
            up = view[name] < most and (view[name] == least or self.chance.random() < 0.5)
            view[name] += 1 if up else -1
            await page.get_by_role("slider", name=name, exact=True).press("ArrowRight" if up else "ArrowLeft")

    async def pin(self, page: Page) -> None:
        """Clicks a cell of the memory: its terms come from the server."""
        area = page.locator(".gs-plot").first.locator(".nsewdrag").nth(3)
        box = await area.bounding_box()
        assert box
        unit, step = self.chance.randrange(self.view["hidden_dim"]), self.chance.randrange(len(self.tokens()))
        at = {
            "x": (step + 0.5) * box["width"] / len(self.tokens()),
            "y": (unit + 0.5) * box["height"] / self.view["hidden_dim"],
        }
        # A second click on the same cell within a moment would be a double-click.
        await page.wait_for_timeout(450)
        await area.click(position=at)

    def tokens(self) -> list[str]:
        return str(self.view["sentence"]).split()

    async def sees_its_own(self, page: Page) -> None:
        """Waits for its own words and numbers on the screen, and finds no notice beside them."""
        wanted = cells(trace_of(**self.view))
        await page.wait_for_function(SHOWS, arg=[[[*key, z.tolist()] for key, z in wanted.items()], 1e-6], polling=LOOK)
        await page.wait_for_function(WORDS_ARE, arg=self.tokens(), polling=LOOK)
        notices = await page.locator(".gs-notices p").all_text_contents()
        self.failed += [f"it was told {notice!r}" for notice in notices if notice not in WAITS]
        self.counts["times told to wait"] += sum(notice in WAITS for notice in notices)

    async def answered(self, response: Response) -> None:
        """Every answer from the server is its own, and is what lstm_core computes."""
        kind = urlsplit(response.url).path.rsplit("/", 1)[-1]
        if kind not in ("picture", "cell"):
            return
        try:
            asked = json.loads(response.request.post_data or "")["query"]
            body = await response.body()
            self.waited("the server's answer", response.request.timing["responseEnd"] / 1000)
            if not response.ok:
                self.failed.append(f"the server refused a {kind}: {body.decode()}")
            elif kind == "picture":
                self.failed += wrong_picture(asked, body, self.mark)
            else:
                place = json.loads(response.request.post_data or "")["cell"]
                self.failed += wrong_cell(asked, place, json.loads(body))
            self.counts[f"{kind}s"] += 1
        except Exception as error:
            # The browser drops the content of an answer that the page no longer waits for.
            if "No data found" in str(error) or "closed" in str(error):
                self.counts["dropped answers"] += 1
            else:
                self.failed.append(f"an answer could not be read: {error}")


def numbers_of(query: dict[str, Any]) -> dict[str, Any]:
    """The controls that a question names, as `trace_of` takes them."""
    names = ("input_dim", "hidden_dim", "n_layers", "seed")
    return {"sentence": query["sentence"]} | {name: int(query[name]) for name in names}


def wrong_picture(asked: dict[str, Any], body: bytes, mark: str) -> list[str]:
    """What an answer has of another's sentence, or other numbers than lstm_core."""
    header = unpacked(body)
    said = numbers_of(header["view"])
    if said != numbers_of(asked):
        return [f"asked for {asked}, answered for {header['view']}"]
    # Only the word that is being typed may lack the mark.
    if header["labels"] != said["sentence"].split() or not all(word.endswith(mark) for word in header["labels"][:-1]):
        return [f"asked for {said['sentence']!r}, got the words {header['labels']}"]
    if not header["labels"]:
        return []
    wanted = cells(trace_of(**said))
    failed = []
    for stack in header["stacks"]:
        for trace in stack["values"]:
            z = trace["z"]
            key = (stack["layer"], stack["direction"], trace["quantity"])
            if z.shape != wanted[key].shape or np.abs(z - wanted[key]).max() > 1e-6:
                failed.append(f"{key} of {said} has other numbers than lstm_core")
    return failed


def wrong_cell(asked: dict[str, Any], place: dict[str, int], terms: dict[str, Any]) -> list[str]:
    """What a cell reads, against lstm_core's inputs and states."""
    trace = trace_of(**numbers_of(asked))
    layer, unit, step = place["layer"], place["unit"], place["step"]
    reads = trace.x[step, 0] if layer == 0 else trace.h[layer - 1, 0, step, 0]
    before = trace.h[layer, 0, step - 1, 0] if step else trace.h0[layer, 0, 0]
    close = (
        np.allclose(terms["x"], reads, rtol=0, atol=1e-6)
        and np.allclose(terms["h_before"], before, rtol=0, atol=1e-6)
        and abs(terms["f"]["value"] - trace.f[layer, 0, step, 0, unit].item()) < 1e-6
    )
    return [] if close else [f"cell {place} of {asked} has other inputs than lstm_core"]


async def watch_memory(address: str, minutes: float) -> None:
    """Prints the server's memory at the reported minutes, its mean and its largest since the report before."""
    began, since = time.monotonic(), list[float]()
    due = [minute for minute in REPORTS if minute <= minutes]
    server = process_of(address)
    print(f"start     {memory(server):6.0f} MB", flush=True)
    while (passed := (time.monotonic() - began) / 60) < minutes or due:
        since.append(memory(server))
        if due and passed >= due[0]:
            mean, most = sum(since) / len(since), max(since)
            print(f"minute {due.pop(0):<3}{since[-1]:6.0f} MB, mean {mean:.0f}, largest {most:.0f}", flush=True)
            since.clear()
        await asyncio.sleep(2)


if __name__ == "__main__":
    sys.exit(main())
