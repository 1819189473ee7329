"""In which parts and batches is a corpus read?

A part is some texts that follow each other, read by one worker at a time. Where it ends depends on the texts and the
model alone, so a scan that goes on after a stop has the same parts. A window is some steps of a batch of texts, the
longest first. A text that is longer than a window goes on in the next one from the state in which it stopped.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_core.errors import LstmCoreError
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.kinds import AnyTrace, kind_of
from lstm_core.recording.record import record
from lstm_core.scanning.model import ByHand, lstm_of, reads_numbers, sizes_of

# A part ends with the text that brings it to so many steps, or what is stored of it to so many numbers.
STEPS, NUMBERS = 1 << 18, 1 << 25
# Texts that are read at once, if not said otherwise.
LANES = 128
# The most steps of a window: more would only take memory.
MOST_STEPS = 2_048
# About how many numbers one quantity has in a window: 4 MiB, which stay in the last-level cache.
NUMBERS_AT_ONCE = 1 << 20
# The most numbers that one quantity has in a window: a text that is read in both directions is read whole.
MOST_NUMBERS = 1 << 28
# The most numbers of a step that are written out as its token.
WRITTEN_OUT = 4


@dataclass
class Part:
    """Some texts that follow each other."""

    number: int
    """How many parts are before it."""
    first: int
    """How many texts are before them in the corpus."""
    begin: int
    """How many steps are before them."""
    lengths: np.ndarray
    """(text,): the steps of each text."""
    digests: np.ndarray
    """(text,) uint64: 64 bits that depend only on what is in each text."""
    ids: np.ndarray
    """(step,) int32: the number of each step's token in the vocabulary."""
    vocabulary: list[str]
    """The types of token in the part, in the order in which they appear."""
    rows: np.ndarray | None
    """(step, feature) float32: what a model of numbers reads."""

    @property
    def steps(self) -> int:
        """The number of steps of all texts."""
        return len(self.ids)

    @cached_property
    def begins(self) -> np.ndarray:
        """(text,): the number of each text's first step in the part."""
        return begins_of(self.lengths)


