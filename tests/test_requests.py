"""Whatever is sent to the server's routes is answered in a sentence, and costs no more than its limits allow.

Other requests are drawn by `pytest -n 0 --hypothesis-profile=search tests/test_requests.py -k drawn`.
"""

import json
import logging
import resource
import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from served import answer_of, asked, visit
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

import lstm_core
from gatescope.live import routes as served
from gatescope.live import work
from gatescope.question.view import Source
from gatescope.reading.read import read
from gatescope.serving import limits

# What is asked in JSON, the recording first.
ASKED = ["recording", "steps", "download/py"]
INFINITE, HUGE = float("inf"), int("1" * 400)
NUMBERS = [0, 1, -1, 2, 3, 0.5, 1e18, -1e19, 1e308, 5e-324, 2**63, HUGE, float("nan"), INFINITE, -0.0]
TEXTS = [
    *["", " ", "\x00", "\ud800", "a \udfff b", "٣", "1_0", "=1+1", "a" * 300, "\U0001f1e6" * 101, "don't " * 40, "0"],
    "1,5;2\n3,4;5",
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
    "directions": [1, 2, 3],
    "quantities": ["figcoh", "c", "x", ""],
    "layers": ["", "0", "03", "9"],
    "rows": ["index", "similarity", "half-life", "x"],
    "pin": ["", "0.1.2", "9.9.9", "0.2.3.1", "x"],
    "file": ["", "gone"],
}
RANGES = [
    *[None, [0, 3], [0.5, 2.5], [2, 2], [3, 1], [1e18, 1e19], [-5, -1], [-1, -0.4], [0, 1e-12], [0, 9_999_999]],
    *[[1], "ab", [INFINITE, 0], [[1], [2]], {"0": 1}],
]
BROKEN = [
    *[b"", b"[" * 100_000, b'{"query":' * 20_000, b"\xff", b"null", b"NaN", b"9" * 10_000],
    *[b'{"query": {}, "room": 800, "x": [' + b"[]," * number + b"1]}" for number in (40_000, 600_000)],
]
PATHS = [*ASKED, "file", *(f"download/{kind}" for kind in ("npz", "html", "csv", "exe", "..%2f", "x" * 300))]

some = st.sampled_from
value = {
    **dict.fromkeys(("zoom", "steps", "rows"), some(RANGES)),
    "query": st.fixed_dictionaries({}, optional={name: some([*usual, *VALUES]) for name, usual in FIELDS.items()}),
    "room": some([800, 380, 1500, *NUMBERS]),
    "cell": st.fixed_dictionaries({name: some(NUMBERS) for name in ("layer", "direction", "unit", "step")}),
}
question = st.fixed_dictionaries(
    {name: value[name] for name in ("query", "room", "cell")},
    optional={name: value[name] for name in ("zoom", "steps", "rows")},
)


@st.composite
def requests(draw):
    """A path with its query, and a body: a question of which a part or two are other things, or are cut off."""
    path = draw(some(PATHS))
    if path == "file":
        name = draw(some(["a.txt", "", "n" * 3_000, "%00", "%ff"]))
        content = some([b"one two", b"", b"\xff\xfe\x00", b"x" * 5_000, "é".encode("utf-16"), b"\x00"])
        return f"file?name={name}", draw(content)
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
def test_every_request_that_is_drawn_is_answered_in_a_sentence():
    counts, memory = Counter(), []

    with TestClient(Starlette(routes=served.routes()), raise_server_exceptions=False) as client:

        @settings(max_examples=400, suppress_health_check=list(HealthCheck))
        @given(requests())
        def is_answered(request):
            path, body = request
            answer = client.post(f"/gatescope/{path}", content=body)
            assert answer.status_code < 500 or (answer.status_code == 503 and b'"busy"' in answer.content)
            assert b"Traceback" not in answer.content
            counts[answer.status_code] += 1
            if len(memory) < 60:
                memory.append(most_memory())

        is_answered()
    assert (counts[200] > 40, counts[400] > 130) == (True, True), counts
    assert most_memory() - memory[-1] < 800, "megabytes more than after the first tenth"


def post(client, path, question):
    content = question if isinstance(question, str) else json.dumps(question)
    return client.post(f"/gatescope/{path}", content=content)


def refuses(client, path, question, said="Expected "):
    """Whether the answer is a sentence that begins so."""
    response = post(client, path, question)
    return response.status_code == 400 and response.text.startswith(said)


