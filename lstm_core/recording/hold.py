"""Which gate or state is held at a value, and where?"""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError, from_zero
from lstm_core.plots.fields_table import fields_table, listed
from lstm_core.quantities import Gate
from lstm_core.recording.kinds import kind_of
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import units_of

Value = float | Tensor | np.ndarray | Sequence[Any] | Callable[[Tensor], Any] | Recorded
"""At what a gate is held: a number, an array, a function of the value that would have been, or another trace."""


@dataclass(frozen=True, eq=False)
class Hold:
    """One gate, or a state after the step's own computation, of some units held at a value.

    `gate`: one of i f g o c h, of a GRU r z n h, of an RNN h.
    `value`: a number; an array that broadcasts to (time, batch, unit), the units being those that are held; a function
    that takes the value that would have been (batch, unit) at a step and returns what broadcasts to it; or a `Trace`,
    `GruTrace` or `RnnTrace`, whose own values of this gate, layer, direction and units are put in (activation
    patching); of a part of a trace (`Recorded.sel`) too, all numbers are those of the whole run.
    `units`: their numbers; None: all. `layer`, `direction`: the one layer and direction where they are, the first if
    left out; to hold several, give `intervene` a hold for each.
    `steps`: the steps of each call in sentence order; below 0 counted from each sequence's end; None: all. A cell runs
    one step a call: there its calls are counted, from the start of the outermost block. Of a hand-written cell, steps
    below 0 are counted from where the sequences ended that were recorded before, and the run must have as many.

    Raises LstmCoreError when the value, the units or the steps are of another kind, or the value is NaN.

    >>> Hold("f", 1.0, units=[2], steps=[-1])
    Hold(gate='f', value=1.0, units=(2,), layer=0, direction=0, steps=(-1,))
    """

    gate: Gate
    value: Value
    units: Sequence[int] | None = None
    layer: int = 0
    direction: int = 0
    steps: Iterable[int] | None = None

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {"value": _value(self.value)}
        for name in ("units", "steps"):
            given = getattr(self, name)
            checked[name] = None if given is None else _whole_numbers(name, given)
        for name in ("layer", "direction"):
            [checked[name]] = _whole_numbers(name, [getattr(self, name)])
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def _repr_html_(self) -> str:
        steps = None if self.steps is None else list(self.steps)
        fields = {"gate": self.gate, "value": _told(self.value), "units": listed(self.units)}
        fields |= {"layer": f"{self.layer}", "direction": f"{self.direction}", "steps": listed(steps)}
        return fields_table("Hold", fields)

    def units_of(self, module: nn.Module) -> list[int]:
        """The numbers of the units that are held in a module."""
        return list(range(_size(module, self.gate)) if self.units is None else self.units)


def check_hold(hold: Hold, module: nn.Module) -> None:
    """Raise LstmCoreError unless a module has the gate, layer, direction and units of a hold, and its value fits."""
    kind = kind_of(module)
    layers, directions = getattr(module, "num_layers", 1), 1 + getattr(module, "bidirectional", False)
    gates, size, units = kind.trace.quantities, _size(module, hold.gate), hold.units_of(module)
    wrong = (
        f"a gate of {', '.join(gates)}, got {hold.gate!r}" if hold.gate not in gates
        else f"{from_zero('layer', layers)}, got {hold.layer}" if not 0 <= hold.layer < layers
        else f"{from_zero('direction', directions)}, got {hold.direction}" if not 0 <= hold.direction < directions
        else f"units from 0 to {size - 1}, got {units}" if not all(0 <= unit < size for unit in units)
        else f"each unit once, got {units}" if len(set(units)) < len(units)
        else f"a value that broadcasts to (time, batch, {len(units)}), got one of shape {tuple(hold.value.shape)}"
        if isinstance(hold.value, Tensor)
        and (hold.value.dim() > 3 or [*hold.value.shape[-1:]] not in ([], [1], [len(units)]))
        else _why_not(hold.value, hold, kind.trace, size)
        if isinstance(hold.value, Recorded)
        else None
    )  # fmt: skip
    if wrong:
        raise LstmCoreError(f"Expected {wrong}. Look at the module: {module}.")
    if isinstance(module, nn.RNNCellBase) and (below := [step for step in hold.steps or () if step < 0]):
        raise LstmCoreError(
            f"Expected steps from 0 for an nn.{kind.name}Cell, whose calls are counted as they come, with no last one "
            f"known, got {below}. Count from the first: of n calls the last is step n - 1."
        )


