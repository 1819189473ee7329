"""How is added up what each unit did, without Numba?

`loops` has functions of the same names that are several times faster; what they add up is described there.
"""

from typing import Any

import numpy as np

BINS = 128


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
    """Add the rows of a state, c or h, to the sums of each unit."""
    if not len(rows):
        return
    read = values[rows]
    _add_moments(read, seen, moments)
    _add_to_bins(read, *bins)
    for sign, signed in enumerate((read, -read)):
        best[sign], best_at[sign] = _best_of(signed, places, best[sign], best_at[sign])
    if len(by_type):
        wide = read.astype(np.float64)
        earlier = np.where((before >= 0)[:, None], values[np.maximum(before, 0)], starts[np.maximum(-1 - before, 0)])
        np.add.at(by_type[:, 0], slots, wide)
        np.add.at(by_type[:, 1], slots, wide - earlier)


def _add_moments(read: np.ndarray, seen: int, moments: np.ndarray) -> None:
    now, wide = len(read), read.astype(np.float64)
    mean = wide.mean(0)
    delta = mean - moments[0]
    moments[0] += delta * now / (seen + now)
    moments[1] += ((wide - mean) ** 2).sum(0) + delta * delta * seen / (seen + now) * now
    moments[2] = np.minimum(moments[2], read.min(0))
    moments[3] = np.maximum(moments[3], read.max(0))


def _add_to_bins(read: np.ndarray, exponents: np.ndarray, counts: np.ndarray) -> None:
    most = np.abs(read).max(0)
    needed = np.where(most > 0, np.maximum(np.frexp(most)[1], exponents), exponents)
    for unit in np.flatnonzero(needed > exponents):
        counts[unit] = wider(counts[unit], int(needed[unit] - exponents[unit]))
    exponents[:] = needed
    width = np.ldexp(np.float32(1), 6 - exponents).astype(np.float32)
    places = np.floor(read * width).astype(np.int64) + BINS // 2 + np.arange(read.shape[1]) * BINS
    counts += np.bincount(places.ravel(), minlength=counts.size).reshape(counts.shape)


def wider(counts: np.ndarray, times: int) -> np.ndarray:
    """Counts (…, bin) in bins that are 2^times as wide, around the same middle."""
    half = BINS // 2
    to = (np.arange(-half, half) >> min(times, 62)) + half
    out = np.zeros_like(counts)
    for bin_, number in enumerate(to.tolist()):
        out[..., number] += counts[..., bin_]
    return out


def _best_of(read: np.ndarray, places: np.ndarray, best: np.ndarray, best_at: np.ndarray) -> tuple[Any, Any]:
    """The best of a unit's rows and of those that were the best before, (unit, k) and (unit, k, 2)."""
    values = np.concatenate([best, read.T], axis=1)
    at = np.concatenate([best_at, np.broadcast_to(places, (len(best), *places.shape))], axis=1)
    return largest(values, at, best.shape[1])


def largest(values: np.ndarray, at: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k largest values (…, k) and their places (…, k, 2), the largest first, equal values by (text, time)."""
    order = np.lexsort((at[..., 1], at[..., 0], -values), axis=-1)[..., :k]
    return np.take_along_axis(values, order, -1), np.take_along_axis(at, order[..., None], -2)


def add_gate(values: Any, rows: Any, shut: Any, opened: Any) -> None:
    """Count, for each unit, the rows at which a gate is below 0.1, and above 0.9."""
    shut += (values[rows] < np.float32(0.1)).sum(0)
    opened += (values[rows] > np.float32(0.9)).sum(0)


def add_logarithms(values: Any, rows: Any, total: Any) -> None:
    """Add ln of each row of forget gates, without their signs, to `total` (unit,)."""
    with np.errstate(divide="ignore"):
        total += np.log(np.abs(values[rows].astype(np.float64))).sum(0)


def turn(values: Any, steps: Any, turned: Any) -> None:
    """Write values (time, batch, unit) as columns of `turned` (unit, step)."""
    turned[:, steps[steps >= 0]] = values[steps >= 0].T


def find_runs(bits: Any, starts: Any, wanted: Any, length: int, found: Any) -> int:
    """Find the runs of at least `length` steps of a text at which as many wanted units are on, and some are."""
    steps = len(bits)
    if not steps:
        return 0
    count = _ones(bits & wanted).sum(1)
    edges = np.append(True, count[1:] != count[:-1]) | starts
    firsts = np.flatnonzero(edges)
    ends = np.append(firsts[1:], steps)
    through = np.bitwise_and.reduceat(bits, firsts, axis=0)
    kept = (count[firsts] > 0) & (ends - firsts >= length)
    shared, others = _ones(through & wanted).sum(1), _ones(through & ~wanted).sum(1)
    runs = np.stack([firsts, ends - 1, shared, others + _ones(wanted).sum()], axis=1)[kept]
    found[: len(runs)] = runs
    return len(runs)


def _ones(words: np.ndarray) -> np.ndarray:
    bytes_of = np.ascontiguousarray(words).view(np.uint8).reshape(*words.shape, 8)
    ones: np.ndarray = _ONES_OF_A_BYTE[bytes_of].sum(-1)
    return ones


_ONES_OF_A_BYTE = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(1)
