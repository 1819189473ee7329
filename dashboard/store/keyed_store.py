"""How does the server keep what a visitor gave it, so that only that visitor can ask for it?

Each value stays in the server's memory under a secret key, until newer values need the room. A key may end in the
number of a part of the value: an epoch of a training, a sequence of a recording.
"""

import secrets
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

from gatescope.serving.limits import TooMuch
from gatescope.store import size_of

_T = TypeVar("_T")
# Separates a key from the number of a part: no key contains it.
_PART = "@"


class KeyedStore(Generic[_T]):
    """Values by secret key, as many as fit a budget; the least recently used are dropped."""

    def __init__(self, budget: int, bytes_of: Callable[[_T], int], prefix: str = "") -> None:
        self._bytes_of, self._prefix, self._lock = bytes_of, prefix, Lock()
        self._values: LRUCache[str, _T] = LRUCache(budget, lambda value: size_of.ENTRY + bytes_of(value))

    def put(self, value: _T) -> str:
        """Keep a value; returns its key.

        Raises TooMuch if the value alone exceeds the budget.
        """
        key, size, most = self._prefix + secrets.token_urlsafe(16), self._bytes_of(value), int(self._values.maxsize)
        if size + size_of.ENTRY > most:
            raise TooMuch(f"Expected at most {most:,} bytes to keep, got {size:,}. Take something smaller.")
        with self._lock:
            self._values[key] = value
        return key

    def get(self, key: str) -> _T | None:
        """The value with this key, or None if it was dropped to make room."""
        with self._lock:
            return self._values.get(key.partition(_PART)[0])

    def drop(self, key: str) -> None:
        with self._lock:
            self._values.pop(key, None)


def key_of_part(key: str, part: int) -> str:
    """The key of a part of the value with this key."""
    return f"{key}{_PART}{part}"


def part_in(key: str) -> int | None:
    """The number of the part that a key means: None for the whole value, -1 if it is no number."""
    _, marked, number = key.partition(_PART)
    return (int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else -1) if marked else None
