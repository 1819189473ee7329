"""Were the forget biases set in the right quarter, and once?"""

import math

import torch
from torch import Tensor, nn

from lstm_core.checking.report import Verdict, look, passes
from lstm_core.checking.subject import Subject
from lstm_core.recording.call import weights_of
from lstm_core.traces.trace import CellTrace

SAME = 1e-6


def ask(subject: Subject) -> Verdict | None:
    """A note where other gates were given one bias in place of the forget gate, or both of its biases were.

    A start at +1 keeps a memory longer (Gers et al. 2000; Jozefowicz et al. 2015). Of a cell written by hand its gates
    tell what a bias was set for. None without an LSTM that has biases, and without a found gate.
    """
    lstms = [m for m in subject.modules.values() if isinstance(m, nn.LSTM | nn.LSTMCell) and m.bias]
    if not lstms:
        return next(filter(None, (_of_found(t) for t in subject.traces.values() if isinstance(t, CellTrace))), None)
    sides = [side for module in lstms for sides in weights_of(module) for side in sides]
    # (gate, unit) of each layer and direction, in PyTorch's order i f g o
    biases = [(s.bias_ih, s.bias_hh) for s in sides if s.bias_ih is not None and s.bias_hh is not None]
    both = [(ih + hh).detach().float().view(4, -1) for ih, hh in biases]
    number = f"mean {float(torch.cat([each[1] for each in both]).mean()):+.2f}"
    if wrong := _set_elsewhere(both):
        return look(
            number,
            f"The biases of the {wrong} are one number, and the forget gate's are not. The order is i f g o: the "
            "forget gate's are bias[unit : 2 * unit].",
        )
    if any(_is_one_number(each[1]) and float(each[1][0]) >= 2 for each in both):
        return look(number, "All are one number, and two biases add up: set bias_ih to +1 and leave bias_hh at 0.")
    return passes(number)


def _of_found(trace: CellTrace) -> Verdict | None:
    """What the gates of a found cell say of its biases; None if its f is no gate."""
    kept, let_in = (_as_bias(trace, letter) for letter in "fi")
    if kept is None:
        return None
    half = math.log(0.5) / min(math.log(float(_gate(trace, "f").nanmean())), -1e-9)
    line = trace.roles["c"].partition(";")[0].rpartition(", ")[2]
    number = f"as if {kept:+.2f}: half-life {half:.1f} steps"
    if let_in is not None and let_in > 1 > 2 * abs(kept):
        return look(
            number,
            f"In {line} the new is let in as if the bias of i were {let_in:+.2f}, and the old is kept as if that of f, "
            f"what multiplies the old memory, were {kept:+.2f}. Was f's bias set in the slice that the code reads as "
            "i?",
        )
    if kept < -1:
        return look(
            number,
            f"In {line} the old memory is kept as if the bias of f were {kept:+.2f}: half of it is left after "
            f"{half:.1f} steps. Start that bias at +1.",
        )
    return passes(number)


def _gate(trace: CellTrace, letter: str) -> Tensor:
    """A gate (step, batch, unit) at the steps that have it: a first step without a memory keeps nothing of one."""
    values: Tensor = getattr(trace, letter).double()[0, 0]
    return values[(values != 0).flatten(1).any(1)]


def _as_bias(trace: CellTrace, letter: str) -> float | None:
    """The mean of a gate before its sigmoid, which is its bias where all else averages out; None if it is no gate."""
    if letter not in trace.whole or trace.roles[letter].startswith("1 −"):
        return None
    values = _gate(trace, letter)
    values = values[~values.isnan()]
    is_gate = len(values) and float(values.min()) >= 0 and float(values.max()) <= 1 and float(values.min()) < 1
    return float(values.clamp(1e-6, 1 - 1e-6).logit().mean()) if is_gate else None


def _is_one_number(biases: Tensor) -> bool:
    return len(biases) > 1 and float(biases.max() - biases.min()) < SAME and abs(float(biases[0])) > SAME


def _set_elsewhere(both: list[Tensor]) -> str:
    """The gate whose biases are one number above 0 in each layer, where the forget gate's are not; "" if none."""
    for gate, name in ((0, "input gate"), (2, "candidate"), (3, "output gate")):
        if all(_is_one_number(each[gate]) and each[gate][0] > 0 and not _is_one_number(each[1]) for each in both):
            return name
    return ""
