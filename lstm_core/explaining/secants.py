"""How steep is a gate between two runs? The slope of the secant, so that slope times difference is exact.

    S = (act(a) - act(b)) / (a - b)        and the derivative act'(a) where a = b

A product of two quantities that both differ is split evenly, by their means over the two runs:

    u_a v_a - u_b v_b = ū (v_a - v_b) + v̄ (u_a - u_b)

Shrikumar, Greenside & Kundaje 2017, "Learning important features through propagating activation differences" (the
rescale rule), applied to gates. All tensors are (time, run, …, unit), with run a and run b.
"""

import torch
from torch import Tensor


def sigmoid_slope(z: Tensor) -> Tensor:
    """The secant of σ between the two runs, (time, …, unit).

    σ(a) - σ(b) = σ(a) σ(-b) (1 - e^(b - a)), which loses no digit where both are nearly equal or nearly shut.

    >>> sigmoid_slope(torch.tensor([[[0.0, 1.0], [0.0, 3.0]]]))
    tensor([[0.2500, 0.1108]])
    """
    high, low = z.amax(1), z.amin(1)
    return high.sigmoid() * (-low).sigmoid() * _fading(high - low)


def tanh_slope(z: Tensor) -> Tensor:
    """The secant of tanh between the two runs, (time, …, unit), from tanh z = 2 σ(2z) - 1.

    >>> tanh_slope(torch.zeros(1, 2, 3))
    tensor([[1., 1., 1.]])
    """
    return 4 * sigmoid_slope(2 * z)


def relu_slope(z: Tensor) -> Tensor:
    """The secant of relu between the two runs, (time, …, unit); 0 where both are 0, as PyTorch's derivative.

    >>> relu_slope(torch.tensor([[[2.0, -1.0, 1.0], [3.0, -2.0, -3.0]]]))
    tensor([[1.0000, 0.0000, 0.2500]])
    """
    high, low = z.amax(1), z.amin(1)
    differ = high > low
    secant = (high.relu() - low.relu()) / torch.where(differ, high - low, 1.0)
    return torch.where(differ, secant, (high > 0).to(z.dtype))


def mean(values: Tensor) -> Tensor:
    """The mean of the two runs, (time, …, unit): a bar in the equations."""
    return values.mean(1)


def _fading(d: Tensor) -> Tensor:
    """(1 - e^-d) / d, and its limit 1 at d = 0."""
    return torch.where(d > 0, -torch.expm1(-d) / torch.where(d > 0, d, 1.0), 1.0)
