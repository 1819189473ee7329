"""How much is there? Each room has a budget of code lines. Who exceeds it takes something out first.

Blank lines, comments and docstrings are no code. A budget is lowered with each step that makes its room smaller, and
never raised.
"""

import ast
import subprocess
from collections import Counter
from functools import cache

import pytest
from structure import ROOT

PRODUCT = ("lstm_core", "dashboard", "assets", "studies", "docs")
BUDGETS = {
    "lstm_core/recording": 2_165,
    "lstm_core/scanning": 1_433,
    "lstm_core/finding": 2_131,
    "lstm_core/analysis": 1_665,
    "lstm_core/plots": 986,
    "lstm_core/checkpoints": 1_074,
    "lstm_core/traces": 1_050,
    "lstm_core/checking": 1_142,
    "lstm_core/explaining": 991,
    "lstm_core": 14_360,
    "dashboard": 7_544,
    "assets/browser": 13_112,
    "studies": 1_864,
    "docs": 420,
    "tests": 33_881,
}
FILES = 366
"""The files of the product, at most."""


@cache
def lines_of_each_file():
    """The code lines of each file that is followed, by its path; vendored files and data are not ours."""
    followed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    code = [
        path
        for path in followed
        if path.endswith((".py", ".js", ".ts", ".css")) and not path.startswith("assets/vendor")
    ]
    return {path: code_lines(path) for path in code}


def code_lines(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    rows = [row.strip() for row in text.splitlines()]
    if path.endswith(".py"):
        docstrings = set().union(*map(docstring, ast.walk(ast.parse(text))))
        return sum(bool(row) and row[0] != "#" and number not in docstrings for number, row in enumerate(rows, 1))
    count, inside = 0, False
    for row in rows:
        begins = not inside and row.startswith("/*")
        count += bool(row) and not inside and not begins and not row.startswith("//")
        inside = (inside or begins) and "*/" not in row
    return count


def docstring(node):
    """The lines of a node's docstring."""
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or not node.body:
        return set()
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str)
    return set(range(first.lineno, first.end_lineno + 1)) if is_text else set()


@pytest.mark.parametrize("room", BUDGETS)
def test_a_room_is_within_its_budget(room):
    inside = {path: lines for path, lines in lines_of_each_file().items() if path.startswith(f"{room}/")}
    largest = Counter(inside).most_common(3)
    assert sum(inside.values()) <= BUDGETS[room], f"take something out first; the largest files are {largest}"


def test_the_product_has_no_more_files_than_it_had():
    assert sum(path.startswith(PRODUCT) for path in lines_of_each_file()) <= FILES


def test_a_comment_and_a_docstring_are_no_code(tmp_path, monkeypatch):
    monkeypatch.setattr("test_budgets.ROOT", tmp_path)
    (tmp_path / "a.py").write_text(
        '"""What?\n\nSo.\n"""\n\n# why\nx = """text\nmore"""\n\n\ndef f():\n    """Yes."""\n'
    )
    (tmp_path / "a.js").write_text("/** What? */\n\n/*\n * So.\n */\nconst x = 1 // why\n// no\nfunction f() {\n}\n")
    assert (code_lines("a.py"), code_lines("a.js")) == (3, 3)
