"""Which loops does BLAS have no function for?

The products of a few sequences, the gates of a step, and the check that they rebuild h: plain loops over float32, which
Numba compiles at first use and caches on disk. All loops are in this file, because Numba compiles them again only when
this file changes.

States have room for both possible starts, (time + 2, batch, unit): the state of step t is at t + 1, the start of
direction 0 at 0, the start of direction 1 at the end. So the state before a step is next to the step's own.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import config, njit, types

if getattr(config, "DISABLE_JIT", False):
    raise ImportError("Numba is told to compile nothing.")

F = np.float32
# ln 2 as a sum of two: the first has so few bits that its multiples are exact.
LN2_HIGH, LN2_LOW = F(0.693359375), F(-2.12194440e-4)

# Columns of a weight that are added at once, so that a sum is read and written once for all of them.
COLUMNS = 4
# Rows of a weight that are multiplied at once, so that a number of x is read once for all of them. A layer has four
# gates, so its rows are a multiple of four.
ROWS = 4
# Numbers in a cache line.
LINE = 16
# Steps whose W x is computed at once, so that a row of W is read once for all of them. Then their gates are checked,
# while they are still in the core's cache.
STEPS = 16
# How often a waiting thread looks before it lets others run on its core.
LOOKS = 1 << 12


def _compiled(function: Callable[..., Any], *fastmath: str) -> Callable[..., Any]:
    """Compile a function to run without the interpreter's lock, so in several threads at once. NaN stays NaN."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "nsz", *fastmath}}
    try:
        kernel: Callable[..., Any] = njit(cache=True, **options)(function)
    except RuntimeError:  # There is no folder for the cache.
        kernel = njit(**options)(function)
    return kernel


