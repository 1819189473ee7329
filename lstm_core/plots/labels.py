"""How is a token shown, how wide is it, and how is a number shown with its sign?"""

from collections.abc import Callable, Iterable
from math import floor, log10

# The width of a letter in pixels.
LETTER, WIDE_LETTER = 7.4, 14
# Arrows and the signs for blanks are as wide as a letter.
SIGNS = range(0x2190, 0x2500)
BLANKS = {" ": "␣", "\u00a0": "␣", "\t": "⇥", "\n": "⏎", "\r": "⏎", "\r\n": "⏎"}


def label(token: str, most: int = 18) -> str:
    """A token as it is shown: a blank as a visible sign, a long token shortened."""
    seen = BLANKS.get(token, token)
    if not any(character.isprintable() for character in seen):
        seen = " ".join(f"U+{ord(character):04X}" for character in seen)
    return seen if len(seen) <= most else seen[: most - 1] + "…"


def some(tokens: Iterable[str], shown: Callable[[str], str] = label) -> str:
    """The first five different tokens."""
    each = list(dict.fromkeys(tokens))
    return ", ".join(map(shown, each[:5])) + (", …" if len(each) > 5 else "")


def width_of(text: str) -> float:
    """The approximate width of a label in pixels: East Asian characters and emoji are twice as wide."""
    return sum(WIDE_LETTER if ord(letter) >= 0x1100 and ord(letter) not in SIGNS else LETTER for letter in text)


def signed(value: float, places: int = 2) -> str:
    """A number with its sign and a printed minus; a small number gets more places."""
    if 1e-6 < abs(value) < 0.1:
        places = max(places, 1 - floor(log10(abs(value))))
    return f"{value:+.{places}f}".replace("-", "−")
