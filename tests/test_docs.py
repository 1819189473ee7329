"""What the pages of documentation say is true: their code runs, and what they name is there."""

import os
import re
import runpy
import shlex
import subprocess
import sys
from urllib.parse import parse_qsl

import pytest
from making import gallery, reference
from pages import FENCED, PAGES, ROOT, nearly_equal, python, said_by, shell
from structure import HOUSES, arrows, imports_of

from gatescope.command.main import parser
from gatescope.comparing.view import names, read_pair
from gatescope.lesson.view import LessonView, read_lesson
from gatescope.question.link import read, values
from gatescope.question.view import View
from gatescope.train_one.setup import read_setup, usual
from gatescope.unit_tables.asked import Units
from lstm_core import LstmCoreError

DOCS = ROOT / "docs"
SCRIPT = ROOT / "tests/user_script.py"
EXAMPLES = gallery.examples()
ERRORS = (DOCS / "errors.md").read_text(encoding="utf-8").split("\n## ")[1:]
CODE = [(page, number) for page in PAGES if page.stem != "errors" for number in range(len(python(page)))]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "number"), CODE, ids=lambda value: getattr(value, "stem", value))
def test_the_python_in_a_page_prints_what_stands_below_it_or_else_its_proof(page, number, tmp_path):
    code, printed = python(page)[number]
    said = said_by(code, tmp_path)
    assert nearly_equal(said, printed) if printed else "rebuild PyTorch's own output to" in said


@pytest.mark.parametrize("section", ERRORS, ids=[section.splitlines()[0] for section in ERRORS])
def test_the_first_lines_raise_the_error_above_them_and_the_second_lines_do_not(section, tmp_path):
    sentence, wrong, right = (code for _, code in FENCED.findall(section))
    with pytest.raises(LstmCoreError, match=re.escape(sentence.strip())):
        said_by(wrong, tmp_path)
    said_by(right, tmp_path)


SHOWN = """
from typing import assert_type
import lstm_core, torch
from lstm_core.analysis import Reading
from lstm_core.traces.recorded import Page
lstm = torch.nn.LSTM(4, 3)
before, after = lstm_core.what_if(lstm, torch.zeros(5, 1, 4), hold=lstm_core.Hold("f", 1.0))
assert_type(before, Reading)
assert_type(before.recording.lstm(), lstm_core.Trace)
assert_type(before.recording.cell().show(), Page)
"""


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
def test_the_python_in_all_pages_and_examples_and_a_users_script_pass_a_strict_type_checker_and_what_is_wrong_does_not(
    tmp_path,
):
    """Checked as a stranger would: from another folder, with the library installed."""
    code = [python(page)[number][0] for page, number in CODE] + [example.code for example in EXAMPLES]
    code += [SHOWN, SCRIPT.read_text(encoding="utf-8"), *(FENCED.findall(section)[-1][1] for section in ERRORS)]
    for name, block in [("wrong", WRONG), *enumerate(code)]:
        (tmp_path / f"block_{name}.py").write_text(block, encoding="utf-8")
    # With the cache of the project's own check: without it a checker reads all of torch first.
    options = ["--strict", f"--cache-dir={ROOT / '.mypy_cache'}", "--disable-error-code=import-untyped"]
    env = {name: value for name, value in os.environ.items() if name != "MYPYPATH"} | {"PYTHONPATH": str(ROOT)}
    checker = [sys.executable, "-m", "mypy", *options, *(path.name for path in tmp_path.glob("*.py"))]
    said = subprocess.run(checker, cwd=tmp_path, env=env, capture_output=True, text=True).stdout
    found = re.findall(r"^(\S+):(\d+): error", said, re.MULTILINE)
    assert set(found) == {("block_wrong.py", line) for line in ("7", "9", "10", "11", "12", "13", "14")}, said
    assert f"(checked {len(code) + 1} source files)" in said


def test_a_users_script_runs(tmp_path):
    assert "Recording of 1 module:" in said_by(SCRIPT.read_text(encoding="utf-8"), tmp_path)


LINKS = [
    link
    for path in sorted([*(DOCS / "gallery").glob("*.md"), *(DOCS / "learn").glob("*.md")])
    for link in re.findall(r'["`](/[a-z]*\?[^"`]+)["`]', path.read_text(encoding="utf-8"))
]
ASKED = {
    "/": (values(View()), lambda query: read(View(), query)),
    "/compare": (names(), read_pair),
    "/lesson": (values(LessonView()), read_lesson),
    "/open": ({"how", *values(usual("counter"))}, read_setup),
    "/units": (values(Units()), lambda query: read(Units(), query)),
}
"""By page, the names in its link and their reader."""


