"""Docstrings and comments are plain English: each names its subject and needs no other one."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = [path for folder in ("lstm_core", "dashboard") for path in sorted((ROOT / folder).rglob("*.py"))]
PACKAGES = [path for path in PYTHON if path.name == "__init__.py"]
SCRIPTS = sorted((ROOT / "assets" / "browser").rglob("*.js"))
# A docstring that begins so has its noun in another docstring.
DEPENDENT = re.compile(r"\s*(The same\b|That of\b|Those\b|As `|Of [a-z])")
# The plain words are: except, except, depends on.
DIALECT = re.compile(r"\b(but where|but for|hangs? on)\b")
# One sentence on one line; a longer docstring continues after an empty line.
ONE_LINE = re.compile(r'"""[^\n]+[.?`]("""|\n\n)')


def strings(text):
    """The docstrings of modules, classes, functions and fields."""
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        for line in body if isinstance(body, list) else []:
            if (
                isinstance(line, ast.Expr)
                and isinstance(line.value, ast.Constant)
                and isinstance(line.value.value, str)
            ):
                yield line.value.value


def comments(text):
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def script_comments(text):
    return re.findall(r"^\s*(?:/\*\*?|\*|//)(.*)$", text, re.MULTILINE)


def dialect_in(lines):
    return [line for line in lines if DIALECT.search(" ".join(line.split()))]


def finds(paths, look):
    """What `look` finds in each file's text, by the file's name, for the files in which it finds anything."""
    found = {path.relative_to(ROOT).as_posix(): look(path.read_text(encoding="utf-8")) for path in paths}
    return {name: lines for name, lines in found.items() if lines}


@pytest.mark.slow
def test_no_docstring_needs_another_one():
    assert finds(PYTHON, lambda text: [found for found in strings(text) if DEPENDENT.match(found)]) == {}


def test_docstrings_and_comments_use_the_plain_word():
    assert finds(PYTHON, lambda text: dialect_in([*strings(text), *comments(text)])) == {}
    assert finds(SCRIPTS, lambda text: dialect_in(script_comments(text))) == {}


def test_each_file_opens_with_what_it_is_for():
    assert finds(PYTHON, lambda text: len(ast.get_docstring(ast.parse(text)) or "") < 20) == {}
    assert finds(SCRIPTS, lambda text: not re.match(r"/\*\*\s+(\* )?\S.{20}", text)) == {}


def test_each_package_opens_with_one_line():
    assert PACKAGES
    assert finds(PACKAGES, lambda text: not ONE_LINE.match(text)) == {}
