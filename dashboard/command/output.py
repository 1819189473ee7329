"""How does a result reach the shell?"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

    from lstm_core.progress import Progress


def table(frame: pandas.DataFrame) -> None:
    """Write a table to stdout, as CSV: exact for a file or a program, rounded in a terminal, for a person."""
    rounded = "%.4g" if sys.stdout.isatty() else None
    frame.to_csv(sys.stdout, index=False, lineterminator="\n", float_format=rounded)


def remark(sentence: str) -> None:
    """Say something that is no data."""
    print(sentence, file=sys.stderr)


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr, for as long as a computation takes; none where nobody looks."""
    from tqdm.auto import tqdm

    with tqdm(total=1.0, bar_format="{percentage:3.0f}%|{bar}| {elapsed}", disable=None, leave=False) as bar:
        yield lambda share: bar.update(share - bar.n)


def leave_quietly() -> int:
    """End where `| head` has read enough: what stdout still holds has nowhere to go. Returns the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
