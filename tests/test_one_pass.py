"""The kernel in the module's place: its numbers, its judge, and every call that it leaves to the module."""

import importlib
import re
import sys
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from reference import float64, reference, weights_of
from runs import runs
from test_equations import as_time_batch
from torch import nn
from torch.autograd import forward_ad
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from lstm_core.recording import kernel
from lstm_core.recording.allocate import empty
from lstm_core.recording.call import weights_of as weights_by_layer
from lstm_core.recording.kernel import jobs, layer, loops, product
from lstm_core.recording.kernel.spot_check import some_rows
from lstm_core.recording.kernel.threads import side_by_side
from lstm_core.traces import QUANTITIES

ROOT = Path(__file__).parents[1]


def shared_among(monkeypatch, count):
    """Have so many threads share small layers too."""
    monkeypatch.setattr(jobs, "MANY_PRODUCTS", 0)
    monkeypatch.setattr(jobs, "UNITS_A_THREAD", 4)
    monkeypatch.setattr(torch, "get_num_threads", lambda: count)


@pytest.fixture(params=["one thread", "several threads"])
def way(request, monkeypatch):
    """With and without threads that share a layer, on sizes that are quick to run, and in several pieces."""
    monkeypatch.setattr(layer, "AT_ONCE", 1 << 13)
    monkeypatch.setattr(layer, "AT_ONCE_OF_MANY", 1 << 13)
    if request.param != "one thread":
        shared_among(monkeypatch, 4)


def path(lstm, *args, **kwargs):
    with lstm_core.record(lstm, exact=False) as recording:
        lstm(*args, **kwargs)
    return recording.only.config["path"]


@settings(max_examples=150)
@given(runs())
def test_every_quantity_equals_the_loop_and_the_module(run):
    with torch.no_grad():
        expected_output, (expected_h, expected_c) = run.module(run.given, run.state)
        with lstm_core.record(run.module, exact=False) as recording:
            output, (h_n, c_n) = run.module(run.given, run.state)
    trace = recording.only
    fits = run.x.dtype == torch.float32 and not run.module.proj_size and run.lengths is None
    assert trace.config["path"] == ("kernel" if fits else "replay")
    close = {"rtol": 1e-5, "atol": 1e-5} if fits else {"rtol": 0, "atol": 0}
    if run.lengths is None:
        torch.testing.assert_close(output, expected_output, **close)
    torch.testing.assert_close(h_n, expected_h, **close)
    torch.testing.assert_close(c_n, expected_c, **close)
    if not fits:
        return
    layers, both = run.module.num_layers, run.module.bidirectional
    expected = reference(weights_of(run.module), float64(run.x), float64(run.h0), float64(run.c0), layers, both)
    for quantity in QUANTITIES:
        ours = float64(getattr(trace, quantity))
        np.testing.assert_allclose(ours, expected[quantity], rtol=1e-5, atol=1e-5, err_msg=quantity)
    assert trace.max_error <= kernel.BOUND * max(1, trace.c.abs().max().item())
    assert torch.equal(torch.cat(list(trace.h[-1]), dim=-1), as_time_batch(output, run))
    assert torch.equal(trace.h0, run.h0)
    assert torch.equal(trace.c0, run.c0)


@pytest.mark.slow
@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("sizes", [(1, False), (3, False), (3, True)], ids=["one layer", "three", "three, both ways"])
@pytest.mark.parametrize("batch", [1, 5, 9])
def test_long_runs_equal_the_loop_where_pieces_meet(sizes, batch):
    layers, both = sizes
    lstm, x = nn.LSTM(3, 40, layers, bidirectional=both), torch.randn(600, batch, 3)
    trace = lstm_core.run(lstm, x, exact=False)
    assert trace.config["path"] == "kernel"
    zeros = np.zeros((layers, 1 + both, batch, 40))
    expected = reference(weights_of(lstm), float64(x), zeros, zeros, layers, both)
    for quantity in QUANTITIES:
        ours = float64(getattr(trace, quantity))
        np.testing.assert_allclose(ours, expected[quantity], rtol=1e-5, atol=2e-6, err_msg=quantity)
    assert 0 < trace.max_error < 1e-6


