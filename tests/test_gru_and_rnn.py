"""GRUs and plain RNNs: every recorded quantity against PyTorch and an independent float64 loop, and in somebody's
model."""

import hidden_reference
import numpy as np
import pytest
import torch
from hidden_reference import hidden_reference as reference
from hidden_runs import hidden_runs
from hypothesis import given, settings
from reference import float64, weights_of
from test_equations import WITHIN, as_time_batch, assert_same_bits
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from lstm_core import GruTrace, LstmCoreError, RnnTrace

MODULES = {
    "gru": lambda **k: nn.GRU(4, 3, **k),
    "rnn tanh": lambda **k: nn.RNN(4, 3, **k),
    "rnn relu": lambda **k: nn.RNN(4, 3, nonlinearity="relu", **k),
}
CELLS = {
    "gru": lambda **k: nn.GRUCell(4, 3, **k),
    "rnn tanh": lambda **k: nn.RNNCell(4, 3, **k),
    "rnn relu": lambda **k: nn.RNNCell(4, 3, nonlinearity="relu", **k),
}
each_kind = pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)
each_cell = pytest.mark.parametrize("make", CELLS.values(), ids=CELLS)


def step_of(module):
    """The float64 loop's own step."""
    if isinstance(module, nn.GRU | nn.GRUCell):
        return hidden_reference.gru_step
    return getattr(hidden_reference, f"{module.nonlinearity}_step")


@settings(max_examples=300)
@given(hidden_runs())
def test_every_quantity_equals_the_loop_and_the_module(run):
    with torch.no_grad():
        untouched = run.module(run.given, run.state)
        with lstm_core.record(run.module) as recording:
            output, h_n = run.module(run.given, run.state)
    assert_same_bits((output, h_n), untouched)

    trace = recording.only
    layers, both = run.module.num_layers, run.module.bidirectional
    expected = reference(
        step_of(run.module), weights_of(run.module), float64(run.x), float64(run.h0), layers, both, run.lengths
    )
    assert isinstance(trace, GruTrace if isinstance(run.module, nn.GRU) else RnnTrace)
    assert expected.keys() == set(trace.quantities)
    within = WITHIN[run.x.dtype] * max(1, np.nanmax(np.abs(expected["h"])))
    for quantity, values in expected.items():
        ours = getattr(trace, quantity)
        assert ours.dtype == run.x.dtype
        np.testing.assert_allclose(float64(ours), values, rtol=within, atol=within, err_msg=quantity)
    assert trace.max_error <= within

    run.lstm = run.module
    by_direction = torch.cat(list(trace.h[-1]), dim=-1).nan_to_num(0)
    assert torch.equal(by_direction, as_time_batch(output, run)), "h of the last layer is the module's, to the bit"


@settings(max_examples=100)
@given(hidden_runs(dtypes=("float64",)))
def test_the_state_before_each_step_leads_to_the_state_after_it(run):
    trace = lstm_core.run(run.module, run.given, run.state)
    assert torch.equal(trace.before("h")[:, 0, 0], trace.h0[:, 0])
    if isinstance(trace, GruTrace):
        rebuilt = (1 - trace.z) * trace.n + trace.z * trace.before("h")
        np.testing.assert_allclose(float64(rebuilt), float64(trace.h), rtol=1e-12, atol=1e-12)


@settings(max_examples=60)
@given(run=hidden_runs())
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_a_saved_trace_comes_back_bit_for_bit(suffix, run, tmp_path_factory):
    trace = lstm_core.run(run.module, run.given, run.state)
    path = tmp_path_factory.mktemp("trace") / f"trace{suffix}"
    trace.save(path)
    back = lstm_core.load(path)
    assert type(back) is type(trace)
    assert back.tensors().keys() == trace.tensors().keys()
    for name, tensor in trace.tensors().items():
        assert torch.equal(back.tensors()[name].contiguous().view(torch.uint8), tensor.contiguous().view(torch.uint8))
    assert (back.name, back.max_error, dict(back.config)) == (trace.name, trace.max_error, dict(trace.config))


