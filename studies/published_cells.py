"""Which gates of published cells are found? `pip install torchrecurrent`, `python -m studies.published_cells`

Each of torchrecurrent's cells reads six steps of two sequences, with drawn weights. What was recorded is compared, to
the bit and at every step, with the variables of the cell's own code: the table says which of them each quantity is, and
`?` where it is none of them, as where the code has no name for it. The judge of a row is a reader who knows the paper.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn

import lstm_core
from lstm_core.errors import LstmCoreError

STEPS, SEQUENCES, FEATURES, UNITS = 6, 2, 4, 5
LETTERS = "figoch"


class Loop(nn.Module):
    """A cell step by step, with its variables at the end of each step kept."""

    def __init__(self, cell: nn.Module) -> None:
        super().__init__()
        self.cell, self.variables = cell, list[dict[str, Tensor]]()
        self.takes = slice(None)
        """Which of what a step returned the next one takes: some return their output before their state."""

    def forward(self, x: Tensor) -> Tensor:
        state, shown = None, []
        for row in x:
            with self._kept():
                state = self.cell(row) if state is None else self.cell(row, self._taken(state))
            shown.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(shown)

    def _taken(self, state: Any) -> Any:
        if not isinstance(state, tuple):
            return state
        taken = state[self.takes]
        return taken[0] if len(taken) == 1 else taken

    def _kept(self) -> _Locals:
        self.variables.append({})
        return _Locals(inspect.getfile(type(self.cell)), self.variables[-1])


class _Locals:
    """Keeps the tensors among the variables of the functions of a file, as they are when a function returns."""

    def __init__(self, file: str, into: dict[str, Tensor]) -> None:
        self.file, self.into = file, into

    def __enter__(self) -> None:
        sys.setprofile(self._seen)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _seen(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code.co_filename == self.file:
            own = {name: value for name, value in frame.f_locals.items() if isinstance(value, Tensor)}
            self.into.update({name: value.detach() for name, value in own.items()})


def published() -> Iterator[tuple[str, nn.Module]]:
    """torchrecurrent's cells with drawn weights, by name."""
    torchrecurrent = import_module("torchrecurrent")

    for name, kind in sorted(vars(torchrecurrent).items()):
        if not (inspect.isclass(kind) and issubclass(kind, nn.Module) and name.endswith("Cell") and "Base" not in name):
            continue
        torch.manual_seed(0)
        cell = kind(UNITS if name == "IntersectionRNNCell" else FEATURES, UNITS)
        for weight in cell.parameters():
            nn.init.normal_(weight, std=0.5)
        yield name, cell


def named(trace: lstm_core.CellTrace, variables: list[dict[str, Tensor]]) -> dict[str, str]:
    """By letter, the variable that a quantity is at every step; "1 − v" if it is 1 minus one."""
    found = {}
    for letter in [letter for letter in LETTERS if letter in trace.kept]:
        steps = getattr(trace, letter)[0, 0]
        found[letter] = next((name for name in variables[-1] if _is(steps, name, variables)), "?")
        if found[letter] == "?":
            ones = (f"1 − {name}" for name in variables[-1] if _is(1 - steps, name, variables, atol=1e-6))
            found[letter] = next(ones, "1" if bool((steps == 1).all()) else "?")
    return found


def _is(steps: Tensor, name: str, variables: list[dict[str, Tensor]], atol: float = 0) -> bool:
    own = [step.get(name) for step in variables]
    return all(
        value is not None and value.shape == mine.shape and torch.allclose(value, mine, rtol=0, atol=atol)
        for value, mine in zip(own, steps, strict=True)
    )


def main() -> None:
    warnings.simplefilter("ignore")
    found, of = 0, 0
    for name, cell in published():
        of += 1
        model = Loop(cell)
        torch.manual_seed(1)
        x = torch.randn(STEPS, SEQUENCES, int(cell.input_size))  # type: ignore[arg-type]
        for model.takes in (slice(None), slice(1, None)):
            with suppress(TypeError, ValueError), torch.no_grad():
                model(x)
                break
        model.variables.clear()
        try:
            with torch.no_grad(), lstm_core.record(model) as recording:
                model(x)
        except LstmCoreError as error:
            print(f"{name:28}{str(error).split('.')[0]}.")
            continue
        found += 1
        for trace in recording.values():
            assert isinstance(trace, lstm_core.CellTrace)
            roles = named(trace, model.variables)
            print(f"{name:28}" + "  ".join(f"{letter} = {said}" for letter, said in roles.items()))
    print(f"{found} of {of} found")


if __name__ == "__main__":
    main()
