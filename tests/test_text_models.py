"""The shipped models of words and characters: what they say, and whether their cards tell the truth about the files."""

import re

import pytest
import torch

import lstm_core
from lstm_core.models.shipped import card
from lstm_core.scanning.sources import is_held_out
from studies.training import python_chars
from studies.training.python_chars import library


@torch.no_grad()
def guesses(name, text):
    """The most probable label after each token."""
    model = lstm_core.load_model(name)
    scores = model(model.vectors(model.tokens(text)))
    return [model.labels[index] for index in scores[:, 0].argmax(-1)]


@torch.no_grad()
def praise(text):
    """The probability of `positive` after the last word."""
    model = lstm_core.load_model("sentiment")
    scores = model(model.vectors(model.tokens(text)))
    return model.probabilities(scores)[-1, 0, model.labels.index("positive")].item()


@pytest.mark.parametrize(
    ("name", "row", "least", "most"),
    [
        ("tagger", "word accuracy", 0.92, 1),
        ("tagger-bi", "word accuracy", 0.943, 1),
        ("sentiment", "sentence accuracy", 0.78, 1),
        ("sentiment", "“It is not good.” and the like", 0.9, 1),
        ("sentiment", r"\*not\* in eight phrasings that training never saw", 0.8, 1),
        ("python-chars", "bits a character", 0, 1.8),
    ],
)
def test_a_card_holds_the_row_that_the_score_command_prints(name, row, least, most):
    [value] = re.findall(rf"^\| {row} \| ([\d.]+) \|$", card(name), re.MULTILINE)
    assert least <= float(value) <= most


@pytest.mark.parametrize("name", ["tagger", "tagger-bi"])
@pytest.mark.parametrize(
    ("sentence", "tags"),
    [
        ("Giraffes in a field", "NOUN ADP DET NOUN"),
        ("The old man reads a book .", "DET ADJ NOUN VERB DET NOUN PUNCT"),
        ("She quickly opened the door", "PRON ADV VERB DET NOUN"),
        ("they don't know", "PRON AUX VERB"),
        ("We met in London on Monday .", "PRON VERB ADP PROPN ADP PROPN PUNCT"),
    ],
)
def test_a_tagger_tags(name, sentence, tags):
    assert guesses(name, sentence) == tags.split()


@pytest.mark.parametrize("word", ["zebraffes", "blorbing", "unflimpable", "Quixington"])
@pytest.mark.parametrize("name", ["tagger", "tagger-bi"])
def test_a_tagger_reads_words_that_nobody_wrote_before(name, word):
    expected = {"zebraffes": "NOUN", "blorbing": "VERB", "unflimpable": "ADJ", "Quixington": "PROPN"}[word]
    frame = {
        "NOUN": "I saw two {} today",
        "VERB": "They are {} it now",
        "ADJ": "This is a very {} idea",
        "PROPN": "He lives in {} now",
    }
    text = frame[expected].format(word)
    assert guesses(name, text)[text.split().index(word)] == expected


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("A charming, funny and deeply moving film.", True),
        ("a beautiful and touching story with wonderful performances", True),
        ("A dull, lifeless and predictable mess.", False),
        ("the plot is stupid and the jokes are not funny", False),
    ],
)
def test_sentiment_tells_plain_praise_from_plain_blame(text, positive):
    assert (praise(text) > 0.5) == positive


@pytest.mark.parametrize("word", ["good", "wonderful", "funny", "bad", "dull", "awful"])
def test_sentiment_turns_a_word_round_after_not(word):
    assert (praise(f"this film is {word}") > 0.5) == (praise(f"this film is not {word}") < 0.5)


@pytest.mark.slow
def test_python_chars_foresees_python_it_never_saw():
    held_out = library(held_out=True)
    texts = {name: text[:4000] for name, text in held_out.items() if name in ("contextlib.py", "ftplib.py", "io.py")}
    assert texts, "the standard library lost all three"
    spent = python_chars.bits(lstm_core.load_model("python-chars"), texts)
    for name, text in texts.items():
        assert 0.5 < spent[name] / (len(text) - 1) < 3


def test_python_chars_knows_what_ends_a_definition():
    assert guesses("python-chars", "import os\n\n\ndef main()")[-1] == ":"
    assert guesses("python-chars", "import os\n\n\ndef main(sel")[-1] == "f"


def test_the_card_of_python_chars_lists_the_files_that_were_held_out():
    text = card("python-chars")
    listed = set(re.findall(r"`([\w/]+\.py)`", text))
    held_out = set(library(held_out=True))
    # Each Python version has files of its own, and all of them obey the same rule.
    assert len(held_out & listed) > 10
    assert all(is_held_out(name) for name in listed)
