"""What does the browser draw of two readings? Words, answers, the units that carry the difference, and its proof."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isfinite

import torch

from gatescope.comparing import sentences
from gatescope.comparing.carrier import Carrier, TurnedAnswer, Undone, unseen
from gatescope.comparing.header import (
    Chip,
    Common,
    CommonUnit,
    Drawn,
    Link,
    Numbers,
    OneModel,
    Others,
    Proof,
    Swap,
    TwoSeries,
    Undo,
    UndoneRow,
)
from gatescope.comparing.sentences import quoted, reads_numbers
from gatescope.comparing.two_readings import Two
from gatescope.comparing.view import TwoSides
from gatescope.drawing.scales import scales
from gatescope.question import link
from gatescope.question.holds import Cell, GateHold, Holds
from gatescope.question.view import Source, View
from gatescope.reading.answers import Said, said_by
from gatescope.wording.sentences import proof_of_all
from lstm_core import SequenceModel
from lstm_core.plots.labels import label
from lstm_core.plots.palette import Look

SMALL, OF_EACH = 3, 8
"""The units that are drawn under the one that carries the difference, and of each of two models."""
TRIED = 10
"""The units whose swap is drawn."""
WIDE, BEFORE = 26, 4
"""The pairs of a long text that are drawn, and how many of them stand before the first difference."""


def two_texts(pair: TwoSides, found: Two, by: Carrier | None, head: str, says: str, look: Look) -> Drawn:
    """Two texts that one model reads."""
    proof = _carrier(pair, found, by) if by else None
    layer, found = by.layer if by else len(found.a.c) - 1, _window(found, by.turned if by else None)
    apart, carriers = found.apart(layer), by.units if by else []
    # h sees tanh(c): what is apart beyond ±3 tells nothing.
    largest = found.apart(layer, torch.tanh).amax(0).argsort(descending=True, stable=True).tolist()
    few = list(dict.fromkeys([*carriers, *largest]))[: 1 + SMALL]
    others = [unit for unit in range(len(largest)) if unit not in few]
    role = ""
    if carriers:
        role = "does most" if len(carriers) > 1 else "carries it" if by and by.is_needed else "is enough"
    rows = [_unit(found, layer, unit, role if unit in carriers[:1] else "") for unit in few]
    return {
        **_common(found, head, says, look),
        "reach": _reach(numbers for row in rows for numbers in row["c"]),
        "units": rows,
        "others": Others(name=f"largest of {len(others)} others", values=apart[:, others].amax(1).tolist())
        if others
        else None,
        "models": [],
        "carrier": proof,
    }


def _window(found: Two, turned: int | None, around: int = 0) -> Two:
    """The pairs that are drawn: of a long text, those around what differs and what it turns."""
    if len(found.pairs) <= WIDE:
        return found
    first = max(0, min(found.differs, default=around) - BEFORE)
    part = slice(first, max(first + WIDE, (turned or 0) + BEFORE))
    return found._replace(pairs=found.pairs[part], words=found.words[part])


def two_models(found: Two, titles: Sequence[str], look: Look) -> Drawn:
    """Two models over a text: unit 3 of one is nothing to unit 3 of the other, so each has its own rows."""
    head = sentences.models_differ(found)
    turned = [one for one, _ in found.turned()]
    found = _window(found, None, turned[0] if turned else 0)
    layers = len(found.a.c) - 1, len(found.b.c) - 1
    rows: list[OneModel] = []
    for side, (trace, layer, title) in enumerate(zip((found.a, found.b), layers, titles, strict=True)):
        c = trace.c[layer, 0, :, 0]
        swing = c.amax(0) - c.amin(0)
        units = swing.argsort(descending=True, stable=True)[:OF_EACH].tolist()
        names, moves = [f"unit {unit}" for unit in units], [_of(found, side, c[:, unit].tolist()) for unit in units]
        rows.append(OneModel(title=f"{title}: the units that move most", units=names, c=moves))
    return {
        **_common(found, head, "", look),
        "reach": _reach(numbers for row in rows for numbers in row["c"]),
        "models": rows,
        "units": [],
        "others": None,
        "carrier": None,
    }


def _common(found: Two, head: str, says: str, look: Look) -> Common:
    model = found.models[0]
    turned = {pair for pair, _ in found.turned()}
    series: TwoSeries | None = None
    said_a, said_b = found.said
    if model is not None and model.gives == "value" and said_a is not None and said_b is not None:
        series = {
            "read": [[_number(word[side]) for word in found.words] for side in (0, 1)],
            "forecast": [_of(found, side, said[:, 0].tolist()) for side, said in enumerate((said_a, said_b))],
        }
    return {
        "head": head,
        "says": says,
        "words": [_heads(found, pair) for pair in range(len(found.words))],
        "answers": [_answers(found, side) for side in (0, 1)],
        "turned": sorted(turned),
        "proof": f"both are {proof_of_all((found.a, found.b))}",
        "shown": _part(found),
        "series": series,
        "scales": scales(look),
    }


def _part(found: Two) -> str:
    """Which steps of a longer text are drawn."""
    there = [a for a, _ in found.pairs if a is not None]
    steps = len(found.a.x)
    return f"steps {there[0]} to {there[-1]} of {steps:,}" if there and len(there) < steps else ""


def _carrier(pair: TwoSides, found: Two, by: Carrier) -> Proof:
    """The panel: which unit carries it, both ways, what undoes it, and where it is kept unseen."""
    some = sorted(by.order[:TRIED])
    rest = [by.alone[unit] for unit in by.order[TRIED:]]
    units = by.units or by.order[:1]
    name = f"unit {units[0]}" if len(units) == 1 else f"{len(units)} units"
    others = len(by.order) - len(units)
    hidden = unseen(found, by)
    last = by.undone[-1]
    return {
        "asks": sentences.asks(found, by),
        "from": by.b.near,
        "to": by.a.near,
        "rows": [{"name": f"unit {unit}", "near": by.alone[unit], "carries": unit in by.units} for unit in some],
        "rest": f"{len(rest)} others: at most {max(rest):.2f}" if rest else "",
        "ways": [
            _way("B as it is", by.b, f"{name} from A", last.carriers, by.a),
            _way("A as it is", by.a, f"{name} from B", by.a_with, by.b),
            *([_way("B as it is", by.b, f"{others} others from A", last.others, by.a)] if others else []),
        ],
        "undo": _undo(found, by, name, others),
        "unseen": sentences.unseen(found, by, hidden) if hidden else "",
        "links": _links(pair, found, by, units),
    }


def _undo(found: Two, by: Carrier, name: str, others: int) -> Undo:
    """B's answer with A's c put in at each step in between."""

    def row(named: str, said: Sequence[TurnedAnswer]) -> UndoneRow:
        undone = sum(one.like_a for one in said)
        every = {0: "Not undone.", len(said): "Undone." if len(said) == 1 else "Undone, at any of these."}
        says = every.get(undone, f"Undone at {undone} of {len(said)}.")
        return UndoneRow(name=named, answers=[_chip(one, one.like_a) for one in said], says=says)

    def of(which: str) -> list[TurnedAnswer]:
        return [getattr(one, which) for one in by.undone]

    return {
        "asks": f"B’s answer at {quoted(found.words[by.turned][1], found)}, with c from A at one step:",
        "at": [_place(found, one) for one in by.undone],
        "rows": [row(name, of("carriers")), *([row(f"{others} others", of("others"))] if others else [])],
    }


def _heads(found: Two, pair: int) -> list[str | None]:
    """What A and B read at a pair; where both read the same number, its step."""
    (a, b), (step, _) = found.words[pair], found.pairs[pair]
    if reads_numbers(found) and a == b:
        return [f"{step}"] * 2
    return [None if word is None else label(word) for word in (a, b)]


def _place(found: Two, one: Undone) -> str:
    a, b = found.words_at(one.steps)
    return label(b) if a == b else f"{label(a)} | {label(b)}"


def _way(before: str, was: TurnedAnswer, put: str, becomes: TurnedAnswer, wanted: TurnedAnswer) -> Swap:
    turned = becomes.said == wanted.said if was.share is not None else becomes.like_a == wanted.like_a
    return {"before": before, "was": _chip(was, True), "put": put, "becomes": _chip(becomes, turned)}


def _chip(one: TurnedAnswer, filled: bool) -> Chip:
    return {"label": one.said, "share": one.share, "filled": filled}


def _links(pair: TwoSides, found: Two, by: Carrier, units: Sequence[int]) -> list[Link]:
    """The swap, and both texts as they are, on Memory: with the carrying unit pinned."""
    step_a, step_b = by.steps
    c = found.a.c[by.layer, 0, step_a, 0]
    swap = tuple(GateHold("c", round(float(c[unit]), 6), by.layer, 0, (unit,), (step_b,)) for unit in units[:40])
    a, b = pair.a.reads(), pair.b.reads()
    return [
        {"name": "Try the swap", "query": _memory(b, Cell(by.layer, 0, units[0], step_b), Holds(swap))},
        {"name": "A on Memory", "query": _memory(a, Cell(by.layer, 0, units[0], step_a), Holds())},
        {"name": "B on Memory", "query": _memory(b, Cell(by.layer, 0, units[0], step_b), Holds())},
    ]


def _memory(source: Source, pin: Cell, holds: Holds) -> str:
    view = View(source)
    return link.query(replace(view, shown=replace(view.shown, pin=pin), holds=holds))


def _unit(found: Two, layer: int, unit: int, role: str) -> CommonUnit:
    def both(quantity: str) -> list[Numbers]:
        of_a, of_b = (getattr(trace, quantity)[layer, 0, :, 0, unit].tolist() for trace in (found.a, found.b))
        return [_of(found, 0, of_a), _of(found, 1, of_b)]

    drawn = CommonUnit(name=f"unit {unit}", role=role, c=both("c"))
    # A plain RNN has no gates.
    gates = found.a.config.get("roles", "fo") if role else ""
    if "f" in gates:
        drawn["f"] = both("f")
    if "o" in gates:
        drawn["o"] = both("o")
    return drawn


def _reach(rows: Iterable[Numbers]) -> float:
    """The end of the scale of c: the largest that is drawn, at least 1."""
    return max([1.0, *(abs(number) for row in rows for number in row if number is not None)])


def _of(found: Two, side: int, values: Sequence[float]) -> Numbers:
    """The numbers of one side at each pair, None where it has no step; JSON has no NaN."""
    steps = [pair[side] for pair in found.pairs]
    return [None if step is None or not isfinite(values[step]) else values[step] for step in steps]


def _number(word: str | None) -> float | None:
    return None if word is None else float(word.split()[0])


def _answers(found: Two, side: int) -> list[Said | None]:
    model: SequenceModel | None = found.models[side]
    said = found.said[side]
    if model is None or said is None:
        return []
    every = said_by(model, said)
    steps = [pair[side] for pair in found.pairs]
    return [None if step is None else every[step] for step in steps]
