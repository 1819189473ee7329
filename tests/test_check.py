"""`lstm_core.check`: each planted mistake is found by its row and by no other, and a healthy model is not broken."""

import copy
import math
from collections import Counter, OrderedDict
from functools import cache

import numpy as np
import pytest
import torch
from architectures import Wrapped
from hand_written import Loop, Lstm, MinGru
from healthy_models import HEALTHY, Forecast, Windows
from planted_bugs import (
    BIASES,
    FINITE,
    GRADIENT,
    PADDING,
    PLANTED,
    REACH,
    THROUGH,
    WEIGHTS,
    WHOLE,
    Bridged,
    LastState,
    LastStep,
    Packed,
    Text,
    numbers,
    seeded,
    words,
)
from torch import nn

import lstm_core

WORSE = {"pass": 0, "look": 1, "broken": 2}
pytestmark = pytest.mark.filterwarnings("ignore:dropout option adds dropout after all but last")


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found_by_its_row_and_by_no_other(name):
    planted = PLANTED[name]
    healthy = {row.question: row for row in lstm_core.check(seeded(planted.healthy), *planted.inputs)}
    report = lstm_core.check(seeded(planted.bug), *planted.inputs)
    with_bug = {row.question: row for row in report}
    before = {question: WORSE[row.result] for question, row in healthy.items()}
    worse = {question for question, row in with_bug.items() if WORSE[row.result] > before.get(question, 0)}
    assert worse == {planted.row}
    assert with_bug[planted.row].advice
    assert "broken" not in {row.result for row in healthy.values()}
    assert "could not be asked" not in {row.number for row in (*healthy.values(), *with_bug.values())}


