"""A trace is a value: each part, file, copy, table and line of it has the numbers of the whole run."""

import copy
import io
import json
import math
import pickle
import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
import xarray
from copied_process import run
from hand_written import Gru, Loop, Lstm
from hypothesis import example, given, settings
from hypothesis import strategies as st
from runs import runs
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from gatescope.wording.sentences import proof
from lstm_core import LstmCoreError, RnnTrace
from lstm_core.analysis import units
from lstm_core.traces.load import trace_in
from lstm_core.traces.trace import as_update, own_letter, own_trace

FILES = [".npz", ".safetensors"]
KINDS = ("lstm", "lstm", "gru", "rnn tanh", "rnn relu")
DIMS = ("layer", "direction", "time", "batch", "unit")


def joined(draw):
    """A loop that passes its state on, or a part of it, or begins anew; where each sequence began anew."""
    kind = draw(st.sampled_from([nn.LSTM, nn.GRU, nn.RNN]))
    module, batch, anew, state = kind(3, 2, draw(st.integers(1, 2))), draw(st.integers(1, 7)), {}, None
    with torch.no_grad(), lstm_core.record(module) as recording:
        for step in (0, 3, 5):
            keep = draw(st.lists(st.booleans(), min_size=batch, max_size=batch)) if step else []
            if keep:
                rows = torch.tensor(keep).view(1, -1, 1)
                state = tuple(one * rows for one in state) if isinstance(state, tuple) else state * rows
            if not all(keep):
                anew[step] = [row for row, kept in enumerate(keep) if not kept]
            state = module(torch.randn(3 if step == 0 else 2, batch, 3), state)[1]
    return recording.only, anew


@st.composite
def traces(draw, dtypes=("float32", "float64", "bfloat16", "float16")):
    """Any recording: one call, calls joined, a cell found; with tokens or without; in full or what was kept of it."""
    torch.manual_seed(draw(st.integers(0, 99)))
    how = draw(st.sampled_from(["one call"] * 4 + ["joined", "found"]))
    if how == "joined":
        trace, _ = joined(draw)
    elif how == "found":
        model = draw(st.sampled_from([Loop(Lstm(3, 2), 2), Loop(Gru(3, 2), 2, states=1)]))
        with torch.no_grad(), lstm_core.record(model) as recording:
            model(torch.randn(draw(st.integers(4, 7)), draw(st.integers(1, 3)), 3))
        trace = recording.only
    else:
        run = draw(runs(dtypes=dtypes, kinds=KINDS))
        trace = lstm_core.run(run.module, run.given, run.state)
    if draw(st.booleans()):
        trace = trace.with_values(
            tokens=[[draw(st.text(max_size=3)) for _ in range(n)] for n in trace.lengths_or_time()]
        )
    return trace


def chosen(draw, trace):
    """What `sel` may be asked, and the numbers that it means."""
    asked, meant = {}, {}
    for dim, there in trace.coords.items():
        numbers = list(there)
        how = draw(st.sampled_from(["all", "one", "from the end", "slice", "several"]), label=dim)
        if how == "one":
            meant[dim] = [draw(st.sampled_from(numbers))]
            asked[dim] = draw(st.sampled_from([int, np.int64, torch.tensor]))(meant[dim][0])
        elif how == "from the end":
            asked[dim] = draw(st.integers(-len(numbers), -1))
            meant[dim] = [numbers[asked[dim]]]
        elif how == "slice":
            low, high = sorted(draw(st.lists(st.sampled_from(numbers), min_size=2, max_size=2)))
            # Of a part, whose numbers have gaps and maybe no order, a slice means the numbers between.
            asked[dim], meant[dim] = slice(low, high + 1), [n for n in numbers if low <= n <= high]
        elif how == "several":
            several = draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True))
            meant[dim] = sorted(several) if dim == "time" else several
            asked[dim] = draw(st.sampled_from([list, tuple, np.array, torch.tensor]))(meant[dim])
        else:
            meant[dim] = numbers
    return asked, meant