@pytest.mark.parametrize("direction", [0, 1])
def test_a_direction_is_filled_in_its_own_place_and_no_other(direction):
    lstm, x = nn.LSTM(4, 3, bidirectional=True).requires_grad_(False), torch.randn(10, 7, 4)
    gates = tuple(np.full((2, 10, 7, 3), np.nan, np.float32) for _ in "ifgo")
    h, c = (layer.states_from(np.zeros((1, 2, 7, 3), "f"), 10)[0] for _ in "hc")
    one = layer.Layer(loops, weights_by_layer(lstm)[0], gates, h, c)
    one.fill(x, jobs.Jobs(False, [direction], np.array([[0, 1]]), np.array([[0, 3]])))
    np.testing.assert_allclose(h[direction, 1:-1], lstm_core.run(lstm, x).h[0, direction], rtol=1e-5, atol=1e-6)
    for gate, letter in zip(gates, "ifgo", strict=True):
        wanted = getattr(lstm_core.run(lstm, x), letter)[0, direction]
        np.testing.assert_allclose(gate[direction], wanted, rtol=1e-5, atol=1e-6)
        assert np.isnan(gate[1 - direction]).all()


def test_the_kernels_functions_are_right_to_rounding_and_keep_nan():
    x = np.linspace(-30, 30, 100_001, dtype=np.float32)
    for ours, theirs in ((loops.sigmoid, lambda x: 1 / (1 + np.exp(-x))), (loops.tanh, np.tanh)):
        found = np.array([ours(value) for value in x])
        np.testing.assert_allclose(found, theirs(x.astype(np.float64)), rtol=3e-7, atol=0)
        assert ours(np.float32(np.inf)) == 1
        far = [ours(np.float32(value)) for value in (-50, -100, -1e9, -np.inf, 50, 100, 1e9)]
        np.testing.assert_allclose(far, theirs(np.array([-50, -100, -500, -500, 50, 100, 500])), rtol=3e-7, atol=2e-38)
        assert np.isnan(ours(np.float32(np.nan)))


def weight_normed():
    return torch.nn.utils.parametrizations.weight_norm(nn.LSTM(4, 3), "weight_hh_l0")


X = torch.randn(5, 2, 4)


@pytest.mark.parametrize(
    ("lstm", "x"),
    [
        (nn.LSTM(4, 3, dtype=torch.float64), X.double()),
        (nn.LSTM(4, 3, dtype=torch.bfloat16), X.bfloat16()),
        (nn.LSTM(4, 3, dtype=torch.float16), X.half()),
        (nn.LSTM(4, 3, proj_size=2), X),
        (nn.LSTM(4, 3), pack_padded_sequence(X, [5, 2])),
        (nn.LSTMCell(4, 3), X[0]),
        (weight_normed(), X),
        (type("Mine", (nn.LSTM,), {"forward": lambda self, x: nn.LSTM.forward(self, x)})(4, 3), X),
        (nn.LSTM(4, 3), X.as_subclass(type("MyTensor", (torch.Tensor,), {}))),
    ],
    ids=["float64", "bfloat16", "float16", "projection", "packed", "cell", "weight-norm", "own-forward", "own-tensor"],
)
def test_what_does_not_fit_runs_as_ever(lstm, x):
    with torch.no_grad():
        assert path(lstm, x) == "replay"


def test_a_call_that_needs_gradients_gets_them_from_the_module():
    lstm = nn.LSTM(4, 3, 2)
    assert path(lstm, X) == "replay"
    with torch.no_grad():
        assert path(lstm, X) == "kernel"
    assert path(lstm.requires_grad_(False), X) == "kernel"
    assert path(lstm, X.clone().requires_grad_()) == "replay"


@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN", "ignore::DeprecationWarning")
def test_a_forward_derivative_comes_from_the_module():
    lstm = nn.LSTM(4, 3).requires_grad_(False)
    with torch.backends.mkldnn.flags(enabled=False), forward_ad.dual_level():
        x = forward_ad.make_dual(X, torch.ones_like(X))
        expected, _ = lstm(x)
        with lstm_core.record(lstm, exact=False):
            output, _ = lstm(x)
        assert torch.equal(*(forward_ad.unpack_dual(values).tangent for values in (output, expected)))


