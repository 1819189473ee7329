"""The proof calls no right recording wrong, and finds each planted lie that it can see."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import lstm_core
from gatescope.wording.sentences import proof
from lstm_core import Hold, LstmCoreError, intervene

DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16]


def counted(n=400, dtype=torch.float32):
    """A memory of about n / 4, and back to about 0."""
    model = lstm_core.load_model("counter")
    tokens = model.tokens("a" * n + "b" * n)
    return lstm_core.run(model.lstm.to(dtype), model.vectors(tokens).detach().to(dtype), tokens=tokens)


@st.composite
def right_runs(draw):
    """A module of any kind and size, with weights, a memory and an input of any size, and what it reads."""
    dtype, seed = draw(st.sampled_from(DTYPES)), draw(st.integers(0, 9999))
    kind, time = draw(st.sampled_from([nn.LSTM, nn.LSTM, nn.GRU, nn.RNN])), draw(st.sampled_from([1, 3, 60, 300, 2000]))
    size, units = draw(st.sampled_from([1, 7, 40])), draw(st.sampled_from([2, 16, 64]))
    options = {"proj_size": units // 2} if kind is nn.LSTM and dtype.itemsize > 2 and draw(st.booleans()) else {}
    torch.manual_seed(seed)
    module = kind(size, units, draw(st.integers(1, 2)), bidirectional=draw(st.booleans()), dtype=dtype, **options)
    weights, keeps = draw(st.sampled_from([1.0, 3.0, 10.0])), draw(st.sampled_from([0.0, 4.0, 12.0]))
    with torch.no_grad():
        for name, weight in module.named_parameters():
            weight *= weights
            if kind is nn.LSTM and name.startswith("bias_ih"):
                weight[units : 2 * units] += keeps
    return module, (draw(st.sampled_from([1.0, 5.0, 1000.0])) * torch.randn(time, 2, size)).to(dtype)


@settings(max_examples=40)
@given(right_runs())
def test_no_right_recording_is_called_wrong(run):
    """A memory of halves that runs for long may differ by more than its own size: that is said, and blames nobody."""
    trace, refused = run_or_refused(*run)
    if trace is None:
        assert run[1].dtype.itemsize == 2
        assert "rounding alone may add up to more than the values themselves" in refused
        return
    assert trace.proof.rounding
    assert trace.proof.relative <= trace.max_error


def run_or_refused(module, x):
    """The trace of a run, or the sentence that refuses it."""
    try:
        return lstm_core.run(module, x), ""
    except LstmCoreError as error:
        return None, str(error)


class Changed(nn.LSTM):
    """An LSTM that returns something other than it computed."""

    def forward(self, x, hx=None):
        return self.lie(*super().forward(x, hx))


def changed(lie, *sizes, **options):
    lstm = Changed(*sizes, **options)
    lstm.lie = lie
    return lstm


def one_sign(output, _state):
    output[..., 1] *= -1


def another_step(output, _state):
    output[1:] = output[:-1].clone()


def one_step(output, _state):
    output[len(output) // 2, 0, 1] += 8e-4


def a_thousandth(output, _state):
    output *= 0.999


def last_c(_output, state):
    state[1][..., 1] += 1e-3


def last_h(_output, state):
    state[0][..., 1] += 1e-3


def told(lie):
    """What a forward returns that lies; of a state that stands in the output too, a copy is changed."""

    def returned(output, state):
        state = tuple(each.clone() for each in state)
        lie(output, state)
        return output, state

    return returned


LIES = [one_sign, another_step, one_step, a_thousandth, last_c, last_h]
EVERY_LIE = pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)


@EVERY_LIE
@settings(max_examples=10)
@given(
    seed=st.integers(0, 999),
    time=st.sampled_from([5, 100, 1000, 5000]),
    layers=st.integers(1, 2),
    dtype=st.sampled_from(DTYPES[:2]),
    projected=st.booleans(),
)
def test_each_lie_is_found(lie, seed, time, layers, dtype, projected):
    torch.manual_seed(seed)
    lstm = changed(told(lie), 8, 16, layers, proj_size=8 if projected else 0, dtype=dtype)
    trace, refused = run_or_refused(lstm, torch.randn(time, 2, 8, dtype=dtype))
    if trace is None:
        assert "Its forward computes something other than PyTorch's LSTM: let it call an nn.LSTM" in refused
    else:
        assert not trace.proof.rounding
        assert "more than rounding explains" in proof(trace)


@pytest.mark.parametrize("lie", [one_sign, another_step])
@pytest.mark.parametrize("dtype", DTYPES[2:])
def test_halves_do_not_excuse_what_is_wrong_by_its_own_size(lie, dtype):
    lstm = changed(told(lie), 8, 16, dtype=dtype)
    with torch.no_grad():
        lstm.bias_ih_l0[48:] += 2.0
    with pytest.raises(LstmCoreError, match="something other than PyTorch's LSTM"):
        lstm_core.run(lstm, 2 * torch.randn(40, 2, 8).to(dtype))


def of_two_units(lie):
    """Unit 0 keeps a memory of about 100, unit 1 one of about 0.1; what is returned of them is changed."""
    lstm = changed(lie, 1, 2)
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.zero_()
        lstm.bias_ih_l0[2] = 5.0
    return lstm_core.run(lstm, torch.zeros(5, 1, 1), (torch.zeros(1, 1, 2), torch.tensor([[[100.0, 0.1]]])))


@pytest.mark.parametrize(("off", "rounding"), [((1e-4, 0.0), True), ((0.0, 1e-4), False), ((0.05, 0.0), False)])
def test_a_memory_is_off_in_proportion_to_its_own_unit(off, rounding):
    trace = of_two_units(lambda output, state: (output, (state[0], state[1] + torch.tensor(off))))
    assert trace.proof.rounding is rounding
    assert trace.proof.relative == pytest.approx(off[0] / 100 + off[1], rel=0.05)


def test_a_large_memory_excuses_neither_another_unit_nor_an_output_that_does_not_follow_it():
    for unit in ([1e-4, 0.0], [0.0, 1e-4]):
        off = torch.tensor(unit)
        trace = of_two_units(lambda output, state, off=off: (output + off, (state[0] + off, state[1])))
        assert trace.proof.relative == pytest.approx(1e-4, rel=1e-2)
        assert not trace.proof.rounding


def test_a_unit_that_counts_for_long_does_not_excuse_the_sign_of_another():
    lstm = changed(told(one_sign), 8, 16)
    with torch.no_grad():
        for gate in (0, 16, 32):
            lstm.bias_ih_l0[gate] = 20.0
            lstm.weight_ih_l0[gate] = lstm.weight_hh_l0[gate] = 0.0
    with pytest.raises(LstmCoreError, match="something other than PyTorch's LSTM"):
        lstm_core.run(lstm, torch.randn(3000, 1, 8))


@pytest.mark.parametrize("gate", ["i", "f", "o", "c"])
def test_a_run_that_is_held_is_judged_by_a_second_computation(gate):
    lstm, x = nn.LSTM(4, 3, 2), torch.randn(300, 2, 4)
    with intervene(lstm, Hold(gate, -1.0, units=[1])):
        assert lstm_core.run(lstm, x).proof.rounding
    lie = changed(lambda output, state: (output, state), 4, 3, 2)
    lie.register_forward_hook(lambda _module, _args, result: (result[0] * 0.9, result[1]))
    with pytest.raises(LstmCoreError, match="hooks may have changed the output"), intervene(lie, Hold(gate, -1.0)):
        lstm_core.run(lie, x)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
def test_a_large_memory_is_proved_in_proportion_and_both_figures_are_said(dtype):
    trace = counted(dtype=dtype)
    assert trace.c.abs().max() > 50
    assert trace.proof.rounding
    assert trace.proof.relative < trace.max_error / 10
    own, relative = f"{trace.max_error:.0e}", f"{trace.proof.relative:.0e}"
    assert proof(trace) == f"checked: matches PyTorch to {relative} of each unit’s largest value"
    assert trace.summary().splitlines()[1].endswith(f"to {own}, which is {relative} of each unit’s largest value")
    small = lstm_core.run(nn.LSTM(4, 3, dtype=dtype), torch.zeros(5, 1, 4, dtype=dtype))
    assert proof(small) == f"checked: matches PyTorch to {small.max_error:.0e}"


def test_where_rounding_would_explain_any_memory_the_refusal_says_so_and_blames_no_forward():
    with pytest.raises(LstmCoreError, match=r"In bfloat16 rounding alone .* 800 steps.* record in float32") as refused:
        counted(dtype=torch.bfloat16)
    assert "forward" not in str(refused.value)


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
    trace = counted(50)
    for name in ("a.npz", "a.safetensors"):
        trace.save(tmp_path / name)
        assert lstm_core.load(tmp_path / name).proof == trace.proof
    assert trace.sel(time=slice(0, 3)).proof == trace.proof
    model = nn.LSTM(4, 3)
    with lstm_core.record(model) as recording:
        for _ in range(3):
            model(torch.randn(2, 1, 4))
    assert recording.only.proof.relative == max(call.proof.relative for call in recording.calls[""])


def test_a_file_without_a_proof_in_proportion_says_the_difference_and_a_wrong_one_is_refused(tmp_path):
    trace = counted(50)
    trace.with_values(proof=None).save(tmp_path / "old.npz")
    assert lstm_core.load(tmp_path / "old.npz").summary().splitlines()[1].endswith(f" to {trace.max_error:.0e}")
    for wrong in ((1e-9,), ("x", True), (1e-9, 5), 3.0):
        broken = trace.with_values()
        vars(broken)["proof"] = wrong
        broken.save(tmp_path / "wrong.npz")
        with pytest.raises(LstmCoreError, match="proof"):
            lstm_core.load(tmp_path / "wrong.npz")
