"""Does the device compute what the CPU does?"""

import copy

import torch
from torch.nn.utils.rnn import PackedSequence

from lstm_core.checking.inputs import with_parts
from lstm_core.checking.report import Verdict, broken, passes
from lstm_core.checking.run import answer, apart, told
from lstm_core.checking.subject import Subject

MOVED = torch.Tensor | PackedSequence


def ask(subject: Subject) -> Verdict | None:
    """Broken where an answer is more than a thousandth apart; None where the model is on the CPU."""
    devices = {weight.device.type for weight in subject.model.parameters()} - {"cpu"}
    if not devices:
        return None
    with torch.no_grad():
        # A copy of its own: the weights of `fresh` are the model's.
        model = copy.deepcopy(subject.fresh()).cpu()
        there = answer(model, with_parts(subject.inputs, lambda x: x.cpu() if isinstance(x, MOVED) else x))
    change = apart(subject.first.answer.cpu(), there)
    if change > 1e-3:
        return broken(told(change), f"{', '.join(devices)} computes something else. Run on the CPU, or update PyTorch.")
    return passes(told(change))
