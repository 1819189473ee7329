"""In which order does the kernel fill layers, directions and pieces of the time?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from types import ModuleType

import torch
from torch import Tensor

from lstm_core.recording.call import Weights

# With so many products a step one call of the matrix library costs less than our own loop.
MANY_PRODUCTS = 1 << 19

# A thread more pays for itself with so many products in a layer's run.
PRODUCTS_A_THREAD = 1 << 24


class Lane:
    """One layer and direction: its weights as the kernel takes them, and its gates and states to fill."""

    def __init__(self, kernel: ModuleType, w: Weights, direction: int, gates: Tensor, h: Tensor, c: Tensor) -> None:
        self.kernel, self.w, self.direction, self.gates, self.h, self.c = kernel, w, direction, gates, h, c
        time, batch, width = gates.shape
        # A matrix product of all sequences, or in the kernel one sequence after the other?
        self.in_products = batch >= 4 and batch * width * h.shape[-1] >= MANY_PRODUCTS
        self.ih, self.hh = w.ih.T, w.hh.T if self.in_products else w.hh.T.contiguous()
        self.bias = None if w.bias_ih is None or w.bias_hh is None else w.bias_ih + w.bias_hh
        self.arrays = [tensor.numpy() for tensor in (gates, h, c)]
        self.products = time * batch * width * h.shape[-1]

    def read(self, x: Tensor, first: int, last: int) -> None:
        """W x + b of the `first` to `last` step that the direction reads, where their gates will be."""
        steps = slice(first, last) if self.direction == 0 else slice(len(x) - last, len(x) - first)
        rows, into = x[steps].flatten(0, 1), self.gates[steps].flatten(0, 1)
        if self.bias is None:
            torch.mm(rows, self.ih, out=into)
        else:
            torch.addmm(self.bias, rows, self.ih, out=into)

    def run(self, first: int, last: int) -> None:
        """Those steps: their gates in place of W x + b, and the states after them."""
        if not self.in_products:
            self.kernel.run_steps(first, last, self.direction, *self.arrays, self.hh.numpy())
            return
        for number in range(first, last):
            step = number if self.direction == 0 else len(self.gates) - 1 - number
            self.gates[step].addmm_(self.h[step + 2 * self.direction], self.hh)
            self.kernel.run_cells(step, self.direction, *self.arrays)

    def rebuilds(self) -> Tensor:
        """How far the h that each unit's gates rebuild is from its h, at any step (unit)."""
        farthest = torch.zeros(self.h.shape[-1])
        self.kernel.measure(self.direction, *self.arrays, farthest.numpy())
        return farthest


def fill(layers: list[list[Lane]], x: Tensor) -> None:
    """Run every layer and direction: waves of pieces of the time, each layer a piece behind the one below it."""
    time, batch = x.shape[:2]
    lanes = [lane for layer in layers for lane in layer]
    in_products = any(lane.in_products for lane in lanes)
    # What two directions give is whole only when both have read everything.
    size = time if len(layers[0]) == 2 else max(1, (512 if in_products else 256) // batch)
    pieces = [(first, min(first + size, time)) for first in range(0, time, size)]
    threads = torch.get_num_threads() - 1
    several = threads > 0 and len(lanes) > 1 and not in_products and lanes[-1].products > PRODUCTS_A_THREAD
    with ThreadPoolExecutor(min(threads, len(lanes) - 1)) if several else nullcontext() as others:
        for wave in range(len(pieces) + len(layers) - 1):
            runs: list[Callable[[], None]] = []
            for number, layer in enumerate(layers):
                if 0 <= wave - number < len(pieces):
                    piece = pieces[wave - number]
                    below = x if number == 0 else output_of(layers[number - 1])
                    for lane in layer:
                        lane.read(below, *piece)
                        runs.append(lambda lane=lane, piece=piece: lane.run(*piece))  # type: ignore[misc]
            _side_by_side(runs, others)


def output_of(layer: list[Lane]) -> Tensor:
    """What a layer gives to the next, (time, batch, direction * unit)."""
    each = [lane.h[1:-1] for lane in layer]
    return each[0] if len(each) == 1 else torch.cat(each, dim=-1)


def _side_by_side(runs: list[Callable[[], None]], others: Executor | None) -> None:
    if others is None:
        for run in runs:
            run()
        return
    elsewhere = [others.submit(run) for run in runs[1:]]
    runs[0]()
    for run_there in elsewhere:
        run_there.result()
