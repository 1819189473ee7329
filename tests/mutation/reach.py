"""Which tests can see a fault? Those that run its line, which one run of all has noted.

Where no test runs a line in its own process it is those near the file.
"""

import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from coverage import CoverageData

from tests.mutation.fault import ROOT, Fault
from tests.near import browser_tests_near, tests_near

NOTED = ROOT / ".reach"
# Seconds that the tests of one fault take at most where many run its line; the quickest come first.
LONGEST = 90


def tests_of(fault: Fault) -> list[str]:
    """The tests that can see a fault, the likeliest first."""
    if fault.tests:
        return list(fault.tests)
    if fault.file.endswith(".js"):
        return browser_tests_near(fault.file)
    seconds, ran, left = _seconds(NOTED), list[str](), float(LONGEST)
    for test in sorted(_that_run(fault), key=lambda test: seconds.get(test, 1.0)):
        left -= seconds.get(test, 1.0)
        ran += [test] if left > 0 or not ran else []
    return ran or tests_near(fault.file)


def _that_run(fault: Fault) -> set[str]:
    lines = _lines(NOTED, fault.file)
    within = range(fault.line, fault.line + fault.before.count("\n") + 1)
    return {context.split("|")[0] for line in within for context in lines.get(line, ()) if context}


@cache
def _lines(noted: Path, file: str) -> dict[int, list[str]]:
    """The tests that ran each line of a file."""
    data = CoverageData(str(noted / "lines"))
    data.read()
    return data.contexts_by_lineno(file)


@cache
def _seconds(noted: Path) -> dict[str, float]:
    """How long each test took."""
    times = noted / "tests.xml"
    cases = ElementTree.parse(times).iter("testcase") if times.exists() else ()
    return {
        f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}": float(case.get("time", 1))
        for case in cases
    }


def note() -> None:
    """Run the tests once and note which line each runs, unless that is noted of today's code."""
    sources = [path for house in ("lstm_core", "dashboard", "tests") for path in (ROOT / house).rglob("*.py")]
    lines = NOTED / "lines"
    if lines.exists() and lines.stat().st_mtime > max(path.stat().st_mtime for path in sources):
        return
    NOTED.mkdir(exist_ok=True)
    settings = NOTED / "settings"
    asked = ("source = lstm_core,dashboard", "omit = */kernel/*", "relative_files = true", f"data_file = {lines}")
    settings.write_text("\n".join(["[run]", *asked]))
    cover = ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    # A browser's server is a process of its own, and so is what the site's tests start.
    left_out = [f"--ignore=tests/{name}" for name in ("browser", "test_site.py", "test_mutation.py")]
    command = [sys.executable, "-m", "pytest", "-q", *cover, f"--junitxml={NOTED / 'tests.xml'}", *left_out]
    subprocess.run(command, cwd=ROOT, check=True)
