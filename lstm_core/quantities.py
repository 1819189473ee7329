"""What does each kind of cell compute at a step? A table a kind, with a row a quantity, in the order of the equations.

What is recorded, drawn, held and said of a quantity follows from its row. Nothing here imports torch: the dashboard's
first page names the quantities before torch is there.
"""

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

# The letters of an LSTM: i f g o are made by its weights.
Quantity = Literal["i", "f", "g", "o", "c", "h"]
# i f g o c h of an LSTM, r z n h of a GRU, h of a plain RNN.
Gate = Literal["i", "f", "g", "o", "c", "h", "r", "z", "n"]
Scale = Literal["gates", "states"]

LIMITS: dict[Scale, tuple[float, float]] = {"gates": (0.0, 1.0), "states": (-1.0, 1.0)}
# How far a memory is thought to count at most.
FAR = 1000.0
# A gate below LEFT is shut, above RIGHT open: saturated, as Karpathy, Johnson & Fei-Fei 2015 count it.
LEFT, RIGHT = 0.1, 0.9


class Described(NamedTuple):
    """One quantity: its letter, its name in words, the question it answers, what it means."""

    quantity: str
    title: str
    question: str
    meaning: str
    scale: Scale
    share: float = 1
    """Its height in a picture, beside the others'."""
    block: int | None = None
    """Which block of the weights' rows makes it, in PyTorch's order; None: it is made of other quantities."""
    is_state: bool = False
    """Whether a step passes it to the next."""
    sums: bool = False
    """Whether it sums up what is added to it, and so may leave its scale."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which values it lies, and can be held."""
        return (-FAR, FAR) if self.sums else LIMITS[self.scale]


Table = tuple[Described, ...]
_WRITES = "what this word would write, from −1 to +1"
_MEMORY = "the memory: what was kept plus what was added"
_OUTPUT = "the output, passed to the next step and the next layer"
_BOTH = "memory and output in one"
_SEES = "how much of what was there the candidate sees"

LSTM: Table = (
    Described("f", "forget gate", "keep what was there?", "how much of each memory cell is kept", "gates", block=1),
    Described("i", "input gate", "let the new in?", "how much of the candidate is added to memory", "gates", block=0),
    Described("g", "candidate", "what would be written", _WRITES, "states", block=2),
    Described("c", "cell state", "memory: c = f·c + i·g", _MEMORY, "states", 1.7, is_state=True, sums=True),
    Described("o", "output gate", "how much to show?", "how much of the memory is shown", "gates", block=3),
    Described("h", "hidden state", "passed on: h = o·tanh c", _OUTPUT, "states", is_state=True),
)
GRU: Table = (
    Described("r", "reset gate", "may the candidate see h?", _SEES, "gates", block=0),
    Described("z", "update gate", "keep what was there?", "how much of each hidden value is kept", "gates", block=1),
    Described("n", "candidate", "what would come instead", _WRITES, "states", block=2),
    Described("h", "hidden state", "memory: h = (1−z)·n + z·h", _BOTH, "states", 1.7, is_state=True),
)
RNN: Table = (
    Described("h", "hidden state", "h = tanh(W x + U h)", "recomputed at every step", "states", 1.7, is_state=True),
)
TABLES = (LSTM, GRU, RNN)
# By quantity; the last two are those of a hand-written cell without an input gate, and are in no picture.
TITLES = {row.quantity: row.title for table in TABLES for row in table} | {"decay": "decay", "added": "what is added"}


# How is another cell drawn as an update, c = f ⊙ c' + i ⊙ g?

# By letter of an LSTM: the cell's own letter and title, the question that it answers, and what it is.
_GRU_WORDS = {
    "f": ("z", "update gate", "keep what was there?", "z, the update gate: how much of each hidden value is kept"),
    "i": ("", "1 − z", "let the new in?", "1 − z: how much of the candidate is let in"),
    "g": ("n", "candidate", "what would be written", "n, the candidate: what would come instead"),
    "o": ("r", "reset gate", "seen by the candidate?", "r, the reset gate: how much of the past the candidate sees"),
    "c": ("h", "hidden state", "h = z·h + (1−z)·n", "h, the hidden state: memory and output in one"),
}
_RNN_WORDS = {"c": ("h", "hidden state", "what it is now", "h, the hidden state: computed anew at every step")}
# What PyTorch's other cells call the quantities that are drawn of their updates.
WORDS = {"nn.GRU": _GRU_WORDS, "nn.RNN": _RNN_WORDS}


def letters(rows: Iterable[Described]) -> tuple[str, ...]:
    """The letters of some quantities."""
    return tuple(row.quantity for row in rows)


def blocks(table: Table) -> tuple[str, ...]:
    """What the weights make, in the order of their blocks.

    >>> blocks(LSTM), blocks(GRU)
    (('i', 'f', 'g', 'o'), ('r', 'z', 'n'))
    """
    made = {row.block: row.quantity for row in table if row.block is not None}
    return tuple(made[block] for block in sorted(made))


def recorded(table: Table) -> tuple[str, ...]:
    """All quantities in the order in which they are recorded: what the weights make, then what is made of it.

    >>> recorded(LSTM)
    ('i', 'f', 'g', 'o', 'c', 'h')
    """
    return blocks(table) + letters(row for row in table if row.block is None)


def states(table: Table) -> tuple[str, ...]:
    """What a step passes to the next."""
    return letters(row for row in table if row.is_state)


def gates(table: Table) -> tuple[str, ...]:
    """What lets through a share, from 0 to 1, in the order in which it is recorded."""
    scale = {row.quantity: row.scale for row in table}
    return tuple(letter for letter in recorded(table) if scale[letter] == "gates")


def table_of(quantities: Collection[str]) -> Table:
    """The table of the kind of cell that has these quantities: the smallest that has most of them.

    >>> letters(table_of("zh")), letters(table_of("h"))
    (('r', 'z', 'n', 'h'), ('h',))
    """
    return max(TABLES, key=lambda table: (len(set(letters(table)) & set(quantities)), -len(table)))
