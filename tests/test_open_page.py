"""The page for a person's own weights, by AppTest and without: what it finds, makes of choices, and refuses."""

import gc
import json
import pickle
import weakref
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from charts import drawn as rows_of
from opened_page import opened
from safetensors.torch import save
from torch import nn
from weight_files import saved

import lstm_core
from gatescope.checkpoint import opening, sentences
from gatescope.model_page import figures as drawn
from gatescope.question.link import shortened
from gatescope.reading.models import WAVE
from gatescope.store import visitor_models
from gatescope.wording.escape_markdown import plain
from lstm_core.models.shipped import model_bytes

WORDS = ["<pad>", "<unk>", "Giraffes", "in", "a", "field", "eat", "leaves"]


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(8, 6)
        self.encoder = nn.LSTM(6, 5, num_layers=2, bidirectional=True)
        self.fc = nn.Linear(10, 4)
        self.cell = nn.LSTMCell(6, 7)
        self.out = nn.Linear(7, 8)
        self.sensor = nn.LSTM(3, 9, proj_size=2)


@pytest.fixture
def tagger():
    return Tagger().eval()


@pytest.fixture
def weights(tagger):
    """Nested, and behind a prefix."""
    return saved({"epoch": 3, "model_state": {f"module.{k}": w for k, w in tagger.state_dict().items()}})


@pytest.fixture
def page():
    return opened("open")


def drop(page, content, name="model.pt", number=0):
    page.file_uploader[number].upload(name, content, "application/octet-stream").run()
    assert not page.exception, page.exception
    return page


def press(page, name):
    """Press the button whose label has these words."""
    [button] = [button for button in page.button if name in button.label]
    button.click().run()
    assert not page.exception, page.exception


def chosen(page):
    return {box.label: box.value for box in page.selectbox}


def says(page):
    folded = [place.label for place in page.expander] + [place.proto.popover.label for place in page.get("popover")]
    return "\n".join([*folded, *(element.value for kind in (page.markdown, page.caption) for element in kind)])


def refusals(page):
    return "\n".join(element.value for kind in (page.error, page.warning) for element in kind)


def heatmaps(page):
    """z by quantity, as they are drawn."""
    strips = [strip for rows in rows_of(page) for strip in rows["strips"]]
    return {strip.get("name", strip["quantity"]): np.array(strip["z"], float) for strip in strips}


def drawn_weights(page):
    """What is drawn of the weights, a box each."""
    protos = [element.proto for element in page.get("bidi_component")]
    return [json.loads(proto.json) for proto in protos if proto.component_name == "gatescope.weights"]


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("vocab", {word: row for row, word in enumerate(WORDS)}),
        ("itos", WORDS),
        ("idx2word", dict(enumerate(WORDS))),
    ],
)
def test_a_vocabulary_beside_the_weights_is_used_until_another_is_given(page, tagger, name, tokens):
    drop(page, saved({"model_state_dict": tagger.state_dict(), name: tokens}))
    assert page.text_area(key="vocabulary").placeholder.startswith("in the file: 8 tokens (<pad>, <unk>, Giraffes, in")
    page.text_area(key="example").set_value("Giraffes eat leaves").run()
    x = tagger.embedding(torch.tensor([2, 6, 7])).detach().unsqueeze(1)
    drawn = lstm_core.run(tagger.encoder, x).cells("c", 1)
    np.testing.assert_allclose(heatmaps(page)["c"], drawn, atol=1e-6)
    page.text_area(key="vocabulary").set_value("\n".join(reversed(WORDS))).run()
    assert not np.allclose(heatmaps(page)["c"], drawn)


