"""What is recorded of a module that carries on nothing but its hidden state?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from torch import Tensor

from lstm_core.traces.recorded import Recorded


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class HiddenTrace(Recorded):
    """What `GruTrace` and `RnnTrace` share; each field as in `Trace`."""

    states: ClassVar[tuple[str, ...]] = ("h",)

    h: Tensor
    x: Tensor
    h0: Tensor
    lengths: Tensor | None = None
    tokens: list[list[str]] | None = None
    resets: tuple[int, ...] = ()
    reset_h: Tensor | None = None
    max_error: float = 0.0
    name: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
