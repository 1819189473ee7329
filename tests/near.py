"""Which tests reach this file? `python -m tests.near lstm_core/recording/hold.py` runs them, the nearest first.

Those are the tests that import the file, directly or through others, first the ones that share its words; of a script
of the browser the tests in Node that import it, and those in a real browser that open its page.
"""

import math
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

from tests.structure import ROOT, modules_of

# How many imports may lie between a test and the file, 1 is its own; more only where else there is no test.
FARTHEST = 6
# The most test files that are near: what so many do not see, those that are farther will hardly see.
MOST = 12
# `import lstm_core` leads every test to every room; the tests of these rooms come first.
BY_ROOM = {
    "lstm_core/checking/": ["test_check"],
    "lstm_core/recording/": ["test_record", "test_kept_part"],
    "lstm_core/scanning/": ["test_scan", "test_scan_stores"],
    "lstm_core/checkpoints/": ["test_hostile_files", "test_checkpoint"],
    "lstm_core/files/": ["test_hostile_files"],
    "dashboard/offline/": ["test_notebook_view"],
}
# The pages' scripts and what only a browser runs are seen by tests that open the page.
BY_PAGE = {
    "assets/browser/worker.js": ["test_site"],
    "assets/browser/controls/": ["test_live", "test_playback", "test_share", "test_models"],
    "assets/browser/picture/": ["test_live", "test_pinning", "test_zoom", "test_long", "test_playback"],
    "assets/browser/panel/": ["test_pinning", "test_cells", "test_holds", "test_onward"],
    "assets/browser/state/": ["test_live", "test_pinning", "test_playback"],
    "assets/browser/engine/": ["test_engine", "test_own_files"],
    "assets/browser/numbers/": ["test_downloads"],
    "assets/browser/why/": ["test_drawer"],
    "assets/browser/lesson/": ["test_lesson", "test_first_screen"],
    "assets/browser/asking/": ["test_live", "test_own_files", "test_follows_typing"],
    "assets/browser/app/": ["test_live", "test_playback", "test_share", "test_opening"],
    "assets/browser/units/": ["test_units", "test_first_screen"],
    "assets/browser/compare/": ["test_compare", "test_first_screen"],
    "assets/browser/layout/": ["test_live", "test_widths", "test_first_screen"],
    "assets/browser/slide/": ["test_sheet", "test_downloads", "test_page_export"],
    "assets/browser/slide/film.js": ["test_animation", "test_downloads"],
    "assets/browser/": ["test_live", "test_drawer"],
}


def tests_near(file: str) -> list[str]:
    """The test files of pytest that reach a file of the project, by its path from the top."""
    if file.startswith("tests/"):
        return [file]
    if not file.endswith(".py"):
        return browser_tests_near(file) if file.startswith("assets/browser/") else []
    own = [file] if ">>>" in text_of(file) else []
    reached = distances(file)
    nearest = sorted(reached, key=lambda test: (reached[test] > 1, -words_shared(file, test), test))
    return own + list(dict.fromkeys([*looking_at(file), *nearest]))[:MOST]


def words_shared(file: str, test: str) -> float:
    """How many words a test has in common with a file, each the more the fewer tests have it, for the test's size."""
    worth = worth_of_words()
    shared, own = (
        sum(worth.get(word, 0.0) for word in words) for words in (words_of(file) & words_of(test), words_of(test))
    )
    return shared / math.sqrt(own)


@cache
def worth_of_words() -> dict[str, float]:
    tests = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").glob("test_*.py")]
    count = Counter(word for test in tests for word in words_of(test))
    return {word: math.log(len(tests) / of) ** 2 for word, of in count.items()}


@cache
def words_of(file: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{4,}", text_of(file).lower()))


def looking_at(file: str) -> list[str]:
    """The tests that bear a module's name, and those that look at its room."""
    stem = PurePosixPath(file).stem
    named = [test for end in ("", "s") if (test := f"tests/test_{stem}{end}.py") in distances(file)]
    room = next((BY_ROOM[room] for room in BY_ROOM if file.startswith(room)), [])
    return [*named, *(f"tests/{name}.py" for name in room)]


def browser_tests_near(file: str) -> list[str]:
    stem = PurePosixPath(file).stem
    folder = next(folder for folder in BY_PAGE if file.startswith(folder))
    files = {path.stem for path in (ROOT / "tests/browser").glob("test_*.py")}
    # A `page.js` is the page's whose folder it is in, and no other's that has it in its name.
    named = sorted(name for name in files if stem.split("_")[0] in name and stem != "page")
    return [f"tests/browser/{name}.py" for name in dict.fromkeys([*named, *BY_PAGE[folder]])]


def node_tests_near(file: str) -> list[str]:
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
def distances(file: str) -> dict[str, int]:
    """The test files that import a file, directly or through others, with the number of imports between."""
    found: dict[str, int] = {}
    reached, edge = {file}, {file}
    distance = 0
    while edge and (distance < FARTHEST or not found):
        distance += 1
        edge = {user for user, used in imports_of_each().items() if used & edge} - reached
        reached |= edge
        found |= {user: distance for user in edge if user.startswith("tests/test_")}
    return found


@cache
def imports_of_each() -> dict[str, set[str]]:
    """Each Python file of the project, and those of its files that it imports."""
    files = {
        path.relative_to(ROOT).as_posix()
        for house in ("lstm_core", "dashboard", "studies", "tests")
        for path in (ROOT / house).rglob("*.py")
        if "node_modules" not in path.parts
    }
    return {file: {other for other in _imported(file) if other in files} - {file} for file in sorted(files)}


def _imported(file: str) -> Iterator[str]:
    # A page is opened by its path, which a test may put together from the page's name, or let `opened_page` do so.
    by_name = any(mark in text_of(file) for mark in ("app_pages/{", "from opened_page import"))
    named = r"\bapp_pages/(\w+)\.py" + (r"|\"(\w+)\"" if by_name else "")
    yield from (f"dashboard/app_pages/{''.join(page)}.py" for page in re.findall(named, text_of(file)))
    for module in modules_of(text_of(file)):
        path = re.sub(r"^gatescope\b", "dashboard", module).replace(".", "/")
        yield from (f"{path}.py", f"{path}/__init__.py", f"tests/{path}.py")


@cache
def text_of(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def main() -> int:
    files = [Path(name).resolve().relative_to(ROOT).as_posix() for name in sys.argv[1:]]
    if not files or not all((ROOT / file).is_file() for file in files):
        print("Expected files of the project, as in: python -m tests.near lstm_core/recording/hold.py", file=sys.stderr)
        return 2
    in_node, in_python = (
        list(dict.fromkeys(test for file in files for test in near(file))) for near in (node_tests_near, tests_near)
    )
    # Node's take seconds: they come before those in a browser.
    commands = (["node", "--test", "--test-timeout=60000", *in_node], [sys.executable, "-m", "pytest", *in_python])
    told = [command for command, tests in zip(commands, (in_node, in_python), strict=True) if tests]
    print(*(f"$ {' '.join(command)}" for command in told), sep="\n", flush=True)
    return max((subprocess.run(command, cwd=ROOT, check=False).returncode for command in told), default=0)


if __name__ == "__main__":
    sys.exit(main())
