"""What does this unit do here, in a sentence?"""

from collections.abc import Sequence

import numpy as np

from lstm_core.analysis.units import WRITE, leak
from lstm_core.arrays import as_numpy
from lstm_core.quantities import LEFT, RIGHT
from lstm_core.traces.recorded import checked_tokens
from lstm_core.traces.several_traces import check_memory, places_of
from lstm_core.traces.trace import CellTrace, Trace

DRIFT = 0.1
"""How far a held value may drift while |c| is at most 1; in proportion to |c| above."""
LONGEST = 5
"""The most tokens of a span that are written out; a longer span shows its first and last token."""


def describe_unit(
    trace: Trace | CellTrace,
    layer: int,
    unit: int,
    direction: int = 0,
    tokens: Sequence[str] | Sequence[Sequence[str]] | None = None,
    batch: int | None = None,
) -> str:
    """What one unit does over one sequence, in a sentence of the trace's own numbers.

    It *holds* a value |c| ≥ 0.1 where f > 0.9, |i ⊙ g| < 0.1 and c drifts by no more than a tenth; it *resets* where
    f < 0.1 and *writes* where |i ⊙ g| ≥ 0.1. The sentence names the longest hold, the most thorough reset and the
    strongest write; without a hold and a reset, how much the unit keeps a step. `tokens`: as in `lstm_core.run`; None
    takes the trace's own tokens, or step numbers.

    Raises LstmCoreError when the trace has no such unit, or the tokens are of another length.

    >>> import torch, lstm_core
    >>> lstm = torch.nn.LSTM(1, 1)
    >>> with lstm_core.intervene(lstm, "", units=[0], gate="f", value=0.05):
    ...     trace = lstm_core.run(lstm, torch.zeros(3, 1, 1), tokens=["in", "a", "field"])
    >>> describe_unit(trace, layer=0, unit=0)[:50]
    'Unit 0 resets at “in” (f = 0.05) and 2 more steps,'
    """
    check_memory(trace)
    at_layer, _, batch, at_unit = places_of(trace, layer=layer, direction=direction, batch=batch, unit=unit)
    lengths = trace.lengths_or_time()
    given = trace.tokens if tokens is None else checked_tokens(tokens, lengths)
    names = [f"step {step}" for step in trace.coords["time"][: lengths[batch]]] if given is None else given[batch]
    i, f, g, c, c_before = (
        as_numpy(values[at_layer, direction, : lengths[batch], batch, at_unit]).astype(np.float64)
        for values in (trace.i, trace.f, trace.g, trace.c, trace.before("c"))
    )
    clauses = [*_hold(f, i * g, c, names), *_reset(f, names), *_write(i * g, c_before, names)]
    if not any(clause.startswith(("holds", "resets")) for clause in clauses):
        clauses.insert(0, _fade(f))
    reads = "Reading from the right, unit" if direction else "Unit"
    *first, last = clauses
    listed = f"{', '.join(first)}, and {last}" if first else last
    return f"{reads} {unit} {listed}."


def _hold(f: np.ndarray, written: np.ndarray, c: np.ndarray, names: list[str]) -> list[str]:
    """The longest run of steps that keep the memory and add little to it."""
    runs: list[list[int]] = []
    for step in np.flatnonzero((f > RIGHT) & (np.abs(written) < WRITE) & (np.abs(c) >= WRITE)).tolist():
        if runs and runs[-1][-1] == step - 1 and abs(c[step] - c[runs[-1][0]]) <= DRIFT * max(1, abs(c[step])):
            runs[-1].append(step)
        else:
            runs.append([step])
    if not runs:
        return []
    longest = max(runs, key=len)
    value = f"{_number(c[longest[0]])} to {_number(c[longest[-1]])}"
    return [f"holds its value (c {value}) across {_span([names[step] for step in longest])}"]


def _reset(f: np.ndarray, names: list[str]) -> list[str]:
    """The step that keeps the least, if that is next to nothing."""
    resets = int((f < LEFT).sum())
    if not resets:
        return []
    step, more = int(f.argmin()), resets - 1
    also = f" and {more} more step{'s' * (more > 1)}" if more else ""
    return [f"resets at “{names[step]}” (f = {f[step]:.2f}){also}"]


def _write(written: np.ndarray, before: np.ndarray, names: list[str]) -> list[str]:
    """The step that writes the most, if any step writes."""
    writes = int((np.abs(written) >= WRITE).sum())
    if not writes:
        return [f"writes next to nothing (at most {np.abs(written).max():.2f} a step)"]
    step = int(np.abs(written).argmax())
    return [f"writes most at “{names[step]}” ({_number(written[step], '+')} onto {_number(before[step])})"]


def _fade(f: np.ndarray) -> str:
    """How much the unit keeps a step, unless it holds or resets."""
    half = leak(f)
    steps = f"half of c leaks in {half:,.{1 if half < 100 else 0}f} steps"
    if f.min() > RIGHT:
        return f"keeps at least {np.floor(100 * f.min()):.0f}% at every step ({steps})"
    return f"neither holds nor resets, it keeps {np.exp(np.log(f).mean()):.0%} a step ({steps})"


def _number(value: float, sign: str = "") -> str:
    """Two places, with a printed minus."""
    return f"{value:{sign}.2f}".replace("-", "−")


def _span(names: list[str]) -> str:
    """Tokens as text: characters without spaces, words with spaces, a long span as its first and last token."""
    gap = "" if any(name.isspace() for name in names) else " "
    if len(names) <= LONGEST:
        return f"“{gap.join(names)}”"
    ends = f"“{gap.join(names[:2])}{gap}…{gap}{gap.join(names[-2:])}”"
    return f"{ends} ({len(names)} steps)"
