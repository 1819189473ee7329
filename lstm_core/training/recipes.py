"""Which models come along, and how was each of them made?"""

from __future__ import annotations

from pathlib import Path

from lstm_core.sequence_model import SequenceModel
from lstm_core.training import counter as counting
from lstm_core.training.loop import epochs
from lstm_core.training.recipe import Kept, Recipe


def counter(_data: Path | None) -> SequenceModel:
    """Four units, trained on n ≤ 50.

    Counting to 50 is learned from any seed, and how far a model goes on counting is luck. So there are restarts, and of
    all their epochs the one is kept whose answers lead most clearly a little past what it was trained on.
    """
    kept = Kept()
    for seed in range(12):
        for epoch in epochs(counting.Counter(longest=50), seed=seed, epochs=100):
            kept.offer(epoch.model, counting.margins(epoch.model, range(51, 101)).min().item())
    return kept.model()


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (Recipe("counter", counter, lambda model, _data: counting.Counter().scores(model)),)
}
