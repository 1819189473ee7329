"""Where do the copied values of many steps stand? In one room a quantity, which becomes the trace's own tensor."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError

if sys.platform == "win32":
    from mmap import mmap

    _OWN: dict[str, int] = {}
else:
    from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap

    # Memory that no other process sees costs the system less than what could be shared.
    _OWN = {"flags": MAP_ANONYMOUS | MAP_PRIVATE}

_FIRST = 1024
"""The steps of the first room of a quantity on a CPU, where pages that nobody wrote to take no memory."""
_AHEAD = 1 << 28
"""The most bytes that are asked for ahead: a system refuses more than it has, even if nobody writes to them."""
_WAITING = 1 << 16
"""The most bytes of a quantity that wait to be written."""
_AT_ONCE = 64
"""So many rows are made at once."""


class _Room:
    """Room for a tensor's values at so many steps; `taken` of its `rows` are taken."""

    def __init__(self, value: Tensor, steps: int) -> None:
        self.taken = 0
        self.shape, self.dtype, self.device = value.shape, value.dtype, value.device
        self._pages: mmap | None = None
        shape = (steps, *value.shape)
        # What is made in inference mode could not be written to outside of it.
        with torch.inference_mode(False):
            if value.device.type != "cpu" or not value.numel():
                self._all = value.new_empty(shape)
            else:
                # The system's own: freed pieces of a process's memory fit no trace, which would be a second copy.
                self._pages = mmap(-1, steps * value.numel() * value.element_size(), **_OWN)
                self._all = torch.frombuffer(self._pages, dtype=value.dtype).view(shape)
        self.rows: list[Tensor] = []
        self.stands = False
        """Whether a row stands for others."""
        self._waiting: list[Tensor] = []
        """The model's own tensors of the next rows, which are written together: each call of PyTorch has its price."""
        self._one: Any = None
        """The row that stands for those that wait."""
        self._together = max(1, min(_AT_ONCE, _WAITING // max(1, value.numel() * value.element_size())))

    def fits(self, value: Tensor) -> bool:
        """Whether a tensor is of the kind that the room is for."""
        return value.shape == self.shape and value.dtype is self.dtype and value.device == self.device

    def put(self, value: Tensor, stands: Tensor) -> None:
        """Put a tensor's values into the next row; `stands`: the row that stands for it, as long as nobody asks."""
        waiting = self._waiting
        waiting.append(value)
        self._one = stands
        if len(waiting) >= self._together:
            self.write()

    def write(self) -> None:
        """Write the values that wait."""
        if not self._waiting:
            return
        first, self._waiting, values = self.taken, [], self._waiting
        self.rows[first:] = [self._one] * len(values)
        self.taken, self.stands = first + len(values), True
        while self.taken > len(self._all):
            self._grow()
        with torch.no_grad():
            place = self._all[first : self.taken]
            if len(values) == 1 or not self.shape:
                torch.stack(values, out=place)
            else:
                # Side by side in a dim that they have: to stack makes a view of each first.
                torch.cat(values, out=place.flatten(0, 1))

    def take(self) -> Tensor:
        """The next row."""
        self.write()
        if self.taken == len(self.rows):
            if self.taken == len(self._all):
                self._grow()
            # Many at once: each is some bytes that stay, and these would leave the process's memory in pieces, between
            # a step's large tensors.
            with torch.inference_mode(False):
                self.rows += _rows(self._all[self.taken : self.taken + _AT_ONCE])
        self.taken += 1
        return self.rows[self.taken - 1]

    def _grow(self) -> None:
        """Move to a larger room, with all rows: whoever has one keeps nothing of this room."""
        steps = len(self._all)
        more = min(3 * steps, _ahead(self._all[0])) if self._pages is not None else 0
        larger = _Room(self._all[0], steps + max(more, steps // 4 + 1))
        larger._all[:steps] = self._all
        self._all, self._pages = larger._all, larger._pages
        with torch.inference_mode(False):
            # Of a row that stands for others nobody reads the values, and any place will do.
            for row, place in zip(self.rows, self._all.unbind(), strict=False):
                row.data = place

    def last(self, steps: int) -> Tensor:
        """The last rows that are taken as one tensor, (time, *shape), which keeps no more memory than these."""
        every = self._all[: self.taken]
        if self._pages is not None:
            # A file of a tensor holds its whole storage.
            every = torch.frombuffer(self._pages, dtype=every.dtype, count=every.numel()).view(every.shape)
        return every[self.taken - steps :]


def _rows(values: Tensor) -> Iterable[Tensor]:
    """The rows of a tensor, none of them a view, which would keep a room that was left."""
    if values.dim() > 1 and values.shape[1]:
        return values.flatten(0, 1).unsafe_split(values.shape[1])
    return [row.data for row in values.unbind()]


def _ahead(value: Tensor) -> int:
    """How many steps of a tensor are asked for ahead."""
    return _AHEAD // max(1, value.numel() * value.element_size())


class Copies:
    """Copies of tensors, a room for each quantity of several steps."""

    def __init__(self) -> None:
        self._rooms: dict[Hashable, _Room] = {}

    def of(self, quantity: Hashable, value: Tensor) -> Tensor:
        """A tensor's values, copied."""
        return self.row(quantity, value).copy_(value.detach())

    def put(self, quantities: Sequence[Hashable], values: Sequence[Tensor], stands: Sequence[Any]) -> bool:
        """Put tensors' values into the next rows, each with the row that stands for it; False if they are of another
        kind than those before, and nothing was put."""
        rooms = []
        for quantity, value in zip(quantities, values, strict=True):
            room = self._rooms.get(quantity)
            if room is None or not room.fits(value):
                return False
            rooms.append(room)
        for room, value, row in zip(rooms, values, stands, strict=True):
            room.put(value, row)
        return True

    def write(self) -> None:
        """Write all values that wait: somebody may overwrite the model's own tensors."""
        for room in self._rooms.values():
            room.write()

    def row(self, quantity: Hashable, value: Tensor) -> Tensor:
        """Where a tensor's values go."""
        room = self._rooms.get(quantity)
        if room is None or not room.fits(value):
            steps = max(1, min(_FIRST, _ahead(value))) if value.device.type == "cpu" else 16
            larger = _Room(value.detach(), steps)
            if room is not None:
                room.write()
                larger.stands = room.stands
            room = self._rooms[quantity] = larger
        return room.take()

    def drop(self, quantity: Hashable, row: Any) -> None:
        """A copy is not wanted: the next one of the quantity stands in its place."""
        room = self._rooms.get(quantity)
        if room is not None and room.taken and room.rows[room.taken - 1] is row:
            room.taken -= 1

    def all(self, quantity: Hashable, rows: Sequence[Any]) -> Tensor:
        """Copies as one tensor, (time, *shape): the room itself, if they are its last rows."""
        room = self._rooms.get(quantity)
        if room is not None:
            room.write()
        if room is not None and room.taken >= len(rows):
            own = room.rows[room.taken - len(rows) : room.taken]
            if all(one is other for one, other in zip(own, rows, strict=True)):
                return room.last(len(rows))
        self.check_own(quantity)
        return torch.stack(list(rows))

    def check_own(self, quantity: Hashable) -> None:
        """Raise LstmCoreError if a row of a quantity stands for others: it does not have their values."""
        room = self._rooms.get(quantity)
        if room is not None and room.stands:
            raise LstmCoreError(
                "Expected each gate to have one shape and type at all steps, as where the cell was found, got also "
                f"{tuple(room.shape)} of {room.dtype}. Record the cell again: it is found anew."
            )
