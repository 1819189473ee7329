"""Which loops add up what each unit did, with Numba?

`plain_loops` has functions of the same names for a machine without Numba; a test compares the two. A window of steps
comes as rows: `values` (row, unit), and `rows`, the rows that count, in the order in which they are added.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numba import config, njit

if getattr(config, "DISABLE_JIT", False):
    raise ImportError("Numba is told to compile nothing.")

F = np.float32
BINS = 128
"""Bins of a histogram; they reach from -2^e to 2^e."""
ROWS_AT_ONCE = 64
"""Rows that are read twice: they are still in the core's cache the second time."""
LINE = 32
"""Numbers of two bytes in a line of the cache."""
FACTORS = 6
"""Factors of a product whose logarithm is taken: so many of the smallest float32 do not underflow in float64."""
LN2 = float(np.log(2))
# A float64 of 1 has these bits; below them stand those of the fraction.
ONE, MANTISSA = np.int64(1023 << 52), np.int64((1 << 52) - 1)
# A float32 is below 0.1 exactly if it is below the float32 next to 0.1, and likewise above 0.9.
SHUT, OPEN = F(0.1), F(0.9)


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function to run without the interpreter's lock, so in several threads at once."""
    compiled = partial(njit, nogil=True, error_model="numpy")
    try:
        loop: Callable[..., Any] = compiled(cache=True)(function)
    except RuntimeError:  # There is no folder for the cache.
        loop = compiled()(function)
    return loop


@_compiled
def add_states(
    values: Any,
    starts: Any,
    rows: Any,
    before: Any,
    places: Any,
    slots: Any,
    seen: int,
    moments: Any,
    bins: Any,
    best: Any,
    best_at: Any,
    by_type: Any,
) -> None:
    """Add the rows of a state, c or h, to the sums of each unit.

    `before` (row,): the row of the state before, or -1 - b for row b of `starts`. `places` (row, 2): text and time.
    `slots` (row,): the row of `by_type` (type, 2, unit) that gets the value and its change. `seen`: how many rows
    `moments` (mean, sum of squared distances, smallest, largest; each with unit) already has. `bins`: the exponents
    (unit,) and counts (unit, bin). `best` (sign, unit, k) and `best_at` (sign, unit, k, 2): largest first.
    """
    units = values.shape[1]
    total, mean, apart = np.empty(units), np.empty(units, F), np.empty(units)
    low, high, scales = np.empty(units, F), np.empty(units, F), np.empty(units, F)
    place, last_of_best = np.empty(units, np.int32), best[:, :, best.shape[2] - 1].copy()
    # Half the bytes of the counts, so that more of them are near to the core.
    counts = np.zeros(bins[1].shape, np.int32)
    for first in range(0, len(rows), ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE, len(rows))
        _range_and_sum(values, rows, first, last, total, low, high)
        for u in range(units):
            mean[u] = total[u] / (last - first)
            apart[u] = 0.0
        _widen(low, high, bins[0], bins[1], counts, scales)
        for n in range(first, last):
            row = values[rows[n]]
            _square(row, mean, apart)
            _count(row, scales, counts, place)
            if by_type.shape[0]:
                earlier = values[before[n]] if before[n] >= 0 else starts[-1 - before[n]]
                _add_change(row, earlier, by_type[slots[n]])
            if _is_near_best(row, last_of_best[0], last_of_best[1]):
                _insert_row(row, places[n, 0], places[n, 1], best, best_at, last_of_best)
        _join(seen + first, last - first, total, mean, apart, low, high, moments)
    for u in range(units):
        for n in range(BINS):
            bins[1][u, n] += counts[u, n]


@_compiled
def _range_and_sum(values: Any, rows: Any, first: int, last: int, total: Any, low: Any, high: Any) -> None:
    for u in range(len(total)):
        total[u] = 0.0
        low[u] = np.inf
        high[u] = -np.inf
    for n in range(first, last):
        row = values[rows[n]]
        for u in range(len(total)):
            total[u] += row[u]
        for u in range(len(total)):
            low[u] = row[u] if row[u] < low[u] else low[u]
            high[u] = row[u] if row[u] > high[u] else high[u]


