"""What the app's page computes with is the model, a proof by PyTorch, and what a text is read as; never another's."""

import base64
import gzip
import json

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

import lstm_core
from gatescope.live.routes import files_path
from gatescope.store import text_files, visitor_models
from lstm_core import SequenceModel
from lstm_core.models.embeddings import Numbers, Vocabulary

SIZE = "sizes/4-3-1"


def content(text):
    return gzip.decompress(base64.b64decode(text))


def floats(text, columns):
    return np.frombuffer(content(text), "<f4").reshape(-1, columns)


def asked(client, name):
    return client.get(f"{files_path()}/model/{name}")


def steps(client, **query):
    return client.post("/gatescope/steps", content=json.dumps({"query": query})).json()


def own(recurrent, embedding, reads, proj=0):
    torch.manual_seed(3)
    linear = nn.Linear((proj or recurrent.hidden_size) * (1 + recurrent.bidirectional), 2)
    parts = {"embedding": embedding, "lstm": recurrent, "linear": linear, "labels": ["x", "y"]}
    return SequenceModel("mine", "a task", **parts, reads=reads, gives="classes").eval()


OWN = {
    "lstm": lambda: own(nn.LSTM(3, 4, 2, proj_size=2), Vocabulary(["a", "b"], size=3), "words", 2),
    "gru": lambda: own(nn.GRU(3, 4, bidirectional=True), Vocabulary("ab", size=3), "characters"),
    "table": lambda: own(nn.LSTM(5, 4), Numbers([*"abcde"]), "numbers"),
}


@pytest.mark.parametrize("name", [*lstm_core.models(), SIZE, *OWN])
def test_a_model_goes_to_the_page_without_a_table_of_words_and_with_a_proof(client, name):
    key = visitor_models.put(OWN[name](), label="my net") if name in OWN else name
    answer = asked(client, key)
    found = answer.json()
    kept = safetensors.torch.load(content(found["file"]))
    model = visitor_models.kept(key) or lstm_core.load_model("tagger" if name == SIZE else name)
    if name != SIZE:
        weights = model.state_dict()
        assert weights.keys() - kept.keys() <= {"embedding.vectors.weight"}
        assert all(torch.equal(kept[each].float(), weights[each]) for each in kept)
    assert "immutable" in answer.headers["cache-control"] if name not in OWN else True
    if name in OWN:
        assert answer.headers["cache-control"] == "no-store"
        assert found["about"]["model"]["name"] == "my net"
    assert len(found["proved"]) >= 1
    for proof in found["proved"] if name not in (SIZE, "gru") else []:
        tokens = model.tokens(proof["query"]["sentence"])
        x = model.vectors(lstm_core.read_series(proof["query"]["sentence"]).values if name == "table" else tokens)
        trace = lstm_core.run(model.lstm, x.detach()[: proof["steps"]])
        expected = torch.cat([trace.c.flatten(), trace.h.flatten()]).numpy()
        np.testing.assert_allclose(floats(proof["values"], 1)[:, 0], expected, atol=2e-6)


def test_what_is_no_model_or_too_large_is_refused_in_a_sentence(client, monkeypatch):
    for name in ("own-nobody", "sizes/x", "own-trace-1", "../x"):
        assert asked(client, name).status_code in (200, 400, 404), name
    assert "train or open it again" in asked(client, "own-nobody").text
    monkeypatch.setattr("gatescope.offline.carried.MOST_BYTES", 100)
    answer = asked(client, visitor_models.put(OWN["lstm"]()))
    assert (answer.status_code, "lstm_core.explain" in answer.text) == (400, True)


def test_a_text_is_sent_as_it_is_read(client):
    model = lstm_core.load_model("tagger")
    found = steps(client, model="tagger", sentence="dog the 3.14 can’t")
    assert found["tokens"] == ["dog", "the", "3.14", "can’t"]
    np.testing.assert_array_equal(floats(found["x"], 64), model.vectors(found["tokens"]).detach()[:, 0].numpy())
    dated = "date,load\n2024-01-01,1\n2024-01-02,2\n2024-01-03,4"
    for query in ({"file": text_files.keep("days.csv", dated.encode())}, {"sentence": dated}):
        found = steps(client, model="random", tokens="numbers", **query)
        assert (found["tokens"][0], found["names"]) == ("2024-01-01", ["load"])
        assert floats(found["values"], 1)[:, 0].tolist() == [1, 2, 4]
        assert floats(found["x"], 1).mean() == pytest.approx(0, abs=1e-6)
    assert steps(client, model="random", tokens="numbers", sentence="no numbers")["tokens"] == []
