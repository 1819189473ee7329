"""Which units carry a difference between two readings? Those whose c, put from one reading into the other at one step,
turns the later answer."""

import copy
from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor

from gatescope.comparing.two_readings import Two
from gatescope.comparing.view import TwoSides
from gatescope.store.budgets import Budget
from gatescope.store.remembered import remembered
from lstm_core import Hold, SequenceModel, Trace, intervene
from lstm_core.plots.labels import label
from lstm_core.quantities import Gate
from lstm_core.recording.kinds import kind_of

# The most steps at which it is tried to undo the difference.
UNDONE = 8
# When a difference is kept unseen: the most of o, the least of the difference in c, the most in any probability.
SHUT, APART, ALIKE = 0.1, 0.5, 0.1


class TurnedAnswer(NamedTuple):
    """What a model says at the turned step."""

    said: str
    share: float | None
    """How sure it is; None of a forecast."""
    near: float
    """How near it is to A's answer: A's label has this probability; 0 is B's forecast and 1 is A's."""
    like_a: bool
    """Whether it is A's answer; of a forecast, whether it is nearer to A's."""


Steps = tuple[int, int]
"""A step of A and one of B, whose c are swapped."""


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

    @property
    def others_do_too(self) -> bool:
        """Whether all other units together turn B's answer as well."""
        return self.undone[-1].others.like_a

    @property
    def is_needed(self) -> bool:
        """Whether only the carriers turn B's answer, and turn A's the other way."""
        return not self.others_do_too and not self.a_with.like_a


class Judge(NamedTuple):
    """How an answer is read: which label it is about, and what A and B say of it."""

    model: SequenceModel
    label: int
    a: Tensor
    b: Tensor

    def answer(self, said: Tensor) -> TurnedAnswer:
        """What answers (label,) say."""
        value, name = float(said[self.label]), self.model.labels[self.label]
        if self.model.gives == "classes":
            best = int(said.argmax())
            return TurnedAnswer(label(self.model.labels[best]), float(said[best]), value, best == self.label)
        if self.model.gives == "set":
            near = value if self.a[self.label] > 0.5 else 1 - value
            return TurnedAnswer(
                label(name) if value > 0.5 else f"no {label(name)}", max(value, 1 - value), near, near > 0.5
            )
        a, b = float(self.a[self.label]), float(self.b[self.label])
        near = min(1.0, max(0.0, (value - b) / (a - b)))
        return TurnedAnswer(f"{value:.3g}", None, near, near > 0.5)


def judge(found: Two, turned: int) -> Judge:
    """How the two answers at a turned pair are read."""
    model, (said_a, said_b) = found.models[0], found.answers(turned)
    assert model is not None
    # Of a set or of forecasts, the label that is furthest apart.
    label = int(said_a.argmax()) if model.gives == "classes" else int((said_b - said_a).abs().argmax())
    return Judge(model, label, said_a, said_b)


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
    whole = [found.both(pair) for pair in range(min(found.differs), turned) if found.is_whole(pair)]
    every = [*whole, *([] if last in whole else [last])]
    return best._replace(undone=[_undone(found, best, steps) for steps in every[-UNDONE:]])


def _in_layer(found: Two, steps: Steps, turned: int, layer: int) -> Carrier:
    read, units = judge(found, turned), list(range(found.a.c.shape[-1]))
    a, b = read.answer(read.a), read.answer(read.b)
    alone = [read.answer(said) for said in swapped(found, steps, turned, layer, [[unit] for unit in units])]
    order = sorted(units, key=lambda unit: (not alone[unit].like_a, -alone[unit].near, unit))
    together = swapped(found, steps, turned, layer, [order[:many] for many in range(1, len(units) + 1)])
    enough = [many for many, said in enumerate(together, 1) if read.answer(said).like_a]
    carriers = order[: enough[0]] if enough else []
    [back] = swapped(found, steps, turned, layer, [carriers or units], into_a=True)
    return Carrier(steps, turned, layer, order, carriers, [one.near for one in alone], a, b, read.answer(back), [])


def _undone(found: Two, best: Carrier, steps: Steps) -> Undone:
    carriers = best.units or best.order[:1]
    others = [unit for unit in best.order if unit not in carriers]
    read = judge(found, best.turned)
    said = swapped(found, steps, best.turned, best.layer, [carriers, others])
    return Undone(steps, read.answer(said[0]), read.answer(said[1]))


@torch.no_grad()
def swapped(
    found: Two, steps: Steps, turned: int, layer: int, sets: Sequence[Sequence[int]], into_a: bool = False
) -> Tensor:
    """(set, label): B's answers at a turned pair with c of each set of units put in from A, at earlier steps.

    `into_a`: A's answers, with c put in from B.
    """
    model = found.models[0]
    assert model is not None
    (step_a, step_b), (last_a, last_b) = steps, found.both(turned)
    into, step, last = (found.a, step_a, last_a) if into_a else (found.b, step_b, last_b)
    c_from = found.b.c[layer, 0, step_b, 0] if into_a else found.a.c[layer, 0, step_a, 0]
    c = into.c[layer, 0, step, 0].repeat(len(sets), 1)
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


class Unseen(NamedTuple):
    """A pair at which c of the carrier differs, its output gate is shut, and both readings answer alike."""

    pair: int
    o: float
    """The larger of the two."""
    apart: float


def unseen(found: Two, by: Carrier) -> Unseen | None:
    """Where the carrier keeps the difference without showing it, the largest such difference; None if nowhere, and of a
    cell that shows all of its memory."""
    if len(by.units) != 1 or by.layer != len(found.a.c) - 1 or "roles" in found.a.config:
        return None
    where, [unit], differs = [], by.units, set(found.differs)
    for pair in range(min(differs) + 1, by.turned):
        if not found.is_whole(pair) or pair in differs:
            continue
        o = max(found.numbers("o", found.both(pair), by.layer, unit))
        c_a, c_b = found.numbers("c", found.both(pair), by.layer, unit)
        said_a, said_b = found.answers(pair)
        alike = float((said_b - said_a).abs().max()) <= ALIKE
        if o <= SHUT and abs(c_b - c_a) >= APART and alike:
            where.append(Unseen(pair, o, abs(c_b - c_a)))
    return max(where, key=lambda one: one.apart, default=None)
