"""Recording in a stranger's code: other threads, copies and pickles, torch.func, foreign hooks, subclasses."""

import copy
import gc
import io
import pickle
import subprocess
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import own_cells
import pytest
import torch
from graph_nodes import nodes_behind
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.distributed.fsdp import fully_shard
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.checkpoint import checkpoint

import lstm_core
from lstm_core import LstmCoreError

X = torch.randn(5, 2, 4)


@pytest.mark.parametrize("block", ["record", "intervene"])
def test_another_threads_forward_goes_on_while_our_hook_is_removed(block):
    """The other thread has taken its list of hooks, ours is removed, and then it calls them."""
    lstm, arrived, removed, failed = nn.LSTM(4, 3), threading.Event(), threading.Event(), []

    def slow(*_args):
        if threading.current_thread() is other:
            arrived.set()
            removed.wait(60)

    def forward():
        try:
            lstm(X)
        except Exception as error:
            failed.append(error)

    other = threading.Thread(target=forward)
    lstm.register_forward_hook(slow)
    ours = lstm_core.record(lstm) if block == "record" else lstm_core.intervene(lstm, "", units=[0])
    with ours:
        # intervene's hook comes first of all: there the slow one must come before it.
        if block == "intervene":
            lstm.register_forward_hook(slow, prepend=True)
        other.start()
        assert arrived.wait(60)
    removed.set()
    other.join(60)
    assert failed == []


BLOCKS = {
    "record": lambda model: lstm_core.record(model),
    "detach=False": lambda model: lstm_core.record(model, detach=False),
    "intervene": lambda model: lstm_core.intervene(model, "0", units=[0], gate="f", value=0.0),
}
COPIES = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "torch.save": lambda model: torch.load(saved(model), weights_only=False),
}


def saved(model):
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    return file


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_a_copy_made_in_a_block_computes_as_its_owner_and_records_nothing(block, make):
    model = nn.Sequential(nn.LSTM(4, 3, 2, dropout=0.5)).eval()
    expected, _ = model(X)
    with block(model) as recording:
        model(X)
        best = make(model)
        inside, _ = best(X)
    if recording is not None:
        assert len(recording.calls["0"]) == 1, "the copy's call is not recorded"
    assert torch.equal(inside, expected)
    assert torch.equal(best(X)[0], expected)
    again = make(best)
    best[0].weight_hh_l0.data.zero_()
    assert torch.equal(again(X)[0], expected)
    assert not torch.equal(best(X)[0], expected)
    assert lstm_core.run(again[0], X).max_error < 1e-6


WITHOUT_US = """
import sys
sys.modules["lstm_core"] = None
import torch
for path in sys.argv[1:]:
    model, x, expected = torch.load(path, weights_only=False)
    assert torch.equal(model(x)[0], expected)
"""


@pytest.mark.slow
def test_a_model_saved_whole_in_a_block_opens_where_we_are_not_installed(tmp_path):
    for name, block in BLOCKS.items():
        model = nn.Sequential(nn.LSTM(4, 3, 2, dropout=0.5)).eval()
        expected = model(X)[0].detach()
        with block(model):
            torch.save([model, X, expected], tmp_path / name)
            assert b"lstm_core" not in pickle.dumps(model)
            assert b"lstm_core" not in pickle.dumps(vars(model[0])["_forward_hooks"])
    subprocess.run([sys.executable, "-c", WITHOUT_US, *tmp_path.iterdir()], check=True)


def test_a_call_in_another_thread_is_named_where_nothing_was_recorded():
    model = nn.Sequential(nn.LSTM(4, 3))
    with lstm_core.record(model) as recording:
        worker = threading.Thread(target=model, args=(X,))
        worker.start()
        worker.join()
    said = "another thread or asyncio task, which the block did not begin: open a block there"
    assert f"{said}." in repr(recording)
    assert said in recording._repr_html_()
    with pytest.raises(LstmCoreError, match=rf"{said}\.$"):
        _ = recording.only
    with pytest.raises(LstmCoreError, match=rf"{said}\.$"):
        recording["0"]
    with lstm_core.record(model) as recording:
        model(X)
    assert "thread" not in repr(recording)
    with pytest.raises(LstmCoreError, match=r"got 'other'\.$"):
        recording["other"]
    with lstm_core.record(model) as recording:
        copy.deepcopy(model)(X)
    assert "thread" not in repr(recording), "the call of a copy is no call of the model"


