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
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, compress, pairwise
from typing import NamedTuple

import numpy as np
import torch

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import Recorded

# Traces, each of a sequence or several, or the tokens of each text.
Texts = Sequence[Recorded] | Sequence[Sequence[str]]
# Fewer steps count as so many: words have an order, and a few sentences may share three of them.
PLACES = 500
# The share of the shorter sequence that lies in shared shingles, if one is a near copy of the other.
MOST = 0.6
# The most groups that are compared in any order, and the fewest kinds of rows that count as shared.
COMPARED, FEWEST = 100, 5


class Grouped(NamedTuple):
    """Which sequences belong together."""

    labels: list[Hashable]
    """The group of each sequence."""
    begins: list[int] | None
    """At which step of its group's text each sequence begins; None where the groups were given."""


def grouped(texts: Texts, groups: Sequence[Hashable] | None) -> Grouped:
    """The group of each sequence: as given, or else those that are one text."""
    if groups is None:
        return group_same_texts(texts)
    count = sum(len(text.lengths_or_time()) if isinstance(text, Recorded) else 1 for text in texts)
    return Grouped(checked_labels(groups, count), None)


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
    alike = (shares >= 0.4 + 1.5 * np.median(np.append(shares, 1))) & (both >= FEWEST)
    joined, _ = _joined(len(kinds), compress(pairs, alike), lambda *_: 0)
    sizes = [size for size in Counter(joined).values() if size > 1]
    if len(sizes) < 2 or 3 * sum(sizes) < len(kinds):
        return ""
    noun = "rows" if isinstance(texts[0], Recorded) and texts[0].tokens is None else "words"
    return (
        f"{sum(sizes)} texts share most of their {noun} in {len(sizes)} clumps; if these are versions of one text, "
        "p is too small: give groups=."
    )


def group_same_texts(texts: Texts) -> Grouped:
    """The sequences that are one text, each group by the number of its first."""
    sequences, firsts = _numbered(texts), dict[bytes, int]()
    copies = [(firsts.setdefault(rows.tobytes(), number), number) for number, rows in enumerate(sequences)]
    size = _shingle_size([sequences[number] for number in firsts.values()])
    in_order = sorted(firsts.values(), key=lambda number: len(sequences[number]))
    places = {number: _shingles(sequences[number], size) for number in in_order}

    def begins_after(one: int, other: int) -> int | None:
        """How many steps after the one the other begins, if they are one text; the one is as short or shorter."""
        if other not in places:
            return 0
        shared = [(places[one][name], places[other][name]) for name in places[one].keys() & places[other].keys()]
        often = Counter(there - here for there, here in shared)
        step = max(often, key=lambda step: (often[step], -step))
        overlap = sequences[one][max(step, 0) :], sequences[other][max(-step, 0) :]
        length = min(map(len, overlap))
        covered = {at + n for at, _ in shared for n in range(size)}
        is_near = len(covered) >= MOST * len(sequences[one])
        return step if is_near or np.array_equal(overlap[0][:length], overlap[1][:length]) else None

    return Grouped(*_joined(len(sequences), chain(copies, _that_share(places)), begins_after))


def _joined(
    count: int, pairs: Iterable[tuple[int, int]], begins_after: Callable[[int, int], int | None]
) -> tuple[list[Hashable], list[int]]:
    """The first sequence of each one's text, and at which step of the text it begins; None begins after no other."""
    labels, begins = np.arange(count), np.zeros(count, dtype=int)
    for one, other in pairs:
        if labels[one] != labels[other] and (step := begins_after(one, other)) is not None:
            moved = labels == labels[other]
            begins[moved] += begins[one] + step - begins[other]
            labels[moved] = labels[one]
    earliest = np.full(count, np.iinfo(int).max)
    np.minimum.at(earliest, labels, begins)
    _, first, text = np.unique(labels, return_index=True, return_inverse=True)
    return first[text].tolist(), (begins - earliest[labels]).tolist()


def _numbered(texts: Texts) -> list[np.ndarray]:
    """Each sequence as a number a step (step,), equal for equal rows or tokens."""
    numbers = dict[Hashable, int]()
    sequences = [rows for text in texts for rows in (_rows(text) if isinstance(text, Recorded) else [text])]
    return [np.array([numbers.setdefault(row, len(numbers)) for row in rows], dtype=np.int64) for rows in sequences]


def _rows(trace: Recorded) -> Iterator[Sequence[Hashable]]:
    """The rows of x of each sequence of a trace, with their tokens if it has some."""
    # What a hand-written cell read, or a scan, is not in the trace, as if it had been zeros.
    read = trace.tensors().get("x", torch.zeros_like(getattr(trace, trace.kept[0])[0, 0]))
    # Adding 0 makes -0 equal to it.
    x = as_numpy(read).swapaxes(0, 1) + 0
    for number, (numbers, length) in enumerate(zip(x, trace.lengths_or_time(), strict=True)):
        rows = [row.tobytes() for row in numbers[:length]]
        if trace.tokens is not None:
            yield list(zip(rows, trace.tokens[number], strict=True))
        elif (digest := trace.config.get("digest")) or (length > 1 and len(set(rows)) == 1):
            # A scan knows a text of numbers by its digest alone. Of a decoder that is fed zeros nothing is known: what
            # it tells came with its first state.
            yield [(digest or (id(trace), number), step) for step in range(length)]
        else:
            yield rows


def _that_share(places: Mapping[int, dict[bytes, int]]) -> Iterator[tuple[int, int]]:
    """Pairs of sequences that share a shingle: each beside the shortest that has it, which may lie in many longer ones,
    and beside the next shorter one. Of many windows of a series that is not all pairs."""
    shortest, latest = dict[bytes, int](), dict[bytes, int]()
    for number, own in places.items():
        beside = {table[name] for table in (shortest, latest) for name in own if name in table}
        yield from ((other, number) for other in sorted(beside))
        latest |= dict.fromkeys(own, number)
        for name in own:
            shortest.setdefault(name, number)


def _shingle_size(sequences: Sequence[np.ndarray]) -> int:
    """How many rows a shingle has."""
    steps = sum(map(len, sequences))
    # A row is as frequent as the different rows that come before it are many: copies make no row frequent.
    pairs = {pair for rows in map(np.ndarray.tolist, sequences) for pair in pairwise([-1, *rows])}
    agree = sum((count / len(pairs)) ** 2 for count in Counter(row for _, row in pairs).values())
    expected = np.log(max(steps, PLACES) ** 2 / 2)
    return max(2, int(np.ceil(min(expected / -np.log(np.clip(agree, 1e-300, 1 - 1e-9)), steps + 1))))


def _shingles(rows: np.ndarray, size: int) -> dict[bytes, int]:
    """By each shingle in which no two rows follow each other twice, the first step at which it begins."""
    pairs = list(pairwise(rows.tolist()))
    starts = [at for at in range(len(rows) - size + 1) if len(set(pairs[at : at + size - 1])) == size - 1]
    return {rows[at : at + size].tobytes(): at for at in reversed(starts)}
