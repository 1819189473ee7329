"""What did the model compute around the moments that a scan kept? Their texts are read again, up to there."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_sequence, pad_sequence

import lstm_core
from dashboard.corpus.texts import Texts
from dashboard.store import size_of
from lstm_core import SequenceModel, Trace
from lstm_core.scanning.contexts import AFTER, BEFORE

FEW_NUMBERS = 4
"""The most numbers of a row that are written out as its token."""


class Again(NamedTuple):
    """Some texts, read again together."""

    trace: Trace
    row: dict[int, int]
    """The sequence of each text in the trace."""
    tokens: list[list[str]]
    """The tokens of each sequence."""


class Passage(NamedTuple):
    """Some tokens around a moment or a stretch of a text, each with a number that gives its colour."""

    text: int
    first: int
    last: int
    """The steps that are meant, in the text."""
    begins: int
    """The step of the first token."""
    tokens: list[str]
    numbers: list[float]
    value: float | int
    """The number that stands before the passage."""


def bytes_of(passages: list[Passage]) -> int:
    """The bytes that passages take in a store."""
    return sum(size_of.ENTRY + size_of.of_texts(one.tokens) + 32 * len(one.numbers) for one in passages)


def read_again(model: SequenceModel, texts: Texts, ends: Mapping[int, int]) -> Again:
    """The trace of some texts, by number, each up to a step and a few more; of both directions, the whole text."""
    whole = model.lstm.bidirectional
    tokens, features = [], []
    for number, end in ends.items():
        read, vectors = _tokens_and_features(model, texts.pieces[number].text)
        most = len(read) if whole else min(len(read), end + 1 + AFTER)
        tokens.append(read[:most])
        features.append(vectors[:most])
    # Recording hooks a module, and another visitor may run it at the same time.
    lstm = copy.deepcopy(model.lstm)
    if whole:
        trace = lstm_core.run(lstm, pack_sequence(features, enforce_sorted=False), tokens=tokens, exact=False)
    else:
        # No step reads what follows it, so padding changes none; the kernel takes no packed texts.
        padded = lstm_core.run(lstm, pad_sequence(features), exact=False)
        trace = replace(padded, lengths=torch.tensor([len(each) for each in tokens]), tokens=tokens)
    return Again(trace, {number: row for row, number in enumerate(ends)}, tokens)


def ends_of(moments: Sequence[tuple[int, int]]) -> dict[int, int]:
    """The last step of each text among moments (text, time)."""
    ends: dict[int, int] = {}
    for text, time in moments:
        ends[text] = max(time, ends.get(text, 0))
    return ends


def passage(again: Again, text: int, first: int, last: int, numbers: np.ndarray, value: float | int) -> Passage:
    """The tokens around a stretch; `numbers` (step,): those of the whole text."""
    tokens = again.tokens[again.row[text]]
    begins, end = max(0, first - BEFORE), min(len(tokens), last + 1 + AFTER)
    return Passage(text, first, last, begins, tokens[begins:end], numbers[begins:end].tolist(), value)


def _tokens_and_features(model: SequenceModel, text: Any) -> tuple[list[str], Tensor]:
    """A text's tokens and the features (time, feature) that the LSTM reads."""
    with torch.no_grad():
        if isinstance(text, str):
            tokens = model.tokens(text)
            return tokens, model.embedding.embed(model.embedding.read(tokens)).detach()
        rows = [" ".join(f"{number:.4g}" for number in row[:FEW_NUMBERS]) for row in text.tolist()]
        return rows, model.embedding.embed(torch.from_numpy(text)).detach()
