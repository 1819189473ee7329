"""The recipes of CONTRIBUTING, followed in a copy: a command, a page, a quantity; `test_model_folders` adds a model."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMMAND = """
from gatescope.command.what_is_read import verb

@verb()
def hello(options):
    "say hello"
    print("hello")
"""
OPENS = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("gatescope/app.py", default_timeout=60).run().switch_page("app_pages/about.py").run()
print([title.value for title in app.title], len(app.exception))
"""
SAYS = "from gatescope.command.main import main; main(['hello'])"


ROW = 'Described("a", "squashed memory", "a = tanh c", "the memory as the output gate sees it", "states")'
# tanh c becomes a quantity of the LSTM: in each file, texts that occur once, and what stands there instead.
QUANTITY = {
    "lstm_core/quantities.py": {
        'Quantity = Literal["i", "f", "g", "o", "c", "h"]': 'Quantity = Literal["i", "f", "g", "o", "c", "a", "h"]',
        'Gate = Literal["i", "f", "g", "o", "c", "h", ': 'Gate = Literal["i", "f", "g", "o", "c", "a", "h", ',
        '    Described("o", "output gate"': f'    {ROW},\n    Described("o", "output gate"',
    },
    "lstm_core/recording/equations.py": {
        "    h = o * c.tanh()": '    a = touch("a", c.tanh())\n    h = o * a',
        'return {"h": touch("h", h if': 'return {"a": a, "h": touch("h", h if',
    },
    "lstm_core/traces/trace.py": {"    c0: Tensor\n    reset_c:": "    a: Tensor\n    c0: Tensor\n    reset_c:"},
    "lstm_core/plots/colours.json": {
        '"light": {"c": "#b03320",': '"light": {"c": "#b03320", "a": "#7a4a05",',
        '"dark": {"c": "#ff9a82",': '"dark": {"c": "#ff9a82", "a": "#f2c879",',
    },
    "assets/browser/kinds.js": {
        "    const shown = Float32Array.from(c, (value, u) => o[u] * Math.tanh(value))": (
            '    const a = of("a", u => Math.tanh(c[u]))\n    const shown = a.map((value, u) => o[u] * value)'
        ),
        "return { i, f, g, o, c, h:": "return { i, f, g, o, c, a, h:",
        'quantities: "ifgoch"': 'quantities: "ifgocah"',
    },
}


def change(file, changes):
    text = file.read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, (file, old)
        text = text.replace(old, new)
    file.write_text(text)


def add(file, below, line):
    change(file, {below: f"{below}    {line},\n"})


def printed(copy, *command):
    run = [sys.executable, "-W", "ignore", *command]
    env = os.environ | {"PYTHONPATH": str(copy)}
    found = subprocess.run(run, cwd=copy, env=env, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout.strip()


@pytest.mark.slow
def test_a_command_and_a_page_are_a_file_and_a_line(tmp_path):
    copy = shutil.copytree(ROOT / "dashboard", tmp_path / "gatescope")
    for name in ("lstm_core", "assets"):
        (tmp_path / name).symlink_to(ROOT / name)
    (copy / "command/hello.py").write_text(COMMAND)
    change(copy / "command/main.py", {"from gatescope.command import ": "from gatescope.command import hello, "})
    add(copy / "command/main.py", "VERBS = {\n", '"hello": hello.hello')
    (copy / "app_pages/about.py").write_text('import streamlit as st\n\nst.title("About")\n')
    add(copy / "live/shared_with_browser.py", "PAGES = {\n", '"about": "About"')
    for code, wanted in ((SAYS, "hello"), (OPENS, "['About'] 0")):
        assert printed(tmp_path, "-c", code) == wanted


@pytest.mark.slow
def test_a_quantity_is_changed_in_five_files_and_is_then_wherever_the_others_are(tmp_path):
    assert len(QUANTITY) <= 5
    for name in ("lstm_core", "assets/browser"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("assets/models", "assets/vendor"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "gatescope").symlink_to(ROOT / "dashboard")
    for file, changes in QUANTITY.items():
        change(tmp_path / file, changes)
    assert printed(tmp_path, ROOT / "tests/new_quantity.py") == str(tmp_path / "lstm_core/__init__.py")
    printed(tmp_path, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", ROOT / "tests/test_quantities.py")
