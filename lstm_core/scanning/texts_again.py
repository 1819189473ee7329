"""What were the texts of a scan, token by token, where do some words stand in them, and what does the model record when
it reads some of them again?"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from lstm_core.errors import LstmCoreError, check_from_1
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.record import run
from lstm_core.scanning.by_hand import ByHand, reader
from lstm_core.scanning.model import JOINS, lstm_of, reads_numbers, scanned_model, sizes_of
from lstm_core.scanning.sources import Texts, source_of
from lstm_core.scanning.windows import draws, inputs_of, parts
from lstm_core.traces.recorded import Recorded

if TYPE_CHECKING:
    import pandas

    from lstm_core.scanning.result import Scan

MOST_NUMBERS = 1 << 25
"""The most numbers of c and h in the traces of one scan: 256 MiB as float64."""
Text = list[str] | np.ndarray
"""A text as its tokens, or as rows of numbers (time, feature)."""


def texts_of(scan: Scan, texts: Texts | None = None) -> Iterator[Text]:
    """The texts of a scan in their order: those given, else those that it knows, else the tokens in its store.

    Raises LstmCoreError if there are none, or they are not as many or not as long as those that were scanned.
    """
    given = scan.corpus if texts is None else texts
    if given is None:
        if scan.origin.joins == JOINS["numbers"]:
            raise LstmCoreError(
                "Expected a scan that knows its texts, got one that was loaded from a file or had read an iterator. "
                "Give the texts: scan.with_texts(texts)."
            )
        yield from (scan.tokens_of(number) for number in range(scan.texts))
        return
    read = _read(scanned_model(scan.origin, scan.model), given)
    for number, (text, length) in enumerate(zip_longest(read, scan.lengths.tolist())):
        if text is None or len(text) != length:
            wanted, got = ("no text" if each is None else f"{each:,} steps" for each in (length, text and len(text)))
            raise LstmCoreError(
                f"Expected the texts that were scanned, with {wanted} as text {number}, got {got}. Give the same texts "
                "in the same order."
            )
        yield text


def _read(model: nn.Module, given: Texts) -> Iterator[Text]:
    for text in source_of(given, reads_numbers(model)).texts:
        if isinstance(text, np.ndarray | torch.Tensor):
            yield text if isinstance(text, np.ndarray) else text.detach().cpu().numpy()
        else:
            yield list(model.tokens(text) if isinstance(text, str) and isinstance(model, SequenceModel) else text)


def traces(scan: Scan, texts: Texts | None = None) -> Iterator[Recorded]:
    """A trace a text, one after the other, which the model reads again: for `find_units(scan, …)` and all else that
    takes traces. Of a large corpus, texts are drawn at random until c and h have 33 million numbers; the same scan
    always gives the same ones.

    Raises LstmCoreError without the model, for numbers without texts, and for other texts than were scanned.
    """
    model = copy.deepcopy(scanned_model(scan.origin, scan.model)).eval()
    chosen = _drawn(scan)
    model, every = reader(model, texts_of(scan, texts))
    for number, text in enumerate(every):
        if steps := chosen.pop(number, 0):
            yield _trace(model, lstm_of(model), text[:steps])
        if not chosen:
            return


def _drawn(scan: Scan) -> dict[int, int]:
    """How many steps of which texts."""
    lengths, sizes = scan.lengths, scan.sizes
    left = max(1, MOST_NUMBERS // sizes.numbers(sizes.cell.trace.states))
    chosen: dict[int, int] = {}
    for number in np.argsort(draws(np.zeros(scan.texts, np.uint64), np.arange(scan.texts)), kind="stable").tolist():
        length = int(lengths[number])
        if sizes.directions == 1:
            length = min(length, left)
        if 0 < length <= left:
            chosen[number] = length
            left -= length
    if not chosen:
        raise LstmCoreError(
            f"Expected a text of at most {left:,} steps, because an LSTM with two directions reads a text as a whole, "
            "got none. Cut the texts."
        )
    return chosen


def _trace(model: nn.Module, lstm: nn.RNNBase | ByHand, text: Text) -> Recorded:
    if isinstance(lstm, ByHand):
        return lstm.read([lstm.rows(text)])
    [part] = parts(model, [text], sizes_of(model).cell.trace.states)
    inputs, read = inputs_of(model, part)
    x = inputs[read][:, None].to(lstm.get_parameter("weight_ih_l0"))
    tokens = None if isinstance(text, np.ndarray) else text
    with torch.no_grad():
        return run(lstm, x.transpose(0, 1) if lstm.batch_first else x, tokens=tokens)


_COLUMNS = ["text", "first", "last", "before", "match", "after"]


def find_text(scan: Scan, words: str, limit: int = 50, *, texts: Texts | None = None) -> pandas.DataFrame:
    """Where some words or characters stand in the texts, in the order of the texts, `limit` at most.

    Columns: text first last before match after, as of `search`; the match is whole tokens.

    Raises LstmCoreError for texts of numbers, and for other texts than were scanned.
    """
    import pandas as pd

    if not isinstance(words, str) or not words:
        raise LstmCoreError(f"Expected words or characters to look for, got {words!r}.")
    check_from_1(limit=limit)
    joins, rows = scan.origin.joins, list[tuple[int, int, int, str, str, str]]()
    for number, tokens in enumerate(texts_of(scan, texts)):
        if isinstance(tokens, np.ndarray):
            raise LstmCoreError("Expected texts of tokens, got rows of numbers. Use search or nearest for numbers.")
        for first, last in _places(tokens, joins, words):
            rows.append((number, first, last, *scan.words(number, first, last)))
            if len(rows) == limit:
                return pd.DataFrame(rows, columns=_COLUMNS)
    return pd.DataFrame(rows, columns=_COLUMNS)


def _places(tokens: Sequence[str], joins: str, words: str) -> Iterator[tuple[int, int]]:
    """The first and the last token of each place; places may overlap."""
    text = joins.join(tokens)
    at = text.find(words)
    if at < 0:
        return
    # Where each token begins; what joins two tokens belongs to the first of them.
    begins = np.cumsum([0, *(len(token) + len(joins) for token in tokens[:-1])])
    while at >= 0:
        first, last = np.searchsorted(begins, [at, at + len(words) - 1], side="right") - 1
        yield int(first), int(last)
        at = text.find(words, at + 1)
