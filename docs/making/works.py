"""What works, and what is refused? Each variant of an LSTM is given to each call when the page is made."""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.ao.quantization import quantize_dynamic
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core

STEPS, BATCH, FEATURES = 6, 3, 4
Made = tuple[nn.Module, Any]
START = f"""# What works, and what is refused

Each row is a model, each column a call. The table is made by running all of them when these pages are built, on the CPU
with PyTorch {torch.__version__}: *yes* where the call ran and, of a recording, rounding explains its proof. A number is
that of the sentence below which says why not. Devices other than the CPU are not tried here.
"""


class Own(nn.Linear):
    """A cell written by hand: a step."""

    def __init__(self) -> None:
        super().__init__(FEATURES + 3, 12)

    def forward(self, step: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
        h, c = state or (step.new_zeros(BATCH, 3),) * 2
        i, f, g, o = super().forward(torch.cat([step, h], 1)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


class Loop(nn.Module):
    """A cell in a loop."""

    def __init__(self, cell: nn.Module) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, x: Tensor) -> Any:
        state = None
        for step in x:
            state = self.cell(step, state)
        return state


def _x(dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(STEPS, BATCH, FEATURES, generator=torch.Generator().manual_seed(0)).to(dtype)


def _lstm(**how: Any) -> Made:
    return nn.LSTM(FEATURES, 3, **how), _x(how.get("dtype", torch.float32))


VARIANTS: dict[str, dict[str, Callable[[], Made]]] = {
    "several layers, both directions, projections, no bias, `batch_first`": {
        "one layer": _lstm,
        "two layers": lambda: _lstm(num_layers=2),
        "both directions": lambda: _lstm(bidirectional=True),
        "projections": lambda: _lstm(proj_size=2),
        "no bias": lambda: _lstm(bias=False),
        "`batch_first`": lambda: _lstm(batch_first=True),
    },
    "packed and unbatched input, dropout between layers in train mode": {
        "packed input": lambda: (nn.LSTM(FEATURES, 3), pack_padded_sequence(_x(), [6, 4, 1])),
        "unbatched input": lambda: (nn.LSTM(FEATURES, 3), _x()[:, 0]),
        "dropout in train mode": lambda: _lstm(num_layers=2, dropout=0.5),
    },
    "`LSTMCell` in a loop, `nn.GRU`, `nn.RNN` and their cells": {
        "`LSTMCell`": lambda: (Loop(nn.LSTMCell(FEATURES, 3)), _x()),
        "`GRU`": lambda: (nn.GRU(FEATURES, 3), _x()),
        "`RNN`": lambda: (nn.RNN(FEATURES, 3), _x()),
        "`GRUCell`": lambda: (Loop(nn.GRUCell(FEATURES, 3)), _x()),
    },
    "a cell written by hand, found by its equation": {"a cell by hand": lambda: (Loop(Own()), _x())},
    "float64, bfloat16; `torch.compile`; a training step with gradients": {
        "float64": lambda: _lstm(dtype=torch.float64),
        "bfloat16": lambda: _lstm(dtype=torch.bfloat16),
        "`torch.compile`": lambda: (torch.compile(nn.Sequential(nn.LSTM(FEATURES, 3))), _x()),
    },
    "a quantised LSTM": {"quantised": lambda: (quantize_dynamic(nn.Sequential(nn.LSTM(FEATURES, 3)), {nn.LSTM}), _x())},
    "a scripted or traced model": {
        "scripted": lambda: (torch.jit.script(nn.Sequential(nn.LSTM(FEATURES, 3))), _x()),
        "traced": lambda: (torch.jit.trace(nn.LSTM(FEATURES, 3), (_x(),)), _x()),
    },
}
"""By the row of README, the variants."""


def _record(model: nn.Module, x: Any, **how: Any) -> None:
    with lstm_core.record(model, **how) as recording:
        model(x)
    assert recording.only.proof.rounding


def _gradients(model: nn.Module, x: Any) -> None:
    with lstm_core.record(model, detach=False) as recording:
        said = model(x)
    while not isinstance(said, Tensor):
        said = said[0]
    [first, *_] = recording.calls[recording.names[0]]
    torch.autograd.grad(said.sum(), first.f if "f" in first.kept else first.h)


def _hold(model: nn.Module, x: Any) -> None:
    if isinstance(getattr(model, "cell", None), Own):  # its gates are known once it was recorded
        _record(model, x)
    with lstm_core.intervene(model, lstm_core.Hold("h", 0.5, units=[1])):
        model(x)


PLAIN = (nn.RNNBase, nn.RNNCellBase)
CALLS: dict[str, Callable[[nn.Module, Any], Any]] = {
    "`record`": _record,
    "`detach=False`": _gradients,
    "`Hold`": _hold,
    "`unrolled`": lambda model, _: lstm_core.unrolled(
        next((m for m in model.modules() if isinstance(m, PLAIN)), model)
    ),
    "`check`": lstm_core.check,
}
"""By the words of a column, what is done."""


def pages() -> dict[str, str]:
    """One page: the table, and the sentences below it."""
    notes: dict[str, int] = {}
    rows = []
    for variants in VARIANTS.values():
        for name, made in variants.items():
            said = [result(call, made) for call in CALLS.values()]
            cells = [one if one == "yes" else f"no: {notes.setdefault(one, len(notes) + 1)}" for one in said]
            rows.append(f"| {name} | {' | '.join(cells)} |")
    head = f"| | {' | '.join(CALLS)} |\n|---|{'---|' * len(CALLS)}"
    numbered = "\n".join(f"{number}. {plain(said)}" for said, number in notes.items())
    return {"works": "\n\n".join([START, "\n".join([head, *rows]), numbered]) + "\n"}


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|$~" else letter for letter in text)


def result(call: Callable[[nn.Module, Any], Any], made: Callable[[], Made]) -> str:
    """ "yes", or the sentence that says why not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        try:
            call(*made())
        except lstm_core.LstmCoreError as error:
            return f"{error}"
    return "yes"
