"""Which models are shipped, and how was each made?"""

import copy
import functools
import itertools
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training import copying, counts, series
from lstm_core.training.loop import epochs, train_task
from lstm_core.training.task import Task
from studies.training import cards, python_chars, sentiment, tagger


class Recipe(NamedTuple):
    """How a model in `assets/models` was trained and scored; both functions get the folder of `--data`, or None."""

    name: str
    train: Callable[[Path | None], SequenceModel]
    scores: Callable[[SequenceModel, Path | None], Mapping[str, float]]
    """Figures on held-out data by name, the main one first; the model card shows these rows."""
    data: str | None = None
    """A short description of the folder for `--data`; None if the examples are generated."""
    dtype: torch.dtype = torch.float32
    """The dtype of the weights in the file; the model computes in float32."""


class Attempt(NamedTuple):
    """How a model is trained from a seed, and how it is judged before its score.

    Four units learn these tasks from many seeds, but how far a model generalises beyond its training is luck. So
    `worth` asks a little more of a model than its training did, and less than its held-out score will.
    """

    task: Task
    worth: Callable[[SequenceModel], float]
    enough: float
    """The worth that ends the restarts."""
    choices: dict[str, Any]

    def from_seed(self, seed: int) -> SequenceModel:
        """The epoch's model with the highest worth, trained from one seed."""
        return self._best([seed])

    def good_enough(self) -> SequenceModel:
        """The epoch's model with the highest worth, trained from seed 0, 1, … until one is good enough."""
        return self._best(itertools.count())

    def _best(self, seeds: Iterable[int]) -> SequenceModel:
        best, most = None, -math.inf
        for seed in seeds:
            for epoch in epochs(self.task, seed=seed, **self.choices):
                if (worth := self.worth(epoch.model)) > most:
                    best, most = copy.deepcopy(epoch.model), worth
            print(f"seed {seed}: worth {most:.2f}, to be {self.enough}", file=sys.stderr)
            if most >= self.enough:
                break
        assert best is not None
        return best


def counting() -> Attempt:
    """Trained on n ≤ 50; judged by how clearly the right symbol leads for n from 51 to 100."""
    beyond = range(51, 101)

    def worth(model: SequenceModel) -> float:
        return counts.counter_margins(model, beyond).min().item()

    return Attempt(counts.Counter(longest=50), worth, 5.0, {"epochs": 80, "learning_rate": 0.1})


def nesting() -> Attempt:
    """Trained on strings at most 8 deep and 80 long; judged by how clearly it answers 12 deep and 400 long ones."""
    walks = counts.walks(50, 400, 12, torch.Generator().manual_seed(2))
    strings = torch.cat([walks, counts.ramps(12, 400)], dim=1)

    def worth(model: SequenceModel) -> float:
        return counts.bracket_margins(model, strings).min().item()

    return Attempt(counts.Brackets(), worth, 3.0, {})


# The models of which any seed can be trained alone.
ATTEMPTS: dict[str, Callable[[], Attempt]] = {"counter": counting, "brackets": nesting}


def copying_on(_data: Path | None) -> SequenceModel:
    """Trained on gaps up to 100; judged by how certain it is after a gap of 200."""
    return Attempt(copying.Copy(), lambda model: certainty(model, gap=200), 0.99, {}).good_enough()


@torch.no_grad()
def certainty(model: SequenceModel, gap: int) -> float:
    """The smallest probability that any right symbol gets after a gap."""
    batch = copying.examples(model, gap, torch.arange(len(copying.SYMBOLS)))
    answers = model.probabilities(model(model.embedding.embed(batch.numbers))[-1])
    return answers.gather(-1, batch.targets[-1].unsqueeze(-1)).min().item()


def forecast(_data: Path | None) -> SequenceModel:
    """Trained for six times as long as in the app."""
    return train_task(series.DailyLoads(), epochs=240)


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("counter", lambda _data: counting().good_enough(), lambda model, _data: cards.of_counter(model)),
        Recipe("brackets", lambda _data: nesting().good_enough(), lambda model, _data: counts.Brackets().scores(model)),
        Recipe("copy", copying_on, lambda model, _data: copying.Copy().scores(model)),
        Recipe("series", forecast, lambda model, _data: cards.of_series(model)),
        Recipe("python-chars", python_chars.train, python_chars.scores, dtype=torch.float16),
        *(
            Recipe(
                name,
                functools.partial(tagger.train, bidirectional=name == "tagger-bi"),
                tagger.scores,
                tagger.DATA,
                torch.float16,
            )
            for name in ("tagger", "tagger-bi")
        ),
        Recipe("sentiment", sentiment.train, sentiment.scores, sentiment.DATA, torch.float16),
    )
}
