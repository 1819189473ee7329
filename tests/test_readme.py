"""What the README says is true: what it says is refused is refused; its code runs in test_docs.py."""

import io
import re

import pytest
import torch
from making import works
from pages import README

import lstm_core

TEXT = README.read_text(encoding="utf-8")


def test_a_reader_needs_no_more_than_120_lines():
    assert len(TEXT.splitlines()) <= 120


def test_the_two_command_lines_are_there():
    assert "\npip install -e . && streamlit run dashboard/app.py\n" in TEXT
    assert "\npip install -e '.[test]' && python tests/browser/get.py && pytest\n" in TEXT


ROWS = dict(re.findall(r"^\| (.*) \| (works|refused: .*) \|$", TEXT, re.MULTILINE))
FILES = {"files of PyTorch, safetensors, Keras, ONNX and Flax"}
"""What the tests of each kind of file hold."""
PICKLED = "a checkpoint that is a pickled object"


def test_the_rows_of_the_table_are_those_that_are_tried():
    assert ROWS.keys() == works.VARIANTS.keys() | FILES | {PICKLED}


@pytest.mark.slow
@pytest.mark.parametrize("row", works.VARIANTS)
def test_what_works_works_and_what_is_refused_is_refused_with_that_advice(row):
    for made in works.VARIANTS[row].values():
        holds(ROWS[row], works.result(works.CALLS["`record`"], made))


def test_a_pickled_object_is_refused_with_that_advice():
    torch.save(torch.nn.LSTM(4, 3), file := io.BytesIO())
    with pytest.raises(lstm_core.LstmCoreError) as caught:
        lstm_core.load_checkpoint(file.getvalue())
    holds(ROWS[PICKLED], str(caught.value))


def holds(row, said):
    advice = row.removeprefix("refused: ").replace("`", "")
    assert said == "yes" if row == "works" else advice.lower() in said.lower()
