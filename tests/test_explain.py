"""`explain`: the parts sum to the effect, they are what a loop by hand finds, and units carry what patching takes."""

import pickle
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
import torch
from difference_by_hand import carried, parts_of_inputs
from fuzz.sums import KINDS, MOST, distance, drawn, found_in, numbers, with_readout
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import lstm_core
from lstm_core import LstmCoreError, explain
from lstm_core.models.embeddings import Numbers, Vocabulary


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(5)


@pytest.mark.parametrize("dtype", MOST, ids=str)
def test_parts_and_carriers_sum_to_the_difference_of_two_runs_of_the_model(dtype):
    effects = []

    @settings(max_examples=200)
    @given(st.integers(0, 10**9))
    def they_sum(seed):
        if found := found_in(seed, dtype):
            assert distance(found) <= MOST[dtype]
            effects.append(found.effect)

    they_sum()
    assert sum(abs(effect) > 1e-3 for effect in effects) > 100


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("layers", "both"), [(1, False), (2, False), (2, True)])
def test_each_part_is_what_a_loop_by_hand_sends_forward(kind, layers, both, generator):
    module, linear = with_readout(drawn(kind, generator, layers, both), generator)
    a, b, readout = numbers(5, generator), numbers(5, generator), linear.weight[1].detach().numpy()
    found = explain((module, linear), a, baseline=b, time=3, target=1)
    by_hand = parts_of_inputs(module, readout, a.numpy(), b.numpy(), 3)
    assert np.abs(by_hand).max() > 0.01
    np.testing.assert_allclose(found.inputs, by_hand, atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
def test_each_carrier_is_what_a_loop_by_hand_sends_on_from_its_unit(kind, layers, generator):
    module, linear = with_readout(drawn(kind, generator, layers), generator)
    a, b, readout = numbers(5, generator), numbers(5, generator), linear.weight[0].detach().numpy()
    found = explain((module, linear), a, baseline=b, time=3, target=0).carriers
    for how, carriers in found._asdict().items():
        assert not carriers[:, :, 4].any(), "nothing is carried on after the answer"
        for layer, _, step, unit in np.ndindex(carriers[:, :, :4].shape):
            by_hand = carried(module, readout, a.numpy(), b.numpy(), 3, layer, step, unit, how)
            assert carriers[layer, 0, step, unit] == pytest.approx(by_hand, abs=1e-8)
    assert found.kept.any() == (kind not in ("tanh RNN", "relu RNN"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("sizes", "part", "near"), [((2, True), 1e-5, {"rtol": 1e-3, "atol": 1e-9}), ((), 1e-13, {"rtol": 1e-6})]
)
def test_an_event_that_is_small_or_as_small_as_rounding_is_explained_by_the_gradient(
    kind, sizes, part, near, generator
):
    model, x = with_readout(drawn(kind, generator, *sizes), generator), numbers(6, generator)
    found = explain(model, x, baseline=x * (1 - part), time=4, target=0)
    leaf = x.clone().requires_grad_()
    model[1](_h(model[0], leaf))[4, 0].backward()
    difference = found.values - found.other_values
    np.testing.assert_allclose(found.inputs, leaf.grad.numpy() * difference, **near)


def _h(module, x):
    return module(x.unsqueeze(0))[0][0] if module.batch_first else module(x.unsqueeze(1))[0][:, 0]


def test_gates_that_are_saturated_in_both_runs_lose_no_digit(generator):
    module, linear = with_readout(drawn("LSTM", generator), generator)
    for weight in module.parameters():
        weight.data *= 30
    found = explain((module, linear), numbers(40, generator), baseline="mean", target=0)
    assert found.error <= 1e-12


# direct


def test_without_weight_hh_all_is_direct_and_the_ledger_agrees(generator):
    module, linear = with_readout(drawn("LSTM", generator), generator)
    module.weight_hh_l0.data.zero_()
    # f does not read the event's feature, so the event does nothing but write.
    module.weight_ih_l0.data[4:8, 1] = 0
    x, step = numbers(8, generator), 2
    found = explain((module, linear), x, without=(step, 1), baseline=0, target=0)
    assert found.direct == pytest.approx(1, abs=1e-12)
    other = x.clone()
    other[step, 1] = 0
    one, two = (lstm_core.ledger(_trace(module, each), time=7) for each in (x, other))
    lost = one.cell - two.cell
    assert not lost[[*range(step + 1), *range(step + 2, 9)]].any()
    c_a, c_b = one.cell.sum(0), two.cell.sum(0)
    h = (one.o * (c_a.tanh() - c_b.tanh()) / (c_a - c_b) * lost[step + 1]).numpy()
    assert found.inputs[step, 1] == pytest.approx(linear.weight[0].detach().numpy() @ h)
    np.testing.assert_allclose(found.carriers.reread[0, 0, -1], linear.weight[0].detach().numpy() * h, atol=1e-12)
    assert not found.carriers.reread[:, :, :-1].any()


def _trace(module, x):
    return lstm_core.run(module, x.unsqueeze(0 if module.batch_first else 1))


# nothing is found where there is nothing


def test_an_event_after_the_answer_has_no_effect_and_no_carrier(generator):
    found = explain(
        with_readout(drawn("GRU", generator), generator), numbers(6, generator), without=5, time=3, target=0
    )
    assert found.effect == found.error == 0
    assert not found.inputs.any()
    assert not found.carriers.kept.any()
    assert not found.carriers.reread.any()
    assert np.isnan(found.direct)
    assert "in the memory" not in repr(found)
    assert "The event comes after step 3" in repr(found)


def test_an_event_that_a_shut_forget_gate_drops_has_no_effect_and_no_carrier_after_it(generator):
    module, linear = with_readout(drawn("LSTM", generator), generator)
    module.weight_hh_l0.data.zero_()
    module.weight_ih_l0.data[4:8] = 0
    module.bias_ih_l0.data[4:8] = -2000
    found = explain((module, linear), numbers(6, generator), without=2, target=0)
    assert found.effect == 0
    assert not found.inputs.any()
    assert not found.carriers.kept.any()
    assert not found.carriers.reread.any()


# what is read, left out and put in its place


@pytest.fixture
def numbers_model(generator):
    """A model that forecasts two columns, whose numbers are scaled before its LSTM reads them."""
    embedding = Numbers.fitted(["rain", "snow"], torch.tensor([[1.0, 10.0], [5.0, 30.0], [2.0, 90.0]]))
    lstm, linear = nn.LSTM(2, 4), nn.Linear(4, 2)
    for weight in (*lstm.parameters(), *linear.parameters()):
        weight.data = torch.randn(weight.shape, generator=generator)
    named = {"reads": "numbers", "gives": "value", "embedding": embedding, "lstm": lstm, "linear": linear}
    return lstm_core.SequenceModel("river", "forecast", ["flow", "level"], **named)


TABLE = pd.DataFrame(
    {"rain": [1.0, 0.0, 7.0, 0.0], "snow": [3.0, 3.0, 50.0, 9.0]},
    index=pd.date_range("2024-05-01", periods=4).strftime("%Y-%m-%d"),
)


def answer(model, values, time=-1, output=0):
    """What the model itself says of values in the units of its data."""
    with torch.no_grad():
        return model(model.vectors(torch.tensor(values, dtype=torch.float32)))[time, 0, output].item()


def test_a_forecast_of_what_is_read_is_explained_in_the_units_of_the_data():
    model, load = lstm_core.load_model("series"), torch.tensor([[50.0], [62.0], [71.0], [64.0]])
    found = explain(model, load, baseline=60)
    with torch.no_grad():
        forecast, other = (
            model.probabilities(model(model.vectors(x)))[-1, 0, 0].item() for x in (load, torch.full_like(load, 60))
        )
    assert (found.answer, found.other_answer) == pytest.approx((forecast, other), rel=1e-6)
    assert found.inputs.sum() == pytest.approx(forecast - other, rel=1e-5)


MEDIAN, MEAN = TABLE.median().tolist(), TABLE.mean().tolist()


@pytest.mark.parametrize(
    ("baseline", "put", "name"),
    [
        (0, [[0.0, 0.0]] * 4, "0"),
        (2.5, [[2.5, 2.5]] * 4, "2.5"),
        ([1.0, 4.0], [[1.0, 4.0]] * 4, "a given row"),
        ("median", [MEDIAN] * 4, "the median of each feature"),
        ("mean", [MEAN] * 4, "the mean of each feature"),
        (TABLE[::-1], TABLE.to_numpy()[::-1], "another reading"),
    ],
    ids=["zero", "number", "row", "median", "mean", "reading"],
)
def test_a_baseline_is_in_the_units_of_the_data_and_is_named(numbers_model, baseline, put, name):
    found = explain(numbers_model, TABLE, baseline=baseline, target="level")
    assert found.baseline == name
    assert found.answer == pytest.approx(answer(numbers_model, TABLE.to_numpy(), output=1))
    assert found.other_answer == pytest.approx(answer(numbers_model, np.array(put), output=1))
    assert f"with {name} in place of everything" in repr(found)


@pytest.mark.parametrize(
    ("without", "cells", "name"),
    [
        (2, [(2, 0), (2, 1)], "step 2 ('2024-05-03')"),
        (np.array([2]), [(2, 0), (2, 1)], "step 2 ('2024-05-03')"),
        (-1, [(3, 0), (3, 1)], "step 3 ('2024-05-04')"),
        ("2024-05-03", [(2, 0), (2, 1)], "'2024-05-03'"),
        (slice("2024-05-02", "2024-05-03"), [(1, 0), (1, 1), (2, 0), (2, 1)], "steps 1 to 2"),
        (slice("2024-05-03", None), [(2, 0), (2, 1), (3, 0), (3, 1)], "steps 2 to 3"),
        (slice(1, 3), [(1, 0), (1, 1), (2, 0), (2, 1)], "steps 1 to 2"),
        ([0, 2], [(0, 0), (0, 1), (2, 0), (2, 1)], "step 0 ('2024-05-01'), step 2 ('2024-05-03')"),
        ((2, "snow"), [(2, 1)], "snow at step 2 ('2024-05-03')"),
        ([(0, 0), (2, 1)], [(0, 0), (2, 1)], "rain at step 0 ('2024-05-01'), snow at step 2 ('2024-05-03')"),
    ],
    ids=["step", "array", "from the end", "date", "dates", "from a date", "slice", "steps", "cell", "cells"],
)
def test_an_event_is_the_cells_that_it_names(numbers_model, without, cells, name):
    found = explain(numbers_model, TABLE, without=without, baseline=-1, target=0)
    assert found.event == name
    other = TABLE.to_numpy().copy()
    other[tuple(np.transpose(cells))] = -1
    assert found.other_answer == pytest.approx(answer(numbers_model, other))
    assert list(zip(*np.nonzero(found.inputs), strict=True)) == cells


@pytest.mark.parametrize(
    "day",
    ["2024-05-03", pd.Timestamp("2024-05-03"), date(2024, 5, 3), datetime(2024, 5, 3), np.datetime64("2024-05-03")],
    ids=["text", "timestamp", "date", "datetime", "datetime64"],
)
def test_a_date_names_its_step_and_is_shown_without_the_midnight(numbers_model, day):
    table = TABLE.set_index(pd.DatetimeIndex(TABLE.index))
    for x in (table, TABLE, lstm_core.read_series(TABLE.to_csv(index_label="date"))):
        found = explain(numbers_model, x, without=day, baseline=-1, target=0)
        assert found.event == "'2024-05-03'"
        assert list(zip(*np.nonzero(found.inputs), strict=True)) == [(2, 0), (2, 1)]
        assert set(found.to_pandas().token) == {"2024-05-03"}
        cell = explain(numbers_model, x, without=(day, "snow"), baseline=-1, target=0)
        assert cell.event == "snow at step 2 ('2024-05-03')"
        assert list(zip(*np.nonzero(cell.inputs), strict=True)) == [(2, 1)]
    assert found.plot().layout.xaxis.ticktext == tuple(TABLE.index)


def test_a_table_has_a_row_a_cell_with_its_date_feature_and_values(numbers_model):
    found = explain(numbers_model, TABLE, baseline=0, target=0)
    rows = found.to_pandas()
    assert rows.part.abs().is_monotonic_decreasing
    for row in rows.itertuples():
        assert row.token == TABLE.index[row.step]
        assert (row.value, row.without) == (TABLE[row.feature].iloc[row.step], 0)
        assert row.part == found.inputs[row.step, list(TABLE).index(row.feature)]
    assert rows.part.sum() == pytest.approx(found.effect, abs=1e-6)


@pytest.mark.parametrize("form", ["array", "tensor", "series", "text", "as the model takes it"])
def test_one_reading_in_any_form_is_explained_alike(numbers_model, form):
    values = TABLE.to_numpy()
    vectors = numbers_model.vectors(torch.tensor(values, dtype=torch.float32))
    zero = numbers_model.vectors(torch.zeros(4, 2))
    forms = {
        "array": values,
        "tensor": torch.tensor(values),
        "series": lstm_core.read_series(TABLE.to_csv(index_label="date")),
        "text": " ".join(map(str, values.flatten())),
        "as the model takes it": vectors,
    }
    found = explain(numbers_model, forms[form], baseline=zero if form.startswith("as") else 0, target=0)
    expected = explain(numbers_model, TABLE, baseline=0, target=0)
    np.testing.assert_allclose(found.inputs, expected.inputs, atol=1e-6)
    assert found.names == (list(TABLE.index) if form == "series" else None)


def test_words_stand_for_words_and_the_baseline_says_which(generator):
    embedding = Vocabulary(["so", "not", "good"], 3, generator)
    lstm, linear = nn.LSTM(3, 4), nn.Linear(4, 2)
    parts = {"embedding": embedding, "lstm": lstm, "linear": linear}
    model = lstm_core.SequenceModel("mine", "praise?", ["no", "yes"], reads="words", gives="classes", **parts)

    def lead(vectors):
        with torch.no_grad():
            scores = model(vectors)[-1, 0]
        return (scores[1] - scores[0]).item()

    x, mean = model.vectors(["not", "so", "good"]), embedding.vectors.weight[1:].mean(0)
    for baseline, other, name in [
        ("so", model.vectors(["so", "so", "good"]), "'so'"),
        ("good so not", model.vectors(["good", "so", "good"]), "'good so not'"),
        (["good"], model.vectors(["good", "so", "good"]), "'good'"),
        ("mean", torch.cat([mean.expand(1, 1, -1), x[1:]]), "the mean vector of the 3 tokens that the model knows"),
    ]:
        found = explain(model, "not so good", without="not", baseline=baseline, target=("yes", "no"))
        assert (found.event, found.baseline, found.target) == ("'not'", name, "yes's lead over no")
        assert found.answer == pytest.approx(lead(x), abs=1e-6)
        assert found.other_answer == pytest.approx(lead(other), abs=1e-6)
        assert found.to_pandas().token.tolist() == ["not"]
    assert explain(model, ["not", "so", "good"]).baseline.startswith("the mean vector")


def test_a_baseline_that_is_an_unknown_word_is_told():
    counter = lstm_core.load_model("counter")
    assert explain(counter, "aab", baseline="z").baseline == "'z' (the model does not know 'z')"
    assert explain(counter, "aab", baseline="a").baseline == "'a'"


def test_a_model_of_classes_is_asked_for_its_lead_and_others_for_a_target(generator, numbers_model):
    counter = lstm_core.load_model("counter")
    found = explain(counter, "aaabbb")
    assert found.target == "end's lead over b"
    assert explain(counter, "aaabbb", target="end").target == "end"
    assert explain(counter, "aaabbb", without=-1, baseline="a").target == "end's lead over a", "what it says then"
    module, linear = with_readout(drawn("LSTM", generator), generator)
    assert explain((module, linear), numbers(4, generator), target=(1, 0)).target == "output 1 minus output 0"
    assert explain(module, numbers(4, generator), target=2).target == "h of unit 2"
    with pytest.raises(LstmCoreError, match=r"target, which of the 2 outputs .*'flow', 'level'"):
        explain(numbers_model, TABLE)


def test_the_model_is_left_as_it_was(generator):
    module, linear = with_readout(drawn("LSTM", generator, batch_first=True), generator)
    module.train()
    before = {name: weight.clone() for name, weight in module.state_dict().items()}
    found = explain((module, linear), numbers(5, generator), target=0)
    assert found.agrees in (True, False)
    assert module.training
    assert module.batch_first
    assert all(weight.requires_grad and weight.grad is None for weight in module.parameters())
    assert all(weight.equal(before[name]) for name, weight in module.state_dict().items())


def test_an_explanation_can_be_pickled_and_asked_again():
    found = explain(lstm_core.load_model("sentiment"), "not good", baseline=0)
    again = pickle.loads(pickle.dumps(found))
    assert again.missed == found.missed
    assert repr(again) == repr(found)


# refusals


class Own(nn.Module):
    """A user's own model."""

    def __init__(self):
        super().__init__()
        self.rnn, self.fc = nn.GRU(3, 4), nn.Linear(4, 1)


LSTM, LINEAR, X = nn.LSTM(3, 4), nn.Linear(4, 1), torch.ones(5, 3)


@pytest.mark.parametrize(
    ("model", "x", "asked", "said"),
    [
        (
            Own(),
            X,
            {},
            r"SequenceModel, or \(lstm, linear\).* got Own\. In this model they may be \(model.rnn, model.fc\), if "
            r"that Linear reads h of one step\. Where it reads a mean over steps, .* answers otherwise",
        ),
        ((LSTM, nn.Linear(5, 1)), X, {}, "reads 4 units of h, got in_features=5"),
        ((nn.LSTM(3, 4, 2, dropout=0.5), LINEAR), X, {}, r"train mode, whose dropout .*model\.eval\(\)"),
        ((LSTM, LINEAR), X[:, :2], {}, r"shape \(time, 3\).* got \(5, 2\)"),
        ((LSTM, LINEAR), X[:, None].expand(5, 2, 3), {}, r"Of a batch give one sequence, x\[:, k\]"),
        ((LSTM, LINEAR), X[:0], {}, r"a step or more, got \(0, 3\)"),
        ((LSTM, LINEAR), X * torch.nan, {}, "finite numbers"),
        ((LSTM, LINEAR), "some text", {}, "got text"),
        ((LSTM, LINEAR), X, {"baseline": X}, "two equal ones: another reading in place of everything changes nothing"),
        ((LSTM, LINEAR), X, {"baseline": X[:4]}, r"another reading of 5 steps.* got numbers of shape \(4, 3\)"),
        ((LSTM, LINEAR), X, {"baseline": 0, "without": 5}, "a step from 0 to 4, or -5 to -1 from the end, got 5"),
        ((LSTM, LINEAR), X, {"baseline": 0, "without": slice(0.5, 2)}, "a slice from a step, word or date"),
        ((LSTM, LINEAR), X, {"baseline": X * torch.nan}, "Expected baseline of finite numbers"),
        ((LSTM, LINEAR), X, {"baseline": 0, "without": []}, "got an empty list"),
        (
            (LSTM, LINEAR),
            X,
            {"baseline": 0, "without": (1, 3)},
            "a feature from 0 to 2, or -3 to -1",
        ),
        ((LSTM, LINEAR), X, {"baseline": 0, "without": (1, "rain")}, "one of the features .* got 'rain'"),
        ((LSTM, LINEAR), X, {"baseline": 0, "without": "not"}, "one of the words or dates .* got 'not'"),
        ((LSTM, LINEAR), X, {"baseline": 0, "time": "2"}, "a step from 0 to 4, .* got '2'"),
        ((LSTM, LINEAR), X, {"baseline": 0, "target": "flow"}, "as target one of '0'.* got 'flow'"),
        ((LSTM, LINEAR), X, {"baseline": 0, "target": 1}, "a number below 1, got 1"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_a_sentence(model, x, asked, said):
    with pytest.raises(LstmCoreError, match=said):
        explain(model, x, **asked)


def test_two_directions_have_no_carriers_and_say_why(generator):
    found = explain(with_readout(drawn("LSTM", generator, both=True), generator), numbers(4, generator), target=0)
    with pytest.raises(LstmCoreError, match="no step cuts its past from its future"):
        _ = found.carriers
    assert found.plot().data


# shipped models


def test_in_it_is_not_a_good_film_not_is_what_makes_it_negative():
    model = lstm_core.load_model("sentiment")
    found = explain(model, "It is not a good film", baseline=0)
    parts = dict(zip(found.tokens, found.by_step.round(2).tolist(), strict=True))
    assert found.target == "negative's lead over positive"
    assert round(found.effect, 3) == 0.619
    assert (parts["not"], parts["good"], parts["film"]) == (0.44, 0.2, -0.13)
    assert found.error < 1e-6
    assert f"sum to the difference, +0.6189, to {found.error:.0e}. 43% of it stayed in the memory" in repr(found)


# beside the parts


@pytest.mark.parametrize(
    ("keep", "again", "said"),
    [
        (1.0, 1.0, "50% of it stayed in the memory"),
        (3.0, -1.0, "Two ways oppose each other: +3 stayed in the memory until it was read, -1 was read again"),
        (-1.0, 3.0, ": -1 stayed in the memory until it was read, +3 was read again through h."),
    ],
)
def test_two_ways_that_oppose_each_other_are_said_in_amounts(generator, keep, again, said):
    found = explain(with_readout(drawn("LSTM", generator), generator), numbers(6, generator), without=1, target=0)
    way = replace(found, without_h=keep, answer=keep + again, other_answer=0.0)
    assert said in way.summary()


def test_of_an_rnn_nothing_is_said_to_stay_in_a_memory(generator):
    found = explain(with_readout(drawn("RNN", generator), generator), numbers(6, generator), without=1, target=0)
    assert found.without_h != found.effect != 0
    assert "memory" not in found.summary()


def test_gross_says_when_large_opposites_balance():
    linear = nn.Linear(1, 1, bias=False)
    module = nn.RNN(2, 1, nonlinearity="relu", bias=False)
    for weight in (*module.parameters(), linear.weight):
        weight.data.fill_(1.0)
    balanced = explain((module, linear), torch.tensor([[3.0, 0.0], [0.0, -2.0]]), baseline=0)
    assert balanced.inputs.tolist() == [[3, 0], [0, -2]]
    assert balanced.gross == 5
    assert "Large parts cancel here: without their signs they add up to 5.0 times" in repr(balanced)
    plain = explain((module, linear), torch.tensor([[3.0, 0.0], [0.0, 2.0]]), baseline=0)
    assert plain.gross == 1
    assert "opposites" not in repr(plain)


def test_an_answer_that_overflows_is_refused():
    rnn = nn.RNN(2, 3, nonlinearity="relu")
    nn.init.constant_(rnn.weight_hh_l0, 1e30)
    with pytest.raises(LstmCoreError, match="Expected finite answers, got NaN or infinity"):
        explain((rnn, nn.Linear(3, 1)), torch.ones(9, 2), baseline=0)
