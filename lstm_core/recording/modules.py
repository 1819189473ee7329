"""Which modules of a model can be recorded, under which names?"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.recording.kinds import HIDDEN, LSTMS

Kinds = tuple[type[nn.Module], ...]


def aliases(model: nn.Module) -> dict[str, str]:
    """Every name of a module shared under several, to the first of them."""
    first: dict[nn.Module, str] = {}
    return {name: first.setdefault(module, name) for name, module in model.named_modules(remove_duplicate=False)}


def modules_to_record(model: nn.Module, names: Iterable[str] | None) -> dict[str, nn.Module]:
    """The modules to hook, by first name; whatever can't be recorded is refused before a hook is set."""
    return _chosen(model, names, (*LSTMS, *HIDDEN))


def lstms_of(model: nn.Module, names: Iterable[str] | None) -> dict[str, nn.Module]:
    """The LSTMs alone, in the same way; anything else is refused."""
    return _chosen(model, names, LSTMS)


def drops_out(module: nn.Module) -> bool:
    """Whether a call now would drop something out between the layers."""
    return isinstance(module, nn.RNNBase) and module.training and module.num_layers > 1 and module.dropout > 0


def refuse_dropout(name: str, module: nn.Module) -> None:
    """What falls out between layers at random can neither be read back nor done again."""
    if drops_out(module):
        raise LstmCoreError(
            f"Expected {name or 'the module'!r} without dropout between its layers, got dropout={module.dropout} in "
            "train mode: what it dropped can't be read back. Call model.eval() first, or set dropout=0."
        )


def _chosen(model: nn.Module, names: Iterable[str] | None, kinds: Kinds) -> dict[str, nn.Module]:
    if names is None:
        chosen = {n: m for n, m in model.named_modules() if isinstance(m, kinds) or _refusal(m, kinds)}
    else:
        everything = dict(model.named_modules(remove_duplicate=False))
        first_name, names = aliases(model), [names] if isinstance(names, str) else list(names)
        for name in names:
            if name not in everything:
                there = [name for name, module in model.named_modules() if isinstance(module, kinds)]
                raise LstmCoreError(
                    f"Expected names of modules in the model, got {name!r}. Its {_listed(kinds, 'and')}: {there}."
                )
        chosen = {first_name[name]: everything[name] for name in names}
    for name, module in chosen.items():
        if not isinstance(module, kinds) or _refusal(module, kinds):
            reason = _refusal(module, kinds) or f"It is none of these: name an {_listed(kinds)}."
            raise LstmCoreError(f"Expected {_listed(kinds)}, got {type(module).__name__} at {name!r}. {reason}")
    if not chosen and names is not None:
        raise LstmCoreError(
            f"Expected names of modules in the model, got none. Name an {_listed(kinds)}, or leave it out."
        )
    if not chosen:
        raise LstmCoreError(f"Expected a model with an {_listed(kinds)} in it, got {type(model).__name__} with none.")
    return chosen


def _listed(kinds: Kinds, joined: str = "or") -> str:
    *first, last = (f"nn.{kind.__name__}" for kind in kinds)
    return f"{', '.join(first)} {joined} {last}"


def _refusal(module: nn.Module, kinds: Kinds) -> str | None:
    """Why the weights or calls of such a module can't be read, or None."""
    kind, names = type(module), [kind.__name__ for kind in kinds]
    quantised = kind.__module__.startswith(("torch.ao.nn.quantiz", "torch.nn.quantiz"))
    if quantised and any(name in kind.__name__ for name in names):
        return "Its weights are quantised: record the model before it was quantised."
    if isinstance(module, torch.jit.ScriptModule) and getattr(module, "original_name", "") in names:
        return "It is scripted and runs no hooks: record the model before torch.jit.script."
    if kind.__name__ == "OptimizedModule":
        return "It is compiled and may run no hooks: record the model given to torch.compile (model._orig_mod)."
    return None
