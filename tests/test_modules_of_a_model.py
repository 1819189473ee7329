"""Which modules of a model are recorded, under which names, and what is said of those that are not."""

import re
import warnings

import pytest
import torch
from hand_written import Loop, Lstm
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError, intervene, record
from lstm_core.recording.modules import aliases, cells_beside, drops_out, first_names, modules_to_record, the_only_name
from lstm_core.recording.proof import NotRebuiltError

LISTED = "nn.LSTM, nn.LSTMCell, nn.GRU, nn.GRUCell, nn.RNN or nn.RNNCell"


class Wrapped(nn.Module):
    """One LSTM under two names, a GRU, a Linear, and a cell of one's own."""

    def __init__(self):
        super().__init__()
        self.a = nn.LSTM(4, 3)
        self.inner = nn.ModuleDict({"again": self.a, "gru": nn.GRU(3, 2)})
        self.out = nn.Linear(2, 2)
        self.mine = Lstm(4, 3)


def refused(does, says):
    with pytest.raises(LstmCoreError, match=re.escape(says)):
        does()


def test_a_module_has_its_first_name_and_answers_to_each():
    model = Wrapped()
    assert list(modules_to_record(model, None)) == ["a", "inner.gru"]
    assert list(modules_to_record(model, ["inner.again", "inner.gru"])) == ["a", "inner.gru"]
    assert list(modules_to_record(model, "inner.gru")) == ["inner.gru"]
    assert first_names(model)[model.a] == "a"
    assert aliases(model)["inner.again"] == aliases(model)["a"] == "a"
    assert cells_beside(model, modules_to_record(model, None)) == ["mine"]
    assert cells_beside(nn.ModuleList([model, nn.RNN(1, 1)]), {"1": nn.RNN(1, 1)}) == ["0.mine"]


def test_under_compiled_a_name_is_the_one_without_its_wrapper_and_answers_with_it():
    wrapper = type("OptimizedModule", (nn.Module,), {})()
    wrapper._orig_mod = nn.ModuleDict({"lstm": nn.LSTM(4, 3)})
    assert list(modules_to_record(wrapper, None)) == ["lstm"]
    assert list(modules_to_record(wrapper, ["_orig_mod.lstm"])) == ["lstm"]
    assert wrapper not in first_names(wrapper)
    assert aliases(wrapper) == {"": "", "_orig_mod": "", "lstm": "lstm", "_orig_mod.lstm": "lstm"}


def test_what_is_no_model_or_has_nothing_to_record_is_said():
    given = {
        "None": None, "a list": [nn.LSTM(4, 3)], "a dict": {"a": 3},
        "a state dict, which has weights but runs nothing": nn.LSTM(4, 3).state_dict(),
    }  # fmt: skip
    for words, model in given.items():
        refused(lambda model=model: modules_to_record(model, None), f"a model (torch.nn.Module), got {words}. Give the")
    plain = nn.Sequential(nn.Linear(4, 3))
    refused(lambda: modules_to_record(plain, None), f"a model with an {LISTED} in it, got Sequential with none.")
    model = Wrapped()
    listed = LISTED.replace(" or ", " and ")
    refused(lambda: modules_to_record(model, ["b"]), f"got 'b'. Its {listed}: ['a', 'inner.gru'].")
    refused(lambda: modules_to_record(model, ["out"]), f"{LISTED}, got Linear at 'out'. It is none of these: name an")
    refused(lambda: modules_to_record(model, []), f"in the model, got none. Name an {LISTED}, or leave it out.")


def test_the_only_name_is_that_of_the_only_lstm_or_of_the_only_module():
    lstm, gru, cell = nn.LSTM(4, 3), nn.GRU(4, 3), nn.LSTMCell(4, 3)
    assert the_only_name(nn.ModuleDict({"g": gru, "l": lstm, "r": nn.RNN(4, 3)})) == "l"
    assert the_only_name(nn.ModuleDict({"g": gru})) == "g"
    assert the_only_name(nn.ModuleDict({"g": gru, "c": cell})) == "c"
    for parts in ({"l": lstm, "c": cell}, {"g": gru, "h": nn.GRU(4, 3)}):
        model = nn.ModuleDict(parts)
        refused(lambda model=model: the_only_name(model), f"modules, {list(parts)}, got none. Give name=…")


