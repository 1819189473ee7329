"""Which tests can see a fault? Those near its file: first those that look at it, then those that name what is in it."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import PurePosixPath

from tests.mutation.fault import Fault
from tests.near import MOST, browser_tests_near, distances, imports_of_each, looking_at, text_of


def tests_of(fault: Fault) -> list[str]:
    """The test files that can see a fault, the likeliest first."""
    if fault.tests:
        return list(fault.tests)
    if fault.file.endswith(".js"):
        return browser_tests_near(fault.file)
    around, of_room = _names_around(fault), _names_offered(fault.file)
    distance = distances(fault.file)

    def nearness(test: str) -> tuple[bool, int, int, int, str]:
        counts = [[len(re.findall(rf"\b{name}\b", text_of(test))) for name in names] for names in (around, of_room)]
        return distance[test] > 1, -sum(map(bool, counts[0])), -sum(counts[1]), distance[test], test

    near = list(dict.fromkeys([*looking_at(fault.file), *sorted(distance, key=nearness)]))[:MOST]
    own = [fault.file] if ">>>" in text_of(fault.file) else []
    return [*own, *near]


@cache
def _names_offered(file: str) -> list[str]:
    """What a module offers to others, and what those of its folder offer that use it."""
    reached, edge = {file}, {file}
    while edge:
        edge = {
            user for user, used in imports_of_each().items() if used & edge and _folder(user) == _folder(file)
        } - reached
        reached |= edge
    nodes = [node for module in sorted(reached) for node in ast.parse(text_of(module)).body]
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
    users = [
        user for user, used in imports_of_each().items() if fault.file in used and _folder(user) == _folder(fault.file)
    ]
    called = _using(offered, [node for user in users for node in _named(user)])
    return sorted(offered | {name for name in called if re.fullmatch(r"_[a-z]\w+_", name)})


def _named(file: str) -> list[ast.FunctionDef | ast.ClassDef]:
    return [node for node in ast.walk(ast.parse(text_of(file))) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def _using(names: set[str], nodes: Iterable[ast.FunctionDef | ast.ClassDef]) -> set[str]:
    """The functions and classes that name one of `names`."""
    return {node.name for node in nodes if names & {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}}