def _compiled_sums(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop whose sums may be added in another order: only then can a processor add eight numbers at once."""
    return _compiled(function, "reassoc")


@_compiled
def _nothing(_semaphore: Any = 0) -> int:
    """What stands in the place of a function that a system does not have: then no two threads share a layer."""
    return 0


# Functions of the C library (POSIX): sem_trywait returns 0 once for each sem_post, and then the memory that the other
# thread wrote before its sem_post can be read. Threads that share the units of one sequence meet in this way at every
# step. They take the semaphore's address, see `signals`.
_post = _try_to_take = _let_others_run = _nothing
if sys.platform == "linux":
    _post = types.ExternalFunction("sem_post", types.int32(types.uintp))
    _try_to_take = types.ExternalFunction("sem_trywait", types.int32(types.uintp))
    _let_others_run = types.ExternalFunction("sched_yield", types.int32())


@_compiled
def run(
    number: int,
    together: Any,
    spans: Any,
    begin: Any,
    x: Any,
    pre: Any,
    part: Any,
    filled: Any,
    signals: Any,
    farthest: Any,
) -> None:
    """The steps of one job: some units of one direction.

    `number`: the job's number; `together`: the jobs of its direction, [first, end); `spans` (job, 2): the units of each
    job, [first, end). `begin`: the direction, and the step (in the sentence) at which `pre` begins. `pre`
    (time, batch, 4 * unit): W x + b of the job's units, gate by gate; if it has no steps, it is computed here from x
    (time, batch, feature), all of it. `part`: W (4 * unit, feature), U (4 * unit, h unit) and b (4 * unit,) of the
    job's units. `filled`: i f g o (time, batch, unit) and h c (time + 2, batch, unit) of the direction. `signals`:
    (from job, to job) the addresses of their semaphores, and a number that is not 0 if a job has failed. `farthest`
    (unit,): the largest distance of h from the h that the gates rebuild; NaN if any value is NaN.
    """
    i, f, g, o, h, c = filled
    w, rows_of_u, b = part
    (direction, first), (posted, failed) = begin, signals
    u, own, others = _columns(rows_of_u), slice(spans[number, 0], spans[number, 1]), together[1] - together[0]
    time = len(pre) if len(pre) else len(x)
    room = np.empty((min(STEPS, time), x.shape[1], len(b)), F)
    for start in range(0, time, STEPS):
        now = min(STEPS, time - start)
        at = start if direction == 0 else time - start - now
        if not len(pre):
            _from_x(x, at, now, w, b, room)
        values = pre[at : at + now] if len(pre) else room
        for nth in range(now):
            n = nth if direction == 0 else now - 1 - nth
            step = first + at + n
            before, after = (step, step + 1) if direction == 0 else (step + 2, step + 1)
            # First the product with the job's own units, which need no waiting.
            for turn in range(others):
                other = together[0] + (number - together[0] + turn) % others
                if turn > 0 and start + nth > 0 and not _wait_for(posted[other, number], failed):
                    return
                for k in range(x.shape[1]):
                    _add_product(h[before, k], spans[other, 0], spans[other, 1], u, values[n, k])
            _one_step((step, before, after), own, values[n], i, f, g, o, h, c)
            for other in range(together[0], together[1]):
                if other != number:
                    _tell(posted[number, other])
        _rebuild(direction, (first + at, first + at + now), own, i, f, g, o, h, c, farthest)


@_compiled
def _one_step(at: Any, own: Any, pre: Any, i: Any, f: Any, g: Any, o: Any, h: Any, c: Any) -> None:
    """The gates and states of some units of one step of all sequences, from their pre-activations (batch, 4 * unit).
    `at`: the step, and where the states before and after it are."""
    step, before, after = at
    for b in range(len(pre)):
        _activate(pre[b], i[step, b, own], f[step, b, own], g[step, b, own], o[step, b, own])
        _remember(i[step, b, own], f[step, b, own], g[step, b, own], c[before, b, own], c[after, b, own])
        _show(o[step, b, own], c[after, b, own], h[after, b, own])


@_compiled
def _tell(signal: Any) -> None:
    """Tell another job that this one has finished one more step."""
    _post(signal)


@_compiled
def _wait_for(signal: Any, failed: Any) -> bool:
    """Wait until another job has finished one more step; false if a job has failed."""
    looks = 0
    while _try_to_take(signal) != 0:
        looks += 1
        if looks > LOOKS:
            if failed[0]:
                return False
            _let_others_run()
    return True


@_compiled
def step(direction: int, step: int, pre: Any, filled: Any, farthest: Any) -> None:
    """The gates and states of one step of all sequences, from their pre-activations (batch, 4 * unit); `filled` and
    `farthest` as in `run`."""
    i, f, g, o, h, c = filled
    before, after = (step, step + 1) if direction == 0 else (step + 2, step + 1)
    own = slice(0, h.shape[2])
    _one_step((step, before, after), own, pre, i, f, g, o, h, c)
    _rebuild(direction, (step, step + 1), own, i, f, g, o, h, c, farthest)


@_compiled
def _columns(rows: Any) -> Any:
    """A matrix (row, column) as its transpose, contiguous; several rows at once, so that a cache line is filled."""
    columns = np.empty((rows.shape[1], rows.shape[0]), F)
    for first in range(0, len(rows), LINE):
        for column in range(rows.shape[1]):
            for row in range(first, min(first + LINE, len(rows))):
                columns[column, row] = rows[row, column]
    return columns


@_compiled_sums
def _from_x(x: Any, first: int, now: int, w: Any, bias: Any, pre: Any) -> None:
    """W x + b (step, batch, 4 * unit) of the steps [first, first + now), where several threads share a layer.

    BLAS would take less time. But after each product its threads look for work for some milliseconds, on the cores that
    our other threads need.
    """
    for row in range(0, len(w), ROWS):
        w_0, w_1, w_2, w_3 = w[row], w[row + 1], w[row + 2], w[row + 3]
        for n in range(now):
            for b in range(x.shape[1]):
                sum_0, sum_1, sum_2, sum_3 = bias[row], bias[row + 1], bias[row + 2], bias[row + 3]
                for k in range(x.shape[2]):
                    value = x[first + n, b, k]
                    sum_0 += w_0[k] * value
                    sum_1 += w_1[k] * value
                    sum_2 += w_2[k] * value
                    sum_3 += w_3[k] * value
                pre[n, b, row], pre[n, b, row + 1], pre[n, b, row + 2], pre[n, b, row + 3] = sum_0, sum_1, sum_2, sum_3


@_compiled
def _add_product(h: Any, first: int, last: int, u: Any, pre: Any) -> None:
    """Add U h to `pre` (4 * unit), over the units of h in [first, last); u (h unit, 4 * unit)."""
    whole = first + (last - first) // COLUMNS * COLUMNS
    for k in range(first, whole, COLUMNS):
        u_0, u_1, u_2, u_3 = u[k], u[k + 1], u[k + 2], u[k + 3]
        h_0, h_1, h_2, h_3 = h[k], h[k + 1], h[k + 2], h[k + 3]
        for n in range(len(pre)):
            more = pre[n] + u_0[n] * h_0
            more += u_1[n] * h_1
            more += u_2[n] * h_2
            more += u_3[n] * h_3
            pre[n] = more
    for k in range(whole, last):
        for n in range(len(pre)):
            pre[n] += u[k, n] * h[k]


@_compiled
def _activate(pre: Any, i: Any, f: Any, g: Any, o: Any) -> None:
    """i f g o from their pre-activations, side by side."""
    units = len(i)
    _sigmoids(pre, i)
    _sigmoids(pre[units:], f)
    _tanhs(pre[2 * units :], g)
    _sigmoids(pre[3 * units :], o)


@_compiled
def _rebuild(
    direction: int, steps: Any, own: Any, i: Any, f: Any, g: Any, o: Any, h: Any, c: Any, farthest: Any
) -> None:
    """Update `farthest` (unit,), for some units and the steps [first, last), with the distance of h from
    o ⊙ tanh(f ⊙ c_before + i ⊙ g). NaN if any value is NaN."""
    for step in range(steps[0], steps[1]):
        before = step if direction == 0 else step + 2
        for b in range(h.shape[1]):
            i_b, f_b, g_b, o_b = i[step, b, own], f[step, b, own], g[step, b, own], o[step, b, own]
            c_before, h_b = c[before, b, own], h[step + 1, b, own]
            for u in range(len(farthest)):
                again = o_b[u] * tanh(f_b[u] * c_before[u] + i_b[u] * g_b[u])
                farthest[u] = _larger(abs(again - h_b[u]), farthest[u])


@_compiled
def before(rows: Any, direction: int, x: Any, h: Any, c: Any) -> Any:
    """What some steps of one direction start from: x, h and c before them (row, …). `rows`: rows of (time * batch)."""
    back = 2 * direction * x.shape[1]
    return _take(x, rows, 0), _take(h, rows, back), _take(c, rows, back)


@_compiled
def _take(values: Any, rows: Any, further: int) -> Any:
    """Some rows of values (time, batch, …), each `further` rows on."""
    flat, taken = values.reshape(-1, values.shape[-1]), np.empty((len(rows), values.shape[-1]), F)
    for n in range(len(rows)):
        from_row, into = flat[rows[n] + further], taken[n]
        for u in range(len(into)):
            into[u] = from_row[u]
    return taken


@_compiled
def apart(rows: Any, states: Any, theirs: Any) -> Any:
    """The largest distance of h or c (time + 2, batch, unit) after some steps from `theirs` (row, unit); NaN if any
    value is NaN."""
    ours, farthest = _take(states, rows, states.shape[1]), np.zeros(states.shape[-1], F)
    for n in range(len(rows)):
        ours_n, theirs_n = ours[n], theirs[n]
        for u in range(len(farthest)):
            farthest[u] = _larger(abs(ours_n[u] - theirs_n[u]), farthest[u])
    largest = farthest[0]
    for value in farthest:
        largest = _larger(value, largest)
    return largest


@_compiled
def _larger(value: Any, than: Any) -> Any:
    """The larger of two numbers; a NaN, once there, stays."""
    return value if value > than or value != value else than


@_compiled
def _sigmoids(pre: Any, values: Any) -> None:
    for u in range(len(values)):
        values[u] = sigmoid(pre[u])


@_compiled
def _tanhs(pre: Any, values: Any) -> None:
    for u in range(len(values)):
        values[u] = tanh(pre[u])


@_compiled
def _remember(i: Any, f: Any, g: Any, c_before: Any, c: Any) -> None:
    for u in range(len(c)):
        c[u] = f[u] * c_before[u] + i[u] * g[u]


@_compiled
def _show(o: Any, c: Any, h: Any) -> None:
    for u in range(len(c)):
        h[u] = o[u] * tanh(c[u])


@_compiled
def sigmoid(x: Any) -> Any:
    return F(1) / (F(1) + exp(-x))


@_compiled
def tanh(x: Any) -> Any:
    """(e^2x - 1) / (e^2x + 1), with a function for e^2x - 1, because near 0 the difference would lose most bits."""
    less_one = exp_less_one(F(2) * x)
    return less_one / (less_one + F(2))


@_compiled
def exp(x: Any) -> Any:
    """e^x = 2^n e^r, with a relative error of 1e-7.

    A processor computes many of these at once, but `np.exp` one by one.
    """
    n, r = _powers_of(x)
    return _two_to_the(n) * (_series(r) * r + F(1))


@_compiled
def exp_less_one(x: Any) -> Any:
    """e^x - 1 = 2^n (e^r - 1) + (2^n - 1), whose second part is 0 where x is near it."""
    n, r = _powers_of(x)
    power = _two_to_the(n)
    return power * (_series(r) * r) + (power - F(1))


@_compiled
def _powers_of(x: Any) -> Any:
    """n and r of e^x = 2^n e^r, |r| ≤ ln 2 / 2."""
    x = F(87) if x > F(87) else x
    x = F(-87) if x < F(-87) else x
    n = np.floor(x * F(1 / np.log(2)) + F(0.5))
    return n, x - n * LN2_HIGH - n * LN2_LOW


@_compiled
def _series(r: Any) -> Any:
    """(e^r - 1) / r, by its Taylor series."""
    series = F(1 / 5040)
    for coefficient in (F(1 / 720), F(1 / 120), F(1 / 24), F(1 / 6), F(1 / 2), F(1)):
        series = series * r + coefficient
    return series


@_compiled
def _two_to_the(n: Any) -> Any:
    """2^n for |n| < 127, from the bits of a float32: the exponent begins at bit 23 and is stored as n + 127."""
    return np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)
