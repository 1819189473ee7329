"""Which units do the work in the trained models? `python -m lstm_core.analysis.findings`

For each model that was trained on a task with one number behind it: the units whose c tracks that number, found on
short texts and scored on longer ones; the unit that the ledger points to; and the share of held-out texts that the
model answers right at every step, as it is, with those units' c held at 0, and with as many others held at their mean,
the worst choice of them. And for `python-chars`: the units that know where in a Python file they are, on files that
were never trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from statistics import median
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.ledger import ledger
from lstm_core.analysis.properties import Property, bracket_depth, surplus_of
from lstm_core.analysis.what_if import Effect, effect
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model, models
from lstm_core.recording.record import run
from lstm_core.traces.trace import Trace
from lstm_core.training import brackets, counter, python_chars

TRACKS = 0.98
"""The R² from which on a unit is said to track the number."""


class Question(NamedTuple):
    """What a model's memory should hold, and texts to ask it on."""

    symbols: tuple[str, str]
    """One step up, one step down."""
    property: Property
    texts: list[list[str]]
    held_out: list[list[str]]
    """Longer or deeper than any the model was trained on or chosen by."""
    right: Callable[[SequenceModel, Sequence[Sequence[str]]], float]
    """The share of texts that the model answers right at every step."""


class Finding(NamedTuple):
    """What was found in one model."""

    model: str
    units: list[int]
    """Those whose c tracks the number, the best first."""
    searched: int
    score: float
    """R² of the best unit's c."""
    p: float
    held_out: float
    """The same on held-out texts."""
    by_ledger: int
    """The unit whose memory is most evenly made of one share a symbol, up or down."""
    right: float
    """Share of held-out texts that are right at every step."""
    at_zero: float
    """The same with the units' c held at 0."""
    others_at_mean: float
    """The same with as many other units' c held at their mean, for the worst choice of them."""


def find(name: str, model: SequenceModel) -> Finding:
    """The units of one model that hold the number its task is about."""
    question = QUESTIONS[name]()
    traces, held_out = (_traces(model, texts) for texts in (question.texts, question.held_out))
    found = find_units(traces, question.property, held_out, quantities=["c"])
    tracking = found[found.score >= TRACKS] if found.score[0] >= TRACKS else found[:1]
    units = tracking.unit.tolist()

    def held(units: Sequence[int], value: float | Tensor) -> Effect:
        return effect(model, [question.held_out], question.right, 0, units, "c", value)

    means = torch.cat([trace.c[0, 0, :, 0] for trace in traces]).mean(0)
    rest = [unit for unit in range(len(means)) if unit not in units]
    # Where fewer are left than were held, all that are left.
    others = combinations(rest, min(len(units), len(rest)))
    at_zero = held(units, 0.0)
    return Finding(
        model=name,
        units=units,
        searched=found.attrs["searched"],
        score=found.score[0],
        p=found.p[0],
        held_out=found.held_out[0],
        by_ledger=unit_by_ledger(held_out[-1], *question.symbols),
        right=at_zero.before,
        at_zero=at_zero.after,
        others_at_mean=min(held(chosen, means[list(chosen)]).after for chosen in others),
    )


def unit_by_ledger(trace: Trace, up: str, down: str) -> int:
    """The unit of a text's last c whose shares are most nearly one size, up for one symbol and down for another."""
    shares = ledger(trace, step=len(trace.x) - 1).cell[1:].numpy()
    tokens = [] if trace.tokens is None else trace.tokens[0]
    signs = np.array([(token == up) - (token == down) for token in tokens], dtype=float)
    # How much of the shares' size is one number times the signs.
    explained = (signs @ shares) ** 2 / (signs @ signs) / (shares**2).sum(0)
    return int(explained.argmax())


def count_as() -> Question:
    """aⁿbⁿ: how many more a's than b's so far? Trained on n up to 50, chosen by n up to 100."""

    def right(model: SequenceModel, texts: Sequence[Sequence[str]]) -> float:
        return _share(counter.margins(model, [text.count("a") for text in texts]))

    short, long = ([["a"] * n + ["b"] * n for n in counts] for counts in (range(1, 51), range(101, 201)))
    return Question(("a", "b"), surplus_of("a", "b"), short, long, right)