def at(whole, values, numbers):
    """Values (layer, direction, time, batch, unit) of a whole run at some numbers; of a projection's h at all units."""
    places = [numbers[dim] for dim in DIMS]
    if values.shape[-1] != whole.sizes["unit"]:
        places[-1] = range(values.shape[-1])
    return values.double().numpy()[np.ix_(*places)]


def same(ours, theirs):
    assert type(ours) is type(theirs)
    assert ours.tensors().keys() == theirs.tensors().keys()
    for name, tensor in theirs.tensors().items():
        bits = [each.detach().contiguous().flatten().view(torch.uint8) for each in (ours.tensors()[name], tensor)]
        assert (ours.tensors()[name].dtype, ours.tensors()[name].shape) == (tensor.dtype, tensor.shape)
        assert torch.equal(*bits), name
    for name in ("tokens", "resets", "name", "coords", "numbers", "config", "kept"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert repr(ours) == repr(theirs)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.data())
def test_every_number_of_a_part_and_of_a_part_of_it_is_that_of_the_whole(data):
    part = whole = data.draw(traces())
    for _ in range(2):
        asked, meant = chosen(data.draw, part)
        part = part.sel(**asked)
        assert {dim: list(numbers) for dim, numbers in part.coords.items()} == meant
    for q in part.kept:
        np.testing.assert_array_equal(getattr(part, q).double().numpy(), at(whole, getattr(whole, q), meant), q)
        assert getattr(part, q).untyped_storage().nbytes() == getattr(part, q).nbytes
        if q in part.states:
            np.testing.assert_array_equal(part.before(q).double().numpy(), at(whole, whole.before(q), meant))
            read = whole.lengths_or_time()
            for row, length in enumerate(read):
                states, before = (each[:, 0, :, row].double() for each in (getattr(whole, q), whole.before(q)))
                assert before[:, length:].isnan().all()
                goes_on = [t for t in range(1, length) if t not in whole.resets]
                np.testing.assert_array_equal(before[:, goes_on], states[:, [t - 1 for t in goes_on]])
    if "x" in part.tensors():
        np.testing.assert_array_equal(part.x.double(), whole.x.double()[meant["time"]][:, meant["batch"]])
    if whole.tokens:
        assert part.tokens == [[w for t, w in enumerate(whole.tokens[b]) if t in meant["time"]] for b in meant["batch"]]
    lengths = whole.lengths_or_time()
    assert part.lengths_or_time() == [sum(t < lengths[b] for t in meant["time"]) for b in meant["batch"]]


@settings(max_examples=25)
@given(st.data())
def test_resets_are_where_a_sequence_began_anew_and_the_summary_says_in_which(data):
    trace, anew = joined(data.draw)
    assert trace.resets == tuple(step for step in anew if step)
    rows = data.draw(st.lists(st.integers(0, trace.sizes["batch"] - 1), min_size=1, unique=True))
    part = trace.sel(batch=rows)
    there = {step: [row for row in rows if row in sequences] for step, sequences in anew.items() if step}
    there = {step: sequences for step, sequences in there.items() if sequences}
    assert part.resets == tuple(there)
    lines = [line for line in part.summary().splitlines() if "was reset" in line]
    if not there:
        assert lines == []
        return
    first, *later = there
    more = f" and {len(later)} later one{'s' * (len(later) > 1)}" if later else ""
    which = {row for sequences in there.values() for row in sequences}
    whole = all(len(sequences) == len(rows) for sequences in there.values())
    where = "" if whole else f", in {len(which)} of {len(rows)} sequences"
    assert lines == [f"memory was reset before step {first}{more}{where}"]


def test_what_was_left_out_is_no_reset_and_direction_one_never_goes_on():
    lstm = nn.LSTM(4, 5, bidirectional=True)
    with torch.no_grad(), lstm_core.record(lstm) as recording:
        for part in torch.randn(2, 6, 1, 4):
            lstm(part)
    trace = recording.only
    calls = torch.cat([call.before("c") for call in recording.calls[""]], dim=2)
    torch.testing.assert_close(trace.before("c"), calls)
    *_, reset, gaps = trace.sel(time=[2, 3, 5, 6, 8, 10], direction=0).summary().splitlines()
    assert reset == "memory was reset before step 6"
    assert gaps == "steps are left out before step 5 and 2 later ones"
    assert trace.max_error == max(call.max_error for call in recording.calls[""])


