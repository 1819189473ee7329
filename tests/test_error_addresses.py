"""Below an error's traceback stands where the documentation explains it, and the documentation has that place."""

import copy
import dis
import pickle
import re
import traceback
from pathlib import Path
from types import CodeType

import pytest
import torch
from making import errors
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.errors import address

SOURCE = Path(lstm_core.__file__).parent
ERRORS = {"LstmCoreError", "NotKeptError", "NotRebuiltError"}


def that_make_errors(code: CodeType):
    """The functions that call one of them, as Python compiled them: the documentation is made from the source."""
    # What is called is loaded with a NULL beside it; what is only caught is not.
    if any(line.argval in ERRORS and "NULL" in line.argrepr for line in dis.get_instructions(code)):
        yield code.co_qualname
    for inside in code.co_consts:
        if isinstance(inside, CodeType):
            yield from that_make_errors(inside)


@pytest.fixture(scope="module")
def entries():
    """What the documentation says of each place."""
    page = errors.pages()["errors"]
    return dict(re.findall(r"^\(([\w-]+)\)=$(.*?)(?=^\(|\Z)", page, re.MULTILINE | re.DOTALL))


def raised(call):
    with pytest.raises(LstmCoreError) as caught:
        call()
    return caught.value


def no_such_name():
    with lstm_core.record(nn.LSTM(4, 3), names=["x"]):
        pass


SEE = "See made/errors.html#recording-modules-chosen in the documentation."


@pytest.mark.slow
def test_the_documentation_has_a_place_for_each_function_that_makes_an_error_and_for_no_other(entries):
    made = set()
    for path in sorted(SOURCE.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        made |= {
            address(module, name) for name in that_make_errors(compile(path.read_text("utf-8"), str(path), "exec"))
        }
    assert len(made) > 200
    assert made == {f"made/errors.html#{place}" for place in entries}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("traces-save-save", "**Expected a file name that ends in …, got ….**"),
        # The words stand in a variable, which a function fills.
        ("recording-modules-chosen", "- It is scripted and runs no hooks: record the model before torch.jit.script."),
        # A function of another file returns them.
        ("recording-watched-found", "- Expected a gated memory in …, found none. …"),
    ],
)
def test_an_entry_has_the_words_of_the_error_wherever_they_stand_in_the_source(place, said, entries):
    assert f"\n{said}\n" in entries[place]


def test_a_traceback_shows_the_address_and_the_message_does_not():
    error = raised(no_such_name)
    assert error.see == SEE
    assert traceback.format_exception(error)[-1] == f"{SEE}\n"
    assert "See" not in str(error)


def test_an_error_of_another_class_has_the_address_of_the_line_that_makes_it():
    trace = lstm_core.run(nn.LSTM(4, 3), torch.zeros(5, 1, 4)).keep("f")
    error = raised(lambda: trace.c)
    assert type(error) is not LstmCoreError
    assert error.see == "See made/errors.html#traces-recorded-recorded-getattr in the documentation."


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_a_copy_has_the_address_once(again):
    for error in (raised(no_such_name), raised(lambda: lstm_core.load_checkpoint(b"PK"))):
        other = again(error)
        assert type(other) is type(error)
        assert (str(other), other.see, other.__notes__) == (str(error), error.see, [error.see])


def test_an_error_made_elsewhere_has_no_address():
    class Own(LstmCoreError):
        def __init__(self, what):
            super().__init__(f"Expected {what}.")

    for error in (Own("rain"), LstmCoreError("Expected rain."), copy.copy(Own("rain"))):
        assert error.see is None
        assert not hasattr(error, "__notes__")
