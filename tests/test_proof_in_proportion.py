"""The proof is said against the size of what was compared: never better than it is, and a fault is called one."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import lstm_core
from gatescope.wording.sentences import proof, proof_of_all
from lstm_core import LstmCoreError
from lstm_core.traces.summary import nearness


def counted(n=400):
    """A memory of about 100, and back to about 0."""
    model = lstm_core.load_model("counter")
    tokens = model.tokens("a" * n + "b" * n)
    return model, lstm_core.run(model.lstm, model.vectors(tokens).detach(), tokens=tokens)


class Off(nn.LSTM):
    """An LSTM that returns another last c than it computed, in some units."""

    by: torch.Tensor

    def forward(self, x, hx=None):
        output, (h, c) = super().forward(x, hx)
        return output, (h, c + self.by)


def off(*by):
    """Unit 0 keeps a memory of about 100, unit 1 one of about 0.1; what is returned of each is off by so much."""
    lstm = Off(1, 2)
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.zero_()
        lstm.bias_ih_l0[2] = 5.0
    lstm.by = torch.tensor(by)
    return lstm_core.run(lstm, torch.zeros(5, 1, 1), (torch.zeros(1, 1, 2), torch.tensor([[[100.0, 0.1]]])))


def test_a_difference_is_measured_against_the_largest_value_of_its_own_unit():
    model, trace = counted()
    with torch.no_grad():
        _, (_, c_n) = model.lstm(trace.x)
    sizes = trace.c[0, 0, :, 0].abs().amax(0).clamp(min=1)
    of_c = ((trace.c[0, 0, -1] - c_n[0]).abs() / sizes).max().item()
    follows = (trace.o * (1 - trace.c.tanh() ** 2))[0, 0, :, 0] * sizes
    apart = (trace.o * trace.c.tanh() - trace.h)[0, 0, :, 0].abs()
    of_h = (apart / follows.clamp(min=1)).max().item()
    assert trace.c.abs().max() > 50
    assert trace.max_error > 1e-3 > 1e-5 > trace.proof.relative
    np.testing.assert_allclose(trace.proof.relative, max(of_c, of_h), rtol=1e-5)


def test_page_and_table_say_a_large_memorys_proof_in_proportion_and_the_table_the_difference_too():
    _, trace = counted()
    own, relative = f"{trace.max_error:.0e}", f"{trace.proof.relative:.0e}"
    assert proof(trace) == f"checked: matches PyTorch to {relative} of each unit’s largest value"
    assert trace.summary().splitlines()[1].endswith(f"to {own}, which is {relative} of each unit’s largest value")
    assert f"to {own}, which is {relative} of each" in trace._repr_html_().replace("&#x27;", "'")
    model = lstm_core.load_model("counter")
    with lstm_core.record(model) as recording, torch.no_grad():
        model(trace.x)
    assert f"max_error {own}, which is {relative} of each" in str(recording)
    small = lstm_core.run(nn.LSTM(4, 3), torch.zeros(5, 1, 4))
    assert proof(small) == f"checked: matches PyTorch to {small.max_error:.0e}"
    assert proof_of_all([small, trace]) == f"checked: they match PyTorch to {relative} of each unit’s largest value"


def test_a_large_unit_does_not_hide_the_fault_of_a_small_one():
    """1e-4 is a few roundings of a memory of 100, and no rounding beside 0.1."""
    large, small = off(1e-4, 0.0), off(0.0, 1e-4)
    assert large.max_error > 9e-5
    assert small.max_error > 9e-5
    assert large.proof.relative < 2e-6
    assert small.proof.relative > 9e-5
    assert large.proof.rounding
    assert proof(small) == "checked: matches PyTorch to 1e-04, more than rounding explains"
    assert "more than rounding explains" in small.summary()
    assert "rounding" not in proof(large)


def test_a_wrong_output_gate_is_not_excused_by_a_large_memory():
    """h is off by 1e-4 where c is 100 and tanh(c) is 1: no change of c explains that."""

    class Louder(nn.LSTM):
        def forward(self, x, hx=None):
            output, (h, c) = super().forward(x, hx)
            return output * (1 + 2e-4), (h * (1 + 2e-4), c)

    lstm = Louder(1, 2)
    lstm.load_state_dict(nn.LSTM(1, 2).state_dict())
    trace = lstm_core.run(lstm, torch.zeros(5, 1, 1), (torch.zeros(1, 1, 2), torch.full((1, 1, 2), 100.0)))
    assert trace.proof.relative > 5e-5
    assert not trace.proof.rounding


def test_a_fault_of_a_large_memory_is_called_one():
    trace = off(0.05, 0.0)
    assert trace.proof.relative > 3e-4
    assert "of each unit’s largest value, more than rounding explains" in proof(trace)


KINDS = (nn.LSTM, nn.GRU, nn.RNN)


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 999),
    time=st.sampled_from([1, 3, 60]),
    size=st.sampled_from([1, 7, 40]),
    layers=st.integers(1, 2),
    scale=st.sampled_from([1.0, 5.0, 1000.0]),
    weights=st.sampled_from([1.0, 3.0, 10.0]),
    dtype=st.sampled_from([torch.float32, torch.float64, torch.bfloat16, torch.float16]),
)
def test_rounding_explains_every_honest_recording_and_its_proportion_is_never_more(
    kind, seed, time, size, layers, scale, weights, dtype
):
    torch.manual_seed(seed)
    module = kind(size, size, layers).to(dtype)
    with torch.no_grad():
        for weight in module.parameters():
            weight *= weights
    trace = lstm_core.run(module, (scale * torch.randn(time, 2, size)).to(dtype))
    assert trace.proof.rounding
    assert trace.proof.relative <= trace.max_error


@pytest.mark.parametrize(
    ("size", "weights", "rounding"),
    [(1.0, [1.0, -1.0], False), (3000.0, [1.0, -1.0], True), (3000.0, [1.0, 1.0], False)],
)
def test_the_same_difference_may_be_rounding_where_a_gate_is_a_sum_of_thousands_and_not_saturated(
    size, weights, rounding
):
    """Thousands that cancel leave their rounding; where they add up the gate is 0 or 1, whatever they are off."""
    lstm = Off(2, 2)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(torch.tensor(weights))
    lstm.by = torch.tensor([3e-4, 0.0])
    assert lstm_core.run(lstm, torch.full((3, 1, 2), size)).proof.rounding is rounding


class Changed(nn.LSTM):
    """An LSTM whose output h and last h are changed by `change`, in place."""

    def forward(self, x, hx=None):
        output, (h, c) = super().forward(x, hx)
        self.change(output)
        return output, (output[-1:] if self.num_layers == 1 else h, c)


def changed(change, *sizes):
    torch.manual_seed(0)
    lstm = Changed(*sizes)
    lstm.change = change
    return lstm


def flip(output):
    output[..., 3] *= -1


def off_at_one_step(output):
    output[500, 0, 3] += 8e-4


@pytest.mark.parametrize("size", [16, 64])
@pytest.mark.parametrize("time", [100, 1000, 5000])
def test_a_long_run_does_not_excuse_an_output_that_is_a_thousandth_off(size, time):
    lstm = changed(lambda output: output.mul_(0.999), 8, size)
    assert not lstm_core.run(lstm, torch.randn(time, 1, 8)).proof.rounding


def test_a_long_run_does_not_excuse_one_step_that_is_off():
    assert not lstm_core.run(changed(off_at_one_step, 8, 16), torch.randn(1000, 1, 8)).proof.rounding


@pytest.mark.parametrize("column", [1.0, 2000.0])
def test_a_unit_that_counts_does_not_excuse_the_wrong_sign_of_another(column):
    lstm = changed(flip, 8, 16)
    with torch.no_grad():
        for gate in (0, 16, 32):
            lstm.bias_ih_l0[gate] = 20.0
            lstm.weight_ih_l0[gate] = lstm.weight_hh_l0[gate] = 0.0
    x = torch.randn(3000, 1, 8)
    x[..., 0] *= column
    with pytest.raises(LstmCoreError, match="something other than PyTorch's LSTM"):
        lstm_core.run(lstm, x)


def test_a_last_h_that_is_off_is_in_proportion_too():
    class OtherEnd(nn.LSTM):
        def forward(self, x, hx=None):
            output, (h, c) = super().forward(x, hx)
            return output, (h + 3e-4, c)

    trace = lstm_core.run(OtherEnd(4, 3), torch.randn(5, 2, 4))
    assert trace.proof.relative > 2e-4
    assert not trace.proof.rounding


def halves(name, text, dtype, autocast=False, lstm=None):
    """A shipped model's LSTM, or `lstm` with its weights, as it reads a text in a dtype of 16 bits."""
    model = lstm_core.load_model(name)
    own = next(module for module in model.modules() if isinstance(module, nn.LSTM))
    if lstm is not None:
        lstm.load_state_dict(own.state_dict())
    lstm, x = lstm or own, model.vectors(model.tokens(text)).detach()
    if autocast:
        with torch.autocast("cpu", dtype=dtype):
            return lstm_core.run(lstm, x)
    return lstm_core.run(lstm.to(dtype), x.to(dtype))


