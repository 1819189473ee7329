"""Whatever is sent to the server's routes is answered in a sentence, and costs no more than its limits allow."""

import io
import json
import logging

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

import lstm_core
from gatescope.export.downloads import download
from gatescope.live import routes as served
from gatescope.live import work
from gatescope.question.view import Source, View
from gatescope.reading.read import read
from gatescope.serving import limits
from gatescope.store import text_files
from lstm_core import LstmCoreError

INFINITE = float("inf")
HUGE = int("1" * 400)


def post(client, path, question):
    content = question if isinstance(question, str) else json.dumps(question)
    return client.post(f"/gatescope/{path}", content=content)


def picture(**changed):
    return {"query": {}, "room": 800, "zoom": None} | changed


def refuses(client, path, question, said="Expected "):
    """Whether the answer is a sentence that begins so."""
    response = post(client, path, question)
    return response.status_code == 400 and response.text.startswith(said)


@pytest.mark.parametrize(
    "cell",
    [{"unit": INFINITE}, {"step": float("nan")}, {"layer": HUGE}, {"direction": -1}, {"unit": 1.5}, {"step": [1]},
     {"step": "x"}, {"step": True}, {"unit": None}, {"unit": 10**18}],
)  # fmt: skip
def test_a_cell_that_is_no_place_is_refused_in_a_sentence(client, cell):
    place = {"layer": 0, "direction": 0, "unit": 0, "step": 0} | cell
    assert refuses(client, "recording", picture(cell=place))


@pytest.mark.parametrize(
    "zoom",
    [[2, 2], [1e18, 1e19], [0, HUGE], [INFINITE, 0], [float("nan"), 1], [1], [1, 2, 3], "ab", {"0": 1}, [[1], [2]], 3],
)
def test_a_range_that_is_none_is_refused_in_a_sentence(client, zoom):
    for path, name in (("recording", "zoom"), ("download/csv", "steps"), ("download/csv", "rows")):
        assert refuses(client, path, picture(**{name: zoom}), f"Expected {name} ")


@pytest.mark.parametrize("ends", [[-3, -2], [-1, -0.6], [-0.5, -9]])
@pytest.mark.parametrize("name", ["steps", "rows"])
def test_a_range_before_the_first_step_or_row_is_refused_and_not_another_one_sent(client, name, ends):
    said = f"Expected {name} as a range with a part from 0 on"
    for hidden in ("2", "16"):
        for kind in ("csv", "html"):
            question = picture(query={"hidden_dim": hidden}, **{name: ends})
            assert refuses(client, f"download/{kind}", question, said)


@pytest.mark.parametrize(("steps", "shown"), [([-1, -0.4], [0]), ([-3, 1.2], [0, 1]), ([2.6, 2.8], [3])])
def test_a_range_that_ends_within_the_axis_gives_the_steps_in_it(client, steps, shown):
    rows = pd.read_csv(io.BytesIO(post(client, "download/csv", picture(steps=steps)).content))
    assert rows["time"].unique().tolist() == shown


@pytest.mark.parametrize("room", [HUGE, INFINITE, "wide", None, [], {}])
def test_a_room_that_is_no_number_is_refused_in_a_sentence(client, room):
    assert refuses(client, "recording", picture(room=room), "Expected room ")


