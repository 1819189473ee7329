"""What did we record of an LSTM, a GRU or a plain RNN?"""

from dataclasses import dataclass
from typing import ClassVar, cast

from torch import Tensor

from lstm_core.quantities import GRU, LSTM, RNN, recorded, states
from lstm_core.quantities import Quantity as Quantity
from lstm_core.traces.recorded import Recorded

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
    module itself returned at every step, and between the last c and its c_n. Where `config["path"]` is "kernel"
    (`record(exact=False)`) the proof samples: it is the largest difference between recorded states and those that
    PyTorch's own cell computes from the states before, at some steps, and between that formula and h at every step.
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
