"""How is JSON from outside read, so that it takes no more memory than its text suggests?"""

import json
from typing import Any

from lstm_core.errors import LstmCoreError

MOST_MARKS = 500_000
"""The most brackets, commas and colons: each may be an object of a hundred bytes. 40,000 names and shapes have as many.

Long lists of words have a limit of their own for commas and colons, never for brackets.
"""


def read_json(text: str | bytes, most: int = MOST_MARKS) -> Any:
    """The value in a JSON text.

    Raises LstmCoreError for a text that is not JSON, or that has more than `most` commas and colons or `MOST_MARKS`
    brackets; marks inside strings count too.

    >>> read_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    opened, parted = (_count(text, marks) for marks in ("[{", ",:"))
    if opened > MOST_MARKS or opened + parted > most:
        raise LstmCoreError(
            f"Expected JSON with at most {most:,} brackets, commas and colons, got {opened + parted:,}."
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LstmCoreError(f"Expected JSON, got a text that can't be read as JSON: {str(error)[:200]}.") from error


def _count(text: str | bytes, marks: str) -> int:
    return sum(text.count(mark.encode()) if isinstance(text, bytes) else text.count(mark) for mark in marks)
