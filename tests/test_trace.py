"""A trace as tables and files."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
import xarray
from hypothesis import example, given, settings
from hypothesis import strategies as st
from runs import EVERY_KIND, each_kind, runs
from test_cut import same
from torch import nn

import lstm_core
from gatescope.wording.sentences import proof
from lstm_core import LstmCoreError
from lstm_core.traces.load import trace_in

FILES = [".npz", ".safetensors"]


@pytest.fixture
def trace():
    lstm = lstm_core.models.random_lstm(4, 3, 2, seed=2)
    words = ["Giraffes", "in", "a", "field"]
    return lstm_core.run(lstm, lstm_core.inputs.token_vectors(words, 4, 2), tokens=words)


@settings(max_examples=30)
@given(run=runs(kinds=EVERY_KIND))
@pytest.mark.parametrize("suffix", FILES)
def test_a_saved_trace_comes_back_bit_for_bit(suffix, run, tmp_path_factory):
    trace = lstm_core.run(run.module, run.given, run.state)
    path = tmp_path_factory.mktemp("trace") / f"trace{suffix}"
    trace.save(path)
    back = lstm_core.load(path)
    assert type(back) is type(trace)
    assert back.tensors().keys() == trace.tensors().keys()
    for name, tensor in trace.tensors().items():
        assert back.tensors()[name].dtype == tensor.dtype
        assert same_bits(back.tensors()[name], tensor)
    assert (back.tokens, back.resets, back.max_error, back.name) == (
        trace.tokens,
        trace.resets,
        trace.max_error,
        trace.name,
    )
    assert dict(back.config) == dict(trace.config)


def same_bits(a, b):
    return torch.equal(a.contiguous().view(torch.uint8), b.contiguous().view(torch.uint8))


def test_values_that_a_trace_has_not_are_refused():
    trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.zeros(2, 1, 4))
    with pytest.raises(LstmCoreError, match=r"Expected h, x, .*, got 'token'\. Write tokens=…\."):
        trace.with_values(token=["a", "b"])


@pytest.mark.parametrize("suffix", FILES)
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x00" * 100, b"just some text\n" * 20])
def test_a_file_that_holds_no_trace_is_an_error_that_says_so(suffix, content, tmp_path):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    kind = "a file of another kind" if b"text" in content else "can't be read"
    with pytest.raises(LstmCoreError, match=f"Expected a trace saved by .*{kind}"):
        lstm_core.load(path)


def test_other_npz_files_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(LstmCoreError, match=r"Expected a trace saved by .*: 'trace is not a file in the archive'"):
        lstm_core.load(tmp_path / "other.npz")


def test_a_pickle_inside_an_npz_is_not_executed(tmp_path):
    np.savez(tmp_path / "evil.npz", trace=np.array([object()], dtype=object))
    with pytest.raises(LstmCoreError, match="can't be read"):
        lstm_core.load(tmp_path / "evil.npz")


def test_unknown_endings_and_missing_files_are_refused(trace, tmp_path):
    with pytest.raises(LstmCoreError, match=r"\.npz or \.safetensors, got 't.txt'"):
        trace.save(tmp_path / "t.txt")
    with pytest.raises(LstmCoreError, match="got 't"):
        lstm_core.load(tmp_path / "t.txt")
    with pytest.raises(LstmCoreError, match="got no file"):
        lstm_core.load(tmp_path / "t.npz")


@each_kind
def test_rows_hold_every_number_at_its_place(make):
    trace = lstm_core.run(make(4, 3, 2), torch.randn(4, 1, 4), tokens=["Giraffes", "in", "a", "field"])
    rows = trace.to_pandas()
    assert list(rows.columns) == ["batch", "time", "token", "layer", "direction", "unit", *trace.quantities]
    assert len(rows) == 4 * 2 * 3
    for row in rows.itertuples():
        assert row.token == trace.tokens[row.batch][row.time]
        for quantity in trace.quantities:
            at = trace.tensors()[quantity][row.layer, row.direction, row.time, row.batch, row.unit]
            assert getattr(row, quantity) == at.item()


def test_rows_end_where_a_packed_sequence_does():
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.randn(5, 2, 4), [5, 2])
    rows = lstm_core.run(nn.LSTM(4, 3), packed).to_pandas()
    assert rows.groupby("batch")["time"].max().tolist() == [4, 1]
    assert rows[list("ifgoch")].notna().all().all()


def test_rows_of_a_projection_have_no_h_where_it_has_no_unit():
    rows = lstm_core.run(nn.LSTM(4, 3, proj_size=2), torch.randn(5, 1, 4)).to_pandas()
    assert rows["h"].isna().tolist() == [False, False, True] * 5


@each_kind
def test_csv_and_json_read_back_equal(make, tmp_path):
    trace = lstm_core.run(make(4, 3, 2), torch.randn(5, 1, 4))
    trace.to_csv(tmp_path / "t.csv")
    trace.to_json(tmp_path / "t.json")
    from_csv = pd.read_csv(tmp_path / "t.csv")
    from_json = pd.read_json(tmp_path / "t.json")
    for back in (from_csv, from_json):
        for quantity in trace.quantities:
            assert (back[quantity].astype("float32") == trace.to_pandas()[quantity]).all()


def test_to_xarray_takes_dates_and_names_and_the_trace_comes_back_also_from_a_part(trace, tmp_path):
    dates = pd.date_range("2024-02-27", periods=trace.sizes["time"])
    names = [f"basin {n}" for n in range(trace.sizes["batch"])]
    dataset = trace.to_xarray(time=dates, batch=names)
    last = dataset["f"].sel(time="2024-03-01", batch=names[-1], layer=0, direction=0)
    np.testing.assert_array_equal(np.squeeze(last), trace.f[0, 0, -1, -1])
    assert dataset.indexes["time"].equals(dates)
    from_list = trace.to_xarray(time=[date.to_pydatetime() for date in dates])
    assert from_list.indexes["time"].equals(pd.DatetimeIndex(list(dates)))
    part = trace.sel(time=[1, 3])
    dataset.to_netcdf(tmp_path / "run.nc")
    for whole, kept in (
        (trace, lstm_core.Trace.from_xarray(xarray.load_dataset(tmp_path / "run.nc"))),
        (part, lstm_core.Trace.from_xarray(part.to_xarray(time=dates[[1, 3]]))),
    ):
        assert kept.numbers == whole.numbers
        assert all(torch.equal(tensor, kept.tensors()[name]) for name, tensor in whole.tensors().items())
    with pytest.raises(LstmCoreError, match=r"Expected 4 labels for time, one for each, got 3\."):
        trace.to_xarray(time=dates[:3])


@each_kind
def test_xarray_has_the_dims_as_coordinates(make):
    trace = lstm_core.run(make(4, 3, 2), torch.randn(5, 1, 4))
    dataset = trace.to_xarray()
    assert set(dataset.data_vars) == {*trace.quantities, "x", "h0", *(["c0"] if "c" in trace.quantities else [])}
    assert dict(dataset["h"].sizes) == {"layer": 2, "direction": 1, "time": 5, "batch": 1, "unit": 3}
    assert dataset["h"].sel(layer=1, time=2, unit=0).item() == trace.h[1, 0, 2, 0, 0].item()


@pytest.mark.parametrize(
    ("kind", "name"), [(nn.LSTM, "Trace of an LSTM"), (nn.GRU, "GruTrace of a GRU"), (nn.RNN, "RnnTrace of an RNN")]
)
def test_the_summary_says_the_dims_the_proof_and_a_line_a_quantity(kind, name):
    trace = lstm_core.run(kind(4, 3, 2), torch.randn(4, 1, 4))
    lines = trace.summary().split("\n")
    assert lines[0] == f"{name}: 2 layers, 1 direction, 4 steps, 1 sequence, 3 units"
    near = f"to {trace.max_error:.0e}" if trace.max_error else "exactly"
    assert lines[1] == f"the gates rebuild PyTorch's own output {near}"
    for line in lines[3:]:
        letter, values = line[0], getattr(trace, line[0]).double()
        assert line.split()[-3:] == [f"{n:.3f}" for n in (values.mean(), values.min(), values.max())], letter
    assert [line[0] for line in lines[3:]] == list(trace.quantities)
    assert repr(trace) == trace.summary()


def test_a_notebook_shows_names_as_text(trace):
    assert "<b>" not in replace(trace, name="<b>")._repr_html_()
    assert "&lt;b&gt;" in replace(trace, name="<b>")._repr_html_()


def test_tokens_must_be_one_a_step(trace):
    with pytest.raises(LstmCoreError, match=r"\[4\] a sequence, got \[2\]"):
        lstm_core.run(nn.LSTM(4, 3), trace.x, tokens=["two", "words"])


def test_cells_are_unit_by_step(trace):
    assert np.array_equal(trace.cells("f", layer=1), trace.f[1, 0, :, 0].T.numpy())


def stored(folder, change):
    """A trace in a .npz file, its arrays and header changed before they are written."""
    torch.manual_seed(0)
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4))
    arrays = {name: tensor.numpy() for name, tensor in trace.tensors().items()}
    header = {"tokens": None, "resets": [], "max_error": 0.0, "name": "", "config": {}}
    change(arrays, header)
    header["dtypes"] = {name: str(array.dtype) for name, array in arrays.items()} | header.get("dtypes", {})
    np.savez(folder / "t.npz", trace=np.array(json.dumps(header)), **arrays)
    return folder / "t.npz"


DISAGREE = {
    "units": (lambda a, _: a.update(c=a["c"][..., :2]), r"Expected c of shape \(1, 1, 5, 2, 3\), .* \(1, 1, 5, 2, 2\)"),
    "steps": (lambda a, _: a.update(x=a["x"][:3]), r"Expected x of shape \(5, 2, 4\), .* got \(3, 2, 4\)"),
    "start": (lambda a, _: a.update(h0=a["h0"][..., :1]), r"Expected h0 of shape \(1, 1, 2, 3\)"),
    "missing": (lambda a, _: a.pop("c0"), "Expected c0 in a trace of an LSTM, got none"),
    "more": (lambda a, _: a.update(z=a["c"]), "Expected z of shape none"),
    "resets": (lambda _, h: h.update(resets=[9]), "Expected resets between the steps 0 and 5"),
    "lengths": (lambda a, _: a.update(lengths=np.array([5, 6])), "Expected lengths from 0 to 5 steps"),
    "real lengths": (lambda a, _: a.update(lengths=np.array([5.0, 4.0])), "Expected whole numbers as lengths"),
    "dtype": (lambda _, h: h.update(dtypes={"f": "float64"}), "of the dtypes that the header says"),
    "no dtype": (lambda _, h: h.update(dtypes={"f": "Tensor"}), "Expected the dtype of each tensor"),
}


@pytest.mark.parametrize("name", DISAGREE)
def test_a_trace_file_that_contradicts_itself_is_an_error(name, tmp_path):
    change, says = DISAGREE[name]
    path = stored(tmp_path, lambda _arrays, _header: None)
    assert lstm_core.load(path).c.shape == (1, 1, 5, 2, 3)
    with pytest.raises(LstmCoreError, match=says):
        lstm_core.load(stored(tmp_path, change))


def test_a_size_that_is_no_number_of_things_is_refused_though_no_number_stands_for_it(tmp_path):
    """Of a trace without a sequence no tensor has a byte, so the file's size says nothing of x."""
    lstm_core.run(nn.LSTM(4, 3), torch.zeros(5, 0, 4)).save(tmp_path / "t.safetensors")
    data = (tmp_path / "t.safetensors").read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert header["x"]["shape"] == [5, 0, 4]
    for size, says in ((-4, "whole numbers as the shape of x"), (2**63, "whole numbers as the shape of x")):
        header["x"]["shape"][2] = size
        text = json.dumps(header).encode()
        (tmp_path / "t.safetensors").write_bytes(len(text).to_bytes(8, "little") + text)
        with pytest.raises(LstmCoreError, match=says):
            lstm_core.load(tmp_path / "t.safetensors")


