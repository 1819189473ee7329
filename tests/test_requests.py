"""Whatever is sent to the server's routes is answered in a sentence, and costs no more than its limits allow."""

import io
import json
import logging

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from unpacking import unpacked

import lstm_core
from dashboard.export.downloads import download
from dashboard.live import routes as served
from dashboard.live import work
from dashboard.question import limits
from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.reading.read import read
from dashboard.store import text_files
from lstm_core import LstmCoreError

INFINITE = float("inf")
HUGE = int("1" * 400)


@pytest.fixture(scope="module")
def client():
    with TestClient(Starlette(routes=served.routes())) as client:
        yield client


def post(client, path, question):
    content = question if isinstance(question, str) else json.dumps(question)
    return client.post(f"/gatescope/{path}", content=content)


def picture(**changed):
    return {"query": {}, "width": 800, "theme": "light", "zoom": None} | changed


@pytest.mark.parametrize(
    "cell",
    [{"unit": INFINITE}, {"step": float("nan")}, {"layer": HUGE}, {"direction": -1}, {"unit": 1.5}, {"step": [1]},
     {"step": "x"}, {"step": True}, {"unit": None}, {"unit": 10**18}],
)  # fmt: skip
def test_a_cell_that_is_no_place_is_refused_in_a_sentence(client, cell):
    place = {"layer": 0, "direction": 0, "unit": 0, "step": 0} | cell
    response = post(client, "cell", {"query": {}, "cell": place})
    assert response.status_code == 400
    assert response.text.startswith("Expected ")


@pytest.mark.parametrize(
    "zoom",
    [[2, 2], [1e18, 1e19], [0, HUGE], [INFINITE, 0], [float("nan"), 1], [1], [1, 2, 3], "ab", {"0": 1}, [[1], [2]], 3],
)
def test_a_range_that_is_none_is_refused_in_a_sentence(client, zoom):
    for path, name in (("picture", "zoom"), ("download/csv", "steps"), ("download/csv", "rows")):
        response = post(client, path, picture(**{name: zoom}))
        assert response.status_code == 400
        assert response.text.startswith(f"Expected {name} ")


@pytest.mark.parametrize("width", [HUGE, INFINITE, "wide", None, [], {}])
def test_a_width_that_is_no_number_is_refused_in_a_sentence(client, width):
    response = post(client, "picture", picture(width=width))
    assert response.status_code == 400
    assert response.text.startswith("Expected width ")


@pytest.mark.parametrize("path", ["picture", "progress", "cell", "download/csv"])
@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"query":' * 50_000, '{"query": {"sentence": ' + "[" * 3_000 + "]" * 3_000 + "}}"]
)
def test_what_is_nested_deeply_is_refused_in_a_sentence(client, path, content):
    response = post(client, path, content)
    assert response.status_code == 400
    assert response.text.startswith("Expected ")


@pytest.mark.parametrize("query", [3, [], None, "x", [["a", "b"]], {"sentence": {}}, {"model": [1]}])
def test_a_query_of_another_type_is_refused_in_a_sentence(client, query):
    for path in ("picture", "progress", "cell", "download/py"):
        response = post(client, path, {"query": query, "width": 800, "cell": {}})
        assert response.status_code == 400
        assert response.text.startswith("Expected ")


@pytest.mark.parametrize("sentence", ["\ud800", "a \udfff b", "a\x00b", "\U0001f1e6" * 101])
def test_text_that_no_file_could_hold_is_read(client, sentence):
    for path in ("picture", "download/csv", "download/py", "download/json"):
        assert post(client, path, picture(query={"sentence": sentence})).status_code == 200


def test_an_error_of_our_own_is_a_sentence_for_the_visitor_and_a_line_in_the_log(client, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("a\nsecret")

    monkeypatch.setattr(work, "picture", broken)
    with caplog.at_level(logging.ERROR):
        response = post(client, "picture", picture())
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
    rows = pd.read_csv(io.BytesIO(download("csv", View(Source(sentence=" ".join(words))), "light", "slide").content))
    assert list(dict.fromkeys(rows["token"])) == ["'=", "'+", "'-", "'@", "a", "'"]
    trace = read(Source(sentence=" ".join(words))).trace
    assert rows["c"].min() == pytest.approx(trace.c.min().item())
    assert rows["c"].min() < 0


def test_a_long_csv_is_made_piece_by_piece_and_is_that_of_the_whole():
    view = View(Source(sentence=" ".join(f"w{number}" for number in range(3_000)), hidden_dim=4))
    file = download("csv", view, "light", "slide")
    pieces = list(file.pieces)
    assert len(pieces) > 5
    rows, wanted = pd.read_csv(io.BytesIO(b"".join(pieces))), read(view.source).trace.to_pandas()
    wanted = wanted.astype({"token": str})
    pd.testing.assert_frame_equal(rows, wanted, check_dtype=False, check_exact=False, rtol=1e-6)


def test_a_csv_of_more_rows_than_a_spreadsheet_holds_is_refused_with_what_to_do_instead():
    view = View(Source(sentence="word " * 3_000, hidden_dim=512))
    with pytest.raises(limits.TooMuch, match=r"at most 1,000,000 rows.*npz.*to_parquet"):
        download("csv", view, "light", "slide")


def test_the_page_of_a_picture_stays_as_it_was(client):
    response = post(client, "picture", picture(zoom=[0.5, 2.5]))
    assert unpacked(response.content)["labels"] == ["Giraffes", "in", "a", "field"]


def test_a_refusal_names_what_is_missing(client):
    response = post(client, "download/csv", {"query": {"sentence": ""}})
    assert (response.status_code, response.text) == (400, "There is nothing to export yet: type a sentence.")
    with pytest.raises(LstmCoreError):
        download("csv", View(Source(sentence="")), "light", "slide")