def test_weights_that_are_put_in_for_one_call_are_those_that_run():
    lstm, others = nn.LSTM(4, 3), nn.LSTM(4, 3)
    with torch.no_grad(), lstm_core.record(lstm, exact=False) as recording:
        output, _ = torch.func.functional_call(lstm, dict(others.named_parameters()), (X,))
    assert recording.only.config["path"] == "kernel"
    torch.testing.assert_close(output, others(X)[0].detach())


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore::DeprecationWarning")
def test_what_is_traced_by_torch_is_the_module():
    lstm = nn.LSTM(4, 3)
    with torch.no_grad():
        with lstm_core.record(lstm, exact=False):
            traced = torch.jit.trace(lstm, (X,), check_trace=False)
        assert torch.equal(traced(X + 1)[0], lstm(X + 1)[0])


@pytest.mark.parametrize("negative", ["state", "weight"])
def test_a_negative_view_runs_as_ever(negative):
    # The imaginary part of a conjugate is a view, with a bit that says "times -1".
    lstm, state = nn.LSTM(4, 3), (torch.ones(1, 2, 3), torch.ones(1, 2, 3))
    if negative == "state":
        state = tuple(torch.complex(values, values).conj().imag for values in state)
    else:
        lstm.bias_hh_l0.data = torch.complex(torch.ones(12), torch.ones(12)).conj().imag
    with torch.no_grad():
        assert path(lstm, X, state) == "replay"


@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN")
def test_autocast_runs_as_ever():
    with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False), torch.autocast("cpu", torch.bfloat16):
        assert path(nn.LSTM(4, 3), X) == "replay"


def without_loops(monkeypatch, instead):
    """As on a machine where the compiled loops can't be imported; `instead` stands in their place."""
    monkeypatch.setitem(sys.modules, "lstm_core.recording.kernel.loops", instead)
    monkeypatch.delattr(kernel, "loops")
    monkeypatch.setattr(kernel, "_loops", kernel._loops.__wrapped__)


def test_without_numba_it_runs_as_ever(monkeypatch):
    without_loops(monkeypatch, None)
    assert lstm_core.run(nn.LSTM(4, 3), X, exact=False).config["path"] == "replay"


@pytest.mark.parametrize("batch", [8, 64])
def test_where_pytorch_has_no_onednn_the_products_are_those_of_its_other_library(monkeypatch, batch):
    lstm, x = nn.LSTM(5, 12, 2, bidirectional=True), torch.randn(7, batch, 5)
    expected = lstm_core.run(lstm, x)
    calls = []
    for has in (True, False):
        monkeypatch.setattr(product, "_has_onednn", lambda has=has: calls.append(has) or has)
        found = lstm_core.run(lstm, x, exact=False)
        assert found.config["path"] == "kernel"
        for quantity in QUANTITIES:
            torch.testing.assert_close(getattr(found, quantity), getattr(expected, quantity), rtol=1e-5, atol=1e-5)
    assert set(calls) == {True, False}


def test_where_numba_may_not_compile_there_is_no_kernel(monkeypatch):
    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
    with pytest.raises(ImportError, match="told to compile nothing"):
        importlib.reload(loops)


def fails_at_import(monkeypatch):
    def breaks():
        raise TypeError("this version of llvmlite has another signature")

    monkeypatch.setattr(kernel, "_loops", breaks)


def fails_to_compile(monkeypatch):
    def untypable(*args):
        return args[0].no_such_attribute

    for name in ("run", "step"):
        monkeypatch.setattr(loops, name, numba.njit(untypable))


def has_another_signature(monkeypatch):
    for name in ("run", "step"):
        monkeypatch.setattr(loops, name, lambda: None)


def disagrees(monkeypatch):
    for name in ("run", "step"):
        monkeypatch.setattr(loops, name, lambda *_args: None)


