"""Which small faults do the tests see? `python -m tests.mutation`

Puts one small fault after another into a copy of the project, and runs the tests near the file until one fails. The
faults are a seeded sample of all places where the code could say something else: another comparison, sum, number or
call, a call left out, two values of a sentence exchanged. Prints the fault and the test that saw it, at last the share
that was seen. A test that fails without a fault too has seen nothing. `--minutes` ends it earlier.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from tests.mutation import javascript_faults, python_faults
from tests.mutation.fault import ROOT, Fault
from tests.near import browser_tests_near, node_tests_near, tests_near

# One fault in so many is in a module of the browser; seconds that the tests of a fault may take.
IN_THE_BROWSER, PATIENCE = 4, 300
HOUSES = ("lstm_core", "dashboard")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100, help="faults to draw")
    parser.add_argument("--browser", action="store_true", help="also the tests in a real browser, for its modules")
    parser.add_argument("--minutes", type=float, default=120, help="begin no new fault after so long")
    options = parser.parse_args()
    end, survivors, tried = time.monotonic() + 60 * options.minutes, [], 0
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        for fault in sample(options.seed, options.count):
            if time.monotonic() > end:
                break
            seen = seen_by(fault, copy, options.browser)
            tried += 1
            survivors += [] if seen else [fault]
            print(f"{'dies ' if seen else 'LIVES'} {fault}\n      {seen}", flush=True)
    print(f"\n{tried - len(survivors)} of {tried} faults were seen. Not seen:", *survivors, sep="\n")


def sample(seed: int, count: int) -> list[Fault]:
    """As many faults, drawn evenly from all places; every fourth in the browser's modules."""
    python = [path for house in HOUSES for path in sorted((ROOT / house).rglob("*.py"))]
    scripts = sorted((ROOT / "assets/browser").rglob("*.js"))
    draw, in_browser = random.Random(seed), count // IN_THE_BROWSER
    drawn = draw.sample(_all(python, python_faults.faults_in), count - in_browser)
    drawn += draw.sample(_all(scripts, javascript_faults.faults_in), in_browser)
    # A run that ends early has tried a fair part.
    draw.shuffle(drawn)
    return drawn


def _all(paths: Iterable[Path], faults_in: Callable[[str, str], Iterable[Fault]]) -> list[Fault]:
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [fault for name in names for fault in faults_in(name, (ROOT / name).read_text(encoding="utf-8"))]


def copied(folder: Path) -> Path:
    """A copy of the project's files, in which faults are put."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.check_output(asked, cwd=ROOT, text=True).split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    # As an editable install has it.
    (folder / "gatescope").symlink_to("dashboard")
    return folder


def seen_by(fault: Fault, copy: Path, browser: bool) -> str:
    """The test that fails with a fault and not without it; "" if there is none, or if nothing ends in time."""
    by_node = node_tests_near(fault.file) if fault.file.endswith(".js") else []
    by_pytest = tests_near(fault.file) if not fault.file.endswith(".js") else browser * browser_tests_near(fault.file)
    place = copy / fault.file
    sound = place.read_text(encoding="utf-8")
    place.write_text(fault.text, encoding="utf-8")
    try:
        seen = _failing(copy, "node", *by_node) or _failing(copy, "pytest", *by_pytest)
    finally:
        place.write_text(sound, encoding="utf-8")
    return "" if seen and _fails_anyway(copy, seen, *by_node) else seen


@cache
def _fails_anyway(copy: Path, seen: str, *by_node: str) -> str:
    return _failing(copy, "pytest", seen) if seen.startswith("tests/") else _failing(copy, "node", *by_node)


def _failing(copy: Path, runner: str, *tests: str) -> str:
    """The first test that fails in the copy; "" if none does, or if they don't end."""
    by_pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no"]
    command = [*(["node", "--test", "--test-timeout=60000"] if runner == "node" else by_pytest), *tests]
    environment = os.environ | {"PYTHONPATH": f"{copy}", "PYTHONDONTWRITEBYTECODE": "1"}
    if not tests:
        return ""
    try:
        ran = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return ""
    failed = re.search(r"^(?:(?:FAILED|ERROR) |\s*not ok \d+ - |\s*✖ )(.*?)(?: - .*)?$", ran.stdout, re.MULTILINE)
    return "" if ran.returncode == 0 else failed[1] if failed else f"{runner} ended with {ran.returncode}"


if __name__ == "__main__":
    main()
