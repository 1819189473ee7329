"""On which sequences is a unit judged, which are held out, and which unit tracks what?"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

import lstm_core
from gatescope.reading.read import Reading, read
from gatescope.serving import limits
from gatescope.store.remembered import Budget, remembered, text_bytes
from gatescope.unit_tables.asked import COLUMN, SAYS, Property, Units, parts
from lstm_core import LstmCoreError, Trace, find_units
from lstm_core.analysis import Found
from lstm_core.analysis.properties import OF_A_TOKEN, PROPERTIES, SURPLUS, property_named
from lstm_core.progress import Progress
from lstm_core.traces.trace import as_update

# What one page looks at: steps, and lines that are read one by one.
MOST_STEPS, MOST_LINES = 20_000, 400


class Sample(NamedTuple):
    """Sequences to search, sequences to check what was found on, and what a person should know."""

    found: list[Reading]
    held: list[Reading]
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


def text_of(reading: Reading, asked: Units) -> str:
    """What is read: the opened file, or the sentence."""
    return reading.document.text if reading.document else asked.view.source.sentence


def lines_of(text: str) -> list[str]:
    """The lines that hold anything, each with its line break."""
    return [line for line in text.splitlines(keepends=True) if line.strip()]


def _sample_bytes(found: Sample) -> int:
    readings = [*found.found, *found.held]
    tensors = [tensor for trace in traces(readings) for tensor in trace.tensors().values()]
    return sum(int(tensor.nbytes) for tensor in tensors) + sum(text_bytes(one.tokens) for one in readings)


def _what_is_sampled(asked: Units, reading: Reading) -> tuple[object, ...]:
    return asked.view.source, asked.lines, asked.held, asked.held_out, reading.model is None


def _is_long(asked: Units, reading: Reading) -> bool:
    return len(reading.tokens) > limits.LONG or len(asked.held_out) > limits.LONG


# Another question is asked of the same sequences.
@remembered(Budget.SAMPLES, key=_what_is_sampled, bytes_of=_sample_bytes, is_heavy=_is_long)
def sample(asked: Units, reading: Reading) -> Sample:
    """What to search and what to check it on: the second half of the lines or rows, or another text or table.

    Raises LstmCoreError when the other text can't be read.
    """
    other = [asked.held_out] if asked.held == "own" and asked.held_out.strip() else []
    if reading.series is not None:
        half = (len(reading.tokens) + 1) // 2 if asked.held == "half" and len(reading.tokens) > 3 else None
        rest = [_steps(reading, half, len(reading.tokens))] if half else []
        return Sample([_steps(reading, 0, half) if half else reading], rest + _tables(asked, reading, other), [])
    text, notices = text_of(reading, asked), list[str]()
    lines = lines_of(text)
    is_cut = asked.held == "half" and len(lines) > 1
    if is_cut:
        middle = (len(lines) + 1) // 2
        text, other = "".join(lines[:middle]), ["".join(lines[middle:])]
    elif asked.held == "half":
        notices = ["One line of text: nothing to test on. Add a second text to check these results."]
    # A text that nothing was cut from is read to its last blank, as on the main page.
    found, held = (
        [part for one in texts for part in (lines_of(one) if asked.lines else [one] * (is_cut or bool(one.strip())))]
        for texts in ([text], other)
    )
    found_readings, cut = _read_all(asked, found)
    return Sample(found_readings, _read_all(asked, held)[0], notices + cut)


def _read_all(asked: Units, texts: list[str]) -> tuple[list[Reading], list[str]]:
    """Texts read one by one, as many steps of them as a page looks at."""
    readings, room = list[Reading](), MOST_STEPS
    for text in texts[:MOST_LINES]:
        reading = read(replace(asked.view.source, sentence=text, file=""))
        if reading.trace is None and (reading.tokens or text.strip()):
            raise LstmCoreError(" ".join(reading.notices))
        if len(reading.tokens) > room:
            part = [_steps(reading, 0, room)] if room > 1 else []
            return readings + part, [f"The search goes over the first {MOST_STEPS:,} steps."]
        readings += [reading] if reading.trace is not None else []
        room -= len(reading.tokens)
    more = len(texts) > MOST_LINES
    return readings, [f"The search goes over the first {MOST_LINES:,} lines."] * more


def _tables(asked: Units, reading: Reading, texts: Sequence[str]) -> list[Reading]:
    """Other tables, with the columns of the first."""
    readings = [read(replace(asked.view.source, sentence=text, file="")) for text in texts]
    for other in readings:
        if other.trace is None or other.series is None or reading.series is None:
            raise LstmCoreError(" ".join(other.notices))
        if other.series.names != reading.series.names:
            raise LstmCoreError(
                f"Expected the columns {', '.join(reading.series.names)} in the held-out table, "
                f"got {', '.join(other.series.names)}."
            )
    return [first(other)[0] for other in readings]


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
CERTAIN = 0.05
"""The p below which a find is more than chance."""
NOW = ("capital", "digit", "punctuation", "blank", "word length")
"""Properties of the token that was just read: nobody needs a memory to tell them."""
OF_PYTHON = (
    "inside a string",
    "inside a one-line string",
    "inside single quotes",
    "inside double quotes",
    "inside a docstring",
    "inside a comment",
)
"""Properties of Python code; in a text an apostrophe would open a string."""

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
    return sum(trace.c.numel() + trace.h.numel() for trace in traces(sample.found)) <= QUICK


def _what_is_answered(asked: Units, *_: object, **_progress: object) -> tuple[object, ...]:
    return asked.view.source, asked.lines, asked.held, asked.held_out, asked.property


def _bytes(found: Found) -> int:
    return int(found.table.memory_usage(deep=True).sum())


def _is_watched(_asked: Units, _sample: Sample, progress: Progress | None = None) -> bool:
    return progress is not None


@remembered(Budget.TRACKING, key=_what_is_answered, bytes_of=_bytes, is_heavy=_is_watched)
def answer(asked: Units, sample: Sample, progress: Progress | None = None) -> Found:
    """How well c of each unit tells the property that is asked for.

    Raises LstmCoreError when it never changes, or is not there.
    """
    values = [numbers(asked.property, reading) for reading in sample.found]
    held = (traces(sample.held), [numbers(asked.property, reading) for reading in sample.held]) if sample.held else None
    return find_units(traces(sample.found), {asked.property: values}, held, ["c"], progress=progress)


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
