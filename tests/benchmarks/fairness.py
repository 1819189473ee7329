"""How long does an ordinary visitor wait while others ask for the most that is allowed?

    python -m tests.benchmarks.fairness
    python -m tests.benchmarks.fairness --seconds 20 --parts table,together

For so many seconds each, one after the other, others send without pause: large and hostile files of weights (95 MB,
dropped on the page Your model in a browser), the worst file of text (20 MB), the worst table, the worst text, the worst
export, all of these questions together, and 200 heavy pictures at once; the bodies of 2 MB that take longest, from this
address and from another one; light but long pictures from fifty clients at this address, who invent names or keep the
server's; and halves of questions. Meanwhile another visitor asks for an ordinary picture four times a second. Then 200
visitors come, read a file of their own and go.

Prints a table of the ordinary picture's median and worst wait and of the server's largest memory, and a line for each
goal; the exit status is 1 if a goal was missed.
"""

import argparse
import http.client
import io
import json
import statistics
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import torch
from playwright.sync_api import Browser, Error, Page, sync_playwright
from safetensors.torch import save
from torch import Tensor, nn

from gatescope.live.shared_with_browser import VISITOR
from tests.browser.get import executable
from tests.browser.serving import FLAGS, memory, process_of, serving
from tests.weight_files import saved

PATIENCE = 300
DROPPED = 180_000  # milliseconds that a page may take to say something of a file
PAUSE = 0.25
LARGEST = {"input_dim": "512", "hidden_dim": "512", "n_layers": "4", "directions": "2"}
# Answers that a client may get: what it asked for, what can't be had, another question meanwhile, later.
FAIR = {200, 400, 408, 409, 503}
VISITORS, WARM = 200, 20
# The goals: seconds that an ordinary picture takes at most, megabytes of the server, and how much it may grow.
WAIT, MEGABYTES, GROWTH = 1.0, 1_500, 1.1


HERE, AWAY = "127.0.0.1", "127.0.0.2"


# The page has settled and speaks of this file: it was refused, opened, or not even taken.
ANSWERED = """name => {
    const texts = place => [...document.querySelectorAll(place)].map(found => found.innerText)
    const said = texts('[role=alert], .stMarkdown').some(text => text.includes(name))
    const untaken = texts('[data-testid=stFileChip]').some(text => text.includes(name) && /must be|rror/.test(text))
    return document.querySelector('[data-test-script-state=notRunning]') && (said || untaken)
}"""


class Ask:
    """Asks a server from an address, as some browsers there that keep their cookies; what it answers."""

    def __init__(self, address: str, source: str = HERE) -> None:
        self.address, self._source, self._cookies = address, source, dict[str, str]()

    def __call__(self, path: str, body: bytes, browser: str, length: int | None = None) -> tuple[int, bytes]:
        """`length`: the bytes that the body is said to have, if it is sent in part."""
        headers = {VISITOR: browser, "Content-Length": str(length or len(body))}
        if browser in self._cookies:
            headers["Cookie"] = self._cookies[browser]
        place = self.address.removeprefix("http://")
        connection = http.client.HTTPConnection(place, timeout=PATIENCE, source_address=(self._source, 0))
        try:
            connection.request("POST", f"/gatescope/{path}", body, headers)
            answer = connection.getresponse()
            if cookie := answer.getheader("Set-Cookie"):
                self._cookies[browser] = cookie.partition(";")[0]
            return answer.status, answer.read()
        finally:
            connection.close()


Heavy = Callable[[Ask, str], int]


def picture(query: dict[str, Any]) -> bytes:
    return json.dumps({"query": query, "room": 900, "zoom": None}).encode()


_fresh = count()


def _lstm(inputs: int, units: int) -> dict[str, Tensor]:
    return {f"lstm.{name}": weight for name, weight in nn.LSTM(inputs, units).state_dict().items()}


def _large() -> bytes:
    parts = {"emb": nn.Embedding(80_000, 256), "lstm": nn.LSTM(256, 256), "fc": nn.Linear(256, 10_000)}
    return saved(nn.ModuleDict(parts).state_dict())


def _zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * 200_000_000)
    return file.getvalue()


