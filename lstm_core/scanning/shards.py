"""How is a corpus cut into shards, each read by one worker at a time?

A shard is some texts that follow each other. Where it ends depends only on the texts, so the same corpus has the same
shards on any machine.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.scanning.by_hand import ByHand
from lstm_core.scanning.origin import lstm_of, sizes_of
from lstm_core.scanning.windows import Piece

STEPS, NUMBERS = 1 << 18, 1 << 26
"""A shard ends with the text that brings it to so many steps, or c to so many numbers."""
FEW_NUMBERS = 4
"""The most numbers of a step that are written out as its token."""


@dataclass(frozen=True)
class NumberedText:
    """A text as numbers."""

    length: int
    digest: int
    """64 bits that depend only on what is in the text."""
    ids: np.ndarray | None = None
    """(time,) int32: the number of each token in the shard's vocabulary."""
    rows: np.ndarray | None = None
    """(time, feature) float32: for a text of numbers."""


@dataclass
class Shard:
    """Some texts that follow each other; `first`: how many texts are before them in the corpus."""

    first: int
    texts: list[NumberedText] = field(default_factory=list)
    vocabulary: list[str] = field(default_factory=list)
    """The types of token in the shard, in the order in which they appear."""
    counted: list[str] = field(default_factory=list)
    """The types of token that have sums of their own."""

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
        """(text,): the number of each text's first step, when the texts follow each other."""
        begins: np.ndarray = np.cumsum(self.lengths) - self.lengths
        return begins

    @cached_property
    def ids(self) -> np.ndarray:
        """(step,) int32: the number of each step's token in the vocabulary; -1 in a text of numbers."""
        return np.concatenate(
            [np.full(text.length, -1, np.int32) if text.ids is None else text.ids for text in self.texts]
        )

    def numbers(self, pieces: Sequence[Piece]) -> np.ndarray:
        """(time, batch): the number of each step of a window, the longest piece first; -1 past the end of a piece."""
        texts, firsts, lasts = np.array(pieces).T
        time = np.arange(pieces[0].length)[:, None]
        return np.where(time < lasts - firsts, self.begins[texts] + firsts + time, -1)

    @property
    def digest(self) -> str:
        """What is in the texts, as 32 hexadecimal digits."""
        digests = np.array([text.digest for text in self.texts], np.uint64)
        return hashlib.blake2b(digests.tobytes(), digest_size=16).hexdigest()

    def tokens(self, text: int, first: int, last: int) -> list[str]:
        """The tokens of the steps [first, last) of a text, numbered in the shard."""
        one = self.texts[text]
        if one.ids is not None:
            return [self.vocabulary[number] for number in one.ids[first:last].tolist()]
        assert one.rows is not None
        if one.rows.shape[1] > FEW_NUMBERS:
            return [""] * (last - first)
        return [" ".join(f"{number:.6g}" for number in row) for row in one.rows[first:last].tolist()]


def shards(model: nn.Module, texts: Iterable[Any], most_types: int) -> Iterator[Shard]:
    """The shards of a corpus. The first `most_types` types of token in the corpus have sums of their own.

    Raises LstmCoreError for a text that the model can't read.
    """
    sizes = sizes_of(lstm_of(model))
    most = max(1, min(STEPS, NUMBERS // (sizes.layers * sizes.directions * sizes.units)))
    counted: set[str] = set()
    shard, so_far, numbers = Shard(0), 0, _new_numbers()

    def finished() -> Shard:
        shard.vocabulary = list(numbers)
        for token in shard.vocabulary:
            if len(counted) < most_types:
                counted.add(token)
        shard.counted = [token for token in shard.vocabulary if token in counted]
        return shard

    for number, given in enumerate(texts, 1):
        text = _text(model, given, number - 1, numbers)
        shard.texts.append(text)
        so_far += text.length
        if so_far >= most:
            yield finished()
            shard, so_far, numbers = Shard(number), 0, _new_numbers()
    if shard.texts:
        yield finished()


def _new_numbers() -> defaultdict[str, int]:
    """The number of each token of a shard; a new token gets the next one when it is looked up."""
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


_PARTS = (
    "Of your own model only the LSTM, GRU or RNN in it is run: give what that reads, such as embedding(ids). A "
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
            + ("" if isinstance(model, SequenceModel | nn.RNNBase) else f" {_PARTS}")
        )
    return np.ascontiguousarray(rows, np.float32)


def _of_rows(rows: np.ndarray) -> NumberedText:
    return NumberedText(len(rows), _digest(rows.tobytes()), rows=rows)


def _digest(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")


def features(model: nn.Module, shard: Shard) -> Tensor | None:
    """The features (type, feature) of each type in a shard's vocabulary; None for a shard of numbers."""
    if not shard.vocabulary or not isinstance(model, SequenceModel):
        return None
    with torch.no_grad():
        # A token has the same numbers wherever it stands.
        found: Tensor = model.embedding.embed(model.embedding.read(shard.vocabulary))
    return found
