"""Parts of a checkpoint as a model, and the vocabulary that names an embedding's rows."""

import json

import pytest
import torch
from test_checkpoint import saved
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.checkpoints.vocabulary import read_labels

WORDS = ["<pad>", "<unk>", "giraffes", "in", "a", "field"]


@pytest.fixture
def model():
    parts = {"emb": nn.Embedding(8, 4), "lstm": nn.LSTM(4, 3, bidirectional=True), "fc": nn.Linear(6, 5)}
    return nn.ModuleDict(parts | {"cell": nn.LSTMCell(4, 6)}).eval()


@pytest.fixture
def checkpoint(model):
    return lstm_core.load_checkpoint(saved(model.state_dict()))


@pytest.mark.parametrize("lstm", ["lstm", "cell"])
def test_the_assembled_model_computes_what_the_parts_do(model, checkpoint, lstm):
    whole = lstm_core.assemble(checkpoint, lstm, "emb", "fc", vocabulary=WORDS)
    tokens = whole.tokens("giraffes in a zoo")
    with torch.no_grad(), lstm_core.record(whole) as recording:
        scores = whole(whole.vectors(tokens))[:, 0]
        x = model["emb"](torch.tensor([2, 3, 4, 1]))
        if lstm == "lstm":
            hidden = model["lstm"](x)[0]
        else:
            state, hidden = None, []
            for row in x:
                state = model["cell"](row, state)
                hidden.append(state[0])
            hidden = torch.stack(hidden)
        assert torch.allclose(scores, model["fc"](hidden), atol=1e-6)
    assert recording.only.max_error < 1e-6
    assert whole.labels == ["0", "1", "2", "3", "4"]


def test_without_a_vocabulary_a_token_is_the_number_of_its_row(model, checkpoint):
    whole = lstm_core.assemble(checkpoint, "lstm", "emb", "fc", labels=list("abcde"))
    assert torch.equal(whole.vectors(whole.tokens("7 0"))[:, 0], model["emb"](torch.tensor([7, 0])))
    assert whole.labels == list("abcde")


@pytest.mark.parametrize("vocabulary", [WORDS, WORDS[2:], None])
def test_the_table_of_the_file_is_never_copied(checkpoint, vocabulary):
    whole = lstm_core.assemble(checkpoint, "lstm", "emb", "fc", vocabulary=vocabulary)
    assert whole.embedding.vectors.weight.data_ptr() == checkpoint.embeddings["emb"].weight.data_ptr()


@pytest.mark.parametrize(("vocabulary", "row"), [(WORDS, 1), (WORDS[2:], None), (None, None)])
def test_an_unknown_token_gets_the_row_for_it_or_zeros(model, checkpoint, vocabulary, row):
    whole = lstm_core.assemble(checkpoint, "lstm", "emb", "fc", vocabulary=vocabulary)
    expected = torch.zeros(4) if row is None else model["emb"].weight[row]
    for token in ("zoo", "8", "-1", "٣", "9" * 30):
        assert torch.equal(whole.vectors([token])[0, 0], expected)


@pytest.mark.parametrize("vocabulary", [WORDS, None])
def test_a_number_is_a_row_or_a_sentence_never_an_unknown_word(checkpoint, vocabulary):
    whole = lstm_core.assemble(checkpoint, "lstm", "emb", "fc", vocabulary=vocabulary)
    if vocabulary is None:
        assert torch.equal(whole.vectors([3, 1]), whole.vectors(["3", "1"]))
        assert (lstm_core.explain(whole, [3, 1]).inputs == lstm_core.explain(whole, ["3", "1"]).inputs).all()
    else:
        for read in (whole.vectors, lambda tokens: lstm_core.explain(whole, tokens)):
            with pytest.raises(lstm_core.LstmCoreError, match="Expected each token as a str, got 3, of type int"):
                read([3, 1])


def test_a_table_in_half_precision_stays_so_and_its_vectors_are_whole(model):
    half = lstm_core.load_checkpoint(saved({name: weight.half() for name, weight in model.state_dict().items()}))
    whole = lstm_core.assemble(half, "lstm", "emb", "fc")
    assert whole.embedding.vectors.weight.dtype == torch.float16
    assert torch.equal(whole.vectors(["3"])[0, 0], model["emb"].weight[3].half().float())
    assert {weight.dtype for weight in (*whole.lstm.parameters(), *whole.linear.parameters())} == {torch.float32}
    assert half.lstms["lstm"].weight_ih_l0.dtype == torch.float16


@pytest.mark.parametrize("vocabulary", [WORDS, None])
def test_it_comes_back_from_a_file(checkpoint, vocabulary, tmp_path):
    whole = lstm_core.assemble(checkpoint, "lstm", "emb", "fc", vocabulary=vocabulary)
    lstm_core.save_model(whole, tmp_path / "whole.safetensors")
    again = lstm_core.load_model(tmp_path / "whole.safetensors")
    for token in ("giraffes", "7", "zoo"):
        assert torch.equal(again.vectors([token]), whole.vectors([token]))
    assert again.embedding.settings() == whole.embedding.settings()


