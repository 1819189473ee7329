"""What is drawn of a passage of a text, each token in the colour of its number?"""

import math
from typing import NamedTuple, TypedDict

from gatescope.drawing.scales import Scale


class PassageLine(NamedTuple):
    """A passage as it is drawn."""

    value: str
    """The number before it, in words."""
    tokens: list[str]
    numbers: list[float | None]
    """The number of each token, which gives its colour."""
    first: int
    last: int
    """The tokens that are framed."""
    where: str
    """Where it comes from."""


class Passages(TypedDict):
    """What the browser draws: passages one under the other."""

    name: str
    """The list's name for a screen reader."""
    rows: list[PassageLine]
    scale: Scale
    between: str
    """What stands between two tokens."""


def three_digits(number: float) -> float | None:
    """Three digits are enough for a colour and a curve; JSON has no NaN."""
    return float(f"{number:.3g}") if math.isfinite(number) else None
