"""How are the taggers of every size trained, in seconds each, and kept in one file?

The features of `tagger` stay as they are, so every word's features are computed once. A Linear that leaves input_size
of them is learned together with LSTMs of a few sizes, and then kept: a word has the same x in every LSTM that reads it.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn import functional

from lstm_core.files.write_whole import write_bytes
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.sizes import Score, Size, scores_in
from lstm_core.models.untrained import draw_lstm, drawn
from lstm_core.training.task import MISSING
from studies.training import tagger
from studies.training.sentences import Sentence


class Parts(NamedTuple):
    """What one size has of its own, and its score."""

    lstm: nn.LSTM
    linear: nn.Linear
    score: Score


class Family(NamedTuple):
    """What a file of taggers holds."""

    reduced: dict[int, nn.Linear]
    """By input_size, the Linear that all taggers with it share."""
    tensors: dict[str, Tensor]
    scores: dict[Size, Score]


def open_family(path: Path) -> Family:
    """The taggers in a file; none if there is no file."""
    if not path.is_file():
        return Family({}, {}, {})
    tensors, found = safetensors.torch.load(path.read_bytes()), scores_in(path)
    reduced = {}
    for input_size in sorted({int(name.split("/")[0]) for name in tensors}):
        weight = tensors[f"{input_size}/weight"]
        with torch.device("meta"):
            reduced[input_size] = nn.Linear(weight.shape[1], input_size)
        weights = {"weight": weight.float(), "bias": tensors[f"{input_size}/bias"].float()}
        reduced[input_size].load_state_dict(weights, assign=True)
        reduced[input_size].requires_grad_(False)
    return Family(reduced, tensors, found)


def save_family(family: Family, path: Path) -> None:
    """Write taggers to one .safetensors file."""
    said = {str(size): score._asdict() for size, score in family.scores.items()}
    write_bytes(path, safetensors.torch.save(family.tensors, metadata={"scores": json.dumps(said)}))


def add_reduction(family: Family, reduce: nn.Linear) -> None:
    """Add the Linear of an input_size, in half precision: "input_size/weight"."""
    family.reduced[reduce.out_features] = reduce
    family.tensors.update(_half(f"{reduce.out_features}/", reduce))


def add_tagger(family: Family, size: Size, parts: Parts) -> None:
    """Add what one size has of its own, in half precision: "input_size/hidden_size/num_layers/lstm.weight"."""
    family.tensors.update(_half(f"{size}/lstm.", parts.lstm) | _half(f"{size}/linear.", parts.linear))
    family.scores[size] = parts.score


def _half(begin: str, part: nn.Module) -> dict[str, Tensor]:
    return {begin + name: weight.half().contiguous() for name, weight in part.state_dict().items()}


_Item = TypeVar("_Item")

INPUT_SIZES, HIDDEN_SIZES, LAYERS = (4, 16, 64), (2, 3, 4, 8, 16, 32, 64), (1, 2, 3)
EPOCHS, BATCH, RATE = 6, 64, 1e-2
POOL = 50
"""Batches whose sentences are sorted by length together."""
TOGETHER = (3, 8, 64)
"""The hidden_sizes of the LSTMs with which an input_size's Linear is learned."""
FEW_UNITS, RESTARTS, MOST_SEEDS = 3, 2, 6
"""LSTMs of at most so many units vary from seed to seed: so many are trained. From the lesson's 3 units on more seeds
follow, at most so many in all, while none of the good ones tags the lesson's sentence right."""
GOOD = 0.03
"""How much worse than the best on the dev split a seed may be to count as good."""
LESSON = Sentence(["Giraffes", "in", "a", "field"], ["NOUN", "ADP", "DET", "NOUN"])