def test_a_copy_keeps_no_recording_alive():
    model = nn.Sequential(nn.LSTM(4, 3, 2))
    with lstm_core.record(model) as recording:
        model(X)
        best = copy.deepcopy(model)
    gone = weakref.ref(recording)
    del recording
    gc.collect()
    assert gone() is None
    assert best is not None


def left_open(model):
    """What of us is at a model, and how many modes are open."""
    hooks = [len(vars(module)[f"_forward{pre}hooks"]) for module in model.modules() for pre in ("_", "_pre_")]
    return [sorted(vars(module)) for module in model.modules()], hooks, torch._C._len_torch_function_stack()


@pytest.mark.parametrize("raised", [None, ZeroDivisionError, KeyboardInterrupt])
@pytest.mark.parametrize("at", ["before the forward", "in the forward", "after the forward", "in the body"])
@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_nothing_is_left_at_a_model_after_a_block_however_it_ends(block, at, raised):
    model, places = nn.Sequential(nn.LSTM(4, 3, 3)), []

    def raises(*_):
        places.append(at)
        if raised:
            raise raised

    if at == "before the forward":
        model[0].register_forward_pre_hook(raises)
    if at == "after the forward":
        model[0].register_forward_hook(raises)
    if at == "in the forward":
        model[0].check_forward_args = raises
    before = left_open(model)
    with nullcontext() if raised is None else pytest.raises(raised), block(model):
        model(X)
        if at == "in the body":
            raises()
    assert left_open(model) == before
    assert places


@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("inner_first", [False, True])
def test_nested_blocks_leave_in_any_order_and_record_the_same(inner_first, dropout):
    model = nn.Sequential(nn.LSTM(4, 3, 3, dropout=dropout))
    before, blocks = left_open(model), [lstm_core.record(model) for _ in range(2)]
    recordings = [block.__enter__() for block in blocks]
    with torch.no_grad():
        model(X)
        blocks.pop(1 if inner_first else 0).__exit__(None, None, None)
        model(X)
        blocks.pop().__exit__(None, None, None)
    assert left_open(model) == before
    one, other = (recording.calls["0"][0] for recording in recordings)
    assert one.tensors().keys() == other.tensors().keys()
    assert all(torch.equal(values, other.tensors()[name]) for name, values in one.tensors().items())
    assert one.max_error < 1e-6


@pytest.mark.parametrize("block", ["record", "intervene"])
def test_torch_func_in_a_block_is_refused_by_name(block):
    model = nn.Sequential(nn.LSTM(4, 3))
    ours = lstm_core.record(model) if block == "record" else lstm_core.intervene(model, "0", units=[0])

    def loss(weights):
        return torch.func.functional_call(model, weights, (X,))[0].sum()

    weights = {name: weight.detach() for name, weight in model.named_parameters()}
    with ours, pytest.raises(LstmCoreError, match=r"plain call of '0', got one inside torch\.func"):
        torch.func.grad(loss)(weights)
    assert torch.func.grad(loss)(weights).keys() == weights.keys()


def fake(model):
    with FakeTensorMode(allow_non_fake_inputs=True):
        return model(torch.randn(7, 3, 4))


REFUSED = {
    "torch.jit.script": torch.jit.script,
    "FakeTensorMode": fake,
    "grad": lambda model: torch.func.grad(lambda x: given_by(model, x).sum())(torch.ones(7, 3, 4)),
    "vmap": lambda model: torch.func.vmap(lambda x: given_by(model, x))(torch.ones(2, 7, 3, 4)),
    "vmap later": lambda model: [model(torch.ones(7, 3, 4)), REFUSED["vmap"](model)],
}


