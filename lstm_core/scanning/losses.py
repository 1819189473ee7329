"""How well does a model predict each text?"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lstm_core.models.embeddings import Numbers, Rows, Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.scanning.shards import Shard
from lstm_core.scanning.windows import Piece

OTHER = "other"
"""The label of all tokens that have no label of their own, if the model has such a label."""


def predicts_tokens(model: nn.Module) -> bool:
    """Whether the model's classes are its tokens, so that it predicts the next one."""
    if not isinstance(model, SequenceModel) or model.gives != "classes" or model.lstm.bidirectional:
        return False
    tokens = model.embedding.tokens if isinstance(model.embedding, (Vocabulary, Rows)) else []
    return bool(tokens) and set(tokens) <= set(model.labels)


def predicts_numbers(model: nn.Module) -> bool:
    """Whether the model's values are its columns, so that it predicts the next row."""
    return (
        isinstance(model, SequenceModel)
        and model.gives == "value"
        and isinstance(model.embedding, Numbers)
        and model.labels == model.embedding.columns
        and not model.lstm.bidirectional
    )


class Losses:
    """The loss of each text of a shard.

    `sums` (text, 2): the sum of the losses of a text's steps, and how many steps have one. A loss is -log2 of the
    probability of the next token, in bits; for numbers, the mean squared error of the next row in standard deviations.
    The last step of a text, and a step before a token without a label, have none.
    """

    def __init__(self, model: nn.Module, shard: Shard) -> None:
        self._model, self._shard = model, shard
        self._following = _labels_that_follow(model, shard) if predicts_tokens(model) else None
        self._is_forecast = predicts_numbers(model)
        self.are_known = self._following is not None or self._is_forecast
        """Whether the model predicts something, so that its scores are needed."""
        self.sums = np.zeros((len(shard.texts), 2))

    def add(self, scores: Tensor, pieces: Sequence[Piece], steps: np.ndarray) -> None:
        """Add the scores (time, batch, label) of a window, if they are known; `steps`: their numbers in the shard."""
        lost = self._squares(scores, pieces) if self._is_forecast else self._bits(scores, steps)
        texts, is_known = [piece.text for piece in pieces], np.isfinite(lost)
        # A window has a text once.
        self.sums[texts, 0] += np.where(is_known, lost, 0.0).sum(0)
        self.sums[texts, 1] += is_known.sum(0)

    def _bits(self, scores: Tensor, steps: np.ndarray) -> np.ndarray:
        """(time, batch), NaN where there is no loss."""
        assert self._following is not None
        targets = np.where(steps >= 0, self._following[steps], -1)
        lost = functional.cross_entropy(
            scores.flatten(0, 1), torch.from_numpy(targets.ravel()), reduction="none", ignore_index=-1
        )
        bits = lost.double().numpy().reshape(targets.shape) / math.log(2)
        return np.where(targets >= 0, bits, np.nan)

    def _squares(self, scores: Tensor, pieces: Sequence[Piece]) -> np.ndarray:
        """(time, batch), NaN where there is no loss."""
        assert isinstance(self._model, SequenceModel)
        out = np.full(scores.shape[:2], np.nan)
        for number, piece in enumerate(pieces):
            rows = self._shard.texts[piece.text].rows
            assert rows is not None
            following = torch.from_numpy(rows[piece.first + 1 : piece.last + 1])
            wanted = self._model.embedding.embed(following.to(scores))
            out[: len(following), number] = ((scores[: len(following), number] - wanted) ** 2).mean(-1).numpy()
        return out


def _labels_that_follow(model: nn.Module, shard: Shard) -> np.ndarray:
    """(step,): the row of the label of the next step's token, or -1."""
    assert isinstance(model, SequenceModel)
    row = {label: number for number, label in enumerate(model.labels)}
    # The last one is of a step without a token, whose number is -1.
    labels = np.array([*(row.get(token, row.get(OTHER, -1)) for token in shard.vocabulary), -1], np.int64)
    following = np.append(labels[shard.ids[1:]], -1)
    ends = shard.begins + shard.lengths
    following[ends[ends > 0] - 1] = -1
    return following
