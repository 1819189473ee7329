"""How far is what is written in c from what a word does, on text that a model was not trained on?

A share of a score's lead is what still stands in c of a step's writing, with all gates as they were; erasing a step
runs the model without it. The share does not say what the step does, even where the two have one sign: `explain` does.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from lstm_core.analysis.without_each import score_shares, scores_without_each
from lstm_core.models.lead import lead_of
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.record import run

BY_SIZE = "shares of other steps with the sign of erasing, by size"
BY_COUNT = "the same, every share counted once"


@torch.no_grad()
def shares_and_erasing(model: SequenceModel, x: Tensor, time: int) -> Tensor:
    """(2, step): of each step other than `time` that the model reads there, its share of the best label's lead, and how
    much of the lead goes when the step is erased."""
    trace = run(model.lstm, x)
    scores = model.scores(trace)[time, 0]
    lead = lead_of(model, scores)
    others = torch.tensor(
        [step for step in range(len(x)) if step != time and (step < time or model.lstm.bidirectional)]
    )
    shares = lead.of(score_shares(trace, model.lstm, model.linear, time).shares)[1 + others]
    without = lead.of(scores_without_each(model.lstm, model.linear, x, time))[others]
    return torch.stack([shares.float(), lead.of(scores) - without])


def agreement(model: SequenceModel, texts: Iterable[Tensor]) -> dict[str, float]:
    """How often share and erasing have one sign, at the last step of texts x (time, 1, feature), as rows of a card.

    By size: a share counts as much as it is large, so that the shares that a picture shows decide. 0.5 is chance.
    """
    shares, gone = torch.cat([shares_and_erasing(model, x, len(x) - 1) for x in texts if len(x) > 1], dim=1)
    alike = (shares * gone > 0).float()
    size = shares.abs()
    return {BY_SIZE: ((alike * size).sum() / size.sum()).item(), BY_COUNT: alike.mean().item()}
