"""How are all gates computed in one pass?

Loops in float32 that Numba compiles when they are first used, and keeps on disk. States lie between their two possible
starts, (time + 2, batch, unit): that of step t is at t + 1, the start of direction 0 at 0, of direction 1 at the end.
So every step finds the state before it next to its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

F = np.float32
# ln 2 in two parts: the first has so few bits that its multiples are exact.
LN2_HIGH, LN2_LOW = F(0.693359375), F(-2.12194440e-4)


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Runs without the interpreter's lock, so in several threads at once. NaN stays NaN."""
    compiled = partial(njit, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
    try:
        kernel: Callable[..., Any] = compiled(cache=True)(function)
    except RuntimeError:  # There is no folder to keep it in.
        kernel = compiled()(function)
    return kernel


@_compiled
def run_steps(first: int, last: int, direction: int, gates: Any, h: Any, c: Any, hh: Any) -> None:
    """The `first` to `last` step that a direction reads: their i f g o in place of W x + b in `gates`, and h and c.

    `gates` (time, batch, 4 * unit); `hh`: U transposed, (unit, 4 * unit).
    """
    for number in range(first, last):
        step = number if direction == 0 else len(gates) - 1 - number
        before = step if direction == 0 else step + 2
        for b in range(gates.shape[1]):
            # To and fro: the rows of U that were read last are still in the cache.
            _add_product(gates[step, b], h[before, b], hh, (number + b) % 2)
            _cell(gates[step, b], c[before, b], c[step + 1, b], h[step + 1, b])


@_compiled
def run_cells(step: int, direction: int, gates: Any, h: Any, c: Any) -> None:
    """One step of many sequences: i f g o in place of W x + b + U h in `gates`, and h and c after it."""
    before = step if direction == 0 else step + 2
    for b in range(gates.shape[1]):
        _cell(gates[step, b], c[before, b], c[step + 1, b], h[step + 1, b])


@_compiled
def _cell(gates: Any, c_before: Any, c: Any, h: Any) -> None:
    """The equations of one step of one sequence, gates in place of their pre-activations (4 * unit)."""
    units = len(c)
    i_and_f, g, o = gates[: 2 * units], gates[2 * units : 3 * units], gates[3 * units :]
    _sigmoids(i_and_f)
    _tanhs(g)
    _sigmoids(o)
    _remember(i_and_f[:units], i_and_f[units:], g, c_before, c)
    _show(o, c, h)


@_compiled
def measure(direction: int, gates: Any, h: Any, c: Any, farthest: Any) -> None:
    """Into `farthest` (unit): how far o ⊙ tanh(f ⊙ c_before + i ⊙ g) is from h at any step; a NaN stays there."""
    for step in range(len(gates)):
        before = step if direction == 0 else step + 2
        for b in range(gates.shape[1]):
            _measure_step(gates[step, b], c[before, b], h[step + 1, b], farthest)


@_compiled
def _measure_step(gates: Any, c_before: Any, h: Any, farthest: Any) -> None:
    units = len(h)
    i, f, g, o = gates[:units], gates[units : 2 * units], gates[2 * units : 3 * units], gates[3 * units :]
    for u in range(units):
        distance = abs(o[u] * tanh(f[u] * c_before[u] + i[u] * g[u]) - h[u])
        farthest[u] = distance if distance > farthest[u] or distance != distance else farthest[u]


@_compiled
def _sigmoids(values: Any) -> None:
    for u in range(len(values)):
        values[u] = sigmoid(values[u])


@_compiled
def _tanhs(values: Any) -> None:
    for u in range(len(values)):
        values[u] = tanh(values[u])


@_compiled
def _remember(i: Any, f: Any, g: Any, c_before: Any, c: Any) -> None:
    for u in range(len(c)):
        c[u] = f[u] * c_before[u] + i[u] * g[u]


@_compiled
def _show(o: Any, c: Any, h: Any) -> None:
    for u in range(len(c)):
        h[u] = o[u] * tanh(c[u])


@_compiled
def _add_product(gates: Any, h: Any, hh: Any, backwards: int) -> None:
    """gates += U h, by rows of U's transpose from the first to the last, or backwards."""
    eights = len(h) // 8
    for n in range(eights):
        _add_eight(gates, h, hh, 8 * (eights - 1 - n if backwards else n))
    for k in range(8 * eights, len(h)):
        _add_one(gates, h[k], hh[k])


@_compiled
def _add_eight(gates: Any, h: Any, hh: Any, k: int) -> None:
    """Eight rows at once, so that the gates are read and written once for them."""
    h0, h1, h2, h3, h4, h5, h6, h7 = h[k], h[k + 1], h[k + 2], h[k + 3], h[k + 4], h[k + 5], h[k + 6], h[k + 7]
    u0, u1, u2, u3, u4, u5, u6, u7 = hh[k], hh[k + 1], hh[k + 2], hh[k + 3], hh[k + 4], hh[k + 5], hh[k + 6], hh[k + 7]
    for j in range(len(gates)):
        gates[j] += (
            h0 * u0[j] + h1 * u1[j] + h2 * u2[j] + h3 * u3[j] + h4 * u4[j] + h5 * u5[j] + h6 * u6[j] + h7 * u7[j]
        )


@_compiled
def _add_one(gates: Any, h: Any, u: Any) -> None:
    for j in range(len(gates)):
        gates[j] += h * u[j]


@_compiled
def sigmoid(x: Any) -> Any:
    return F(1) / (F(1) + exp(-x))


@_compiled
def tanh(x: Any) -> Any:
    """(1 - e) / (1 + e) with e = exp(-2 |x|); near 0, where 1 - e has few bits left, Taylor's series."""
    size = abs(x)
    square = x * x
    near = F(62 / 2835)
    for coefficient in (F(-17 / 315), F(2 / 15), F(-1 / 3), F(1)):
        near = near * square + coefficient
    e = exp(F(-2) * size)
    result = size * near if size < F(0.25) else (F(1) - e) / (F(1) + e)
    return -result if x < F(0) else result


@_compiled
def exp(x: Any) -> Any:
    """e^x = 2^n e^r with |r| ≤ ln 2 / 2, by Taylor's series, to 1e-7 of itself.

    A processor takes many of these at once, and `np.exp` one by one.
    """
    x = F(87) if x > F(87) else x
    x = F(-87) if x < F(-87) else x
    n = np.floor(x * F(1 / np.log(2)) + F(0.5))
    r = x - n * LN2_HIGH - n * LN2_LOW
    series = F(1 / 5040)
    for coefficient in (F(1 / 720), F(1 / 120), F(1 / 24), F(1 / 6), F(1 / 2), F(1), F(1)):
        series = series * r + coefficient
    return series * _two_to_the(n)


@_compiled
def _two_to_the(n: Any) -> Any:
    """2^n, |n| < 127, made of the bits of a float32: its exponent stands from bit 23, 127 more than it means."""
    return _float_of_bits(np.int32((np.int32(n) + np.int32(127)) << np.int32(23)))


def _as_float(_context: Any, bits: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], context.get_value_type(types.float32))

    return types.float32(bits), generate


_float_of_bits: Callable[..., Any] = intrinsic(_as_float)