def test_calls_of_both_directions_joined_start_each_direction_where_it_began_to_read():
    lstm = nn.LSTM(3, 4, 2, bidirectional=True)
    parts = [torch.randn(steps, 2, 3) for steps in (3, 4)]
    states = [tuple(torch.randn(4, 2, 4) for _ in "hc")]
    with lstm_core.record(lstm) as recording:
        # Even a call that is handed the last one's state can't go on from it on both sides.
        for part in parts:
            states.append(lstm(part, states[-1])[1])
    trace, calls = recording.only, recording.calls[""]
    assert trace.resets == (3,)
    for quantity in "hc":
        apart = torch.cat([call.before(quantity) for call in calls], dim=2)
        torch.testing.assert_close(trace.before(quantity), apart)
    start_h, start_c = (state.detach().view(2, 2, 2, 4) for state in states[1])
    torch.testing.assert_close(trace.before("h")[:, 1, 6], start_h[:, 1])
    torch.testing.assert_close(trace.before("c")[:, 1, 6], start_c[:, 1])
    torch.testing.assert_close(trace.before("c")[:, 0, 3], start_c[:, 0])


def test_calls_joined_are_as_far_from_the_module_as_the_farthest_of_them():
    lstm = nn.LSTM(3, 4)
    with lstm_core.record(lstm) as recording:
        for scale in (0, 30, 1):
            lstm(scale * torch.randn(30, 4, 3))
    errors = [call.max_error for call in recording.calls[""]]
    assert len(set(errors)) > 1
    assert recording.only.max_error == max(errors)


