"""How near are the shares that a method gives to the true ones?"""

import torch
from torch import Tensor

CAUSE = 0.02
"""A cell is a cause if it makes more than this share of the answer."""


def average_precision(shares: Tensor, causes: Tensor) -> float:
    """The area under the curve of precision against recall (AUPRC), the largest shares first; NaN without a cause.

    >>> round(average_precision(torch.tensor([3.0, -2.0, 1.0]), torch.tensor([True, False, True])), 4)
    0.8333
    """
    hits = causes.flatten()[shares.abs().flatten().argsort(descending=True, stable=True)]
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    return float(precision[hits].mean())


def cause_is_found(shares: Tensor, causes: Tensor) -> float:
    """AUPRC of the sizes of shares (any shape) for the cells that made more than `CAUSE` of the answer."""
    part = causes.abs() / causes.abs().sum()
    return average_precision(shares, part > CAUSE)


def distance(shares: Tensor, causes: Tensor) -> float:
    """Half the sum of the differences between two ways to share out an answer: 0 for the same, 1 for nothing shared.

    >>> round(distance(torch.tensor([2.0, 2.0]), torch.tensor([0.0, 4.0])), 4)
    0.5
    """
    return float((shares / shares.sum() - causes / causes.sum()).abs().sum() / 2)


def rank_correlation(one: Tensor, other: Tensor) -> float:
    """Spearman's correlation of two rows of numbers without ties."""
    ranks = torch.stack([row.argsort().argsort().double() for row in (one, other)])
    return float(torch.corrcoef(ranks)[0, 1])
