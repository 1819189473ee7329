"""What is held at a value, and where?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_core.traces.trace import Quantity


@dataclass(frozen=True, eq=False)
class Hold:
    """One gate or state of some units held at a value at some steps (None: all) of one layer and direction."""

    gate: Quantity
    value: float | Tensor
    units: tuple[int, ...]
    layer: int = 0
    direction: int = 0
    steps: frozenset[int] | None = None

    def at(self, step: int) -> bool:
        """Whether anything is held at a step."""
        return self.steps is None or step in self.steps

    def spread(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Among values (batch, unit) of one step: which units are held, (unit,), and at what, (batch, unit)."""
        held, at = torch.zeros_like(values[0], dtype=torch.bool), torch.zeros_like(values)
        held[list(self.units)] = True
        at[:, self.units] = torch.as_tensor(self.value, dtype=values.dtype, device=values.device)
        return held, at

    def put(self, values: Tensor, first: int, value: float | Tensor | None = None) -> None:
        """Hold these units in values (time, batch, unit) of the steps from `first` on, at another `value` if given."""
        held = values[..., self.units]
        here = slice(None) if self.steps is None else [n for n in range(len(values)) if first + n in self.steps]
        value = self.value if value is None else value
        held[here] = torch.as_tensor(value, dtype=values.dtype, device=values.device)
        values[..., self.units] = held


def holds_of(holds: Sequence[Hold], layer: int, direction: int) -> list[Hold]:
    """What is held in one layer and direction."""
    return [hold for hold in holds if (hold.layer, hold.direction) == (layer, direction)]
