"""A model that torch compiles, recorded and held.

Each recording is equal to the bit to that of the model as written, after the block the model is compiled as before, and
a new LSTM works.
"""

import itertools
from contextlib import nullcontext

import torch
from torch import nn

import lstm_core
from lstm_core import Hold

X = torch.randn(3, 2, 5, generator=torch.Generator().manual_seed(0))
MODES = [torch.no_grad, torch.inference_mode, torch.enable_grad]


class Steps(nn.Module):
    """A loop over steps, which torch.compile takes as a whole; a forward that calls an nn.LSTM it leaves to Python."""

    def __init__(self):
        super().__init__()
        self.read, self.cell = nn.Linear(8, 4), nn.LSTMCell(4, 3)

    def forward(self, x):
        state = None
        for step in self.read(x).tanh():
            state = self.cell(step, state)
        return state[0]


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.lstm, self.steps = nn.LSTM(5, 8, num_layers=2), Steps()

    def forward(self, x):
        return self.steps(self.lstm(x)[0])


def compiled(way, model, backend):
    """What the user calls, and what the user gives to record."""
    if way == "model.compile()":
        model.compile(backend=backend)
        return model, model
    if way == "model.lstm.compile()":
        model.lstm.compile(backend=backend)
        model.steps.compile(backend=backend, fullgraph=True)
        return model, model
    if way == "wrappers in the model":
        model.lstm, model.steps = (torch.compile(part, backend=backend) for part in (model.lstm, model.steps))
        return model, model
    if way == "a compiled function":
        return torch.compile(lambda x: model(x), backend=backend), model
    wrapper = torch.compile(model, backend=backend)
    return wrapper, wrapper if way == "record(wrapper)" else model


def values(recording):
    return {(name, key): tensor for name in recording for key, tensor in recording[name].tensors().items()}


def equal(some, others):
    assert some.keys() == others.keys()
    return all(torch.equal(tensor, others[key]) for key, tensor in some.items())


BLOCKS = {
    "record": lambda _model: nullcontext(),
    "intervene": lambda model: lstm_core.intervene(model, Hold("f", 0.5, units=[1], layer=1), name="lstm"),
}


def check(way, backend, when):
    plain, model, graphs = Model(), Model(), []

    def counted(graph, inputs):
        graphs.append(graph)
        return torch._dynamo.lookup_backend(backend)(graph, inputs)

    call, given = compiled(way, model, counted) if when == "before the block" else (None, model)
    for called_before in (False, True):
        before = len(graphs)
        for mode, held in itertools.product(MODES, BLOCKS.values()):
            with mode():
                with held(plain), lstm_core.record(plain) as expected:
                    wanted = plain(X)
                with held(given), lstm_core.record(given) as recording:
                    if call is None:
                        call, given = compiled(way, model, counted)
                    got = call(X)
            assert list(recording) == ["lstm", "steps.cell"], recording
            assert equal(values(recording), values(expected)), mode
            assert torch.equal(got, wanted), mode
        assert len(graphs) == before, "nothing is compiled in a block"
        with torch.no_grad():
            output = call(X)
        assert graphs, "after the block the model is compiled"
        assert called_before == (len(graphs) == before), "what was compiled before the block runs after it"
        assert torch.allclose(output, plain(X), atol=1e-6)
        assert torch.isfinite(nn.LSTM(5, 8)(X)[0]).all()


def forget():
    """What was compiled, so that the next model is compiled anew."""
    torch._dynamo.reset()
