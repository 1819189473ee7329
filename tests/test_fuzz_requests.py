"""Requests that nobody would send are answered in a sentence, with fields that are right, huge, missing, nested or cut.

Others are tried by `pytest -n 0 --hypothesis-profile=search tests/test_fuzz_requests.py`.
"""

import json
import resource
import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gatescope.live.routes import routes

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
    *[None, [0, 3], [0.5, 2.5], [2, 2], [3, 1], [1e18, 1e19], [-5, -1], [-1, -0.4], [0, 1e-12], [0, 9_999_999]],
    *[[1], "ab"],
]
FILES = [b"one two", b"", b"\xff\xfe\x00", b"x" * 5_000, "é".encode("utf-16"), b"\x00"]
BROKEN = [
    *[b"", b"[" * 100_000, b'{"query":' * 20_000, b"\xff", b"null", b"NaN", b"9" * 10_000],
    *[b'{"query": {}, "room": 800, "x": [' + b"[]," * number + b"1]}" for number in (40_000, 600_000)],
]
DOWNLOADS = [f"download/{kind}" for kind in ("csv", "npz", "html", "py", "exe", "..%2f", "x" * 300)]

some = st.sampled_from
value = {
    **dict.fromkeys(("zoom", "steps", "rows"), some(RANGES)),
    "query": st.fixed_dictionaries({}, optional={name: some([*usual, *VALUES]) for name, usual in FIELDS.items()}),
    "room": some([800, 380, 1500, *NUMBERS]),
    "cell": st.fixed_dictionaries({name: some(NUMBERS) for name in ("layer", "direction", "unit", "step")}),
    "text": some(["gone", 3, [], "\ud800"]),
}
question = st.fixed_dictionaries(
    {name: value[name] for name in ("query", "room", "cell")},
    optional={name: value[name] for name in ("zoom", "steps", "rows", "text")},
)


@st.composite
def requests(draw):
    """A path with its query, and a body: a question of which a part or two are other things, or are cut off."""
    path = draw(some(["recording", "progress", "steps", "file", "download/csv", *DOWNLOADS]))
    if path == "file":
        name, instead = draw(some(["a.txt", "", "n" * 3_000, "%00", "%ff"])), draw(some(["", "x"]))
        return f"file?name={name}&instead={instead}", draw(some(FILES))
    asked = draw(question)
    for name in draw(st.lists(some(sorted(asked)), max_size=2, unique=True)):
        how = draw(some(["another", "gone", "deeper"]))
        asked |= {name: draw(some(VALUES)) if how == "another" else [asked[name]]}
        if how == "gone":
            del asked[name]
    body = json.dumps(asked).encode()
    how = draw(st.integers(0, 29))
    return path, draw(some(BROKEN)) if how == 29 else body[: draw(st.integers(0, len(body)))] if how == 28 else body


def most_memory():
    """The most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * (1024 if sys.platform == "darwin" else 1))


@pytest.mark.slow
def test_every_request_is_answered_in_a_sentence():
    counts, routes_asked, memory = Counter(), set(), []

    with TestClient(Starlette(routes=routes()), raise_server_exceptions=False) as client:

        @settings(max_examples=600, suppress_health_check=list(HealthCheck))
        @given(requests())
        def is_answered(request):
            path, body = request
            answer = client.post(f"/gatescope/{path}", content=body)
            assert answer.status_code < 500 or (answer.status_code == 503 and b'"busy"' in answer.content)
            assert b"Traceback" not in answer.content
            counts[answer.status_code] += 1
            routes_asked.add(path.split("?")[0].split("/")[0])
            if len(memory) < 60:
                memory.append(most_memory())

        is_answered()
    assert (counts[200] > 60, counts[400] > 200) == (True, True), counts
    assert routes_asked == {"recording", "progress", "steps", "file", "download"}
    assert most_memory() - memory[-1] < 800, "megabytes more than after the first tenth"
