"""Why this answer? What each word, or each feature at each step, did for it, against a stated baseline.

`lstm_core.explain`, asked of the text as it is read. Where it may not be asked, a sentence says why.
"""

from math import isnan
from typing import Any, NamedTuple, Self

import numpy as np

import lstm_core
from gatescope.question.holds import Cell, Event
from gatescope.reading.held import HeldReading, steps_left
from gatescope.why.drawer import TheAnswer, short
from gatescope.why.names import answer_name, step_name, target_name
from gatescope.why.path import Alone, path_of
from gatescope.why.without_words import how_many
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.explaining.explained import OPPOSED, Explained
from lstm_core.models.sequence_model import lead_of
from lstm_core.plots.labels import signed
from lstm_core.traces.trace import own_letter

MOST = 150_000_000
"""The most multiplications of one reading that is explained, about 0.2 s."""
FEATURES, STEPS, LABELS = 12, 2_000, 100
"""The most features that are named, the most steps that have parts, and the most labels to choose from."""


class Asked(NamedTuple):
    """What `explain` is asked, in steps of the text without the words that are left out."""

    found: HeldReading
    left: list[int]
    """The steps that are read and explained."""
    x: Any
    baseline: Any
    target: Any
    step: int

    def explained(self, event: Event | None = None) -> Explained:
        """The answer against the baseline in place of everything, or of one word or number."""
        without: Any = None
        if event is not None:
            step = self.left.index(event.step)
            without = step if event.feature is None else (step, event.feature)
        return lstm_core.explain(
            self.found.model, self.x, without=without, baseline=self.baseline, time=self.step, target=self.target
        )

    @property
    def is_tried(self) -> bool:
        """Whether each step is erased alone, while a visitor waits."""
        return len(self.left) <= how_many(self.found, self.left[self.step])

    def about_as(self, whole: Explained) -> Self:
        """Asked of the same output, or of the same lead: without another event another label may come second."""
        weights = whole.question.weights
        chosen, rival = int(weights.argmax()), int(weights.argmin())
        return self._replace(target=(chosen, rival) if weights[rival] < 0 else chosen)


def no_answer(found: HeldReading, cell: Cell) -> str:
    """Why there is no answer at a cell's step; "" where there is one."""
    if found.reading.model is None or found.reading.model.gives == "hidden":
        return "Nothing reads h here, so there is no answer to explain: choose a trained model."
    if cell.step in found.holds.without:
        return f"{_name(found, cell.step)} is left out, so there is no answer at it."
    return ""


def _not_explained(found: HeldReading, cell: Cell) -> str:
    """Why an answer is not explained; "" where it is."""
    reading = found.reading
    if found.holds.gates:
        return "While a gate is held, no answer is explained: press Undo to let go of what is held."
    steps = len(reading.tokens) if reading.lstm.bidirectional else cell.step + 1
    if steps * reading.parameters > MOST:
        return f"{steps:,} steps of so large a model are too many to explain while you wait: lstm_core.explain does."
    return ""


def the_answer(found: HeldReading, cell: Cell, label: str, event: Event | None) -> TheAnswer:
    """The answer at a cell's step, explained: of a label that is given, else of what the model says. Raises
    LstmCoreError where `explain` does."""
    asked = _asked(found, cell.step, label)
    whole, numbers = asked.explained(), found.reading.series is not None
    parts = _parts(asked, whole)
    if event is not None and not (event.step in asked.left and _has(event, whole, numbers) and _moves(event, parts)):
        event = None
    baseline = _baseline(found) if numbers else whole.baseline
    labels = found.model.labels
    target = target_name(found.model, whole)
    shown = _shown_features(parts)
    first = max(0, parts.shape[1] - STEPS) if not found.reading.lstm.bidirectional else 0
    both = found.reading.lstm.bidirectional
    return TheAnswer(
        target=target,
        labels=labels if 1 < len(labels) <= LABELS else [],
        baseline=baseline,
        effect=short(whole.effect),
        error=short(whole.error),
        direct=None if isnan(whole.direct) else short(whole.direct),
        features=[whole.features[feature] for feature in shown] if numbers else [],
        first=first,
        parts=[[short(part) for part in parts[feature, first : first + STEPS]] for feature in shown],
        said=_said(found, cell.step, whole, target, baseline) + _doubt(asked, whole, target),
        agrees=not asked.is_tried or whole.agrees,
        path=None
        if event is None or both
        else path_of(
            found,
            Alone(
                asked.about_as(whole).explained(event), event, asked.left, target, baseline, float(np.abs(parts).sum())
            ),
        ),
        no_path="It reads in both directions: no step cuts its past from its future, so there is no path over "
        f"{_memory(found)}."
        if both
        else "",
    )


