"""What did the model compute around the moments that a scan kept? Their texts are read again, up to there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_sequence, pad_sequence

import lstm_core
from gatescope.corpus.texts import Texts
from gatescope.store import size_of
from lstm_core import SequenceModel, Trace
from lstm_core.scanning.contexts import AFTER, BEFORE
from lstm_core.traces.cut import past_end
from lstm_core.traces.summary import worst
from lstm_core.traces.trace import QUANTITIES

WINDOW = 128
"""The most steps that are read at once."""
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


def read_again(
    model: SequenceModel, texts: Texts, ends: Mapping[int, int], units: Sequence[int] | None = None
) -> Again:
    """The trace of some texts, by number, each up to a step and a few more; of both directions, the whole text.

    `units`: those that the trace keeps; None for all.
    """
    whole = model.lstm.bidirectional
    read: list[tuple[int, list[str], Tensor]] = []
    for number, end in ends.items():
        tokens, features = _tokens_and_features(model, texts.pieces[number].text)
        most = len(tokens) if whole else min(len(tokens), end + 1 + AFTER)
        read.append((number, tokens[:most], features[:most]))
    read.sort(key=lambda each: -len(each[1]))
    numbers, vectors = [number for number, *_ in read], [features for *_, features in read]
    every = [tokens for _, tokens, _ in read]
    if whole:
        trace = _only(units, lstm_core.run(model.lstm, pack_sequence(vectors), exact=False))
    else:
        trace = _window_by_window(model.lstm, vectors, units)
    return Again(replace(trace, tokens=every), {number: row for row, number in enumerate(numbers)}, every)


def _window_by_window(lstm: nn.LSTM, features: list[Tensor], units: Sequence[int] | None) -> Trace:
    """The trace of texts (time, feature), the longest first: each window reads only the texts that have not ended.

    The kernel takes no packed texts, and padding takes as long to read as a text.
    """
    lengths, x = torch.tensor([len(each) for each in features]), pad_sequence(features)
    state: tuple[Tensor, Tensor] | None = None
    traces: list[Trace] = []
    for first in range(0, len(x), WINDOW):
        batch = int((lengths > first).sum())
        if state is not None:
            state = state[0][:, :batch], state[1][:, :batch]
        trace = lstm_core.run(lstm, x[first : first + WINDOW, :batch], state, exact=False)
        state = trace.h[:, 0, -1], trace.c[:, 0, -1]
        traces.append(_only(units, trace))
    values = {q: _together([getattr(trace, q) for trace in traces], lengths) for q in QUANTITIES}
    farthest, proof = max(trace.max_error for trace in traces), worst([trace.proof for trace in traces])
    return traces[0].with_values(**values, x=x, lengths=lengths, max_error=farthest, proof=proof)


def _only(units: Sequence[int] | None, trace: Trace) -> Trace:
    return trace if units is None else trace.sel(unit=units)


def _together(windows: Sequence[Tensor], lengths: Tensor) -> Tensor:
    """The windows' values (layer, direction, time, batch, unit) in one, NaN past the end of a sequence."""
    wide = [functional.pad(values, (0, 0, 0, len(lengths) - values.shape[3])) for values in windows]
    values = torch.cat(wide, dim=2)
    return values.masked_fill_(past_end(values, lengths), torch.nan)


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
