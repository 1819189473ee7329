"""How does the server keep what is slow to compute, and what a visitor gave it, in little memory?"""

import secrets
import sys
from collections.abc import Callable, Hashable, Iterable
from contextlib import nullcontext, suppress
from hashlib import sha256
from threading import Condition, Lock
from typing import Any, Generic, ParamSpec, TypeVar

from cachetools import LRUCache

from gatescope.serving.turns import go_on, heavy_turn
from lstm_core.errors import LstmCoreError


class Budget:
    """The bytes of each store, which drops its least recently used values once they are used up. A running job takes,
    in addition, what `serving/limits.py` allows."""

    # Traces of long texts and files.
    READINGS = 240_000_000
    # Which unit tracks what.
    TRACKING = 12_000_000
    # Texts read again with a word changed.
    ALTERNATIVES = 60_000_000
    # Scans of corpora, with their texts.
    SCANS = 160_000_000
    # What a unit does around its moments in a corpus.
    MOMENTS = 12_000_000
    # Places in a corpus where a pattern occurs.
    HITS = 4_000_000
    # Files that visitors opened as texts and tables.
    TEXTS = 60_000_000
    # Models that visitors trained or opened.
    MODELS = 160_000_000
    # Recordings that visitors opened.
    TRACES = 70_000_000
    # Files of weights that visitors opened.
    WEIGHTS = 160_000_000


# How many bytes of memory does a value in a store take?


# The bytes around a value in its store: the entry, its key, small objects.
ENTRY_BYTES = 1_000


def text_bytes(texts: Iterable[str]) -> int:
    """The bytes of some strings."""
    return sum(map(sys.getsizeof, texts))


# How does the server keep what a visitor gave it, so that only that visitor can ask for it?


_T = TypeVar("_T")
# Separates a key from the number of a part: no key contains it.
_PART = "@"


class KeyedStore(Generic[_T]):
    """Values by secret key, as many as fit a budget; the least recently used are dropped.

    A key may end in the number of a part of the value: an epoch of a training, a sequence of a recording.
    """

    def __init__(self, budget: int, bytes_of: Callable[[_T], int], prefix: str = "") -> None:
        self._bytes_of, self._prefix, self._lock = bytes_of, prefix, Lock()
        self._values: LRUCache[str, _T] = LRUCache(budget, lambda value: ENTRY_BYTES + bytes_of(value))

    def put(self, value: _T) -> str:
        """Keep a value; returns its key.

        Raises LstmCoreError if the value alone exceeds the budget.
        """
        key, size, most = self._prefix + secrets.token_urlsafe(16), self._bytes_of(value), int(self._values.maxsize)
        if size + ENTRY_BYTES > most:
            raise LstmCoreError(f"Expected at most {most:,} bytes to keep, got {size:,}. Take something smaller.")
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


# How is a slow result computed once, even if many visitors ask for it?


_P = ParamSpec("_P")
_R = TypeVar("_R")
# Seconds after which a waiting caller checks whether its own visitor still waits.
LOOK = 0.2


class Remembered(Generic[_P, _R]):
    """A function whose results are cached.

    A caller who asks for a result that is just being computed waits for it; if the visitor who computes it leaves, the
    next caller computes it. A heavy computation waits for its turn before it begins: a caller that has its turn may be
    waiting for the result. (Neither `cachetools.cached` nor Streamlit's caches let a caller leave who waits.)
    """

    def __init__(
        self,
        find: Callable[_P, _R],
        budget: int,
        key: Callable[..., Hashable],
        bytes_of: Callable[[_R], int],
        is_heavy: Callable[..., bool],
    ) -> None:
        self._find, self.key, self._is_heavy = find, key, is_heavy
        self._known: LRUCache[bytes, _R] = LRUCache(budget, lambda found: ENTRY_BYTES + bytes_of(found))
        self._under_way: set[bytes] = set()
        self._changed = Condition()

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        key = self._digest(*args, **kwargs)
        while True:
            with self._changed:
                while key in self._under_way:
                    self._changed.wait(LOOK)
                    go_on()
                if key in self._known:
                    return self._known[key]
            with heavy_turn() if self._is_heavy(*args, **kwargs) else nullcontext():
                with self._changed:
                    # Another caller may have begun it, or ended it, meanwhile.
                    if key in self._under_way or key in self._known:
                        continue
                    self._under_way.add(key)
                try:
                    found = self._find(*args, **kwargs)
                    # A result that is larger than the budget is not kept.
                    with self._changed, suppress(ValueError):
                        self._known[key] = found
                    return found
                finally:
                    with self._changed:
                        self._under_way.discard(key)
                        self._changed.notify_all()

    def _digest(self, *args: Any, **kwargs: Any) -> bytes:
        """A key in few bytes, however long the text in it."""
        return sha256(repr(self.key(*args, **kwargs)).encode("utf-8", "surrogatepass")).digest()

    def is_known(self, *args: Any, **kwargs: Any) -> bool:
        """Whether the result of a call is in the cache."""
        return self._digest(*args, **kwargs) in self._known

    def forget(self) -> None:
        """Drop all results."""
        with self._changed:
            self._known.clear()


def remembered(
    budget: int,
    *,
    key: Callable[..., Hashable],
    bytes_of: Callable[[_R], int],
    is_heavy: Callable[..., bool] = lambda *_, **__: False,
) -> Callable[[Callable[_P, _R]], Remembered[_P, _R]]:
    """Cache a function's results, as many as fit a budget. `key` takes the function's arguments and returns the cache
    key: everything that the result depends on. `bytes_of` returns the bytes of a result. `is_heavy` takes the arguments
    and says whether the computation waits for its turn."""
    return lambda find: Remembered(find, budget, key, bytes_of, is_heavy)
