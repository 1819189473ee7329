"""A block belongs to its context: to its asyncio task, and to the tasks and `asyncio.to_thread` that it begins."""

import asyncio
import threading

import pytest
import torch
from own_cells import LSTM, own
from own_loop import run
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError, intervene


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(4, 5)

    def forward(self, x):
        state = None
        for row in x:
            state = self.cell(row, state)
        return state[0]


@pytest.fixture(params=[lambda: nn.LSTM(4, 5, 2), Steps, lambda: own(LSTM)], ids=["nn.LSTM", "nn.LSTMCell", "by hand"])
def model(request):
    return request.param()


def of(task):
    return torch.full((3, 3, 4), task / 50)


def is_of(trace, model, *tasks):
    """Whether a trace is that of these inputs, recorded while nobody else runs the model."""
    with torch.no_grad(), lstm_core.record(model) as recording:
        for task in tasks:
            model(of(task))
    expected = recording.only.c
    return trace.c.shape == expected.shape and torch.allclose(trace.c, expected, atol=1e-6)


def at_once(visit, tasks):
    async def visits():
        return await asyncio.gather(*map(visit, range(tasks)))

    return run(visits())


@pytest.mark.slow
def test_a_hundred_tasks_with_one_model_record_each_its_own_steps(model):
    async def visit(task):
        with lstm_core.record(model) as recording:
            for turn in range(2 + task % 2):
                await asyncio.sleep(0.001 * (task * turn % 3))
                model(of(task))
        return recording.only

    for task, trace in enumerate(at_once(visit, 100)):
        assert trace.sizes["time"] == 6 + 3 * (task % 2)
        assert task % 9 or is_of(trace, model, *[task] * (2 + task % 2))
    assert not model._forward_hooks
    assert not model._forward_pre_hooks


def test_what_a_block_begins_belongs_to_it_and_a_plain_thread_does_not(model):
    async def later():
        model(of(3))

    async def visit(_):
        with lstm_core.record(model) as recording:
            for _ in range(5):
                model(of(1))
            await asyncio.to_thread(model, of(2))
            await asyncio.create_task(later())
            plain = threading.Thread(target=model, args=(of(4),))
            plain.start()
            plain.join()
        return recording.only

    for _ in range(2):
        assert is_of(at_once(visit, 1)[0], model, 1, 1, 1, 1, 1, 2, 3)


def test_a_task_holds_gates_for_itself(model):
    lstm_core.run(model, of(1))

    async def visit(unit):
        with lstm_core.record(model) as recording:
            await asyncio.sleep(0)
            with intervene(model, Hold("f", 1.0, units=[unit]), name="cell" if isinstance(model, Steps) else None):
                await asyncio.sleep(0.001 * unit)
                await asyncio.to_thread(model, of(1))
        return recording.only.f[0, 0]

    for unit, f in enumerate(at_once(visit, 4)):
        assert (f == 1).all((0, 1)).nonzero().flatten().tolist() == [unit]


def test_a_hold_around_several_tasks_is_for_all_and_one_of_a_task_for_itself_until_its_end():
    lstm = nn.LSTM(4, 5)

    async def visit(unit):
        with intervene(lstm, Hold("o", 0.0, units=[unit])):
            await asyncio.sleep(0)
            inside = lstm(of(1))[0]
        return inside, lstm(of(1))[0]

    async def visits(_):
        with intervene(nn.LSTM(4, 5), Hold("o", 0.0, units=[3])), intervene(lstm, Hold("o", 0.0, units=[4])):
            return await asyncio.gather(visit(0), visit(1))

    [outputs] = at_once(visits, 1)
    held = [[(output == 0).all((0, 1)).nonzero().flatten().tolist() for output in pair] for pair in outputs]
    assert held == [[[0, 4], [4]], [[1, 4], [4]]]


def test_a_task_that_goes_on_after_the_block_is_outside_it(model):
    lstm_core.run(model, of(1))

    async def later(ended):
        await ended.wait()
        return lstm_core.run(model, of(1))

    async def visit(_):
        ended = asyncio.Event()
        with intervene(model, Hold("f", 1.0), name="cell" if isinstance(model, Steps) else None):
            task = asyncio.create_task(later(ended))
            model(of(1))
        ended.set()
        return await task

    assert is_of(at_once(visit, 1)[0], model, 1)


def test_two_threads_at_once_in_one_block_are_refused_where_a_cell_is_watched():
    model, inside, over = own(LSTM), threading.Event(), threading.Event()
    wait = model.gates.register_forward_hook(lambda *_: inside.set() or (over.wait(60) and None))

    async def visit(_):
        with lstm_core.record(model) as recording:
            first = asyncio.create_task(asyncio.to_thread(model, of(1)))
            await asyncio.to_thread(inside.wait, 60)
            with pytest.raises(LstmCoreError, match="one call at a time of a hand-written cell, got two"):
                model(of(2))
            over.set()
            await first
        wait.remove()
        return recording.only

    assert is_of(at_once(visit, 1)[0], model, 1)
