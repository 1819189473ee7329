"""In the trained models, the unit that is said to count does the counting."""

import pytest

import lstm_core
from lstm_core import find_units
from studies import findings
from studies.training.python_chars import library


@pytest.fixture(scope="module", params=["counter", "brackets"])
def finding(request):
    return findings.find(request.param, lstm_core.load_model(request.param))


def test_a_unit_tracks_the_number_on_texts_longer_than_any_it_was_trained_on(finding):
    assert finding.score > 0.98
    assert finding.held_out > 0.98
    assert finding.p < 0.01


def test_without_that_unit_the_model_fails_and_without_as_many_others_it_does_not(finding):
    assert finding.right == 1
    for held in (finding.at_mean, finding.at_zero):
        assert held.own < 0.05
        assert len(held.others) == 3
    assert finding.at_mean.rank == 1
    assert min(finding.at_mean.others) > 0.95


def test_another_unit_would_not_have_been_taken_for_it():
    """The score tells units apart: the next best of the counter is far behind."""
    model = lstm_core.load_model("counter")
    texts = [["a"] * n + ["b"] * n for n in range(1, 21)]
    traces = [lstm_core.run(model.lstm, model.vectors(text).detach(), tokens=text) for text in texts]
    found = find_units(traces, lstm_core.analysis.properties.surplus_of("a", "b"), quantities=["c"]).table
    assert found.score[0] > 0.98
    assert found.score[1] < 0.9


@pytest.mark.slow
def test_the_string_unit_knows_a_string_and_not_its_kind_and_another_unit_knows_the_kind():
    model = lstm_core.load_model("python-chars")
    held_out = library(held_out=True)
    texts = [text[:4000] for text in findings.chosen(held_out, 8)]
    traces = [lstm_core.run(model.lstm, model.vectors(list(text)).detach(), tokens=list(text)) for text in texts]
    # Its p is the study's; here its score counts.
    table = find_units(traces, "inside a one-line string", quantities=["c"], permutations=5).table
    assert table.unit[0] == 48
    assert table.score[0] > 0.95
    assert findings.between_kinds(model, 48, texts) < 0.7
    assert findings.between_kinds(model, 15, texts) > 0.9
