"""In which parts and batches is a corpus read?

A part is some texts that follow each other, read by one worker at a time. Where it ends depends on the texts and the
model alone, so a scan that goes on after a stop has the same parts. A window is a batch of pieces, each some steps of
one text of the part. A text that is longer than a window goes on in the next one from the state in which it stopped.
Long texts come first, so that the texts of a window are of like length.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_core.errors import LstmCoreError
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.kinds import AnyTrace, kind_of
from lstm_core.recording.record import record
from lstm_core.scanning.by_hand import ByHand
from lstm_core.scanning.model import lstm_of, sizes_of

STEPS, NUMBERS = 1 << 18, 1 << 25
"""A part ends with the text that brings it to so many steps, or what is stored of it to so many numbers."""
LANES = 128
"""Texts that are read at once, if not said otherwise."""
MOST_STEPS = 2_048
"""The most steps of a window: more would only take memory."""
NUMBERS_AT_ONCE = 1 << 20
"""About how many numbers one quantity has in a window: 4 MiB, which stay in the last-level cache."""
MOST_NUMBERS = 1 << 28
"""The most numbers that one quantity has in a window: a text that is read in both directions is read whole."""
FEW_NUMBERS = 4
"""The most numbers of a step that are written out as its token."""


@dataclass(frozen=True)
class NumberedText:
    """A text as numbers."""

    length: int
    digest: int
    """64 bits that depend only on what is in the text."""
    ids: np.ndarray | None = None
    """(time,) int32: the number of each token in the part's vocabulary."""
    rows: np.ndarray | None = None
    """(time, feature) float32: for a text of numbers."""


class Piece(NamedTuple):
    """The steps [first, last) of a text."""

    text: int
    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first


@dataclass
class Part:
    """Some texts that follow each other."""

    first: int
    """How many texts are before them in the corpus."""
    begin: int
    """How many steps are before them."""
    texts: list[NumberedText] = field(default_factory=list)
    vocabulary: list[str] = field(default_factory=list)
    """The types of token in the part, in the order in which they appear."""

    @cached_property
    def lengths(self) -> np.ndarray:
        """(text,): the steps of each text."""
        return np.array([text.length for text in self.texts], np.int64)

    @property
    def steps(self) -> int:
        """The number of steps of all texts."""
        return int(self.lengths.sum())

    @cached_property
    def begins(self) -> np.ndarray:
        """(text,): the number of each text's first step in the part."""
        return begins_of(self.lengths)

    @cached_property
    def ids(self) -> np.ndarray:
        """(step,) int32: the number of each step's token in the vocabulary; -1 in a text of numbers."""
        return np.concatenate(
            [np.full(text.length, -1, np.int32) if text.ids is None else text.ids for text in self.texts]
        )

    @cached_property
    def rows(self) -> np.ndarray:
        """(step, feature): the numbers of all texts, if all are of numbers."""
        return np.concatenate([text.rows for text in self.texts if text.rows is not None])

    @cached_property
    def digests(self) -> np.ndarray:
        """(text,) uint64: what is in each text."""
        return np.array([text.digest for text in self.texts], np.uint64)

    def numbers(self, pieces: Sequence[Piece]) -> np.ndarray:
        """(time, batch): the number of each step of a window, the longest piece first; -1 past the end of a piece."""
        texts, firsts, lasts = np.array(pieces).T
        time = np.arange(pieces[0].length)[:, None]
        return np.where(time < lasts - firsts, self.begins[texts] + firsts + time, -1)

    def tokens(self) -> tuple[np.ndarray, list[str]]:
        """The number of each step's token among different ones, and these; of a text of numbers they are written out,
        if they are few."""
        if all(text.ids is not None for text in self.texts):
            return self.ids, self.vocabulary
        numbers = {token: number for number, token in enumerate(self.vocabulary)}
        ids = self.ids.copy()
        for begin, text in zip(self.begins.tolist(), self.texts, strict=True):
            if text.rows is not None:
                few = text.rows.shape[1] <= FEW_NUMBERS
                words = (" ".join(f"{number:.6g}" for number in row) if few else "" for row in text.rows.tolist())
                ids[begin : begin + text.length] = [numbers.setdefault(word, len(numbers)) for word in words]
        return ids, list(numbers)


