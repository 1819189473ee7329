"""What can be asked of an LSTM's trace can be asked of a hand-written cell's, or a sentence says why not."""

import pytest
import torch
from hand_written import ConvLstm, Gru, Loop, Lstm, Masked, Peephole, Zoneout
from torch import nn
from unpacking import numbers_in

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.analysis import probe


def recorded(model, *inputs, **how):
    with torch.no_grad(), lstm_core.record(model, **how) as recording:
        model(*inputs)
    return recording.only


@pytest.fixture
def lstm():
    return recorded(Loop(Peephole(3, 4), 4), torch.randn(9, 2, 3))


@pytest.fixture
def gru():
    return recorded(Loop(Gru(3, 4), 4, states=1), torch.randn(9, 2, 3))


@pytest.fixture
def conv():
    return recorded(Loop(ConvLstm(2, 3), 3, 5, 6), torch.randn(9, 2, 2, 5, 6))


KINDS = ("lstm", "gru", "conv")


@pytest.fixture(params=KINDS)
def trace(request):
    return request.getfixturevalue(request.param)


def of_pytorch(cell):
    """PyTorch's LSTM with the weights of a hand-written one."""
    lstm = nn.LSTM(cell.x.in_features, cell.h.in_features)
    for name, linear in (("ih", cell.x), ("hh", cell.h)):
        lstm.load_state_dict({f"{kind}_{name}_l0": getattr(linear, kind) for kind in ("weight", "bias")}, strict=False)
    return lstm


def test_c_and_h_of_a_hand_written_lstm_are_searched_as_those_of_pytorchs_with_the_same_weights():
    loop, x = Loop(Lstm(3, 4), 4), torch.randn(60, 2, 3)
    lstm = of_pytorch(loop.cell)
    found, judge = (
        lstm_core.find_units(trace, [x[:, row, 0].tolist() for row in range(2)], permutations=19).table
        for trace in (recorded(loop, x), lstm_core.run(lstm, x))
    )
    assert sorted(zip(found.quantity, found.unit, strict=True)) == [(q, unit) for q in "ch" for unit in range(4)]
    assert list(zip(found.quantity, found.unit, strict=True)) == list(zip(judge.quantity, judge.unit, strict=True))
    assert found.score.tolist() == pytest.approx(judge.score.tolist(), abs=1e-5)


def test_what_was_not_found_is_refused_by_what_was(gru):
    with pytest.raises(LstmCoreError, match="found in the cell, c, f, i, g, got o"):
        _ = gru.o
    with pytest.raises(LstmCoreError, match="what a hand-written cell reads is not recorded"):
        _ = gru.x


def test_units_say_how_each_unit_remembers(trace):
    table = lstm_core.units(trace)
    assert len(table) == trace.sizes["unit"]
    f = trace.f[0, 0].flatten(0, 1).double()
    expected = torch.log(torch.tensor(2.0)) / f.log().mean(0).abs()
    assert torch.allclose(torch.tensor(table["leak"].to_numpy()), expected, rtol=1e-5)


def test_units_that_follow_a_property_are_found(trace):
    unit = 3
    wanted = [(trace.c[0, 0, :, batch, unit] > trace.c[..., unit].median()).int().tolist() for batch in range(2)]
    found = lstm_core.find_units(trace, wanted)
    assert found.table.iloc[0]["unit"] == unit
    assert probe([trace.sel(batch=[0]), trace.sel(batch=[1])], wanted) is not None


def test_a_memory_is_split_exactly_by_source(trace):
    for time in (0, 8):
        shares = lstm_core.ledger(trace, time=time, batch=1).cell
        torch.testing.assert_close(shares.sum(0), trace.c[0, 0, time, 1].double(), atol=1e-6, rtol=1e-6)


def test_past_a_sequences_end_a_memory_keeps_its_sources():
    mask = (torch.arange(9).view(-1, 1) < torch.tensor([9, 4])).float().unsqueeze(-1)
    trace = recorded(Loop(Masked(3, 4, "where"), 4), torch.randn(9, 2, 3), mask)
    at_its_end, after = (lstm_core.ledger(trace, time=time, batch=1).cell for time in (3, 8))
    assert torch.equal(at_its_end[:5], after[:5])
    assert not after[5:].any()


