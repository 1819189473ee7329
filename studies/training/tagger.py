"""How are `tagger` and `tagger-bi` made, so that they also tag typed sentences and unknown words?"""

import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn.utils.rnn import pack_sequence

from lstm_core.models.sequence_model import SequenceModel
from studies.training.baselines import calibration_error, commonest_label, seen_before
from studies.training.sentences import Dropout, Pace, Sentence, answers, label_numbers, learn, sureness, untrained

TAGS = [
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
]
SEED = 0
COPIES = 0.3

# The treebank splits don't into do and n't; a person who types does not.
_CLITICS = {"n't", "n’t", *(mark + ending for mark in "'’" for ending in ("s", "m", "d", "ll", "re", "ve"))}


def train(data: Path | None, *, bidirectional: bool) -> SequenceModel:
    """Train 64 units a direction on the treebank's sentences and on copies of some, changed to how people type."""
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
    """A sentence as a person types it: often without its full stop, with other capitals, with don't as one word."""
    words, tags = sentence.words, sentence.labels
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
    """Join do and n't to don't, with the tag of do."""
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
    """The share of right tags over the test split, with the treebank's own words; the same on the development split, of
    simpler ways, how sure the model is, and what the splits share."""
    train, dev, test = (split(data, name) for name in ("train", "dev", "test"))
    sure = list(sureness(model, test))
    shares, right = (torch.cat(parts) for parts in zip(*sure, strict=True))
    few = "it and one on each side" if model.lstm.bidirectional else "it and the one before"
    return {
        "word accuracy": right.double().mean().item(),
        "words": len(right),
        "word accuracy on the development split": word_accuracy(model, dev),
        "word accuracy of each word’s commonest tag": commonest_label(train, test),
        f"word accuracy, reading of each word only {few}": accuracy_of_windows(model, test),
        "calibration error": calibration_error(shares, right),
        "test sentences that stand in the training split": seen_before(train, test),
    }


def word_accuracy(model: SequenceModel, sentences: Sequence[Sentence]) -> float:
    """The share of words with the right tag."""
    return torch.cat(list(answers(model, sentences))).double().mean().item()


@torch.no_grad()
def accuracy_of_windows(model: SequenceModel, sentences: Sequence[Sentence]) -> float:
    """The share of words that are tagged right if the model reads only a word and the one before, and the one after too
    if it reads from both ends."""
    after = int(model.lstm.bidirectional)
    right = total = 0
    for sentence in sentences:
        x, labels = model.vectors(list(sentence.words))[:, 0], label_numbers(model, sentence)
        windows = [x[max(0, at - 1) : at + 1 + after] for at in range(len(x))]
        scores = model(pack_sequence(windows, enforce_sorted=False))
        at = torch.arange(len(x)).clamp(max=1)
        right += int((scores[at, torch.arange(len(x))].argmax(-1) == labels).sum())
        total += len(x)
    return right / total


DATA = "UD_English-EWT as train.tsv.gz, dev.tsv.gz and test.tsv.gz, a word, a tab and its UPOS tag a line"
