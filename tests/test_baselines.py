"""What a model's card sets beside it is computed as it says."""

import pytest
import torch

from lstm_core.training import counts
from lstm_core.training.series import Loads
from studies.training import baselines, cards
from studies.training.sentences import Sentence


def said(text, label):
    words = text.split()
    return Sentence(words, [label] * len(words))


def test_naive_bayes_is_the_formula():
    train = [said("a a b", "x"), said("b", "y"), said("b c", "y")]
    # 7 words and pairs are known: a, b, c, a a, a b, b c. One count more each.
    known = len({("a",), ("b",), ("c",), ("a", "a"), ("a", "b"), ("b", "c")})
    x = 1 / 3 * (1 + 1) / (5 + known)
    y = 2 / 3 * (2 + 1) / (4 + known)
    assert (baselines.naive_bayes(train, [said("b", "y")]) == 1) == (y > x)
    x, y = 1 / 3 * (2 + 1) / (5 + known), 2 / 3 * 1 / (4 + known)
    assert (baselines.naive_bayes(train, [said("a", "x")]) == 1) == (x > y)


def test_an_autoregression_foresees_what_is_a_sum_of_the_last_values_and_the_mean_of_noise():
    generator = torch.Generator().manual_seed(0)
    series = torch.randn(60, 8, generator=generator)
    for step in range(2, 60):
        series[step] = 1.6 * series[step - 1] - 0.9 * series[step - 2] + 3
    assert baselines.autoregression(series[:, :4], series[:, 4:], 2) == pytest.approx(1)
    noise = torch.randn(500, 20, generator=generator)
    assert baselines.autoregression(noise[:, :10], noise[:, 10:], 5) == pytest.approx(0, abs=0.01)


def test_every_way_to_compute_a_counter_gives_its_scores():
    model = counts.Counter().model(counts.Counter.sizes, torch.Generator().manual_seed(0))
    x = model.vectors(list("aabb"))
    ways = {name: compute(model)(x) for name, compute in cards.WAYS.items()}
    assert len(ways) == 4
    for scores in ways.values():
        torch.testing.assert_close(scores.float(), model(x), atol=1e-6, rtol=0)
    assert ways["by nn.LSTM in float64"].dtype == torch.float64


def drawn(heated, storm):
    """One load without a wave and noise, as far as the figures read it."""
    hours = len(storm)
    return Loads(
        torch.zeros(hours, 1, 1), torch.zeros(hours, 1, 1), torch.tensor(heated)[:, None] == 1, as_column(storm)
    )


def as_column(values):
    return torch.tensor(values, dtype=torch.float)[:, None]
