"""Imports point one way: lstm_core ← figures ← pages. The order of folders is read off docs/where.md by `test_docs`."""

import ast
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from structure import HOUSES, functions, imports_of, in_circles, that_run

import lstm_core

CORE = Path(lstm_core.__file__).parent
DASHBOARD = CORE.parent / "dashboard"
STUDIES = CORE.parent / "studies"
# What draws and answers knows nothing of Streamlit, so it is tested without a server and serves a notebook too.
ROOMS_WITH_STREAMLIT = {"app_pages", "controls", "units_page", "model_page"}
FILES_WITH_STREAMLIT = {"app.py", "command/output.py", "live/routes.py"}


def imports(path):
    for node in that_run(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def that_import(folder, *modules):
    """The files of a folder that import one of some modules, by their paths in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if set(modules) & set(imports(path))}


def test_lstm_core_imports_no_streamlit_and_nothing_of_the_dashboard_and_only_its_plots_import_plotly():
    assert not that_import(CORE, "streamlit", "gatescope")
    assert {name.split("/")[0] for name in that_import(CORE, "plotly")} == {"plots"}


def test_only_what_talks_to_streamlit_imports_it():
    others = {name for name in that_import(DASHBOARD, "streamlit") if name.split("/")[0] not in ROOMS_WITH_STREAMLIT}
    assert others == FILES_WITH_STREAMLIT


def test_pages_hold_no_maths():
    assert not that_import(DASHBOARD / "app_pages", "torch", "numpy", "pandas", "plotly", "math")


def test_python_says_nothing_of_a_step_or_a_unit_of_a_recording():
    """The page says it. The command, which prints what it finds, has no page."""
    names_one = re.compile(r"\b(unit|step|value|c is|h is|by) $", re.IGNORECASE)
    said = [
        f"{path.relative_to(DASHBOARD)}: {ast.unparse(text)}"
        for path in DASHBOARD.rglob("*.py")
        if path.parent.name != "command"
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for before, after in pairwise(text.values)
        if isinstance(before, ast.Constant) and isinstance(after, ast.FormattedValue)
        if names_one.search(before.value)
    ]
    assert said == []


# What a page asks and how it looks hold no tensor: they may stand among its global names.
SMALL = {"palette.look", "theme", "names", "link.names", "LessonView", "SourceControls", "UnitsControls"}


@pytest.mark.parametrize("path", sorted((DASHBOARD / "app_pages").glob("*.py")), ids=lambda path: path.stem)
def test_a_page_reads_and_draws_in_a_function(path):
    """Streamlit keeps a page's global names until its visitor leaves, so a reading among them would stay."""
    *parts, last = ast.parse(path.read_text(encoding="utf-8")).body
    outside = [part for part in parts if not isinstance(part, ast.FunctionDef | ast.ClassDef)]
    calls = {ast.unparse(one.func) for part in outside for one in ast.walk(part) if isinstance(one, ast.Call)}
    assert ast.unparse(last) == "page()"
    assert calls <= SMALL


def test_the_equations_import_torch_and_nothing_of_ours():
    assert set(imports(CORE / "recording" / "equations.py")) <= {"torch", "math", "collections"}


@pytest.mark.slow
@pytest.mark.parametrize("module", ["lstm_core.api", "gatescope.recording.recording"])
def test_pandas_and_plotly_wait_until_they_are_needed(module):
    """They would add half a second to the first picture."""
    code = f"import sys, {module}; print(*{{'pandas', 'plotly', 'streamlit', 'sympy'}} & sys.modules.keys())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


@pytest.mark.parametrize("house", HOUSES)
def test_no_file_imports_itself_by_way_of_others(house):
    assert not in_circles(imports_of(house)), "each of these files waits for another of them, or for a file that does"


@pytest.mark.slow
def test_studies_are_programs_that_nothing_in_the_wheel_imports():
    programs = [path for path in STUDIES.glob("*.py") if path.stem != "__init__"]
    assert programs
    assert all('if __name__ == "__main__":' in path.read_text(encoding="utf-8") for path in programs)
    assert not that_import(CORE, "studies") | that_import(DASHBOARD, "studies")
    packed = tomllib.loads((STUDIES.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    wheel = packed["targets"]["wheel"]
    assert (wheel["only-include"], wheel["sources"]) == (["lstm_core", "dashboard"], {"dashboard": "gatescope"})


@pytest.mark.parametrize("house", ["lstm_core", "dashboard", "studies"])
def test_no_function_has_more_than_sixty_lines(house):
    lines, name = functions(house)[0]
    assert lines <= 60, name
