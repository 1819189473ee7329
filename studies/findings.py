"""Which units do the work in the trained models? `python -m studies.findings`

For each model that was trained on a task with one number behind it: the units whose c tracks that number, found on
short texts and scored on longer ones; and the share of held-out texts that the model answers right at every step, as it
is, and with c held: at its mean and at 0, these units and every choice of as many others, both in the same way. For
`python-chars`: the units that know where in a Python file they are, on files that were never trained on, and bits a
character with each of all units held at its mean.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from statistics import fmean, median
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.analysis.auc_and_r_squared import as_score, strength
from lstm_core.analysis.compare import effect
from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.properties import (
    Property,
    bracket_depth,
    property_named,
    surplus_of,
)
from lstm_core.files.model_folders import models
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model
from lstm_core.recording.hold import Hold
from lstm_core.recording.record import run
from lstm_core.traces.trace import Trace
from lstm_core.training import counts
from studies.training import python_chars
from studies.training.python_chars import library
from studies.training.recipes import ATTEMPTS

# The R² from which on a unit is said to track the number.
TRACKS = 0.98


class Question(NamedTuple):
    """What a model's memory should hold, and texts to ask it on."""

    property: Property
    texts: list[list[str]]
    held_out: list[list[str]]
    """Longer or deeper than any the model was trained on or chosen by."""
    right: Callable[[SequenceModel, Sequence[Sequence[str]]], float]
    """The share of texts that the model answers right at every step."""


class Beside(NamedTuple):
    """A metric with some units held, beside the same with others held in the same way."""

    own: float
    others: list[float]
    """One number a choice of others."""
    best: Callable[[list[float]], float] = max
    """Which of two numbers is the better: max for a share that is right, min for bits."""

    @property
    def rank(self) -> int:
        """1: holding no others costs as much."""
        return 1 + sum(self.best([self.own, other]) == self.own for other in self.others)

    def __str__(self) -> str:
        least, most = min(self.others), max(self.others)
        spread = f"{least:.3f}" if least == most else f"{least:.3f} to {most:.3f}"
        return f"{self.own:.3f} / {spread} (median {median(self.others):.3f}); rank {self.rank}"


class Finding(NamedTuple):
    """What was found in one model."""

    units: list[int]
    """The units whose c tracks the number, the best first."""
    score: float
    """R² of the best unit's c."""
    p: float
    held_out: float
    """R² of the best unit's c on held-out texts."""
    right: float
    """Share of held-out texts that are right at every step."""
    at_mean: Beside
    """Share right with c held at its mean over the short texts: of these units, and each choice of as many others."""
    at_zero: Beside
    """Share right with c held at 0: of these units, and of every choice of as many others."""


def find(name: str, model: SequenceModel) -> Finding:
    """The units of one model that hold the number its task is about."""
    question = QUESTIONS[name]()
    traces, held_out = (_traces(model, texts) for texts in (question.texts, question.held_out))
    found = find_units(traces, question.property, held_out, quantities=["c"]).table
    tracking = found[found.score >= TRACKS] if found.score[0] >= TRACKS else found[:1]
    units = tracking.unit.tolist()

    means = torch.cat([trace.c[0, 0, :, 0] for trace in traces]).mean(0)
    rest = [unit for unit in range(len(means)) if unit not in units]
    # Where fewer are left than were held, all that are left.
    others = list(combinations(rest, min(len(units), len(rest))))

    def held(value: Tensor) -> Beside:
        own, *of_others = (
            effect(model, [question.held_out], question.right, Hold("c", value[list(chosen)], chosen)).after
            for chosen in (units, *others)
        )
        return Beside(own, of_others)

    return Finding(
        units=units,
        score=found.score[0],
        p=found.p[0],
        held_out=found.held_out[0],
        right=question.right(model, question.held_out),
        at_mean=held(means),
        at_zero=held(torch.zeros_like(means)),
    )


def count_as() -> Question:
    """aⁿbⁿ: how many more a's than b's so far? Trained on n up to 50, chosen by n up to 100."""

    def right(model: SequenceModel, texts: Sequence[Sequence[str]]) -> float:
        return _share(counts.counter_margins(model, [text.count("a") for text in texts]))

    short, long = ([["a"] * n + ["b"] * n for n in counts] for counts in (range(1, 51), range(101, 201)))
    return Question(surplus_of("a", "b"), short, long, right)


def count_brackets() -> Question:
    """Brackets: how many are open? Trained on strings at most 8 deep, chosen by some 12 deep."""

    def right(model: SequenceModel, texts: Sequence[Sequence[str]]) -> float:
        steps = torch.tensor([[1 if token == "(" else -1 for token in text] for text in texts]).T
        return _share(counts.bracket_margins(model, steps).amin(0))

    short, long = _strings(length=80, deepest=8), _strings(length=400, deepest=20)
    return Question(bracket_depth, short, long, right)


def _strings(length: int, deepest: int) -> list[list[str]]:
    walks = counts.walks(40, length, deepest, torch.Generator().manual_seed(deepest))
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
    """Bits a character on held-out files, without a hold."""
    at_mean: Beside
    """Bits a character with c held at its mean: of the unit, and of each other unit."""


