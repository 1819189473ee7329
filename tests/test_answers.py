"""What the server answers the live view, without a browser."""

import json
import runpy
from urllib.parse import parse_qsl

import numpy as np
import pytest
from pictured import picture_of, pictured
from torch import nn
from unpacking import numbers_in, packed_in

import lstm_core
from gatescope import assets
from gatescope.live.routes import files_path
from gatescope.offline.downloads import download
from gatescope.question import link
from gatescope.question.holds import Cell, read_holds
from gatescope.question.opening import opening
from gatescope.question.view import Shown, Source, View
from gatescope.reading.models import examples
from gatescope.reading.read import read
from gatescope.store import visitor_models
from gatescope.store.text_files import keep
from lstm_core import SequenceModel
from lstm_core.models.embeddings import Rows


def trace_of(words, input_dim=4, hidden_dim=3, n_layers=1, seed=2):
    lstm = lstm_core.models.random_lstm(input_dim, hidden_dim, n_layers, seed)
    return lstm_core.run(lstm, lstm_core.inputs.token_vectors(words, input_dim, seed), tokens=words)


def test_the_picture_of_a_view_is_that_of_its_trace():
    query = {"sentence": "The cat the dog chased ran", "hidden_dim": "7", "n_layers": "3", "input_dim": "2"}
    picture = picture_of(query)
    trace = trace_of(["The", "cat", "the", "dog", "chased", "ran"], 2, 7, 3)
    assert [stack["layer"] for stack in picture["stacks"]] == [0, 1, 2]
    for stack in picture["stacks"]:
        for heatmap in stack["values"]:
            np.testing.assert_array_equal(heatmap["z"], trace.cells(heatmap["quantity"], stack["layer"]))
    assert picture["proof"].endswith(f"{trace.max_error:.0e}")
    assert picture["shapes"] == (
        "input (seq_len, batch, input_size) = (6, 1, 2) · h and c (n_layers, batch, hidden_dim) = (3, 1, 7) · "
        "parameters: 1,204"
    )


@pytest.mark.parametrize("sentence", ["", "   ", "\u200b\u200d", "\n"])
def test_nothing_to_read_is_a_sentence_and_no_picture(sentence):
    picture = picture_of({"sentence": sentence})
    assert picture["stacks"] == []
    assert picture["notices"] == ["Type a sentence to start."]
    assert picture["view"]["sentence"] == sentence


@pytest.mark.parametrize(
    ("sentence", "notices"),
    [
        ("aabb", []),
        (
            "AaXB",
            [
                "This model does not know 3 of these 4 symbols (A, X, B) and reads its vector for unknown symbols "
                "there. It knows A, B in lower case."
            ],
        ),
    ],
)
def test_what_a_model_can_not_tell_apart_is_said(sentence, notices):
    picture = picture_of({"sentence": sentence, "model": "counter"})
    assert picture["notices"] == notices


@pytest.mark.parametrize(
    ("tokens", "reads", "text"),
    [
        ([], "words", "0 1 2 3 4 5 6 7"),
        (["<pad>", "cat", "dog"], "words", "cat dog"),
        ([*"xy\n"], "symbols", "xy"),
        (["in"], "words", "in"),
        (["giraffes", "in", "a", "field", "cow"], "words", "giraffes in a field"),
    ],
)
def test_examples_are_what_the_model_can_read(tokens, reads, text):
    parts = {"embedding": Rows(9, 2, tokens), "lstm": nn.LSTM(2, 3), "linear": nn.Linear(3, 1)}
    model = SequenceModel("mine", "", ["x"], reads=reads, gives="value", **parts)
    assert next(iter(examples(model, reads).values())) == text


@pytest.mark.parametrize(
    ("embedding", "says"),
    [
        (Rows(12, 2), "zeros there. Its embedding has the rows 0 to 11."),
        (Rows(12, 2, ["a", "b"]), "zeros there."),
        (Rows(12, 2, ["a", "<unk>"], 1), "its vector for unknown words there."),
    ],
)
def test_it_is_said_what_an_unknown_word_is_read_as(embedding, says):
    nn.init.ones_(embedding.vectors.weight)
    parts = {"embedding": embedding, "lstm": nn.LSTM(2, 3), "linear": nn.Linear(3, 1)}
    model = SequenceModel("mine", "", ["x"], reads="words", gives="value", **parts)
    source = Source("99", model=visitor_models.put(model))
    assert read(source).notices == [f"This model does not know 1 of these 1 words (99) and reads {says}"]
    assert read(source).trace.x.any() == ("zeros" not in says)


def test_a_text_is_read_up_to_a_hundred_thousand_words_and_says_so():
    picture = picture_of({"sentence": "word " * 100_001})
    assert picture["columns"]["steps"] == 100_000
    assert any("The text has 100,001 words; the first 100,000 are read" in notice for notice in picture["notices"])


