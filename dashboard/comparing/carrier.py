"""Which units carry a difference between two readings? Those whose c, put from one reading into the other at one step,
turns the later answer."""

import copy
from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor

from gatescope.comparing.two_readings import Two
from gatescope.comparing.view import TwoSides
from gatescope.store.remembered import Budget, remembered
from lstm_core import Hold, SequenceModel, Trace, intervene
from lstm_core.plots.labels import label
from lstm_core.quantities import Gate
from lstm_core.recording.kinds import kind_of

# The most steps at which it is tried to undo the difference.
UNDONE = 8


class TurnedAnswer(NamedTuple):
    """What a model says at the turned step."""

    label: str
    """The likeliest class; of a set or of forecasts, the label that A and B say most differently."""
    value: float
    """Its probability, or its forecast."""
    near: float
    """How near it is to A's answer: A's label has this probability; 0 is B's forecast and 1 is A's."""
    like_a: bool
    """Whether it is A's answer; of a forecast, whether it is nearer to A's."""


# A step of A and one of B, whose c are swapped.
Steps = tuple[int, int]


class Undone(NamedTuple):
    """B's answer with c put in from A at one step: of the carriers, and of all other units."""

    steps: Steps
    carriers: TurnedAnswer
    others: TurnedAnswer


class Carrier(NamedTuple):
    """The units that carry the difference to the answer at a later pair; `undone` ends with `steps`."""

    steps: Steps
    """The last step of each before the turned answer: after an inserted word, another word in A than in B."""
    turned: int
    layer: int
    order: list[int]
    """All units of the layer: those first that alone turn B's answer to A's, then those that bring it nearest."""
    units: list[int]
    """The fewest of these, from the first, that turn B's answer to A's; empty if all of c does not. One if any one
    does; of several, fewer in another order may do as well."""
    alone: list[float]
    """By unit: how near B comes to A's answer with its c alone."""
    a: TurnedAnswer
    b: TurnedAnswer
    a_with: TurnedAnswer
    """A, with c of the carriers from B."""
    undone: list[Undone]


class Judge(NamedTuple):
    """How an answer is read: which label it is about, and what A and B (label,) say."""

    model: SequenceModel
    label: int
    a: Tensor
    b: Tensor

    def answers(self, said: Tensor) -> list[TurnedAnswer]:
        """What answers (answer, label) say."""
        value, (a, b) = said[:, self.label], (float(one[self.label]) for one in (self.a, self.b))
        shown, best = value, [self.label] * len(said)
        if self.model.gives == "classes":
            shown, best = said.amax(1), said.argmax(1).tolist()
            near, like_a = value, said.argmax(1) == self.label
        else:
            near = (value if a > 0.5 else 1 - value) if self.model.gives == "set" else (value - b) / (a - b)
            near, like_a = near.clamp(0, 1), near > 0.5
        numbers = zip(best, shown.tolist(), near.tolist(), like_a.tolist(), strict=True)
        return [TurnedAnswer(label(self.model.labels[at]), *rest) for at, *rest in numbers]


def judge(found: Two, turned: int) -> Judge:
    """How the two answers at a turned pair are read."""
    model, (said_a, said_b) = found.models[0], (said[0] for said in found.answers(turned))
    assert model is not None
    about = said_a if model.gives == "classes" else (said_b - said_a).abs()
    return Judge(model, int(about.argmax()), said_a, said_b)


@remembered(Budget.ALTERNATIVES, key=lambda pair, _: pair, bytes_of=lambda _: 4_000)
def carrier_of(_pair: TwoSides, found: Two) -> Carrier | None:
    """The carrier of the last answer that surely turns, in a pair of texts that one model reads; None if none does."""
    turned = found.carried()
    return None if turned is None else carrier(found, turned)


def carrier(found: Two, turned: int) -> Carrier | None:
    """The units whose c just before a turned answer carries the difference; None if A or B begins with that answer.
    In the layer that needs the fewest."""
    a, b = found.both(turned)
    if 0 in (a, b):
        return None
    last = (a - 1, b - 1)
    layers = [_in_layer(found, last, turned, layer) for layer in range(len(found.a.c))]
    best = min(layers, key=lambda one: (len(one.units) or len(one.order) + 1, -max(one.alone)))
    whole = [found.both(pair) for pair in found.whole if min(found.differs) <= pair < turned]
    every = [*whole, *([] if last in whole else [last])]
    return best._replace(undone=[_undone(found, best, steps) for steps in every[-UNDONE:]])


def _in_layer(found: Two, steps: Steps, turned: int, layer: int) -> Carrier:
    read, units = judge(found, turned), list(range(found.a.c.shape[-1]))
    alone = read.answers(swapped(found, steps, turned, layer, [[unit] for unit in units]))
    order = sorted(units, key=lambda unit: (not alone[unit].like_a, -alone[unit].near, unit))
    together = read.answers(swapped(found, steps, turned, layer, [order[: last + 1] for last in units]))
    carriers = next((order[:many] for many, one in enumerate(together, 1) if one.like_a), [])
    back = swapped(found, steps, turned, layer, [carriers or units], into_a=True)
    a, b, a_with = read.answers(torch.stack([read.a, read.b, back[0]]))
    return Carrier(steps, turned, layer, order, carriers, [one.near for one in alone], a, b, a_with, [])


def _undone(found: Two, best: Carrier, steps: Steps) -> Undone:
    carriers = best.units or best.order[:1]
    others = [unit for unit in best.order if unit not in carriers]
    said = swapped(found, steps, best.turned, best.layer, [carriers, others])
    return Undone(steps, *judge(found, best.turned).answers(said))


@torch.no_grad()
def swapped(
    found: Two, steps: Steps, turned: int, layer: int, sets: Sequence[Sequence[int]], into_a: bool = False
) -> Tensor:
    """(set, label): B's answers at a turned pair with c of each set of units put in from A, at earlier steps.

    `into_a`: A's answers, with c put in from B.
    """
    model = found.models[0]
    assert model is not None
    sides = list(zip((found.a, found.b), steps, found.both(turned), strict=True))
    (into, step, last), (other, at, _) = sides if into_a else sides[::-1]
    c, c_from = into.c[layer, 0, step, 0].repeat(len(sets), 1), other.c[layer, 0, at, 0]
    for row, units in zip(c, sets, strict=True):
        row[list(units)] = c_from[list(units)]
    # Another visitor may run this LSTM at the same time, without a hold.
    lstm = copy.deepcopy(model.lstm)
    # From both ends, a later step changes an earlier one: the whole text is read again.
    first, end = (0, len(into.x)) if lstm.bidirectional else (step, last + 1)
    kind = kind_of(lstm)
    memory = cast("Gate", kind.states[-1])
    state = kind.as_given({of: _before(into, of, first, len(sets)) for of in kind.states})
    with intervene(lstm, Hold(memory, c[None], layer=layer, steps=[step - first])):
        h, _ = lstm(into.x[first:end].repeat(1, len(sets), 1), state)
    return model.probabilities(model.linear(h[last - first]))


def _before(trace: Trace, state: str, step: int, batch: int) -> Tensor:
    """A state before a step, for a batch; the backward direction starts at the other end."""
    before: Tensor = trace.before(state)[:, :, step] if step else getattr(trace, f"{state}0")
    return before.flatten(0, 1).repeat(1, batch, 1)
