"""How does a trained model turn its tokens into numbers?"""

import abc
import functools
import math
import zlib
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError

# How does a trained model turn its tokens into numbers?


class Embedding(nn.Module, abc.ABC):
    """Turns tokens into x in two parts: `read` has no weights, `embed` has the learned ones.

    `read` turns a sequence's tokens into plain numbers (time, …). `embed` turns these numbers, with any dims before,
    into features. A file names the class by its `kind` and builds it again from its `settings`; weights and buffers
    are tensors of their own.
    """

    kind: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]]
    """What `__init__` takes, each an attribute that JSON takes."""
    size: int
    """The number of features a step: the LSTM's input_size."""

    def settings(self) -> dict[str, Any]:
        """The arguments of `__init__`, as JSON takes them."""
        return {name: getattr(self, name) for name in self.arguments}

    @abc.abstractmethod
    def read(self, tokens: Sequence[str]) -> Tensor:
        """(time, …): the tokens as numbers; nothing here is learned."""

    @abc.abstractmethod
    def embed(self, numbers: Tensor) -> Tensor:
        """Features (*any, feature) from the numbers (*any, …) of `read`."""

    def unread(self, tokens: Sequence[str]) -> list[str]:
        """The tokens that have no vector of their own: the LSTM can't tell them from each other."""
        return [token for token in tokens if not self._has(token)]

    def known_in_lower_case(self, tokens: Sequence[str]) -> list[str]:
        """The `unread` tokens that have a vector of their own in lower case, each once."""
        return [token for token in dict.fromkeys(self.unread(tokens)) if self._has(token.lower())]

    def _has(self, _token: str) -> bool:
        return True

    @property
    def has_words(self) -> bool:
        """Whether a number is no token."""
        return True

    def forward(self, tokens: Sequence[str] | Sequence[int] | Tensor) -> Tensor:
        """x of shape (time, 1, feature), from tokens or from the numbers of `read`."""
        numbers = tokens if isinstance(tokens, Tensor) else self.read(self.written(tokens))
        return self.embed(numbers).unsqueeze(1)

    def written(self, tokens: Sequence[str] | Sequence[int]) -> list[str]:
        """Tokens as `read` takes them. Raises LstmCoreError for a number where it is none: it would be read as an
        unknown word."""
        for token in tokens:
            if self.has_words and not isinstance(token, str):
                raise LstmCoreError(
                    f"Expected each token as a str, got {token!r}, of type {type(token).__name__}. Give "
                    "model.tokens(text), or the rows of the table in a tensor: torch.tensor([3, 1, 4])."
                )
        return [str(token) for token in tokens]


