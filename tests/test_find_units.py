"""Units that track a property are found, with the score a plain count gives, and chance is not."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from lstm_core import LstmCoreError, find_units
from lstm_core.analysis.calibration import Setting, false_alarms, smallest_p, smallest_p_of_single_steps
from lstm_core.analysis.shuffle import shuffled, way_to_shuffle
from lstm_core.analysis.strength import as_score, strength


def trace_of(c, tokens=None, lengths=None):
    """A trace of one layer whose c is (step, batch, unit); h is its opposite."""
    c = torch.as_tensor(np.asarray(c, dtype=np.float64))[None, None]
    start = torch.zeros_like(c[:, :, 0])
    gates = {q: torch.full_like(c, 0.5) for q in "ifgo"}
    return lstm_core.Trace(
        **gates, c=c, h=-c, x=torch.zeros(c.shape[2:]), h0=start, c0=start, tokens=tokens, lengths=lengths
    )


def auc_by_pairs(values, labels):
    ones, zeros = ([v for v, label in zip(values, labels, strict=True) if label == kind] for kind in (1, 0))
    wins = [(one > zero) + 0.5 * (one == zero) for one, zero in product(ones, zeros)]
    return sum(wins) / len(wins)


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=30))
def test_auc_is_the_share_of_pairs_in_the_right_order(steps):
    values, labels = (np.array(column, dtype=float) for column in zip(*steps, strict=True))
    found = as_score(strength(values[:, None], labels[:, None], "AUC"), "AUC")[0, 0]
    expected = auc_by_pairs(values, labels) if 0 < labels.sum() < len(labels) else 0.5
    assert found == pytest.approx(expected, abs=1e-12)


@given(st.integers(3, 40), st.integers(0, 1000))
def test_correlation_is_numpys_own_over_the_steps_that_count(steps, seed):
    rng = np.random.default_rng(seed)
    series, values = rng.standard_normal((steps, 3)) * 1e3 + 1e4, rng.standard_normal((steps, 2))
    values[: steps // 3, 1] = np.nan
    found = strength(series, values, "R²")
    for unit, column in product(range(3), range(2)):
        counts = ~np.isnan(values[:, column])
        expected = np.corrcoef(series[counts, unit], values[counts, column])[0, 1]
        assert found[unit, column] == pytest.approx(expected, abs=1e-9)


def test_what_never_changes_has_no_strength():
    still, moving = np.full((9, 1), 0.1), np.arange(9.0)[:, None]
    for measure in ("AUC", "R²"):
        assert strength(still, moving > 4, measure) == 0
        assert strength(moving, still * 10, measure) == 0


def test_the_unit_that_counts_is_found_and_holds_on_other_texts():
    rng = np.random.default_rng(0)
    texts = [["a"] * n + ["b"] * n for n in range(1, 9)]
    depth = lstm_core.analysis.properties.surplus_of("a", "b")

    def traces(texts):
        return [
            trace_of(np.stack([rng.standard_normal(len(t)), -2 * np.array(depth(t)), [0] * len(t)], 1)[:, None], [t])
            for t in texts
        ]

    found = find_units(traces(texts), depth, held_out=traces([["a"] * 30 + ["b"] * 30]))
    best = found.iloc[0]
    assert (best.quantity, best.unit, best.sign) == ("c", 1, -1)
    assert best.score == pytest.approx(1)
    assert best.correlation == pytest.approx(-1)
    assert best.held_out == pytest.approx(1)
    assert best.p == 1 / 201
    assert found.iloc[1][["quantity", "unit", "sign"]].tolist() == ["h", 1, 1]
    assert found.attrs == {
        "property": "surplus",
        "measure": "R²",
        "searched": 6,
        "shuffled": "whole sequences",
        "permutations": 200,
        "sequences": 8,
        "steps": 72,
    }


def test_on_held_out_text_the_sign_stays_as_it_was_found():
    labels = [0, 0, 1, 1, 0, 1]
    trace = trace_of(np.array([0, 0.1, 0.9, 0.8, 0.2, 0.7])[:, None, None])
    turned = trace_of(-np.array([0, 0.1, 0.9, 0.8, 0.2, 0.7])[:, None, None])
    found = find_units(trace, labels, held_out=(turned, labels))
    assert found.score.tolist() == [1, 1]
    assert found.held_out.tolist() == [0, 0]
    numbers = [0, 0, 3, 2, 0, 2]
    assert find_units(trace, numbers, held_out=(turned, numbers)).held_out.tolist() == [0, 0]
    assert np.isnan(find_units(trace, labels, held_out=(turned, [1] * 6)).held_out).all()


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_every_layer_direction_and_unit_is_searched_and_past_ends_left_out():
    lstm = nn.LSTM(4, 5, 2, bidirectional=True, proj_size=3)
    texts = [list("ab(c)d(")[:length] for length in (7, 3, 5)]
    packed = pack_padded_sequence(torch.randn(7, 3, 4), [7, 3, 5], enforce_sorted=False)
    trace = lstm_core.run(lstm, packed, tokens=texts)
    found = find_units(trace, "inside brackets", permutations=5)
    assert found.attrs["searched"] == len(found) == 2 * 2 * (5 + 3)
    assert found.attrs["steps"] == 15
    row = found[(found.quantity == "h") & (found.layer == 1) & (found.direction == 1) & (found.unit == 2)].iloc[0]
    h = np.concatenate([trace.h[1, 1, :n, b, 2] for b, n in enumerate((7, 3, 5))])
    labels = np.concatenate([lstm_core.PROPERTIES["inside brackets"](text) for text in texts])
    expected = auc_by_pairs(h, labels)
    assert row.score == pytest.approx(max(expected, 1 - expected))


def test_shuffles_keep_sequences_whole():
    rng = np.random.default_rng(0)
    values = [np.arange(n) + 100.0 * n for n in (2, 3, 4, 5, 6)]
    assert way_to_shuffle(values) == "whole sequences"
    found = shuffled(values, "whole sequences", rng)
    given = []
    for original, new in zip(values, found, strict=True):
        assert len(new) == len(original)
        from_which = round((new[0] - new[0] % 100) / 100)
        given.append(from_which)
        kept = min(from_which, len(new))
        assert new[:kept].tolist() == values[from_which - 2][:kept].tolist()
        assert np.isnan(new[kept:]).all()
    assert sorted(given) == [2, 3, 4, 5, 6]


def test_few_or_equal_sequences_go_round():
    rng = np.random.default_rng(0)
    assert way_to_shuffle([np.arange(9.0) * k for k in range(4)]) == "circular shifts"
    assert way_to_shuffle([np.arange(float(n)) for n in range(3, 12)]) == "circular shifts"
    [new] = shuffled([np.arange(9.0)], "circular shifts", rng)
    assert sorted(np.diff(new).tolist()) in ([-8] + [1] * 7, [1] * 8)


@pytest.mark.parametrize(
    "setting",
    [
        Setting("equal", 8, 20, 20, "bracket depth", "these, shuffled"),
        Setting("equal", 8, 20, 20, "inside brackets", "these, shuffled"),
        Setting("one", 1, 150, 150, "bracket depth", "these, shuffled"),
    ],
    ids=lambda setting: f"{setting.name} {setting.property}",
)
def test_chance_is_reported_at_the_stated_rate(setting):
    """200 runs at 0.05: 10 expected; 2 to 21 is where a binomial lies 999 times in 1000."""
    assert 2 / 200 <= false_alarms(setting, 200, smallest_p) <= 21 / 200


def test_single_steps_taken_one_unit_at_a_time_would_report_far_more():
    setting = Setting("equal", 8, 20, 20, "bracket depth", "these, shuffled")
    assert false_alarms(setting, 30, smallest_p_of_single_steps) > 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"property": "indent"}, "a trace with tokens"),
        ({"property": [1, 2]}, r"a number a step, \[3\] a sequence, got \[2\]"),
        ({"property": [1, np.nan, 2]}, "a finite number at every step"),
        ({"property": [1, 1, 1]}, "a property that changes, got 1 at all 3 steps"),
        ({"property": [1, 2, 3], "held_out": trace_of(np.zeros((3, 1, 1)))}, r"held_out=\(traces, numbers\)"),
        ({"property": [1, 2, 3], "held_out": (trace_of(np.zeros((3, 1, 2))), [1, 2, 3])}, "held_out of the same LSTM"),
    ],
)
def test_what_can_not_be_searched_is_refused(arguments, message):
    with pytest.raises(LstmCoreError, match=message):
        find_units(trace_of(np.arange(3.0)[:, None, None]), **arguments)


def test_a_trace_that_holds_nan_is_refused():
    with pytest.raises(LstmCoreError, match="states that are numbers"):
        find_units(trace_of(np.array([1, np.nan, 2])[:, None, None]), [1, 2, 3])
