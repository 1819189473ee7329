"""What happens inside one cell at one step? Every term of the equations, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from lstm_core.analysis.shown import ShownResult
from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.recording.call import weights_of
from lstm_core.traces.several_traces import check_lstm, places_of
from lstm_core.traces.trace import Trace

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Gate:
    """One gate of one unit: activation(W x + U h_before + b), the products term by term."""

    weights_x: list[float]
    """The unit's row of W, (feature,)."""
    weights_h: list[float]
    """The unit's row of U, (h unit,)."""
    from_x: float
    """W x."""
    from_h: float
    """U h_before."""
    bias: float
    """b_ih + b_hh, or 0."""
    pre: float
    """W x + U h_before + b."""
    value: float
    """σ(pre); for the candidate tanh(pre)."""


@dataclass(frozen=True, repr=False)
class Anatomy(ShownResult):
    """One unit of one layer and direction at one step, from what it reads to what it shows."""

    x: list[float]
    """The layer's input, (feature,): x, or h of the layer below (both directions, one after the other)."""
    h_before: list[float]
    """h of all units before the step, (h unit,)."""
    i: Gate
    f: Gate
    g: Gate
    o: Gate
    c_before: float
    kept: float
    """f ⊙ c_before."""
    written: float
    """i ⊙ g."""
    c: float
    """kept + written."""
    tanh_c: float
    h: float
    """o ⊙ tanh c. With `proj_size` this goes through W_hr before it is the trace's h."""

    def to_pandas(self) -> pandas.DataFrame:
        """A row a gate: from_x, from_h and bias, which sum to pre, and the gate's value."""
        import pandas

        table = pandas.DataFrame([vars(gate) for gate in (self.i, self.f, self.g, self.o)])
        return table.drop(columns=["weights_x", "weights_h"]).assign(gate=list("ifgo")).set_index("gate").reset_index()

    def summary(self) -> str:
        """The two equations that follow the gates, with their numbers."""
        kept = f"c = f·c_before + i·g = {self.kept:.4g} + {self.written:.4g} = {self.c:.4g}"
        return f"{kept}; h = o·tanh c = {self.o.value:.4g} · {self.tanh_c:.4g} = {self.h:.4g}"


def anatomy(
    lstm: nn.LSTM | nn.LSTMCell,
    trace: Trace,
    *,
    unit: int,
    time: int,
    layer: int = 0,
    direction: int = 0,
    batch: int | None = None,
) -> Anatomy:
    """Every term of the equations for one unit at one step of a trace of `lstm`, in float64.

    They are those of the module's weights as they are now: where the run held a value, or the module has learnt since,
    the trace has other numbers.

    Raises LstmCoreError when the trace has no such cell, or the module is not the one that was recorded.

    >>> import torch, lstm_core
    >>> lstm = torch.nn.LSTM(4, 3)
    >>> trace = lstm_core.run(lstm, torch.randn(5, 1, 4))
    >>> cell = anatomy(lstm, trace, unit=2, time=4)
    >>> abs(cell.kept + cell.written - trace.c[0, 0, 4, 0, 2].item()) < 1e-6
    True
    """
    check_lstm(trace)
    check_kind(lstm, (nn.LSTM, nn.LSTMCell), "an nn.LSTM", "Give the module that was recorded, then its trace.")
    places = places_of(trace, layer=layer, direction=direction, time=time, batch=batch, unit=unit)
    _check_recorded(lstm, trace)
    w = weights_of(lstm)[layer][direction]
    layer, direction, time, batch, unit = places
    read = trace.input_of(layer)[time, batch].double()
    recalled = trace.before("h")[layer, direction, time, batch].double()
    biases = torch.zeros_like(w.ih[:, 0]) if w.bias_ih is None or w.bias_hh is None else w.bias_ih + w.bias_hh
    # A row a gate.
    w_x, w_h, bias = (each[unit :: trace.c.shape[-1]].detach().double() for each in (w.ih, w.hh, biases))
    pre = w_x @ read + w_h @ recalled + bias
    i, f, g, o = values = torch.cat([pre[:2].sigmoid(), pre[2:3].tanh(), pre[3:].sigmoid()]).tolist()
    of_each = (w_x, w_h, w_x @ read, w_h @ recalled, bias, pre)
    gates: Any = dict(zip("ifgo", map(Gate, *(each.tolist() for each in of_each), values), strict=True))
    c_before = trace.before("c")[layer, direction, time, batch, unit].item()
    c = f * c_before + i * g
    tanh_c = torch.tensor(c, dtype=torch.float64).tanh().item()
    states: dict[str, Any] = {"c_before": c_before, "kept": f * c_before, "written": i * g, "c": c, "tanh_c": tanh_c}
    return Anatomy(read.tolist(), recalled.tolist(), **gates, **states, h=o * tanh_c)


def _check_recorded(lstm: nn.LSTM | nn.LSTMCell, trace: Trace) -> None:
    if "unit" in trace.numbers:
        got = str(list(trace.coords["unit"]))[:200]
        raise LstmCoreError(f"Expected a trace with all units, because each gate reads them, got units {got}.")
    recorded, given = (trace.config[key] for key in ("input_size", "hidden_size")), (lstm.input_size, lstm.hidden_size)
    if tuple(recorded) != given:
        raise LstmCoreError(f"Expected the LSTM that was recorded, {dict(trace.config)}, got {lstm}.")
