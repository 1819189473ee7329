"""What is a fault? One place in one file, with other text."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Fault(NamedTuple):
    """A change of one place in a file."""

    file: str
    """From the project's root."""
    line: int
    before: str
    after: str
    text: str
    """The whole file with the fault."""

    def __str__(self) -> str:
        one_line = (" ".join(part.split()) for part in (self.before, self.after))
        before, after = (part if len(part) <= 60 else f"{part[:59]}…" for part in one_line)
        return f"{self.file}:{self.line}  {before}  →  {after}"
