"""Which sequences are one text: copies, near copies, and windows of one series?

An LSTM answers twice to what it reads twice, so such sequences are no second witness: what shuffles them keeps them
together. Two sequences are one text if all their rows are equal, if one ends as the other begins, or if at least 60 %
of the shorter lies in runs of rows that the other has too, in the same order. Rows are equal if all their numbers are,
to the bit: a series with noise added, or scaled anew in each window, is told by `groups` alone.

A run counts if it is so long that with all rows in random order no two places would be expected to have it. Frequent
rows count little, and what comes again in the run counts once: aaabbb and aaaabbbb are two texts, and so are sentences
with common words. What shares its rows in any other order is not taken for one text, only told (`clumps`).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations, compress
from typing import NamedTuple

import numpy as np
import torch

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.trace import CellTrace

Texts = Sequence[Recorded] | Sequence[Sequence[str]]
"""Traces, each of a sequence or several, or the tokens of each text."""
PLACES = 500
"""Fewer steps count as so many: words have an order, and a few sentences may share three of them."""
MOST = 0.6
"""The share of the shorter sequence that lies in shared runs, if one is a near copy of the other."""
COMPARED, FEWEST = 100, 5
"""The most groups that are compared in any order, and the fewest kinds of rows that count as shared."""
PARTS = 1024
"""Information is counted in whole parts of a bit, so that equal runs have equal sums wherever they stand."""


class Runs(NamedTuple):
    """The shortest runs of a sequence that would hardly be shared by chance: one from each step, if there is one."""

    rows: np.ndarray
    """The sequence: a number a step (step,), equal for equal rows."""
    first: np.ndarray
    """(run,): the step at which each begins."""
    past: np.ndarray
    """(run,): the step after its last."""
    names: np.ndarray
    """(run,): equal for equal runs."""


class Grouped(NamedTuple):
    """Which sequences belong together."""

    labels: list[Hashable]
    """The group of each sequence."""
    begins: list[int] | None
    """At which step of its group's text each sequence begins; None where the groups were given."""


def grouped(texts: Texts, groups: Sequence[Hashable] | None) -> Grouped:
    """The group of each sequence: as given, or else those that are one text."""
    if groups is None:
        return one_text(texts)
    count = sum(len(text.lengths_or_time()) if isinstance(text, Recorded) else 1 for text in texts)
    return Grouped(checked_labels(groups, count), None)


def clumps(texts: Texts, labels: Sequence[Hashable]) -> str:
    """That a third of the groups or more, in two clumps or more, share most of their kinds of rows in any order, and
    far more than two groups do at random (Jaccard 1912): a sentence, or "". Of very many the first are compared."""
    rows_of = dict[Hashable, list[np.ndarray]]()
    for label, rows in zip(labels, _numbered(texts), strict=True):
        rows_of.setdefault(label, []).append(rows)
    kinds = [np.unique(np.concatenate(rows)) for rows in list(rows_of.values())[:COMPARED]]
    often = np.bincount(np.concatenate(kinds))
    common = [set(own[often[own] > 1].tolist()) for own in kinds]
    pairs = list(combinations(range(len(kinds)), 2))
    both = np.array([len(common[one] & common[other]) for one, other in pairs])
    shares = both / (np.array([len(kinds[one]) + len(kinds[other]) for one, other in pairs]) - both)
    # Of 0.4 each has more than half of the other's.
    alike, joined = shares >= 0.4 + 1.5 * np.median(np.append(shares, 1)), _Joined(list(range(len(kinds))))
    for pair in compress(pairs, alike & (both >= FEWEST)):
        joined.join(*pair, 0)
    sizes = [size for size in Counter(joined.place(n)[0] for n in range(len(kinds))).values() if size > 1]
    if len(sizes) < 2 or 3 * sum(sizes) < len(kinds):
        return ""
    noun = "rows" if isinstance(texts[0], Recorded) and texts[0].tokens is None else "words"
    return (
        f"{sum(sizes)} texts share most of their {noun} in {len(sizes)} clumps; if these are versions of one text, "
        "p is too small: give groups=."
    )


def checked_labels(groups: Sequence[Hashable], sequences: int) -> list[Hashable]:
    """The labels as they were given. Raises LstmCoreError where there are not as many as sequences."""
    labels = list(groups)
    if len(labels) != sequences:
        raise LstmCoreError(
            f"Expected groups with a label for each of the {sequences} sequences, got {len(labels)}. Give a list such "
            "as the basin of each sequence, over all traces in turn."
        )
    return labels


def group_numbers(labels: Sequence[Hashable]) -> list[int]:
    """The number of each sequence's group, from 0 in the order in which they come."""
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    return [numbers[label] for label in labels]


