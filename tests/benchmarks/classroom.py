"""What does a class need on one server, and how long does each of thirty people wait?

    python -m tests.benchmarks.classroom
    python -m tests.benchmarks.classroom --people 30 --minutes 10

Each person has a session of the app, as a browser opens one, and every two to three seconds asks what a browser asks
after a move: for a sentence of her own, another size, the terms of a cell, or why; one move in twenty turns a page. All
pictures are looked at: each is of the person's own sentence. A browser paints on its owner's computer, so here nobody
paints, and the wait is from the question to the last byte of its answer.

Prints a row for each number of people: the waits for answers and for pages; the server's memory before the first
person, with one, with all, and at the end; what a person added by then; how many cores the server used; and the
machine's load, whoever made it. The exit status is 1 after an answer that is another's, or none.
"""

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.benchmarks.fairness import Ask
from tests.browser.serving import memory, process_of, serving
from tests.unpacking import unpacked

PAUSE = (2.0, 3.0)
PATIENCE = 120.0
WORDS = ("giraffes", "in", "a", "field", "the", "old", "dog", "reads", "two", "books", "and", "sleeps", "near", "us")
# How often a person makes each move.
MOVES = {"sentence": 8, "size": 8, "cell": 2, "why": 2, "page": 1}
PAGES = ("lesson", "units", "compare", "open")
COLUMNS = ("people", "moves", "median ms", "95 % ms", "worst ms", "page: median ms", "95 % ms", "MB alone", "with one")
COLUMNS += ("with all", "at the end", "MB a person", "cores used", "load")


class Person:
    """One who types, drags, pins and turns pages, and what went wrong."""

    def __init__(self, number: int, ask: Ask, opened: ClientConnection) -> None:
        self.name, self._ask, self._opened, self._chance = f"person{number}", ask, opened, random.Random(number)
        self._asked = {"sentence": self._sentence(), "hidden_dim": "3"}
        self.waits: list[float] = []
        self.pages: list[float] = []
        self.failed: list[str] = []

    def _sentence(self) -> str:
        return " ".join([self.name, *self._chance.choices(WORDS, k=self._chance.randint(3, 9))])

    def begin(self) -> None:
        """Opens Memory, and sees a picture; nobody counts it."""
        self.turn_to("")
        self.ask("picture")
        self.waits.clear()
        self.pages.clear()

    def moves(self, end: float) -> None:
        """Moves until the end, not all people at the same moment."""
        time.sleep(self._chance.uniform(0, PAUSE[1]))
        while time.monotonic() < end:
            move = self._chance.choices(list(MOVES), list(MOVES.values()))[0]
            if move == "page":
                self.turn_to(self._chance.choice(PAGES))
            if move == "sentence":
                self._asked["sentence"] = self._sentence()
            if move == "size":
                self._asked["hidden_dim"] = f"{self._chance.randint(2, 12)}"
            self.ask(move if move in ("cell", "why") else "picture")
            time.sleep(self._chance.uniform(*PAUSE))

    def ask(self, path: str) -> None:
        """What a browser asks after a move, and the answer."""
        question: dict[str, Any] = {"query": self._asked, "room": 900}
        if path != "picture":
            question["cell"] = {"layer": 0, "direction": 0, "unit": self._chance.randrange(2), "step": 1}
        began = time.perf_counter()
        status, answer = self._ask(path, json.dumps(question).encode(), self.name)
        self.waits.append(time.perf_counter() - began)
        if status != 200:
            self.failed.append(f"{self.name} asked for a {path}, was answered {status}: {answer[:200]!r}")
        elif path == "picture" and unpacked(answer)["view"]["sentence"] != self._asked["sentence"]:
            self.failed.append(f"{self.name} got another's picture")

    def turn_to(self, page: str) -> None:
        """A page's script, run in the person's session with what she reads."""
        run = BackMsg()
        run.rerun_script.page_name = page
        run.rerun_script.query_string = urlencode(self._asked)
        began, finished = time.perf_counter(), None
        self._opened.send(run.SerializeToString())
        while finished is None:
            told = ForwardMsg.FromString(self._opened.recv(timeout=PATIENCE, decode=False))
            finished = told.script_finished if told.WhichOneof("type") == "script_finished" else None
        self.pages.append(time.perf_counter() - began)
        if finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            self.failed.append(f"{self.name} turned to {page!r}, and it ended as {finished}")


@contextmanager
def person(number: int, ask: Ask) -> Iterator[Person]:
    """A person at work, while the block runs, in a session of her own."""
    stream = f"{ask.address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(stream, subprotocols=[Subprotocol("streamlit")], open_timeout=PATIENCE, max_size=None) as opened:
        someone = Person(number, ask, opened)
        someone.begin()
        yield someone


def processor_seconds(process: int) -> float:
    """Seconds of processor time that a process has used."""
    used = subprocess.run(["ps", "-o", "cputimes=", "-p", str(process)], capture_output=True, text=True, check=True)
    return float(used.stdout)


def lesson(people: int, minutes: float) -> list[str]:
    """Prints a row about so many people on a server that has just started; what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder)) as address, ExitStack() as here:
            ask, process = Ask(address), process_of(address)
            megabytes = [memory(process)]
            crowd = [here.enter_context(person(0, ask))]
            megabytes.append(memory(process))
            crowd += [here.enter_context(person(number, ask)) for number in range(1, people)]
            megabytes.append(memory(process))
            used, began = processor_seconds(process), time.monotonic()
            with ThreadPoolExecutor(people) as threads:
                list(threads.map(lambda one: one.moves(began + 60 * minutes), crowd))
            cores = (processor_seconds(process) - used) / (time.monotonic() - began)
            megabytes.append(memory(process))
        log = (Path(folder) / "log").read_text(errors="replace")
    waits, pages = sorted(w for one in crowd for w in one.waits), sorted(w for one in crowd for w in one.pages)
    told = [f"{people}", f"{len(waits):,}", _ms(waits, 0.5), _ms(waits, 0.95), _ms(waits, 1), _ms(pages, 0.5)]
    told += [_ms(pages, 0.95), *(f"{each:.0f}" for each in megabytes)]
    told += [f"{(megabytes[3] - megabytes[1]) / people:.1f}", f"{cores:.2f}", f"{os.getloadavg()[0]:.1f}"]
    print(f"| {' | '.join(told)} |", flush=True)
    return [failure for one in crowd for failure in one.failed] + ([log] if "Traceback" in log else [])


def _ms(waits: list[float], share: float) -> str:
    """The wait that this share of the waits, from the shortest on, does not pass."""
    return f"{1e3 * waits[max(0, math.ceil(share * len(waits)) - 1)]:.0f}" if waits else "–"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", default="1,10,30", help="with commas between")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each number of people")
    asked = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, {asked.minutes:g} minutes each\n\n| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|"
    )
    failed = [failure for people in asked.people.split(",") for failure in lesson(int(people), asked.minutes)]
    for failure in failed:
        print(failure, file=sys.stderr)
    print(f"{len(failed)} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
