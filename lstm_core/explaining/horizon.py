"""How far back does a model look? What becomes of its answers when all before the last k steps is cut.

A forget gate says how the memory of a unit leaks, and a gradient what a small change would do; neither says how long
the network remembers, because h writes c again. Cutting does (Khandelwal et al. 2018, "Sharp nearby, fuzzy far away",
shortened what a language model reads).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

from lstm_core.analysis.units import KEEPS
from lstm_core.errors import LstmCoreError, counted
from lstm_core.explaining.explain import in_float64
from lstm_core.explaining.question import Model, ModelParts, at_once, numbers_a_step, parts_of
from lstm_core.explaining.read_input import read_input
from lstm_core.plots.labels import ShownResult
from lstm_core.recording.kinds import kind_of
from lstm_core.recording.record import run
from lstm_core.scanning.sources import Texts, source_of

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

# A reading's number, and the step whose answer it is.
Answer = tuple[int, int]
CHANGES = "change of the answers, in spreads of the answers"
# A change of the answers is little below this share of their spread.
LITTLE = 0.05
# So many spreads and more are not written as a percentage.
MANY = 10
# The most steps of one long reading whose answers are compared.
MOST_ANSWERS = 256
# The most numbers that are computed to try each k, and not powers of two alone.
MOST_WORK = 2**27


@dataclass(frozen=True, eq=False, repr=False)
class Horizon(ShownResult):
    """What is left of an answer's past, by how many steps are read before it: arrays (cut,)."""

    cuts: np.ndarray
    """k, a power of two: the last k steps are read, the answer's own included."""
    zero_state: np.ndarray
    """How much the answers change if the k steps are read from zeros: root mean square, in spreads of the answers."""
    other_state: np.ndarray
    """How much they change if the k steps are read from the state of another text; NaN with one text alone."""
    gradient: np.ndarray
    """The norm of the gradient of the largest output at the states before the k steps, 1 at the first cut."""
    leak: np.ndarray | None
    """What the forget gates (the update gates of a GRU) leave of a memory over the k steps, the mean over units;
    None of a plain RNN."""
    answers: int
    """How many answers were compared."""
    longest: int
    """The most steps that were read before an answer, its own included."""
    k95: float
    """The smallest k from which on every k that was tried changes the answers by 5 % of their spread or less, from
    zeros and from another text's state. Infinity if the last of `cuts` changes them by more."""
    tried: float = float("inf")
    """Up to this k each was tried, above it those in `cuts`."""

    @property
    def changes(self) -> np.ndarray:
        """(cut,): the larger of `zero_state` and `other_state`."""
        return np.asarray(np.fmax(self.zero_state, self.other_state))

    def plot(self) -> Figure:
        """A Plotly figure: what is left at each k, by cuts, and what the gradient and the leak of c would say."""
        from lstm_core.plots.page_figure import LIGHT, as_plotly
        from lstm_core.plots.results import HorizonLine, horizon_lines

        lines = [
            HorizonLine("cut, from zeros", self.cuts, self.zero_state),
            HorizonLine("cut, from another text", self.cuts, self.other_state),
            HorizonLine("gradient", self.cuts, self.gradient, "dash"),
        ]
        if self.leak is not None:
            lines.append(HorizonLine("leak of c", self.cuts, self.leak, "dot"))
        return as_plotly(horizon_lines(lines, CHANGES, LITTLE, LIGHT), self.summary())

    def to_pandas(self) -> pandas.DataFrame:
        """A row a cut: k, zero_state, other_state, gradient, and leak where there is one."""
        import pandas

        columns = ("zero_state", "other_state", "gradient", *(() if self.leak is None else ("leak",)))
        return pandas.DataFrame({"k": self.cuts} | {name: getattr(self, name) for name in columns})

    def summary(self) -> str:
        """How far back the model looks, and what the gradient and the forget gates would say, in sentences."""
        asked = f"{counted(self.answers, 'answer')}, after at most {self.longest:,} steps"
        gradient = self._steps(_falls_to(self.cuts, self.gradient))
        took = f"By the gradient it would take {gradient}."
        if self.leak is not None:
            leak = self._steps(_falls_to(self.cuts, self.leak))
            took = f"By the leak of the memory alone it would take {leak}; by the gradient, {gradient}."
        return f"{self._enough()} ({asked}). {took}"

    def _enough(self) -> str:
        most = self.changes[-1]
        changes = f"{most:.0%} of" if most < MANY else f"{most:,.0f} times"
        if np.isinf(self.k95):
            return (
                f"More than {self.cuts[-1]:,} steps are needed: what comes before them changes the answers by "
                f"{changes} their spread"
            )
        said = (
            f"{self._steps(self.k95)} {'is' if self.k95 <= 1 else 'are'} enough: what comes before changes the answers "
            f"by at most {LITTLE:.0%} of their spread"
        )
        if self.k95 > 1:
            fewer = max(min(self.tried, self.k95 - 1), *(k for k in self.cuts if k < self.k95))
            said += f"; with {'one step fewer' if fewer == self.k95 - 1 else f'{fewer:,.0f}'}, by more"
        above = max(self.k95, self.tried)
        return said if above >= self.longest - 1 else f"{said}; above {above:,.0f} steps, only powers of two were tried"

    def _steps(self, count: float) -> str:
        if np.isinf(count):
            return f"more than {counted(self.cuts[-1], 'step')}"
        return counted(int(np.ceil(count - 1e-9)), "step")


