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
    tests: tuple[str, ...] = ()
    """The test files that are to see it; none: all that can reach it."""

    def __str__(self) -> str:
        one_line = (" ".join(part.split()) for part in (self.before, self.after))
        before, after = (part if len(part) <= 60 else f"{part[:59]}…" for part in one_line)
        return f"{self.file}:{self.line}  {before}  →  {after}"


def replaced(file: str, before: str, after: str, *tests: str) -> Fault:
    """A fault by the text that stands once in a file, and what stands there instead."""
    text = (ROOT / file).read_text(encoding="utf-8")
    if text.count(before) != 1:
        raise ValueError(f"Expected {before!r} once in {file}, got it {text.count(before)} times. Follow the code.")
    line = text[: text.index(before)].count("\n") + 1
    return Fault(file, line, before, after, text.replace(before, after), tests)