@pytest.fixture(scope="module")
def long_text():
    """Ten thousand words, one of them another than the rest."""
    return ["word"] * 7_123 + ["another"] + ["word"] * 2_876


def test_zooming_into_a_long_text_comes_to_single_steps_and_their_words(long_text):
    query = {"file": keep("long.txt", " ".join(long_text).encode()), "hidden_dim": "16"}
    picture, trace = picture_of(query, 900, (7_100.0, 7_150.0)), trace_of(long_text, hidden_dim=16)
    columns = picture["columns"]
    first, last = columns["first"], columns["first"] + columns["number"]
    assert columns["per"] == 1
    assert first < 7_100 < 7_150 < last
    assert picture["labels"] == long_text[first:last]
    for heatmap in picture["stacks"][0]["values"]:
        np.testing.assert_array_equal(heatmap["z"], trace.cells(heatmap["quantity"])[:, first:last])


def test_a_file_that_left_the_server_is_said_and_the_sentence_read():
    picture = picture_of({"file": "gone"})
    assert picture["labels"] == ["Giraffes", "in", "a", "field"]
    assert any("no longer on the server" in notice for notice in picture["notices"])


@pytest.mark.parametrize("looks", [{}, {"pin": "0.1.2"}, {"rows": "activity"}, {"holds": "f.0.1.2_0"}])
def test_a_link_that_says_nothing_of_what_is_read_opens_what_the_bare_address_opens(looks):
    picture = picture_of(looks)
    assert picture["view"] == link.values(View(opening())) | looks
    assert not picture["notices"]


@pytest.mark.parametrize("reads", [{"sentence": "a b"}, {"hidden_dim": "3"}, {"seed": "2"}, {"n_layers": "1"}])
def test_a_link_that_says_what_is_read_and_no_model_opens_an_untrained_one(reads):
    assert picture_of(reads)["view"]["model"] == "random"


def test_of_a_model_that_there_is_not_it_is_said_and_what_the_bare_address_opens_reads():
    picture = picture_of({"model": "nonsense", "pin": "0.1.2"})
    assert picture["view"] == link.values(View(opening())) | {"pin": "0.1.2"}
    [notice] = picture["notices"]
    assert notice.startswith("model=nonsense is not possible: ")
    assert notice.endswith(f"model is {opening().model} instead.")


def test_a_text_too_long_for_a_link_says_so():
    picture = picture_of({"sentence": "x" * 40_000, "hidden_dim": "7", "pin": "0.1.0"})
    assert dict(parse_qsl(picture["link"])).items() >= {"sentence": Source.sentence, "hidden_dim": "7"}.items()
    assert "pin" not in picture["link"]
    assert not picture["pins"]
    assert picture["lasts"].endswith("Your text is not included.")
    assert any("too long for a link" in notice for notice in picture["notices"])


def test_a_cell_is_taken_apart_and_adds_up_to_the_trace():
    terms = picture_of({"n_layers": "2"}, 900, None, Cell(1, 0, 2, 3))["cell"]
    trace = trace_of(["Giraffes", "in", "a", "field"], n_layers=2)
    assert terms["c"] == pytest.approx(trace.c[1, 0, 3, 0, 2].item(), abs=1e-6)
    assert terms["f"]["value"] == pytest.approx(trace.f[1, 0, 3, 0, 2].item(), abs=1e-6)
    assert terms["x"] == pytest.approx(trace.h[0, 0, 3, 0].tolist())


def test_a_file_is_kept_for_the_browser_that_sent_it(client):
    key = client.post("/gatescope/file?name=a.txt", content=b"one two").json()["file"]
    question = {"query": {"file": key}, "room": 800, "zoom": None}
    picture = pictured(client.post("/gatescope/recording", content=json.dumps(question)).content, question["query"])
    assert picture["labels"] == ["one", "two"]
    assert picture["file"] == "a.txt: 2 words"
    assert dict(parse_qsl(picture["link"]))["sentence"] == Source.sentence
    assert "file" not in picture["link"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "which is empty"), (b"\xff\xfe\x00", "a text in UTF-8"), (b"x" * 20_000_001, "at most 20,000,000 bytes")],
)
def test_a_file_that_can_not_be_read_is_a_sentence(client, content, sentence):
    response = client.post("/gatescope/file?name=a.bin", content=content)
    assert response.status_code == 400
    assert sentence in response.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("browser/live.js", "text/javascript"),
        ("browser/live.css", "text/css"),
        ("browser/icon.png", "image/png"),
        ("vendor/plotly-cartesian.min.js", "text/javascript"),
    ],
)
def test_a_file_is_sent_as_what_it_is_and_kept_under_the_name_of_its_edition_alone(client, path, kind):
    sent, older = (client.get(f"{place}/{path}") for place in (files_path(), "/gatescope/0123456789abcdef"))
    for each in (sent, older):
        assert each.content == (assets.FOLDER / path).read_bytes()
        assert each.headers["content-type"].split(";")[0] == kind
    assert sent.headers["cache-control"] == "public, immutable, max-age=31536000"
    assert older.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["browser/../../pyproject.toml", "browser/%2e%2e/%2e%2e/pyproject.toml"])
