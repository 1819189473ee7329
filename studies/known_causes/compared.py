"""How does each method do on each task? One row of figures a task, seed, method and sequence."""

import time as clock
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from lstm_core.explaining.explain import explain
from studies.known_causes.learn import Learner
from studies.known_causes.methods import METHODS
from studies.known_causes.scores import average_precision, cause_is_found, distance
from studies.known_causes.tasks import Task

Method = Callable[[Learner, Tensor, Tensor, int], Tensor]
SEQUENCES, LEAST = 14, 1.0
EVERY = 5
"""The answers that are explained in a task that has one at each step."""


def difference_ledger(model: Learner, x: Tensor, nothing: Tensor, time: int) -> Tensor:
    found = explain((model.lstm, model.linear), x, baseline=nothing, time=time)
    return torch.as_tensor(found.inputs)


ALL_METHODS: dict[str, Method] = {"difference ledger": difference_ledger, **METHODS}


def rows(
    task: Task, model: Learner, seed: int, sequences: int = SEQUENCES, gate: int | None = None
) -> Iterator[dict[str, Any]]:
    """For each method and sequence: AUPRC, the distance to the true shares, the error of the sum, milliseconds.

    Where nothing happened x is 0; the feature `gate`, if one is given, is as it is in both readings.
    """
    unseen = list(_worth_telling(task, seed, sequences))
    figures = _at_each_step if task.classes else _at_the_end
    name = task.name if gate is None else f"{task.name}, feature {gate} as it is"
    for method, shares_of in ALL_METHODS.items():
        for x, causes in unseen:
            nothing = torch.zeros_like(x)
            if gate is not None:
                nothing[:, gate] = x[:, gate]
            yield {"task": name, "seed": seed, "method": method, **figures(model, shares_of, x, nothing, causes)}


def _worth_telling(task: Task, seed: int, count: int) -> Iterator[tuple[Tensor, Tensor]]:
    """x and causes of some new sequences whose answer has something to share out: an empty store has no causes."""
    unseen = task.draw(torch.Generator().manual_seed(2_000_000 + seed), 10 * count)
    told = unseen.causes.abs().sum((0, 2)) >= LEAST
    yield from zip(*(one.double()[:, told][:, :count].unbind(1) for one in (unseen.x, unseen.causes)), strict=True)


def _at_the_end(model: Learner, shares_of: Method, x: Tensor, nothing: Tensor, causes: Tensor) -> dict[str, float]:
    shares, figures = _timed(model, shares_of, x, nothing, len(x) - 1)
    return {"AUPRC": cause_is_found(shares, causes), "distance": distance(shares, causes), **figures}


def _at_each_step(model: Learner, shares_of: Method, x: Tensor, nothing: Tensor, causes: Tensor) -> dict[str, float]:
    """Only the features of an answer's own step count, as parts of their sum: one of them decided it."""
    clear = causes.abs().sum(1) > LEAST / 2
    times = [time for time in range(2 * EVERY, len(x), EVERY) if clear[time]]
    found = [_timed(model, shares_of, x, nothing, time) for time in times]
    own = torch.stack([shares[time] / shares[time].abs().sum() for (shares, _), time in zip(found, times, strict=True)])
    figures = {name: sum(one[name] for _, one in found) / len(found) for name in found[0][1]}
    return {"AUPRC": average_precision(own, causes[times] != 0), "distance": float("nan"), **figures}


def _timed(model: Learner, shares_of: Method, x: Tensor, nothing: Tensor, time: int) -> tuple[Tensor, dict[str, float]]:
    """Shares, how far their sum is from what they share out (as a part of it), and the time that they took."""
    started = clock.perf_counter()
    shares = shares_of(model, x, nothing, time)
    took = clock.perf_counter() - started
    answer, without = (model(one[: time + 1, None])[time, 0] for one in (x, nothing))
    return shares, {"sum": float((shares.sum() / (answer - without) - 1).abs()), "ms": 1000 * took}
