"""What would the model have done, had a gate been held?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from statistics import fmean
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress
from lstm_core.recording.intervene import intervene
from lstm_core.recording.modules import lstms_of
from lstm_core.recording.record import Recording, record
from lstm_core.traces.trace import Quantity

Example = TypeVar("Example")
Model = TypeVar("Model", bound=nn.Module)


class Reading(NamedTuple):
    """What a model gave for an input, and what was recorded of it."""

    output: Any
    recording: Recording


class Effect(NamedTuple):
    """A metric's mean over held-out examples, without and with what is held."""

    before: float
    after: float

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before


def what_if(
    model: nn.Module,
    x: Any,
    layer: int,
    units: Sequence[int],
    gate: Quantity,
    value: float | Tensor,
    steps: Iterable[int] | None = None,
    direction: int = 0,
    name: str | None = None,
    progress: Progress | None = None,
) -> tuple[Reading, Reading]:
    """The model's reading of x as it is, and with a gate (or c or h) of some units held at a value.

    Layer, units, gate, value, steps and progress as in `intervene`; `name`: of the LSTM in the model, which may be left
    out where there is one. Both without gradients. Raises LstmCoreError as `intervene` and `record` do.

    >>> lstm = torch.nn.LSTM(4, 3)
    >>> before, after = what_if(lstm, torch.ones(5, 1, 4), layer=0, units=[2], gate="f", value=1.0, steps=[1])
    >>> after.recording.only.f[0, 0, 1, 0, 2].item(), before.output[0].equal(after.output[0])
    (1.0, False)
    """
    hold = _hold(model, layer, units, gate, value, steps, direction, name, progress)
    return _read(model, x), _read(model, x, hold)


def effect(
    model: Model,
    held_out: Iterable[Example],
    metric: Callable[[Model, Example], float],
    layer: int,
    units: Sequence[int],
    gate: Quantity,
    value: float | Tensor,
    steps: Iterable[int] | None = None,
    direction: int = 0,
    name: str | None = None,
) -> Effect:
    """What holding a gate of some units does to a metric (accuracy, loss, …), its mean over held-out examples.

    `metric(model, example)` runs the model on one example, whatever that is, and gives a number; the rest as in
    `what_if`. Raises LstmCoreError when there is no example.

    >>> lstm = torch.nn.LSTM(4, 3)
    >>> held_out = [torch.ones(5, 1, 4), torch.zeros(5, 1, 4)]
    >>> def size(lstm, x): return lstm(x)[0].abs().mean().item()
    >>> effect(lstm, held_out, size, layer=0, units=[0, 1, 2], gate="o", value=0.0).after
    0.0
    """
    examples = list(held_out)
    if not examples:
        raise LstmCoreError("Expected at least one held-out example, got none. Give some that the model wasn't fit on.")
    with torch.no_grad():
        before = fmean(metric(model, example) for example in examples)
        with _hold(model, layer, units, gate, value, steps, direction, name):
            return Effect(before, fmean(metric(model, example) for example in examples))


def _hold(
    model: nn.Module,
    layer: int,
    units: Sequence[int],
    gate: Quantity,
    value: float | Tensor,
    steps: Iterable[int] | None,
    direction: int,
    name: str | None,
    progress: Progress | None = None,
) -> AbstractContextManager[None]:
    name = _only_name(model) if name is None else name
    return intervene(model, name, layer, direction, units, gate, value, steps, progress)


def _only_name(model: nn.Module) -> str:
    names = list(lstms_of(model, None))
    if len(names) != 1:
        raise LstmCoreError(f"Expected the name of one of the model's LSTMs, {names}, got none. Give name=….")
    return names[0]


def _read(model: nn.Module, x: Any, hold: AbstractContextManager[None] | None = None) -> Reading:
    with torch.no_grad(), hold or nullcontext(), record(model) as recording:
        return Reading(model(x), recording)
