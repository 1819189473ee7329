"""Where does a recording get memory that is fast to fill?"""

import numpy as np
import torch
from torch import Tensor


def empty(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """An empty tensor. NumPy asks the system for huge pages, whose first write is several times faster."""
    if device.type != "cpu" or dtype not in (torch.float32, torch.float64):
        return torch.empty(shape, dtype=dtype, device=device)
    return torch.from_numpy(np.empty(shape, np.float32 if dtype == torch.float32 else np.float64))
