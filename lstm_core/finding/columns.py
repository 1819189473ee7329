"""Where do the values of many steps stand? In one room a quantity, which becomes the trace's own tensor."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.finding.notes import versions_of

if sys.platform == "win32":
    from mmap import mmap

    _OWN: dict[str, int] = {}
else:
    from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap

    # Memory that no other process sees costs the system less than what could be shared.
    _OWN = {"flags": MAP_ANONYMOUS | MAP_PRIVATE}

_TOGETHER = 64
"""So many values of a quantity are put together at once: each call of PyTorch has its price,"""
_WAITING = 1 << 16
"""or so many bytes: what waits keeps the model's own tensors."""
_FIRST = 1024
"""So many steps a quantity gets room for at first, on a CPU;"""
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
        self._pages: mmap | None = None
        """What the last room stands in, if that is large."""

    def put(self, value: Tensor) -> None:
        """Add a copy of the value of the next step."""
        if self._waiting and (value.shape, value.dtype) != (self._waiting[0].shape, self._waiting[0].dtype):
            self.write()
        waiting = self._waiting
        waiting.append(copied(value))
        if len(waiting) >= _TOGETHER or len(waiting) * value.nbytes >= _WAITING:
            self.write()

    def extend(self, values: Sequence[Tensor]) -> None:
        """Add copies of the values of several steps."""
        if len({(value.shape, value.dtype) for value in values}) > 1:
            for value in values:
                self.put(value)
            return
        self.write()
        first, many = values[0], len(values)
        room = self._rooms[-1] if self._rooms else None
        fits = room is not None and (room.shape[1:], room.dtype) == (first.shape, first.dtype)
        if room is None or not fits or self._taken + many > room.shape[0]:
            self._close()
            least = _FIRST if first.device.type == "cpu" else many
            ahead = min(max(least, sum(map(len, self._rooms))), _AHEAD // max(1, first.nbytes))
            # What is made in inference mode could not be written to outside of it.
            with torch.inference_mode(False):
                room = self._room(first, max(many, ahead))
            self._rooms.append(room)
        with torch.no_grad():
            place = room[self._taken : self._taken + many]
            if first.dim():
                # Side by side in a dim that they have: to stack makes a view of each first.
                torch.cat(values, out=place.flatten(0, 1))  # type: ignore[arg-type]
            else:
                torch.stack(values, out=place)  # type: ignore[arg-type]
        self._taken += many

    def _room(self, like: Tensor, steps: int) -> Tensor:
        size = steps * like.nbytes
        if like.device.type != "cpu" or size <= _WAITING:
            self._pages = None
            return like.new_empty(steps, *like.shape)
        # The system's own pages: a part of them is a tensor without a second copy.
        self._pages = mmap(-1, size, **_OWN)
        return torch.frombuffer(self._pages, dtype=like.dtype).view(steps, *like.shape)

    def _close(self) -> None:
        """Leave the last room as it is."""
        if self._rooms and self._taken < len(self._rooms[-1]):
            left = self._rooms[-1][: self._taken]
            if self._pages is not None and self._taken:
                left = torch.frombuffer(self._pages, dtype=left.dtype, count=left.numel()).view(left.shape)
            self._rooms[-1] = left
        self._taken = 0

    def write(self) -> None:
        """Put the values together that came one by one."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.extend(waiting)

    def drop(self) -> None:
        """Take the last value away, if there is one."""
        self.write()
        self._taken -= 1

    def values(self, like: torch.Size) -> Tensor:
        """The values of all steps, (time, *like), in the place of what they were put together of."""
        whole = self.in_own_form(like)
        return whole.expand(len(whole), *like)

    def in_own_form(self, like: torch.Size) -> Tensor:
        """The values of all steps, where each has one number for several units as well."""
        self.write()
        last, own = self._taken, self._rooms
        self._close()
        parts = [_in_form(room, like) for room in own]
        if any(part.shape[1:] != parts[0].shape[1:] for part in parts):
            parts = [part.expand(len(part), *like) for part in parts]
        # A room that is not full would be kept whole, and so it would be in a file.
        whole = torch.cat(parts) if len(parts) > 1 or (own[0]._is_view() and self._pages is None) else parts[0]
        del parts, own
        self._pages = None
        self._rooms, self._taken = [whole], len(whole) if last else 0
        return whole


class WaitingRows:
    """The model's own tensors of several steps, which wait to be copied: each call of PyTorch has its price."""

    def __init__(self, columns: Sequence[ValueColumn]) -> None:
        self._columns = columns
        self._rows: list[Sequence[Tensor]] = []
        self._versions: list[Sequence[int]] = []
        self._bytes = 0
        """Of the largest value of a step."""

    def put(self, values: Sequence[Tensor], versions: Sequence[int]) -> None:
        """Let the values of a step wait; `versions`: how often each had been overwritten when the model used it."""
        # Before, not after: whoever put these may count on it that they wait.
        if len(self._rows) >= _TOGETHER or (self._rows and len(self._rows) * self._bytes >= _WAITING):
            self.write()
        if not self._rows:
            self._bytes = max(value.nbytes for value in values)
        self._rows.append(values)
        self._versions.append(versions)

    def write(self) -> None:
        """Copy what waits."""
        rows, versions, self._rows, self._versions = self._rows, self._versions, [], []
        for column, values, came in zip(
            self._columns, zip(*rows, strict=True), zip(*versions, strict=True), strict=False
        ):
            must_be_as_they_came(versions_of(values), list(came))
            column.extend(values)


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
