"""The tasks' causes are the true ones, and the methods that look for them share out what they say they do."""

import pandas as pd
import pytest
import torch

from studies.known_causes import carriers, compared
from studies.known_causes.learn import Learner, quality
from studies.known_causes.methods import METHODS
from studies.known_causes.scores import average_precision, distance, rank_correlation
from studies.known_causes.tasks import TASKS, Task


def drawn(task: Task, count: int = 50):
    return task.draw(torch.Generator().manual_seed(1), count)


def untrained(task: Task):
    return Learner(drawn(task).x.shape[-1], 6, seed=3).double().requires_grad_(False)


@pytest.mark.parametrize("task", [task for task in TASKS if not task.classes], ids=lambda task: task.name)
def test_the_causes_sum_to_the_answer(task):
    _, target, causes = drawn(task)
    assert causes.sum((0, 2)) == pytest.approx(target[-1], abs=1e-5)
    assert causes.count_nonzero() > 0


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_cell_without_an_event_is_no_cause(task):
    x, _, causes = drawn(task)
    assert not causes[x == 0].any()


def test_in_two_states_one_feature_decides_each_answer():
    x, target, causes = drawn(TASKS[-1], 500)
    assert ((causes != 0).sum(2) == 1).all()
    assert not causes[..., 0].any()
    right = ((causes.sum(2) > 0) == (target > 0.5)).double().mean()
    assert 0.88 < right < 0.93
    assert torch.equal(causes[causes != 0], x[causes != 0])


@pytest.mark.parametrize("method", ["integrated gradients, 20 slices", "Shapley sampling, 10 orders"])
def test_methods_that_promise_it_sum_to_the_difference(method):
    model, x = untrained(TASKS[0]), drawn(TASKS[0]).x[:, 0].double()
    answer, nothing = (model(one[:40, None])[-1, 0] for one in (x, torch.zeros_like(x)))
    assert METHODS[method](model, x, torch.zeros_like(x), 39).sum().item() == pytest.approx(
        (answer - nothing).item(), rel=1e-3
    )


@pytest.mark.parametrize("method", METHODS)
def test_no_method_gives_a_share_to_what_comes_after_the_answer_or_did_not_happen(method):
    model, x = untrained(TASKS[0]), drawn(TASKS[0]).x[:, 0].double()
    shares = METHODS[method](model, x, torch.zeros_like(x), 30)
    assert shares.shape == x.shape
    assert not shares[31:].any()
    assert not shares[x == 0].any()
    assert shares.any()
    nothing = torch.zeros_like(x)
    nothing[:, 3] = x[:, 3]
    beside = METHODS[method](model, x, nothing, 30)
    assert not beside[:, 3].any()
    assert beside.any()


@pytest.fixture
def snow_by_hand():
    """The rule of snow as an LSTM of one unit: i opens with feature 3, g is the rain in small, f keeps 0.93."""
    model = Learner(4, 1, seed=0).double().requires_grad_(False)
    for weight in model.parameters():
        weight.zero_()
    model.lstm.weight_ih_l0[0, 3] = 200.0
    model.lstm.weight_ih_l0[2, 0] = 1e-3
    model.lstm.bias_ih_l0[:] = torch.tensor([0.0, torch.logit(torch.tensor(0.93)), 0.0, 50.0])
    model.linear.weight[:] = 1e3
    return model


@pytest.mark.slow
def test_where_both_make_an_event_no_split_between_rain_and_its_gate_is_the_only_one(snow_by_hand):
    task = next(task for task in TASKS if task.gate is not None)
    assert quality(task, snow_by_hand, seed=0) > 0.99
    against_zero, gate_as_it_is = (
        pd.DataFrame(compared.rows(task, snow_by_hand, 0, 8, gate)).groupby("method")["distance"].mean()
        for gate in (None, task.gate)
    )
    assert against_zero["difference ledger"] > 0.2
    assert against_zero["Shapley sampling, 10 orders"] > 0.2
    assert gate_as_it_is["difference ledger"] < 0.02
    assert gate_as_it_is["Shapley sampling, 10 orders"] < 0.02


def test_each_method_gets_its_figures_and_ours_sums_exactly():
    task = TASKS[0]
    rows = list(compared.rows(task, untrained(task), seed=0, sequences=2))
    assert {row["method"] for row in rows} == {"difference ledger", *METHODS}
    assert max(row["sum"] for row in rows if row["method"] == "difference ledger") < 1e-9
    assert all(0 <= row["AUPRC"] <= 1 for row in rows)


def test_carriers_go_with_what_patching_one_unit_takes():
    rows = list(carriers.rows(TASKS[0], untrained(TASKS[0]), seed=0, events=2))
    assert len(rows) == 2 * 3, "at three steps each"
    assert min(row["correlation"] for row in rows) > 0.9
    assert all(0.5 < row["kept"] < 1.5 for row in rows)


def test_scores_by_hand():
    assert average_precision(torch.tensor([0.1, -5.0, 2.0, 0.0]), torch.tensor([0, 1, 1, 0]).bool()) == 1
    assert average_precision(torch.tensor([3.0, 1.0]), torch.tensor([False, True])) == 0.5
    assert distance(torch.tensor([1.0, 1.0]), torch.tensor([5.0, 5.0])) == 0
    assert rank_correlation(torch.tensor([1.0, 2.0, 9.0]), torch.tensor([3.0, 2.0, 1.0])) == pytest.approx(-1)