@_compiled
def _square(row: Any, mean: Any, apart: Any) -> None:
    for u in range(len(row)):
        distance = row[u] - mean[u]
        apart[u] += distance * distance


@_compiled
def _join(seen: int, now: int, total: Any, near_mean: Any, apart: Any, low: Any, high: Any, moments: Any) -> None:
    """Add the sums of some rows to `moments` (Chan, Golub & LeVeque 1979); `apart` is around `near_mean`."""
    for u in range(len(total)):
        mean = total[u] / now
        off = mean - near_mean[u]
        squares = apart[u] - now * off * off
        delta = mean - moments[0, u]
        moments[0, u] += delta * now / (seen + now)
        moments[1, u] += squares + delta * delta * seen / (seen + now) * now
        moments[2, u] = min(moments[2, u], low[u])
        moments[3, u] = max(moments[3, u], high[u])


@_compiled
def _widen(low: Any, high: Any, exponents: Any, counts: Any, more: Any, scales: Any) -> None:
    """Make the bins of a unit wider until its values fit in: bins of twice the width are pairs of bins.

    `more` (unit, bin): further counts in the same bins. `scales` (unit,): one over the width of a bin.
    """
    for u in range(len(low)):
        most = max(abs(low[u]), abs(high[u]))
        while most >= 2.0 ** exponents[u]:
            exponents[u] += 1
            _halve(counts[u])
            _halve(more[u])
        scales[u] = F(2.0 ** (6 - exponents[u]))


@_compiled
def _halve(counts: Any) -> None:
    """Add up the bins in pairs, towards the middle."""
    half, quarter = len(counts) // 2, len(counts) // 4
    for n in range(quarter):
        right = counts[half + 2 * n] + counts[half + 2 * n + 1]
        left = counts[half - 1 - 2 * n] + counts[half - 2 - 2 * n]
        counts[half + n] = right
        counts[half - 1 - n] = left
    for n in range(quarter):
        counts[n] = 0
        counts[len(counts) - 1 - n] = 0


