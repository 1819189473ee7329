"""What a model says at each step and what may come next: under the words, in numbers that PyTorch made."""

import numpy as np
import pytest
import torch
from unpacking import unpacked

import lstm_core
from gatescope.picture.answer import answer
from gatescope.question.view import MODELS, SIZES, Source
from gatescope.reading.answers import answers, coming
from gatescope.reading.read import read


def said(**query):
    return unpacked(answer(query, 1_000, None))


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
    reading = read(Source(model="brackets", sentence="(("))
    found = answers(reading, 0, 2)
    assert set(found[1].label.split()) == {"(", ")"}
    shares = reading.probabilities()[1]
    assert found[1].share == pytest.approx(float(torch.maximum(shares, 1 - shares).min()))


def test_a_forecast_is_said_as_a_number_without_a_probability():
    reading = read(Source(model="series", sentence="37.0, 33.4, 33.5"))
    [*_, last] = answers(reading, 0, 3)
    assert float(last.label) == pytest.approx(float(reading.probabilities()[-1, 0]), rel=0.01)
    assert last.share is None


def test_what_comes_next_is_written_behind_the_text_and_the_model_reads_it():
    before = read(Source(model="counter", sentence="aaab"))
    first = coming(before)[0]
    assert (first.label, first.text) == ("b", "b")
    assert first.share == pytest.approx(float(before.probabilities()[-1].max()))
    after = read(Source(model="counter", sentence="aaab" + first.text))
    assert after.tokens == ["a", "a", "a", "b", "b"]
    ends = coming(read(Source(model="counter", sentence="aaabbb")))[0]
    assert (ends.label, ends.text) == ("end", None)
    value = coming(read(Source(model="series", sentence="37.0, 33.4")))[0]
    assert len(read(Source(model="series", sentence="37.0, 33.4" + value.text)).tokens) == 3


@pytest.mark.parametrize("name", ["tagger", "sentiment", "copy", SIZES])
def test_a_model_that_says_something_else_has_no_next_step(name):
    assert said(model=name)["coming"] == []


def test_characters_come_as_often_as_the_model_says_and_can_all_be_written():
    reading = read(Source(model="python-chars", sentence="import "))
    found = coming(reading)
    assert sum(one.share for one in found) == pytest.approx(1, abs=1e-4)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert all(one.text is None or len(one.text) == 1 for one in found)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "random"])
def test_every_model_says_something_at_each_of_its_steps(name):
    picture = said(model=name)
    assert [one["step"] for one in picture["answers"]] == list(range(picture["columns"]["steps"]))


def test_nothing_is_said_of_several_steps_in_one_column():
    assert said(model="tagger", sentence=" ".join(["dog"] * 1_001))["answers"] == []
