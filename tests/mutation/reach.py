"""Which tests can see a fault? Those that import the file, the nearest first; in the browser those that name it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

from tests.mutation.fault import ROOT, Fault
from tests.structure import modules_of

# How many imports may lie between a test and the file: 1 is its own.
FARTHEST = 4
# The pages' scripts and what only a browser runs are seen by tests that open the page.
BY_PAGE = {
    "assets/browser/controls/": ["test_live", "test_playback", "test_share"],
    "assets/browser/picture/": ["test_live", "test_pinning", "test_zoom", "test_long"],
    "assets/browser/panel/": ["test_pinning", "test_cells", "test_step_table", "test_holds"],
    "assets/browser/state/": ["test_live", "test_pinning", "test_playback"],
    "assets/browser/asking/": ["test_live", "test_connection"],
    "assets/browser/app/": ["test_live", "test_tour", "test_share"],
    "assets/browser/": ["test_live", "test_why"],
}


def tests_of(fault: Fault) -> list[str]:
    """The test files that can see a fault, the likeliest first."""
    if fault.tests:
        return list(fault.tests)
    if fault.file.endswith(".js"):
        return _in_the_browser(fault.file)
    names = _names_around(fault)
    distance = _distances(fault.file)
    named = {test: sum(bool(re.search(rf"\b{name}\b", _text(test))) for name in names) for test in distance}
    near = sorted(distance, key=lambda test: (-named[test], distance[test], test))
    own = [fault.file] if ">>>" in (ROOT / fault.file).read_text(encoding="utf-8") else []
    return [*own, *near]


def _in_the_browser(file: str) -> list[str]:
    stem = PurePosixPath(file).stem
    folder = next(folder for folder in BY_PAGE if file.startswith(folder))
    files = {path.stem for path in (ROOT / "tests/browser").glob("test_*.py")}
    named = sorted(name for name in files if stem.split("_")[0] in name)
    return [f"tests/browser/{name}.py" for name in dict.fromkeys([*named, *BY_PAGE[folder]])]


def _names_around(fault: Fault) -> list[str]:
    """The functions and classes around a fault, and its module."""
    tree = ast.parse((ROOT / fault.file).read_text(encoding="utf-8"))
    around = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.lineno <= fault.line <= (node.end_lineno or 0)
    ]
    return [*(name for name in around if not name.startswith("_")), PurePosixPath(fault.file).stem]


@cache
def _distances(file: str) -> dict[str, int]:
    """The test files that import a file, directly or through others, with the number of imports between."""
    found: dict[str, int] = {}
    reached, edge = {file}, {file}
    for distance in range(1, FARTHEST + 1):
        edge = {user for user, used in _imports().items() if used & edge} - reached
        reached |= edge
        found |= {user: distance for user in edge if user.startswith("tests/test_")}
    return found


@cache
def _imports() -> dict[str, set[str]]:
    """Each Python file of the project, and those of its files that it imports."""
    files = {
        path.relative_to(ROOT).as_posix()
        for house in ("lstm_core", "dashboard", "tests")
        for path in (ROOT / house).rglob("*.py")
        if "node_modules" not in path.parts
    }
    return {file: {other for other in _imported(file) if other in files} - {file} for file in sorted(files)}


def _imported(file: str) -> Iterator[str]:
    # A page is opened by its path, which a test may put together from the page's name, or let `opened_page` do so.
    by_name = any(mark in _text(file) for mark in ("app_pages/{", "from opened_page import"))
    named = r"\bapp_pages/(\w+)\.py" + (r"|\"(\w+)\"" if by_name else "")
    yield from (f"dashboard/app_pages/{''.join(page)}.py" for page in re.findall(named, _text(file)))
    for module in modules_of(_text(file)):
        path = module.replace(".", "/")
        yield from (f"{path}.py", f"{path}/__init__.py", f"tests/{path}.py")


@cache
def _text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")
