"""Are the weights sound: numbers, and started well, and is all that they compute finite?"""

import math

import torch
from torch import Tensor, nn

from lstm_core.checking.subject import Row, Subject, broken, look, passes
from lstm_core.checkpoints.weights_file import not_finite
from lstm_core.recording.call import weights_of
from lstm_core.recording.kinds import RECORDED
from lstm_core.traces.trace import CellTrace

# Are all weights numbers, and does each matrix hold more than one number?


def sound_weights(subject: Subject) -> Row:
    """Broken where a weight is NaN or infinite, or a matrix of a recurrent module holds one number alone."""
    weights = {name: w.detach() for name, w in subject.model.named_parameters() if w.is_floating_point()}
    numbers = sum(weight.numel() for weight in weights.values())
    finite = sum(int(weight.isfinite().sum()) for weight in weights.values())
    if finite < numbers:
        said = not_finite(weights.items()).removeprefix("Not finite: ")
        return broken(f"{numbers - finite:,} of {numbers:,} not", f"{said} Load weights from before.")
    inside = {
        f"{name}.{key}".removeprefix("."): weight.detach()
        for name, module in subject.modules.items()
        if isinstance(module, RECORDED)
        for key, weight in module.named_parameters(recurse=False)
    }
    constant = [name for name, w in inside.items() if w.dim() > 1 and w.numel() > 1 and torch.equal(*w.aminmax())]
    if constant:
        return broken(
            f"{len(constant)} constant",
            f"{', '.join(constant)}: one number alone, so its units stay equal. Start it at random: "
            "nn.init.orthogonal_, or reset_parameters().",
        )
    return passes(f"{finite:,} of {numbers:,}")


# Is all that a model computes finite? Where it is not, no other question can be asked: NaN equals nothing.

_MENDS = {
    "x": "Look at what was computed before: a logarithm, a division, numbers that are not scaled.",
    "h": "Start its recurrent weights smaller, scale x, or take tanh in place of relu.",
}


def all_finite(subject: Subject) -> Row:
    """Broken where a module reads or returns what is not finite, or no answer is finite; a note where some are NaN."""
    calls = subject.first.calls
    for count, (name, module, call) in enumerate(calls):
        for letter, values in (("x", call.x), ("h", call.output)):
            finite = values.flatten(1).isfinite().all(1)
            if not finite.all():
                step = int((~finite).nonzero()[0])
                what = "NaN" if values[step].isnan().any() else "infinite"
                step += sum(len(each.call.x) for each in calls[:count] if each.name == name)
                said = f"{letter} of {name or type(module).__name__} is {what} from step {step} on."
                return broken(f"{letter} {what} from step {step} on", f"{said} {_MENDS[letter]}")
    answers = subject.first.answer
    numbers = int(answers.isfinite().sum())
    number = f"{numbers:,} of {answers.numel():,} answers"
    # One answer that is infinite may be masked.
    if not numbers or answers.isnan().any():
        return Row("", "look" if numbers else "broken", number, f"Not all answers are numbers. {_MENDS['x']}")
    return passes(number)


# Were the forget biases set in the right quarter, and once?

SAME = 1e-6


def forget_biases(subject: Subject) -> Row | None:
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


def _of_found(trace: CellTrace) -> Row | None:
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
