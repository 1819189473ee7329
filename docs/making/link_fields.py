"""What can a link to the app say? Each page's fields, as the app itself reads them."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from itertools import pairwise
from typing import Any

from gatescope.comparing.view import Side
from gatescope.lesson.view import LessonView
from gatescope.model_page.choice import Way
from gatescope.question import link
from gatescope.question.view import View
from gatescope.train_one.setup import usual
from gatescope.unit_list.view import Units

QUESTIONS = {
    "Memory": ("/", View()),
    "Lesson": ("/lesson", LessonView()),
    "Units": ("/units", Units()),
    "Compare": ("/compare", Side()),
    "Your model": ("/open", Way()),
    "Your model, training": ("/open?how=train", usual("counter")),
}
START = """# The fields of a link

The address of a page is the question that it answers: `/?sentence=A+cat&model=random&hidden_dim=8` opens the same
numbers on any machine. What a link leaves out has its usual value. A value that is not possible falls back to the usual
one, and the page says so. On Compare, a name with `_b` at its end is of the second reading, which takes from the first
what is not said. A training starts from the usual values of its task; those below are of `counter`.
"""


def pages() -> dict[str, str]:
    """One page."""
    parts = [START]
    told: set[str] = set()
    for page, (address, question) in QUESTIONS.items():
        rows = [row for row in _fields(question) if not row[0].metadata.get("never")]
        more = [row for row in rows if row[0].name not in told or page.endswith("training")]
        as_before = sorted({row[0].name for row in rows} - {row[0].name for row in more})
        parts.append(f"## {page}: `{address}`\n")
        if as_before:
            parts.append(f"The fields that are above: {', '.join(f'`{name}`' for name in as_before)}. And:\n")
        parts.append("| field | takes | usual value | |\n|---|---|---|---|")
        parts += [f"| `{field.name}` | {_takes(field)} | {_code(value)} | {said} |" for field, value, said in more]
        parts.append("")
        told |= {row[0].name for row in rows}
    return {"link_fields": "\n".join(parts)}


def _fields(question: Any) -> Iterator[tuple[Field[Any], Any, str]]:
    """Every field that a link can say, its usual value, and the sentence below it in the code."""
    said = _sentences(type(question))
    for field in fields(question):
        value = getattr(question, field.name)
        if is_dataclass(value) and not isinstance(value, type):
            yield from _fields(value)
        else:
            yield field, value, said.get(field.name, "")


def _sentences(of: type) -> dict[str, str]:
    [body] = [node.body for node in ast.parse(inspect.getsource(of)).body if isinstance(node, ast.ClassDef)]
    return {
        ast.unparse(one.target): " ".join(str(next_.value.value).split())
        for one, next_ in pairwise(body)
        if isinstance(one, ast.AnnAssign) and isinstance(next_, ast.Expr) and isinstance(next_.value, ast.Constant)
    }


def _takes(field: Field[Any]) -> str:
    """What the field's own reader says to a value that it does not take."""
    if "choices" in field.metadata:
        return ", ".join(f"`{name}`" for name in field.metadata["choices"] if name)
    try:
        field.metadata["read"]("\0")
    except ValueError as error:
        return f"{error}".removeprefix("it takes ").replace("|", "\\|")
    return "any text"


def _code(value: Any) -> str:
    written = link._written(value)
    return f"`{written}`" if f"{written}" else ""