@pytest.mark.parametrize("batch", [2, 9])
@pytest.mark.parametrize("breaks", [fails_at_import, fails_to_compile, has_another_signature, disagrees])
def test_a_kernel_that_fails_is_no_concern_of_the_model_that_runs(monkeypatch, breaks, batch, caplog):
    lstm, x = nn.LSTM(4, 3, 2), torch.randn(5, batch, 4)
    with torch.no_grad():
        plain, exact = lstm(x), lstm_core.run(lstm, x)
    breaks(monkeypatch)
    with torch.no_grad(), lstm_core.record(lstm, exact=False) as recording:
        output, state = lstm(x)
    trace = recording.only
    assert trace.config["path"] == "replay"
    assert all(map(torch.equal, (output, *state), (plain[0], *plain[1])))
    assert torch.equal(trace.h, exact.h)
    torch.testing.assert_close(trace.tensors(), exact.tensors())
    said = [record.message for record in caplog.records]
    assert said == (
        [] if breaks is disagrees else ["The kernel of record(exact=False) has failed; the module runs as ever."]
    )


def test_numba_is_one_of_the_versions_that_the_loops_are_tested_with():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    [wanted] = [requirement for requirement in extras["fast"] if requirement.startswith("numba")]
    least, below = re.fullmatch(r"numba>=([\d.]+),<([\d.]+)", wanted).groups()
    assert version_of(least) <= version_of(numba.__version__) < version_of(below)


def version_of(text):
    return [int(part) for part in text.split(".")[:2]]


def test_a_recording_for_gradients_through_the_gates_runs_step_by_step():
    lstm = nn.LSTM(4, 3)
    with lstm_core.record(lstm, detach=False, exact=False) as recording:
        lstm(X)
    assert recording.only.config["path"] == "unroll"


@pytest.mark.parametrize("hold_outside", [True, False])
def test_an_intervention_is_computed_and_recorded(hold_outside):
    lstm = nn.LSTM(4, 3, 2)
    hold = lstm_core.intervene(lstm, "", layer=1, units=[0], gate="c", value=0.5)
    record = lstm_core.record(lstm, exact=False)
    first, second = (hold, record) if hold_outside else (record, hold)
    with torch.no_grad(), first as one, second as other:
        output, _ = lstm(X)
    trace = (other if hold_outside else one).only
    assert trace.config["path"] == "replay"
    assert (trace.c[1, 0, :, :, 0] == 0.5).all()
    assert torch.equal(trace.h[1, 0], output)


@pytest.mark.parametrize(
    "call",
    [
        lambda lstm: lstm(torch.zeros(3, 1, 7)),
        lambda lstm: lstm(torch.zeros(3, 1, 4), (torch.zeros(1, 2, 3), torch.zeros(1, 2, 3))),
        lambda lstm: lstm(torch.zeros(3, 1, 4), input=torch.zeros(3, 1, 4)),
        lambda lstm: lstm(),
        lambda lstm: lstm(torch.zeros(0, 1, 4)),
        lambda lstm: lstm(torch.zeros(3, 1, 4), ()),
        lambda lstm: lstm(torch.zeros(3, 1, 4), torch.zeros(2, 1, 1, 3)),
        lambda lstm: lstm(torch.zeros(3, 1, 4), None, None),
        lambda lstm: lstm(torch.zeros(3, 1, 4).to_sparse()),
        lambda lstm: lstm(torch.zeros(3, 1, 4)),
    ],
    ids=["features", "state", "twice", "nothing", "no steps", "no states", "one tensor", "three", "sparse", "weights"],
)
def test_torchs_own_error_passes_through_and_nothing_stays(call, request, monkeypatch):
    # The kernel would read past the end of what has another shape, so it must not even try.
    tried = []
    monkeypatch.setattr(kernel, "run_in_one_pass", lambda *args: tried.append(args))
    lstm = nn.LSTM(4, 3)
    if request.node.callspec.id == "weights":
        lstm.bias_hh_l0 = nn.Parameter(torch.zeros(1000))
    before = set(vars(lstm))
    with pytest.raises((RuntimeError, TypeError, IndexError)) as plain:
        call(lstm)
    message = re.escape(str(plain.value))
    with pytest.raises(plain.type, match=message), torch.no_grad(), lstm_core.record(lstm, exact=False):
        call(lstm)
    assert not tried
    assert set(vars(lstm)) == before
    assert not lstm._forward_hooks
    assert not lstm._forward_pre_hooks


