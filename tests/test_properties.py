"""Each property against what a reader would say, character by character."""

import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_core import LstmCoreError
from lstm_core.analysis.properties import PROPERTIES, property_named, states


def marked(name, text):
    """The text's property as a row of digits, to be read under the text."""
    return "".join(f"{value:.0f}" for value in property_named(name)(list(text)))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("inside quotes", 'a "b c" d', "001111000"),
        ("inside quotes", "a “b” «c»", "001101110"[:3] + "10" + "0" + "110"),
        ("inside a string", "x = 'ab'", "00001110"),
        ("inside a string", "don't 'x'", "000000110"),
        ("inside a string", r"'a\'b' c", "11111000"),
        ("inside a string", "b'a' + x", "01100000"),
        ("inside a string", "'a\nb", "1100"),
        ("inside a string", "''' a'b ''' c", "1111111111000"),
        ("inside a string", "# 'a'\n'b'", "000000110"),
        ("inside a string", '"it\'s" x', "11111000"[:5] + "000"),
        ("inside single quotes", "'a' \"b\"", "1100000"),
        ("inside double quotes", "'a' \"b\"", "0000110"),
        ("inside a docstring", '"""a""" "b"', "11111100000"),
        ("inside a one-line string", '"""a""" \'b\' ', "000000001100"),
        ("inside a comment", "a # b\nc", "0011100"),
        ("inside a comment", "'#' # b", "0000111"),
        ("bracket depth", ")(a[b]{}", "01122121"),
        ("inside brackets", "a(b)c", "01100"),
        ("position in line", "ab\ncd", "01201"),
        ("indent", " \ta b\n  c\nd", "1222201220"[:6] + "12200"),
        ("word length", "it's 2be", "12010123"),
        ("capital", "It IS", "10011"),
        ("digit", "a1", "01"),
        ("punctuation", "a, (b)+", "0101011"),
        ("blank", "a b\n", "0101"),
        ("count of a", "banana", "011223"),
        ("has seen n", "banana", "001111"),
        ("time since n", "banana", "120101"),
    ],
)
def test_by_eye(name, text, expected):
    assert marked(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("inside quotes", 'he said " no way " twice', "00111000"[:2] + "1110" + "0"),
        ("bracket depth", "f ( x [ 0 ] )", "0112210"),
        ("word length", "Giraffes , in a field", "80215"),
        ("capital", "Giraffes in Paris", "101"),
        ("has seen not", "I do NOT know", "0011"),
        ("count of the", "the cat the", "112"),
        ("position in line", "a b c", "012"),
        ("inside a string", "say ' no ' now", "01100"),
    ],
)
def test_the_same_for_words(name, text, expected):
    assert "".join(f"{value:.0f}" for value in property_named(name)(text.split())) == expected


@given(st.lists(st.text(max_size=4), max_size=12), st.sampled_from([*PROPERTIES, "count of a", "time since a"]))
def test_a_property_has_one_number_a_token(tokens, name):
    values = property_named(name)(tokens)
    assert len(values) == len(tokens)
    assert all(isinstance(value, float) for value in values)


PIECES = ["x = 1\n", "'a'", '"b"', '""" c\n d """', "# e 'f\n", "\n", r"'\'g'", "f(x)", 'r"h"', "+ "]


@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_strings_and_comments_are_those_of_pythons_own_tokenizer(pieces):
    text = "".join(f"{piece}" if piece.endswith("\n") else f"{piece} " for piece in pieces)
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    expected = [""] * len(text)
    try:
        found = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError):
        return
    for token in found:
        first, end = (lines[row - 1] + column for row, column in (token.start, token.end))
        if token.type == tokenize.COMMENT:
            expected[first:end] = "#" * (end - first)
        elif token.type == tokenize.STRING:
            first += token.string[0] in "rb"
            quotes = text[first] * (3 if text.startswith(text[first] * 3, first) else 1)
            expected[first : end - 1] = [quotes] * (end - 1 - first)
    assert list(states(list(text))) == expected


def test_an_unknown_name_is_answered_with_the_known():
    with pytest.raises(LstmCoreError, match=r"inside quotes, .*count of ….*got 'colour'"):
        property_named("colour")
    with pytest.raises(LstmCoreError, match="got 'count of '"):
        property_named("count of ")
