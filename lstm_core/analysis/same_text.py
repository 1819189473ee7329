"""Which sequences are one text: copies, near copies, and windows of one series?

An LSTM answers twice to what it reads twice, so such sequences are no second witness: what shuffles them keeps them
together. Two sequences are one text if all their rows are equal, if one ends as the other begins, or if 60 % of the
shorter or more lies in shingles, runs of so many rows, that both have. Rows are equal if all their numbers are, to the
bit: a series with noise added, or scaled anew in each window, is told by `groups` alone.

A shingle has so many rows that of all rows in random order no two places would be expected to share one (8 characters
of a text of a hundred thousand, 3 of a few hundred words); one in which two rows follow each other twice counts for
nothing: aaabbb and aaaabbbb are two texts. What shares its rows in any other order is not taken for one text, only told
(`clumps`).
"""

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
"""The share of the shorter sequence that lies in shared shingles, if one is a near copy of the other."""
COMPARED, FEWEST = 100, 5
"""The most groups that are compared in any order, and the fewest kinds of rows that count as shared."""


class Grouped(NamedTuple):
    """Which sequences belong together."""

    labels: list[Hashable]
    """The group of each sequence."""
    begins: list[int] | None
    """At which step of its group's text each sequence begins; None where the groups were given."""


class Shingled(NamedTuple):
    """A sequence, and the shingles in it that count."""

    rows: np.ndarray
    """A number a step (step,), equal for equal rows."""
    places: dict[bytes, int]
    """By a shingle, the first step at which it begins."""


def grouped(texts: Texts, groups: Sequence[Hashable] | None) -> Grouped:
    """The group of each sequence: as given, or else those that are one text."""
    if groups is None:
        return group_same_texts(texts)
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


def group_same_texts(texts: Texts) -> Grouped:
    """The sequences that are one text, each group by the number of its first."""
    sequences, firsts = _numbered(texts), dict[bytes, int]()
    joined = _Joined([firsts.setdefault(rows.tobytes(), number) for number, rows in enumerate(sequences)])
    different = list(firsts.values())
    shingled, size = _shingled([sequences[number] for number in different])
    for one, other in _that_share(shingled):
        if not joined.are(different[one], different[other]):
            step = _begins_at(shingled[one], shingled[other], size)
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


def _shingled(sequences: Sequence[np.ndarray]) -> tuple[list[Shingled], int]:
    """The shingles of several sequences, no two of them equal, and how many rows one has."""
    steps = sum(map(len, sequences))
    # A row is as frequent as the different rows that come before it are many: copies make no row frequent.
    pairs = {pair for rows in map(np.ndarray.tolist, sequences) for pair in zip([-1, *rows[:-1]], rows, strict=False)}
    agree = sum((count / len(pairs)) ** 2 for count in Counter(row for _, row in pairs).values())
    expected = np.log(max(steps, PLACES) ** 2 / 2)
    size = max(2, int(np.ceil(min(expected / -np.log(np.clip(agree, 1e-300, 1 - 1e-9)), steps + 1))))
    return [Shingled(sequence, _places(sequence, size)) for sequence in sequences], size


def _places(rows: np.ndarray, size: int) -> dict[bytes, int]:
    """By each shingle that counts, the first step at which it begins."""
    places, last = dict[bytes, int](), dict[bytes, int]()
    clear = 0
    for step in range(len(rows) - 1):
        # From `clear` on no two rows follow each other twice.
        pair = rows[step : step + 2].tobytes()
        clear = max(clear, last.get(pair, -1) + 1)
        last[pair] = step
        if clear <= (first := step + 2 - size) and first >= 0:
            places.setdefault(rows[first : first + size].tobytes(), first)
    return places


def _that_share(sequences: Sequence[Shingled]) -> Iterator[tuple[int, int]]:
    """Pairs of sequences that share a shingle: each beside the shortest that has it, which may lie in many longer ones,
    and beside the next shorter one. Of many windows of a series that is not all pairs."""
    shortest, latest = dict[bytes, int](), dict[bytes, int]()
    for number in sorted(range(len(sequences)), key=lambda number: len(sequences[number].rows)):
        names = sequences[number].places
        beside = {table[name] for table in (shortest, latest) for name in names if name in table}
        yield from ((other, number) for other in sorted(beside))
        for name in names:
            shortest.setdefault(name, number)
            latest[name] = number


def _begins_at(one: Shingled, other: Shingled, size: int) -> int | None:
    """How many steps after the one the other begins, if one ends as the other begins, or most of the shorter lies in
    shingles that both have; else None."""
    both = one.places.keys() & other.places.keys()
    often = Counter(one.places[name] - other.places[name] for name in both)
    step = max(often, key=lambda step: (often[step], -step))
    overlap = one.rows[max(step, 0) :], other.rows[max(-step, 0) :]
    length = min(map(len, overlap))
    if np.array_equal(overlap[0][:length], overlap[1][:length]):
        return step
    shorter = min((one, other), key=lambda each: len(each.rows))
    if len(both) * size < MOST * len(shorter.rows):
        return None
    covered = np.zeros(len(shorter.rows), dtype=bool)
    for name in both:
        covered[shorter.places[name] :][:size] = True
    return step if covered.mean() >= MOST else None
