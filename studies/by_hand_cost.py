"""What does it cost to record a cell that somebody wrote by hand? `python -m studies.by_hand_cost`

An LSTM, a GRU and a minGRU, each a loop of plain operations, on one thread: the loop alone, inside a
`TorchFunctionMode` that does nothing (nothing can be watched for less), recorded for the first time, and recorded once
its places are known: from the third time on. Gradients are on, as they are unless somebody turns them off; the last
column is once more the third way under `torch.no_grad()`, where the loop alone takes less. The ways take turns; times
are those of the processor, and the ratios are to the loop, the medians of all turns.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lstm_core.finding.known import forget
from lstm_core.recording.record import record

SIZES = ((60, 4, 16), (200, 8, 64), (400, 32, 256))
"""Steps, batch, units."""
WAYS = ("mode of nothing", "recorded first", "places known", "same, no_grad")


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="of the processor, for each cell at each size")
    seconds = parser.parse_args().seconds
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, 1 thread; time / the loop alone")
    print(f"{'steps x batch x units':<24}{'cell':<8}{'loop, ms':>10}" + "".join(f"{way:>20}" for way in WAYS))
    for steps, batch, units in SIZES:
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
