"""Which calls does the kernel compute?"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from lstm_core.recording.call import arguments
from lstm_core.recording.hooks import is_traced
from lstm_core.recording.intervene import is_held
from lstm_core.recording.modules import drops_out


def fits(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether the kernel can compute a call: dense float32 on a CPU, without gradients."""
    given, state = arguments(args, kwargs)
    well_called = len(args) + len(kwargs) <= 2 and kwargs.keys() <= ({"hx"} if args else {"input", "hx"})
    if not well_called or not (state is None or (isinstance(state, (tuple, list)) and len(state) == 2)):
        return False
    # Reading a parametrized weight computes it, and may draw random numbers.
    if nn.utils.parametrize.is_parametrized(module) or drops_out(module):
        return False
    states = state or ()
    module._update_flat_weights()
    return (
        all(map(_plain, (given, *states, *module._flat_weights)))
        and given.numel() > 0
        and _shapes_fit(module, given, states)
        and not module.proj_size
        and _weights_fit(module)
        and not torch.is_autocast_enabled("cpu")
        and forward_ad._current_level < 0
        and not is_traced()
        and not is_held(module)
    )


def _plain(tensor: Any) -> bool:
    """Whether the kernel can read a tensor and ignore its gradient."""
    return (
        type(tensor) in (Tensor, nn.Parameter)
        and tensor.dtype == torch.float32
        and tensor.is_cpu
        and tensor.layout == torch.strided
        and not tensor.is_neg()
        and not (tensor.requires_grad and torch.is_grad_enabled())
    )


def _shapes_fit(module: nn.LSTM, given: Tensor, states: Sequence[Tensor]) -> bool:
    """Whether the shapes are those that the module takes; if not, the module raises its own error."""
    if given.dim() not in (2, 3) or given.shape[-1] != module.input_size:
        return False
    batch = given.shape[:1] if module.batch_first else given.shape[1:2]
    rows = module.num_layers * (2 if module.bidirectional else 1)
    expected = (rows, *(batch if given.dim() == 3 else ()), module.hidden_size)
    return all(state.shape == expected for state in states)


def _weights_fit(module: nn.LSTM) -> bool:
    """Whether each weight has the right shape: with another shape the kernel would read past its end."""
    rows, units, directions = 4 * module.hidden_size, module.hidden_size, 2 if module.bidirectional else 1
    expected: list[tuple[int, ...]] = []
    for features in [module.input_size] + [directions * units] * (module.num_layers - 1):
        expected += [(rows, features), (rows, units), *[(rows,)] * (2 * module.bias)] * directions
    return [weight.shape for weight in module._flat_weights if weight is not None] == expected