def one_text(texts: Texts) -> Grouped:
    """The sequences that are one text, each group by the number of its first."""
    sequences, firsts = _numbered(texts), dict[bytes, int]()
    joined = _Joined([firsts.setdefault(rows.tobytes(), number) for number, rows in enumerate(sequences)])
    different = list(firsts.values())
    runs = _runs([sequences[number] for number in different])
    for one, other in _that_share(runs):
        if not joined.are(different[one], different[other]):
            step = _begins_at(runs[one], runs[other])
            if step is not None:
                joined.join(different[one], different[other], step)
    found = [joined.place(sequence) for sequence in range(len(sequences))]
    earliest = dict[int, int]()
    for first, step in found:
        earliest[first] = min(step, earliest.get(first, 0))
    return Grouped([first for first, _ in found], [step - earliest[first] for first, step in found])


class _Joined:
    """Sequences that are one text, and where each begins in it (a forest of sets, Galler & Fischer 1964)."""

    def __init__(self, firsts: list[int]) -> None:
        self._above, self._step = firsts, [0] * len(firsts)

    def place(self, sequence: int) -> tuple[int, int]:
        """The first sequence of the text, and how many steps after that one begins this one does."""
        step = 0
        while self._above[sequence] != sequence:
            step, sequence = step + self._step[sequence], self._above[sequence]
        return sequence, step

    def are(self, one: int, other: int) -> bool:
        return self.place(one)[0] == self.place(other)[0]

    def join(self, one: int, other: int, step: int) -> None:
        """Two sequences are one text, and the other begins so many steps after the one."""
        (a, at_a), (b, at_b) = self.place(one), self.place(other)
        after = at_a + step - at_b
        first, then = min(a, b), max(a, b)
        self._above[then], self._step[then] = first, after if first == a else -after


def _numbered(texts: Texts) -> list[np.ndarray]:
    """Each sequence as a number a step (step,), equal for equal rows or tokens."""
    numbers = dict[Hashable, int]()
    sequences = [rows for text in texts for rows in (_rows(text) if isinstance(text, Recorded) else [text])]
    return [np.array([numbers.setdefault(row, len(numbers)) for row in rows], dtype=np.int64) for rows in sequences]


def _rows(trace: Recorded) -> Iterator[Sequence[Hashable]]:
    """The rows of x of each sequence of a trace, with their tokens if it has some."""
    # Of what a hand-written cell read nothing is known, as if it had read zeros.
    read = torch.zeros_like(trace.c[0, 0]) if isinstance(trace, CellTrace) else trace.x
    # Adding 0 makes -0 equal to it.
    x = as_numpy(read).swapaxes(0, 1) + 0
    for number, (numbers, length) in enumerate(zip(x, trace.lengths_or_time(), strict=True)):
        rows = [row.tobytes() for row in numbers[:length]]
        if trace.tokens is not None:
            yield list(zip(rows, trace.tokens[number], strict=True))
        elif length > 1 and len(set(rows)) == 1:
            # A decoder that is fed zeros: what it tells came with its first state, and is in no row.
            yield [(id(trace), number)] * length
        else:
            yield rows


def _runs(sequences: Sequence[np.ndarray]) -> list[Runs]:
    """The runs of each of several sequences, no two of them equal."""
    rows, starts = np.concatenate(sequences), np.cumsum([0, *map(len, sequences)])
    pairs, told = _information(rows, starts[:-1][np.diff(starts) > 0])
    # Two places have the same run of b bits once in 2 ** b times, and there are so many pairs of places.
    needed = int(np.ceil(PARTS * np.log2(max(len(rows), PLACES) ** 2 / 2)))
    found = []
    for sequence, start, end in zip(sequences, starts, starts[1:], strict=False):
        past = np.array(_ends(pairs[start:end].tolist(), told[start:end].tolist(), needed), dtype=np.int64)
        first = np.arange(len(past))
        found.append(Runs(sequence, first, past, _names(sequence, first, past)))
    return found


