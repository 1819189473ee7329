"""Which factor is the input gate, which the candidate, and which product is h?

f is what multiplies the old memory. Of the two that are multiplied and added, i is the one that comes from a sigmoid at
most steps; o is what multiplies the memory's activation in a product that the module returns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.finding.chain import Chain
from lstm_core.finding.place import Place
from lstm_core.finding.tags import MASK
from lstm_core.finding.update import BACK, GATED, KEPT, TOWARDS

_REST = "1 − f"
_WORTH = {"gate": 2.0, "positive": 1.0, "share": 1.0, "tanh": -1.0}
_BORN = {
    "gate": "multiplies g and comes from a sigmoid",
    "positive": "multiplies g and comes from an exp",
    "share": "multiplies g and comes from an exp",
}


@dataclass(frozen=True)
class Roles:
    """Which of the written factors make i and which g, and where h is computed."""

    i: tuple[int, ...]
    g: tuple[int, ...]
    shown: Place | None
    """Where h is computed; None if it is not found."""
    has_o: bool
    shown_as: str
    """What h is, such as o ⊙ tanh(c); "" without one."""
    said: dict[str, str]
    """How each letter was found."""
    births: frozenset[tuple[str, ...]] = frozenset()
    """Where the written factors came from, in order, at the steps that i and g were told by."""

    def fit(self, births: tuple[str, ...]) -> bool:
        """Whether i and g stand where they were told to, at a step whose written factors came from there."""
        alike = births in self.births if _tell(births) else len(births) in map(len, self.births)
        return alike or not self.births


def roles_of(chains: Sequence[Chain], returned: set[Place]) -> Roles:
    """The roles in the chains of a memory; `returned`: where products were computed that a module returned."""
    chain = max(chains, key=lambda chain: len(chain.steps))
    said = {"c": _said_of_c(chains)}
    said["f"] = "multiplies the old memory"
    if chain.reading.form == KEPT:
        said["f"] = "1: the old memory is kept whole"
    elif not chain.steps[-1].bits[0]:
        said["f"] += "; it depends on no weight"
    if chain.reading.form in (TOWARDS, BACK):
        i, g = tuple[int, ...](), tuple[int, ...]((0,))
        said["f"] += " (as 1 − i)" if chain.reading.form == TOWARDS else ""
        said |= {"i": _REST if chain.reading.form == BACK else "multiplies the way to the candidate"}
        said["g"] = "the candidate that the memory moves to"
    else:
        _must_be_in_order(chains)
        i, g, how = _written(chain)
        said |= how
    if chain.reading.form in (TOWARDS, BACK):
        said["f"] += "; where it is held, i is held with it as 1 − f"
    elif said["i"] == _REST:
        said["f"] += "; where it is held, it is held alone, and i stays as it is computed"
    return _with_again(_with_h(Roles(i, g, None, False, "", said, _births(chains)), chains, returned), chains)


def _with_h(roles: Roles, chains: Sequence[Chain], returned: set[Place]) -> Roles:
    """The roles with those of o and h in these chains, if they are found."""
    said = {q: text for q, text in roles.said.items() if q not in "oh"}
    shown, has_o = _shown(chains, returned)
    shown_as = ""
    if shown is not None:
        activated = "c"
        for change in chains[0].steps[-1].reads[shown].path:
            activated = activated if change == MASK else f"{change}({activated})"
        shown_as = f"o ⊙ {activated}" if has_o else activated
        reads = [step.reads[shown] for chain in chains for step in chain.steps]
        before = _are_masked(chains) and not any(MASK in read.path for read in reads)
        said["h"] = f"{shown_as}, {shown}" + "; of c before the mask, and h is before a mask of its own" * before
        if has_o:
            said["o"] = f"multiplies {activated} in what becomes h"
    return replace(roles, shown=shown, has_o=has_o, shown_as=shown_as, said=said)


def roles_again(roles: Roles, chains: Sequence[Chain], returned: set[Place]) -> Roles:
    """The roles that an earlier run had, in this run: c may come from step to step by another way, and h be computed
    elsewhere, or nowhere. Where what is written has other factors, or others first, i and g are told anew."""
    if not _births(chains) <= roles.births:
        new = roles_of(chains, returned)
        return replace(new, births=new.births | roles.births) if (new.i, new.g) == (roles.i, roles.g) else new
    again = replace(roles, said=roles.said | {"c": _said_of_c(chains)})
    is_there = all(roles.shown in step.reads for chain in chains for step in chain.steps)
    return _with_again(again if is_there else _with_h(again, chains, returned), chains)


def _with_again(roles: Roles, chains: Sequence[Chain]) -> Roles:
    """The roles, with a word about a c of which h was computed once more: a step may have left c as it was."""
    if roles.shown is None:
        return roles
    again = [[n for n, step in enumerate(chain.steps) if step.reads[roles.shown].again] for chain in chains]
    few = [steps for steps, chain in zip(again, chains, strict=True) if 0 < len(steps) < len(chain.steps)]
    if not few:
        return roles
    which = ", ".join(map(str, few[0][:3])) + ", …" * (len(few[0]) > 3)
    said = (
        f"; h was computed once more of the c of step {which}: if the model made a step there without this sum, "
        "that step is missing, and o and h there are those of the missing one"
    )
    return replace(roles, said=roles.said | {"c": roles.said["c"] + said})


def _births(chains: Sequence[Chain]) -> frozenset[tuple[str, ...]]:
    """Where the written factors came from at some steps, as far as that tells i from g."""
    # Steps that run alike share theirs.
    every = {id(step.births): step.births[1] for chain in chains for step in chain.steps}
    return frozenset(filter(_tell, every.values()))


def _tell(births: tuple[str, ...]) -> bool:
    """Whether it tells i from g where the factors came from."""
    return any(birth in _WORTH for birth in births)


def _must_be_in_order(chains: Sequence[Chain]) -> None:
    """Raise LstmCoreError if the gate stands first at some steps and last at others: a place is i, or it is g."""
    of_gates = [[n for n, birth in enumerate(births) if _WORTH.get(birth, 0) > 0] for births in _births(chains)]
    if len({*(gates[0] for gates in of_gates if len(gates) == 1)}) > 1:
        raise LstmCoreError(
            f"Expected i ⊙ g at {chains[0].place} in one order at each step, got i first at some steps and g first at "
            "others. Write it in one order."
        )


def _are_masked(chains: Sequence[Chain]) -> bool:
    """Whether a mask is between some steps, or after the last one."""
    return any(MASK in path for chain in chains for path in chain.paths)


def _said_of_c(chains: Sequence[Chain]) -> str:
    paths = [path for chain in chains for path in chain.paths]
    said = f"{chains[0].reading.form}, {chains[0].place}"
    if changes := ", ".join(dict.fromkeys(change for path in paths for change in path if change != MASK)):
        said += f"; the next step reads it through {changes}"
    if _are_masked(chains):
        said += "; c is what the next step reads: a mask between two steps is in it, after the sum"
    if any(chain.first for chain in chains):
        nothing = "f and c' are 0" if chains[0].reading.form == GATED else "c' is 0"
        said += f"; the first step is c = i ⊙ g alone: {nothing} there"
    starts = [chain.steps[0].memory for chain in chains]
    if any(start is not None and bool(start.any()) for start in starts):
        said += (
            "; step 0 starts from a memory that is not 0, c0: if the model made that in a step of its own, as from its "
            "first input alone, that step is missing, and step 0 is the model's step 1"
        )
    return said


def _written(chain: Chain) -> tuple[tuple[int, ...], tuple[int, ...], dict[str, str]]:
    """The factors that make i and those that make g, by the votes of all steps."""
    many = len(chain.steps[0].write)
    tensors = [n for n in range(many) if isinstance(chain.steps[0].write[n], Tensor)]
    votes = {n: sum(_WORTH.get(step.births[1][n], 0.0) for step in chain.steps) / len(chain.steps) for n in tensors}
    coupled = [n for n in tensors if _is_rest(chain, n)]
    gates = coupled[:1] or [n for n in tensors if votes[n] > 0]
    told = True
    if len(tensors) > 1 and len(gates) != 1:
        among = gates or tensors
        best = [n for n in among if votes[n] == max(votes.values()) and gates]
        if len(best) != 1:
            within = [n for n in among if _from_0_to_1([step.write[n] for step in chain.steps])]
            told = len(within) == 1
            best = within or among
        gates = best[:1]
    i = tuple(n for n in range(many) if n in gates or n not in tensors)
    g = tuple(n for n in range(many) if n not in i)
    born = chain.steps[-1].births[1][gates[0]] if gates else ""
    how = {"i": _REST if coupled else _BORN.get(born, "multiplies g and stays between 0 and 1")}
    how["g"] = "is multiplied by i and added"
    if not told:
        how = dict.fromkeys("ig", "i and g can't be told apart: named in the order written")
    return i, g, how


def _is_rest(chain: Chain, n: int) -> bool:
    """Whether a written factor is 1 − f at each step, or f is 1 minus it, however that is written."""
    # Nothing is kept at a first step that is c = i ⊙ g alone.
    steps = chain.steps[chain.first :]
    if any(len(step.gate) != 1 or n >= len(step.write) for step in steps):
        return False
    gates = chain.copies.each(("gate", 0), [step.gate[0] for step in steps])
    written = chain.copies.each(("write", n), [step.write[n] for step in steps])
    if not all(isinstance(value, Tensor) for value in (*gates, *written)):
        return False
    if not all(torch.equal(1 - f, i) or torch.equal(f, 1 - i) for f, i in zip(gates, written, strict=True)):
        return False
    # Where f is one number, or only 0 and 1, as in an untrained or a saturated cell, it may be so by chance.
    is_soft = any(not torch.equal(f, f.round()) for f in gates)
    return is_soft and any(bool((f != gates[0].flatten()[0]).any()) for f in gates)


def _from_0_to_1(values: Sequence[Tensor]) -> bool:
    return all(bool(((value >= 0) & (value <= 1)).all()) for value in values)


def _shown(chains: Sequence[Chain], returned: set[Place]) -> tuple[Place | None, bool]:
    """Where o ⊙ act(c), or act(c) alone, is computed at every step; and whether there is an o."""
    chain, steps = chains[0], [step for chain in chains for step in chain.steps]
    everywhere = [place for place in chain.steps[-1].reads if all(place in step.reads for step in steps)]
    products: list[tuple[Any, Place]] = []
    alone: list[Place] = []
    for place in everywhere:
        read = chain.steps[-1].reads[place]
        if place in chain.products or read.result.shape != chain.steps[-1].result.shape:
            continue
        acts = any(change != MASK for change in read.path)
        if not read.others and place in returned:
            alone.append(place)
        elif read.others and (place in returned or acts):
            products.append(((place in returned, read.birth == "gate", acts), place))
    if products:
        (is_returned, is_gate, _), place = max(products, key=lambda one: one[0])
        if is_returned or is_gate:
            return place, True
    return (alone[-1], False) if alone else (None, False)


def product(values: Sequence[Any], like: Tensor) -> Tensor:
    """The product of factors, in the shape of `like`; 1 without any."""
    if not values:
        return torch.ones_like(like)
    first, *others = values
    out = first
    for value in others:
        out = out * value
    return out.expand_as(like) if isinstance(out, Tensor) else torch.full_like(like, out)
