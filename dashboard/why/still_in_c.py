"""What still stands in c of a cell? The ledger: what each step wrote, times how much of it the forget gates kept."""

import math

import numpy as np

from gatescope.question.holds import Cell
from gatescope.why.drawer import Still, short
from gatescope.why.names import step_name
from lstm_core import LstmCoreError, Trace, ledger
from lstm_core.plots.labels import signed
from lstm_core.traces.trace import own_letter

MOST = 2_000
"""The most steps that have a share of their own."""
NOTHING = 0.005


def still_in_c(trace: Trace, tokens: list[str], cell: Cell, numbers: bool) -> Still:
    """The ledger of a cell. Raises LstmCoreError where c is no number."""
    shares = ledger(trace, cell.step, cell.layer, cell.direction).cell[:, cell.unit].numpy()
    c = float(trace.c[cell.layer, cell.direction, cell.step, 0, cell.unit])
    if not (math.isfinite(c) and np.isfinite(shares).all()):
        raise LstmCoreError("Expected a memory that is a number, got NaN or infinity.")
    start, of_steps = float(shares[0]), shares[1:]
    first, end = (cell.step, len(of_steps)) if cell.direction else (0, cell.step + 1)
    if end - first > MOST:
        first, end = (first, first + MOST) if cell.direction else (end - MOST, end)
    earlier = float(of_steps[:first].sum() + of_steps[end:].sum())
    own = of_steps[first:end]
    return Still(
        first=first,
        shares=[short(share) for share in own],
        start=short(start),
        earlier=short(earlier),
        c=short(c),
        said=_said(cell, own_letter(trace, "c"), c, start, earlier, step_name(tokens, cell.step, numbers)),
    )


def _said(cell: Cell, memory: str, c: float, start: float, earlier: float, at: str) -> str:
    layer = f" of layer {cell.layer}" if cell.layer else ""
    others = [
        f"{signed(share)} {name}"
        for share, name in ((start, "that it started with"), (earlier, "of steps too far to show"))
        if abs(share) >= NOTHING
    ]
    also = f", and {' and '.join(others)}" if others else ""
    return (
        f"{memory} of unit {cell.unit}{layer} at {at} is {signed(c)}: the sum of what still stands of each step{also}."
    )