@pytest.mark.parametrize("ends", [[2, 2], [0, HUGE], [INFINITE, 0], [1], "ab", [[1], [2]], [-3, -2], [-0.5, -9]])
@pytest.mark.parametrize(
    ("path", "name"), [("recording", "zoom"), ("download/html", "steps"), ("download/html", "rows")]
)
def test_a_range_without_a_part_of_the_axis_is_refused_and_not_another_one_sent(client, path, name, ends):
    assert refuses(client, path, {"query": {}, "room": 800, name: ends}, f"Expected {name} ")


MANY = {
    "lists": '{"query": {"sentence": "a"}, "room": 800, "x": [' + "[]," * 660_000 + "[]]}",
    "names": json.dumps({"query": {f"k{number}": 1 for number in range(120_000)}, "room": 800}),
    "numbers": '{"query": {"sentence": "a"}, "room": 800, "x": [' + "1," * 900_000 + "1]}",
}


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("body", MANY.values(), ids=MANY)
def test_a_question_of_too_many_parts_is_refused_before_it_is_parsed(client, monkeypatch, path, body):
    monkeypatch.setattr(json, "loads", lambda _: pytest.fail("it was parsed"))
    assert refuses(client, path, body, "Expected JSON with at most 100,000 brackets, commas and colons, got ")


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(
    ("path", "limit", "says"),
    [("recording", limits.QUESTION, "Open a long text"), ("file", limits.FILE, "shorter text")],
)
def test_a_body_that_is_too_large_is_refused_as_soon_as_it_is_and_never_held(path, limit, says, announced):
    async def visitor(app):
        came = []

        async def receive():
            came.append(min(limit.most, 500_000))
            return {"type": "http.request", "body": b"x" * came[-1], "more_body": True}

        length = str(limit.most + 1) if announced else ""
        answer = await answer_of(app, asked(f"/gatescope/{path}", content_length=length), receive)
        assert answer.status_code == 400
        assert f"at most {limit.most:,} bytes, got more. " in answer.content.decode()
        assert says in answer.content.decode()
        assert sum(came) <= (0 if announced else limit.most + 500_000)

    visit(visitor)


def test_an_error_of_our_own_is_a_sentence_for_the_visitor_and_a_line_in_the_log(client, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("a\nsecret")

    monkeypatch.setattr(work, ASKED[0], broken)
    with caplog.at_level(logging.ERROR):
        response = post(client, ASKED[0], {"query": {}, "room": 800})
    assert response.status_code == 500
    assert response.text.startswith("Something went wrong on the server")
    assert "secret" not in response.text
    (record,) = caplog.records
    assert record.exc_info is None
    assert "ZeroDivisionError: a secret" in record.getMessage()
    assert "\n" not in record.getMessage()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1" * 20_000 + "x\n2\n", "Expected cells of at most 200 characters in a table, got one of 20,001."),
        ("1,2\n" * 300_000, "Expected a table of at most 500,000 cells, got about 600,000."),
        ("1\n" * 2_600_000, "Expected a table of at most 5,000,000 characters, got 5,200,000."),
    ],
)
def test_a_table_beyond_the_limits_is_refused_before_it_is_parsed(monkeypatch, text, sentence):
    monkeypatch.setattr(lstm_core, "read_series", lambda _: pytest.fail("it was parsed"))
    reading = read(Source(sentence=text, tokens="numbers"))
    assert reading.trace is None
    assert reading.notices[0].startswith(sentence)


def test_what_can_not_be_exported_is_refused_with_what_to_do_instead(client):
    response = post(client, "download/npz", {"query": {"sentence": ""}})
    assert (response.status_code, response.text) == (400, "Expected a text that is read, got none: type one.")
    assert refuses(client, "download/exe", {"query": {}}, "Expected one of npz, html, py, got 'exe'")


@pytest.mark.parametrize("path", [*ASKED, "file"])
def test_to_open_an_address_that_takes_questions_is_refused_and_not_answered_with_a_page(path):
    page = Route("/{rest:path}", lambda _: PlainTextResponse("the page"))
    with TestClient(Starlette(routes=[*served.routes(), page])) as client:
        refused = client.get(f"/gatescope/{path}")
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
        assert client.get("/gatescope/nothing").status_code == 404
        assert client.get("/gatescope").text == "the page"
        assert client.get("/gatescopes").text == "the page"


def test_a_page_of_another_site_asks_nothing_and_no_answer_is_a_page(client):
    for origin, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
        answer = client.post(
            "/gatescope/recording", json={"query": {}, "room": 800}, headers={"Sec-Fetch-Site": origin}
        )
        assert answer.status_code == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