def wrong_product(part):
    part.u = 1.01 * part.u


def forgets_the_bias(part):
    part.bias = 0 * part.bias


# Of a few sequences U h is a loop of ours, of many a function of BLAS.
FEW, MANY = 1, 9


@pytest.mark.parametrize("batch", [FEW, MANY])
@pytest.mark.parametrize("breaks", [wrong_product, forgets_the_bias], ids=["U", "bias"])
def test_a_kernel_that_computes_something_else_is_found_out_and_the_module_runs(monkeypatch, breaks, batch):
    make = layer._Part.__init__

    def broken(part, *args):
        make(part, *args)
        breaks(part)

    monkeypatch.setattr(layer._Part, "__init__", broken)
    assert_the_module_runs(batch)


@pytest.mark.parametrize("step", [0, 300, 511])
@pytest.mark.parametrize("number", range(4), ids="ifgo")
@pytest.mark.parametrize("batch", [FEW, MANY])
def test_a_gate_that_is_not_the_one_that_made_h_is_found_out_and_the_module_runs(monkeypatch, batch, number, step):
    assert 300 * batch not in some_rows(512, batch), "a step that the judge does not see"
    spoil_a_gate(monkeypatch, number, step)
    assert_the_module_runs(batch)


@pytest.mark.parametrize("sequence", [0, 6])
@pytest.mark.parametrize("unit", [0, 20, 47])
@pytest.mark.parametrize("batch", [7, 9], ids=["few sequences", "many"])
def test_such_a_gate_is_found_out_in_each_ones_share_of_the_work(monkeypatch, batch, unit, sequence):
    shared_among(monkeypatch, 3)
    spoil_a_gate(monkeypatch, 3, 40, sequence, unit)
    assert 40 * batch + sequence not in some_rows(60, batch)
    # With a c near 0 the gate would not show in h.
    lstm, x = nn.LSTM(4, 48).requires_grad_(False), torch.randn(60, batch, 4)
    assert path(lstm, x) == "replay"
    monkeypatch.undo()
    assert path(lstm, x) == "kernel"


def spoil_a_gate(monkeypatch, number, step, sequence=0, unit=slice(None)):
    """When h has been made of it, and before it is checked: the kernel runs in Python, where that can be done."""
    rebuild, of_unit = loops._rebuild, 0 if isinstance(unit, slice) else unit

    def spoilt(direction, steps, own, *rest):
        if direction == 0 and steps[0] <= step < steps[1] and own.start <= of_unit < own.stop:
            rest[number][step, sequence, unit] = 0.123
        rebuild(direction, steps, own, *rest)

    monkeypatch.setattr(loops, "_rebuild", spoilt)
    for name in ("run", "step"):
        monkeypatch.setattr(loops, name, getattr(loops, name).py_func)


def assert_the_module_runs(batch=1):
    torch.manual_seed(0)
    lstm, x = nn.LSTM(4, 8), torch.randn(512, batch, 4)
    state = torch.randn(1, batch, 8), torch.randn(1, batch, 8)
    expected = lstm_core.run(lstm, x, state)
    found = lstm_core.run(lstm, x, state, exact=False)
    assert found.config["path"] == "replay"
    assert torch.equal(found.h, expected.h)


def test_a_nan_in_the_middle_is_recorded_by_the_module_with_a_warning():
    x = torch.zeros(1000, 1, 4)
    x[500, 0, 0] = torch.nan
    with pytest.warns(UserWarning, match="holds NaN"):
        trace = lstm_core.run(nn.LSTM(4, 3), x, exact=False)
    assert trace.config["path"] == "replay"
    assert trace.f[0, 0, :500].isfinite().all()
    assert trace.f[0, 0, 500:].isnan().all()


