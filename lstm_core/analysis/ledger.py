"""What is written in c, and by which terms? How much still stands there of what each step wrote?

    c_T = (∏ f) c_0 + Σ_s (∏_{t>s} f_t) i_s g_s        what each step wrote, times how much of it survived

elementwise, and exact: the recurrence c = f ⊙ c_before + i ⊙ g unrolled (Murdoch & Szlam 2017, "Automatic rule
extraction from long short term memory networks"). It does not say why c is what it is: what left c through h and was
written again counts for the later steps, and all gates are taken as they were. `lstm_core.explain` says why.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError, check_kind, counted
from lstm_core.plots.answer import START
from lstm_core.plots.labels import ShownResult
from lstm_core.recording.call import weights_of
from lstm_core.traces.several_traces import check_lstm, check_memory, places_of
from lstm_core.traces.trace import LSTM_SHOWN, CellTrace, Trace

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

# One step, computed again from its recorded gates, differs by fewer roundings than this.
_ROUNDINGS = 64


@dataclass(frozen=True, eq=False, repr=False)
class Ledger(ShownResult):
    """What is written in one cell state, by source: source 0 is the state at the start of the reading, s + 1 is step s.

    A step that was not read yet, or was read before a reset, has a share of 0. All in float64.
    """

    written: Tensor
    """(source, unit): what each source put into the memory, i ⊙ g; for source 0 the state itself."""
    survived: Tensor
    """(source, unit): the product of the forget gates read since, from 0 to 1."""
    read: Tensor
    """(source,): the sources that were read, in the order of reading."""
    o: Tensor | None
    """(unit,): the output gate at the step; None of a hand-written cell whose h is not o ⊙ tanh c."""
    set_h: Tensor
    """(unit,): the value at which the run held h, and NaN where h is o ⊙ tanh c."""
    time: int
    """The index of the step whose memory is split."""
    direction: int
    tokens: list[str] | None
    """The tokens of the whole sequence: source s + 1 is token s."""
    steps: Sequence[int]
    """The number that each step had in the whole run, where the trace is a part of one."""

    def plot(self, unit: int) -> Figure:
        """A Plotly figure of one unit: what each step added to its cell state, words coloured by their shares."""
        from lstm_core.plots.answer import shares, sources_shown
        from lstm_core.plots.page_figure import LIGHT, as_plotly

        values = self.cell[:, unit].numpy()
        words = self.tokens or [f"{step}" for step in self.steps]
        found = sources_shown(values, words, self.time, self.direction, self._began)
        figure = shares(found, self.time, LIGHT, f"share in c of unit {unit}")
        return as_plotly(figure, f"What is written in c of unit {unit} after step {self.steps[self.time]}")

    def to_pandas(self) -> pandas.DataFrame:
        """A row a source, the largest first: its step in the whole run (-1: the state at the start, or before a step
        where a call began or steps were left out) and its token; its `part` of c, from 0 to 1, by the sizes of its
        shares over all units; and how much of what it wrote has `survived`, likewise. NaN: of nothing."""
        import pandas

        wrote, there = self.written.abs().sum(1), self.cell.abs().sum(1)
        rows = {"step": [-1, *self.steps], "token": [f"({self._began})", *(self.tokens or [""] * (len(there) - 1))]}
        numbers = {"part": there / there.sum(), "survived": there / wrote}
        table = pandas.DataFrame(rows | {name: values.numpy() for name, values in numbers.items()})
        read = table.iloc[self.read.tolist()]
        return read.sort_values("part", ascending=False, kind="stable").reset_index(drop=True)

    @property
    def _began(self) -> str:
        """What source 0 is the state of: the start, or before a step where a call began, or steps were left out."""
        first = int(self.read[1]) - 1
        at_start = first == len(self.steps) - 1 if self.direction else self.steps[first] == 0
        return START if at_start else f"before step {self.steps[first]}"

    def summary(self) -> str:
        """What was split, in a sentence."""
        units, step = self.cell.shape[1], self.steps[self.time]
        made = f"What is written in c of {counted(units, 'unit')} after step {step:,}"
        read = ", read from the right" if self.direction else ""
        nothing = " There it is 0." if not self.cell.any() else ""
        return f"{made}{read}; .cell has each unit's shares.{nothing}"

    @property
    def cell(self) -> Tensor:
        """(source, unit): the shares of c, `written` times `survived`. They sum to c."""
        return self.written * self.survived

    @property
    def hidden(self) -> Tensor:
        """(source, unit): the shares of o ⊙ tanh c, which is h unless a projection follows. They sum to o ⊙ tanh c.

        A source's share is o ⊙ (tanh(S) - tanh(S_before)), S being the sum of the shares of c up to and with it in the
        order of reading: Murdoch & Szlam's additive decomposition. No split of the tanh is the only exact one; this one
        telescopes, so its sum is exact, it is finite where c is 0, and the first source counts from 0.
        """
        if self.o is None:
            raise LstmCoreError("Expected a cell with h = o ⊙ tanh c, got another. Its shares of c are in .cell.")
        in_order = self.cell[self.read].cumsum(0).tanh().diff(dim=0, prepend=torch.zeros_like(self.cell[:1]))
        shares = torch.zeros_like(self.cell)
        shares[self.read] = self.o * in_order
        held = ~self.set_h.isnan()
        shares[:, held] = 0.0
        shares[self.time + 1, held] = self.set_h[held]
        return shares


def ledger(trace: Trace | CellTrace, time: int, layer: int = 0, direction: int = 0, batch: int | None = None) -> Ledger:
    """What is written in the cell state after step `time` of sequence `batch`, by default the first that the trace has,
    in one layer and direction, by source.

    The recurrence c = f ⊙ c_before + i ⊙ g, unrolled: Murdoch & Szlam 2017, "Automatic rule extraction from long short
    term memory networks". It does not say why: what h read and wrote again counts for the later step. `explain` does.

    Direction 1 reads from the right, so there the sources are the steps from the sequence's end to `time`. After a
    reset the steps before it have no share, and source 0 is the state that was put in. Where the run held c at a
    value, earlier steps have no share either: the value counts as written by that step. Time and memory grow with the
    length alone. Of a part of a trace, `time` and the places are those of the whole run, as in `Trace.sel`, and the
    sources are the part's own steps. -1 is the sequence's last step. Raises LstmCoreError when the trace has no such
    time, layer, direction or batch.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(5, 1, 4))
    >>> shares = ledger(trace, time=4).cell
    >>> shares.shape, torch.allclose(shares.sum(0), trace.c[0, 0, 4, 0].double(), atol=1e-6)
    (torch.Size([6, 3]), True)
    """
    check_memory(trace)
    layer, direction, time, batch = places_of(trace, layer=layer, direction=direction, time=time, batch=batch)
    length = trace.lengths_or_time()[batch]
    steps, start = _read_until(trace, time, layer, direction, batch)
    kept, wrote = _kept_and_written(trace, steps, start, (layer, direction, batch))
    # Multiplied up from the last step read: a gate of 0 is a factor, never a divisor.
    since = torch.cat([torch.ones_like(kept[:1]), kept.flip(0).cumprod(0)]).flip(0)
    read = torch.cat([torch.tensor([0]), steps + 1])
    written, survived = (torch.zeros(length + 1, trace.c.shape[-1], dtype=torch.float64) for _ in range(2))
    written[read], survived[read] = torch.cat([start.unsqueeze(0), wrote]), since
    o, set_h = None, torch.full_like(start, torch.nan)
    if trace.config.get("shown", LSTM_SHOWN) == LSTM_SHOWN:
        o, h = (_float64(values[layer, direction, time, batch]) for values in (trace.o, trace.h))
        set_h = _where_held(h, o * (written * survived).sum(0).tanh(), trace)
    return Ledger(
        written=written,
        survived=survived,
        read=read,
        o=o,
        set_h=set_h,
        time=time,
        direction=direction,
        tokens=None if trace.tokens is None else trace.tokens[batch],
        steps=trace.coords["time"][:length],
    )


def _read_until(trace: Trace | CellTrace, time: int, layer: int, direction: int, batch: int) -> tuple[Tensor, Tensor]:
    """The steps read since the last reset up to `time`, in the order of reading, and the state (unit,) before them."""
    starts = {0: trace.c0}
    if trace.reset_c is not None:
        anew = trace.anew("c")[:, layer, direction, batch].tolist()
        starts |= {t: start for t, start, own in zip(trace.resets, trace.reset_c, anew, strict=True) if own}
    bounds = [*starts, trace.lengths_or_time()[batch]]
    call = bisect_right(bounds[1:-1], time)
    first, end = bounds[call], bounds[call + 1]
    steps = torch.arange(first, time + 1) if direction == 0 else torch.arange(end - 1, time - 1, -1)
    return steps, _float64(starts[first][layer, direction, batch])


def _kept_and_written(
    trace: Trace | CellTrace, steps: Tensor, start: Tensor, at: tuple[int, int, int]
) -> tuple[Tensor, Tensor]:
    """f and i ⊙ g of some steps in the order of reading, (step, unit); 0 and the held value where c was held, 1 and 0
    where a step kept all, 0 and 0 where a mask emptied c."""
    layer, direction, batch = at
    share = "decay" if "decay" in trace.kept else "f"
    of_update = (share, "c", "added") if "added" in trace.kept else (share, "c", "i", "g")
    f, c, *terms = (_float64(getattr(trace, q)[layer, direction, :, batch])[steps] for q in of_update)
    written, before = math.prod(terms[1:], start=terms[0]), torch.cat([start.unsqueeze(0), c[:-1]])
    new = f * before + written
    free = _where_held(c, new, trace).isnan()
    # What was held counts as written by that step; what a mask emptied holds nothing of before.
    put, kept = ~free, torch.zeros_like(free)
    if isinstance(trace, CellTrace):
        put &= _held_c(trace, steps)
        kept = ~free & ~put & (c == before)
        put |= ~free & ~kept & (c == 0)
        if (~free & ~kept & ~put).any():
            raise LstmCoreError(
                f"Expected c = f ⊙ c_before + i ⊙ g, or a step that keeps or empties c, got another: "
                f"{trace.roles['c']}. What a step wrote can't be told from what it kept."
            )
    return f.where(free, 1.0).where(~put, 0.0), written.where(free, 0.0).where(~put, c)


def _held_c(trace: CellTrace, steps: Tensor) -> Tensor:
    """Where the run held c, (step, unit), at some steps in the order of reading from a sequence's start."""
    numbers, first = trace.coords["time"], int(steps[0])
    start = numbers[first] if first else 0
    where = trace.config.get("c_held", {})
    of_steps, of_units = (set(where.get(what, ())) for what in ("steps", "units"))
    held_steps = torch.tensor([numbers[step] - start in of_steps for step in steps.tolist()])
    return held_steps.unsqueeze(1) & torch.tensor([unit in of_units for unit in trace.coords["unit"]])


def _where_held(value: Tensor, computed: Tensor, trace: Trace | CellTrace) -> Tensor:
    """The recorded value where it differs from the equation, because it was held; NaN everywhere else."""
    # With a projection h can't be checked, because a trace does not hold its weights.
    if value.shape != computed.shape:
        return torch.full_like(computed, torch.nan)
    bound = max(_ROUNDINGS * torch.finfo(trace.c.dtype).eps, 4 * trace.max_error)
    return value.where((value - computed).abs() > bound * value.abs().clamp(min=1.0), torch.nan)


def _float64(values: Tensor) -> Tensor:
    return values.detach().cpu().double()


# What happens inside one cell at one step? Every term of the equations, as numbers.


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
