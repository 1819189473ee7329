"""What `sentiment` is judged by, nothing generated has; and generated sentences mean what they are said to mean."""

import random
from statistics import mean

import pytest
import torch
from torch.nn.functional import cross_entropy

from studies.training import praise_and_blame, sentiment
from studies.training.sentences import Dropout, Sentence, loss_of, untrained

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


def test_what_a_review_should_say_is_half_its_label_and_half_what_was_counted_without_it():
    # “odd” stands in one review alone, so that the others say nothing of it, and “fine” is praise in all of them.
    corpus = [Sentence([word], [label]) for word, label in [("fine", "positive"), ("poor", "negative")] * 10]
    corpus[4] = Sentence(["odd", "fine"], ["negative", "negative"])
    soft = sentiment.softened(corpus)
    assert [one.words for one in soft] == [one.words for one in corpus]
    positive = soft[4].shares[:, sentiment.LABELS.index("positive")]
    assert positive[0] == pytest.approx(0.25, abs=0.02)
    assert 0.25 < positive[1] < 0.5
    for one in soft:
        torch.testing.assert_close(one.shares.sum(-1), torch.ones(len(one.words)))


def test_a_sentence_without_its_full_stop_loses_the_share_of_it():
    sentence = Sentence(["so", "so", "."], ["negative"] * 3, torch.tensor([[0.5, 0.5], [0.6, 0.4], [0.7, 0.3]]))
    found = [sentiment.typed(sentence, random.Random(seed)) for seed in range(20)]
    assert {len(one.words) for one in found} == {2, 3}
    assert {one.words[0] for one in found} == {"so", "So"}
    for one in found:
        torch.testing.assert_close(one.shares, sentence.shares[: len(one.words)])


def test_the_loss_is_the_cross_entropy_to_the_shares_where_a_sentence_has_them():
    model = untrained("m", "", ["no", "yes"], features=4, hidden=3, bidirectional=False, seed=0)
    shares = torch.tensor([[0.5, 0.5], [0.1, 0.9]])
    sentence = Sentence(["so", "so"], ["no", "yes"], shares)
    nothing = Dropout(features=0, words=0, values=0)
    loss = loss_of(model, [sentence, sentence], nothing, torch.Generator())
    scores = model(model.vectors(sentence.words))[:, 0]
    torch.testing.assert_close(loss, cross_entropy(scores, shares))
    by_label = loss_of(model, [sentence._replace(shares=None)], nothing, torch.Generator())
    torch.testing.assert_close(by_label, cross_entropy(scores, torch.tensor([0, 1])))
