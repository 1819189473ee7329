"""How do the chains that were found become traces?"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.finding.chain import Chain
from lstm_core.finding.judge import FEWEST, weights_of, why_not
from lstm_core.finding.leaves import with_gradients
from lstm_core.finding.roles import Roles, product, roles_again, roles_of
from lstm_core.finding.update import BACK, TOWARDS, signed, update
from lstm_core.finding.visits import Visits
from lstm_core.traces.summary import Proof
from lstm_core.traces.trace import CellTrace

Memory = Callable[[slice], Tensor]
"""What the steps of a piece read, (time, *state)."""
_PIECE = 1 << 15
"""So many numbers of a memory, or one step, are computed again at once."""


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
        if key in skipped:
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
            if any(why_not(chain, visits.chain_bits, visits.leads_out(chain, names[key[0]])) is None for chain in own)
        }
        if not good:
            continue
        short = [chain for weights, own in by_weights.items() if weights not in good for chain in own]
        for chain in short:
            # A first step alone has used fewer of the weights.
            home = [weights for weights in good if weights | weights_of(chain, visits.chain_bits) == weights]
            if len(chain.steps) < FEWEST and home:
                good[home[0]].append(chain)
        check_all_there(visits, key, [chain for own in good.values() for chain in own])
        for own in good.values():
            found.setdefault(key, []).append(Find(own, roles_of(own, visits.returned_by(names[key[0]]))))
    return found


def check_all_there(visits: Visits, key: Any, chains: Sequence[Chain]) -> None:
    place, joined = visits.places[key], sum(len(chain.steps) for chain in chains)
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


def trace_of(chain: Chain, roles: Roles, name: str) -> CellTrace:
    """The trace of a chain. Raises LstmCoreError if the update that was found doesn't give what the model computed."""
    steps = chain.steps
    results = _different(step.result for step in steps)
    if odd := [result.shape for result in results if result.shape != results[0].shape]:
        raise _one_sequence_a_row(chain, f"a state of {tuple(steps[0].result.shape)} that became {tuple(odd[0])}")
    for reads in [step.reads for step in steps if step.reads]:
        # What else was multiplied with the memory is h of nothing.
        for place in [place for place in reads if place is not roles.shown]:
            del reads[place]
    memory, c, read, result = _memories(chain)
    values = _values(chain, roles)
    off, bound = _difference(chain, values, memory, result)
    if off > bound and not result.isnan().any():
        if _rows_moved(chain, values, memory, result):
            raise _one_sequence_a_row(
                chain, "rows of the state in another order between two steps, as in a beam search"
            )
        turned = {letter: value.transpose(1, -1) for letter, value in values.items()}
        if _rows_moved(chain, turned, lambda piece: memory(piece).transpose(1, -1), result.transpose(1, -1)):
            raise LstmCoreError(
                f"Expected each unit of the state at {chain.place} to go on from the same unit, got units in another "
                "order between two steps, as by flip or roll. Record a run without it."
            )
        raise LstmCoreError(
            f"Expected {chain.reading.form} at {chain.place} to give what the model computed, got "
            f"{off:.0e} beside it. Please report this cell: it was read wrongly."
        )
    error = off
    if read is not None:
        values["c_read"] = read
    shaped = {letter: _in_dims(value.to(c.dtype)) for letter, value in (values | {"c": c}).items()}
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
    if not chain.detach:
        shaped |= with_gradients(shaped, chain, roles)
    near = error / max(1.0, -c.min().item(), c.max().item()) if error else 0.0
    proof = Proof(near, True)
    return CellTrace(**every | shaped | {"c0": start}, max_error=error, proof=proof, name=name, config=config)


def _values(chain: Chain, roles: Roles) -> dict[str, Tensor]:
    """f, i and g of all steps, (time, *state), and o and h if they are there."""
    steps, (of_f, of_g) = chain.steps, chain.signs
    form = chain.reading.form
    gate = _over_time(chain, "gate", [step.gate for step in steps])
    written = [step.write for step in steps]
    if form in (TOWARDS, BACK):
        f, i = (1 - gate, gate) if form == TOWARDS else (gate, 1 - gate)
        g = _over_time(chain, "write", written, (0,))
    else:
        f, i, g = gate, _over_time(chain, "write", written, roles.i), _over_time(chain, "write", written, roles.g)
    found = {"f": signed(f, of_f), "i": i, "g": signed(g, of_g)}
    if roles.shown is not None:
        reads = [step.reads[roles.shown] for step in steps]
        found["h"] = chain.copies.all((roles.shown, "h"), [read.result for read in reads])
        if roles.has_o:
            found["o"] = _over_time(chain, roles.shown, [read.others for read in reads])
    return found


