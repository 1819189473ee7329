"""How are the words written over their columns?"""

import html
import math
from collections.abc import Mapping, Sequence

from lstm_core.plots.columns import round_up
from lstm_core.plots.labels import label, width_of
from lstm_core.plots.page_figure import FONT, Figure

# Pixels between the words and the strips, for the colours of a pinned unit.
RIBBON = 6
# A longer word is cut, so that it does not make all words slant.
LONG_WORD = 12
# The smallest width of a column that has a word, and of one that has a character.
LEAST_WORD, LEAST_LETTER = 16, 8


def step_axis(tokens: Sequence[str], width: float, first: float, last: float) -> tuple[Figure, int]:
    """The axis of the steps from `first` to `last`, and its height above the picture in pixels.

    It shows words while they fit, level or slanted, and else positions.
    """
    column = width / (last - first)
    steps = range(max(0, round(first + 0.5)), min(len(tokens), round(last + 0.5)))
    least = LEAST_LETTER if all(width_of(label(tokens[step])) < LEAST_LETTER for step in steps) else LEAST_WORD
    if column < least or not tokens:
        return _axis({step: f"{step:,}" for step in _round_steps(first, last, width / 84)}, level=True), RIBBON + 28
    labels = {step: label(tokens[step]) for step in steps}
    labels = {step: _cut(text, column) for step, text in labels.items()} if _one_is_long(labels, column) else labels
    longest = max((width_of(text) for text in labels.values()), default=0)
    # Single letters stay level even close together.
    level = longest + (6 if any(len(text) > 1 for text in labels.values()) else 0.5) <= column
    return _axis(labels, level), RIBBON + (28 if level else 28 + int(min(longest, 150) * 0.87))


def past_the_end(axis: Figure, width: float, first: float, last: float) -> int:
    """How many pixels of the words stand right of the picture's end: half of a word that is level, and, because it
    rises by 60 degrees, half of one that is slanted. A page may make slanted words' columns narrower than `width`."""
    column, lean = width / (last - first), 0.0
    if axis["tickangle"] != 0:
        column, lean = min(column, LEAST_WORD), FONT / 2
    ends = zip(axis["tickvals"], axis["ticktext"], strict=True)
    past = (width_of(html.unescape(text)) / 2 + lean - (last - step) * column for step, text in ends)
    return math.ceil(max(0.0, *past)) if axis["tickvals"] else 0


def _one_is_long(labels: Mapping[int, str], column: float) -> bool:
    """Whether all words would fit level except a few unusually long ones."""
    fitting = [width_of(text) + 6 <= column for text in labels.values() if len(text) <= LONG_WORD]
    return all(fitting) and len(fitting) > len(labels) / 2


def _cut(text: str, column: float) -> str:
    """A long word cut to its column, if enough of it remains to read."""
    if len(text) <= LONG_WORD or width_of(text) + 6 <= column:
        return text
    left = text.removesuffix("…")
    while left and width_of(left + "…") + 6 > column:
        left = left[:-1]
    return left + "…" if len(left) >= LONG_WORD / 2 else text


def _axis(labels: Mapping[int, str], level: bool) -> Figure:
    return {
        "side": "top",
        "tickmode": "array",
        "tickvals": list(labels),
        "ticktext": [html.escape(text, quote=False) for text in labels.values()],
        "tickangle": 0 if level else -60,
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": RIBBON,
        "tickfont": {"size": FONT},
    }


def _round_steps(first: float, last: float, most: float) -> range:
    """At most `most` round positions between `first` and `last`."""
    every = 1 if last - first <= most else round_up((last - first) / most)
    return range(-(-max(0, round(first + 0.5)) // every) * every, round(last + 0.5), every)