def test_every_part_is_found_and_is_drawn_as_its_first_weights_under_the_files_own_names(page, tagger, weights):
    drop(page, weights)
    assert "**model\\.pt**" in says(page)
    assert "3 LSTMs, 1 embedding, 2 Linears" in says(page)
    assert [box.options for box in page.selectbox] == [
        ["embedding (8 rows of 6)", "numbers, 6 a step"],
        ["encoder (6 → 5)", "cell (6 → 7)", "sensor (3 → 9)"],
        ["fc (10 → 4)", "nothing: show the hidden state alone"],
    ]
    assert "input_dim 6 · hidden_dim 5 · n_layers 2 · both directions" in says(page)
    page.text_area(key="vocabulary").set_value("\n".join(WORDS)).run()
    page.text_input(key="labels").set_value("NOUN, ADP, DET, VERB").run()
    table, lstm, linear = drawn_weights(page)
    assert table["rows"] == WORDS
    assert linear["rows"] == ["NOUN", "ADP", "DET", "VERB"]
    np.testing.assert_allclose(parts_of(table)["", "x"], tagger.embedding.weight.detach(), rtol=1e-5)
    for block, gate in enumerate("ifgo"):
        own = slice(5 * block, 5 * block + 5)
        np.testing.assert_allclose(parts_of(lstm)[gate, "W x"], tagger.encoder.weight_ih_l0[own].detach(), rtol=1e-5)
        np.testing.assert_allclose(parts_of(lstm)[gate, "U h"], tagger.encoder.weight_hh_l0[own].detach(), rtol=1e-5)
    np.testing.assert_allclose(parts_of(linear)["", "b"][:, 0], tagger.fc.bias.detach(), rtol=1e-5)


def parts_of(box):
    """The matrices of a box, by gate and by what they multiply."""
    return {(group["gate"], part["of"]): np.array(part["z"]) for group in box["groups"] for part in group["parts"]}


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_the_best_guess_is_drawn_as_it_was_recorded_and_goes_to_the_main_page_as_a_model(page, kind):
    parts = nn.ModuleDict({"emb": nn.Embedding(8, 6), "rnn": kind(6, 5, 2, bidirectional=True), "fc": nn.Linear(10, 4)})
    drop(page, saved({"epoch": 3, "model_state": {f"module.{k}": w for k, w in parts.state_dict().items()}}), "mine.pt")
    assert f"1 {kind.__name__}, 1 embedding, 1 Linear" in says(page)
    assert chosen(page) == {kind.__name__: "rnn", "fed by": "emb", "read by": "fc"}
    page.text_area(key="vocabulary").set_value("\n".join(WORDS)).run()
    page.text_input(key="labels").set_value("NOUN, ADP, DET, VERB").run()
    page.text_area(key="example").set_value("Giraffes eat leaves").run()
    x = parts.emb(torch.tensor([2, 6, 7])).detach().unsqueeze(1)
    trace = lstm_core.run(parts.rnn.eval(), x)
    drawn, expected = heatmaps(page), parts.fc(parts.rnn(x)[0]).softmax(-1)[:, 0].T.detach()
    [said] = rows_of(page)[0]["labelled"]
    names = ["NOUN", "ADP", "DET", "VERB"]
    assert [one["label"] for one in said["labels"]] == [names[row] for row in expected.argmax(0)]
    np.testing.assert_allclose([one["share"] for one in said["labels"]], expected.max(0).values, atol=1e-6)
    assert "".join(drawn) == {nn.LSTM: "figcoh", nn.GRU: "rznh", nn.RNN: "h"}[kind]
    for letter, z in drawn.items():
        np.testing.assert_allclose(z, trace.cells(letter, 1), atol=1e-6)
    assert "checked: matches PyTorch to" in says(page)
    press(page, "Open on Memory")
    [(key, label)] = page.session_state["own_models"].items()
    model = visitor_models.kept(key)
    assert (type(model.lstm), model.tokens("Giraffes eat"), label) == (kind, ["Giraffes", "eat"], "mine.pt: rnn")
    assert (page.query_params["model"], page.query_params["sentence"]) == (key, "Giraffes eat leaves")


