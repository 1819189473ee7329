"""What stands on the cards of the models that learned from generated examples? Scores, and what to set beside them.

Far out, a counter's answer depends on how its sums are rounded: its score is the least of several ways to compute it.
"""

import copy
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training import brackets, copying, counter
from studies.training.agreement import agreement

FARTHEST = 1000
"""The largest n that a counter is tried on."""


def of_counter(model: SequenceModel) -> Mapping[str, float]:
    """How far it counts, however it is computed, and each way; agreement of shares and erasing for n from 51 to 100."""
    each = {f"computed {way}": counter.right_up_to(model, FARTHEST, compute(model)) for way, compute in WAYS.items()}
    texts = (model.vectors(["a"] * n + ["b"] * n) for n in range(51, 101))
    return {"right for every n up to": min(each.values()), **each, **agreement(model, texts)}


def of_brackets(model: SequenceModel) -> Mapping[str, float]:
    """Its scores, and the agreement of shares and erasing on 40 strings of 200 brackets, up to 16 deep."""
    strings = brackets.walks(40, 200, 16, torch.Generator().manual_seed(16))
    texts = (model.vectors([brackets.SYMBOLS[int(step < 0)] for step in string]) for string in strings.T)
    return {**brackets.Brackets().scores(model), **agreement(model, texts)}


def of_copy(model: SequenceModel) -> Mapping[str, float]:
    """Its scores, and the agreement of shares and erasing after a gap of 200."""
    texts = (model.vectors([symbol, *[copying.BLANK] * 200, copying.ASK]) for symbol in copying.SYMBOLS)
    return {**copying.Copy().scores(model), **agreement(model, texts)}


Compute = Callable[[Tensor], Tensor]
"""Scores (time, batch, label) of x (time, batch, feature)."""


def _by_lstm(model: SequenceModel) -> Compute:
    return model


def _without_onednn(model: SequenceModel) -> Compute:
    def compute(x: Tensor) -> Tensor:
        # `flags` as a block would also set TF32, of which a build for CPUs warns.
        before, *_ = torch.backends.mkldnn.set_flags(_enabled=False)  # type: ignore[no-untyped-call]
        try:
            scores: Tensor = model(x)
        finally:
            torch.backends.mkldnn.set_flags(_enabled=before)  # type: ignore[no-untyped-call]
        return scores

    return compute


def _in_float64(model: SequenceModel) -> Compute:
    exact = copy.deepcopy(model).double()
    return lambda x: exact(x.double())


def _step_by_step(model: SequenceModel) -> Compute:
    cell = nn.LSTMCell(model.lstm.input_size, model.lstm.hidden_size)
    cell.load_state_dict({name.removesuffix("_l0"): weight for name, weight in model.lstm.state_dict().items()})

    def compute(x: Tensor) -> Tensor:
        state: tuple[Tensor, Tensor] | None = None
        found = []
        for row in x:
            state = cell(row, state)
            found.append(model.linear(state[0]))
        return torch.stack(found)

    return compute


WAYS: dict[str, Callable[[SequenceModel], Compute]] = {
    "by nn.LSTM": _by_lstm,
    "by nn.LSTM without oneDNN": _without_onednn,
    "by nn.LSTM in float64": _in_float64,
    "by nn.LSTMCell, step by step": _step_by_step,
}
