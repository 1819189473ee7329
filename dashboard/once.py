"""What hangs on a trace alone, and so is found once however often its picture is drawn?"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from lstm_core import Trace

_P = ParamSpec("_P")
_R = TypeVar("_R")


def once_a_trace(find: Callable[Concatenate[Trace, _P], _R]) -> Callable[Concatenate[Trace, _P], _R]:
    """A function of a trace and a few names that remembers what it found, as long as the trace is there.

    What it found is shared by all who ask: it is never changed.
    """
    found: WeakKeyDictionary[Trace, dict[Hashable, Any]] = WeakKeyDictionary()

    def known(trace: Trace, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        answers = found.setdefault(trace, {})
        asked = (args, *sorted(kwargs.items()))
        if asked not in answers:
            answers[asked] = find(trace, *args, **kwargs)
        answer: _R = answers[asked]
        return answer

    return known
