"""What is among the inputs of a model: tensors in their order, in tuples, and in dicts by name?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


def parts_of(given: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """An input and all that stands in it, each with the last name that a dict gives it ("" without a dict)."""
    yield name, given
    if isinstance(given, Mapping):
        for key, value in given.items():
            yield from parts_of(value, str(key))
    elif type(given) is tuple:
        for value in given:
            yield from parts_of(value, name)


def with_parts(given: Any, change: Callable[[Any], Any]) -> Any:
    """An input whose parts are changed; `change` returns a part itself where it, or what stands in it, is to stay."""
    changed = change(given)
    if changed is not given:
        return changed
    if isinstance(given, Mapping):
        return {key: with_parts(value, change) for key, value in given.items()}
    return tuple(with_parts(value, change) for value in given) if type(given) is tuple else given
