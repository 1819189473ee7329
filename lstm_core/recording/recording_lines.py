"""What does a recording say of itself: a line a module?"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from lstm_core.recording.kinds import AnyTrace


def lines_of(calls: Mapping[str, Sequence[AnyTrace]]) -> list[tuple[str, str, str, str, str]]:
    """Name, kind, sizes, number of calls and proof of each module that was called."""
    return [(name or '""', type(traces[0]).__name__, *_facts(traces)) for name, traces in calls.items()]


def _facts(traces: Sequence[AnyTrace]) -> tuple[str, str, str]:
    sizes = traces[0].sizes
    steps = sum(trace.sizes["time"] for trace in traces)
    batches = {trace.sizes["batch"] for trace in traces}
    directions = " × 2 directions" if sizes["direction"] == 2 else ""
    batch = str(min(batches)) if len(batches) == 1 else f"{min(batches)} to {max(batches)}"
    said = [
        _counted(sizes["layer"], "layer") + directions,
        _counted(steps, "step"),
        f"batch {batch}",
        _counted(sizes["unit"], "unit"),
    ]
    error = max(trace.max_error for trace in traces)
    return ", ".join(said), _counted(len(traces), "call"), f"max_error {error:.0e}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def as_text(calls: Mapping[str, Sequence[AnyTrace]]) -> str:
    """A recording as a terminal prints it."""
    rows = lines_of(calls)
    if not rows:
        return "Recording of no module: none was called"
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"Recording of {_counted(len(rows), 'module')}:", *lines])


def as_html(calls: Mapping[str, Sequence[AnyTrace]]) -> str:
    """A recording as a notebook shows it."""
    head, *_ = as_text(calls).split("\n")
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in lines_of(calls))
    return f"<p>{head}</p><table>{rows}</table>"
