"""What a trace gives back, says and refuses, on both sides of each of its edges."""

import copy
import json
import pickle
import re

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from lstm_core import GruTrace, LstmCoreError, RnnTrace, Trace
from lstm_core.plots.notebook_page import MOST_COLUMNS, MOST_ROWS
from lstm_core.traces.save import check_agreement
from lstm_core.traces.several_traces import (
    all_steps,
    as_traces,
    by_sequence,
    check_memory,
    each_trace,
    numbers_of_units,
    places_of,
    units_of,
)
from lstm_core.traces.summary import Proof, checked_proof, nearness, worst
from lstm_core.traces.trace import as_update, own_letter, own_trace


def run(module=None, steps=5, batch=2, **settings):
    torch.manual_seed(0)
    return lstm_core.run(module or nn.LSTM(4, 3, **settings), torch.randn(steps, batch, 4))


def packed(lengths=(5, 2), **settings):
    torch.manual_seed(0)
    x = pack_padded_sequence(torch.randn(5, len(lengths), 4), lengths, enforce_sorted=False)
    return lstm_core.run(nn.LSTM(4, 3, **settings), x)


def cells(rows, steps=6):
    """An LSTM cell's steps; before step `t` it begins anew in the sequences rows[t]."""
    torch.manual_seed(0)
    cell, batch = nn.LSTMCell(4, 3), 9
    with torch.no_grad(), lstm_core.record(cell) as recording:
        state = torch.zeros(batch, 3), torch.zeros(batch, 3)
        for step in range(steps):
            state = tuple(part.clone() for part in state)
            for part in state:
                part[rows.get(step, [])] = 0.5
            state = cell(torch.randn(batch, 4), state)
    return recording.only


# Figures


@pytest.mark.parametrize(
    ("largest", "end"),
    [
        (0.5, 1), (1.0, 1), (1.2, 1.5), (1.5, 1.5), (1.6, 2), (2.5, 3), (3.5, 4), (4.5, 5), (5.5, 6), (7, 8), (9, 10),
        (10, 10), (11, 15), (15.5, 20), (99, 100), (101, 150), (-7, 8), (float("nan"), 1),
    ],
)  # fmt: skip
def test_the_scale_of_a_state_ends_at_the_next_round_number(largest, end):
    trace = run(steps=2, batch=1)
    c = torch.full_like(trace.c, 0.1)
    c[0, 0, 1, 0, 2] = largest
    [drawn] = trace.with_values(c=c).plot(quantities=["c"]).data
    assert (drawn.zmin, drawn.zmax) == (-end, end)


def drawn_names(figure):
    return [note.text for note in figure.layout.annotations if note.text.startswith("layer")]


def test_a_figure_says_which_layers_and_directions_it_shows():
    trace = run(num_layers=2, bidirectional=True)
    whole = trace.plot(layer=[0, -1], direction=[0, 1])
    assert whole.layout.title.text == "an LSTM"
    assert drawn_names(whole) == ["layer 0 →", "layer 0 ←", "layer 1 →", "layer 1 ←"]
    assert trace.plot().layout.title.text == "an LSTM, layer 1 → reads from the left"
    assert trace.sel(direction=1).plot(layer=0).layout.title.text == "an LSTM, layer 0 ← reads from the right"
    assert run(num_layers=2).with_values(name="enc").plot(layer=0).layout.title.text == "enc, layer 0"
    assert drawn_names(run(num_layers=2).plot(layer=[0, 1])) == ["layer 0", "layer 1"]
    assert not trace.plot(title="").layout.title.text
    for place, shown in ((-4, 0), (-1, 1), (1, 1)):
        if place >= -2:
            [f] = trace.plot(layer=place, quantities="f").data
            np.testing.assert_allclose(f.z, trace.f[shown, 0, :, 0].T, atol=1e-3)
        else:
            with pytest.raises(LstmCoreError, match="Expected a layer from 0 to 1, or -2 to -1 from the end, got -4"):
                trace.plot(layer=place)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"layer": 1}, "Expected layer 0, the only one, got 1"), ({"batch": 2}, "Expected a batch from 0 to 1.* got 2"),
        ({"batch": -3}, "got -3"), ({"layer": []}, "Expected a layer to draw, got none"),
        ({"quantities": ["f", "q"]}, "Expected some of i, f, g, o, c, h to draw, got q"),
        ({"quantities": []}, "to draw, got none"), ({"times": list("abcd")}, "Expected 5 times, one a step, got 4"),
    ],
)  # fmt: skip
def test_what_cant_be_drawn_is_refused(asked, says):
    with pytest.raises(LstmCoreError, match=says):
        run().plot(**asked)


