"""What did we record of an LSTM, a GRU, a plain RNN, or a cell that somebody wrote by hand?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.quantities import GRU, LSTM, RNN, WORDS, recorded, states
from lstm_core.quantities import Quantity as Quantity
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.summary import maps_figure

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


# What did we record of an LSTM, a GRU or a plain RNN?

QUANTITIES = cast("tuple[Quantity, ...]", recorded(LSTM))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Trace(Recorded):
    """Every gate and state of one LSTM over one run, detached, in the module's dtype and on its device.

    `i f g o c` (layer, direction, time, batch, unit): input gate, forget gate, candidate, output gate, and the
    cell state after the step. `h`: hidden state after the step, same dims, with `proj_size` units if that is set.
    `x` (time, batch, feature): the input of the first layer.
    `h0 c0` (layer, direction, batch, unit): the state that the first step started from.
    `h_read`, in the dims of h: what dropout left of h for the layer above to read; None without dropout.
    `lengths` (batch,): for a packed input, else None; values past a sequence's end are NaN.
    `tokens`: one list a sequence, or None.
    `resets`: the steps (> 0), by their place in the trace, whose state did not come from the step before: a call that
    began anew, or a step left out before. `reset_h reset_c` (reset, layer, direction, batch, unit): the states that
    those steps started from.
    `max_error`: the proof, the largest absolute difference between o ⊙ tanh(f ⊙ c_before + i ⊙ g) and what the
    module itself returned at every step, and between the last c and its c_n.
    The documentation says, on the page "What the proof cannot see", which faults it does not find.
    `name`, `config`: the module's name; its sizes, dtype, device, and the path that recorded it.

    Direction 1 reads from the right and is stored in sentence order: its step t is the state after token t.

    Source: Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000; the equations are those of
    PyTorch's page `nn.LSTM`.

    >>> import torch
    >>> from lstm_core import run
    >>> trace = run(torch.nn.LSTM(4, 3), torch.zeros(5, 2, 4))
    >>> trace.f.shape, torch.allclose(trace.c, trace.f * trace.before("c") + trace.i * trace.g)
    (torch.Size([1, 1, 5, 2, 3]), True)
    """

    quantities: ClassVar[tuple[str, ...]] = QUANTITIES
    states: ClassVar[tuple[str, ...]] = states(LSTM)
    module: ClassVar[str] = "an LSTM"

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    c: Tensor
    c0: Tensor
    reset_c: Tensor | None = None

    @property
    def whole(self) -> tuple[str, ...]:
        """As of any trace; of the update of a GRU or an RNN, what is there."""
        return self.kept if "of" in self.config else self.quantities


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GruTrace(Recorded):
    """Every gate and state of one GRU over one run, detached, in the module's dtype and on its device.

    `r z n h` (layer, direction, time, batch, unit): reset gate, update gate, candidate, and the hidden state after the
    step. `max_error`: the proof, the largest absolute difference between (1 - z) ⊙ n + z ⊙ h_before and what the module
    itself returned at every step, and between the last h of each layer and its h_n. All else is as in `Trace`.

    >>> import torch
    >>> from lstm_core import run
    >>> trace = run(torch.nn.GRU(4, 3), torch.zeros(5, 2, 4))
    >>> trace.z.shape, torch.allclose(trace.h, (1 - trace.z) * trace.n + trace.z * trace.before("h"))
    (torch.Size([1, 1, 5, 2, 3]), True)
    """

    quantities: ClassVar[tuple[str, ...]] = recorded(GRU)
    states: ClassVar[tuple[str, ...]] = states(GRU)
    module: ClassVar[str] = "a GRU"

    r: Tensor
    z: Tensor
    n: Tensor


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RnnTrace(Recorded):
    """Every state of one plain RNN over one run, detached, in the module's dtype and on its device.

    `h` (layer, direction, time, batch, unit): the hidden state after the step; there are no gates. `max_error`: the
    proof, the largest absolute difference between tanh(W_ih x + b_ih + W_hh h_before + b_hh) and what the module itself
    returned at every step, and between the last h of each layer and its h_n. `config["nonlinearity"]` is "tanh" or
    "relu". All else is as in `Trace`.

    >>> import torch
    >>> from lstm_core import run
    >>> run(torch.nn.RNN(4, 3, nonlinearity="relu"), torch.zeros(5, 2, 4)).h.shape
    torch.Size([1, 1, 5, 2, 3])
    """

    quantities: ClassVar[tuple[str, ...]] = recorded(RNN)
    states: ClassVar[tuple[str, ...]] = states(RNN)
    module: ClassVar[str] = "an RNN"


# What did we record of a cell that somebody wrote by hand?

# How h comes of c in an LSTM.
LSTM_SHOWN = "o ⊙ tanh(c)"


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

    quantities: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o", "c", "h", "decay", "added")
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
    decay: Tensor = None  # type: ignore[assignment]
    added: Tensor = None  # type: ignore[assignment]

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


AnyTrace = Trace | GruTrace | RnnTrace | CellTrace

# How is the trace of any cell drawn as an update, c = f ⊙ c' + i ⊙ g? As that of an LSTM of which no more is kept.

_ADDED = {"g": ("", "what is added", "what is written?"), "c": ("c", "memory", "c = f·c + what is added")}
# Before and after the letter of a state in the names of its tensors.
_STATES = (("", ""), ("", "0"), ("reset_", ""))
# What the configuration of an update says of it, and a file must not.
_SAID = ("shown", "roles", "words", "of")


def as_update(trace: AnyTrace) -> Trace:
    """The trace of an LSTM as it is; of another cell its update, in an LSTM's letters. Of a GRU, f is z, i is 1 − z, g
    is n, o is r and c is h; of a plain RNN, which keeps nothing, f is 0, i is 1, and g and c are h. `config["roles"]`
    says so of each letter that is drawn, and `config["words"]` has the cell's own letter, title and question for it.

    Raises LstmCoreError for a found cell that reads its memory through something else.
    """
    if isinstance(trace, Trace):
        return trace if trace.config.keys().isdisjoint(_SAID) else trace.with_values(config=_without_said(trace))
    if isinstance(trace, CellTrace):
        return _of_cell(trace)
    there = trace.tensors()
    values = {f"{start}{state}{end}": there.get(f"{start}h{end}") for start, end in _STATES for state in "ch"}
    if isinstance(trace, GruTrace) and "z" in there:
        values |= {"f": trace.z, "i": 1 - trace.z}
    values |= {"g": there.get("n"), "o": there.get("r"), "x": there.get("x"), "lengths": trace.lengths}
    is_rnn = isinstance(trace, RnnTrace)
    if is_rnn and "h" in there:
        none, every = (torch.full((), share, dtype=trace.h.dtype, device=trace.h.device) for share in (0.0, 1.0))
        values |= {"f": none.expand_as(trace.h), "i": every.expand_as(trace.h), "g": trace.h}
    of = "nn.RNN" if is_rnn else "nn.GRU"
    said = {letter: own for letter, own in WORDS[of].items() if values.get(letter) is not None}
    roles, words = {letter: own[3] for letter, own in said.items()}, {letter: own[:3] for letter, own in said.items()}
    return _update(trace, values, {"shown": "", "roles": roles, "words": words, "of": of})


def own_letter(update: Trace, quantity: str) -> str:
    """What a quantity is called in the cell itself, as z of a GRU; its title if it has no letter, as 1 − z."""
    words: Mapping[str, tuple[str, str, str]] = update.config.get("words", {})
    letter, title, _ = words.get(quantity, (quantity, "", ""))
    return letter or title


def own_trace(update: Trace) -> AnyTrace:
    """The trace of a GRU or an RNN whose update this is; any other as it is."""
    of = update.config.get("of")
    if of not in ("nn.GRU", "nn.RNN"):
        return update
    there = update.tensors()
    values: dict[str, Any] = {name: there.get(name) for name in ("h", "h0", "reset_h", "x", "lengths")}
    # Neither a GRU nor an RNN has a projection.
    config = {name: value for name, value in _without_said(update).items() if name != "proj_size"}
    values |= _of_run(update) | {"config": config}
    if of == "nn.RNN":
        return RnnTrace(**values)
    return GruTrace(**values | {"r": there.get("o"), "z": there.get("f"), "n": there.get("g")})


def _of_cell(trace: CellTrace) -> Trace:
    if trace.c_read is not None or "decay" in trace.roles:
        raise LstmCoreError(
            "Expected a cell that reads its own c and keeps a share of it from 0 to 1, for the live view, got another: "
            f"{trace.roles.get('decay', trace.roles['c'])}. plot() draws it."
        )
    there, said = trace.tensors(), {name: trace.config[name] for name in ("shown", "roles")}
    values: dict[str, Any] = {name: there.get(name) for name in (*Trace.required(), "reset_c", "lengths")}
    if "added" in there:
        # It is let in whole: i is 1, and is not drawn.
        values |= {"i": torch.ones_like(trace.c), "g": trace.added}
        roles = {"g" if letter == "added" else letter: text for letter, text in trace.roles.items()}
        said |= {"roles": roles, "words": _ADDED}
    # Nobody knows the h before the first step; a trace that keeps h has one.
    values["h0"] = torch.zeros_like(trace.c0) if "h" in there else None
    values["reset_h"] = None if trace.reset_c is None or "h" not in there else torch.zeros_like(trace.reset_c)
    return _update(trace, values, said | {"input_size": 1, "num_layers": 1, "bidirectional": False})


def _update(trace: AnyTrace, values: Mapping[str, Any], config: Mapping[str, Any]) -> Trace:
    sizes = {"bias": True, "proj_size": 0, **_without_said(trace), **config}
    return Trace(**dict.fromkeys(Trace.required()) | dict(values) | _of_run(trace) | {"config": sizes})


def _of_run(trace: AnyTrace) -> dict[str, Any]:
    return {name: getattr(trace, name) for name in ("tokens", "resets", "max_error", "proof", "name", "numbers")}


def _without_said(trace: AnyTrace) -> dict[str, Any]:
    return {name: value for name, value in trace.config.items() if name not in _SAID}
