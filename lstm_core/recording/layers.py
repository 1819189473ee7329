"""What does each layer of a module output, and what does dropout leave of it?

`nn.LSTM` hands all its layers to one `torch.lstm` and gets only the last layer's output; `nn.GRU` and `nn.RNN` do so
too. While a block is open that function is called once a layer: the same kernels in the same order, equal to the bit,
and the outputs of the lower layers are kept. In train mode `torch.dropout` comes between, as inside `torch.lstm`: it
draws the same random numbers, and they are kept too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any
from weakref import ref

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lstm_core.open_blocks import Block, blocks_here
from lstm_core.recording.hooks import OwnHook
from lstm_core.recording.kinds import has_pytorchs_forward

_KERNELS = (torch.lstm, torch.gru, torch.rnn_tanh, torch.rnn_relu)


def can_be_split(module: nn.Module) -> bool:
    """Whether layers can run one by one: only on a CPU, because one cuDNN kernel for all layers rounds differently."""
    several = has_pytorchs_forward(module) and getattr(module, "num_layers", 1) > 1
    return several and all(weight.device.type == "cpu" for weight in module.parameters())


@dataclass(eq=False)
class _Split:
    """A module whose layers run one by one. By thread: the mode of a call that runs, and what the last call gave, with
    its last state."""

    module: nn.Module
    running: dict[int, "_EachLayerAlone"] = field(default_factory=dict)
    last: dict[int, tuple[ref[Tensor], "_EachLayerAlone"]] = field(default_factory=dict)

    def before_forward(self, _module: nn.Module, _args: Any) -> None:
        self.end()
        self.running[get_ident()] = mode = _EachLayerAlone()
        mode.__enter__()  # type: ignore[no-untyped-call]

    def after_forward(self, _module: nn.Module, _args: Any, result: Any) -> None:
        if (mode := self.end()) is not None and result is not None:
            state = result[1] if isinstance(result[1], Tensor) else result[1][-1]
            self.last[get_ident()] = ref(state), mode

    def end(self) -> "_EachLayerAlone | None":
        """Ends the mode of a call in this thread, also of one that an exception ended without its hooks."""
        if (mode := self.running.pop(get_ident(), None)) is not None:
            mode.__exit__(None, None, None)  # type: ignore[no-untyped-call]
        return mode


def _split_here(module: nn.Module) -> _Split | None:
    """The outermost of several open blocks splits the layers, for all of them."""
    return next((split for split in blocks_here(_Split) if split.module is module), None)


@contextmanager
def layer_by_layer(module: nn.Module) -> Iterator[None]:
    """Inside the block a module of several layers runs one layer at a time; other modules are not changed."""
    if not can_be_split(module):
        yield
        return
    split = _Split(module)

    def is_ours(called: nn.Module) -> bool:
        return _split_here(called) is split

    before, after = OwnHook(is_ours, split.before_forward), OwnHook(is_ours, split.after_forward)
    handles = (
        module.register_forward_pre_hook(before),
        # Before all others: their operations are no layers.
        module.register_forward_hook(after, prepend=True, always_call=True),
    )
    try:
        with Block(split):
            yield
    finally:
        split.end()
        for handle in handles:
            handle.remove()


def below_the_last(module: nn.Module, last_state: Tensor) -> "_EachLayerAlone | None":
    """What the layers below the last gave in the call that just returned this c_n (of a GRU or an RNN: this h_n)."""
    split = _split_here(module)
    if split is None or get_ident() not in split.last:
        return None
    returned, below = split.last[get_ident()]
    # Another hook may have replaced the result: then what was kept does not belong to it.
    return below if returned() is last_state and below.outputs else None


class _EachLayerAlone(TorchFunctionMode):
    """Inside the block, `torch.lstm` and its like run once for each layer."""

    def __init__(self) -> None:
        super().__init__()
        # What the layers below the last gave, in the form of `torch.lstm`'s output.
        self.outputs: list[Tensor] = []
        # What dropout multiplied each of them by; empty if there was no dropout.
        self.dropout: list[Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _KERNELS and not kwargs and len(args) == 9:
            return self._each(func, *args)
        return func(*args, **(kwargs or {}))

    def _each(self, kernel: Any, *args: Any) -> tuple[Tensor, ...]:
        """Takes (input, state, weights, ...) or, packed, (data, batch_sizes, state, weights, ...)."""
        packed = not isinstance(args[3], bool)
        given, sizes = args[0], args[1:2] if packed else ()
        state, weights, has_biases, layers, dropout, train, *rest = args[1 + len(sizes) :]
        if layers == 1 or given.device.type != "cpu":
            return kernel(*args)  # type: ignore[no-any-return]
        weights_a_layer = len(weights) // layers
        states = (state,) if isinstance(state, Tensor) else state
        by_layer = zip(*(each.split(len(each) // layers) for each in states), strict=True)
        last: list[tuple[Tensor, ...]] = []
        for layer, own_states in enumerate(by_layer):
            own = weights[layer * weights_a_layer : (layer + 1) * weights_a_layer]
            own_state = own_states[0] if isinstance(state, Tensor) else own_states
            given, *ended = kernel(given, *sizes, own_state, own, has_biases, 1, dropout, train, *rest)
            last.append(tuple(ended))
            if layer < layers - 1:
                self.outputs.append(given.detach())
                if dropout and train:
                    given = self._dropped(given, dropout, batch_first=not packed and rest[-1])
        return given, *(torch.cat(each) for each in zip(*last, strict=True))

    def _dropped(self, given: Tensor, dropout: float, batch_first: bool) -> Tensor:
        """A layer's output as the next layer reads it."""
        # `torch.lstm` draws for the steps in memory, time first, and multiplies by what it drew.
        order = given.transpose(0, 1) if batch_first else given
        drawn = torch.dropout(torch.ones_like(order), dropout, True)
        drawn = drawn.transpose(0, 1) if batch_first else drawn
        self.dropout.append(drawn.detach())
        return given * drawn