def forms(trace, folder):
    """A trace by every way out and back."""
    for suffix in FILES:
        trace.save(folder / f"t{suffix}")
        yield lstm_core.load(folder / f"t{suffix}")
    file = io.BytesIO()
    torch.save(trace, file)
    file.seek(0)
    yield torch.load(file, weights_only=False)
    yield from (copy.copy(trace), copy.deepcopy(trace), pickle.loads(pickle.dumps(trace)))


@settings(max_examples=25)
@given(data=st.data())
def test_a_trace_comes_back_from_files_and_copies(data, tmp_path_factory):
    trace = data.draw(traces())
    trace = trace.sel(**chosen(data.draw, trace)[0]) if data.draw(st.booleans()) else trace
    if data.draw(st.booleans()):
        trace = trace.keep(*data.draw(st.lists(st.sampled_from(trace.kept), min_size=1, unique=True)))
    for back in forms(trace, tmp_path_factory.mktemp("trace")):
        same(back, trace)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["nc", "zarr"])
def test_a_dataset_goes_to_other_files_with_dates_and_names(way, tmp_path):
    trace = lstm_core.run(nn.LSTM(4, 3, 2), torch.randn(5, 2, 4), tokens=[list("abcde")] * 2)
    dates = pd.date_range("2024-02-27", periods=5)
    dataset = trace.sel(time=[1, 3]).to_xarray(time=dates[[1, 3]], batch=["Rhine", "Aare"])
    if way == "nc":
        dataset.to_netcdf(tmp_path / "t.nc")
        dataset = xarray.load_dataset(tmp_path / "t.nc")
    else:
        dataset.to_zarr(tmp_path / "t.zarr", consolidated=False)
        dataset = xarray.open_zarr(tmp_path / "t.zarr", consolidated=False)
    there = dataset["f"].sel(time="2024-03-01", batch="Aare", layer=0, direction=0)
    np.testing.assert_array_equal(np.squeeze(there), trace.f[0, 0, 3, 1])
    assert dataset["token"].values.tolist() == [["b", "d"]] * 2
    assert dataset.attrs["max_error"] == trace.max_error
    with pytest.raises(LstmCoreError, match=r"Expected 5 labels for time, one for each, got 3\."):
        trace.to_xarray(time=dates[:3])


@pytest.mark.slow
def test_another_process_gets_a_trace_and_sends_a_part_back():
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4))
    same(run(partial(lstm_core.Trace.sel, time=[1, 2]), trace), trace.sel(time=[1, 2]))


def test_what_is_in_a_graph_is_copied_and_saved_as_its_numbers_alone(tmp_path):
    lstm = nn.LSTM(4, 3)
    with lstm_core.record(lstm, detach=False) as recording:
        lstm(torch.randn(5, 1, 4))
    for trace in (recording.only, recording.only.with_values(f=recording.only.f * 2)):
        for back in forms(trace, tmp_path):
            same(back.detach(), trace.detach())
    wide = recording.only.detach().with_values(f=torch.randn(1, 1, 5, 1, 30_000)[..., :3])
    assert len(pickle.dumps(wide)) < 20_000


@settings(max_examples=25)
@given(st.data())
def test_a_table_has_a_row_for_each_unit_of_each_step_that_was_read(data):
    trace = data.draw(traces())
    asked, meant = chosen(data.draw, trace)
    table, part = trace.to_pandas(**asked), trace.sel(**asked)
    each = len(meant["layer"]) * len(meant["direction"]) * len(meant["unit"])
    assert len(table) == sum(part.lengths_or_time()) * each
    assert list(table.columns) == ["batch", "time", *["token"] * bool(trace.tokens), *DIMS[:2], "unit", *part.kept]
    for row in table.sample(min(20, len(table)), random_state=0).itertuples():
        place = {dim: [getattr(row, dim)] for dim in DIMS}
        for q in part.kept:
            values = at(trace, getattr(trace, q), place)
            # A projection's h has units of its own: number k beside cell unit k, and NaN beyond.
            value = values.item() if values.size == 1 else ([*values.ravel(), *[math.nan] * 9])[row.unit]
            if values.size != 1 and "unit" in asked:
                continue
            np.testing.assert_array_equal(getattr(row, q), value)
        if trace.tokens:
            assert row.token == trace.tokens[row.batch][row.time]


