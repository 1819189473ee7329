"""What can a unit track in a text?

A property is a function from the tokens of one sequence to one number a token: what is true once that token has been
read. The tokens may be characters or words; a property speaks of the text, so it may look ahead (a quotation mark opens
a triple-quoted string only if two more follow).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate

from lstm_core.errors import LstmCoreError

Property = Callable[[Sequence[str]], list[float]]

OPEN, CLOSE = "([{", ")]}"


def inside_quotes(tokens: Sequence[str]) -> list[float]:
    """1 between an opening " or “ or « and its closing mark, that mark excluded.

    >>> inside_quotes(["say", '"', "no", '"', "now"])
    [0.0, 1.0, 1.0, 0.0, 0.0]
    """
    closing, found, awaited = {'"': '"', "“": "”", "«": "»", "„": "“"}, [], ""
    for token in tokens:
        for character in token:
            if character == awaited:
                awaited = ""
            elif not awaited:
                awaited = closing.get(character, "")
        found.append(float(bool(awaited)))
    return found


# Where in a Python text are we: in code, a comment or a string? The standard tokenizer refuses a text that begins or
# ends inside a token; a model that reads characters gets such texts.

# A quote that is no apostrophe: not between two letters, unless the one before is a prefix, as in b'…'.
_LETTER, _PREFIX = r"[^\W_]", r"(?<!\w)[rbfu]"
_MARK = rf"""(?:"|(?:(?<!{_LETTER})|(?<={_PREFIX})|(?<={_PREFIX}[rbfu])|(?='(?!{_LETTER})))')"""
_COMMENT_OR_STRING = re.compile(
    rf"""\#[^\n]*
    | (?={_MARK})(?P<triple>\"{{3}}|'{{3}}) (?:\\.|(?!(?P=triple))[^\\])* (?:(?P<end>(?P=triple))|\\?\Z)
    | (?={_MARK})(?P<mark>["']) (?:\\.|(?!(?={_MARK})(?P=mark))[^\\\n])* (?:(?P<last>(?P=mark)|\n)|\\?\Z)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def states(tokens: Sequence[str]) -> list[str]:
    """The kind of text after each token: "" for code, "#" for a comment, or the quotes around a string.

    The opening quotes belong to the string, the last closing one does not. A string in single quotes or double
    quotes ends with its line; an apostrophe inside a word ("don't") opens no string.

    >>> states('a="b" #c')
    ['', '', '"', '"', '', '', '#', '#']
    """
    # Words are joined with blanks, characters without.
    gap = " " if any(len(token) > 1 for token in tokens) else ""
    text = gap.join(tokens)
    by_character = _of_characters(text)
    found, end = [], 0
    for token in tokens:
        end += len(token)
        found.append(by_character[end - 1] if end else "")
        end += len(gap)
    return found


def _of_characters(text: str) -> list[str]:
    found = [""] * len(text)
    for one in _COMMENT_OR_STRING.finditer(text):
        end = one.end() - bool(one["end"] or one["last"])
        found[one.start() : end] = [one["triple"] or one["mark"] or "#"] * (end - one.start())
    return found


def in_python(is_so: Callable[[str], bool]) -> Property:
    """1 where Python's kind of text is one of some: "" for code, "#" for a comment, or the quotes around a string.

    >>> in_python(lambda state: state == "#")("a #b")
    [0.0, 0.0, 1.0, 1.0]
    """
    return lambda tokens: [float(is_so(state)) for state in states(tokens)]


def bracket_depth(tokens: Sequence[str]) -> list[float]:
    """How many of ( [ { are open; a closing bracket without an open one is ignored.

    >>> bracket_depth("(a[b])")
    [1.0, 1.0, 2.0, 2.0, 1.0, 0.0]
    """
    depth, found = 0, []
    for token in tokens:
        for character in token:
            depth = max(0, depth + (character in OPEN) - (character in CLOSE))
        found.append(float(depth))
    return found


def inside_brackets(tokens: Sequence[str]) -> list[float]:
    """1 where a bracket is open."""
    return [float(depth > 0) for depth in bracket_depth(tokens)]


def position_in_line(tokens: Sequence[str]) -> list[float]:
    """How many tokens of the line came before this one; a line break is the last token of its line.

    >>> position_in_line(["a", "b", "\\n", "c"])
    [0.0, 1.0, 2.0, 0.0]
    """
    position, found = 0, []
    for token in tokens:
        found.append(float(position))
        position = 0 if "\n" in token else position + 1
    return found


def indent(tokens: Sequence[str]) -> list[float]:
    """The number of blanks and tabs at the beginning of the line, as far as it has been read.

    >>> indent("  a b")
    [1.0, 2.0, 2.0, 2.0, 2.0]
    """
    width, leading, found = 0, True, []
    for token in tokens:
        for character in token:
            if character == "\n":
                width, leading = 0, True
            elif leading and character in " \t":
                width += 1
            else:
                leading = False
        found.append(float(width))
    return found


def word_length(tokens: Sequence[str]) -> list[float]:
    """How many letters and digits of the current word have been read; a token that is a whole word counts all it has.

    >>> word_length("to be"), word_length(["Giraffes", ",", "in"])
    ([1.0, 2.0, 0.0, 1.0, 2.0], [8.0, 0.0, 2.0])
    """
    # A character is one long.
    whole = any(len(unicodedata.normalize("NFC", token)) > 1 for token in tokens)
    length, found = 0, []
    for token in tokens:
        length = 0 if whole else length
        for character in token:
            length = length + 1 if character.isalnum() else length if whole else 0
        found.append(float(length))
    return found


def of_each(is_so: Callable[[str], bool]) -> Property:
    """1 at the tokens of which something is so.

    >>> of_each(str.isspace)("a b")
    [0.0, 1.0, 0.0]
    """
    return lambda tokens: [float(is_so(token)) for token in tokens]


def count_of(symbol: str) -> Property:
    """How often a token has come so far, this one included.

    >>> count_of("a")("aba")
    [1.0, 1.0, 2.0]
    """
    return lambda tokens: list(accumulate(float(token == symbol) for token in tokens))


def surplus_of(symbol: str, other: str) -> Property:
    """How many times more one token has come so far than another.

    >>> surplus_of("a", "b")("aab")
    [1.0, 2.0, 1.0]
    """

    def surplus(tokens: Sequence[str]) -> list[float]:
        return list(accumulate(float(token == symbol) - float(token == other) for token in tokens))

    return surplus


def has_seen(word: str) -> Property:
    """1 from the first time a token has come, in capitals or not.

    >>> has_seen("not")(["Do", "not", "go"])
    [0.0, 1.0, 1.0]
    """

    def seen(tokens: Sequence[str]) -> list[float]:
        return list(accumulate((float(token.casefold() == word.casefold()) for token in tokens), max))

    return seen


def time_since(symbol: str) -> Property:
    """How many tokens ago a token last came; before its first time, counted from just before the sequence.

    >>> time_since("a")("bab")
    [1.0, 0.0, 1.0]
    """

    def since(tokens: Sequence[str]) -> list[float]:
        return list(accumulate(tokens, lambda steps, token: (steps + 1) * (token != symbol), initial=0.0))[1:]

    return since


# Properties by name.
PROPERTIES: dict[str, Property] = {
    "inside quotes": inside_quotes,
    "inside a string": in_python(lambda state: "'" in state or '"' in state),
    "inside a one-line string": in_python(lambda state: state in ("'", '"')),
    "inside single quotes": in_python(lambda state: state == "'"),
    "inside double quotes": in_python(lambda state: state == '"'),
    "inside a docstring": in_python(lambda state: len(state) == 3),
    "inside a comment": in_python(lambda state: state == "#"),
    "bracket depth": bracket_depth,
    "inside brackets": inside_brackets,
    "position in line": position_in_line,
    "indent": indent,
    "word length": word_length,
    "capital": of_each(lambda token: token[:1].isupper()),
    "digit": of_each(lambda token: token[:1].isdigit()),
    "punctuation": of_each(lambda token: unicodedata.category(token[0])[0] in "PS" if token else False),
    "blank": of_each(str.isspace),
}

# Properties whose name ends with a token, by the words before the token: "count of" in "count of a".
OF_A_TOKEN: dict[str, Callable[[str], Property]] = {
    "count of ": count_of,
    "has seen ": has_seen,
    "time since ": time_since,
}

# The words before and between the two tokens in "surplus of a over b".
SURPLUS, OVER = "surplus of ", " over "


def property_named(name: str) -> Property:
    """A property by its name: one of `PROPERTIES`, or "count of a", "has seen not", "time since (" and the like.

    "surplus of a over b" is how many times more the first token has come than the second.

    Raises LstmCoreError when no property has the name.

    >>> property_named("time since a")("ab"), property_named("surplus of a over b")("ab")
    ([0.0, 1.0], [1.0, 0.0])
    """
    if name in PROPERTIES:
        return PROPERTIES[name]
    for beginning, of in OF_A_TOKEN.items():
        if name.startswith(beginning) and len(name) > len(beginning):
            return of(name.removeprefix(beginning))
    symbol, _, other = name.removeprefix(SURPLUS).partition(OVER)
    if name.startswith(SURPLUS) and symbol and other:
        return surplus_of(symbol, other)
    names = [*PROPERTIES, *(f"{beginning}…" for beginning in OF_A_TOKEN), f"{SURPLUS}…{OVER}…"]
    raise LstmCoreError(f"Expected one of the properties {', '.join(names)}, got {name!r}.")