class Vocabulary(Embedding):
    """A learned vector for each token of a list; all other tokens share one, which starts at zero.

    >>> vocabulary = Vocabulary(["a", "b"], size=3)
    >>> vocabulary.read(["b", "a", "?"])
    tensor([2, 1, 0])
    >>> vocabulary(["b", "a", "?"]).shape
    torch.Size([3, 1, 3])
    """

    kind, arguments = "vocabulary", ("tokens", "size")

    def __init__(self, tokens: Sequence[str], size: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.tokens, self.size = list(tokens), size
        self._index = {token: index for index, token in enumerate(self.tokens, start=1)}
        self.vectors = nn.Embedding(len(self.tokens) + 1, size, _weight=torch.zeros(len(self.tokens) + 1, size))
        if generator is not None:
            nn.init.normal_(self.vectors.weight[1:].data, generator=generator)

    def read(self, tokens: Sequence[str]) -> Tensor:
        return torch.tensor([self._index.get(token, 0) for token in tokens], dtype=torch.long)

    def _has(self, token: str) -> bool:
        return token in self._index

    def embed(self, numbers: Tensor) -> Tensor:
        return _rows_of(self.vectors, numbers)


class Rows(Embedding):
    """The rows of a given table, unchanged: a token is one of a list, or without a list the number of its row.

    `unknown` is the row of every other token; with None other tokens get zeros. A table in half precision stays
    so; only the vectors that are read become float32.

    >>> rows = Rows(3, size=2)
    >>> rows.read(["2", "0", "?", "3"])
    tensor([ 2,  0, -1, -1])
    >>> rows.read([2, 0])
    tensor([2, 0])
    >>> Rows(3, size=2, tokens=["a", "<unk>"], unknown=1).read(["a", "?"])
    tensor([0, 1])
    """

    kind, arguments = "rows", ("rows", "size", "tokens", "unknown")

    def __init__(self, rows: int, size: int, tokens: Sequence[str] = (), unknown: int | None = None) -> None:
        super().__init__()
        if len(tokens) > rows or not (unknown is None or (type(unknown) is int and unknown < rows)):
            got = f"{len(tokens):,} tokens, and row {unknown!r} for all others"
            raise LstmCoreError(
                f"Expected tokens for the {rows:,} rows of a table, got {got}. Give its own vocabulary."
            )
        self.size, self.tokens, self.unknown = size, list(tokens), unknown
        self._index = {token: row for row, token in enumerate(self.tokens)}
        self.vectors = nn.Embedding(rows, size, _weight=torch.zeros(rows, size))

    @property
    def has_words(self) -> bool:
        return bool(self.tokens)

    @property
    def rows(self) -> int:
        """How many vectors there are."""
        return self.vectors.num_embeddings

    def read(self, tokens: Sequence[str]) -> Tensor:
        if not self.tokens:
            return torch.tensor([self._numbered(token) for token in tokens], dtype=torch.long)
        other = -1 if self.unknown is None else self.unknown
        return torch.tensor([self._index.get(token, other) for token in tokens], dtype=torch.long)

    def _has(self, token: str) -> bool:
        return token in self._index if self.tokens else self._numbered(token) >= 0

    def _numbered(self, token: object) -> int:
        said = str(token)
        # int() accepts more than a person writes as a number.
        row = int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else -1
        return row if row < self.rows else -1

    def embed(self, numbers: Tensor) -> Tensor:
        vectors = _rows_of(self.vectors, numbers.clamp(min=0)).float()
        return vectors.masked_fill((numbers < 0).unsqueeze(-1), 0.0)


def _rows_of(table: nn.Embedding, numbers: Tensor) -> Tensor:
    try:
        rows: Tensor = table(numbers)
    except IndexError as error:
        raise LstmCoreError(
            f"Expected numbers of rows from 0 to {table.num_embeddings - 1:,}, got {numbers.min()} to {numbers.max()}. "
            "Give model.tokens(text), or rows that the table has."
        ) from error
    return rows


class Numbers(Embedding):
    """A table's columns, each minus its mean, divided by its standard deviation. A token is one row: "1.5" or "1.5 20".

    >>> numbers = Numbers.fitted(["load"], torch.tensor([[1.0], [3.0]]))
    >>> numbers(["1", "2", "3"]).flatten()
    tensor([-1.,  0.,  1.])
    """

    kind, arguments = "numbers", ("columns",)

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__()
        self.columns, self.size = list(columns), len(columns)
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.zeros(self.size))
        self.register_buffer("deviation", torch.ones(self.size))

    @classmethod
    def fitted(cls, columns: Sequence[str], table: Tensor) -> Self:
        """`Numbers` with the means and deviations of a table (time, column); a constant column keeps its scale."""
        made = cls(columns)
        made.mean.copy_(table.mean(0))
        deviation = table.std(0, correction=0)
        made.deviation.copy_(torch.where(deviation > 0, deviation, 1.0))
        return made

    def scaled(self, mean: Sequence[float], deviation: Sequence[float]) -> Self:
        """These columns with other means and deviations: one number for all, or one a column.

        >>> Numbers(["load", "wind"]).scaled([1.0], [2.0, 4.0])(torch.tensor([[5.0, 5.0]])).tolist()
        [[[2.0, 1.0]]]
        """
        made = type(self)(self.columns)
        for buffer, given, name in ((made.mean, mean, "mean"), (made.deviation, deviation, "scale")):
            numbers = torch.tensor(given, dtype=buffer.dtype)
            right = numbers.isfinite().all() and (name == "mean" or (numbers > 0).all())
            if len(given) not in (1, self.size) or not right:
                raise LstmCoreError(
                    f"Expected a {name} of one number, or one for each of the {self.size} columns, finite"
                    f"{' and above 0' * (name == 'scale')}, got {', '.join(map(str, list(given)[:8]))}. Give those of "
                    "the data on which the model was trained."
                )
            buffer.copy_(numbers)
        return made

    @property
    def has_words(self) -> bool:
        return False

    @property
    def is_raw(self) -> bool:
        """Whether numbers go in as they are."""
        return not self.mean.any() and bool((self.deviation == 1).all())

    def read(self, tokens: Sequence[str]) -> Tensor:
        return torch.tensor([self._row(token) for token in tokens]).reshape(-1, self.size)

    def embed(self, numbers: Tensor) -> Tensor:
        if numbers.shape[-1] != self.size:
            raise LstmCoreError(
                f"Expected {self.size} numbers a step ({self._named()}), got {numbers.shape[-1]}. "
                f"Give {self.size} columns."
            )
        return (numbers - self.mean) / self.deviation

    def restore(self, features: Tensor) -> Tensor:
        """Features (…, column) back in the units of the table."""
        return features * self.deviation + self.mean

    def _named(self) -> str:
        return ", ".join(self.columns[:8]) + (", …" if self.size > 8 else "")

    def _row(self, token: str) -> list[float]:
        try:
            row = [float(cell) for cell in token.split()]
        except ValueError:
            row = []
        if len(row) != self.size or not all(map(math.isfinite, row)):
            raise LstmCoreError(
                f"Expected {self.size} finite numbers a step ({self._named()}), got {token[:80]!r}. "
                "Write them with a point and part them with blanks."
            )
        return row


