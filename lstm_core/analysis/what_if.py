"""What would the model have done with a gate held at a value?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import torch
from torch import nn

from lstm_core.analysis.compare import compare
from lstm_core.analysis.shown import ShownResult
from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.progress import Progress
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene
from lstm_core.recording.modules import check_model
from lstm_core.recording.record import Recording, record

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

CHANGED = "What the hold changed most{where}: b is with the hold, a without, value is b minus a."

Example = TypeVar("Example")
Model = TypeVar("Model", bound=nn.Module)


class Reading(NamedTuple):
    """What a model gave for an input, and what was recorded of it."""

    output: Any
    recording: Recording


class WhatIf(ShownResult, NamedTuple("WhatIf", [("before", Reading), ("after", Reading)])):
    """A model's reading as it is, and with the hold."""

    def plot(self, layer: int = 0, direction: int = 0, quantities: Sequence[str] = ("c", "h")) -> Figure:
        """A Plotly figure of the only LSTM: as it is, with the hold, and the difference, side by side."""
        title = "left: as it is · middle: with the hold · right: what the hold changed"
        comparison = compare(self.before.recording.only, self.after.recording.only)
        return comparison.drawn(title, layer, direction, quantities)

    def to_pandas(self) -> pandas.DataFrame:
        """A row a module and quantity: what the hold changed most in the first sequence, as in `Comparison.to_pandas`;
        a is without it."""
        import pandas

        before, after = self.before.recording, self.after.recording
        tables = {name: compare(before[name], after[name]).to_pandas() for name in before}
        return pandas.concat(tables, names=["module"]).reset_index("module").reset_index(drop=True)

    def summary(self) -> str:
        """What `to_pandas` shows, in a sentence."""
        traces = self.before.recording.values()
        many = max((trace.sizes["batch"] for trace in traces), default=1)
        return CHANGED.format(where=f" in the first of {many:,} sequences" if many > 1 else "")


class Effect(NamedTuple):
    """A metric's mean over held-out examples, without and with the hold."""

    before: float
    after: float

    @property
    def change(self) -> float:
        """`after` minus `before`."""
        return self.after - self.before


def what_if(
    model: nn.Module,
    *inputs: Any,
    hold: Hold | Sequence[Hold],
    name: str | None = None,
    progress: Progress | None = None,
    **named_inputs: Any,
) -> WhatIf:
    """The model's reading of its inputs as it is, and with gates or states held at values.

    `inputs`: what the model takes, by position or by name. `hold`: a `Hold`, or several at once. `name`: the LSTM, GRU
    or RNN in the model; it may be left out if the model has one. `progress`: as in `intervene`. Both runs have no
    gradients. Raises LstmCoreError as `intervene` and `record` do.

    >>> lstm = torch.nn.LSTM(4, 3)
    >>> before, after = what_if(lstm, torch.ones(5, 1, 4), hold=Hold("f", 1.0, units=[2], steps=[1]))
    >>> after.recording.only.f[0, 0, 1, 0, 2].item(), before.output[0].equal(after.output[0])
    (1.0, False)
    """
    held = intervene(model, *_holds(hold), name=name, progress=progress)
    return WhatIf(_read(model, inputs, named_inputs), _read(model, inputs, named_inputs, held))


def effect(
    model: Model,
    held_out: Iterable[Example],
    metric: Callable[[Model, Example], float],
    hold: Hold | Sequence[Hold],
    name: str | None = None,
) -> Effect:
    """What holding gates or states does to a metric (accuracy, loss, …), its mean over held-out examples.

    `metric(model, example)` runs the model on one example, of any type, and returns a number. `hold` and `name` are as
    in `what_if`. Raises LstmCoreError when there is no example.

    >>> lstm = torch.nn.LSTM(4, 3)
    >>> held_out = [torch.ones(5, 1, 4), torch.zeros(5, 1, 4)]
    >>> def size(lstm, x): return lstm(x)[0].abs().mean().item()
    >>> effect(lstm, held_out, size, hold=Hold("o", 0.0)).after
    0.0
    """
    check_model(model)
    check_kind(held_out, Iterable, "held-out examples", "Give a list of what the metric takes.")
    check_kind(metric, Callable, "metric(model, example)", "Give a function that returns a number.")  # type: ignore[arg-type]
    examples = list(held_out)
    if not examples:
        raise LstmCoreError("Expected at least one held-out example, got none. Give some that the model wasn't fit on.")
    with torch.no_grad():
        before = fmean(metric(model, example) for example in examples)
        with intervene(model, *_holds(hold), name=name):
            return Effect(before, fmean(metric(model, example) for example in examples))


def _holds(hold: Hold | Sequence[Hold]) -> Sequence[Hold]:
    return [hold] if isinstance(hold, Hold) else hold


def _read(
    model: nn.Module, inputs: Any, named_inputs: Any, hold: AbstractContextManager[None] | None = None
) -> Reading:
    with torch.no_grad(), hold or nullcontext(), record(model) as recording:
        return Reading(model(*inputs, **named_inputs), recording)
