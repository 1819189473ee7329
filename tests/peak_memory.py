"""How much more memory does a process take at most while it records, for each byte of what was recorded?

Tests ask in a process that does nothing else.
"""

import resource
import sys

import hand_written
import torch

import lstm_core


def most() -> int:
    """The most bytes that this process has held: macOS counts bytes, others kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def share(before: int, trace: lstm_core.Trace | lstm_core.CellTrace) -> float:
    return (most() - before) / sum(tensor.nbytes for tensor in trace.tensors().values())


def of_many_steps(layers: int) -> float:
    torch.set_num_threads(1)
    lstm, x = torch.nn.LSTM(64, 64, layers), torch.randn(100_000, 1, 64)
    lstm_core.run(lstm, x[:2000])
    before = most()
    return share(before, lstm_core.run(lstm, x))


def of_a_found_cell(kind: str, known: bool) -> float:
    """Of a cell whose equation was found in an earlier block, of this very model or only of another of its class."""
    torch.set_num_threads(1)
    hand_written.Kept.keep = lambda *_, **__: None
    cell, states, x = getattr(hand_written, kind), 2 - (kind == "Gru"), torch.randn(400, 32, 64)
    model, other = (hand_written.Loop(cell(64, 256), 256, states=states) for _ in range(2))
    with torch.no_grad():
        for own in (model, other) if known else (other,):
            with lstm_core.record(own):
                own(x[:9, :2])
        for _ in range(3):
            model(x)
        before = most()
        with lstm_core.record(model) as recording:
            model(x)
        return share(before, recording.only)