def test_a_trace_without_a_sequence_or_step_is_refused_where_one_is_needed():
    empty = lstm_core.run(nn.LSTM(4, 3), torch.zeros(5, 0, 4))
    for asked in (empty.plot, lambda: places_of(empty, unit=0), lambda: as_traces(empty)):
        with pytest.raises(LstmCoreError, match="a trace with a sequence, got none: it is of an empty batch"):
            asked()
    none = packed().with_values(lengths=torch.tensor([5, 0]))
    with pytest.raises(LstmCoreError, match="Expected a sequence with a step to draw, got none in sequence 1"):
        none.plot(batch=1)
    for trace in (empty, packed().with_values(lengths=torch.tensor([0, 5]))):
        assert trace._repr_html_().startswith("<pre>")
        assert trace._repr_png_() is None
    assert "nothing to prove: the run read no sequence" in repr(empty)


def note(trace):
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", trace._repr_html_()))
    return re.search(r"layer \d( reads)?[^·]*·.*?trace\.plot\(\)", text)[0].split(" · ")[:-1]


def test_a_notebooks_pictures_say_which_part_they_are():
    assert note(run(batch=1)) == ["layer 0"]
    trace = run(num_layers=2, bidirectional=True, batch=3)
    assert note(trace) == ["layer 1", "reads from the left", "sequence 0, the first of 3"]
    right = trace.sel(direction=1, batch=[1, 2])
    assert note(right) == ["layer 1", "reads from the right", "sequence 1, the first of 2"]
    torch.manual_seed(0)
    wide = lstm_core.run(nn.LSTM(4, MOST_ROWS + 1), torch.randn(MOST_COLUMNS + 1, 1, 4))
    assert note(wide)[1:] == [
        f"the {MOST_ROWS} of {MOST_ROWS + 1} units that move most",
        "a column is 2 steps and shows the value farthest from their mean",
    ]
    full = lstm_core.run(nn.LSTM(4, MOST_ROWS), torch.randn(MOST_COLUMNS, 1, 4))
    assert note(full) == ["layer 0"]
    for one in (wide, full, run(proj_size=2), run().keep("f")):
        assert one._repr_png_().startswith(b"\x89PNG")


# Words


def test_the_summary_says_where_a_memory_was_reset():
    def said(trace):
        [line] = [line for line in trace.summary().splitlines() if "reset" in line] or [""]
        return line

    assert said(cells({})) == ""
    assert said(cells({2: list(range(9))})) == "memory was reset before step 2"
    assert said(cells({2: [1]})) == "memory was reset before step 2, in sequence 1"
    assert said(cells({2: [1], 4: [7]})) == "memory was reset before step 2 and 1 later one, in sequences 1 and 7"
    for rows, words in ((5, "sequences 0, 1, 2, 3 and 4"), (6, "6 of 9 sequences")):
        assert said(cells({2: list(range(rows))})) == f"memory was reset before step 2, in {words}"
    by_turns = cells({2: [0, 1, 2, 3], 3: [4, 5, 6, 7, 8], 5: [0]})
    assert said(by_turns) == "memory was reset before step 2 and 2 later ones, each time in some of the sequences"
    assert said(by_turns.sel(batch=[4, 5])) == "memory was reset before step 3"
    assert said(by_turns.sel(time=slice(3, None))) == "memory was reset before step 5, in sequence 0"


