"""How is one weight multiplied with many inputs, step after step?

oneDNN, which PyTorch runs an `nn.LSTM` with, arranges a weight once and then multiplies it many times. Without that,
each product arranges the weight again; on processors that are not Intel's, PyTorch's other library is also slower.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Product = Callable[[Tensor, Tensor], Tensor]
"""From inputs (row, feature) and numbers (row, output) to weight · input + numbers (row, output), in other memory or in
that of the numbers."""


def product_with(weight: Tensor, rows: int) -> Product:
    """The product of a weight (output, feature) with so many rows at once."""
    if _has_onednn():
        arranged = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), rows)
        multiply = torch.ops.mkldnn._linear_pointwise.binary

        def arranged_once(inputs: Tensor, numbers: Tensor) -> Tensor:
            found: Tensor = multiply(inputs, numbers, arranged, None, "add")
            return found

        return arranged_once
    transposed = weight.T

    def each_time(inputs: Tensor, numbers: Tensor) -> Tensor:
        return numbers.addmm_(inputs, transposed)

    return each_time


def affine_with(weight: Tensor, bias: Tensor, rows: int) -> Callable[[Tensor], Tensor]:
    """From inputs (row, feature), about so many rows at once, to weight · input + bias (row, output)."""
    if _has_onednn():
        arranged = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), rows)
        multiply = torch.ops.mkldnn._linear_pointwise

        def arranged_once(inputs: Tensor) -> Tensor:
            found: Tensor = multiply(inputs, arranged, bias, "none", [], "")
            return found

        return arranged_once
    return lambda inputs: torch.addmm(bias, inputs, weight.T)


def _has_onednn() -> bool:
    """Whether PyTorch was built with oneDNN and uses it."""
    operations = ("_reorder_linear_weight", "_linear_pointwise")
    return (
        torch._C._has_mkldnn
        and bool(torch.backends.mkldnn.enabled)
        and all(hasattr(torch.ops.mkldnn, name) for name in operations)
    )