class Corpus(NamedTuple):
    """Sentences, one after the other."""

    words: Tensor
    """(word, feature)"""
    labels: Tensor
    """(word,): the number of each word's label."""
    lengths: list[int]

    def batches(self, shuffler: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
        """One pass in random order: x (time, sentence, feature), and targets (time, sentence), MISSING past the end.
        The sentences of a batch have similar lengths."""
        lengths, count = torch.tensor(self.lengths), len(self.lengths)
        starts = lengths.cumsum(0) - lengths
        order = shuffler.sample(range(count), count)
        pools = [sorted(pool, key=self.lengths.__getitem__) for pool in _cut(order, POOL * BATCH)]
        batches = [batch for pool in pools for batch in _cut(pool, BATCH)]
        shuffler.shuffle(batches)
        for batch in batches:
            time = torch.arange(int(lengths[batch].max()))[:, None]
            at = (starts[batch] + time).clamp(max=len(self.labels) - 1)
            yield self.words[at], self.labels[at].masked_fill(time >= lengths[batch], MISSING)

    def reduced(self, reduce: nn.Linear) -> Corpus:
        """These sentences, with fewer numbers a word."""
        with torch.no_grad():
            return self._replace(words=reduce(self.words))


class Corpora(NamedTuple):
    """The splits of the treebank; `train` has copies of some sentences as a person types them."""

    train: Corpus
    dev: Corpus
    test: Corpus
    lesson: Corpus
    """The one sentence that the app opens on."""


class Head(nn.Module):
    """An LSTM and a Linear over its hidden states."""

    def __init__(self, size: Size, labels: int, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.lstm = draw_lstm(*size, generator).train()
        self.linear = drawn(nn.Linear(size.hidden_size, labels, device="meta"), size.hidden_size**-0.5, generator)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.linear(self.lstm(x)[0])
        return scores


def corpora(whole: SequenceModel, data: Path | None) -> Corpora:
    """The treebank, each word with the features of `whole`."""
    sentences, shuffler = tagger.split(data, "train"), random.Random(tagger.SEED)
    typed = [tagger.typed(one, shuffler) for one in sentences if shuffler.random() < tagger.COPIES]
    dev, test = (corpus(whole, tagger.split(data, name)) for name in ("dev", "test"))
    return Corpora(corpus(whole, [*sentences, *typed]), dev, test, corpus(whole, [LESSON]))


def corpus(whole: SequenceModel, sentences: Sequence[Sentence]) -> Corpus:
    """Sentences, each word with the features of `whole`."""
    numbers = {label: number for number, label in enumerate(whole.labels)}
    words = [word for sentence in sentences for word in sentence.words]
    kinds = {word: place for place, word in enumerate(dict.fromkeys(words))}
    with torch.no_grad():
        vectors = torch.cat([whole.vectors(part)[:, 0] for part in _cut(list(kinds), 4096)])
    labels = torch.tensor([numbers[label] for sentence in sentences for label in sentence.labels])
    return Corpus(vectors[[kinds[word] for word in words]], labels, [len(one.words) for one in sentences])


def reduction(train: Corpus, labels: int, input_size: int) -> nn.Linear:
    """A Linear that leaves input_size numbers of a word's features, each with mean 0 and deviation 1 over the words."""
    features = train.words.shape[1]
    generator = torch.Generator().manual_seed(0)
    reduce = drawn(nn.Linear(features, input_size, device="meta"), features**-0.5, generator)
    if input_size < features:
        learn(train, [Head(Size(input_size, units, 1), labels, seed=0) for units in TOGETHER], reduce)
    else:
        nn.init.eye_(reduce.weight)
    with torch.no_grad():
        found = reduce(train.words)
        mean, deviation = found.mean(0), found.std(0)
        reduce.bias.sub_(mean).div_(deviation)
        reduce.weight.div_(deviation[:, None])
    # As it will be stored, in half precision.
    return reduce.requires_grad_(False).half().float()


def best(data: Corpora, labels: int, size: Size) -> Parts:
    """The head of one size that tags most words of the dev split right, of a few seeds; of the good ones, the best that
    tags the lesson's sentence right, if any does."""
    found: list[tuple[bool, float, Head]] = []
    enough = RESTARTS if size.hidden_size <= FEW_UNITS else 1
    most = MOST_SEEDS if size.hidden_size >= FEW_UNITS else enough
    for seed in range(most):
        head = Head(size, labels, seed)
        learn(data.train, [head], None, seed)
        # As it will be stored, in half precision.
        head.half().float()
        found.append((share_right(data.lesson, head) == 1, share_right(data.dev, head), head))
        least = max(dev for _, dev, _ in found) - GOOD
        good = [one for one in found if one[1] >= least]
        if seed + 1 >= enough and any(right for right, *_ in good):
            break
    _, dev, head = max(good, key=lambda one: one[:2])
    return Parts(head.lstm, head.linear, Score(dev, share_right(data.test, head)))


def learn(data: Corpus, heads: Sequence[Head], reduce: nn.Linear | None, seed: int = 0) -> None:
    """Train heads side by side on the same batches, and the Linear that reduces what all of them read."""
    modules = nn.ModuleList([*heads, *([reduce] if reduce else [])])
    shuffler, steps = random.Random(seed), EPOCHS * -(-len(data.lengths) // BATCH)
    optimizer = torch.optim.Adam(modules.parameters(), betas=(0.9, 0.99), fused=True)
    # Each pool may end in a smaller batch: a few more steps than there are full ones.
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + EPOCHS * POOL)
    for x, targets in itertools.chain.from_iterable(data.batches(shuffler) for _ in range(EPOCHS)):
        seen = reduce(x) if reduce else x
        scored = torch.stack([head(seen) for head in heads]).flatten(0, 2)
        loss = functional.cross_entropy(scored, targets.flatten().repeat(len(heads)), ignore_index=MISSING)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
        optimizer.step()
        schedule.step()


@torch.no_grad()
def share_right(data: Corpus, head: nn.Module) -> float:
    """The share of words whose most probable label is the right one."""
    right = sum(int((head(x).argmax(-1) == targets).sum()) for x, targets in data.batches(random.Random(0)))
    return right / len(data.labels)


def _cut(items: Sequence[_Item], length: int) -> list[Sequence[_Item]]:
    return [items[start : start + length] for start in range(0, len(items), length)]
