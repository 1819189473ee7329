"""Is a chain of sums a gated memory, and which of its factors are the input gate, the candidate, the output gate and h?

What multiplies the old memory is f. Of the written factors i is the one that comes from a sigmoid, or that is 1 − f;
else from an exp; else the one that stays between 0 and 1. h is o ⊙ act(c): what its module returns, or what is
activated and multiplied by a gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

import torch
from torch import Tensor

from lstm_core.finding.affine import BACK, GATED, KEPT, TOWARDS, WRITTEN
from lstm_core.finding.chains import Chain, Step
from lstm_core.finding.notes import MASK
from lstm_core.finding.place import Place
from lstm_core.finding.visits import FEWEST

_REST = "1 − f"
_BORN = {
    "gate": "multiplies g and comes from a sigmoid",
    "positive": "multiplies g and comes from an exp",
    "share": "multiplies g and comes from an exp",
}
_NO_WEIGHT = "what multiplies the memory depends on no weight"


def why_not(chain: Chain, chain_bits: int) -> str | None:
    """Why a chain is no gated memory, or None."""
    if len(chain) < FEWEST:
        steps = "1 step" if len(chain) == 1 else f"{len(chain)} steps"
        return f"it ran for {steps}: call the model on at least {FEWEST}"
    # Weights between two steps, as of a norm of the memory, come to h a step later, and to the gates by that.
    settled = chain.steps[2 if len(chain) > FEWEST else 1 :]
    if not _same_weights(settled, ~chain_bits):
        few = f", or too few steps to tell: call the model on {FEWEST + 1}" if len(chain) == FEWEST else ""
        return f"it uses other weights at each step, as layers do{few}"
    through = [change for path in chain.paths for change in path if change != MASK]
    if through and chain.form == WRITTEN and all(step.is_learned for step in chain.steps):
        return f"only a constant multiplies it, and it comes back through {through[0]}: a plain recurrence"
    if chain.form == KEPT or _is_constant(chain):
        # What is kept by no gate is a memory if what is added was let in by a gate and looks at the memory.
        let_in = all(
            any(birth == "gate" and bits & chain.bit for birth, bits in zip(step.births[1], step.bits[1], strict=True))
            for step in chain.steps[chain.first + 2 :]
        )
        kept = "" if chain.form == KEPT else f"a constant decay: {_NO_WEIGHT}, and "
        return None if let_in else f"{kept}what is added is not let in by a gate that looks at the memory"
    if not all(step.bits[0] & ~chain_bits for step in chain.steps):
        return _NO_WEIGHT
    # The maximum before the first step is a number.
    shares = all("share" in step.births[0] for step in chain.steps[chain.first + 1 :])
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
    if any(step.bits[0] for step in chain.steps) or len(chain.shapes) > 1:
        return False
    share = chain.values("f" if "f" in chain.columns else "i")
    return torch.equal(share, share[:1].expand_as(share)) and not bool(((share == 0) | (share == 1)).all())


def weights_of(chain: Chain, chain_bits: int) -> int:
    """The bits of the weights that a chain's last step used."""
    return chain.steps[-1].all_bits & ~chain_bits


