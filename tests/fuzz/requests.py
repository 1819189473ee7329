"""Is every request answered in a sentence, in time, whatever stands in its fields?

    python -m tests.fuzz.requests --count 3000 --seed 1
    python -m tests.fuzz.requests --count 3000 --seed 1 --address http://127.0.0.1:8501

Asks the routes with fields that are right, huge, of other types, missing, nested or cut, the same for the same seed;
without an address in this process. The exit status is 1 after an answer of 500 or above (503 with "busy" is one), a
traceback in an answer, an answer that takes longer than --seconds, or more than --megabytes of memory at the end than
after the first tenth.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

NUMBERS = [0, 1, -1, 2, 3, 0.5, 1e18, -1e19, 1e308, 5e-324, 2**63, int("1" * 400), float("nan"), float("inf"), -0.0]
TEXTS = [
    "",
    " ",
    "\x00",
    "\ud800",
    "٣",
    "1_0",
    "=1+1",
    "a" * 300,
    "\U0001f1e6" * 50,
    "don't " * 40,
    "1,5;2\n3,4;5",
    "0",
]
VALUES = [*NUMBERS, *TEXTS, True, False, None, [], {}, [[]], {"a": {}}, [1, 2], "1" * 5_000]
FIELDS = {
    "sentence": ["Giraffes in a field", "a", "1 2 3\n4 5 6", "((", "x" * 3_000, "1" * 300 + "x\n2\n", *TEXTS],
    "input_dim": [1, 4, 16, 512, 513],
    "hidden_dim": [1, 3, 16, 64, 512, 0],
    "n_layers": [1, 2, 4, 5],
    "seed": [0, 2, 999_999, -1],
    "model": ["random", "tagger", "counter", "series", "own-x", "own-", "nothing"],
    "tokens": ["words", "characters", "numbers", "x"],
    "colours": ["teal", "purple", "x"],
    "directions": [1, 2, 3],
    "quantities": ["figcoh", "c", "x", ""],
    "layers": ["", "0", "03", "9"],
    "rows": ["index", "similarity", "half-life", "activity", "x"],
    "pin": ["", "0.1.2", "9.9.9", "0.2.3.1", "x"],
    "file": ["", "gone"],
}
RANGES = [
    None,
    [0, 3],
    [0.5, 2.5],
    [2, 2],
    [3, 1],
    [1e18, 1e19],
    [-5, -1],
    [-1, -0.4],
    [0, 1e-12],
    [0, 9_999_999],
    [1],
    "ab",
]
KINDS = ["csv", "npz", "html", "py", "exe", "..%2f", "x" * 300]
CELL = ("layer", "direction", "unit", "step")

Send = Callable[[str, bytes], tuple[int, bytes]]


class Request(NamedTuple):
    """A path with its query, and a body."""

    path: str
    body: bytes


def requests(seed: int, count: int) -> list[Request]:
    """So many requests, the same for the same seed."""
    chance = random.Random(seed)
    return [_request(chance) for _ in range(count)]


def _request(chance: random.Random) -> Request:
    route = chance.choice(["picture", "picture", "progress", "cell", "cell", "file", "download"])
    if route == "file":
        name = chance.choice(["a.txt", "", "n" * 3_000, "%00", "%ff"])
        body = chance.choice([b"one two", b"", b"\xff\xfe\x00", b"x" * 5_000, "é".encode("utf-16"), b"\x00"])
        return Request(f"file?name={name}&instead={chance.choice(['', 'x'])}", body)
    question = {
        "query": _query(chance),
        "room": chance.choice([800, 380, 1500, *NUMBERS]),
        "theme": chance.choice(["light", "dark", "x", None, []]),
        "zoom": chance.choice(RANGES),
        "steps": chance.choice(RANGES),
        "rows": chance.choice(RANGES),
        "size": chance.choice(["slide", "column", 3]),
        "cell": {name: chance.choice([0, 0, 1, 2, *NUMBERS]) for name in CELL},
    }
    if chance.random() < 0.1:
        question["text"] = chance.choice(["gone", 3, [], "\ud800"])
    for _ in range(chance.choice([0, 0, 1, 2])):
        _spoil(question, chance)
    path = f"download/{chance.choice(KINDS)}" if route == "download" else route
    return Request(path, _body(question, chance))


def _query(chance: random.Random) -> dict[str, Any]:
    names = chance.sample(list(FIELDS), chance.randint(0, 6))
    return {name: chance.choice(FIELDS[name] if chance.random() < 0.9 else VALUES) for name in names}


def _spoil(question: dict[str, Any], chance: random.Random) -> None:
    """One thing made another, left out or put one level down."""
    name = chance.choice(list(question))
    how = chance.randrange(3)
    if how == 0:
        question[name] = chance.choice(VALUES)
    elif how == 1 and len(question) > 1:
        del question[name]
    else:
        question[name] = [question[name]]


def _body(question: dict[str, Any], chance: random.Random) -> bytes:
    body = json.dumps(question).encode()
    how = chance.random()
    if how < 0.03:
        return body[: chance.randrange(len(body))]
    if how < 0.05:
        lists = b'{"query": {}, "room": 800, "x": [' + b"[]," * chance.choice([40_000, 600_000]) + b"1]}"
        broken = [b"", b"[" * 100_000, b'{"query":' * 20_000, b"\xff", b"null", b"NaN", b"9" * 10_000]
        return chance.choice([*broken, lists])
    return body


def judged(request: Request, status: int, body: bytes, seconds: float, most: float) -> str:
    """What is wrong about an answer; "" where nothing is."""
    busy = status == 503 and b'"busy"' in body
    if status >= 500 and not busy:
        return f"{status}: {body[:200]!r} to {request.path} {request.body[:300]!r}"
    if b"Traceback" in body:
        return f"a traceback in the answer to {request.path} {request.body[:300]!r}"
    if seconds > most:
        return f"{seconds:.1f} s for {request.path} {request.body[:300]!r}"
    return ""


def fuzz(send: Send, seed: int, count: int, seconds: float, megabytes: float) -> tuple[Counter[int], list[str]]:
    """How often each status came, and what went wrong."""
    counts: Counter[int] = Counter()
    failed, after_a_tenth = [], 0.0
    for number, request in enumerate(requests(seed, count)):
        began = time.perf_counter()
        status, body = send(request.path, request.body)
        counts[status] += 1
        wrong = judged(request, status, body, time.perf_counter() - began, seconds)
        if wrong:
            failed.append(wrong)
        if number == count // 10:
            after_a_tenth = _memory()
    grown = _memory() - after_a_tenth
    if grown > megabytes:
        failed.append(f"{grown:.0f} MB more than after the first tenth")
    return counts, failed


def _memory() -> float:
    """The most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * (1024 if sys.platform == "darwin" else 1))


def in_process() -> Send:
    """Asks the routes in this process."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    # What answers is imported with the first question: that is not what is timed.
    from dashboard.live import work  # noqa: F401
    from dashboard.live.routes import routes

    client = TestClient(Starlette(routes=routes()), raise_server_exceptions=False)
    client.__enter__()

    def send(path: str, body: bytes) -> tuple[int, bytes]:
        answer = client.post(f"/gatescope/{path}", content=body)
        return answer.status_code, answer.content

    return send


def at(address: str) -> Send:
    """Asks a server."""

    def send(path: str, body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(f"{address}/gatescope/{path}", body, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    return send


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--address", help="of a server that runs; else the routes are asked in this process")
    parser.add_argument("--seconds", type=float, default=5.0, help="the longest that an answer may take")
    parser.add_argument("--megabytes", type=float, default=300.0, help="how much memory may grow after the first tenth")
    asked = parser.parse_args()
    send = at(asked.address) if asked.address else in_process()
    counts, failed = fuzz(send, asked.seed, asked.count, asked.seconds, asked.megabytes)
    print(", ".join(f"{number:,} × {status}" for status, number in sorted(counts.items())))
    for failure in failed:
        print(failure, file=sys.stderr)
    print(f"{len(failed)} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
