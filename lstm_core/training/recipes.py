"""Which models come along, and how was each of them made?"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training import brackets, copying, counter, python_chars, sentiment, series, tagger
from lstm_core.training.loop import epochs, train
from lstm_core.training.recipe import Kept, Recipe
from lstm_core.training.task import Task


def restarts(task: Task, worth: Callable[[SequenceModel], float], enough: float, **choices: Any) -> SequenceModel:
    """Trained from seed 0, 1, … until one is good enough, and of all epochs the one that was worth most.

    Four units learn these tasks from many seeds, but how far beyond its training a model goes on is luck. So `worth`
    asks a little more of it than the training did, and less than its held-out score will.
    """
    kept = Kept()
    for seed in itertools.count():
        for epoch in epochs(task, seed=seed, **choices):
            kept.offer(epoch.model, worth(epoch.model))
        print(f"seed {seed}: worth {kept.worth:.2f}, to be {enough}", flush=True)
        if kept.worth >= enough:
            break
    return kept.model()


def count_as(_data: Path | None) -> SequenceModel:
    """Trained on n ≤ 50; judged by how clearly the right symbol leads for n from 51 to 100."""
    task = counter.Counter(longest=50)
    beyond = range(51, 101)
    return restarts(
        task, lambda model: counter.margins(model, beyond).min().item(), enough=5.0, epochs=80, learning_rate=0.1
    )


def count_brackets(_data: Path | None) -> SequenceModel:
    """Trained on strings at most 8 deep and 80 long; judged by how clearly it answers some 12 deep and 400 long."""
    walks = brackets.walks(50, 400, 12, torch.Generator().manual_seed(2))
    strings = torch.cat([walks, brackets.ramps(12, 400)], dim=1)
    return restarts(brackets.Brackets(), lambda model: brackets.margins(model, strings).min().item(), enough=3.0)


def copy(_data: Path | None) -> SequenceModel:
    """Trained on gaps up to 100; judged by how certain it is after 200."""
    return restarts(copying.Copy(), lambda model: copying.certainty(model, gap=200), enough=0.99)


def forecast(_data: Path | None) -> SequenceModel:
    """Trained for three times as long as in the app."""
    return train(series.Series(), epochs=120)


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("counter", count_as, lambda model, _data: counter.Counter().scores(model)),
        Recipe("brackets", count_brackets, lambda model, _data: brackets.Brackets().scores(model)),
        Recipe("copy", copy, lambda model, _data: copying.Copy().scores(model)),
        Recipe("series", forecast, lambda model, _data: series.Series().scores(model)),
        python_chars.RECIPE,
        tagger.TAGGER,
        tagger.TAGGER_BI,
        sentiment.RECIPE,
    )
}