def test_a_part_of_the_batch_has_the_resets_of_its_own_sequences():
    trace = cells({2: [0], 4: [3]})
    assert trace.resets == (2, 4)
    assert trace.anew_in().nonzero().tolist() == [[0, 0], [1, 3]]
    for batch, resets in ((0, (2,)), (3, (4,)), ([0, 3], (2, 4)), (1, ()), ([5, 3], (4,))):
        part = trace.sel(batch=batch)
        assert part.resets == resets
        assert (part.reset_c is None) == (not resets)
        rows = [batch] if isinstance(batch, int) else batch
        assert torch.equal(part.before("c"), trace.before("c")[:, :, :, rows])
    assert trace.sel(unit=1).resets == (2, 4)
    assert torch.equal(trace.sel(unit=1).reset_c, trace.reset_c[..., 1:2])


def test_the_means_of_halves_are_not_added_in_halves():
    wide = run(nn.LSTM(4, 200)).to(torch.float64)
    wide = wide.with_values(c=wide.c + 7890.1234)
    for one in (run(nn.LSTM(4, 200)).to(torch.bfloat16), wide):
        for line in one.summary().splitlines()[3:]:
            values = getattr(one, line[0]).double()
            assert line[-24:] == "".join(f"{n:>8.3f}" for n in (values.mean(), values.min(), values.max()))


@pytest.mark.parametrize(
    ("settings", "batch", "words"),
    [
        ({}, 1, "1 layer, 1 direction, 5 steps, 1 sequence, 3 units"),
        ({"num_layers": 2, "bidirectional": True}, 2, "2 layers, 2 directions, 5 steps, 2 sequences, 3 units"),
    ],
)
def test_one_is_said_in_the_singular(settings, batch, words):
    assert run(batch=batch, **settings).summary().startswith(f"Trace of an LSTM: {words}\n")


def test_a_proof_is_of_a_number_and_a_truth_value_and_is_said_in_proportion():
    assert checked_proof(None) is None
    assert checked_proof([0.5, True]) == Proof(0.5, True)
    for wrong in ([0.5], [0.5, 1], [1, True], (0.5, True, 3), "ab", {0.5: 1, True: 2}):
        with pytest.raises(LstmCoreError, match="a proof of a number and a truth value, got"):
            checked_proof(wrong)
    assert worst([]) is None
    assert worst([Proof(1.0, True), None]) is None
    assert worst([Proof(1.0, True), Proof(0.5, False)]) == Proof(1.0, False)
    assert np.isnan(worst([Proof(1.0, True), Proof(float("nan"), True)]).relative)
    assert nearness(4e-4, None) == "4e-04"
    assert nearness(4e-4, Proof(1e-6, False)) == "1e-06 of each unit’s largest value, more than rounding explains"
    assert nearness(4e-4, Proof(4.04e-4, True)) == "4e-04"


@pytest.mark.parametrize(("sequences", "said"), [(8, str([5] * 8)), (9, f"[{', '.join('5' * 8)}, … 9 in all]")])
def test_many_lengths_are_counted(sequences, said):
    with pytest.raises(LstmCoreError, match=re.escape(f"Expected one token a step, {said} a sequence, got [1]")):
        run(batch=sequences).with_values(tokens=[["a"]])


# Places, parts and tables


