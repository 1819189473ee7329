"""How is `sentiment` made, and does it understand *not*?"""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import torch

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.recipe import Recipe
from lstm_core.training.sentences import Dropout, Pace, Sentence, answers, learn, untrained

LABELS = ["negative", "positive"]
SEED = 0

# Words that say what they think when they stand alone.
_PRAISE = [
    *("good", "great", "funny", "charming", "brilliant", "delightful"),
    *("moving", "clever", "wonderful", "beautiful", "touching", "enjoyable"),
]
_BLAME = [
    *("bad", "dull", "boring", "awful", "terrible", "stupid"),
    *("tedious", "lifeless", "pointless", "predictable", "annoying", "bland"),
]


def train(data: Path | None) -> SequenceModel:
    """32 units that say after each word how the sentence looks so far: the loss is taken at every step."""
    task = "Say after each word whether an English sentence about a film looks positive."
    model = untrained("sentiment", task, LABELS, features=64, hidden=32, bidirectional=False, seed=SEED)
    corpus = split(model, data, "train")

    def epoch(shuffler: random.Random) -> list[Sentence]:
        return [typed(sentence, shuffler) for sentence in corpus]

    learn(model, epoch, Pace(8, 4e-3), Dropout(features=0.3, words=0.1, values=0.6), SEED)
    return model.eval()


def split(model: SequenceModel, data: Path | None, name: str) -> list[Sentence]:
    """`train`, `dev` or `test`: one `neg<TAB>text` or `pos<TAB>text` a line, parted as the model parts a text."""
    assert data is not None
    with gzip.open(data / f"{name}.tsv.gz", "rt", encoding="utf-8", newline="\n") as lines:
        rows = [line.rstrip("\n").split("\t", 1) for line in lines]
    return [_labelled(model, text, LABELS[label == "pos"]) for label, text in rows]


def typed(sentence: Sentence, shuffler: random.Random) -> Sentence:
    """The data are in small letters throughout: half the time a capital begins the sentence, or its full stop goes."""
    words, labels = [*sentence.words], sentence.labels
    if words[-1] == "." and len(words) > 1 and shuffler.random() < 0.5:
        words, labels = words[:-1], labels[:-1]
    if shuffler.random() < 0.5:
        words[0] = words[0].capitalize()
    return Sentence(words, labels)


def accuracy(model: SequenceModel, sentences: Sequence[Sentence]) -> float:
    """The share of sentences that are judged right after their last word."""
    return sum(bool(right[-1]) for right in answers(model, sentences)) / len(sentences)


def scores(model: SequenceModel, data: Path | None) -> dict[str, float]:
    """Sentences of the test split judged right; plain words, and the same words after *not*, judged right."""
    test = split(model, data, "test")
    good, bad = reversed(LABELS)
    plain = [(word, good) for word in _PRAISE] + [(word, bad) for word in _BLAME]
    turned = [(word, bad) for word in _PRAISE] + [(word, good) for word in _BLAME]
    return {
        "sentence accuracy": accuracy(model, test),
        "sentences": len(test),
        "“It is good.” and the like": accuracy(model, [_labelled(model, f"It is {w}.", label) for w, label in plain]),
        "“It is not good.” and the like": accuracy(
            model, [_labelled(model, f"It is not {w}.", label) for w, label in turned]
        ),
    }


def _labelled(model: SequenceModel, text: str, label: str) -> Sentence:
    words = model.tokens(text)
    return Sentence(words, [label] * len(words))


DATA = "the Sentence Polarity Dataset as train.tsv.gz and test.tsv.gz, neg or pos, a tab and a sentence a line"
RECIPE = Recipe("sentiment", train, scores, DATA, torch.float16)
