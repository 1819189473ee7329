"""Where do the copied values of many steps stand? In one room a quantity, which becomes the trace's own tensor."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from mmap import mmap
from typing import Any

import torch
from torch import Tensor

_FIRST = 256
"""The steps of the first room of a quantity on a CPU, where pages that nobody wrote to take no memory."""
_AHEAD = 1 << 28
"""The most bytes that are asked for ahead: a system refuses more than it has, even if nobody writes to them."""
_AT_ONCE = 64
"""So many rows are made at once."""


class _Room:
    """Room for a tensor's values at so many steps; `taken` of its `rows` are taken."""

    def __init__(self, value: Tensor, steps: int) -> None:
        self.taken = 0
        self._pages: mmap | None = None
        shape = (steps, *value.shape)
        # What is made in inference mode could not be written to outside of it.
        with torch.inference_mode(False):
            if value.device.type != "cpu" or not value.numel():
                self._all = value.new_empty(shape)
            else:
                # The system's own: freed pieces of a process's memory fit no trace, which would be a second copy.
                self._pages = mmap(-1, steps * value.numel() * value.element_size())
                self._all = torch.frombuffer(self._pages, dtype=value.dtype).view(shape)
        self.rows: list[Tensor] = []

    def takes(self, value: Tensor) -> bool:
        """Whether the room is for tensors of this kind."""
        every = self._all
        return (every.shape[1:], every.dtype, every.device) == (value.shape, value.dtype, value.device)

    def take(self, value: Tensor) -> Tensor:
        """The next row, with a tensor's values."""
        if self.taken == len(self._all):
            self._grow()
        if self.taken == len(self.rows):
            # Many at once: each is some bytes that stay, and these would leave the process's memory in pieces, between
            # a step's large tensors. They are no views, which would keep a room that was left.
            with torch.inference_mode(False):
                self.rows += [row.data for row in self._all[self.taken : self.taken + _AT_ONCE].unbind()]
        self.taken += 1
        return self.rows[self.taken - 1].copy_(value)

    def _grow(self) -> None:
        """Move to a larger room, with all rows: whoever has one keeps nothing of this room."""
        steps = len(self._all)
        more = min(3 * steps, _ahead(self._all[0])) if self._pages is not None else 0
        larger = _Room(self._all[0], steps + max(more, steps // 4 + 1))
        larger._all[:steps] = self._all
        self._all, self._pages = larger._all, larger._pages
        with torch.inference_mode(False):
            for row, place in zip(self.rows, self._all.unbind(), strict=False):
                row.data = place

    def last(self, steps: int) -> Tensor:
        """The last rows that are taken as one tensor, (time, *shape), which keeps no more memory than these."""
        every = self._all[: self.taken]
        if self._pages is not None:
            # A file of a tensor holds its whole storage.
            every = torch.frombuffer(self._pages, dtype=every.dtype, count=every.numel()).view(every.shape)
        return every[self.taken - steps :]


def _ahead(value: Tensor) -> int:
    """How many steps of a tensor are asked for ahead."""
    return _AHEAD // max(1, value.numel() * value.element_size())


class Copies:
    """Copies of tensors, a room for each quantity of several steps."""

    def __init__(self) -> None:
        self._rooms: dict[Hashable, _Room] = {}

    def of(self, quantity: Hashable, value: Tensor) -> Tensor:
        """A tensor's values, copied."""
        value = value.detach()
        room = self._rooms.get(quantity)
        if room is None or not room.takes(value):
            steps = max(1, min(_FIRST, _ahead(value))) if value.device.type == "cpu" else 16
            room = self._rooms[quantity] = _Room(value, steps)
        return room.take(value)

    def drop(self, quantity: Hashable, row: Any) -> None:
        """A copy is not wanted: the next one of the quantity stands in its place."""
        room = self._rooms.get(quantity)
        if room is not None and room.taken and room.rows[room.taken - 1] is row:
            room.taken -= 1

    def all(self, quantity: Hashable, rows: Sequence[Any]) -> Tensor:
        """Copies as one tensor, (time, *shape): the room itself, if they are its last rows."""
        room = self._rooms.get(quantity)
        if room is not None and room.taken >= len(rows):
            own = room.rows[room.taken - len(rows) : room.taken]
            if all(one is other for one, other in zip(own, rows, strict=True)):
                return room.last(len(rows))
        return torch.stack(list(rows))
