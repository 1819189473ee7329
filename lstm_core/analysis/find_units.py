"""Which unit tracks this property of the text?"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from lstm_core.analysis.properties import Property
from lstm_core.analysis.property_values import Values, values_at_steps
from lstm_core.analysis.shuffle import shuffled, way_to_shuffle
from lstm_core.analysis.strength import Measure, as_score, measure_for, never_changes, strength
from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress
from lstm_core.traces.several import Traces, all_steps, as_traces
from lstm_core.traces.trace import Quantity, Trace

if TYPE_CHECKING:
    import pandas


def find_units(
    traces: Traces,
    property: str | Property | Values,
    held_out: Traces | tuple[Traces, Values] | None = None,
    quantities: Sequence[Quantity] = ("c", "h"),
    permutations: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
) -> pandas.DataFrame:
    """How well each unit of each layer and direction tracks a property, the best first.

    `property`: a name (`lstm_core.PROPERTIES`, "count of a", …), a function from tokens to numbers, or the numbers
    themselves, one a step: a list a sequence over all traces in turn, or one list where there is one sequence. Then
    `held_out` is a pair (traces, numbers). `progress` is called with the share that is done, now and then; what it
    raises ends the search.

    Columns `quantity layer direction unit` and
    `score`: for a property of zeros and ones the area under the ROC curve (AUC), for any other R², the squared
        correlation; `attrs["measure"]` says which. `sign`: -1 where the unit falls as the property rises; an AUC is
        that of the unit times its sign, so never below 0.5. `correlation`: of the two, signed.
    `p`: how often the best of all units searched does as well on shuffled properties: by whole sequences, or by
        circular shifts where there are fewer than five (`attrs["shuffled"]`). Being that of the best, it is corrected
        for the number of units, `attrs["searched"]`. No p is below 1 / (permutations + 1).
    `held_out`: the same unit's score on `held_out`, its sign as found on `traces`: an AUC may fall below 0.5 there, and
        an R² whose correlation turned counts as 0. NaN where the property never changes there; no column without it.

    Raises LstmCoreError when the tokens are missing, the numbers don't fit the steps, or the property never changes.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(50, 1, 4), tokens=list("ab(c)" * 10))
    >>> found = find_units(trace, "inside brackets")
    >>> len(found), found.attrs["searched"], found.attrs["measure"], found.attrs["shuffled"]
    (6, 6, 'AUC', 'circular shifts')
    """
    import pandas as pd

    several = as_traces(traces)
    values = values_at_steps(several, property)
    steps = np.concatenate(values)
    if never_changes(steps):
        raise LstmCoreError(
            f"Expected a property that changes, got {steps[0]:g} at all {len(steps)} steps. Give texts where it does."
        )
    way, measure, rng = way_to_shuffle(values), measure_for(steps), np.random.default_rng(seed)
    columns = np.stack([steps, *(np.concatenate(shuffled(values, way, rng)) for _ in range(permutations))], axis=1)
    table, series = _every_unit(several, quantities)
    table |= _scores(series, columns, measure, progress)
    if held_out is not None:
        table["held_out"] = _held_out_scores(*_held_out(held_out, property), table, measure)
    rows = pd.DataFrame(table).sort_values("score", ascending=False, kind="stable", ignore_index=True)
    name = property if isinstance(property, str) else getattr(property, "__name__", "given values")
    rows.attrs = {"property": name, "measure": measure, "searched": len(rows), "shuffled": way}
    rows.attrs |= {"permutations": permutations, "sequences": len(values), "steps": len(columns)}
    return rows


def _scores(
    series: np.ndarray, columns: np.ndarray, measure: Measure, progress: Progress | None
) -> dict[str, np.ndarray]:
    """How well each series (step, series) tells the first of some columns (step, column), the others being shuffles."""
    blocks = _blocks(series)
    strengths = []
    for done, block in enumerate(blocks, 1):
        strengths.append(strength(block, columns, measure))
        if progress is not None:
            progress(done / len(blocks))
    found, *of_shuffled = np.concatenate(strengths).T
    best_of_shuffled = np.abs(of_shuffled).max(1) if of_shuffled else np.empty(0)
    # As good is as good: equal strengths may differ by rounding.
    as_good = best_of_shuffled >= np.abs(found)[:, None] - 1e-12
    return {
        "score": as_score(np.abs(found), measure),
        "sign": np.where(found < 0, -1, 1),
        "correlation": strength(series, columns[:, :1], "R²")[:, 0],
        "p": (1 + as_good.sum(1)) / columns.shape[1],
    }


def _held_out_scores(
    held_out: Traces, property: str | Property | Values, found: dict[str, Any], measure: Measure
) -> np.ndarray:
    """The score of each unit found, with its sign, on other traces; NaN where the property never changes there."""
    several = as_traces(held_out)
    column = np.concatenate(values_at_steps(several, property))
    table, series = _every_unit(several, list(dict.fromkeys(found["quantity"])))
    if series.shape[1] != len(found["unit"]):
        raise LstmCoreError(
            f"Expected held_out of the same LSTM, with {len(found['unit'])} series to search, got {len(table['unit'])}."
        )
    if never_changes(column):
        return np.full(series.shape[1], np.nan)
    return as_score(found["sign"] * strength(series, column[:, None], measure)[:, 0], measure)


def _held_out(
    held_out: Traces | tuple[Traces, Values], property: str | Property | Values
) -> tuple[Traces, str | Property | Values]:
    """Traces and what to look for in them: with numbers, those that came along."""
    if isinstance(property, str) or callable(property):
        return cast(Traces, held_out), property
    if isinstance(held_out, tuple) and len(held_out) == 2 and not isinstance(held_out[1], Trace):
        return held_out[0], held_out[1]
    raise LstmCoreError("Expected held_out=(traces, numbers), as the property is numbers, got traces alone.")


def _every_unit(traces: Sequence[Trace], quantities: Sequence[Quantity]) -> tuple[dict[str, Any], np.ndarray]:
    """Which units there are, by column, and their values (step, unit of any quantity, layer and direction)."""
    places, series = [], []
    for quantity in quantities:
        values = all_steps(traces, attrgetter(quantity))
        layer, direction, unit = np.indices(values.shape[1:]).reshape(3, -1)
        places.append({"quantity": [quantity] * len(unit), "layer": layer, "direction": direction, "unit": unit})
        series.append(values.reshape(len(values), -1))
    table: dict[str, Any] = {name: np.concatenate([place[name] for place in places]) for name in places[0]}
    found = np.concatenate(series, axis=1)
    if not np.isfinite(found).all():
        raise LstmCoreError("Expected states that are numbers, got NaN or infinity in the trace. Look at its input.")
    return table, found


def _blocks(series: np.ndarray, width: int = 64) -> list[np.ndarray]:
    """Some columns at a time, so that memory doesn't grow with the number of units."""
    return [series[:, first : first + width] for first in range(0, series.shape[1], width)]
