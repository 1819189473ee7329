"""What do gradients with respect to gates cost? `python -m studies.benchmark --gradients`

Three ways to run forward and backward, taking turns in one process: a plain training step, which has no gradients of
gates; the loop that people write by hand, which keeps each gate with `retain_grad`; and
`lstm_core.record(detach=False)`. Then `record` alone at 100 and at 800 steps: eight times the steps should take eight
times the time.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from lstm_core.recording.record import record

STEPS, BATCH, FEATURES, UNITS = 365, 256, 32, 64
SHORT, LONG, FEW = 100, 800, 64


def report(seconds: float) -> None:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each table")
    report(parser.parse_args().seconds)


if __name__ == "__main__":
    main()