def test_a_memory_that_grows_large_is_judged_by_its_size():
    lstm = nn.LSTM(4, 3)
    # f near 1 and g always positive: the memory adds up.
    lstm.bias_ih_l0.data[3:9] = torch.tensor([8.0] * 3 + [2.0] * 3)
    trace = lstm_core.run(lstm, torch.randn(1000, 2, 4), exact=False)
    assert trace.config["path"] == "kernel"
    assert kernel.BOUND < trace.max_error < kernel.BOUND * trace.c.max()


def test_h_is_judged_by_its_own_size_beside_a_memory_that_grows(monkeypatch):
    spoil_a_gate(monkeypatch, 3, 300)
    lstm = nn.LSTM(4, 3)
    lstm.bias_ih_l0.data[3], lstm.bias_ih_l0.data[6] = 8.0, 2.0
    assert lstm_core.run(lstm, torch.randn(2000, 1, 4), exact=False).config["path"] == "replay"


def test_an_infinite_memory_proves_nothing():
    state = torch.zeros(1, 3, 5), torch.tensor([torch.inf, *[0.0] * 14]).view(1, 3, 5)
    with pytest.warns(UserWarning, match="holds NaN"):
        trace = lstm_core.run(nn.LSTM(3, 5), torch.randn(20, 3, 3), state, exact=False)
    assert trace.config["path"] == "replay"


def puts_another(_lstm, _args, result):
    return result[0] * 2, result[1]


def overwrites_the_output(_lstm, _args, result):
    result[0].zero_()


def overwrites_c_n(_lstm, _args, result):
    result[1][1].zero_()


@pytest.mark.parametrize("hook", [puts_another, overwrites_the_output, overwrites_c_n])
@pytest.mark.parametrize("inference", [False, True])
def test_what_another_hook_puts_in_the_outputs_place_is_found_out(hook, inference):
    lstm = nn.LSTM(4, 3, batch_first=True)
    lstm.register_forward_hook(hook)
    with torch.inference_mode(inference), torch.no_grad(), pytest.raises(lstm_core.LstmCoreError, match="rebuild"):
        lstm_core.run(lstm, X, exact=False)


@pytest.mark.parametrize("both", [False, True], ids=["one way", "both ways"])
def test_memory_that_lies_otherwise_is_read_as_it_is_meant(both):
    lstm, x = nn.LSTM(4, 3, 2, batch_first=True, bidirectional=both), torch.randn(5, 7, 4)
    state = tuple(torch.randn(3, 5, 2 * (1 + both)).transpose(0, 2) for _ in "hc")
    expected = lstm_core.run(lstm, x, state)
    for weight in (lstm.weight_ih_l0, lstm.weight_hh_l1):
        weight.data = weight.data.T.contiguous().T
    found = lstm_core.run(lstm, x, state, exact=False)
    assert found.config["path"] == "kernel"
    for quantity in QUANTITIES:
        torch.testing.assert_close(getattr(found, quantity), getattr(expected, quantity))


@pytest.mark.filterwarnings("ignore:The run of")
def test_a_nan_above_a_layer_without_any_is_found():
    lstm = nn.LSTM(4, 3, 2)
    lstm.bias_hh_l1.data[0] = torch.nan
    assert lstm_core.run(lstm, X, exact=False).config["path"] == "replay"


def wrong_h(_o, h, _c):
    h[1] *= np.float32(1.001)


def wrong_o_and_h(o, h, _c):
    o[0] *= np.float32(0.999)
    h[1] *= np.float32(0.999)


def wrong_c(_o, _h, c):
    c[1] *= np.float32(1.001)


@pytest.mark.parametrize("breaks", [wrong_h, wrong_o_and_h, wrong_c])
@pytest.mark.parametrize("direction", [0, 1])
@pytest.mark.parametrize("layer_number", [0, 1])
def test_a_step_that_is_a_little_wrong_in_one_layer_and_direction_is_found_out(
    monkeypatch, breaks, layer_number, direction
):
    run, layers = loops.run, {0: iter(range(2)), 1: iter(range(2))}

    def wrong(*args):
        run(*args)
        at, filled = args[3][0], args[7]
        if next(layers[at]) == layer_number and at == direction:
            breaks(*filled[3:])

    monkeypatch.setattr(loops, "run", wrong)
    lstm = nn.LSTM(4, 8, 2, bidirectional=True)
    assert lstm_core.run(lstm, torch.randn(1, 2, 4), exact=False).config["path"] == "replay"


