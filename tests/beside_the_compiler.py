"""Blocks beside what torch compiles or exports, one after the other."""

import contextlib
import threading

import pytest
import torch
from compiled_by_torch import BLOCKS, Model, X, equal, values
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError


def another_thread_stays_compiled():
    """Also with fullgraph, which raises where nothing is compiled; two blocks, of which the first ends first."""
    plain, model, graphs = Model(), Model(), []
    steps = torch.compile(model.steps, fullgraph=True, backend=lambda graph, _: graphs.append(1) or graph.forward)
    opened, called, failed = threading.Event(), threading.Event(), []
    given = torch.ones(len(X), 2, 8)

    def other():
        try:
            opened.wait(60)
            with torch.no_grad():
                assert torch.allclose(steps(given), plain.steps(given), atol=1e-6)
            assert len(graphs) == 1
            with lstm_core.record(model) as recording:
                steps(given)
                called.set()
                closed.wait(60)
                steps(given)
            assert len(recording.calls["steps.cell"]) == 2 * len(given)
        except BaseException as error:
            failed.append(error)
        called.set()

    closed, thread = threading.Event(), threading.Thread(target=other)
    thread.start()
    with lstm_core.record(model) as recording:
        opened.set()
        assert called.wait(60)
        steps(given)
    closed.set()
    thread.join(60)
    assert not failed, failed
    assert len(recording.calls["steps.cell"]) == len(given)
    assert len(graphs) == 1


def a_body_that_raises():
    model, graphs = Model(), []
    wrapper = torch.compile(model, backend=lambda graph, _: graphs.append(1) or graph.forward)
    blocks = (lstm_core.record(wrapper), lstm_core.intervene(wrapper, Hold("o", 0.0), name="lstm"))
    for block in blocks:
        with contextlib.suppress(KeyError), block:
            wrapper(X)
            raise KeyError
    assert not graphs
    wrapper(X)
    assert graphs


def a_stance_of_the_users_own():
    model, graphs = Model(), []
    wrapper = torch.compile(model, backend=lambda graph, _: graphs.append(1) or graph.forward)
    with torch.compiler.set_stance("force_eager"):
        with lstm_core.record(model):
            wrapper(X)
        wrapper(X)
    assert not graphs, "the stance from before the block"
    with lstm_core.record(model), torch.compiler.set_stance("default"):
        pass
    wrapper(X)
    assert graphs


def a_compiled_function_opens_the_block():
    plain, model = Model(), Model()
    with lstm_core.record(plain) as expected:
        plain(X)
    held = held_output(plain, X)

    @torch.compile(backend="aot_eager")
    def recorded(x):
        doubled = x * 2
        with lstm_core.record(model) as recording:
            model(doubled / 2)
        return recording

    assert equal(values(recorded(X)), values(expected))
    assert torch.equal(torch.compile(held_output, backend="aot_eager")(model, X), held)


def held_output(model, x):
    with lstm_core.intervene(model, Hold("f", 0.0), name="lstm"):
        return model(x)


def exported():
    """A strict program or not, also of a compiled model, is the plain model's; while a gate is held it is refused."""
    model = Model().eval()
    wrapper = torch.compile(model, backend="aot_eager")
    for strict in (False, True):
        plain = torch.export.export(model, (X,), strict=strict)
        for options in ({}, {"exact": False}, {"detach": False}):
            with lstm_core.record(model, **options) as recording:
                program = torch.export.export(model, (X,), strict=strict)
            assert not recording
            assert program.graph_module.code == plain.graph_module.code
            assert torch.equal(program.module()(X + 1), plain.module()(X + 1))
        for call in (model, wrapper):
            said = r"plain call of 'lstm', got one inside torch\.jit\.trace or torch\.export"
            with lstm_core.intervene(model, Hold("f", 0.0), name="lstm"), pytest.raises(LstmCoreError, match=said):
                torch.export.export(call, (X,), strict=strict)
    # An older PyTorch's strict export is this one, which is compiled as the stance says.
    given = torch.ones(len(X), 2, 8)
    with lstm_core.record(model):
        program, _ = torch._dynamo.export(model.steps)(given)
    assert torch.equal(program(given + 1), model.steps(given + 1))
    wrapper(X)


def traced():
    model = Model().eval()
    wrapper = torch.compile(model, backend="aot_eager")
    for block in (lstm_core.record(model), BLOCKS["intervene"](model)):
        # The sentence is PyTorch's own.
        with block, pytest.raises(RuntimeError, match=r"torch\.jit\.trace a dynamo-optimized function"):
            torch.jit.trace(wrapper, X)
    wrapper(X)


def one_after_the_other(names):
    for name in names:
        globals()[name]()
        torch._dynamo.reset()
    assert torch.isfinite(nn.LSTM(5, 8)(X)[0]).all()
