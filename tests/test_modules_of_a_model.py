"""Which modules of a model are recorded, under which names, and what is said of those that are not."""

import re

import pytest
import torch
from hand_written import Loop, Lstm
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError, intervene, record

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
    for names, called in ((None, ["a", "inner.gru"]), (["inner.again"], ["a"]), ("inner.gru", ["inner.gru"])):
        with torch.no_grad(), record(model, names) as recording:
            model.inner["gru"](model.a(torch.zeros(5, 1, 4))[0])
        assert recording.names == called
        if "a" in called:
            assert recording["inner.again"].name == recording["a"].name == "a"


def test_what_is_no_model_or_has_nothing_to_record_is_said():
    model, listed = Wrapped(), LISTED.replace(" or ", " and ")
    for given, names, says in (
        ([nn.LSTM(4, 3)], None, "a model (torch.nn.Module), got list. Give the"),
        (nn.Sequential(nn.Linear(4, 3)), None, f"a model with an {LISTED} in it, got Sequential with none."),
        (model, ["b"], f"got 'b'. Its {listed}: ['a', 'inner.gru']."),
        (model, ["out"], f"{LISTED}, got Linear at 'out'. It is none of these: name an"),
        (model, [], f"in the model, got none. Name an {LISTED}, or leave it out."),
    ):
        refused(lambda given=given, names=names: record(given, names).__enter__(), says)


def test_a_hold_without_a_name_is_in_the_only_lstm_or_the_only_module():
    x, lstm, gru = torch.zeros(5, 1, 4), nn.LSTM(4, 3), nn.GRU(4, 3)
    for parts, held in (
        ({"g": gru, "l": lstm, "r": nn.RNN(4, 3)}, "l"),
        ({"g": gru}, "g"),
        ({"g": gru, "c": nn.LSTMCell(4, 3)}, "c"),
    ):
        model = nn.ModuleDict(parts)
        with torch.no_grad(), intervene(model, Hold("h", 0.25)):
            h = model[held](x[0] if held == "c" else x)[0]
        assert (h == 0.25).all()
    for parts in ({"l": lstm, "c": nn.LSTMCell(4, 3)}, {"g": gru, "h": nn.GRU(4, 3)}):
        model = nn.ModuleDict(parts)
        refused(lambda model=model: intervene(model, Hold("h", 0.0)), f"modules, {list(parts)}, got none. Give name=…")


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
