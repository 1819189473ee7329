"""How many of a model's answers change if units are held? Advice to leave a unit out is given after that was tried."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import NamedTuple, cast

import torch

from lstm_core.checking.run import answer
from lstm_core.checking.subject import Subject
from lstm_core.quantities import Gate
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene


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
