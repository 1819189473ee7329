"""How do strips share the height of a window?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.drawing.few_units import ALL_OF
from lstm_core.plots.gate_strips import GAP, ROOM_FOR_NUMBER, place
from lstm_core.plots.strips import STRIPS, Strip

# Pixels: what stands above the strips at least, and the lowest strip that a window makes.
ABOVE, LOWEST = 34, 24
# The share of c, unless only its rows have room for numbers.
MEMORY = next(strip.share for strip in STRIPS if strip.quantity == "c")


def filled(strips: Sequence[Strip], units: int, height: float | None, gap: float, above: float) -> float | None:
    """The height of a stack that fills `height`, or more if its rows would be too low; None without a height. `above`:
    the pixels between the words and the strips."""
    if height is None:
        return None
    if units <= ALL_OF:
        return max(height - 1, ABOVE + sum(strip.share * LOWEST + gap for strip in strips))
    last = place(strips, {strip.quantity: range(units) for strip in strips}, ABOVE, gap, None)[-1]
    return max(height - 1, last.top + last.height + above)


def with_room_for_numbers(strips: Sequence[Strip], units: int, height: float | None) -> list[Strip]:
    """The strips, with a larger share for c if its numbers then have room and the other strips stay high enough."""
    others = sum(strip.share for strip in strips if strip.quantity != "c")
    if height is None or not others or len(strips) == others:
        return list(strips)
    room = height - 3 * ABOVE - GAP * (len(strips) - 1)
    needed = (ROOM_FOR_NUMBER[0] + 0.5) * units
    each = (room - needed) / others
    if each < LOWEST or each >= needed / MEMORY:
        return list(strips)
    return [strip._replace(share=needed / each) if strip.quantity == "c" else strip for strip in strips]