@pytest.mark.parametrize("lengths", [None, [1500, 700, 1]], ids=["dense", "packed"])
@each_kind
def test_long_runs_in_both_directions_equal_the_loop_where_pieces_meet(make, lengths):
    torch.manual_seed(0)
    module = make(num_layers=2, bidirectional=True, dtype=torch.float64)
    x, zeros = torch.randn(1500, 3, 4, dtype=torch.float64), np.zeros((2, 2, 3, 3))
    trace = lstm_core.run(module, x if lengths is None else pack_padded_sequence(x, lengths))
    for quantity, values in reference(step_of(module), weights_of(module), float64(x), zeros, 2, True, lengths).items():
        np.testing.assert_allclose(float64(getattr(trace, quantity)), values, rtol=1e-12, atol=1e-12, err_msg=quantity)
    assert trace.max_error < 1e-12


class Three(nn.Module):
    """One of each, one after the other."""

    def __init__(self):
        super().__init__()
        self.lstm, self.gru, self.rnn = nn.LSTM(4, 4), nn.GRU(4, 4, 2), nn.RNN(4, 4)
        self.cell, self.head = nn.GRUCell(4, 4), nn.Linear(4, 2)

    def forward(self, x):
        for module in (self.lstm, self.gru, self.rnn):
            x, _ = module(x)
        h = None
        for step in x:
            h = self.cell(step, h)
        return self.head(h)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Three()


def hooks_in(model):
    return [m for m in model.modules() if m._forward_hooks or m._forward_pre_hooks]


@pytest.mark.parametrize("exact", [True, False])
def test_a_model_with_one_of_each_is_recorded_and_computes_what_it_always_did(model, exact):
    x = torch.randn(6, 2, 4)
    plain = model(x)
    plain.sum().backward()
    gradients = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    with lstm_core.record(model, exact=exact) as recording:
        recorded = model(x)
        recorded.sum().backward()
    assert torch.equal(plain, recorded)
    assert all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), gradients, strict=True))
    assert recording.names == ["lstm", "gru", "rnn", "cell"]
    assert [type(recording[name]).__name__ for name in recording.names] == ["Trace", "GruTrace", "RnnTrace", "GruTrace"]
    assert recording["cell"].h.shape == (1, 1, 6, 2, 4)
    assert recording["cell"].resets == ()
    assert max(recording[name].max_error for name in recording.names) < 1e-6
    assert not any(tensor.requires_grad for tensor in recording["gru"].tensors().values())


def test_hooks_are_gone_after_the_body_raises(model):
    model.head.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), lstm_core.record(model):
        model(torch.zeros(3, 1, 4))
    model.head._forward_hooks.clear()
    assert not hooks_in(model)


def test_names_narrow_to_a_gru(model):
    with lstm_core.record(model, ["gru"]) as recording:
        model(torch.randn(6, 2, 4))
    assert recording.names == ["gru"]
    assert recording.only.z.shape == (2, 1, 6, 2, 4)


@each_kind
def test_the_config_says_what_the_module_was(make):
    module = make(num_layers=2, bidirectional=True, batch_first=True, bias=False)
    config = dict(lstm_core.run(module, torch.randn(2, 5, 4)).config)
    assert config.pop("nonlinearity", "none") == getattr(module, "nonlinearity", "none")
    assert config == {
        "input_size": 4,
        "hidden_size": 3,
        "num_layers": 2,
        "bidirectional": True,
        "bias": False,
        "batch_first": True,
        "dtype": "float32",
        "device": "cpu",
        "path": "replay",
    }


@each_kind
def test_a_loop_that_carries_its_state_is_one_trace_without_resets(make):
    module, x = make(num_layers=2), torch.randn(5, 2, 4)
    with torch.no_grad(), lstm_core.record(module) as recording:
        state = None
        for step in x:
            _, state = module(step[None], state)
    loop, whole = recording.only, lstm_core.run(module, x)
    assert loop.resets == ()
    for quantity in whole.quantities:
        torch.testing.assert_close(getattr(loop, quantity), getattr(whole, quantity))
    torch.testing.assert_close(loop.before("h"), whole.before("h"))


