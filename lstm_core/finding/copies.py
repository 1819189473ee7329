"""Where do the copied values of many steps stand? In one room a quantity, which becomes the trace's own tensor."""

import sys
from collections.abc import Hashable, Iterable, Sequence
from operator import is_
from typing import Any

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.finding.update import versions_of

if sys.platform == "win32":
    from mmap import mmap

    _OWN: dict[str, int] = {}
else:
    from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap

    # Memory that no other process sees costs the system less than what could be shared.
    _OWN = {"flags": MAP_ANONYMOUS | MAP_PRIVATE}

_FIRST = 1024
"""So many steps a quantity gets room for when its first room is full: on a CPU pages that nobody wrote to
take no memory."""
_FIRST_ON_DEVICE = 16
_AHEAD = 1 << 28
"""The most bytes that are asked for ahead: a system refuses more than it has, even if nobody writes to them."""
_WAITING = 1 << 16
"""The most bytes of a quantity that wait to be written."""
_AT_ONCE = 64
"""So many rows are made at once, and so many values wait at most."""


class _Room:
    """Room for a tensor's values at so many steps; `taken` of its `rows` are taken."""

    def __init__(self, value: Tensor, steps: int = 1) -> None:
        self.taken = 0
        self.shape, self.dtype, self.device = value.shape, value.dtype, value.device
        self._pages: mmap | None = None
        self._bytes = value.numel() * value.element_size()
        self.together = max(1, min(_AT_ONCE, _WAITING // max(1, self._bytes)))
        # What may wait is soon there: then it stands where it is to stay.
        steps = max(steps, self.together)
        shape = (steps, *value.shape)
        # What is made in inference mode could not be written to outside of it.
        with torch.inference_mode(False):
            if value.device.type != "cpu" or steps * self._bytes <= _WAITING:
                self._all = value.new_empty(shape)
            else:
                # The system's own: freed pieces of a process's memory fit no trace, which would be a second copy.
                self._pages = mmap(-1, steps * self._bytes, **_OWN)
                self._all = torch.frombuffer(self._pages, dtype=value.dtype).view(shape)
        self.rows: list[Tensor] = []
        self.stands = False
        """Whether a row stands for others."""
        self.queue: _Queue | None = None
        """Where values wait for this room, beside those of other quantities."""

    def fits(self, value: Tensor) -> bool:
        """Whether a tensor is of the kind that the room is for."""
        return value.shape == self.shape and value.dtype is self.dtype and value.device == self.device

    def write(self, all_there: bool = False) -> None:
        """Write the values that wait; `all_there`: no more will come."""
        if self.queue is not None:
            self.queue.write(all_there)

    def add(self, values: Sequence[Tensor], came: Sequence[int], stands: Tensor, all_there: bool) -> None:
        """Write the values of the next rows; `stands`: the row that stands for each, as long as nobody asks."""
        must_be_as_they_came(versions_of(values), [*came])
        first = self.taken
        self.rows[first:] = [stands] * len(values)
        self.taken = first + len(values)
        if self.taken > len(self._all):
            self._grow(self.taken, ahead=not all_there)
        with torch.no_grad():
            place = self._all[first : self.taken]
            if len(values) == 1 or not self.shape:
                torch.stack(values, out=place)  # type: ignore[arg-type]
            else:
                # Side by side in a dim that they have: to stack makes a view of each first.
                torch.cat(values, out=place.flatten(0, 1))  # type: ignore[arg-type]

    def take(self) -> Tensor:
        """The next row."""
        self.write()
        if self.taken == len(self.rows):
            if self.taken == len(self._all):
                self._grow(self.taken + 1)
            # After the first many at once: each is some bytes that stay, and these would leave the process's memory in
            # pieces, between a step's large tensors.
            with torch.inference_mode(False):
                self.rows += _rows(self._all[self.taken : self.taken + _AT_ONCE]) if self.taken else [self._all[0].data]
        self.taken += 1
        return self.rows[self.taken - 1]

    def _grow(self, needed: int, ahead: bool = True) -> None:
        """Move to a larger room, with all rows: whoever has one keeps nothing of this room."""
        steps = len(self._all)
        larger = _Room(self._all[0], max(needed, self._more()) if ahead else needed)
        larger._all[:steps] = self._all
        self._all, self._pages = larger._all, larger._pages
        with torch.inference_mode(False):
            # Of a row that stands for others nobody reads the values, and any place will do.
            for n in {id(row): n for n, row in enumerate(self.rows)}.values():
                self.rows[n].data = self._all[n]

    def _more(self) -> int:
        """How many steps a larger room is for."""
        steps = len(self._all)
        if self.device.type != "cpu":
            return max(_FIRST_ON_DEVICE, steps + steps // 4 + 1)
        most = max(1, _AHEAD // max(1, self._bytes))
        return min(_FIRST, most) if steps == self.together else steps + max(min(3 * steps, most), steps // 4 + 1)

    def own(self) -> Iterable[tuple[Tensor, Tensor]]:
        """Each row with its own values."""
        self.write(all_there=True)
        return zip(self.rows[: self.taken], self._all[: self.taken].unbind(), strict=True)

    def last(self, steps: int) -> Tensor:
        """The last rows that are taken as one tensor, (time, *shape), which keeps no more memory than these."""
        every = self._all[: self.taken]
        if self._pages is not None:
            # A file of a tensor holds its whole storage.
            every = torch.frombuffer(self._pages, dtype=every.dtype, count=every.numel()).view(every.shape)
        elif self.device.type == "cpu" and self.taken < len(self._all):
            every = every.clone()
        return every[self.taken - steps :]


def must_be_as_they_came(now: Sequence[int], came: Sequence[int]) -> None:
    """Raise LstmCoreError if a tensor was overwritten before its values were copied, as only unseen code does."""
    if now != came:
        raise LstmCoreError(
            "Expected the values of a step to stay as the cell used them, got some that were overwritten by code that "
            "is not seen, such as a script function. Give it a copy: value.clone()."
        )


def _rows(values: Tensor) -> Iterable[Tensor]:
    """The rows of a tensor, none of them a view, which would keep a room that was left."""
    if values.dim() > 1 and values.shape[1]:
        return values.flatten(0, 1).unsafe_split(values.shape[1])
    return [row.data for row in values.unbind()]


class _Queue:
    """The model's own tensors of several quantities, step by step, until they are written: each call of PyTorch has its
    price."""

    def __init__(self, rooms: Sequence[_Room]) -> None:
        self._rooms = rooms
        self._most = min(room.together for room in rooms)
        self._steps: list[Sequence[Tensor]] = []
        self._versions: list[Sequence[int]] = []
        self._stand: Sequence[Any] = ()
        for room in rooms:
            room.write()
            room.queue = self

    def put(self, values: Sequence[Tensor], versions: Sequence[int], stand: Sequence[Any]) -> bool:
        """Let the values of a step wait; whether they are of the kinds that the rooms are for."""
        for room, value in zip(self._rooms, values, strict=True):
            if not room.fits(value):
                return False
        if len(self._steps) >= self._most:
            self.write()
        if not self._steps:
            for room in self._rooms:
                room.stands = True
        self._steps.append(values)
        self._versions.append(versions)
        self._stand = stand
        return True

    def write(self, all_there: bool = False) -> None:
        """Write the values that wait; `all_there`: no more will come."""
        if self._steps:
            by_room = zip(*self._steps, strict=True), zip(*self._versions, strict=True)
            columns = zip(self._rooms, *by_room, self._stand, strict=True)
            self._steps, self._versions = [], []
            for room, values, came, stands in columns:
                room.add(values, came, stands, all_there)


class Copies:
    """Copies of tensors, a room for each quantity of several steps."""

    def __init__(self) -> None:
        self._rooms: dict[Hashable, _Room] = {}
        self._left: dict[Hashable, list[_Room]] = {}
        """Earlier rooms of a quantity, of values of another kind."""
        self._queues: dict[tuple[Hashable, ...], _Queue] = {}
        """By the quantities that come together."""

    def of(self, quantity: Hashable, value: Tensor) -> Tensor:
        """A tensor's values, copied."""
        return self.row(quantity, value).copy_(value.detach())

    def put(
        self, quantities: tuple[Hashable, ...], values: Sequence[Tensor], versions: Sequence[int], stands: Sequence[Any]
    ) -> bool:
        """Put tensors' values into the next rows, each with the row that stands for it; False if they are of another
        kind than those before, and nothing was put. `versions`: how often each had been overwritten when the model used
        it."""
        queue = self._queues.get(quantities)
        if queue is None:
            rooms = [self._rooms.get(quantity) for quantity in quantities]
            there = [room for room in rooms if room is not None]
            if len(there) < len(rooms):
                return False
            queue = self._queues[quantities] = _Queue(there)
        return queue.put(values, versions, stands)

    def stands(self, quantity: Hashable) -> bool:
        """Whether a row of a quantity stands for others."""
        room = self._rooms.get(quantity)
        return room is not None and room.stands

    def write(self) -> None:
        """Write all values that wait: somebody may overwrite the model's own tensors."""
        for room in self._rooms.values():
            room.write()

    def row(self, quantity: Hashable, value: Tensor) -> Tensor:
        """Where a tensor's values go."""
        room = self._rooms.get(quantity)
        if room is None or not room.fits(value):
            larger = _Room(value.detach())
            if room is not None:
                room.write(all_there=True)
                self._queues.clear()
                self._left.setdefault(quantity, []).append(room)
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
            room.write(all_there=True)
        if room is not None and room.taken >= len(rows):
            own = room.rows[room.taken - len(rows) : room.taken]
            if all(map(is_, own, rows)):
                return room.last(len(rows))
        return torch.stack(self.each(quantity, rows))

    def each(self, quantity: Hashable, rows: Sequence[Any]) -> list[Any]:
        """Copies, each with its own values, also where one row stands for others; what is no copy stays."""
        rooms = (*self._left.get(quantity, ()), self._rooms.get(quantity))
        own = [pair for room in rooms if room is not None for pair in room.own()]
        found = [own.pop()[1] if own and own[-1][0] is row else row for row in reversed(rows)]
        return found[::-1]