def packed_trace(**kept):
    torch.manual_seed(0)
    lstm = nn.LSTM(4, 5, 2, bidirectional=True, proj_size=3)
    given = torch.nn.utils.rnn.pack_padded_sequence(torch.randn(5, 3, 4), [5, 2, 4], enforce_sorted=False)
    with torch.no_grad(), lstm_core.record(lstm, **kept) as recording:
        lstm(given)
    return (
        replace(recording.only, tokens=[list("abcde"), ["f", "g"], list("hijk")], name="enc")
        if not kept
        else recording.only
    )


def looped_trace():
    lstm, state = nn.LSTM(4, 3), (torch.randn(1, 2, 3), torch.randn(1, 2, 3))
    with lstm_core.record(lstm) as recording:
        for _ in range(3):
            lstm(torch.randn(2, 2, 4), state)
    return recording.only


TRACES = {
    "packed": packed_trace,
    "resets": looped_trace,
    "bfloat16": lambda: lstm_core.run(nn.LSTM(4, 3, dtype=torch.bfloat16), torch.randn(5, 2, 4).bfloat16()),
    "gru": lambda: lstm_core.run(nn.GRU(4, 3), torch.randn(5, 1, 4), tokens=["", "ü", "<b>", "\n", "e"]),
    "cut": lambda: packed_trace().sel(time=[1, 2, 4], unit=[4, 0], batch=[2, 0], direction=1),
    "kept": lambda: packed_trace(keep=("f", "c"), units=[1, 3]),
    "h alone": lambda: packed_trace(keep="h", steps=-1),
    "dropout": lambda: lstm_core.run(nn.LSTM(4, 3, 2, dropout=0.5), torch.randn(5, 2, 4)),
}


