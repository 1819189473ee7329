"""How is a slow result computed once, even if many visitors ask for it?

`remembered` caches a function's results. A caller who asks for a result that is just being computed waits for it; if
the visitor who computes it leaves, the next caller computes it. A heavy computation waits for its turn before it
begins: a caller that has its turn may be waiting for the result.
"""

from collections.abc import Callable, Hashable
from contextlib import nullcontext
from threading import Condition
from typing import Any, Generic, ParamSpec, TypeVar

from cachetools import LRUCache

from gatescope.serving.still_wanted import go_on
from gatescope.serving.turns import heavy_turn
from gatescope.store import size_of
from gatescope.store.budgets import Budget

_P = ParamSpec("_P")
_R = TypeVar("_R")
# Seconds after which a waiting caller checks whether its own visitor still waits.
LOOK = 0.2


class Remembered(Generic[_P, _R]):
    """A function whose results are cached."""

    def __init__(
        self,
        find: Callable[_P, _R],
        budget: Budget,
        key: Callable[..., Hashable],
        bytes_of: Callable[[_R], int],
        is_heavy: Callable[..., bool] = lambda *_, **__: False,
    ) -> None:
        self._find, self.key, self._bytes_of, self._max = find, key, bytes_of, budget.bytes
        self._is_heavy = is_heavy
        # Each result with the bytes of the result and its key.
        self._known: LRUCache[Hashable, tuple[_R, int]] = LRUCache(budget.bytes, lambda entry: entry[1])
        self._under_way: set[Hashable] = set()
        self._changed = Condition()

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        key = self.key(*args, **kwargs)
        while True:
            with self._changed:
                while key in self._under_way:
                    self._changed.wait(LOOK)
                    go_on()
                if key in self._known:
                    return self._known[key][0]
            with heavy_turn() if self._is_heavy(*args, **kwargs) else nullcontext():
                if self._begins(key):
                    return self._computed(key, *args, **kwargs)

    def _begins(self, key: Hashable) -> bool:
        """Whether this thread is the one to compute a result: no other has begun or ended it meanwhile."""
        with self._changed:
            if key in self._under_way or key in self._known:
                return False
            self._under_way.add(key)
            return True

    def _computed(self, key: Hashable, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            found = self._find(*args, **kwargs)
            self._keep(key, found)
        finally:
            with self._changed:
                self._under_way.discard(key)
                self._changed.notify_all()
        return found

    def _keep(self, key: Hashable, found: _R) -> None:
        size = size_of.ENTRY + size_of.of_key(key) + self._bytes_of(found)
        if size <= self._max:
            with self._changed:
                self._known[key] = found, size

    def is_known(self, *args: Any, **kwargs: Any) -> bool:
        """Whether the result of a call is in the cache."""
        key = self.key(*args, **kwargs)
        with self._changed:
            return key in self._known

    @property
    def used(self) -> int:
        """The bytes of all results and their keys."""
        return int(self._known.currsize)

    def forget(self) -> None:
        """Drop all results."""
        with self._changed:
            self._known.clear()


def remembered(
    budget: Budget,
    *,
    key: Callable[..., Hashable],
    bytes_of: Callable[[_R], int],
    is_heavy: Callable[..., bool] = lambda *_, **__: False,
) -> Callable[[Callable[_P, _R]], Remembered[_P, _R]]:
    """Cache a function's results, as many as fit a budget. `key` takes the function's arguments and returns the cache
    key: everything that the result depends on. `bytes_of` returns the bytes of a result. `is_heavy` takes the arguments
    and says whether the computation waits for its turn."""
    return lambda find: Remembered(find, budget, key, bytes_of, is_heavy)
