"""Does the dropout of a recurrent module drop anything? PyTorch's stands between layers: of one layer it is none."""

from torch import nn

from lstm_core.checking.report import Verdict, look, passes
from lstm_core.checking.subject import Subject


def ask(subject: Subject) -> Verdict | None:
    """A note where a module of one layer was given dropout; None where none was given any."""
    given = {
        name: module for name, module in subject.modules.items() if isinstance(module, nn.RNNBase) and module.dropout
    }
    if not given:
        return None
    for name, module in given.items():
        if module.num_layers == 1:
            return look(
                f"{module.dropout:g} in 1 layer",
                f"{name or type(module).__name__}: nothing is dropped. Put nn.Dropout({module.dropout:g}) after it, or "
                "give it more layers.",
            )
    return passes(", ".join(f"{m.dropout:g} in {m.num_layers} layers" for m in given.values()))
