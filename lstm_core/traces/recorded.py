"""What is the same in every trace, whatever it was that ran?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.recording.order import before, past_end

if TYPE_CHECKING:
    import pandas
    import xarray

DIMS = ("layer", "direction", "time", "batch", "unit")


class Recorded:
    """What `Trace`, `GruTrace` and `RnnTrace` share: how they are named, cut, tabulated and saved.

    `quantities`: the letters of what was recorded, each a tensor (layer, direction, time, batch, unit). `states`: those
    that go on from step to step; of each, say h, there are `h0` (layer, direction, batch, unit), where the first step
    started, and `reset_h` (reset, layer, direction, batch, unit), where those of `resets` did.
    """

    quantities: ClassVar[tuple[str, ...]]
    states: ClassVar[tuple[str, ...]]
    module: ClassVar[str]
    """Which PyTorch module it is a trace of, with its article."""

    h: Tensor
    x: Tensor
    h0: Tensor
    lengths: Tensor | None
    tokens: list[list[str]] | None
    resets: tuple[int, ...]
    reset_h: Tensor | None
    max_error: float
    name: str
    config: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", MappingProxyType(dict(self.config)))
        object.__setattr__(self, "resets", tuple(self.resets))
        if self.tokens is not None:
            object.__setattr__(self, "tokens", checked_tokens(self.tokens, self.lengths_or_time()))

    @property
    def sizes(self) -> dict[str, int]:
        """How many layers, directions, steps, sequences and units there are."""
        first: Tensor = getattr(self, self.quantities[0])
        return dict(zip(DIMS, first.shape, strict=True))

    def lengths_or_time(self) -> list[int]:
        """The number of steps of each sequence, packed or not."""
        time, batch = self.x.shape[:2]
        return [time] * batch if self.lengths is None else self.lengths.tolist()

    def before(self, quantity: str) -> Tensor:
        """The state each step started from, in the dims of `h` (an LSTM's also of `c`): h_before, c_before."""
        states: Tensor = getattr(self, quantity)
        start: Tensor = getattr(self, f"{quantity}0")
        resets: Tensor | None = getattr(self, f"reset_{quantity}")
        directions = range(states.shape[1])
        out = torch.stack(
            [
                torch.stack([before(layer[d], first[d], d, self.lengths) for d in directions])
                for layer, first in zip(states, start, strict=True)
            ]
        )
        if resets is not None:
            self._put_resets(out, start, resets)
        return out if self.lengths is None else out.masked_fill(past_end(out, self.lengths), torch.nan)

    def _put_resets(self, out: Tensor, start: Tensor, resets: Tensor) -> None:
        """Where a new call began: direction 0 starts at its first step, direction 1 at its last."""
        firsts, starts = (0, *self.resets), torch.cat([start.unsqueeze(0), resets])
        ends = (*self.resets, out.shape[2])
        for first, end, state in zip(firsts, ends, starts, strict=True):
            out[:, 0, first] = state[:, 0]
            if out.shape[1] == 2:
                out[:, 1, end - 1] = state[:, 1]

    def cells(self, quantity: str, layer: int = 0, direction: int = 0, sequence: int = 0) -> np.ndarray:
        """One quantity of one sequence as an array (unit, step), cut to the sequence's length."""
        steps = self.lengths_or_time()[sequence]
        return as_numpy(getattr(self, quantity)[layer, direction, :steps, sequence]).T

    def to_pandas(self) -> pandas.DataFrame:
        """One row a (sequence, step, token, layer, direction, unit), and a column a quantity."""
        from lstm_core.traces import tables

        return tables.rows(self)

    def to_xarray(self) -> xarray.Dataset:
        """A Dataset with the trace's dims as coordinates (extra: gatescope[xarray])."""
        from lstm_core.traces import tables

        return tables.dataset(self)

    def to_csv(self, path: str | Path) -> None:
        """The rows of `to_pandas` as CSV, every number in full."""
        self.to_pandas().to_csv(path, index=False)

    def to_parquet(self, path: str | Path) -> None:
        """The rows of `to_pandas` as Parquet (pandas needs pyarrow or fastparquet for it)."""
        self.to_pandas().to_parquet(path, index=False)

    def to_json(self, path: str | Path) -> None:
        """The rows of `to_pandas` as JSON, one object a row, every number in full."""
        self.to_pandas().to_json(path, orient="records", double_precision=15)

    def save(self, path: str | Path) -> None:
        """The whole trace as .npz or .safetensors; `lstm_core.load` gives it back bit for bit."""
        from lstm_core.traces import export

        export.save(self, path)

    def summary(self) -> str:
        """The text a terminal prints: dims, proof, a line a quantity."""
        from lstm_core.traces import tables

        return tables.summary(self)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from lstm_core.traces import tables

        return tables.summary_html(self)

    def tensors(self) -> dict[str, Tensor]:
        """The tensors that are there, by attribute name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Tensor)}


def as_numpy(tensor: Tensor) -> np.ndarray:
    """A tensor as an array on the host; bfloat16, which NumPy lacks, as float32."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def checked_tokens(tokens: Any, lengths: list[int]) -> list[list[str]]:
    """Tokens as one list a sequence; a flat list serves where there is one sequence."""
    if len(lengths) == 1 and all(isinstance(token, str) for token in tokens):
        tokens = [tokens]
    lists: list[list[str]] = [list(sequence) for sequence in tokens]
    if [len(sequence) for sequence in lists] != lengths:
        raise LstmCoreError(
            f"Expected one token a step, {lengths} a sequence, got {[len(s) for s in lists]}. "
            "Give tokens as a list of lists of str, one list a sequence."
        )
    return lists