# How can a model know a word that it never saw? By its ending, its beginning and the letters in between.

# The most letters of a word that count: a web address can be very long.
_LETTERS = 24


class WordFeatures(Embedding):
    """A word as the sum of the vectors of its features, over the square root of their number.

    The features of `features` share `buckets` vectors: the CRC-32 of a feature chooses its vector, on any machine.
    Bojanowski et al. 2017 sum the n-grams of a word in this way.

    >>> embedding = WordFeatures(buckets=10_000, size=3, generator=torch.Generator().manual_seed(0))
    >>> embedding.read(["a", "field"]).shape              # (time, feature of the word), filled up with 0
    torch.Size([2, 21])
    >>> embedding(["a", "field"]).shape
    torch.Size([2, 1, 3])
    """

    kind, arguments = "word features", ("buckets", "size")

    def __init__(self, buckets: int, size: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.buckets, self.size = buckets, size
        self.vectors = nn.EmbeddingBag(
            buckets + 1, size, mode="sum", padding_idx=0, _weight=torch.zeros(buckets + 1, size)
        )
        if generator is not None:
            nn.init.normal_(self.vectors.weight[1:].data, std=0.1, generator=generator)

    def read(self, tokens: Sequence[str]) -> Tensor:
        rows = [(_kept if len(token) <= _LETTERS else _indices)(token, self.buckets) for token in tokens]
        width = max(map(len, rows), default=1)
        return torch.tensor([row + (0,) * (width - len(row)) for row in rows], dtype=torch.long).reshape(
            len(rows), width
        )

    def embed(self, numbers: Tensor) -> Tensor:
        summed: Tensor = self.vectors(numbers.flatten(0, -2)).unflatten(0, numbers.shape[:-1])
        return summed / (numbers > 0).sum(-1, keepdim=True).clamp(min=1).sqrt()


def features(word: str) -> list[str]:
    """A word's features: the word, its shape, its first 1 to 4 letters, its last 1 to 5, and its 3- and 4-grams.

    Only the word as written and its shape keep capitals.

    >>> features("Up")
    ['is up', 'as Up', 'shape Xx', 'first u', 'first up', 'last p', 'last up', 'has <up', 'has up>', 'has <up>']
    """
    lower = word.lower()[:_LETTERS]
    whole = f"<{lower}>"
    return [
        f"is {word.lower()}",
        f"as {word}",
        f"shape {_shape(word)}",
        *(f"first {lower[:length]}" for length in range(1, min(4, len(lower)) + 1)),
        *(f"last {word.lower()[-length:]}" for length in range(1, min(5, len(word)) + 1)),
        *(f"has {whole[at : at + length]}" for length in (3, 4) for at in range(len(whole) - length + 1)),
    ]


def _shape(word: str) -> str:
    """Capitals as X, other letters as x, digits as 9, all else unchanged; runs are cut to two.

    >>> _shape("Giraffes"), _shape("U.S."), _shape("2024")
    ('Xxx', 'X.X.', '99')
    """
    kinds = ("X" if c.isupper() else "x" if c.isalpha() else "9" if c.isdigit() else c for c in word[:_LETTERS])
    shape = ""
    for kind in kinds:
        if not shape.endswith(2 * kind):
            shape += kind
    return shape


def _indices(word: str, buckets: int) -> tuple[int, ...]:
    """The indices of a word's vectors, each once; 0 is reserved for padding."""
    hashes = (zlib.crc32(feature.encode("utf-8", "surrogatepass")) for feature in features(word))
    return tuple(dict.fromkeys(1 + number % buckets for number in hashes))


# At most some 30 MB, because only words of ordinary length are kept: a stranger's words may be as long as a text.
_kept = functools.lru_cache(maxsize=1 << 14)(_indices)


# How can a word be few numbers? As a Linear over its features.


class ReducedFeatures(Embedding):
    """The vectors of `WordFeatures`, put through a Linear that leaves fewer numbers.

    >>> embedding = ReducedFeatures(buckets=10_000, features=64, size=4)
    >>> embedding(["a", "field"]).shape
    torch.Size([2, 1, 4])
    """

    kind, arguments = "reduced word features", ("buckets", "features", "size")

    def __init__(self, buckets: int, features: int, size: int) -> None:
        super().__init__()
        self.buckets, self.features, self.size = buckets, features, size
        self.whole, self.reduce = WordFeatures(buckets, features), nn.Linear(features, size)

    @classmethod
    def of(cls, whole: WordFeatures, reduce: nn.Linear) -> Self:
        """`ReducedFeatures` of these parts."""
        with torch.device("meta"):
            made = cls(whole.buckets, whole.size, reduce.out_features)
        made.whole, made.reduce = whole, reduce
        return made

    def read(self, tokens: Sequence[str]) -> Tensor:
        return self.whole.read(tokens)

    def embed(self, numbers: Tensor) -> Tensor:
        reduced: Tensor = self.reduce(self.whole.embed(numbers))
        return reduced
