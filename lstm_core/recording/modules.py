"""Which modules of a model can be recorded, under which names?"""

import re
from collections.abc import Iterable, Mapping

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.recording.kinds import LSTMS, RECORDED, is_recorded


def first_names(model: nn.Module) -> dict[nn.Module, str]:
    """Every module with its first name; what `torch.compile` wrapped stands there, its wrapper does not."""
    first: dict[nn.Module, str] = {}
    for name, module in _named(model):
        first.setdefault(module, name)
    return first


def aliases(model: nn.Module) -> dict[str, str]:
    """Every name of a module, with the first name of that module: a module may have several."""
    named, first = _named(model), dict[nn.Module, str]()
    return {name: first.setdefault(module, name) for name, module in named}


def _named(model: nn.Module) -> list[tuple[str, nn.Module]]:
    """Every name of a module, and the module; what `torch.compile` wrapped has the name of its wrapper too."""
    found: list[tuple[str, nn.Module]] = []
    for name, module in model.named_modules(remove_duplicate=False):
        if not _is_wrapper(module):
            plain = _plain(name)
            found += [(plain, module)] if plain == name else [(plain, module), (name, module)]
    return found


def _is_wrapper(module: nn.Module) -> bool:
    """Whether a module is what `torch.compile(model)` returns: it has the model as `_orig_mod`."""
    return type(module).__name__ == "OptimizedModule"


def _plain(name: str) -> str:
    """A name without the places of wrappers: of "_orig_mod.lstm" it is "lstm"."""
    return ".".join(part for part in name.split(".") if part != "_orig_mod") if "_orig_mod" in name else name


def modules_to_record(model: nn.Module, names: Iterable[str] | None) -> dict[str, nn.Module]:
    """The modules to hook, by first name; a module that can't be recorded is refused before any hook is set."""
    return to_record_and_to_watch(model, names)[0]


def check_model(model: object) -> None:
    """Raise LstmCoreError unless something is a model that can run."""
    if not isinstance(model, nn.Module):
        weights = isinstance(model, Mapping) and any(isinstance(value, torch.Tensor) for value in model.values())
        what = "a state dict, which has weights but runs nothing" if weights else type(model).__name__
        what = "None" if model is None else what
        raise LstmCoreError(
            f"Expected a model (torch.nn.Module), got {what}. Give the model itself: weights go into one with "
            "load_state_dict, and lstm_core.load_checkpoint opens their file."
        )


def to_record_and_to_watch(model: nn.Module, names: Iterable[str] | None) -> tuple[dict[str, nn.Module], list[str]]:
    """The modules to hook, and the names of those in which a hand-written cell is looked for."""
    check_model(model)
    watched = cells_to_watch(model, names)
    rest = None if names is None else [name for name in _several(names) if name not in watched]
    return (_chosen(model, rest) if rest or not watched else {}), watched


def cells_to_watch(model: nn.Module, names: Iterable[str] | None) -> list[str]:
    """The names of modules in which a hand-written cell is looked for: those that are named and are none of PyTorch's
    own kinds; without names the whole model, if it has none of these in it."""
    if not isinstance(model, nn.Module):
        return []
    if names is None:
        known = any(is_recorded(module) or _refusal(module) for module in model.modules())
        return [] if known or not _has_own_code(model) else [""]
    everything, first = dict(_named(model)), aliases(model)
    others = {name: everything[name] for name in _several(names) if name in everything}
    return [
        first[name]
        for name, module in others.items()
        if not is_recorded(module) and not _refusal(module) and _has_own_code(module)
    ]


_CELL = re.compile(r"LSTM|GRU|RNN|Cell|Recurrent", re.IGNORECASE)


def cells_beside(model: nn.Module, recorded: Mapping[str, nn.Module]) -> list[str]:
    """The names of modules that are called like a cell, and neither are recorded nor hold what is."""
    return [
        name
        for module, name in first_names(model).items()
        if _CELL.search(type(module).__name__)
        and not any(part is one for part in module.modules() for one in recorded.values())
        and _has_own_code(module)
        and not isinstance(module, torch.jit.ScriptModule)
    ]


