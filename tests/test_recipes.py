"""The recipes of CONTRIBUTING, followed in a copy: a command and a page; `test_model_folders` adds a model."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMMAND = '"""say hello"""\n\n\ndef arguments(parser):\n    pass\n\n\ndef run(options):\n    print("hello")\n'
OPENS = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard/app.py", default_timeout=60).run().switch_page("app_pages/about.py").run()
print([title.value for title in app.title], len(app.exception))
"""
SAYS = "from dashboard.command.main import main; main(['hello'])"


def add(file, below, line):
    text = file.read_text()
    assert text.count(below) == 1
    file.write_text(text.replace(below, f"{below}    {line},\n"))


@pytest.mark.slow
def test_a_command_and_a_page_are_a_file_and_a_line(tmp_path):
    copy = shutil.copytree(ROOT / "dashboard", tmp_path / "dashboard")
    for name in ("lstm_core", "assets"):
        (tmp_path / name).symlink_to(ROOT / name)
    (copy / "command/hello.py").write_text(COMMAND)
    add(copy / "command/main.py", "from dashboard.command import (\n", "hello")
    add(copy / "command/main.py", "VERBS = {\n", '"hello": hello')
    (copy / "app_pages/about.py").write_text('import streamlit as st\n\nst.title("About")\n')
    add(copy / "live/shared_with_browser.py", "PAGES = {\n", '"about": "About"')
    for code, wanted in ((SAYS, "hello"), (OPENS, "['About'] 0")):
        run = [sys.executable, "-W", "ignore", "-c", code]
        env = os.environ | {"PYTHONPATH": str(tmp_path)}
        found = subprocess.run(run, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert (found.returncode, found.stdout.strip()) == (0, wanted), found.stderr