@pytest.mark.parametrize("path", ["recording", "progress", "steps", "download/csv"])
@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"query":' * 50_000, '{"query": {"sentence": ' + "[" * 3_000 + "]" * 3_000 + "}}"]
)
def test_what_is_nested_deeply_is_refused_in_a_sentence(client, path, content):
    assert refuses(client, path, content)


MANY = {
    "lists": '{"query": {"sentence": "a"}, "room": 800, "x": [' + "[]," * 660_000 + "[]]}",
    "objects": '{"query": {"sentence": "a"}, "room": 800, "x": [' + "{}," * 660_000 + "{}]}",
    "names": json.dumps({"query": {f"k{number}": 1 for number in range(120_000)}, "room": 800}),
    "numbers": '{"query": {"sentence": "a"}, "room": 800, "x": [' + "1," * 900_000 + "1]}",
}


@pytest.mark.parametrize("path", ["recording", "progress", "steps", "download/csv"])
@pytest.mark.parametrize("body", MANY.values(), ids=MANY)
def test_a_question_of_too_many_parts_is_refused_before_it_is_parsed(client, monkeypatch, path, body):
    monkeypatch.setattr(json, "loads", lambda _: pytest.fail("it was parsed"))
    assert refuses(client, path, body, "Expected JSON with at most 100,000 brackets, commas and colons, got ")


def test_a_long_sentence_with_a_comma_after_each_word_is_read(client):
    assert (
        post(client, "recording", picture(query={"sentence": "word, " * 50_000, "hidden_dim": "2"})).status_code == 200
    )


@pytest.mark.parametrize("query", [3, [], None, "x", [["a", "b"]], {"sentence": {}}, {"model": [1]}])
def test_a_query_of_another_type_is_refused_in_a_sentence(client, query):
    for path in ("recording", "progress", "steps", "download/py"):
        assert refuses(client, path, {"query": query, "room": 800, "cell": {}})


@pytest.mark.parametrize("sentence", ["\ud800", "a \udfff b", "a\x00b", "\U0001f1e6" * 101])
def test_text_that_no_file_could_hold_is_read(client, sentence):
    for path in ("recording", "download/csv", "download/py", "download/html"):
        assert post(client, path, picture(query={"sentence": sentence})).status_code == 200


def test_an_error_of_our_own_is_a_sentence_for_the_visitor_and_a_line_in_the_log(client, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("a\nsecret")

    monkeypatch.setattr(work, "recording", broken)
    with caplog.at_level(logging.ERROR):
        response = post(client, "recording", picture())
    assert response.status_code == 500
    assert response.text.startswith("Something went wrong on the server")
    assert "secret" not in response.text
    (record,) = caplog.records
    assert record.exc_info is None
    assert "ZeroDivisionError: a secret" in record.getMessage()
    assert "\n" not in record.getMessage()


def test_a_long_text_is_cut_before_it_is_tokenised(monkeypatch):
    seen = []
    monkeypatch.setattr(lstm_core, "words", lambda text: seen.append(len(text)) or ["a", "b"])
    reading = read(Source(sentence="word " * 400_000))
    assert seen == [limits.CHARACTERS.most]
    assert reading.notices == [
        "The text has 2,000,000 characters; the first 1,000,000 are looked at. For all of it, run lstm_core.run in "
        "Python."
    ]


def test_only_the_steps_that_are_read_get_vectors(monkeypatch):
    made = []
    real = lstm_core.inputs.token_vectors
    monkeypatch.setattr(
        lstm_core.inputs, "token_vectors", lambda tokens, *of: made.append(len(tokens)) or real(tokens, *of)
    )
    reading = read(Source(sentence="(" * 300_000, hidden_dim=64))
    assert sum(made) == len(reading.tokens) == 100_000
    assert any("The text has 300,000 words; the first 100,000 are read" in notice for notice in reading.notices)


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


def test_a_name_is_cut_at_255_characters(client):
    key = client.post("/gatescope/file", params={"name": "n" * 60_000}, content=b"one two").json()["file"]
    assert text_files.kept(key).name == "n" * 255


def test_cells_of_text_that_a_spreadsheet_would_run_are_guarded_and_numbers_are_not():
    words = ["=", "+", "-", "@", "a", "'"]
    rows = pd.read_csv(io.BytesIO(download("csv", View(Source(sentence=" ".join(words)))).content))
    assert list(dict.fromkeys(rows["token"])) == ["'=", "'+", "'-", "'@", "a", "'"]
    trace = read(Source(sentence=" ".join(words))).trace
    assert rows["c"].min() == pytest.approx(trace.c.min().item())
    assert rows["c"].min() < 0


def test_a_csv_of_more_rows_than_a_spreadsheet_holds_is_refused_with_what_to_do_instead():
    view = View(Source(sentence="word " * 3_000, hidden_dim=512))
    with pytest.raises(limits.TooMuch, match=r"at most 1,000,000 rows.*npz.*to_parquet"):
        download("csv", view)


def test_a_refusal_names_what_is_missing(client):
    response = post(client, "download/csv", {"query": {"sentence": ""}})
    assert (response.status_code, response.text) == (400, "There is nothing to export yet: type a sentence.")
    with pytest.raises(LstmCoreError):
        download("csv", View(Source(sentence="")))


@pytest.mark.parametrize("path", ["recording", "progress", "steps", "file", "download/csv"])
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
        answer = client.post("/gatescope/recording", json=picture(), headers={"Sec-Fetch-Site": origin})
        assert answer.status_code == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("link", ["", "?link="])
def test_a_qr_code_of_no_link_is_refused_in_a_sentence(client, link):
    refused = client.get(f"/gatescope/qr{link}")
    assert refused.status_code == 400
    assert refused.text.startswith("Expected a link")
