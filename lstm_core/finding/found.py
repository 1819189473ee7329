"""How do the chains that were found become traces?"""

import math
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.finding.affine import update
from lstm_core.finding.chains import Chain
from lstm_core.finding.roles import Roles, of_update, roles_again, roles_of, weights_of, why_not
from lstm_core.finding.visits import FEWEST, Visits
from lstm_core.traces.summary import Proof
from lstm_core.traces.trace import CellTrace

# What the steps of a piece read, (time, *state).
Memory = Callable[[slice], Tensor]
# So many numbers of a memory, or one step, are computed again at once.
_PIECE = 1 << 15


class Find(NamedTuple):
    """One memory of a module: its chains, one a sequence that was read, and their roles."""

    chains: list[Chain]
    roles: Roles


def finds(
    visits: Visits, names: Mapping[int, str], known: Mapping[Any, Roles], skipped: Set[Any]
) -> dict[Any, list[Find]]:
    """The memories by key (module, instruction), with all of their steps; `known`: the roles in those found before;
    `skipped`: what was found to be none, and was not looked at each time.

    Raises LstmCoreError if some steps of a memory joined no chain: a trace would end early, and look whole.
    """
    found: dict[Any, list[Find]] = {}
    for key, chains in visits.chains.items():
        # Where a gate is held, it is held in the memory alone, not in its normaliser.
        is_beside = any(of[0] == key[0] and roles.normaliser is key[1] for of, roles in known.items())
        if key in skipped or is_beside:
            continue
        if key in known and key not in visits.anew:
            check_all_there(visits, key, chains)
            found[key] = [Find(chains, roles_again(known[key], chains, visits.returned_by(names[key[0]])))]
            continue
        by_weights: dict[int, list[Chain]] = {}
        for chain in chains:
            by_weights.setdefault(weights_of(chain, visits.chain_bits), []).append(chain)
        good = {
            weights: own
            for weights, own in by_weights.items()
            if any(why_not(chain, visits.chain_bits) is None for chain in own)
        }
        if not good:
            continue
        short = [chain for weights, own in by_weights.items() if weights not in good for chain in own]
        for chain in short:
            # A first step alone has used fewer of the weights.
            home = [weights for weights in good if weights | weights_of(chain, visits.chain_bits) == weights]
            if len(chain) < FEWEST and home:
                good[home[0]].append(chain)
        check_all_there(visits, key, [chain for own in good.values() for chain in own])
        for own in good.values():
            found.setdefault(key, []).append(Find(own, roles_of(own, visits.returned_by(names[key[0]]))))
    every = [(key, find) for key, several in found.items() for find in several]
    for key, find in every:
        for other in [one for of, one in every if one is not find and of[0] == key[0] and _normalises(find, one)]:
            found[key] = [one for one in found[key] if one is not find]
            now = other._replace(roles=other.roles.with_normaliser(find.chains[0].place))
            of_c = other.chains[0].key
            found[of_c] = [now if one is other else one for one in found[of_c]]
    return {key: several for key, several in found.items() if several}


def _normalises(one: Find, other: Find) -> bool:
    """Whether n = f ⊙ n' + i has the gates of another memory: it is what that is divided by, as in an sLSTM."""
    n, c = one.chains[0], other.chains[0]
    is_less = len(n.shape) < len(c.shape) or (len(n.shape) == len(c.shape) and len(n.columns) < len(c.columns))
    if len(n) != len(c) or not is_less or not all("f" in chain.columns for chain in (n, c)):
        return False
    written = [[letter for letter in "ig" if letter in chain.columns] for chain in (n, c)]
    return _alike(n, "f", c, "f") and any(_alike(n, own, c, of_c) for own in written[0] for of_c in written[1])


def _alike(one: Chain, quantity: str, other: Chain, of_other: str) -> bool:
    """Whether a quantity of two chains has the same numbers, in any form."""
    a, b = (chain.columns[which].in_own_form(chain.shape) for chain, which in ((one, quantity), (other, of_other)))
    return a.numel() == b.numel() and torch.equal(a.flatten(), b.flatten())


def check_all_there(visits: Visits, key: Any, chains: Sequence[Chain]) -> None:
    place, joined = key[1], sum(map(len, chains))
    if key in visits.broken:
        raise LstmCoreError(
            f"Expected to follow the memory of {place} from step to step, but at step {visits.broken[key]} it comes "
            "back by a way that is not followed, such as another sum or a product with weights. Keep it in a tensor "
            "that only masks, dropout, norms, stacks and indices touch between steps."
        )
    if joined < visits.counts[key]:
        raise LstmCoreError(
            f"Expected every run of {place} to be a step of one memory, got {visits.counts[key]} runs and {joined} "
            "steps that follow one another. The memory may leave torch (numpy, a Python number), or be overwritten "
            "in place; keep it a tensor. Or the cell ran for single steps before: record those apart."
        )
    for chain in chains:
        for odd in [shape for shape in chain.shapes if shape != chain.shape]:
            raise LstmCoreError(
                f"Expected each row of the state at {chain.place} to go on from the same row, because a trace keeps a "
                f"sequence a row, got a state of {tuple(chain.shape)} that became {tuple(odd)}. Record a run "
                "without it."
            )


