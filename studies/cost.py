"""What does recording cost? `python -m studies.cost`, with `--gradients` or `--by-hand`

Each table lets its ways take turns in one process. The first: the same input without gradients through the plain
`nn.LSTM`, through the loop over `LSTMCell` that people write to get at the cell state, and through `nn.LSTM` inside
`lstm_core.record`. Best and median of several turns, in milliseconds; ratios are to the plain forward, of the best
turns. The first turn is not counted.

`--gradients`: forward and backward of a plain training step, which has no gradients of gates; of the loop that people
write by hand, which keeps each gate with `retain_grad`; and of `lstm_core.record(detach=False)`. Then `record` alone at
100 and at 800 steps: eight times the steps should take eight times the time.

`--by-hand`: an LSTM, a GRU and a minGRU, each a loop of plain operations, on one thread: the loop alone, inside a
`TorchFunctionMode` that does nothing (nothing can be watched for less), recorded for the first time, and recorded once
its places are known: from the third time on. Gradients are on, as they are unless somebody turns them off; the last
column is once more the third way under `torch.no_grad()`, where the loop alone takes less. Times are those of the
processor, and the ratios are to the loop, the medians of all turns.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from lstm_core.finding.known import forget
from lstm_core.recording.record import record


class Row(NamedTuple):
    """Steps, batch, features, units, layers."""

    T: int
    B: int
    D: int
    H: int
    L: int


ROWS = (
    Row(12, 1, 8, 16, 1),
    Row(100, 1, 64, 64, 2),
    Row(1000, 1, 128, 128, 2),
    Row(1000, 1, 256, 512, 2),
    Row(200, 32, 256, 512, 2),
    Row(64, 64, 128, 256, 2),
    Row(5000, 1, 64, 256, 1),
    Row(20000, 1, 32, 128, 1),
)

WAYS = ("plain", "LSTMCell loop", "recorded")

STEPS, BATCH, FEATURES, UNITS = 365, 256, 32, 64
SHORT, LONG, FEW = 100, 800, 64

BY_HAND_SIZES = ((60, 4, 16), (200, 8, 64), (400, 32, 256))
"""Steps, batch, units."""
BY_HAND_WAYS = ("mode of nothing", "recorded first", "places known", "same, no_grad")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rows", type=int, nargs="+", default=list(range(len(ROWS))), help="by number, from 0")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each row")
    parser.add_argument("--gradients", action="store_true", help="forward and backward with record(detach=False)")
    parser.add_argument("--by-hand", action="store_true", help="cells that somebody wrote by hand")
    options = parser.parse_args()
    torch.set_num_threads(1 if options.by_hand else options.threads)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    if options.gradients:
        of_gradients(options.seconds)
    elif options.by_hand:
        of_cells_by_hand(options.seconds)
    else:
        of_forwards([ROWS[number] for number in options.rows], options.seconds)


def of_forwards(rows: Iterable[Row], seconds: float) -> None:
    """Print a line a row, best and median in ms, and the geometric means of the ratios."""
    print(f"{'T, B, D, H, L':<24}" + "".join(f"{way:>17}" for way in WAYS) + "".join(f"{way:>14}" for way in WAYS[1:]))
    ratios = [_print_row(row, seconds) for row in rows]
    means = [math.exp(statistics.fmean(map(math.log, column))) for column in zip(*ratios, strict=True)]
    print(f"{'geometric mean of ratios':<75}" + "".join(f"{mean:>14.2f}" for mean in means))


@torch.no_grad()
def _print_row(row: Row, seconds: float) -> list[float]:
    times = take_turns(_ways(row), seconds, least=10)
    best = [min(turns) for turns in times]
    shown = [
        f"{1e3 * least:.3g}/{1e3 * statistics.median(turns):.3g}" for least, turns in zip(best, times, strict=True)
    ]
    ratios = [least / best[0] for least in best[1:]]
    print(
        f"{', '.join(map(str, row)):<24}"
        + "".join(f"{each:>17}" for each in shown)
        + "".join(f"{ratio:>14.2f}" for ratio in ratios),
        flush=True,
    )
    return ratios


def _ways(row: Row) -> list[Callable[[], object]]:
    lstm = nn.LSTM(row.D, row.H, row.L).eval()
    x = torch.randn(row.T, row.B, row.D)
    cells = [nn.LSTMCell(row.D if layer == 0 else row.H, row.H) for layer in range(row.L)]

    def recorded() -> None:
        with record(lstm):
            lstm(x)

    return [lambda: lstm(x), lambda: _loop(cells, x), recorded]


def _loop(cells: list[nn.LSTMCell], x: Tensor) -> list[Tensor]:
    states: list[tuple[Tensor, Tensor] | None] = [None] * len(cells)
    kept = []
    for step in x:
        for layer, cell in enumerate(cells):
            h, c = cell(step, states[layer])
            states[layer] = h, c
            kept.append(c)
            step = h
    return kept


def of_gradients(seconds: float) -> None:
    """Print best and median times, and the ratios of the best; `seconds` for each of the two tables."""
    lstm = nn.LSTM(FEATURES, UNITS)
    x = torch.randn(STEPS, BATCH, FEATURES)
    print(f"forward and backward of {STEPS} steps x {BATCH} sequences, {FEATURES} -> {UNITS}; best/median in ms")
    ways: dict[str, Callable[[], object]] = {
        "plain training step": lambda: trained(lstm, x),
        "loop that keeps its gates": lambda: looped(lstm, x),
        "record(detach=False)": lambda: recorded(lstm, x),
    }
    plain, loop, ours = _best(ways, seconds)
    print(f"  record / loop {ours / loop:.2f}, record / plain {ours / plain:.2f}")
    long = torch.randn(LONG, FEW, FEATURES)
    lengths: dict[str, Callable[[], object]] = {
        f"record, {SHORT} x {FEW}": lambda: recorded(lstm, long[:SHORT]),
        f"record, {LONG} x {FEW}": lambda: recorded(lstm, long),
    }
    short, whole = _best(lengths, seconds)
    print(f"  {LONG} steps / {SHORT} steps {whole / short:.2f}")


def trained(lstm: nn.LSTM, x: Tensor) -> None:
    """A plain training step."""
    lstm.zero_grad()
    lstm(x)[0].square().sum().backward()


def recorded(lstm: nn.LSTM, x: Tensor) -> dict[str, Tensor]:
    """The gradient of every gate and state, (time, batch, unit), from a recording."""
    lstm.zero_grad()
    with record(lstm, detach=False) as recording:
        lstm(x)[0].square().sum().backward()
    trace = recording.lstm()
    return {quantity: getattr(trace, quantity).grad[0, 0] for quantity in trace.quantities}


def looped(lstm: nn.LSTM, x: Tensor) -> dict[str, list[Tensor]]:
    """The gates and states of every step, (batch, unit), with their gradients, from a loop written by hand."""
    lstm.zero_grad()
    h = c = x.new_zeros(x.shape[1], lstm.hidden_size)
    kept: dict[str, list[Tensor]] = {quantity: [] for quantity in "ifgoch"}
    [[weight_ih, weight_hh, bias_ih, bias_hh]] = lstm.all_weights
    from_x = functional.linear(x, weight_ih, bias_ih)
    for step in from_x.unbind(0):
        i, f, g, o = (step + functional.linear(h, weight_hh, bias_hh)).chunk(4, dim=-1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        for values, value in zip(kept.values(), (i, f, g, o, c, h), strict=True):
            value.retain_grad()
            values.append(value)
    torch.stack(kept["h"]).square().sum().backward()  # type: ignore[no-untyped-call]
    return kept


def _best(ways: Mapping[str, Callable[[], object]], seconds: float) -> list[float]:
    """The best time of each way in seconds, of at least three turns."""
    times = take_turns(ways.values(), seconds, least=3)
    for name, turns in zip(ways, times, strict=True):
        print(f"  {name:<28}{1e3 * min(turns):>9.1f}/{1e3 * statistics.median(turns):.1f}", flush=True)
    return list(map(min, times))


def take_turns(ways: Iterable[Callable[[], object]], seconds: float, least: int) -> list[list[float]]:
    """Seconds of each way's turns; at least so many, after one that is not counted."""
    times: list[tuple[Callable[[], object], list[float]]] = [(way, []) for way in ways]
    end = time.perf_counter() + seconds
    while len(times[0][1]) <= least or time.perf_counter() < end:
        for way, turns in times:
            began = time.perf_counter()
            way()
            turns.append(time.perf_counter() - began)
    return [turns[1:] for _, turns in times]


