"""What the page Why? says a word does: its share of the lead, what goes without the word, and whether the two agree."""

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from torch import nn

import lstm_core
from dashboard.question.cell import Cell
from dashboard.question.source import Source
from dashboard.reading.read import read
from dashboard.why import erasing, sources
from dashboard.why import figures as why_figures
from dashboard.why import sentences as why_sentences
from lstm_core import LstmCoreError
from lstm_core.analysis.without_each import score_shares, scores_without_each
from lstm_core.models.shipped import card_figures
from lstm_core.plots.labels import signed
from lstm_core.plots.palette import look
from lstm_core.plots.sources import Sources
from lstm_core.training import agreement
from lstm_core.training.agreement import BY_COUNT, BY_SIZE, Lead, lead_of, shares_and_erasing

LOOK = look("teal", "light")
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


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
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


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize("options", KINDS, ids=str)
def test_the_shares_of_both_directions_sum_to_the_scores(options):
    lstm, linear = lstm_and_linear(**options)
    trace = lstm_core.run(lstm, torch.randn(6, 1, 2))
    scores = linear(torch.cat(list(trace.h[-1]), dim=-1))[:, 0]
    for time in range(6):
        found = score_shares(trace, lstm, linear, time)
        torch.testing.assert_close((found.shares.sum(0) + found.bias).float(), scores[time].detach(), atol=1e-5, rtol=0)


def test_a_score_leads_over_the_best_of_the_others():
    classes, symbols = lstm_core.load_model("counter"), lstm_core.load_model("brackets")
    scores = torch.tensor([1.0, 5.0, 3.0])
    assert lead_of(classes, scores) == Lead(1, 2)
    assert lead_of(classes, scores, 0) == Lead(0, 1)
    assert lead_of(symbols, scores) == Lead(1, None)
    assert lead_of(classes, scores).of(scores) == 2
    assert lead_of(symbols, scores).of(scores) == 5
    assert lead_of(classes, scores, 0).of(torch.stack([scores, 2 * scores])).tolist() == [-4, -8]


def test_shares_and_erasing_are_of_the_steps_that_are_read_there():
    model = lstm_core.load_model("counter")
    x = model.vectors(list("aabb")).detach()
    shares, gone = shares_and_erasing(model, x, 2)
    assert len(shares) == 2
    lead = lead_of(model, model.scores(lstm_core.run(model.lstm, x))[2, 0])
    erased = lead.of(model(x[[1, 2]])[1, 0])
    assert gone[0].item() == pytest.approx((lead.of(model(x)[2, 0]) - erased).item(), abs=1e-4)
    both = lstm_core.load_model("tagger-bi")
    assert shares_and_erasing(both, both.vectors(["a", "b", "c"]), 1).shape == (2, 2)


def test_agreement_counts_shares_and_weighs_them_by_their_size(monkeypatch):
    pairs = torch.tensor([[3.0, -1.0, 0.5, 0.5], [0.1, -2.0, -1.0, 0.0]])
    monkeypatch.setattr(agreement, "shares_and_erasing", lambda *_: pairs)
    found = agreement.agreement(None, [torch.zeros(2, 1, 1)])
    assert found == {BY_SIZE: pytest.approx(4 / 5), BY_COUNT: pytest.approx(2 / 4)}


def score_at(source, step, label=None):
    reading = read(source)
    number = sources.predicted(reading, step) if label is None else reading.model.labels.index(label)
    cell = Cell(0, 0, 0, step)
    score = sources.of_score(reading, reading.model, reading.trace, cell, number)
    return reading, cell, score, erasing.without_each(source, reading, reading.trace, score, cell)


TAGGED = Source("Giraffes in a field", model="tagger")


def test_what_is_left_without_a_word_is_the_lead_in_the_text_that_never_had_it():
    reading, _, score, without = score_at(TAGGED, 3)
    for n, step in enumerate(score.sources.steps):
        if step in (-1, 3):
            assert np.isnan(without[n])
            continue
        shorter = read(Source(" ".join(np.delete(["Giraffes", "in", "a", "field"], step)), model="tagger"))
        scores = shorter.model.scores(shorter.trace)[2, 0]
        assert without[n] == pytest.approx(score.lead.of(scores).item(), abs=1e-4)
    assert [score.label, reading.tokens[3]] == ["NOUN", "field"]
    assert score.rival != "NOUN"


