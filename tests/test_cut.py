"""A trace as a value: copied, sent to another process, moved, cut, and kept in part."""

import copy
import io
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import runs
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from lstm_core import LstmCoreError

MAKES = [nn.LSTM, nn.GRU, nn.RNN]


def same(ours, theirs):
    assert ours.tensors().keys() == theirs.tensors().keys()
    for name, tensor in theirs.tensors().items():
        assert torch.equal(ours.tensors()[name].nan_to_num(), tensor.nan_to_num()), name
    for name in ("tokens", "resets", "max_error", "name"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert (dict(ours.config), dict(ours.numbers)) == (dict(theirs.config), dict(theirs.numbers))


def through_torch_save(trace):
    file = io.BytesIO()
    torch.save(trace, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


COPIES = {
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    "pickle": lambda trace: pickle.loads(pickle.dumps(trace)),
    "torch.save": through_torch_save,
}


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_copy_of_a_trace_equals_it(copied, make):
    trace = lstm_core.run(make(4, 3, 2, bidirectional=True), torch.randn(5, 1, 4), tokens=list("abcde"))
    ours = copied(trace)
    same(ours, trace)
    with pytest.raises(TypeError):
        ours.config["bias"] = False


def test_a_copy_of_what_is_in_a_graph_has_its_numbers():
    lstm = nn.LSTM(4, 3)
    with lstm_core.record(lstm, detach=False) as recording:
        for _ in range(2):
            lstm(torch.randn(5, 1, 4))
    for trace in (recording.only, recording.calls[""][0]):
        for copied in COPIES.values():
            same(copied(trace), trace.detach())
    assert not trace.detach().f.requires_grad


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_what_is_in_a_graph_is_saved_as_its_numbers(suffix, tmp_path):
    lstm = nn.LSTM(4, 3)
    with lstm_core.record(lstm, detach=False) as recording:
        lstm(torch.randn(5, 1, 4))
    recording.only.save(tmp_path / f"trace{suffix}")
    same(lstm_core.load(tmp_path / f"trace{suffix}"), recording.only.detach())


def test_a_pickled_gate_takes_its_own_memory_alone():
    trace = lstm_core.run(nn.LSTM(4, 64), torch.randn(100, 4, 4))
    numbers = sum(tensor.numel() for tensor in trace.tensors().values())
    assert len(pickle.dumps(trace)) < 4 * numbers + 10_000


@pytest.mark.slow
def test_another_process_gets_a_trace_and_sends_one_back():
    code = """
import pickle, sys
trace = pickle.load(sys.stdin.buffer)
pickle.dump(trace.sel(time=slice(1, 3)), sys.stdout.buffer)
"""
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4))
    found = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(trace), capture_output=True, check=True)
    same(pickle.loads(found.stdout), trace.sel(time=slice(1, 3)))


def test_joblib_sends_traces_to_its_workers():
    import joblib

    traces = [lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4)) for _ in range(3)]
    found = joblib.Parallel(n_jobs=1, backend="multiprocessing")(joblib.delayed(last_c)(trace) for trace in traces)
    assert found == [last_c(trace) for trace in traces]


def last_c(trace):
    return trace.c[0, 0, -1].sum().item()


def parts(draw, size, dim):
    """Numbers of one dim, as a user may give them, and as a list."""
    several = st.lists(st.integers(0, size - 1), min_size=1, max_size=size, unique=True)
    how = draw(st.sampled_from(["all", "one", "slice", "several"]), label=dim)
    if how == "all":
        return None, list(range(size))
    if how == "one":
        number = draw(st.integers(-size, size - 1))
        return number, [number % size]
    if how == "slice":
        first = draw(st.integers(0, size - 1))
        last = draw(st.integers(first + 1, size))
        return slice(first, last), list(range(first, last))
    numbers = draw(several)
    numbers = sorted(numbers) if dim == "time" else numbers
    return draw(st.sampled_from([list, tuple, np.array, torch.tensor]))(numbers), numbers