class Lstm(nn.Module):
    states = 2

    def __init__(self, units: int) -> None:
        super().__init__()
        self.x, self.h = nn.Linear(units, 4 * units), nn.Linear(units, 4 * units)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


class Gru(nn.Module):
    states = 1

    def __init__(self, units: int) -> None:
        super().__init__()
        self.x, self.h, self.n = nn.Linear(units, 3 * units), nn.Linear(units, 2 * units), nn.Linear(units, units)

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        of_r, of_z, of_n = self.x(x).chunk(3, -1)
        r, z = torch.sigmoid(torch.cat([of_r, of_z], -1) + self.h(h)).chunk(2, -1)
        n = torch.tanh(of_n + self.n(r * h))
        return ((1 - z) * n + z * h,)


class MinGru(nn.Module):
    states = 1

    def __init__(self, units: int) -> None:
        super().__init__()
        self.z, self.n = nn.Linear(units, units), nn.Linear(units, units)

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        z, n = torch.sigmoid(self.z(x)), self.n(x)
        return ((1 - z) * h + z * n,)


class Loop(nn.Module):
    """A cell called step by step over x (time, batch, unit)."""

    def __init__(self, cell: Any) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, x: Tensor) -> Tensor:
        state, shown = [torch.zeros_like(x[0])] * self.cell.states, []
        for row in x:
            state = list(self.cell(row, *state))
            shown.append(state[0])
        return torch.stack(shown)


