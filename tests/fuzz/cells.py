"""Is a hand-written cell found in whatever form and style it is written? `python -m tests.fuzz.cells [HOW_MANY] [SEED]`

Draws cells (the form of the equation times the style of the code), records each twice, and compares every gate with
the one that the cell kept by hand. Prints how many were found with all roles right, and each that was not.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import torch

import lstm_core

sys.path.insert(0, str(Path(__file__).parents[1]))
from drawn_cells import EVERY, Drawn


def wrong(drawn: Drawn) -> list[str]:
    """What is wrong with the trace of a drawn cell, in the block that finds it and in the next."""
    model, said = drawn.model(), []
    for block in ("first", "known"):
        model.cell.kept.clear()
        try:
            with lstm_core.record(model) as recording:
                model(torch.randn(6, 2, 3))
            trace = recording["cell"]
        except lstm_core.LstmCoreError as error:
            return [*said, f"{block}: refused: {error}"]
        untold = set("oh") if drawn.loop == "step" and drawn.shown in ("plain", "no gate") else set()
        if not set(drawn.letters) - untold <= set(trace.kept) <= set(drawn.letters):
            said.append(f"{block}: found {trace.kept}")
        for letter in set(trace.kept) & set(drawn.letters):
            kept = torch.stack([step[letter] for step in model.cell.kept])
            if not torch.allclose(getattr(trace, letter)[0, 0], kept, atol=1e-6, rtol=1e-6):
                said.append(f"{block}: {letter} is another")
    return said


def main(many: int = 400, seed: int = 0) -> int:
    """Draw so many cells; 1 if one of them was not right and not refused."""
    torch.set_num_threads(1)
    draw, counts = random.Random(seed), Counter[str]()
    for number in range(many):
        torch.manual_seed(seed + number)
        drawn = draw.choice(EVERY)
        said = wrong(drawn)
        counts["right" if not said else "refused" if "refused" in said[-1] else "wrong"] += 1
        for line in said:
            print(drawn, line)
    print(f"{many} cells of {len(EVERY):,}: " + ", ".join(f"{number} {name}" for name, number in counts.items()))
    return int(counts["wrong"] > 0)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
