"""What is measured by hand runs: each for a moment."""

import subprocess
import sys
from pathlib import Path

SAYS = {
    "move": "trained: ratio start",
    "drag": "site: input to paint",
    "link": "processor slowed 4 times",
    "crowd": "0 failures",
}


def test_each_benchmark_runs_for_a_moment():
    command = [sys.executable, "-m", "tests.benchmarks", *SAYS, "--tiny"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in SAYS.values() if line not in done.stdout] == []