@dataclass(frozen=True)
class Roles:
    """What the values of a memory's steps are called, and where h is computed."""

    names: dict[str, str]
    """By the letter of a column, what it is called, where that is another."""
    shown: Place | None
    """Where h is computed; None if it is not found."""
    has_o: bool
    shown_as: str
    """What h is, such as o ⊙ tanh(c); "" without one."""
    said: dict[str, str]
    """How each letter was found."""
    told: frozenset[int | None]
    """Which of the written factors is i by where it comes from, at some steps."""
    normaliser: Place | None = None
    """Where what divides the memory is computed, by the same gates."""

    def named(self, values: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """f, i and g, or what decays and what is added, of what stands in the code."""
        named = {self.names.get(letter, letter): value for letter, value in values.items()}
        if "added" in self.said and "i" in named:
            named["added"] = named.pop("i") * named["added"]
        elif "added" not in self.said:
            # Of these two one alone stands in the code, where c goes from c' to g by a share of the way.
            for letter, other in ("fi", "if"):
                if letter not in named:
                    named[letter] = 1 - named[other]
        return named

    def with_normaliser(self, place: Place | None) -> Roles:
        """The roles, with a word about what divides the memory, if anything does."""
        if place is None:
            return self
        said = (
            f"; {place} has its normaliser n, which the same gates make: where a stabiliser scales both, c / n is what "
            "compares between steps"
        )
        of_c = self.said["c"].removesuffix(said) + said
        return replace(self, said=self.said | {"c": of_c}, normaliser=place)


def roles_of(chains: Sequence[Chain], returned: set[Place]) -> Roles:
    """The roles in the chains of a memory; `returned`: where products were computed that a module returned."""
    chain = max(chains, key=len)
    said, names, form = {"f": "multiplies the old memory"}, dict[str, str](), chain.form
    if form == KEPT:
        said["f"] = "1: the old memory is kept whole"
    elif not chain.steps[-1].bits[0]:
        said["f"] += "; it depends on no weight"
    if form in (TOWARDS, BACK):
        said["f"] += " (as 1 − i)" if form == TOWARDS else ""
        said |= {"i": _REST if form == BACK else "multiplies the way to the candidate"}
        said["g"] = "the candidate that the memory moves to"
        said["f"] += "; where it is held, i is held with it as 1 − f"
    elif how := {} if WRITTEN in {step.form for step in chain.steps} else _written(chain, names):
        said |= how
        if said.get("i") == _REST:
            said["f"] += "; where it is held, it is held alone, and i stays as it is computed"
    else:
        form, names = WRITTEN, {"g": "added"}
        if not _from_0_to_1(chain.values("f")):
            names["f"] = "decay"
            said["decay"] = said.pop("f") + ", and is not between 0 and 1"
        said["added"] = "what is added: no product of one gate and a candidate"
    said = {"c": _said_of_c(chains, form)} | said
    return _with_again(_with_h(Roles(names, None, False, "", said, _told(chains)), chains, returned), chains)


def of_update(values: Mapping[str, Tensor]) -> tuple[Tensor, Tensor | None, Tensor]:
    """f, i and g, or what decays and what is added."""
    f, g = (values[letter if letter in values else other] for letter, other in (("decay", "f"), ("added", "g")))
    return f, None if "added" in values else values.get("i"), g


def _told(chains: Sequence[Chain]) -> frozenset[int | None]:
    return frozenset(step.told for chain in chains for step in chain.steps)


def _with_h(roles: Roles, chains: Sequence[Chain], returned: set[Place]) -> Roles:
    """The roles with those of o and h in these chains, if they are found."""
    said = {q: text for q, text in roles.said.items() if q not in "oh"}
    shown = _shown(chains, returned)
    own = None if shown is None else chains[0].shown[shown]
    shown_as = ""
    if own is not None:
        activated = "c"
        for change in own.path:
            activated = activated if change == MASK else f"{change}({activated})"
        shown_as = f"o ⊙ {activated}" if own.has_o else activated
        before = _are_masked(chains) and not any(MASK in chain.shown[shown].path for chain in chains if shown)
        said["h"] = f"{shown_as}, {shown}" + "; of c before the mask, and h is before a mask of its own" * before
        if own.has_o:
            said["o"] = f"multiplies {activated} in what becomes h"
    return replace(roles, shown=shown, has_o=own is not None and own.has_o, shown_as=shown_as, said=said)


def roles_again(roles: Roles, chains: Sequence[Chain], returned: set[Place]) -> Roles:
    """The roles that an earlier run had, in this run: c may come from step to step by another way, and h be computed
    elsewhere, or nowhere. Where another written factor is i by where it comes from, they are told anew."""
    if not _told(chains) <= roles.told:
        new = roles_of(chains, returned)
        return replace(new, told=new.told | roles.told) if new.names == roles.names else new
    form = WRITTEN if "added" in roles.said else chains[0].form
    again = replace(roles, said=roles.said | {"c": _said_of_c(chains, form)}).with_normaliser(roles.normaliser)
    is_there = roles.shown is not None and all(_is_at_each_step(chain, roles.shown) for chain in chains)
    return _with_again(again if is_there else _with_h(again, chains, returned), chains)


def _with_again(roles: Roles, chains: Sequence[Chain]) -> Roles:
    """The roles, with a word about a c of which h was computed once more: a step may have left c as it was."""
    few = [own for chain in chains if roles.shown is not None
           if 0 < len(own := chain.shown[roles.shown].again) < len(chain)]  # fmt: skip
    if not few:
        return roles
    which = ", ".join(map(str, few[0][:3])) + ", …" * (len(few[0]) > 3)
    said = (
        f"; h was computed once more of the c of step {which}: if the model made a step there without this sum, "
        "that step is missing, and o and h there are those of the missing one"
    )
    return replace(roles, said=roles.said | {"c": roles.said["c"] + said})


def _are_masked(chains: Sequence[Chain]) -> bool:
    """Whether a mask is between some steps, or after the last one."""
    return any(MASK in path for chain in chains for path in chain.paths)


def _said_of_c(chains: Sequence[Chain], form: str) -> str:
    paths = [path for chain in chains for path in chain.paths]
    said = f"{form}, {chains[0].place}"
    if changes := ", ".join(dict.fromkeys(change for path in paths for change in path if change != MASK)):
        said += f"; the next step reads it through {changes}"
    if _are_masked(chains):
        said += "; c is what the next step reads: a mask between two steps is in it, after the sum"
    if any(chain.first for chain in chains):
        nothing = "f and c' are 0" if form == GATED else "c' is 0"
        said += f"; the first step is c = i ⊙ g alone: {nothing} there"
    if any(chain.start is not None and bool(chain.start.any()) for chain in chains):
        said += (
            "; step 0 starts from a memory that is not 0, c0: if the model made that in a step of its own, as from its "
            "first input alone, that step is missing, and step 0 is the model's step 1"
        )
    return said


def _written(chain: Chain, names: dict[str, str]) -> dict[str, str]:
    """How i and g were found; nothing if none of them is a gate. Where g is i, `names` says so."""
    births = {step.births[1][step.told] for step in chain.steps if step.told is not None}
    within = [letter for letter in "ig" if _from_0_to_1(chain.values(letter))]
    rest = next((letter for letter in "ig" if _is_rest(chain, letter)), "")
    if rest == "g" or (not births and within == ["g"]):
        names |= {"i": "g", "g": "i"}
    several = any("gate" in step.births[1] for step in chain.steps)
    how = "" if births or rest else "i and g can't be told apart: named in the order written"
    if how and not several:
        if len(within) != 1:
            return {}
        how = ""
    said = _BORN.get(max(births, default=""), "multiplies g and stays between 0 and 1")
    return {"i": _REST if rest else how or said, "g": how or "is multiplied by i and added"}


def _is_rest(chain: Chain, letter: str) -> bool:
    """Whether a written factor is 1 − f at each step, or f is 1 minus it, however that is written."""
    # Nothing is kept at a first step that is c = i ⊙ g alone.
    f, i = chain.values("f")[chain.first :], chain.values(letter)[chain.first :]
    if any(len(step.births[0]) != 1 for step in chain.steps[chain.first :]):
        return False
    if not (torch.equal(1 - f, i) or torch.equal(f, 1 - i)):
        return False
    # Where f is one number, or only 0 and 1, as in an untrained or a saturated cell, it may be so by chance.
    return not torch.equal(f, f.round()) and bool((f != f.flatten()[0]).any())


def _from_0_to_1(values: Tensor) -> bool:
    return bool(((values >= -1e-6) & (values <= 1 + 1e-6)).all())


def _is_at_each_step(chain: Chain, place: Place) -> bool:
    own = chain.shown.get(place)
    return own is not None and len(own.steps) == len(chain)


def _shown(chains: Sequence[Chain], returned: set[Place]) -> Place | None:
    """Where o ⊙ act(c), or act(c) alone, is computed at every step."""
    products: list[tuple[tuple[bool, bool, bool], Place]] = []
    alone: list[Place] = []
    for place, own in chains[0].shown.items():
        if not all(_is_at_each_step(chain, place) for chain in chains) or place in chains[0].products:
            continue
        if own.shape != chains[0].shape:
            continue
        acts = any(change != MASK for change in own.path)
        if not own.has_o and place in returned:
            alone.append(place)
        elif own.has_o and (place in returned or acts):
            products.append(((place in returned, own.birth == "gate", acts), place))
    if products:
        (is_returned, is_gate, _), place = max(products, key=lambda one: one[0])
        if is_returned or is_gate:
            return place
    return alone[-1] if alone else None
