"""The command `gatescope`: what each verb prints and writes is what the library gives; what can't be done is said."""

import io
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from unpacking import packed_in, pictures_in

import lstm_core
from dashboard.command.main import main
from dashboard.export.sheet_geometry import SIZES
from dashboard.offline.pictures import WIDTHS
from dashboard.question import opening
from dashboard.reading.read import read
from lstm_core.analysis import PROPERTIES
from lstm_core.training.counter import Counter
from lstm_core.training.tasks import tasks

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


def test_help_names_every_verb_and_needs_no_torch():
    code = (
        "import sys; from dashboard.command.main import parser; print(parser().format_help(), 'torch' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip().endswith("False")
    for verb in ("record", "units", "find", "scan", "search", "export", "models", "train", "open"):
        assert f"\n    {verb} " in shown


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


def test_a_reader_that_has_enough_ends_it_without_a_traceback():
    command = [sys.executable, "-c", "from dashboard.command.main import main; main(['models', 'tagger'])"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_a_place_where_nothing_can_be_written_is_said_before_the_work(gatescope):
    said = gatescope("train", "counter", "--epochs", 1, "--out", "no/where.safetensors")
    assert refuses(said, "No such file or directory: no/where.safetensors")
    assert refuses(gatescope("scan", "tagger", "corpus.txt", "--out", "no/where.npz"), "no/where.npz")


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


def test_more_steps_than_pytorch_can_hold_are_refused_in_a_sentence(gatescope, monkeypatch):
    def full(*_arguments, **_options):
        raise RuntimeError("could not create a primitive\nC++ stack")

    monkeypatch.setattr(lstm_core, "run", full)
    assert refuses(
        gatescope("record", "tagger", "--text", TEXT), "4 steps", "could not create a primitive", "gatescope scan"
    )


@pytest.mark.usefixtures("two_lstms")
def test_a_vocabulary_that_is_no_text_is_refused_in_a_sentence(gatescope, tmp_path):
    (tmp_path / "bytes").write_bytes(b"\xff\x00\xfe")
    said = gatescope("record", "two.pt", "--lstm", "first", "--vocabulary", "bytes", "--text", "cat")
    assert (said.code, said.out) == (1, "")
    assert "Expected a vocabulary in UTF-8, got bytes" in said.err


@pytest.mark.usefixtures("two_lstms")
def test_words_without_a_vocabulary_are_said_to_be_numbers(gatescope):
    assert "--vocabulary" in gatescope("record", "two.pt", "--lstm", "first", "--text", "cat").err


def test_record_reads_numbers_into_a_file_of_weights(gatescope, tmp_path):
    lstm = nn.LSTM(2, 3)
    torch.save(lstm.state_dict(), tmp_path / "mine.pt")
    (tmp_path / "run.csv").write_text("load,wind\n1,2\n3,4\n5,6\n")
    said = gatescope("record", "mine.pt", "--series", "run.csv", "--out", "run.safetensors")
    assert "is fed by numbers and read by no Linear" in said.err
    trace = lstm_core.load(tmp_path / "run.safetensors")
    assert torch.equal(trace.c, lstm_core.run(lstm, torch.tensor([[[1.0, 2]], [[3, 4]], [[5, 6]]])).c)


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
    x = two_lstms["emb"](torch.tensor([1, 2]))[:, None].detach()
    trace = lstm_core.load(tmp_path / "run.npz")
    assert trace.tokens == [["cat", "sat"]]
    assert torch.equal(trace.h, lstm_core.run(two_lstms["first"], x).h)


def test_a_saved_model_and_a_vocabulary_inside_a_checkpoint_are_read(gatescope, tmp_path):
    lstm_core.save_model(lstm_core.load_model("counter"), tmp_path / "mine.safetensors")
    said = gatescope("record", "mine.safetensors", "--text", "aab")
    assert said.out == gatescope("record", "counter", "--text", "aab").out


def test_words_that_a_model_does_not_know_are_named(gatescope):
    assert "does not know 'x'" in gatescope("record", "counter", "--text", "axb").err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["record", "nothing.pt", "--text", "a"], ["tagger-bi", "'nothing.pt'"]),
        (["record", "tagger", "--text", "  "], ["a text with words"]),
        (["record", "tagger", "--file", "nothing.txt"], ["No such file", "nothing.txt"]),
        (["record", "tagger", "--file", "bytes"], ["UTF-8", "bytes"]),
        (["record", "tagger", "--series", "run.csv"], ["tagger reads words"]),
        (["record", "bytes", "--text", "a"], ["bytes"]),
        (["record", "tagger", "--text", "a", "--out", "no/where.npz"], ["no/where.npz"]),
        (["units", "bytes"], [".npz or .safetensors"]),
        (["scan", "tagger", "nowhere"], ["nowhere"]),
        (["search", "nowhere", "tagger", "--text", "a", "--first", "0", "--last", "0"], ["nowhere"]),
        (["models", "nobody"], ["'nobody'", "tagger-bi"]),
        (["train", "juggling", "--out", "a.safetensors"], ["'juggling'", "counter"]),
        (["train", "text", "--text", "short", "--out", "a.safetensors"], ["200 characters", "5"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_what_cannot_be_done_is_one_sentence_on_stderr_and_exit_code_1(gatescope, tmp_path, arguments, words):
    (tmp_path / "bytes").write_bytes(b"\xff\x00\xfe")
    (tmp_path / "run.csv").write_text("1\n2\n")
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
    assert told["says"].startswith("nn.LSTM tagger: input_dim=64, hidden_dim=64, n_layers=1; checked")
    wide = pictures_in(page)[len(WIDTHS) - 1]["picture"]
    assert wide["labels"] == TEXT.split()
    assert {"NOUN", "DET"} <= {said["label"] for said in wide["answers"]["said"]}
    assert wide["few"] == "12 of 64 units: the most telling"


def test_export_says_that_a_text_came_from_stdin(gatescope, typed, tmp_path):
    typed(TEXT)
    assert gatescope("export", "tagger", "--file", "-", "--out", "run.svg").code == 0
    assert ">stdin<" in (tmp_path / "run.svg").read_text(encoding="utf-8")


def test_export_draws_a_trace_without_its_model_on_a_scale_that_holds_it(gatescope, tmp_path):
    lstm = nn.LSTM(1, 2)
    with torch.no_grad():
        for weights in lstm.parameters():
            weights.fill_(9)
    packed = nn.utils.rnn.pack_sequence([torch.ones(2, 1), torch.ones(5, 1)], enforce_sorted=False)
    trace = lstm_core.run(lstm, packed)
    trace.save(tmp_path / "run.npz")
    said = gatescope("export", "run.npz", "--out", "run.svg")
    assert "The first of 2 sequences is drawn." in said.err
    drawn = (tmp_path / "run.svg").read_text(encoding="utf-8")
    assert "run.npz" in drawn
    # Two steps of the first sequence, and a scale of c that ends at 2: each step adds 1.
    assert trace.c[0, 0, 1, 0].tolist() == pytest.approx([2, 2], abs=1e-3)
    assert ">−2<" in drawn
    assert ">2<" in drawn


def test_a_picture_for_a_papers_column_is_narrower(gatescope, tmp_path):
    of_tagger().save(tmp_path / "run.npz")
    widths = []
    for size in ("slide", "column"):
        assert gatescope("export", "run.npz", "--size", size, "--out", "run.svg").code == 0
        drawn = ET.parse(tmp_path / "run.svg").getroot()
        widths.append(float(drawn.get("width")))
    assert widths == [SIZES["slide"].width, SIZES["column"].width]


def test_export_refuses_to_draw_another_cell(gatescope, tmp_path):
    gru = nn.GRU(2, 3)
    with lstm_core.record(gru) as recording:
        gru(torch.randn(4, 1, 2))
    recording.only.save(tmp_path / "gru.npz")
    assert refuses(gatescope("export", "gru.npz", "--out", "gru.html"), "GruTrace", "plot()")
    assert gatescope("export", "gru.npz").code == 0


# units and find


def test_units_of_several_traces_are_one_table(gatescope, tmp_path):
    for name, text in (("one", TEXT), ("two", "Dogs bark")):
        of_tagger(text).save(tmp_path / f"{name}.npz")
    table = gatescope("units", "one.npz", "two.npz").table
    wanted = lstm_core.units([of_tagger(), of_tagger("Dogs bark")])
    np.testing.assert_allclose(table.half_life, wanted.half_life)
    assert gatescope("units", "tagger", "--text", TEXT).table.shape == wanted.shape


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
    assert "Kept in scan.npz." in gatescope("scan", "tagger", "corpus.txt", "--out", "scan.npz").err
    assert "texts to read again" in gatescope("search", "scan.npz", "tagger", *asked).err
    again = gatescope("search", "scan.npz", "tagger", *asked, "--texts", "corpus.txt").table
    assert again.match.tolist() == hits.table.match.tolist()


def test_a_scan_is_kept_also_if_the_reader_of_its_table_has_enough(tmp_path):
    (tmp_path / "code.txt").write_text("a = 1\n")
    # The table of 256 units is longer than what a pipe and Python hold back.
    arguments = ["scan", "python-chars", "code.txt", "--out", "scan.npz"]
    code = f"from dashboard.command.main import main; main({arguments})"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=tmp_path) as running:
        running.stdout.close()
    assert running.returncode == 0
    assert lstm_core.load_scan(tmp_path / "scan.npz").texts == 1


def test_scan_of_stdin_leaves_the_mark_of_utf_8_and_refuses_another_encoding(gatescope, typed, monkeypatch):
    typed("\ufeff" + TEXT)
    wanted = lstm_core.scan(lstm_core.load_model("tagger"), [TEXT]).units
    np.testing.assert_allclose(gatescope("scan", "tagger", "-").table.c_max, wanted.c_max)
    # As in a terminal without an encoding of its own.
    latin = io.TextIOWrapper(io.BytesIO(b"caf\xe9"), encoding="utf-8", errors="surrogateescape")
    monkeypatch.setattr(sys, "stdin", latin)
    assert refuses(gatescope("scan", "tagger", "-"), "UTF-8", "stdin")


def test_search_refuses_the_trace_of_another_model(gatescope, tmp_path):
    (tmp_path / "corpus.txt").write_text("\n".join(CORPUS))
    gatescope("scan", "tagger", "corpus.txt", "--store", "store")
    counted().save(tmp_path / "other.npz")
    said = gatescope("search", "store", "other.npz", "--first", 1, "--last", 2, "--before", 0)
    assert refuses(said, "the scanned model", "(1, 1, 64)", "(1, 1, 4)")


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
def test_open_without_a_text_reads_the_models_first_example(gatescope):
    gatescope("open", "counter")
    assert opening.opening().sentence == "a" * 10 + "b" * 10


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
