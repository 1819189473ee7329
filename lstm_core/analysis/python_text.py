"""Where in a Python text are we: in code, a comment or a string?

The standard tokenizer refuses a text that begins or ends inside a token; a model that reads characters gets such texts.
"""

import re
from collections.abc import Sequence

_PREFIX = re.compile(r"(?<!\w)[rbfu]{1,2}$", re.IGNORECASE)
# By the first character of a state, what may change it; all characters before that are of the same kind.
_MAY_CHANGE = {
    "": re.compile("[#'\"]"),
    "#": re.compile("\n"),
    "'": re.compile(r"['\\\n]"),
    '"': re.compile(r'["\\\n]'),
}


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
    state, found, at = "", [], 0
    while at < len(text):
        taken, state_in, state = _next(text, at, state)
        # Inside an escape or a triple quote the state is the string's.
        found += [state_in] * (taken - 1) + [state]
        at += taken
    return found


def _next(text: str, at: int, state: str) -> tuple[int, str, str]:
    """How many characters to take, the state within them, and the state after the last."""
    found = _MAY_CHANGE[state[:1]].search(text, at)
    alike = (found.start() if found else len(text)) - at
    if alike:
        return alike, state, state
    character = text[at]
    if state == "#":
        return 1, state, "" if character == "\n" else state
    if state:
        if character == "\\":
            return min(2, len(text) - at), state, state
        if text.startswith(state, at) and not _is_apostrophe(text, at):
            return len(state), state, ""
        return 1, state, "" if character == "\n" and len(state) == 1 else state
    if character == "#":
        return 1, "#", "#"
    if character in "'\"":
        quotes = character * 3 if text.startswith(character * 3, at) else character
        if not _is_apostrophe(text, at):
            return len(quotes), quotes, quotes
    return 1, "", ""


def _is_apostrophe(text: str, at: int) -> bool:
    """Whether a single quote is inside a word, and does not open a string with a prefix, as in b'…'."""
    between = text[at] == "'" and text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()
    return between and not _PREFIX.search(text, at - 3, at)
