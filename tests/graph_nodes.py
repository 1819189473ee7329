"""Which nodes of the gradient's graph stand behind a tensor?"""

from typing import Any

import torch


def nodes_behind(tensor: torch.Tensor) -> set[Any]:
    """All nodes through which a gradient goes back from a tensor."""
    seen: set[Any] = set()
    left: list[Any] = [tensor.grad_fn]
    while left:
        node = left.pop()
        if node is not None and node not in seen:
            seen.add(node)
            left += [following for following, _ in node.next_functions]
    return seen
