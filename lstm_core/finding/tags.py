"""Is a tensor an earlier memory, only in another form?

A tag says so. It goes with the tensor through views, stacks, buffers, masks, dropout, norms and one activation, not
through a matrix product or a sum with something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lstm_core.finding.update import Visit

MASK = "mask"
"""The word in a path for a mask, a clamp or a choice between old and new: what it leaves is the memory."""
_MOST = 32
"""The most memories that one tensor can hold, such as a stack of layers' states."""


class Tag(NamedTuple):
    """The memory of a visit, and how it was changed on the way: () if it is what the step computed."""

    visit: Visit
    path: tuple[str, ...] = ()
    lost: str = ""
    """What made something else of it, such as a sum; then it is no memory any more."""
    beside: bool = False
    """Whether the tensor had other values too, as a buffer of several states has: what is read from it may be those."""

    def through(self, change: str) -> Tag:
        """The tag after one more operation; `change`: "" if the values stay what they were."""
        is_there = not change or (change == MASK and MASK in self.path)
        path = self.path if is_there else (*self.path, change)
        return self._replace(path=path)

    def among_others(self) -> Tag:
        """The tag of a tensor that has other values too."""
        return self._replace(beside=True)


def merged(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """The tags of several tensors that became one: of each chain the newest alone."""
    tags = tuple(tags)
    if len(tags) < 2:
        return tags
    newest: dict[object, Tag] = {}
    for tag in tags:
        owner = tag.visit.chain or tag.visit
        other = newest.get(owner)
        if other is None or (tag.visit.number, not tag.lost) > (other.visit.number, not other.lost):
            newest[owner] = tag
    return tuple(newest.values())[-_MOST:]


def changed(tags: tuple[Tag, ...], change: str) -> tuple[Tag, ...]:
    """Some tags after an operation."""
    return tuple(tag.through(change) for tag in tags)
