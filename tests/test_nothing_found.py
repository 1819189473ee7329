"""Where nothing is carried from step to step no memory is found, and a sentence says what comes nearest."""

import re

import pytest
import torch
from architectures import ARCHITECTURES, STEPS, TIED, Net, Wrapped
from hand_written import Lstm
from torch import nn

import lstm_core
from lstm_core import LstmCoreError


def found_none(model, *inputs, gradients=False):
    """Run a model in a block, which says that nothing was found."""
    with torch.set_grad_enabled(gradients), lstm_core.record(model):
        output = model(*inputs)
        if gradients:
            output.sum().backward()


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("compute", ARCHITECTURES, ids=lambda compute: compute.__name__)
def test_no_memory_is_found_in_a_network_that_is_only_deep(compute, training):
    with pytest.raises(LstmCoreError, match="found none"):
        found_none(Net(compute).train(training), torch.randn(7, 2, 6), gradients=training)


@pytest.mark.parametrize("compute", TIED, ids=lambda compute: compute.__name__)
def test_layers_that_share_their_weights_are_found_each_a_step(compute):
    with torch.no_grad(), lstm_core.record(model := Net(compute)) as recording:
        model(torch.randn(7, 2, 6))
    assert recording.only.c.shape[2] == STEPS


@pytest.mark.parametrize("training", [False, True])
def test_no_memory_is_found_in_a_transformer_of_pytorchs_own(training):
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 8, batch_first=True), 4)
    for inner, inputs in ((encoder, 1), (nn.Transformer(6, 2, 2, 2, 16, batch_first=True), 2)):
        with pytest.raises(LstmCoreError, match="found none"):
            found_none(Wrapped(inner).train(training), *torch.randn(inputs, 7, 2, 6), gradients=training)


def train(model):
    """Some steps of an optimiser with running means, in place and not."""
    mean, spread = torch.zeros(4, 4), torch.zeros(4, 4)
    for _ in range(5):
        loss = model(torch.randn(3, 4)).square().sum()
        [gradient] = torch.autograd.grad(loss, [model.inner.weight])
        with torch.no_grad():
            mean.mul_(0.9).add_(gradient * 0.1)
            spread.lerp_(gradient * gradient, 0.01)
            mean = torch.tensor(0.9) * mean + 0.1 * gradient
            model.inner.weight -= 0.1 * mean / (spread.sqrt() + 1e-3)


def test_no_memory_is_found_in_an_optimiser_with_running_means():
    model = Wrapped(nn.Linear(4, 4))
    with pytest.raises(LstmCoreError, match="found none"), lstm_core.record(model):
        train(model)


def test_a_network_of_pytorchs_own_modules_is_refused_before_it_runs():
    with (
        pytest.raises(LstmCoreError, match="got Sequential with none"),
        lstm_core.record(nn.Sequential(nn.Linear(4, 4))),
    ):
        pass


class Held(nn.Module):
    """Layers that PyTorch does not know."""

    def __init__(self):
        super().__init__()
        self.layers, self.out = [nn.LSTM(4, 4)], nn.Linear(4, 4)

    def forward(self, x):
        for layer in self.layers:
            x, _ = layer(x)
        return self.out(x)


def test_where_layers_stand_in_a_plain_list_the_sentence_says_what_such_a_list_is():
    with pytest.raises(LstmCoreError, match=r"a plain list or dict is no part of the model: use nn\.ModuleList"):
        found_none(nn.Sequential(Held()), torch.randn(5, 2, 4))


def leaves_torch(cell, rows):
    """A loop in which the state goes through numpy."""
    h, c = torch.zeros(2, 4), torch.zeros(2, 4)
    for row in rows:
        h, c = cell(row, torch.from_numpy(h.numpy().copy()), torch.from_numpy(c.numpy().copy()))


def test_a_state_that_leaves_torch_is_not_passed_over_in_silence():
    with torch.no_grad(), pytest.raises(LstmCoreError, match="leaves torch"), lstm_core.record(cell := Lstm(3, 4)):
        leaves_torch(cell, torch.randn(5, 2, 3))


def apart(f, c, i, g):
    c = f * c + i * g
    return c + g


class Summed(nn.Module):
    """A loop with a gated sum; `total` adds it up."""

    def __init__(self, total):
        super().__init__()
        self.of, self.total = nn.Linear(6, 12), total

    def forward(self, x):
        c = torch.zeros_like(x[0])
        for row in x:
            f, i = torch.sigmoid(self.of(row)).chunk(2, -1)
            c = self.total(f, c, i, row)
        return c