@settings(max_examples=120)
@given(runs(dtypes=("float64",)), st.data())
def test_every_number_of_a_part_is_the_number_of_the_whole(run, data):
    whole = lstm_core.run(run.module, run.given, run.state)
    chosen = {dim: parts(data.draw, size, dim) for dim, size in whole.sizes.items()}
    part = whole.sel(**{dim: given for dim, (given, _) in chosen.items()})
    kept = {dim: numbers for dim, (_, numbers) in chosen.items()}
    assert {dim: list(numbers) for dim, numbers in part.coords.items()} == kept
    for q in whole.quantities:
        units = range(whole.h.shape[-1]) if q == "h" and run.module.proj_size else kept["unit"]
        at = np.ix_(kept["layer"], kept["direction"], kept["time"], kept["batch"], units)
        np.testing.assert_array_equal(getattr(part, q).numpy(), getattr(whole, q).numpy()[at])
        if q in whole.states:
            np.testing.assert_array_equal(part.before(q).numpy(), whole.before(q).numpy()[at])
    np.testing.assert_array_equal(part.x.numpy(), whole.x.numpy()[np.ix_(kept["time"], kept["batch"])])
    if run.lengths:
        assert part.lengths.tolist() == [sum(t < whole.lengths[b] for t in kept["time"]) for b in kept["batch"]]


def test_of_a_sequence_that_ends_earlier_only_its_own_tokens_are_taken():
    x = pack_padded_sequence(torch.randn(3, 2, 4), [3, 2])
    trace = lstm_core.run(nn.LSTM(4, 5), x, tokens=[["a", "b", "c"], ["d", "e"]])
    part = trace.sel(time=[1, 2])
    assert part.tokens == [["b", "c"], ["e"]]
    assert part.lengths.tolist() == [2, 1]


def test_a_part_of_a_part_is_asked_by_the_numbers_of_the_whole():
    trace = lstm_core.run(nn.LSTM(4, 5), torch.randn(9, 2, 4), tokens=[list("abcdefghi")] * 2)
    part = trace.sel(time=slice(2, 8), unit=[4, 1]).sel(time=[3, 5, 6], unit=4)
    assert torch.equal(part.f, trace.f[:, :, [3, 5, 6]][..., [4]])
    assert part.tokens == [["d", "f", "g"]] * 2
    assert part.resets == (1,)
    assert torch.equal(part.reset_c[0, 0, 0], trace.c[0, 0, 4, :, [4]])
    assert torch.equal(part.c0[0, 0], trace.c[0, 0, 2, :, [4]])
    assert part.sel(time=-1).coords["time"] == (6,)
    assert part.sel(time=slice(-2, None)).coords["time"] == (5, 6)
    assert part.sel(time=slice(4, None)).coords["time"] == (5, 6)


WHICH = {
    "all": (slice(None), [2, 3, 5, 8]),
    "from a number on": (slice(3, None), [3, 5, 8]),
    "from a number that was left out": (slice(4, None), [5, 8]),
    "below a number": (slice(None, 5), [2, 3]),
    "between": (slice(3, 8), [3, 5]),
    "further than there is": (slice(0, 100), [2, 3, 5, 8]),
    "each second": (slice(None, None, 2), [2, 5]),
    "each second from a number on": (slice(3, None, 2), [3, 8]),
    "the last two": (slice(-2, None), [5, 8]),
    "all but the last": (slice(None, -1), [2, 3, 5]),
    "two in the middle": (slice(-3, -1), [3, 5]),
    "the first of all, from the end": (-4, [2]),
    "the last": (-1, [8]),
    "a number": (8, [8]),
    "a number of numpy": (np.int64(5), [5]),
    "a range": (range(2, 4), [2, 3]),
    "a tensor of one number": (torch.tensor(3), [3]),
}


@pytest.mark.parametrize("which", WHICH)
def test_steps_of_a_part_are_asked_by_their_numbers_and_from_its_end_by_their_places(which):
    trace = lstm_core.run(nn.LSTM(2, 2), torch.randn(9, 1, 2))
    part = trace.sel(time=[2, 3, 5, 8])
    asked, left = WHICH[which]
    assert list(part.sel(time=asked).coords["time"]) == left
    assert torch.equal(part.sel(time=asked).c, trace.c[:, :, left])


@pytest.mark.parametrize("asked", [4, -5, slice(6, 8), slice(0, 2), slice(9, None), [8, 2], [3, 3], [2, 4], []])
def test_steps_that_a_part_has_not_are_refused_with_those_that_it_has(asked):
    part = lstm_core.run(nn.LSTM(2, 2), torch.randn(9, 1, 2)).sel(time=[2, 3, 5, 8])
    with pytest.raises(LstmCoreError, match=r"numbers of the trace in increasing order, .* It has \[2, 3, 5, 8\]\."):
        part.sel(time=asked)


