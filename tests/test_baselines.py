"""What a model's card sets beside it is computed as it says."""

import gzip
import sys

import pytest
import torch

from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training import counts
from lstm_core.training.series import Loads
from studies import sentiment_folds
from studies.training import baselines, cards, tagger
from studies.training.sentences import Sentence


def said(text, label):
    words = text.split()
    return Sentence(words, [label] * len(words))


def test_naive_bayes_needs_pairs_to_tell_not_good_from_good():
    train = [
        said("good film", "pos"),
        said("not good film", "neg"),
        said("bad film", "neg"),
        said("not bad film", "pos"),
    ]
    # By words alone nothing is told: each came as often in praise as in blame.
    assert baselines.naive_bayes(train, [said("Not Good", "neg"), said("not bad", "pos")]) == 1
    assert baselines.naive_bayes(train, [said("not good", "pos"), said("not bad", "pos")]) == 0.5


def test_naive_bayes_says_after_each_word_what_it_would_say_of_the_words_so_far():
    bayes = baselines.NaiveBayes([said("a a b", "x"), said("b", "y"), said("b c", "y")])
    words = ["b", "c", "A", "unknown", "b"]
    found = bayes.scores(words)
    assert (bayes.labels, found.shape) == (["x", "y"], (5, 2))
    for end in range(1, len(words) + 1):
        torch.testing.assert_close(found[end - 1], bayes.scores(words[:end])[-1])
    # An unknown word says nothing, and so does its pair with the word before.
    torch.testing.assert_close(found[3], found[2])


def test_naive_bayes_is_the_formula():
    train = [said("a a b", "x"), said("b", "y"), said("b c", "y")]
    # 7 words and pairs are known: a, b, c, a a, a b, b c. One count more each.
    known = len({("a",), ("b",), ("c",), ("a", "a"), ("a", "b"), ("b", "c")})
    x = 1 / 3 * (1 + 1) / (5 + known)
    y = 2 / 3 * (2 + 1) / (4 + known)
    assert (baselines.naive_bayes(train, [said("b", "y")]) == 1) == (y > x)
    x, y = 1 / 3 * (2 + 1) / (5 + known), 2 / 3 * 1 / (4 + known)
    assert (baselines.naive_bayes(train, [said("a", "x")]) == 1) == (x > y)


def test_the_commonest_label_of_a_word_and_of_rare_words():
    train = [
        Sentence(["run", "run", "run"], ["VERB", "NOUN", "VERB"]),
        Sentence(["cat", "dog", "sees"], ["NOUN", "NOUN", "VERB"]),
    ]
    test = [Sentence(["run", "cat", "new", "new"], ["VERB", "NOUN", "NOUN", "VERB"])]
    assert baselines.commonest_label(train, test) == 3 / 4


def test_an_autoregression_foresees_what_is_a_sum_of_the_last_values_and_the_mean_of_noise():
    generator = torch.Generator().manual_seed(0)
    series = torch.randn(60, 8, generator=generator)
    for step in range(2, 60):
        series[step] = 1.6 * series[step - 1] - 0.9 * series[step - 2] + 3
    assert baselines.autoregression(series[:, :4], series[:, 4:], 2) == pytest.approx(1)
    noise = torch.randn(500, 20, generator=generator)
    assert baselines.autoregression(noise[:, :10], noise[:, 10:], 5) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_tagger_of_windows_reads_a_word_and_its_neighbours_alone(bidirectional):
    lstm = torch.nn.LSTM(3, 5, bidirectional=bidirectional)
    model = SequenceModel(
        "t", "", ["x", "y"], reads="symbols", gives="classes", embedding=Vocabulary("abcd", 3),
        lstm=lstm, linear=torch.nn.Linear(5 * (1 + bidirectional), 2),
    )  # fmt: skip
    words, right = list("abcdba"), 0
    labels = ["x", "y", "x", "x", "y", "y"]
    for at, label in enumerate(labels):
        window = words[max(0, at - 1) : at + 1 + bidirectional]
        scores = model(model.vectors(window))[min(at, 1), 0]
        right += model.labels[int(scores.argmax())] == label
    assert tagger.accuracy_of_windows(model, [Sentence(words, labels)]) == right / 6


def test_every_way_to_compute_a_counter_gives_its_scores():
    model = counts.Counter().model(counts.Counter.sizes, torch.Generator().manual_seed(0))
    x = model.vectors(list("aabb"))
    ways = {name: compute(model)(x) for name, compute in cards.WAYS.items()}
    assert len(ways) == 4
    for scores in ways.values():
        torch.testing.assert_close(scores.float(), model(x), atol=1e-6, rtol=0)
    assert ways["by nn.LSTM in float64"].dtype == torch.float64


def test_a_counters_card_has_the_least_of_all_ways(monkeypatch):
    model = counts.Counter().model(counts.Counter.sizes, torch.Generator().manual_seed(0))
    far = iter([628, 620, 624, 621])
    monkeypatch.setattr(counts, "right_up_to", lambda *_: next(far))
    found = cards.of_counter(model)
    assert found["right for every n up to"] == 620
    assert found["computed by nn.LSTM"] == 628


def drawn(heated, storm):
    """One load without a wave and noise, as far as the figures read it."""
    hours = len(storm)
    return Loads(
        torch.zeros(hours, 1, 1), torch.zeros(hours, 1, 1), torch.tensor(heated)[:, None] == 1, as_column(storm)
    )


def as_column(values):
    return torch.tensor(values, dtype=torch.float)[:, None]


def test_who_takes_the_season_for_the_last_storms_is_wrong_in_the_hour_after_a_turns_first_storm():
    heated, storm = [1, 1, 1, 0, 0, 0, 0, 0], [0, 4, 0, 0, 5, 0, 6, 0]
    found = cards.recalled(drawn(heated, storm))[..., 0]
    # Of the first storm nothing is known: its answer, 3 · 4 up, is missed. The second should go down by 3 · 5.
    assert found.equal(as_column([0, 0, -12, 0, 0, 30, 0, 0]))


def test_a_storms_season_is_asked_for_when_its_answer_has_faded():
    heated, storm = [1] * 3 + [0] * 20, [0, 5] + [0] * 21
    storm[16] = 5
    found = cards.faded_season(drawn(heated, storm))[:, 0]
    known = ~found.isnan()
    assert known.nonzero().flatten().tolist() == list(range(1 + cards.FADED, 17))
    assert (found[known] == 1).all()


def test_each_fold_is_judged_by_a_model_and_by_counts_that_did_not_see_it(monkeypatch, tmp_path, capsys):
    rows = [f"{('neg', 'pos')[number % 3 == 0]}\ta film number {number} ." for number in range(20)]
    (tmp_path / "train.tsv.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    seen = []

    def taught(model, reviews, **_seed):
        seen.append({review.words[3] for review in reviews})
        return model

    judged = []
    monkeypatch.setattr(sentiment_folds, "taught", taught)
    monkeypatch.setattr(sentiment_folds, "answers", lambda _model, held_out: judged.append(held_out) or right(held_out))
    monkeypatch.setattr(sys, "argv", ["folds", "--data", str(tmp_path)])
    sentiment_folds.main()
    assert len(seen) == 5
    for rest, held_out in zip(seen, judged, strict=True):
        assert rest.isdisjoint(review.words[3] for review in held_out)
        assert len(rest) == 16
    # The model of this test is right where the label is positive, and naive Bayes says what is commoner.
    assert "| all | 20 | 0.3500 | 0.6500 | 7 | 13 |" in capsys.readouterr().out


def right(sentences):
    return [torch.tensor([one.labels[-1] == "positive"]) for one in sentences]
