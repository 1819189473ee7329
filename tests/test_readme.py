"""What the README says is true: its code runs as it stands."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from structure import HOUSES, arrows, imports_of

from dashboard.command.main import parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
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


def test_the_lines_for_a_shell_are_commands_that_there_are():
    block = README.split("## In a shell")[1].split("```")[1].strip()
    for line in block.splitlines():
        program, *arguments = shlex.split(line.split(" > ")[0])
        assert program == "gatescope"
        assert parser().parse_args(arguments).run


def folders_in_the_readme():
    """The folders of "Where things are", row by row."""
    tree = README.split("## Where things are")[1].split("```")[1]
    at = {}
    for line in tree.strip("\n").splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        row = set()
        for folder in re.match(r"\s*((?:\S+/\s+)*)", f"{line} ")[1].split():
            at[depth] = folder.rstrip("/")
            row.add("/".join(at[level] for level in range(depth + 1)))
        yield row


def test_where_things_are_names_every_folder_and_none_that_is_not_there():
    there = {
        path.relative_to(ROOT).as_posix()
        for house in HOUSES
        for path in (ROOT / house, *(ROOT / house).rglob("*"))
        if path.is_dir() and not path.name.startswith((".", "__"))
    }
    assert set().union(*folders_in_the_readme()) == there | {"assets/models", "assets/vendor", "tests"}


@pytest.mark.parametrize("house", HOUSES)
def test_a_folder_imports_from_those_above_it_in_the_readme_and_never_from_those_below(house):
    row_of = {folder: number for number, row in enumerate(folders_in_the_readme()) for folder in row}
    wrong = {
        (above, below)
        for above, below in arrows(imports_of(house))
        if row_of.get(f"{house}/{below}", -1) >= row_of.get(f"{house}/{above}", 1_000)
    }
    assert not wrong
