"""Which answer of which model is explained, and what do its two readings say?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.plots.labels import label

# A `SequenceModel`; an LSTM, GRU or RNN with the Linear that reads its h; or one without, whose h is the answer.
Model = SequenceModel | nn.RNNBase | tuple[nn.RNNBase, nn.Linear]
Target = str | int | tuple[str | int, str | int] | None

# The kinds of the layers that remember, and of the Linear, if there is one, that reads them.
_PAIR = nn.RNNBase, nn.Linear | None
# The most numbers of one quantity that are computed at once, in several readings.
MOST_NUMBERS = 2**22


class ModelParts(NamedTuple):
    """What is explained of a model: the layers that remember, what reads them, and what its outputs are called."""

    module: nn.RNNBase
    linear: nn.Linear | None
    labels: list[str]
    whole: SequenceModel | None
    """The model that reads text or the units of the data; None: x goes to `module` as it is."""

    @property
    def gives(self) -> str | None:
        """As of a `SequenceModel`; None of a model that does not say what its outputs are."""
        return self.whole.gives if self.whole else None


@dataclass(frozen=True, eq=False)
class Question:
    """An answer of a model, as a weighted sum of its outputs at one step, and the two readings that it differs by.

    Its module is a copy: the model may learn on, and what is asked later is asked of it as it was. `gives`: as of a
    `SequenceModel`; None of a model that does not say what its outputs are.
    """

    module: nn.RNNBase
    linear: nn.Linear | None
    a: Tensor
    """(time, feature): x as it is."""
    b: Tensor
    """(time, feature): x without the event."""
    time: int
    weights: Tensor
    """(output,): the answer is this times the outputs, plus `constant`; float64."""
    constant: float
    gives: str | None

    def outputs(self, x: Tensor) -> Tensor:
        """What the model itself gives, (batch, output) in float64, to x (time, batch, feature)."""
        return outputs(self.module, self.linear, x)[self.time].double()

    def answers(self, given: Tensor) -> Tensor:
        """The answers (batch,) in outputs (batch, output)."""
        return given @ self.weights + self.constant

    def says(self, given: Tensor) -> list[list[int]]:
        """Which outputs are said in outputs (batch, output): the largest of classes, and of a set all above a half."""
        if self.gives == "classes":
            return [[most] for most in given.argmax(-1).tolist()]
        return [row.nonzero()[:, 0].tolist() for row in (given >= 0) & (self.gives == "set")]

    @property
    def readout(self) -> Tensor:
        """(direction * unit,): the answer is this times h of the last layer, plus a constant; float64."""
        if self.linear is None:
            return self.weights
        return self.weights @ self.linear.weight.detach().cpu().double()


def parts_of(model: Any) -> ModelParts:
    """The parts of a model. Raises LstmCoreError for one whose readout is not known, and for dropout in train mode."""
    whole = model if isinstance(model, SequenceModel) else None
    pair = (whole.lstm, whole.linear) if whole else (model, None) if isinstance(model, nn.RNNBase) else model
    if not (isinstance(pair, tuple | list) and len(pair) == 2 and all(map(isinstance, pair, _PAIR))):
        kinds = ", ".join(type(each).__name__ for each in pair) if isinstance(pair, tuple | list) else ""
        raise LstmCoreError(
            f"Expected a SequenceModel, or (lstm, linear): an nn.LSTM, nn.GRU or nn.RNN and the nn.Linear that reads "
            f"its h; got {f'({kinds})' if kinds else type(pair).__name__}. {_advice(pair)}"
        )
    module, linear = pair
    width = (2 if module.bidirectional else 1) * (module.proj_size or module.hidden_size)
    if linear is not None and linear.in_features != width:
        raise LstmCoreError(
            f"Expected a Linear that reads {width} units of h, got in_features={linear.in_features}. Give the Linear "
            "that reads this module's output."
        )
    if module.training and module.dropout and module.num_layers > 1:
        raise LstmCoreError(
            "Expected a model that gives one answer, got one in train mode, whose dropout draws another one each time. "
            "Call model.eval() first."
        )
    count = width if linear is None else linear.out_features
    return ModelParts(module, linear, whole.labels if whole else [str(number) for number in range(count)], whole)


@torch.no_grad()
def outputs(module: nn.RNNBase, linear: nn.Linear | None, x: Tensor) -> Tensor:
    """The outputs (time, batch, output) of the module itself, on the CPU, from x (time, batch, feature)."""
    weight = next(module.parameters())
    given = x.to(weight.device, weight.dtype)
    h, _ = module(given.transpose(0, 1) if module.batch_first else given)
    h = h.transpose(0, 1) if module.batch_first else h
    found: Tensor = h if linear is None else linear(h)
    return found.cpu()


def numbers_a_step(module: nn.RNNBase) -> int:
    """How many numbers a step takes."""
    return module.input_size + 8 * module.hidden_size


def at_once(module: nn.RNNBase, steps: int) -> int:
    """How many readings of so many steps are computed at once."""
    return max(1, MOST_NUMBERS // (steps * numbers_a_step(module)))


class Aim(NamedTuple):
    """What is answered: weights (output,) times a model's outputs, in float64, plus a constant; and its name."""

    weights: Tensor
    constant: float
    name: str