def test_csv_and_json_read_back_equal_and_a_column_is_no_wider_than_it_needs(tmp_path):
    trace = lstm_core.run(nn.LSTM(4, 3, 2), torch.randn(5, 1, 4), tokens=["=1+1", "ü", "<b>", '"', "e"])
    trace.to_csv(tmp_path / "t.csv")
    trace.to_json(tmp_path / "t.json")
    rows = trace.to_pandas()
    for back in (pd.read_csv(tmp_path / "t.csv"), pd.read_json(tmp_path / "t.json")):
        assert back.token.tolist() == rows.token.tolist()
        assert all((back[q].astype("float32") == rows[q]).all() for q in trace.quantities)
    assert rows.memory_usage(index=False).drop("token").sum() == len(rows) * (3 * 4 + 2 * 2 + 6 * 4)
    assert rows.token.cat.codes.dtype == "int8"


@settings(max_examples=25)
@given(st.data())
def test_a_summary_says_the_sizes_the_proof_and_the_mean_and_ends_of_each_quantity(data):
    trace = data.draw(traces())
    heading, proved, _, *lines = trace.summary().splitlines()
    words = {"layer": "layer", "direction": "direction", "time": "step", "batch": "sequence", "unit": "unit"}
    sizes = [f"{n:,} {words[dim]}{'s' * (n != 1)}" for dim, n in trace.sizes.items()]
    assert heading == f"{type(trace).__name__} of {trace.name or trace.module}: {', '.join(sizes)}"
    assert ("exactly" in proved) if trace.max_error == 0 else (f"{trace.max_error:.0e}" in proved)
    for q, line in zip(trace.kept, lines, strict=False):
        values = getattr(trace, q).double()
        values = values[values.isfinite()]
        assert line[0] == q
        said = [float(number) for number in line.split()[-3:]]
        assert said == pytest.approx([of().item() for of in (values.mean, values.min, values.max)], abs=6e-4, rel=1e-3)


def test_the_summary_of_what_holds_nan_or_nothing_says_so():
    x = torch.zeros(5, 2, 4)
    x[3, 0, 0] = math.nan
    with pytest.warns(UserWarning, match="holds NaN"):
        said = lstm_core.run(nn.LSTM(4, 3), x).summary()
    assert "not proved: the run holds NaN" in said
    empty = lstm_core.run(nn.LSTM(4, 3), torch.zeros(5, 0, 4))
    assert "nothing to prove: the run read no sequence" in repr(empty)
    for asked in (empty.plot, lambda: lstm_core.ledger(empty, 0), lambda: units(empty)):
        with pytest.raises(LstmCoreError, match="a trace with a sequence, got none: it is of an empty batch"):
            asked()


ODD = st.one_of(
    st.integers(-9, 9), st.floats(), st.text(max_size=2), st.booleans(), st.none(),
    st.lists(st.one_of(st.integers(-9, 9), st.booleans(), st.floats()), max_size=3),
    st.builds(slice, st.integers(-5, 9) | st.none(), st.integers(-5, 9) | st.none(), st.sampled_from([None, 2, -1])),
)  # fmt: skip


@settings(max_examples=25)
@given(st.sampled_from(DIMS), ODD)
def test_whatever_is_asked_of_a_trace_is_answered_or_refused_in_a_sentence(dim, odd):
    trace = lstm_core.run(nn.LSTM(2, 3, 2), torch.randn(4, 2, 2))
    try:
        part = trace.sel(**{dim: odd})
    except LstmCoreError as error:
        refused = error
        assert str(refused).startswith("Expected ")
    else:
        assert set(part.coords[dim]) <= set(trace.coords[dim])
        assert len(part.coords[dim]) > 0


def kept_alone():
    return lstm_core.run(nn.GRU(4, 3), torch.randn(5, 1, 4)).keep("z")