@pytest.mark.parametrize("make", TRACES.values(), ids=TRACES)
@pytest.mark.parametrize("way", ["dataset", "netcdf", "zarr", *FILES])
def test_every_kind_of_trace_comes_back_from_xarray_and_from_files(make, way, tmp_path):
    import xarray as xr

    trace = make()
    if way in FILES:
        trace.save(tmp_path / f"t{way}")
        back = lstm_core.load(tmp_path / f"t{way}")
        assert type(back) is type(trace)
    else:
        dataset = trace.to_xarray()
        if way == "netcdf":
            dataset.to_netcdf(tmp_path / "t.nc", engine="h5netcdf")
            dataset = xr.load_dataset(tmp_path / "t.nc", engine="h5netcdf")
        elif way == "zarr":
            dataset.to_zarr(tmp_path / "t.zarr", consolidated=False)
            dataset = xr.open_zarr(tmp_path / "t.zarr", consolidated=False)
        back = type(trace).from_xarray(dataset)
    same(back, trace)
    assert all(tensor.dtype == trace.tensors()[name].dtype for name, tensor in back.tensors().items())


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
    if not np.isnan(back.max_error):
        same(back, trace)


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory):
    folder, trace = tmp_path_factory.mktemp("files"), lstm_core.run(nn.LSTM(3, 4, 2), torch.randn(20, 2, 3))
    for suffix in FILES:
        trace.save(folder / f"t{suffix}")
    return trace, {path.suffix: path.read_bytes() for path in folder.iterdir()}


