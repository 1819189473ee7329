"""How does each unit remember, in which order are units drawn, and what does one do in a sentence?"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter, methodcaller
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.quantities import LEFT, RIGHT, table_of
from lstm_core.quantities import gates as gates_of
from lstm_core.traces.recorded import Recorded, checked_tokens
from lstm_core.traces.several_traces import (
    GivesTraces,
    Traces,
    all_steps,
    by_sequence,
    check_memory,
    each_trace,
    numbers_of_units,
    places_of,
)
from lstm_core.traces.trace import CellTrace, Trace

if TYPE_CHECKING:
    import pandas

# A step writes when |i ⊙ g| is at least this: a tenth of the most that one can write, for i and |g| stay below 1.
WRITE = 0.1
# The gate that says how much of a memory is kept, by kind of trace; a plain RNN has none.
KEEPS = {"an LSTM": "f", "a GRU": "z", "a cell": "f"}
Order = Literal["index", "leak", "similarity", "activity"]


def units(traces: Traces) -> pandas.DataFrame:
    """One row a (layer, direction, unit), over all steps of one or several traces of the same LSTM, GRU or RNN.

    `traces` may be an iterator, over the batches of a DataLoader for example: only sums are kept of each.

    `i_mean i_std` and so on for i f g o: mean and standard deviation (r z n of a GRU; an RNN has none).
    `i_left i_right` and so on for i f o (r z): the share of steps at which the gate is below 0.1, above 0.9.
    `leak`: how fast c (h of a GRU) leaks, not how long the network remembers (`horizon` says that), because h writes c
    again: by the gates alone half of it is left after ln 2 / -mean(ln f) steps, z in the place of f in a GRU; inf where
    f is always 1. An RNN has no gate that keeps, so no leak.
    `c_min c_max`: the range of c (h). `c_sign_changes`: how many steps took c (h) from one side of 0 to the other.
    `writes`: the share of steps that write, |i ⊙ g| ≥ 0.1 (|(1 - z) ⊙ n|).
    Steps past a sequence's end count for nothing; a state put in between two steps is no sign change. All is NaN of a
    unit that is NaN at some step.
    Of a `Scan` it is the table that the scan has, `Scan.units`, with other columns: no text is read again.

    Raises LstmCoreError when the traces are not of one LSTM.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3, num_layers=2), torch.randn(50, 1, 4))
    >>> units(trace)[["layer", "direction", "unit"]].values.tolist()
    [[0, 0, 0], [0, 0, 1], [0, 0, 2], [1, 0, 0], [1, 0, 1], [1, 0, 2]]
    """
    import pandas

    if isinstance(traces, GivesTraces) and hasattr(traces, "units"):
        return pandas.DataFrame(traces.units)
    table: Table | None = None
    numbers: dict[str, np.ndarray] = {}
    for trace in each_trace(traces):
        numbers = numbers or numbers_of_units(trace, trace.states[0])
        table = _table_of(trace) if table is None else joined_tables(table, _table_of(trace))
    # `each_trace` refuses an empty list.
    assert table is not None
    return pandas.DataFrame({name: np.ravel(values) for name, values in (numbers | _columns(table)).items()})


# What is counted of units, by column, such as f_mean; `count` is how many steps there are.
Table = dict[str, np.ndarray]


def joined_tables(a: Table, b: Table) -> Table:
    """What is counted of the steps of a and of b together (Chan, Golub & LeVeque 1979)."""
    weight = b["count"] / np.maximum(a["count"] + b["count"], 1)
    joined = {}
    for name, ours in a.items():
        theirs, (of, _, column) = b[name], name.partition("_")
        if column == "mean":
            joined[name] = ours + (theirs - ours) * weight
        elif column == "squares":
            delta = b[f"{of}_mean"] - a[f"{of}_mean"]
            joined[name] = ours + theirs + delta * delta * a["count"] * weight
        elif column in ("min", "max"):
            joined[name] = (np.minimum if column == "min" else np.maximum)(ours, theirs)
        elif column == "start":
            joined[name] = np.where(a["count"] > 0, ours, theirs)
        else:
            joined[name] = ours + theirs
    return joined


def _table_of(trace: Recorded) -> Table:
    """What is counted of one trace, each (layer, direction, unit); NaN of a unit whose memory is NaN at some step."""
    memory = trace.states[0]
    gates = {q: all_steps([trace], attrgetter(q)) for q in trace.whole if q not in (*trace.states, "h")}
    if "decay" in gates:
        raise LstmCoreError(
            "Expected a cell that keeps a share of its memory from 0 to 1, to say how its units remember, got another: "
            f"{', '.join(gates)}. plot() draws it, and find_units searches it."
        )
    held, before = (all_steps([trace], values) for values in (attrgetter(memory), methodcaller("before", memory)))
    table = {"count": np.array(len(held))}
    for name, gate in gates.items():
        table |= {f"{name}_mean": gate.mean(0), f"{name}_squares": ((gate - gate.mean(0)) ** 2).sum(0)}
    unknown = np.where(np.isnan(held).any(0), np.nan, 0.0)
    for name in [name for name in gates if name in gates_of(table_of(trace.quantities))]:
        shut, is_open = gates[name] < LEFT, gates[name] > RIGHT
        table |= {f"{name}_left": shut.sum(0) + unknown, f"{name}_right": is_open.sum(0) + unknown}
    if trace.module in KEEPS:
        with np.errstate(divide="ignore"):
            table["log_kept"] = np.log(gates[KEEPS[trace.module]]).sum(0) + unknown
    table |= {f"{memory}_min": held.min(0), f"{memory}_max": held.max(0)}
    table[f"{memory}_sign_changes"] = (held * before < 0).sum(0) + (unknown if np.isnan(unknown).any() else 0)
    if gates:
        in_or_added = gates["i"] * gates["g"] if "i" in gates else gates.get("added")
        written = (1 - gates["z"]) * gates["n"] if in_or_added is None else in_or_added
        table["writes"] = (np.abs(written) >= WRITE).sum(0) + unknown
    return table


def _columns(table: Table) -> dict[str, Any]:
    """What is said of each unit, (layer, direction, unit), by column."""
    steps = np.maximum(table["count"], 1)
    columns: dict[str, Any] = {}
    for name, values in table.items():
        if name.endswith("_squares"):
            columns[name.replace("_squares", "_std")] = np.sqrt(values / steps)
        elif name.endswith(("_left", "_right")) or name == "writes":
            columns[name] = values / steps
        elif name == "log_kept":
            columns["leak"] = _steps_to_half(values / steps)
        elif name != "count":
            columns[name] = values
    return columns


def leak(f: np.ndarray) -> np.ndarray:
    """Steps until half of c is left, ln 2 / -mean(ln f), by forget gates (step, ...) alone; 0 where one was quite shut.

    It says how fast c leaks, not how long the network remembers: see `lstm_core.horizon`.
    """
    with np.errstate(divide="ignore"):
        return _steps_to_half(np.log(f).mean(0))


def _steps_to_half(mean_log: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        steps: np.ndarray = np.log(2) / np.abs(mean_log)
    return steps


# In which order do the rows of a heatmap tell the most?


def order_units(trace: Trace | CellTrace, by: Order = "index", layer: int = 0, direction: int = 0) -> list[int]:
    """The units of one layer and direction, in the order in which to draw them.

    `index`: the LSTM's own order. `leak`: the slowest leak of c first (`units`). `activity`: the most varied c first,
    by its standard deviation. `similarity`: units with correlated c side by side.

    Raises LstmCoreError when the order, layer or direction is unknown.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(50, 1, 4))
    >>> sorted(order_units(trace, by="similarity"))
    [0, 1, 2]
    """
    if by not in get_args(Order):
        raise LstmCoreError(f"Expected an order of {', '.join(get_args(Order))}, got {by!r}.")
    check_memory(trace)
    layer, direction = places_of(trace, layer=layer, direction=direction)
    if by == "index":
        return list(range(trace.c.shape[-1]))
    values = trace.f if by == "leak" else trace.c
    steps = np.concatenate([steps[:, layer, direction] for steps in by_sequence(trace, values)])
    if by == "similarity":
        return seriate(steps)
    key = leak(steps) if by == "leak" else steps.std(0)
    return [int(unit) for unit in np.argsort(-key, kind="stable")]


def seriate(c: np.ndarray) -> list[int]:
    """The columns of (step, unit), in an order that puts correlated columns side by side.

    Sorted by the Fiedler vector of the graph with edges (1 + correlation) / 2: it places strongly tied units close
    together on a line (Atkins, Boman & Hendrickson 1998). The vector has two directions; we take the one where the
    first unit comes before the last. A unit that never changes has correlation 0 with every other.
    """
    moved = c - c.mean(0)
    length = np.linalg.norm(moved, axis=0)
    # The mean of a constant may round: the difference that remains counts as 0.
    still = length <= 1e-12 * np.linalg.norm(c, axis=0)
    unit_length = np.where(still, 0.0, moved / np.where(still, 1.0, length))
    ties = (1 + unit_length.T @ unit_length) / 2
    laplacian = np.diag(ties.sum(0)) - ties
    # Move the constant vector (eigenvalue 0) to the other end of the spectrum.
    _, vectors = np.linalg.eigh(laplacian + 1.0)
    order: list[int] = np.argsort(vectors[:, 0], kind="stable").tolist()
    return order if order.index(0) <= order.index(len(order) - 1) else order[::-1]


# What does a unit do here, in a sentence?

# How far a held value may drift while |c| is at most 1; in proportion to |c| above.
DRIFT = 0.1
# The most tokens of a span that are written out; a longer span shows its first and last token.
LONGEST = 5


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
