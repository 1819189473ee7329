"""How much room do the parts of a figure on paper need? All in pixels; the margins are what stands in them."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_core.errors import LstmCoreError
from lstm_core.plots import gate_strips
from lstm_core.plots.columns import Columns, fit
from lstm_core.plots.labels import LETTER, WIDE_LETTER, width_of
from lstm_core.plots.page_figure import FONT
from lstm_core.plots.strips import LIMITS, Strip
from lstm_core.plots.time_axis import TimeAxis, time_axis

# The least pixels of a picture's width and of a strip's height; the free pixels between two pictures.
LEAST_WIDTH, LEAST_HEIGHT, BETWEEN = 48, 12, 14
# The free pixels below a colour bar.
BELOW_BAR = 10
# What is called a colour bar of c alone, and of h alone.
OWN_BAR = {"c": "memory", "h": "hidden\nstate"}
# With so many pixels more in a picture's width its letters grow by one; the smallest and the largest.
GROWS, SMALLEST, LARGEST = 75, 10, 17
# Left to itself, a figure is not much higher than wide.
TALL = 1.25


class PaperStack(NamedTuple):
    """One layer and direction: its name, and by quantity its values (unit, step) and the numbers of its units."""

    layer: int
    direction: int
    name: str
    cells: Mapping[Any, np.ndarray]
    units: Mapping[str, Sequence[int]]


class Steps(NamedTuple):
    """The numbers of steps, their names if they have some, and what the names are if that is known, else ""."""

    numbers: Sequence[int]
    names: Sequence[Any] | None
    kind: str


class Bar(NamedTuple):
    """A colour bar: what it is of, the ends of its scale, and what stands at its ends and in its middle."""

    name: str
    quantities: str
    low: float
    high: float

    @property
    def ticks(self) -> dict[float, str]:
        """Values and how they are written."""
        values = (self.low, 0.5 if self.low == 0 else 0.0, self.high)
        return {value: f"{value:g}".replace("-", "−") for value in values}


class Room(NamedTuple):
    """Where everything has its place in a figure; `each`: the width of one picture."""

    width: int
    height: int
    letters: int
    title: list[str]
    left: float
    right: float
    top: float
    bottom: float
    each: float
    places: list[gate_strips.StripPlace]
    time: TimeAxis
    columns: Columns

    @property
    def inner(self) -> tuple[float, float]:
        """The width and height between the margins."""
        return self.width - self.left - self.right, self.height - self.top - self.bottom

    @property
    def small(self) -> int:
        """The letters of numbers."""
        return small(self.letters)


def small(letters: int) -> int:
    """The letters of numbers beside words of a size."""
    return max(9, letters - 2)


def line(letters: int) -> float:
    """The height of a line of letters."""
    return 1.35 * letters


def above_bar(bars: Sequence[Bar], letters: int) -> float:
    """The height of the lines above a colour bar: its name and its quantities."""
    return (2 + max(bar.name.count("\n") for bar in bars)) * line(small(letters)) + 4


def bars_of(strips: Sequence[Strip], reach: Mapping[str, float]) -> list[Bar]:
    """A colour bar for gates, one for states and candidate, and one of its own for a c or an h that is not on their
    scale."""
    apart = {quantity: end for quantity, end in reach.items() if end != LIMITS["states"][1]}
    signed = [strip for strip in strips if strip.scale == "states" and strip.quantity not in apart]
    name = ",\n".join(sorted({"candidate" if s.title == "candidate" else "states" for s in signed}, reverse=True))
    kinds = [
        ("gates", [strip.quantity for strip in strips if strip.scale == "gates"], LIMITS["gates"]),
        (name, [strip.quantity for strip in signed], LIMITS["states"]),
        *((OWN_BAR[quantity], [quantity], (-end, end)) for quantity, end in apart.items()),
    ]
    return [Bar(name, " ".join(letters), *ends) for name, letters, ends in kinds if letters]


def room_for(
    stacks: Sequence[PaperStack],
    steps: Steps,
    strips: Sequence[Strip],
    bars: Sequence[Bar],
    title: str,
    width: int,
    height: int | None,
) -> Room:
    """The places of all parts. Raises LstmCoreError where they have no room in this width and height."""
    letters = round(min(LARGEST, max(SMALLEST, width / GROWS)))
    lines = _wrapped(title, width - 2 * letters, letters + 2)
    name = 1.2 * line(letters)
    several = line(small(letters)) if len(stacks) > 1 else 0
    top = round(0.6 * letters + len(lines) * line(letters + 2) + several + name)
    left, right, each, time = _across(stacks, steps, bars, width, letters)
    grown = small(letters) / FONT
    labels = 0.92 * time.widest * grown if time.turned else time.lines * line(small(letters))
    bottom = round(labels + 2.2 * letters + 8)
    scales = round(len(bars) * (above_bar(bars, letters) + BELOW_BAR + 3.5 * small(letters)))
    places = _down(strips, stacks[0].cells, top, bottom, round(name), scales, width, height)
    end = places[-1].top + places[-1].height
    whole = round(end + bottom) if height is None else height
    columns = fit(len(steps.numbers), each, sum(len(values) for values in stacks[0].cells.values()), None)
    return Room(width, whole, letters, lines, left, right, top, whole - end, each, places, time, columns)


def _wrapped(text: str, room: float, letters: int) -> list[str]:
    each = WIDE_LETTER if any(width_of(letter) > LETTER for letter in text) else LETTER
    return textwrap.wrap(text, max(8, int(room / (each * letters / FONT))))


def _across(
    stacks: Sequence[PaperStack], steps: Steps, bars: Sequence[Bar], width: int, letters: int
) -> tuple[float, float, float, TimeAxis]:
    """The margins at both sides, the width of a picture, and the axis of time under it."""
    grown, between = small(letters) / FONT, (len(stacks) - 1) * BETWEEN
    largest = max(unit for stack in stacks for units in stack.units.values() for unit in units)
    left = round(line(small(letters)) + width_of(f"{largest}") * grown + 12)
    ticks = max(width_of(text) for bar in bars for text in bar.ticks.values())
    names = max(width_of(text) for bar in bars for text in (*bar.name.split("\n"), bar.quantities))
    right = round(max(2.2 * letters + ticks * grown, letters + names * grown) + 6)
    least = left + right + between + len(stacks) * LEAST_WIDTH
    if width < least:
        beside = f" for {len(stacks)} layers and directions" if len(stacks) > 1 else ""
        raise LstmCoreError(f"Expected a width of at least {least} pixels{beside}, got {width}.")
    each = (width - left - right - between) / len(stacks)
    time = time_axis(*steps, each, small(letters))
    if time.places and not time.turned:
        # The name of the first step may begin left of it.
        first = (time.places[0] + 0.5) * each / len(steps.numbers)
        more = max(0, round(time.widest * grown / 2 - first - left + 6))
        left, each = left + more, each - more / len(stacks)
    return left, right, each, time


def _down(
    strips: Sequence[Strip],
    cells: Mapping[Any, np.ndarray],
    top: float,
    bottom: float,
    gap: int,
    scales: int,
    width: int,
    height: int | None,
) -> list[gate_strips.StripPlace]:
    """The places of the strips, in the height that is asked for or that they and the `scales` beside them need."""
    places = gate_strips.place(strips, cells, top, gap, None)
    end = places[-1].top + places[-1].height
    least = top + max(len(strips) * (gap + LEAST_HEIGHT) - gap, scales)
    wanted = max(least, min(end, top + TALL * width)) if height is None else height - bottom
    if wanted < least:
        raise LstmCoreError(
            f"Expected a height of at least {least + bottom:.0f} pixels for {len(strips)} strips, got {height}."
        )
    return places if wanted == end else gate_strips.place(strips, cells, top, gap, wanted)
