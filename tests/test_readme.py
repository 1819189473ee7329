"""What the README says is true: what it says is refused is refused; its code runs in test_docs.py."""

import io
import re

import pytest
import torch
from pages import README

import lstm_core

TEXT = README.read_text(encoding="utf-8")


def test_a_reader_needs_no_more_than_120_lines():
    assert len(TEXT.splitlines()) <= 120


def test_the_two_command_lines_are_there():
    assert "\npip install -e . && streamlit run dashboard/app.py\n" in TEXT
    assert "\npip install -e '.[test]' && python tests/browser/get.py && pytest\n" in TEXT


def quantised():
    from torch.ao.quantization import quantize_dynamic

    model = quantize_dynamic(torch.nn.Sequential(torch.nn.LSTM(4, 3)), {torch.nn.LSTM})
    return lstm_core.record(model).__enter__()


def scripted():
    return lstm_core.record(torch.jit.script(torch.nn.Sequential(torch.nn.LSTM(4, 3)))).__enter__()


def pickled():
    torch.save(torch.nn.LSTM(4, 3), file := io.BytesIO())
    return lstm_core.load_checkpoint(file.getvalue())


REFUSED = {
    "a quantised LSTM": quantised,
    "a scripted or traced model": scripted,
    "a checkpoint that is a pickled object": pickled,
}


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")  # torch's own, of what is refused
def test_what_the_readme_says_is_refused_is_refused_with_that_advice():
    rows = dict(re.findall(r"^\| (.*?) \| refused: (.*?) \|$", TEXT, re.M))
    assert rows.keys() == REFUSED.keys()
    for what, advice in rows.items():
        with pytest.raises(lstm_core.LstmCoreError, match="(?i)" + re.escape(advice.replace("`", ""))):
            REFUSED[what]()
