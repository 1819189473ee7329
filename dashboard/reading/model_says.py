"""What does a model answer at each step of two compared readings?"""

from __future__ import annotations

import numpy as np
from torch import Tensor

from lstm_core import SequenceModel, Trace
from lstm_core.analysis import Comparison

Said = tuple[np.ndarray, np.ndarray]


def said_of(
    model_a: SequenceModel, trace_a: Trace, model_b: SequenceModel, trace_b: Trace, comparison: Comparison
) -> Said:
    """(label, pair) for both: the models' answers at each step, NaN where there is no step."""
    a, b = (model.probabilities(model.scores(trace))[:, 0] for model, trace in ((model_a, trace_a), (model_b, trace_b)))
    return _by_pair(a, [a for a, _ in comparison.pairs]), _by_pair(b, [b for _, b in comparison.pairs])


def _by_pair(values: Tensor, steps: list[int | None]) -> np.ndarray:
    found = np.full((values.shape[1], len(steps)), np.nan)
    for pair, step in enumerate(steps):
        if step is not None:
            found[:, pair] = values[step].detach().numpy()
    return found
