"""What `sentiment` is judged by, nothing generated has; and generated sentences mean what they are said to mean."""

import random
from statistics import mean

import pytest

from studies.training import praise_and_blame, sentiment

TEXTS = [text for texts in praise_and_blame.TEXTS.values() for text in texts]
WORDS = {word for text in TEXTS for word in text.split()}
PLAIN = sentiment.PLAIN
LINES = praise_and_blame.lines(random.Random(7), 3_000)


@pytest.mark.parametrize("word", PLAIN["PRAISE"] + PLAIN["BLAME"])
def test_no_generated_sentence_has_a_word_that_is_judged_in_any_form(word):
    assert not [known for known in WORDS if known.startswith(word[:5])]


@pytest.mark.parametrize("line", PLAIN["LINES_OF_PRAISE"] + PLAIN["LINES_OF_BLAME"])
def test_each_plain_line_has_a_word_that_no_generated_sentence_has(line):
    assert set(line.lower().strip(".!").split()) - WORDS


def test_all_but_three_of_the_last_lines_have_such_a_word_and_none_is_generated():
    last = [line.lower().strip(".!") for line in PLAIN["LAST_OF_PRAISE"] + PLAIN["LAST_OF_BLAME"]]
    known = [line for line in last if set(line.replace(",", "").split()) <= WORDS]
    assert known == ["i couldn't finish it", "nothing about it felt real", "i wanted to like it, but i couldn't"]
    assert not set(last) & set(TEXTS)


@pytest.mark.parametrize("phrasing", PLAIN["TURNED"])
def test_no_generated_sentence_has_a_phrasing_of_not_that_is_judged(phrasing):
    words = phrasing.lower().strip(".").split()
    slot = words.index("{}")
    around = " ".join(words[max(0, slot - 2) : slot + 3]).replace("{}", "{word}")
    assert len(around.split()) > 2
    assert not [text for text in TEXTS if around in text]


def test_all_that_is_generated_is_made_of_the_words_and_frames_of_the_file():
    slots = {"word", "other", "verb", "past", "thing"}
    endings = {word + ending for word in WORDS for ending in ("s", "d", "ed")} | {"an", ".", "!", ",", "and", "but"}
    assert {word for line in LINES for word in line.words} <= WORDS | endings - slots


def test_there_is_as_much_praise_as_blame_with_not_and_without():
    for some in (
        LINES,
        [line for line in LINES if "not" in line.words],
        [line for line in LINES if "never" in line.words],
    ):
        assert mean(line.praise[-1] for line in some) == pytest.approx(0.5, abs=0.1)


def test_not_turns_a_word_round_and_but_turns_a_sentence_round():
    said = {" ".join(line.words[:-1]): line.praise for line in LINES}
    short = {text: praise[-1] for text, praise in said.items() if len(text.split()) <= 2}
    for praised, words in ((1, praise_and_blame.TEXTS["PRAISE"]), (0, praise_and_blame.TEXTS["BLAME"])):
        assert {short[word] for word in words if word in short} == {praised}
        assert {short[f"not {word}"] for word in words if f"not {word}" in short} == {1 - praised}
    turns = [line for line in LINES if "but" in line.words and 0.5 in line.praise]
    assert turns
    assert all({line.praise[0], line.praise[-1]} == {0, 1} for line in turns)
