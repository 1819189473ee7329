"""Which units of many are shown at first? Those that weigh most in what the model says, or the most active ones."""

import torch
from torch import Tensor

from gatescope.drawing.shown_strips import Chosen, ordered, stacks_of, units_of
from gatescope.question.view import Shown
from gatescope.reading.read import Reading
from lstm_core import Trace

# So many units are always shown; of more units, some.
ALL_OF, FEWEST, MOST = 16, 8, 12
# Steps that decide how much a unit weighs.
WEIGHED = 2_000


def few_units(reading: Reading, trace: Trace, shown: Shown) -> Chosen:
    """The shown units of each stack; empty if all are shown."""
    there = trace.c.shape[-1]
    # An untrained LSTM says nothing, so no unit of it weighs in that.
    said = reading.model is not None or reading.elsewhere or shown.top == "active"
    if there <= ALL_OF or shown.top == "all" or not said or trace.config.get("proj_size"):
        return {}
    number = min(MOST, FEWEST + there // ALL_OF)
    chosen: Chosen = {}
    for layer, direction in stacks_of(trace, shown):
        first = _telling(reading, trace, shown, layer, direction)[:number]
        if shown.pin and (shown.pin.layer, shown.pin.direction) == (layer, direction) and shown.pin.unit not in first:
            first[-1] = shown.pin.unit
        chosen[layer, direction] = [unit for unit in units_of(trace, shown, layer, direction) if unit in first]
    return chosen


def _telling(reading: Reading, trace: Trace, shown: Shown, layer: int, direction: int) -> list[int]:
    """All units of a stack, the most telling first."""
    weighs = weights(reading, trace) if shown.top == "telling" and layer == trace.c.shape[0] - 1 else None
    if weighs is None:
        return ordered(trace, "activity", layer, direction)
    order: list[int] = torch.argsort(weighs[direction], descending=True, stable=True).tolist()
    return order


def weights(reading: Reading, trace: Trace) -> Tensor | None:
    """(direction, unit): how much each unit of the last layer weighs in what the model says, mean over the steps; None
    if the model has no labels.

    For classes: by how much h of the unit alone moves the logarithm of the probability of the label that is said, to
    first order. For others: by how much it moves the scores.
    """
    model, said = reading.model, reading.probabilities(slice(WEIGHED))
    if model is None or said is None or model.gives == "hidden":
        return None
    with torch.no_grad():
        h = torch.cat(list(trace.h[-1, :, :WEIGHED, 0]), dim=-1).float()
        linear = model.linear.weight.float()
        if model.gives == "classes":
            moved = h * (linear[said.nan_to_num().argmax(-1)] - said.float() @ linear)
        else:
            moved = (h - h.nanmean(0)) * linear.abs().sum(0)
        found: Tensor = moved.abs().nanmean(0).reshape(trace.h.shape[1], -1)
    return found
