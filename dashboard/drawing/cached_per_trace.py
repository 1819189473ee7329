"""How is a result that depends on a trace alone computed once, however often its picture is drawn?"""

from collections.abc import Callable, Hashable
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from lstm_core import Trace

_P = ParamSpec("_P")
_R = TypeVar("_R")


def cached_per_trace(compute: Callable[Concatenate[Trace, _P], _R]) -> Callable[Concatenate[Trace, _P], _R]:
    """Cache the results of a function of a trace and a few names, for as long as the trace lives.

    All callers share a result, so nobody may change it.
    """
    results: WeakKeyDictionary[Trace, dict[Hashable, Any]] = WeakKeyDictionary()

    def cached(trace: Trace, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        of_trace = results.setdefault(trace, {})
        key = (args, *sorted(kwargs.items()))
        if key not in of_trace:
            of_trace[key] = compute(trace, *args, **kwargs)
        answer: _R = of_trace[key]
        return answer

    return cached
