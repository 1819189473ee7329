"""How can a model know a word that it never saw? By its ending, its beginning and the letters in between."""

import functools
import zlib
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.models.embeddings import Embedding

_LETTERS = 24
"""The most letters of a word that count: a web address can be very long."""


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

    kind = "word features"

    def __init__(self, buckets: int, size: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.buckets, self.size = buckets, size
        self.vectors = nn.EmbeddingBag(
            buckets + 1, size, mode="sum", padding_idx=0, _weight=torch.zeros(buckets + 1, size)
        )
        if generator is not None:
            nn.init.normal_(self.vectors.weight[1:].data, std=0.1, generator=generator)

    def settings(self) -> dict[str, Any]:
        return {"buckets": self.buckets, "size": self.size}

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
