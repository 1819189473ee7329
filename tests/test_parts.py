"""A part of a trace is asked by its layers, steps and units in the whole run."""

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning.pattern import pattern

MAKES = [nn.LSTM, nn.GRU, nn.RNN]


def whole(make=nn.LSTM, steps=6, **options):
    module = make(3, 4, num_layers=2, **options)
    return module, lstm_core.run(module, torch.randn(steps, 2, 3), tokens=[list("abcdef")[:steps]] * 2)


@pytest.mark.parametrize("make", MAKES)
def test_tables_of_a_part_are_rows_of_the_whole(make):
    _, trace = whole(make)
    part, places = trace.sel(unit=[3, 1], layer=1), ["layer", "direction", "unit"]
    ours, theirs = (lstm_core.units(each).set_index(places) for each in (part, trace))
    assert ours.index.tolist() == [(1, 0, 3), (1, 0, 1)]
    assert np.array_equal(ours, theirs.loc[ours.index], equal_nan=True)
    numbers = torch.randn(2, 6).numpy()
    ours, theirs = (
        lstm_core.find_units(each, numbers).table.set_index(["quantity", *places])["correlation"]
        for each in (part, trace)
    )
    assert {place[1:] for place in ours.index} == {(1, 0, 3), (1, 0, 1)}
    np.testing.assert_allclose(ours, theirs[ours.index])


def test_a_pattern_of_a_part_names_the_units_of_the_whole():
    _, trace = whole()
    asked = {"layer": 1, "batch": 1, "threshold": -1.0, "before": 0}
    assert pattern(trace, 2, 3, **asked).units == (0, 1, 2, 3)
    assert pattern(trace.sel(unit=[1, 3], layer=1, batch=1), 2, 3, **asked).units == (1, 3)


def test_the_ledger_of_a_part_is_asked_by_the_steps_of_the_whole():
    _, trace = whole()
    part = trace.sel(time=slice(2, None), layer=1, unit=[3, 1])
    shares = lstm_core.ledger(part, time=4, layer=1).cell
    torch.testing.assert_close(shares.sum(0), trace.c[1, 0, 4, 0, [3, 1]].double(), atol=1e-6, rtol=0)
    theirs = lstm_core.ledger(trace, time=4, layer=1).cell[:, [3, 1]]
    torch.testing.assert_close(shares[1:4], theirs[3:6])
    with pytest.raises(LstmCoreError, match=r"Expected a time of \[2, 3, 4, 5\]"):
        lstm_core.ledger(part, time=1, layer=1)


def test_the_terms_of_one_cell_are_refused_without_the_units_that_its_gates_read():
    lstm, trace = whole()
    with pytest.raises(LstmCoreError, match=r"a trace with all units, .* got units \[3, 1\]"):
        lstm_core.analysis.anatomy(lstm, trace.sel(unit=[3, 1]), unit=3, time=2)
    ours = lstm_core.analysis.anatomy(lstm, trace.sel(time=slice(2, None)), unit=3, time=4)
    assert ours.c == pytest.approx(trace.c[0, 0, 4, 0, 3].item(), abs=1e-6)
