"""Which module runs untrained: where a visitor gives none, in the lesson, and beside a GRU and an RNN?"""

from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError

# Which LSTM runs when the visitor gives none?

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


# The lesson "LSTM Structure": its own random numbers.

State = tuple[Tensor, Tensor]


class Lesson(NamedTuple):
    """The lesson's module, inputs and states after `torch.manual_seed(seed)`.

    Inputs (time, 1, feature); two states, each h and c of (1, 1, unit). The lesson's loop starts from `first`; the
    lesson draws `second` before it reads all steps in one call.
    """

    lstm: nn.LSTM
    inputs: Tensor
    first: State
    second: State


def lesson(input_size: int = 4, hidden_size: int = 3, steps: int = 5, seed: int = 2) -> Lesson:
    """The lesson's own example, number for number, or an example of other dimensions.

    >>> example = lesson()
    >>> example.lstm(example.inputs[:1], example.first)[0].detach()
    tensor([[[-0.4372,  0.2583,  0.2947]]])
    """
    if steps < 1:
        raise LstmCoreError(f"Expected at least 1 step, got {steps}. Give a positive whole number.")
    # One generator draws in the lesson's order: the module, the inputs, then the states.
    drawing = torch.Generator().manual_seed(seed)
    lstm = draw_lstm(input_size, hidden_size, 1, drawing)
    inputs = torch.stack([torch.randn(1, input_size, generator=drawing) for _ in range(steps)])

    def state() -> State:
        h0 = torch.randn(1, 1, hidden_size, generator=drawing)
        return h0, torch.randn(1, 1, hidden_size, generator=drawing)

    return Lesson(lstm, inputs, state(), state())


# Which GRU and RNN stand beside an LSTM of one size?


def three_modules(input_size: int, hidden_size: int, seed: int) -> tuple[nn.LSTM, nn.GRU, nn.RNN]:
    """An untrained LSTM, GRU and plain RNN, each as `torch.manual_seed(seed)` makes it."""
    sizes: dict[str, Any] = {"input_size": input_size, "hidden_size": hidden_size, "device": "meta"}
    modules = nn.LSTM(**sizes), nn.GRU(**sizes), nn.RNN(**sizes)
    for module in modules:
        drawn(module, hidden_size**-0.5, torch.Generator().manual_seed(seed)).eval()
    return modules
