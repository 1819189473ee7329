"""How does a model read the texts of a scan whose cell somebody wrote by hand?

What it carries from step to step is found in a first text. Texts are read whole, those of one length together.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.finding.visits import FEWEST
from lstm_core.recording.modules import cells_to_watch
from lstm_core.recording.record import Recording, record
from lstm_core.traces.summary import joined_proof
from lstm_core.traces.trace import CellTrace


class ByHand(nn.Module):
    """A copy of a model with a hand-written cell, and how it reads: (time, batch, *feature), or, if its memory has the
    steps of a text only so, (batch, time, *feature). Several memories of as many units are layers, as they are found.
    """

    bidirectional = True
    """It reads a text whole, as what reads from both ends."""

    def __init__(self, model: nn.Module, example: np.ndarray) -> None:
        """`example` (time, *feature): a text in which the memory can be found."""
        super().__init__()
        self.model, self.example = copy.deepcopy(model).eval(), example
        rows, refused = self.rows(example), list[Exception]()
        for self.batch_first in (False, True):
            try:
                found = self._run([rows])
                break
            except (LstmCoreError, RuntimeError, IndexError) as error:
                refused.append(error)
        else:
            if isinstance(refused[0], LstmCoreError):
                raise refused[0] from None
            raise LstmCoreError(
                f"Expected texts that {type(model).__name__} reads, an array (time, *feature) each, got one of shape "
                f"{example.shape}, of which it says: {refused[0]}"
            ) from refused[0]
        self.layers, self.units = found.sizes["layer"], found.sizes["unit"]

    @property
    def input_size(self) -> int:
        """How many numbers a step has."""
        return int(np.prod(self.example.shape[1:], dtype=int))

    def rows(self, text: Any, number: int = 0) -> np.ndarray:
        """A text (time, *feature) as rows (time, feature). Raises LstmCoreError if it has another form; `number`: which
        one it is."""
        given, shape = _as_array(text, number), self.example.shape[1:]
        if given.shape[1:] != shape or (given.dtype.kind == "f") != (self.example.dtype.kind == "f"):
            raise LstmCoreError(
                f"Expected numbers like those of the first text, {self.example.dtype} of shape {('time', *shape)}, as "
                f"text {number}, got {given.dtype} of shape {given.shape}."
            )
        return np.ascontiguousarray(given.reshape(len(given), self.input_size), np.float32)

    def read(self, texts: Sequence[Any]) -> CellTrace:
        """The trace of some texts of one length, each rows (time, feature)."""
        if len(texts[0]) < FEWEST:
            # In a new copy of the model nothing was found yet.
            self._run([self.rows(self.example)])
        return self._run(texts)

    def _run(self, texts: Sequence[np.ndarray]) -> CellTrace:
        x = torch.from_numpy(np.stack(texts)).reshape(len(texts), len(texts[0]), *self.example.shape[1:])
        weight = next((one for one in self.model.parameters() if one.is_floating_point()), x)
        x = x.to(weight.device, weight.dtype if self.example.dtype.kind == "f" else torch.int64)
        with torch.no_grad(), record(self.model) as recording:
            self.model(x if self.batch_first else x.transpose(0, 1))
        return _as_layers(recording, len(texts[0]), len(texts))


def reader(model: nn.Module, texts: Iterable[Any]) -> tuple[nn.Module, Iterator[Any]]:
    """A model as a scan reads with it, and all texts; of these the first ones tell how a hand-written cell reads.

    Raises LstmCoreError where no text has as many steps as it takes to find its memory.
    """
    waiting, seen = iter(texts), list[Any]()
    if isinstance(model, ByHand) or not cells_to_watch(model, None):
        return model, waiting
    for number, text in enumerate(waiting):
        seen.append(text)
        if len(given := _as_array(text, number)) >= FEWEST:
            return ByHand(model, given), chain(seen, waiting)
    raise LstmCoreError(
        f"Expected a text of at least {FEWEST} steps, in which the memory of {type(model).__name__} can be found, got "
        "none."
    )


def _as_array(text: Any, number: int) -> np.ndarray:
    given = text.detach().cpu().numpy() if isinstance(text, Tensor) else text
    if not isinstance(given, np.ndarray) or given.dtype.kind not in "fiub" or not given.ndim:
        raise LstmCoreError(
            "Expected arrays (time, *feature) for a model with a hand-written cell, which reads them as (time, batch, "
            f"*feature) or (batch, time, *feature), got {type(text).__name__} as text {number}."
        )
    return given


def _as_layers(recording: Recording, steps: int, texts: int) -> CellTrace:
    found = [trace.keep("i", "f", "g", "c") for trace in recording.values() if isinstance(trace, CellTrace)]
    sizes = [tuple(trace.sizes[dim] for dim in ("time", "batch", "unit")) for trace in found]
    if any(size != (steps, texts, sizes[0][-1]) for size in sizes) or any(trace.resets for trace in found):
        raise LstmCoreError(
            f"Expected memories of as many units with the {steps:,} steps of {texts:,} texts, got (steps, texts, "
            f"units) of {sizes}. Scan the part of the model that reads one sequence."
        )
    joined = {name: torch.cat([getattr(trace, name) for trace in found]) for name in ("i", "f", "g", "c", "c0")}
    return found[0].with_values(**joined, **joined_proof(found)._asdict())
