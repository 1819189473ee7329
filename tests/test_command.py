"""The command `gatescope`: what each verb prints and writes is what the library gives; what can't be done is said."""

import errno
import io
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pypdf
import pytest
import torch
from kaleido.errors import KaleidoError
from PIL import Image
from plotly.graph_objects import Figure
from torch import nn
from unpacking import numbers_in, packed_in

import lstm_core
from gatescope.command.main import VERBS, main
from gatescope.question import opening
from gatescope.reading.read import read
from lstm_core.analysis import PROPERTIES
from lstm_core.training.counts import Counter
from lstm_core.training.loop import tasks

TEXT = "Giraffes in a field"


class Said:
    """How a command ended, and what it wrote."""

    def __init__(self, code, captured):
        self.code, self.out, self.err = code, captured.out, captured.err

    @property
    def table(self):
        return pd.read_csv(io.StringIO(self.out), keep_default_na=False)


@pytest.fixture
def gatescope(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return Said(ended.value.code or 0, capsys.readouterr())

    return run


@pytest.fixture
def typed(monkeypatch):
    """Put a text on stdin."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


@pytest.fixture
def streamlit(monkeypatch):
    """What Streamlit was started with, in place of starting it."""
    started = []
    monkeypatch.setattr(sys, "argv", ["gatescope"])
    monkeypatch.setattr("streamlit.web.cli.main", lambda: started.append(list(sys.argv)))
    monkeypatch.setattr(opening, "_opening", opening._opening)
    return started


def of_tagger(text=TEXT):
    model = lstm_core.load_model("tagger")
    tokens = model.tokens(text)
    return lstm_core.run(model.lstm, model.vectors(tokens).detach(), tokens=tokens)


def equal(one, other):
    return all(torch.equal(value, other.tensors()[name]) for name, value in one.tensors().items())


def refuses(said, *words):
    """Whether a command ended with one sentence on stderr, and wrote no data."""
    return said.code == 1 and not said.out and said.err.count("\n") == 1 and all(word in said.err for word in words)


@pytest.mark.parametrize("options", [[], ["--server.port", "8600"], ["--server.headless=true"]])
def test_alone_or_with_streamlits_options_it_opens_the_dashboard(gatescope, streamlit, options):
    assert gatescope(*options).code == 0
    [[program, verb, app, *given]] = streamlit
    assert [program, verb, given] == ["streamlit", "run", options]
    assert app.endswith("dashboard/app.py")


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_what_is_for_a_closed_stream_goes_nowhere(gatescope, monkeypatch, closed):
    monkeypatch.setattr(sys, closed, None)
    said = gatescope("find", "python-chars", "--text", "a = 1\nb = 2\n", "--property", "blank")
    assert (said.code, bool(said.out), bool(said.err)) == (0, closed == "stderr", closed == "stdout")


def test_help_names_every_verb_and_needs_no_torch():
    code = (
        "import sys; from gatescope.command.main import parser; print(parser().format_help(), 'torch' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip().endswith("False")
    assert all(f"\n    {verb} " in shown for verb in VERBS)


@pytest.mark.parametrize(
    "wrong",
    [
        ["draw"],
        ["record", "tagger"],
        ["record", "tagger", "--text", "a", "--file", "b"],
        ["record", "tagger", "--text", "a", "--out", "a.docx"],
        ["record", "tagger", "--text", "a", "--vocabulary", "words.txt"],
        ["units", "tagger"],
        ["units", "tagger", "counter", "--text", "a"],
        ["units", "a.npz", "--server.port", "8600"],
        ["find", "a.npz"],
        ["find", "a.npz", "--values", "a.csv", "--held-out", "b.npz"],
        ["find", "tagger", "--file", "-", "--values", "-"],
        ["find", "tagger", "--text", "a b", "--property", "digit", "--permutations", "0"],
        ["train", "counter"],
        ["explain", "sentiment", "--text", "a good film", "--target", "a", "b", "c"],
        ["train", "counter", "--text", "a text", "--out", "a.safetensors"],
        ["train", "text", "--out", "a.safetensors"],
        ["train", "forecast", "--file", "run.csv", "--out", "a.safetensors"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_how_it_is_used(gatescope, wrong):
    said = gatescope(*wrong)
    assert said.code == 2
    assert not said.out
    assert said.err.startswith("usage: gatescope")


@pytest.mark.slow
def test_a_reader_that_has_enough_ends_it_without_a_traceback():
    command = [sys.executable, "-c", "from gatescope.command.main import main; main(['models', 'tagger'])"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


# record


def test_record_prints_the_proof_and_keeps_the_trace_to_the_bit(gatescope, tmp_path):
    said = gatescope("record", "tagger", "--text", TEXT, "--out", "run.npz")
    assert (said.code, said.out.strip()) == (0, of_tagger().summary())
    assert equal(lstm_core.load(tmp_path / "run.npz"), of_tagger())


@pytest.mark.parametrize(
    ("ending", "rows"), [("csv", pd.read_csv), ("parquet", pd.read_parquet), ("json", pd.read_json)]
)
def test_record_writes_tables_too(gatescope, tmp_path, ending, rows):
    assert gatescope("record", "tagger", "--text", TEXT, "--out", f"run.{ending}").code == 0
    there, wanted = rows(tmp_path / f"run.{ending}"), of_tagger().to_pandas()
    assert list(there.columns) == list(wanted.columns)
    np.testing.assert_allclose(there.c, wanted.c, rtol=1e-6)


def test_record_reads_a_file_and_stdin(gatescope, typed, tmp_path):
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8-sig")
    assert gatescope("record", "tagger", "--file", "text.txt").out.strip() == of_tagger().summary()
    typed(TEXT)
    assert gatescope("record", "tagger", "--file", "-").out.strip() == of_tagger().summary()


def test_line_ends_of_windows_are_line_ends(gatescope, typed, tmp_path):
    (tmp_path / "win.py").write_bytes(b"a = 1\r\nb = 2\r\n")
    said = gatescope("record", "python-chars", "--file", "win.py", "--out", "run.npz")
    assert said.err == "Kept in run.npz.\n"
    assert "".join(lstm_core.load(tmp_path / "run.npz").tokens[0]) == "a = 1\nb = 2\n"
    typed("a = 1\r\nb = 2\r\n")
    assert "2 texts, 10 steps" in gatescope("scan", "python-chars", "-").err


def test_numbers_are_scaled_as_asked_and_raw_ones_are_remarked_on(gatescope, tmp_path):
    lstm = nn.LSTM(2, 3)
    torch.save(lstm.state_dict(), tmp_path / "mine.pt")
    (tmp_path / "run.csv").write_text("load,wind\n10,2\n30,4\n50,6\n")
    asked = ["record", "mine.pt", "--series", "run.csv", "--out", "run.npz"]
    raw = gatescope(*asked)
    assert "is fed by numbers and read by no Linear" in raw.err
    assert "The numbers go in as they are: scale them as in training." in raw.err
    x = torch.tensor([[10.0, 2], [30, 4], [50, 6]])[:, None]
    assert torch.equal(lstm_core.load(tmp_path / "run.npz").c, lstm_core.run(lstm, x).c)
    for options, wanted in (
        (["--mean", 10, -2, "--scale", 20], (x - torch.tensor([10.0, -2])) / 20),
        (["--mean", 10], x - 10),
        (["--scale", 10, 2], x / torch.tensor([10.0, 2])),
    ):
        said = gatescope(*asked, *options)
        assert "as they are" not in said.err
        trace = lstm_core.load(tmp_path / "run.npz")
        assert torch.equal(trace.x, wanted)
        assert torch.equal(trace.c, lstm_core.run(lstm, wanted).c)
    said = gatescope(*asked, "--scale", 0)
    assert "a scale of one number, or one for each of the 2 columns, finite and above 0, got 0.0" in said.err


@pytest.fixture
def two_lstms(tmp_path):
    """A file of weights with two LSTMs, an embedding and a Linear."""
    parts = nn.ModuleDict(
        {"emb": nn.Embedding(3, 4), "first": nn.LSTM(4, 5), "second": nn.LSTM(5, 6), "fc": nn.Linear(5, 2)}
    )
    torch.save(parts.state_dict(), tmp_path / "two.pt")
    return parts


def test_a_file_with_several_lstms_asks_which(gatescope, two_lstms, tmp_path):
    assert refuses(gatescope("record", "two.pt", "--text", "1 2"), "--lstm", "first, second")
    assert refuses(gatescope("record", "two.pt", "--text", "1 2", "--lstm", "third"), "'third'", "'first'")
    (tmp_path / "words.txt").write_text("the\ncat\nsat\n")
    said = gatescope(
        "record", "two.pt", "--lstm", "first", "--vocabulary", "words.txt", "--text", "cat sat", "--out", "run.npz"
    )
    assert "fed by the embedding 'emb' and read by the Linear 'fc'" in said.err
    assert "of the embedding’s" not in said.err
    (tmp_path / "few.txt").write_text("the\n")
    few = gatescope("record", "two.pt", "--lstm", "first", "--vocabulary", "few.txt", "--text", "the")
    assert "tokens for 1 of the embedding’s 3 rows" in few.err
    x = two_lstms["emb"](torch.tensor([1, 2]))[:, None].detach()
    trace = lstm_core.load(tmp_path / "run.npz")
    assert trace.tokens == [["cat", "sat"]]
    assert torch.equal(trace.h, lstm_core.run(two_lstms["first"], x).h)


def test_a_saved_model_and_a_vocabulary_inside_a_checkpoint_are_read(gatescope, tmp_path):
    lstm_core.save_model(lstm_core.load_model("counter"), tmp_path / "mine.safetensors")
    said = gatescope("record", "mine.safetensors", "--text", "aab")
    assert said.out == gatescope("record", "counter", "--text", "aab").out


@pytest.mark.usefixtures("two_lstms")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["record", "nothing", "--text", "a"], ["tagger-bi", "'nothing'"]),
        (["open", "no/where"], ["There is no file 'no/where'."]),
        (["record", "tagger", "--text", "  "], ["a text with words"]),
        (["record", "tagger", "--file", "nothing.txt"], ["No such file", "nothing.txt"]),
        (["record", "tagger", "--file", "bytes"], ["UTF-8", "bytes"]),
        (["record", "tagger", "--series", "run.csv"], ["tagger reads words"]),
        (["record", "bytes", "--text", "a"], ["bytes"]),
        (["record", "tagger", "--text", "a", "--out", "no/where.npz"], ["no/where.npz"]),
        (["units", "bytes"], [".npz or .safetensors"]),
        (["search", "nowhere", "tagger", "--text", "a", "--first", "0", "--last", "0"], ["nowhere"]),
        (["check", "run.npz"], ["Expected a model, got the recording 'run.npz'", "gatescope units"]),
        (["models", "nobody"], ["'nobody'", "tagger-bi"]),
        (["models", "nobody.pt"], ["There is no file 'nobody.pt'."]),
        (["models", "run.csv"], ["tagger-bi", "the file 'run.csv'", "gatescope open"]),
        (["scan", "counter", "none.txt", "run.csv"], ["There is no file or folder 'none.txt'."]),
        (["scan", "counter", "run.csv"], ["Expected texts of symbols, got the table 'run.csv'."]),
        (["record", "two.pt", "--lstm", "first", "--text", "the cat"], ["(the, cat)", "--vocabulary", "rows 0 to 2"]),
        (["record", "two.pt", "--lstm", "first", "--text", "1 2", "--mean", "3"], ["are for numbers", "reads words"]),
        (["record", "two.pt", "--lstm", "first", "--text", "1", "--vocabulary", "bytes"], ["vocabulary in UTF-8"]),
        (["record", "counter", "--text", "XAB"], ["(X, A, B)", "It knows A, B in lower case."]),
        (["find", "bare.npz", "--property", "digit"], ["'digit'", "--values", "gatescope record"]),
        (["train", "juggling", "--out", "a.safetensors"], ["'juggling'", "counter"]),
        (["train", "text", "--text", "short", "--out", "a.safetensors"], ["200 characters", "5", "one as --text"]),
        (["explain", "sentiment", "--text", "a good film", "--without", "bad"], ["one of the words", "'bad'"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_what_cannot_be_done_is_one_sentence_on_stderr_and_exit_code_1(gatescope, tmp_path, arguments, words):
    (tmp_path / "bytes").write_bytes(b"\xff\x00\xfe")
    (tmp_path / "run.csv").write_text("1\n2\n")
    of_tagger().save(tmp_path / "run.npz")
    counted().with_values(tokens=None).save(tmp_path / "bare.npz")
    said = gatescope(*arguments)
    assert said.code == 1
    assert all(word in said.err.splitlines()[-1] for word in words), said.err
    assert "Traceback" not in said.err


# export


def test_export_writes_the_rows_to_stdout(gatescope, tmp_path):
    of_tagger().save(tmp_path / "run.npz")
    rows = gatescope("export", "run.npz").table
    wanted = of_tagger().to_pandas()
    assert list(rows.columns) == list(wanted.columns)
    np.testing.assert_allclose(rows.c, wanted.c, rtol=1e-6)


def test_export_writes_the_live_view_with_the_answers(gatescope, tmp_path):
    assert gatescope("export", "tagger", "--text", TEXT, "--out", "run.html").code == 0
    page = (tmp_path / "run.html").read_bytes()
    _, told = packed_in(page)
    assert told["title"] == TEXT
    wide = numbers_in(page)
    assert wide["made"].startswith("nn.LSTM tagger: input_dim=64, hidden_dim=64, n_layers=1; checked")
    assert wide["labels"] == TEXT.split()
    assert {"NOUN", "DET"} <= {said["label"] for said in wide["answers"]}
    assert wide["few"] == "12 of 64 units: those that move the answers most"


def test_export_says_that_a_text_came_from_stdin(gatescope, typed, tmp_path):
    typed(TEXT)
    assert gatescope("export", "tagger", "--file", "-", "--out", "run.html").code == 0
    assert packed_in((tmp_path / "run.html").read_bytes())[1]["title"] == "stdin"


def texts_in(svg):
    """All texts of a picture, each with its place."""
    drawn = ET.parse(svg).getroot()
    return ["".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "size", "layers"),
    [
        (("--width", "1280", "--height", "720"), (1280, 720), {"What is kept"}),
        (("--width", "326", "--layer", "0", "1", "--direction", "1"), (326, None), {"layer 0 ←", "layer 1 ←"}),
        (("--quantities", "f", "c"), (900, None), set()),
    ],
)
def test_exports_picture_is_the_figure_of_the_trace(gatescope, tmp_path, options, size, layers):
    trace = lstm_core.run(nn.LSTM(4, 3, 2, bidirectional=True), torch.randn(4, 1, 4), tokens=TEXT.split()[:4])
    trace.save(tmp_path / "run.npz")
    said = gatescope("export", "run.npz", "--title", "What is kept", *options, "--out", "run.svg")
    assert said.code == 0
    assert said.err.count("is drawn; --") == (0 if "--layer" in options else 2)
    drawn = ET.parse(tmp_path / "run.svg").getroot()
    wide, high = (float(drawn.get(side)) for side in ("width", "height"))
    given = {"layer": [0, 1], "direction": 1} if "--layer" in options else {}
    given |= {"quantities": ["f", "c"]} if "--quantities" in options else {}
    figure = trace.plot(title="What is kept", width=size[0], height=size[1], **given)
    assert (wide, high) == (figure.layout.width, figure.layout.height)
    notes = {note.text.replace("<i>", "").replace("</i>", "").replace("<br>", "") for note in figure.layout.annotations}
    texts = set(texts_in(tmp_path / "run.svg"))
    assert notes | {"What is kept", *TEXT.split()[:4]} | layers <= texts
    assert any("input gate" in text for text in texts) == ("--quantities" not in options)


@pytest.mark.slow
def test_a_png_has_the_dots_of_print(gatescope, tmp_path):
    of_tagger().save(tmp_path / "run.npz")
    assert gatescope("export", "run.npz", "--width", "326", "--out", "run.png").code == 0
    with Image.open(tmp_path / "run.png") as picture:
        assert picture.width == 3 * 326


@pytest.mark.slow
def test_a_pdf_is_one_page_with_the_words_as_text(gatescope, tmp_path):
    of_tagger().save(tmp_path / "run.npz")
    assert gatescope("export", "run.npz", "--out", "run.pdf").code == 0
    [page] = pypdf.PdfReader(tmp_path / "run.pdf").pages
    assert all(word in page.extract_text() for word in TEXT.split())


def test_without_kaleido_a_picture_says_in_one_line_what_to_install(gatescope, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "kaleido", None)
    of_tagger().save(tmp_path / "run.npz")
    assert refuses(gatescope("export", "run.npz", "--out", "run.pdf"), "pip install 'gatescope[export]'")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (KaleidoError(525, "not painted"), "none was found or it failed"),
    ],
)
def test_without_a_browser_that_paints_a_picture_says_so(gatescope, tmp_path, monkeypatch, error, reason):
    def fails(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(Figure, "to_image", fails)
    of_tagger().save(tmp_path / "run.npz")
    said = gatescope("export", "run.npz", "--out", "run.svg")
    assert refuses(said, f"needs Chrome or Chromium where gatescope runs, got: {reason}", "a page (.html)")


def test_what_only_a_picture_has_is_refused_for_anything_else(gatescope, tmp_path):
    of_tagger().save(tmp_path / "run.npz")
    said = gatescope("export", "run.npz", "--width", "326", "--out", "run.csv")
    assert said.code == 2
    assert "--width is of a picture: --out ends in .svg, .png, .pdf" in said.err
    assert refuses(gatescope("export", "run.npz", "--width", "9", "--out", "run.svg"), "a width of at least", "got 9")


@pytest.mark.slow
def test_export_draws_another_cell_too(gatescope, tmp_path):
    gru = nn.GRU(2, 3)
    with lstm_core.record(gru) as of_gru:
        gru(torch.randn(4, 1, 2))
    of_gru.only.save(tmp_path / "gru.npz")
    assert gatescope("export", "gru.npz", "--out", "gru.html").code == 0
    assert gatescope("export", "gru.npz").code == 0
    assert gatescope("export", "gru.npz", "--out", "gru.svg").code == 0
    assert {"update gate z", "hidden state h"} <= set(texts_in(tmp_path / "gru.svg"))


# units and find


def test_units_of_several_traces_are_one_table(gatescope, tmp_path):
    for name, text in (("one", TEXT), ("two", "Dogs bark")):
        of_tagger(text).save(tmp_path / f"{name}.npz")
    table = gatescope("units", "one.npz", "two.npz").table
    wanted = lstm_core.units([of_tagger(), of_tagger("Dogs bark")])
    np.testing.assert_allclose(table.leak, wanted.leak)
    assert gatescope("units", "tagger", "--text", TEXT).table.shape == wanted.shape


def test_a_table_is_exact_in_a_file_and_rounded_in_a_terminal(gatescope, tmp_path, monkeypatch):
    of_tagger().save(tmp_path / "run.npz")
    wanted = lstm_core.units(of_tagger())
    assert gatescope("units", "run.npz").table.i_mean.tolist() == wanted.i_mean.tolist()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    table = pd.read_csv(io.StringIO(gatescope("units", "run.npz").out), dtype=str)
    assert table.i_mean.tolist() == [f"{mean:.4g}" for mean in wanted.i_mean]
    assert table.unit.tolist() == [str(unit) for unit in wanted.unit]


def test_a_model_in_the_place_of_a_trace_is_asked_what_it_reads(gatescope, tmp_path):
    lstm_core.save_model(lstm_core.load_model("counter"), tmp_path / "mine.safetensors")
    said = gatescope("units", "mine.safetensors")
    assert (said.code, said.out) == (2, "")
    assert "mine.safetensors is a model" in said.err
    torch.save(nn.LSTM(2, 3).state_dict(), tmp_path / "mine.pt")
    assert refuses(gatescope("units", "mine.pt"), ".npz or .safetensors", "'mine.pt'", "--series")


def counted():
    """A trace of counter, long enough to tell a find from chance."""
    model = lstm_core.load_model("counter")
    tokens = list(("a" * 9 + "b" * 9 + "a" * 4 + "b" * 4) * 6)
    return lstm_core.run(model.lstm, model.vectors(tokens).detach(), tokens=tokens)


def test_find_is_the_librarys_search(gatescope, tmp_path):
    counted().save(tmp_path / "run.npz")
    said = gatescope("find", "run.npz", "--property", "time since b", "--held-out", "run.npz", "--permutations", 50)
    wanted = lstm_core.find_units(counted(), "time since b", [counted()], permutations=50)
    assert said.table.drop(columns="p").unit.tolist() == wanted.table.unit.tolist()
    np.testing.assert_allclose(said.table.p.astype(float), wanted.table.p)
    np.testing.assert_allclose(said.table.held_out.astype(float), wanted.table.held_out)
    assert wanted.summary() in said.err


def test_find_takes_numbers_and_a_lag(gatescope, tmp_path):
    trace = counted()
    trace.save(tmp_path / "run.npz")
    numbers = trace.c[0, 0, :, 0, 1].double()
    (tmp_path / "values.csv").write_text("count\n" + "\n".join(f"{value:.6f}" for value in numbers))
    best = gatescope("find", "run.npz", "--values", "values.csv").table.iloc[0]
    assert (best.property, best.quantity, best.unit) == ("count", "c", 1)
    assert float(best.score) == pytest.approx(1)
    assert float(gatescope("find", "run.npz", "--values", "values.csv", "--lag", 3).table.iloc[0].score) < 0.999


def test_find_names_the_properties_and_refuses_another(gatescope):
    shown = " ".join(gatescope("find", "--help").out.split())
    assert all(name in shown for name in (*PROPERTIES, "count of", "has seen", "time since", "surplus of"))
    assert refuses(gatescope("find", "tagger", "--text", TEXT, "--property", ""), "one of the properties")


# scan and search


CORPUS = ["Giraffes in a field", "The cat sat on the mat", "Dogs run in the park"]


def test_scan_and_search_are_the_librarys(gatescope, tmp_path):
    (tmp_path / "corpus.txt").write_text("\n".join(CORPUS))
    said = gatescope("scan", "tagger", "corpus.txt", "--store", "store", "--top", 2)
    wanted = lstm_core.scan(lstm_core.load_model("tagger"), CORPUS, top=2)
    np.testing.assert_allclose(said.table.c_mean, wanted.units.c_mean)
    assert "3 texts, 15 steps" in said.err
    sought = lstm_core.pattern(of_tagger(), 1, 2, before=0)
    asked = ("--text", TEXT, "--first", 1, "--last", 2, "--before", 0, "--limit", 5)
    hits = gatescope("search", "store", "tagger", *asked)
    assert hits.err == f"Units of the pattern: {', '.join(map(str, sought.units))}.\n"
    assert [hits.table.iloc[0][name] for name in ("text", "first", "last", "match")] == [0, 1, 2, "in a"]
    kept = gatescope("scan", "tagger", "corpus.txt", "--out", "small", "--quantities", "c").err
    assert "Kept in small." in kept
    assert gatescope("search", "small", "tagger", *asked).table.equals(hits.table)
    refused = gatescope("search", "small", "tagger", *asked, "--quantity", "h", "--threshold", 0.1).err
    assert "Scan with --quantities to keep others, or search with --texts; " in refused
    again = gatescope("search", "small", "tagger", *asked, "--texts", "corpus.txt").table
    assert again.match.tolist() == hits.table.match.tolist()


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (("record", "tagger", "--text", TEXT), lambda file: lstm_core.load(file).sizes["time"] == 4),
        (("scan", "python-chars", "code.txt"), lambda file: lstm_core.load_scan(file).texts == 1),
    ],
    ids=["record", "scan"],
)
def test_what_goes_into_a_file_is_kept_also_if_the_reader_of_what_is_said_has_enough(
    gatescope, monkeypatch, tmp_path, arguments, kept
):
    (tmp_path / "code.txt").write_text("a = 1\n")
    reader, writer = os.pipe()
    os.close(reader)
    # Each line is written at once, as with PYTHONUNBUFFERED.
    with os.fdopen(writer, "w", buffering=1) as nobody_reads:
        monkeypatch.setattr(sys, "stdout", nobody_reads)
        assert gatescope(*arguments, "--out", "kept.npz").code == 0
    assert kept(tmp_path / "kept.npz")


def test_scan_of_stdin_leaves_the_mark_of_utf_8_and_refuses_another_encoding(gatescope, typed, monkeypatch):
    typed("\ufeff" + TEXT)
    wanted = lstm_core.scan(lstm_core.load_model("tagger"), [TEXT]).units
    np.testing.assert_allclose(gatescope("scan", "tagger", "-").table.c_max, wanted.c_max)
    # As in a terminal without an encoding of its own.
    latin = io.TextIOWrapper(io.BytesIO(b"caf\xe9"), encoding="utf-8", errors="surrogateescape")
    monkeypatch.setattr(sys, "stdin", latin)
    assert refuses(gatescope("scan", "tagger", "-"), "UTF-8", "stdin")


def test_scan_reads_lines_from_stdin_and_several_files_as_a_text_each(gatescope, typed, tmp_path):
    lines = "\n\n".join(CORPUS) + "\n"
    typed(lines)
    (tmp_path / "lines.txt").write_text(lines)
    # The number of a text is that of its line, also where a line is empty.
    for source in ("-", "lines.txt"):
        assert "5 texts, 15 steps" in gatescope("scan", "tagger", source).err
    for number, text in enumerate(CORPUS):
        (tmp_path / f"{number}.txt").write_text(text)
    assert "2 texts, 10 steps" in gatescope("scan", "tagger", "0.txt", "1.txt").err


# models and train


def test_models_are_all_that_are_shipped_and_each_has_a_card(gatescope):
    table = gatescope("models").table
    assert table.name.tolist() == lstm_core.models()
    counter = table[table.name == "counter"].iloc[0]
    assert (counter.reads, counter.hidden_size, counter.directions) == ("symbols", 4, 1)
    assert gatescope("models", "counter").out.startswith("# counter\n")


def test_train_keeps_the_model_of_the_library_and_prints_its_figures(gatescope, tmp_path):
    said = gatescope("train", "counter", "--hidden-size", 3, "--epochs", 1, "--seed", 5, "--out", "mine.safetensors")
    wanted = lstm_core.train("counter", hidden_size=3, epochs=1, seed=5)
    there = lstm_core.load_model(tmp_path / "mine.safetensors")
    assert all(torch.equal(value, wanted.state_dict()[name]) for name, value in there.state_dict().items())
    assert dict(zip(said.table.figure, said.table.value, strict=True)) == Counter().scores(wanted)


def test_train_learns_from_a_table_with_its_names(gatescope, tmp_path):
    (tmp_path / "load.csv").write_text("load\n" + "\n".join(str(n % 5) for n in range(60)))
    said = gatescope("train", "forecast", "--series", "load.csv", "--epochs", 1, "--out", "mine.safetensors")
    assert said.code == 0
    assert lstm_core.load_model(tmp_path / "mine.safetensors").labels == ["load"]


def test_the_help_of_train_names_the_tasks(gatescope):
    shown = gatescope("train", "--help").out
    assert all(task in shown for task in tasks())


# open


def test_open_shows_a_shipped_model_at_the_bare_address(gatescope, streamlit):
    assert gatescope("open", "counter", "--text", "aabb", "--server.port", "8600").code == 0
    assert streamlit[0][3:] == ["--server.port", "8600"]
    assert (opening.opening().model, opening.opening().sentence) == ("counter", "aabb")
    assert opening.own_model() == {}


@pytest.mark.usefixtures("streamlit")
def test_open_shows_a_file_of_weights_under_its_name(gatescope, tmp_path):
    lstm = nn.LSTM(2, 3)
    torch.save(lstm.state_dict(), tmp_path / "mine.pt")
    (tmp_path / "run.csv").write_text("load,wind\n" + "\n".join(f"{n},{n % 7}" for n in range(900)))
    gatescope("open", "mine.pt", "--series", "run.csv")
    assert list(opening.own_model().values()) == ["mine.pt"]
    reading = read(opening.opening())
    assert (len(reading.tokens), reading.document.name) == (900, "run.csv")
    assert torch.equal(reading.lstm.weight_ih_l0, lstm.weight_ih_l0)


@pytest.mark.usefixtures("streamlit")
@pytest.mark.parametrize(("sequences", "said"), [(3, "The first of 3 sequences is shown."), (1, "")])
def test_open_says_which_sequence_of_a_recording_is_shown(gatescope, tmp_path, sequences, said):
    trace = lstm_core.run(nn.LSTM(2, 3), torch.randn(4, sequences, 2))
    trace.save(tmp_path / "run.npz")
    shown = gatescope("open", "run.npz")
    assert shown.code == 0
    assert ("sequences is shown" in shown.err, said in shown.err) == (bool(said), True)


@pytest.mark.usefixtures("streamlit")
def test_a_gru_in_a_file_of_weights_is_recorded_and_opened(gatescope, tmp_path):
    parts = nn.ModuleDict({"emb": nn.Embedding(9, 2), "gru": nn.GRU(2, 3), "fc": nn.Linear(3, 4)})
    torch.save(parts.state_dict(), tmp_path / "mine.pt")
    said = gatescope("record", "mine.pt", "--text", "3 1 4", "--out", "run.npz")
    assert "The GRU 'gru' is fed by the embedding 'emb' and read by the Linear 'fc'." in said.err
    with torch.no_grad():
        expected, _ = parts.gru(parts.emb(torch.tensor([[3], [1], [4]])))
    assert torch.equal(lstm_core.load(tmp_path / "run.npz").h[0, 0], expected)
    assert gatescope("export", "mine.pt", "--text", "3 1 4", "--out", "run.html").code == 0
    assert gatescope("open", "mine.pt", "--text", "3 1 4").code == 0
    assert list(opening.own_model().values()) == ["mine.pt"]
    # h of a GRU stands where a memory is drawn.
    assert torch.equal(read(opening.opening()).trace.c[0, 0], expected)
    assert gatescope("open", "mine.pt").code == 0
    assert read(opening.opening()).tokens


# explain


def test_explain_prints_the_parts_that_sum_to_the_difference_and_says_of_what(gatescope):
    said = gatescope("explain", "sentiment", "--text", "It is not a good film", "--without", "not", "--baseline", "so")
    found = lstm_core.explain(lstm_core.load_model("sentiment"), "It is not a good film", without="not", baseline="so")
    assert said.code == 0
    assert said.table.token.tolist() == ["not"]
    assert said.table.part.sum() == pytest.approx(found.effect, abs=1e-5)
    assert said.err == found.summary() + "\n"
    text = ["explain", "counter", "--text", "aabb", "--baseline", "0", "--at"]
    assert gatescope(*text, 2, "--target", "end").table.step.tolist().count(3) == 1
    assert gatescope(*text, -1, "--target", "end", "b", "--without", "0", "-1").table.step.tolist() == [3, 0]


def test_explain_reads_a_series_with_its_dates(gatescope, tmp_path):
    days = "\n".join(f"2024-05-{day:02d},{day * day}" for day in range(1, 10))
    (tmp_path / "load.csv").write_text(f"date,load\n{days}\n")
    said = gatescope("explain", "series", "--series", "load.csv", "--without", "2024-05-03", "7")
    assert sorted(said.table.token) == ["2024-05-03", "2024-05-08"]
    assert "with the median of each feature in place of '2024-05-03', step 7 ('2024-05-08')" in said.err


def test_explain_names_the_features_of_a_file_of_weights_by_the_columns_of_the_table(gatescope, tmp_path):
    model = torch.nn.ModuleDict({"lstm": torch.nn.LSTM(2, 3), "linear": torch.nn.Linear(3, 1)})
    torch.save(model.state_dict(), tmp_path / "river.pt")
    (tmp_path / "rain.csv").write_text("rain,snow\n1,4\n0,5\n7,1\n")
    named = gatescope("explain", "river.pt", "--series", "rain.csv", "--baseline", "9")
    assert sorted(named.table.feature) == ["rain"] * 3 + ["snow"] * 3
    (tmp_path / "rain.csv").write_text("1,4\n0,5\n7,1\n")
    bare = gatescope("explain", "river.pt", "--series", "rain.csv", "--baseline", "9")
    assert set(bare.table.feature) == {"feature 0", "feature 1"}


# horizon


def test_horizon_prints_a_row_a_cut_and_says_how_many_steps_are_enough(gatescope, tmp_path, typed):
    texts = ["a dull film", "one of the best films of the year", "not so good , and far too long"]
    (tmp_path / "reviews.txt").write_text("\n\n".join(texts))
    said = gatescope("horizon", "sentiment", "reviews.txt")
    found = lstm_core.horizon(lstm_core.load_model("sentiment"), texts)
    assert (said.code, said.err) == (0, found.summary() + "\n")
    pd.testing.assert_frame_equal(said.table, found.to_pandas(), check_exact=False)
    typed("\n".join(texts))
    assert gatescope("horizon", "sentiment", "-").out == said.out
    assert refuses(gatescope("horizon", "tagger-bi", "reviews.txt"), "one direction")


def test_check_says_what_is_broken_and_ends_with_1(gatescope):
    well = gatescope("check", "tagger", "--text", TEXT)
    assert well.code == 0
    expected = lstm_core.check(lstm_core.load_model("tagger"), TEXT).to_pandas()
    pd.testing.assert_frame_equal(well.table, expected)
    lstm = nn.LSTM(4, 3)
    with torch.no_grad():
        lstm.weight_hh_l0.zero_()
    torch.save(lstm.state_dict(), "mine.pt")
    ill = gatescope("check", "mine.pt")
    assert ill.code == 1
    assert ill.table.result[0] == "broken"
    assert "weight_hh_l0" in ill.table.advice[0]
    assert "1 broken" in ill.err
    assert "Traceback" not in ill.err


def test_check_reads_numbers_scaled_as_in_training(gatescope, typed):
    typed("load\n" + "\n".join(str(number % 7) for number in range(40)))
    said = gatescope("check", "series", "--series", "-")
    assert said.code == 0
    assert "a tensor (40, 1, 1)" in said.err
