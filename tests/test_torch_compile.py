"""What torch compiles or exports is recorded as it was written, and works as before afterwards.

All of it runs in another process, and after a failure in a new one: a compiler that goes wrong breaks later calls.
"""

from concurrent.futures import ProcessPoolExecutor

import beside_the_compiler
import compiled_by_torch
import pytest
import torch
from copied_process import PREPARED
from hand_written import Loop, Lstm
from torch import nn

import lstm_core
from lstm_core import LstmCoreError

pytestmark = pytest.mark.slow

WAYS = [
    "model.compile()",
    "model.lstm.compile()",
    "wrappers in the model",
    "a compiled function",
    "wrapper",
    "record(wrapper)",
]


@pytest.fixture(scope="module")
def processes():
    """The one process that has loaded the compiler, if no test has failed in it."""
    kept = []
    yield kept
    for process in kept:
        process.shutdown()


@pytest.fixture
def run(processes):
    """Runs a function of a module there."""

    def run(function, *arguments):
        process = processes.pop() if processes else ProcessPoolExecutor(1, PREPARED)
        try:
            process.submit(function, *arguments).result()
            process.submit(compiled_by_torch.forget).result()
        except BaseException:
            process.shutdown()
            raise
        processes.append(process)

    return run


@pytest.mark.parametrize("way", WAYS)
def test_a_model_compiled_before_the_block_is_recorded_as_it_was_written(way, run):
    run(compiled_by_torch.check, way, "aot_eager", "before the block")


@pytest.mark.parametrize("way", ["model.compile()", "a compiled function", "wrapper"])
def test_a_model_compiled_in_the_block_is_recorded_as_it_was_written(way, run):
    run(compiled_by_torch.check, way, "aot_eager", "in the block")


def test_a_model_compiled_to_machine_code_is_recorded_as_it_was_written(run):
    run(compiled_by_torch.check, "model.compile()", "inductor", "before the block")


@pytest.mark.parametrize(
    "names",
    [
        ["blocks_of_two_threads", "a_body_that_raises", "a_stance_of_the_users_own"],
        ["a_compiled_function_opens_the_block"],
        ["exported", "traced"],
    ],
    ids=" ".join,
)
def test_a_block_and_the_compiler_leave_each_other_alone(names, run):
    run(beside_the_compiler.one_after_the_other, names)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_wrapper_is_taken_by_the_names_of_the_model_in_it_or_by_its_own():
    model = nn.Sequential(nn.Embedding(4, 3), nn.Sequential(nn.LSTM(3, 2), nn.Identity()))
    model[1][0] = torch.compile(model[1][0], backend="eager")
    wrapper, words = torch.compile(model, backend="eager"), torch.zeros(5, 1, dtype=torch.long)
    for names in (None, ["1.0"], ["_orig_mod.1.0._orig_mod"]):
        with lstm_core.record(wrapper, names) as recording:
            wrapper(words)
        assert list(recording) == ["1.0"]
        assert recording["_orig_mod.1.0._orig_mod"].name == recording.only.name == "1.0"
    assert lstm_core.run(wrapper, words).name == "1.0"
    with (
        pytest.raises(LstmCoreError, match=r"got '_orig_mod\.lstm'.*\['1\.0'\]"),
        lstm_core.record(wrapper, "_orig_mod.lstm"),
    ):
        pass


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("part", [False, True], ids=["the model", "a part of it"])
def test_a_hand_written_cell_that_is_compiled_is_recorded_and_held_by_its_own_name(part):
    loop, x = Loop(Lstm(4, 3), 3), torch.randn(6, 2, 4)
    own = loop.cell
    if part:
        loop.cell = torch.compile(own, backend="eager")
    model = loop if part else torch.compile(loop, backend="eager")
    for again in range(2):
        with torch.no_grad(), lstm_core.record(model) as recording:
            model(x)
        assert recording.names == ["cell"], again
        for letter in "ifgoch":
            kept = torch.stack([step[letter] for step in own.kept[-6:]])
            assert torch.equal(getattr(recording.only, letter)[0, 0], kept), letter
    assert recording["cell._orig_mod" if part else "_orig_mod.cell"].name == lstm_core.run(model, x).name == "cell"
    with lstm_core.intervene(model, lstm_core.Hold("f", 1.0), name="cell"):
        held = model(x)
    h = c = torch.zeros(2, 3)
    for step in x:
        i, _, g, o = (own.x(step) + own.h(h)).chunk(4, -1)
        c = c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    torch.testing.assert_close(held[-1], h)
