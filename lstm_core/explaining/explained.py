"""What did each input do for an answer, and who carried it? The result of `lstm_core.explain`."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.analysis.units import KEEPS
from lstm_core.errors import LstmCoreError
from lstm_core.explaining.question import Question, at_once
from lstm_core.explaining.read_input import step_name
from lstm_core.plots.labels import ShownResult
from lstm_core.recording.kinds import kind_of

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

# From this many times the effect on, its parts are called a balance of large opposites.
OPPOSED = 3.0
# How many parts are drawn one by one.
LARGEST = 10
# A part that is this share of its step's erasure, or less, misses the step; an erasure counts above so many errors.
MISSED, NOISE = 0.1, 10
# The most steps that are erased one by one for a sentence: with 256 units that takes some seconds.
MOST_ERASED = 400


class Carriers(NamedTuple):
    """What each unit carried on from each step, so that it reached the answer: M times the difference of its state.

    At each step both together, and what later steps still put in, sum to the effect.
    """

    kept: np.ndarray
    """(layer, direction, time, unit): kept in the memory, c of an LSTM and h of a GRU; 0 in a plain RNN."""
    reread: np.ndarray
    """(layer, direction, time, h unit): read again through h; at the step of the answer, by the answer itself."""


class Missed(NamedTuple):
    """A step whose erasure alone the parts do not bear out: `erased` is the answer minus the answer without it."""

    step: int
    erased: float
    part: float


@dataclass(frozen=True, eq=False, repr=False)
class Explained(ShownResult):
    """An answer's difference between two readings, split among the cells that differ; all in float64.

    >>> import torch, lstm_core
    >>> _ = torch.manual_seed(2)
    >>> lstm, linear = torch.nn.LSTM(2, 5), torch.nn.Linear(5, 1)
    >>> found = lstm_core.explain((lstm, linear), torch.randn(6, 2), without=2)
    >>> found.inputs.shape, found.carriers.kept.shape, abs(found.inputs.sum() - found.effect) <= found.error < 1e-6
    ((6, 2), (1, 1, 6, 5), True)
    """

    inputs: np.ndarray
    """(time, feature): the part of each cell; they sum to `effect`. 0 where both readings are equal."""
    kept: np.ndarray
    """`Carriers.kept`, also of a module of two directions."""
    reread: np.ndarray
    """`Carriers.reread`, also of a module of two directions."""
    without_h: float
    """The part of the effect that no step read again through h."""
    answer: float
    """What the model itself answers to x."""
    other_answer: float
    """What the model itself answers without the event."""
    target: str
    """What is answered, in words."""
    event: str
    """What was left out, in words."""
    baseline: str
    """What stood in its place, in words."""
    time: int
    """The step whose answer it is."""
    values: np.ndarray
    """(time, feature): x in the units of the data; of words, their vectors."""
    other_values: np.ndarray
    """(time, feature): x without the event."""
    features: list[str]
    tokens: list[str] | None
    """The words or characters, if the model reads some: then a part is a step's, and a feature of a vector is none."""
    names: list[str] | None
    """What the steps are called: tokens or dates; None: by their numbers."""
    question: Question
    """The model and its two readings, for another run."""

    @property
    def effect(self) -> float:
        """What the event does for the answer: with it minus without it, by two runs of the model itself."""
        return self.answer - self.other_answer

    @property
    def error(self) -> float:
        """How far the sum of the parts, and of the carriers of any step, is from the effect, at most."""
        sums = np.zeros(0)
        if self.kept.shape[1] == 1:
            # Of each step from the event to the answer: what is carried, and what later inputs put in.
            carried = self.kept.sum((0, 1, 3)) + self.reread.sum((0, 1, 3))
            later = self.by_step[::-1].cumsum()[::-1] - self.by_step
            sums = (carried + later)[: self.time + 1]
        return float(np.abs(np.append(sums, self.inputs.sum()) - self.effect).max())

    @property
    def direct(self) -> float:
        """How much of the effect, as a share, came without h: written at the event's own steps and kept by the forget
        gates until the answer read it. A ledger of c (`lstm_core.ledger`) sees no more. NaN without an effect."""
        return self.without_h / self.effect if self.effect else float("nan")

    @property
    def keeps(self) -> bool:
        """Whether there is a memory that a gate keeps: an RNN has none, and reads all that was before through h."""
        return kind_of(self.question.module).trace.module in KEEPS

    @property
    def gross(self) -> float:
        """The sizes of the parts, summed, over the size of their sum: 1 if all have one sign. NaN without an effect."""
        parts = self.by_step if self.tokens is not None else self.inputs
        return float(np.abs(parts).sum() / abs(self.inputs.sum())) if self.inputs.sum() else float("nan")

    @property
    def by_step(self) -> np.ndarray:
        """(time,): the part of each step."""
        return np.asarray(self.inputs.sum(1))

    @property
    def carriers(self) -> Carriers:
        """What each unit carried on from each step. Raises LstmCoreError for a module that reads in both directions."""
        if self.kept.shape[1] == 2:
            raise LstmCoreError(
                "Expected a module that reads in one direction, got one that reads in both: no step cuts its past from "
                "its future, so no step's carriers sum to the effect. inputs sum to it; kept and reread are what each "
                "direction carried."
            )
        return Carriers(self.kept, self.reread)

    @property
    def agrees(self) -> bool:
        """Whether single erasures bear the parts out: no step is `missed`. Else the parts are no causes."""
        return self.missed is None

    @cached_property
    def missed(self) -> Missed | None:
        """The step that the parts miss, by a run without each step of the event alone; None if they miss none.

        A step counts if its erasure moves the answer most, or turns what the model says. It is missed if its part is a
        tenth of that or less, or of the other sign; of several, it is the one whose erasure moves the answer most.
        """
        steps = self._tried
        if not steps:
            return None
        given = outputs_without_each(self.question, steps)
        erased, parts = self.answer - self.question.answers(given).numpy(), self.by_step[steps]
        size, turns = np.abs(erased), [says != self.says[0] for says in self.question.says(given)]
        # An erasure as small as the rounding error says nothing.
        counts = (size > NOISE * self.error) & ((size == size.max()) | np.array(turns))
        missed = np.where(counts & (parts * np.sign(erased) <= MISSED * size), size, 0)
        most = int(missed.argmax())
        return Missed(steps[most], float(erased[most]), float(parts[most])) if missed[most] else None

    @cached_property
    def says(self) -> list[list[int]]:
        """The outputs that the model says, by number, with and without the event: one of classes, or a set; none where
        it gives numbers, or is no `SequenceModel`."""
        return self.question.says(self.question.outputs(torch.stack([self.question.a, self.question.b], 1)))

    @property
    def same(self) -> bool:
        """Whether the model says the answer without the event too: then the parts say only how sure it is."""
        said, without = self.says
        return said == without and bool(self.question.weights[said].any())

    def to_pandas(self) -> pandas.DataFrame:
        """A row a cell that differs, the largest part first: step, token (a word or a date, where steps have one),
        feature, value, value without the event, part. Of words a row a step, without the features."""
        import pandas

        places = self._largest(self.inputs.size)
        steps = [step for step, _ in places]
        rows: dict[str, object] = {"step": steps}
        if self.names is not None:
            rows["token"] = [self.names[step] for step in steps]
        if self.tokens is not None:
            return pandas.DataFrame(rows | {"part": self.by_step[steps]})
        at = (steps, [feature for _, feature in places])
        rows |= {"feature": [self.features[feature] for feature in at[1]]}
        return pandas.DataFrame(
            rows | {"value": self.values[at], "without": self.other_values[at], "part": self.inputs[at]}
        )

    def plot(self) -> Figure:
        """A Plotly figure: the parts (feature, step), what each unit carried (unit, step), and the way from the answer
        without the event to the answer."""
        from lstm_core.plots.answer import answer_parts
        from lstm_core.plots.page_figure import LIGHT, as_plotly

        words = self.tokens is not None
        rows = {"part": self.by_step} if words else dict(zip(self.features, self.inputs.T, strict=True))
        carried = self.kept.sum(1) + self.reread.sum(1) if self.kept.shape == self.reread.shape else self.kept.sum(1)
        units = {
            self._units(*np.unravel_index([n], carried[:, 0].shape)): row
            for n, row in enumerate(np.concatenate(carried.swapaxes(1, 2)))
        }
        names = self.names or [f"{step:,}" for step in range(len(self.inputs))]
        terms = [
            (
                names[step] if words else f"{self.features[feature]}, {names[step]}",
                float(self.by_step[step] if words else self.inputs[step, feature]),
            )
            for step, feature in sorted(self._largest(LARGEST))
        ]
        figure = answer_parts(rows, units, names, self.time, (self.other_answer, terms, self.answer), LIGHT)
        title = (
            f"{self.effect:+.4g}: {self.target} after {step_name(self, self.time)}, with {self.event} minus with "
            f"{self.baseline} in its place{'; read summary() before the parts' if self._doubt() else ''}"
        )
        return as_plotly(figure, html.escape(title, quote=False))

    def summary(self) -> str:
        """What was found, in sentences."""
        said = (
            f"{self.target} after {step_name(self, self.time)} is {self.answer:+.4g}; with {self.baseline} in "
            f"place of {self.event} it is {self.other_answer:+.4g}. The parts sum to the "
            f"difference, {self.effect:+.4g}, to {self.error:.0e}."
        )
        if not self._tried:
            said += f" The event comes after step {self.time:,}, whose answer can't have read it. Give a later time."
        if self.question.module.bidirectional and 0 < self.time == len(self.values) - 1:
            said += f" There the backward half of h has read step {self.time:,} alone; in h_n it has read all."
        if self.effect and self.keeps:
            said += f" {self._ways()}"
        if self.gross >= OPPOSED:
            said += (
                f" Large parts cancel here: without their signs they add up to {self.gross:.1f} times the difference."
            )
        if self.same:
            said += " The model says the same in both cases, so the parts say only what makes it more or less sure."
        return said + self._doubt()

    def _doubt(self) -> str:
        """Why the parts are no causes, or that this was not tried."""
        if len(self._tried) > MOST_ERASED:
            return f" Whether single erasures agree was not tried on {len(self._tried):,} steps: `agrees` tries it."
        if self.missed is None:
            return ""
        step, erased, part = self.missed
        return (
            f" But {step_name(self, step)} alone makes {erased:+.4g} of {self.target}, and its part is {part:+.4g}: do "
            f"not read the parts as causes. Ask without={step}, or give another baseline."
        )

    @property
    def _tried(self) -> list[int]:
        """The steps of the event that the answer can have read: none, where all that is left out comes after it."""
        changed = (self.values != self.other_values).any(-1)
        return np.flatnonzero(changed if self.question.module.bidirectional else changed[: self.time + 1]).tolist()

    def _ways(self) -> str:
        """How much of the effect came without h; in amounts where the two ways oppose each other."""
        share = round(self.direct, 2)
        if 0 <= share <= 1:
            return f"{abs(share):.0%} of it stayed in the memory until it was read; the rest was read again through h."
        return (
            f"Two ways oppose each other: {self.without_h:+.4g} stayed in the memory until it was read, "
            f"{self.effect - self.without_h:+.4g} was read again through h."
        )

    def _largest(self, most: int) -> list[tuple[int, int]]:
        """The cells (step, feature) that differ, the largest part first; of words (step, 0)."""
        differs = self.values != self.other_values
        parts = np.abs(self.inputs)
        if self.tokens is not None:
            differs, parts = differs.any(1, keepdims=True), np.abs(self.by_step)[:, None]
        steps, features = np.nonzero(differs)
        order = np.argsort(-parts[steps, features], kind="stable")[:most]
        return list(zip(steps[order].tolist(), features[order].tolist(), strict=True))

    def _units(self, layers: np.ndarray, units: np.ndarray) -> str:
        """Units by number, and with their layer if there are several."""
        several = len(self.kept) > 1
        return ", ".join(f"{layer}/{unit}" if several else f"{unit}" for layer, unit in zip(layers, units, strict=True))


def outputs_without_each(question: Question, steps: Sequence[int]) -> Tensor:
    """(step, output): what the model gives to x without each of some steps alone; many at once."""
    found, most = [], at_once(question.module, len(question.a))
    for some in (steps[first : first + most] for first in range(0, len(steps), most)):
        x = question.a.unsqueeze(1).repeat(1, len(some), 1)
        x[some, range(len(some))] = question.b[some]
        found.append(question.outputs(x))
    return torch.cat(found)