def test_other_parts_can_be_chosen_and_only_those_that_fit_are_offered(page, weights):
    drop(page, weights)
    page.selectbox[1].set_value("sensor").run()
    assert chosen(page) == {"LSTM": "sensor", "fed by": None, "read by": None}
    assert [len(box.options) for box in page.selectbox] == [1, 3, 1]
    assert "Each step is 3 numbers" in says(page)
    assert not refusals(page)
    assert heatmaps(page)["c"].shape == (9, WAVE)
    assert heatmaps(page)["h"].shape == (2, WAVE)
    page.text_area(key="example").set_value("a,b,c\n1,2,3\n4,5,6").run()
    assert heatmaps(page)["c"].shape == (9, 2)
    page.text_area(key="example").set_value("1, 2").run()
    assert "as many columns of numbers as sensor reads, 3, got 1" in refusals(page)
    page.selectbox[1].set_value("cell").run()
    assert chosen(page) == {"LSTM": "cell", "fed by": "embedding", "read by": "out"}
    # What was typed for another LSTM is still there.
    assert page.text_area(key="example").value == "1, 2"


def test_a_vocabulary_can_be_a_file(page, weights):
    drop(page, weights)
    drop(page, json.dumps({word: row for row, word in enumerate(WORDS)}).encode(), "vocab.json", number=1)
    assert "Vocabulary: **vocab\\.json**, 8 tokens" in says(page)
    assert page.text_area(key="example").placeholder == "Try it on: Giraffes in a field"
    press(page, "Paste one instead")
    assert page.text_area(key="vocabulary").value == ""
    drop(page, b"\xff\xfe\x00", "vocab.bin", number=1)
    assert "Expected a text in UTF\\-8, got vocab" in refusals(page)


def test_a_wrong_vocabulary_or_label_is_a_sentence_and_stays_to_be_mended(page, weights):
    drop(page, weights)
    page.text_area(key="vocabulary").set_value("a\na").run()
    assert "Expected each token once" in refusals(page)
    page.text_area(key="vocabulary").set_value("\n".join([*WORDS, "more"])).run()
    assert "got 'more' for row 8" in refusals(page)
    page.text_area(key="vocabulary").set_value('{"the": 40}').run()
    assert "got 'the' for row 40" in refusals(page)
    page.text_area(key="vocabulary").set_value('{"the": 4, "cat": 6}').run()
    assert not refusals(page)
    assert "tokens for 2 of the embedding’s 8 rows" in says(page)
    page.text_area(key="vocabulary").set_value("\n".join(WORDS)).run()
    assert not refusals(page)
    assert "of the embedding’s" not in says(page)
    page.text_input(key="labels").set_value("yes, no").run()
    assert "Expected 4 labels, one for each output of the Linear, got 2" in refusals(page)
    assert page.text_area(key="vocabulary").value == "\n".join(WORDS)


def test_an_example_is_one_click_and_reads_as_the_model_that_it_was_made_from(page):
    press(page, "Open an example")
    assert not refusals(page)
    assert f"**{plain('tagger.pt')}**" in says(page)
    assert chosen(page) == {"LSTM": "lstm", "fed by": "embedding", "read by": "fc"}
    model = lstm_core.load_model("tagger-bi")
    trace = lstm_core.run(model.lstm, model.vectors(model.tokens(opening.EXAMPLE)))
    strip = next(strip for strip in rows_of(page)[0]["strips"] if strip["quantity"] == "c")
    assert len(strip["units"]) == drawn.MOST_UNITS
    np.testing.assert_allclose(strip["z"], trace.cells("c")[strip["units"]], rtol=1e-6, atol=1e-6)
    press(page, "Open on Memory")
    opened = visitor_models.kept(page.query_params["model"])
    assert opened.labels == model.labels
    np.testing.assert_allclose(opened.scores(trace), model.scores(trace), atol=1e-5)
    assert opened.tokens(opening.EXAMPLE) == model.tokens(opening.EXAMPLE)


def test_what_was_filled_in_for_an_example_goes_with_it(page, weights):
    drop(page, weights)
    press(page, "Open an example")
    assert page.text_area(key="example").value == opening.EXAMPLE
    drop(page, weights, "again.pt")
    assert page.text_area(key="example").value == ""
    assert page.text_input(key="labels").value == ""
    assert not refusals(page)


class Words(nn.Module):
    """A model as people write one."""

    def __init__(self):
        super().__init__()
        self.embedding, self.lstm, self.fc = nn.Embedding(8, 6), nn.LSTM(6, 5), nn.Linear(5, 4)

    def forward(self, tokens):
        return self.fc(self.lstm(self.embedding(tokens))[0])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("framework", [name for name in sentences.HOW_TO_SAVE if name not in ("Keras", "Flax")])
