"""The task `series`: what comes next in a series with a season, a trend and bursts?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import tau
from typing import ClassVar

import torch
from torch import Tensor

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.forecast import examples, forecast_scores, forecaster
from lstm_core.training.task import Batch, Sizes, Task

DAY = 24
COLUMN = "load"


@dataclass(frozen=True)
class Series(Task):
    """Series that nobody has seen before, each with its own season, trend and bursts; at each hour, the next value?

    A model can't foresee when a burst comes, but it can foresee how the burst fades.
    """

    name: ClassVar[str] = "series"
    description: ClassVar[str] = "Forecast the next value of a series with a daily season, a trend and bursts."
    sizes = Sizes(hidden_size=8, num_layers=1, input_size=1, epochs=40, learning_rate=0.02)

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        return forecaster(self, [COLUMN], series(5 * DAY, 64, generator).flatten(0, 1), sizes, generator)

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        for _ in range(10):
            yield examples(model, series(5 * DAY, 32, generator))

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        """R² after a first day, on 500 series of ten days."""
        return forecast_scores(model, series(10 * DAY, 500, torch.Generator().manual_seed(1)), skip=DAY)


def series(hours: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` series as one batch, (hour, series, 1)."""

    def between(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(shape, generator=generator)

    hour = torch.arange(hours).unsqueeze(1)
    begin = between(0, 1, count)
    season = between(10, 20, count) * torch.sin(tau * (hour / DAY + begin))
    season += between(5, 10, count) * torch.sin(tau * 2 * (hour / DAY + begin))
    trend = between(-0.1, 0.1, count) * hour
    begins = (torch.rand(hours, count, generator=generator) < 0.01) * between(10, 20, hours, count)
    fading = 0.8 ** (hour - hour.T).clamp(min=0) * (hour >= hour.T)
    noise = torch.randn(hours, count, generator=generator)
    return (50 + season + trend + fading @ begins + noise).unsqueeze(-1)
