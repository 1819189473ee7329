"""What is written in c: how much still stands there of what each step wrote?

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
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.analysis.shown import ShownResult
from lstm_core.errors import LstmCoreError, counted
from lstm_core.plots.answer import START
from lstm_core.traces.several_traces import check_memory, places_of
from lstm_core.traces.trace import LSTM_SHOWN, CellTrace, Trace

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure


_ROUNDINGS = 64
"""One step, computed again from its recorded gates, differs by fewer roundings than this."""


class ScoreShares(NamedTuple):
    """The scores of a Linear at one step, term by term: they sum to what the Linear gives."""

    shares: Tensor
    """(source, class): what each source's writing, as it stands in this direction's memory, adds to each score."""
    other: Tensor
    """(class,): what h of the other direction added; 0 without a second direction."""
    bias: Tensor
    """(class,): the Linear's own bias; 0 if it has none."""

    @property
    def scores(self) -> Tensor:
        """(class,): the sum of all terms."""
        return self.shares.sum(0) + self.other + self.bias


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
    other_h: Tensor
    """(h unit,): h of the other direction at the step; empty without a second direction."""
    h_units: int
    """How many units h has: fewer than c with `proj_size`."""
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

    def projected(self, weight_hr: Tensor) -> Tensor:
        """(source, h unit): the shares of h = W_hr (o ⊙ tanh c), the LSTM's `weight_hr_l…` (h unit, unit).

        Exact, because W_hr is linear. A trace holds no weights, so the caller gives them.
        """
        shape = self.h_units, self.cell.shape[1]
        if weight_hr.shape != shape:
            raise LstmCoreError(
                f"Expected weight_hr of shape {shape}, got {tuple(weight_hr.shape)}. Give this layer and direction's "
                "own, as lstm.weight_hr_l0."
            )
        return self.hidden @ _float64(weight_hr).T

    def scores(self, linear: nn.Linear, weight_hr: Tensor | None = None) -> ScoreShares:
        """What each source's writing, as it stands in c, adds to each class of a Linear that reads this step's h.

        All gates count as they were, so this is no answer to why a class has its score: `lstm_core.explain` gives one.

        The Linear reads h of this direction, or of both side by side, as `nn.LSTM` returns them. With `proj_size`
        give the layer's `weight_hr`. Raises LstmCoreError when the Linear's width is another.
        """
        shares = self.hidden if weight_hr is None else self.projected(weight_hr)
        widths = self.h_units, self.h_units + len(self.other_h)
        if shares.shape[1] != self.h_units or linear.in_features not in widths:
            raise LstmCoreError(
                f"Expected a Linear that reads {' or '.join(map(str, dict.fromkeys(widths)))} hidden units, got "
                f"in_features={linear.in_features} and {shares.shape[1]} units a direction. Give the layer that reads "
                "this LSTM's output; with proj_size, the LSTM's weight_hr too."
            )
        weight = _float64(linear.weight)
        none = weight.new_zeros(len(weight))
        parts = weight.chunk(linear.in_features // self.h_units, dim=1)
        own, rest = (parts[0], None) if len(parts) == 1 else (parts[self.direction], parts[1 - self.direction])
        return ScoreShares(
            shares=shares @ own.T,
            other=none if rest is None else rest @ self.other_h,
            bias=none if linear.bias is None else _float64(linear.bias),
        )


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
    h = _float64(trace.c[layer, :, time, batch])
    if trace.config.get("shown", LSTM_SHOWN) == LSTM_SHOWN:
        o, h = _float64(trace.o[layer, direction, time, batch]), _float64(trace.h[layer, :, time, batch])
        set_h = _where_held(h[direction], o * (written * survived).sum(0).tanh(), trace)
    return Ledger(
        written=written,
        survived=survived,
        read=read,
        o=o,
        set_h=set_h,
        other_h=h[1 - direction] if len(h) == 2 else h.new_zeros(0),
        h_units=h.shape[-1],
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
            rate = _mixed_at(c, before, new, trace)
            if rate is None:
                raise LstmCoreError(
                    f"Expected c = f ⊙ c_before + i ⊙ g, a step that keeps or empties c, or one rate that mixes them, "
                    f"got another: {trace.roles['c']}. What a step wrote can't be told from what it kept."
                )
            return rate + (1 - rate) * f, (1 - rate) * written
    return f.where(free, 1.0).where(~put, 0.0), written.where(free, 0.0).where(~put, c)


def _held_c(trace: CellTrace, steps: Tensor) -> Tensor:
    """Where the run held c, (step, unit), at some steps in the order of reading from a sequence's start."""
    numbers, first = trace.coords["time"], int(steps[0])
    start = numbers[first] if first else 0
    where = trace.config.get("c_held", {})
    of_steps, of_units = (set(where.get(what, ())) for what in ("steps", "units"))
    held_steps = torch.tensor([numbers[step] - start in of_steps for step in steps.tolist()])
    return held_steps.unsqueeze(1) & torch.tensor([unit in of_units for unit in trace.coords["unit"]])


def _mixed_at(c: Tensor, before: Tensor, new: Tensor, trace: CellTrace) -> Tensor | None:
    """The rate at which every step and unit mixes the old memory into the new one, as zoneout does in use:
    c = rate ⊙ c_before + (1 − rate) ⊙ new; None where no single rate explains all of them."""
    apart = before - new
    rate = ((c - new) * apart).sum() / apart.square().sum()
    explains = _where_held(c, new + rate * apart, trace).isnan().all()
    return rate if c.numel() > 1 and bool(explains) and 0 <= rate <= 1 else None


def _where_held(value: Tensor, computed: Tensor, trace: Trace | CellTrace) -> Tensor:
    """The recorded value where it differs from the equation, because it was held; NaN everywhere else."""
    # With a projection h can't be checked, because a trace does not hold its weights.
    if value.shape != computed.shape:
        return torch.full_like(computed, torch.nan)
    bound = max(_ROUNDINGS * torch.finfo(trace.c.dtype).eps, 4 * trace.max_error)
    return value.where((value - computed).abs() > bound * value.abs().clamp(min=1.0), torch.nan)


def _float64(values: Tensor) -> Tensor:
    return values.detach().cpu().double()


# What does each step do for an answer? The ledger's shares of a score take all gates as they were, and do not say so. A
# sequence without the step shows all that the step does (erasure: Li, Monroe & Jurafsky 2016, "Understanding neural
# networks through representation erasure").


def score_shares(trace: Trace | CellTrace, lstm: nn.Module, linear: nn.Linear, time: int) -> ScoreShares:
    """What each source's writing, as it stands in c of the last layer, adds to each score at step `time`, in all
    directions together.

    The Linear reads h of the last layer, of both directions if there are two. `lstm`: what was recorded, an LSTM or a
    cell of your own whose h is o ⊙ tanh c. Raises LstmCoreError as `ledger` does.
    """
    layer, directions = trace.c.shape[0] - 1, trace.c.shape[1]
    projections = [f"weight_hr_l{layer}{'_reverse' * direction}" for direction in range(directions)]
    parts = [
        ledger(trace, time, layer, direction).scores(linear, getattr(lstm, projection, None))
        for direction, projection in enumerate(projections)
    ]
    shares = torch.stack([part.shares for part in parts]).sum(0)
    return ScoreShares(shares, torch.zeros_like(parts[0].bias), parts[0].bias)


@torch.no_grad()
def scores_without_each(
    lstm: nn.LSTM, linear: nn.Linear, x: Tensor, time: int, steps: Sequence[int] | None = None
) -> Tensor:
    """(step, class): the scores of a Linear at step `time` of x (time, 1, feature), without each of `steps` in turn.

    A step that is left out is not there: the sequence is one step shorter. NaN without `time` itself, because there is
    no answer at a step that is not read. `steps=None` takes all. Raises LstmCoreError if x has no such step.

    >>> import torch
    >>> lstm, linear = torch.nn.LSTM(2, 3), torch.nn.Linear(3, 4)
    >>> scores_without_each(lstm, linear, torch.randn(5, 1, 2), time=2).isnan().all(1)
    tensor([False, False,  True, False, False])
    """
    length = len(x)
    asked = range(length) if steps is None else steps
    for step in (time, *asked):
        if not 0 <= step < length:
            raise LstmCoreError(f"Expected a step from 0 to {length - 1}, got {step}. x has {length} steps.")
    # An LSTM that reads from the left knows nothing of later steps.
    end = length if lstm.bidirectional else time + 1
    output, _ = lstm(x[:end])
    found: Tensor = linear(output[time]).expand(len(asked), -1).clone()
    others = [(row, step) for row, step in enumerate(asked) if step < end and step != time]
    if others:
        left = torch.tensor([[at for at in range(end) if at != step] for _, step in others]).T
        output, _ = lstm(x[left, 0])
        now = torch.tensor([time - (step < time) for _, step in others])
        found[torch.tensor([row for row, _ in others])] = linear(output[now, torch.arange(len(others))])
    found[[row for row, step in enumerate(asked) if step == time]] = torch.nan
    return found