def replaceable(model: nn.Module, recorded: Mapping[str, nn.Module]) -> list[str]:
    """The names of the recorded modules beside which a model may compute steps by hand, and never call them."""
    return [] if model in recorded.values() or not _has_own_code(model) else list(recorded)


def _has_own_code(model: nn.Module) -> bool:
    """Whether a model has a module that is none of PyTorch's own, in which a cell may be written."""
    return any(not type(module).__module__.startswith("torch.nn.") for module in model.modules())


def _several(names: Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def the_only_name(model: nn.Module) -> str:
    """The name of a model's only LSTM, or else of its only module that can be recorded.

    Raises LstmCoreError when there are several.
    """
    names = {name: isinstance(module, LSTMS) for name, module in modules_to_record(model, None).items()}
    lstms = [name for name, is_lstm in names.items() if is_lstm]
    chosen = lstms if len(lstms) == 1 else list(names)
    if len(chosen) != 1:
        raise LstmCoreError(f"Expected the name of one of the model's modules, {chosen}, got none. Give name=….")
    return chosen[0]


def drops_out(module: nn.Module) -> bool:
    """Whether a call now would apply dropout between the layers."""
    return isinstance(module, nn.RNNBase) and module.training and module.num_layers > 1 and module.dropout > 0


def refuse_dropout(name: str, module: nn.Module) -> None:
    """Refuse dropout between the layers, for a module of which nobody can read back what was dropped."""
    if drops_out(module):
        raise LstmCoreError(
            f"Expected {repr(name) if name else 'the module'} without dropout between its layers, got "
            f"dropout={module.dropout} in train mode: what it dropped can't be read back. Call model.eval() first, or "
            "set dropout=0."
        )


def _chosen(model: nn.Module, names: Iterable[str] | None) -> dict[str, nn.Module]:
    everything, first_name = dict(_named(model)), aliases(model)
    once = {name: module for name, module in everything.items() if first_name[name] == name}
    if names is None:
        chosen = {name: module for name, module in once.items() if is_recorded(module) or _refusal(module)}
    else:
        for name in (names := _several(names)):
            if name not in everything:
                there = [name for name, module in once.items() if isinstance(module, RECORDED)]
                raise LstmCoreError(
                    f"Expected names of modules in the model, got {name!r}. Its {_listed('and')}: {there}."
                )
        chosen = {first_name[name]: everything[name] for name in names}
    for name, module in chosen.items():
        if not isinstance(module, RECORDED) or _refusal(module):
            reason = _refusal(module) or f"It is none of these: name an {_listed()}."
            raise LstmCoreError(f"Expected {_listed()}, got {type(module).__name__} at {name!r}. {reason}")
    if not chosen:
        raise LstmCoreError(
            f"Expected names of modules in the model, got none. Name an {_listed()}, or leave it out."
            if names is not None
            else f"Expected a model with an {_listed()} in it, got {type(model).__name__} with none. What stands in a "
            "plain list or dict is no part of a model: use nn.ModuleList or nn.ModuleDict, or record it by itself."
        )
    return chosen


def _listed(joined: str = "or") -> str:
    *first, last = (f"nn.{kind.__name__}" for kind in RECORDED)
    return f"{', '.join(first)} {joined} {last}"


def _refusal(module: nn.Module) -> str | None:
    """Why the weights or calls of a module can't be read, or None."""
    kind, names = type(module), [kind.__name__ for kind in RECORDED]
    quantised = kind.__module__.startswith(("torch.ao.nn.quantiz", "torch.nn.quantiz"))
    if quantised and any(name in kind.__name__ for name in names):
        return "Its weights are quantised: record the model before it was quantised."
    # A frozen module is one graph, without the modules that were in it.
    frozen = not hasattr(module, "training")
    if isinstance(module, torch.jit.ScriptModule) and (frozen or getattr(module, "original_name", "") in names):
        return "It is scripted and runs no hooks: record the model before torch.jit.script."
    return None
