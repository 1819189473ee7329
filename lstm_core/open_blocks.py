"""Which blocks are open here: in this thread or asyncio task, or around what began it?

A block belongs to its context (`contextvars`). An asyncio task and `asyncio.to_thread` get a copy of the context that
begins them, so that they are inside its blocks; blocks of their own are seen by nobody else. A plain thread starts with
an empty context.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, TypeVar

_Kind = TypeVar("_Kind")
_open: ContextVar[tuple[Block, ...]] = ContextVar("open blocks", default=())


class Block:
    """A block, open between `with` and its end, wherever that comes; `of`: what it is a block of, to be found by."""

    def __init__(self, of: Any = True) -> None:
        self.of = of

    def __enter__(self) -> Block:
        _open.set((*_open.get(), self))
        return self

    def __exit__(self, *_: object) -> None:
        # A task that goes on after the block still has it in its context.
        self.of = None
        _open.set(tuple(block for block in _open.get() if block is not self))

    def is_here(self) -> bool:
        """Whether what runs now is inside the block."""
        return self.of is not None and self in _open.get()


def blocks_here(kind: type[_Kind]) -> list[_Kind]:
    """What the open blocks here are blocks of, if it is of this kind; the innermost last."""
    return [block.of for block in _open.get() if isinstance(block.of, kind)]
