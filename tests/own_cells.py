"""A cell in its model's own loop, as source text that runs, and an independent loop that says what each step has."""

from __future__ import annotations

import copy
import itertools
import linecache
from typing import Any

import torch
from torch import Tensor, nn

import lstm_core

S, TH = torch.sigmoid, torch.tanh
ROWS = torch.tensor([[1.0], [0.0], [1.0]])
"""A mask: it is 0 for the second sequence."""
LSTM = "c = f * c + i * g; h = o * TH(c)"
_CODE = """
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.gates, self.norm, self.also = nn.Linear(9, 20), nn.LayerNorm(5), False

    def forward(self, x):
        h = torch.zeros(3, 5)
        c = {start}
        for k, row in enumerate(x):
            i, f, g, o = self.gates(torch.cat([row, h], 1)).chunk(4, 1)
            i, f, g, o, p, r = S(i), S(f), TH(g), S(o), c, h
            {body}
        return h
"""
_ROOM = {"torch": torch, "nn": nn, "S": S, "TH": TH, "M": ROWS, "B": ROWS.bool()}
_number = itertools.count()


def own(body: str, start: str = "torch.zeros(3, 5)") -> Any:
    """A model whose step is this code: it makes h and c of h, c, i, f, g and o at step k; p and r are the old c and h,
    M and B a mask."""
    source, name = _CODE.format(body=body.replace("\n", "\n            "), start=start), f"<own cell {next(_number)}>"
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    room = dict(_ROOM)
    exec(compile(source, name, "exec"), room)
    return room["Model"]()


def by_loop(model: Any, x: Tensor, truth: str = LSTM, start: Any = 0.0) -> dict[str, Tensor]:
    """What each step has, computed without a recording: this code leaves i, f, g, o, c and h as a trace should have
    them, and what the next step gets, where it is another, in `c_next` and `h_next`."""
    h, c, kept = x.new_zeros(3, 5), torch.as_tensor(start).expand(3, 5), []
    with torch.no_grad():
        for k, row in enumerate(x):
            i, f, g, o = nn.functional.linear(torch.cat([row, h], 1), *model.gates.parameters()).chunk(4, 1)
            step = {"i": S(i), "f": S(f), "g": TH(g), "o": S(o), "c": c, "h": h, "p": c, "r": h, "k": k}
            exec(truth, _ROOM | {"self": model}, step)
            c, h = step.pop("c_next", step["c"]), step.pop("h_next", step["h"])
            kept.append(step)
    return {letter: torch.stack([step[letter].expand(3, 5) for step in kept]) for letter in "ifgoch"}


def agrees(model: Any, truth: str = LSTM, letters: str = "ifgoch", start: Any = 0.0) -> lstm_core.CellTrace:
    """Whether three recordings, with and without gradients, have what the loop says; returns the last."""
    for gradients in (False, True):
        model = copy.deepcopy(model)
        for _ in range(3):
            x = torch.randn(7, 3, 4)
            with torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
                output = model(x)
            trace, expected = recording.only, by_loop(model, x, truth, start)
            assert set(trace.kept) == set(letters)
            for letter in letters:
                assert torch.allclose(getattr(trace, letter)[0, 0], expected[letter], atol=1e-6), letter
            assert torch.equal(output, model(x))
    return trace