def test_numbers_without_a_checksum_that_fits_them_have_no_proof(whole_files):
    trace, files = whole_files
    older = trace_in("t.safetensors", files[".safetensors"].replace(b'"digest"', b'"damage"'))
    changed = trace.to_xarray()
    changed["c"][:] *= 2
    for back in (older, lstm_core.Trace.from_xarray(changed), trace.to(torch.float16)):
        assert "not proved: no checksum shows" in back.summary()
        assert proof(back).startswith("not checked: no checksum shows")
    assert torch.equal(older.c, trace.c)
    assert trace.to(torch.float64).proof == trace.proof


def test_what_is_changed_in_a_dataset_is_not_changed_in_the_trace(trace):
    f = trace.f.clone()
    trace.to_xarray()["f"][:] = 0
    assert torch.equal(trace.f, f)
    assert trace.to_xarray()["f"].attrs["long_name"] == "forget gate"


def test_a_dataset_of_something_else_is_refused(trace):
    import xarray as xr

    with pytest.raises(LstmCoreError, match=r"Expected the Dataset of an LSTM.*got one with \['a'\]"):
        lstm_core.Trace.from_xarray(xr.Dataset({"a": 1}))
    with pytest.raises(LstmCoreError, match="Expected r in a trace of a GRU"):
        lstm_core.GruTrace.from_xarray(trace.to_xarray())
    with pytest.raises(LstmCoreError, match="as the other tensors say"):
        lstm_core.Trace.from_xarray(
            trace.to_xarray().isel(batch=[0, 0]).assign(x=trace.to_xarray()["x"].rename(batch="b"))
        )


def test_rows_can_be_filtered_by_quantity_and_by_dim(trace):
    rows = trace.to_pandas(["f", "c"], layer=1, time=slice(1, 3), unit=[2, 0])
    assert list(rows.columns) == ["batch", "time", "token", "layer", "direction", "unit", "f", "c"]
    assert rows["unit"].tolist() == [2, 0, 2, 0]
    assert rows["token"].tolist() == ["in", "in", "a", "a"]
    assert rows["f"].tolist() == trace.f[1, 0, 1:3, 0][:, [2, 0]].flatten().tolist()
    with pytest.raises(LstmCoreError, match="Expected some of i, f, g, o, c, h"):
        trace.to_pandas(["forget"])


