"""The task `series`: what comes next in a load that storms drive up while it is cold, and down while it is warm?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import tau
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.forecast import examples, forecast_scores, forecaster
from lstm_core.training.task import Batch, Sizes, Task

DAY = 24
COLUMN = "load"
STORMS, TURNS = 1 / 12, 1 / 168
"""The chance that a storm comes, and that the season turns, in an hour."""
ANSWER = 3
"""How many times as large as a storm its answer begins."""


@dataclass(frozen=True)
class DailyLoads(Task):
    """Loads that nobody has seen before, each with a daily wave of its own; at each hour, the next value?

    A storm raises the load at once, and from the next hour on drives it up where buildings are heated, down where they
    are cooled. Which of the two it is turns unseen: only what the last storm did tells it.
    """

    name: ClassVar[str] = "series"
    description: ClassVar[str] = (
        "Forecast the next hour of a load: a storm drives it up while buildings are heated, down while they are cooled."
    )
    sizes = Sizes(hidden_size=8, num_layers=1, input_size=1, epochs=40, learning_rate=0.02)

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        return forecaster(self, [COLUMN], series(5 * DAY, 64, generator).flatten(0, 1), sizes, generator)

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        for _ in range(10):
            yield examples(model, series(5 * DAY, 32, generator))

    def texts(self) -> list[np.ndarray]:
        return list(series(10 * DAY, 60, torch.Generator().manual_seed(0)).transpose(0, 1).numpy())

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        """R² after two days, on 500 series of ten days."""
        return forecast_scores(model, series(10 * DAY, 500, torch.Generator().manual_seed(1)), skip=2 * DAY)


class Loads(NamedTuple):
    """Series as they were drawn, with what a model is not told of them."""

    load: Tensor
    """(hour, series, 1)"""
    foreseen: Tensor
    """(hour, series, 1): the best forecast of one who knows the season: no noise, and a mean storm in each hour."""
    heated: Tensor
    """(hour, series), bool: whether buildings are heated; else they are cooled."""
    storm: Tensor
    """(hour, series): how strong a storm comes; 0 where none does."""


def series(hours: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` series as one batch, (hour, series, 1)."""
    return loads(hours, count, generator).load


def loads(hours: int, count: int, generator: torch.Generator) -> Loads:
    """`count` series and what is behind them."""

    def between(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(shape, generator=generator)

    def by_chance(share: float) -> Tensor:
        return torch.rand(hours, count, generator=generator) < share

    hour = torch.arange(hours).unsqueeze(1)
    day = between(5, 10, count) * torch.sin(tau * (hour / DAY + between(0, 1, count)))
    heated = (by_chance(TURNS).cumsum(0) + torch.randint(2, (count,), generator=generator)) % 2 == 1
    storm = by_chance(STORMS) * between(5, 10, hours, count)
    since = hour - hour.T
    fading = 0.7 ** (since - 1).clamp(min=0) * (since >= 1)
    answer = ANSWER * fading @ torch.where(heated, storm, -storm)
    noise = torch.randn(hours, count, generator=generator)
    load, foreseen = 50 + day + storm + answer + noise, 50 + day + 7.5 * STORMS + answer
    return Loads(load.unsqueeze(-1), foreseen.unsqueeze(-1), heated, storm)
