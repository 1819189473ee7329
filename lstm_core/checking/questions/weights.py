"""Are all weights numbers, and does each matrix hold more than one number?"""

import torch

from lstm_core.checking.report import Verdict, broken, passes
from lstm_core.checking.subject import Subject
from lstm_core.checkpoints.named_tensors import not_finite
from lstm_core.recording.kinds import RECORDED


def ask(subject: Subject) -> Verdict:
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
