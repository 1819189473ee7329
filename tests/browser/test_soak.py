"""Many browsers at once, each with a sentence of its own: the soak, for a moment."""

import subprocess
import sys
from pathlib import Path


def test_two_browsers_get_their_own_numbers():
    soak = [sys.executable, "-m", "tests.benchmarks.soak", "--browsers", "2", "--minutes", "0.1", "--wait", "60"]
    # Behind the server they would wait for ever on a machine that is always busy.
    done = subprocess.run([*soak, "--beside-server"], cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failures" in done.stdout