def test_a_sequence_that_went_on_where_others_started_anew_has_no_reset_by_itself():
    lstm, keep = nn.LSTM(2, 3), torch.tensor([[[1.0], [0.0]]])
    with torch.no_grad(), lstm_core.record(lstm) as recording:
        _, (h, c) = lstm(torch.randn(3, 2, 2))
        lstm(torch.randn(2, 2, 2), (h * keep, c * keep))
    trace = recording.only
    assert trace.anew_in().tolist() == [[False, True]]
    for rows, resets in ((0, ()), (1, (3,)), ([1, 0], (3,))):
        part = trace.sel(batch=rows)
        assert part.resets == resets
        assert (part.reset_c is None) == (part.reset_h is None) == (not resets)
    assert trace.sel(unit=0).resets == (3,)
    assert torch.equal(trace.sel(batch=[1, 0]).reset_c, trace.reset_c[:, :, :, [1, 0]])
    # What h alone is kept of, says nothing of where c started.
    assert trace.keep("h").sel(batch=0).resets == (3,)


def test_a_step_left_out_is_said_as_that_and_a_reset_as_a_reset_both_by_the_numbers_of_the_whole():
    lstm, x = nn.LSTM(4, 5), torch.randn(6, 1, 4)
    with torch.no_grad(), lstm_core.record(lstm) as recording:
        lstm(x)
        lstm(x)
    part = recording.only.sel(time=[2, 3, 5, 6, 8, 10])
    assert part.resets == (2, 3, 4, 5)
    *_, reset, gaps = part.summary().splitlines()
    assert reset == "memory was reset before step 6"
    assert gaps == "steps are left out before step 5 and 2 later ones"
    assert "reset" not in part.sel(time=[2, 5]).summary()
    ways = ((3, "(before step 2)"), (5, "(before step 5)"), (6, "(before step 6)"), (8, "(before step 8)"))
    for time, began in ways:
        assert lstm_core.ledger(part, time).to_pandas().set_index("step").token[-1] == began
    assert "before step 8" in lstm_core.ledger(part, 8).plot(unit=0).data[1].hovertext


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"unit": 3}, "unit numbers of the trace, each once, got 3. It has 0 to 2"),
        ({"time": [2, 1]}, "in increasing order"),
        ({"batch": []}, r"one or more batch numbers .* got \[\]"),
        ({"layer": "top"}, "Expected layer as a whole number"),
        ({"unit": [True, False, True]}, "Expected unit as a whole number"),
        ({"time": 1.5}, "Expected time as a whole number"),
        ({"unit": [1, 1]}, "each once"),
    ],
)
def test_a_part_that_is_not_there_is_an_error_that_says_what_is(part, said):
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4))
    with pytest.raises(LstmCoreError, match=said):
        trace.sel(**part)


def test_what_a_layer_read_is_refused_once_it_was_left_out():
    trace = lstm_core.run(nn.LSTM(4, 3, 2), torch.randn(5, 2, 4))
    with pytest.raises(LstmCoreError, match="Expected a trace with all of layer 0"):
        trace.sel(layer=1).input_of(0)
    with pytest.raises(LstmCoreError, match="Expected a trace with all of layer 0"):
        trace.sel(unit=1).input_of(1)
    assert torch.equal(trace.sel(layer=[0, 1]).input_of(1), trace.h[0, 0])


def test_direction_one_alone_still_reads_from_the_right():
    trace = lstm_core.run(nn.LSTM(4, 3, bidirectional=True), torch.randn(5, 2, 4))
    assert torch.equal(trace.sel(direction=1).before("c"), trace.before("c")[:, 1:])
    with pytest.raises(LstmCoreError, match="direction 1 alone"):
        lstm_core.ledger(trace.sel(direction=1), time=2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_gate_that_is_saved_or_kept_alone_takes_its_own_memory_alone(dtype):
    trace = lstm_core.run(nn.LSTM(4, 8, 2, dtype=dtype), torch.randn(50, 4, 4, dtype=dtype))
    for quantity in trace.quantities:
        tensor = getattr(trace, quantity)
        assert tensor.untyped_storage().nbytes() <= tensor.nbytes + 4096
        assert tensor.view(-1).shape == (tensor.numel(),)
        file = io.BytesIO()
        torch.save(tensor, file)
        assert file.tell() < tensor.nbytes + 8192


def test_a_part_is_a_copy_and_a_gate_that_is_kept_has_its_own_memory():
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4))
    f = trace.f.clone()
    for part in (trace.sel(layer=0), trace.keep("f")):
        assert part.f.is_contiguous()
        assert part.f.untyped_storage().nbytes() == part.f.nbytes
        part.f.zero_()
        assert torch.equal(trace.f, f)


