"""What does a scan keep of its texts, as traces?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lstm_core.scanning.model import JOINS
from lstm_core.scanning.windows import draws
from lstm_core.traces.recorded import Recorded

if TYPE_CHECKING:
    from lstm_core.scanning.result import Scan

MOST_NUMBERS = 1 << 25
"""The most numbers of c and h in the traces of one scan: 256 MiB as float64."""


def traces(scan: Scan) -> Iterator[Recorded]:
    """A trace a text, one after the other, of what is stored of its steps: for `find_units(scan, …)` and all else that
    takes traces. Of a large corpus, texts are drawn at random until c and h have 33 million numbers; the same scan
    always gives the same ones.

    The texts have their tokens. Rows of more than four numbers have none: whole copies of such a text are known to be
    copies, by a digest in `config`, but not windows of one series, for which there is `groups`.
    """
    for number, steps in sorted(_drawn(scan).items()):
        yield _trace(scan, number, steps)


def _drawn(scan: Scan) -> dict[int, int]:
    """How many steps of which texts."""
    left, chosen = max(1, MOST_NUMBERS // scan.sizes.numbers(scan.sizes.cell.trace.states)), dict[int, int]()
    for number in np.argsort(draws(np.zeros(scan.texts, np.uint64), np.arange(scan.texts)), kind="stable").tolist():
        if steps := min(int(scan.lengths[number]), left):
            chosen[number] = steps
            left -= steps
    return chosen


def _trace(scan: Scan, number: int, steps: int) -> Recorded:
    kind, sizes, tokens = scan.sizes.cell.trace, scan.sizes, scan.tokens_of(number, 0, steps)
    sides = list(np.ndindex(sizes.layers, sizes.directions))
    values: dict[str, Any] = dict.fromkeys(kind.required())
    for quantity in scan.quantities:
        each = np.stack([scan.states(number, 0, steps, quantity, *side).T for side in sides])
        values[quantity] = torch.from_numpy(each.reshape(sizes.layers, sizes.directions, steps, 1, -1))
    for state in set(kind.states) & set(scan.quantities):
        start = torch.from_numpy(scan.table[f"{state}_start"]).float()
        values[f"{state}0"] = start.reshape(sizes.layers, sizes.directions, 1, -1)
    said: dict[str, Any] = {"max_error": scan.max_error, "proof": scan.proof, "name": scan.origin.model}
    roles = dict.fromkeys(scan.quantities, "kept by a scan")
    config = {"proj_size": sizes.hidden if sizes.hidden != sizes.units else 0, "roles": roles}
    if scan.origin.joins == JOINS["numbers"] and not any(tokens):
        return kind(**values, **said, config=config | {"digest": f"{scan.digests[number]:016x}"})
    return kind(**values, **said, config=config, tokens=[tokens])
