"""What the README says is true: its code runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_in_the_readme_runs_as_it_stands(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        found = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        assert "rebuild PyTorch's own output to" in found.stdout


def test_every_file_and_module_that_the_readme_names_is_there():
    for name in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"`((?:dashboard|lstm_core|assets|tests)/[\w./]+)`", README):
        assert (ROOT / name).exists(), name
    for module in re.findall(r"python -m ([\w.]+)", README):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_the_two_command_lines_are_there():
    assert "\npip install -e . && streamlit run dashboard/app.py\n" in README
    assert "\npip install -e '.[test]' && python tests/browser/get.py && pytest\n" in README
