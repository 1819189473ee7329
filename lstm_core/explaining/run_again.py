"""What does the model answer when a cell is left out alone, or when some units forget the event at one step?"""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from lstm_core.explaining.question import Question, at_once
from lstm_core.explaining.two_runs import in_float64
from lstm_core.quantities import Gate
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene
from lstm_core.recording.record import run

Units = tuple[np.ndarray, ...]
"""Numbers of layers, and numbers of units in them."""


def outputs_without_each(question: Question, cells: Sequence[tuple[Any, Any]]) -> Tensor:
    """(cell, output): what the model gives to x without each of some cells (step, feature) alone; many at once."""
    found, most = [], at_once(question.module, len(question.a))
    for some in (cells[first : first + most] for first in range(0, len(cells), most)):
        x = question.a.unsqueeze(1).repeat(1, len(some), 1)
        for number, (step, feature) in enumerate(some):
            x[step, number, feature] = question.b[step, feature]
        found.append(question.outputs(x))
    return torch.cat(found)


def answers_with_patches(question: Question, places: Sequence[Units], at: int) -> np.ndarray:
    """(place,): how much the answer falls where some units have, at step `at`, the memory of the run without the event.

    h of that step follows from the memory put in; later steps go on from both.
    """
    module = in_float64(question.module)
    a, b = (each.cpu().double().unsqueeze(1) for each in (question.a, question.b))
    memory = run(module, b)
    letter = cast("Gate", memory.states[0])
    states = getattr(memory, letter)[:, 0, at, 0]
    chosen = torch.zeros(len(states), len(places), states.shape[1], dtype=torch.bool)
    for number, (layers, units) in enumerate(places):
        chosen[layers, number, units] = True

    def put(layer: int) -> Hold:
        def value(would_be: Tensor) -> Tensor:
            return torch.where(chosen[layer], states[layer], would_be)

        return Hold(letter, value, layer=layer, steps=[at])

    held = [put(layer) for layer in range(len(states)) if chosen[layer].any()]
    with torch.no_grad():
        as_it_is = module(a)[0][question.time, 0] @ question.readout
        with intervene(module, *held):
            patched = module(a.expand(-1, len(places), -1))[0][question.time] @ question.readout
    found: np.ndarray = (as_it_is - patched).numpy()
    return found
