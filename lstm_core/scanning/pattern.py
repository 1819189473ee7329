"""Which units stay on through a stretch of a text, and are off around it?

Strobelt, Gehrmann, Pfister & Rush 2018 (LSTMVis) choose units in this way.
"""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.scanning.model import CellSizes
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import places_of, units_of


@dataclass(frozen=True)
class Pattern:
    """Units that are on together; `Scan.search` finds where else they are."""

    units: tuple[int, ...]
    quantity: str
    threshold: float
    layer: int
    direction: int
    sign: int

    @property
    def bound(self) -> np.float32:
        """A unit is on where sign · c (or the quantity) is at least this float32."""
        return least_value(self.threshold, self.quantity)

    def on(self, values: np.ndarray) -> np.ndarray:
        """Whether each value of the quantity is on."""
        signed = np.asarray(values, np.float32) * np.float32(self.sign)
        return signed >= self.bound


def pattern(
    trace: Recorded,
    first: int,
    last: int,
    *,
    quantity: str | None = None,
    threshold: float = 0.3,
    layer: int = 0,
    direction: int = 0,
    batch: int | None = None,
    sign: int = 1,
    before: int = 1,
    after: int = 0,
) -> Pattern:
    """The units that are on at every step first ≤ t ≤ last of a sequence, and off at the `before` steps before and the
    `after` steps after.

    A unit is on where sign · value ≥ threshold; the value is tanh(c) for quantity "c", as in LSTMVis, which is taken if
    no other is named; of a GRU or an RNN it is h. Steps before the start and after the end of the text ask for nothing.

    Raises LstmCoreError for steps, a layer, direction, batch or quantity that is not there.

    >>> import lstm_core
    >>> model = lstm_core.load_model("counter")
    >>> trace = lstm_core.run(model.lstm, model.vectors(list("aaabbb")))
    >>> pattern(trace, 2, 2, threshold=-1).units, pattern(trace, 2, 2, threshold=-1, before=0).units
    ((), (0, 1, 2, 3))
    """
    check_kind(trace, Recorded, "a trace", "Give recording.only or lstm_core.run(…).")
    quantity = trace.states[0] if quantity is None else quantity
    if quantity not in trace.whole or sign not in (1, -1):
        raise LstmCoreError(
            f"Expected a quantity of {', '.join(trace.whole)} and sign 1 or -1, got {quantity}, {sign}."
        )
    at_layer, at_direction, at_batch = places_of(trace, layer=layer, direction=direction, batch=batch)
    steps = trace.lengths_or_time()[at_batch]
    if not 0 <= first <= last < steps or before < 0 or after < 0:
        raise LstmCoreError(
            f"Expected 0 ≤ first ≤ last < {steps} steps, and before and after from 0, got first {first}, last {last}, "
            f"before {before}, after {after}."
        )
    wanted = Pattern((), quantity, threshold, layer, direction, sign)
    on = wanted.on(as_numpy(getattr(trace, quantity)[at_layer, at_direction, :steps, at_batch]))
    around = on[max(0, first - before) : first].any(0) | on[last + 1 : last + 1 + after].any(0)
    there = units_of(trace, quantity)
    units = tuple(there[unit] for unit in np.flatnonzero(on[first : last + 1].all(0) & ~around).tolist())
    return Pattern(units, quantity, threshold, layer, direction, sign)


def least_value(threshold: float, quantity: str) -> np.float32:
    """The least float32 that is at least the threshold; for c the least whose tanh is. Infinity if there is none.

    With it no tanh need be computed, and no rounding decides: tanh is taken in float64, of a float32.

    >>> bool(np.tanh(np.float64(least_value(0.3, "c"))) >= 0.3)
    True
    """

    def is_on(order: int) -> bool:
        value = np.float64(_float_of(order))
        return bool((np.tanh(value) if quantity == "c" else value) >= threshold)

    # The bits of the positive float32 are integers in the order of the numbers.
    infinite = int(np.float32(np.inf).view(np.int32))
    return _float_of(bisect_left(range(-infinite, infinite), True, key=is_on) - infinite)


def _float_of(order: int) -> np.float32:
    value = np.int32(abs(order)).view(np.float32)
    return np.float32(-value if order < 0 else value)


def check_pattern(wanted: Pattern, sizes: CellSizes) -> None:
    """Raise LstmCoreError if a pattern has units that the model lacks."""
    if wanted.quantity not in sizes.cell.quantities:
        there = ", ".join(sizes.cell.quantities)
        raise LstmCoreError(
            f"Expected a pattern of {there}, which the scanned model has, got one of {wanted.quantity}."
        )
    layers, directions, units = sizes.shape(wanted.quantity)
    if wanted.layer >= layers or wanted.direction >= directions or max(wanted.units, default=0) >= units:
        raise LstmCoreError(
            f"Expected a pattern of the scanned model, with {layers} layers, {directions} directions and {units} "
            f"units, got {wanted}."
        )
