"""Which unit carried the event? The difference ledger's carriers, beside patching each unit at one step."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lstm_core.explaining.explain import explain
from studies.known_causes.learn import Learner
from studies.known_causes.scores import CAUSE, rank_correlation
from studies.known_causes.tasks import Task

EVENTS, LEAST_STEPS = 15, 5


def rows(task: Task, model: Learner, seed: int, events: int = EVENTS) -> Iterator[dict[str, Any]]:
    """For each of some true causes, at three steps between it and the answer: Spearman's correlation over units."""
    unseen = task.draw(torch.Generator().manual_seed(3_000_000 + seed), 4 * events)
    found = 0
    for x, causes in zip(unseen.x.double().unbind(1), unseen.causes.double().unbind(1), strict=True):
        event = _event(causes)
        if event is None or found == events:
            continue
        found += 1
        last, units = len(x) - 1, model.lstm.hidden_size
        explained = explain((model.lstm, model.linear), x, without=[event], baseline=0.0)
        for step in sorted({event[0], (event[0] + last) // 2, last - 1}):
            each = explained.patched(units, random=0, at=step)[:units]
            carried, takes = (torch.tensor(each[name].to_numpy()) for name in ("carried", "takes"))
            yield {
                "task": task.name,
                "seed": seed,
                "step": step,
                "correlation": rank_correlation(carried, takes),
                "kept": float(explained.kept[0, 0, step].sum() / carried.sum()),
            }


def _event(causes: Tensor) -> tuple[int, int] | None:
    """The largest true cause that is some steps before the end; None if there is none."""
    early = causes[:-LEAST_STEPS].abs()
    step, feature = divmod(int(early.argmax()), causes.shape[1])
    return (step, feature) if early[step, feature] > CAUSE * causes.abs().sum() else None
