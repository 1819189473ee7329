"""What does the cell state buy? `copy`, learned by an LSTM, a GRU and a plain RNN.

`python -m studies.cells_learn_copy`

All get the same number of units and epochs, the same kind of examples, and the same seeds. A second plain RNN gets as
many parameters as the LSTM. The gates learn the task sooner; with more parameters and epochs the plain RNN learns it
too.
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import safetensors.torch
import torch

from lstm_core.files.write_whole import write_bytes
from lstm_core.training import epochs
from lstm_core.training.copying import CELLS, KINDS, MEASURED, Copy, Learned, shipped

GAPS = (10, 100, 500)
# The gaps across which the page Lesson draws them, and the one across which a model has learned the task.
DRAWN, ASKED = (1, 5, 10, 50, 100, 500), 100


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


HEAD = (
    _row(
        "epochs",
        "module",
        "units",
        "parameters",
        *(f"right after a gap of {gap}" for gap in GAPS),
        "always right at 100",
    ),
    _row(*["---"] * (5 + len(GAPS))),
)


def row(one: Learned) -> str:
    """A line of a Markdown table."""
    right = (f"{one.right(gap):.2f}" for gap in GAPS)
    return _row(
        one.epochs, one.cell, one.units, one.parameters, *right, f"{one.always_right(100)} of {len(one.models)}"
    )


def learned(cell: str, seeds: range, passes: int, units: int) -> Learned:
    """Train `copy` with one kind of module, a key of `CELLS`, once for each seed."""
    models = []
    for seed in seeds:
        *_, last = epochs(Copy(cell=CELLS[cell]), seed=seed, epochs=passes, hidden_size=units)
        models.append(last.model)
    return Learned(cell, passes, models)


def save(found: list[Learned], path: Path) -> None:
    """Write the models' weights to the file that `shipped` reads."""
    tensors = {}
    for one in found:
        states = [model.state_dict() for model in one.models]
        for name in states[0]:
            weights = torch.stack([state[name] for state in states])
            tensors[f"{one.epochs}/{one.cell}/{one.units}/{name}"] = weights
    write_bytes(path, safetensors.torch.save(tensors))


def by_gap(found: Iterable[Learned]) -> str:
    """How often each kind is right, as the page Lesson reads it."""
    kinds = [
        {
            "cell": one.cell,
            "units": one.units,
            "epochs": one.epochs,
            "right": [round(one.right(gap), 4) for gap in DRAWN],
            "always": one.always_right(ASKED),
            "models": len(one.models),
        }
        for one in found
    ]
    return json.dumps({"gaps": DRAWN, "asked": ASKED, "kinds": kinds}, indent=2) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the models to a .safetensors file")
    parser.add_argument("--score", action="store_true", help="train none: the models that come along")
    options = parser.parse_args()
    torch.set_num_threads(1)
    trained = (learned(cell, range(10), passes, units) for passes in (10, 50) for cell, units in KINDS)
    found: list[Learned] = []
    print(*HEAD, sep="\n", flush=True)
    for one in shipped() if options.score else trained:
        found.append(one)
        print(row(one), flush=True)
    if options.save:
        save(found, options.save)
        write_bytes(options.save.with_name(MEASURED.name), by_gap(found).encode())


if __name__ == "__main__":
    main()