class OfDict(nn.Module):
    """A model that takes one dict, as NeuralHydrology's and those of tokenisers do."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, data):
        given = data["inputs"]
        return {"y_hat": self.model(given["x"], *(data[name] for name in ("lengths", "more") if name in data))}


IN_A_DICT = ["lengths that are not used", "lengths one too small", "zeros read to the end", "h_n viewed"]
IN_A_DICT += ["batch_first forgotten", "the first step", "only the last word is read"]
IN_A_DICT += ["softmax over the batch after a cell by hand"]


@pytest.mark.parametrize("name", IN_A_DICT)
@pytest.mark.parametrize("which", ["bug", "healthy"])
def test_a_model_that_takes_a_dict_is_asked_all_that_it_is_asked_of_tensors(name, which):
    planted = PLANTED[name]
    plain, (x, *more) = seeded(getattr(planted, which)), planted.inputs
    # Beside x: what does not change with time, what is to be forecast, and names.
    data = {"still": numbers(x.shape[0], 4), "y": numbers(*x.shape[:2], 1), "names": ["a"] * 6, "inputs": {"x": x}}
    data |= dict(zip(("lengths", "more"), more, strict=False))
    found, judge = lstm_core.check(OfDict(plain), data), lstm_core.check(plain, *planted.inputs)
    assert [row[:3] for row in found] == [row[:3] for row in judge]
    assert found.not_asked == judge.not_asked
    assert "a dict of still, y, names, inputs" in str(found)


@cache
def healthy_report(name):
    make, inputs = HEALTHY[name]
    return lstm_core.check(make(), *inputs)


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_model_is_not_broken(name):
    report = healthy_report(name)
    assert not report.is_broken, report
    assert {row.result for row in report} <= {"pass", "look"}
    assert "could not be asked" not in {row.number for row in report}
    assert not {row.question for row in report} & set(report.not_asked)
    assert all(report.not_asked.values())


def test_shipped_models_are_asked_about_their_gates_and_their_reach():
    report = lstm_core.check(lstm_core.load_model("tagger"))
    numbers = {row.question: row.number for row in report}
    assert numbers["All units move"] == "64 of 64"
    assert int(numbers["Steps back that still count"].split()[0]) <= 10, "a tag depends on a few words"
    assert "1,000 words, drawn at random from its vocabulary" in report.summary()


def test_the_model_and_the_random_numbers_are_as_they_were():
    model = seeded(lambda: LastState(dropout=0.5)).train()
    weights, rng = copy.deepcopy(model.state_dict()), torch.random.get_rng_state()
    lstm_core.check(model, *WHOLE)
    assert model.training
    assert torch.equal(torch.random.get_rng_state(), rng)
    assert all(torch.equal(weights[name], value) for name, value in model.state_dict().items())
    assert not model.lstm._forward_hooks
    assert all(weight.grad is None for weight in model.parameters())


def test_a_model_of_one_embedding_reads_its_rows_and_needs_no_data():
    assert not lstm_core.check(seeded(lambda: LastStep(batch_first=True))).is_broken
    [row] = lstm_core.check(seeded(lambda: LastStep(batch_first=False))).of("broken")
    assert row.question == "Each sequence is answered by itself"
    assert row.number == "50 steps of 20 sequences, answers of shape (50, 3)"


class OneSizeOnly(LastState):
    def forward(self, x):
        if x.shape != (6, 9):
            raise RuntimeError("this model takes 6 sequences of 9")
        return super().forward(x)


def test_a_model_of_one_size_is_asked_what_it_can_be_and_the_rest_is_a_note():
    report = lstm_core.check(seeded(lambda: OneSizeOnly(pad=0)), words())
    notes = {row.question: row for row in report.of("look")}
    assert "takes 6 sequences of 9" in notes["Padding changes no answer"].advice
    assert not report.is_broken
    with pytest.raises(RuntimeError, match="takes 6"):
        lstm_core.check(seeded(OneSizeOnly), WHOLE[0][:2])


class KeepsItsGraph(Text):
    state = None

    def forward(self, x):
        _, self.state = self.lstm(self.embedding(x), self.state)
        return self.linear(self.state[0][-1])


def test_a_state_that_hangs_in_a_graph_is_no_hindrance():
    model = seeded(KeepsItsGraph)
    model(*WHOLE)
    kept = model.state
    assert [row.question for row in lstm_core.check(model, *WHOLE).of("broken")] == ["Each text starts anew"]
    assert model.state is kept


def test_a_report_is_a_table_a_text_and_a_notebooks_cell():
    report = lstm_core.check(seeded(PLANTED["NaN in U"].bug), *WHOLE)
    table = report.to_pandas()
    assert list(table.columns) == ["question", "result", "number", "advice"]
    assert set(table.result) == {"broken"}
    assert "✗ All weights finite, none constant" in repr(report)
    assert "1 broken" in report.summary()
    assert all(row.advice in repr(report) for row in report)


def test_no_name_from_a_model_becomes_html():
    model = nn.Sequential(OrderedDict({"<script>alert(1)</script>": nn.LSTM(4, 3)}))
    nn.init.zeros_(model[0].weight_hh_l0)
    html = lstm_core.check(model, numbers(9, 6, 4))._repr_html_()
    assert "script" in html
    assert "<script" not in html


class Last(nn.Module):
    """The h after the last step, through a Linear; `returns` says what comes with it."""

    def __init__(self, returns=lambda y: y, batch_first=True):
        super().__init__()
        self.lstm, self.linear = nn.LSTM(4, 8, batch_first=batch_first), nn.Linear(8, 2)
        self.returns = returns

    def forward(self, x):
        return self.returns(self.linear(self.lstm(x)[0][:, -1]))


EQUAL = {
    "zeros": torch.zeros(6, 20, 4),
    "sevens": torch.full((6, 20, 4), 7.0),
    "sequences": numbers(1, 20, 4).expand(6, 20, 4),
    "steps": numbers(6, 1, 4).expand(6, 20, 4),
}


@pytest.mark.parametrize("x", EQUAL.values(), ids=EQUAL)
def test_equal_sequences_or_steps_break_no_healthy_model(x):
    report = lstm_core.check(seeded(Last), x)
    assert not report.is_broken, report
    asked = {row.question for row in report}
    of_sequences = {"Each sequence is answered by itself", "Steps back that still count"}
    assert not asked & of_sequences if torch.equal(x[0], x[1]) else of_sequences <= asked


def test_equal_numbers_in_the_dims_of_another_order_are_still_read():
    model = seeded(lambda: nn.LSTM(4, 8))
    assert not lstm_core.check(model, torch.zeros(20, 6, 4)).is_broken


RETURNS = {
    "a dict": lambda y: {"loss": y.sum(), "logits": y},
    "a tuple": lambda y: (y.sum(), y),
    "a loss alone": lambda y: y.sum(),
}


@pytest.mark.parametrize("returns", RETURNS.values(), ids=RETURNS)
def test_a_loss_beside_or_in_place_of_the_answers_breaks_no_healthy_model(returns):
    assert not lstm_core.check(seeded(lambda: Last(returns)), numbers(6, 20, 4)).is_broken


def test_a_loss_before_the_answers_hides_no_mistaken_batch():
    [row] = lstm_core.check(seeded(lambda: Last(RETURNS["a tuple"], batch_first=False)), numbers(6, 20, 4)).of("broken")
    assert row.question == "Each sequence is answered by itself"


class Carry(Last):
    state = None

    def forward(self, x):
        output, state = self.lstm(x, self.state)
        self.state = tuple(each.detach() for each in state)
        return self.linear(output[:, -1])


@pytest.mark.parametrize("steps", [3, 60, 300])
def test_a_carried_state_is_found_also_where_the_answer_has_forgotten_it(steps):
    [row] = lstm_core.check(seeded(Carry), numbers(6, steps, 4)).of("broken")
    assert row.question == "Each text starts anew"
    assert "equal" not in row.number
    assert not row.number.startswith("0%")


class LearnedStart(Last):
    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.full((2, 1, 1, 8), 0.5))

    def forward(self, x):
        return self.linear(self.lstm(x, tuple(self.start.expand(2, 1, len(x), 8).contiguous()))[0][:, -1])


def test_a_learned_first_state_is_no_carried_one():
    assert not lstm_core.check(seeded(LearnedStart), numbers(6, 20, 4)).is_broken


def test_a_hand_written_cell_is_asked_for_the_gates_that_it_has():
    report = lstm_core.check(seeded(lambda: Loop(MinGru(4, 8), 8, states=1)), numbers(9, 6, 4))
    rows = {row.question: row for row in report}
    assert rows["Gates open and shut"].result == "pass"
    assert "could not be asked" not in {row.number for row in rows.values()}


class Forgets(nn.Module):
    """A hand-written LSTM whose memory is short: `quarter` of its biases stands at `bias`, or the loop starts anew, or
    cuts the gradient."""

    def __init__(self, quarter=0, bias=0.0, anew=99, cut=99):
        super().__init__()
        self.cell, self.anew, self.cut = Lstm(4, 8), anew, cut
        with torch.no_grad():
            self.cell.x.bias[8 * quarter :][:8] = bias

    def forward(self, x):
        for step, one in enumerate(x):
            if step % self.anew == 0:
                h = c = torch.zeros(x.shape[1], 8)
            if step % self.cut == 0:
                h, c = h.detach(), c.detach()
            h, c = self.cell(one, h, c)
        return h


class Unlearned(Wrapped):
    @torch.no_grad()
    def forward(self, x):
        return super().forward(x)


FORGETS = {
    "the bias of f": (lambda: Forgets(1, -2.0), BIASES, "half of it is left after 0.3 steps"),
    "f's bias in i's slice": (lambda: Forgets(0, 2.0), BIASES, "set in the slice that the code reads as i"),
    "a loop that starts anew": (lambda: Forgets(anew=4), THROUGH, "before steps 4, 8, 12 and later ones,"),
    "a loop that detaches": (lambda: Forgets(cut=1), GRADIENT, "detach() in the loop"),
    "no gradient at all": (lambda: Unlearned(Forgets()), GRADIENT, "torch.no_grad() on the way"),
}


@pytest.mark.parametrize("name", FORGETS)
def test_check_says_why_a_hand_written_cell_forgets_and_finds_nothing_else(name):
    make, question, said = FORGETS[name]
    assert {row.result for row in lstm_core.check(seeded(Forgets), numbers(20, 6, 4))} == {"pass"}
    [row] = [row for row in lstm_core.check(seeded(make), numbers(20, 6, 4)) if row.result != "pass"]
    assert row.question == question
    assert said in row.advice


def test_check_says_how_long_a_hand_written_cell_keeps_half_of_its_memory():
    [row] = [row for row in lstm_core.check(seeded(Forgets), numbers(20, 6, 4)) if row.question == BIASES]
    with lstm_core.record(model := seeded(Forgets)) as recording:
        model(numbers(20, 6, 4))
    half = math.log(0.5) / math.log(float(recording.only.f.double().mean()))
    assert row.number.endswith(f": half-life {half:.1f} steps")


@pytest.mark.parametrize(
    ("times", "steps", "result"),
    [(2.5, 12, "look"), (1.2, 60, "look"), (1.2, 20, "pass"), (0.3, 12, "pass"), (0.05, 12, "look")],
)
def test_the_number_beside_a_gradient_says_how_far_it_reaches_and_by_how_much_it_grows(times, steps, result):
    rnn = nn.RNN(4, 8, nonlinearity="relu")
    with torch.no_grad():
        for weight in rnn.parameters():
            weight.abs_()
        rnn.weight_hh_l0.copy_(times * torch.eye(8))
    # No unit is ever at 0, so that each step back multiplies by `times`.
    [row] = [row for row in lstm_core.check(rnn, numbers(steps, 6, 4).abs()) if row.question == GRADIENT]
    reach = sum(times**back > 1e-4 for back in range(steps))
    grows = f"x {times ** (steps - 1):,.0f} over {steps} steps"
    gone = {"pass": f"{reach} of {steps}", "look": f"gone after {reach} of {steps}"}[result]
    assert row.result == result
    assert row.number == (gone if times < 1 else grows if result == "look" else f"{gone}, {grows}")


def test_a_run_that_overflows_is_said_and_nothing_that_compares_it_is_asked():
    model = Wrapped(nn.RNN(4, 8, nonlinearity="relu"))
    with torch.no_grad():
        model.inner.weight_hh_l0.copy_(2.5 * torch.eye(8))
    first = int((~model(numbers(200, 6, 4))[0].isfinite()).flatten(1).any(1).nonzero()[0])
    report = lstm_core.check(model, numbers(200, 6, 4))
    assert [(row.question, row.result) for row in report] == [(WEIGHTS, "pass"), (FINITE, "broken")]
    assert report.of("broken")[0].number == f"h infinite from step {first} on"
    assert report.not_asked["Rebuilt from its gates"] == f"“{FINITE}” comes first"


def test_a_question_that_is_not_asked_says_what_it_lacks():
    report = lstm_core.check(seeded(LastState), words())
    assert "attention_mask" in report.not_asked[PADDING]
    assert f"“{PADDING}” ({report.not_asked[PADDING]})" in report.summary()


def test_no_note_stands_on_more_than_a_tenth_of_the_models_without_a_mistake():
    notes = Counter(row.question for name in HEALTHY for row in healthy_report(name) if row.result == "look")
    assert max(notes.values()) <= len(HEALTHY) / 10, notes


def test_check_counts_how_many_steps_back_a_hand_written_cell_looks():
    short, long = (
        next(row.number for row in lstm_core.check(seeded(make), numbers(20, 6, 4)) if row.question == REACH)
        for make in (lambda: Forgets(1, -4.0), lambda: Forgets(1, 4.0))
    )
    assert int(short.split()[0]) < 4 < int(long.split()[0])


@pytest.mark.parametrize(
    ("make", "steps", "back"),
    [
        (lambda: Forgets(cut=5), 20, 5),
        (lambda: Windows(8), 24, 8),
        # The last window has one step.
        (lambda: Windows(8), 25, 1),
        (lambda: Windows(1), 24, 8),
    ],
)
def test_check_says_after_how_many_steps_a_gradient_is_cut(make, steps, back):
    rows = lstm_core.check(seeded(make), numbers(steps, 6, 4))
    [row] = [row for row in rows if row.question == GRADIENT]
    assert (row.result, row.number) == ("look", f"{back} of {steps}")
    assert "cut there" in row.advice


@pytest.mark.parametrize(
    ("model", "inputs", "said"),
    [
        (nn.Linear(4, 3), (), "Expected a model with an nn.LSTM"),
        (Forecast(), (), r"got none.*check\(model, x\)"),
        (Packed(), (), r"got none.*check\(model, x, lengths\)"),
        (lstm_core.load_model("tagger"), ("",), "with a sequence and a step in them, got"),
        (nn.LSTM(4, 3), (torch.full((5, 2, 4), torch.nan),), "Expected finite inputs"),
        (nn.LSTM(4, 3), (torch.zeros(5, 0, 4),), r"with a sequence and a step in them, got .* \(5, 0, 4\)"),
        (nn.LSTM(4, 3), (np.zeros((5, 2, 4)),), "a tensor, .* got ndarray"),
        (nn.LSTM(4, 3), ([[1.0]],), "a tensor, .* got list"),
        (nn.LSTM(4, 3), ("a text",), "a tensor, .* got str"),
    ],
    ids=[
        "no LSTM",
        "no inputs",
        "no lengths",
        "no words",
        "NaN",
        "no sequence",
        "an array",
        "a list",
        "a text",
    ],
)
def test_what_cannot_be_checked_is_refused_in_a_sentence(model, inputs, said):
    with pytest.raises(lstm_core.LstmCoreError, match=said):
        lstm_core.check(model, *inputs)


class Forced(nn.Module):
    """Reads a target too, or with chance 1 - `forcing` its reverse; `plain` can be given by name alone."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.LSTM(4, 8), nn.LSTM(4, 8)

    def forward(self, x, target, forcing=0.5, *, plain=True):
        read = target if torch.rand(()).item() < forcing else target.flip(-1)
        return self.decoder(read if plain else -read, self.encoder(x)[1])[0]


