"""Where do the values of many steps stand? In one room a quantity, which becomes the trace's own tensor."""

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
_FIRST = 1024
"""So many steps a quantity gets room for at first;"""
_AHEAD = 1 << 28
"""and so many bytes at most: memory that nobody has written to takes none."""


class ValueColumn:
    """The values of one quantity, step by step."""

    def __init__(self) -> None:
        self._rooms: list[Tensor] = []
        """Each has room for at least as many steps as there were before: few large pieces of memory."""
        self._taken = 0
        """How many steps of the last room are there."""
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
        for _, alike in groupby(waiting, key=lambda value: (value.dtype, value.shape)):
            self._copy(list(alike))

    def _copy(self, values: list[Tensor]) -> None:
        many, first = len(values), values[0]
        room = self._rooms[-1] if self._rooms else None
        fits = room is not None and (room.shape[1:], room.dtype) == (first.shape, first.dtype)
        if room is None or not fits or self._taken + many > room.shape[0]:
            self._close()
            ahead = min(max(_FIRST, sum(map(len, self._rooms))), _AHEAD // max(1, first.nbytes))
            room = _room(first, max(many, ahead))
            self._rooms.append(room)
        with torch.no_grad():
            place = room[self._taken : self._taken + many]
            # Side by side in a dim that they have: to stack makes a view of each first.
            torch.cat(values, out=place.flatten(0, 1)) if first.dim() else torch.stack(values, out=place)
        self._taken += many

    def _close(self) -> None:
        """Leave the last room as large as what is in it."""
        if self._rooms:
            room = self._rooms[-1]
            self._rooms[-1] = _room(room[0], self._taken, room)
        self._taken = 0

    def drop(self) -> None:
        """Take the last value away."""
        self.write()
        self._taken -= 1
        self.edges.pop()

    def values(self, like: torch.Size) -> Tensor:
        """The values of all steps, (time, *like), in the place of what they were put together of."""
        whole = self.in_own_form(like)
        return whole.expand(len(whole), *like)

    def in_own_form(self, like: torch.Size) -> Tensor:
        """The values of all steps, where each has one number for several units as well."""
        self.write()
        last = self._taken
        self._close()
        parts = [_in_form(room, like) for room in self._rooms]
        if any(part.shape[1:] != parts[0].shape[1:] for part in parts):
            parts = [part.expand(len(part), *like) for part in parts]
        whole = torch.cat(parts) if len(parts) > 1 else parts[0]
        self._rooms, self._taken = [whole], len(whole) if last else 0
        return whole


def _room(like: Tensor, steps: int, of: Tensor | None = None) -> Tensor:
    """Room for some steps; `of`: the first steps of this room, in its own memory where that can be."""
    if of is not None and len(of) == steps:
        return of
    # What is made in inference mode could not be written to outside of it.
    with torch.inference_mode(False):
        if like.device.type != "cpu" or not like.nbytes * steps:
            return like.new_empty(steps, *like.shape) if of is None else of[:steps].clone()
        whole = torch.empty(like.nbytes * steps, dtype=torch.uint8) if of is None else of.flatten().view(torch.uint8)
        # Taken from a buffer, a part of it is a tensor of its own size, without a second copy.
        return torch.frombuffer(whole.numpy(), dtype=like.dtype, count=steps * like.numel()).view(steps, *like.shape)


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
