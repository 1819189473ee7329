"""What is measured by hand runs: each for a moment."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("move", "trained: ratio start"),
        ("drag", "site: input to paint"),
        ("link", "processor slowed 4 times"),
        ("scan", "ms warm"),
        ("crowd", "0 failures"),
    ],
)
def test_a_benchmark_runs_for_a_moment(what, says):
    command = [sys.executable, "-m", "tests.benchmarks", what, "--tiny"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert says in done.stdout
