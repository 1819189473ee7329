"""Do packed sequences answer as they do unpacked? Each alone is the judge."""

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstm_core.checking.questions.padding import MOST_ALONE, alone, end_unread, of_alone, packs
from lstm_core.checking.report import Verdict
from lstm_core.checking.run import Called, apart, tolerance
from lstm_core.checking.subject import Subject
from lstm_core.recording.forward import can_be_replaced


def ask(subject: Subject) -> Verdict | None:
    """Broken where a packed batch is answered in another way than its sequences alone. Where the model packs none, its
    first module is given packed sequences itself."""
    reading = subject.reading
    if reading is not None and packs(subject):
        return end_unread(subject, reading) or of_alone(
            alone(subject, reading),
            tolerance(subject.model),
            "Give pack_padded_sequence each sequence's own length, with enforce_sorted=False so that answers keep "
            "their order, and after it take h_n, or the output at length - 1: output[:, -1] is padding. "
            "Leave padded steps out of means and maxima.",
        )
    return of_alone(
        next((_packed_alone(called) for called in subject.first.calls if _can_pack(called)), {}),
        tolerance(subject.model),
        "The device computes packed sequences wrongly. Run on the CPU, or give sequences of one length.",
    )


def _can_pack(called: Called) -> bool:
    call = called.call
    return isinstance(called.module, nn.RNNBase) and can_be_replaced(called.module) and len(call.x) > 1


@torch.no_grad()
def _packed_alone(called: Called) -> dict[int, float]:
    """By how much a module's own output differs between packed sequences of several lengths and each of them alone.

    It is run without its hooks.
    """
    module, x = called.module, called.call.x
    batch = min(x.shape[1], MOST_ALONE)
    lengths = [max(1, len(x) - one) for one in range(batch)]
    packed = pack_padded_sequence(x[:, :batch], lengths)
    # Packed data has its steps first, whatever the module reads otherwise.
    output = pad_packed_sequence(module.forward(PackedSequence(*packed))[0])[0]
    changes = {}
    for one, length in enumerate(lengths):
        alone = x[:length, one : one + 1]
        found = module.forward(alone.transpose(0, 1) if module.batch_first else alone)[0]
        changes[one] = apart(found.reshape(length, -1), output[:length, one])
    return changes
