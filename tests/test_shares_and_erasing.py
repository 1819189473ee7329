"""What a word does for an answer: its share of the lead, what goes without the word, and whether the two agree."""

import pytest
import torch
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.analysis.ledger import score_shares, scores_without_each
from studies.training.baselines import shares_and_erasing

KINDS = [
    {},
    {"num_layers": 2},
    {"bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "proj_size": 2},
    {"proj_size": 2},
]


def lstm_and_linear(**options):
    torch.manual_seed(0)
    lstm = nn.LSTM(2, 4, **options)
    width = (options.get("proj_size") or 4) * (1 + options.get("bidirectional", False))
    return lstm, nn.Linear(width, 3)


@pytest.mark.parametrize("options", KINDS, ids=str)
def test_the_scores_without_a_step_are_those_of_the_sequence_that_never_had_it(options):
    lstm, linear = lstm_and_linear(**options)
    x = torch.randn(6, 1, 2)
    for time in range(6):
        found = scores_without_each(lstm, linear, x, time)
        for step in range(6):
            if step == time:
                assert found[step].isnan().all()
                continue
            left = torch.cat([x[:step], x[step + 1 :]])
            expected = linear(lstm(left)[0])[time - (step < time), 0]
            torch.testing.assert_close(found[step], expected.detach(), atol=1e-5, rtol=0)
    some = scores_without_each(lstm, linear, x, 3, steps=[4, 1])
    torch.testing.assert_close(some, scores_without_each(lstm, linear, x, 3)[[4, 1]], atol=1e-6, rtol=0)


def test_a_step_that_is_not_there_cannot_be_left_out():
    lstm, linear = lstm_and_linear()
    with pytest.raises(LstmCoreError, match="from 0 to 4, got 5"):
        scores_without_each(lstm, linear, torch.randn(5, 1, 2), 5)
    with pytest.raises(LstmCoreError, match="got -1"):
        scores_without_each(lstm, linear, torch.randn(5, 1, 2), 0, steps=[-1])


@pytest.mark.parametrize("options", KINDS, ids=str)
def test_the_shares_of_both_directions_sum_to_the_scores(options):
    lstm, linear = lstm_and_linear(**options)
    trace = lstm_core.run(lstm, torch.randn(6, 1, 2))
    scores = linear(torch.cat(list(trace.h[-1]), dim=-1))[:, 0]
    for time in range(6):
        found = score_shares(trace, lstm, linear, time)
        torch.testing.assert_close((found.shares.sum(0) + found.bias).float(), scores[time].detach(), atol=1e-5, rtol=0)


def test_shares_and_erasing_are_of_the_steps_that_are_read_there():
    model = lstm_core.load_model("counter")
    x = model.vectors(list("aabb")).detach()
    shares, gone = shares_and_erasing(model, x, 2)
    assert len(shares) == 2
    scores, erased = model(x)[2, 0], model(x[[1, 2]])[1, 0]
    best, other = scores.topk(2).indices.tolist()
    lead = (scores[best] - scores[other]) - (erased[best] - erased[other])
    assert gone[0].item() == pytest.approx(lead.item(), abs=1e-4)
    both = lstm_core.load_model("tagger-bi")
    assert shares_and_erasing(both, both.vectors(["a", "b", "c"]), 1).shape == (2, 2)