def given_by(model, x):
    result = model(x)
    return result[0] if isinstance(result, tuple) else result


MADE = {"nn.LSTM": lambda: nn.LSTM(4, 5, 2), "by hand": lambda: own_cells.own(own_cells.LSTM)}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("made", "way"), [(made, way) for made in MADE for way in REFUSED if made == "by hand" or "vmap" not in way]
)
def test_what_has_no_numbers_is_refused_in_our_words_and_runs_again_after_the_block(made, way):
    model = MADE[made]()
    for _ in range(2):
        with pytest.raises(LstmCoreError, match=way.split()[0]), lstm_core.record(model):
            REFUSED[way](model)
        if made == "nn.LSTM" or way != "torch.jit.script":
            REFUSED[way](model)
        assert lstm_core.run(model, torch.ones(7, 3, 4)).sizes["time"] == 7


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_an_lstm_that_is_sharded_by_itself_is_refused_and_in_a_sharded_model_recorded():
    torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
    try:
        mesh, model = torch.distributed.device_mesh.init_device_mesh("cpu", (1,)), Answering()
        fully_shard(model, mesh=mesh)
        assert lstm_core.run(model, X).sizes["time"] == len(X)
        model = Answering()
        fully_shard(model.lstm, mesh=mesh)
        fully_shard(model, mesh=mesh)
        with pytest.raises(LstmCoreError, match="plain tensors, whose numbers can be read, got DTensor"):
            lstm_core.run(model, X)
        model(X).sum().backward()
    finally:
        torch.distributed.destroy_process_group()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("make", [nn.LSTM, nn.GRU, nn.LSTMCell])