def test_zoneout_in_training_is_split_exactly_with_its_mask_and_in_use_a_sentence_says_why_not():
    model = Loop(Zoneout(3, 4), 4).train()
    trace, own = recorded(model, torch.randn(9, 2, 3)), torch.zeros(10, 4, dtype=torch.float64)
    kept = [{name: value[1].double() for name, value in step.items()} for step in model.cell.kept[-9:]]
    for step, now in enumerate(kept):
        keeps = now["c"] == (kept[step - 1]["c"] if step else torch.zeros(4))
        own *= keeps + ~keeps * now["f"]
        own[step + 1] = ~keeps * now["i"] * now["g"]
    torch.testing.assert_close(lstm_core.ledger(trace, time=8, batch=1).cell, own, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(own.sum(0), trace.c[0, 0, 8, 1].double(), atol=1e-6, rtol=1e-5)
    # In use each step mixes old and new at one rate.
    with pytest.raises(LstmCoreError, match="can't be told from what it kept"):
        lstm_core.ledger(recorded(model.eval(), torch.randn(9, 2, 3)), time=5)


@pytest.mark.parametrize(
    "hold",
    [
        lstm_core.Hold("c", 0.5, steps=[3]),
        lstm_core.Hold("c", 0.5, units=[1, 2]),
        lstm_core.Hold("c", lambda c: 2 * c, units=[0], steps=[2, 5]),
    ],
    ids=["at a step", "of two units", "at twice its value"],
)
def test_a_memory_that_was_held_is_split_as_that_of_pytorchs_lstm_held_so(hold, tmp_path):
    loop, x = Loop(Lstm(3, 4), 4), torch.randn(8, 2, 3)
    recorded(loop, x)
    held = lstm_core.what_if(loop, x, hold=hold).after.recording.only
    with lstm_core.intervene(lstm := of_pytorch(loop.cell), hold):
        judge = lstm_core.run(lstm, x)
    held.save(tmp_path / "held.npz")
    for trace in (held, lstm_core.load(tmp_path / "held.npz"), held.sel(batch=1, unit=[0, 1, 2, 3])):
        for time in range(8):
            found, expected = (lstm_core.ledger(one, time, batch=1) for one in (trace, judge))
            torch.testing.assert_close(found.cell, expected.cell, atol=1e-6, rtol=1e-5)


class Episodes(Loop):
    """The memory is emptied where an episode ends, before or after a step."""

    def __init__(self, before):
        super().__init__(Lstm(3, 4), 4)
        self.before = before

    def forward(self, x, on):
        h = c = x.new_zeros(x.shape[1], 4)
        for row, goes_on in zip(x, on, strict=True):
            if self.before:
                h, c = h * goes_on, c * goes_on
            h, c = self.cell(row, h, c)
            if not self.before:
                h, c = h * goes_on, c * goes_on
        return h


@pytest.mark.parametrize("before", [False, True], ids=["after the step", "before the next"])
def test_an_episodes_memory_is_split_as_if_its_sequence_began_there(before):
    x, on = torch.randn(8, 3, 3), torch.ones(8, 3, 1)
    on[3, 1], on[5, 2] = 0.0, 0.0
    model = Episodes(before)
    trace, lstm = recorded(model, x, on), of_pytorch(model.cell)
    for row, first in enumerate([0, 3 if before else 4, 5 if before else 6]):
        alone = lstm_core.run(lstm, x[first:, row : row + 1])
        for time in range(first, 8):
            found, own = lstm_core.ledger(trace, time, batch=row).cell, lstm_core.ledger(alone, time - first).cell
            torch.testing.assert_close(found[first + 1 :], own[1:], atol=1e-6, rtol=1e-5)
            assert not found[: first + 1].any()


def test_what_needs_weights_says_what_works_without_them(lstm):
    model = Loop(Lstm(3, 4), 4)
    with pytest.raises(LstmCoreError, match=r"ledger\(trace, time\) says which steps wrote"):
        lstm_core.anatomy(model, lstm, unit=1, time=3)
    for given in (model, (model, torch.nn.Linear(4, 2))):
        with pytest.raises(LstmCoreError, match=r"ledger\(trace, time\) say which steps wrote"):
            lstm_core.explain(given, torch.randn(9, 3))
        with pytest.raises(LstmCoreError, match=r"ledger\(trace, time\) say which steps wrote"):
            lstm_core.horizon(given, [torch.randn(9, 3)])


def test_scores_are_split_by_the_steps_that_wrote_a_found_memory(lstm):
    linear = torch.nn.Linear(4, 2)
    shares = lstm_core.ledger(lstm, time=8).hidden @ linear.weight.double().T
    said = linear(lstm.h[0, 0, 8, 0]).double()
    torch.testing.assert_close(shares.sum(0) + linear.bias.double(), said, atol=1e-6, rtol=1e-6)


def test_shares_of_h_are_given_where_h_is_that_of_an_lstm(lstm, gru):
    assert torch.allclose(lstm_core.ledger(lstm, 8).hidden.sum(0), lstm.h[0, 0, 8, 0].double(), atol=1e-6)
    with pytest.raises(LstmCoreError, match="Expected a cell with h = o ⊙ tanh c"):
        _ = lstm_core.ledger(gru, 8).hidden


def test_two_runs_are_compared(trace):
    other = trace.with_values(c=trace.c.clone())
    other.c[0, 0, 4, 0, 1] += 1
    largest = lstm_core.compare(trace, other).largest("c")
    assert (largest.value, largest.unit) == (pytest.approx(1), 1)


def test_a_trace_is_drawn_and_shows_itself(trace):
    assert {each.name for each in trace.plot().data} >= set(trace.kept)
    assert "<" in trace._repr_html_()
    assert trace.roles["c"] in trace.summary()


def test_a_state_of_maps_is_drawn_as_a_small_map_a_step(conv):
    conv = conv.with_values(c=9 * conv.c, tokens=[list("abcdefghi")] * 2)
    figure = conv.sel(time=slice(2, 6)).plot_maps(1, batch=1, quantities=("f", "c"))
    assert [row.name for row in figure.data] == ["f", "c"]
    for row in figure.data:
        whole = getattr(conv, row.name)[0, 0, :, 1].unflatten(-1, (3, 5, 6))[2:6, 1]
        for step, (column, values) in enumerate(zip(figure.layout.xaxis.tickvals, whole, strict=True)):
            at = slice(int(column - 2.5), int(column + 3.5))
            assert torch.equal(torch.tensor(row.z)[:, at], values)
            assert step == 3 or torch.tensor(row.z)[:, at.stop].isnan().all()
    assert figure.layout.xaxis.ticktext == tuple("cdef")
    assert figure.layout.title.text == "cell, channel 1"
    bars = {row.name: (tuple(row.colorbar.tickvals), row.colorbar.title.text) for row in figure.data}
    assert all(row.showscale for row in figure.data)
    assert bars["f"] == ((0, 0.5, 1), "gates<br><i>f</i>")
    assert bars["c"] == ((figure.data[1].zmin, 0, figure.data[1].zmax), "memory<br><i>c</i>")
    shared = [row for row in conv.plot_maps(quantities=("f", "i", "o")).data if row.showscale]
    assert [row.colorbar.title.text for row in shared] == ["gates<br><i>f i o</i>"]
    largest = conv.c[0, 0, :, 1].unflatten(-1, (3, 5, 6))[2:6, 1].abs().max().item()
    assert figure.data[1].zmax == -figure.data[1].zmin >= largest > 1


def test_maps_are_refused_where_there_are_none_and_where_they_have_no_room(conv, lstm):
    with pytest.raises(LstmCoreError, match=r"state is maps.*got \(4,\)\. plot\(\) draws it"):
        lstm.plot_maps()
    with pytest.raises(LstmCoreError, match="a channel from 0 to 2, got 3"):
        conv.plot_maps(3)
    with pytest.raises(LstmCoreError, match=r"at most (\d+) steps in a width of 90 pixels, got 9") as refused:
        conv.plot_maps(width=90)
    most = int(refused.value.args[0].split("at most ")[1].split()[0])
    assert conv.sel(time=slice(0, most)).plot_maps(width=90).layout.width == 90
    with pytest.raises(LstmCoreError, match="got "):
        conv.sel(time=slice(0, most + 1)).plot_maps(width=90)


def test_the_live_view_has_the_numbers_that_were_found_and_says_what_each_was_found_as(trace):
    shown = numbers_in(trace.show().page)
    [stack] = shown["stacks"]
    assert {strip["quantity"] for strip in stack["values"]} == set(trace.kept)
    for strip in stack["values"]:
        assert torch.equal(torch.tensor(strip["z"]), getattr(trace, strip["quantity"])[0, 0, :, 0, stack["units"]].T)
    assert {strip["quantity"]: strip["meaning"] for strip in shown["strips"]} == dict(trace.roles)
    assert shown["found"] == ("o ⊙ tanh(c)" if "h" in trace.kept else "")
    # Neither what it reads nor its first h was recorded.
    assert (shown["inputs"], shown["shapes"], set(stack["start"])) == (None, "", {"c"} & set(stack["start"]))
    assert "line" in shown["proof"]


class Bent(Loop):
    """Each step reads its memory through a tanh, as in CFN (Laurent & von Brecht 2016)."""

    def forward(self, x):
        h, shown = x.new_zeros(x.shape[1], 4), []
        for row in x:
            f, i, _, g = (self.cell.x(row) + self.cell.h(h)).chunk(4, -1)
            h = f.sigmoid() * torch.tanh(h) + i.sigmoid() * g.tanh()
            shown.append(h)
        return torch.stack(shown)


def test_a_cell_that_reads_something_else_than_its_c_is_refused_by_what_would_be_false_of_it():
    trace = recorded(Bent(Lstm(3, 4), 4), torch.randn(9, 2, 3))
    with pytest.raises(LstmCoreError, match=r"reads its own c .*through tanh\. plot\(\) draws it"):
        trace.show()
    with pytest.raises(LstmCoreError, match="through tanh"):
        lstm_core.ledger(trace, 5)


def test_only_what_is_named_is_kept():
    trace = recorded(Loop(Peephole(3, 4), 4), torch.randn(5, 2, 3), keep=("f", "c"), units=[1], steps=slice(1, 4))
    assert trace.kept == ("f", "c")
    assert trace.f.shape == (1, 1, 3, 2, 1)


def test_what_needs_the_weights_or_the_input_of_an_lstm_is_refused_in_a_sentence(lstm):
    model = Loop(Peephole(3, 4), 4)
    with pytest.raises(LstmCoreError, match="Expected the trace of an LSTM"):
        lstm_core.anatomy(nn.LSTM(3, 4), lstm, time=1, unit=0)
    with pytest.raises(LstmCoreError, match="Expected a SequenceModel"):
        lstm_core.explain(model, torch.randn(5, 3))


def test_run_gives_the_trace_of_a_model_with_its_tokens():
    trace = lstm_core.run(Loop(Peephole(3, 4), 4), torch.randn(3, 1, 3), tokens=["in", "a", "field"])
    assert trace.tokens == [["in", "a", "field"]]
    assert lstm_core.describe_unit(trace, layer=0, unit=1).startswith("Unit 1 ")
    with pytest.raises(LstmCoreError, match=r"Expected one token a step, .* got int"):
        lstm_core.run(Loop(Peephole(3, 4), 4), torch.randn(3, 1, 3), tokens=3)


def test_to_keep_of_a_cell_its_input_is_not_offered():
    with pytest.raises(LstmCoreError, match=r"some of i, f, g, o, c, h, decay, added to keep of a cell, got \['x'\]"):
        recorded(Loop(Lstm(3, 4), 4), torch.randn(9, 2, 3), keep=("x",))
