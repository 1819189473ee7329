"""A trace as tables and files."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from runs import runs
from torch import nn

import lstm_core
from lstm_core import LstmCoreError

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
FILES = [".npz", ".safetensors"]


@pytest.fixture
def trace():
    lstm = lstm_core.random_lstm(4, 3, 2, seed=2)
    words = ["Giraffes", "in", "a", "field"]
    return lstm_core.run(lstm, lstm_core.token_vectors(words, 4, 2), tokens=words)


@settings(max_examples=30)
@given(run=runs())
@pytest.mark.parametrize("suffix", FILES)
def test_a_saved_trace_comes_back_bit_for_bit(suffix, run, tmp_path_factory):
    trace = lstm_core.run(run.lstm, run.given, run.state)
    path = tmp_path_factory.mktemp("trace") / f"trace{suffix}"
    trace.save(path)
    back = lstm_core.load(path)
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


@pytest.mark.parametrize("suffix", FILES)
def test_tokens_and_resets_come_back(suffix, tmp_path):
    lstm, state = nn.LSTM(4, 3), (torch.randn(1, 1, 3), torch.randn(1, 1, 3))
    with lstm_core.record(lstm) as recording:
        for _ in range(3):
            lstm(torch.randn(1, 1, 4), state)
    trace = recording.only
    trace.save(tmp_path / f"t{suffix}")
    back = lstm_core.load(tmp_path / f"t{suffix}")
    assert back.resets == (1, 2)
    assert torch.equal(back.before("c"), trace.before("c"))


@pytest.mark.parametrize("suffix", FILES)
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x00" * 100, b"just some text"])
def test_a_file_that_holds_no_trace_is_an_error_that_says_so(suffix, content, tmp_path):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(LstmCoreError, match="Expected a trace saved by"):
        lstm_core.load(path)


def test_other_npz_files_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(LstmCoreError, match="Expected a trace saved by"):
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


def test_rows_hold_every_number_at_its_place(trace):
    rows = trace.to_pandas()
    assert list(rows.columns) == ["sequence", "step", "token", "layer", "direction", "unit", *"ifgoch"]
    assert len(rows) == 4 * 2 * 3
    for row in rows.itertuples():
        assert row.token == trace.tokens[row.sequence][row.step]
        for quantity in lstm_core.QUANTITIES:
            at = trace.tensors()[quantity][row.layer, row.direction, row.step, row.sequence, row.unit]
            assert getattr(row, quantity) == at.item()


def test_rows_end_where_a_packed_sequence_does():
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.randn(5, 2, 4), [5, 2])
    rows = lstm_core.run(nn.LSTM(4, 3), packed).to_pandas()
    assert rows.groupby("sequence")["step"].max().tolist() == [4, 1]
    assert rows[list("ifgoch")].notna().all().all()


def test_rows_of_a_projection_have_no_h_where_it_has_no_unit():
    rows = lstm_core.run(nn.LSTM(4, 3, proj_size=2), torch.randn(5, 1, 4)).to_pandas()
    assert rows["h"].isna().tolist() == [False, False, True] * 5


def test_csv_and_json_read_back_equal(trace, tmp_path):
    trace.to_csv(tmp_path / "t.csv")
    trace.to_json(tmp_path / "t.json")
    from_csv = pd.read_csv(tmp_path / "t.csv")
    from_json = pd.read_json(tmp_path / "t.json")
    for back in (from_csv, from_json):
        for quantity in lstm_core.QUANTITIES:
            assert (back[quantity].astype("float32") == trace.to_pandas()[quantity]).all()


def test_xarray_has_the_dims_as_coordinates(trace):
    dataset = trace.to_xarray()
    assert dict(dataset["c"].sizes) == {"layer": 2, "direction": 1, "time": 4, "batch": 1, "unit": 3}
    assert dataset["f"].sel(layer=1, time=2, unit=0).item() == trace.f[1, 0, 2, 0, 0].item()


def test_the_summary_says_the_dims_the_proof_and_a_line_a_quantity(trace):
    lines = trace.summary().split("\n")
    assert lines[0] == "Trace of an LSTM: layer 2, direction 1, time 4, batch 1, unit 3"
    assert lines[1] == f"the gates rebuild PyTorch's own output to {trace.max_error:.0e}"
    for line in lines[3:]:
        letter, values = line[0], getattr(trace, line[0]).double()
        assert line.split()[-3:] == [f"{n:.3f}" for n in (values.mean(), values.min(), values.max())], letter
    assert [line[0] for line in lines[3:]] == list("ifgoch")
    assert repr(trace) == trace.summary()


def test_a_notebook_shows_names_as_text(trace):
    from dataclasses import replace

    assert "<b>" not in replace(trace, name="<b>")._repr_html_()
    assert "&lt;b&gt;" in replace(trace, name="<b>")._repr_html_()


def test_tokens_must_be_one_a_step(trace):
    with pytest.raises(LstmCoreError, match=r"\[4\] a sequence, got \[2\]"):
        lstm_core.run(nn.LSTM(4, 3), trace.x, tokens=["two", "words"])


def test_cells_are_unit_by_step(trace):
    assert np.array_equal(trace.cells("f", layer=1), trace.f[1, 0, :, 0].T.numpy())
