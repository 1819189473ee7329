"""What stands on the wires of a drawn LSTM, GRU or plain RNN cell? The numbers of one unit at one step."""

from math import tanh
from typing import TypedDict

from torch import Tensor

from gatescope.drawing.scales import Scale, Scales, gates, states
from lstm_core import SequenceModel, Trace
from lstm_core.plots.labels import label, signed
from lstm_core.plots.palette import Look
from lstm_core.traces.recorded import Recorded

NAMES = {"lstm": "LSTM", "gru": "GRU", "rnn": "plain RNN"}


class CellScales(Scales):
    """The scales of a drawn cell: of h and the gates, and of c."""

    memory: Scale


class DrawnCell(TypedDict):
    """A cell as the browser draws it, with its numbers, colours and words."""

    cell: str
    """lstm, gru or rnn."""
    values: dict[str, float]
    """What stands on the wires, by name."""
    x: list[float]
    scales: CellScales
    name: str
    unit: str
    """Which unit's cell it is, in few letters."""
    reads: str
    """What the cell reads: x and the step's word, or h of the layer below."""
    told: str
    """The numbers in words."""


def telling_unit(trace: Recorded, step: int) -> int:
    """The unit of the last layer to which most is added at a step; without a c, whose h changes most."""
    if "c" in trace.quantities:
        i, g = (getattr(trace, gate)[-1, 0, step, 0] for gate in "ig")
        return int((i * g).abs().argmax())
    return int((trace.h[-1, 0, step, 0] - trace.before("h")[-1, 0, step, 0]).abs().argmax())


def answering_unit(trace: Trace, model: SequenceModel, step: int, said: Tensor) -> int:
    """The unit of the last layer whose h does most for the answer at a step; `said`: (step, label)."""
    weights = model.linear.weight[said[step].argmax()].detach()
    return int((trace.h[-1, 0, step, 0] * weights).abs().argmax())


def drawn(cell: str, trace: Recorded, token: str, step: int, look: Look, unit: int | None = None) -> DrawnCell:
    """A cell of the last layer as the browser draws it: a unit, or the telling one of a step, with all of its numbers.

    `cell`: lstm, gru or rnn; `token`: what is read at the step.
    """
    unit, last = telling_unit(trace, step) if unit is None else unit, len(trace.h) - 1
    found = {name: getattr(trace, name)[-1, 0, step, 0, unit].item() for name in trace.quantities}
    before = {name: trace.before(name)[-1, 0, step, 0, unit].item() for name in trace.states}
    values = found | _between(cell, found, before)
    # A layer above the first reads h of the one below.
    x = trace.x[step, 0] if last == 0 else trace.h[-2, 0, step, 0]
    word = label(token)
    reach = max(1.0, float(trace.c[-1].abs().max())) if "c" in found else 1.0  # type: ignore[attr-defined]
    return {
        "cell": cell,
        "values": values,
        "x": x.tolist(),
        "scales": {"gates": gates(look), "states": states(look), "memory": states(look, reach)},
        "name": f"The {NAMES[cell]} cell: unit {unit} at “{word}”",
        "unit": f"unit {unit}",
        "reads": f"x “{word}”" if last == 0 else f"h of layer {last - 1}",
        "told": ", ".join(f"{name} is {signed(value)}" for name, value in values.items()) + ".",
    }


def _between(cell: str, found: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    """What flows between the recorded numbers."""
    if cell == "gru":
        z = found["z"]
        return {"before": before["h"], "kept": z * before["h"], "lets": 1 - z, "written": (1 - z) * found["n"]}
    if cell == "rnn":
        return {"recalled": before["h"]}
    kept, written = found["f"] * before["c"], found["i"] * found["g"]
    return {
        "before": before["c"],
        "recalled": before["h"],
        "kept": kept,
        "written": written,
        "tanh": tanh(found["c"]),
    }
