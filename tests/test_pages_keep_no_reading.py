"""Streamlit keeps a page's global names until its visitor leaves: nothing large may stand among them."""

import ast
import re
from pathlib import Path

import pytest

import dashboard

PAGES = sorted((Path(dashboard.__file__).parent / "app_pages").glob("*.py"))
# What these rooms give back holds tensors, or may; a page's own question, in its `view`, holds none.
LARGE = ("dashboard.reading", "dashboard.units", "dashboard.comparing", "dashboard.lesson")
LARGE += ("dashboard.units_page", "dashboard.model_page", "dashboard.corpus", "dashboard.checkpoint")
LARGE += ("dashboard.store", "lstm_core")
# A view is a question, controls hold one, and lstm_core.plots gives colours and figures: none holds a trace.
SMALL = re.compile(r"dashboard\..*\.(view|units_controls)|lstm_core\.plots(\..*)?")
TYPES = {"Reading", "Trace", "Sample", "SequenceModel", "Opened", "Scan", "Scanned", "Hits"}


def of_large_rooms(tree):
    """The names under which a page knows what is in those rooms."""
    for node in tree.body:
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module.startswith(LARGE) and not SMALL.fullmatch(module):
            yield from (alias.asname or alias.name for alias in node.names if alias.name != "view")
        elif isinstance(node, ast.Import):
            yield from (
                alias.asname or alias.name.split(".")[0] for alias in node.names if alias.name.startswith(LARGE)
            )


def outside_functions(node):
    """The statements that run as the page's own, wherever they stand in its ifs and withs."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from outside_functions(child)


def named(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def large_globals(source):
    """The names that a page's source binds at its own level to what may hold tensors."""
    tree = ast.parse(source)
    rooms = set(of_large_rooms(tree))
    large_functions = {
        f.name for f in tree.body if isinstance(f, ast.FunctionDef) and f.returns and named(f.returns) & TYPES
    }
    for node in outside_functions(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) or node.value is None:
            continue
        calls = [call.func for call in ast.walk(node.value) if isinstance(call, ast.Call)]
        annotated = isinstance(node, ast.AnnAssign) and named(node.annotation) & TYPES
        if annotated or any(named(call) & (rooms | large_functions) for call in calls):
            yield ast.unparse(node)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_page_keeps_a_reading_at_module_level(path):
    assert list(large_globals(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    ["reading = read(view)", "if view:\n    whole, cut = read(view), []", "reading: Reading | None = None",
     "found = own()", "if (found := read(view)):\n    pass"],
)  # fmt: skip
def test_a_reading_at_module_level_would_be_seen(line):
    page = "from dashboard.reading.read import Reading, read\ndef own() -> Reading:\n    return read(view)\n"
    assert len(list(large_globals(page + line))) == 1
    assert list(large_globals(page + "def page():\n    reading = read(view)\npage()")) == []
