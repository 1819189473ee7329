"""What a model says at each step and what may come next: under the words, in numbers that PyTorch made."""

import numpy as np
import pytest
import torch
from pictured import picture_of

from gatescope.question.view import Source
from gatescope.reading.read import read


def said(**query):
    return picture_of(query, 1_000)


def test_brackets_says_all_that_may_come_and_is_as_sure_as_of_the_least_sure():
    found = said(model="brackets", sentence="((")["answers"]
    assert set(found[1]["label"].split()) == {"(", ")"}
    shares = read(Source(model="brackets", sentence="((")).probabilities()[1]
    assert found[1]["share"] == pytest.approx(float(torch.maximum(shares, 1 - shares).min()))


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


@pytest.mark.parametrize("sentence", ["import ", "import os\n" * 150])
def test_characters_come_as_often_as_the_model_says_and_can_all_be_written(sentence):
    found = coming("python-chars", sentence)
    shares = read(Source(model="python-chars", sentence=sentence)).probabilities()[-1]
    np.testing.assert_allclose([one["share"] for one in found], shares.sort(descending=True).values, atol=1e-6)
    assert all(one["text"] is None or len(one["text"]) == 1 for one in found)
