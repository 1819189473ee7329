"""The tasks `series` and `forecast`: what comes next in a load, or in a table of one's own?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import tau
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.models.embeddings import Numbers
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.task import Batch, Sizes, Task

# The task `forecast`: what is the next row of a table of numbers?

WINDOW = 64
FEWEST_ROWS = 20


class Forecast(Task):
    """The caller's own table (time, column): at each row, what is the next?

    A DataFrame keeps its column names; one column may come as a plain sequence. The last fifth of the rows is held out.
    Raises LstmCoreError for fewer than 20 rows and for anything that is not a finite number.
    """

    name: ClassVar[str] = "forecast"
    description: ClassVar[str] = "Forecast the next row of your own table of numbers."
    sizes = Sizes(hidden_size=8, num_layers=1, input_size=1, epochs=40, learning_rate=0.01)
    reads, gives = "numbers", "value"

    def __init__(self, series: Any) -> None:
        self.labels, self.table = _table(series)
        self.sizes = type(self).sizes._replace(input_size=len(self.labels))
        self.trained_rows = len(self.table) * 4 // 5

    def embedding(self, sizes: Sizes, _generator: torch.Generator) -> Numbers:
        return standardised(self.labels, self.table[: self.trained_rows], sizes)

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        steps = min(WINDOW, self.trained_rows - 1)
        within = torch.arange(steps + 1).unsqueeze(1)
        for _ in range(10):
            starts = torch.randint(self.trained_rows - steps, (16,), generator=generator)
            yield examples(model, self.table[within + starts])

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        """R² on the held-out rows, which the model reads after all rows before them."""
        return forecast_scores(model, self.table.unsqueeze(1), skip=self.trained_rows)


def standardised(columns: Sequence[str], table: Tensor, sizes: Sizes) -> Numbers:
    """The columns of a forecast, standardised with the means and deviations of `table`."""
    if sizes.input_size != len(columns):
        raise LstmCoreError(
            f"Expected an input_size of {len(columns)}, one for each column, got {sizes.input_size}. Leave it out."
        )
    return Numbers.fitted(columns, table)


def examples(model: SequenceModel, rows: Tensor) -> Batch:
    """A batch from rows (time, batch, column): the model reads all but the last and forecasts all but the first."""
    following = model.embedding.embed(rows[1:])
    return Batch(rows[:-1], following, judged=torch.ones(following.shape[:2], dtype=torch.bool))


@torch.no_grad()
def forecast_scores(model: SequenceModel, rows: Tensor, skip: int) -> Mapping[str, float]:
    """R² of rows (time, batch, column) from `skip` on: the model's, and the R² of repeating the last row."""
    batch = examples(model, rows)
    ways = {"R² of the next value": model(model.embedding.embed(batch.numbers))}
    ways["R² of repeating the last value"] = model.embedding.embed(batch.numbers)
    begin = max(0, skip - 1)
    return {name: r_squared(way[begin:], batch.targets[begin:]) for name, way in ways.items()}


def r_squared(forecast: Tensor, truth: Tensor) -> float:
    """The share of the variance of `truth` (…, column) that the forecast explains, all columns together."""
    error = (forecast - truth).square().sum()
    around_mean = (truth - truth.flatten(0, -2).mean(0)).square().sum()
    return 1 - (error / around_mean).item()


def _table(series: Any) -> tuple[list[str], Tensor]:
    if series is None:
        raise LstmCoreError("Expected a table of numbers to forecast, got none. Give it as series=…")
    try:
        values = np.asarray(series, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise LstmCoreError(f"Expected only numbers in the table, got a cell that is none: {error}") from error
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or len(values) < FEWEST_ROWS or values.shape[1] < 1:
        raise LstmCoreError(
            f"Expected a table of shape (time, column) with at least {FEWEST_ROWS} rows, got {values.shape}. "
            "Give one row a step."
        )
    if not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values).all(axis=1)))
        raise LstmCoreError(f"Expected finite numbers, got a missing or infinite one in row {row}. Fill it or drop it.")
    names = getattr(series, "columns", range(1, values.shape[1] + 1))
    return [str(name) for name in names], torch.from_numpy(values.copy())


# The task `series`: what comes next in a load that storms drive up while it is cold, and down while it is warm?

DAY = 24
COLUMN = "load"
# The chance that a storm comes, and that the season turns, in an hour.
STORMS, TURNS = 1 / 12, 1 / 168
# How many times as large as a storm its answer begins.
ANSWER = 3


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
    labels, reads, gives = (COLUMN,), "numbers", "value"

    def embedding(self, sizes: Sizes, generator: torch.Generator) -> Numbers:
        return standardised(self.labels, series(5 * DAY, 64, generator).flatten(0, 1), sizes)

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
