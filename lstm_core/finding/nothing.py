"""Why was no gated memory found?"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from lstm_core.finding.roles import why_not
from lstm_core.finding.visits import FEWEST, Visits

LOOKED_FOR = f"Looked for c = a ⊙ c' + u, computed by the same line with the same weights in at least {FEWEST} steps."


def why_nothing(visits: Visits, model: nn.Module, names: Mapping[int, str]) -> str:
    """The sentence for a block in which a model ran and no memory was found."""
    scripted = [name for name, module in model.named_modules() if isinstance(module, torch.jit.ScriptModule)]
    where = getattr(model, "original_name", type(model).__name__)
    if scripted:
        return (
            f"Expected a gated memory in {where}, but {repr(scripted[0]) if scripted[0] else 'it'} is compiled by "
            "torch.jit, so its steps can't be seen. Set PYTORCH_JIT=0 before it is imported, or record it before it is "
            "compiled."
        )
    said = [f"Expected a gated memory in {where}, found none. {LOOKED_FOR}"]
    said += _nearest(visits, names)
    return " ".join(said)


def _nearest(visits: Visits, names: Mapping[int, str]) -> list[str]:
    """What comes nearest to a gated memory, and what is wrong with it."""
    if not visits.counts and visits.complex is not None:
        return [
            f"{visits.complex} adds complex numbers, and a trace has real ones: compute the real and the imaginary "
            "part of the state apart."
        ]
    if not visits.counts:
        return [
            "No sum of two terms had a product in it. Are there more terms, is the cell a function of torch.jit.script "
            "(set PYTORCH_JIT=0), or is it computed outside torch? What stands in a plain list or dict is no part of "
            "the model: use nn.ModuleList or nn.ModuleDict."
        ]
    seen = f"{sum(visits.counts.values()):,} sums with a product were seen; the nearest:"
    if chains := [chain for several in visits.chains.values() for chain in several]:
        longest = max(chains, key=len)
        return [seen, f"{_at(longest.key, names)}: {why_not(longest, visits.chain_bits)}."]
    key, count = visits.counts.most_common(1)[0]
    if count == 1:
        return [seen, f"{_at(key, names)}, which ran once: call the model on at least {FEWEST} steps."]
    return [
        seen,
        f"{_at(key, names)}, which ran {count} times, but no run read what an earlier one had computed as c' of this "
        "form. Where a matrix multiplies the memory, as in MC-LSTM, where another term is added elsewhere, and where "
        "the memory leaves torch (numpy, a Python number), it is not followed.",
    ]


def _at(key: Any, names: Mapping[int, str]) -> str:
    module, place = key
    name = names.get(module)
    return f"{place}" + (f" in {name!r}" if name else "")
