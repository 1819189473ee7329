"""The recorded numbers as a CSV that a spreadsheet opens, made some rows at a time.

A cell of text that begins with =, +, -, @, a tab or a carriage return gets an apostrophe before it: a spreadsheet would
take it for a formula and run it. Numbers stay as they are. (`Trace.to_csv` in the library writes every text as it is.)
"""

from collections.abc import Iterator

import numpy as np

from gatescope.export.visible_part import Sight
from gatescope.question.view import Shown
from gatescope.recording.window import stacks_of
from gatescope.serving import limits
from gatescope.serving.turns import go_on
from lstm_core import Trace
from lstm_core.traces.trace import own_letter

Units = dict[tuple[int, int], list[int]]
"""The visible units of each (layer, direction)."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""The beginnings of a cell that a spreadsheet reads as a formula."""
# Rows that are written at once: other visitors' pictures wait at most for these.
BLOCK = 2_000


def guarded(text: str | None) -> str | None:
    """A cell of text that no spreadsheet reads as a formula.

    >>> guarded("=1+1"), guarded("giraffe")
    ("'=1+1", 'giraffe')
    """
    return f"'{text}" if text is not None and text.startswith(FORMULA) else text


def rows_of(trace: Trace, shown: Shown, sight: Sight) -> Iterator[bytes]:
    """The visible rows of `Trace.to_csv`, some at a time, with their texts guarded, in the cell's own letters.

    Raises TooMuch if there are more rows than a CSV may have.
    """
    steps = sight.steps_of(trace)
    units = {stack: sight.units_of(trace, shown, *stack) for stack in stacks_of(trace, shown)}
    limits.ROWS.check(len(steps) * sum(map(len, units.values())))
    return _blocks(trace, shown, steps, units)


def _blocks(trace: Trace, shown: Shown, steps: range, units: Units) -> Iterator[bytes]:
    layers, directions, *_, width = trace.c.shape
    at_once = max(1, BLOCK // (layers * directions * width))
    for first in range(steps.start, steps.stop, at_once):
        go_on()
        rows = _steps(trace, first, min(first + at_once, steps.stop)).to_pandas()
        rows["time"] += first
        rows["token"] = [guarded(token) for token in rows["token"]]
        seen = np.zeros(len(rows), dtype=bool)
        for (layer, direction), chosen in units.items():
            stack = (rows["layer"] == layer) & (rows["direction"] == direction)
            seen |= (stack & rows["unit"].isin(chosen)).to_numpy()
        rows = rows[seen].drop(columns=[q for q in trace.kept if q not in shown.quantities])
        own = {q: own_letter(trace, q) for q in shown.quantities}
        text: str = rows.rename(columns=own).to_csv(index=False, header=first == steps.start)
        # Half of a surrogate pair can be typed but never written to a file.
        yield text.encode("utf-8", "replace")


def _steps(trace: Trace, first: int, end: int) -> Trace:
    """Some steps of a trace of one sequence."""
    cut = {q: getattr(trace, q)[:, :, first:end] for q in trace.kept}
    tokens = None if trace.tokens is None else [trace.tokens[0][first:end]]
    return trace.with_values(**cut, x=None, tokens=tokens, lengths=None, resets=())
