"""How are the values of many steps kept? Some wait, then they are copied, and in the end they are one tensor."""

from __future__ import annotations

from itertools import groupby

import torch
from torch import Tensor
from torch.autograd.graph import GradientEdge

from lstm_core.errors import LstmCoreError
from lstm_core.finding.notes import version_of, versions_of

_TOGETHER = 64
"""So many values of a quantity are copied at once: each call of PyTorch has its price,"""
_WAITING = 1 << 16
"""or so many bytes: what waits keeps the model's own memory."""


class ValueColumn:
    """The values of one quantity, step by step."""

    def __init__(self) -> None:
        self._pieces: list[Tensor] = []
        """Values of some steps of one form each, (time, *form)."""
        self._waiting: list[Tensor] = []
        self._versions: list[int] = []
        """How often each of what waits had been overwritten when it came."""
        self._most = 1
        """So many wait at most."""
        self.edges: list[GradientEdge | None] = []
        """Where in the model's graph each value stands, if that is asked for."""

    def put(self, value: Tensor, edge: GradientEdge | None = None) -> None:
        """Add the value of the next step; it is copied later, with others, or by `write`."""
        self.edges.append(edge)
        waiting = self._waiting
        if not waiting:
            self._most = min(_TOGETHER, max(1, _WAITING // max(1, value.nbytes)))
        # Without what it was computed from: that may go.
        waiting.append(value.detach())
        self._versions.append(version_of(value))
        if len(waiting) >= self._most:
            self.write()

    def write(self) -> None:
        """Copy what waits: the model's own tensors may be overwritten next."""
        waiting, came, self._waiting, self._versions = self._waiting, self._versions, [], []
        must_be_as_they_came(versions_of(waiting), came)
        # What is made in inference mode could not be written to outside of it.
        with torch.inference_mode(False), torch.no_grad():
            for _, alike in groupby(waiting, key=lambda value: (value.dtype, value.shape)):
                self._pieces.append(torch.stack(list(alike)))

    def drop(self) -> None:
        """Take the last value away."""
        self.write()
        self._pieces[-1] = self._pieces[-1][:-1]
        self.edges.pop()

    def values(self, like: torch.Size) -> Tensor:
        """The values of all steps, (time, *like), in the place of what they were put together of."""
        whole = self.in_own_form(like)
        return whole.expand(len(whole), *like)

    def in_own_form(self, like: torch.Size) -> Tensor:
        """The values of all steps, where each has one number for several units as well."""
        self.write()
        parts = [_in_form(piece, like) for piece in self._pieces]
        if any(part.shape[1:] != parts[0].shape[1:] for part in parts):
            parts = [part.expand(len(part), *like) for part in parts]
        self._pieces = [torch.cat(parts)] if len(parts) > 1 else parts
        return self._pieces[0]


def must_be_as_they_came(now: list[int], came: list[int]) -> None:
    """Raise LstmCoreError if a tensor was overwritten before its values were copied, as only unseen code does."""
    if now != came:
        raise LstmCoreError(
            "Expected the values of a step to stay as the cell used them, got some that were overwritten by code that "
            "is not seen, such as a script function. Give it a copy: value.clone()."
        )


def _in_form(block: Tensor, like: torch.Size) -> Tensor:
    short = len(like) - (block.dim() - 1)
    return block.reshape(len(block), *[1] * short, *block.shape[1:]) if short > 0 else block


def copied(value: Tensor) -> Tensor:
    if torch.is_inference_mode_enabled():
        with torch.inference_mode(False):
            return value.clone()
    return value.detach().clone()