THREE_TERMS = {
    "on another line": (apart, "where another term is added elsewhere"),
    "stacked": (lambda f, c, i, g: torch.stack([f * c, i * g]).sum(0), "No sum of two terms"),
    "a leak without a gate": (lambda f, c, i, g: 0.9 * c + 0.1 * torch.tanh(f * i + g + c), "a plain recurrence"),
}


@pytest.mark.parametrize("name", THREE_TERMS)
def test_a_sum_of_another_form_is_refused_in_a_sentence_that_says_what_it_has(name):
    total, said = THREE_TERMS[name]
    with pytest.raises(LstmCoreError, match=said):
        found_none(Summed(total), torch.randn(5, 2, 6))


def masked(f, c, i, g):
    f = i + c
    mask = torch.tensor([[1.0], [0.0]])
    return (1 - mask) * c + mask * f.sigmoid() * g


def test_a_mask_is_no_constant_forget_factor():
    with pytest.raises(LstmCoreError, match="what multiplies the memory depends on no weight"):
        found_none(Summed(masked), torch.randn(5, 2, 6))


class Jumps(nn.Module):
    """From its fourth step on, the memory comes back by a way that is not followed."""

    def __init__(self):
        super().__init__()
        self.of = nn.Linear(6, 12)

    def forward(self, x):
        c = torch.zeros_like(x[0])
        for step, row in enumerate(x):
            f, i = torch.sigmoid(self.of(row)).chunk(2, -1)
            c = f * c + i * row
            if step == 3:
                c = torch.cumsum(c, -1)
        return c


def test_a_chain_that_stops_early_is_an_error_and_never_a_shorter_trace():
    with pytest.raises(LstmCoreError, match="at step 4 it comes back by a way that is not followed"):
        found_none(Jumps(), torch.randn(9, 2, 6))


def update(f: torch.Tensor, c: torch.Tensor, i: torch.Tensor, g: torch.Tensor) -> torch.Tensor:
    return f * c + i * g


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_cell_in_a_scripted_function_is_said_to_be_unseen():
    with pytest.raises(LstmCoreError, match=r"torch\.jit\.script \(set PYTORCH_JIT=0\)"):
        found_none(Summed(torch.jit.script(update)), torch.randn(5, 2, 6))


def fails(model):
    with lstm_core.record(model):
        model(torch.randn(2, 4))
        raise ZeroDivisionError


def test_a_block_whose_body_raises_raises_that_and_leaves_no_hook():
    model = Wrapped(nn.Linear(4, 4))
    with pytest.raises(ZeroDivisionError):
        fails(model)
    assert not any(module._forward_hooks for module in model.modules())


class TwoSums(nn.Module):
    """Two lines with a sum that is no update of a cell: the second runs in a longer row."""

    def __init__(self, short):
        super().__init__()
        self.of, self.short = nn.Linear(6, 12), short

    def forward(self, x):
        c = d = torch.zeros_like(x[0])
        for step, row in enumerate(x):
            f, i = torch.sigmoid(self.of(row)).chunk(2, -1)
            if step < self.short:
                c = 0.9 * c + 0.1 * row
            d = 0.8 * d + 0.2 * i
        return c + d + f


def test_the_longest_row_of_sums_is_the_nearest_to_a_memory():
    said = []
    for short in (4, 9):
        with pytest.raises(LstmCoreError) as refused:
            found_none(TwoSums(short), torch.randn(7, 2, 6))
        said.append(str(refused.value).split("\n")[0])
    lines = [re.search(r"seen; the nearest: line (\d+) of test_nothing_found\.py", text)[1] for text in said]
    assert [re.search(r"(\d+) sums with a product were seen", text)[1] for text in said] == ["11", "14"]
    # Of two that are equally long it is the first.
    assert int(lines[0]) == int(lines[1]) + 1


class Once(nn.Module):
    def __init__(self):
        super().__init__()
        self.of = nn.Linear(6, 12)

    def forward(self, x):
        f, i = torch.sigmoid(self.of(x[0])).chunk(2, -1)
        return f * x[0] + i * x[1]


def test_a_sum_that_ran_once_is_said_to_have_run_once():
    said = r"1 sums with a product were seen; the nearest: line \d+ of test_nothing_found\.py in '0', which ran once: "
    with pytest.raises(LstmCoreError, match=f"{said}call the model on at least 3 steps"):
        found_none(nn.Sequential(Once()), torch.randn(7, 2, 6))


class Holding(nn.Module):
    def __init__(self, *parts):
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return x


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_first_of_several_scripted_modules_is_named():
    model = Holding(Once(), torch.jit.script(nn.Tanh()), torch.jit.script(nn.ReLU()))
    with pytest.raises(LstmCoreError, match=r"in Holding, but 'parts\.1' is compiled by torch\.jit"):
        found_none(model, torch.randn(7, 2, 6))
