"""How are files opened one after the other, so that none of them can take the judge along?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

PATIENCE = 900
"""Seconds on the wall after which a process is taken to sleep; one that works too long ends itself (`opening`)."""


class Cost(NamedTuple):
    """How opening a file ended ("opened", "refused", "raised", "died"), what was said, and what it took."""

    outcome: str
    says: str
    seconds: float
    megabytes: float


def costs(files: Iterable[tuple[str, Path]]) -> Iterator[Cost]:
    """What each file costs (its opener's name in `opening.OPENERS`, its path), in a process beside this one."""
    child = _started()
    try:
        for opener, path in files:
            cost = _asked(child, opener, path)
            yield cost
            if cost.outcome == "died":
                _stopped(child)
                child = _started()
    finally:
        _stopped(child)


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