def test_inputs_by_name_are_given_as_by_position():
    model, x = seeded(Forced), numbers(6, 3, 4)
    named = lstm_core.check(model, x, target=x + 1, forcing=1.0)
    assert named.rows == lstm_core.check(model, x, x + 1, 1.0).rows
    assert {row.question: row.result for row in named}["The same answer twice"] == "pass"
    with pytest.raises(lstm_core.LstmCoreError, match=r"Forced\.forward takes by position too, got plain, "):
        lstm_core.check(model, x, target=x, plain=False)


def test_advice_names_a_draw_in_forward_and_a_mean_over_padded_steps():
    drawn = {row.question: row for row in lstm_core.check(seeded(Forced), numbers(6, 3, 4), numbers(6, 3, 4))}
    assert "torch.rand" in drawn["The same answer twice"].advice
    planted = PLANTED["a mean over zeros after packing"]
    packed = {row.question: row for row in lstm_core.check(seeded(planted.bug), *planted.inputs)}
    assert "Leave padded steps out of means" in packed["Packed and unpacked agree"].advice


class NeverCalls(Text):
    def forward(self, x):
        return self.linear(self.embedding(x)[:, -1, :1].expand(-1, 8))


def test_a_module_that_is_never_called_is_said():
    report = lstm_core.check(seeded(NeverCalls), *WHOLE)
    assert "did not call its lstm" in {row.question: row.advice for row in report}["Rebuilt from its gates"]


def test_dead_units_are_named_and_what_holding_them_changes_was_tried():
    [row] = [row for row in lstm_core.check(seeded(PLANTED["a pruned unit"].bug), *WHOLE) if row.result == "look"][:1]
    assert row.number == "1 of 8 do not"
    assert "Unit 4" in row.advice
    assert "With them held still none of 6 answers change. The model does without them" in row.advice


@pytest.mark.parametrize("linear", [False, True], ids=["joined", "through a Linear of each"])
def test_a_c_that_reaches_the_answer_by_a_bridge_to_another_c_is_handed_on_as_it_should_be(linear):
    report = lstm_core.check(seeded(lambda: Bridged(linear)), *WHOLE)
    [handed] = [row for row in report if row.question == "h and c are handed on as they are"]
    assert (handed.result, handed.number) == ("pass", "1 of 2 calls go on")
