"""What is said of a quantity stands in one table, and is true of what the cells compute."""

from typing import get_args

import pytest
import torch
from torch import nn

import lstm_core
from gatescope.question.holds import read_holds
from gatescope.question.view import Shown
from lstm_core import quantities
from lstm_core.plots.page_figure import LINES
from lstm_core.plots.strips import strips_of

KINDS = {"LSTM": (nn.LSTM, quantities.LSTM), "GRU": (nn.GRU, quantities.GRU), "RNN": (nn.RNN, quantities.RNN)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_trace_has_the_quantities_of_its_table_within_the_bounds_that_they_say(kind):
    make, table = KINDS[kind]
    trace = lstm_core.run(make(4, 3, 2), 5 * torch.randn(9, 2, 4, generator=torch.Generator().manual_seed(0)))
    assert set(trace.quantities) == {row.quantity for row in table}
    assert trace.states == tuple(row.quantity for row in table if row.is_state)
    for row in table:
        values, (low, high) = getattr(trace, row.quantity), row.bounds
        assert low <= values.min()
        assert values.max() <= high
        # What is negative now and then is no gate.
        assert (values.min() >= 0) == (row.scale == "gates")


@pytest.mark.parametrize("kind", KINDS)
def test_a_quantity_with_a_block_of_the_weights_is_what_that_block_makes(kind):
    """With all weights 0 and one block's bias large, that quantity alone is 1."""
    make, table = KINDS[kind]
    for row in (row for row in table if row.block is not None):
        cell = make(2, 3)
        with torch.no_grad():
            for weight in cell.parameters():
                weight.zero_()
            cell.bias_ih_l0.view(-1, 3)[row.block] = 50.0
        trace = lstm_core.run(cell, torch.zeros(1, 1, 2))
        one = {name for name in quantities.blocks(table) if torch.allclose(getattr(trace, name), torch.ones(3))}
        assert one == {row.quantity}


def test_the_types_name_the_letters_of_the_tables():
    assert get_args(quantities.Quantity) == lstm_core.traces.QUANTITIES == quantities.recorded(quantities.LSTM)
    every = {row.quantity for table in quantities.TABLES for row in table}
    assert set(get_args(quantities.Gate)) == every


@pytest.mark.parametrize(
    ("there", "shown"),
    [("figcoh", "figcoh"), ("hc", "ch"), ("f", "f"), ("hz", "zh"), ("rzn", "rzn"), ("h", "h")],
)
def test_strips_are_those_of_the_kind_that_has_the_quantities_in_the_order_of_its_equations(there, shown):
    assert "".join(strip.quantity for strip in strips_of(there)) == shown
    if there == "h":
        assert strips_of(there) == quantities.RNN


def test_pages_show_and_hold_what_the_table_of_the_lstm_names():
    letters = "".join(row.quantity for row in quantities.LSTM)
    assert Shown().quantities == letters
    for theme in LINES.values():
        assert theme.keys() >= set(letters)
    for row in quantities.LSTM:
        if row.quantity == "h":
            continue
        low, high = row.bounds
        assert [read_holds(f"{row.quantity}.0.0.0_{value:g}").gates[0].value for value in (low, high)] == [low, high]
        with pytest.raises(ValueError, match=f"{row.quantity} lies from {low:g} to {high:g}"):
            read_holds(f"{row.quantity}.0.0.0_{high + 1:g}")
