"""How is `sentiment` made, and does it understand *not*?"""

import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from lstm_core.models.sequence_model import SequenceModel
from studies.training.baselines import NaiveBayes, calibration_error, naive_bayes, seen_before
from studies.training.praise_and_blame import lines, lists_in
from studies.training.sentences import Dropout, Pace, Sentence, answers, learn, sureness, untrained

LABELS = ["negative", "positive"]
SEED = 0
UNITS = 64
# So many generated sentences come to an epoch's reviews.
GENERATED = 12_000
# Naive Bayes is far too sure: its scores are divided by this.
SOFTENED = 3.0
FOLDS = 5
# What a visitor types first: it is not generated, and judges the model.
PLAIN = lists_in("plain_lines.txt")


def train(data: Path | None) -> SequenceModel:
    """Train 64 units that judge the sentence so far after each word: every step has a loss.

    A label is the whole review's, so some are wrong for the sentence. What a step should say is the mean of the label
    and of what naive Bayes, which never saw the sentence, says of the words so far (distillation, Hinton et al. 2015).
    """
    model = fresh(SEED)
    return taught(model, split(model, data, "train"), SEED)


def fresh(seed: int) -> SequenceModel:
    """The untrained model."""
    task = "After each word: does this film review look positive?"
    return untrained("sentiment", task, LABELS, features=64, hidden=UNITS, bidirectional=False, seed=seed)


def taught(model: SequenceModel, reviews: Sequence[Sentence], seed: int) -> SequenceModel:
    """The model once it has learned from reviews, and from generated sentences."""
    corpus = softened(reviews)

    def epoch(shuffler: random.Random) -> list[Sentence]:
        return [typed(sentence, shuffler) for sentence in [*corpus, *generated(shuffler)]]

    learn(model, epoch, Pace(8, 4e-3), Dropout(features=0.3, words=0.1, values=0.5), seed)
    return model.eval()


def softened(corpus: Sequence[Sentence]) -> list[Sentence]:
    """The sentences with shares: at each word the mean of the label and of naive Bayes, counted on the other folds."""
    judges = [NaiveBayes([one for number, one in enumerate(corpus) if number % FOLDS != fold]) for fold in range(FOLDS)]
    return [_softened(sentence, judges[number % FOLDS]) for number, sentence in enumerate(corpus)]


def _softened(sentence: Sentence, judge: NaiveBayes) -> Sentence:
    said = (judge.scores(sentence.words) / SOFTENED).softmax(-1).float()
    label = functional.one_hot(torch.tensor(LABELS.index(sentence.labels[-1])), len(LABELS))
    return sentence._replace(shares=(said + label) / 2)


def generated(shuffler: random.Random) -> list[Sentence]:
    """An epoch's sentences of praise and blame."""
    return [
        Sentence(line.words, [LABELS[praise > 0.5] for praise in line.praise], _shares(line.praise))
        for line in lines(shuffler, GENERATED)
    ]


def _shares(praise: Sequence[float]) -> Tensor:
    positive = torch.tensor(praise)
    return torch.stack([1 - positive, positive], dim=-1)


def split(model: SequenceModel, data: Path | None, name: str) -> list[Sentence]:
    """`train`, `dev` or `test`: one `neg<TAB>text` or `pos<TAB>text` a line, split into words as the model does."""
    assert data is not None
    with gzip.open(data / f"{name}.tsv.gz", "rt", encoding="utf-8", newline="\n") as lines:
        rows = [line.rstrip("\n").split("\t", 1) for line in lines]
    return [_labelled(model, text, LABELS[label == "pos"]) for label, text in rows]


def typed(sentence: Sentence, shuffler: random.Random) -> Sentence:
    """A sentence of the data, which is all lower case; half the time with a first capital, or without its full stop."""
    words, labels, shares = [*sentence.words], sentence.labels, sentence.shares
    if words[-1] == "." and len(words) > 1 and shuffler.random() < 0.5:
        words, labels, shares = words[:-1], labels[:-1], None if shares is None else shares[:-1]
    if shuffler.random() < 0.5:
        words[0] = words[0].capitalize()
    return Sentence(words, labels, shares)


def accuracy(model: SequenceModel, sentences: Sequence[Sentence]) -> float:
    """The share of sentences that the model judges right after the last word."""
    return sum(bool(right[-1]) for right in answers(model, sentences)) / len(sentences)


def scores(model: SequenceModel, data: Path | None) -> dict[str, float]:
    """The shares judged right: sentences of the test split, single words with *not* and without, and plain lines; the
    same on the development split, of a bag of words and pairs, how sure the model is, and what the splits share."""
    train, dev, test = (split(model, data, name) for name in ("train", "dev", "test"))
    shares, right = (
        torch.stack(parts) for parts in zip(*((s[-1], r[-1]) for s, r in sureness(model, test)), strict=True)
    )
    return {
        "sentence accuracy": accuracy(model, test),
        "sentences": len(test),
        "“It is good.” and the like": said_right(model, *_filled(["It is {}."])),
        "“It is not good.” and the like": said_right(model, *reversed(_filled(["It is not {}."]))),
        "*not* in eight phrasings that training never saw": said_right(model, *reversed(_filled(PLAIN["TURNED"]))),
        "plain lines of praise and blame": said_right(model, PLAIN["LINES_OF_PRAISE"], PLAIN["LINES_OF_BLAME"]),
        "more plain lines, by which nothing was chosen": said_right(
            model, PLAIN["LAST_OF_PRAISE"], PLAIN["LAST_OF_BLAME"]
        ),
        "sentence accuracy on the development split": accuracy(model, dev),
        "sentence accuracy of naive Bayes over words and pairs of words": naive_bayes(train, test),
        "the same on the development split": naive_bayes(train, dev),
        "calibration error": calibration_error(shares, right),
        "test sentences that stand in the training split": seen_before(train, test),
    }


def said_right(model: SequenceModel, praise: Sequence[str], blame: Sequence[str]) -> float:
    """The share of texts that the model judges right after the last word."""
    bad, good = LABELS
    return accuracy(
        model, [*(_labelled(model, text, good) for text in praise), *(_labelled(model, text, bad) for text in blame)]
    )


def _filled(phrasings: Sequence[str]) -> tuple[list[str], list[str]]:
    """Phrasings with the words of praise, and with those of blame."""
    praise, blame = (
        [phrasing.format(word) for phrasing in phrasings for word in words]
        for words in (PLAIN["PRAISE"], PLAIN["BLAME"])
    )
    return praise, blame


def _labelled(model: SequenceModel, text: str, label: str) -> Sentence:
    words = model.tokens(text)
    return Sentence(words, [label] * len(words))


DATA = (
    "the Sentence Polarity Dataset as train.tsv.gz, dev.tsv.gz and test.tsv.gz, neg or pos, a tab and a sentence a line"
)
