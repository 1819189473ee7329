"""What does a forward hook give, as recipes have it?"""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from studies.beside.task import Built, Kept, Model

NAME, PACKAGE = "a forward hook", "torch"


def keeps(model: Model) -> Callable[[Tensor], Kept]:
    inner = [model.lstm] if isinstance(model, Built) else [model.from_x, model.from_h]

    def kept(x: Tensor) -> Kept:
        said: dict[str, Tensor] = {}

        def keep(_: nn.Module, __: Any, output: Any) -> None:
            values = (output[0], *output[1]) if isinstance(output, tuple) else (output,)
            said.update({f"{len(said) + number}": value for number, value in enumerate(values)})

        hooks = [module.register_forward_hook(keep) for module in inner]
        model(x)
        for hook in hooks:
            hook.remove()
        return said

    return kept
