"""By how much does an answer lead? Over the best other label, because a score alone means nothing."""

from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.models.sequence_model import SequenceModel


class Lead(NamedTuple):
    """What a score is measured by: its lead over another label's score, because a score alone means nothing."""

    label: int
    rival: int | None
    """The best other label; None where each label is judged by itself, so that its score is the lead over 0."""

    def of(self, scores: Tensor) -> Tensor:
        """(…): the lead in scores (…, label)."""
        return scores[..., self.label] if self.rival is None else scores[..., self.label] - scores[..., self.rival]


def lead_of(model: SequenceModel, scores: Tensor, label: int | None = None) -> Lead:
    """The lead of a label, or of the best one, in scores (label,): over the best other, if the labels exclude each
    other."""
    label = int(scores.argmax()) if label is None else label
    if model.gives != "classes" or len(scores) == 1:
        return Lead(label, None)
    others = scores.clone()
    others[label] = -torch.inf
    return Lead(label, int(others.argmax()))