PROGRAM = ("def f(x):\n    return [a for a in range(10)]\n" * 20)[:540]
COUNTED = "a" * 300 + "b" * 300


@pytest.mark.parametrize(
    ("name", "text", "dtype", "autocast"),
    [
        ("python-chars", PROGRAM, torch.bfloat16, False),
        ("python-chars", PROGRAM, torch.bfloat16, True),
        ("python-chars", PROGRAM, torch.float16, False),
        ("counter", COUNTED, torch.float16, False),
    ],
)
def test_a_memory_of_halves_is_recorded_with_the_drift_that_rounding_explains(name, text, dtype, autocast):
    trace = halves(name, text, dtype, autocast)
    assert trace.proof.rounding
    # From machine to machine half precision is computed in other steps; float32's own rounding is below 1e-5.
    assert 1e-4 < trace.proof.relative < 0.1


@pytest.mark.parametrize("autocast", [False, True])
def test_where_rounding_would_explain_any_memory_the_refusal_says_so_and_blames_no_forward(autocast):
    with pytest.raises(LstmCoreError, match=r"In bfloat16 rounding alone .* 600 steps.* record in float32") as refused:
        halves("counter", COUNTED, torch.bfloat16, autocast)
    assert "forward" not in str(refused.value)


@pytest.mark.parametrize("text", [PROGRAM, PROGRAM[:40]])
def test_halves_do_not_excuse_a_wrong_sign(text):
    own = next(m for m in lstm_core.load_model("python-chars").modules() if isinstance(m, nn.LSTM))
    wrong = changed(flip, own.input_size, own.hidden_size, own.num_layers)
    with pytest.raises(LstmCoreError, match="something other than PyTorch's LSTM"):
        halves("python-chars", text, torch.bfloat16, lstm=wrong)


