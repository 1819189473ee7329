"""What does recording cost? `python -m studies.cost`, with `--gradients` or `--by-hand`

Each table lets its ways take turns in one process; the first turn is not counted. The first: the same input without
gradients through the plain `nn.LSTM`, through the loop over `LSTMCell` that people write to get at the cell state, and
through `nn.LSTM` inside `lstm_core.record`. Best and median of several turns, in milliseconds; ratios are of the best
turns, to the first way.

`--gradients`: forward and backward of the loop that people write by hand, which keeps each gate with `retain_grad`; of
a plain training step, which has no gradients of gates; and of `lstm_core.record(detach=False)`. Then `record` alone at
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
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import BaseTorchFunctionMode

from lstm_core.finding.known import forget
from lstm_core.recording.record import record

Way = Callable[[], object]

# Steps, batch, features, units, layers.
ROWS = (
    (12, 1, 8, 16, 1),
    (100, 1, 64, 64, 2),
    (1000, 1, 128, 128, 2),
    (1000, 1, 256, 512, 2),
    (200, 32, 256, 512, 2),
    (64, 64, 128, 256, 2),
    (5000, 1, 64, 256, 1),
    (20000, 1, 32, 128, 1),
)

STEPS, BATCH, FEATURES, UNITS = 365, 256, 32, 64
SHORT, LONG, FEW = 100, 800, 64

# Steps, batch, units.
BY_HAND_SIZES = ((60, 4, 16), (200, 8, 64), (400, 32, 256))
BY_HAND_WAYS = ("mode of nothing", "recorded first", "places known", "same, no_grad")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each comparison")
    parser.add_argument("--gradients", action="store_true", help="forward and backward with record(detach=False)")
    parser.add_argument("--by-hand", action="store_true", help="cells that somebody wrote by hand")
    options = parser.parse_args()
    if options.by_hand:
        torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    if options.gradients:
        of_gradients(options.seconds)
    elif options.by_hand:
        of_cells_by_hand(options.seconds)
    else:
        of_forwards(options.seconds)


def take_turns(ways: Iterable[Way], seconds: float, clock: Callable[[], float]) -> list[list[float]]:
    """Seconds of each way's turns; at least four, after one that is not counted."""
    times: list[tuple[Way, list[float]]] = [(way, []) for way in ways]
    end = clock() + seconds
    while len(times[0][1]) < 5 or clock() < end:
        for way, turns in times:
            began = clock()
            way()
            turns.append(clock() - began)
    return [turns[1:] for _, turns in times]


def compared(title: str, ways: Mapping[str, Way], seconds: float) -> list[float]:
    """The ratio of each way's best turn to that of the first; prints a line a way."""
    times = take_turns(ways.values(), seconds, time.perf_counter)
    ratios = [min(turns) / min(times[0]) for turns in times]
    print(title)
    for name, turns, ratio in zip(ways, times, ratios, strict=True):
        said = f"{1e3 * min(turns):.3g}/{1e3 * statistics.median(turns):.3g} ms"
        print(f"  {name:<28}{said:>20}{ratio:>8.2f}", flush=True)
    return ratios


@torch.no_grad()
def of_forwards(seconds: float) -> None:
    """Print each row, and the geometric means of the ratios."""
    ratios = []
    for row in ROWS:
        steps, batch, features, units, layers = row
        lstm, x = nn.LSTM(features, units, layers).eval(), torch.randn(steps, batch, features)
        cells = [nn.LSTMCell(units if layer else features, units) for layer in range(layers)]
        ways: dict[str, Way] = {
            "plain": partial(lstm, x),
            "LSTMCell loop": partial(_loop, cells, x),
            "recorded": partial(_inside, record, lstm, x),
        }
        ratios.append(compared(f"T, B, D, H, L = {', '.join(map(str, row))}", ways, seconds))
    means = [math.exp(statistics.fmean(map(math.log, column))) for column in zip(*ratios, strict=True)]
    print("geometric means of the ratios:", *(f"{mean:.2f}" for mean in means))


def _inside(block: Callable[..., Any], model: nn.Module, x: Tensor) -> None:
    with block(model):
        model(x)


def _anew(model: nn.Module, x: Tensor) -> None:
    forget(model)
    _inside(record, model, x)


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
    """Print how long a training step takes, and how long one of eight times the steps."""
    lstm = nn.LSTM(FEATURES, UNITS)
    x, long = torch.randn(STEPS, BATCH, FEATURES), torch.randn(LONG, FEW, FEATURES)
    of_a_step: dict[str, Way] = {
        "loop that keeps its gates": partial(looped, lstm, x),
        "plain training step": partial(trained, lstm, x),
        "record(detach=False)": partial(recorded, lstm, x),
    }
    compared(f"forward and backward of {STEPS} x {BATCH}, {FEATURES} -> {UNITS}", of_a_step, seconds)
    lengths: dict[str, Way] = {
        f"record, {steps} x {FEW}": partial(recorded, lstm, long[:steps]) for steps in (SHORT, LONG)
    }
    compared("forward and backward", lengths, seconds)


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


def of_cells_by_hand(seconds: float) -> None:
    """Print a line for each cell at each size; `seconds` of the processor for each."""
    print(f"{'steps x batch x units':<24}{'cell':<8}{'loop, ms':>10}" + "".join(f"{way:>20}" for way in BY_HAND_WAYS))
    for (steps, batch, units), cell in product(BY_HAND_SIZES, (Lstm, Gru, MinGru)):
        torch.manual_seed(0)
        model, x = Loop(cell(units)), torch.randn(steps, batch, units)
        loop, again = partial(model, x), partial(_inside, record, model, x)
        ways: list[Way] = [
            *(loop, partial(_inside, lambda _: BaseTorchFunctionMode(), model, x)),
            *(partial(_anew, model, x), again, again),
            *(torch.no_grad()(loop), torch.no_grad()(again)),
        ]
        alone, watched, first, _, known, alone_no_grad, known_no_grad = take_turns(ways, seconds, time.process_time)
        pairs = (watched, alone), (first, alone), (known, alone), (known_no_grad, alone_no_grad)
        ratios = [statistics.median(a / b for a, b in zip(*pair, strict=True)) for pair in pairs]
        said = f"{f'{steps} x {batch} x {units}':<24}{cell.__name__:<8}{1e3 * statistics.median(alone):>10.2f}"
        print(said + "".join(f"{ratio:>20.2f}" for ratio in ratios), flush=True)


if __name__ == "__main__":
    main()