def test_what_would_need_a_name_each_is_refused_by_its_number():
    parts = {"emb": nn.Embedding(3, 1), "lstm": nn.LSTM(1, 1), "fc": nn.Linear(1, 1_000_001)}
    wide = {"wide." + name: weight for name, weight in nn.LSTM(1_000_001, 1).state_dict().items()}
    checkpoint = lstm_core.load_checkpoint(saved(dict(nn.ModuleDict(parts).state_dict()) | wide))
    with pytest.raises(LstmCoreError, match="at most 1,000,000 outputs of a Linear, each with a name, got 1,000,001"):
        lstm_core.assemble(checkpoint, "lstm", "emb", "fc")
    with pytest.raises(LstmCoreError, match="at most 1,000,000 numbers a step, each with a name, got 1,000,001"):
        lstm_core.assemble(checkpoint, "wide")


def test_without_an_embedding_it_reads_numbers_and_without_a_linear_gives_h(checkpoint):
    whole = lstm_core.assemble(checkpoint, "lstm")
    x = torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, 8]])
    vectors = whole.vectors(whole.tokens("1 2 3 4 5 6 7 8"))
    assert torch.equal(vectors[:, 0], x)
    with torch.no_grad():
        assert torch.allclose(whole(vectors)[:, 0], checkpoint.lstms["lstm"](x)[0])


def test_a_class_a_token_is_called_like_the_tokens(checkpoint):
    tokens = list("abcde")
    assert lstm_core.assemble(checkpoint, "lstm", "emb", "fc", vocabulary=tokens).labels == tokens
    assert lstm_core.assemble(checkpoint, "lstm", "emb", "fc", vocabulary=WORDS).labels == ["0", "1", "2", "3", "4"]


def test_numbers_in_too_few_columns_are_refused(checkpoint):
    whole = lstm_core.assemble(checkpoint, "lstm")
    with pytest.raises(LstmCoreError, match=r"Expected 4 numbers a step \(feature 0, .*\), got 1"):
        whole.vectors(torch.zeros(7, 1))


@pytest.mark.parametrize(
    ("text", "labels"),
    [("a, b ,c", ["a", "b", "c"]), ("a\nb", ["a", "b"]), ('{"a": 1, "b": 0}', ["b", "a"]), ("one", ["one"])],
)
def test_labels_in_each_form(text, labels):
    assert read_labels(text) == labels


def test_single_characters_make_a_model_of_characters(checkpoint):
    whole = lstm_core.assemble(checkpoint, "lstm", "emb", "fc", vocabulary=["<pad>", *"abc \n"])
    assert whole.tokens("a b") == ["a", " ", "b"]


def test_other_dtypes_run_in_float32_and_the_checkpoint_keeps_its_own(model):
    checkpoint = lstm_core.load_checkpoint(saved(model.double().state_dict()))
    whole = lstm_core.assemble(checkpoint, "lstm", "emb", "fc", vocabulary=WORDS)
    assert whole(whole.vectors(["a"])).dtype == torch.float32
    assert checkpoint.lstms["lstm"].weight_ih_l0.dtype == torch.float64


def test_parts_that_do_not_fit_are_refused(checkpoint):
    with pytest.raises(LstmCoreError, match="one of the checkpoint's LSTMs, GRUs and RNNs, 'lstm', 'cell', got 'nope'"):
        lstm_core.assemble(checkpoint, "nope")
    with pytest.raises(LstmCoreError, match="8 rows, 0 to 7, got 'i' for row 8"):
        lstm_core.assemble(checkpoint, "lstm", "emb", vocabulary=list("abcdefghi"))
    with pytest.raises(LstmCoreError, match="8 rows, 0 to 7, got none"):
        lstm_core.assemble(checkpoint, "lstm", "emb", vocabulary=[])
    with pytest.raises(LstmCoreError, match="Expected 5 labels, one for each output of the Linear, got 2"):
        lstm_core.assemble(checkpoint, "lstm", "emb", "fc", labels=["yes", "no"])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("the\ncat\n", ["the", "cat"]),
        ("the\r\ncat", ["the", "cat"]),
        ("[PAD]\n[UNK]\nthe", ["[PAD]", "[UNK]", "the"]),
        (json.dumps(["the", "cat"]), ["the", "cat"]),
        (json.dumps({"cat": 2, "the": 0}), ["the", "<1>", "cat"]),
        (json.dumps({"0": "the", "1": "cat"}), ["the", "cat"]),
        ("\ufeffé\n \n<b>", ["é", " ", "<b>"]),
    ],
)
def test_a_vocabulary_in_each_form(text, tokens):
    assert lstm_core.checkpoints.read_vocabulary(text) == tokens


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "got no token"),
        ("[]", "got no token"),
        ("the\n\ncat", r"got an empty one in row 1"),
        ("the\ncat\nthe", r"got 'the' in rows 0 and 2"),
        ('["the", 3]', "text for each token, got 3 in row 1"),
        ('["the",', "JSON that is broken: Expecting value: line 1"),
        ("[" * 100_000, "JSON that is broken"),
        ('{"the": "x"}', "got 'x' for 'the'"),
        ('{"the": true}', "got True for 'the'"),
        ('{"the": 1000000000}', "got 1000000000 for 'the'"),
        ('{"the": 1, "cat": 1}', "got 'the' and 'cat' in 1"),
        ("ab\n" * 2_000_000, "at most 1,000,000 tokens, got 2,000,000 or more"),
    ],
)
def test_what_is_no_vocabulary_says_why(text, says):
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.checkpoints.read_vocabulary(text)
