"""Where in a Python text are we: in code, a comment or a string?

The standard tokenizer refuses a text that begins or ends inside a token; a model that reads characters gets such texts.
"""

import re
from collections.abc import Sequence

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
