"""How large a difference from PyTorch can rounding explain?

A sum of n products that is added in another order differs by about √n roundings of the sum of their sizes (Higham &
Mary 2019, "A new approach to probabilistic rounding error analysis"; in the worst case by n, Higham 2002, chapter 3).
No gate is steeper than what it is computed from, so its value is off by no more. What a memory adds up of it over many
steps is in `running_bound`.
"""

import math

import torch
from torch import Tensor

from lstm_core.recording.call import HALVES, Call, Weights
from lstm_core.recording.distance import sizes

FEW_ROUNDINGS = 2
"""Up to so many roundings of 1 a difference is not put in proportion: most runs need no pass over their memory."""
OF_A_STEP = 10
"""Roundings of a step besides its products: two biases, the functions of gates and memory, and what they multiply."""


ROUNDED_SUMS = 3
"""Roundings of a sum in halves: W x + b, U h + b, and the two together, each in the module and here."""


def explained(call: Call, relative: float, h: Tensor) -> bool:
    """Whether rounding of one step explains a difference in proportion to the values.

    h: (layer, direction, time, batch, unit).
    """
    # The terms' own sizes take a pass over all weights, and seldom matter.
    return explained_alone(call, relative) or relative <= _of_a_step(call) * _largest_sum(call, h)


def explained_alone(call: Call, relative: float) -> bool:
    """Whether a difference is no more than the rounding of one step whose values are at most around 1."""
    return relative <= _of_a_step(call)


def of_products(call: Call, terms: int) -> float:
    """The rounding of a sum of products, in proportion to the sum of their sizes."""
    if call.precision in HALVES:
        # Halves are added in float32.
        return ROUNDED_SUMS * _eps(call) + torch.finfo(torch.float32).eps * math.sqrt(terms)
    return _eps(call) * math.sqrt(terms + OF_A_STEP)


def of_values(call: Call) -> float:
    """The rounding of what is no product of matrices, in the module and here, in proportion to its size."""
    return 2 * torch.finfo(call.precision).eps


def _of_a_step(call: Call) -> float:
    terms = max(side.ih.shape[1] + side.hh.shape[1] + OF_A_STEP for sides in call.weights for side in sides)
    return _eps(call) * math.sqrt(terms)


def _eps(call: Call) -> float:
    """The rounding of 1 in the module's products."""
    if call.x.device.type == "cuda" and call.precision == torch.float32 and torch.backends.cudnn.allow_tf32:
        # PyTorch's default: cuDNN multiplies float32 with ten binary places.
        return 2.0**-10
    return torch.finfo(call.precision).eps


def _largest_sum(call: Call, h: Tensor) -> float:
    """The largest sum of the sizes of the terms of which a gate is computed, and of those of a projection."""
    with torch.no_grad():
        inside = max([1.0, *(_largest(values) for values in (h, call.start["h"], *call.dropout))])
        return max(
            _sum_of(side, inside if layer else _largest(call.x), inside)
            for layer, sides in enumerate(call.weights)
            for side in sides
        )


def _sum_of(side: Weights, x: float, h: float) -> float:
    biases = sum(_largest(bias) for bias in (side.bias_ih, side.bias_hh) if bias is not None)
    of_gate = x * _largest_row(side.ih) + h * _largest_row(side.hh) + biases
    return of_gate * (1.0 if side.hr is None else max(1.0, _largest_row(side.hr)))


def _largest(values: Tensor) -> float:
    return float(sizes(values.flatten()).nan_to_num(nan=0.0)) if values.numel() else 0.0


def _largest_row(weight: Tensor) -> float:
    return float(weight.abs().sum(1).max())
