"""What the study of the shipped models prints of `explain`: what holds, and where it is weak."""

import numpy as np
import pandas as pd
import pytest
import torch

from studies import explained_models
from studies.known_causes import shipped


@pytest.mark.parametrize("gap", [100, 500])
def test_in_copy_patching_names_the_unit_that_carried_a_symbol_against_its_nearest_rival(gap):
    table = pd.DataFrame(explained_models.carried_across(gap)).set_index(["first", "other"])
    assert len(table) == 12
    for (one, other), unit in {("a", "b"): "3", ("b", "d"): "1", ("c", "d"): "0"}.items():
        both = table.loc[[(one, other), (other, one)]]
        assert set(both.unit) == set(both.patching) == {unit}
        assert both.carries.min() > 0.6
        assert both.takes.min() > 0.45
    # Not every pair: a and d differ in units that each hold what the others lost.
    assert table.loc[("a", "d")].unit != table.loc[("a", "d")].patching


def test_in_counter_each_a_takes_from_the_end_and_each_b_adds_to_it():
    table = pd.DataFrame(explained_models.counted())
    assert table["a max"].max() < 0 < table["b min"].min()
    of_five = table[(table.n == 5) & (table.k == 3)].iloc[0]
    assert (of_five["b min"], of_five["b max"], of_five["a min"], of_five["a max"]) == pytest.approx(
        (2.85, 3.53, -2.54, -1.51), abs=0.01
    )


def test_in_twenty_sentences_not_turns_the_lead_to_the_side_that_it_means():
    table = pd.DataFrame(explained_models.turned())
    assert len(table) == 20
    assert ((table["not for so"] > 0) == table["blame"]).all()
    assert table["error"].max() < 1e-6
    # One word of six: the units that carried it take more than as many by chance, but for one sentence.
    assert (table["patched"] > table["by chance"]).sum() >= 19


@pytest.mark.slow
def test_in_series_the_carriers_are_weak_and_the_study_says_so(monkeypatch, capsys):
    table = pd.DataFrame(explained_models.seasons(60))
    assert len(table) > 40
    assert table["right"].all(), "with the answer mirrored, the season is the other one"
    assert 0.4 < table["same"].mean() < 0.7
    assert 0.6 < table["correlation"].mean() < 0.9
    monkeypatch.setattr(explained_models, "GAPS", (100,))
    monkeypatch.setattr(explained_models, "seasons", lambda count: table.to_dict("records") if count else [])
    explained_models.main()
    said = capsys.readouterr().out
    assert "gap 100: patching names the same unit in 9 of 12" in said
    assert "here the carriers are a hint, and no more" in said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["copy", "counter", "brackets", "sentiment"])
def test_only_ours_and_shapleys_shares_sum_exactly_where_memories_latch(name):
    table = pd.DataFrame(shipped.rows(name, shipped.texts()[name][:2])).groupby("method")["sum"].mean()
    assert set(table.index) == set(shipped.METHODS)
    assert table["difference ledger"] < 1e-12
    assert table["plain ledger"] > 0.03
    assert (table["integrated gradients, 20 slices"] > 0.2) == (name != "sentiment")


def test_deletion_is_the_share_of_the_answer_that_goes_step_by_step():
    learner, x = shipped.answering(shipped.load_model("counter"), "aaab")
    by_step = torch.tensor([0.1, -3.0, 2.0, 0.5])
    whole, nothing = (learner(one[:, None])[-1, 0].item() for one in (x, torch.zeros_like(x)))
    order = [2, 3, 0, 1] if whole > nothing else [1, 0, 3, 2]
    gone, left = [], x.clone()
    for step in order:
        left[step] = 0
        gone.append((whole - learner(left[:, None])[-1, 0].item()) / (whole - nothing))
    assert gone[-1] == pytest.approx(1)
    assert shipped.deletion(learner, x, by_step) == pytest.approx(np.mean(gone))
