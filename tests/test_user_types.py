"""The library's types reach its users: a strict type checker reads a user's script, and the script runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = Path(__file__).parent / "user_script.py"
WRONG = """
import torch
from torch import nn

import lstm_core

lstm_core.intervene(nn.LSTM(4, 3), lstm_core.Hold("forget", 0.0))
with lstm_core.record(nn.LSTM(4, 3)) as recording:
    number: int = recording.lstm().f
recording["0"].forget
lstm_core.ledger(recording.lstm(), step=3)
lstm_core.random_lstm(4, 3)
lstm_core.load("run.npz").maximum_error
recording.lstm().sel(units=3)
"""


@pytest.mark.slow
def test_a_users_script_passes_a_strict_type_checker_and_what_is_wrong_does_not(tmp_path):
    """Checked as a stranger would: from another folder, with the library installed."""
    (tmp_path / "right.py").write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if name != "MYPYPATH"} | {"PYTHONPATH": str(ROOT)}
    # The cache of the project's own check: without it a checker reads all of torch first.
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={ROOT / '.mypy_cache'}", "right.py", "wrong.py"]
    said = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False).stdout
    found = re.findall(r"^(\S+\.py):(\d+): error", said, re.MULTILINE)
    assert set(found) == {("wrong.py", line) for line in ("7", "9", "10", "11", "12", "13", "14")}, said


@pytest.mark.slow
def test_the_users_script_runs(tmp_path):
    env = dict(os.environ) | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, SCRIPT], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Recording of 1 module:" in done.stdout
