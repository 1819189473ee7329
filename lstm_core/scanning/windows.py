"""In which batches is a shard read?

A window is a batch of pieces, each some steps of one text. A text that is longer than a window goes on in the next one
from the state in which it stopped; a lane whose text has ended takes the next text. Long texts come first, so that the
texts of a window are of like length.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

LANES = 128
"""Texts that are read at once, if not said otherwise."""
MOST_STEPS = 2_048
"""The most steps of a window: more would only take memory."""


MOST_MORE = 1.125
"""At most so many times more texts are read at once than was asked for."""


class Piece(NamedTuple):
    """The steps [first, last) of a text."""

    text: int
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first


def evenly(texts: int, lanes: int) -> int:
    """About as many lanes, so that many texts come in rounds of one size and no few of them remain.

    >>> evenly(263, 128), evenly(300, 128), evenly(5, 128)
    (132, 128, 128)
    """
    rounds = max(1, round(texts / lanes))
    each = -(-texts // rounds)
    return max(1, each) if lanes < each <= MOST_MORE * lanes else lanes


def windows(lengths: Sequence[int], lanes: int, rows: int) -> Iterator[list[Piece]]:
    """Windows of at most `lanes` pieces and about `rows` steps in all, the longest piece first."""
    waiting = iter(sorted((text for text in range(len(lengths)) if lengths[text]), key=lambda text: -lengths[text]))
    reading: list[tuple[int, int]] = []
    while True:
        reading += [(text, 0) for _, text in zip(range(lanes - len(reading)), waiting, strict=False)]
        if not reading:
            return
        most = min(MOST_STEPS, max(1, rows // len(reading)))
        pieces = [Piece(text, first, min(first + most, lengths[text])) for text, first in reading]
        yield sorted(pieces, key=lambda piece: -piece.length)
        reading = [(piece.text, piece.last) for piece in pieces if piece.last < lengths[piece.text]]


def whole_texts(lengths: Sequence[int], lanes: int, rows: int) -> Iterator[list[Piece]]:
    """Windows of whole texts, for an LSTM that reads in both directions and so can't stop within a text."""
    pieces = sorted((Piece(text, 0, length) for text, length in enumerate(lengths) if length), key=lambda p: -p.length)
    while pieces:
        count = max(1, min(lanes, rows // pieces[0].length))
        yield pieces[:count]
        pieces = pieces[count:]