@_compiled
def _count(row: Any, scales: Any, counts: Any, place: Any) -> None:
    # A processor computes many places at once, but adds one by one. The product with a power of two is exact.
    for u in range(len(row)):
        place[u] = np.int32(np.floor(row[u] * scales[u])) + np.int32(BINS // 2)
    for u in range(len(row)):
        counts[u, place[u]] += 1


@_compiled
def _add_change(row: Any, earlier: Any, sums: Any) -> None:
    for u in range(len(row)):
        sums[0, u] += row[u]
        sums[1, u] += np.float64(row[u]) - np.float64(earlier[u])


@_compiled
def _is_near_best(row: Any, large: Any, small: Any) -> bool:
    """Whether any value is as good as the last of the best, of either sign."""
    near = 0
    for u in range(len(row)):
        near += (row[u] >= large[u]) | (-row[u] >= small[u])
    return near > 0


@_compiled
def _insert_row(row: Any, text: int, time: int, best: Any, best_at: Any, last_of_best: Any) -> None:
    """Put each value of a row in its place among the best of its unit, if it is one of them."""
    last = best.shape[2] - 1
    for u in range(len(row)):
        for sign in range(2):
            value = row[u] if sign == 0 else -row[u]
            if value >= last_of_best[sign, u]:
                _insert(value, text, time, best[sign, u], best_at[sign, u])
                last_of_best[sign, u] = best[sign, u, last]


@_compiled
def _insert(value: Any, text: int, time: int, best: Any, best_at: Any) -> None:
    """Put a value in its place among the best; of equal values the earlier (text, time) is first."""
    n = len(best) - 1
    if not _precedes(value, text, time, best[n], best_at[n]):
        return
    while n > 0 and _precedes(value, text, time, best[n - 1], best_at[n - 1]):
        best[n] = best[n - 1]
        best_at[n, 0], best_at[n, 1] = best_at[n - 1, 0], best_at[n - 1, 1]
        n -= 1
    best[n] = value
    best_at[n, 0], best_at[n, 1] = text, time


@_compiled
def _precedes(value: Any, text: int, time: int, other: Any, other_at: Any) -> Any:
    if value != other:
        return value > other
    return text < other_at[0] or (text == other_at[0] and time < other_at[1])


@_compiled
def add_gate(values: Any, rows: Any, shut: Any, opened: Any) -> None:
    """Count, for each unit, the rows at which a gate is below 0.1, and above 0.9."""
    units = values.shape[1]
    # Half the bytes of the sums, so twice as many are added at once.
    below, above = np.zeros(units, np.int32), np.zeros(units, np.int32)
    for n in range(len(rows)):
        row = values[rows[n]]
        for u in range(units):
            below[u] += np.int32(row[u] < SHUT)
            above[u] += np.int32(row[u] > OPEN)
    for u in range(units):
        shut[u] += below[u]
        opened[u] += above[u]


@_compiled
def add_logarithms(values: Any, rows: Any, total: Any) -> None:
    """Add ln of each row of forget gates, without their signs, to `total` (unit,).

    The gates are multiplied, and the powers of two of the product taken away now and then, so that one logarithm a unit
    is enough.
    """
    units = values.shape[1]
    product, powers, shut = np.ones(units), np.zeros(units, np.int64), np.zeros(units, np.bool_)
    for n in range(len(rows)):
        row = values[rows[n]]
        for u in range(units):
            product[u] *= abs(row[u])
        if (n + 1) % FACTORS == 0:
            _take_powers(product, powers, shut)
    for u in range(units):
        total[u] += -np.inf if shut[u] else powers[u] * LN2 + np.log(product[u])


@_compiled
def _take_powers(product: Any, powers: Any, shut: Any) -> None:
    """Write each product as a number from 1 to 2 times a power of two; `shut` says which ones are 0."""
    bits = product.view(np.int64)
    for u in range(len(bits)):
        shut[u] = shut[u] or product[u] == 0.0
        powers[u] += (bits[u] >> 52) - 1023
        bits[u] = (bits[u] & MANTISSA) | ONE


@_compiled
def turn(values: Any, steps: Any, turned: Any) -> None:
    """Write values (time, batch, unit) as columns of `turned` (unit, step). `steps` (time, batch): the column of each;
    past the end of a sequence -1."""
    # A few lines of the cache, read as rows and written as columns.
    tile = np.empty((LINE, LINE), values.dtype)
    for b in range(steps.shape[1]):
        for first in range(0, len(steps), LINE):
            now = _so_many(steps[first : first + LINE, b])
            for unit in range(0, values.shape[2], LINE):
                units = min(LINE, values.shape[2] - unit)
                for time in range(now):
                    row, line = values[first + time, b, unit : unit + units], tile[time]
                    for u in range(len(row)):
                        line[u] = row[u]
                for u in range(units):
                    column = turned[unit + u, steps[first, b] : steps[first, b] + now]
                    for time in range(len(column)):
                        column[time] = tile[time, u]


@_compiled
def _so_many(steps: Any) -> int:
    """How many steps there are before the end of a sequence."""
    count = 0
    for step in steps:
        count += step >= 0
    return count


@_compiled
def find_runs(bits: Any, starts: Any, wanted: Any, length: int, found: Any) -> int:
    """Find the runs of at least `length` steps of a text at which as many wanted units are on, and some are.

    `bits` (step, word) uint64: which units are on; `starts` (step,): whether a text begins there; `wanted` (word,):
    the bits of the wanted units. `found` gets (first, last, shared, union) of each run. Returns their number.
    """
    steps, words = bits.shape
    through, runs, first, now, total = np.empty(words, np.uint64), 0, 0, 0, 0
    for w in range(words):
        total += _ones(wanted[w])
    for step in range(steps + 1):
        count = 0
        if step < steps:
            for w in range(words):
                count += _ones(bits[step, w] & wanted[w])
        if step == steps or count != now or starts[step]:
            if now > 0 and step - first >= length:
                shared, others = 0, 0
                for w in range(words):
                    shared += _ones(through[w] & wanted[w])
                    others += _ones(through[w] & ~wanted[w])
                found[runs, 0], found[runs, 1], found[runs, 2], found[runs, 3] = first, step - 1, shared, others + total
                runs += 1
            first, now = step, count
            if step < steps:
                for w in range(words):
                    through[w] = bits[step, w]
        else:
            for w in range(words):
                through[w] &= bits[step, w]
    return runs


@_compiled
def _ones(word: Any) -> Any:
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))
