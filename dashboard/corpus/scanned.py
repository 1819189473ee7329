"""How is a corpus scanned for a page: once for all visitors, and so that it can be stopped?"""

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
    # The numbers are on the disk; in memory are a few of each step and text, and the bits of the last searches.
    return 64 * found.scan.steps + sum(_bytes_of(piece.text) for piece in found.texts.pieces)


def _bytes_of(text: object) -> int:
    return size_of.ENTRY // 4 + (size_of.of_texts([text]) if isinstance(text, str) else getattr(text, "nbytes", 0))


@remembered(Budget.SCANS, key=name_of_scan, bytes_of=_bytes, is_heavy=lambda *_, **__: True)
def scanned(asked: Corpus, progress: Progress | None = None) -> Scanned:
    """The scan that is asked for. `asked.texts` names a corpus.

    Raises LstmCoreError when the model or the texts are not there, or do not fit each other.
    """
    model = model_to_scan(asked.source)
    texts = texts_of(asked.texts, model, most_tokens(asked, model), asked.opened)

    def told(share: float) -> None:
        go_on()
        if progress is not None:
            progress(share)

    found = lstm_core.scan(model, [piece.text for piece in texts.pieces], quantities=("c",), progress=told)
    # The store of the server would hold a visitor’s model for as long as the scan.
    return Scanned(lstm_core.Scan(found.stores), texts)
