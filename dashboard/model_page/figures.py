"""What is drawn of a model that was opened: the weights of its parts, and its gates while it reads?

Weights are in the form of `assets/browser/weights.js`, rows over steps in that of `assets/browser/picture/rows.js`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gatescope.reading.read import Reading
from gatescope.recording.wire_format import rounded
from lstm_core import Trace
from lstm_core.plots.labels import label
from lstm_core.plots.strips import scale_of, strips_of
from lstm_core.quantities import blocks, table_of
from lstm_core.recording.kinds import kind_of

Drawn = dict[str, Any]
# The most units of a picture; of a part the most rows and columns of each matrix. Pixels of a row with its numbers.
MOST_UNITS, MOST_ROWS, MOST_COLUMNS, ROW = 12, 8, 12, 21


def sent(values: np.ndarray | Tensor) -> list[list[float | None]]:
    """Numbers as the console has them: seven digits are those of a float32."""
    return [rounded(row, 7) for row in np.asarray(values)]


# Which weights has a part? The first of each of its matrices, a group a gate.


def weights(part: nn.Module | None, names: Sequence[str]) -> Drawn | None:
    """The first weights of a part, and its rows' names; None for one that has no matrix of its own.

    Of an LSTM, GRU or RNN they are those of its first layer, left to right. Where columns are left out, "…" says so."""
    if isinstance(part, (nn.RNNBase, nn.RNNCellBase)):
        groups = _by_gate(part)
        names = []
    elif isinstance(part, nn.Linear):
        groups = {"": {"W h": part.weight} | ({} if part.bias is None else {"b": part.bias[:, None]})}
    else:
        table = getattr(part, "vectors", part)
        if not isinstance(table, nn.Embedding):
            return None
        groups = {"": {"x": table.weight}}
    cut = {
        gate: {f"{what} …" if matrix.shape[1] > MOST_COLUMNS else what: _first(matrix) for what, matrix in each.items()}
        for gate, each in groups.items()
    }
    matrices = [matrix for each in cut.values() for matrix in each.values()]
    rows = range(len(matrices[0]))
    return {
        "rows": [label(names[row], 10) if row < len(names) else str(row) for row in rows],
        "groups": [
            {"gate": gate, "parts": [{"of": what, "z": sent(matrix)} for what, matrix in each.items()]}
            for gate, each in cut.items()
        ],
        "reach": max(scale_of(matrices, 0.1), 0.1),
    }


def _by_gate(cell: nn.RNNBase | nn.RNNCellBase) -> dict[str, dict[str, Tensor]]:
    """What makes each gate at a step: the weights of x and of h, and the biases."""
    of: dict[str, Tensor] = dict(cell.named_parameters())
    layer = "_l0" if isinstance(cell, nn.RNNBase) else ""
    made = {"W x": of[f"weight_ih{layer}"], "U h": of[f"weight_hh{layer}"]}
    if cell.bias:
        made["b"] = torch.stack([of[f"bias_ih{layer}"], of[f"bias_hh{layer}"]], dim=1)
    gates = blocks(table_of(kind_of(cell).trace.quantities)) or ("h",)
    each = {what: matrix.chunk(len(gates)) for what, matrix in made.items()}
    return {gate: {what: chunks[at] for what, chunks in each.items()} for at, gate in enumerate(gates)}


def _first(matrix: Tensor) -> np.ndarray:
    return matrix[:MOST_ROWS, :MOST_COLUMNS].detach().float().numpy()


# What does a newly opened model show first? What it says at each step, and under it the gates of its last layer.


def first_picture(reading: Reading, trace: Trace) -> tuple[str, Drawn]:
    """Every quantity (unit, step) of the last layer, of many units those whose memory moves most, under the likeliest
    label of each step and how sure it is; and a sentence on what they are."""
    layers, directions, units = (trace.sizes[dim] for dim in ("layer", "direction", "unit"))
    cells = {one.quantity: trace.cells(one.quantity, layers - 1) for one in strips_of(trace.quantities)}
    memory = "c" if "c" in cells else "h"
    # As on the page Memory.
    reach = scale_of([cells[memory]])
    moving = np.nan_to_num(np.ptp(cells[memory], axis=1))
    most = sorted(np.argsort(-moving, kind="stable")[:MOST_UNITS].tolist())
    strips = []
    for one in strips_of(trace.quantities):
        values = cells[one.quantity]
        # A projection's h has other units.
        rows = most if len(values) == units else list(range(len(values)))[:MOST_UNITS]
        strip = {"quantity": one.quantity, "scale": one.scale, "title": one.title, "question": one.question}
        named = {"rows": [str(row) for row in rows], "units": rows, "z": sent(values[rows])}
        strips.append(strip | named | ({"reach": reach} if one.quantity == memory else {}))
    model, probabilities, labelled = reading.model, reading.probabilities(), []
    if model and probabilities is not None and model.gives in ("classes", "set"):
        each = zip(*(found.tolist() for found in probabilities.nan_to_num().max(-1)), strict=True)
        said = [{"label": label(model.labels[row], 10), "share": sure, "strong": False} for sure, row in each]
        labelled = [{"name": "says", "labels": said}]
    some = [f"layer {layers - 1}"] * (layers > 1) + ["reading from the left"] * (directions == 2)
    some += [f"the {MOST_UNITS} of {units:,} units whose memory moves most"] * (units > MOST_UNITS)
    ends = f"gates go from 0 (pale) to 1 (dark), {memory} from −{reach:,g} (blue) to {reach:,g} (red)."
    shown = f"{', '.join(some)}: {ends}" if some else ends
    picture = {"tokens": reading.tokens, "strips": strips, "high": ROW, "labelled": labelled}
    return shown[:1].upper() + shown[1:], picture
