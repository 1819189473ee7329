"""Which tests can see a fault? Those that import the file, the nearest first; in a real browser those that name it."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath

from tests.mutation.fault import ROOT, Fault
from tests.structure import modules_of

# How many imports may lie between a test and the file, 1 is its own; more only where else there is no test.
FARTHEST = 4
# The most test files that are run for a fault: what so many do not see, those that are farther will hardly see, and a
# fault in what everything imports would cost the whole suite.
MOST = 12
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
    around, of_room = _names_around(fault), _names_offered(fault.file)
    distance = _distances(fault.file)

    def nearness(test: str) -> tuple[int, int, int, str]:
        counts = [[len(re.findall(rf"\b{name}\b", _text(test))) for name in names] for names in (around, of_room)]
        return -sum(map(bool, counts[0])), -sum(counts[1]), distance[test], test

    near = sorted(distance, key=nearness)[:MOST]
    own = [fault.file] if ">>>" in (ROOT / fault.file).read_text(encoding="utf-8") else []
    return [*own, *near]


def _in_the_browser(file: str) -> list[str]:
    stem = PurePosixPath(file).stem
    folder = next(folder for folder in BY_PAGE if file.startswith(folder))
    files = {path.stem for path in (ROOT / "tests/browser").glob("test_*.py")}
    named = sorted(name for name in files if stem.split("_")[0] in name)
    return [f"tests/browser/{name}.py" for name in dict.fromkeys([*named, *BY_PAGE[folder]])]


def node_tests_of(file: str) -> list[str]:
    """The test files of `node --test` that import a module of the browser, directly or through others."""
    reached, edge = {file}, {file}
    while edge:
        edge = {user for user, used in _script_imports().items() if used & edge} - reached
        reached |= edge
    return sorted(name for name in reached if name.endswith(".test.js"))


@cache
def _script_imports() -> dict[str, set[str]]:
    """Each script of the browser and of its tests, and those that it imports, also in `await import`."""
    houses = (ROOT / "assets/browser", ROOT / "tests/javascript")
    scripts = [path for house in houses for path in house.rglob("*.js") if "node_modules" not in path.parts]
    named = re.compile(r"""(?:from|import)\s*\(?\s*"(\.[^"]+)\"""")
    return {
        path.relative_to(ROOT).as_posix(): {
            os.path.relpath(path.parent / name, ROOT) for name in named.findall(path.read_text(encoding="utf-8"))
        }
        for path in scripts
    }


@cache
def _names_offered(file: str) -> list[str]:
    """What a module offers to others, and what those of its folder offer that use it."""
    reached, edge = {file}, {file}
    while edge:
        edge = {user for user, used in _imports().items() if used & edge and _folder(user) == _folder(file)} - reached
        reached |= edge
    nodes = [node for module in sorted(reached) for node in ast.parse(_text(module)).body]
    named = [node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return [PurePosixPath(file).stem, *(name for name in named if not name.startswith("_"))]


def _folder(file: str) -> str:
    return PurePosixPath(file).parent.as_posix()


def _names_around(fault: Fault) -> list[str]:
    """The functions and classes around a fault, and those that use them; also a method that Python itself calls for
    them, such as `_repr_html_`, in another file of the folder."""
    here = _named(fault.file)
    around = {node.name for node in here if node.lineno <= fault.line <= (node.end_lineno or 0)}
    found, edge = set(around), around
    while edge:
        edge = _using(edge, here) - found
        found |= edge
        # What is private is seen through what uses it, which may be private itself.
        edge = {name for name in edge if name.startswith("_")}
    offered = {name for name in found if not name.startswith("_")}
    users = [user for user, used in _imports().items() if fault.file in used and _folder(user) == _folder(fault.file)]
    called = _using(offered, [node for user in users for node in _named(user)])
    return sorted(offered | {name for name in called if re.fullmatch(r"_[a-z]\w+_", name)})


def _named(file: str) -> list[ast.FunctionDef | ast.ClassDef]:
    return [node for node in ast.walk(ast.parse(_text(file))) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def _using(names: set[str], nodes: Iterable[ast.FunctionDef | ast.ClassDef]) -> set[str]:
    """The functions and classes that name one of `names`."""
    return {node.name for node in nodes if names & {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}}


@cache
def _distances(file: str) -> dict[str, int]:
    """The test files that import a file, directly or through others, with the number of imports between."""
    found: dict[str, int] = {}
    reached, edge = {file}, {file}
    distance = 0
    while edge and (distance < FARTHEST or not found):
        distance += 1
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
