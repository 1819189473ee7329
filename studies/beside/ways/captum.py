"""What does Captum give?"""

from collections.abc import Callable

from torch import Tensor

from studies.beside.task import Built, Kept, Model

NAME, PACKAGE = "Captum", "captum"


def keeps(model: Model) -> Callable[[Tensor], Kept]:
    from captum.attr import LayerActivation

    layers = [model.lstm] if isinstance(model, Built) else [model.from_x, model.from_h]
    found = [LayerActivation(model, layer) for layer in layers]
    return lambda x: {f"{number}": layer.attribute(x) for number, layer in enumerate(found)}


def attribution(model: Model, x: Tensor) -> Tensor:
    from captum.attr import IntegratedGradients

    found: Tensor = IntegratedGradients(model).attribute(x, n_steps=50)
    return found
