"""What was found out about a model: a row a question, each with its number and the line that mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from textwrap import indent
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pandas

Result = Literal["pass", "look", "broken"]
MARKS = {"pass": "✓", "look": "!", "broken": "✗"}


class Row(NamedTuple):
    """One answer: "broken" is a mistake, "look" a note. `advice` says what mends it; "" where there is nothing to."""

    question: str
    result: Result
    number: str
    advice: str = ""


# What a question of `questions` says of a model; the list of them knows its name.
broken, look, passes = (partial(Row, "", result) for result in ("broken", "look", "pass"))


@dataclass(frozen=True, repr=False)
class Report:
    """The rows of `check`; `read`: what the model read; `not_asked`: each other question, and why it was not asked."""

    rows: tuple[Row, ...]
    read: str
    not_asked: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def of(self, result: Result) -> list[Row]:
        """The rows with one result."""
        return [row for row in self.rows if row.result == result]

    @property
    def is_broken(self) -> bool:
        """Whether there is a mistake."""
        return bool(self.of("broken"))

    def to_pandas(self) -> pandas.DataFrame:
        """A row a question, what is broken first: question, result (pass, look or broken), number, advice."""
        import pandas

        return pandas.DataFrame(self.in_order(), columns=list(Row._fields))

    def summary(self) -> str:
        """How many questions have which result, what was read, and why other questions were not asked, in sentences."""
        counts = f"{len(self.of('pass'))} pass, {len(self.of('look'))} to look at, {len(self.of('broken'))} broken."
        others = "; ".join(
            f"{', '.join(f'“{question}”' for question in self.not_asked if self.not_asked[question] == why)} ({why})"
            for why in dict.fromkeys(self.not_asked.values())
        )
        left_out = f" Questions not asked: {others}." if others else ""
        return f"{counts} Read: {self.read}.{left_out}"

    def in_order(self) -> list[Row]:
        """What is broken, then what to look at, then what passes."""
        return [*self.of("broken"), *self.of("look"), *self.of("pass")]

    def __repr__(self) -> str:
        rows = self.in_order()
        wide = max((len(row.question) for row in rows), default=0)
        lines = (
            f"{MARKS[row.result]} {row.question:<{wide}}  {row.number}"
            + (f"\n{indent(row.advice, '    ')}" if row.advice else "")
            for row in rows
        )
        return "\n".join([*lines, self.summary()])

    def _repr_html_(self) -> str:
        # No script, every text escaped, no `$` read as maths.
        return f'<pre class="tex2jax_ignore mathjax_ignore">{escape(repr(self))}</pre>'