def _over_time(chain: Chain, of: Any, factors: Sequence[tuple[Any, ...]], which: Sequence[int] | None = None) -> Tensor:
    """The product of some factors at all steps, (time, *state); of one that is whole it is the copies themselves."""
    like = chain.steps[0].result
    which = range(len(factors[0])) if which is None else which
    if len(which) == 1 and set(map(len, factors)) == {len(factors[0])}:
        [n] = which
        values = [step[n] for step in factors]
        alike = all(isinstance(value, Tensor) and value.shape == values[0].shape for value in _different(values))
        if alike and values[0].dim() <= like.dim():
            whole = chain.copies.all((of, n), values)
            short = like.dim() - values[0].dim()
            whole = whole.reshape(len(whole), *[1] * short, *whole.shape[1:]) if short else whole
            return whole.expand(len(whole), *like.shape)
    columns = {
        n: iter(chain.copies.each((of, n), [step[n] for step in factors if n < len(step)]))
        for n in range(max(map(len, factors)))
    }
    factors = [tuple(next(columns[n]) for n in range(len(step))) for step in factors]
    several = [[step[n] for n in which] if len(step) == len(factors[0]) else list(step) for step in factors]
    return torch.stack([product(each, like) for each in several])


def _different(values: Iterable[Any]) -> list[Any]:
    """Each of some values once: where steps are alike, one stands for many."""
    return list({id(value): value for value in values}.values())


def _memories(chain: Chain) -> tuple[Memory, Tensor, Tensor | None, Tensor]:
    """What some steps read; c after each step, (time, *state); what the next step read if that is not c; and what the
    update gave."""
    steps, copies = chain.steps, chain.copies
    masks = any(step.carried is not None for step in steps)
    last = chain.last
    if masks and last is not None and isinstance(last.masked, Tensor):
        steps[-1].carried = copies.of("carried", last.masked)
    result = copies.all("result", [step.result for step in steps])
    c = result
    if all(step.carried is not None for step in steps):
        c = copies.all("carried", [step.carried for step in steps])
    elif masks:
        c = result.clone()
        for n, step in enumerate(steps):
            if step.carried is not None:
                c[n] = step.carried
    first = steps[0].memory
    assert first is not None
    start = first.expand_as(result[0]).unsqueeze(0).to(result.dtype)
    read = None
    if any(step.memory is not None for step in steps[1:]):
        own = [c[n] if step.memory is None else step.memory for n, step in enumerate(steps[1:])]
        read = copies.all("memory", [*own, copies.of("memory", c[-1])]).to(c.dtype)
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
        f, i, g = (values[letter][piece] for letter in "fig")
        before = memory(piece)
        again = update(chain.reading.form, chain.operation, f, before, i, g)
        if torch.equal(again, result[piece]):
            continue
        off, bound = (again - result[piece]).abs().double(), _rounding(f, before, i, g)
        at = (off / bound).nan_to_num().argmax()
        here = off.flatten()[at].item(), bound.flatten()[at].item()
        worst = max(worst, here, key=lambda one: one[0] / one[1])
    return worst


def _rounding(f: Tensor, before: Tensor, i: Tensor, g: Tensor) -> Tensor:
    """How far rounding may take an update, in float64."""
    size = ((f * before).abs() + before.abs() + (i * g).abs() + g.abs()).double()
    return 8 * torch.finfo(g.dtype).eps * size + 1e-30


def _one_sequence_a_row(chain: Chain, got: str) -> LstmCoreError:
    return LstmCoreError(
        f"Expected each row of the state at {chain.place} to go on from the same row, because a trace keeps a sequence "
        f"a row, got {got}. Record a run without it."
    )


def _rows_moved(chain: Chain, values: Mapping[str, Tensor], memory: Memory, result: Tensor) -> bool:
    """Whether the update gives what the model computed, at each step, if a row may go on from any row."""
    if result.dim() < 3:
        return False
    for step in range(len(result)):
        piece = slice(step, step + 1)
        # (row, row that it goes on from, *rest)
        f, i, g, left = (value[0].unsqueeze(1) for value in (*(values[q][piece] for q in "fig"), result[piece]))
        every = memory(piece)[0].unsqueeze(0)
        again = update(chain.reading.form, chain.operation, f, every, i, g)
        near = (again - left).abs() <= _rounding(f, every, i, g)
        if not near.flatten(2).all(2).any(1).all():
            return False
    return True


def _in_dims(values: Tensor) -> Tensor:
    """(time, batch, *rest) as (layer, direction, time, batch, unit); a state without a batch has one."""
    if values.dim() < 3:
        values = values.reshape(len(values), 1, *values.shape[1:], *[1] * (2 - values.dim()))
    return values.flatten(2)[None, None]
