"""What the pages of documentation say is true: their code runs, and what they name is there."""

import re
import shlex

import pytest
from pages import PAGES, ROOT, blocks, said_by
from structure import HOUSES, arrows, imports_of

from dashboard.command.main import parser

DOCS = ROOT / "docs"
CODE = [(page, number) for page in PAGES for number, _ in enumerate(blocks(page, "python"))]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "number"), CODE, ids=lambda value: getattr(value, "stem", value))
def test_the_python_in_a_page_runs_as_it_stands(page, number, tmp_path):
    assert "rebuild PyTorch's own output to" in said_by(blocks(page, "python")[number], tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_and_module_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / name).is_file(), name
    for name in re.findall(r"`((?:dashboard|lstm_core|assets|tests)/[\w./]+)`", text):
        assert (ROOT / name).exists(), name
    for module in re.findall(r"python -m ([\w.]+)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_the_lines_for_a_shell_are_commands_that_there_are():
    [block] = blocks(DOCS / "shell.md", "")
    for line in block.strip().splitlines():
        program, *arguments = shlex.split(line.split(" > ")[0])
        assert program == "gatescope"
        assert parser().parse_args(arguments).run


def folders_in_the_map():
    """The folders of "Where things are", row by row."""
    [tree] = blocks(DOCS / "where.md", "")
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
    assert set().union(*folders_in_the_map()) == there | {"assets/models", "assets/vendor", "tests", "docs"}


@pytest.mark.parametrize("house", HOUSES)
def test_a_folder_imports_from_those_above_it_in_the_map_and_never_from_those_below(house):
    row_of = {folder: number for number, row in enumerate(folders_in_the_map()) for folder in row}
    wrong = {
        (above, below)
        for above, below in arrows(imports_of(house))
        if row_of.get(f"{house}/{below}", -1) >= row_of.get(f"{house}/{above}", 1_000)
    }
    assert not wrong
