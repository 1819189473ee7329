"""What stands on the wires of a drawn LSTM, GRU or plain RNN cell? The numbers of one unit at one step."""

from __future__ import annotations

from math import tanh
from typing import Any

from dashboard.cells.reading import NAMES, Kind
from lstm_core.plots.labels import label, signed
from lstm_core.plots.palette import Look


def drawn(kind: Kind, tokens: list[str], step: int, look: Look) -> dict[str, Any]:
    """A kind of cell as the browser draws it: the unit whose h changes most at a step, with all of its numbers."""
    h, before = kind.trace.h[0, 0, step, 0], kind.trace.before("h")[0, 0, step, 0]
    unit = int((h - before).abs().argmax())
    found = {name: getattr(kind.trace, name)[0, 0, step, 0, unit].item() for name in kind.trace.quantities}
    values = _with_sums(kind, found, step, unit, before[unit].item())
    word = label(tokens[step])
    return {
        "cell": kind.cell,
        "values": values,
        "x": kind.trace.x[step, 0].tolist(),
        "scales": {
            "gates": _scale(look.gates, 0.0, 1.0),
            "states": _scale(look.states, -1.0, 1.0),
            "memory": _scale(look.states, -1.0, 1.0),
        },
        "name": f"The {NAMES[kind.cell]} cell: unit {unit} at “{word}”",
        "word": word,
        "told": ", ".join(f"{name} is {signed(value)}" for name, value in values.items()) + ".",
    }


def _with_sums(kind: Kind, found: dict[str, float], step: int, unit: int, before: float) -> dict[str, float]:
    """The recorded numbers, and what flows between them."""
    if kind.cell == "gru":
        z, n = found["z"], found["n"]
        return found | {"before": before, "kept": z * before, "lets": 1 - z, "written": (1 - z) * n}
    if kind.cell == "rnn":
        return found | {"recalled": before}
    c_before = kind.trace.before("c")[0, 0, step, 0, unit].item()
    kept, written = found["f"] * c_before, found["i"] * found["g"]
    return found | {
        "before": c_before,
        "recalled": before,
        "kept": kept,
        "written": written,
        "tanh": tanh(found["c"]),
    }


def _scale(colours: list[list[float | str]], low: float, high: float) -> dict[str, Any]:
    return {"colorscale": colours, "zmin": low, "zmax": high}
