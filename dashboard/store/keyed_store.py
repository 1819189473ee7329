"""How does the server keep what a visitor gave it, so that only that visitor can ask for it?

Each value stays in the server's memory under a secret key, until newer values need the room.
"""

import secrets
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

from gatescope.serving.limits import TooMuch
from gatescope.store import size_of
from gatescope.store.budgets import Budget

_T = TypeVar("_T")


class KeyedStore(Generic[_T]):
    """Values by secret key, as many as fit a budget; the least recently used are dropped."""

    def __init__(self, budget: Budget, bytes_of: Callable[[_T], int], prefix: str = "") -> None:
        self._bytes_of, self._prefix, self._lock = bytes_of, prefix, Lock()
        self._values: LRUCache[str, _T] = LRUCache(budget.bytes, lambda value: size_of.ENTRY + bytes_of(value))

    def put(self, value: _T) -> str:
        """Keep a value; returns its key.

        Raises TooMuch if the value alone exceeds the budget.
        """
        key, size = self._prefix + secrets.token_urlsafe(16), size_of.ENTRY + self._bytes_of(value)
        if size > self.room:
            raise TooMuch(f"Expected at most {self.room:,} bytes to keep, got {size:,}. Take something smaller.")
        with self._lock:
            self._values[key] = value
        return key

    def get(self, key: str) -> _T | None:
        """The value with this key, or None if it was dropped to make room."""
        with self._lock:
            return self._values.get(key)

    def drop(self, key: str) -> None:
        with self._lock:
            self._values.pop(key, None)

    def make_room(self, size: int) -> None:
        """Drop the least recently used values, before a new value of `size` bytes comes in."""
        with self._lock:
            while self._values and self._values.currsize + size > self._values.maxsize:
                self._values.popitem()

    @property
    def room(self) -> int:
        """The budget in bytes for all values together."""
        return int(self._values.maxsize)

    @property
    def used(self) -> int:
        """The bytes that all values use."""
        return int(self._values.currsize)
