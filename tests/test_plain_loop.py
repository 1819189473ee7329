"""`lstm_core.unrolled`: the loop is the module, and runs where the module can't."""

import copy

import pytest
import torch
from hand_written import MinGru
from hypothesis import assume, given, settings
from runs import runs
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.parametrizations import weight_norm
from torch.nn.utils.rnn import pack_sequence

import lstm_core

# PyTorch's own, from its forward derivatives.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")
ROUNDING = 2.5e-7
"""Two roundings of 1 in float32."""
MODULES = {
    "lstm": lambda: nn.LSTM(4, 3, 2, bidirectional=True),
    "projected": lambda: nn.LSTM(4, 5, proj_size=2, batch_first=True),
    "gru": lambda: nn.GRU(4, 3, 2, bias=False, bidirectional=True),
    "rnn": lambda: nn.RNN(4, 3, nonlinearity="relu"),
}
CELLS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell, "rnn": nn.RNNCell}


def made(make, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return make().eval()


def drawn(*shape, seed=1, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def tensors(result):
    return [result] if isinstance(result, torch.Tensor) else [t for part in result for t in tensors(part)]


def apart(ours, theirs):
    return max(float((a - b).detach().abs().max()) for a, b in zip(tensors(ours), tensors(theirs), strict=True))


@pytest.mark.slow
@settings(max_examples=100)
@given(runs(dtypes=("float64",)))
def test_the_loop_returns_what_the_module_returns_and_has_its_gradients(run):
    assume(not run.lengths)
    loop = lstm_core.unrolled(run.module)
    ours, theirs = loop(run.given, run.state), run.module(run.given, run.state)
    assert [t.shape for t in tensors(ours)] == [t.shape for t in tensors(theirs)]
    assert apart(ours, theirs) < 1e-11
    weights = list(run.module.parameters())
    slopes = [torch.autograd.grad(sum(t.square().sum() for t in tensors(out)), weights) for out in (ours, theirs)]
    assert all(torch.allclose(a, b, rtol=1e-8, atol=1e-8) for a, b in zip(*slopes, strict=True))


@pytest.mark.parametrize("make", MODULES.values(), ids=MODULES)
def test_in_float32_it_equals_the_module_to_rounding(make):
    module, x = made(make), drawn(100, 8, 4)
    assert apart(lstm_core.unrolled(module)(x), module(x)) < ROUNDING
    alone = lstm_core.unrolled(module)(x[:, 0])
    assert apart(alone, module(x[:, 0])) < ROUNDING
    assert alone[0].dim() == 2


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_plain_loop_takes_and_returns_each_form_of_its_module(kind):
    torch.manual_seed(0)
    many = len(kind(4, 3)(torch.zeros(1, 1, 4))[1]) == 2 and kind is nn.LSTM

    def states(*shape):
        given = tuple(torch.randn(*shape) for _ in "hc")
        return given if many else given[0]

    for batch_first in (False, True):
        module = kind(4, 3, 2, batch_first=batch_first, bidirectional=True)
        loop = lstm_core.unrolled(module)
        for x, state in (
            (torch.randn(5, 2, 4), None), (torch.randn(5, 2, 4), states(4, 5 if batch_first else 2, 3)),
            (torch.randn(5, 4), None), (torch.randn(5, 4), states(4, 3)), (torch.randn(1, 1, 4), None),
        ):  # fmt: skip
            torch.testing.assert_close(loop(x, state), module(x, state))
    cell = CELLS[kind.__name__.lower()](4, 3)
    loop = lstm_core.unrolled(cell)
    for x, state in (
        (torch.randn(2, 4), None), (torch.randn(2, 4), states(2, 3)),
        (torch.randn(4), None), (torch.randn(4), states(3)),
    ):  # fmt: skip
        torch.testing.assert_close(loop(x, state), cell(x, state))


def test_in_training_dropout_drops_what_the_module_would():
    module, x = nn.LSTM(4, 3, 3, dropout=0.5), drawn(6, 2, 4)
    found = []
    for each in (module, lstm_core.unrolled(module)):
        with torch.random.fork_rng():
            torch.manual_seed(7)
            found.append(each(x)[0])
    assert apart(*found) < ROUNDING
    assert apart(found[0], module.eval()(x)[0]) > 0.01


def test_it_shares_the_weights_and_their_names():
    module = made(MODULES["lstm"])
    loop, x = lstm_core.unrolled(module), drawn(5, 2, 4)
    assert list(loop.state_dict()) == list(module.state_dict())
    before = module(x)[0]
    torch.optim.SGD(loop.parameters(), lr=0.5).zero_grad()
    loop(x)[0].sum().backward()
    torch.optim.SGD(module.parameters(), lr=0.5).step()
    assert apart(module(x)[0], before) > 0.01, "the gradient came by way of the loop"
    assert apart(loop(x)[0], module(x)[0]) < ROUNDING


def test_a_hessian_equals_the_difference_of_gradients():
    module = made(lambda: nn.LSTM(3, 2, dtype=torch.float64))
    loop, x = lstm_core.unrolled(module), drawn(4, 1, 3, dtype=torch.float64)

    def slope(x):
        x = x.detach().requires_grad_()
        return torch.autograd.grad(module(x)[0][-1].square().sum(), x)[0].flatten()

    hessian = torch.func.hessian(lambda x: loop(x)[0][-1].square().sum())(x).reshape(12, 12)
    steps = torch.eye(12, dtype=torch.float64).reshape(12, *x.shape) * 1e-5
    differences = torch.stack([(slope(x + step) - slope(x - step)) / 2e-5 for step in steps])
    assert torch.allclose(hessian, differences, atol=1e-8)


def test_forward_derivatives_of_inputs_and_weights_equal_the_modules_own():
    module = made(lambda: nn.LSTM(3, 2, dtype=torch.float64))
    loop, x = lstm_core.unrolled(module), drawn(4, 1, 3, dtype=torch.float64)
    given = x.clone().requires_grad_()
    [by_x] = torch.autograd.grad(module(given)[0][-1].sum(), given)
    assert torch.allclose(torch.func.jacfwd(lambda x: loop(x)[0][-1].sum())(x), by_x)
    weights = dict(loop.named_parameters())
    by_weight = torch.func.jacfwd(lambda w: torch.func.functional_call(loop, w, (x,))[0][-1].sum())(weights)
    theirs = torch.autograd.grad(module(x)[0][-1].sum(), list(module.parameters()))
    assert all(torch.allclose(by_weight[name], t) for name, t in zip(weights, theirs, strict=True))
    assert torch.func.vmap(lambda one: loop(one)[0])(drawn(3, 4, 1, 3, dtype=torch.float64)).shape == (3, 4, 1, 2)


def test_it_is_exported_as_single_operations():
    module, x = made(MODULES["lstm"]), drawn(5, 2, 4)
    program = torch.export.export(lstm_core.unrolled(module), (x,))
    assert apart(program.module()(x), module(x)) < ROUNDING
    called = {str(node.target) for node in program.graph.nodes if node.op == "call_function"}
    assert "aten.sigmoid.default" in called
    assert not any("lstm" in name for name in called)


def test_what_it_cannot_take_is_said():
    loop = lstm_core.unrolled(nn.LSTM(4, 3))
    with pytest.raises(lstm_core.LstmCoreError, match=r"PackedSequence.*one by one"):
        loop(pack_sequence([drawn(3, 4), drawn(2, 4)]))
    with pytest.raises(lstm_core.LstmCoreError, match=r"4 features.*\(5, 2, 3\)"):
        loop(drawn(5, 2, 3))
    with pytest.raises(lstm_core.LstmCoreError, match=r"a step or more.*\(0, 2, 4\)"):
        loop(drawn(0, 2, 4))


class Skips(nn.LSTM):
    def forward(self, x, hx=None):
        output, state = super().forward(x, hx)
        return output + x, state


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (nn.Sequential(nn.LSTM(4, 3)), "got Sequential"),
        (Skips(4, 4), "Skips, whose forward is another"),
        (weight_norm(nn.LSTM(4, 3), "weight_hh_l0"), "computed from others"),
        (prune.l1_unstructured(nn.LSTM(4, 3), "weight_hh_l0", 0.5), r"computed from others.*prune\.remove"),
        (nn.Linear(4, 3), "got Linear"),
        (MinGru(4, 3), "nn.LSTM.*got MinGru"),
    ],
    ids=["a model", "a subclass", "weight norm", "pruned", "another kind", "hand-written"],
)
def test_what_is_no_plain_module_is_refused_in_a_sentence(module, said):
    with pytest.raises(lstm_core.LstmCoreError, match=said):
        lstm_core.unrolled(module)


def test_to_record_it_is_refused_because_its_module_is_recorded():
    loop = lstm_core.unrolled(made(MODULES["lstm"]))
    with pytest.raises(lstm_core.LstmCoreError, match="found none"), lstm_core.record(loop):
        loop(drawn(7, 4))


def test_a_copy_has_weights_of_its_own():
    module = made(MODULES["lstm"])
    loop, x = copy.deepcopy(lstm_core.unrolled(module)), drawn(5, 2, 4)
    with torch.no_grad():
        module.weight_hh_l0.zero_()
    assert apart(loop(x)[0], module(x)[0]) > 0.001
