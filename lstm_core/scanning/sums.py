"""Which sums does a scan keep, and how do the sums of two corpora become those of both?

Every sum has a fixed size, except a few numbers for each text. Counts, ranges, contexts and samples of two parts
together are exactly those of the whole; means and squares are equal to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from lstm_core.quantities import GRU, LSTM, gates
from lstm_core.scanning.plain_loops import BINS, largest, wider
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.summary import Proof, worst
from lstm_core.traces.trace import CellTrace, GruTrace, RnnTrace, Trace


class CellSums(NamedTuple):
    """What is added up of a kind of cell."""

    trace: type[Recorded]
    gates: tuple[str, ...]
    """The gates, from 0 to 1, whose shares are counted."""
    keeps: str | None
    """The gate that says which part of a state is kept, if there is one."""

    quantities: tuple[str, ...]
    """What a pattern may be of."""

    @property
    def state(self) -> str:
        """The state that is its memory."""
        return self.trace.states[0]


BY_HAND = "cell"
"""A hand-written cell. What all of them have is added up, not o and h."""
CELLS = {
    "LSTM": CellSums(Trace, gates(LSTM), "f", Trace.quantities),
    "GRU": CellSums(GruTrace, gates(GRU), "z", GruTrace.quantities),
    "RNN": CellSums(RnnTrace, (), None, RnnTrace.quantities),
    BY_HAND: CellSums(CellTrace, ("i", "f"), "f", ("i", "f", "g", "c")),
}
NOWHERE = np.iinfo(np.int64).max
"""The text and time of a place among the best that is still free."""
SMALLEST_EXPONENT = -20
MOST_BYTES = 64 * 2**20
"""The most memory for the sums of token types, and half the most memory for the sample."""
SAMPLES_A_QUANTILE = 200
MEAN, SQUARES, LOW, HIGH = range(4)


class CellSizes(NamedTuple):
    """How many layers, directions and units a model's cells have; `hidden` is the number of units of h."""

    layers: int
    directions: int
    units: int
    hidden: int
    kind: str = "LSTM"

    @property
    def cell(self) -> CellSums:
        """What is added up."""
        return CELLS[self.kind]

    @property
    def units_of_states(self) -> dict[str, int]:
        """How many units each state has."""
        return {state: self.hidden if state == "h" else self.units for state in self.cell.trace.states}

    @property
    def states(self) -> int:
        """How many numbers the states have at one step."""
        return self.layers * self.directions * sum(self.units_of_states.values())

    @property
    def most_types(self) -> int:
        """How many types of token have sums of their own."""
        return max(1, MOST_BYTES // (16 * self.states))

    def most_samples(self, quantiles: int) -> int:
        """How many steps are sampled."""
        return max(10, min(SAMPLES_A_QUANTILE * quantiles, MOST_BYTES // (8 * self.states)))


@dataclass(kw_only=True)
class StateSums:
    """The sums of c, or of h, for each layer, direction and unit."""

    moments: np.ndarray
    """(layer, direction, 4, unit): mean, sum of squared distances from it, smallest, largest."""
    exponents: np.ndarray
    """(layer, direction, unit): the bins of a histogram reach from -2^e to 2^e."""
    counts: np.ndarray
    """(layer, direction, unit, bin)."""
    best: np.ndarray
    """(layer, direction, sign, unit, k): the largest values, and the largest of the negated values."""
    best_at: np.ndarray
    """(layer, direction, sign, unit, k, 2): the text and time of each."""
    by_type: np.ndarray
    """(layer, direction, type, 2, unit): sums of the value and of its change; the last row: all other types."""
    sample: np.ndarray
    """(sample, layer, direction, unit): the values at the sampled steps."""


@dataclass(kw_only=True)
class Sums:
    """What is known of the texts that were read; texts are numbered from 0."""

    states: dict[str, StateSums]
    steps: np.ndarray
    """(layer, direction): the steps that count. A step with a value that is not finite does not."""
    shut: np.ndarray
    """(gate, layer, direction, unit): how many steps have a gate below 0.1."""
    opened: np.ndarray
    log_f: np.ndarray
    """(layer, direction, unit): the sum of ln of the gate that keeps: f, or z of a GRU."""
    comoments: np.ndarray
    """(layer, direction, unit, unit): sums of products of the distances of two units' c (or h) from their means."""
    types: list[str]
    type_steps: np.ndarray
    """(layer, direction, type): how often each type counts; the last: all other types."""
    sampled: np.ndarray
    """(sample,) uint64: the draw of each sampled step; the smallest draws are kept."""
    sampled_at: np.ndarray
    """(sample, 2): text and time."""
    lengths: np.ndarray
    """(text,): steps."""
    losses: np.ndarray
    """(text, 2): the sum of a text's losses, and of how many steps."""
    max_error: float
    proof: Proof | None

    @classmethod
    def empty(cls, sizes: CellSizes, top: int, types: list[str], texts: int) -> Sums:
        forms = forms_of(sizes, top, len(types), texts, 0)
        sums = from_arrays({name: np.zeros(*form) for name, form in forms.items()}, types, 0.0, Proof(0.0, True))
        for state in sums.states.values():
            state.moments[:, :, LOW], state.moments[:, :, HIGH] = np.inf, -np.inf
            state.exponents[:] = SMALLEST_EXPONENT
            state.best[:], state.best_at[:] = -np.inf, NOWHERE
        return sums


Form = tuple[tuple[int, ...], type[np.generic]]
"""The shape and the type of an array."""


def forms_of(sizes: CellSizes, top: int, types: int, texts: int, samples: int) -> dict[str, Form]:
    """The form of each array of `arrays_of`."""
    sides, units, rows = (sizes.layers, sizes.directions), sizes.units, types + 1
    forms: dict[str, Form] = {
        "steps": (sides, np.int64),
        "shut": ((len(sizes.cell.gates), *sides, units), np.int64),
        "opened": ((len(sizes.cell.gates), *sides, units), np.int64),
        "log_f": ((*sides, units), np.float64),
        "comoments": ((*sides, units, units), np.float64),
        "type_steps": ((*sides, rows), np.int64),
        "sampled": ((samples,), np.uint64),
        "sampled_at": ((samples, 2), np.int64),
        "lengths": ((texts,), np.int32),
        "losses": ((texts, 2), np.float64),
    }
    for letter, size in sizes.units_of_states.items():
        forms |= {
            f"{letter}.moments": ((*sides, 4, size), np.float64),
            f"{letter}.exponents": ((*sides, size), np.int64),
            f"{letter}.counts": ((*sides, size, BINS), np.int64),
            f"{letter}.best": ((*sides, 2, size, top), np.float32),
            f"{letter}.best_at": ((*sides, 2, size, top, 2), np.int64),
            f"{letter}.by_type": ((*sides, rows, 2, size), np.float64),
            f"{letter}.sample": ((samples, *sides, size), np.float32),
        }
    return forms


def joined(a: Sums, b: Sums, most_types: int, most_samples: int) -> Sums:
    """The sums of the texts of a and after them those of b."""
    after = len(a.lengths)
    types, to_a, to_b = _types_of_both(a.types, b.types, most_types)
    sampled, sampled_at = np.concatenate([a.sampled, b.sampled]), _after(a.sampled_at, b.sampled_at, after)
    kept = smallest(sampled, sampled_at, most_samples)
    states = {}
    for state, ours in a.states.items():
        theirs = b.states[state]
        values, places = np.concatenate([ours.best, theirs.best], -1), _after(ours.best_at, theirs.best_at, after)
        best, best_at = largest(values, places, ours.best.shape[-1])
        exponents = np.maximum(ours.exponents, theirs.exponents)
        states[state] = StateSums(
            moments=_moments(ours.moments, a.steps, theirs.moments, b.steps),
            exponents=exponents,
            counts=_widened(ours, exponents) + _widened(theirs, exponents),
            best=best,
            best_at=best_at,
            by_type=_by_type(ours.by_type, to_a, len(types) + 1) + _by_type(theirs.by_type, to_b, len(types) + 1),
            sample=np.concatenate([ours.sample, theirs.sample])[kept],
        )
    state = next(iter(a.states))
    delta = b.states[state].moments[:, :, MEAN] - a.states[state].moments[:, :, MEAN]
    weight = (a.steps * b.steps / np.maximum(a.steps + b.steps, 1))[..., None, None]
    return Sums(
        states=states,
        steps=a.steps + b.steps,
        shut=a.shut + b.shut,
        opened=a.opened + b.opened,
        log_f=a.log_f + b.log_f,
        comoments=a.comoments + b.comoments + weight * (delta[..., :, None] * delta[..., None, :]),
        types=types,
        type_steps=_by_type(a.type_steps, to_a, len(types) + 1) + _by_type(b.type_steps, to_b, len(types) + 1),
        sampled=sampled[kept],
        sampled_at=sampled_at[kept],
        lengths=np.concatenate([a.lengths, b.lengths]),
        losses=np.concatenate([a.losses, b.losses]),
        max_error=float(np.maximum(a.max_error, b.max_error)),
        proof=worst([a.proof, b.proof]),
    )


def _moments(a: np.ndarray, a_steps: np.ndarray, b: np.ndarray, b_steps: np.ndarray) -> np.ndarray:
    """Chan, Golub & LeVeque 1979: means and squares of two parts together."""
    n, m = a_steps[..., None], b_steps[..., None]
    of_b = m / np.maximum(n + m, 1)
    delta = b[:, :, MEAN] - a[:, :, MEAN]
    out = np.empty_like(a)
    out[:, :, MEAN] = a[:, :, MEAN] + delta * of_b
    out[:, :, SQUARES] = a[:, :, SQUARES] + b[:, :, SQUARES] + delta * delta * n * of_b
    out[:, :, LOW] = np.minimum(a[:, :, LOW], b[:, :, LOW])
    out[:, :, HIGH] = np.maximum(a[:, :, HIGH], b[:, :, HIGH])
    return out


def _widened(sums: StateSums, exponents: np.ndarray) -> np.ndarray:
    counts = sums.counts.copy()
    for place in np.argwhere(exponents > sums.exponents):
        at = tuple(place)
        counts[at] = wider(counts[at], int(exponents[at] - sums.exponents[at]))
    return counts


def _after(a: np.ndarray, b: np.ndarray, texts: int) -> np.ndarray:
    """Places (…, 2), and after them places with `texts` texts before them."""
    return np.concatenate([a, moved(b, texts)], axis=-2)


def moved(places: np.ndarray, texts: int) -> np.ndarray:
    """Places (…, 2) with `texts` texts before them; free places stay free."""
    out = places.copy()
    out[..., 0] = np.where(places[..., 0] == NOWHERE, NOWHERE, places[..., 0] + texts)
    return out


def _types_of_both(a: list[str], b: list[str], most: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The types of both in the order in which they appear, at most `most`; and the new row of each row of a and b."""
    types = list(dict.fromkeys([*a, *b]))[:most]
    row = {token: number for number, token in enumerate(types)}
    to_a, to_b = ([*(row.get(token, len(types)) for token in each), len(types)] for each in (a, b))
    return types, np.array(to_a), np.array(to_b)


def _by_type(sums: np.ndarray, to: np.ndarray, rows: int) -> np.ndarray:
    """Sums (layer, direction, type, …) in other rows."""
    out = np.zeros((*sums.shape[:2], rows, *sums.shape[3:]), sums.dtype)
    own = to < rows - 1
    out[:, :, to[own]] = sums[:, :, own]
    out[:, :, -1] = sums[:, :, ~own].sum(2)
    return out


def smallest(drawn: np.ndarray, places: np.ndarray, most: int) -> np.ndarray:
    """The indices of the smallest draws, the smallest first; equal draws by (text, time)."""
    return np.lexsort((places[:, 1], places[:, 0], drawn))[:most]


def arrays_of(sums: Sums) -> dict[str, np.ndarray]:
    """All arrays by name, those of c and h with their letter before."""
    found = {each.name: getattr(sums, each.name) for each in fields(sums)}
    arrays = {name: value for name, value in found.items() if isinstance(value, np.ndarray)}
    for letter, state in sums.states.items():
        arrays |= {f"{letter}.{each.name}": getattr(state, each.name) for each in fields(state)}
    return arrays


def from_arrays(arrays: dict[str, np.ndarray], types: list[str], max_error: float, proof: Proof | None) -> Sums:
    """The sums that `arrays_of` gave the arrays of."""
    states = {
        letter: StateSums(**{each.name: arrays[f"{letter}.{each.name}"] for each in fields(StateSums)})
        for letter in ("c", "h")
        if f"{letter}.moments" in arrays
    }
    own = {each.name: arrays[each.name] for each in fields(Sums) if each.name in arrays}
    return Sums(states=states, types=types, max_error=max_error, proof=proof, **own)
