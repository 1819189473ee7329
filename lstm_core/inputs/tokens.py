"""How does a sentence become steps?"""

import regex

# Letters, digits and what joins them (accents, the joiners of Persian and Devanagari).
_LETTERS = r"[\w\p{M}\u200c\u200d]*\w[\w\p{M}\u200c\u200d]*"

# A number keeps its point, a word its apostrophes and hyphens; whatever else is seen as one character
# (an emoji with its joiners, a punctuation mark) is one token.
_WORD = regex.compile(rf"\d+(?:[.,]\d+)+|{_LETTERS}(?:['’‑-]{_LETTERS})*|\X")
_CHARACTER = regex.compile(r"\X")
_UNSEEN = regex.compile(r"[\p{C}\p{Z}]+")


def words(text: str) -> list[str]:
    """The words and punctuation marks of a text, in any script; blanks and unseen characters part them.

    >>> words("Giraffes in a field, don't they?")
    ['Giraffes', 'in', 'a', 'field', ',', "don't", 'they', '?']
    """
    return [token for token in _WORD.findall(text) if not _UNSEEN.fullmatch(token)]


def characters(text: str) -> list[str]:
    """The characters of a text as a reader sees them, blanks included.

    >>> characters("a né")
    ['a', ' ', 'n', 'é']
    """
    return _CHARACTER.findall(text)
