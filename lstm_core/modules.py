"""Which modules of a model can be recorded, under which names?"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from lstm_core.errors import LstmCoreError


def aliases(model: nn.Module) -> dict[str, str]:
    """Every name of a module shared under several, to the first of them."""
    first = {module: name for name, module in model.named_modules()}
    return {name: first[module] for name, module in model.named_modules(remove_duplicate=False)}


def modules_to_record(model: nn.Module, names: Iterable[str] | None) -> dict[str, nn.Module]:
    """The modules to hook, by first name; whatever can't be recorded is refused before a hook is set."""
    if names is None:
        chosen = {n: m for n, m in model.named_modules() if isinstance(m, (nn.LSTM, nn.LSTMCell)) or _refusal(m)}
    else:
        everything = dict(model.named_modules(remove_duplicate=False))
        first_name, names = aliases(model), [names] if isinstance(names, str) else list(names)
        for name in names:
            if name not in everything:
                raise LstmCoreError(
                    f"Expected names of modules in the model, got {name!r}. Its LSTMs: {_lstm_names(model)}."
                )
        chosen = {first_name[name]: everything[name] for name in names}
    for name, module in chosen.items():
        if not isinstance(module, (nn.LSTM, nn.LSTMCell)) or _refusal(module):
            reason = _refusal(module) or "It has no such gates: name an nn.LSTM or nn.LSTMCell."
            raise LstmCoreError(f"Expected nn.LSTM or nn.LSTMCell, got {type(module).__name__} at {name!r}. {reason}")
    if not chosen:
        raise LstmCoreError(
            f"Expected a model with an nn.LSTM or nn.LSTMCell in it, got {type(model).__name__} with none."
        )
    return chosen


def _lstm_names(model: nn.Module) -> list[str]:
    return [name for name, module in model.named_modules() if isinstance(module, (nn.LSTM, nn.LSTMCell))]


def _refusal(module: nn.Module) -> str | None:
    """Why an LSTM's weights or calls can't be read, or None."""
    kind = type(module)
    if kind.__module__.startswith(("torch.ao.nn.quantiz", "torch.nn.quantiz")) and "LSTM" in kind.__name__:
        return "Its weights are quantised: record the model before it was quantised."
    if isinstance(module, torch.jit.ScriptModule) and getattr(module, "original_name", "") in ("LSTM", "LSTMCell"):
        return "It is scripted and runs no hooks: record the model before torch.jit.script."
    if kind.__name__ == "OptimizedModule":
        return "It is compiled and may run no hooks: record the model given to torch.compile (model._orig_mod)."
    return None
