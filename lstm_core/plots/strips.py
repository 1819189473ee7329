"""Which quantities does a picture show, how are they called, and on which scale?"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class Strip(NamedTuple):
    """One quantity's heatmap: its name in words, the question it answers, what it means, its scale, its share of the
    height."""

    quantity: str
    title: str
    question: str
    meaning: str
    scale: str
    share: float


STRIPS = (
    Strip("f", "forget gate", "keep what was there?", "how much of each memory cell is kept", "gates", 1),
    Strip("i", "input gate", "let the new in?", "how much of the candidate is added to memory", "gates", 1),
    Strip("g", "candidate", "what would be written", "what this word would write, from −1 to +1", "states", 1),
    Strip("c", "cell state", "memory: c = f·c + i·g", "the memory: what was kept plus what was added", "states", 1.7),
    Strip("o", "output gate", "how much to output?", "how much of the memory is output", "gates", 1),
    Strip(
        "h",
        "hidden state",
        "passed on: h = o·tanh c",
        "the output, passed to the next step and the next layer",
        "states",
        1,
    ),
)
GRU_STRIPS = (
    Strip("r", "reset gate", "may the candidate see h?", "how much of what was there the candidate sees", "gates", 1),
    Strip("z", "update gate", "keep what was there?", "how much of each hidden value is kept", "gates", 1),
    Strip("n", "candidate", "what would come instead", "what this word would write, from −1 to +1", "states", 1),
    Strip("h", "hidden state", "memory: h = (1−z)·n + z·h", "memory and output in one", "states", 1.7),
)
RNN_STRIPS = (Strip("h", "hidden state", "h = tanh(W x + U h)", "recomputed at every step", "states", 1.7),)
LIMITS = {"gates": (0.0, 1.0), "states": (-1.0, 1.0)}


def strips_of(quantities: Collection[str]) -> tuple[Strip, ...]:
    """The strips of an LSTM, a GRU or an RNN that has these quantities, as far as they are there."""
    kind = STRIPS if set(quantities) & set("ifgoc") else GRU_STRIPS if set(quantities) & set("rzn") else RNN_STRIPS
    return tuple(strip for strip in kind if strip.quantity in quantities)


NAMES = {strip.quantity: f"{strip.title} {strip.quantity}" for strip in STRIPS}
