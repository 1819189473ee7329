"""What the pages Why, Train, Open and Lesson say, by hand: against and for, before and after, one and several."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from dashboard.checkpoint import sentences as open_sentences
from dashboard.lesson import sentences as lesson_sentences
from dashboard.question.cell import Cell
from dashboard.question.holds import read_holds
from dashboard.question.source import Source
from dashboard.reading.read import read
from dashboard.training import figures as train_figures
from dashboard.training import sentences as train_sentences
from dashboard.training.example import example_of
from dashboard.training.run import Moment, Progress
from dashboard.why import sentences as why_sentences
from dashboard.words import sentences
from lstm_core.plots.palette import look
from lstm_core.plots.sources import Sources
from lstm_core.training.tasks import task_from

LOOK = look("teal", "light")
WORDS = ["a", "b", "a", "c", "d"]


def given(shares, names=("start", *WORDS)):
    steps = [-1, *range(len(names) - 1)]
    return Sources(list(names), steps, steps, np.array(shares, dtype=float))


def where(shares, cell=Cell(0, 0, 3, 4), names=("start", *WORDS)):  # noqa: B008
    return why_sentences.where_from(given(shares, names), cell, WORDS)


def test_most_of_a_memory_is_told_by_its_words_and_what_pulls_against_it():
    said = where([0, 0.5, 0.3, 0.1, -0.2, 0.1])
    # Of 1.0 that makes it up, 0.8 are the first two.
    assert said == (
        "Unit 3 holds c = +0.80 at “d” (step 4): 80% of what makes it up was written at “a” (step 0, +0.50) and "
        "“b” (+0.30); “c” (−0.20) pulls most strongly against it."
    )
    turned = where([0, -0.5, -0.3, -0.1, 0.2, -0.1])
    assert "holds c = −0.80" in turned
    assert "written at “a” (step 0, −0.50) and “b” (−0.30); “c” (+0.20) pulls most strongly against it." in turned
    assert where([0, 0.5, 0.5, 0, -0.005, 0]).endswith("and “b” (+0.50).")
    assert where([0, 0.5, 0.5, 0, -0.0051, 0]).endswith("“c” (−0.0051) pulls most strongly against it.")
    assert where([2.0, 0.1, 0, 0, 0, 0]).endswith("95% of what makes it up is what it started with.")
    both = where([1.0, 1.0, 0, 0, 0, 0])
    assert "was written at the start (+1.00) and “a” (step 0, +1.00)." in both


def test_a_memory_of_next_to_nothing_is_said_to_be():
    assert where([0, 0.1, -0.0951, 0, 0, 0]) == (
        "Unit 3 holds next to nothing at “d” (step 4): c = +0.0049; “b” (−0.095) pulls most strongly against it."
    )
    assert "holds c = +0.0050 at" in where([0, 0.1, -0.095, 0, 0, 0])
    assert where([0] * 6).endswith("holds next to nothing at “d” (step 4): c = +0.0000.")
    assert where([0, 1, 0, 0, 0, 0], Cell(1, 1, 3, 4)).startswith("Unit 3 of layer 1, reading from the right, holds")


def test_words_in_a_row_are_told_together_and_many_by_their_span():
    names = ("start", *"aaab")
    said = where([0, 0.3, 0.3, 0.3, 0], Cell(0, 0, 0, 3), names)
    assert "written at the 3 “a” of steps 0 to 2 (+0.90)." in said
    apart = where([0, 0.4, 0, 0.4, 0], Cell(0, 0, 0, 3), names)
    assert "written at “a” (step 0, +0.40) and “a” (step 2, +0.40)." in apart
    many = where([0, 0.24, 0.25, 0.26, 0.25, 0])
    assert "written at 4 steps from step 0 to 3, most at “a” (step 2, +0.26)." in many
    started = where([0.25, 0.24, 0.26, 0.25, 0, 0])
    assert "written at 4 steps up to step 2, most at “b” (+0.26)." in started


def scored(shares, without=None, first=True, rival="bad"):
    score = SimpleNamespace(sources=given(shares), label="good", rival=rival)
    lost = None if without is None else np.array(without)
    return why_sentences.score_from(score, lost, first, Cell(0, 0, 0, 4), WORDS)


def test_the_three_words_that_a_lead_needs_most_are_named():
    shares = [0.1, 0.2, -0.9, 0.3, 0.005, 0.0]
    said = scored(shares)
    assert said == (
        "The lead of “good” over “bad” at “d” is −0.29, made most of all by “b” (−0.90), “a” (step 2, +0.30) and "
        "“a” (step 0, +0.20)."
    ).replace("−0.29", why_sentences.signed(sum(shares)))
    nothing = scored([0.0049, -0.0049, 0, 0, 0, 0])
    assert nothing.endswith(" at “d” is +0.00.")
    erased = scored([0, 1, 1, 0, 0, 0], [math.nan, 0.5, 2.0051, 3.0, 2.0, 2.0049])
    assert erased.endswith(
        "is +2.00; it would be +0.50 without “a” (step 0), +3.00 without “a” (step 2) and +2.01 without “b”."
    )
    same = scored([0, 1, 1, 0, 0, 0], [math.nan, 2.0, 2.0, 2.004, 2.0, 2.0])
    assert same.endswith("is +2.00, and without any other word nearly the same.")
    assert scored([0, 1, 0, 0, 0, 0], rival=None).startswith("The score of “good” at “d” is +1.00")
    not_first = scored([0, 1, 0, 0, 0, 0], [0.0] * 6, first=False)
    assert "made most of all by “a” (step 0, +1.00)." in not_first


def test_how_well_shares_and_erasing_agree_is_said_by_the_bound():
    def first(alike):
        return why_sentences.shares_leave_out("bad", np.zeros(2), alike).rsplit(": ", 1)[1]

    alike = why_sentences.ALIKE
    assert [first(alike), first(alike - 0.001)] == [
        "the shares stand first here.",
        "trust what goes without the word.",
    ]
    assert "has not been measured" in why_sentences.shares_leave_out(None, None, None)
    assert "Remove the word to see that" in why_sentences.shares_leave_out(None, None, None)
    assert "next best label" in why_sentences.shares_leave_out("bad", None, None)
    assert "next best label" not in why_sentences.shares_leave_out(None, None, None)
    assert why_sentences.only_the_first(5, 5, "drawn") == []
    assert why_sentences.only_the_first(1_234, 1_000, "drawn") == [
        "The text has 1,234 steps; the first 1,000 are drawn."
    ]
    assert why_sentences.steps(["a", "\n"]) == ["0 · a", "1 · ⏎"]


def test_the_gate_that_matters_most_is_named_with_what_it_turns_or_changes():
    def said(cell=(0, 0, 7, 2), turn=None, gives="classes"):
        found = SimpleNamespace(cell=cell, gate="f", label="good", before=0.9, after=0.25, turn=turn)
        return why_sentences.matters_most(found, WORDS, SimpleNamespace(gives=gives))

    changes = "changes an answer most: at “a” “good” goes from 0.90 to 0.25."
    none = "No gate of one unit, held at 0, turns an answer of this text. "
    assert said() == f"{none}Held at 0, the forget gate f of unit 7 {changes}"
    place = "the forget gate f of unit 7 of layer 1, which reads from the right,"
    assert said((1, 1, 7, 2)) == f"{none}Held at 0, {place} {changes}"
    assert said(gives="value").startswith("Held at 0, the forget gate f of unit 7 changes the forecast most: ")

    def turned(was, becomes):
        answers = [SimpleNamespace(label=label, probability=p) for label, p in (was, becomes)]
        return said(turn=SimpleNamespace(step=1, was=answers[0], becomes=answers[1]))

    begins = "With the forget gate f of unit 7 held at 0, "
    assert turned(("x", 0.8), ("y", 0.6)) == f"{begins}the answer at “b” turns from “x” (0.80) to “y” (0.60)."
    assert turned(("x", 0.8), ("x", 0.3)) == f"{begins}“x” at “b” goes from 0.80 to 0.30."


def test_a_word_whose_removal_turns_an_answer_is_named_with_its_step_where_it_stands_twice():
    answers = [SimpleNamespace(label=label, probability=p) for label, p in (("x", 0.8), ("y", 0.6))]

    def said(tokens):
        turn = SimpleNamespace(step=2, was=answers[0], becomes=answers[1])
        return why_sentences.without(SimpleNamespace(word=1, turn=turn), tokens)

    turns = "the answer at “c” turns from “x” (0.80) to “y” (0.60)."
    assert said(["a", "b", "c"]) == f"Without “b”, {turns}"
    assert said(["b", "b", "c"]) == f"Without “b” (step 1), {turns}"


def predicted(before, after, gives="classes", tokens=True):
    pairs = len(before[0])
    model = SimpleNamespace(labels=["x", "y"], gives=gives)
    comparison = SimpleNamespace(tokens=[(None, word) for word in WORDS[:pairs]] if tokens else [])
    arrays = tuple(np.array(one, dtype=float) for one in (before, after))
    return why_sentences._prediction(SimpleNamespace(said=arrays, comparison=comparison), model)


def test_a_prediction_that_changes_is_said_with_the_word_where_it_changes_most():
    before = [[0.9, 0.8, 0.6, math.nan], [0.1, 0.2, 0.4, 0.5]]
    after = [[0.8, 0.1, 0.4, 0.5], [0.2, 0.9, 0.6, 0.5]]
    assert predicted(before, after) == (
        " The prediction changes at 2 of 3 steps: at “b” from “x” (0.80) to “y” (0.90)."
    )
    assert ": at step 1 from" in predicted(before, after, tokens=False)
    sets = predicted([[0.9, 0.6], [0.4, 0.5]], [[0.9, 0.4], [0.45, 0.9]], "set")
    assert sets == " The prediction changes at 1 of 2 steps: at “b” “y” goes from 0.50 to 0.90."
    same = predicted([[0.9], [0.1]], [[0.65], [0.35]])
    assert same == " The prediction stays the same at all 1 steps; no probability changes by more than 0.25."
    still = predicted([[0.9], [0.1]], [[0.896], [0.104]])
    assert still.endswith("no probability changes by more than 0.005.")
    almost = predicted([[0.0], [1.0]], [[0.005], [1.0]])
    assert almost.endswith("no probability changes by more than 0.01.")
    assert predicted([[math.nan], [0.1]], [[0.5], [0.5]]).startswith(" The prediction stays the same at all 0 steps")
    value = predicted([[1.0, 2.0], [5.0, 5.0]], [[1.5, 2.0], [5.0, 2.75]], "value")
    assert value == " The forecast changes most by -2.25 (“y”)."
    assert why_sentences._prediction(SimpleNamespace(said=None), None) == ""


# Train.


def progress_of(done, of=10, **more):
    moments = tuple(Moment(n, 1 / n, 0.5) for n in range(1, done + 1))
    return Progress(of, None, (), (), moments, **more)


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (progress_of(0), "Epoch 0 of 10 · starting"),
        (progress_of(3, 1_000, seconds_left=0.2), "Epoch 3 of 1,000 · about 1 s left"),
        (progress_of(3, seconds_left=89.4), "Epoch 3 of 10 · about 89 s left"),
        (progress_of(3, seconds_left=90.0), "Epoch 3 of 10 · about 2 min left"),
        (progress_of(9, over=True), "Epoch 9 of 10 · stopped"),
        (progress_of(10, over=True), "Epoch 10 of 10 · done"),
    ],
)
def test_how_far_a_training_is_is_said_with_the_time_that_is_left(progress, said):
    assert train_sentences.progress_line(progress) == said


def test_the_latest_value_and_the_epoch_of_a_picture_are_said():
    assert [train_sentences.latest(values) for values in ([], [9.0, 0.001], [0.00099])] == ["–", "0.001", "1e-03"]
    assert train_sentences.right_since([1.0, 0.9, 1.0, 1.0]) == 3
    assert train_sentences.right_since([1.0]) == 1
    assert train_sentences.right_since([1.0, 0.9]) is None
    after = [
        train_sentences.after(SimpleNamespace(epoch=epoch), beside)
        for epoch, beside in ((1_234, True), (0, True), (0, False))
    ]
    assert after == ["After epoch 1,234", "After: no epoch yet", "Before: untrained"]


def test_a_curve_is_drawn_over_all_epochs_with_a_line_at_the_chosen_one():
    figure = train_figures.loss(progress_of(3), 2, LOOK)
    [line], [now] = figure["data"], figure["layout"]["shapes"]
    assert (line["x"], line["y"], line["mode"]) == ([1, 2, 3], [1, 0.5, pytest.approx(1 / 3)], "lines")
    assert (now["x0"], now["x1"], figure["layout"]["xaxis"]["range"]) == (2, 2, [0, 10])
    assert train_figures.accuracy(progress_of(1), 0, LOOK)["data"][0]["mode"] == "markers"
    assert train_figures.accuracy(progress_of(1), 0, LOOK)["layout"]["yaxis"]["range"] == [0, 1.04]


def pictured(*largest):
    pictures = tuple(SimpleNamespace(cells={"c": np.array([[[0.1, one]], [[9.0, 0.0]]])}) for one in largest)
    return Progress(1, None, pictures, ())


@pytest.mark.parametrize(("largest", "reach"), [((0.5, -1.0), 1), ((0.5, -1.1), 2), ((7.0, 2.0), 10)])
def test_a_layers_memory_has_one_scale_in_all_pictures(largest, reach):
    assert train_figures.reach(pictured(*largest), 0) == reach
    assert train_figures.reach(pictured(*largest), 1) == 10


def test_a_forecast_stands_one_step_after_what_it_is_made_from():
    example = SimpleNamespace(read=torch.arange(8.0).reshape(4, 2))
    picture = SimpleNamespace(answers=np.array([[0.0] * 4, [1.5, 2.5, 3.5, 4.5]]))
    figure = train_figures.forecast(picture, example, 1, LOOK)
    came, foretold = figure["data"]
    assert (came["x"], came["y"]) == ([0, 1, 2, 3], [1, 3, 5, 7])
    assert (foretold["x"], foretold["y"].tolist()) == ([1, 2, 3], [1.5, 2.5, 3.5])
    assert figure["layout"]["xaxis"]["range"] == [-0.5, 3.5]


def test_of_many_labels_those_of_the_example_are_shown_and_of_few_all():
    text = task_from("text", "def f(x):\n    return x * 1024 + y - z / w # note\n" * 9)
    model = text.model(text.sizes, torch.Generator().manual_seed(0))
    example = example_of(text, model)
    assert len(example.tokens) == 48
    assert len(example.labels) == 12 < len(model.labels)
    assert example.labels == sorted(example.labels)
    assert [model.labels[place] for place in example.chosen] == example.labels
    counts = [example.tokens.count(label) for label in example.labels]
    others = [example.tokens.count(label) for label in model.labels if label not in example.labels]
    assert min(counts) >= max(others)
    counter = task_from("counter")
    small = counter.model(counter.sizes, torch.Generator().manual_seed(0))
    assert example_of(counter, small).labels == small.labels


# Open.


@pytest.mark.parametrize(
    ("size", "said"), [(999, "999 bytes"), (1_000, "1.0 KB"), (999_999, "1000.0 KB"), (1_000_000, "1.0 MB")]
)
def test_the_size_of_a_file_is_said_in_its_unit(size, said):
    assert open_sentences._bytes(size) == said


def test_the_dimensions_of_a_module_are_said_in_the_lessons_words():
    said = open_sentences.dimensions
    assert said(nn.LSTM(3, 4, 2, bidirectional=True, bias=False, proj_size=1).double()) == (
        "input_dim 3 · hidden_dim 4 · n_layers 2 · both directions · proj_size 1 · no bias · float64"
    )
    assert said(nn.LSTM(3, 4)) == "input_dim 3 · hidden_dim 4 · n_layers 1"
    assert said(nn.LSTMCell(3, 4)) == "input_dim 3 · hidden_dim 4"
    assert said(nn.Linear(3, 1_200)) == "3 → 1,200"
    assert said(nn.Embedding(1_500, 7)) == "1,500 rows of 7"


def opened_with(lstms, embeddings=0, linears=0):
    def some(number, make):
        return {f"{make.__name__}{n}": make(2, 3) for n in range(number)}

    content = SimpleNamespace(
        lstms=some(lstms, nn.LSTM), embeddings=some(embeddings, nn.Embedding), linears=some(linears, nn.Linear)
    )
    return SimpleNamespace(content=content, name="w.pt", size=10)


def test_the_modules_of_a_file_are_counted_and_a_hundred_have_a_row():
    said = open_sentences.headline(opened_with(1, 2, 1_000))
    assert said.endswith(" · 10 bytes · 1 LSTM, 2 embeddings, 1,000 Linears")
    assert open_sentences.headline(opened_with(2, 1, 1)).endswith("2 LSTMs, 1 embedding, 1 Linear")
    many = opened_with(99, 1, 2)
    assert (len(open_sentences.table(many)), open_sentences.left_out(many)) == (100, "And 2 more.")
    assert open_sentences.left_out(opened_with(99, 1)) == ""
    assert [open_sentences.table_height(opened_with(number)) for number in (10, 11)] == ["content", 400]
    [row] = open_sentences.table(opened_with(1))
    assert (row["module"], row["parameters"]) == ("LSTM", "84")


def test_the_tokens_that_a_file_names_are_said_the_first_four_of_many():
    assert open_sentences.own_vocabulary(()) == ""
    four = open_sentences.own_vocabulary(("a", " ", "c", "d"))
    assert four == "in the file: 4 tokens (a, ␣, c, d); paste others to use those"
    assert "5 tokens (a, b, c, d, …);" in open_sentences.own_vocabulary(tuple("abcde"))


# Lesson, and captions.


def test_one_cell_is_told_with_the_numbers_of_the_unit_to_which_most_is_added():
    trace = lstm_core.run(nn.LSTM(2, 3), torch.zeros(2, 1, 2))

    def of(*values):
        return torch.tensor([[0.9, 0.9, 0.9], list(values)]).view(1, 1, 2, 1, 3)

    trace = replace(
        trace,
        f=of(0.25, 0.5, 0.75),
        i=of(0.1, 0.5, 0.4),
        g=of(0.9, -0.8, 0.9),
        o=of(0.1, 0.2, 0.3),
        c=of(0.3, 0.05, 0.4),
        h=of(0.01, 0.02, 0.03),
    )
    said = lesson_sentences.one_cell(trace, ["one", "two"])
    assert "At “two”, unit 1 keeps 50% of its +0.90 and adds −0.40, so c = +0.050." in said
    assert said.endswith("Of tanh c it outputs 20%: h = +0.020.")
    first = trace.sel(time=slice(0, 1))
    alone = lesson_sentences.one_cell(replace(first, c0=torch.full_like(first.c0, 0.7)), ["one"])
    assert "keeps 90% of its +0.70" in alone


def test_shapes_and_numbers_of_the_lesson_are_those_of_its_run():
    trace = lstm_core.run(nn.LSTM(5, 3), torch.randn(12, 1, 5))
    said = lesson_sentences.words_become_numbers(trace)
    assert "Each of the 12 words becomes 5 numbers" in said
    assert "= `(12, 1, 5)`" in said
    assert "= `(1, 1, 3)`" in said
    assert said.endswith("`h` of every word: `(12, 1, 3)`.")
    code = lesson_sentences.code_of_a_call(trace)
    assert code.splitlines() == [
        "lstm = nn.LSTM(5, 3, 1)",
        "out, (h, c) = lstm(x)",
        "x.shape    # (12, 1, 5)",
        "out.shape  # (12, 1, 3)",
        "c.shape    # (1, 1, 3)",
    ]
    lines = lesson_sentences.printed(trace).splitlines()
    assert len(lines) == 24
    assert lines[0] == f" 0 out  [{', '.join(f'{value:.4f}' for value in trace.cells('h')[:, 0])}]"
    assert lines[23] == f"   cell [{', '.join(f'{value:.4f}' for value in trace.cells('c')[:, 11])}]"
    assert lines[22].startswith("11 out")


def test_a_caption_says_what_is_held_and_by_which_lstm():
    holds = read_holds("f.0.2.1_0.5 g.1.all.all_-0.5 w.0")
    assert sentences.held(holds, ["in", "field"]) == (
        "f of unit 2 at “field” held at 0.5, g of all units of layer 1 at every step held at −0.5, without “in”"
    )
    source = Source("a b", directions=2, seed=7)
    reading = read(source)
    said = sentences.made(source, reading, reading.trace)
    assert "input_dim=4, hidden_dim=3, n_layers=1, bidirectional, seed=7; checked: matches PyTorch to" in said
    assert "held" not in said
    tagged = Source("a b", model="tagger")
    assert "trained, tagger: input_dim=" in sentences.made(tagged, read(tagged), read(tagged).trace)
    assert [sentences.steps_are(one, read(one)) for one in (Source("a", tokens="characters"), tagged)] == [
        "characters",
        "words",
    ]
    assert [sentences.listed(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
