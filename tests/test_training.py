"""What is learned, from which examples, and that training leaves everything else alone."""

import itertools
import math
import random

import numpy as np
import pandas as pd
import pytest
import torch

import lstm_core
from lstm_core.errors import LstmCoreError
from lstm_core.training import counts, epochs, series, tasks, words
from lstm_core.training.task import MISSING
from studies.training.recipes import Attempt

PROSE = "The giraffe walks by the river, and the river walks by the giraffe. " * 6
TABLE = pd.DataFrame({"load": [math.sin(t / 3) for t in range(60)], "heat": [20.0 + t % 7 for t in range(60)]})
DATA = {"text": {"text": PROSE}, "forecast": {"series": TABLE}}


def weights(model):
    return torch.cat([weight.detach().flatten() for weight in model.state_dict().values()])


def first_epochs(task, count=1, **choices):
    return list(itertools.islice(epochs(task, **DATA.get(task, {}), **choices), count))


def untrained(task):
    return task.model(task.sizes, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("task", tasks())
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(task):
    once, again, other = (first_epochs(task, hidden_size=3, seed=seed)[-1].model for seed in (5, 5, 6))
    assert weights(once).equal(weights(again))
    assert not weights(once).equal(weights(other))


@pytest.mark.parametrize("task", tasks())
def test_training_leaves_every_global_random_state_alone(task):
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    first_epochs(task)
    assert torch.get_rng_state().equal(before[0])
    assert (np.random.get_state()[1] == before[1]).all()
    assert random.getstate() == before[2]


@pytest.mark.parametrize("task", tasks())
def test_one_can_stop_at_any_epoch_and_keep_a_model_that_reads_text(task):
    *_, last = first_epochs(task, count=2, epochs=7)
    assert (last.number, last.of) == (2, 7)
    words = {"numbers": "0.5 21 0.1 22", "symbols": "aab(()).?", "words": "Giraffes in a field", "characters": "a b"}
    tokens = last.model.tokens(words[last.model.reads] if task != "series" else "1 2 3")
    with torch.no_grad(), lstm_core.record(last.model) as recording:
        scores = last.model(last.model.vectors(tokens))
    assert recording.names == ["lstm"]
    assert recording["lstm"].max_error < 1e-5
    assert scores.shape == (len(tokens), 1, len(last.model.labels))
    assert last.model.probabilities(scores).isfinite().all()


@pytest.mark.parametrize("task", tasks())
def test_loss_falls(task):
    losses = [epoch.loss for epoch in first_epochs(task, count=4)]
    assert losses[-1] < losses[0]


def test_an_epoch_hands_out_the_model_that_goes_on_learning():
    learning = epochs("counter")
    first = next(learning)
    then = weights(first.model)
    second = next(learning)
    assert second.model is first.model
    assert not weights(second.model).equal(then)


def test_training_works_where_gradients_are_switched_off():
    with torch.no_grad():
        inside = first_epochs("counter")[-1]
    assert weights(inside.model).equal(weights(first_epochs("counter")[-1].model))


@pytest.mark.parametrize("longest", [1, 4, 20])
def test_the_least_loss_of_counter_is_that_of_a_model_that_knows_how_often_each_symbol_follows(longest):
    task = counts.Counter(longest)
    [batch, *_] = task.batches(untrained(task), 0.0, torch.Generator())
    followed = {}
    for numbers, targets in zip(batch.numbers.T.tolist(), batch.targets.T.tolist(), strict=True):
        for step, target in enumerate(targets):
            if target != MISSING:
                followed.setdefault(tuple(numbers[: step + 1]), []).append(target)
    losses = [-math.log(after.count(one) / len(after)) for after in followed.values() for one in after]
    assert task.least_loss == pytest.approx(math.fsum(losses) / len(losses))


def test_a_small_counter_is_soon_right():
    for epoch in epochs(counts.Counter(longest=4), epochs=30, learning_rate=0.05):
        if epoch.accuracy == 1:
            break
    assert epoch.accuracy == 1
    assert counts.right_up_to(epoch.model, most=4) == 4


def test_train_ends_where_the_last_epoch_does(capsys):
    trained = lstm_core.train("grammar", epochs=2, hidden_size=3, seed=4)
    *_, last = epochs("grammar", epochs=2, hidden_size=3, seed=4)
    assert weights(trained).equal(weights(last.model))
    said = capsys.readouterr().err
    assert all(words in said for words in ("2/2", f"loss={last.loss:.3f}", f"accuracy={last.accuracy:.3f}"))


@pytest.mark.parametrize(
    ("task", "choices", "says"),
    [
        ("count", {}, "one of the tasks counter, brackets"),
        ("counter", {"hidden_size": 0}, "hidden_size above 0, got 0"),
        ("counter", {"learning_rate": -1.0}, "learning_rate above 0"),
        ("text", {}, "at least 200 characters, got 0"),
        ("text", {"text": "short"}, "at least 200 characters, got 5"),
        ("forecast", {}, "got none. Give it as series="),
        ("forecast", {"series": [1.0] * 19}, r"at least 20 rows, got \(19, 1\)"),
        ("forecast", {"series": [1.0] * 30 + [math.nan]}, "missing or infinite one in row 30"),
        ("forecast", {"series": ["high"] * 30}, "a cell that is none"),
        ("forecast", {"series": [1.0] * 30, "input_size": 3}, "an input_size of 1, one for each column, got 3"),
        ("series", {"input_size": 2}, "an input_size of 1"),
    ],
)
def test_what_cannot_be_trained_is_refused_at_once(task, choices, says):
    with pytest.raises(LstmCoreError, match=says):
        epochs(task, **choices)


def test_a_table_of_twenty_rows_is_enough_to_forecast():
    assert next(iter(epochs("forecast", series=[float(n % 3) for n in range(20)])))


def test_r_squared_is_one_for_the_truth_and_nought_for_its_mean():
    truth = torch.tensor([[1.0], [2.0], [6.0]])
    assert series.r_squared(truth, truth) == 1
    assert series.r_squared(torch.full_like(truth, 3.0), truth) == pytest.approx(0)
    assert series.r_squared(truth + 1, truth) == pytest.approx(1 - 3 / 14)


def said(model, text):
    """The last answer to a text."""
    with torch.no_grad():
        return model.probabilities(model(model.vectors(model.tokens(text))))[-1, 0]


def test_text_targets_are_the_next_characters():
    task = words.Text(PROSE)
    model = untrained(task)
    batch = words.character_examples(model.embedding.read(list("The r~v")).unsqueeze(1))
    assert ["-" if t == MISSING else model.labels[t] for t in batch.targets[:, 0]] == list("he r-v")


def test_text_holds_out_its_end_and_knows_only_what_came_before():
    task = words.Text("ab" * 450 + "xyz" * 40)
    assert "".join(task.held_out).startswith("yz") or "x" in task.held_out
    assert len(task.held_out) == 102


def test_a_forecast_is_of_the_next_row_in_the_units_of_the_table():
    task = series.Forecast(TABLE)
    model = untrained(task)
    batch = series.examples(model, task.table[:5].unsqueeze(1))
    assert model.probabilities(batch.targets)[:, 0] == pytest.approx(TABLE.to_numpy()[1:5], abs=1e-5)
    assert model.labels == ["load", "heat"]


def test_a_forecast_learns_its_means_from_the_rows_that_are_not_held_out():
    values = [0.0, 1.0] * 40 + [1000.0] * 20
    embedding = untrained(series.Forecast(values)).embedding
    assert (embedding.mean.item(), embedding.deviation.item()) == (0.5, 0.5)


def test_no_held_out_sentence_is_trained_on_and_the_lesson_s_sentence_is():
    def texts(held_out):
        drawn = words.sentences(3000, torch.Generator().manual_seed(0), held_out)
        return {" ".join(word for word, _ in sentence).lower() for sentence in drawn}

    assert not texts(held_out=True) & texts(held_out=False)
    vocabulary = {word for among in words.WORDS.values() for word in among.split()}
    assert {"giraffes", "in", "a", "field"} <= vocabulary


def test_the_best_epoch_of_all_seeds_is_taken_as_it_was_then_until_one_is_good_enough():
    seen, worths = [], iter((1.0, 3.0, 2.0, 0.0, 1.0, 2.0, 2.0, 5.0, 4.0, 9.0))

    def worth(model):
        seen.append(weights(model))
        return next(worths)

    attempt = Attempt(counts.Counter(longest=3), worth, 5.0, {"epochs": 3})
    assert weights(attempt.good_enough()).equal(seen[7])
    assert len(seen) == 9
    assert not seen[0].equal(seen[3])
    assert next(worths) == 9