def horizon(model: Model, texts: Texts) -> Horizon:
    """How a model's answers change when all before the last k steps is cut, for k = 1, 2, 4, …

    `model`: as in `explain`. `texts`: as in `scan`, a list of texts or arrays (time, feature), a path, or a batch, in
    the module's own form or packed; their last steps are the answers. Of one alone, the steps of its second half are. A
    text of k steps or less is whole, so its answer does not change.

    Raises LstmCoreError for a module that reads in both directions, for texts whose answers are all equal, and as
    `explain` does.

    >>> import torch
    >>> module, linear = torch.nn.RNN(1, 1, nonlinearity="relu", bias=False), torch.nn.Linear(1, 1, bias=False)
    >>> for weight, value in zip((*module.parameters(), *linear.parameters()), (1.0, 0.9, 1.0)):
    ...     _ = weight.data.fill_(value)
    >>> found = horizon((module, linear), [torch.rand(200, 1), torch.rand(200, 1)])
    >>> found.gradient.round(2).tolist()[:4]
    [1.0, 0.9, 0.73, 0.48]
    """
    parts = parts_of(model)
    if parts.module.bidirectional:
        raise LstmCoreError(
            "Expected a module that reads in one direction, got one that reads in both, whose answers have no last k "
            "steps: they depend on what comes after too."
        )
    whole = ModelOnTexts(parts, _texts(parts, texts))
    answers = _answers([len(reading.x) for reading in whole.readings])
    longest = max(t + 1 for _, t in answers)
    if longest == 1:
        raise LstmCoreError("Expected texts of two steps or more, got one step: there is nothing before it to cut.")
    said = whole.answers(answers)
    spread = float((said - said.mean(0)).square().mean().sqrt())
    if not spread > 1e-9 * float(said.abs().max()):
        raise LstmCoreError(
            f"Expected texts with different answers, got {len(answers):,} that are equal or NaN. Give other texts."
        )
    cuts, each, ends = powers_below(longest), np.arange(1, longest), np.array([t for _, t in answers])
    # What is cut may change the answers more again at a larger k, so each k is tried, as far as the work allows.
    work = np.cumsum([k * (ends >= k).sum() * numbers_a_step(whole.module) for k in each])
    ks = sorted({*cuts, *each[work <= MOST_WORK].tolist()})
    changes = whole.changes(answers, ks) / spread
    few = max((k for k, two in zip(ks, changes, strict=True) if not np.nanmax(two) <= LITTLE), default=0)
    zero, other = changes[np.isin(ks, cuts)].T
    k95 = min(k for k in (*ks, longest) if k > few) if np.fmax(zero, other)[-1] <= LITTLE else np.inf
    gradient, leak = (np.array(one) for one in zip(*(whole.fades(answers, k) for k in cuts), strict=True))
    slopes, kept = gradient / (gradient[0] or 1.0), leak if whole.keeps else None
    tried = int(each[work <= MOST_WORK].max(initial=0))
    return Horizon(np.array(cuts), zero, other, slopes, kept, len(answers), longest, float(k95), tried)


