"""A class on one server, for a moment."""

import subprocess
import sys
from pathlib import Path


def test_a_class_gets_its_own_pictures_and_a_row_about_them():
    classroom = [sys.executable, "-m", "tests.benchmarks.classroom", "--people", "2", "--minutes", "0.1"]
    done = subprocess.run(classroom, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert not done.returncode, done.stdout + done.stderr
    heads, _, row = [line.split("|") for line in done.stdout.splitlines() if line.startswith("|")]
    assert len(row) == len(heads)
    assert row[1].strip() == "2"
