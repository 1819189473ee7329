"""Imports point one way: lstm_core ← figures ← pages."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dashboard
import lstm_core

CORE = Path(lstm_core.__file__).parent
DASHBOARD = Path(dashboard.__file__).parent
# What draws and answers knows nothing of Streamlit, so it is tested without a server and serves a notebook too.
WITH_STREAMLIT = {
    "app",
    "beside",
    "chart",
    "command",
    "linked",
    "live",
    "reader_controls",
    "routes",
    "scrolling",
    "session",
    "uploads",
    "waiting",
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda p: p.stem)
def test_lstm_core_imports_no_streamlit_no_plotly_and_nothing_of_the_dashboard(path):
    assert not {"streamlit", "plotly", "dashboard"} & set(imports(path))


@pytest.mark.parametrize("path", sorted(DASHBOARD.rglob("*.py")), ids=lambda p: f"{p.parent.name}.{p.stem}")
def test_only_what_talks_to_streamlit_imports_it(path):
    talks = path.parent.name == "app_pages" or (path.parent == DASHBOARD and path.stem in WITH_STREAMLIT)
    assert talks or "streamlit" not in set(imports(path))


@pytest.mark.parametrize("path", sorted((DASHBOARD / "app_pages").glob("*.py")), ids=lambda p: p.stem)
def test_pages_hold_no_maths(path):
    assert not {"torch", "numpy", "pandas", "plotly", "math"} & set(imports(path))


def test_the_equations_import_torch_and_nothing_of_ours():
    assert set(imports(CORE / "recording" / "gates.py")) <= {"torch", "math"}


@pytest.mark.parametrize("module", ["lstm_core", "dashboard.picture"])
def test_pandas_and_plotly_wait_until_they_are_needed(module):
    """They would add half a second to the first picture."""
    code = f"import sys, {module}; print(*{{'pandas', 'plotly', 'streamlit', 'sympy'}} & sys.modules.keys())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
