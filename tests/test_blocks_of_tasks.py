"""A block belongs to its context: to its asyncio task, and to the tasks and `asyncio.to_thread` that it begins."""

import asyncio
import threading

import pytest
import torch
from own_cells import LSTM, own
from own_loop import run
from torch import nn

import lstm_core
from lstm_core import LstmCoreError


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(4, 5)

    def forward(self, x):
        state = None
        for row in x:
            state = self.cell(row, state)
        return state[0]


MODELS = {
    "nn.LSTM": lambda: nn.LSTM(4, 5, 2),
    "nn.LSTMCell": Steps,
    "by hand": lambda: own(LSTM),
}


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]()


def alone(model, *inputs):
    """c of a recording in which nobody else runs the model."""
    with torch.no_grad(), lstm_core.record(model) as recording:
        for x in inputs:
            model(x)
    return recording.only.c


def of(task, steps=3):
    return torch.full((steps, 3, 4), task / 50)


@pytest.mark.slow
def test_a_hundred_tasks_with_one_model_record_each_its_own_steps(model):
    async def visit(task):
        with lstm_core.record(model) as recording:
            for turn in range(2 + task % 2):
                await asyncio.sleep(0.001 * (task * turn % 3))
                model(of(task))
        return recording.only.c

    async def visits():
        return await asyncio.gather(*map(visit, range(100)))

    found, before = run(visits()), vars(model).keys()
    for task in (0, 1, 50, 99):
        assert torch.allclose(found[task], alone(model, *[of(task)] * (2 + task % 2)), atol=1e-6)
    assert {len(c[0, 0]) for c in found[::2]} == {6}
    assert {len(c[0, 0]) for c in found[1::2]} == {9}
    assert vars(model).keys() == before
    assert not model._forward_hooks
    assert not model._forward_pre_hooks


def test_what_a_block_begins_belongs_to_it_and_a_plain_thread_does_not(model):
    async def later():
        await asyncio.sleep(0)
        model(of(3))

    async def visit():
        with lstm_core.record(model) as recording:
            for _ in range(5):
                model(of(1))
            await asyncio.to_thread(model, of(2))
            await asyncio.create_task(later())
            plain = threading.Thread(target=model, args=(of(4),))
            plain.start()
            plain.join()
        return recording.only.c

    for _ in range(2):
        assert torch.allclose(run(visit()), alone(model, *[of(1)] * 5, of(2), of(3)), atol=1e-6)


def test_a_task_holds_gates_for_itself(model):
    alone(model, of(1))

    async def visit(task):
        holds = [lstm_core.Hold("f", 1.0, units=[task])] if task < 3 else []
        with lstm_core.record(model) as recording:
            await asyncio.sleep(0)
            for hold in holds:
                with lstm_core.intervene(model, hold):
                    await asyncio.sleep(0.001 * task)
                    model(of(1))
            if not holds:
                model(of(1))
        return recording.only.f[0, 0]

    async def visits():
        return await asyncio.gather(*map(visit, range(6)))

    for task, f in enumerate(run(visits())):
        assert [unit for unit in range(5) if (f[..., unit] == 1).all()] == [task] * (task < 3)


def test_a_hold_around_several_tasks_is_for_all_and_one_of_a_task_for_itself():
    lstm, x = nn.LSTM(4, 5), of(1)

    async def visit(unit):
        with lstm_core.intervene(lstm, lstm_core.Hold("o", 0.0, units=[unit])):
            await asyncio.sleep(0)
            return await asyncio.to_thread(lstm, x)

    async def visits():
        with lstm_core.intervene(lstm, lstm_core.Hold("o", 0.0, units=[4])):
            return await asyncio.gather(visit(0), visit(1))

    outputs = [output for output, _ in run(visits())]
    assert [(output == 0).all((0, 1)).nonzero().flatten().tolist() for output in outputs] == [[0, 4], [1, 4]]


def test_two_threads_at_once_in_one_block_are_refused_where_a_cell_is_watched():
    model, inside, over = own(LSTM), threading.Event(), threading.Event()

    def wait(*_):
        inside.set()
        over.wait(60)

    model.gates.register_forward_hook(wait)

    async def visit():
        with lstm_core.record(model) as recording:
            first = asyncio.create_task(asyncio.to_thread(model, of(1)))
            await asyncio.to_thread(inside.wait, 60)
            try:
                with pytest.raises(LstmCoreError, match="one call at a time of a hand-written cell, got two"):
                    model(of(2))
            finally:
                over.set()
            await first
        return recording.only.c

    found = run(visit())
    model.gates._forward_hooks.clear()
    assert torch.allclose(found, alone(model, of(1)), atol=1e-6)