def test_places_are_found_by_their_numbers_in_the_whole_run():
    trace = packed((5, 2), num_layers=2)
    part = trace.sel(time=[1, 2, 4], unit=[2, 0], layer=1)
    assert places_of(trace, layer=None, batch=None, time=-1, unit=2) == (0, 0, 4, 2)
    assert places_of(trace, batch=1, time=-1) == (1, 1)
    assert places_of(trace, batch=1, time=-2) == (1, 0)
    assert places_of(part, layer=1, unit=0, time=4) == (0, 1, 2)
    assert places_of(part, time=-3) == (0,)
    for asked, says in (
        ({"batch": 1, "time": 2}, "a time from 0 to 1, got 2"), ({"batch": 1, "time": -3}, "got -3"),
        ({"time": -6}, "a time from 0 to 4, got -6"), ({"unit": 3}, "a unit from 0 to 2, got 3"),
        ({"unit": True}, "unit as a whole number, got True"), ({"unit": 1.0}, "unit as a whole number, got 1.0"),
    ):  # fmt: skip
        with pytest.raises(LstmCoreError, match=re.escape(says)):
            places_of(trace, **asked)
    for asked, says in (
        ({"layer": 0}, "layer 1, the only one left, got 0"), ({"unit": 1}, "a unit of [2, 0], which are left, got 1"),
        ({"time": 3}, "a time of [1, 2, 4], which are left, got 3"), ({"time": -4}, "which are left, got -4"),
    ):  # fmt: skip
        with pytest.raises(LstmCoreError, match=re.escape(says)):
            places_of(part, **asked)


def test_a_projections_h_has_units_of_its_own():
    trace = run(proj_size=2, bidirectional=True, num_layers=2)
    assert list(units_of(trace, "h")) == [0, 1]
    assert list(units_of(trace.sel(unit=[2, 0]), "c")) == [2, 0]
    assert list(units_of(trace.sel(unit=[2, 0]), "h")) == [0, 1]
    assert trace.keep("h").sizes["unit"] == 3
    numbers = numbers_of_units(trace.sel(layer=1), "h")
    assert {dim: each.tolist() for dim, each in numbers.items()} == {
        "layer": [1] * 4, "direction": [0, 0, 1, 1], "unit": [0, 1] * 2
    }  # fmt: skip
    assert trace.dims_of("h") == ("layer", "direction", "time", "batch", "h_unit") == trace.dims_of("h_read")
    assert trace.dims_of("reset_c") == ("reset", "layer", "direction", "batch", "unit")
    assert trace.dims_of("h0") == ("layer", "direction", "batch", "h_unit")
    assert (trace.dims_of("x"), trace.dims_of("lengths")) == (("time", "batch", "feature"), ("batch",))


def test_only_what_has_a_memory_is_taken_for_it():
    check_memory(run())
    for trace in (run(nn.GRU(4, 3)), run(nn.RNN(4, 3))):
        with pytest.raises(LstmCoreError, match=f"which has a memory c beside h, got {trace.module}'s"):
            check_memory(trace)


def test_a_table_of_a_part_of_every_dim_has_that_part_alone():
    trace = run(num_layers=2, bidirectional=True)
    part = {"layer": 1, "direction": 1, "time": 3, "batch": 1, "unit": 2}
    rows = trace.to_pandas(["f"], **part)
    assert rows.to_dict("records") == [{**part, "f": trace.f[1, 1, 3, 1, 2].item()}]
    assert list(rows.columns) == ["batch", "time", "layer", "direction", "unit", "f"]
    assert list(trace.to_pandas(["x", "c"]).columns[5:]) == ["c"]


def test_several_traces_are_one_table_and_the_first_that_differs_is_named():
    first, second = packed((5, 2)), run()
    assert [len(array) for array in by_sequence(first, first.c)] == [5, 2]
    every = all_steps([first, second], lambda trace: trace.f)
    assert (every.shape, every.dtype) == ((17, 1, 1, 3), np.float64)
    np.testing.assert_array_equal(every[5:7, 0, 0], first.f[0, 0, :2, 1])
    other, gru = run(nn.LSTM(4, 2)), run(nn.GRU(4, 3))
    for traces, seen, said in (
        ([first, other, second], 2, "an LSTM with (1, 1, 3); an LSTM with (1, 1, 2)"),
        ([first, second, gru], 3, "an LSTM with (1, 1, 3); a GRU with (1, 1, 3)"), ([], 0, "none"),
    ):  # fmt: skip
        each = each_trace(traces)
        for _ in range(seen - 1):
            next(each)
        with pytest.raises(LstmCoreError, match=re.escape(f"got {seen}, of (layers, directions, units): {said}.")):
            next(each)
    parts = each_trace([second.sel(unit=n) for n in (0, 1, 0)])
    assert next(parts).coords["unit"] == (0,)
    with pytest.raises(LstmCoreError, match=r"got one with unit \[0\] and one with unit \[1\]"):
        next(parts)
    for wrong, said in ((3, "got int"), ([3], "got list of int")):
        with pytest.raises(LstmCoreError, match=said):
            as_traces(wrong)
    assert as_traces(second) == [second]


