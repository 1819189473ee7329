"""What did we record of a cell that somebody wrote by hand?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.traces.figure import maps_figure
from lstm_core.traces.recorded import Recorded

LSTM_SHOWN = "o ⊙ tanh(c)"
"""How h comes of c in an LSTM."""

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CellTrace(Recorded):
    """The gated memory of a hand-written cell over one run, found among what the model computes.

    `c` (layer, direction, time, batch, unit): the memory after the step. `f`: what multiplies the old memory; `i g`:
    the two whose product is added, so that c = f ⊙ c_before + i ⊙ g. `o h`: where they are found, what multiplies the
    memory's activation, and that product. There is one layer and one direction; a state (batch, *rest) has prod(rest)
    units, and `unit_shape` is rest. `c0` (layer, direction, batch, unit): what the first step read.
    `c_read`, in the dims of c: what the next step read, where it is not c itself, as in h' = f ⊙ tanh(h) + i ⊙ g.
    `roles`: by letter, how each was found, with its line in the code. Where a mask or a clamp follows the update, c is
    what that left: c is what the next step reads, a mask between two steps is in it, and in its rows c ≠ f ⊙ c_before
    + i ⊙ g. Where h is computed of c before the mask, h is before a mask too, in these rows h ≠ o ⊙ act(c), and
    `roles["h"]` says so.
    `max_error`: the proof, the largest absolute difference between the update, computed again from f, i, g and the
    memory before, and what the model itself computed; 0 if it is equal to the bit.

    There is no x: what a step reads besides its memory is not looked for. All else is as in `Trace`.

    >>> import torch, lstm_core
    >>> class Cell(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.gates = torch.nn.Linear(4, 6)
    ...     def forward(self, x, c):
    ...         f, g = self.gates(x).chunk(2, -1)
    ...         f = torch.sigmoid(f)
    ...         return f * c + (1 - f) * torch.tanh(g)
    >>> cell, c = Cell(), torch.zeros(2, 3)
    >>> with lstm_core.record(cell) as recording:
    ...     for x in torch.randn(5, 2, 4):
    ...         c = cell(x, c)
    >>> trace = recording.only
    >>> trace.kept, trace.roles["i"], torch.equal(trace.c[0, 0, -1], c)
    (('i', 'f', 'g', 'c'), '1 − f', True)
    """

    quantities: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o", "c", "h")
    states: ClassVar[tuple[str, ...]] = ("c",)
    module: ClassVar[str] = "a cell"

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    c: Tensor
    c0: Tensor
    h0: Tensor = None  # type: ignore[assignment]
    c_read: Tensor | None = None
    reset_c: Tensor | None = None

    @property
    def roles(self) -> Mapping[str, str]:
        """How each quantity was found, by its letter."""
        found: Mapping[str, str] = self.config.get("roles", {})
        return found

    @property
    def whole(self) -> tuple[str, ...]:
        """The quantities that were found."""
        return tuple(quantity for quantity in self.quantities if quantity in self.roles)

    @property
    def unit_shape(self) -> tuple[int, ...]:
        """The dims of one sequence's state, which `unit` counts through."""
        shape = tuple(self.config.get("unit_shape", ()))
        return shape if math.prod(shape) == self.sizes["unit"] else (self.sizes["unit"],)

    @property
    def is_lstm(self) -> bool:
        """Whether h is o ⊙ tanh(c), as in an LSTM."""
        return self.config.get("shown") == LSTM_SHOWN

    def before(self, quantity: str) -> Tensor:
        """The memory that each step read, in the dims of c."""
        if self.c_read is None or quantity != "c":
            return super().before(quantity)
        return self.with_values(c=self.c_read, c_read=None).before("c")

    def keep(self, *quantities: str) -> Self:
        """The trace with these quantities alone."""
        kept = super().keep(*quantities)
        return kept if "c" in quantities else kept.with_values(c_read=None)

    def plot_maps(
        self,
        channel: int = 0,
        *,
        batch: int = 0,
        quantities: Sequence[str] | None = None,
        title: str | None = None,
        width: int = 900,
    ) -> Figure:
        """A Plotly figure of a state that is maps, as in a ConvLSTM: one channel's map as a small picture a step, a row
        for each quantity. `unit_shape` is (channel, row, column), or (row, column) with one channel.

        The other arguments are as in `plot`; `trace.sel(time=slice(0, 20)).plot_maps(3)` draws some steps. Raises
        LstmCoreError for a state of another shape, and where the maps have no room in the width.
        """
        if len(self.unit_shape) not in (2, 3):
            raise LstmCoreError(
                f"Expected a cell whose state is maps, (channel, row, column) a sequence, got {self.unit_shape}. "
                "plot() draws it."
            )
        wanted = self.kept if quantities is None else quantities
        return maps_figure(self, self.unit_shape, channel, batch, wanted, title, width)

    def _why_not(self, name: str) -> str:
        if name == "x":
            return "Expected a quantity of the cell, got x: what a hand-written cell reads is not recorded."
        if name in self.quantities and name not in self.roles:
            return f"Expected a quantity that was found in the cell, {', '.join(self.roles)}, got {name}."
        return super()._why_not(name)
