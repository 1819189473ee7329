"""Which unit tracks what in this text?"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from gatescope.reading.read import Reading
from gatescope.store.budgets import Budget
from gatescope.store.remembered import remembered
from gatescope.unit_list.samples import Sample, traces
from gatescope.unit_list.view import COLUMN, SAYS, Property, Units, parts
from lstm_core import LstmCoreError, find_units
from lstm_core.analysis import Found
from lstm_core.analysis.properties import OF_A_TOKEN, PROPERTIES, SURPLUS, property_named
from lstm_core.arrays import as_numpy
from lstm_core.progress import Progress

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


def traced(reading: Reading) -> np.ndarray:
    """(step, unit): c of every layer, direction and unit in turn."""
    [trace] = traces([reading])
    return as_numpy(trace.c[:, :, :, 0]).transpose(2, 0, 1, 3).reshape(len(reading.tokens), -1)


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


def as_in(name: str, reading: Reading) -> str:
    """A property's name in a reading: where a model reads one column, that is the column, whatever its name."""
    columns = reading.series.names if reading.series else []
    return COLUMN + columns[0] if name.startswith(COLUMN) and len(columns) == 1 else name


def at_steps(name: str, readings: Sequence[Reading]) -> np.ndarray:
    """A property at each step of all sequences in turn: (step,)."""
    return np.concatenate([np.asarray(numbers(name, reading)) for reading in readings])