def lstm_trace(batch=1, **settings):
    return lstm_core.run(nn.LSTM(4, 3, 2, **settings), torch.randn(5, batch, 4))


REFUSED = [
    (lambda: lstm_trace().sel(units=3), "or unit, got 'units'. Write unit=…."),
    (lambda: lstm_trace().to_pandas(step=3), "or unit, got 'step'. Write time=…."),
    (lambda: lstm_trace().sel(time=[2, 1]), "in increasing order, each once, got [2, 1]."),
    (lambda: lstm_trace().sel(time=[2, 4]).sel(time=3), "got 3. It has [2, 4]."),
    (lambda: lstm_trace().sel(layer=1).input_of(0), "Expected a trace with all of layer 0"),
    (lambda: lstm_trace().with_values(token=[]), "got 'token'. Write tokens=…."),
    (lambda: lstm_trace().with_values(tokens=["a"]), "Expected one token a step, [5] a sequence, got [1]"),
    (lambda: kept_alone().x, "a trace with x, got one that keeps z. Name x in record(model, keep=(...))"),
    (lambda: kept_alone().keep("q"), "Expected some of r, z, n, h to keep of a GRU, and x"),
    (lambda: lstm_trace().save("t.txt"), "ends in .npz or .safetensors, got 't.txt'"),
    (lambda: lstm_core.load("t.npz"), "got no file at 't.npz'"),
    (lambda: lstm_core.ledger(lstm_trace(), 5), "Expected a time from 0 to 4, got 5"),
    (lambda: lstm_core.ledger(lstm_trace().sel(time=[1, 3]), 2), "a time of [1, 3], which are left, got 2"),
    (lambda: lstm_core.ledger(lstm_trace().sel(layer=1), 2, layer=0), "a layer of [1], which are left, got 0"),
    (lambda: lstm_core.ledger(lstm_trace(bidirectional=True).sel(direction=1), 2), "direction 1 alone"),
    (lambda: lstm_core.ledger(kept_alone(), 2), "which has a memory c beside h, got a GRU's"),
    (
        lambda: units([lstm_trace(), lstm_core.run(nn.GRU(4, 3), torch.zeros(5, 1, 4))]),
        "traces of the same LSTM, got 2",
    ),
    (lambda: units([lstm_trace().sel(unit=n) for n in (0, 1)]), "(2, 1, 1), unit [1] of it. Give"),
    (lambda: units("trace"), "Expected a trace or several, got str of str"),
    (lambda: lstm_trace().plot(layer=-4), "Expected a layer from 0 to 1, or -2 to -1 from the end, got -4"),
    (lambda: lstm_trace().plot(quantities=["f", "q"]), "Expected some of i, f, g, o, c, h to draw, got q"),
]


@pytest.mark.parametrize(("ask", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_is_not_there_is_refused_with_what_is(ask, said):
    with pytest.raises(LstmCoreError, match=re.escape(said)):
        ask()


def test_a_name_that_is_nowhere_is_an_attribute_error():
    assert not hasattr(kept_alone(), "forget")
    with pytest.raises(AttributeError, match=r"'GruTrace' has no attribute 'i'\. It has r, z, n, h\."):
        _ = kept_alone().i


def changed(folder, change):
    """A trace in a .npz file, its arrays and header changed before they are written."""
    torch.manual_seed(0)
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4))
    arrays = {name: tensor.numpy() for name, tensor in trace.tensors().items()}
    header = {"tokens": None, "resets": [], "max_error": 0.0, "name": "", "config": {}, "numbers": {}}
    change(arrays, header)
    header["dtypes"] = {name: str(array.dtype) for name, array in arrays.items()} | header.get("dtypes", {})
    np.savez(folder / "t.npz", trace=np.array(json.dumps(header)), **arrays)
    return folder / "t.npz"


