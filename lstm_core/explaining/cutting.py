"""What does a model answer when it reads only the last steps, or when a cell or an event is left out alone?"""

import copy
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from lstm_core.explaining.given import given
from lstm_core.explaining.question import ModelParts, Question, at_once
from lstm_core.explaining.sweep import in_float64
from lstm_core.quantities import Gate
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene
from lstm_core.recording.kinds import kind_of
from lstm_core.recording.record import run

# What does a model answer when it reads only the last k steps, from zeros or from another text's state?

# What multiplies the memory before in each kind of cell; a plain RNN has no gate that keeps.
KEEPS = {"LSTM": "f", "GRU": "z"}

Answer = tuple[int, int]
"""A reading's number, and the step whose answer it is."""


class TextReading(NamedTuple):
    """One text, read whole, in float64."""

    x: Tensor
    """(time, feature)."""
    outputs: Tensor
    """(time, output)."""
    states: dict[str, Tensor]
    """The states by letter, (layer, time, unit)."""
    keeps: Tensor
    """What multiplies the memory before, (layer, time, unit)."""


class Fading(NamedTuple):
    """What gradient and gates say of one cut."""

    gradient: float
    """The norm of the gradient of the largest output at the states before, its root mean square."""
    leak: float
    """What is left of a memory by the gates alone, its mean."""


class Whole:
    """A model in float64, and what it makes of whole texts."""

    def __init__(self, parts: ModelParts, texts: Sequence[Any]) -> None:
        self.module, self.kind = in_float64(parts.module), kind_of(parts.module)
        self.keeps = self.kind.name in KEEPS
        linear = copy.deepcopy(parts.linear)
        self.linear = None if linear is None else linear.cpu().double().requires_grad_(False)
        self.classes = parts.whole is not None and parts.whole.gives == "classes"
        self.readings = [self._read(parts, x) for x in texts]

    def answers(self, answers: Sequence[Answer]) -> Tensor:
        """(answer, output): what the model says when it reads all."""
        return torch.stack([self.readings[number].outputs[t] for number, t in answers])

    def fades(self, answers: Sequence[Answer], k: int) -> Fading:
        """What gradient and gates say is left of what came before the last k steps, for answers to more than k."""
        far = [answer for answer in answers if answer[1] >= k]
        slope = left = 0.0
        most = at_once(self.module, k)
        for first in range(0, len(far), most):
            some = far[first : first + most]
            x = torch.stack([self.readings[number].x[t - k + 1 : t + 1] for number, t in some], 1)
            slope += self._slope(x, self._states([(number, t - k) for number, t in some]))
            gates = torch.stack([self.readings[number].keeps[:, t - k + 1 : t + 1] for number, t in some])
            left += gates.prod(2).mean((1, 2)).sum().item()
        return Fading((slope / len(far)) ** 0.5, left / len(far))

    def changes(self, answers: Sequence[Answer], cuts: Sequence[int]) -> np.ndarray:
        """(cut, 2): the root mean square of the answers' change if all before the last k steps is cut: read from zeros,
        and from another text's state (NaN with one text alone). An answer to k steps or less loses nothing."""
        ends = [(row, number, t) for row, k in enumerate(cuts) for number, t in answers if t >= k]
        sums = np.zeros((len(cuts), 2))
        most = at_once(self.module, max(cuts, default=1))
        for first in range(0, len(ends), most):
            some = ends[first : first + most]
            x = pack_sequence(
                [self.readings[number].x[t - cuts[row] + 1 : t + 1] for row, number, t in some], enforce_sorted=False
            )
            whole = self.answers([(number, t) for _, number, t in some])
            other = self._states([self._elsewhere((number, t - cuts[row])) for row, number, t in some])
            # One text alone has no other.
            for column, states in enumerate((None, other)[: len(self.readings)]):
                changed = (self._outputs(x, states) - whole).square().sum(-1)
                np.add.at(sums[:, column], [row for row, *_ in some], changed.numpy())
        sums[:, len(self.readings) :] = np.nan
        found: np.ndarray = np.sqrt(sums / self.answers(answers).numel())
        return found

    def _read(self, parts: ModelParts, x: Any) -> TextReading:
        read = given(parts, x)
        vectors = read.vectors(read.values).cpu().double()
        trace = run(self.module, vectors.unsqueeze(1))
        states = {letter: getattr(trace, letter)[:, 0, :, 0] for letter in trace.states}
        keeps = KEEPS.get(self.kind.name)
        return TextReading(
            vectors,
            self._shown(states["h"][-1]),
            states,
            torch.zeros_like(states["h"]) if keeps is None else getattr(trace, keeps)[:, 0, :, 0],
        )

    def _outputs(self, x: Tensor | PackedSequence, states: dict[str, Tensor] | None) -> Tensor:
        """(answer, output) after the last step of x (time, answer, feature), or of each of packed ones."""
        _, after = self.module(x, None if states is None else self.kind.as_given(states))
        return self._shown(self.kind.by_letter(after)["h"][-1])

    def _shown(self, h: Tensor) -> Tensor:
        """The outputs; of classes less their mean, because what all have in common is in no probability."""
        found: Tensor = h if self.linear is None else self.linear(h)
        return found - found.mean(-1, keepdim=True) if self.classes else found

    def _states(self, places: Sequence[Answer]) -> dict[str, Tensor]:
        """The states by letter (layer, answer, unit) after some steps of some readings."""
        return {
            letter: torch.stack([self.readings[number].states[letter][:, t] for number, t in places], 1)
            for letter in self.kind.states
        }

    def _elsewhere(self, place: Answer) -> Answer:
        """A place in the next reading: at the step of the same number, or at its last step if it is shorter."""
        number, t = place
        other = (number + 1) % len(self.readings)
        return other, min(t, len(self.readings[other].x) - 1)

    def _slope(self, x: Tensor, states: dict[str, Tensor]) -> float:
        """The squared norm of the gradient of the largest output at the states, summed over answers."""
        leaves = {letter: values.requires_grad_() for letter, values in states.items()}
        with torch.enable_grad():
            largest = self._outputs(x, leaves).amax(-1).sum()
            found = torch.autograd.grad(largest, list(leaves.values()))
        return sum(map(_squares, found))


