"""What does NeuralHydrology's CustomLSTM give, with the weights copied into it?"""

from collections.abc import Callable

import torch
from torch import Tensor

from studies.beside.task import FEATURES, STEPS, UNITS, Built, Model, NoCall

NAME, PACKAGE = "NeuralHydrology", "neuralhydrology"
COLUMNS = [f"column {number}" for number in range(FEATURES)]
RUN = {"model": "cudalstm", "hidden_size": UNITS, "initial_forget_bias": 0, "dynamic_inputs": COLUMNS}
RUN |= {"target_variables": ["flow"], "head": "regression", "output_activation": "linear", "output_dropout": 0.0}
RUN |= {"seq_length": STEPS, "predict_last_n": 1, "static_attributes": [], "hydroatlas_attributes": []}
RUN |= {"use_frequencies": []}


def keeps(model: Model) -> Callable[[Tensor], dict[str, Tensor]]:
    from neuralhydrology.modelzoo.cudalstm import CudaLSTM
    from neuralhydrology.modelzoo.customlstm import CustomLSTM
    from neuralhydrology.utils.config import Config

    if not isinstance(model, Built):
        raise NoCall  # weights of an nn.LSTM are copied
    run = Config(RUN, dev_mode=True)
    trained, custom = CudaLSTM(run), CustomLSTM(run)
    trained.lstm.load_state_dict(model.lstm.state_dict())
    custom.copy_weights(trained)
    custom.eval()

    def kept(x: Tensor) -> dict[str, Tensor]:
        said: dict[str, Tensor] = custom({"x_d": {name: x[:, :, [number]] for number, name in enumerate(COLUMNS)}})
        return said

    return kept


def gradient(model: Model, x: Tensor) -> Tensor:
    said = keeps(model)(x)
    [found] = torch.autograd.grad(model.head(said["h_n"][:, -1]).square().sum(), said["f"])
    # What CustomLSTM calls f stands before its σ.
    forget = said["f"].sigmoid()
    return (found / (forget * (1 - forget))).transpose(0, 1)
