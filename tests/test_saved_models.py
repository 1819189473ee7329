"""A model that was saved opens again everywhere, with the same numbers to the bit; or it is not saved."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from test_checkpoint import saved
from torch import nn

import lstm_core
from gatescope.checkpoint import opening
from gatescope.command.main import main
from lstm_core import LstmCoreError
from lstm_core.models.embeddings import Numbers, ReducedFeatures, Rows, Vocabulary, WordFeatures
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import model_bytes

TOKENS = ["a", "b", "ß", "=1", "<unk>", 'a "quote"', "\ud800"]
SETTINGS = ("name", "task", "labels", "reads", "gives")
READS = {Numbers: "numbers", Vocabulary: "symbols", Rows: "words"}


def embeddings(draw, size):
    """Every way in which a token becomes `size` numbers."""
    rows = draw(st.integers(1, 6), label="rows")
    named = TOKENS[: draw(st.integers(0, rows), label="named rows")]
    unknown = draw(st.sampled_from([None, 0]), label="unknown")
    kind = draw(st.sampled_from([Numbers, Vocabulary, Rows, WordFeatures, ReducedFeatures]), label="embedding")
    if kind is Numbers:
        return Numbers([f"column {number}" for number in range(size)])
    if kind is Vocabulary:
        return Vocabulary(TOKENS[:rows], size)
    if kind is Rows:
        table = Rows(rows, size, named, unknown)
        return table.half() if draw(st.booleans(), label="half precision") else table
    return WordFeatures(9, size) if kind is WordFeatures else ReducedFeatures(9, 5, size)


@st.composite
def sequence_models(draw):
    size, hidden, layers = (draw(st.integers(1, most)) for most in (4, 5, 3))
    kind = draw(st.sampled_from([nn.LSTM, nn.GRU, nn.RNN]), label="kind")
    proj = draw(st.integers(0, hidden - 1), label="proj_size") if kind is nn.LSTM else 0
    both, bias = (draw(st.booleans(), label=name) for name in ("bidirectional", "bias"))
    own = {"proj_size": proj} if kind is nn.LSTM else {}
    own |= {"nonlinearity": draw(st.sampled_from(["tanh", "relu"]))} if kind is nn.RNN else {}
    lstm = kind(size, hidden, layers, bias=bias, bidirectional=both, **own)
    width = (proj or hidden) * (2 if both else 1)
    embedding = embeddings(draw, size)
    head = draw(st.sampled_from(["with bias", "without bias", "tied", "none"]), label="linear")
    tied = head == "tied" and isinstance(embedding, (Vocabulary, Rows)) and size == width
    outputs = embedding.vectors.num_embeddings if tied else draw(st.integers(1, 4), label="labels")
    linear = nn.Linear(width, width if head == "none" else outputs, bias=head == "with bias")
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31), label="seed"))
    with torch.no_grad():
        for tensor in (*embedding.state_dict().values(), *lstm.parameters(), *linear.parameters()):
            tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    if tied:
        linear.weight = nn.Parameter(embedding.vectors.weight.float())
        embedding.vectors.weight = linear.weight
    labels = [f"{TOKENS[number % len(TOKENS)]}{number}" for number in range(linear.out_features)]
    gives = "hidden" if head == "none" else draw(st.sampled_from(["classes", "set", "value"]), label="gives")
    reads = READS.get(type(embedding), "words")
    parts = {"embedding": embedding, "lstm": lstm, "linear": linear}
    return SequenceModel("mine", "a task", labels, reads=reads, gives=gives, **parts).eval()


def text_for(model):
    if model.reads == "numbers":
        return "\n".join([",".join(["1.5"] * model.lstm.input_size)] * 3)
    # Where no row has a name, rows are read by their numbers.
    return "0 0 0" if model.embedding.unread(["a"]) else "a b a"


def answers(model):
    """What a model makes of a few tokens: its vectors, and its scores."""
    tokens = ["a", "0", "zoo", "ß"] if model.reads != "numbers" else [" ".join(["2.5"] * model.lstm.input_size)] * 2
    with torch.no_grad():
        vectors = model.vectors(tokens)
        return vectors, model(vectors)


def check(again, model):
    assert {key: getattr(again, key) for key in SETTINGS} == {key: getattr(model, key) for key in SETTINGS}
    assert again.embedding.settings() == model.embedding.settings()
    assert repr(again.lstm) == repr(model.lstm)
    for got, expected in zip(answers(again), answers(model), strict=True):
        assert torch.equal(got, expected)


def recorded_by_command(file, model, out):
    given = ["--series", str(file.with_suffix(".csv"))] if model.reads == "numbers" else ["--text", text_for(model)]
    file.with_suffix(".csv").write_text(text_for(model))
    with pytest.raises(SystemExit) as ended:
        main(["record", str(file), *given, "--out", str(out)])
    assert not ended.value.code
    return lstm_core.load(out)


@pytest.mark.slow
@given(sequence_models())
@settings(max_examples=40)
def test_every_model_that_is_saved_opens_in_the_library_the_command_and_the_page(tmp_path_factory, model):
    folder = tmp_path_factory.mktemp("models")
    file = folder / "mine.safetensors"
    lstm_core.save_model(model, file)
    check(lstm_core.load_model(file), model)
    key = opening.keep(file.name, model_bytes(model))
    check(opening.model_of(opening.kept(key), None), model)
    opening.drop(key)
    tokens = ["1.5" + " 1.5" * (model.lstm.input_size - 1)] * 3 if model.reads == "numbers" else text_for(model).split()
    trace = recorded_by_command(file, model, folder / "trace.npz")
    assert torch.equal(trace.h, lstm_core.run(model.lstm, model.vectors(tokens).detach()).h)


@pytest.mark.parametrize("linear", [None, "fc"])
def test_an_lstm_without_a_linear_or_with_one_without_bias_comes_back(linear):
    parts = {"lstm": nn.LSTM(4, 3), "fc": nn.Linear(3, 2, bias=False)}
    model = lstm_core.assemble(
        lstm_core.load_checkpoint(saved(nn.ModuleDict(parts).state_dict())), "lstm", None, linear
    )
    check(lstm_core.load_model(model_bytes(model)), model)


def test_a_table_that_is_the_linears_too_is_saved():
    parts = nn.ModuleDict({"emb": nn.Embedding(5, 3), "lstm": nn.LSTM(3, 3), "fc": nn.Linear(3, 5)})
    parts["fc"].weight = parts["emb"].weight
    model = lstm_core.assemble(lstm_core.load_checkpoint(saved(parts.state_dict())), "lstm", "emb", "fc")
    check(lstm_core.load_model(model_bytes(model)), model)


def small(lstm=None, labels=("yes", "no"), name="mine", embedding=None):
    lstm = lstm or nn.LSTM(2, 3)
    parts = {"embedding": embedding or Numbers(["a", "b"]), "lstm": lstm, "linear": nn.Linear(3, len(labels))}
    return SequenceModel(name, "t", labels, reads="numbers", gives="classes", **parts).eval()


class OfMyOwn(Numbers):
    kind = "of my own"


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (small(labels=(0, 1)), "labels and tokens as text"),
        (small(embedding=OfMyOwn(["a", "b"])), "of my own"),
    ],
    ids=["labels that are numbers", "own embedding"],
)
def test_what_would_not_open_again_is_not_saved(tmp_path, model, says):
    """The file that was there before stays."""
    file = tmp_path / "mine.safetensors"
    file.write_bytes(b"before")
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.save_model(model, file)
    assert file.read_bytes() == b"before"


def test_half_of_a_character_in_a_label_comes_back():
    model = small(labels=("\ud800", "ß", "\\ud800", '"'))
    assert lstm_core.load_model(model_bytes(model)).labels == ["\ud800", "ß", "\\ud800", '"']
