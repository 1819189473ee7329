"""How well is a property read that is only a name for each token? The control task of Hewitt & Liang (2019).

A map of many units may know the tokens by heart. Then it reads any label of the token as well, one drawn at random too:
what a property's score is above that of such labels is its selectivity.
"""

from collections.abc import Sequence

import numpy as np

from lstm_core.analysis.auc_and_r_squared import never_changes

DRAWS = 10
"""How many random labels are read."""
TRIES = 10
"""For each of them, how often one is drawn that changes: of two tokens, both may get the same."""


def control_labels(tokens: Sequence[str], property: np.ndarray, seed: int) -> np.ndarray:
    """Random labels (step, draw): each token has the same one wherever it stands, drawn from the property's numbers.

    `tokens`, `property` (step,). There may be fewer draws than `DRAWS`, or none, where there are few different tokens.
    """
    rng = np.random.default_rng(seed)
    kinds, kind = np.unique(np.asarray(tokens, dtype=str), return_inverse=True)
    drawn = (rng.choice(property, len(kinds))[kind] for _ in range(DRAWS * TRIES))
    labels = [label for label in drawn if not never_changes(label)][:DRAWS]
    return np.stack(labels, axis=1) if labels else np.empty((len(property), 0))
