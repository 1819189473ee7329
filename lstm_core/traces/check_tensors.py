"""Do the tensors of a trace that comes from a file fit each other?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lstm_core.arrays import DIMS
from lstm_core.errors import LstmCoreError
from lstm_core.limits import MOST_COUNT
from lstm_core.traces.proof import checked_proof

if TYPE_CHECKING:
    from lstm_core.traces.recorded import Recorded

Shape = tuple[int, ...]


def check_agreement(kind: type[Recorded], shapes: Mapping[str, Shape], header: Mapping[str, Any]) -> None:
    """Raise LstmCoreError if the shapes and the header's resets and numbers contradict each other.

    `header["lacks"]`: the tensors that the trace does not keep.
    """
    checked_proof(header.get("proof"))
    _check_words(header, [name for name in kind.quantities if name in shapes] if hasattr(kind, "roles") else [])
    for name, shape in shapes.items():
        if not all(isinstance(size, int) and 0 <= size <= MOST_COUNT for size in shape):
            raise LstmCoreError(f"Expected whole numbers as the shape of {name}, got something else.")
    for name in kind.required():
        if name not in shapes and name not in header.get("lacks", ()):
            raise LstmCoreError(f"Expected {name} in a trace of {kind.module}, got none.")
    expected = _expected(kind, shapes, header.get("resets", ()))
    sizes = dict(zip(DIMS, expected[kind.quantities[0]], strict=True))
    start = shapes.get(f"{kind.states[0]}0")
    _check_numbers(header.get("numbers", {}), sizes | {"unit": start[-1] if start else sizes["unit"]})
    for name, shape in shapes.items():
        if shape != expected.get(name):
            raise LstmCoreError(
                f"Expected {name} of shape {expected.get(name, 'none')}, as the other tensors say, got {shape[:8]}."
            )


def _check_words(header: Mapping[str, Any], found: Collection[str]) -> None:
    """Raise LstmCoreError for a name, an error, tokens or a configuration of another type than `Trace.save` writes.

    `found`: the quantities of which it must say how they were found.
    """
    tokens, config = header.get("tokens"), header.get("config", {})
    words = [] if tokens is None else [token for sequence in tokens for token in sequence]
    roles, shown = config.get("roles", {}), config.get("shown", "" if not found else None)
    is_number, held = isinstance(header.get("max_error", 0.0), int | float), config.get("c_held", {})
    numbers = [number for what in ("steps", "units") for number in held.get(what, ())]
    if (
        not is_number
        or not all(type(number) is int for number in numbers)
        or not all(isinstance(text, str) for text in (header.get("name", ""), shown, *words, *roles.values()))
    ):
        raise LstmCoreError("Expected a name, tokens and settings as Trace.save writes them, got something else.")
    if lacking := [quantity for quantity in found if quantity not in roles]:
        raise LstmCoreError(f"Expected how each quantity was found, got nothing about {', '.join(lacking)}.")


def _check_numbers(numbers: Mapping[str, Sequence[int]], sizes: Mapping[str, int]) -> None:
    for dim, of_dim in numbers.items():
        whole = isinstance(of_dim, list | tuple) and all(type(number) is int and number >= 0 for number in of_dim)
        if dim not in sizes or not whole or len(set(of_dim)) != sizes[dim] or len(of_dim) != sizes[dim]:
            raise LstmCoreError(f"Expected a number for each {str(dim)[:20]} of the trace, each once, got others.")


def _expected(kind: type[Recorded], shapes: Mapping[str, Shape], resets: Sequence[int]) -> dict[str, Shape]:
    """The shape that each tensor must have, given the shapes of h, a gate and x, as far as they are there."""
    kept = [shapes[quantity] for quantity in kind.quantities if quantity in shapes]
    if not kept:
        raise LstmCoreError(f"Expected some of {', '.join(kind.quantities)} in a trace of {kind.module}, got none.")
    hidden, gate = shapes.get("h", kept[0]), kept[0]
    x = shapes.get("x", (*hidden[2:4], 0))
    if len(hidden) != len(DIMS) or len(gate) != len(DIMS) or len(x) != 3:
        raise LstmCoreError(f"Expected quantities with the dims {', '.join(DIMS)}, got {hidden[:8]} and {x[:8]}.")
    *_, time, batch, _ = hidden
    if not all(isinstance(step, int) and 0 < step < time for step in resets):
        raise LstmCoreError(f"Expected resets between the steps 0 and {time:,}, got resets at other steps.")
    expected = dict.fromkeys(kind.quantities, (*hidden[:4], gate[4]))
    expected |= {"h": hidden, "h_read": hidden, "x": (time, batch, x[2]), "lengths": (batch,)}
    for state in kind.states:
        # Without h nobody can tell how many units a projection has.
        start = shapes.get(f"{state}0", ()) if state not in shapes else (*hidden[:2], batch, expected[state][4])
        expected |= {f"{state}_read": expected[state], f"{state}0": start, f"reset_{state}": (len(resets), *start)}
    return expected
