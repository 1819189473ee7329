"""How does a sentence become steps, and a token numbers, before anything is trained?"""

import hashlib
from collections.abc import Sequence

import numpy as np
import regex
import torch
from torch import Tensor

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


def token_vectors(tokens: Sequence[str], input_size: int, seed: int) -> Tensor:
    """Standard normal vectors drawn from (seed, token): x of shape (time, 1, input_size), float32.

    A token has the same vector wherever it stands and whoever its neighbours are, and a longer vector
    begins with the shorter one. The numbers come from SHAKE-256, so they are the same on any machine.

    >>> x = token_vectors(["the", "cat", "the"], input_size=4, seed=2)
    >>> x.shape, x[0].equal(x[2])
    (torch.Size([3, 1, 4]), True)
    """
    vector = {token: _normal(f"{seed}\0{token}", input_size) for token in dict.fromkeys(tokens)}
    rows = [vector[token] for token in tokens]
    return torch.stack(rows).unsqueeze(1) if rows else torch.zeros(0, 1, input_size)


def _normal(key: str, count: int) -> Tensor:
    """`count` standard normal numbers that depend only on `key`, by the inverse of the normal CDF."""
    # A visitor can type a lone surrogate; "surrogatepass" gives it bytes too.
    digest = hashlib.shake_256(key.encode("utf-8", "surrogatepass")).digest(8 * count)
    # 53 bits fill a float64; the half step avoids 0 and 1, where the inverse is infinite.
    uniform = ((np.frombuffer(digest, "<u8") >> np.uint64(11)) + 0.5) / 2.0**53
    normal: Tensor = torch.special.ndtri(torch.from_numpy(uniform))
    return normal.float()