def test_a_copy_of_what_was_computed_of_a_trace_has_its_numbers_and_no_more():
    with lstm_core.record(lstm := nn.LSTM(4, 3), detach=False) as recording:
        lstm(torch.randn(5, 2, 4))
    trace = recording.only
    doubled = trace.with_values(f=trace.f * 2)
    assert torch.equal(copy.deepcopy(doubled).f, trace.f.detach() * 2)
    wide = torch.randn(1, 1, 5, 2, 30_000)
    assert len(pickle.dumps(run().with_values(f=wide[..., :3]))) < 20_000


def test_what_a_layer_read_is_the_layer_below_after_dropout():
    trace = run(num_layers=3, bidirectional=True)
    assert torch.equal(trace.input_of(0), trace.x)
    for layer, below in ((1, 0), (2, 1), (-1, 1)):
        assert torch.equal(trace.input_of(layer), torch.cat([trace.h[below, 0], trace.h[below, 1]], -1))
    assert torch.equal(trace.sel(layer=[1, 2]).input_of(1), trace.input_of(2))
    dropped = run(nn.LSTM(4, 3, 2, dropout=0.5))
    assert torch.equal(dropped.input_of(1), dropped.h_read[0, 0])


# Updates of other cells


def test_the_update_of_a_gru_and_an_rnn_has_what_was_kept():
    gru = run(nn.GRU(4, 3))
    for kept, letters in (("zrnh", "ifgoc"), ("nh", "gc"), ("zh", "ifc"), ("h", "c")):
        update = as_update(gru.keep(*kept))
        assert update.kept == tuple(q for q in Trace.quantities if q in (*letters, "h"))
        assert set(update.config["roles"]) == set(letters)
        assert update.whole == update.kept
        assert own_trace(update).kept == tuple(q for q in "rznh" if q in kept)
    update = as_update(gru)
    assert [own_letter(update, letter) for letter in "ifgocx"] == ["1 − z", "z", "n", "r", "h", "x"]
    back = own_trace(update)
    assert type(back) is GruTrace
    assert all(torch.equal(tensor, back.tensors()[name]) for name, tensor in gru.tensors().items())
    assert back.config == gru.config
    rnn = run(nn.RNN(4, 3, nonlinearity="relu"))
    update = as_update(rnn)
    assert (update.f.unique().tolist(), update.i.unique().tolist()) == ([0.0], [1.0])
    assert torch.equal(update.g, rnn.h)
    assert type(own_trace(update)) is RnnTrace
    assert own_trace(update).config == rnn.config
    lstm = run()
    assert as_update(lstm) is lstm is own_trace(lstm)
    assert as_update(lstm.with_values(config={**lstm.config, "of": "nn.GRU"})).config == lstm.config


# What a file says


SHAPES = dict.fromkeys("ifgoch", (2, 1, 5, 3, 4)) | {"x": (5, 3, 7), "h0": (2, 1, 3, 4), "c0": (2, 1, 3, 4)}


