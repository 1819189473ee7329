"""How can a word be few numbers? As a Linear over its features."""

from collections.abc import Sequence
from typing import Any, Self

import torch
from torch import Tensor, nn

from lstm_core.models.embeddings import Embedding
from lstm_core.models.word_features import WordFeatures


class ReducedFeatures(Embedding):
    """The vectors of `WordFeatures`, put through a Linear that leaves fewer numbers.

    >>> embedding = ReducedFeatures(buckets=10_000, features=64, size=4)
    >>> embedding(["a", "field"]).shape
    torch.Size([2, 1, 4])
    """

    kind = "reduced word features"

    def __init__(self, buckets: int, features: int, size: int) -> None:
        super().__init__()
        self.size = size
        self.whole, self.reduce = WordFeatures(buckets, features), nn.Linear(features, size)

    @classmethod
    def of(cls, whole: WordFeatures, reduce: nn.Linear) -> Self:
        """`ReducedFeatures` of these parts."""
        with torch.device("meta"):
            made = cls(whole.buckets, whole.size, reduce.out_features)
        made.whole, made.reduce = whole, reduce
        return made

    def settings(self) -> dict[str, Any]:
        return {"buckets": self.whole.buckets, "features": self.whole.size, "size": self.size}

    def read(self, tokens: Sequence[str]) -> Tensor:
        return self.whole.read(tokens)

    def embed(self, numbers: Tensor) -> Tensor:
        reduced: Tensor = self.reduce(self.whole.embed(numbers))
        return reduced