@pytest.mark.parametrize("off", [0.1, -0.1, np.nan])
def test_the_proof_sees_every_number_that_is_off(off):
    rng, (time, batch, units) = np.random.default_rng(0), (4, 3, 5)
    gates, c = tuple(rng.random((4, 2, time, batch, units), "f")), rng.random((2, time + 2, batch, units), "f")
    i, f, g, o = gates
    h = np.zeros_like(c)
    h[:, 1:-1] = o * np.tanh(f * np.stack([c[0, :-2], c[1, 2:]]) + i * g)
    rows = np.arange(time * batch)

    def rebuilt(h):
        apart, of_all = np.zeros(units, np.float32), slice(0, units)
        for direction in (0, 1):
            its_own = (*(gate[direction] for gate in gates), h[direction], c[direction])
            loops._rebuild(direction, (0, time), of_all, *its_own, apart)
        return apart.max()

    assert rebuilt(h) < 1e-6
    for direction in (0, 1):
        theirs = h[direction, 1:-1].reshape(-1, units).copy()
        assert loops.apart(rows, h[direction], theirs) == 0
        for step, sequence, unit in np.ndindex(time, batch, units):
            wrong = h.copy()
            wrong[direction, step + 1, sequence, unit] += np.float32(off)
            is_h = loops.apart(rows, wrong[direction], theirs)
            np.testing.assert_allclose([rebuilt(wrong), is_h], [abs(off)] * 2, atol=1e-6)