KINDS = property_named("inside single quotes"), property_named("inside double quotes")
SHORT = "inside ' or \""
# Where in a Python file a unit may know to be.
PLACES: dict[str, str | Property] = {
    SHORT: property_named("inside a one-line string"),
    "inside a docstring": "inside a docstring",
    "inside a comment": "inside a comment",
}


def find_in_python(model: SequenceModel, files: int = 12, length: int = 2000, measured: int = 3) -> Iterator[Tracked]:
    """Units that know where in a Python file they are, found on the beginnings of some files and scored on others.

    Bits a character are measured on the first `measured` of the others.
    """
    texts, held_out = ([text[:length] for text in chosen(side, files)] for side in (library(False), library(True)))
    traces, held_out_traces = (_traces(model, [list(text) for text in side]) for side in (texts, held_out))
    means = torch.cat([trace.c[0, 0, :, 0] for trace in traces]).mean(0)
    beginnings = held_out[:measured]
    held = [effect(model, beginnings, bits, Hold("c", mean, [unit])).after for unit, mean in enumerate(means)]
    for name, inside in PLACES.items():
        best = find_units(traces, inside, held_out_traces, quantities=["c"]).table.iloc[0]
        unit = int(best.unit)
        scores = unit, float(best.score), float(best.held_out), float(best.p)
        at_mean = Beside(held[unit], held[:unit] + held[unit + 1 :], min)
        yield Tracked(name, *scores, fmean(bits(model, text) for text in beginnings), at_mean)


def bits(model: SequenceModel, text: str) -> float:
    """Bits a character."""
    return python_chars.bits(model, {"": text})[""] / (len(text) - 1)


def chosen(side: Mapping[str, str], files: int) -> list[str]:
    """As many files, spread evenly over the library."""
    texts = [text for text in side.values() if len(text) > 1]
    return texts[:: max(1, len(texts) // files)][:files]


def _traces(model: SequenceModel, texts: Sequence[list[str]]) -> list[Trace]:
    with torch.no_grad():
        return [run(model.lstm, model.vectors(text), tokens=text) for text in texts]


QUESTIONS: dict[str, Callable[[], Question]] = {"counter": count_as, "brackets": count_brackets}
SEEDS = range(5)


def between_kinds(model: SequenceModel, unit: int, texts: Sequence[str]) -> float:
    """How well c of a unit of the only layer tells inside single from inside double quotes, in Python texts: AUC, where
    0.5 tells nothing; 1 - AUC if the unit is lower in double quotes, so never below 0.5."""
    values, kinds = [], []
    for text in texts:
        trace = _traces(model, [list(text)])[0]
        single, double = (np.array(inside(text)) == 1 for inside in KINDS)
        values.append(trace.c[0, 0, :, 0, unit].numpy()[single | double])
        kinds.append(double[single | double].astype(float))
    c, kind = np.concatenate(values)[:, None], np.concatenate(kinds)[:, None]
    told: float = as_score(np.abs(strength(c, kind, "AUC")), "AUC").item()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="models to train for each task, from seed 0 on")
    seeds = parser.parse_args().seeds
    print("R² of the units' c; the share of held-out texts right at every step: own / others, c held alike")
    print(f"{'model':<18}{'units':<7}{'R²':>7}{'held out':>10}{'p':>7}{'as it is':>10}")
    for name in (name for name in QUESTIONS if name in models()):
        print_finding(name, find(name, load_model(name)))
        for seed in range(seeds):
            print_finding(f"{name}, seed {seed}", find(name, ATTEMPTS[name]().from_seed(seed)))
    if "python-chars" in models():
        print_python(load_model("python-chars"))


def print_finding(name: str, found: Finding) -> None:
    """Three lines: what was found, and what holding it costs."""
    units = ", ".join(map(str, found.units))
    numbers = f"{found.score:>7.4f}{found.held_out:>10.4f}{found.p:>7.3f}{found.right:>10.3f}"
    print(f"{name:<18}{units:<7}{numbers}", flush=True)
    print(f"{'':<18}at their mean: {found.at_mean}\n{'':<18}at 0:          {found.at_zero}", flush=True)


def print_python(model: SequenceModel) -> None:
    """The units of `python-chars`, and whether the unit for strings tells their kinds apart."""
    print("\nAUC of one unit's c on held-out files; bits a character there: own / all others, c held alike")
    print(f"{'property':<20}{'unit':>6}{'AUC':>8}{'held out':>10}{'p':>8}{'as it is':>10}")
    for tracked in find_in_python(model):
        scores = f"{tracked.score:>8.3f}{tracked.held_out:>10.3f}{tracked.p:>8.3f}{tracked.bits:>10.3f}"
        print(f"{tracked.property:<20}{tracked.unit:>6}{scores}", flush=True)
        print(f"{'':<20}at its mean: {tracked.at_mean}", flush=True)
        if tracked.property == SHORT:
            held_out = [text[:8000] for text in chosen(library(held_out=True), 12)]
            told = between_kinds(model, tracked.unit, held_out)
            print(f"{'':<20}between single and double quotes: AUC {told:.3f}", flush=True)


if __name__ == "__main__":
    main()