def trace_of(chain: Chain, roles: Roles, name: str) -> CellTrace:
    """The trace of a chain. Raises LstmCoreError if the update that was found doesn't give what the model computed."""
    # What else was multiplied with the memory is h of nothing.
    chain.shown = {place: own for place, own in chain.shown.items() if place is roles.shown}
    memory, c, read, result = _memories(chain)
    values = _values(chain, roles)
    off = _agrees(chain, values, memory, result)
    if read is not None:
        values["c_read"] = read
    shaped: dict[str, Any] = {letter: _in_dims(value.to(c.dtype)) for letter, value in (values | {"c": c}).items()}
    start = _in_dims(memory(slice(0, 1)).to(c.dtype))[:, :, 0]
    rest = tuple(c.shape[2:]) if c.dim() > 2 else tuple(c.shape[1:])
    config: dict[str, Any] = {
        "hidden_size": math.prod(rest),
        "dtype": str(c.dtype).removeprefix("torch."),
        "device": str(c.device),
        "path": "found",
        "roles": roles.said,
        "unit_shape": list(rest),
        "shown": roles.shown_as,
    }
    every: dict[str, Any] = dict.fromkeys(CellTrace.required())
    near = off / max(1.0, -c.min().item(), c.max().item()) if off else 0.0
    return CellTrace(**every | shaped | {"c0": start}, max_error=off, proof=Proof(near, True), name=name, config=config)


def _agrees(chain: Chain, values: Mapping[str, Tensor], memory: Memory, result: Tensor) -> float:
    """How far the update, computed again, is from the model's own. Raises LstmCoreError if that is no rounding."""
    off, bound = _difference(chain, values, memory, result)
    if off <= bound or result.isnan().any():
        return off
    raise LstmCoreError(
        f"Expected each row of the state at {chain.place} to go on from the same row, and each unit of the state from "
        f"the same unit, because a trace keeps a sequence a row, got {chain.form}, computed again, {off:.0e} beside "
        "what the model computed, as with rows in another order between two steps, by a beam search, or units, by flip "
        "or roll, or with values that unseen code has overwritten. Record a run without it."
    )


def _values(chain: Chain, roles: Roles) -> dict[str, Tensor]:
    """f, i and g of all steps, (time, *state), or what decays and what is added; and o and h if they are there."""
    found = roles.named({letter: chain.values(letter) for letter in chain.columns if letter != "c"})
    if roles.shown is not None:
        own = chain.shown[roles.shown]
        found["h"] = own.h.values(chain.shape)
        if own.has_o:
            found["o"] = own.o.values(chain.shape)
    return found


def _memories(chain: Chain) -> tuple[Memory, Tensor, Tensor | None, Tensor]:
    """What some steps read; c after each step, (time, *state); what the next step read if that is not c; and what the
    update gave."""
    carried = chain.carried
    if carried and chain.last is not None and isinstance(chain.last.masked, Tensor):
        carried[len(chain) - 1] = chain.last.masked.detach()
    c = result = chain.values("c")
    if carried:
        c = result.clone()
        for step, left in carried.items():
            c[step] = left
    assert chain.start is not None
    start = chain.start.expand_as(result[0]).unsqueeze(0).to(result.dtype)
    read = None
    if chain.read:
        read = c.clone()
        for step, left in chain.read.items():
            read[step - 1] = left
    left = c if read is None else read

    def memory(piece: slice) -> Tensor:
        before = left[max(piece.start - 1, 0) : piece.stop - 1]
        return before if piece.start else torch.cat([start, before])

    return memory, c, read, result


def _difference(chain: Chain, values: Mapping[str, Tensor], memory: Memory, result: Tensor) -> tuple[float, float]:
    """How far the update, computed again, is from the model's own where it is farthest in proportion to what rounding
    explains; and how far rounding may take it there."""
    worst = (0.0, 1.0)
    steps = max(1, _PIECE // max(1, result[0].numel()))
    for first in range(0, len(result), steps):
        piece = slice(first, min(first + steps, len(result)))
        f, i, g = of_update({letter: value[piece] for letter, value in values.items()})
        before = memory(piece)
        again = update(chain.form, chain.operation, f, before, i, g)
        if torch.equal(again, result[piece]):
            continue
        off, bound = (again - result[piece]).abs().double(), _rounding(f, before, i, g)
        at = (off / bound).nan_to_num().argmax()
        here = off.flatten()[at].item(), bound.flatten()[at].item()
        worst = max(worst, here, key=lambda one: one[0] / one[1])
    return worst


def _rounding(f: Tensor, before: Tensor, i: Tensor | None, g: Tensor) -> Tensor:
    """How far rounding may take an update, in float64."""
    size = ((f * before).abs() + before.abs() + (g if i is None else i * g).abs() + g.abs()).double()
    return 8 * torch.finfo(g.dtype).eps * size + 1e-30


def _in_dims(values: Tensor) -> Tensor:
    """(time, batch, *rest) as (layer, direction, time, batch, unit); a state without a batch has one."""
    if values.dim() < 3:
        values = values.reshape(len(values), 1, *values.shape[1:], *[1] * (2 - values.dim()))
    return values.flatten(2)[None, None]