@pytest.mark.parametrize("first", [True, False])
def test_each_word_has_a_bar_for_its_share_and_one_for_what_goes_without_it(first):
    _, cell, score, without = score_at(TAGGED, 3)
    figure = why_figures.score_sources(score, without, first, cell, LOOK)
    words, *bars = figure["data"]
    assert [bar["meta"] for bar in bars] == (["erased", "shares"] if first else ["shares", "erased"])
    shares, erased = (next(bar for bar in bars if bar["meta"] == meta) for meta in ("shares", "erased"))
    np.testing.assert_allclose(shares["y"], score.sources.shares)
    for y, left in zip(erased["y"], without, strict=True):
        assert (y is None) == bool(np.isnan(left))
        assert y is None or y == pytest.approx(score.sources.total - left)
    for bar in bars:
        assert bar["x"] == score.sources.x == words["x"]
        assert [step for step, _ in bar["customdata"]] == score.sources.steps
    low, high = figure["layout"]["yaxis2"]["range"]
    assert low < min([0, *score.sources.shares, *(y for y in erased["y"] if y is not None)])
    assert high > max(y for bar in bars for y in bar["y"] if y is not None)
    # The words have the colours of what stands first.
    leading = np.array([0.0 if y is None else y for y in bars[0]["y"]])
    plain = why_figures.score_sources(score, None, first, cell, LOOK)["data"][0]["marker"]["color"]
    assert (words["marker"]["color"] == plain) != first
    assert bars[0]["offset"] < bars[1]["offset"]
    assert np.abs(leading).max() > 0
    go.Figure(figure)


def test_the_sentence_says_what_the_lead_would_be_without_each_word():
    given = Sources(["bias", "start", "not", "good"], [-1, -1, 0, 1], [-2, -1, 0, 1], np.array([0.1, 0.0, -0.6, 2.5]))
    score = sources.Score(given, Lead(1, 0), "positive", "negative")
    cell, tokens = Cell(0, 0, 0, 2), ["not", "good", "film"]
    erased = np.array([np.nan, np.nan, 3.5, -0.75])
    said = why_sentences.score_from(score, erased, True, cell, tokens)
    assert said == (
        "The lead of “positive” over “negative” at “film” is +2.00; it would be −0.75 without “good” and +3.50 without "
        "“not”."
    )
    by_shares = why_sentences.score_from(score, erased, False, cell, tokens)
    assert by_shares.endswith("is +2.00, made most of all by “good” (+2.50), “not” (−0.60) and the bias (+0.10).")
    nothing = np.array([np.nan, np.nan, 2.001, 2.0])
    assert why_sentences.score_from(score, nothing, True, cell, tokens).endswith("nearly the same.")
    alone = sources.Score(given, Lead(1, None), "end", None)
    assert why_sentences.score_from(alone, erased, True, cell, tokens).startswith(
        "The score of “end” at “film” is +2.00"
    )


@pytest.mark.parametrize(
    ("alike", "said"),
    [
        (
            0.58,
            "On held-out texts 58% of this model’s shares, by size, have the sign of what goes without the word: trust",
        ),
        (
            0.97,
            "97% of this model’s shares, by size, have the sign of what goes without the word: the shares stand first",
        ),
        (None, "How well the two agree has not been measured for this model."),
    ],
)
def test_the_caption_says_what_is_left_out_and_how_well_the_two_agree(alike, said):
    caption = why_sentences.shares_leave_out("VERB", np.zeros(3), alike)
    assert "what a word does by opening and closing later gates is not in it" in caption
    assert "What goes without the word has it in." in caption
    assert said in caption
    assert "Remove the word to see that" in why_sentences.shares_leave_out("VERB", None, alike)
    assert "next best label" not in why_sentences.shares_leave_out(None, None, alike)


def test_how_well_the_two_agree_is_the_figure_of_the_models_card():
    for name in lstm_core.models():
        assert erasing.alike(name) == card_figures(name)[BY_SIZE]
        assert 0 <= erasing.alike(name) <= 1
    assert erasing.alike("own-counter") is None
    assert erasing.alike("tagger-sizes") is None


def test_words_are_not_erased_one_by_one_from_a_text_that_is_too_long_for_it():
    *_, without = score_at(Source("x = 1\n" * 400, model="python-chars"), 2_000)
    assert without is None
    *_, without = score_at(Source("x = 1\n" * 4, model="python-chars"), 20)
    assert without is not None


def test_the_erased_answers_have_the_repeated_words_step():
    _, cell, score, without = score_at(Source("aaabb", model="counter"), 4)
    said = why_sentences.score_from(score, without, True, cell, list("aaabb"))
    most = int(np.nanargmax(np.abs(score.sources.total - without)))
    word, step = score.sources.names[most], score.sources.steps[most]
    assert f"it would be {signed(without[most])} without “{word}” (step {step})" in said
