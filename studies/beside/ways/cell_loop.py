"""What does a loop over `nn.LSTMCell` give, with the weights copied into the cell?"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from studies.beside.task import Built, Kept, Model, NoCall

NAME, PACKAGE = "a loop over `LSTMCell`", "torch"


def keeps(model: Model) -> Callable[[Tensor], Kept]:
    if not isinstance(model, Built):
        raise NoCall  # weights of an nn.LSTM are copied
    lstm = model.lstm
    cell = nn.LSTMCell(lstm.input_size, lstm.hidden_size)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in lstm.state_dict().items()})

    def kept(x: Tensor) -> Kept:
        h = c = x.new_zeros(len(x), lstm.hidden_size)
        hs, cs = [], []
        for step in x.unbind(1):
            h, c = cell(step, (h, c))
            hs.append(h)
            cs.append(c)
        return {"h": torch.stack(hs), "c": torch.stack(cs)}

    return kept
