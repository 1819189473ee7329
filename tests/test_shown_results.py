"""What a notebook and a shell show of a result: few rows, true numbers, and no text that could become markup."""

import html
import re

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from lstm_core.analysis import probe
from lstm_core.plots.labels import MOST

EVIL = "<script>alert(1)</script>"


def run(lstm, x, tokens=None):
    return lstm_core.run(lstm, x, tokens=tokens)


@pytest.fixture
def lstm():
    torch.manual_seed(0)
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
        "explain": lstm_core.explain(lstm, x, baseline=0, target=2),
        "probe": probe(trace, {EVIL: [0, 1, 0, 1, 1, 0]}),
    }


@pytest.mark.parametrize("name", ["compare", "ledger", "anatomy", "what_if", "find_units", "explain", "probe"])
def test_a_notebook_gets_a_small_table_without_script(lstm, x, name):
    result = results(lstm, x)[name]
    shown = result._repr_html_()
    assert "<table" in shown
    assert "<script" not in shown
    assert len(shown) < 20_000
    assert len(repr(result).splitlines()) <= MOST + 2


def test_a_probe_without_a_p_says_why_in_a_notebook_too(lstm, x):
    found = results(lstm, x)["probe"]
    [why] = found.no_p.values()
    assert why in repr(found)
    assert html.escape(why) in found._repr_html_()
    assert EVIL not in found._repr_html_()


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
    assert "5 steps that both have, at the tokens in the columns a and b; 1 step in one alone." in repr(found)


def test_a_ledger_says_which_steps_are_written_in_the_memory(lstm, x):
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
    assert "What is written in c of 5 units after step 3" in repr(found)


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
    found = lstm_core.what_if(Two(), torch.randn(5, 1, 3), hold=lstm_core.Hold("f", 1.0, units=[1]), name="first")
    rows = found.to_pandas()
    assert rows.module.tolist() == ["first"] * 6 + ["second"] * 6
    f = rows[(rows.module == "first") & (rows.quantity == "f")].iloc[0]
    before = found.before.recording["first"].f[f.layer, f.direction, f.pair, 0, f.unit].item()
    assert f.unit == 1
    assert f.value == pytest.approx(1 - before)
    assert len(repr(found).splitlines()) == 2 * 6 + 2, "the last of two modules is shown too"


class Two(nn.Module):
    """Two LSTMs, one after the other."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LSTM(3, 4), nn.LSTM(4, 2)

    def forward(self, x):
        return self.second(self.first(x)[0])


def test_blank_and_long_tokens_can_be_read_and_a_dollar_is_no_maths(lstm, x):
    found = lstm_core.ledger(run(lstm, x, [" ", "\n", "x" * 300, "$x$", "", "\u202e"]), time=5)
    for shown in (repr(found), found._repr_html_()):
        assert "␣" in shown
        assert "⏎" in shown
        assert "U+202E" in shown
        assert "x" * 30 not in shown
    assert re.search(r'<table[^>]*class="[^"]*tex2jax_ignore mathjax_ignore"', found._repr_html_())
    assert set(found.to_pandas().token) >= {" ", "\n", "x" * 300}


def test_a_comparison_of_parts_names_the_places_of_the_whole_run():
    lstm = nn.LSTM(3, 8, 2, bidirectional=True)
    wholes = [lstm_core.run(lstm, torch.randn(9, 1, 3)) for _ in "ab"]
    found = lstm_core.compare(*(whole.sel(layer=1, unit=[3, 7], time=slice(4, 8)) for whole in wholes))
    for row in found.to_pandas().itertuples():
        a, b = (getattr(whole, row.quantity)[row.layer, row.direction, row.a, 0, row.unit] for whole in wholes)
        assert row.value == pytest.approx((b - a).item(), abs=1e-6)
        assert row.layer == 1
        assert row.a == row.b == row.pair + 4


def test_a_comparison_of_two_layers_says_which():
    trace = lstm_core.run(nn.LSTM(5, 5, 2, bidirectional=True), torch.randn(4, 1, 5))
    found = lstm_core.compare(trace.sel(layer=0, direction=1), trace.sel(layer=1, direction=1))
    assert "Compared: layer 0 of a with layer 1 of b." in repr(found)
    assert set(found.to_pandas().direction) == {1}
    assert "Compared" not in repr(lstm_core.compare(trace, trace))


def test_a_comparison_says_where_nothing_differs_or_nothing_is_known(lstm, x):
    assert "a and b are equal over 6 steps" in repr(lstm_core.compare(run(lstm, x), run(lstm, x)))
    broken = x.clone()
    broken[4] = torch.nan
    with pytest.warns(UserWarning, match="holds NaN"):
        unknown = run(lstm, broken)
    said = repr(lstm_core.compare(run(lstm, x), unknown))
    assert "equal" not in said
    assert "2 steps have NaN" in said


def test_a_ledger_of_a_part_names_the_steps_of_the_whole_run():
    whole = lstm_core.run(nn.LSTM(3, 4, bidirectional=True), torch.randn(9, 1, 3))
    part = whole.sel(time=slice(4, 8))
    for direction, read in ((0, [4, 5, 6]), (1, [6, 7])):
        found = lstm_core.ledger(part, time=6, direction=direction)
        assert sorted(found.to_pandas().step) == [-1, *read]
        assert "after step 6" in repr(found)
        assert ("read from the right" in repr(found)) == bool(direction)
        assert "after step 6" in found.plot(unit=0).layout.title.text


def test_a_ledger_of_nothing_says_so(lstm, x):
    with lstm_core.intervene(lstm, lstm_core.Hold("c", 0.0)):
        empty = run(lstm, x)
    assert "There it is 0." in repr(lstm_core.ledger(empty, time=5))
    assert "There it is 0." not in repr(lstm_core.ledger(run(lstm, x), time=5))


def test_what_if_says_which_of_several_sequences_it_shows(lstm):
    hold = lstm_core.Hold("f", 0.0)
    assert "in the first of 3 sequences" in repr(lstm_core.what_if(lstm, torch.randn(5, 3, 3), hold=hold))
    assert "sequence" not in repr(lstm_core.what_if(lstm, torch.randn(5, 1, 3), hold=hold))
