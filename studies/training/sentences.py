"""How does a model learn from a few thousand sentences without learning them by heart?"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_sequence
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lstm_core.models.embeddings import WordFeatures
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.untrained import draw_lstm

BATCH = 32
BUCKETS = 16_384


class Sentence(NamedTuple):
    words: Sequence[str]
    labels: Sequence[str]
    """The right label of each word."""
    shares: Tensor | None = None
    """(time, label): how probable each label is at each word, where none is certainly right. Only training reads it."""


class Dropout(NamedTuple):
    """The shares that training leaves out at random: a word's features, whole words, the LSTM's inputs and outputs."""

    features: float
    words: float
    values: float


class Pace(NamedTuple):
    epochs: int
    learning_rate: float


def learn(
    model: SequenceModel, epoch: Callable[[random.Random], Sequence[Sentence]], pace: Pace, dropout: Dropout, seed: int
) -> None:
    """Train with cross-entropy at each word. `epoch` gives the sentences of one pass; the last weights are averaged."""
    generator, shuffler = torch.Generator().manual_seed(seed), random.Random(seed)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.998))  # type: ignore[no-untyped-call]
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.99), fused=True)
    for number in range(pace.epochs):
        batches = batched(epoch(shuffler), shuffler)
        losses = []
        for index, batch in enumerate(batches):
            done = (number + index / len(batches)) / pace.epochs
            for group in optimizer.param_groups:
                group["lr"] = pace.learning_rate * min(1.0, 100 * done) * (1 - done)
            loss = loss_of(model, batch, dropout, generator)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            average.update_parameters(model)
            losses.append(loss.item())
        print(f"epoch {number + 1} of {pace.epochs}: loss {sum(losses) / len(losses):.3f}", flush=True)
    model.load_state_dict(average.module.state_dict())


def untrained(
    name: str, task: str, labels: Sequence[str], features: int, hidden: int, bidirectional: bool, seed: int
) -> SequenceModel:
    """An untrained model that reads any word, its weights drawn from the seed."""
    generator = torch.Generator().manual_seed(seed)
    linear = nn.Linear(hidden * (1 + bidirectional), len(labels))
    nn.init.normal_(linear.weight, std=hidden**-0.5, generator=generator)
    nn.init.zeros_(linear.bias)
    embedding = WordFeatures(BUCKETS, features, generator)
    lstm = draw_lstm(features, hidden, 1, generator, bidirectional)
    return SequenceModel(
        name, task, labels, reads="words", gives="classes", embedding=embedding, lstm=lstm, linear=linear
    ).eval()


def batched(sentences: Sequence[Sentence], shuffler: random.Random) -> list[list[Sentence]]:
    """Batches of sentences in random order; the sentences of one batch have similar lengths."""
    order = shuffler.sample(sentences, len(sentences))
    pools = [
        sorted(order[start : start + 50 * BATCH], key=lambda sentence: len(sentence.words))
        for start in range(0, len(order), 50 * BATCH)
    ]
    batches = [pool[start : start + BATCH] for pool in pools for start in range(0, len(pool), BATCH)]
    shuffler.shuffle(batches)
    return batches


def loss_of(model: SequenceModel, batch: Sequence[Sentence], dropout: Dropout, generator: torch.Generator) -> Tensor:
    """Mean cross-entropy over a batch's words, with dropout."""
    numbers = model.embedding.read([word for sentence in batch for word in sentence.words])
    numbers = numbers * _kept(numbers, dropout.features, generator) * _kept(numbers[:, :1], dropout.words, generator)
    x = _thinned(model.embedding.embed(numbers), dropout.values, generator)
    lengths = [len(sentence.words) for sentence in batch]
    output, _ = model.lstm(pack_sequence(list(torch.split(x, lengths)), enforce_sorted=False))
    hidden = _thinned(output.data, dropout.values, generator)
    targets = pack_sequence([_targets(model, sentence) for sentence in batch], enforce_sorted=False)
    return functional.cross_entropy(model.linear(hidden), targets.data)


def label_numbers(model: SequenceModel, sentence: Sentence) -> Tensor:
    """(time,): the number of the right label at each word."""
    return torch.tensor([model.labels.index(label) for label in sentence.labels])


def _targets(model: SequenceModel, sentence: Sentence) -> Tensor:
    """(time,) numbers of labels, or (time, label) probabilities: a batch has sentences of one kind."""
    return label_numbers(model, sentence) if sentence.shares is None else sentence.shares


@torch.no_grad()
def sureness(model: SequenceModel, sentences: Sequence[Sentence]) -> Iterator[tuple[Tensor, Tensor]]:
    """For each sentence, in order, at each word: the probability of the likeliest label (time,), and whether it is the
    right one (time,), bool."""
    for start in range(0, len(sentences), 200):
        part = sentences[start : start + 200]
        shares, guesses = model.probabilities(model(packed(model, part))).max(-1)
        for share, guess, sentence in zip(shares.T, guesses.T, part, strict=True):
            length = len(sentence.words)
            yield share[:length], guess[:length] == label_numbers(model, sentence)


@torch.no_grad()
def answers(model: SequenceModel, sentences: Sequence[Sentence]) -> Iterator[Tensor]:
    """For each sentence, in order, whether the most probable label is right at each word: (time,), bool."""
    for _, right in sureness(model, sentences):
        yield right


def packed(model: SequenceModel, sentences: Sequence[Sentence]) -> PackedSequence:
    """Several sentences as one packed input."""
    return pack_sequence([model.vectors(list(s.words)).squeeze(1) for s in sentences], enforce_sorted=False)


def _kept(like: Tensor, dropped: float, generator: torch.Generator) -> Tensor:
    return torch.rand(like.shape, generator=generator) >= dropped


def _thinned(x: Tensor, dropped: float, generator: torch.Generator) -> Tensor:
    """Dropout (Srivastava et al. 2014) with a given generator."""
    return x * _kept(x, dropped, generator) / (1 - dropped)
