"""How is a slow result computed once, even if many visitors ask for it?

`remembered` caches a function's results. A caller who asks for a result that is just being computed waits for it; if
the visitor who computes it leaves, the next caller computes it. A heavy computation waits for its turn before it
begins: a caller that has its turn may be waiting for the result. (Neither `cachetools.cached` nor Streamlit's caches
let a caller leave who waits for another's result.)
"""

from collections.abc import Callable, Hashable
from contextlib import nullcontext, suppress
from hashlib import sha256
from threading import Condition
from typing import Any, Generic, ParamSpec, TypeVar

from cachetools import LRUCache

from gatescope.serving.still_wanted import go_on
from gatescope.serving.turns import heavy_turn
from gatescope.store import size_of

_P = ParamSpec("_P")
_R = TypeVar("_R")
# Seconds after which a waiting caller checks whether its own visitor still waits.
LOOK = 0.2


class Remembered(Generic[_P, _R]):
    """A function whose results are cached."""

    def __init__(
        self,
        find: Callable[_P, _R],
        budget: int,
        key: Callable[..., Hashable],
        bytes_of: Callable[[_R], int],
        is_heavy: Callable[..., bool],
    ) -> None:
        self._find, self.key, self._is_heavy = find, key, is_heavy
        self._known: LRUCache[bytes, _R] = LRUCache(budget, lambda found: size_of.ENTRY + bytes_of(found))
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
