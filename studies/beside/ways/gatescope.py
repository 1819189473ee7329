"""What does gatescope give?"""

from collections.abc import Callable

import torch
from torch import Tensor

import lstm_core
from studies.beside.task import Built, Kept, Model, NoCall

NAME, PACKAGE = "gatescope", "gatescope"


def keeps(model: Model) -> Callable[[Tensor], Kept]:
    def kept(x: Tensor) -> Kept:
        with lstm_core.record(model) as recording:
            model(x)
        trace = recording.only
        return {name: getattr(trace, name)[0, 0] for name in "ifgoch"}

    return kept


def proof(model: Model, x: Tensor) -> str:
    with lstm_core.record(model) as recording:
        model(x)
    return f"`max_error` {recording.only.max_error:.0e}"


def picture(model: Model, x: Tensor) -> str:
    with lstm_core.record(model) as recording:
        model(x)
    return " ".join(heatmap.name for heatmap in recording.only.plot().data)


def gradient(model: Model, x: Tensor) -> Tensor:
    with lstm_core.record(model, detach=False) as recording:
        answer = model(x)
    [found] = torch.autograd.grad(answer.square().sum(), recording.lstm().f)
    return found[0, 0]


def held(model: Model, x: Tensor) -> Tensor:
    with lstm_core.intervene(model, lstm_core.Hold("f", 1.0)):
        answer: Tensor = model(x)
    return answer


def attribution(model: Model, x: Tensor) -> Tensor:
    if not isinstance(model, Built):
        raise NoCall
    each = [lstm_core.explain((model.lstm, model.head), one, baseline=0).inputs for one in x]
    return torch.stack([torch.as_tensor(inputs) for inputs in each])
