"""What does a recording say of itself: a line a module?"""

import html
from collections.abc import Mapping, Sequence

from lstm_core.recording.kinds import AnyTrace
from lstm_core.recording.several_calls import share_a_time_axis
from lstm_core.traces.summary import difference_and_nearness, joined_proof

CALLED_ELSEWHERE = (
    "The model was called in another thread or asyncio task, which the block did not begin: open a block there."
)


BY_HAND = "If the model computes such steps itself, record(model, names=['']) looks for them."
STOPPED = "The block ended with an exception before there was anything whole to record."


def _lines_of(calls: Mapping[str, Sequence[AnyTrace]]) -> list[tuple[str, str, str, str, str]]:
    """Name, kind, sizes, number of calls and proof of each module that was called."""
    return [(name or '""', type(traces[0]).__name__, *_facts(traces)) for name, traces in calls.items()]


def _facts(traces: Sequence[AnyTrace]) -> tuple[str, str, str]:
    sizes = traces[0].sizes
    steps = sum(trace.sizes["time"] for trace in traces)
    batches = {trace.sizes["batch"] for trace in traces}
    directions = " × 2 directions" if sizes["direction"] == 2 else ""
    batch = str(min(batches)) if len(batches) == 1 else f"{min(batches)} to {max(batches)}"
    said = f"{_counted(sizes['layer'], 'layer')}{directions}, {_counted(steps, 'step')}, batch {batch}"
    said += f", {_counted(sizes['unit'], 'unit')}"
    # Then a name gives no trace, as it does elsewhere.
    apart = "" if len(traces) == 1 or share_a_time_axis(traces) else f", apart: recording.calls[{traces[0].name!r}]"
    return said, _counted(len(traces), "call") + apart, f"max_error {difference_and_nearness(*joined_proof(traces))}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def as_text(calls: Mapping[str, Sequence[AnyTrace]], why_none: str = "", notes: Sequence[str] = ()) -> str:
    """A recording as a terminal prints it. `why_none`: the sentence that says why nothing was recorded, if it is known;
    `notes`: the sentences that name what was left out."""
    rows = _lines_of(calls)
    if not rows:
        return "Recording of no module" + (f". {why_none}" if why_none else ": none was called")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"Recording of {_counted(len(rows), 'module')}:", *lines, *notes])


def as_html(calls: Mapping[str, Sequence[AnyTrace]], why_none: str = "", notes: Sequence[str] = ()) -> str:
    """A recording as a notebook shows it."""
    head, *_ = as_text(calls, why_none).split("\n")
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in _lines_of(calls))
    return f"<p>{head}</p><table>{rows}</table>{''.join(f'<p>{html.escape(note)}</p>' for note in notes)}"


def where_to_look(unused: Sequence[str]) -> str:
    """What else to do where these modules were not called: they may lie beside a step by hand."""
    listed = ", ".join(map(repr, unused))
    return f"If it was called, it ran without {listed}: record(model, names=['']) looks for a hand-written cell in it."


def left_out(beside: Sequence[str], unused: Sequence[str]) -> list[str]:
    """The sentences that name modules that look like cells and were not recorded, and those that were not called."""
    said = [f"Not called: {', '.join(map(repr, unused))}. {BY_HAND}"] if unused else []
    if not beside:
        return said
    listed = ", ".join(map(repr, beside))
    return [*said, f"Not recorded: {listed}. To find its gates, name it: record(model, names=[{beside[0]!r}])."]
