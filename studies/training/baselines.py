"""How good is a trained model beside simpler ways, without an LSTM?"""

import collections
import itertools
import lzma
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from lstm_core.training.series import r_squared
from studies.training.sentences import Sentence


class NaiveBayes:
    """Multinomial naive Bayes over words and pairs of words; each count is one higher (McCallum & Nigam 1998)."""

    def __init__(self, train: Sequence[Sentence]) -> None:
        texts = collections.Counter(sentence.labels[-1] for sentence in train)
        self.labels = sorted(texts)
        counts: dict[str, collections.Counter[tuple[str, ...]]] = {
            label: collections.Counter() for label in self.labels
        }
        for sentence in train:
            counts[sentence.labels[-1]].update(itertools.chain.from_iterable(_words_and_pairs(sentence.words)))
        known = set().union(*counts.values())
        totals = {label: counted.total() + len(known) for label, counted in counts.items()}
        self._first = torch.tensor([math.log(texts[label]) for label in self.labels], dtype=torch.float64)
        self._weights = {
            part: [math.log((counts[label][part] + 1) / totals[label]) for label in self.labels] for part in known
        }

    def scores(self, words: Sequence[str]) -> Tensor:
        """(time, label): the logarithm of each label's probability after each word, up to a constant of the step."""
        nothing = [0.0] * len(self.labels)
        steps = [[self._weights.get(part, nothing) for part in parts] for parts in _words_and_pairs(words)]
        found = torch.tensor(
            [[sum(column) for column in zip(*step, strict=True)] for step in steps], dtype=torch.float64
        )
        return self._first + found.cumsum(0)


def naive_bayes(train: Sequence[Sentence], test: Sequence[Sentence]) -> float:
    """The share of `test` whose last label naive Bayes finds."""
    return sum(right_by_bayes(train, test)) / len(test)


def right_by_bayes(train: Sequence[Sentence], test: Sequence[Sentence]) -> list[bool]:
    """Whether naive Bayes finds the last label of each sentence of `test`."""
    bayes = NaiveBayes(train)
    return [bayes.labels[int(bayes.scores(one.words)[-1].argmax())] == one.labels[-1] for one in test]


def _words_and_pairs(words: Sequence[str]) -> Iterator[list[tuple[str, ...]]]:
    """At each word: the word, and the pair that it makes with the one before."""
    lower = [word.lower() for word in words]
    yield from ([(word,), *([(lower[at - 1], word)] if at else [])] for at, word in enumerate(lower))


def commonest_label(train: Sequence[Sentence], test: Sequence[Sentence]) -> float:
    """The share of words in `test` that have the commonest label of the word in `train`; of an unknown word, the
    commonest of all the words that came once."""
    labels: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for sentence in train:
        for word, label in zip(sentence.words, sentence.labels, strict=True):
            labels[word][label] += 1
    once = collections.Counter(next(iter(found)) for found in labels.values() if found.total() == 1)
    rare = max(sorted(once), key=once.__getitem__) if once else ""
    answers = {word: found.most_common(1)[0][0] for word, found in labels.items()}
    pairs = [pair for sentence in test for pair in zip(sentence.words, sentence.labels, strict=True)]
    return sum(answers.get(word, rare) == label for word, label in pairs) / len(pairs)


def autoregression(train: Tensor, test: Tensor, lags: int) -> float:
    """R² of the next value of series `test` (time, series), by least squares on the last values and a constant, fitted
    on series `train`. The first forecast is of step `lags`."""
    x, y = _lagged(train, lags)
    weights = torch.linalg.lstsq(x, y[:, None]).solution
    x, y = _lagged(test, lags)
    return r_squared(x @ weights, y[:, None])


def _lagged(series: Tensor, lags: int) -> tuple[Tensor, Tensor]:
    """(row, lag + 1) of the last values and a one, and the value (row,) that follows."""
    windows = series.double().unfold(0, lags + 1, 1).reshape(-1, lags + 1)
    return torch.cat([windows[:, :-1], torch.ones(len(windows), 1, dtype=torch.float64)], dim=1), windows[:, -1]


def compressed_bits(texts: Mapping[str, str]) -> float:
    """Bits a character of all texts in one file of `xz`, at its highest setting."""
    joined = "".join(texts.values())
    return 8 * len(lzma.compress(joined.encode(), preset=9 | lzma.PRESET_EXTREME)) / len(joined)


def calibration_error(shares: Tensor, right: Tensor, bins: int = 15) -> float:
    """The expected calibration error: how far the share that is right is from the probability that was said, over bins
    of equal width, weighted by their sizes (Guo et al. 2017). `shares`: the probability of each answer, (answer,)."""
    which = (shares * bins).long().clamp(max=bins - 1)
    error = 0.0
    for one in sorted(set(which.tolist())):
        here = which == one
        error += here.double().mean().item() * abs(right[here].double().mean() - shares[here].double().mean()).item()
    return error


def seen_before(train: Iterable[Sentence], test: Iterable[Sentence]) -> int:
    """How many sentences of `test` stand word for word in `train`."""
    known = {tuple(sentence.words) for sentence in train}
    return sum(tuple(sentence.words) in known for sentence in test)
