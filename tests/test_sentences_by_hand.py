"""What the pages Your model and Lesson say, by hand: against and for, before and after, one and several."""

import math
import re
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from gatescope.checkpoint import sentences as open_sentences
from gatescope.lesson import sentences as lesson_sentences
from gatescope.lesson.cell import telling_unit
from gatescope.question.holds import read_holds
from gatescope.question.view import Source
from gatescope.reading.read import read
from gatescope.train_one import figures as train_figures
from gatescope.train_one import sentences as train_sentences
from gatescope.train_one.example import example_of
from gatescope.train_one.run import Moment, Progress
from gatescope.wording import sentences
from lstm_core.plots import labels
from lstm_core.plots.palette import look
from lstm_core.training.loop import task_from

LOOK = look("teal", "light")


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
    after = [train_sentences.after(SimpleNamespace(epoch=epoch)) for epoch in (1_234, 0)]
    assert after == ["After epoch 1,234", "Before: untrained"]


def pictured(*largest):
    pictures = tuple(SimpleNamespace(cells={"c": np.array([[[0.1, one]], [[9.0, 0.0]]])}) for one in largest)
    return Progress(1, None, pictures, ())


@pytest.mark.parametrize(("largest", "reach"), [((0.5, -1.0), 1), ((0.5, -1.1), 2), ((7.0, 2.0), 10)])
def test_a_layers_memory_has_one_scale_in_all_pictures(largest, reach):
    assert train_figures.reach(pictured(*largest), 0) == reach
    assert train_figures.reach(pictured(*largest), 1) == 10
    said = train_sentences.how_to_read(SimpleNamespace(proof="equal"), train_figures.reach(pictured(*largest), 0))
    assert f"cell state c (to ±{reach})" in said


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
        recurrent=some(lstms, nn.LSTM), embeddings=some(embeddings, nn.Embedding), linears=some(linears, nn.Linear)
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
    assert telling_unit(trace, 1) == 1
    said = lesson_sentences.one_cell(trace, ["one", "two"], 1, 1)
    assert "At “two”, unit 1 keeps 50% of its +0.90 and adds −0.40, so c = +0.050." in said
    assert said.endswith("It shows 20% of tanh c: h = +0.020.")
    first = trace.sel(time=slice(0, 1))
    alone = lesson_sentences.one_cell(replace(first, c0=torch.full_like(first.c0, 0.7)), ["one"], 1, 0)
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


def test_the_equations_of_a_unit_are_worked_out_with_its_own_numbers():
    lstm = nn.LSTM(4, 3)
    trace = lstm_core.run(lstm, torch.randn(5, 1, 4))
    cell = lstm_core.anatomy(lstm, trace, time=2, unit=1)
    heads, *gates, _, c, _, _ = lesson_sentences.worked_out(cell).splitlines()
    assert heads.split()[:5] == ["W", "x", "U", "h", "b"]
    for name, line in zip("figo", gates, strict=True):
        numbers = [float(one.replace("−", "-")) for one in re.findall(r"[+−]\d+\.\d+", line)]
        gate = getattr(cell, name)
        assert line.startswith(f"{name} = ")
        assert numbers == pytest.approx([gate.from_x, gate.from_h, gate.bias, gate.value], abs=0.0051)
    assert c.split()[-1][1:] in (f"{abs(cell.c):.2f}", f"{abs(cell.c):.3f}", labels.signed(cell.c)[1:])
    said = lesson_sentences.loop(trace, 2)
    assert f"h  # [{', '.join(f'{value:.4f}' for value in trace.cells('h')[:, 2])}]" in said


def read_number(written):
    return float(written.replace("−", "-"))


def stands(said, total):
    """Whether a written total is the sum, to its own places."""
    return round(said, len(total.partition(".")[2])) == pytest.approx(read_number(total), abs=1e-9)


@pytest.mark.parametrize("text", ["Giraffes in a field", "You first and only aim to win", "a b a b a b a"])
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_the_lessons_sums_add_up_as_they_are_written_or_say_that_they_are_rounded(text, seed):
    reading = read(Source(text, seed=seed))
    exact = 0
    for step, unit in product(range(len(reading.tokens)), range(3)):
        cell = lstm_core.anatomy(reading.lstm, reading.trace, time=step, unit=unit)
        said = lesson_sentences.one_cell(reading.trace, reading.tokens, unit, step)
        share, old, added, equals, c = re.search(
            r"keeps ([\d.]+)% of its (\S+) and adds (\S+), so c (.) (\S+)\. It", said
        ).groups()
        assert (equals == "=") == stands(float(share) / 100 * read_number(old) + read_number(added), c)
        assert read_number(c) == pytest.approx(cell.c, abs=0.0051)
        (_, memory), (_, shown) = lesson_sentences.memory_and_shown(cell)
        f, old, added, equals, c = re.fullmatch(r"(\S+) · (\S+) (\S+) (.) (\S+)", memory).groups()
        assert (equals == "=") == stands(float(f) * read_number(old) + read_number(added), c)
        o, c, equals, h = re.fullmatch(r"(\S+) · tanh (\S+) (.) (\S+)", shown).groups()
        assert (equals == "=") == stands(float(o) * math.tanh(read_number(c)), h)
        assert read_number(h) == pytest.approx(cell.h, abs=0.0051)
        exact += "≈" not in said
    assert exact > 0.6 * 3 * len(reading.tokens)


@pytest.mark.parametrize(("units", "others"), [(3, ""), (4, " from the other unit"), (16, " from the other 13 units")])
def test_a_score_has_its_three_largest_parts_and_the_sum_of_the_others(units, others):
    reading = read(Source("Giraffes in a field", 4, units, model="tagger-sizes"))
    said = lesson_sentences.through_linear(reading.trace, reading.model, reading.tokens, 3, reading.probabilities())
    told = re.search(
        r" from h of units \d+, \d+ and \d+, (?:[+−]\d+\.\d+( from the other [^,]*), )?[+−]\d+\.\d+ from ", said
    )
    assert (told[1] or "") == others


def test_the_parts_of_a_score_add_up_to_it():
    reading = read(Source("You first and only aim to win", 64, 16, model="tagger-sizes"))
    said = lesson_sentences.through_linear(reading.trace, reading.model, reading.tokens, 4, reading.probabilities())
    assert said.startswith("At “aim” the answer is VERB, 0.94. Its score is ")
    *parts, score = [float(one.replace("−", "-")) for one in re.findall(r"[+−]\d+\.\d+", said)]
    assert len(parts) == 5
    assert ("≈" not in said) == (sum(parts) == pytest.approx(score, abs=1e-9))
    assert score == pytest.approx(reading.model.scores(reading.trace)[4, 0].max().item(), abs=0.006)


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
    sized = Source("a b", model="tagger-sizes")
    assert "trained, tagger, every size: input_dim=4" in sentences.made(sized, read(sized), read(sized).trace)
    assert [sentences.steps_are(one, read(one)) for one in (Source("a", tokens="characters"), tagged)] == [
        "characters",
        "words",
    ]
    assert [sentences.listed(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
