"""What a model says at each step and what may come next: under the words, in numbers that PyTorch made."""

import numpy as np
import pytest
import torch
from pictured import picture_of

import lstm_core
from gatescope.question.view import MODELS, SIZES, Source
from gatescope.reading.read import read


def said(**query):
    return picture_of(query, 1_000)


def test_the_tags_stand_at_their_words_with_their_probabilities():
    model = lstm_core.load_model("tagger")
    words = ["Giraffes", "in", "a", "field"]
    with torch.no_grad():
        shares = model.probabilities(model(model.vectors(words)))[:, 0]
    found = said(model="tagger", sentence=" ".join(words))["answers"]
    assert [one["label"] for one in found] == ["NOUN", "ADP", "DET", "NOUN"]
    assert [one["step"] for one in found] == [0, 1, 2, 3]
    np.testing.assert_allclose([one["share"] for one in found], shares.max(1).values, atol=1e-5)


def test_an_untrained_lstm_says_nothing():
    picture = said(model="random")
    assert (picture["answers"], picture["coming"], picture["model"]["right"]) == ([], [], "")


def test_brackets_says_all_that_may_come_and_is_as_sure_as_of_the_least_sure():
    found = said(model="brackets", sentence="((")["answers"]
    assert set(found[1]["label"].split()) == {"(", ")"}
    shares = read(Source(model="brackets", sentence="((")).probabilities()[1]
    assert found[1]["share"] == pytest.approx(float(torch.maximum(shares, 1 - shares).min()))


def test_a_forecast_is_said_as_a_number_without_a_probability():
    query = {"model": "series", "sentence": "37.0, 33.4, 33.5"}
    [*_, last] = said(**query)["answers"]
    assert float(last["label"]) == pytest.approx(float(read(Source(**query)).probabilities()[-1, 0]), rel=0.01)
    assert last["share"] is None


def coming(model, sentence):
    return said(model=model, sentence=sentence)["coming"]


def test_what_comes_next_is_written_behind_the_text_and_the_model_reads_it():
    first = coming("counter", "aaab")[0]
    assert (first["label"], first["text"]) == ("b", "b")
    before = read(Source(model="counter", sentence="aaab"))
    assert first["share"] == pytest.approx(float(before.probabilities()[-1].max()))
    assert read(Source(model="counter", sentence="aaab" + first["text"])).tokens == ["a", "a", "a", "b", "b"]
    ends = coming("counter", "aaabbb")[0]
    assert (ends["label"], ends["text"]) == ("end", None)
    value = coming("series", "37.0, 33.4")[0]
    assert len(read(Source(model="series", sentence="37.0, 33.4" + value["text"])).tokens) == 3


@pytest.mark.parametrize("name", ["tagger", "sentiment", "copy", SIZES])
def test_a_model_that_says_something_else_has_no_next_step(name):
    assert said(model=name)["coming"] == []


@pytest.mark.parametrize("sentence", ["import ", "import os\n" * 150])
def test_characters_come_as_often_as_the_model_says_and_can_all_be_written(sentence):
    found = coming("python-chars", sentence)
    shares = read(Source(model="python-chars", sentence=sentence)).probabilities()[-1]
    np.testing.assert_allclose([one["share"] for one in found], shares.sort(descending=True).values, atol=1e-6)
    assert all(one["text"] is None or len(one["text"]) == 1 for one in found)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "random"])
def test_every_model_says_something_at_each_of_its_steps(name):
    picture = said(model=name)
    assert [one["step"] for one in picture["answers"]] == list(range(picture["columns"]["steps"]))


def test_nothing_is_said_of_several_steps_in_one_column():
    assert said(model="tagger", sentence=" ".join(["dog"] * 1_001))["answers"] == []