def _why_not(trace: Recorded, hold: Hold, kind: type[Recorded], size: int) -> str | None:
    """Why a trace can't be the value of a hold in a module of this kind and size, or None."""
    if not isinstance(trace, kind):
        return f"a {kind.__name__} as the value, got a {type(trace).__name__}"
    layers, directions, *_, units = getattr(trace, hold.gate).shape
    if trace.numbers.keys() & {"layer", "direction", "unit"}:
        there, asked = numbers_there(trace, hold.gate), range(size) if hold.units is None else hold.units
        if hold.layer in there["layer"] and hold.direction in there["direction"] and set(asked) <= set(there["unit"]):
            return None
        part = ", ".join(f"{dim} {str(list(numbers))[:100]}" for dim, numbers in there.items())
        return (
            f"a trace with units {str(list(asked))[:100]} of {hold.gate} in layer {hold.layer}, direction "
            f"{hold.direction}, got a part with {part}"
        )
    if hold.layer >= layers or hold.direction >= directions or units != size:
        return (
            f"a trace with {size} units of {hold.gate} in layer {hold.layer}, direction {hold.direction}, got one of "
            f"(layers, directions, units) = {(layers, directions, units)}"
        )
    return None


def numbers_there(trace: Recorded, gate: str) -> dict[str, Sequence[int]]:
    """The layers, directions and units of a gate in a trace, by their numbers in the whole run: it may be a part."""
    coords = trace.coords
    return {"layer": coords["layer"], "direction": coords["direction"], "unit": units_of(trace, gate)}


def _size(module: nn.Module, gate: str) -> int:
    """How many units of a gate a module has."""
    hidden = int(getattr(module, "hidden_size", 0))
    return (int(getattr(module, "proj_size", 0)) or hidden) if gate == "h" else hidden


def _whole_numbers(name: str, given: Any) -> tuple[int, ...]:
    """Units, steps or places as numbers. Raises LstmCoreError when they are something else, or there are none."""
    if isinstance(given, Tensor | np.ndarray):
        array = given.detach().cpu().numpy() if isinstance(given, Tensor) else given
        if array.ndim != 1 or array.dtype.kind not in "iu":
            raise LstmCoreError(
                f"Expected {name} as a list of whole numbers, got {array.dtype} of shape {array.shape}. {_EXAMPLES}"
            )
        given = array.tolist()
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise LstmCoreError(f"Expected {name} as a list of whole numbers, got {given!r}. {_EXAMPLES}")
    numbers = list(given)
    if not numbers:
        raise LstmCoreError(f"Expected {name}, got none, so that nothing would be held. Leave {name} out for all.")
    strange = [number for number in numbers if not _is_whole(number)]
    if strange:
        raise LstmCoreError(f"Expected {name} as whole numbers, got {strange[0]!r}. {_EXAMPLES}")
    return tuple(operator.index(number) for number in numbers)


_EXAMPLES = "For example units=[0, 2], steps=range(-3, 0), layer=0."


def _is_whole(number: Any) -> bool:
    if isinstance(number, bool) or str(getattr(number, "dtype", "")).endswith("bool"):
        return False
    try:
        operator.index(number)
    except (TypeError, ValueError):
        return False
    return True


def _told(value: Value) -> str:
    """A value in few words."""
    if isinstance(value, Recorded):
        return f"that of a {type(value).__name__}, {dict(value.sizes)}"
    if isinstance(value, Tensor):
        return f"{value.item():g}" if value.dim() == 0 else f"numbers of shape {tuple(value.shape)}"
    return f"{value:g}" if isinstance(value, float | int) else f"what {getattr(value, '__name__', value)} gives"


def _value(given: Any) -> Any:
    """A value as it is used: a number or an array as a tensor. Raises LstmCoreError when it is something else."""
    if isinstance(given, Recorded) or (callable(given) and not isinstance(given, type | Tensor | np.ndarray)):
        return given
    # Text of digits would be taken for a number by some and refused by others.
    numeric = not isinstance(given, bool | str | bytes | type(None) | type)
    try:
        value = given if isinstance(given, Tensor) else torch.from_numpy(np.asarray(given)) if numeric else None
    except (TypeError, ValueError, RuntimeError):
        value = None
    if value is None or value.dtype == torch.bool or value.is_complex():
        raise LstmCoreError(
            "Expected as value a number, an array of numbers that broadcasts to (time, batch, unit), a function of the "
            f"value that would have been, or a Trace, got {type(given).__name__}."
        )
    if value.dim() == 0 and bool(value.isnan()):
        raise LstmCoreError("Expected a number as value, got NaN, from which on the whole run would be NaN.")
    return given if isinstance(given, float | int) else value