def test_what_is_saved_as_the_page_says_opens(framework, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lstm_core, "train", partial(lstm_core.train, epochs=1))
    names = {
        "torch": torch,
        "model": Words().eval(),
        "vocabulary": WORDS,
        "tokens": torch.zeros(3, 1, dtype=torch.long),
    }
    exec(sentences.HOW_TO_SAVE[framework][0], names)
    [file] = tmp_path.iterdir()
    opened = opening.kept(opening.keep(file.name, file.read_bytes()))
    if framework == "Trained here":
        assert opened.content.name == "counter"
        return
    [lstm] = opened.content.lstms
    for name, weight in names["model"].lstm.named_parameters():
        assert torch.equal(opened.content.lstms[lstm].get_parameter(name), weight)
    assert opened.content.pair(lstm).embeddings
    assert opened.content.pair(lstm).linears
    assert list(opened.content.vocabulary) == (WORDS if framework == "PyTorch" else [])


HOSTILE = {
    "a pickled module": (pickle.dumps({"model": Path}), "which is never opened"),
    "a model that lies about itself": (
        save({"linear.weight": torch.zeros(2, 3)}, metadata={"model": json.dumps({"name": "x"})}),
        "a model saved by lstm",
    ),
}


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_a_sentence_and_what_was_open_stays(page, weights, content, said):
    drop(page, weights)
    page.text_area(key="vocabulary").set_value("\n".join(WORDS)).run()
    drop(page, content, "<img src=x>.pt")
    assert said in page.error[0].value.replace("\\", "")
    assert "\\<img src\\=x\\>\\.pt" in page.error[0].value
    assert page.text_area(key="vocabulary").value == "\n".join(WORDS)
    assert len(heatmaps(page)) == 6
    drop(page, weights)
    assert not page.error


def test_weights_that_are_not_finite_are_a_sentence(page, tagger):
    tagger.encoder.weight_hh_l0.data[0, 0] = float("nan")
    drop(page, saved(tagger.state_dict()))
    assert "Expected finite numbers in the weights of this model" in refusals(page)
    assert "1 broken" in card(page)
    [note] = page.info
    assert note.value.replace("\\", "") == "Not finite: 1 of 100 numbers in 'encoder.weight_hh_l0' (1 NaN)."


def test_a_model_saved_here_opens_whole(page):
    drop(page, model_bytes(lstm_core.load_model("counter")), "counter.safetensors")
    assert not page.selectbox
    assert "the model counter, whole" in says(page)
    trace = lstm_core.load_model("counter")
    page.text_area(key="example").set_value("aaabbb").run()
    with torch.no_grad(), lstm_core.record(trace) as recording:
        trace(trace.vectors(list("aaabbb")))
    np.testing.assert_allclose(heatmaps(page)["c"], recording.only.cells("c"), atol=1e-6)


def test_names_from_a_file_are_text(page):
    name = "![x](https://example.org/y.png)<b>*:smile:"
    drop(page, saved({f"{name}.{key}": weight for key, weight in nn.LSTM(2, 3).state_dict().items()}), f"{name}.pt")
    [option] = page.selectbox[1].options
    assert option == f"{name} (2 → 3)"
    assert plain(shortened(f"{name}.pt")) in says(page)


