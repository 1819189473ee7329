"""How is a corpus scanned for a page: in parts, so that it can be stopped, and once for all visitors?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import lstm_core
from gatescope.corpus.model import model_to_scan
from gatescope.corpus.texts import Texts, texts_of
from gatescope.corpus.view import OPENED, Corpus, model_of
from gatescope.serving import limits
from gatescope.serving.still_wanted import go_on
from gatescope.store import size_of
from gatescope.store.budgets import Budget
from gatescope.store.remembered import remembered
from lstm_core import Scan, SequenceModel
from lstm_core.progress import Progress
from lstm_core.scanning.sums import arrays_of

PART = 1 << 15
"""Tokens after which the page reports how far it is."""
TOP = 40
"""The moments that are kept of each unit, the largest and the smallest: some lie side by side."""


class Scanned(NamedTuple):
    scan: Scan
    texts: Texts


def most_tokens(asked: Corpus, model: SequenceModel) -> int:
    """How many tokens are read at most: the size that is asked for, fewer for a large LSTM."""
    weights = sum(weight.numel() for weight in model.lstm.parameters())
    return min(asked.size, limits.SCANNED.most, max(1, limits.SCANNED_WORK // weights))


def name_of_scan(asked: Corpus, *_: object, **_progress: object) -> tuple[object, ...]:
    """The name of a scan: its model, its texts, its size."""
    return model_of(asked.source), asked.texts, asked.size, asked.opened if asked.texts == OPENED else ""


def _bytes(found: Scanned) -> int:
    contexts = found.scan.contexts
    arrays = [*arrays_of(found.scan.sums).values(), contexts.places, contexts.around]
    words = size_of.of_texts([*found.scan.sums.types, *contexts.vocabulary])
    return sum(array.nbytes for array in arrays) + words + sum(_bytes_of(piece.text) for piece in found.texts.pieces)


def _bytes_of(text: object) -> int:
    return size_of.ENTRY // 4 + (size_of.of_texts([text]) if isinstance(text, str) else getattr(text, "nbytes", 0))


@remembered(Budget.SCANS, key=name_of_scan, bytes_of=_bytes, is_heavy=lambda *_, **__: True)
def scanned(asked: Corpus, progress: Progress | None = None) -> Scanned:
    """The scan that is asked for. `asked.texts` names a corpus.

    Raises LstmCoreError when the model or the texts are not there, or do not fit each other.
    """
    model = model_to_scan(asked.source)
    texts = texts_of(asked.texts, model, most_tokens(asked, model), asked.opened)
    found = None
    for first, last in parts(texts.steps, progress):
        part = lstm_core.scan(model, [piece.text for piece in texts.pieces[first:last]], top=TOP)
        found = part if found is None else found + part
    assert found is not None
    # The store would hold a visitor’s model for as long as the scan.
    return Scanned(replace(found, model=None, corpus=None), texts)


def parts(steps: list[int], progress: Progress | None) -> Iterator[tuple[int, int]]:
    """The first piece and the one after the last of each part, as long as the visitor still waits."""
    first, read, before = 0, 0, 0
    for number, count in enumerate(steps, 1):
        read += count
        if read - before >= PART or number == len(steps):
            go_on()
            yield first, number
            if progress is not None:
                progress(read / sum(steps))
            first, before = number, read
