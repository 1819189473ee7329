"""How does a sentence become steps?"""

import regex

from lstm_core.errors import check_kind

# Letters, digits and the marks inside words (accents, the joiners of Persian and Devanagari).
_LETTERS = r"[\w\p{M}\u200c\u200d]*\w[\w\p{M}\u200c\u200d]*"

# A number keeps its point, a word its apostrophes and hyphens; anything else that is seen as one character
# (an emoji with its joiners, a punctuation mark) is one token.
# Flags are pairs of signs. \X finds them too, but counts all signs before each: in a row of them that is quadratic.
_SEEN = r"\p{RI}{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*|\X"
_WORD = regex.compile(rf"\d+(?:[.,]\d+)+|{_LETTERS}(?:['’‑-]{_LETTERS})*|{_SEEN}")
_CHARACTER = regex.compile(_SEEN)
_UNSEEN = regex.compile(r"[\p{C}\p{Z}]+")


def words(text: str) -> list[str]:
    """The words and punctuation marks of a text, in any script, separated by blanks and unseen characters.

    >>> words("Giraffes in a field, don't they?")
    ['Giraffes', 'in', 'a', 'field', ',', "don't", 'they', '?']
    """
    check_kind(text, str, "a text", "Give a str.")
    found = (match.group() for match in _WORD.finditer(text))
    return [token for token in found if not _UNSEEN.fullmatch(token)]


def characters(text: str) -> list[str]:
    """The characters of a text as a reader sees them, blanks included.

    >>> characters("a né")
    ['a', ' ', 'n', 'é']
    """
    check_kind(text, str, "a text", "Give a str.")
    # Of ASCII only a carriage return is seen together with what follows.
    if text.isascii() and "\r" not in text:
        return list(text)
    # One by one: other threads have their turn meanwhile.
    return [match.group() for match in _CHARACTER.finditer(text)]