# Files of 95 MB (the page takes 100), of each kind that takes longest, and a small one that asks for much.
WEIGHTS: dict[str, Callable[[], bytes]] = {
    "large.pt": _large,
    "many-lstms.pt": lambda: saved({f"{n}.{k}": w for n in range(1200) for k, w in _lstm(60, 40).items()}),
    "many-tensors.safetensors": lambda: save({f"{n}.weight": torch.zeros(30, 30) for n in range(26_000)} | _lstm(4, 3)),
    "rows-of-one.safetensors": lambda: save({"emb.weight": torch.zeros(95_000_000 // 4, 1)} | _lstm(1, 3)),
    "zip-bomb.pt": _zip_bomb,
}


@cache
def _file_of_weights(name: str) -> bytes:
    return WEIGHTS[name]()


def page_of(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1300, "height": 1000}).new_page()
    page.set_default_timeout(DROPPED)
    page.goto(f"{address}/open")
    page.get_by_role("heading", name="Your model").wait_for()
    return page


def is_answered(page: Page, name: str) -> bool:
    """Whether the page says something of a file, once it has settled."""
    try:
        page.wait_for_function(ANSWERED, arg=name, polling=200)
    except Error:
        return False
    return True


def weights(ask: Ask, _browser: str) -> int:
    """A file of weights, dropped on the page Your model; 200 where the page said something about it."""
    name = list(WEIGHTS)[next(_fresh) % len(WEIGHTS)]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / name
        path.write_bytes(_file_of_weights(name))
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = page_of(browser, ask.address)
        page.locator("input[type=file]").first.set_input_files(path)
        answer = is_answered(page, name)
        browser.close()
    return 200 if answer else 500


def file(ask: Ask, browser: str) -> int:
    """A text of 20 MB, every time another, read by the largest LSTM."""
    text = f"{next(_fresh)} " + "word " * 3_999_990
    status, answer = ask("file?name=large.txt", text.encode(), browser)
    if status != 200:
        return status
    return ask("picture", picture({"file": json.loads(answer)["file"]} | LARGEST), browser)[0]


def table(ask: Ask, browser: str) -> int:
    """As many cells as a table may have, with decimal commas and a few columns."""
    text = f"{next(_fresh)};1;1;1\n" + "1,5;2,25;3,125;4,5\n" * 66_000
    status, answer = ask("file?name=text", text.encode(), browser)
    if status != 200:
        return status
    question = json.loads(picture({"tokens": "numbers"})) | {"text": json.loads(answer)["file"]}
    return ask("picture", json.dumps(question).encode(), browser)[0]


def text(ask: Ask, browser: str) -> int:
    """A million characters of different words, each with a vector of its own, read by the largest LSTM."""
    start = 100_000 * next(_fresh)
    words = " ".join(f"w{start + number}" for number in range(110_000))
    return ask("picture", picture({"sentence": words} | LARGEST), browser)[0]


def export(ask: Ask, browser: str) -> int:
    """A CSV of as many rows as it may have."""
    query = {"sentence": f"{next(_fresh)} " + "word " * 1_940, "hidden_dim": "512"}
    return ask("download/csv", picture(query), browser)[0]


@cache
def _bodies() -> list[bytes]:
    """Questions of 2 MB: empty lists, names and numbers beyond what is parsed, and as many lists as are parsed."""
    start = b'{"query": {"sentence": "a"}, "room": 900, "x": ['
    names = {f"k{number}": 1 for number in range(120_000)}
    long = json.dumps({"query": {"sentence": "word " * 360_000}, "room": 900}).encode()
    return [
        start + b"[]," * 650_000 + b"1]}",
        json.dumps({"query": names, "room": 900}).encode(),
        start + b"1," * 950_000 + b"1]}",
        start + b"[]," * 49_900 + b"1]}",
        long[:-1] + b', "x": [' + b"[]," * 49_900 + b"1]}",
    ]


def bodies(ask: Ask, browser: str) -> int:
    """A body of 2 MB, also to a route that computes nothing."""
    number = next(_fresh)
    return ask(("picture", "progress")[number % 2], _bodies()[number % 5], browser)[0]


def _long(ask: Ask, browser: str) -> int:
    """A picture that is light, with as many steps and units as such a one has."""
    query = {"sentence": "a " * 900, "hidden_dim": "64", "seed": str(next(_fresh) % 1_000_000)}
    question = json.loads(picture(query)) | {"room": 4_000}
    return ask("picture", json.dumps(question).encode(), browser)[0]


def invented(ask: Ask, _browser: str) -> int:
    """A light but long picture of a browser that never was here before."""
    return _long(ask, f"invented {next(_fresh)}")


def half(ask: Ask, browser: str) -> int:
    """The first half of a question."""
    body = picture({})
    return ask("picture", body, browser, 2 * len(body))[0]


def together(ask: Ask, browser: str) -> int:
    """All of them, one after the other: several clients begin with another one each."""
    return HEAVY[next(_fresh) % len(HEAVY)](ask, browser)


HEAVY: list[Heavy] = [file, table, text, export]
PARTS: dict[str, tuple[Heavy, int, str]] = {
    "nothing": (lambda *_: time.sleep(0.1) or 200, 1, HERE),
    "weights": (weights, 1, HERE),
    "file": (file, 1, HERE),
    "table": (table, 1, HERE),
    "text": (text, 1, HERE),
    "export": (export, 1, HERE),
    "together": (together, 8, HERE),
    "crowd": (lambda ask, browser: ask("picture", picture(LARGEST | {"seed": next(_fresh)}), browser)[0], 200, HERE),
    "bodies": (bodies, 1, HERE),
    "away": (bodies, 1, AWAY),
    "invented": (invented, 50, HERE),
    "class": (_long, 50, HERE),
    "half": (half, 100, HERE),
}


class Memory:
    """The server's largest memory, looked at now and then."""

    def __init__(self, process: int) -> None:
        self._process, self.most, self._over = process, 0.0, threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            self.most = max(self.most, memory(self._process))

    def stop(self) -> None:
        self._over.set()


def ordinary(ask: Ask, over: threading.Event) -> tuple[list[float], Counter[int]]:
    """The waits of a visitor who moves a slider four times a second, and what was answered."""
    waits, answers = [], Counter[int]()
    for number in count():
        if over.is_set():
            return waits, answers
        began = time.perf_counter()
        status, _ = ask("picture", picture({"hidden_dim": str(2 + number % 30)}), "ordinary")
        waits.append(time.perf_counter() - began)
        answers[status] += 1
        time.sleep(PAUSE)
    return waits, answers


class Row(NamedTuple):
    """What one part of the benchmark gave."""

    name: str
    waits: list[float]
    ordinary: Counter[int]
    heavy: Counter[int]
    megabytes: float

    def line(self) -> str:
        answers = ", ".join(f"{number} × {status}" for status, number in sorted(self.heavy.items()))
        return (
            f"{self.name:<9}{statistics.median(self.waits):8.3f} s{max(self.waits):8.3f} s{self.megabytes:8.0f} MB"
            f"{len(self.waits):7}   {answers}"
        )


def part(ask: Ask, process: int, name: str, seconds: float) -> Row:
    """One part of the benchmark, for so many seconds and until each heavy request has its answer."""
    heavy, clients, source = PARTS[name]
    others = Ask(ask.address, source)
    watch, over, answers = Memory(process), threading.Event(), Counter[int]()
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        while True:
            answers[heavy(others, f"heavy {number}")] += 1
            if time.monotonic() > end:
                return

    with ThreadPoolExecutor(clients + 1) as threads:
        visitor = threads.submit(ordinary, ask, over)
        for done in [threads.submit(client, number) for number in range(clients)]:
            done.result()
        over.set()
        waits, ordinarily = visitor.result()
    watch.stop()
    return Row(name, waits, ordinarily, answers, watch.most)


def come_and_go(ask: Ask, process: int) -> float:
    """Visitors one after the other, each with a file, a picture, a cell and a table of their own: the server's memory
    after the last ÷ after some."""
    after_some = 0.0
    for number in range(VISITORS):
        browser = f"visitor {number}"
        _, answer = ask("file?name=own.txt", f"{number} {'word ' * 20_000}".encode(), browser)
        # After the first twenty, the store of readings is full: what grows then is not what it may keep.
        query = {"file": json.loads(answer)["file"], "hidden_dim": "32"}
        cell = {"layer": 0, "direction": 0, "unit": 0, "step": 3}
        for path, more in (("picture", {}), ("cell", {"cell": cell}), ("download/csv", {"steps": [0, 100]})):
            ask(path, json.dumps({"query": query, "room": 900} | more).encode(), browser)
        if number + 1 == WARM:
            after_some = memory(process)
    last = memory(process)
    print(f"{VISITORS} came and went: {after_some:.0f} MB after {WARM}, {last:.0f} MB after all", flush=True)
    return last / after_some


def goals(rows: list[Row], growth: float | None, log: str) -> list[tuple[bool, str]]:
    """Whether each goal was reached, in a line."""
    told = []
    if rows:
        slowest, largest = max(rows, key=lambda row: max(row.waits)), max(rows, key=lambda row: row.megabytes)
        worst = max(slowest.waits)
        refused = sum(number for row in rows for status, number in row.ordinary.items() if status != 200)
        unfair = sum(number for row in rows for status, number in row.heavy.items() if status not in FAIR)
        told += [
            (worst <= WAIT, f"an ordinary picture takes at most {WAIT:g} s: {worst:.2f} s beside {slowest.name}"),
            (
                largest.megabytes <= MEGABYTES,
                f"the server takes at most {MEGABYTES:,} MB: {largest.megabytes:,.0f} MB beside {largest.name}",
            ),
            (refused == 0, f"every ordinary picture is answered: {refused} were not"),
            (unfair == 0, f"every heavy request is answered or told to wait: {unfair} were not"),
        ]
    if growth is not None:
        told.append((growth <= GROWTH, f"memory after the last visitor ÷ after the {WARM}th: {growth:.2f}"))
    return [*told, ("Traceback" not in log, "the server's log holds no traceback")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--parts", default=",".join([*PARTS, "visitors"]), help="some of them, with commas between")
    asked = parser.parse_args()
    names, rows, growth = asked.parts.split(","), list[Row](), None
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder)) as address:
            ask, process = Ask(address), process_of(address)
            ask("picture", picture({}), "first")
            print(f"{'':<9}{'median':>10}{'worst':>10}{'largest':>11}{'number':>7}   heavy answers", flush=True)
            for name in names:
                if name in PARTS:
                    rows.append(part(ask, process, name, asked.seconds))
                    print(rows[-1].line(), flush=True)
            if "visitors" in names:
                growth = come_and_go(ask, process)
        log = (Path(folder) / "log").read_text(errors="replace")
    verdicts = goals(rows, growth, log)
    for reached, goal in verdicts:
        print(f"{'reached' if reached else 'MISSED':<9}{goal}")
    if "Traceback" in log:
        print(log, file=sys.stderr)
    return 0 if all(reached for reached, _ in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
