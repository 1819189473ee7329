"""Two readings side by side: their links, and how each is read."""

import copy
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import lstm_core
from gatescope.comparing.two_readings import two
from gatescope.comparing.view import Side, TwoSides, another_model, nearest, query_of, read_pair
from gatescope.question.opening import opening
from gatescope.question.view import MODELS, Source
from gatescope.reading.read import read
from gatescope.store import visitor_models
from lstm_core.training import epochs
from lstm_core.training.loop import task_from

SIDES = st.builds(
    Side,
    source=st.builds(
        Source,
        sentence=st.text(max_size=20),
        hidden_dim=st.integers(1, 512),
        seed=st.integers(0, 99),
        model=st.sampled_from(["random", "counter", "copy"]),
    ),
    epoch=st.none() | st.integers(0, 500),
)


def compared(a, b):
    return two(read(a.reads()), read(b.reads()))


@given(SIDES, SIDES)
def test_a_link_opens_the_same_pair(a, b):
    pair = TwoSides(a, b)
    assert read_pair(dict(parse_qsl(query_of(pair), keep_blank_values=True))) == (pair, [])


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ({"seed_b": "-1"}, Source()),
        ({"epoch": "x"}, opening()),
        ({"model": "nonsense"}, opening()),
    ],
)
def test_an_impossible_value_falls_back_and_says_so(asked, read):
    pair, notices = read_pair(asked)
    assert pair == TwoSides(Side(read), Side(read))
    assert len(notices) == 1
    assert "is not possible" in notices[0]


@pytest.fixture(scope="module")
def counter():
    """The key of a model that learned for three epochs, and what it was after each."""
    learned = {0: counter_model(0)}
    learned |= {epoch.number: copy.deepcopy(epoch.model) for epoch in epochs("counter", epochs=3, seed=2)}
    return visitor_models.put(learned[3], learned), learned


def counter_model(seed):
    return task_from("counter").model(task_from("counter").sizes, torch.Generator().manual_seed(seed))


def test_two_epochs_of_a_model_are_compared(counter):
    key, learned = counter
    a, b = (Side(Source(sentence="aabb", model=key), epoch=epoch) for epoch in (0, 2))
    found = compared(a, b)
    for trace, said, epoch in ((found.a, found.said[0], 0), (found.b, found.said[1], 2)):
        model = learned[epoch]
        again = lstm_core.run(model.lstm, model.vectors(list("aabb")).detach())
        np.testing.assert_array_equal(trace.cells("c"), again.cells("c"))
        torch.testing.assert_close(said, model.probabilities(model.scores(again))[:, 0])
    assert read(replace(a, epoch=None).reads()).model is learned[3]


def test_an_epoch_that_was_not_kept_is_nobodys():
    key = visitor_models.put(counter_model(1))
    assert visitor_models.epochs(key) == visitor_models.epochs("own-nothing") == []
    for epoch in ("2", "-1", "٣", "x", "1" * 5000):
        assert visitor_models.kept(f"{key}@{epoch}") is None
    reading = read(Side(Source(model=key), epoch=2).reads())
    assert reading.model is None
    assert "no longer on the server, or never was" in reading.notices[0]


@pytest.mark.parametrize(("asked", "found"), [(None, 9), (0, 0), (3, 3), (5, 3), (99, 9)])
def test_the_nearest_epoch_that_is_kept_stands_in(asked, found):
    assert nearest([0, 3, 6, 9], asked) == found


def test_two_texts_differ_in_their_text_alone():
    a = Side(Source("a b", seed=5), epoch=3)
    assert TwoSides(a, a.with_text("a c")).is_of_texts
    assert TwoSides(Side(Source("a b", file="x")), Side(Source("a c"))).is_of_texts
    others = replace(a, epoch=4), replace(a, source=another_model(a.source))
    assert not any(TwoSides(a, other).is_of_texts for other in others)


@pytest.mark.parametrize("model", MODELS)
def test_a_second_model_is_another_one_that_can_read(model):
    other = another_model(Source("a b c", model=model))
    assert other != Source("a b c", model=model)
    assert read(other).trace is not None


def test_steps_without_a_partner_stand_alone():
    found = compared(Side(Source(sentence="the old dog ran")), Side(Source(sentence="the dog ran away")))
    assert found.pairs == [(0, 0), (1, None), (2, 1), (3, 2), (None, 3)]
    assert found.differs == [1, 4]
