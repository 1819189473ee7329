"""Sentences in any script, whatever a person types."""

import pytest
import regex
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_core import characters, words
from lstm_core.errors import LstmCoreError
from lstm_core.inputs import token_vectors
from lstm_core.models import random_lstm


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Giraffes in a field", ["Giraffes", "in", "a", "field"]),
        ("the cat, the dog.", ["the", "cat", ",", "the", "dog", "."]),
        ("It’s well-known: 3.14", ["It’s", "well-known", ":", "3.14"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("مرحبا بالعالم،", ["مرحبا", "بالعالم", "،"]),
        ("می‌خواهم", ["می‌خواهم"]),
        ("étude e\u0301tude", ["étude", "e\u0301tude"]),
        ("👩‍👩‍👧 hi 👍🏽", ["👩‍👩‍👧", "hi", "👍🏽"]),
        ("a\u200bb \u200b\u2060", ["a", "b"]),
        ("<b>bold</b>", ["<", "b", ">", "bold", "<", "/", "b", ">"]),
        ("$x^2$", ["$", "x", "^", "2", "$"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_words_and_punctuation_are_tokens(text, expected):
    assert words(text) == expected


def test_a_character_is_what_a_reader_sees_as_one():
    assert characters("e\u0301 👩‍👩‍👧\r\n") == ["e\u0301", " ", "👩‍👩‍👧", "\r\n"]


@given(st.text())
def test_no_character_is_lost_or_made_up(text):
    assert "".join(characters(text)) == text
    kept = "".join(words(text))
    assert all(character in text for character in kept)
    assert sum(character.isalnum() for character in kept) == sum(character.isalnum() for character in text)


@given(st.lists(st.text(min_size=1)), st.text(min_size=1), st.integers(1, 64), st.integers(0, 999_999))
def test_a_token_has_the_same_vector_wherever_it_stands(others, token, size, seed):
    alone = token_vectors([token], size, seed)[0, 0]
    among = token_vectors([*others, token, *others], size, seed)
    assert torch.equal(among[len(others), 0], alone)


def test_a_longer_vector_begins_with_the_shorter():
    assert torch.equal(token_vectors(["word"], 64, 2)[..., :5], token_vectors(["word"], 5, 2))


def test_vectors_are_standard_normal_and_hang_on_the_seed():
    x = token_vectors([str(n) for n in range(400)], 50, seed=1)
    assert abs(x.mean()) < 0.02
    assert abs(x.std() - 1) < 0.02
    assert abs((x**4).mean() - 3) < 0.15
    assert not torch.equal(x[0], token_vectors(["0"], 50, seed=2)[0])
    # The same on any machine: this is what SHAKE-256 and the normal's inverse give.
    torch.testing.assert_close(x[0, 0, :3], torch.tensor(PINNED))


PINNED = [-0.8378453850746155, 0.4688888490200043, -1.4502074718475342]


def test_no_tokens_give_no_steps():
    assert token_vectors([], 4, 2).shape == (0, 1, 4)


@pytest.mark.parametrize(("input_size", "hidden_size", "num_layers"), [(4, 3, 1), (64, 64, 4), (1, 1, 2)])
def test_the_random_lstm_is_the_one_that_manual_seed_gives(input_size, hidden_size, num_layers):
    with torch.random.fork_rng():
        torch.manual_seed(7)
        theirs = torch.nn.LSTM(input_size, hidden_size, num_layers)
    state = torch.get_rng_state()
    ours = random_lstm(input_size, hidden_size, num_layers, seed=7)
    assert torch.equal(torch.get_rng_state(), state)
    for name, weight in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[name], weight), name
    x = torch.randn(3, 1, input_size)
    assert torch.equal(ours(x)[0], theirs(x)[0])


def test_a_size_below_one_is_refused():
    with pytest.raises(LstmCoreError, match="hidden_size of at least 1, got 0"):
        random_lstm(4, 0)


# Flags, a joiner, marks and letters that stick to each other, in any order.
@given(st.text("\U0001f1e6\U0001f1e7\U0001f468a1 \u0301\u200d\u0903\u1100\u1161\r\n\u0600", max_size=12))
def test_characters_are_those_of_unicode_flags_among_them(text):
    assert characters(text) == regex.findall(r"\X", text)


@given(st.text(st.characters(max_codepoint=127)) | st.text("a\r\n\x00 "))
def test_characters_of_ascii_are_those_of_unicode(text):
    assert characters(text) == regex.findall(r"\X", text)


def test_a_row_of_flags_costs_what_it_weighs():
    """All signs before each were counted again: 20,000 took more than a second, 300,000 minutes."""
    assert len(characters("\U0001f1e6" * 300_001)) == 150_001