@pytest.mark.parametrize(
    ("time", "batch"), [(1, 1), (33, 1), (5, 6), (1, 64), (1000, 1), (64, 64), (200, 32), (20_000, 3)]
)
def test_the_judge_sees_ends_of_sequences_and_enough_between(time, batch):
    rows = set(some_rows(time, batch).tolist())
    assert rows <= set(range(time * batch))
    assert {0, (time - 1) * batch} <= rows
    assert len(rows & set(range(batch))) >= min(batch, 8)
    assert len(rows) == min(max(32, time * batch // 32), time * batch)
    assert {row % batch for row in rows} == set(range(batch)) or len(rows) < 2 * batch
    if time * batch > 2000:
        steps = np.unique([row // batch for row in rows])
        assert np.diff(steps).max() <= max(3, 100 // batch), "no long stretch is left out"


def test_nested_blocks_record_the_same_run_in_either_order():
    lstm, x = nn.LSTM(4, 3, 2), torch.randn(40, 2, 4)
    for outer, inner in ((True, False), (False, True), (False, False)):
        with torch.no_grad(), lstm_core.record(lstm, exact=outer) as one, lstm_core.record(lstm, exact=inner) as two:
            output, _ = lstm(x)
        assert {one.only.config["path"], two.only.config["path"]} == {"kernel"}
        for quantity in QUANTITIES:
            assert torch.equal(getattr(one.only, quantity), getattr(two.only, quantity))
        assert torch.equal(one.only.h[1, 0], output)
    assert "forward" not in vars(lstm)


def test_a_loop_is_joined_and_its_resets_are_found():
    lstm, x = nn.LSTM(4, 3, 2), torch.randn(6, 2, 4)
    with torch.no_grad(), lstm_core.record(lstm, exact=False) as recording:
        state = None
        for number, step in enumerate(x):
            _, state = lstm(step[None], None if number == 4 else state)
    trace = recording.only
    assert trace.resets == (4,)
    assert trace.config["path"] == "kernel"
    torch.testing.assert_close(trace.before("c")[:, :, 1:4], trace.c[:, :, :3])
    assert not trace.before("h")[:, :, 4].any()


@pytest.mark.parametrize("both", [False, True], ids=["one way", "both ways"])
def test_a_trace_stays_when_the_output_is_overwritten_and_comes_back_from_a_file(tmp_path, both):
    lstm, x = nn.LSTM(4, 3, bidirectional=both), torch.randn(40, 2, 4)
    with torch.inference_mode(), lstm_core.record(lstm, exact=False) as recording:
        output, state = lstm(x)
    trace = recording.only
    kept = [value.clone() for value in trace.tensors().values()]
    for tensor in (output, *state, x):
        tensor.zero_()
    trace.save(tmp_path / "trace.npz")
    for values in (trace.tensors(), lstm_core.load(tmp_path / "trace.npz").tensors()):
        assert all(map(torch.equal, kept, values.values()))
    assert not trace.c.is_inference()
    assert "PyTorch's own steps, taken by samples, agree with the gates to" in trace.summary()


def test_the_package_runs_where_no_compiled_loop_can_be_kept(monkeypatch):
    def nowhere(*_args, **options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available for file")
        return lambda function: function

    monkeypatch.setattr(loops, "njit", nowhere)
    assert loops._compiled(empty) is empty


def test_where_threads_can_not_wait_for_each_other_a_layer_has_one_thread(monkeypatch):
    shared_among(monkeypatch, 3)
    weights = weights_by_layer(nn.LSTM(4, 48))
    assert len(jobs.jobs_of(weights, 50, 1).spans) == 3
    monkeypatch.setattr(jobs, "can_wait", lambda: False)
    alone = jobs.jobs_of(weights, 50, 1)
    assert not alone.at_once
    assert alone.spans.tolist() == [[0, 48]]


def test_threads_that_wait_for_one_that_never_begins_are_let_go(monkeypatch):
    shared_among(monkeypatch, 3)
    submit, submitted, before = ThreadPoolExecutor.submit, [], threading.active_count()

    def submit_one(pool, *job):
        submitted.append(job)
        if len(submitted) == 2:
            raise RuntimeError("can't start new thread")
        return submit(pool, *job)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", submit_one)
    assert path(nn.LSTM(4, 48).requires_grad_(False), torch.randn(50, 1, 4)) == "replay"
    assert len(submitted) == 2
    assert threading.active_count() == before


def test_an_interrupt_when_the_last_thread_was_started_leaves_none_waiting(monkeypatch):
    shared_among(monkeypatch, 3)
    submit, submitted, before = ThreadPoolExecutor.submit, [], threading.active_count()

    def interrupted(pool, *job):
        submitted.append(submit(pool, *job))
        if len(submitted) == 2:
            raise KeyboardInterrupt
        return submitted[-1]

    monkeypatch.setattr(ThreadPoolExecutor, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lstm_core.run(nn.LSTM(4, 48), torch.randn(50, 1, 4), exact=False)
    assert threading.active_count() == before


@pytest.mark.parametrize("number", range(3))
def test_a_job_that_fails_holds_up_no_other_and_the_module_runs(monkeypatch, number):
    shared_among(monkeypatch, 3)
    run, before = loops.run, threading.active_count()

    def fails_in_one(job, *args):
        if job == number:
            raise MemoryError("no room for it")
        run(job, *args)

    monkeypatch.setattr(loops, "run", fails_in_one)
    lstm, x = nn.LSTM(4, 48).requires_grad_(False), torch.randn(50, 1, 4)
    assert path(lstm, x) == "replay"
    assert threading.active_count() == before
    monkeypatch.undo()
    assert path(lstm, x) == "kernel"


def test_jobs_run_at_once_and_the_first_in_the_callers_thread():
    here, barrier, ran = threading.get_ident(), threading.Barrier(3, timeout=60), {}

    def work(job):
        barrier.wait()
        ran[job] = threading.get_ident()

    side_by_side(work, 3)
    assert ran[0] == here
    assert len(set(ran.values())) == 3


def test_a_job_that_waits_lets_the_others_have_the_core(monkeypatch):
    """More jobs than cores, in the middle of a busy machine, come to an end."""
    shared_among(monkeypatch, 12)
    lstm, x = nn.LSTM(4, 192).requires_grad_(False), torch.randn(20, 1, 4)
    assert len(jobs.jobs_of(weights_by_layer(lstm), 20, 1).spans) == 12
    assert path(lstm, x) == "kernel"
