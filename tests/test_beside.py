"""What is found among another tool's tensors is there, and the page about other tools says what the command found."""

import re

import pytest
import torch
from pages import ROOT

from studies.beside import __main__ as command
from studies.beside import task
from studies.beside.row import Row, row

PAGE = (ROOT / "docs" / "beside.md").read_text(encoding="utf-8")
BUILT, _ = task.models()
TRUTH = task.Truth(BUILT, task.inputs())


def test_the_truth_is_what_the_module_itself_returns():
    h, (_, c) = BUILT.lstm(task.inputs())
    torch.testing.assert_close(TRUTH.numbers["h"].float(), h.transpose(0, 1))
    torch.testing.assert_close(TRUTH.numbers["c"][-1].float(), c[0])


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"a": TRUTH.numbers["f"], "b": list(TRUTH.numbers["c"])}, "f c at each step"),
        ({"a": TRUTH.numbers["f"].logit().transpose(0, 1)}, "f before their σ and tanh"),
        ({"a": TRUTH.numbers["c"][-1]}, "the last c"),
        ({"f": TRUTH.numbers["f"].flip(0), "c": TRUTH.numbers["c"][0], "h": torch.zeros(3)}, "none of them"),
    ],
)
def test_what_a_tool_kept_is_found_whatever_its_name_and_nothing_else(kept, said):
    assert task.found(kept, TRUTH).partition(" (")[0] == said


@pytest.mark.parametrize("way", ["gatescope", "hook", "cell_loop"])
def test_the_page_says_what_is_found_today(way):
    """All but the times and the last digits of differences."""
    found = row(way)
    rows = re.findall(rf"^\| {re.escape(found.name)} \|(.*)\|$", PAGE, re.MULTILINE)
    assert len(rows) == len(command.TABLES)
    for said, columns in zip(rows, command.TABLES, strict=True):
        for cell, column in zip(said.split("|"), columns, strict=True):
            if not column.startswith("ms"):
                numbers = re.compile(r"\(?\d+e-\d+\)?")
                assert numbers.sub("n", cell.strip()) == numbers.sub("n", found.cells.get(column, "–"))


def test_a_tool_that_is_not_installed_is_said_to_be_not_tried():
    assert "| torchlens | not tried: not installed |" in command.tables(["torchlens"])


def test_an_error_is_numbered_once_and_told_below_the_tables():
    rows = [Row(name, name, "1", {"loop": "no: 1"}, ["TypeError: a tuple"], "") for name in ("one", "two")]
    said = command.tables(rows)
    assert "| two | – | no: 1 |" in said
    assert said.endswith("\n\n1. `TypeError: a tuple`")
