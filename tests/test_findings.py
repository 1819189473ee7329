"""In the trained models, the unit that is said to count does the counting."""

import pytest

import lstm_core
from lstm_core import find_units
from lstm_core.analysis import findings


@pytest.fixture(scope="module", params=["counter", "brackets"])
def finding(request):
    return findings.find(request.param, lstm_core.load_model(request.param))


def test_a_unit_tracks_the_number_on_texts_longer_than_any_it_was_trained_on(finding):
    assert finding.score > 0.98
    assert finding.held_out > 0.98
    assert finding.p < 0.01


def test_the_ledger_points_to_the_same_unit(finding):
    assert finding.by_ledger == finding.units[0]


def test_without_that_unit_the_model_fails_and_without_as_many_others_it_does_not(finding):
    assert finding.right == 1
    assert finding.at_zero < 0.05
    assert finding.others_at_mean > 0.95


def test_another_unit_would_not_have_been_taken_for_it():
    """The score tells units apart: the next best of the counter is far behind."""
    model = lstm_core.load_model("counter")
    texts = [["a"] * n + ["b"] * n for n in range(1, 21)]
    traces = [lstm_core.run(model.lstm, model.vectors(text).detach(), tokens=text) for text in texts]
    found = find_units(traces, lstm_core.analysis.properties.surplus_of("a", "b"), quantities=["c"])
    assert found.score[0] > 0.98
    assert found.score[1] < 0.9
