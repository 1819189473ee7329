"""What does nnsight give?"""

from collections.abc import Callable

import torch
from torch import Tensor

from studies.beside.task import STEPS, Built, Kept, Model

NAME, PACKAGE = "nnsight", "nnsight"


def keeps(model: Model) -> Callable[[Tensor], Kept]:
    import nnsight

    seen = nnsight.NNsight(model)

    def of_lstm(x: Tensor) -> Kept:
        with seen.trace(x):
            output = seen.lstm.output.save()
        return {"output": output[0], "h_n": output[1][0], "c_n": output[1][1]}

    def of_loop(x: Tensor) -> Kept:
        with seen.trace(x) as tracer:
            kept = nnsight.save([])
            for _ in tracer.iter[:STEPS]:
                i, f = seen.source.i_sigmoid_0.output, seen.source.f_sigmoid_0.output
                g, o = seen.source.g_tanh_0.output, seen.source.o_sigmoid_0.output
                kept.append((i, f, g, o, seen.source.c_0.output, seen.source.h_0.output))
        return dict(zip("ifgoch", zip(*kept, strict=True), strict=True))

    return of_lstm if isinstance(model, Built) else of_loop


def gradient(model: Model, x: Tensor) -> Tensor:
    import nnsight

    seen = nnsight.NNsight(model)
    with seen.trace(x) as tracer:
        kept = nnsight.save([])
        for _ in tracer.iter[:STEPS]:
            kept.append(seen.source.f_sigmoid_0.output)
        answer = seen.output.save()
    return torch.stack(torch.autograd.grad(answer.square().sum(), kept))


def held(model: Model, x: Tensor) -> Tensor:
    import nnsight

    seen = nnsight.NNsight(model)
    with seen.trace(x) as tracer:
        for _ in tracer.iter[:STEPS]:
            seen.source.f_sigmoid_0.output = torch.ones(len(x), model.head.in_features)
        answer: Tensor = seen.output.save()
    return answer