@pytest.mark.parametrize(
    ("shapes", "header", "says"),
    [
        ({}, {}, ""),
        (
            {},
            {
                "resets": [1, 4],
            },
            "",
        ),
        ({"reset_h": (2, 2, 1, 3, 4)}, {"resets": [1, 4]}, ""),
        ({"lengths": (3,), "h_read": (2, 1, 5, 3, 4)}, {}, ""),
        ({"h": (2, 1, 5, 3, 2), "h0": (2, 1, 3, 2)}, {}, ""),
        ({"x": (5, 3, 0)}, {}, ""),
        ({"x": None}, {"lacks": ["x"]}, ""),
        ({"f": None, "x": None}, {"lacks": ["x", "f"]}, ""),
        ({"c": None, "c0": None}, {"lacks": ["c", "c0"]}, ""),
        ({}, {"numbers": {"unit": [3, 0, 9, 1], "time": list(range(5))}}, ""),
        (
            {},
            {
                "tokens": [["a"] * 5] * 3,
                "name": "n",
                "max_error": 1,
                "config": {"c_held": {"steps": [1], "units": [2]}},
            },
            "",
        ),
        ({}, {"resets": [5]}, "Expected resets between the steps 0 and 5"),
        ({}, {"resets": [0]}, "resets between"),
        ({}, {"resets": [1.5]}, "resets between"),
        ({}, {"resets": [-1]}, "resets between"),
        ({"x": None}, {}, "Expected x in a trace of an LSTM, got none"),
        ({"x": (5, 3, -1)}, {}, "as the shape of x, got"),
        ({"x": (5, 3, 7.0)}, {}, "as the shape of x, got"),
        ({"x": (5, 3)}, {}, "Expected quantities with the dims"),
        ({"x": (5, 2, 7)}, {}, r"Expected x of shape \(5, 3, 7\), as the other tensors say, got \(5, 2, 7\)"),
        ({"h": (1, 5, 3, 4)}, {}, "Expected quantities with the dims"),
        ({"i": (1, 5, 3, 4)}, {}, "Expected quantities with"),
        ({"c0": (2, 1, 3, 5)}, {}, "Expected c0 of shape"),
        ({"lengths": (4,)}, {}, r"Expected lengths of shape \(3,\)"),
        ({"reset_c": (1, 2, 1, 3, 4)}, {"resets": [1, 4]}, r"Expected reset_c of shape \(2, 2, 1, 3, 4\)"),
        ({"q": (1,)}, {}, "Expected q of shape none"),
        ({"g": (2, 1, 5, 3, 5)}, {}, "Expected g of shape"),
        (
            dict.fromkeys(SHAPES),
            {"lacks": list(SHAPES)},
            "Expected some of i, f, g, o, c, h in a trace of an LSTM, got none",
        ),
        ({}, {"numbers": {"unit": [0, 1, 2]}}, "a number for each unit"),
        ({}, {"numbers": {"unit": [0, 1, 1, 2]}}, "for each"),
        ({}, {"numbers": {"unit": [0, 1, 1, 2, 3]}}, "for each unit"),
        ({}, {"numbers": {"unit": [-1, 1, 2, 3]}}, "for each"),
        ({}, {"numbers": {"unit": [True, 2, 3, 4]}}, "a number for each unit"),
        ({}, {"numbers": {"unit": "0123"}}, "for each"),
        ({}, {"numbers": {"feature": [0]}}, "a number for each feature"),
        ({}, {"name": 3}, "Expected a name, tokens and"),
        ({}, {"max_error": "0"}, "a name, tokens and"),
        ({}, {"tokens": [["a", 3]]}, "a name, tokens and"),
        ({}, {"config": {"roles": {"c": 3}}}, "a name, tokens"),
        ({}, {"config": {"shown": 3}}, "a name, tokens"),
        ({}, {"config": {"c_held": {"steps": [1.0]}}}, "a name, tokens"),
        ({}, {"config": {"c_held": {"units": [True]}}}, "a name"),
        ({}, {"proof": [1, True]}, "a proof of a number"),
    ],
)
def test_the_shapes_and_words_of_a_file_agree(shapes, header, says):
    there = {name: shape for name, shape in (SHAPES | shapes).items() if shape is not None}
    if not says:
        check_agreement(Trace, there, header)
        return
    with pytest.raises(LstmCoreError, match=says):
        check_agreement(Trace, there, header)


