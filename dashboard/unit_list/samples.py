"""Which sequences is a unit judged on, and which are held out?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import lstm_core
from gatescope.reading.read import Reading, read
from gatescope.serving import limits
from gatescope.store import size_of
from gatescope.store.budgets import Budget
from gatescope.store.remembered import remembered
from gatescope.unit_list.view import Units
from lstm_core import LstmCoreError, Trace
from lstm_core.traces.trace import as_update

# What one page looks at: steps, states of all units (c and h), and lines that are read one by one.
MOST_STEPS, MOST_STATES, MOST_LINES = 20_000, 6_000_000, 400


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
    most = most_steps(reading)
    if reading.trace is None or len(reading.tokens) <= most:
        return reading, []
    notice = f"The text has {len(reading.tokens):,} steps; the units are looked at over the first {most:,}."
    return _steps(reading, 0, most), [notice]


def most_steps(reading: Reading) -> int:
    """How many steps a page looks at: fewer of a larger LSTM."""
    lstm = reading.lstm
    units = (lstm.hidden_size + (lstm.proj_size or lstm.hidden_size)) * lstm.num_layers * (1 + lstm.bidirectional)
    return min(MOST_STEPS, MOST_STATES // units)


def text_of(reading: Reading, asked: Units) -> str:
    """What is read: the opened file, or the sentence."""
    return reading.document.text if reading.document else asked.view.source.sentence


def lines_of(text: str) -> list[str]:
    """The lines that hold anything, each with its line break."""
    return [line for line in text.splitlines(keepends=True) if line.strip()]


def _bytes(found: Sample) -> int:
    readings = [*found.found, *found.held]
    tensors = [tensor for trace in traces(readings) for tensor in trace.tensors().values()]
    return sum(int(tensor.nbytes) for tensor in tensors) + sum(size_of.of_texts(one.tokens) for one in readings)


def _what_is_sampled(asked: Units, reading: Reading) -> tuple[object, ...]:
    return asked.view.source, asked.lines, asked.held, asked.held_out, reading.model is None


def _is_long(asked: Units, reading: Reading) -> bool:
    return len(reading.tokens) > limits.LONG or len(asked.held_out) > limits.LONG


# Another question is asked of the same sequences.
@remembered(Budget.SAMPLES, key=_what_is_sampled, bytes_of=_bytes, is_heavy=_is_long)
def sample(asked: Units, reading: Reading) -> Sample:
    """What to search and what to check it on. Raises LstmCoreError when the other text can't be read."""
    if reading.series is not None:
        return _of_series(asked, reading)
    text = text_of(reading, asked)
    lines, half = lines_of(text), []
    notices = []
    if asked.held == "half" and len(lines) > 1:
        middle = (len(lines) + 1) // 2
        text, half = "".join(lines[:middle]), ["".join(lines[middle:])]
    elif asked.held == "half":
        notices.append("One line of text: nothing to test on. Add a second text to check these results.")
    other = [asked.held_out] if asked.held == "own" and asked.held_out.strip() else half
    found, cut = _read_all(asked, _sequences(text, asked, bool(half)))
    held, _ = _read_all(asked, [part for text in other for part in _sequences(text, asked, bool(half))])
    return Sample(found, held, notices + cut)


def _sequences(text: str, asked: Units, split: bool) -> list[str]:
    """Each line where that is asked for, else the whole text."""
    if asked.lines:
        return lines_of(text)
    # A text that nothing was cut from is read to its last blank, as on the main page.
    return [text] if split or text.strip() else []


def _read_all(asked: Units, texts: list[str]) -> tuple[list[Reading], list[str]]:
    """Texts read one by one, as many steps of them as a page looks at."""
    readings: list[Reading] = []
    steps, notices = 0, []
    for text in texts[:MOST_LINES]:
        reading = read(replace(asked.view.source, sentence=text, file=""))
        if reading.trace is None:
            if reading.tokens or text.strip():
                raise LstmCoreError(" ".join(reading.notices))
            continue
        room = most_steps(reading) - steps
        if len(reading.tokens) > room:
            notices.append(f"The search goes over the first {most_steps(reading):,} steps.")
            if room > 1:
                readings.append(_steps(reading, 0, room))
            break
        readings.append(reading)
        steps += len(reading.tokens)
    if len(texts) > MOST_LINES:
        notices.append(f"The search goes over the first {MOST_LINES:,} lines.")
    return readings, notices


def _of_series(asked: Units, reading: Reading) -> Sample:
    """Numbers are split in the middle of their rows."""
    steps = len(reading.tokens)
    if asked.held == "own" and asked.held_out.strip():
        other = read(replace(asked.view.source, sentence=asked.held_out, file=""))
        if other.trace is None or other.series is None or reading.series is None:
            raise LstmCoreError(" ".join(other.notices))
        if other.series.names != reading.series.names:
            raise LstmCoreError(
                f"Expected the columns {', '.join(reading.series.names)} in the held-out table, "
                f"got {', '.join(other.series.names)}."
            )
        return Sample([reading], [first(other)[0]], [])
    if asked.held == "half" and steps > 3:
        middle = (steps + 1) // 2
        return Sample([_steps(reading, 0, middle)], [_steps(reading, middle, steps)], [])
    return Sample([reading], [], [])


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
