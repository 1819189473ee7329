"""Blocks beside what torch compiles or exports, one after the other."""

import contextlib
import threading

import pytest
import torch
from compiled_by_torch import BLOCKS, Model, X
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError


def blocks_of_two_threads():
    """While a block is open nothing is compiled, in any thread; the first block ends first, and the last puts back."""
    model, graphs = Model(), []
    steps = torch.compile(model.steps, backend=lambda graph, _: graphs.append(1) or graph.forward)
    given, other, mine = torch.ones(len(X), 2, 8), lstm_core.record(model), lstm_core.record(model)
    with torch.no_grad():
        expected = model.steps(given)
        thread = threading.Thread(target=other.__enter__)
        thread.start()
        thread.join(60)
        with mine as recording:
            assert torch.equal(steps(given), expected)
        assert len(recording.calls["steps.cell"]) == len(given)
        steps(given)
        assert not graphs
        other.__exit__(None, None, None)
        steps(given)
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


def a_compiled_function_opens_the_block():
    model = Model()

    @torch.compile(backend="aot_eager")
    def recorded(x):
        doubled = x * 2
        with lstm_core.record(model) as recording:
            model(doubled / 2)
        return recording

    with pytest.raises(LstmCoreError, match=r"a block outside of what torch\.compile compiles"):
        recorded(X)


def exported():
    """A strict program or not, also of a compiled model, is the plain model's; while a gate is held it is refused."""
    model = Model().eval()
    wrapper = torch.compile(model, backend="aot_eager")
    for strict in (False, True):
        plain = torch.export.export(model, (X,), strict=strict)
        for options in ({}, {"detach": False}):
            with lstm_core.record(model, **options) as recording:
                program = torch.export.export(model, (X,), strict=strict)
            assert not recording
            assert program.graph_module.code == plain.graph_module.code
            assert torch.equal(program.module()(X + 1), plain.module()(X + 1))
        for call in (model, wrapper):
            said = r"plain call of 'lstm', got one inside torch\.jit\.trace or torch\.export"
            with lstm_core.intervene(model, Hold("f", 0.0), name="lstm"), pytest.raises(LstmCoreError, match=said):
                torch.export.export(call, (X,), strict=strict)
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
