"""Gradients with respect to every gate and state, against loops and differences that share no code with ours."""

import pytest
import torch
from graph_nodes import nodes_behind
from hypothesis import given, settings
from runs import runs
from torch import nn

import lstm_core
from studies import cost


def test_the_gradients_of_the_loop_written_by_hand_are_those_of_a_recording():
    lstm, x = nn.LSTM(4, 5, dtype=torch.float64), torch.randn(7, 3, 4, dtype=torch.float64)
    ours = cost.recorded(lstm, x)
    weights = [weight.grad.clone() for weight in lstm.parameters()]
    theirs = cost.looped(lstm, x)
    for quantity, steps in theirs.items():
        torch.testing.assert_close(ours[quantity], torch.stack([step.grad for step in steps]), msg=quantity)
    for weight, gradient in zip(lstm.parameters(), weights, strict=True):
        torch.testing.assert_close(weight.grad, gradient)


@settings(max_examples=40)
@given(runs(dtypes=("float64",)).filter(lambda run: not run.lengths and run.module.num_layers <= 3))
def test_a_step_back_and_a_step_by_step_run_give_the_same_gradients(run):
    """The fast way back, and the slow one that a gradient of gradients takes."""
    x = run.given.detach().requires_grad_()
    state = None if run.state is None else tuple(s.detach().requires_grad_() for s in run.state)

    def gradients(create_graph):
        with lstm_core.record(run.module, detach=False) as recording:
            output, (h_n, c_n) = run.module(x, state)
        trace = recording.only
        wanted = [x, *(state or ()), *run.module.parameters(), *(getattr(trace, quantity) for quantity in "ifgoch")]
        loss = output.square().sum() + h_n.sin().sum() + 2 * c_n.cos().sum()
        return torch.autograd.grad(loss, wanted, create_graph=create_graph)

    plain, (h_n, c_n) = run.module(x, state)
    loss = plain.square().sum() + h_n.sin().sum() + 2 * c_n.cos().sum()
    expected = torch.autograd.grad(loss, [x, *(state or ()), *run.module.parameters()])
    fast, slow = gradients(False), gradients(True)
    for ours, theirs in zip(fast, expected, strict=False):
        torch.testing.assert_close(ours, theirs)
    for ours, theirs in zip(fast, slow, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("both", [False, True])
def test_a_gradient_of_gradients_is_that_of_differences(both):
    lstm = nn.LSTM(3, 4, 2, bidirectional=both, dtype=torch.float64)
    x = torch.randn(4, 2, 3, dtype=torch.float64, requires_grad=True)

    def penalty(x):
        with lstm_core.record(lstm, detach=False) as recording:
            output, _ = lstm(x)
        [of_f] = torch.autograd.grad(output.square().sum(), recording.only.f, create_graph=True)
        return of_f.square().sum()

    [ours] = torch.autograd.grad(penalty(x), x)
    width = 1e-6
    for place in ((0, 0, 0), (2, 1, 2)):
        step = torch.zeros_like(x)
        step[place] = width
        difference = (penalty(x.detach() + step) - penalty(x.detach() - step)) / (2 * width)
        torch.testing.assert_close(ours[place], difference.detach(), rtol=1e-5, atol=1e-9)


def test_the_outputs_in_a_graph_are_the_modules_own_to_the_bit():
    lstm, x = nn.LSTM(4, 3, 2, bidirectional=True, batch_first=True), torch.randn(2, 5, 4)
    expected, states = lstm(x)
    with lstm_core.record(lstm, detach=False):
        output, ours = lstm(x)
    assert torch.equal(output, expected)
    assert all(map(torch.equal, ours, states))
    assert output.stride() == expected.stride()


def test_a_weight_that_stands_at_two_places_gets_its_gradient_once():
    lstm, x = nn.LSTM(3, 3, dtype=torch.float64), torch.randn(4, 2, 3, dtype=torch.float64)
    lstm.weight_hh_l0 = lstm.weight_ih_l0
    [expected] = torch.autograd.grad(lstm(x)[0].sum(), [lstm.weight_ih_l0])
    for create_graph in (False, True):
        with lstm_core.record(lstm, detach=False):
            loss = lstm(x)[0].sum()
        [ours] = torch.autograd.grad(loss, [lstm.weight_ih_l0], create_graph=create_graph)
        torch.testing.assert_close(ours, expected)


def test_the_way_back_has_one_node_a_layer_and_direction():
    lstm = nn.LSTM(4, 3, 2, bidirectional=True)
    counts = []
    for steps in (5, 50):
        with lstm_core.record(lstm, detach=False):
            output, _ = lstm(torch.randn(steps, 1, 4))
        counts.append(len(nodes_behind(output)))
    assert counts[0] == counts[1]