@pytest.mark.filterwarnings("ignore:dropout option adds dropout")
def test_dropout_comes_between_layers_in_train_mode_alone():
    assert drops_out(nn.LSTM(4, 3, 2, dropout=0.5))
    assert drops_out(nn.GRU(4, 3, 3, dropout=0.1))
    for module in (nn.LSTM(4, 3, 1, dropout=0.5), nn.LSTM(4, 3, 2, dropout=0.0), nn.LSTM(4, 3, 2, dropout=0.5).eval()):
        assert not drops_out(module)
    assert not drops_out(nn.Dropout(0.5))
    model = nn.ModuleDict({"r": nn.LSTM(4, 3, 2, dropout=0.5)})
    for module, name in ((model, "'r'"), (model["r"], "the module")):
        with intervene(module, Hold("f", 0.0)):
            called = model["r"]
            refused(lambda called=called: called(torch.zeros(5, 1, 4)), f"Expected {name} without dropout between its")


class Off(nn.LSTM):
    def forward(self, x, hx=None):
        output, state = super().forward(x, hx)
        return output + 0.1, state


def shift(_module, _args, result):
    return result[0] + 0.1, result[1]


def test_a_module_that_returns_something_else_is_refused_with_what_may_have_changed_it():
    given = torch.zeros(5, 1, 4)
    for name, model in (("the LSTM", Off(4, 3)), ("0", nn.Sequential(Off(4, 3)))):
        says = f"rebuild the output of '{name}' to 1e-03, got a difference of 1e-01"
        with pytest.raises(NotRebuiltError, match=says) as one:
            lstm_core.run(model, given)
        assert "Its forward computes something other than PyTorch's LSTM" in str(one.value)
    lstm = nn.LSTM(4, 3)
    lstm.register_forward_hook(shift)
    with pytest.raises(NotRebuiltError, match=r"have changed the output before: shift\. Set them inside"):
        lstm_core.run(lstm, given)


def test_a_run_of_nan_is_warned_of_at_the_callers_line():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lstm_core.run(nn.LSTM(4, 3), torch.full((5, 1, 4), torch.nan))
    [warning] = caught
    assert str(warning.message).startswith("The run of 'the LSTM' holds NaN: from there on")
    assert warning.filename == __file__


def test_a_model_with_a_cell_of_ones_own_beside_says_that_it_was_not_recorded():
    model = Wrapped()
    with torch.no_grad(), record(model) as recording:
        model.a(torch.zeros(5, 1, 4))
    assert repr(recording).splitlines()[-1] == (
        "Not recorded: 'mine'. To find its gates, name it: record(model, names=['mine'])."
    )
    with torch.no_grad(), record(Loop(Lstm(4, 3), 3)) as recording:
        pass
    refused(lambda: recording.only, "got 0: []. Call the model in the block, itself: model(x), not model.forward(x).")
    refused(lambda: recording["x"], "called, [], got 'x'. Call the model in the block")


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_plain_loop_takes_and_returns_each_form_of_its_module(kind):
    torch.manual_seed(0)
    many = len(kind(4, 3)(torch.zeros(1, 1, 4))[1]) == 2 and kind is nn.LSTM

    def states(*shape):
        given = tuple(torch.randn(*shape) for _ in "hc")
        return given if many else given[0]

    for batch_first in (False, True):
        module = kind(4, 3, 2, batch_first=batch_first, bidirectional=True)
        loop = lstm_core.unrolled(module)
        for x, state in (
            (torch.randn(5, 2, 4), None), (torch.randn(5, 2, 4), states(4, 5 if batch_first else 2, 3)),
            (torch.randn(5, 4), None), (torch.randn(5, 4), states(4, 3)), (torch.randn(1, 1, 4), None),
        ):  # fmt: skip
            torch.testing.assert_close(loop(x, state), module(x, state))
    cell = {nn.LSTM: nn.LSTMCell, nn.GRU: nn.GRUCell, nn.RNN: nn.RNNCell}[kind](4, 3)
    loop = lstm_core.unrolled(cell)
    for x, state in (
        (torch.randn(2, 4), None), (torch.randn(2, 4), states(2, 3)),
        (torch.randn(4), None), (torch.randn(4), states(3)),
    ):  # fmt: skip
        torch.testing.assert_close(loop(x, state), cell(x, state))
    for wrong in (torch.zeros(3, 5), torch.zeros(0, 4), torch.zeros(1, 1, 4), torch.zeros(())):
        refused(lambda wrong=wrong: loop(wrong), f"with 4 features and a step or more, got {tuple(wrong.shape)}")
    loop = lstm_core.unrolled(kind(4, 3))
    for wrong in map(torch.zeros, [(5, 2, 3), (0, 2, 4), (5, 0, 4), (4,), (1, 1, 1, 4)]):
        refused(lambda wrong=wrong: loop(wrong), f"with 4 features and a step or more, got {tuple(wrong.shape)}")