@pytest.mark.parametrize("link", LINKS)
def test_a_link_in_the_gallery_or_in_learn_asks_for_nothing_that_is_not_possible(link):
    address, _, asked = link.partition("?")
    query = dict(parse_qsl(asked, strict_parsing=True))
    known, reads = ASKED[address]
    assert query.keys() <= set(known)
    assert not reads(query)[1]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_a_question_with_some_words_and_some_lines(example):
    assert example.question.endswith("?")
    assert example.about
    assert len(example.code.splitlines()) <= 40


def test_there_are_twenty_examples_and_more_in_groups_that_have_some():
    numbers = [int(example.name[:2]) for example in EXAMPLES]
    assert numbers == list(range(1, len(EXAMPLES) + 1))
    assert len(EXAMPLES) >= 20
    assert set(gallery.GROUPS) <= set(numbers)


def best_p(ran):
    """The smallest p of each column, and the unit that has it."""
    best = ran["found"].table.groupby("property").first()
    return best.unit["a's less b's"], best.p["a's less b's"] < 0.05, round(best.p["noise"], 1)


def in_and_out(ran):
    """By how much the best unit and all units tell the mean of a day, and whether either tells noise."""
    scores = [ran["one"], ran["all_units"]]
    return *(round(one["mean of the last day"], 2) for one in scores), max(one["noise"] for one in scores) > 0.01


def as_it_is_and_wiped(ran):
    """The share of negative as it is, and of positive with the memory wiped."""
    before, after = (ran["model"].probabilities(reading.output)[-1, 0] for reading in ran["read"])
    return round(before[0].item(), 2), round(after[1].item(), 2)


CLAIMS = {
    "07_which_unit": (best_p, (1, True, 0.9)),
    "08_one_or_all": (in_and_out, (0.75, 0.79, False)),
    "09_where_else": (lambda ran: (*ran["hits"].answer[:-5:-1], ran["hits"].before.iloc[0]), (*["VERB"] * 4, "Their")),
    "11_wiped": (as_it_is_and_wiped, (0.65, 0.65)),
    "13_word_left_out": (
        lambda ran: [name for name, lead in zip(ran["left_out"], ran["page"].data[0].y, strict=True) if lead < 0],
        ["without not (2)", "without good (4)"],
    ),
    "17_learning": (lambda ran: [min(line.y) > 0.9 for line in ran["page"].data], [False, True, True]),
}
"""By example, what its first words say, and what comes out."""


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_what_an_example_says_of_its_figure_is_so(name, tmp_path):
    found, said = CLAIMS[name]
    [code] = [example.code for example in EXAMPLES if example.name == name]
    (tmp_path / "example.py").write_text(code, encoding="utf-8")
    assert found(runpy.run_path(str(tmp_path / "example.py"))) == said


def test_an_api_page_names_the_examples_that_use_a_name_and_no_others():
    sections = reference.name_pages()["api/analysis"].split("```{eval-rst}\n.. autofunction:: ")
    of_compare, of_units = (
        next(section for section in sections if section.startswith(f"lstm_core.{name}\n"))
        for name in ("compare", "units")
    )
    assert "gallery/14_two_texts.md" in of_compare
    assert "gallery/12_why.md" not in of_compare
    # `pattern.units` is another name.
    assert "gallery/" not in of_units


def test_a_block_of_learn_that_makes_a_page_has_its_figure_below_what_it_prints(tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "FRAMES", tmp_path)
    code = "import torch, lstm_core\n\npage = lstm_core.run(torch.nn.LSTM(2, 3), torch.ones(4, 1, 2)).show()\n"
    blocks = f"```python\nprint(1)\n```\n\n```python\n{code}```\n\n```text\n1\n```"
    source = [f"# Which?\n\n{blocks}\n\nIn the app: `/?sentence=a`\n"]
    gallery.with_figures(None, "learn/which", source)
    assert '1\n```\n\n<iframe class="figure" src="../figures/which_0.html" title="Which?"' in source[0]
    assert '<a href="../../?sentence=a">' in source[0]
    assert (tmp_path / "which_0.html").stat().st_size > 100_000


def test_there_are_twenty_questions_with_ten_lines_or_so_each():
    lines = [code for code, _ in python(DOCS / "howto.md")]
    assert len(lines) == 20
    assert all(sum(bool(line.strip()) for line in code.splitlines()) <= 16 for code in lines)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_and_module_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", FENCED.sub("", text)):
        assert (page.parent / name).exists(), name
    for name in re.findall(r"`((?:dashboard|lstm_core|assets|tests)/[\w./]+)`", text):
        assert (ROOT / name).exists(), name
    # What is run in an older commit need not be here.
    for module in re.findall(r"(?<!&& )python -m ([\w.]+)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_the_lines_for_a_shell_are_commands_that_there_are():
    [block] = shell(DOCS / "shell.md")
    for line in block.strip().splitlines():
        program, *arguments = shlex.split(line.split(" > ")[0])
        assert program == "gatescope"
        assert parser().parse_args(arguments).run


def folders_in_the_map():
    """The folders of "Where things are", row by row."""
    [tree] = shell(DOCS / "where.md")
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
