"""How are `tagger` and `tagger-bi` made, so that they also know bare sentences and words never seen?"""

from __future__ import annotations

import functools
import gzip
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_sequence
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lstm_core.model import draw_lstm
from lstm_core.sequence_model import SequenceModel
from lstm_core.training.recipe import Recipe
from lstm_core.word_features import WordFeatures

TAGS = [
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
]

HIDDEN, FEATURES, BUCKETS = 64, 64, 16_384
EPOCHS, BATCH, LEARNING_RATE = 10, 32, 4e-3
COPIES = 0.3
DROPPED, DROPPED_FEATURES, DROPPED_WORDS = 0.4, 0.15, 0.05
SEED = 0

# The treebank parts don't into do and n't; whoever types it does not.
_CLITICS = {"n't", "n’t", *(mark + ending for mark in "'’" for ending in ("s", "m", "d", "ll", "re", "ve"))}


class Sentence(NamedTuple):
    words: list[str]
    tags: list[str]


def sentences(file: Path) -> list[Sentence]:
    """One `word<TAB>tag` a line, a blank line after each sentence."""
    with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
        blocks = lines.read().strip("\n").split("\n\n")
    rows = [[line.split("\t") for line in block.split("\n")] for block in blocks]
    return [Sentence([word for word, _ in row], [tag for _, tag in row]) for row in rows]


def train(data: Path | None, *, bidirectional: bool) -> SequenceModel:
    """Cross-entropy at each word, with the weights averaged over the last steps."""
    assert data is not None
    generator, shuffler = torch.Generator().manual_seed(SEED), random.Random(SEED)
    model = untrained(generator, bidirectional)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.998))
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.99))
    corpus = sentences(data / "train.tsv.gz")
    for epoch in range(EPOCHS):
        batches = list(shuffled(corpus, shuffler))
        losses = []
        for number, batch in enumerate(batches):
            done = (epoch + number / len(batches)) / EPOCHS
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * min(1.0, 100 * done) * (1 - done)
            loss = loss_of(model, batch, generator)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            average.update_parameters(model)
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {sum(losses) / len(losses):.3f}", flush=True)
    model.load_state_dict(average.module.state_dict())
    return model.eval()


def untrained(generator: torch.Generator, bidirectional: bool) -> SequenceModel:
    linear = nn.Linear(HIDDEN * (1 + bidirectional), len(TAGS))
    nn.init.normal_(linear.weight, std=HIDDEN**-0.5, generator=generator)
    nn.init.zeros_(linear.bias)
    return SequenceModel(
        "tagger-bi" if bidirectional else "tagger",
        "Tag each word of an English sentence with its part of speech.",
        TAGS,
        reads="words",
        gives="classes",
        embedding=WordFeatures(BUCKETS, FEATURES, generator),
        lstm=draw_lstm(FEATURES, HIDDEN, 1, generator, bidirectional),
        linear=linear,
    )


def shuffled(corpus: Sequence[Sentence], shuffler: random.Random) -> Iterator[list[Sentence]]:
    """An epoch's batches: all sentences and typed copies of some; those in a batch are about as long."""
    typed_copies = [typed(sentence, shuffler) for sentence in corpus if shuffler.random() < COPIES]
    order = [*corpus, *typed_copies]
    shuffler.shuffle(order)
    pools = [sorted(order[start : start + 50 * BATCH], key=_length) for start in range(0, len(order), 50 * BATCH)]
    batches = [pool[start : start + BATCH] for pool in pools for start in range(0, len(pool), BATCH)]
    shuffler.shuffle(batches)
    yield from batches


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
    return _joined(Sentence(words, tags)) if shuffler.random() < 0.5 else Sentence(words, tags)


def _joined(sentence: Sentence) -> Sentence:
    """do n't becomes don't, with the tag of do."""
    words: list[str] = []
    tags: list[str] = []
    for word, tag in zip(*sentence, strict=True):
        if words and word.lower() in _CLITICS:
            words[-1] += word
        else:
            words.append(word)
            tags.append(tag)
    return Sentence(words, tags)


def loss_of(model: SequenceModel, batch: Sequence[Sentence], generator: torch.Generator) -> Tensor:
    """Mean cross-entropy over a batch's words; features, words, and the LSTM's inputs and outputs drop out."""
    numbers = model.embedding.read([word for sentence in batch for word in sentence.words])
    numbers = numbers * _kept(numbers, DROPPED_FEATURES, generator) * _kept(numbers[:, :1], DROPPED_WORDS, generator)
    x = _dropped(model.embedding.embed(numbers), generator).split([*map(_length, batch)])
    output, _ = model.lstm(pack_sequence(x, enforce_sorted=False))
    targets = pack_sequence([_numbers(sentence.tags) for sentence in batch], enforce_sorted=False)
    return functional.cross_entropy(model.linear(_dropped(output.data, generator)), targets.data)


def _kept(like: Tensor, dropped: float, generator: torch.Generator) -> Tensor:
    return torch.rand(like.shape, generator=generator) >= dropped


def _dropped(x: Tensor, generator: torch.Generator) -> Tensor:
    return x * _kept(x, DROPPED, generator) / (1 - DROPPED)


@torch.no_grad()
def word_accuracy(model: SequenceModel, corpus: Sequence[Sentence], batch: int = 200) -> float:
    """The share of words that get their tag; the words are the treebank's own."""
    right = 0
    for start in range(0, len(corpus), batch):
        part = corpus[start : start + batch]
        scores: Tensor = model(packed(model, [sentence.words for sentence in part]))
        targets = pad_sequence([_numbers(sentence.tags) for sentence in part], padding_value=-1)
        right += int((scores.argmax(-1) == targets).sum())
    return right / sum(map(_length, corpus))


def packed(model: SequenceModel, texts: Sequence[Sequence[str]]) -> PackedSequence:
    """Sentences of words, packed as the model's input."""
    return pack_sequence([model.vectors(words).squeeze(1) for words in texts], enforce_sorted=False)


def scores(model: SequenceModel, data: Path | None) -> dict[str, float]:
    assert data is not None
    test = sentences(data / "test.tsv.gz")
    return {"word accuracy": word_accuracy(model, test), "test words": sum(map(_length, test))}


def _length(sentence: Sentence) -> int:
    return len(sentence.words)


def _numbers(tags: Sequence[str]) -> Tensor:
    return torch.tensor([TAGS.index(tag) for tag in tags])


DATA = "the splits of UD_English-EWT as train.tsv.gz, dev.tsv.gz and test.tsv.gz, a word, a tab and its UPOS tag a line"
TAGGER = Recipe("tagger", functools.partial(train, bidirectional=False), scores, DATA, torch.float16)
TAGGER_BI = Recipe("tagger-bi", functools.partial(train, bidirectional=True), scores, DATA, torch.float16)
