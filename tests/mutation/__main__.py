"""Which small faults do the tests see? `python -m tests.mutation`

Puts one small fault after another into a copy of the project, and runs the tests that can see it until one fails:
those that run its line, which a run of all tests notes first (`.reach`, some ten minutes, once for each state). The
faults are a seeded sample of all places where the code could say something else: another comparison, sum, number or
call, a call left out, two values of a sentence exchanged. Prints the fault and the test that saw it, at last those that
no test saw, and the share that was seen. `--minutes` ends it earlier.
"""

import argparse
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.mutation import javascript_faults, python_faults
from tests.mutation.fault import ROOT, Fault
from tests.mutation.reach import note, tests_of
from tests.mutation.seen import FailsAnyway, seen_by
from tests.near import node_tests_near

# Not sampled: programs that are run by hand, a kernel that is compiled anew for each fault, and what only looks.
LEFT_OUT = (
    "lstm_core/recording/kernel/", "lstm_core/plots/palette.py",
)  # fmt: skip
# One fault in so many is in a module of the browser.
IN_THE_BROWSER = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100, help="faults to draw")
    parser.add_argument("--browser", action="store_true", help="also the tests in a real browser, for its modules")
    parser.add_argument("--minutes", type=float, default=120, help="begin no new fault after so long")
    options = parser.parse_args()
    faults = sample(options.seed, options.count)
    note()
    end = time.monotonic() + 60 * options.minutes
    survivors: list[Fault] = []
    failing: set[str] = set()
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        for fault in faults:
            if time.monotonic() > end:
                break
            begun = time.monotonic()
            try:
                seen = seen_by(fault, copy, options.browser)
            except FailsAnyway as test:
                failing.add(f"{test}")
                print(f"?     {fault}\n      {test} fails without a fault too", flush=True)
                continue
            tried += 1
            survivors += [] if seen else [fault]
            print(f"{'dies ' if seen else 'LIVES'} {fault}  ({time.monotonic() - begun:.0f} s)", flush=True)
            print(f"      {seen or f'no test of: {run_for(fault, options.browser)}'}", flush=True)
    print(f"\n{tried - len(survivors)} of {tried} faults were seen ({(tried - len(survivors)) / max(1, tried):.0%}).")
    print("\n".join(["Not told, for these fail without a fault too; mend them first:", *failing] if failing else []))
    print("\n".join(["Not seen:", *map(str, survivors)] if survivors else []))


def run_for(fault: Fault, browser: bool) -> str:
    """The tests that are run for a fault."""
    if not fault.file.endswith(".js"):
        return " ".join(tests_of(fault))
    in_browser = tests_of(fault) if browser else ["(those in a browser were not run: --browser)"]
    return " ".join([*node_tests_near(fault.file), *in_browser])


def sample(seed: int, count: int) -> list[Fault]:
    """As many faults, drawn evenly from all places; every fourth in the browser's modules."""
    python = [path for house in ("lstm_core", "dashboard") for path in sorted((ROOT / house).rglob("*.py"))]
    scripts = sorted((ROOT / "assets/browser").rglob("*.js"))
    draw = random.Random(seed)
    in_browser = count // IN_THE_BROWSER
    drawn = [
        *draw.sample(_all(python, python_faults.faults_in), count - in_browser),
        *draw.sample(_all(scripts, javascript_faults.faults_in), in_browser),
    ]
    # A run that ends early has tried a fair part.
    draw.shuffle(drawn)
    return drawn


def _all(paths: Iterable[Path], faults_in: object) -> list[Fault]:
    assert callable(faults_in)
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    kept = [name for name in names if not name.startswith(LEFT_OUT)]
    return [fault for name in kept for fault in faults_in(name, (ROOT / name).read_text(encoding="utf-8"))]


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


if __name__ == "__main__":
    main()