def _information(rows: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A number for each row and the one before it (step,), and what each row tells (step,), in parts of a bit.

    A row is as frequent as the different rows that come before it are many: copies make no row frequent.
    """
    before = np.append(-1, rows[:-1])
    before[starts] = -1
    kinds, first, pairs = np.unique((before + 1) * (rows.max() + 1) + rows, return_index=True, return_inverse=True)
    often = np.bincount(rows[first])
    return pairs, np.round(PARTS * np.log2(len(kinds) / often))[rows].astype(np.int64)


def _ends(pairs: Sequence[int], told: Sequence[int], needed: int) -> list[int]:
    """The step after the end of the shortest run that tells as much as is needed, from each step from which one does.

    A row and the one before it tell nothing when they come again; the first row of a run tells, whatever comes before.
    """
    ends, often, has, past = [], Counter[int](), 0, 1
    for step, own in enumerate(told):
        while has + own < needed and past < len(told):
            has += 0 if often[pairs[past]] else told[past]
            often[pairs[past]] += 1
            past += 1
        if has + own < needed:
            break
        ends.append(past)
        # No row alone tells so much: the run has a second one.
        often[pairs[step + 1]] -= 1
        has -= 0 if often[pairs[step + 1]] else told[step + 1]
    return ends


def _names(rows: np.ndarray, first: np.ndarray, past: np.ndarray) -> np.ndarray:
    """A number for each run of rows, equal for equal ones: a polynomial of its rows, modulo 2⁶⁴ (Karp & Rabin 1987)."""
    base = np.uint64(0x9E3779B97F4A7C15)
    inverse = np.uint64(pow(int(base), -1, 1 << 64))
    powers, inverses = (np.full(len(rows), number).cumprod(dtype=np.uint64) for number in (base, inverse))
    mixed = rows.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    sums = np.append(np.uint64(0), (mixed * powers).cumsum(dtype=np.uint64))
    names: np.ndarray = (sums[past] - sums[first]) * inverses[first]
    return names


def _that_share(runs: Sequence[Runs]) -> Iterator[tuple[int, int]]:
    """Pairs of sequences that share a run: each beside the shortest that has it, which may lie in many longer ones, and
    beside the next longer one. Of many windows of a series that is not all pairs."""
    names = np.concatenate([run.names for run in runs])
    sequence = np.repeat(np.arange(len(runs)), [len(run.names) for run in runs])
    order = np.lexsort((sequence, np.array([len(run.rows) for run in runs])[sequence], names))
    names, sequence = names[order], sequence[order]
    if not len(names):
        return
    same = names[1:] == names[:-1]
    begins = np.flatnonzero(np.append(True, ~same))
    shortest = np.repeat(sequence[begins], np.diff(np.append(begins, len(names))))
    pairs = np.concatenate([(sequence[:-1] * len(runs) + sequence[1:])[same], shortest * len(runs) + sequence])
    for pair in np.unique(pairs).tolist():
        one, other = divmod(pair, len(runs))
        if one != other:
            yield one, other


def _begins_at(one: Runs, other: Runs) -> int | None:
    """How many steps after the one the other begins, if one ends as the other begins, or most of the shorter lies in
    runs that both have in the same order; else None."""
    if (step := _goes_on(one, other)) is not None:
        return step
    if (step := _goes_on(other, one)) is not None:
        return -step
    if len(one.rows) <= len(other.rows):
        step = _near_copy(one, other)
        return None if step is None else -step
    return _near_copy(other, one)


def _near_copy(shorter: Runs, longer: Runs) -> int | None:
    """At which step of the longer of two sequences the shorter begins, if most of the shorter lies in runs that both
    have in the same order; the middle one, if its runs say different ones."""
    _, here, there = np.intersect1d(shorter.names, longer.names, return_indices=True)
    # In any order is more, and quickly told.
    if _covered(shorter, here) < MOST:
        return None
    in_turn = np.argsort(here)
    here, there = here[in_turn], there[in_turn]
    rising = _rising(there.tolist())
    if _covered(shorter, here[rising]) < MOST:
        return None
    return int(np.median(longer.first[there[rising]] - shorter.first[here[rising]]))


def _rising(places: Sequence[int]) -> list[int]:
    """Which of some places to take so that they rise, and are as many as can be (Schensted 1961)."""
    # By how many rise up to it: the lowest last place of so many, and where that is.
    lowest, where = list[int](), list[int]()
    before = list[int]()
    for number, place in enumerate(places):
        count = bisect_left(lowest, place)
        before.append(where[count - 1] if count else -1)
        lowest[count : count + 1], where[count : count + 1] = [place], [number]
    taken, number = list[int](), where[-1] if where else -1
    while number >= 0:
        taken.append(number)
        number = before[number]
    return taken[::-1]


def _covered(sequence: Runs, runs: np.ndarray) -> float:
    """The share of a sequence that lies in some of its runs, given by their numbers."""
    changes = np.zeros(len(sequence.rows) + 1, dtype=int)
    np.add.at(changes, sequence.first[runs], 1)
    np.add.at(changes, sequence.past[runs], -1)
    return float((changes.cumsum()[:-1] > 0).mean()) if len(sequence.rows) else 0.0


def _goes_on(earlier: Runs, later: Runs) -> int | None:
    """At which step of the earlier sequence the later one begins, if one ends as the other begins; else None."""
    for step in earlier.first[earlier.names == later.names[0]]:
        end = earlier.rows[step:]
        if np.array_equal(end[: len(later.rows)], later.rows[: len(end)]):
            return int(step)
    return None