class StepByHand(nn.LSTMCell):
    def forward(self, x, state):
        h, c = state
        gates = nn.functional.linear(x, self.weight_ih, self.bias_ih)
        i, f, g, o = (gates + nn.functional.linear(h, self.weight_hh, self.bias_hh)).chunk(4, 1)
        c = (f + 1).sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


class StepByPyTorch(StepByHand):
    def forward(self, x, state):
        return self._run(x, state)

    def _run(self, x, state):
        return (lambda: nn.LSTMCell.forward(self, x * 1, state))()


class StepsOf(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.cell = cell(4, 3)

    def forward(self, x):
        state, self.seen = (torch.zeros(2, 3), torch.zeros(2, 3)), []
        for row in x:
            state = self.cell(row, state)
            self.seen.append(state[1].detach())
        return state[0]


@pytest.mark.parametrize("names", [None, ["cell"], [""]])
def test_a_subclass_whose_forward_never_calls_pytorchs_is_a_hand_written_cell(names):
    for cell, kind in ((StepByHand, "CellTrace"), (StepByPyTorch, "Trace"))[: 1 if names == [""] else 2]:
        model = StepsOf(cell)
        with lstm_core.record(model, names) as recording:
            model(torch.randn(5, 2, 4))
        assert type(recording["cell"]).__name__ == kind
        assert torch.allclose(recording["cell"].c[0, 0], torch.stack(model.seen), atol=1e-6)


@pytest.mark.parametrize("names", [None, [""]])
def test_such_a_subclass_is_found_when_it_is_the_model_itself(names):
    cell, state, seen = StepByHand(4, 3), (torch.zeros(2, 3), torch.zeros(2, 3)), []
    with lstm_core.record(cell, names) as recording:
        for row in torch.randn(5, 2, 4):
            state = cell(row, state)
            seen.append(state[1])
    assert torch.equal(recording.only.c[0, 0], torch.stack(seen))


class LendsWeights(StepsOf):
    """A model that holds PyTorch's own cell for its weights, and writes the step out."""

    def forward(self, x):
        state = (torch.zeros(2, 3), torch.zeros(2, 3))
        for row in x:
            state = StepByHand.forward(self.cell, row, state)
        return state[0]


def test_beside_a_module_that_was_called_one_that_was_not_is_named():
    model = LendsWeights(nn.LSTMCell)
    model.encoder = nn.GRU(4, 4)
    with lstm_core.record(model) as recording:
        model(model.encoder(torch.randn(5, 2, 4))[0])
    assert list(recording) == ["encoder"]
    for shown in (str(recording), recording._repr_html_().replace("&#x27;", "'")):
        assert "Not called: 'cell'. If the model computes such steps itself, record(model, names=[''])" in shown


def test_a_module_that_only_lies_there_does_not_hide_a_step_by_hand():
    model, x = LendsWeights(nn.LSTMCell), torch.randn(5, 2, 4)
    with lstm_core.record(model) as recording:
        model(x)
    with pytest.raises(LstmCoreError, match=r"ran without 'cell': record\(model, names=\[''\]\) looks"):
        _ = recording.only
    with lstm_core.record(model, names=[""]) as recording:
        model(x)
    assert recording.only.sizes["time"] == 5
    with lstm_core.record(nn.Sequential(nn.LSTM(4, 3))) as recording:
        pass
    with pytest.raises(LstmCoreError) as refused:
        _ = recording.only
    assert "looks for" not in str(refused.value)
