"""Is a chain of sums a gated memory, and are all of its steps there?"""

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import and_

import torch

from lstm_core.finding.chain import Chain, Step
from lstm_core.finding.update import KEPT

FEWEST = 3
"""Fewer steps of a cell that is not known yet look like layers."""
_NO_WEIGHT = "what multiplies the memory depends on no weight"


def why_not(chain: Chain, chain_bits: int, leads_out: bool = True) -> str | None:
    """Why a chain is no gated memory, or None; `leads_out`: whether something that a module returned depends on it."""
    if len(chain.steps) < FEWEST:
        steps = "1 step" if len(chain.steps) == 1 else f"{len(chain.steps)} steps"
        return f"it ran for {steps}: call the model on at least {FEWEST}"
    if not leads_out:
        return "nothing that its module returned depends on it"
    # Weights between two steps, as of a norm of the memory, come to h a step later, and to the gates by that.
    settled = chain.steps[2 if len(chain.steps) > FEWEST else 1 :]
    if not _same_weights(settled, ~chain_bits):
        few = f", or too few steps to tell: call the model on {FEWEST + 1}" if len(chain.steps) == FEWEST else ""
        return f"it uses other weights at each step, as layers do{few}"
    if chain.reading.form == KEPT or _is_constant(chain):
        # What is kept by no gate is a memory if what is added was let in by a gate and looks at the memory.
        let_in = all(
            any(birth == "gate" and bits & chain.bit for birth, bits in zip(step.births[1], step.bits[1], strict=True))
            for step in chain.steps[chain.first + 2 :]
        )
        kept = "" if chain.reading.form == KEPT else f"{_NO_WEIGHT}, and "
        return None if let_in else f"{kept}what is added is not let in by a gate that looks at the memory"
    if not all(step.bits[0] & ~chain_bits for step in chain.steps):
        return _NO_WEIGHT
    shares = all("share" in step.births[0] for step in chain.steps)
    if shares and not any(step.bits[0] & chain.bit for step in chain.steps):
        return "a softmax taken one term at a time"
    return None


def _same_weights(steps: Sequence[Step], of_weights: int) -> bool:
    """Whether steps use the same weights; or two or three parts of a run do, such as an encoder's and a decoder's
    steps, and their gates share some: layers have weights of their own at each step."""
    weights = Counter(step.all_bits & of_weights for step in steps)
    shared = reduce(and_, weights)
    in_parts = len(weights) <= 3 and max(weights.values()) >= FEWEST
    return len(weights) == 1 or (in_parts and all(step.bits[0] & shared for step in steps))


def _is_constant(chain: Chain) -> bool:
    """Whether the memory decays by the same numbers at every step, from no weight; 0 and 1 alone are a mask."""
    if any(step.bits[0] for step in chain.steps):
        return False
    first, *others = (list(map(torch.as_tensor, step.gate)) for step in chain.steps)
    if not all(all(map(torch.equal, first, gate)) for gate in others):
        return False
    return not all(bool(((factor == 0) | (factor == 1)).all()) for factor in first)


def weights_of(chain: Chain, chain_bits: int) -> int:
    """The bits of the weights that a chain's last step used."""
    return chain.steps[-1].all_bits & ~chain_bits
