"""How is one file after another opened, so that none of them can take the judge along, and what was wrong about it?"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

PATIENCE = 900
"""Seconds on the wall after which a process is taken to sleep; one that works too long ends itself (`opening`)."""
MOST_MEGABYTES, TIMES_SIZE = 200.0, 4.0


class Cost(NamedTuple):
    """How opening a file ended ("opened", "refused", "raised", "died"), what was said, and what it took."""

    outcome: str
    says: str
    seconds: float
    megabytes: float

    def faults(self, seconds: float, megabytes: float) -> list[str]:
        """What was wrong about opening a file of so many megabytes."""
        most = MOST_MEGABYTES + TIMES_SIZE * megabytes
        wrong = {
            f"{self.outcome}: {self.says[:200]}": self.outcome not in ("opened", "refused"),
            f"took {self.seconds:.1f} s": self.seconds > seconds,
            f"took {self.megabytes:.0f} MB, {most:.0f} allowed": self.megabytes > most,
            f"a message of {len(self.says)} characters": len(self.says) > 1000,
        }
        return [fault for fault, is_one in wrong.items() if is_one]


@contextmanager
def opener() -> Iterator[Callable[[str, Path], Cost]]:
    """A process beside this one that opens a file (by its opener's name in `opening.OPENERS`, at its path)."""
    children = [_started()]

    def cost_of(name: str, path: Path) -> Cost:
        cost = _asked(children[-1], name, path)
        if cost.outcome == "died":
            _stopped(children[-1])
            children.append(_started())
        return cost

    try:
        yield cost_of
    finally:
        _stopped(children[-1])


def _started() -> subprocess.Popen[str]:
    program = Path(__file__).with_name("opening.py")
    child = subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n", "the process that opens files did not start"
    return child


def _asked(child: subprocess.Popen[str], opener: str, path: Path) -> Cost:
    assert child.stdin is not None
    assert child.stdout is not None
    timer = Timer(PATIENCE, child.kill)
    timer.start()
    try:
        child.stdin.write(f"{opener}\t{path}\n")
        child.stdin.flush()
        answer = child.stdout.readline()
    finally:
        timer.cancel()
    if not answer:
        return Cost("died", f"the process ended with {child.wait()}", float(PATIENCE), 0.0)
    found: dict[str, Any] = json.loads(answer)
    return Cost(**found)


def _stopped(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            stream.close()