def _asked(found: HeldReading, step: int, label: str) -> Asked:
    reading, model, trace = found.reading, found.model, found.trace
    left = steps_left(found.holds, len(trace.x))
    if not reading.lstm.bidirectional:
        # It knows nothing of later steps.
        left = [one for one in left if one <= step]
    if reading.series is None:
        x: Any = [reading.tokens[one] for one in left]
        baseline: Any = "median"
    else:
        x = reading.series.values[left]
        baseline = np.median(reading.series.values[: len(trace.x)].double().numpy(), axis=0)
    target: Any = 0 if model.gives == "value" else None
    if label in model.labels:
        lead = lead_of(model, model.scores(trace)[step, 0], model.labels.index(label))
        target = lead.label if lead.rival is None else (lead.label, lead.rival)
    return Asked(found, left, x, baseline, target, left.index(step))


def _has(event: Event, whole: Explained, numbers: bool) -> bool:
    return event.feature is None or (numbers and event.feature < len(whole.features))


def _moves(event: Event, parts: np.ndarray) -> bool:
    """Whether an event is another than what is put in its place: a median alone changes nothing."""
    return bool(parts[event.feature or 0, event.step])


def _parts(asked: Asked, whole: Explained) -> np.ndarray:
    """(feature, step): the parts in steps of the text; of words one row."""
    own = whole.by_step[None] if whole.tokens is not None else whole.inputs.T
    parts = np.zeros((len(own), asked.left[-1] + 1))
    parts[:, asked.left] = own
    return parts


def _shown_features(parts: np.ndarray) -> list[int]:
    """The features with the largest parts, in their order."""
    most = np.argsort(-np.abs(parts).sum(1), kind="stable")[:FEATURES]
    return sorted(int(feature) for feature in most)


def _baseline(found: HeldReading) -> str:
    return "the median of each feature" if found.reading.lstm.input_size > 1 else "the median"


def _doubt(asked: Asked, whole: Explained, target: str) -> str:
    """What single erasures say of the parts: that they are no causes, or that it was not tried."""
    if not asked.is_tried:
        return f" Whether single erasures agree was not tried: {len(asked.left):,} steps are many."
    if whole.missed is None:
        return ""
    step, erased, part = whole.missed
    return (
        f" But {_name(asked.found, asked.left[step])} alone makes {signed(erased)} of {target}, and its part is "
        f"{signed(part)}: do not read the parts as causes."
    )


def _said(found: HeldReading, step: int, whole: Explained, target: str, baseline: str) -> str:
    what = found.model.reads.removesuffix("s")
    said = (
        f"At {_name(found, step)} {target} is {signed(whole.answer)}; if every {what} is replaced by {baseline}, "
        f"{_says_then(found.model, whole)}it is {signed(whole.other_answer)}. "
        f"The parts add up to the difference, {signed(whole.effect)}, with a rounding error of {whole.error:.0e}"
        f"{'; they say only what makes the model more or less sure' if whole.same else ''}."
    )
    return f"{said}{_ways(whole, _memory(found))}{_balance(whole)}"


def _says_then(model: SequenceModel, whole: Explained) -> str:
    """What the model says with the baseline; nothing where it gives numbers."""
    names = [answer_name(model, number) for number in whole.says[1]]
    return f"the model says {', '.join(names)}{' too' if whole.same else ''} and " if names else ""


def _memory(found: HeldReading) -> str:
    return own_letter(found.trace, "c")


def _ways(whole: Explained, memory: str) -> str:
    """The trust mark: how much of the effect came through c alone; in amounts where the two ways oppose each other."""
    if isnan(whole.direct) or not whole.keeps:
        return ""
    if 0 <= round(whole.direct, 2) <= 1:
        said = f" {abs(whole.direct):.0%} of it came through the memory {memory} alone; the rest "
        return f"{said}was read again." if memory == "h" else f"{said}went out through h and was read again."
    through = whole.effect - whole.without_h
    return (
        f" Two ways oppose each other: {signed(whole.without_h)} came through the memory {memory} alone, "
        f"{signed(through)} {'was read again' if memory == 'h' else 'went through h'}."
    )


def _balance(whole: Explained) -> str:
    if not whole.gross >= OPPOSED:
        return ""
    return f" Large parts cancel here: without their signs they add up to {whole.gross:.1f} times the difference."


def _name(found: HeldReading, step: int) -> str:
    return step_name(found.reading.tokens, step, found.reading.series is not None)


def answer_of(found: HeldReading, cell: Cell, label: str, event: Event | None) -> tuple[TheAnswer | None, str]:
    """The answer, or why it is not explained."""
    if said := no_answer(found, cell) or _not_explained(found, cell):
        return None, said
    try:
        return the_answer(found, cell, label, event), ""
    except LstmCoreError as error:
        return None, str(error)
