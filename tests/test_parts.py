"""A part of a trace, asked or put in again: its layers, steps and units are those of the whole run."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from lstm_core import Hold, LstmCoreError, intervene, record
from lstm_core.scanning.pattern import pattern

MAKES = [nn.LSTM, nn.GRU, nn.RNN]


def whole(make=nn.LSTM, steps=6, **options):
    module = make(3, 4, num_layers=2, **options)
    return module, lstm_core.run(module, torch.randn(steps, 2, 3), tokens=[list("abcdef")[:steps]] * 2)


def put_in(module, trace, **held):
    """What a run of another input has of the state where a trace's state is put in."""
    state = trace.states[0]
    with intervene(module, Hold(state, trace, **held)), record(module) as recording:
        module(torch.randn(6, 2, 3))
    return getattr(recording.only, state)


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize(
    ("part", "held", "at"),
    [
        ({"unit": [3, 1, 0, 2]}, {}, (0, 0)),
        ({"unit": [3, 1]}, {"units": [1, 3]}, (0, 0, ..., [1, 3])),
        ({"layer": 1}, {"layer": 1}, (1, 0)),
        ({"direction": 1}, {"direction": 1}, (0, 1)),
        ({"time": slice(2, 5)}, {"steps": [2, 4]}, (0, 0, [2, 4])),
        ({"time": -1}, {"steps": [-1]}, (0, 0, -1)),
        (
            {"time": slice(3, None), "unit": [2], "layer": 1},
            {"steps": [4], "units": [2], "layer": 1},
            (1, 0, 4, ..., 2),
        ),
    ],
    ids=str,
)
def test_a_part_puts_back_the_values_of_its_own_units_layer_and_steps(make, part, held, at):
    module, trace = whole(make, bidirectional=True)
    ours = put_in(module, trace.sel(**part), **held)
    assert torch.equal(ours[at], getattr(trace, trace.states[0])[at])


def test_a_part_is_put_into_the_sequences_that_have_its_steps():
    """The second sequence ends before the steps that are put in."""
    lstm, x = nn.LSTM(3, 4), torch.randn(4, 2, 3)
    part = lstm_core.run(lstm, torch.randn(4, 2, 3)).sel(time=[2, 3])
    with intervene(lstm, Hold("c", part, steps=[2, 3])), record(lstm) as recording:
        lstm(pack_padded_sequence(x, [4, 2]))
    assert torch.equal(recording.only.c[0, 0, 2:, 0], part.c[0, 0, :, 0])
    torch.testing.assert_close(recording.only.c[0, 0, :2], lstm_core.run(lstm, x).c[0, 0, :2])


def test_what_record_kept_is_put_in_where_it_was():
    lstm, x = nn.LSTM(3, 4), torch.randn(6, 2, 3)
    with record(lstm, keep="c", units=[1, 3], steps=[-1]) as kept:
        lstm(x)
    whole_run = lstm_core.run(lstm, x)
    ours = put_in(lstm, kept.only, units=[3], steps=[-1])
    assert torch.equal(ours[0, 0, -1, :, 3], whole_run.c[0, 0, -1, :, 3])


def test_a_cell_takes_the_steps_of_a_part_by_its_calls():
    cell, x = nn.LSTMCell(3, 4), torch.randn(6, 2, 3)

    def run_cell():
        state = None
        for step in x:
            state = cell(step, state)

    with record(cell) as recording:
        run_cell()
    trace = recording.only
    x = x + 1
    with intervene(cell, Hold("c", trace.sel(time=slice(3, None), unit=[3, 1, 2, 0]), steps=[4])), record(cell) as ours:
        run_cell()
    assert torch.equal(ours.only.c[:, :, 4], trace.c[:, :, 4])
    last = trace.sel(time=[5])
    with (
        pytest.raises(LstmCoreError, match=r"has the steps \[2\], got one with the steps \[5\]"),
        intervene(cell, Hold("c", last, steps=[2])),
    ):
        run_cell()


@pytest.mark.parametrize(
    ("part", "held", "said"),
    [
        ({"layer": 1}, {}, r"layer \[0\], direction \[0\], .* got one with layer \[1\]"),
        ({"direction": 1}, {}, r"got one with layer \[0, 1\], direction \[1\]"),
        ({"unit": [3, 1]}, {"units": [0]}, r"of c with .* unit \[0\], got .* unit \[3, 1\]"),
        ({"time": slice(2, 4)}, {"steps": [1, 2]}, r"has the steps \[1\], got one with the steps \[2, 3\]"),
        ({"time": slice(2, 4)}, {}, r"has the steps \[0, 1, 4, 5\]"),
    ],
    ids=str,
)
def test_what_a_part_lacks_is_not_put_in(part, held, said):
    lstm, trace = whole(bidirectional=True)
    with pytest.raises(LstmCoreError, match=said):
        put_in(lstm, trace.sel(**part), **held)


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
