"""How are `tagger` and `tagger-bi` made, so that they also know bare sentences and words never seen?"""

from __future__ import annotations

import functools
import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import torch

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.recipe import Recipe
from lstm_core.training.sentences import Dropout, Pace, Sentence, answers, learn, untrained

TAGS = [
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
]
SEED = 0
COPIES = 0.3

# The treebank parts don't into do and n't; whoever types it does not.
_CLITICS = {"n't", "n’t", *(mark + ending for mark in "'’" for ending in ("s", "m", "d", "ll", "re", "ve"))}


def train(data: Path | None, *, bidirectional: bool) -> SequenceModel:
    """64 units a direction, trained on the treebank's sentences and on copies of some as people type them."""
    name = "tagger-bi" if bidirectional else "tagger"
    task = "Tag each word of an English sentence with its part of speech."
    model = untrained(name, task, TAGS, features=64, hidden=64, bidirectional=bidirectional, seed=SEED)
    corpus = split(data, "train")

    def epoch(shuffler: random.Random) -> list[Sentence]:
        return [*corpus, *(typed(sentence, shuffler) for sentence in corpus if shuffler.random() < COPIES)]

    learn(model, epoch, Pace(10, 4e-3), Dropout(features=0.15, words=0.05, values=0.4), SEED)
    return model.eval()


def split(data: Path | None, name: str) -> list[Sentence]:
    """The treebank's `train`, `dev` or `test`: one `word<TAB>tag` a line, a blank line after each sentence."""
    assert data is not None
    with gzip.open(data / f"{name}.tsv.gz", "rt", encoding="utf-8", newline="\n") as lines:
        blocks = lines.read().strip("\n").split("\n\n")
    rows = [[line.split("\t") for line in block.split("\n")] for block in blocks]
    return [Sentence([word for word, _ in row], [tag for _, tag in row]) for row in rows]


def typed(sentence: Sentence, shuffler: random.Random) -> Sentence:
    """A sentence as somebody types it: often without its full stop, in other capitals, its don't whole."""
    words, tags = sentence
    if tags[-1] == "PUNCT" and len(words) > 1 and shuffler.random() < 0.5:
        words, tags = words[:-1], tags[:-1]
    capitals = shuffler.random()
    if capitals < 0.3:
        words = [word.lower() for word in words]
    elif capitals < 0.7:
        words = [words[0].lower(), *words[1:]]
    elif capitals < 0.75:
        words = [word.upper() for word in words]
    return _joined(words, tags) if shuffler.random() < 0.5 else Sentence(words, tags)


def _joined(words: Sequence[str], tags: Sequence[str]) -> Sentence:
    """do n't becomes don't, with the tag of do."""
    whole: list[str] = []
    kept: list[str] = []
    for word, tag in zip(words, tags, strict=True):
        if whole and word.lower() in _CLITICS:
            whole[-1] += word
        else:
            whole.append(word)
            kept.append(tag)
    return Sentence(whole, kept)


def scores(model: SequenceModel, data: Path | None) -> dict[str, float]:
    """The share of the test split's words that get their tag; the words are the treebank's own."""
    right = torch.cat(list(answers(model, split(data, "test"))))
    return {"word accuracy": right.double().mean().item(), "words": len(right)}


DATA = "UD_English-EWT as train.tsv.gz and test.tsv.gz, a word, a tab and its UPOS tag a line"
TAGGER = Recipe("tagger", functools.partial(train, bidirectional=False), scores, DATA, torch.float16)
TAGGER_BI = Recipe("tagger-bi", functools.partial(train, bidirectional=True), scores, DATA, torch.float16)