def test_moved_to_another_dtype_or_to_arrays():
    trace = lstm_core.run(nn.LSTM(4, 3), pack_padded_sequence(torch.randn(5, 2, 4), [5, 2]))
    wide = trace.to(torch.float64)
    assert {wide.f.dtype, wide.h0.dtype} == {torch.float64}
    assert wide.lengths.dtype == torch.int64
    same(trace.cpu(), trace)
    arrays = trace.numpy()
    assert arrays.keys() == trace.tensors().keys()
    arrays["f"][:] = 0
    assert trace.f.nan_to_num().any()


@pytest.mark.parametrize("make", MAKES)
def test_what_was_not_kept_is_an_error_that_says_how_to_keep_it(make):
    trace = lstm_core.run(make(4, 3), torch.randn(5, 2, 4))
    quantity = trace.quantities[0]
    kept = trace.keep(quantity)
    assert kept.kept == (quantity,)
    assert kept.sizes == trace.sizes
    same(pickle.loads(pickle.dumps(kept)), kept)
    with pytest.raises(LstmCoreError, match=f"a trace with x, got one that keeps {quantity}"):
        _ = kept.x
    with pytest.raises(LstmCoreError, match=r"Expected some of .* to keep"):
        trace.keep("q")
    assert not hasattr(kept, "nothing of the kind")


def test_calls_to_a_name_that_is_nowhere_are_attribute_errors():
    with pytest.raises(AttributeError, match="'Trace' has no attribute 'forget'"):
        _ = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 2, 4)).forget
    with pytest.raises(AttributeError, match=r"'GruTrace' has no attribute 'i'\. It has r, z, n, h\."):
        _ = lstm_core.run(nn.GRU(4, 3), torch.randn(5, 2, 4)).i


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("units", "unit"), ("layers", "layer"), ("step", "time"), ("steps", "time"), ("batches", "batch")],
)
def test_a_dim_by_another_word_is_answered_with_the_right_one(wrong, right):
    trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.zeros(5, 1, 4))
    for method in (trace.sel, trace.to_pandas):
        with pytest.raises(LstmCoreError, match=rf" or unit, got '{wrong}'\. Write {right}=…\.\n"):
            method(**{wrong: 0})
    with pytest.raises(LstmCoreError, match=r"or unit, got 'xyz'\.\n"):
        trace.sel(xyz=0)


@pytest.mark.parametrize(
    ("anew", "said"),
    [
        (range(8), "memory was reset before step 2"),
        (range(6), "memory was reset before step 2, in 6 of 8 sequences"),
        ((0, 2, 3, 5, 7), "memory was reset before step 2, in sequences 0, 2, 3, 5 and 7"),
        ((3, 6), "memory was reset before step 2, in sequences 3 and 6"),
        ((4,), "memory was reset before step 2, in sequence 4"),
    ],
)
def test_a_summary_names_the_sequences_that_started_anew_or_counts_them(anew, said):
    cell, state = nn.LSTMCell(2, 3), None
    with torch.no_grad(), lstm_core.record(cell) as recording:
        for step in range(4):
            if step == 2:
                keep = torch.ones(8, 1)
                keep[list(anew)] = 0.0
                state = tuple(each * keep for each in state)
            state = cell(torch.randn(8, 2), state)
    assert recording.only.summary().splitlines()[-1] == said


def test_a_summary_says_where_all_sequences_started_anew_each_at_another_step():
    cell, state = nn.LSTMCell(2, 3), None
    with torch.no_grad(), lstm_core.record(cell) as recording:
        for step in range(5):
            if step in (1, 3):
                keep = torch.tensor([[float(step == 1)], [float(step == 3)]])
                state = tuple(each * keep for each in state)
            state = cell(torch.randn(2, 2), state)
    last = recording.only.summary().splitlines()[-1]
    assert last == "memory was reset before step 1 and 1 later one, each time in some of the sequences"
