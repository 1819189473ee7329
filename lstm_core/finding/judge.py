"""Is a chain of sums a gated memory, and are all of its steps there?"""

from __future__ import annotations

from lstm_core.finding.chain import Chain
from lstm_core.finding.update import KEPT

FEWEST = 3
"""Fewer steps of a cell that is not known yet look like layers."""


def why_not(chain: Chain, chain_bits: int, leads_out: bool = True) -> str | None:
    """Why a chain is no gated memory, or None; `leads_out`: whether something that a module returned depends on it."""
    if len(chain.steps) < FEWEST:
        steps = "1 step" if len(chain.steps) == 1 else f"{len(chain.steps)} steps"
        return f"it ran for {steps}: call the model on at least {FEWEST}"
    if not leads_out:
        return "nothing that its module returned depends on it"
    weights = [step.all_bits & ~chain_bits for step in chain.steps]
    if len(set(weights[1:])) > 1:
        return "its weights differ at each step: layers, not time"
    if chain.reading.form == KEPT:
        # A sum that only grows is a memory if what is added was let in by a gate and looks at the memory.
        let_in = all(
            any(birth == "gate" and bits & chain.bit for birth, bits in zip(step.births[1], step.bits[1], strict=True))
            for step in chain.steps[2:]
        )
        return None if let_in else "what is added is not let in by a gate that looks at the memory"
    if not all(step.bits[0] & ~chain_bits for step in chain.steps):
        return "what multiplies the memory depends on no weight"
    shares = all("share" in step.births[0] for step in chain.steps)
    if shares and not any(step.bits[0] & chain.bit for step in chain.steps):
        return "a softmax taken one term at a time"
    return None


def weights_of(chain: Chain, chain_bits: int) -> int:
    """The bits of the weights that a chain's last step used."""
    return chain.steps[-1].all_bits & ~chain_bits
