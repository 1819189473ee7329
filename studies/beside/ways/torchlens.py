"""What does TorchLens give?"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from studies.beside.task import Kept, Model

NAME, PACKAGE = "TorchLens", "torchlens"
# f is the second of four that a step computes.
FORGET = "sigmoid_2"


def keeps(model: Model) -> Callable[[Tensor], Kept]:
    import torchlens as tl

    def kept(x: Tensor) -> Kept:
        log = tl.trace(model, x)
        return {layer.layer_label: [op.out for op in layer.ops] for layer in log.layers} | {
            op.label: op.out for op in log.ops
        }

    return kept


def proof(model: Model, x: Tensor) -> str:
    import torchlens as tl

    return f"`validate`: {tl.validate(model, x, scope='forward')}"


def gradient(model: Model, x: Tensor) -> Tensor:
    import torchlens as tl

    log = tl.trace(model, x, capture=tl.options.CaptureOptions(save_grads=True))
    log.backward(log["output_1"].out.square().sum())
    return torch.stack([op.grad for op in _forget(log).ops])


def held(model: Model, x: Tensor) -> Tensor:
    import torchlens as tl

    log = tl.trace(model, x, capture=tl.options.CaptureOptions(intervention_ready=True))
    forget = _forget(log)
    log.do(forget.__selection__(), tl.replace_with(torch.ones_like(forget.ops[0].out)))
    answer: Tensor = log["output_1"].out
    return answer


def attribution(model: Model, x: Tensor) -> Tensor:
    import torchlens as tl

    found: Tensor = tl.attribution.integrated_gradients(model, x, target=torch.sum).values
    return found


def _forget(log: Any) -> Any:
    [layer] = [layer for layer in log.layers if layer.layer_label.startswith(FORGET)]
    return layer
