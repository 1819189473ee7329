"""What a notebook and a shell show of a result: few rows, true numbers, and no text that could become markup."""

import re

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from lstm_core.analysis import Comparison
from lstm_core.analysis.shown import MOST

EVIL = "<script>alert(1)</script>"


def run(lstm, x, tokens=None):
    return lstm_core.run(lstm, x, tokens=tokens)


@pytest.fixture
def lstm():
    torch.manual_seed(4)
    return nn.LSTM(3, 5)


@pytest.fixture
def x():
    return torch.randn(6, 1, 3, generator=torch.Generator().manual_seed(7))


def results(lstm, x):
    trace = run(lstm, x, [EVIL, *"bcdef"])
    other = run(lstm, x.flip(0), [*"fedcb", EVIL])
    return {
        "compare": lstm_core.compare(trace, other),
        "ledger": lstm_core.ledger(trace, time=5),
        "anatomy": lstm_core.anatomy(lstm, trace, unit=2, time=3),
        "what_if": lstm_core.what_if(lstm, x, hold=lstm_core.Hold("f", 0.0, units=[1])),
        "find_units": lstm_core.find_units(trace, [0, 1, 0, 1, 1, 0]),
    }


@pytest.mark.parametrize("name", ["compare", "ledger", "anatomy", "what_if", "find_units"])
def test_a_notebook_gets_a_small_table_without_script(lstm, x, name):
    result = results(lstm, x)[name]
    shown = result._repr_html_()
    assert "<table" in shown
    assert "<script" not in shown
    assert len(shown) < 20_000
    assert len(repr(result).splitlines()) <= MOST + 2


def test_a_long_result_shows_its_first_rows(lstm):
    trace = run(lstm, torch.randn(500, 1, 3))
    assert len(repr(lstm_core.ledger(trace, time=499)).splitlines()) == MOST + 2


def test_a_comparison_names_the_largest_difference_of_each_quantity(lstm, x):
    trace, other = run(lstm, x, list("abcdef")), run(lstm, x[:5], list("abcxf"))
    found = lstm_core.compare(trace, other)
    rows = found.to_pandas().set_index("quantity")
    assert list(rows.index) == list("ifgoch")
    for quantity, row in rows.iterrows():
        place = row.layer, row.direction, row.pair, row.unit
        difference = found.difference(quantity)
        assert row.value == difference[place] == difference.flat[np.nanargmax(np.abs(difference))]
        assert (row.a, row.b) == found.tokens[row.pair]
    assert "5 steps that both have; 1 are in one alone" in repr(found)


def test_a_comparison_without_tokens_names_steps(lstm, x):
    found = lstm_core.compare(run(lstm, x), run(lstm, x + 1))
    row = found.to_pandas().iloc[0]
    assert (row.a, row.b) == found.pairs[row.pair]
    assert isinstance(found, Comparison)


def test_a_ledger_says_which_steps_the_memory_is_made_of(lstm, x):
    state = torch.ones(1, 1, 5), torch.ones(1, 1, 5)
    trace = lstm_core.run(lstm, x, state, tokens=list("abcdef"))
    found = lstm_core.ledger(trace, time=3)
    rows = found.to_pandas()
    # The steps after the asked one were not read yet.
    assert sorted(rows.step) == [-1, 0, 1, 2, 3]
    assert rows.part.is_monotonic_decreasing
    assert rows.part.sum() == pytest.approx(1)
    for row in rows.itertuples():
        assert row.token == ("(start)" if row.step < 0 else "abcdef"[row.step])
        shares = found.cell[row.step + 1].abs().sum().item()
        assert row.part == pytest.approx(shares / found.cell.abs().sum().item())
        assert row.survived == pytest.approx(shares / found.written[row.step + 1].abs().sum().item())
    assert "5 units was made of after step 3" in repr(found)


def test_an_anatomy_shows_the_terms_of_each_gate_and_both_equations(lstm, x):
    found = lstm_core.anatomy(lstm, run(lstm, x), unit=2, time=3)
    rows = found.to_pandas().set_index("gate")
    assert list(rows.index) == list("ifgo")
    np.testing.assert_allclose(rows.from_x + rows.from_h + rows.bias, rows.pre)
    assert rows.value.tolist() == [gate.value for gate in (found.i, found.f, found.g, found.o)]
    kept, written, c, o, tanh_c, h = map(float, re.findall(r"-?\d\.?\d*(?:e-\d+)?", found.summary()))
    assert (kept, written, c) == pytest.approx((found.kept, found.written, found.c), rel=1e-3)
    assert (o, tanh_c, h) == pytest.approx((found.o.value, found.tanh_c, found.h), rel=1e-3)


def test_what_if_shows_what_the_hold_changed_in_each_module():
    torch.manual_seed(5)
    found = lstm_core.what_if(Two(), torch.randn(5, 1, 3), hold=lstm_core.Hold("f", 1.0, units=[1]), name="first")
    rows = found.to_pandas()
    assert rows.module.tolist() == ["first"] * 6 + ["second"] * 6
    f = rows[(rows.module == "first") & (rows.quantity == "f")].iloc[0]
    before = found.before.recording["first"].f[f.layer, f.direction, f.pair, 0, f.unit].item()
    assert f.unit == 1
    assert f.value == pytest.approx(1 - before)


class Two(nn.Module):
    """Two LSTMs, one after the other."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LSTM(3, 4), nn.LSTM(4, 2)

    def forward(self, x):
        return self.second(self.first(x)[0])
