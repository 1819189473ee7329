"""The faults of `python -m tests.mutation` can be put in: each changes one place, and Python can read the file."""

import ast

import pytest
from coverage import CoverageData

from tests import near
from tests.mutation import javascript_faults, python_faults, reach, seen
from tests.mutation.fault import ROOT, Fault

SOURCE = '''
def f(a, b=1):
    """A docstring."""
    if a < b and not b:
        print(f"from {a} to {b}")
    return a - b, max(a, b) if a else True
'''


def test_each_operator_call_and_pair_is_another_one_once():
    found = {(fault.before, fault.after) for fault in python_faults.faults_in("f.py", SOURCE)}
    assert found == {
        ("a < b and not b", "((a < b) or (not b))"),
        ("a < b", "(a) <= (b)"),
        ("not b", "bool(b)"),
        ('print(f"from {a} to {b}")', "pass"),
        ('f"from {a} to {b}"', "f'from {b} to {a}'"),
        ("return a - b, max(a, b) if a else True", "return max(a, b) if a else True, a - b"),
        ("a - b", "(a) + (b)"),
        ("max(a, b) if a else True", "(True) if (a) else (max(a, b))"),
        ("max", "min"),
        ("True", "False"),
    }
    for fault in python_faults.faults_in("f.py", SOURCE):
        ast.parse(fault.text)
        assert fault.before in SOURCE.splitlines()[fault.line - 1]


@pytest.mark.parametrize("file", ["dashboard/why/turning.py", "lstm_core/analysis/ledger.py"])
def test_every_fault_of_a_real_file_can_be_read(file):
    faults = list(python_faults.faults_in(file, (ROOT / file).read_text(encoding="utf-8")))
    assert len(faults) > 20
    for fault in faults:
        ast.parse(fault.text)


def test_a_script_has_faults_in_its_code_and_none_in_its_texts_and_comments():
    text = '/** 1 < 2 */\nconst a = (x, y) => x < y && "1 < 2" // a + b\nconst b = "c" + Math.min(d, 0)\n'
    found = [fault.after for fault in javascript_faults.faults_in("f.js", text)]
    assert found == [
        'const a = (x, y) => x <= y && "1 < 2" // a + b',
        'const a = (x, y) => x < y || "1 < 2" // a + b',
        'const b = "c" + Math.max(d, 0)',
        'const b = "c" + Math.min(d, 1)',
    ]


def test_the_tests_of_a_script_are_those_that_import_it_also_through_others():
    files = {"picture/cursor.js": "cursor", "shared/colour.js": "on_the_picture"}
    for file, test in files.items():
        assert f"tests/javascript/{test}.test.js" in near.node_tests_near(f"assets/browser/{file}")
    own = [f"tests/javascript/{test}.test.js" for test in ("as_seen", "frozen_logs", "passages", "units")]
    assert near.node_tests_near("assets/browser/passages.js") == own


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "test"),
    [
        ("dashboard/why/turning.py", "tests/test_drawer.py"),
        ("dashboard/app_pages/compare.py", "tests/test_compare_page.py"),
        ("lstm_core/analysis/ledger.py", "tests/test_ledger.py"),
        ("lstm_core/inputs/tokens.py", "tests/test_tokens.py"),
        ("lstm_core/traces/summary.py", "tests/test_trace.py"),
        # Every test leads to these rooms.
        ("lstm_core/finding/copies.py", "tests/test_found_again.py"),
        ("lstm_core/checking/questions/memory.py", "tests/test_check.py"),
        # No test is as near as others are to their files.
        ("lstm_core/recording/layer_gates.py", "tests/test_record.py"),
        ("lstm_core/checkpoints/torch_file.py", "tests/test_hostile_files.py"),
        ("assets/browser/panel/cell_panel.js", "tests/browser/test_cells.py"),
    ],
)
def test_the_tests_of_a_file_are_near_it(file, test):
    assert test in near.tests_near(file)


def test_those_that_run_a_faults_line_can_see_it_the_quickest_first_and_no_longer_than_one_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(reach, "NOTED", tmp_path)
    monkeypatch.setattr(reach, "LONGEST", 10)
    file = "lstm_core/analysis/ledger.py"
    lines = CoverageData(str(tmp_path / "lines"))
    for test, ran in {"a": [3, 4], "b": [3, 5], "c": [3], "d": [9]}.items():
        lines.set_context(f"tests/test_{test}.py::test_it|run")
        lines.add_lines({file: ran})
    lines.write()
    cases = "".join(
        f'<testcase classname="tests.test_{test}" name="test_it" time="{time}"/>'
        for test, time in {"a": 4, "b": 2, "c": 5, "d": 99}.items()
    )
    (tmp_path / "tests.xml").write_text(f"<testsuite>{cases}</testsuite>")

    def tests(line, before="x"):
        return [test[11:12] for test in reach.tests_of(Fault(file, line, before, "y", ""))]

    assert [tests(3), tests(4), tests(4, "x\n+ y"), tests(9)] == [["b", "a"], ["a"], ["b", "a"], ["d"]]
    # A line that no test runs in its own process.
    assert reach.tests_of(Fault(file, 7, "x", "y", "")) == near.tests_near(file)


def test_a_test_that_fails_without_a_fault_too_has_seen_none(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("sound")
    monkeypatch.setattr(seen, "_seen_once", lambda *_: "tests/test_a.py::test_b")
    texts = []

    def run(copy, tests):
        texts.append((copy / "a.py").read_text())
        return tests[0] if tests == ["tests/test_a.py::test_b"] and len(texts) > 1 else ""

    monkeypatch.setattr(seen, "_by_pytest", run)
    seen._fails_anyway.cache_clear()
    fault = Fault("a.py", 1, "sound", "faulty", "faulty")
    assert seen.seen_by(fault, tmp_path, browser=False) == "tests/test_a.py::test_b"
    seen._fails_anyway.cache_clear()
    with pytest.raises(seen.FailsAnyway, match="test_b"):
        seen.seen_by(fault, tmp_path, browser=False)
    assert texts == ["sound", "sound"]


def test_of_a_fault_on_which_nothing_ends_no_test_has_seen_anything(tmp_path, monkeypatch):
    def never_ends(*_):
        raise TimeoutError

    (tmp_path / "a.py").write_text("sound")
    monkeypatch.setattr(seen, "_seen_once", never_ends)
    assert seen.seen_by(Fault("a.py", 1, "sound", "faulty", "faulty"), tmp_path, browser=False) == ""
    assert (tmp_path / "a.py").read_text() == "sound"
