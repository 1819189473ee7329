"""How is `sentiment` made, and does it understand *not*?"""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import torch

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.agreement import agreement
from lstm_core.training.baselines import calibration_error, naive_bayes, seen_before
from lstm_core.training.recipe import Recipe
from lstm_core.training.sentences import Dropout, Pace, Sentence, answers, learn, sureness, untrained

LABELS = ["negative", "positive"]
SEED = 0

# Words that carry a clear sentiment when they stand alone.
_PRAISE = [
    *("good", "great", "funny", "charming", "brilliant", "delightful"),
    *("moving", "clever", "wonderful", "beautiful", "touching", "enjoyable"),
]
_BLAME = [
    *("bad", "dull", "boring", "awful", "terrible", "stupid"),
    *("tedious", "lifeless", "pointless", "predictable", "annoying", "bland"),
]


def train(data: Path | None) -> SequenceModel:
    """Train 32 units that judge the sentence so far after each word: every step has a loss."""
    task = "After each word: does this film review look positive?"
    model = untrained("sentiment", task, LABELS, features=64, hidden=32, bidirectional=False, seed=SEED)
    corpus = split(model, data, "train")

    def epoch(shuffler: random.Random) -> list[Sentence]:
        return [typed(sentence, shuffler) for sentence in corpus]

    learn(model, epoch, Pace(8, 4e-3), Dropout(features=0.3, words=0.1, values=0.6), SEED)
    return model.eval()


def split(model: SequenceModel, data: Path | None, name: str) -> list[Sentence]:
    """`train`, `dev` or `test`: one `neg<TAB>text` or `pos<TAB>text` a line, split into words as the model does."""
    assert data is not None
    with gzip.open(data / f"{name}.tsv.gz", "rt", encoding="utf-8", newline="\n") as lines:
        rows = [line.rstrip("\n").split("\t", 1) for line in lines]
    return [_labelled(model, text, LABELS[label == "pos"]) for label, text in rows]


def typed(sentence: Sentence, shuffler: random.Random) -> Sentence:
    """A sentence of the data, which is all lower case; half the time with a first capital, or without its full stop."""
    words, labels = [*sentence.words], sentence.labels
    if words[-1] == "." and len(words) > 1 and shuffler.random() < 0.5:
        words, labels = words[:-1], labels[:-1]
    if shuffler.random() < 0.5:
        words[0] = words[0].capitalize()
    return Sentence(words, labels)


def accuracy(model: SequenceModel, sentences: Sequence[Sentence]) -> float:
    """The share of sentences that the model judges right after the last word."""
    return sum(bool(right[-1]) for right in answers(model, sentences)) / len(sentences)


def scores(model: SequenceModel, data: Path | None) -> dict[str, float]:
    """The shares judged right: sentences of the test split, single words, and single words after *not*; the same on the
    development split, of a bag of words and pairs, how sure the model is, and what the splits share."""
    train, dev, test = (split(model, data, name) for name in ("train", "dev", "test"))
    good, bad = reversed(LABELS)
    plain = [(word, good) for word in _PRAISE] + [(word, bad) for word in _BLAME]
    turned = [(word, bad) for word in _PRAISE] + [(word, good) for word in _BLAME]
    shares, right = (
        torch.stack(parts) for parts in zip(*((s[-1], r[-1]) for s, r in sureness(model, test)), strict=True)
    )
    return {
        "sentence accuracy": accuracy(model, test),
        "sentences": len(test),
        "“It is good.” and the like": accuracy(model, [_labelled(model, f"It is {w}.", label) for w, label in plain]),
        "“It is not good.” and the like": accuracy(
            model, [_labelled(model, f"It is not {w}.", label) for w, label in turned]
        ),
        "sentence accuracy on the development split": accuracy(model, dev),
        "sentence accuracy of naive Bayes over words and pairs of words": naive_bayes(train, test),
        "the same on the development split": naive_bayes(train, dev),
        "calibration error": calibration_error(shares, right),
        "test sentences that stand in the training split": seen_before(train, test),
        **agreement(model, (model.vectors(list(sentence.words)) for sentence in test[:200])),
    }


def _labelled(model: SequenceModel, text: str, label: str) -> Sentence:
    words = model.tokens(text)
    return Sentence(words, [label] * len(words))


DATA = (
    "the Sentence Polarity Dataset as train.tsv.gz, dev.tsv.gz and test.tsv.gz, neg or pos, a tab and a sentence a line"
)
RECIPE = Recipe("sentiment", train, scores, DATA, torch.float16)
