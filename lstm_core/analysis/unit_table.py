"""How does a table of units draw itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lstm_core.errors import LstmCoreError
from lstm_core.plots.page_figure import LIGHT, as_plotly
from lstm_core.plots.results import saturation

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


class UnitTable(pd.DataFrame):
    """The table that `lstm_core.units` gives: a DataFrame whose `plot()` draws the units.

    What is taken from it is a plain DataFrame. pandas' own drawings: `pandas.DataFrame(table).plot`.
    """

    # pandas keeps its drawings in an attribute of this name.
    def plot(self, gate: str | None = None) -> Figure:  # type: ignore[override]
        """A Plotly figure: how often each unit's gate is shut and how often open; f, or z of a GRU, unless named."""
        gates = [name.removesuffix("_left") for name in self.columns if name.endswith("_left")]
        chosen = gate or next((name for name in ("f", "z") if name in gates), "")
        if chosen not in gates:
            raise LstmCoreError(f"Expected a gate of {', '.join(gates) or 'none'} to draw, got {chosen or 'none'}.")
        return as_plotly(saturation(pd.DataFrame(self), chosen, LIGHT))

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame
