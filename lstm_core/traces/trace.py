"""What did we record of an LSTM?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from torch import Tensor

from lstm_core.traces.recorded import Recorded

Quantity = Literal["i", "f", "g", "o", "c", "h"]
QUANTITIES: tuple[Quantity, ...] = ("i", "f", "g", "o", "c", "h")


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Recorded):
    """Every gate and state of one LSTM over one run, detached, in the module's dtype and on its device.

    `i f g o c` (layer, direction, time, batch, unit): input gate, forget gate, candidate, output gate, and the
    cell state after the step. `h` the same: hidden state after the step, of `proj_size` units where there is one.
    `x` (time, batch, feature): the input of the first layer.
    `h0 c0` (layer, direction, batch, unit): the state that the first step started from.
    `lengths` (batch,) of a packed input, else None; values past a sequence's end are NaN.
    `tokens`: one list a sequence, or None.
    `resets`: the steps (> 0) whose state did not come from the step before; `reset_h reset_c`
    (reset, layer, direction, batch, unit): the states that those steps started from.
    `max_error`: the proof, the largest absolute difference between o ⊙ tanh(f ⊙ c_before + i ⊙ g) and what the
    module itself returned at every step, and between the last c and its c_n. Where `config["path"]` is "kernel"
    (`record(exact=False)`) it is a proof by samples: the largest difference between recorded states and what PyTorch's
    own cell makes of those before them, at some steps, and between that formula and the recorded h at every step.
    `name`, `config`: the module's name; its sizes, dtype, device, and the path by which it was recorded.

    Direction 1 reads from the right and is stored in sentence order: its step t is the state after token t.
    """

    quantities: ClassVar[tuple[str, ...]] = QUANTITIES
    states: ClassVar[tuple[str, ...]] = ("c", "h")
    module: ClassVar[str] = "an LSTM"

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    c: Tensor
    h: Tensor
    x: Tensor
    h0: Tensor
    c0: Tensor
    lengths: Tensor | None = None
    tokens: list[list[str]] | None = None
    resets: tuple[int, ...] = ()
    reset_h: Tensor | None = None
    reset_c: Tensor | None = None
    max_error: float = 0.0
    name: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
