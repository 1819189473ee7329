"""What are the dims of a recorded tensor, and how does a tensor become an array?"""

import numpy as np
import torch
from torch import Tensor

DIMS = ("layer", "direction", "time", "batch", "unit")


def as_numpy(tensor: Tensor) -> np.ndarray:
    """A tensor as an array on the CPU; bfloat16 becomes float32, because NumPy lacks it."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