@pytest.mark.parametrize("gate", ["i", "f", "o"])
def test_rounding_explains_a_long_run_whose_gate_is_held_below_zero(gate):
    model = lstm_core.load_model("counter")
    x = model.vectors(model.tokens(COUNTED)).detach()
    with lstm_core.intervene(model.lstm, lstm_core.Hold(gate, -1.0)):
        assert lstm_core.run(model.lstm, x).proof.rounding


def test_a_memory_that_forgets_does_not_add_up_rounding():
    lstm = Off(4, 2)
    lstm.by = torch.tensor([1e-4, 0.0])
    assert not lstm_core.run(lstm, torch.randn(3000, 1, 4)).proof.rounding


def test_a_relus_large_state_is_in_proportion_too():
    rnn = nn.RNN(2, 2, nonlinearity="relu")
    with torch.no_grad():
        rnn.weight_hh_l0.copy_(1.1 * torch.eye(2))
        rnn.weight_ih_l0.fill_(0.3)
    trace = lstm_core.run(rnn, torch.ones(100, 1, 2) / 3)
    assert trace.h.max() > 1000
    assert trace.proof.relative < 1e-6
    assert trace.proof.rounding


def test_the_proof_comes_back_from_files_and_joins(tmp_path):
    _, trace = counted(50)
    for name in ("a.npz", "a.safetensors"):
        trace.save(tmp_path / name)
        assert lstm_core.load(tmp_path / name).proof == trace.proof
    assert lstm_core.Trace.from_xarray(trace.to_xarray()).proof == trace.proof
    assert trace.sel(time=slice(0, 3)).proof == trace.proof
    model = nn.LSTM(4, 3)
    with lstm_core.record(model) as recording:
        for _ in range(3):
            model(torch.randn(2, 1, 4))
    assert recording.only.proof.relative == max(call.proof.relative for call in recording.calls[""])


def test_a_file_without_a_proof_in_proportion_says_the_difference_and_a_wrong_one_is_refused(tmp_path):
    _, trace = counted()
    trace.with_values(proof=None).save(tmp_path / "old.npz")
    old = lstm_core.load(tmp_path / "old.npz")
    assert old.summary().splitlines()[1].endswith(f" to {trace.max_error:.0e}")
    for wrong in ((1e-9,), ("x", True), (1e-9, 5), 3.0):
        broken = trace.with_values()
        vars(broken)["proof"] = wrong
        broken.save(tmp_path / "wrong.npz")
        with pytest.raises(LstmCoreError, match="proof"):
            lstm_core.load(tmp_path / "wrong.npz")


def test_the_kernel_and_a_scan_say_it_in_proportion(tmp_path):
    model, trace = counted()
    fast = lstm_core.run(model.lstm, trace.x, exact=False)
    assert fast.proof.relative <= fast.max_error
    assert fast.proof.rounding
    scan = lstm_core.scan(model, ["a" * 400 + "b" * 400, "ab"])
    assert scan.proof.relative <= scan.max_error
    scan.save(tmp_path / "scan.npz")
    back = lstm_core.load_scan(tmp_path / "scan.npz")
    assert back.proof == scan.proof
    assert (scan + back).proof == scan.proof
    assert nearness(scan.max_error, scan.proof) in scan.summary()


def test_the_large_memory_of_one_unit_does_not_excuse_the_output_of_another():
    """Unit 0 keeps a memory of about 100, unit 1 one of about 0.1, whose h is off by 1e-4 at every step."""

    def change(output):
        output[..., 1] += 1e-4

    lstm = changed(change, 1, 2)
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.zero_()
        lstm.bias_ih_l0[2] = 5.0
    trace = lstm_core.run(lstm, torch.zeros(5, 1, 1), (torch.zeros(1, 1, 2), torch.tensor([[[100.0, 0.1]]])))
    assert trace.proof.relative == pytest.approx(trace.max_error) == pytest.approx(1e-4, rel=1e-3)
    assert not trace.proof.rounding