class Nothing(TorchFunctionMode):
    """Is called at each operation, and does nothing."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **kwargs or {})


def of_cells_by_hand(seconds: float) -> None:
    """Print a line for each cell at each size; `seconds` of the processor for each."""
    print(f"{'steps x batch x units':<24}{'cell':<8}{'loop, ms':>10}" + "".join(f"{way:>20}" for way in BY_HAND_WAYS))
    for steps, batch, units in BY_HAND_SIZES:
        for cell in (Lstm, Gru, MinGru):
            torch.manual_seed(0)
            model, x = Loop(cell(units)), torch.randn(steps, batch, units)
            turns = _turns(model, x, seconds)
            alone = 1e3 * statistics.median(turn[0] for turn in turns)
            ratios = [statistics.median(turn[way] / turn[0] for turn in turns) for way in (1, 2, 3)]
            ratios.append(statistics.median(turn[5] / turn[4] for turn in turns))
            said = f"{steps} x {batch} x {units}"
            print(
                f"{said:<24}{cell.__name__:<8}{alone:>10.2f}" + "".join(f"{ratio:>20.2f}" for ratio in ratios),
                flush=True,
            )


def _turns(model: nn.Module, x: Tensor, seconds: float) -> list[list[float]]:
    """The times of the loop and of each way, turn by turn."""

    def watched() -> None:
        with Nothing():
            model(x)

    def recorded() -> None:
        with record(model):
            model(x)

    turns: list[list[float]] = []
    while len(turns) < 5 or sum(map(sum, turns)) < seconds:
        forget(model)
        turns.append([_time(way) for way in (lambda: model(x), watched, recorded)])
        recorded()
        turns[-1].append(_time(recorded))
        with torch.no_grad():
            turns[-1] += [_time(way) for way in (lambda: model(x), recorded)]
    # In the first turn things run for the first time.
    return turns[1:]


def _time(way: Callable[[], object]) -> float:
    began = time.process_time()
    way()
    return time.process_time() - began


if __name__ == "__main__":
    main()