def parts(model: nn.Module, texts: Iterable[Any], quantities: Sequence[str]) -> Iterator[Part]:
    """The parts of a corpus, of which some quantities are stored.

    Raises LstmCoreError for a text that the model can't read.
    """
    most = max(1, min(STEPS, NUMBERS // sizes_of(model).numbers(quantities)))
    part, numbers, steps = Part(0, 0), _new_numbers(), 0
    for number, given in enumerate(texts, 1):
        part.texts.append(_text(model, given, number - 1, numbers))
        steps += part.texts[-1].length
        if steps >= most:
            part.vocabulary = list(numbers)
            yield part
            part, numbers, steps = Part(number, part.begin + steps), _new_numbers(), 0
    if part.texts:
        part.vocabulary = list(numbers)
        yield part


def _new_numbers() -> defaultdict[str, int]:
    """The number of each token of a part; a new token gets the next one when it is looked up."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return numbers


def _text(model: nn.Module, given: Any, number: int, numbers: Mapping[str, int]) -> NumberedText:
    """A text of the corpus as numbers.

    Raises LstmCoreError, which names the text, if it is something else or the model can't read it.
    """
    if isinstance(given, (np.ndarray, Tensor)):
        return _of_rows(_as_rows(model, given, number))
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
    if model.reads == "numbers":
        return _of_rows(model.embedding.read(tokens).numpy())
    ids = np.fromiter(map(numbers.__getitem__, tokens), np.int32, len(tokens))
    return NumberedText(len(tokens), _digest("\0".join(tokens).encode("utf-8", "surrogatepass")), ids=ids)


_OF_A_MODEL = (
    " Of your own model only the LSTM, GRU or RNN in it is run: give what that reads, such as embedding(ids). A "
    "lstm_core.SequenceModel of its parts reads tokens."
)


def _as_rows(model: nn.Module, given: np.ndarray | Tensor, number: int) -> np.ndarray:
    if isinstance(model, ByHand):
        return model.rows(given, number)
    rows = given.detach().float().cpu().numpy() if isinstance(given, Tensor) else np.asarray(given)
    size = model.embedding.size if isinstance(model, SequenceModel) else lstm_of(model).input_size
    if rows.ndim != 2 or rows.shape[1] != size or rows.dtype.kind not in "fiub":
        raise LstmCoreError(
            f"Expected numbers of shape (time, {size}) as text {number}, got shape {rows.shape} of "
            f"{str(given.dtype).removeprefix('torch.')}."
            + ("" if isinstance(model, SequenceModel | nn.RNNBase) else _OF_A_MODEL)
        )
    return np.ascontiguousarray(rows, np.float32)


def _of_rows(rows: np.ndarray) -> NumberedText:
    return NumberedText(len(rows), _digest(rows.tobytes()), rows=rows)


def _digest(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")


def windows(lengths: Sequence[int], lanes: int, rows: int) -> Iterator[list[Piece]]:
    """Windows of at most `lanes` pieces and about `rows` steps in all, the longest piece first."""
    waiting = iter(sorted((text for text in range(len(lengths)) if lengths[text]), key=lambda text: -lengths[text]))
    reading: list[tuple[int, int]] = []
    while True:
        reading += [(text, 0) for _, text in zip(range(lanes - len(reading)), waiting, strict=False)]
        if not reading:
            return
        most = min(MOST_STEPS, max(1, rows // len(reading)))
        pieces = [Piece(text, first, min(first + most, lengths[text])) for text, first in reading]
        yield sorted(pieces, key=lambda piece: -piece.length)
        reading = [(piece.text, piece.last) for piece in pieces if piece.last < lengths[piece.text]]


def whole_texts(lengths: Sequence[int], lanes: int, rows: int) -> Iterator[list[Piece]]:
    """Windows of whole texts, for an LSTM that reads in both directions and so can't stop within a text."""
    pieces = sorted((Piece(text, 0, length) for text, length in enumerate(lengths) if length), key=lambda p: -p.length)
    while pieces:
        count = max(1, min(lanes, rows // pieces[0].length))
        yield pieces[:count]
        pieces = pieces[count:]


def traces(model: nn.Module, part: Part, lanes: int) -> Iterator[tuple[AnyTrace, list[Piece]]]:
    """The recording of each window of a part, and which pieces of which texts its sequences are."""
    lstm, lengths, sizes = lstm_of(model), part.lengths.tolist(), sizes_of(model)
    numbers = sizes.layers * sizes.directions * sizes.units
    rows, most = max(1, NUMBERS_AT_ONCE // numbers), MOST_NUMBERS // numbers
    if lstm.bidirectional and max(lengths) > most:
        longest = int(np.argmax(lengths))
        raise LstmCoreError(
            f"Expected at most {most:,} steps a text, because an LSTM with two directions, or a hand-written cell, "
            f"reads a text as a whole, got {lengths[longest]:,} in text {part.first + longest}. Cut it into shorter "
            "texts."
        )
    if isinstance(lstm, ByHand):
        for pieces in whole_texts(lengths, lanes, rows):
            for _, several in groupby(pieces, key=lambda piece: piece.length):
                together = list(several)
                yield lstm.read([part.texts[piece.text].rows for piece in together]), together
        return
    gather = _gathering(model, part, lstm)
    if lstm.bidirectional:
        for pieces in whole_texts(lengths, lanes, rows):
            packed = pack_padded_sequence(gather(pieces), torch.tensor([piece.length for piece in pieces]))
            yield _recorded(lstm, packed, None), pieces
        return
    ended: dict[str, Tensor] = {}
    lane: dict[int, int] = {}
    for pieces in windows(lengths, lanes, rows):
        x = gather(pieces)
        trace = _recorded(lstm, x.transpose(0, 1) if lstm.batch_first else x, _started(lstm, pieces, ended, lane))
        yield trace, pieces
        # A text that goes on fills its window, so its state is the last one.
        ended = {state: getattr(trace, state)[:, 0, -1] for state in trace.states}
        lane = {piece.text: number for number, piece in enumerate(pieces)}


def _recorded(lstm: nn.RNNBase, x: object, state: Any) -> AnyTrace:
    with torch.no_grad(), record(lstm) as recording:
        lstm(x, state)
    return recording.only


def _started(lstm: nn.RNNBase, pieces: Sequence[Piece], ended: dict[str, Tensor], lane: dict[int, int]) -> Any:
    """The states (layer, batch, unit) that a window starts from: zeros, or the last of the window before."""
    if not any(piece.first for piece in pieces):
        return None
    lanes = torch.tensor([lane[piece.text] if piece.first else 0 for piece in pieces])
    begins = torch.tensor([piece.first == 0 for piece in pieces])[None, :, None]
    states = {
        state: values[:, lanes.to(values.device)].masked_fill(begins.to(values.device), 0.0)
        for state, values in ended.items()
    }
    return kind_of(lstm).as_given(states)


def _gathering(model: nn.Module, part: Part, lstm: nn.RNNBase) -> Callable[[Sequence[Piece]], Tensor]:
    """A function that gives x (time, batch, feature) of a window."""
    weight, table = lstm.get_parameter("weight_ih_l0"), None
    with torch.no_grad():
        if part.vocabulary and isinstance(model, SequenceModel):
            # A token has the same numbers wherever it stands.
            table = model.embedding.embed(model.embedding.read(part.vocabulary))
    all_tokens = all(text.ids is not None for text in part.texts)

    def gather(pieces: Sequence[Piece]) -> Tensor:
        if table is not None and all_tokens:
            # Past the end of a piece stands some token of the part: nothing that is read there counts.
            return table[torch.from_numpy(part.ids[part.numbers(pieces)]).to(table.device)].to(weight)
        x = torch.zeros(pieces[0].length, len(pieces), lstm.input_size)
        for number, piece in enumerate(pieces):
            x[: piece.length, number] = _features(model, part.texts[piece.text], piece, table)
        return x.to(weight)

    return gather


def _features(model: nn.Module, text: NumberedText, piece: Piece, table: Tensor | None) -> Tensor:
    if text.rows is None:
        assert table is not None
        assert text.ids is not None
        return table[torch.from_numpy(text.ids[piece.first : piece.last].astype(np.int64))]
    rows = torch.from_numpy(text.rows[piece.first : piece.last])
    if not isinstance(model, SequenceModel):
        return rows
    with torch.no_grad():
        return model.embedding.embed(rows)


def begins_of(lengths: np.ndarray) -> np.ndarray:
    """(text,): the first step of each text, when the texts follow each other."""
    begins: np.ndarray = np.cumsum(lengths) - lengths
    return begins


def times_of(lengths: np.ndarray) -> np.ndarray:
    """(step,): the number of each step in its text."""
    times: np.ndarray = np.arange(lengths.sum()) - np.repeat(begins_of(lengths), lengths)
    return times


def draws(digests: np.ndarray, times: np.ndarray) -> np.ndarray:
    """A random number of 64 bits for each step (SplitMix64; Steele, Lea & Flood 2014)."""
    mixed = digests + (times.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    drawn: np.ndarray = mixed ^ (mixed >> np.uint64(31))
    return drawn
