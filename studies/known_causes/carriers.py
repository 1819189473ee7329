"""Which unit carried the event? The difference ledger's carriers, beside patching each unit at one step."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lstm_core.explaining.explain import explain
from lstm_core.recording.record import run
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
        last = len(x) - 1
        without = x.clone()
        without[event] = 0.0
        carriers = explain((model.lstm, model.linear), x, without=[event], baseline=0.0).carriers
        for step in sorted({event[0], (event[0] + last) // 2, last - 1}):
            kept, reread = (torch.as_tensor(one)[0, 0, step] for one in (carriers.kept, carriers.reread))
            carried = kept + reread
            patched = patched_at(model, x, without, step)
            yield {
                "task": task.name,
                "seed": seed,
                "step": step,
                "correlation": rank_correlation(carried, patched),
                "kept": float(kept.sum() / carried.sum()),
            }


def patched_at(model: Learner, x: Tensor, without: Tensor, step: int) -> Tensor:
    """(unit,): how much of the last answer goes when c of the unit is, after one step, what it is without the event."""
    as_it_is, other = run(model.lstm, x[:, None]), run(model.lstm, without[:, None])
    c, o = as_it_is.c[0, 0, step, 0], as_it_is.o[0, 0, step, 0]
    each = torch.where(torch.eye(len(c), dtype=torch.bool), other.c[0, 0, step, 0], c)
    rest = x[step + 1 :, None].expand(-1, len(c), -1)
    h, _ = model.lstm(rest, ((o * each.tanh())[None], each[None]))
    takes: Tensor = model(x[:, None])[-1, 0] - model.linear(h[-1])[:, 0]
    return takes


def _event(causes: Tensor) -> tuple[int, int] | None:
    """The largest true cause that is some steps before the end; None if there is none."""
    early = causes[:-LEAST_STEPS].abs()
    step, feature = divmod(int(early.argmax()), causes.shape[1])
    return (step, feature) if early[step, feature] > CAUSE * causes.abs().sum() else None
