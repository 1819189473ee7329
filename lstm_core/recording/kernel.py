"""How are all gates computed in one pass?

Loops in float32 that Numba compiles when they are first used, and keeps on disk. States lie between their two possible
starts, (time + 2, batch, unit): that of step t is at t + 1, the start of direction 0 at 0, of direction 1 at the end.
So every step finds the state before it next to its own.

All of it stands in one file: what is kept on disk is compiled anew when this file changes, and no other.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

if getattr(config, "DISABLE_JIT", False):
    raise ImportError("Numba is told to compile nothing.")

F = np.float32
# ln 2 in two parts: the first has so few bits that its multiples are exact.
LN2_HIGH, LN2_LOW = F(0.693359375), F(-2.12194440e-4)

# Weights stand in panels of so many rows each, side by side for each column.
PANEL = 16
# A product of one row goes over so many panels at once, one of many rows over so many rows: eight sums of eight numbers
# that do not wait for each other, and sixteen registers.
SIDE_BY_SIDE = 4

# So many pre-activations are worked on at once: they stay in a core's cache until they are gates.
AT_ONCE = 1 << 15

# So many numbers apart begins another line of a cache: what two threads write must not be in the same.
LINE = 16
# How often a thread looks for what it waits for before it lets others run on its core.
LOOKS = 1 << 12


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Runs without the interpreter's lock, so in several threads at once. NaN stays NaN."""
    compiled = partial(njit, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
    try:
        kernel: Callable[..., Any] = compiled(cache=True)(function)
    except RuntimeError:  # There is no folder to keep it in.
        kernel = compiled()(function)
    return kernel


# Of a job: its direction, its units, its sequences, and the jobs whose units are the others of the same sequences (each
# the first, and before the last).
DIRECTION, UNITS, SEQUENCES, TOGETHER = 0, slice(1, 3), slice(3, 5), slice(5, 7)


@_compiled
def run(
    thread: int, threads: int, jobs: Any, rooms: Any, x: Any, weights: Any, filled: Any, done: Any, farthest: Any
) -> None:
    """What one of so many threads does of a layer's `jobs` (job, what): the gates, h and c of every step of some units
    of some sequences.

    Each thread has a room of its own in `rooms` (thread, number); in `done` (job, LINE) a job tells those of the same
    sequences how many steps it has, and in `farthest` (job,) how far from h that is which its gates rebuild. x
    (time, batch, feature); `weights`: of both directions W, U and both biases, or none (0,); `filled`: gates i f g o
    (direction, time, batch, unit), h c (direction, time + 2, batch, unit), and (time, batch, direction * unit), which
    gets a copy of h, if it has any steps.
    """
    for number in range(thread, len(jobs), threads):
        # Of a tuple Numba takes no element by a number that it doesn't know.
        its_weights = weights[1] if jobs[number][DIRECTION] else weights[0]
        try:
            _run(number, jobs, rooms[thread], x, its_weights, filled, done, farthest)
        finally:
            # Nobody waits for it any more, even if it has failed.
            _tell(len(x), done, number)


@_compiled
def _run(number: int, jobs: Any, room: Any, x: Any, weights: Any, filled: Any, done: Any, farthest: Any) -> None:
    """One job."""
    gates, h, c, shown = filled
    job = jobs[number]
    direction, units, sequences, together = job[DIRECTION], job[UNITS], job[SEQUENCES], job[TOGETHER]
    i, f = _borrowed(gates[0])[direction], _borrowed(gates[1])[direction]
    g, o = _borrowed(gates[2])[direction], _borrowed(gates[3])[direction]
    h, c, x, shown = _borrowed(h)[direction], _borrowed(c)[direction], _borrowed(x), _borrowed(shown)
    jobs, room, done = _borrowed(jobs), _borrowed(room), _borrowed(done)
    w_ih, w_hh, bias_ih, bias_hh = weights
    time, batch, features = x.shape
    begin, count = sequences[0], sequences[1] - sequences[0]
    own = slice(units[0], units[1])
    width, steps = _pieces(units, sequences, time)
    w, room = _packed(w_ih, units, width, room)
    u, room = _packed(w_hh, units, width, room)
    bias, room = _added(bias_ih, bias_hh, units, width, room)
    pre, room = _part(room, steps, count, width)
    read, room = _part(room, steps, count, features)
    largest = np.zeros(units[1] - units[0], F)
    for start in range(0, time, steps):
        now = min(steps, time - start)
        first = start if direction == 0 else time - start - now
        for n in range(now):
            for b in range(count):
                _copy(bias, pre[n, b])
                _copy(x[first + n, begin + b], read[n, b])
        _add_products(read, 0, now * count, (0, features), w, pre, 0, 0)
        for nth in range(now):
            n = nth if direction == 0 else now - 1 - nth
            before = first + n if direction == 0 else first + n + 2
            # First by what the job has itself, for which it need not wait; and every second step the other way round:
            # the weights that were read last are still in the cache.
            others = together[1] - together[0]
            for turn in range(others):
                further = turn if nth % 2 == 0 else others - 1 - turn
                other = together[0] + (number - together[0] + further) % others
                _wait_for(start + nth, done, other)
                _add_products(h, before * batch + begin, count, jobs[other][UNITS], u, pre, n * count, nth % 2)
            for b in range(count):
                at, step = begin + b, first + n
                i_b, f_b, g_b, o_b = i[step, at, own], f[step, at, own], g[step, at, own], o[step, at, own]
                _activate(pre[n, b], i_b, f_b, g_b, o_b)
                _remember(i_b, f_b, g_b, c[before, at, own], c[step + 1, at, own])
                _show(o_b, c[step + 1, at, own], h[step + 1, at, own])
                if len(shown):
                    _copy(h[step + 1, at, own], shown[step, at, direction * h.shape[-1] + units[0] :])
            _tell(start + nth + 1, done, number)
        # Now, for what was written lies still in the cache.
        _rebuild(direction, (first, first + now), sequences, own, i, f, g, o, h, c, largest)
    farthest[number] = _largest(largest)


@_compiled
def room(jobs: Any, time: int, features: int, hidden: int) -> Any:
    """How many numbers a job works with, at most: packed weights, and a piece of its steps."""
    most = 0
    for job in jobs:
        sequences = job[SEQUENCES]
        width, steps = _pieces(job[UNITS], sequences, time)
        size = width * (features + hidden + 1) + steps * (sequences[1] - sequences[0]) * (width + features)
        most = max(most, size)
    return (most + LINE - 1) // LINE * LINE


@_compiled
def _pieces(units: Any, sequences: Any, time: int) -> Any:
    """How many pre-activations a step has, and how many steps are worked on at once."""
    # A row goes over SIDE_BY_SIDE panels at once, so there are always as many.
    least = PANEL * SIDE_BY_SIDE
    width = (4 * (units[1] - units[0]) + least - 1) // least * least
    return width, min(max(1, AT_ONCE // ((sequences[1] - sequences[0]) * width)), time)


@_compiled
def _part(room: Any, first: int, second: int, third: int) -> Any:
    """The beginning of a room as an array of that shape, and what is left of it."""
    size = first * second * third
    return room[:size].reshape(first, second, third), room[size:]


@_compiled
def _packed(weight: Any, units: Any, width: int, room: Any) -> Any:
    """The rows of some units of each gate, of a weight (4 * unit, column), in panels (panel, column, PANEL), with zeros
    up to `width` rows; and what is left of the room."""
    count, columns = units[1] - units[0], weight.shape[1]
    panels, left = _part(room, width // PANEL, columns, PANEL)
    panels[4 * count // PANEL :] = F(0)
    for row in range(4 * count):
        values, panel = weight[_row_of(row, units, len(weight))], panels[row // PANEL]
        for column in range(columns):
            panel[column, row % PANEL] = values[column]
    return panels, left


@_compiled
def _added(bias_ih: Any, bias_hh: Any, units: Any, width: int, room: Any) -> Any:
    """Both biases of some units as one, with zeros up to `width` rows; and what is left of the room."""
    bias, left = room[:width], room[width:]
    bias[:] = F(0)
    if len(bias_ih):
        for row in range(4 * (units[1] - units[0])):
            at = _row_of(row, units, len(bias_ih))
            bias[row] = bias_ih[at] + bias_hh[at]
    return bias, left


@_compiled
def _row_of(row: int, units: Any, rows: int) -> Any:
    """Where in all `rows` of a weight the row is that is so far down among those of some units."""
    count = units[1] - units[0]
    return row // count * (rows // 4) + units[0] + row % count


@_compiled
def _wait_for(steps: int, done: Any, job: int) -> None:
    """Until a job has so many steps."""
    looks = 0
    while _said(done, job) < steps:
        looks += 1
        if looks > LOOKS:
            _let_others_run()


def _load(_context: Any, done: Any, job: Any) -> Any:
    def instructions(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load_atomic(_place_of(context, builder, signature, values), "acquire", 8)

    return types.int64(done, job), instructions


def _store(_context: Any, steps: Any, done: Any, job: Any) -> Any:
    def instructions(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store_atomic(values[0], _place_of(context, builder, signature, values), "release", 8)
        return context.get_dummy_value()

    return types.void(steps, done, job), instructions


def _place_of(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    """Where in `done` it stands how many steps a job has."""
    array = context.make_array(signature.args[-2])(context, builder, values[-2])
    return builder.gep(array.data, [builder.mul(values[-1], ir.Constant(ir.IntType(64), LINE))])


def _yield(_context: Any) -> Any:
    def instructions(context: Any, builder: Any, _signature: Any, _values: Any) -> Any:
        if hasattr(os, "sched_yield"):
            there = ir.FunctionType(ir.IntType(32), [])
            builder.call(cgutils.get_or_insert_function(builder.module, there, "sched_yield"), [])  # type: ignore[no-untyped-call]
        return context.get_dummy_value()

    return types.void(), instructions


def _borrow(_context: Any, array: Any) -> Any:
    def instructions(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        same = context.make_array(array)(context, builder, values[0])
        same.meminfo, same.parent = (ir.Constant(getattr(same, name).type, None) for name in ("meminfo", "parent"))
        return same._getvalue()

    return array(array), instructions


# An array that its caller keeps alive, as one that nobody counts the uses of: of every part that is taken of an array
# Numba counts them, and threads that do so with the same array at once wait for each other.
_borrowed: Callable[..., Any] = intrinsic(_borrow)

# How many steps a job has told (all that was written before is then there to read); to tell it; to let others run.
_said: Callable[..., Any] = intrinsic(_load)
_tell: Callable[..., Any] = intrinsic(_store)
_let_others_run: Callable[..., Any] = intrinsic(_yield)


@_compiled
def _add_products(
    rows: Any, row: int, count: int, columns: Any, panels: Any, out: Any, out_row: int, backwards: int
) -> None:
    """Add W v to `count` rows of `out` from `out_row` on, v the rows from `row` on, of both some columns (first, before
    the last); panels forwards or backwards."""
    depth, width, first, many = rows.shape[-1], out.shape[-1], columns[0], columns[1] - columns[0]
    in_tiles = count - count % SIDE_BY_SIDE
    if in_tiles:
        for p in range(len(panels)):
            panel = len(panels) - 1 - p if backwards else p
            w = (panel * depth + first) * PANEL
            for r in range(0, in_tiles, SIDE_BY_SIDE):
                v, into = (row + r) * depth + first, (out_row + r) * width + panel * PANEL
                _rows_of_a_panel(rows, v, panels, w, depth, many, out, into, width)
    for r in range(in_tiles, count):
        for p in range(0, len(panels), SIDE_BY_SIDE):
            panel = len(panels) - SIDE_BY_SIDE - p if (backwards + r) % 2 else p
            w = (panel * depth + first) * PANEL
            v, into = (row + r) * depth + first, (out_row + r) * width + panel * PANEL
            _row_of_panels(rows, v, panels, w, depth, many, out, into, width)


def _tile(rows: int, panels: int, length: int) -> Callable[..., Any]:
    """A tile of a product, of `rows` v with `panels` of W: what `_add_products` does, for so many at once.

    Written in LLVM's vectors, so that all sums stay in the processor: of plain loops LLVM makes code that takes each
    sum to memory and back at every column. `length`: of a vector; a processor with shorter ones takes it in parts, and
    which is fastest was found by trying.
    """

    def typed(
        _context: Any, v: Any, v_at: Any, w: Any, w_at: Any, depth: Any, many: Any, out: Any, out_at: Any, width: Any
    ) -> Any:
        return types.void(v, v_at, w, w_at, depth, many, out, out_at, width), partial(_add_tile, rows, panels, length)

    tile: Callable[..., Any] = intrinsic(typed)
    return tile


def _add_tile(rows: int, panels: int, length: int, context: Any, builder: Any, signature: Any, values: Any) -> Any:
    """The instructions of a tile; `values`: v, where its rows begin, W, where its panels begin, how many columns both
    have, over how many the product goes, out, where the tile begins in it, its columns."""
    v, w, out = (context.make_array(signature.args[n])(context, builder, values[n]).data for n in (0, 2, 6))
    v_at, w_at, depth, many, out_at, width = (values[n] for n in (1, 3, 4, 5, 7, 8))
    vector = ir.VectorType(ir.FloatType(), length)

    def times(number: Any, factor: int) -> Any:
        return builder.mul(number, ir.Constant(depth.type, factor))

    def at(base: Any, *offsets: Any) -> Any:
        for offset in offsets:
            base = builder.gep(base, [offset if isinstance(offset, ir.Value) else ir.Constant(depth.type, offset)])
        return base

    def vector_at(base: Any, *offsets: Any) -> Any:
        return builder.bitcast(at(base, *offsets), vector.as_pointer())

    def everywhere(number: Any) -> Any:
        first = builder.insert_element(ir.Constant(vector, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), length), [0] * length)
        return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), zeros)

    columns = range(0, panels * PANEL, length)
    results = {(row, n): vector_at(out, out_at, times(width, row), n) for row in range(rows) for n in columns}
    sums = {place: cgutils.alloca_once(builder, vector) for place in results}  # type: ignore[no-untyped-call]
    for place, result in results.items():
        builder.store(builder.load(result, align=4), sums[place])
    with cgutils.for_range(builder, many) as loop:
        weights = {}
        for n in columns:
            panel = times(depth, n // PANEL * PANEL)
            weights[n] = builder.load(vector_at(w, w_at, panel, times(loop.index, PANEL), n % PANEL), align=4)
        for row in range(rows):
            number = everywhere(builder.load(at(v, v_at, times(depth, row), loop.index)))
            for n, weight in weights.items():
                product = builder.fmul(number, weight, flags=("contract",))
                more = builder.fadd(builder.load(sums[row, n]), product, flags=("contract",))
                builder.store(more, sums[row, n])
    for place, result in results.items():
        builder.store(builder.load(sums[place]), result, align=4)
    return context.get_dummy_value()


_rows_of_a_panel = _tile(rows=SIDE_BY_SIDE, panels=1, length=PANEL)
_row_of_panels = _tile(rows=1, panels=SIDE_BY_SIDE, length=PANEL // 2)


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
    direction: int, steps: Any, sequences: Any, own: Any, i: Any, f: Any, g: Any, o: Any, h: Any, c: Any, largest: Any
) -> None:
    """How far o ⊙ tanh(f ⊙ c_before + i ⊙ g) is from h, at most, in some steps and sequences (each the first, and
    before the last): of each of some units, where it is more than in `largest` (unit,). NaN if any is."""
    for step in range(steps[0], steps[1]):
        before = step if direction == 0 else step + 2
        for b in range(sequences[0], sequences[1]):
            i_b, f_b, g_b, o_b = i[step, b, own], f[step, b, own], g[step, b, own], o[step, b, own]
            c_before, h_b = c[before, b, own], h[step + 1, b, own]
            for u in range(len(largest)):
                again = o_b[u] * tanh(f_b[u] * c_before[u] + i_b[u] * g_b[u])
                largest[u] = _larger(abs(again - h_b[u]), largest[u])


@_compiled
def before(rows: Any, direction: int, x: Any, h: Any, c: Any) -> Any:
    """What the steps in some rows of (time * batch) start from: their x, and h and c before them (row, ...)."""
    back = 2 * direction * x.shape[1]
    return _rows(x, rows, 0), _rows(h, rows, back), _rows(c, rows, back)


@_compiled
def _rows(values: Any, rows: Any, further: int) -> Any:
    flat = values.reshape(-1, values.shape[-1])
    found = np.empty((len(rows), values.shape[-1]), F)
    for n in range(len(rows)):
        _copy(flat[rows[n] + further], found[n])
    return found


@_compiled
def _copy(values: Any, into: Any) -> None:
    """`into[: len(values)] = values`, which takes Numba seconds more to compile."""
    for n in range(len(values)):
        into[n] = values[n]


@_compiled
def apart(rows: Any, h: Any, c: Any, their_h: Any, their_c: Any) -> Any:
    """How far h and how far c after the steps in some rows are, at most, from theirs (row, unit); NaN if any is."""
    return _apart(rows, h, their_h), _apart(rows, c, their_c)


@_compiled
def _apart(rows: Any, states: Any, theirs: Any) -> Any:
    ours, farthest = _rows(states, rows, states.shape[1]), np.zeros(states.shape[-1], F)
    for n in range(len(rows)):
        _farther(ours[n], theirs[n], farthest)
    return _largest(farthest)


@_compiled
def _farther(ours: Any, theirs: Any, farthest: Any) -> None:
    for u in range(len(farthest)):
        farthest[u] = _larger(abs(ours[u] - theirs[u]), farthest[u])


@_compiled
def _largest(values: Any) -> Any:
    largest = values[0]
    for value in values:
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
    """(e^2x - 1) / (e^2x + 1), with e^2x - 1 as one function: near 0 the difference would have few bits left."""
    less_one = exp_less_one(F(2) * x)
    return less_one / (less_one + F(2))


@_compiled
def exp(x: Any) -> Any:
    """e^x = 2^n e^r, to 1e-7 of itself.

    A processor takes many of these at once, and `np.exp` one by one.
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
    """(e^r - 1) / r, by Taylor."""
    series = F(1 / 5040)
    for coefficient in (F(1 / 720), F(1 / 120), F(1 / 24), F(1 / 6), F(1 / 2), F(1)):
        series = series * r + coefficient
    return series


@_compiled
def _two_to_the(n: Any) -> Any:
    """2^n, |n| < 127, made of the bits of a float32: its exponent stands from bit 23, 127 more than it means."""
    return _float_of_bits(np.int32((np.int32(n) + np.int32(127)) << np.int32(23)))


def _as_float(_context: Any, bits: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], context.get_value_type(types.float32))

    return types.float32(bits), generate


_float_of_bits: Callable[..., Any] = intrinsic(_as_float)


# What instructions are made of, here and in C: an address, an int, and how Numba says no and yes.
ADDRESS, INT = ir.IntType(8).as_pointer(), ir.IntType(32)
NO, YES = ir.Constant(ir.IntType(64), 0), ir.Constant(ir.IntType(64), 1)
_kept: Callable[..., Any] = cgutils.alloca_once_value
_struct: Callable[..., Any] = cgutils.pack_struct
_elements: Callable[..., Any] = cgutils.unpack_tuple


def _team_of(function: Any) -> Any:
    """`function(thread, threads, *args)` in every thread of a team that OpenMP makes of PyTorch's own threads.

    Called with where OpenMP's `GOMP_parallel`, `omp_get_num_threads` and `omp_get_thread_num` stand in memory, how many
    threads, and args; 0 if there are fewer and nothing was done, 1 if all are done, 2 if one has failed.
    """

    def typed(_context: Any, openmp: Any, threads: Any, args: Any) -> Any:
        return types.int64(openmp, threads, args), partial(_in_team, function)

    team: Callable[..., Any] = intrinsic(typed)
    return team


def _in_team(function: Any, context: Any, builder: Any, signature: Any, values: Any) -> Any:
    """The instructions of a team: OpenMP is told what each thread is to call, and where all of them find the rest."""
    openmp, threads, _ = values
    given, ran, failed = (_kept(builder, value) for value in (_struct(builder, values), NO, NO))
    rest = _kept(builder, _struct(builder, [given, ran, failed]))
    part = _part_of_a_thread(function, context, builder.module, signature, rest.type)
    parallel = ir.FunctionType(ir.VoidType(), [part.type, ADDRESS, INT, INT]).as_pointer()
    start = builder.inttoptr(_elements(builder, openmp, 3)[0], parallel)
    builder.call(start, [part, builder.bitcast(rest, ADDRESS), builder.trunc(threads, INT), ir.Constant(INT, 0)])
    return builder.add(builder.load(ran), builder.load(failed))


def _part_of_a_thread(function: Any, context: Any, module: Any, signature: Any, rest_type: Any) -> Any:
    """What OpenMP calls in each thread, as a function in LLVM's language: nothing, where there are fewer than asked."""
    kinds = (types.int64, types.int64, *signature.args[2].types)
    function.compile(kinds)
    compiled = function.overloads[kinds]
    context.add_linking_libs([compiled.library])
    part = ir.Function(module, ir.FunctionType(ir.VoidType(), [ADDRESS]), f"{function.__name__}_in_a_thread")
    part.linkage = "internal"
    builder = ir.IRBuilder(part.append_basic_block())
    given, ran, failed = _elements(builder, builder.load(builder.bitcast(part.args[0], rest_type)), 3)
    openmp, threads, args = _elements(builder, builder.load(given), 3)
    asked = ir.FunctionType(INT, []).as_pointer()
    _, size, thread = (builder.inttoptr(where, asked) for where in _elements(builder, openmp, 3))
    size, thread = (builder.sext(builder.call(where, []), NO.type) for where in (size, thread))
    with builder.if_then(builder.icmp_signed("==", size, threads)):
        builder.store(YES, ran)
        its_args = [thread, threads, *_elements(builder, args)]
        status, _ = context.call_internal_no_propagate(builder, compiled.fndesc, compiled.signature, its_args)
        with builder.if_then(status.is_error):
            builder.store(YES, failed)
    builder.ret_void()
    return part


_team_runs = _team_of(run)


@_compiled
def run_in_team(openmp: Any, threads: int, args: Any) -> Any:
    """`run` in each of PyTorch's threads."""
    return _team_runs(openmp, threads, args)
