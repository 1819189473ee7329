"""Which weights of a file hold NaN or infinity, and how many?"""

import math
from collections.abc import Iterable

from torch import Tensor

from lstm_core.errors import shortened

_NAMED = 5


def not_finite(weights: Iterable[tuple[str, Tensor]]) -> str:
    """A sentence that counts, by name, the numbers that are NaN or infinite; "" where all are finite.

    >>> import torch
    >>> not_finite([("fc.weight", torch.tensor([1.0, float("nan"), float("inf")])), ("fc.bias", torch.zeros(2))])
    "Not finite: 2 of 3 numbers in 'fc.weight' (1 NaN, 1 infinite)."
    """
    found = [(name, weight) for name, weight in weights if weight.numel() and not _all_finite(weight)]
    if not found:
        return ""
    told = [_counted(name, weight) for name, weight in found[:_NAMED]]
    told += [f"and in {len(found) - _NAMED:,} more tensors"] if len(found) > _NAMED else []
    return f"Not finite: {'; '.join(told)}."


def _all_finite(weight: Tensor) -> bool:
    """Without a copy of a large tensor."""
    least, most = weight.detach().aminmax()
    return math.isfinite(least.item()) and math.isfinite(most.item())


def _counted(name: str, weight: Tensor) -> str:
    nan, infinite = int(weight.isnan().sum()), int(weight.isinf().sum())
    kinds = [f"{count:,} {kind}" for count, kind in ((nan, "NaN"), (infinite, "infinite")) if count]
    return f"{nan + infinite:,} of {weight.numel():,} numbers in {shortened(name)} ({', '.join(kinds)})"
