"""What does recording cost? `python -m studies.benchmark`

Four ways to run the same input without gradients, taking turns in one process: the plain `nn.LSTM`, the loop over
`LSTMCell` that people write to get at the cell state, and `nn.LSTM` inside `lstm_core.record`, as it is and with
`exact=False`. Best and median of several turns, in milliseconds; the ratios are to the plain forward, of the best
turns. The first turn, in which the kernel of `exact=False` is compiled, is not counted. `--gradients` runs
`gradient_cost` instead.
"""

import argparse
import math
import statistics
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.recording.record import record
from studies import gradient_cost


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

WAYS = ("plain", "LSTMCell loop", "recorded", "exact=False")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rows", type=int, nargs="+", default=list(range(len(ROWS))), help="by number, from 0")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each row")
    parser.add_argument(
        "--gradients", action="store_true", help="instead: forward and backward with record(detach=False)"
    )
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.gradients:
        gradient_cost.report(options.seconds)
        return
    print(f"torch {torch.__version__}, {options.threads} threads; best/median in ms")
    print(f"{'T, B, D, H, L':<24}" + "".join(f"{way:>17}" for way in WAYS) + "".join(f"{way:>14}" for way in WAYS[1:]))
    ratios = [_print_row(ROWS[number], options.seconds) for number in options.rows]
    means = [math.exp(statistics.fmean(map(math.log, column))) for column in zip(*ratios, strict=True)]
    print(f"{'geometric mean of ratios':<92}" + "".join(f"{mean:>14.2f}" for mean in means))


@torch.no_grad()
def _print_row(row: Row, seconds: float) -> list[float]:
    times = gradient_cost.take_turns(_ways(row), seconds, least=10)
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

    def recorded(exact: bool) -> None:
        with record(lstm, exact=exact):
            lstm(x)

    return [lambda: lstm(x), lambda: _loop(cells, x), lambda: recorded(True), lambda: recorded(False)]


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


if __name__ == "__main__":
    main()