DISAGREE = {
    "units": (
        lambda a, _: a.update(c=a["c"][..., :2]),
        r"Expected c of 3 in unit, as the other tensors say, got \(1, 1, 5, 2, 2\)",
    ),
    "steps": (lambda a, _: a.update(x=a["x"][:3]), r"Expected x of 5 in time, .* got \(3, 2, 4\)"),
    "dims": (lambda a, _: a.update(h=a["h"][0]), "Expected h over layer, direction, time, batch"),
    "start": (lambda a, _: a.update(h0=a["h0"][..., :1]), "Expected h0 of 3 in h_unit"),
    "missing": (lambda a, _: a.pop("c0"), "Expected c0 in a trace of an LSTM, got none"),
    "more": (lambda a, _: a.update(z=a["c"]), "got 'z'"),
    "resets": (lambda _, h: h.update(resets=[9]), "of steps within 5"),
    "lengths": (lambda a, _: a.update(lengths=np.array([5, 6])), "of steps within 5"),
    "real lengths": (
        lambda a, _: a.update(lengths=np.array([5.0, 4.0])),
        "lengths over batch, got torch.float64",
    ),
    "dtype": (lambda _, h: h.update(dtypes={"f": "float64"}), "of the dtypes that the header says"),
    "no dtype": (lambda _, h: h.update(dtypes={"f": "Tensor"}), "of the dtypes that the header says"),
    "numbers": (
        lambda _, h: h.update(numbers={"unit": [0, 1, 1]}),
        "of steps within 5, each once",
    ),
    "tokens": (lambda _, h: h.update(tokens=[[1] * 5] * 2), "Expected a name, tokens and settings"),
    "roles": (lambda _, h: h.update(config={"roles": {"c": 3}}), "Expected a name, tokens and settings"),
    "held": (lambda _, h: h.update(config={"c_held": {"steps": [0.5]}}), "Expected numbers of units and of steps"),
    "proof": (lambda _, h: h.update(proof=[1, True]), "Expected a proof of a number and a truth value"),
    "found": (
        lambda _, h: h.update(kind="CellTrace", lacks=["decay", "added"]),
        "Expected a name, tokens and settings",
    ),
}


@pytest.mark.parametrize("name", DISAGREE)
def test_a_trace_file_that_contradicts_itself_is_an_error(name, tmp_path):
    change, says = DISAGREE[name]
    assert lstm_core.load(changed(tmp_path, lambda _arrays, _header: None)).c.shape == (1, 1, 5, 2, 3)
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load(changed(tmp_path, change))


@pytest.mark.parametrize("suffix", FILES)
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x00" * 100, b"just some text\n" * 20])
def test_a_file_that_holds_no_trace_is_an_error_that_says_so(suffix, content, tmp_path):
    (tmp_path / f"bad{suffix}").write_bytes(content)
    np.savez(tmp_path / "evil.npz", trace=np.array([object()], dtype=object))
    for name in (f"bad{suffix}", "evil.npz"):
        with pytest.raises(LstmCoreError, match=r"Expected a trace saved by .* got a file that can't be read"):
            lstm_core.load(tmp_path / name)


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory):
    folder, trace = tmp_path_factory.mktemp("files"), lstm_core.run(nn.LSTM(3, 4, 2), torch.randn(20, 2, 3))
    for suffix in FILES:
        trace.save(folder / f"t{suffix}")
    return trace, {path.suffix: path.read_bytes() for path in folder.iterdir()}