def test_nothing_else_is_served(client, path):
    assert client.get(f"{files_path()}/{path}").status_code == 404


def test_a_download_route_gives_a_file_by_its_name(client):
    response = client.post("/gatescope/download/py", content=json.dumps({"query": {}}))
    assert response.headers["content-disposition"] == 'attachment; filename="gatescope.py"'


VIEW = View(Source(sentence='it\'s a "test" \\ of <b>', hidden_dim=5, n_layers=2))
WORDS = ["it's", "a", '"', "test", '"', "\\", "of", "<", "b", ">"]


def test_npz_loads_bit_for_bit(tmp_path):
    path = tmp_path / "trace.npz"
    path.write_bytes(b"".join(download("npz", VIEW).pieces))
    trace, expected = lstm_core.load(path), trace_of(WORDS, 4, 5, 2)
    assert all((trace.tensors()[name] == tensor).all() for name, tensor in expected.tensors().items())
    assert trace.tokens == [WORDS]


@pytest.mark.slow
def test_the_python_code_gives_the_same_trace_as_it_stands(tmp_path):
    script = tmp_path / "same.py"
    script.write_bytes(b"".join(download("py", VIEW).pieces))
    with script.open("a") as more:
        more.write(f"trace.save({str(tmp_path / 'trace.npz')!r})\n")
    runpy.run_path(str(script))
    trace, expected = lstm_core.load(tmp_path / "trace.npz"), trace_of(WORDS, 4, 5, 2)
    assert all((trace.tensors()[name] == tensor).all() for name, tensor in expected.tensors().items())


def test_the_html_page_asks_nothing_of_the_network_and_holds_no_markup_of_the_sentence():
    page = b"".join(download("html", VIEW).pieces).decode()
    before_library, after_library = page.split("<script>", 1)[0], page.rsplit("</script>", 2)[0]
    assert "src=" not in before_library
    assert "<script src" not in after_library
    assert "of <b>" not in before_library


def test_a_page_of_a_file_is_called_by_its_name():
    view = View(Source(file=keep("log & co.csv", b"load\n1\n2\n3"), tokens="numbers"))
    assert b"<title>log &amp; co.csv</title>" in b"".join(download("html", view).pieces)


def count_recordings(monkeypatch):
    """Every run of an LSTM from here on, one entry each."""
    runs = []
    run = lstm_core.run

    def counted(*args, **options):
        runs.append(args)
        return run(*args, **options)

    monkeypatch.setattr(lstm_core, "run", counted)
    return runs


def test_a_move_with_a_pinned_cell_is_one_recording_and_brings_the_cells_terms(client, monkeypatch):
    runs = count_recordings(monkeypatch)
    cell = {"layer": 0, "direction": 0, "unit": 2, "step": 3}
    question = {"query": {"hidden_dim": "5", "sentence": "one move of a slider"}, "room": 900, "cell": cell}
    picture = pictured(client.post("/gatescope/recording", content=json.dumps(question)).content, question["query"])
    assert len(runs) == 1
    trace = trace_of(["one", "move", "of", "a", "slider"], hidden_dim=5)
    assert picture["cell"]["c"] == pytest.approx(trace.c[0, 0, 3, 0, 2].item(), abs=1e-6)
    assert {name: picture["cell"][name] for name in cell} == cell


@pytest.mark.parametrize("cell", [(0, 0, 9, 0), (0, 0, 0, 99), (3, 0, 0, 0)])
def test_a_cell_that_a_picture_has_not_is_none_of_its_terms(cell):
    assert picture_of({}, 900, None, Cell(*cell))["cell"] is None


def test_the_page_without_a_server_holds_what_is_held_and_the_part_in_sight():
    view = View(Source("a b c d e"), Shown(pin=Cell(0, 0, 1, 2)), read_holds("f.0.2.1_0"))
    page = b"".join(download("html", view, (0.5, 2.5), (1.5, -0.5)).pieces)
    assert packed_in(page)[1]["zoom"] == {"steps": [0.5, 2.5], "units": [1.5, -0.5]}
    picture = numbers_in(page)
    assert "f of unit 2 at “b” held at 0" in picture["made"]
    assert (picture["view"]["pin"], picture["view"]["holds"]) == ("0.1.2", "f.0.2.1_0")
    assert picture["held"]["holds"] == "f.0.2.1_0"
    assert (picture["cell"]["unit"], picture["cell"]["step"]) == (1, 2)
    [stack] = picture["stacks"]
    forget = next(strip["z"] for strip in stack["values"] if strip["quantity"] == "f")
    assert forget[2, 1 - picture["columns"]["first"]] == 0