def _squares(values: Tensor) -> float:
    return float(values.square().sum())


# What does the model answer when a cell is left out alone, or when some units forget the event at one step?

Units = tuple[np.ndarray, ...]
"""Numbers of layers, and numbers of units in them."""


def outputs_without_each(question: Question, cells: Sequence[tuple[Any, Any]]) -> Tensor:
    """(cell, output): what the model gives to x without each of some cells (step, feature) alone; many at once."""
    found, most = [], at_once(question.module, len(question.a))
    for some in (cells[first : first + most] for first in range(0, len(cells), most)):
        x = question.a.unsqueeze(1).repeat(1, len(some), 1)
        for number, (step, feature) in enumerate(some):
            x[step, number, feature] = question.b[step, feature]
        found.append(question.outputs(x))
    return torch.cat(found)


def answers_with_patches(question: Question, places: Sequence[Units], at: int) -> np.ndarray:
    """(place,): how much the answer falls where some units have, at step `at`, the memory of the run without the event.

    h of that step follows from the memory put in; later steps go on from both.
    """
    module = in_float64(question.module)
    a, b = (each.cpu().double().unsqueeze(1) for each in (question.a, question.b))
    memory = run(module, b)
    letter = cast("Gate", memory.states[0])
    states = getattr(memory, letter)[:, 0, at, 0]
    chosen = torch.zeros(len(states), len(places), states.shape[1], dtype=torch.bool)
    for number, (layers, units) in enumerate(places):
        chosen[layers, number, units] = True

    def put(layer: int) -> Hold:
        def value(would_be: Tensor) -> Tensor:
            return torch.where(chosen[layer], states[layer], would_be)

        return Hold(letter, value, layer=layer, steps=[at])

    held = [put(layer) for layer in range(len(states)) if chosen[layer].any()]
    with torch.no_grad():
        as_it_is = module(a)[0][question.time, 0] @ question.readout
        with intervene(module, *held):
            patched = module(a.expand(-1, len(places), -1))[0][question.time] @ question.readout
    found: np.ndarray = (as_it_is - patched).numpy()
    return found
