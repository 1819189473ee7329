"""Do all units move and all gates open and shut, and do the answers need those that don't?"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import NamedTuple, cast

import torch

from lstm_core.checking.reading import answer
from lstm_core.checking.subject import Row, Subject, broken, look, passes
from lstm_core.quantities import Gate
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene

# How many of a model's answers change if units are held? Advice to leave a unit out is given after that was tried.


class LayerPlace(NamedTuple):
    """A layer and direction of a recurrent module."""

    name: str
    layer: int
    direction: int

    def __str__(self) -> str:
        place = [self.name] if self.name else []
        place += [f"layer {self.layer}"] if self.layer else []
        return ", ".join(place + (["backward"] if self.direction else []))


class Changed(NamedTuple):
    """How many answers changed, of how many."""

    changed: int
    answers: int

    def __str__(self) -> str:
        return f"{f'{self.changed:,}' if self.changed else 'none'} of {self.answers:,} answers"


def changed_without(subject: Subject, units: Mapping[LayerPlace, Mapping[int, float]]) -> Changed:
    """The answers that change if the state of some units is held at a value at all steps."""
    model = subject.fresh()
    with torch.no_grad(), ExitStack() as held:
        for place, values in units.items():
            memory = cast("Gate", subject.traces[place.name].states[0])
            hold = Hold(memory, torch.tensor([*values.values()]), list(values), place.layer, place.direction)
            held.enter_context(intervene(model, hold, name=place.name))
        before, after = subject.first.answer, answer(model, subject.inputs)
    # Another largest output; of one output alone, or where outputs are h itself, a change of a tenth of its spread.
    if 1 < before.shape[-1] <= 1_000_000 and before.dim() > 1:
        changed = before.argmax(-1) != after.argmax(-1)
    else:
        changed = (after - before).abs() > 0.1 * before.std()
    return Changed(int(changed.sum()), changed.numel())


def by_layer(name: str, values: torch.Tensor) -> Iterator[tuple[LayerPlace, torch.Tensor]]:
    """A quantity of a module by layer and direction, (step of all sequences, unit), without what is past their ends."""
    for layer, sides in enumerate(values.float()):
        for direction, side in enumerate(sides):
            each = side.flatten(0, 1)
            yield LayerPlace(name, layer, direction), each[~each.isnan().any(-1)]


def named(units: Mapping[LayerPlace, Mapping[int, float]], most: int = 8) -> str:
    """The numbers of some units, in words."""
    parts = []
    for place, values in units.items():
        numbers = ", ".join(map(str, list(values)[:most])) + (", …" if len(values) > most else "")
        where = f" of {place}" if str(place) else ""
        parts.append(f"unit{'s' * (len(values) > 1)} {numbers}{where}")
    return "; ".join(parts[:3])


# Which units never move, whatever is read?

# A unit whose state stays within this range does not move.
STILL = 1e-3
# Fewer steps of all sequences are too few to call a whole layer dead.
ENOUGH = 50


def dead_units(subject: Subject) -> Row | None:
    """A note where a unit of a layer keeps its state; broken where all of a layer's do, over many steps.

    Of an LSTM the state is c, of a GRU or RNN h. None for a single step.
    """
    traces = subject.traces
    if all(trace.sizes["time"] < 3 for trace in traces.values()):
        return None
    still: dict[LayerPlace, dict[int, float]] = {}
    units, whole = 0, False
    enough = sum(trace.sizes["time"] * trace.sizes["batch"] for trace in traces.values()) >= ENOUGH
    for name, trace in traces.items():
        for place, each in by_layer(name, getattr(trace, trace.states[0])):
            quiet = (each.amax(0) - each.amin(0) < STILL).nonzero().flatten().tolist()
            units += each.shape[1]
            whole |= enough and len(quiet) == each.shape[1]
            if quiet:
                still[place] = {unit: float(each[:, unit].mean()) for unit in quiet}
    if not still:
        return passes(f"{units:,} of {units:,}")
    count = sum(len(values) for values in still.values())
    changed = changed_without(subject, still)
    what = named(still)
    advice = f"{what[:1].upper()}{what[1:]}: nothing ever changes there. With them held still {changed} change."
    mends = " The model does without them: leave them out, or train anew." if not changed.changed else " Train anew."
    return Row("", "broken" if whole else "look", f"{count:,} of {units:,} do not", advice + mends)


# Which gates are shut, or open, at nearly every step?

# A gate below or above counts as shut or open; at more than this share of the steps it is stuck.
SHUT, OPEN, MOST = 0.01, 0.99, 0.99
# A share of stuck gates that is worth a look, and one of answers that change without those units.
MANY, FEW = 0.1, 0.01
# A gate nearer than this to 0 or 1 is saturated; more than this share of all gates is worth a look.
SATURATED, ALL_BUT_FEW = 0.05, 0.75
_GATES = {"i": "input", "f": "forget", "o": "output", "r": "reset", "z": "update"}


def gates_open_and_shut(subject: Subject) -> Row | None:
    """A note where a tenth of a layer's gates of one kind is stuck and the answers do not need those units, or where
    most gates are saturated.

    Broken where all input or output gates of a layer are shut. None without gates."""
    worst: tuple[float, str, LayerPlace, dict[int, float], bool] | None = None
    gates = stuck_gates = near = steps = 0
    for name, trace in subject.traces.items():
        states = dict(by_layer(name, getattr(trace, trace.states[0])))
        for letter in set(trace.whole) & set(_GATES):
            for place, each in by_layer(name, getattr(trace, letter)):
                stuck = ((each < SHUT).float().mean(0) > MOST) | ((each > OPEN).float().mean(0) > MOST)
                near, steps = near + int(((each - 0.5).abs() > 0.5 - SATURATED).sum()), steps + each.numel()
                gates, stuck_gates = gates + len(stuck), stuck_gates + int(stuck.sum())
                share = float(stuck.float().mean())
                if share > (worst[0] if worst else MANY):
                    held = {n: float(states[place][:, n].mean()) for n in stuck.nonzero().flatten().tolist()}
                    shut = letter in "io" and bool((each < SHUT).float().mean() > MOST)
                    worst = (share, letter, place, held, shut)
    if not gates:
        return None
    number = f"{stuck_gates / gates:.0%} stuck, {near / steps:.0%} saturated"
    saturated = near > ALL_BUT_FEW * steps
    learn = f"Gates below {SATURATED} or above {1 - SATURATED} learn little. To train on, scale x or the weights down."
    of_all = look(number, learn) if saturated else passes(number)
    if worst is None:
        return of_all
    share, letter, place, units, shut = worst
    changed = changed_without(subject, {place: units})
    where = f"The {_GATES[letter]} gate of {named({place: units})}"
    said = f"{where} is at 0 or 1 at more than {MOST:.0%} of the steps"
    if share == 1 and shut:
        return broken(number, f"{said}, so nothing passes. Look at its biases and at the scale of x.")
    if saturated or changed.changed > FEW * changed.answers:
        # Those that are stuck are a way to remember, and the answers need it.
        return of_all
    return look(number, f"{said}. With their states held still {changed} change: fewer may be enough.")
