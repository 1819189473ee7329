"""How many bytes of memory does a value in a store take?"""

import sys
from collections.abc import Iterable
from dataclasses import fields, is_dataclass

# The bytes around a value in its store: the entry, its part of the lock, small objects.
ENTRY = 1_000


def of_texts(texts: Iterable[str]) -> int:
    """The bytes of some strings."""
    return sum(map(sys.getsizeof, texts))


def of_key(key: object) -> int:
    """The bytes of a key: all its strings, inside tuples and dataclasses too."""
    if isinstance(key, str | bytes):
        return sys.getsizeof(key)
    if isinstance(key, tuple | list | frozenset):
        return sys.getsizeof(key) + sum(map(of_key, key))
    if is_dataclass(key) and not isinstance(key, type):
        return ENTRY + sum(of_key(getattr(key, field.name)) for field in fields(key))
    return 32
