"""Which word, or which number of a series, is asked about?"""

from typing import NamedTuple


class Event(NamedTuple):
    """What a path begins at: a whole step, or one feature at a step."""

    step: int
    feature: int | None = None