def test_a_found_cell_says_how_each_of_its_quantities_was_found():
    shapes = dict.fromkeys("ifgc", (1, 1, 5, 3, 4)) | {"c0": (1, 1, 3, 4)}
    header = {"lacks": ["o", "h", "x"], "config": {"shown": "", "roles": dict.fromkeys("ifgc", "")}}
    check_agreement(lstm_core.CellTrace, shapes, header)
    del header["config"]["roles"]["g"]
    with pytest.raises(LstmCoreError, match="how each quantity was found, got nothing about g"):
        check_agreement(lstm_core.CellTrace, shapes, header)
    header["config"] = {"roles": dict.fromkeys("ifgc", "")}
    with pytest.raises(LstmCoreError, match="Expected a name, tokens and settings"):
        check_agreement(lstm_core.CellTrace, shapes, header)


def test_a_file_without_the_name_of_its_kind_is_of_the_first_that_has_its_quantities(tmp_path):
    for make, kind in ((nn.LSTM, Trace), (nn.GRU, GruTrace), (nn.RNN, RnnTrace)):
        trace = run(make(4, 3))
        trace = trace.with_values(x=None, **dict.fromkeys([f"{state}0" for state in trace.states]))
        header = {
            "lacks": ["x", *(f"{state}0" for state in trace.states)],
            "dtypes": dict.fromkeys(trace.tensors(), "float32"),
        }
        arrays = {name: tensor.numpy() for name, tensor in trace.tensors().items()}
        np.savez(tmp_path / "old.npz", trace=np.array(json.dumps(header)), **arrays)
        assert type(lstm_core.load(tmp_path / "old.npz")) is kind


def test_each_tensor_of_a_file_has_the_dtype_that_is_said(tmp_path):
    run().save(tmp_path / "t.safetensors")
    content = (tmp_path / "t.safetensors").read_bytes()
    length = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:length])
    own = json.loads(header["__metadata__"]["trace"])
    own["dtypes"]["f"] = "float64"
    header["__metadata__"]["trace"] = json.dumps(own)
    text = json.dumps(header).encode()
    (tmp_path / "t.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + content[length:])
    with pytest.raises(LstmCoreError, match="tensors of the dtypes that the header says, got other dtypes"):
        lstm_core.load(tmp_path / "t.safetensors")


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (["a", 3, "c", "d", "e"], "got [1, 1, 1, 1]"), ([list("abcd")], "got [4]"), (7, "got int"),
        ([], "got [0]"), ([list("abcde")] * 2, "got [5, 5]"),
    ],
)  # fmt: skip
def test_tokens_are_one_a_step_of_each_sequence(tokens, said):
    trace = run(batch=1)
    assert trace.with_values(tokens=list("abcde")).tokens == [list("abcde")]
    with pytest.raises(LstmCoreError, match=re.escape(f"Expected one token a step, [5] a sequence, {said}")):
        trace.with_values(tokens=tokens)


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_a_sequence_without_a_step_comes_back_from_a_file(ending, tmp_path):
    trace = packed().with_values(lengths=torch.tensor([5, 0]))
    trace.save(tmp_path / f"t.{ending}")
    assert lstm_core.load(tmp_path / f"t.{ending}").lengths.tolist() == [5, 0]
    none = packed().with_values(lengths=torch.tensor([0, 0])).summary()
    assert none.splitlines()[-1].split() == ["h", "hidden", "state", "nan", "nan", "nan"]


def test_what_was_left_out_or_reads_from_the_right_begins_anew_though_its_state_is_the_same():
    lstm = nn.LSTM(4, 3, bidirectional=True)
    for weight in lstm.parameters():
        nn.init.zeros_(weight)
    with torch.no_grad(), lstm_core.record(lstm) as recording:
        for _ in range(2):
            lstm(torch.randn(3, 2, 4))
    trace = recording.only
    assert trace.anew("c").tolist() == [[[[False, False], [True, True]]]]
    assert trace.sel(time=[0, 2], direction=0).anew("h").tolist() == [[[[True, True]]]]
