"""Which LSTM runs when the visitor gives none?"""

from typing import TypeVar

import torch
from torch import nn

from lstm_core.errors import LstmCoreError

_Module = TypeVar("_Module", bound=nn.Module)


def random_lstm(
    input_size: int, hidden_size: int, num_layers: int = 1, seed: int = 0, bidirectional: bool = False
) -> nn.LSTM:
    """An untrained `nn.LSTM`, equal to `torch.manual_seed(seed); nn.LSTM(...)`.

    Torch's global random state is neither read nor changed, so concurrent runs never mix.
    Raises LstmCoreError when a size is not positive.

    >>> random_lstm(4, 3, seed=2).weight_ih_l0.shape
    torch.Size([12, 4])
    """
    return draw_lstm(input_size, hidden_size, num_layers, torch.Generator().manual_seed(seed), bidirectional)


def draw_lstm(
    input_size: int, hidden_size: int, num_layers: int, generator: torch.Generator, bidirectional: bool = False
) -> nn.LSTM:
    """`random_lstm` with weights from the generator, which continues from its present state."""
    sizes = {"input_size": input_size, "hidden_size": hidden_size, "num_layers": num_layers}
    for name, size in sizes.items():
        if size < 1:
            raise LstmCoreError(f"Expected {name} of at least 1, got {size}. Give a positive whole number.")
    lstm = nn.LSTM(input_size, hidden_size, num_layers, bidirectional=bidirectional, device="meta")
    return drawn(lstm, hidden_size**-0.5, generator).eval()


def drawn(module: _Module, bound: float, generator: torch.Generator) -> _Module:
    """A module of the device "meta", filled with weights drawn between -bound and bound, in PyTorch's order."""
    weights = {
        name: torch.empty(weight.shape).uniform_(-bound, bound, generator=generator)
        for name, weight in module.named_parameters()
    }
    module.load_state_dict(weights, assign=True)
    return module