@settings(max_examples=300, deadline=None)
@given(suffix=st.sampled_from(FILES), at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@example(suffix=".safetensors", at=0.99, bit=6)
def test_a_file_with_a_flipped_bit_is_refused_or_has_the_numbers_that_were_proved(whole_files, suffix, at, bit):
    trace, files = whole_files
    content = bytearray(files[suffix])
    content[int(at * len(content))] ^= 1 << bit
    try:
        back = trace_in(f"t{suffix}", bytes(content))
    except LstmCoreError:
        return
    if not math.isnan(back.max_error):
        same(back, trace)


def test_numbers_without_a_checksum_that_fits_them_have_no_proof(whole_files):
    trace, files = whole_files
    older = trace_in("t.safetensors", files[".safetensors"].replace(b'"digest"', b'"damage"'))
    for back in (older, trace.to(torch.float16)):
        assert "not proved: no checksum shows" in back.summary()
        assert proof(back).startswith("not checked: no checksum shows")
    assert torch.equal(older.c, trace.c)
    assert trace.to(torch.float64).proof == trace.proof


def test_a_gru_and_an_rnn_are_drawn_as_an_update_and_come_back_from_it():
    gru, rnn = (lstm_core.run(make(4, 3), torch.randn(5, 2, 4)) for make in (nn.GRU, nn.RNN))
    for kept in ("rznh", "nh", "zh", "h"):
        update = as_update(gru.keep(*kept))
        assert own_trace(update).kept == tuple(kept)
        assert [own_letter(update, letter) for letter in update.kept if letter != "h"] == [
            letter for letter, of in zip(["1 − z", "z", "n", "r", "h"], "zznrh", strict=True) if of in kept
        ]
    update = as_update(gru)
    np.testing.assert_allclose(update.f * update.before("c") + update.i * update.g, gru.h, atol=1e-6)
    same(own_trace(update), gru)
    update = as_update(rnn)
    assert (update.f.unique().tolist(), update.i.unique().tolist()) == ([0.0], [1.0])
    assert type(own_trace(update)) is RnnTrace
    same(own_trace(update), rnn)
    lstm = lstm_trace()
    assert as_update(lstm) is lstm is own_trace(lstm)


def note(trace):
    """What a notebook's pictures say of the part that they show."""
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", trace._repr_html_()))
    return re.search(r"layer \d( reads)?[^·]*·.*?trace\.plot\(\)", text)[0].split(" · ")[:-1]


def test_figures_and_pictures_say_which_part_they_show_and_a_name_is_text():
    trace = lstm_trace(3, bidirectional=True)
    assert trace.plot().layout.title.text == "an LSTM, layer 1 → reads from the left"
    assert trace.sel(direction=1).plot(layer=0).layout.title.text == "an LSTM, layer 0 ← reads from the right"
    assert note(trace) == ["layer 1", "reads from the left", "sequence 0, the first of 3"]
    assert note(trace.sel(direction=1, batch=[1, 2]))[1:] == ["reads from the right", "sequence 1, the first of 2"]
    wide = lstm_core.run(nn.LSTM(4, 99), torch.randn(999, 1, 4))
    assert re.match(r"the \d+ of 99 units that move most", note(wide)[1])
    assert note(wide)[2].endswith("shows the value farthest from their mean")
    assert wide._repr_png_().startswith(b"\x89PNG")
    # Of as many as have a row, those that stand still are left out, however large they are.
    rows = torch.arange(0, 96, 3)
    still = torch.ones_like(wide.h).index_copy(-1, rows, wide.h[..., rows])
    assert wide.with_values(h=still)._repr_png_() == wide.sel(unit=rows.tolist())._repr_png_()
    assert "<b>" not in trace.with_values(name="<b>")._repr_html_()
    none = lstm_core.run(nn.LSTM(4, 3), pack_padded_sequence(torch.randn(5, 2, 4), [5, 2]))
    for empty in (none.with_values(lengths=torch.tensor([0, 5])), lstm_core.run(nn.LSTM(4, 3), torch.zeros(5, 0, 4))):
        assert empty._repr_html_().startswith("<pre>")
        assert empty._repr_png_() is None
    for largest, end in ((0.5, 1), (1.2, 1.2), (9.1, 9.2), (11, 12), (-7, 7)):
        [drawn] = trace.with_values(c=torch.full_like(trace.c, largest)).plot(quantities=["c"]).data
        assert (drawn.zmin, drawn.zmax) == (-end, end)


def test_what_a_layer_read_is_the_layer_below_after_dropout():
    lstm = nn.LSTM(4, 3, 3, bidirectional=True, dropout=0.5)
    trace = lstm_core.run(lstm, torch.randn(5, 2, 4))
    assert torch.equal(trace.input_of(0), trace.x)
    assert torch.equal(trace.input_of(-1), torch.cat([trace.h_read[1, 0], trace.h_read[1, 1]], -1))
    assert not torch.equal(trace.h_read, trace.h)
    assert np.array_equal(trace.cells("f", layer=1), trace.f[1, 0, :, 0].T)
