"""Does a test see a fault? The fault is put into a copy of the project, and its tests run there until one fails."""

import importlib
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from tests.mutation.fault import ROOT, Fault
from tests.mutation.reach import tests_of
from tests.near import node_tests_near

# Seconds that the tests of one fault may take: a fault can make a loop endless.
PATIENCE = 900
# Most faults are seen by one of so few tests, which are read sooner than all.
FIRST = 30
# Bytes that they may take.
MEMORY = 6 * 1024**3
# Imported once, before the first fault: most tests take less time than these.
LARGE = ("torch", "pandas", "plotly.graph_objects", "streamlit", "streamlit.testing.v1", "starlette.testclient")
OURS = ("lstm_core", "dashboard", "tests")
HOUSES = tuple(f"{name}/" for name in OURS)


class FailsAnyway(Exception):
    """A test fails without a fault, so what it says of faults is nothing."""


def seen_by(fault: Fault, copy: Path, browser: bool) -> str:
    """The test that fails with a fault, or what else gives it away; "" if nothing does, or if nothing ends in time.

    Raises FailsAnyway, with the test's name, where that test fails without the fault too.
    """
    place = copy / fault.file
    sound = place.read_text(encoding="utf-8")
    place.write_text(fault.text, encoding="utf-8")
    try:
        seen = _seen_in_time(fault, copy, browser)
    finally:
        place.write_text(sound, encoding="utf-8")
    by_node = tuple(node_tests_near(fault.file)) if seen.startswith("node: ") else ()
    tests = (seen,) if seen.startswith(HOUSES) else by_node
    if tests and (failing := _fails_anyway(copy, tests)):
        raise FailsAnyway(failing)
    return seen


@cache
def _fails_anyway(copy: Path, tests: tuple[str, ...]) -> str:
    """The test that fails in the sound project; "" if none does."""
    return _by_node(copy, [*tests]) if tests[0].endswith(".js") else _by_pytest(copy, [*tests])


def _seen_in_time(fault: Fault, copy: Path, browser: bool) -> str:
    # A machine that was busy or asleep is no fault: what does not end is tried a second time.
    for _ in range(2):
        with suppress(TimeoutError, subprocess.TimeoutExpired):
            return _seen_once(fault, copy, browser)
    return ""


def _seen_once(fault: Fault, copy: Path, browser: bool) -> str:
    if not fault.file.endswith(".js"):
        tests = tests_of(fault)
        return _by_pytest(copy, tests[:FIRST]) or _by_pytest(copy, tests[FIRST:])
    by_node = _by_node(copy, node_tests_near(fault.file))
    return by_node or (_by_pytest(copy, tests_of(fault)) if browser else "")


def _by_pytest(copy: Path, tests: list[str]) -> str:
    if not tests:
        return ""
    for name in LARGE:
        importlib.import_module(name)
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            _run(copy, tests, said.fileno())
        code = _code_of(child)
        said.seek(0)
        text = said.read()
    if code == 0:
        return ""
    # What pytest says of a test that it ends for its time.
    if re.search(r"^Timeout \(", text, re.MULTILINE):
        raise TimeoutError
    failed = re.search(rf"^(?:FAILED|ERROR) ((?:{'|'.join(HOUSES)}).+?)(?: - .*)?$", text, re.MULTILINE)
    if failed:
        return failed[1]
    # A test that is not there any more has seen nothing.
    if code == pytest.ExitCode.USAGE_ERROR:
        raise FailsAnyway(text.strip().splitlines()[-1])
    return f"pytest ended with {code}: {text[-200:]!r}"


def _run(copy: Path, tests: list[str], said: int) -> NoReturn:
    """Run tests in a process of their own, which has the large libraries and none of our modules yet."""
    code: int = 1
    try:
        os.setsid()
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.chdir(copy)
        # A fault in a loop can also take all memory.
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        # A byte-code file would be taken for that of the next fault, if both are written in one second.
        sys.dont_write_bytecode = True
        os.environ |= {"PYTHONPATH": f"{copy}", "PYTHONDONTWRITEBYTECODE": "1"}
        sys.path[:] = [f"{copy}", *(place for place in sys.path if place and Path(place).resolve() != ROOT)]
        for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
            del sys.modules[name]
        options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=line"]
        # Libraries that are pytest's plugins too are there already.
        code = int(pytest.main([*options, "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests]))
    finally:
        sys.stdout.flush()
        os._exit(code)


def _code_of(child: int) -> int:
    """What a process ends with; if it does not end, it and all that it began are ended."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise TimeoutError


def _by_node(copy: Path, tests: list[str]) -> str:
    # Without a file's name node would run them all.
    if not tests:
        return ""
    found = subprocess.run(
        ["node", "--test", *tests], cwd=copy, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if found.returncode == 0:
        return ""
    failed = re.search(r"^\s*(?:not ok \d+ - |✖ )(.*)", found.stdout, re.MULTILINE)
    return f"node: {failed[1]}" if failed else f"node ended with {found.returncode}"