@each_cell
def test_one_reset_in_a_carried_loop_of_a_cell_is_found_at_its_step(make):
    cell, x = make(), torch.randn(6, 2, 4)
    with torch.no_grad(), lstm_core.record(cell) as recording:
        h = None
        for number, step in enumerate(x):
            h = cell(step, None if number == 4 else h)
    trace = recording.only
    assert trace.resets == (4,)
    assert not trace.before("h")[0, 0, 4].any()
    assert torch.equal(trace.before("h")[0, 0, 3], trace.h[0, 0, 2])
    assert torch.equal(trace.h[0, 0, 5], h)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16], ids=str)
@each_cell
def test_a_cell_batched_or_not_equals_the_loop(make, dtype):
    torch.manual_seed(0)
    cell = make(dtype=dtype)
    weights = {f"{name}_l0": weight for name, weight in weights_of(cell).items()}
    for shape in ((4,), (2, 4)):
        x, h0 = torch.randn(shape).to(dtype), torch.randn((*shape[:-1], 3)).to(dtype)
        trace = lstm_core.run(cell, x, h0)
        by_batch = float64(x).reshape(1, -1, 4), float64(h0).reshape(1, 1, -1, 3)
        for quantity, values in reference(step_of(cell), weights, *by_batch).items():
            np.testing.assert_allclose(
                float64(getattr(trace, quantity)), values, rtol=WITHIN[dtype], atol=WITHIN[dtype], err_msg=quantity
            )


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
@each_kind
def test_any_gradient_mode_gives_a_plain_trace(make, mode):
    module = make(num_layers=2)
    with mode(), lstm_core.record(module) as recording:
        module(torch.randn(5, 2, 4))
    assert not recording.only.h.requires_grad
    assert not recording.only.h.is_inference()


@each_kind
def test_traces_in_the_graph_have_the_gradients_of_finite_differences(make):
    torch.manual_seed(0)
    module, x = make(num_layers=2, bidirectional=True, dtype=torch.float64), torch.randn(4, 2, 4, dtype=torch.float64)
    with lstm_core.record(module, detach=False) as recording:
        output, h_n = module(x)
        loss = output.square().sum() + h_n.sum()
    plain_output, plain_h_n = module(x)
    torch.testing.assert_close(output, plain_output)
    torch.testing.assert_close(h_n, plain_h_n)
    ours = torch.autograd.grad(loss, list(module.parameters()), retain_graph=True)
    plain = torch.autograd.grad(plain_output.square().sum() + plain_h_n.sum(), list(module.parameters()))
    torch.testing.assert_close(ours, plain)
    # The last step of the last layer: h goes nowhere but into output and h_n.
    trace = recording.only
    [by_h] = torch.autograd.grad(loss, trace.h, retain_graph=True)
    torch.testing.assert_close(by_h[1, 0, -1], 2 * trace.h[1, 0, -1] + 1)
    if isinstance(trace, GruTrace):
        by_z, by_n = torch.autograd.grad(loss, (trace.z, trace.n))
        torch.testing.assert_close(by_n, by_h * (1 - trace.z))
        torch.testing.assert_close(by_z, by_h * (trace.before("h") - trace.n))


@each_kind
def test_recorded_in_the_graph_packed_runs_return_what_the_module_does(make):
    module = make(bidirectional=True, dtype=torch.float64)
    packed = pack_padded_sequence(torch.randn(5, 3, 4, dtype=torch.float64), [3, 5, 1], enforce_sorted=False)
    with lstm_core.record(module, detach=False) as recording:
        output, h_n = module(packed)
    plain, plain_h_n = module(packed)
    torch.testing.assert_close(output.data, plain.data)
    torch.testing.assert_close(h_n, plain_h_n)
    assert recording.only.h[0, 0, 3:, 0].isnan().all()


@each_kind
def test_weights_that_are_computed_anew_are_read_at_call_time(make):
    module = make()
    torch.nn.utils.parametrizations.weight_norm(module, "weight_hh_l0")
    with torch.no_grad():
        module.parametrizations.weight_hh_l0.original0.mul_(3.0)
    assert lstm_core.run(module, torch.randn(5, 1, 4)).max_error < 1e-6