def parts(model: nn.Module, texts: Iterable[Any], quantities: Sequence[str]) -> Iterator[Part]:
    """The parts of a corpus, of which some quantities are stored.

    Raises LstmCoreError for a text that the model can't read.
    """
    most = max(1, min(STEPS, NUMBERS // sizes_of(model).numbers(quantities)))
    number, first, begin, every = 0, 0, 0, iter(texts)
    while (part := _part(model, every, most, number, first, begin)) is not None:
        yield part
        number, first, begin = number + 1, first + len(part.lengths), begin + part.steps


def _part(model: nn.Module, texts: Iterator[Any], most: int, number: int, first: int, begin: int) -> Part | None:
    """The next part; None after the last text."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    ids, digests, rows, steps = list[np.ndarray](), list[int](), list[np.ndarray](), 0
    for given in texts:
        read = _text(model, given, first + len(ids))
        if isinstance(read, np.ndarray):
            rows.append(read)
            few = read.shape[1] <= WRITTEN_OUT
            tokens = [" ".join(f"{number:.6g}" for number in row) if few else "" for row in read.tolist()]
            content = read.tobytes()
        else:
            content, tokens = "\0".join(read).encode("utf-8", "surrogatepass"), list(read)
        digests.append(int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little"))
        ids.append(np.fromiter(map(numbers.__getitem__, tokens), np.int32, len(tokens)))
        steps += len(tokens)
        if steps >= most:
            break
    if not ids:
        return None
    of_numbers = np.concatenate(rows) if rows else None
    lengths, digest = np.array(list(map(len, ids)), np.int64), np.array(digests, np.uint64)
    return Part(number, first, begin, lengths, digest, np.concatenate(ids), list(numbers), of_numbers)


def _text(model: nn.Module, given: Any, number: int) -> np.ndarray | Sequence[str]:
    """A text of the corpus as rows of numbers (time, feature), or as tokens.

    Raises LstmCoreError, which names the text, if it is something else or the model can't read it.
    """
    if isinstance(given, (np.ndarray, Tensor)):
        return _as_rows(model, given, number)
    if not isinstance(model, SequenceModel):
        raise LstmCoreError(
            f"Expected arrays (time, {lstm_of(model).input_size}) for an LSTM by itself, got {type(given).__name__} as "
            f"text {number}. Give a SequenceModel (lstm_core.assemble makes one), which turns tokens into numbers."
        )
    tokens = model.tokens(given) if isinstance(given, str) else given
    if not isinstance(tokens, list | tuple) or not all(isinstance(token, str) for token in tokens):
        raise LstmCoreError(
            f"Expected a str, a list of tokens or an array as text {number}, got {type(given).__name__}: "
            f"{str(given)[:60]!r}. Give the column or field that holds the texts."
        )
    return model.embedding.read(tokens).numpy() if model.reads == "numbers" else tokens


def _as_rows(model: nn.Module, given: np.ndarray | Tensor, number: int) -> np.ndarray:
    if isinstance(model, ByHand):
        return model.rows(given, number)
    if not reads_numbers(model):
        raise LstmCoreError(f"Expected a str or a list of tokens as text {number}, got an array. Give its tokens.")
    rows = given.detach().float().cpu().numpy() if isinstance(given, Tensor) else np.asarray(given)
    size = model.embedding.size if isinstance(model, SequenceModel) else lstm_of(model).input_size
    if rows.ndim != 2 or rows.shape[1] != size or rows.dtype.kind not in "fiub":
        raise LstmCoreError(
            f"Expected numbers of shape (time, {size}) as text {number}, got shape {rows.shape} of "
            f"{str(given.dtype).removeprefix('torch.')}. Of your own model only its LSTM, GRU or RNN is run: give what "
            "that reads, such as embedding(ids)."
        )
    return np.ascontiguousarray(rows, np.float32)


def traces(model: nn.Module, part: Part, lanes: int) -> Iterator[tuple[AnyTrace, np.ndarray]]:
    """The recording of each window of a part, and the number (time, batch) of each of its steps in the part; -1 past
    the end of a text."""
    lstm, lengths, sizes = lstm_of(model), part.lengths, sizes_of(model)
    numbers = sizes.layers * sizes.directions * sizes.units
    rows, most = max(1, NUMBERS_AT_ONCE // numbers), MOST_NUMBERS // numbers
    if lstm.bidirectional and lengths[longest := int(np.argmax(lengths))] > most:
        raise LstmCoreError(
            f"Expected at most {most:,} steps a text, because an LSTM with two directions, or a hand-written cell, "
            f"reads a text as a whole, got {lengths[longest]:,} in text {part.first + longest}. Cut it into shorter "
            "texts."
        )
    inputs, read = inputs_of(model, part)
    for texts in _batches(lengths, lanes, rows, lstm):
        first, state = 0, None
        while there := int(np.count_nonzero(lengths[texts] > first)):
            left = int(lengths[texts[0]]) - first
            time = first + np.arange(left if lstm.bidirectional else min(left, MOST_STEPS, max(1, rows // there)))
            steps = np.where(time[:, None] < lengths[texts[:there]], part.begins[texts[:there]] + time[:, None], -1)
            # Past the end of a text stands some token of the part: nothing that is read there counts.
            trace = _recorded(lstm, inputs[read[steps]], (steps >= 0).sum(0), state, there)
            yield trace, steps
            first, state = first + len(time), {each: getattr(trace, each)[:, 0, -1] for each in trace.states}


def _batches(lengths: np.ndarray, lanes: int, rows: int, lstm: nn.RNNBase | ByHand) -> Iterator[np.ndarray]:
    """The texts that are read at once, the longest first. Of those that are read whole there are fewer, about `rows`
    steps; a hand-written cell reads those of one length together."""
    order = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
    while len(order):
        longest = int(lengths[order[0]])
        texts = order[: max(1, min(lanes, rows // longest)) if lstm.bidirectional else lanes]
        if isinstance(lstm, ByHand):
            texts = texts[lengths[texts] == longest]
        yield texts
        order = order[len(texts) :]


def inputs_of(model: nn.Module, part: Part) -> tuple[Tensor, Tensor]:
    """The different inputs (input, feature) of a part, and which one each step reads."""
    with torch.no_grad():
        if part.rows is None:
            assert isinstance(model, SequenceModel)
            # A token has the same numbers wherever it stands.
            inputs = model.embedding.embed(model.embedding.read(part.vocabulary))
            return inputs, torch.from_numpy(part.ids)
        inputs = torch.from_numpy(part.rows)
        inputs = model.embedding.embed(inputs) if isinstance(model, SequenceModel) else inputs
        return inputs, torch.arange(part.steps)


def _recorded(lstm: nn.RNNBase | ByHand, x: Tensor, lengths: np.ndarray, state: Any, there: int) -> AnyTrace:
    """The recording of x (time, batch, feature), from a state; of it the first `there` sequences go on."""
    if isinstance(lstm, ByHand):
        return lstm.read(list(x.transpose(0, 1).numpy()))
    x = x.to(lstm.get_parameter("weight_ih_l0"))
    given = state and kind_of(lstm).as_given({name: values[:, :there] for name, values in state.items()})
    with torch.no_grad(), record(lstm) as recording:
        if lstm.bidirectional:
            lstm(pack_padded_sequence(x, torch.from_numpy(lengths)))
        else:
            lstm(x.transpose(0, 1) if lstm.batch_first else x, given)
    return recording.only


def begins_of(lengths: np.ndarray) -> np.ndarray:
    """(text,): the first step of each text, when the texts follow each other."""
    return np.asarray(np.cumsum(lengths) - lengths)


def times_of(lengths: np.ndarray) -> np.ndarray:
    """(step,): the number of each step in its text."""
    return np.asarray(np.arange(lengths.sum()) - np.repeat(begins_of(lengths), lengths))


def draws(digests: np.ndarray, times: np.ndarray) -> np.ndarray:
    """A random number of 64 bits for each step (SplitMix64; Steele, Lea & Flood 2014)."""
    mixed = digests + (times.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
