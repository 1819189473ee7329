"""How the recorder behaves in somebody's model: what it finds, joins and refuses, and that it leaves no trace."""

import copy
import gc
import weakref

import numpy as np
import pandas as pd
import peak_memory
import pytest
import torch
from copied_process import run
from hand_written import Loop, Lstm
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from runs import CELLS, MODULES, each_kind
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from lstm_core import LstmCoreError


class Tagger(nn.Module):
    """What the lesson ends in: two LSTMs and a Linear."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.ModuleDict({"lstm": nn.LSTM(4, 3, 2)})
        self.cell = nn.LSTMCell(3, 5)
        self.head = nn.Linear(5, 2)

    def forward(self, x):
        out, _ = self.encoder["lstm"](x)
        state = None
        for step in out:
            state = self.cell(step, state)
        return self.head(state[0])


@pytest.fixture
def model():
    return Tagger()


def hooks_in(model):
    return [m for m in model.modules() if m._forward_hooks or m._forward_pre_hooks]


@each_kind
def test_the_config_says_what_the_module_was(make):
    module = make(4, 3, 2, bidirectional=True, batch_first=True, bias=False, dtype=torch.float64)
    config = dict(lstm_core.run(module, torch.randn(2, 5, 4, dtype=torch.float64)).config)
    assert config.pop("proj_size", "none") == (0 if isinstance(module, nn.LSTM) else "none")
    assert config.pop("nonlinearity", "none") == getattr(module, "nonlinearity", "none")
    assert config == {
        "input_size": 4,
        "hidden_size": 3,
        "num_layers": 2,
        "bidirectional": True,
        "bias": False,
        "batch_first": True,
        "dtype": "float64",
        "device": "cpu",
        "path": "replay",
    }


class EachKind(nn.Module):
    """One of each kind, one after the other."""

    def __init__(self):
        super().__init__()
        self.lstm, self.gru, self.rnn = nn.LSTM(4, 4), nn.GRU(4, 4, 2), nn.RNN(4, 4)
        self.cell, self.head = nn.GRUCell(4, 4), nn.Linear(4, 2)

    def forward(self, x):
        for module in (self.lstm, self.gru, self.rnn):
            x, _ = module(x)
        h = None
        for step in x:
            h = self.cell(step, h)
        return self.head(h)


@pytest.mark.parametrize("make", [Tagger, EachKind])
def test_outputs_and_gradients_are_the_same_to_the_bit(make):
    model, x = make().train(), torch.randn(6, 2, 4)
    plain = model(x)
    plain.sum().backward()
    gradients = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    with lstm_core.record(model) as recording:
        recorded = model(x)
        recorded.sum().backward()
    assert torch.equal(plain, recorded)
    assert all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), gradients, strict=True))
    names = {Tagger: "Trace Trace", EachKind: "Trace GruTrace RnnTrace GruTrace"}[make]
    assert " ".join(type(recording[name]).__name__ for name in recording.names) == names
    assert max(recording[name].max_error for name in recording.names) < 1e-6
    assert not any(tensor.requires_grad for tensor in recording[recording.names[1]].tensors().values())


def test_recording_leaves_the_model_and_the_random_state_as_they_were(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    random_state = torch.get_rng_state()
    model.train()
    with lstm_core.record(model):
        model(torch.zeros(3, 1, 4))
    assert model.training
    assert torch.equal(torch.get_rng_state(), random_state)
    assert before.keys() == model.state_dict().keys()
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert not hooks_in(model)


def test_torchs_own_error_for_a_wrong_feature_size_passes_through_and_hooks_are_gone(model):
    with pytest.raises(RuntimeError, match=r"input.size"), lstm_core.record(model):
        model(torch.zeros(3, 1, 7))
    assert not hooks_in(model)


def test_an_unknown_name_is_refused_before_any_hook_is_set(model):
    with pytest.raises(LstmCoreError, match=r"'nowhere'.*encoder\.lstm"), lstm_core.record(model, ["cell", "nowhere"]):
        pass
    assert not hooks_in(model)


def test_a_trace_holds_neither_the_model_nor_its_graph():
    lstm = nn.LSTM(4, 3)
    trace = lstm_core.run(lstm, torch.randn(2, 1, 4))
    with lstm_core.record(lstm) as recording:
        lstm(torch.randn(2, 1, 4))
    assert not any(tensor.requires_grad for tensor in recording.only.tensors().values())
    gone = weakref.ref(lstm)
    del lstm, recording
    gc.collect()
    assert gone() is None
    held = weakref.ref(trace)
    del trace
    assert held() is None


def test_a_trace_stays_when_the_output_or_input_is_overwritten():
    lstm, x = nn.LSTM(4, 3), torch.randn(2, 1, 4)
    with torch.no_grad(), lstm_core.record(lstm) as recording:
        output, state = lstm(x)
    trace = recording.only
    kept = [trace.h.clone(), trace.x.clone(), trace.c.clone()]
    for tensor in (output, x, *state):
        tensor.zero_()
    assert all(map(torch.equal, kept, (trace.h, trace.x, trace.c)))


@st.composite
def cut_runs(draw):
    """A module or a cell, and its input cut into calls; which rows of the batch each call begins anew."""
    is_cell, kind = draw(st.booleans()), draw(st.sampled_from(list(MODULES)))
    module = CELLS[kind](4, 3) if is_cell else MODULES[kind](4, 3, 2, bidirectional=draw(st.booleans()))
    lengths = [1] * draw(st.integers(1, 6)) if is_cell else draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    rows = st.sampled_from([(), (), (0,), (1,), (0, 1)])
    return module, torch.randn(sum(lengths), 2, 4).split(lengths), [(), *(draw(rows) for _ in lengths[1:])]


@settings(max_examples=40)
@drawn(cut_runs())
def test_calls_that_pass_their_state_on_are_one_run_and_resets_are_where_it_was_dropped(run):
    module, calls, anew = run
    is_cell, state, given = isinstance(module, nn.RNNCellBase), None, []
    with torch.no_grad(), lstm_core.record(module) as recording:
        for x, rows in zip(calls, anew, strict=True):
            if state is not None:
                parts = [one.clone() for one in (state if isinstance(state, tuple) else (state,))]
                for one in parts:
                    one[..., list(rows), :] = 0.25
                state = tuple(parts) if isinstance(state, tuple) else parts[0]
            given.append(state)
            state = module(x[0] if is_cell else x, state)
            state = state if is_cell else state[1]
    trace, firsts = recording.only, [sum(map(len, calls[:n])) for n in range(len(calls))]
    if getattr(module, "bidirectional", False):
        # A direction from the right can't go on from the call before.
        anew = [(), *[(0, 1)] * (len(calls) - 1)]
    assert trace.resets == tuple(first for first, rows in zip(firsts, anew, strict=True) if rows)
    begun = [[row in rows for row in (0, 1)] for rows in anew if rows]
    said = None if trace.anew_in() is None else trace.anew_in().tolist()
    # None: all sequences began anew at each of them.
    assert said == begun or (said is None and all(map(all, begun)))
    for x, first, state in zip(calls, firsts, given, strict=True):
        alone, part = lstm_core.run(module, x[0] if is_cell else x, state), slice(first, first + len(x))
        for quantity in alone.quantities:
            torch.testing.assert_close(getattr(trace, quantity)[:, :, part], getattr(alone, quantity))
        for letter in set(alone.quantities) & {"c", "h"}:
            torch.testing.assert_close(trace.before(letter)[:, :, part], alone.before(letter))


def test_keyword_arguments_are_read():
    lstm, x = nn.LSTM(4, 3), torch.randn(5, 1, 4)
    state = torch.randn(1, 1, 3), torch.randn(1, 1, 3)
    with torch.no_grad(), lstm_core.record(lstm) as recording:
        lstm(hx=state, input=x)
    assert torch.equal(recording.only.h0[0], state[0])


def test_a_module_shared_under_two_names_answers_to_both():
    shared = nn.LSTM(4, 4)
    model = nn.ModuleDict({"first": shared, "second": shared})
    with torch.no_grad(), lstm_core.record(model) as recording:
        model["second"](torch.randn(2, 1, 4))
    assert recording.names == ["first"]
    assert recording["second"].c.shape == recording["first"].c.shape


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
@each_kind
def test_any_gradient_mode_gives_a_plain_trace(make, mode):
    module = make(4, 3, 2)
    with mode(), lstm_core.record(module) as recording:
        module(torch.randn(5, 1, 4))
    trace = recording.only
    assert not any(tensor.requires_grad or tensor.is_inference() for tensor in trace.tensors().values())
    trace.h.add_(0)


@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN")
@pytest.mark.parametrize(
    "make", [*MODULES.values(), *CELLS.values()], ids=[*MODULES, *(f"{kind} cell" for kind in CELLS)]
)
def test_autocast_is_recorded_in_the_dtype_that_ran(make):
    module = make(4, 3)
    x = torch.randn(5, 1, 4) if isinstance(module, nn.RNNBase) else torch.randn(5, 4)
    # oneDNN lacks a bfloat16 LSTM on some processors; PyTorch's own kernel runs everywhere.
    with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False), torch.autocast("cpu", torch.bfloat16):
        output = module(x)
        with lstm_core.record(module) as recording:
            again = module(x)
    trace = recording.only
    output, again = (one if isinstance(one, torch.Tensor) else one[0] for one in (output, again))
    assert torch.equal(output, again)
    assert trace.h.dtype == output.dtype
    assert trace.max_error < 3e-2


@each_kind
def test_weight_norm_is_recorded_as_it_ran(make):
    module = make(4, 3)
    torch.nn.utils.parametrizations.weight_norm(module, "weight_hh_l0")
    with torch.no_grad():
        module.parametrizations.weight_hh_l0.original0.mul_(3.0)
    trace = lstm_core.run(module, torch.randn(5, 1, 4))
    assert trace.max_error < 1e-6


@pytest.mark.parametrize("cell", [nn.LSTMCell, nn.GRUCell, nn.RNNCell])
def test_a_weight_that_goes_on_at_each_reading_goes_on_as_without_a_recording(cell):
    torch.manual_seed(1)
    module = torch.nn.utils.parametrizations.spectral_norm(cell(3, 4), "weight_hh").train()
    alone, x, h = copy.deepcopy(module), torch.randn(5, 2, 3), None
    for step in x:
        h = alone(step, h)
    again = None
    with lstm_core.record(module) as recording:
        for step in x:
            again = module(step, again)
    assert all(map(torch.equal, h if isinstance(h, tuple) else [h], again if isinstance(h, tuple) else [again]))
    assert all(map(torch.equal, alone.state_dict().values(), module.state_dict().values()))
    assert recording.only.max_error < 1e-6
    assert all(part.training for part in module.modules())


def test_the_lower_layers_of_a_subclass_run_again_both_ways():
    class Mine(nn.LSTM):
        def forward(self, input, hx=None):
            return super().forward(input, hx)

    plain, x = nn.LSTM(4, 3, 2, bidirectional=True), torch.randn(5, 2, 4)
    mine = Mine(4, 3, 2, bidirectional=True)
    mine.load_state_dict(plain.state_dict())
    state = torch.randn(4, 2, 3), torch.randn(4, 2, 3)
    for given in (x, pack_padded_sequence(x, [3, 5], enforce_sorted=False)):
        trace, as_usual = lstm_core.run(mine, given, state), lstm_core.run(plain, given, state)
        assert trace.max_error < 1e-6
        torch.testing.assert_close(trace.h, as_usual.h, equal_nan=True)
        torch.testing.assert_close(trace.f, as_usual.f, equal_nan=True)


@each_kind
def test_a_subclass_that_computes_something_else_is_an_error(make):
    module = make(4, 3)
    kind = type(module)

    class Scaled(kind):
        def forward(self, input, hx=None):
            output, state = super().forward(input, hx)
            return output * 2, state

    module.__class__ = Scaled
    name = kind.__name__
    with pytest.raises(LstmCoreError, match=f"other than PyTorch's {name}: let it call an nn.{name} of its own"):
        lstm_core.run(module, torch.ones(5, 1, 4))


@each_kind
def test_nan_input_is_recorded_with_a_warning(make):
    x = torch.zeros(5, 1, 4)
    x[2] = torch.nan
    with pytest.warns(UserWarning, match="holds NaN") as warned:
        trace = lstm_core.run(make(4, 3), x)
    model = nn.Sequential(make(4, 3))
    with lstm_core.record(model) as recording:
        model(x.nan_to_num())
        with pytest.warns(UserWarning, match="holds NaN") as within:
            model(x)
    assert repr(recording).endswith("  max_error nan, because the run holds NaN")
    # The lines above, not one of ours or PyTorch's.
    assert {each.filename for each in (*warned, *within)} == {__file__}
    assert trace.h[0, 0, :2].isfinite().all()
    assert trace.h[0, 0, 2:].isnan().all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
@pytest.mark.parametrize("frozen", [torch.jit.freeze, lambda scripted: scripted])
def test_a_scripted_module_is_refused(kind, frozen):
    scripted = frozen(torch.jit.script(nn.Sequential(kind(4, 3)).eval()))
    with pytest.raises(LstmCoreError, match="It is scripted"), lstm_core.record(scripted):
        pass


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_a_quantised_module_is_refused(kind):
    quantised = torch.ao.quantization.quantize_dynamic(nn.Sequential(kind(4, 3)), {kind})
    with pytest.raises(LstmCoreError, match="quantised"), lstm_core.record(quantised):
        pass


def test_only_says_how_many_were_called(model):
    with lstm_core.record(model) as recording:
        pass
    with pytest.raises(LstmCoreError, match="got 0"):
        _ = recording.only
    with pytest.raises(LstmCoreError, match="were called, \\[\\], got 'cell'"):
        recording["cell"]


@pytest.mark.slow
@pytest.mark.parametrize("layers", [1, 2])
def test_recording_100_000_steps_takes_little_more_memory_than_it_returns(layers):
    assert run(peak_memory.of_many_steps, layers) < 1.3


def test_a_hook_that_writes_into_the_state_that_was_read_is_found_out():
    def keeps(_module, args, result):
        for state, new in zip(args[1], result[1], strict=True):
            state.copy_(new)

    lstm = nn.LSTM(4, 3)
    lstm.register_forward_hook(keeps)
    state = torch.randn(1, 1, 3), torch.randn(1, 1, 3)
    with pytest.raises(lstm_core.LstmCoreError, match="something other"):
        lstm_core.run(lstm, torch.randn(5, 1, 4), state)


def test_what_computes_a_weight_at_random_draws_as_it_would_without_a_block():
    class Dropped(nn.Module):
        def forward(self, weight):
            return nn.functional.dropout(weight, 0.5)

    lstm, x = nn.LSTM(4, 4), torch.randn(5, 2, 4)
    nn.utils.parametrize.register_parametrization(lstm, "weight_hh_l0", Dropped())
    with torch.no_grad():
        torch.manual_seed(3)
        expected = lstm(x)[0]
        torch.manual_seed(3)
        with lstm_core.record(lstm):
            assert torch.equal(lstm(x)[0], expected)


def test_dropout_that_is_set_in_the_block_is_not_passed_over():
    lstm = nn.LSTM(4, 3, 2)
    with torch.no_grad(), lstm_core.record(lstm) as recording:
        lstm.dropout = 0.5
        lstm(torch.randn(5, 1, 4))
    assert (recording.only.h_read == 0).any()
    assert recording.only.max_error < 1e-6


@pytest.mark.parametrize("module", [nn.LSTM(4, 3, 2, bidirectional=True), nn.GRU(4, 3), nn.RNN(4, 3)])
def test_no_sequence_at_all_is_recorded_as_such(module):
    assert lstm_core.run(module, torch.zeros(5, 0, 4)).h.numel() == 0


def test_a_state_dict_is_no_model():
    with pytest.raises(LstmCoreError, match="got a state dict, which has weights but runs nothing"):
        lstm_core.record(nn.LSTM(4, 3).state_dict()).__enter__()
    for wrong, name in ((None, "None"), ({}, "dict"), (nn.LSTM, "type")):
        with pytest.raises(
            LstmCoreError, match=rf"Expected a model \(torch\.nn\.Module\), got {name}\. Give the model itself"
        ):
            lstm_core.record(wrong).__enter__()
    with pytest.raises(LstmCoreError, match="got a state dict"):
        lstm_core.intervene(nn.LSTM(4, 3).state_dict(), lstm_core.Hold("f", 0.0))


@pytest.mark.parametrize("detach", [True, False])
def test_a_module_on_the_meta_device_has_no_numbers_to_record(detach):
    model = nn.Sequential(nn.LSTM(4, 3, 2, device="meta"))
    with (
        pytest.raises(LstmCoreError, match=r"plain call of '0', got .* weights on the meta device"),
        lstm_core.record(model, detach=detach),
    ):
        model(torch.randn(5, 1, 4, device="meta"))


@pytest.mark.parametrize("batches", [[2, 2], [2, 1]])
@pytest.mark.parametrize("packs", [True, False])
def test_a_recording_says_which_calls_make_no_trace_together(packs, batches):
    model = nn.Sequential(nn.LSTM(4, 3))
    with lstm_core.record(model) as recording:
        for batch in batches:
            x = torch.randn(5, batch, 4)
            model(pack_padded_sequence(x, [5] * batch) if packs else x)
            assert ", apart" not in repr(recording) or len(recording.calls["0"]) > 1
    together = not packs and len(set(batches)) == 1
    assert ("2 calls, apart: recording.calls['0']" in repr(recording)) is not together
    if together:
        assert recording.lstm().sizes["time"] == 10
    else:
        assert recording.batches("0").lengths_or_time() == [5] * sum(batches)
        with pytest.raises(LstmCoreError, match=r"one by one: recording\.calls\['0'\], or side .*\.batches\('0'\)"):
            recording.lstm()


@pytest.mark.parametrize("made", ["LSTM", "GRU", "RNN", "cell in a loop", "by hand"])
@drawn(batches=st.lists(st.tuples(st.integers(3, 9), st.integers(1, 4), st.booleans()), min_size=1, max_size=4))
@settings(max_examples=10)
def test_the_batches_of_an_evaluation_are_one_trace_side_by_side_each_as_it_is_alone(made, batches):
    model, name = Tagger(), "cell"
    if made in ("LSTM", "GRU", "RNN"):
        model, name = getattr(nn, made)(4, 3, 2, bidirectional=True, dropout=0.5), ""
    elif made == "by hand":
        model = Loop(Lstm(4, 3), 3)

    def evaluate(number, time, batch, trains):
        torch.manual_seed(number)
        model.train(trains)(torch.randn(time, batch, 4))

    with lstm_core.record(model) as recording:
        for number, shape in enumerate(batches):
            evaluate(number, *shape)
    found, first = recording.batches(name), 0
    for number, (time, batch, trains) in enumerate(batches):
        with lstm_core.record(model) as one:
            evaluate(number, time, batch, trains)
        alone, rows = one[name], slice(first, first + batch)
        part = found.sel(batch=rows, time=slice(time))
        assert all(torch.equal(getattr(part, quantity), getattr(alone, quantity)) for quantity in alone.kept)
        assert all(torch.equal(part.before(state), alone.before(state)) for state in alone.states)
        assert alone.h_read is None or torch.equal(part.h_read, alone.h_read)
        assert found.lengths_or_time()[rows] == [time] * batch
        assert getattr(found, alone.kept[0])[:, :, time:, rows].isnan().all()
        first += batch
    assert (found.sizes["batch"], found.resets) == (first, ())
    assert (found.lengths is None) == (len({time for time, *_ in batches}) == 1)


def test_batches_of_which_other_steps_were_kept_are_refused():
    with lstm_core.record(lstm := nn.LSTM(4, 3), steps=-1) as recording:
        for time in (5, 7):
            lstm(torch.randn(time, 2, 4))
    with pytest.raises(LstmCoreError, match=r"got different steps. Take them one by one: recording.calls\[''\]"):
        recording.batches("")


def test_a_call_of_forward_alone_is_not_recorded_and_the_sentence_names_it():
    lstm = nn.LSTM(4, 3)
    with lstm_core.record(lstm) as recording:
        lstm.forward(torch.randn(5, 4))
    with pytest.raises(LstmCoreError, match=r"got 0: \[\]\. Call .* itself: model\(x\), not model\.forward\(x\)\."):
        assert recording.only


def test_a_recording_is_a_mapping_with_a_line_a_module():
    model = nn.ModuleDict({"encoder": nn.LSTM(4, 3, 2, bidirectional=True), "decoder": nn.GRUCell(4, 5)})
    with lstm_core.record(model) as recording:
        assert repr(recording) == "Recording of no module: none was called"
        assert (len(recording), list(recording)) == (0, [])
        model["encoder"](torch.randn(7, 2, 4))
        state = None
        for _ in range(3):
            state = model["decoder"](torch.randn(2, 4), state)
    assert (list(recording), len(recording)) == (["encoder", "decoder"], 2)
    assert "encoder" in recording
    assert "encoder.x" not in recording
    assert [(name, type(trace)) for name, trace in recording.items()] == [
        ("encoder", lstm_core.Trace),
        ("decoder", lstm_core.GruTrace),
    ]
    assert recording.get("nobody") is None
    assert recording.lstm() is recording.lstm("encoder") is recording["encoder"]
    assert recording.gru().name == recording.gru("decoder").name == "decoder"
    for asked, expected in ((recording.lstm, "an LSTM"), (recording.rnn, "an RNN"), (recording.cell, "a cell")):
        with pytest.raises(LstmCoreError, match=f"Expected {expected}, got a GRU at 'decoder'"):
            asked("decoder")
    with pytest.raises(LstmCoreError, match=r"modules that were called, \['encoder', 'decoder'\], got 'nobody'"):
        recording["nobody"]
    with pytest.raises(KeyError):
        recording["nobody"]
    head, encoder, decoder = repr(recording).split("\n")
    assert head == "Recording of 2 modules:"
    assert encoder.split("  ")[0] == "encoder"
    assert "2 layers × 2 directions, 7 steps, batch 2, 3 units" in encoder
    assert "1 layer, 3 steps, batch 2, 5 units" in decoder
    assert "1 call " in encoder
    assert "3 calls" in decoder
    assert f"max_error {recording['decoder'].max_error:.0e}" in decoder
    assert "decoder" in recording._repr_html_()
    assert "<script" not in recording._repr_html_()


def test_a_name_of_a_module_is_text_in_the_html_of_a_recording():
    model = nn.ModuleDict({"<b>": nn.LSTM(4, 3)})
    with lstm_core.record(model) as recording:
        model["<b>"](torch.randn(5, 1, 4))
    assert "&lt;b&gt;" in recording._repr_html_()
    assert "<b>" not in recording._repr_html_()


def test_a_whole_model_is_run_once():
    model = nn.Sequential(nn.Embedding(5, 4), nn.LSTM(4, 3))
    trace = lstm_core.run(model, torch.tensor([[0, 1, 2]]).T, tokens=["a", "b", "c"])
    assert (trace.name, trace.tokens) == ("1", [["a", "b", "c"]])


def test_a_joined_trace_has_no_graph_because_each_call_has_leaves_of_its_own():
    cell, state = nn.LSTMCell(4, 3), None
    with lstm_core.record(cell, detach=False) as recording:
        for x in torch.randn(3, 2, 4):
            state = cell(x, state)
    joined = recording.lstm()
    assert not any(values.requires_grad for values in joined.tensors().values())
    gradients = torch.autograd.grad(state[0].sum(), [call.i for call in recording.calls[""]])
    assert all(gradient.any() for gradient in gradients)
    assert torch.equal(joined.f[0, 0, 1], recording.calls[""][1].f[0, 0, 0].detach())


SENTIMENT = lstm_core.load_model("sentiment")


@pytest.mark.parametrize(
    ("model", "x", "said"),
    [
        (nn.LSTM(4, 3), np.zeros((5, 1, 4), np.float32), r"got ndarray of shape \(5, 1, 4\)\. Give torch\.as_tensor"),
        (nn.LSTM(4, 3), pd.DataFrame(np.zeros((5, 4))), r"got DataFrame of shape \(5, 4\)\. Give torch\.as_tensor"),
        (nn.LSTM(4, 3), "giraffes", r"a tensor, got str\. Give the numbers of its words"),
        (SENTIMENT, "a good film", r"got str\. Give model\.vectors\(model\.tokens\(text\)\)\."),
        (SENTIMENT, ["a", "film"], r"got list\. Give model\.vectors\(tokens\)\."),
    ],
)
def test_what_a_model_does_not_read_is_refused_in_a_sentence(model, x, said):
    with pytest.raises(LstmCoreError, match=said):
        lstm_core.run(model, x)