@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN")
@pytest.mark.parametrize("kinds", [MODULES, CELLS], ids=["modules", "cells"])
@pytest.mark.parametrize("kind", MODULES)
def test_autocast_is_recorded_in_the_dtype_that_ran(kinds, kind):
    module, x = kinds[kind](), torch.randn(5, 1, 4) if kinds is MODULES else torch.randn(5, 4)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        plain = module(x)
        with lstm_core.record(module) as recording:
            again = module(x)
    assert_same_bits(*((t,) if isinstance(t, torch.Tensor) else t for t in (plain, again)))
    trace = recording.only
    assert trace.h.dtype == (again if isinstance(again, torch.Tensor) else again[0]).dtype
    assert trace.max_error < 3e-2


@each_kind
def test_a_subclass_that_computes_something_else_is_an_error(make):
    torch.manual_seed(0)
    module = make()

    class Doubled(type(module)):
        def forward(self, input, hx=None):
            output, state = super().forward(input, hx)
            return output * 2, state

    module.__class__ = Doubled
    with pytest.raises(LstmCoreError, match=r"something other than PyTorch's (GRU|RNN): record the nn\.(GRU|RNN)"):
        lstm_core.run(module, torch.ones(5, 1, 4))


@each_kind
def test_nan_input_is_recorded_with_a_warning(make):
    x = torch.zeros(5, 1, 4)
    x[2] = torch.nan
    with pytest.warns(UserWarning, match="holds NaN"):
        trace = lstm_core.run(make(), x)
    assert trace.h[0, 0, :2].isfinite().all()
    assert trace.h[0, 0, 2:].isnan().all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_scripted_and_quantised_ones_are_refused():
    with pytest.raises(LstmCoreError, match="It is scripted"), lstm_core.record(torch.jit.script(nn.GRU(4, 3))):
        pass
    quantised = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.GRU(4, 3)), {nn.GRU})
    with pytest.raises(LstmCoreError, match="quantised"), lstm_core.record(quantised):
        pass


@each_kind
def test_an_lstms_gates_are_held_in_lstms_alone(make):
    model = nn.ModuleDict({"other": make()})
    with (
        pytest.raises(LstmCoreError, match=r"Expected a gate of (r, z, n, )?h, got 'f'"),
        lstm_core.intervene(model, "other", units=[0]),
    ):
        pass
    assert not hooks_in(model)


@each_kind
def test_rows_hold_every_number_at_its_place(make):
    words = ["Giraffes", "in", "a", "field"]
    trace = lstm_core.run(make(num_layers=2), torch.randn(4, 1, 4), tokens=words)
    rows = trace.to_pandas()
    assert list(rows.columns) == ["batch", "time", "token", "layer", "direction", "unit", *trace.quantities]
    assert len(rows) == 4 * 2 * 3
    for row in rows.itertuples():
        assert row.token == words[row.time]
        for quantity in trace.quantities:
            at = trace.tensors()[quantity][row.layer, row.direction, row.time, row.batch, row.unit]
            assert getattr(row, quantity) == at.item()


@each_kind
def test_csv_and_xarray_hold_the_same(make, tmp_path):
    import pandas as pd

    trace = lstm_core.run(make(num_layers=2), torch.randn(5, 1, 4))
    trace.to_csv(tmp_path / "t.csv")
    assert (pd.read_csv(tmp_path / "t.csv")["h"].astype("float32") == trace.to_pandas()["h"]).all()
    dataset = trace.to_xarray()
    assert set(dataset.data_vars) == {*trace.quantities, "x", "h0"}
    assert dataset["h"].sel(layer=1, time=2, unit=0).item() == trace.h[1, 0, 2, 0, 0].item()


def test_the_summary_says_the_dims_the_proof_and_a_line_a_quantity():
    torch.manual_seed(0)
    gru, rnn = (lstm_core.run(MODULES[kind](), torch.randn(5, 2, 4)) for kind in ("gru", "rnn tanh"))
    lines = repr(gru).split("\n")
    assert lines[0] == "GruTrace of a GRU: layer 1, direction 1, time 5, batch 2, unit 3"
    assert lines[1] == f"the gates rebuild PyTorch's own output to {gru.max_error:.0e}"
    assert [line[0] for line in lines[3:]] == list("rznh")
    for line in lines[3:]:
        values = getattr(gru, line[0]).double()
        assert line.split()[-3:] == [f"{n:.3f}" for n in (values.mean(), values.min(), values.max())]
    assert repr(rnn).split("\n")[0].startswith("RnnTrace of an RNN: layer 1")
    assert "update gate" in gru._repr_html_()