def count_brackets() -> Question:
    """Brackets: how many are open? Trained on strings at most 8 deep, chosen by some 12 deep."""

    def right(model: SequenceModel, texts: Sequence[Sequence[str]]) -> float:
        steps = torch.tensor([[1 if token == "(" else -1 for token in text] for text in texts]).T
        return _share(brackets.margins(model, steps).amin(0))

    short, long = _strings(length=80, deepest=8), _strings(length=400, deepest=20)
    return Question(("(", ")"), bracket_depth, short, long, right)


def _strings(length: int, deepest: int) -> list[list[str]]:
    walks = brackets.walks(40, length, deepest, torch.Generator().manual_seed(deepest))
    return [["(" if step > 0 else ")" for step in walk] for walk in walks.T]


def _share(margins: Tensor) -> float:
    return (margins > 0).float().mean().item()


class Tracked(NamedTuple):
    """The unit of `python-chars` that tracks a property best."""

    property: str
    unit: int
    score: float
    """AUC on files of the training."""
    held_out: float
    """AUC on files that were never trained on."""
    p: float
    bits: float
    """A character of held-out files, as the model is."""
    at_zero: float
    """The same with the unit's c held at 0."""
    others_at_mean: float
    """The same with another unit's c held at its mean, the median of some."""


def find_in_python(model: SequenceModel, files: int = 12, length: int = 2000, others: int = 5) -> Iterator[Tracked]:
    """Units that know where in a Python file they are, found on the beginnings of some files and scored on others."""
    texts, held_out = ([text[:length] for text in chosen(side, files)] for side in python_chars.library())
    traces, held_out_traces = (_traces(model, [list(text) for text in side]) for side in (texts, held_out))
    means = torch.cat([trace.c[0, 0, :, 0] for trace in traces]).mean(0)

    def bits(model: SequenceModel, text: str) -> float:
        return python_chars.bits(model, {"": text})[""] / (len(text) - 1)

    def held(unit: int, value: float | Tensor) -> Effect:
        return effect(model, held_out[:3], bits, 0, [unit], "c", value)

    for name in ("inside single quotes", "inside double quotes", "inside a docstring", "inside a comment"):
        best = find_units(traces, name, held_out_traces, quantities=["c"]).iloc[0]
        at_zero = held(int(best.unit), 0.0)
        some = [unit for unit in range(0, len(means), len(means) // others) if unit != best.unit][:others]
        at_mean = median(held(unit, means[unit]).after for unit in some)
        scores = int(best.unit), float(best.score), float(best.held_out), float(best.p)
        yield Tracked(name, *scores, at_zero.before, at_zero.after, at_mean)


def chosen(side: Mapping[str, str], files: int) -> list[str]:
    """As many files, spread evenly over the library."""
    texts = [text for text in side.values() if len(text) > 1]
    return texts[:: max(1, len(texts) // files)][:files]


def _traces(model: SequenceModel, texts: Sequence[list[str]]) -> list[Trace]:
    with torch.no_grad():
        return [run(model.lstm, model.vectors(text), tokens=text) for text in texts]


QUESTIONS: dict[str, Callable[[], Question]] = {"counter": count_as, "brackets": count_brackets}


def main() -> None:
    print("R² of the units' c; the share of held-out texts right at every step")
    print(f"{'model':<10}{'units':<8}{'R²':>8}{'held out':>10}{'p':>8}{'ledger':>8}", end="")
    print(f"{'as it is':>12}{'units at 0':>12}{'others at mean':>16}")
    for name in (name for name in QUESTIONS if name in models()):
        found = find(name, load_model(name))
        units = ", ".join(map(str, found.units))
        numbers = f"{found.score:>8.4f}{found.held_out:>10.4f}{found.p:>8.3f}{found.by_ledger:>8}"
        rates = f"{found.right:>12.3f}{found.at_zero:>12.3f}{found.others_at_mean:>16.3f}"
        print(f"{name:<10}{units:<8}{numbers}{rates}", flush=True)
    if "python-chars" in models():
        print("\nAUC of one unit's c on held-out files; bits a character there")
        print(f"{'property':<22}{'unit':>6}{'AUC':>8}{'held out':>10}{'p':>8}{'as it is':>10}{'unit at 0':>11}", end="")
        print(f"{'others at mean':>16}")
        for tracked in find_in_python(load_model("python-chars")):
            print("{:<22}{:>6}{:>8.3f}{:>10.3f}{:>8.3f}{:>10.3f}{:>11.3f}{:>16.3f}".format(*tracked), flush=True)


if __name__ == "__main__":
    main()