@pytest.mark.parametrize("options", [{}, {"detach": False}], ids=str)
def test_torch_jit_trace_in_a_block_takes_down_the_module_itself(make, options):
    several = {} if make is nn.LSTMCell else {"num_layers": 3}
    model, given = nn.Sequential(make(4, 3, **several)), X[0] if make is nn.LSTMCell else X
    outside = torch.jit.trace(model, given)
    with lstm_core.record(model, **options):
        traced = torch.jit.trace(model, given)
    assert torch.equal(traced(given + 1)[0], model(given + 1)[0])
    assert [node.kind() for node in traced.inlined_graph.nodes()] == [
        node.kind() for node in outside.inlined_graph.nodes()
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_torch_jit_trace_while_a_gate_is_held_is_refused_by_name():
    model = nn.Sequential(nn.LSTM(4, 3))
    match = r"plain call of '0', got one inside torch\.jit\.trace"
    with lstm_core.intervene(model, "0", units=[0]), pytest.raises(LstmCoreError, match=match):
        torch.jit.trace(model, X)


class Answering(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.linear = nn.LSTM(4, 3, num_layers=2), nn.Linear(3, 1)

    def forward(self, x):
        return self.linear(self.lstm(x)[0])


def doubles(_module, _args, result):
    return result[0] * 2, result[1]


@pytest.mark.parametrize("make", [nn.LSTM, nn.GRU])
def test_a_foreign_hook_that_changed_the_output_is_named(make):
    module = make(4, 3)
    module.register_forward_hook(doubles)
    with pytest.raises(LstmCoreError, match="hooks may have changed the output before: doubles"):
        lstm_core.run(module, X)


def test_a_foreign_hook_that_is_set_after_ours_changes_no_trace():
    lstm = nn.LSTM(4, 3)
    plain, _ = lstm(X)
    with lstm_core.record(lstm) as recording:
        lstm.register_forward_hook(doubles)
        output, _ = lstm(X)
    assert torch.equal(output, 2 * plain)
    assert torch.equal(recording.only.h[0, 0], plain)


class OutputAlone(nn.LSTM):
    def forward(self, x):
        return super().forward(x)[0]


class TakesLengths(nn.LSTM):
    def forward(self, x, lengths):
        return super().forward(x[: lengths.max()])


def test_one_model_serves_threads_that_hold_and_record_it_at_once():
    """All blocks are open before the first thread runs the model, and until the last has run it."""
    model, holds, rounds = nn.Sequential(nn.LSTM(4, 3, 2)), [None, None, ("f", 0.0), ("c", 0.5), ("f", 1.0)], 20
    expected = [held_at(copy.deepcopy(model), hold, lambda: None) for hold in holds]
    together = threading.Barrier(len(holds), timeout=60)
    with ThreadPoolExecutor(len(holds)) as threads:
        for _ in range(rounds):
            found = threads.map(lambda hold: held_at(model, hold, together.wait), holds)
            for got, alone in zip(found, expected, strict=True):
                assert all(map(torch.equal, got, alone))


def held_at(model, hold, wait):
    """The model's output, and f, c and h of its only recorded call, with a gate held or with none."""
    held = lstm_core.intervene(model, lstm_core.Hold(*hold)) if hold else nullcontext()
    with torch.no_grad(), lstm_core.record(model) as recording, held:
        wait()
        output, _ = model(X)
        wait()
    assert len(recording.calls["0"]) == 1
    trace = recording.lstm()
    return output, trace.f, trace.c, trace.h


class ReturnsThree(nn.GRU):
    def forward(self, x):
        return (*super().forward(x), 1)


@pytest.mark.parametrize(
    ("kind", "args", "said"),
    [
        (OutputAlone, (X,), r"to return \(output, \(h, c\)\), got .* and a tensor \(5, 2, 3\)"),
        (
            TakesLengths,
            (X, torch.tensor([5, 2])),
            r"and a state \(h, c\) .* got \(a tensor \(5, 2, 4\), a tensor \(2,\)\)",
        ),
        (ReturnsThree, (X,), r"to return \(output, h\), got .*\(a tensor .*, int\)"),
    ],
)
def test_a_subclass_that_takes_or_returns_something_else_gets_a_sentence(kind, args, said):
    module = kind(4, 3)
    match = said + f".* {kind.__name__} has a forward of its own"
    with lstm_core.record(module), pytest.raises(LstmCoreError, match=match):
        module(*args)


def test_the_gradient_of_a_probe_costs_no_tensor_of_all_steps_at_each_of_them():
    # Packed input runs again step by step.
    lstm, x = nn.LSTM(4, 3), pack_padded_sequence(torch.randn(50, 1, 4), [50])
    with lstm_core.record(lstm, detach=False) as recording:
        output = lstm(x)[0].data
    names = [node.name() for node in nodes_behind(output)]
    # A probe's layer and its direction are selected, and its steps come by one unbind.
    assert names.count("SelectBackward0") == 2 * len("ifgoch")
    assert names.count("UnbindBackward0") == len("ifgoch") + 1
    assert recording.only.f.requires_grad


class Summed(nn.Module):
    """A recurrent module and a Linear, so that a checkpoint computes all of it again."""

    def __init__(self, inner):
        super().__init__()
        self.inner, self.linear = inner, nn.Linear(5, 1)

    def forward(self, x):
        result = self.inner(x)
        return self.linear(result[0] if isinstance(result, tuple) else result).sum()


@pytest.mark.parametrize("reentrant", [False, True])
@pytest.mark.parametrize("options", [{}, {"detach": False}], ids=str)
def test_a_checkpoint_that_computes_a_call_again_adds_none(options, reentrant):
    # A hand-written cell has no detach=False.
    by_hand = [] if options else [own_cells.own(own_cells.LSTM)]
    for inner in (nn.LSTM(4, 5), nn.LSTM(4, 5, 2), *by_hand):
        model, x = Summed(inner), torch.randn(6, 3, 4, requires_grad=True)
        [expected] = torch.autograd.grad(model(x), x)
        with lstm_core.record(model, **options) as recording:
            checkpoint(model, x, use_reentrant=reentrant).backward()
        trace = recording.only
        assert (trace.sizes["time"], trace.resets, len(recording.calls["inner"])) == (6, (), 1)
        torch.testing.assert_close(x.grad, expected)
