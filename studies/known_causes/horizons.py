"""How far back does a model look, where that is known? Half-lives, in steps, of what a cut changes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lstm_core.explaining.horizon import horizon
from studies.known_causes.learn import learned
from studies.known_causes.tasks import TASKS, Task, reservoir

RESERVOIRS = {0.80: Task("keeps less", reservoir(0.80)), 0.93: TASKS[0], 0.97: Task("keeps more", reservoir(0.97))}
"""By the share that is kept in a step."""
TEXTS, MOST = 160, 20
"""Sequences that are cut, and the most steps back over which a half-life is fitted."""


def rows(seed: int) -> Iterator[dict[str, Any]]:
    """For each reservoir: the true half-life, and those of a cut, of the gradient and of the leak of c."""
    for decay, task in RESERVOIRS.items():
        model = learned(task, seed)
        x, store, _ = task.draw(torch.Generator().manual_seed(4_000_000 + seed), TEXTS)
        found = horizon((model.lstm, model.linear), list(x.double().unbind(1)))
        near = found.cuts <= MOST
        said = {name: getattr(found, name)[near] for name in ("zero_state", "other_state", "gradient", "leak")}
        true = {"truth": _what_a_cut_takes(store, found.cuts[near], decay)}
        yield {"task": f"keeps {decay:.2f}", "seed": seed} | {
            name: _half_life(found.cuts[near], v) for name, v in (true | said).items()
        }


def _what_a_cut_takes(store: Tensor, cuts: np.ndarray, decay: float) -> np.ndarray:
    """(cut,): what is left at the end of the store as it was k steps before, root mean square."""
    left = [store[-1 - k] * decay**k for k in cuts.tolist()]
    return torch.stack(left).square().mean(1).sqrt().numpy()


def _half_life(cuts: np.ndarray, values: np.ndarray) -> float:
    """In how many steps values fall by half: a straight line through their logarithms."""
    return float(-np.log(2) / np.polyfit(cuts, np.log(np.maximum(values, 1e-12)), 1)[0])
