"""On which part of a text is a unit judged, on which is that checked, and which unit tracks what?"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

import numpy as np

import lstm_core
from gatescope.reading.read import Reading, read
from gatescope.store.remembered import Budget, remembered
from gatescope.unit_tables.asked import COLUMN, SAYS, Property, Units, parts
from lstm_core import LstmCoreError, Trace, find_units
from lstm_core.analysis import Found
from lstm_core.analysis.properties import OF_A_TOKEN, PROPERTIES, SURPLUS, property_named
from lstm_core.progress import Progress
from lstm_core.traces.trace import as_update

# The most steps that one page looks at.
MOST_STEPS = 20_000


class Sample(NamedTuple):
    """What to search, what to check a find on if there is anything, and what a person should know."""

    found: Reading
    held: Reading | None
    notices: list[str]


def traces(readings: Sequence[Reading]) -> list[Trace]:
    return [reading.trace for reading in readings if reading.trace is not None]


def first(reading: Reading) -> tuple[Reading, list[str]]:
    """As much of a reading as a page looks at, and a sentence where that is not all.

    Raises LstmCoreError for a plain RNN.
    """
    if reading.trace is not None and reading.trace.config.get("of") == "nn.RNN":
        raise LstmCoreError("A unit of a plain RNN has no gate that keeps or lets in: only Memory and Compare show it.")
    if len(reading.tokens) <= MOST_STEPS:
        return reading, []
    notice = f"The text has {len(reading.tokens):,} steps; the units are looked at over the first {MOST_STEPS:,}."
    return _steps(reading, 0, MOST_STEPS), [notice]


def sample(asked: Units, reading: Reading) -> Sample:
    """What to search and what to check it on: the first and the second half of the lines or rows, each read from an
    empty memory."""
    text = reading.document.text if reading.document else asked.view.source.sentence
    parts = [row for row in text.splitlines(keepends=True) if row.strip()] if reading.series is None else reading.tokens
    middle = (len(parts) + 1) // 2
    if reading.series is not None:
        halves = [_steps(reading, 0, middle), _steps(reading, middle, len(parts))] if len(parts) > 3 else [reading]
    elif len(parts) > 1:
        half = partial(replace, asked.view.source, file="")
        halves = [read(half(sentence="".join(some))) for some in (parts[:middle], parts[middle:])]
    else:
        halves = [reading]
    (found, notices), *rest = (first(one) for one in halves if one.trace is not None)
    if not rest:
        notices = [*notices, "One line of text: nothing to test on. Add a second line to check these results."]
    return Sample(found, rest[0][0] if rest else None, notices)


def _steps(reading: Reading, start: int, end: int) -> Reading:
    """Some steps, read as a sequence of their own."""
    if reading.trace is None:
        return reading
    tokens, series = reading.tokens[start:end], reading.series
    if series is not None:
        times = None if series.times is None else series.times[start:end]
        series = lstm_core.inputs.Series(series.names, series.values[start:end], times)
    trace = as_update(lstm_core.run(reading.lstm, reading.trace.x[start:end], tokens=tokens))
    return reading._replace(tokens=tokens, trace=trace, series=series)


# Which unit tracks what?

# The most steps × states that a visitor waits for without a bar.
QUICK = 1_000_000
# Tokens of few symbols that are asked about, and those that a list offers.
FEW_SYMBOLS, OFFERED = 6, 300
# The p below which a find is more than chance.
CERTAIN = 0.05
# Properties of the token that was just read: nobody needs a memory to tell them.
NOW = ("capital", "digit", "punctuation", "blank", "word length")
# Properties of Python code; in a text an apostrophe would open a string.
OF_PYTHON = (
    "inside a string",
    "inside a one-line string",
    "inside single quotes",
    "inside double quotes",
    "inside a docstring",
    "inside a comment",
)

Truth = Callable[[str], np.ndarray | None]


def numbers(name: str, reading: Reading) -> list[float]:
    """A property at each step. Raises LstmCoreError when the reading has no such label or column."""
    kind, token, _ = parts(name)
    if kind == SAYS:
        said = reading.probabilities()
        if reading.model is None or said is None or reading.model.gives != "classes":
            raise LstmCoreError("Expected a model that says a class at each step, got one that does not.")
        if token not in reading.model.labels:
            raise LstmCoreError(f"Expected one of the model’s labels, got {token!r}.")
        return [float(best == reading.model.labels.index(token)) for best in said.argmax(-1).tolist()]
    if kind == COLUMN:
        series = reading.series
        if series is None or token not in series.names:
            there = "a text" if series is None else f"columns {', '.join(series.names)}"
            raise LstmCoreError(f"Expected a table with the column {token!r}, got {there}.")
        return [float(value) for value in series.values[: len(reading.tokens), series.names.index(token)]]
    return property_named(name)(reading.tokens)


def changing(names: Sequence[str], readings: Sequence[Reading]) -> list[str]:
    """The properties that change between steps."""
    return [name for name in names if len({value for reading in readings for value in numbers(name, reading)}) > 1]


def kinds(readings: Sequence[Reading]) -> list[str]:
    """The kinds of property that make sense for these sequences; "" for all of them first."""
    if readings[0].series is not None:
        return ["", COLUMN]
    model = readings[0].model
    says = [SAYS] if model is not None and model.gives == "classes" else []
    return ["", *OF_A_TOKEN, SURPLUS, *says, *changing(list(PROPERTIES), readings)]


def offered(kind: str, readings: Sequence[Reading]) -> list[str]:
    """What a kind of property can be about: the labels, the columns, or the tokens, the commonest first."""
    if kind in PROPERTIES or not kind:
        return []
    model, series = readings[0].model, readings[0].series
    if kind == SAYS:
        return [] if model is None else model.labels
    if kind == COLUMN:
        return [] if series is None else series.names
    counted = Counter(token for reading in readings for token in reading.tokens)
    return [token for token, _ in counted.most_common(OFFERED)]


def every(readings: Sequence[Reading]) -> list[str]:
    """The properties that may be tracked in texts of a model: of Python's code its own, of few symbols their counts,
    and of what no token is the name of what the model says."""
    model = readings[0].model
    reads = "words" if model is None else model.reads
    left_out = {"characters": ("inside quotes",), "symbols": (*OF_PYTHON, *NOW, "position in line", "indent")}
    names = [kind for kind in kinds(readings) if kind in PROPERTIES and kind not in left_out.get(reads, OF_PYTHON)]
    tokens = offered(SURPLUS, readings)
    if reads == "symbols" and len(tokens) > 1:
        names.append(Property(SURPLUS, *sorted(tokens[:2])).name)
    kept = (SAYS, COLUMN, *OF_A_TOKEN) if reads == "symbols" else (COLUMN,) if reads == "characters" else (SAYS, COLUMN)
    for kind in (kind for kind in kinds(readings) if kind in kept):
        names += [Property(kind, token).name for token in offered(kind, readings)[: FEW_SYMBOLS + 6 * (kind == SAYS)]]
    return changing(names, readings)


def is_quick(sample: Sample) -> bool:
    """Whether a search takes no longer than a person waits for."""
    return sum(trace.c.numel() + trace.h.numel() for trace in traces([sample.found])) <= QUICK


def _what_is_answered(asked: Units, *_: object, **_progress: object) -> tuple[object, ...]:
    return asked.view.source, asked.property


def _bytes(found: Found) -> int:
    return int(found.table.memory_usage(deep=True).sum())


@remembered(Budget.TRACKING, key=_what_is_answered, bytes_of=_bytes, is_heavy=lambda *_, **how: "progress" in how)
def answer(asked: Units, sample: Sample, progress: Progress | None = None) -> Found:
    """How well c of each unit tells the property that is asked for.

    Raises LstmCoreError when it never changes, or is not there.
    """
    found, *held = [(traces([one]), [numbers(asked.property, one)]) for one in (sample.found, sample.held) if one]
    return find_units(found[0], {asked.property: found[1]}, held[0] if held else None, ["c"], progress=progress)


def truth_in(reading: Reading) -> Truth:
    """What says of a property how it is at each step of a reading: (step,), or None where the text can't say."""

    @cache
    def truth(name: str) -> np.ndarray | None:
        # Where a model reads one column, that is the column, whatever its name.
        columns = reading.series.names if reading.series else []
        name = COLUMN + columns[0] if name.startswith(COLUMN) and len(columns) == 1 else name
        try:
            return np.asarray(numbers(name, reading))
        except LstmCoreError:
            return None

    return truth
