"""How many bytes of memory does a value in a store take?"""

import sys
from collections.abc import Iterable

# The bytes around a value in its store: the entry, its key, small objects.
ENTRY = 1_000


def of_texts(texts: Iterable[str]) -> int:
    """The bytes of some strings."""
    return sum(map(sys.getsizeof, texts))