def aim_of(parts: ModelParts, scores: Tensor, target: Target) -> Aim:
    """The answer that is meant by `target`, where the model gives `scores` (run, output) with and without the event.

    Raises LstmCoreError for an output that there is not, where one must be named, and where the model overflows.
    """
    if not scores.isfinite().all():
        raise LstmCoreError(
            "Expected finite answers, got NaN or infinity. `lstm_core.check(model, x)` says from which step on."
        )
    what = "h of unit {}" if parts.linear is None else "output {}"
    names = [what.format(each) if each == str(number) else label(each) for number, each in enumerate(parts.labels)]
    target = _said(parts, scores) if target is None else target
    weights = torch.zeros(scores.shape[1], dtype=torch.float64)
    chosen = [_output(parts.labels, each) for each in (target if isinstance(target, tuple) else (target,))]
    for sign, output in zip((1, -1), chosen, strict=False):
        weights[output] += sign
    between = "'s lead over " if parts.whole else " minus "
    return Aim(*_in_its_units(parts, weights), between.join(names[output] for output in chosen))


def _in_its_units(parts: ModelParts, weights: Tensor) -> tuple[Tensor, float]:
    """Weights and a constant that give a forecast in the units of the data, where the model gives it in them."""
    if parts.whole is None or parts.gives != "value":
        return weights, 0.0
    own = next(parts.module.parameters()).device
    zero, one = (
        parts.whole.probabilities(each(weights, device=own)).cpu() for each in (torch.zeros_like, torch.ones_like)
    )
    return weights * (one - zero), float(zero @ weights)


def _said(parts: ModelParts, scores: Tensor) -> int | tuple[int, int]:
    """What the model says: of classes the first one against what it says without the event, or else the second; of
    several labels the most likely one."""
    count = scores.shape[1]
    if count == 1:
        return 0
    first, second = scores[0].topk(2).indices.tolist()
    if parts.gives == "classes":
        other = int(scores[1].argmax())
        return first, second if other == first else other
    if parts.gives == "set":
        return int(first)
    raise LstmCoreError(
        f"Expected target, which of the {count:,} outputs is explained, got none. Give its number, or its label "
        f"if it has one ({', '.join(map(shortened, parts.labels[:5]))}{', …' if count > 5 else ''})."
    )


def _output(labels: Sequence[str], target: str | int) -> int:
    if isinstance(target, str) and target in labels:
        return labels.index(target)
    if isinstance(target, int) and -len(labels) <= target < len(labels):
        return target % len(labels)
    there = f"one of {', '.join(map(shortened, labels[:10]))}{', …' if len(labels) > 10 else ''}"
    raise LstmCoreError(f"Expected as target {there}, or a number below {len(labels)}, got {shortened(target)}.")


def _advice(model: Any) -> str:
    """Which parts of a user's own model can be given."""
    named = list(model.named_modules()) if isinstance(model, nn.Module) else []
    layers = [f"model.{name}" for name, module in named if isinstance(module, nn.RNNBase) and name]
    readouts = [f"model.{name}" for name, module in named if isinstance(module, nn.Linear) and name]
    if layers and readouts:
        return (
            f"In this model they may be ({layers[0]}, {readouts[-1]}), if that Linear reads h of one step. Where it "
            "reads a mean over steps, attention or h_n of both directions, the pair answers otherwise than the model."
        )
    return (
        "What stands between h and the answer must be one Linear. Of a cell of your own, lstm_core.record(model) and "
        "ledger(trace, time) say which steps wrote its memory."
    )