def test_a_large_model_shows_the_units_whose_memory_moves_most():
    parts = nn.ModuleDict({"emb": nn.Embedding(50, 4), "lstm": nn.LSTM(4, 80), "fc": nn.Linear(80, 50)})
    opened = opening.kept(opening.keep("large.pt", saved(parts.state_dict())))
    words = "\n".join(f"w{n}" for n in range(50))
    model = opening.model_of(opened, opening.Choice("lstm", "emb", "fc", vocabulary=words))
    assert model.labels == words.split("\n")
    first = opening.first_reading(model, "w1 w2 nobody " + "w3 " * 300)
    assert len(first.tokens) == opening.MOST_STEPS
    assert first.notices == [
        "The first 200 of 303 steps are shown; the Memory page shows more.",
        "This model does not know 1 of these 303 words (nobody) and reads zeros there.",
    ]
    said, picture = drawn.first_picture(first, first.trace)
    c = first.trace.cells("c")
    units = picture["strips"][3]["units"]
    assert len(units) == drawn.MOST_UNITS
    assert np.ptp(c[units], 1).min() >= np.ptp(np.delete(c, units, 0), 1).max()
    for strip in picture["strips"]:
        np.testing.assert_allclose(strip["z"], first.trace.cells(strip["quantity"])[units], rtol=1e-5)
    assert said.startswith("The 12 of 80 units whose memory moves most: ")
    best = first.probabilities().argmax(1).tolist()
    assert [one["label"] for one in picture["labelled"][0]["labels"]] == [model.labels[row] for row in best]


def test_the_first_picture_of_a_counter_shows_that_it_counts():
    model = lstm_core.load_model("counter")
    first = opening.first_reading(model, "aaaaaaaabbbbbbbb")
    said, picture = drawn.first_picture(first, first.trace)
    c = picture["strips"][3]
    assert 7 < np.abs(c["z"]).max() < 10
    assert [strip.get("reach") for strip in picture["strips"]] == [None, None, None, c["reach"], None, None]
    assert said.endswith(f"c from −{c['reach']:g} (blue) to {c['reach']:g} (red).")


def test_a_file_without_a_vocabulary_shows_the_numbers_of_its_rows(page, weights):
    drop(page, weights)
    assert "Vocabulary: none" in says(page)
    assert rows_of(page)[0]["tokens"] == ["0", "1", "2", "3", "4", "5", "6", "7"]
    assert "".join(strip["quantity"] for strip in rows_of(page)[0]["strips"]) == "figcoh"


def test_the_first_picture_reads_words_that_the_file_knows(page, tagger):
    drop(page, saved({"model": tagger.state_dict(), "vocab": [*WORDS[:2], "the", "dog", "cat", "saw", "in", "field"]}))
    assert rows_of(page)[0]["tokens"] == ["the", "dog", "cat", "saw", "in", "field"]
    assert not page.info


def test_nothing_of_a_file_stays_once_another_takes_its_place(page, weights):
    """Streamlit keeps a page's names and the functions that name a list's options."""
    drop(page, weights)
    content = weakref.ref(opening.kept(page.session_state["opened"]).content)
    assert content() is not None
    drop(page, weights, "another.pt")
    gc.collect()
    assert content() is None


def card(page):
    """What the health card says, as one text."""
    said = [line.value for line in page.markdown]
    [first] = [place for place, line in enumerate(said) if line.startswith("**Is it healthy?**")]
    return "\n".join(said[first:])


def test_the_card_says_what_a_check_of_the_model_finds(page):
    words = Words().eval()
    with torch.no_grad():
        for weight in words.lstm.parameters():
            weight.view(4, 5, -1)[:, 3] = 0.0
    drop(page, saved({"model_state": words.state_dict(), "vocab": WORDS}), "words.pt")
    said = card(page)
    model = lstm_core.assemble(
        lstm_core.load_checkpoint(saved(words.state_dict())), "lstm", "embedding", "fc", vocabulary=WORDS
    )
    report = lstm_core.check(model)
    assert f"{len(report.of('pass'))} pass" in said
    assert "1,000 words, drawn at random from its vocabulary" in said
    for row in report:
        assert plain(row.question) in said
        assert plain(row.advice) in said
        assert row.result == "pass" or plain(row.number) in said
        assert row.result != "pass" or f"✓\N{NO-BREAK SPACE}{plain(row.question)}" in said
    passing = page.table[-1].value
    assert list(passing["number"]) == [plain(row.number) for row in report.of("pass")]
    assert "Unit 3" in said


def test_a_large_model_is_not_asked_on_the_page(page):
    drop(page, saved(nn.LSTM(8, 600).state_dict()), "large.pt")
    assert "lstm_core.check" in card(page)
    assert "pass]" not in card(page)