def test_rows_hold_small_numbers_and_no_empty_column():
    rows = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4)).to_pandas()
    assert list(rows.columns) == ["batch", "time", "layer", "direction", "unit", *"ifgoch"]
    kinds = {"layer": "int16", "direction": "int16"} | dict.fromkeys("ifgoch", "float32")
    assert {name: str(dtype) for name, dtype in rows.dtypes.items()} == dict.fromkeys(rows.columns, "int32") | kinds
    words = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4), tokens=[list("abcab")] * 2).to_pandas()
    assert words["token"].cat.codes.dtype == "int8"
    assert rows.memory_usage(index=False).sum() == len(rows) * (3 * 4 + 2 * 2 + 6 * 4)


def test_the_steps_past_a_packed_end_are_in_no_mean():
    trace = packed_trace()
    for line in repr(trace).split("\n")[3:]:
        values = getattr(trace, line[0]).double()
        values = values[~values.isnan()]
        assert line.split()[-3:] == [f"{n:.3f}" for n in (values.mean(), values.min(), values.max())]


def by_hand(**more):
    """A trace whose second sequence ends after its first step; what stands behind that is 9."""
    nan = float("nan")
    values = {letter: [[[0.0, 0.5], [0.25, 0.25]], [[0.5, 0.0], [9.0, 9.0]]] for letter in "ifc"}
    values |= {
        "g": [[[-1.0, nan], [0.5, 0.5]], [[1.0, 0.0], [9.0, 9.0]]],
        "o": [[[nan] * 2] * 2, [[nan, nan], [9.0] * 2]],
    }
    values["h"] = [[[1e3, -0.5], [0.0, 0.0]], [[0.0, 0.0], [9.0, 9.0]]]
    tensors = {letter: torch.tensor(each)[None, None] for letter, each in values.items()}
    starts = {"h0": torch.zeros(1, 1, 2, 2), "c0": torch.zeros(1, 1, 2, 2), "x": torch.zeros(2, 2, 1)}
    return lstm_core.Trace(**tensors | starts | {"lengths": torch.tensor([2, 1])} | more)


def test_a_summary_by_hand():
    lines = by_hand(name="enc", config={"path": "kernel"}, max_error=3e-7).summary().splitlines()
    assert lines == [
        "Trace of enc: 1 layer, 1 direction, 2 steps, 2 sequences, 2 units",
        "PyTorch's own steps, taken by samples, agree with the gates to 3e-07",
        "                    mean     min     max",
        "i input gate       0.250   0.000   0.500",
        "f forget gate      0.250   0.000   0.500",
        "g candidate        0.200  -1.000   1.000",
        "o output gate        nan     nan     nan",
        "c cell state       0.250   0.000   0.500",
        "h hidden state   166.583  -0.5001000.000",
        "these numbers leave NaN out",
    ]
    found = by_hand(config={"path": "found", "roles": {"c": "the sum"}}, max_error=0.0).keep("i").summary().splitlines()
    assert found[1:] == ["found: the sum; this sum, computed again, agrees exactly", *lines[2:4]]
    assert by_hand(max_error=np.nan, proof=(np.nan, False)).summary().splitlines()[1].startswith("not proved: the run")
    # A hundred thousand values of a half would add up to no more than some hundreds in their own dtype.
    half = lstm_core.run(nn.LSTM(1, 1, dtype=torch.bfloat16), torch.zeros(4000, 1, 1, dtype=torch.bfloat16))
    gate = half.with_values(i=torch.full_like(half.i, 0.5)).summary().splitlines()[3]
    assert gate == "i input gate       0.500   0.500   0.500"


def test_a_summary_of_no_sequence_has_no_numbers():
    lines = lstm_core.run(nn.GRU(2, 1), torch.zeros(3, 0, 2)).summary().splitlines()
    assert lines[0] == "GruTrace of a GRU: 1 layer, 1 direction, 3 steps, 0 sequences, 1 unit"
    assert lines[1] == "nothing to prove: the run read no sequence"
    assert lines[3:] == [
        f"{name:<16}     nan     nan     nan"
        for name in ("r reset gate", "z update gate", "n candidate", "h hidden state")
    ]