def powers_below(steps: int) -> list[int]:
    """The cuts that are tried: 1, 2, 4, …, below so many steps."""
    return [2**power for power in range((steps - 1).bit_length())]


def _texts(parts: ModelParts, texts: Texts) -> list[Any]:
    """The readings; a line without anything to read is none."""
    if isinstance(texts, PackedSequence):
        x, lengths = pad_packed_sequence(texts)
        return [x[:length, number] for number, length in enumerate(lengths.tolist())]
    if isinstance(texts, Tensor | np.ndarray) and texts.ndim == 3:
        return list(texts if parts.module.batch_first else texts.swapaxes(0, 1))
    numbers = parts.whole is None or parts.whole.reads == "numbers"
    found = [x for x in source_of(texts, numbers).texts if not isinstance(x, str) or x.strip()]
    if not found:
        raise LstmCoreError("Expected texts, got none. Give one or more.")
    return found


def _answers(lengths: Sequence[int]) -> list[Answer]:
    """The last step of each reading; of one alone, steps of its second half."""
    if len(lengths) > 1:
        return [(number, length - 1) for number, length in enumerate(lengths)]
    second_half = np.arange(lengths[0] // 2, lengths[0])
    spaced = np.linspace(0, len(second_half) - 1, min(MOST_ANSWERS, len(second_half))).round().astype(int)
    return [(0, int(t)) for t in second_half[spaced]]


def _falls_to(cuts: np.ndarray, values: np.ndarray) -> float:
    """The k from which on values are 5 % or less, on an exponential between two cuts; infinity if the last is more."""
    above = np.flatnonzero(values > LITTLE)
    if not len(above):
        return float(cuts[0])
    last = above[-1]
    if last == len(cuts) - 1:
        return float("inf")
    # Where nothing at all is left, no exponential leads there.
    if values[last + 1] < 1e-12:
        return float(cuts[last + 1])
    high, low = np.log(values[last]), np.log(values[last + 1])
    return float(cuts[last] + (high - np.log(LITTLE)) / (high - low) * (cuts[last + 1] - cuts[last]))


# What does a model answer when it reads only the last k steps, from zeros or from another text's state?


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


class ModelOnTexts:
    """A model in float64, and what it makes of whole texts."""

    def __init__(self, parts: ModelParts, texts: Sequence[Any]) -> None:
        self.module, self.kind = in_float64(parts.module), kind_of(parts.module)
        self.keeps = self.kind.trace.module in KEEPS
        linear = copy.deepcopy(parts.linear)
        self.linear = None if linear is None else linear.cpu().double().requires_grad_(False)
        self.classes = parts.gives == "classes"
        self.readings = [self._read(parts, x) for x in texts]

    def answers(self, answers: Sequence[Answer]) -> Tensor:
        """(answer, output): what the model says when it reads all."""
        return torch.stack([self.readings[number].outputs[t] for number, t in answers])

    def fades(self, answers: Sequence[Answer], k: int) -> tuple[float, float]:
        """What is left of what came before the last k steps, for answers to more than k: by the norm of the gradient of
        the largest output at the states before, its root mean square, and of a memory by the gates alone, its mean."""
        far = [answer for answer in answers if answer[1] >= k]
        slope = left = 0.0
        most = at_once(self.module, k)
        for first in range(0, len(far), most):
            some = far[first : first + most]
            x = torch.stack([self.readings[number].x[t - k + 1 : t + 1] for number, t in some], 1)
            slope += self._slope(x, self._states([(number, t - k) for number, t in some]))
            gates = torch.stack([self.readings[number].keeps[:, t - k + 1 : t + 1] for number, t in some])
            left += gates.prod(2).mean((1, 2)).sum().item()
        return (slope / len(far)) ** 0.5, left / len(far)

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
        return np.asarray(np.sqrt(sums / self.answers(answers).numel()))

    def _read(self, parts: ModelParts, x: Any) -> TextReading:
        read = read_input(parts, x)
        vectors = read.vectors(read.values).cpu().double()
        trace = run(self.module, vectors.unsqueeze(1))
        states = {letter: getattr(trace, letter)[:, 0, :, 0] for letter in trace.states}
        keeps = KEEPS.get(self.kind.trace.module)
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
        return sum(float(values.square().sum()) for values in found)
