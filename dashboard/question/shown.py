"""How is a reading shown?"""

from dataclasses import dataclass, field

from gatescope.question.cell import Cell, read_cell
from gatescope.question.link import one_of, some_of, takes
from lstm_core.quantities import LSTM, letters

COLOURS = {"teal": "teal, blue to red", "purple": "purple, green to brown", "grey": "greys, for print"}
ROWS = {"index": "index", "similarity": "similarity", "half-life": "half-life", "activity": "activity"}
ORDERS = {name: "leak" if name == "half-life" else name for name in ROWS}
"""The orders of rows by their names in a link, and their names in `lstm_core.analysis.order_units`."""
TOP = {"telling": "those that move the answers most", "active": "those whose c changes most", "all": "all"}
QUANTITIES = "".join(letters(LSTM))
LAYERS = "0123"


def _layers(text: str) -> str:
    if not set(text) <= set(LAYERS):
        raise ValueError("it takes the numbers of layers, as in 02")
    return "".join(sorted(set(text)))


@dataclass(frozen=True)
class Shown:
    """The part of a reading that is on screen, how it is shown, and the pinned cell."""

    colours: str = field(default="teal", metadata=one_of(COLOURS))
    quantities: str = field(default=QUANTITIES, metadata=some_of(QUANTITIES))
    """The strips to show, in the order of the equation."""
    layers: str = field(default="", metadata=takes(_layers))
    """The layers to show, one digit each; "" for all."""
    rows: str = field(default="index", metadata=one_of(ROWS))
    """The order of a heatmap's rows."""
    top: str = field(default="telling", metadata=one_of(TOP))
    """Which of many units are shown."""
    pin: Cell | None = field(default=None, metadata=takes(read_cell))
    """The pinned cell."""
