"""What the page Your model says, by hand: against and for, before and after, one and several."""

from types import SimpleNamespace

import pytest
import torch

from gatescope.checkpoint import sentences as open_sentences
from gatescope.question.view import Source
from gatescope.reading.read import read
from gatescope.train_one import sentences as train_sentences
from gatescope.train_one.example import example_of
from gatescope.train_one.run import Moment, Progress
from gatescope.wording import sentences
from lstm_core.training.loop import task_from


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


def test_the_tokens_that_a_file_names_are_said_the_first_four_of_many():
    assert open_sentences.own_vocabulary(()) == ""
    four = open_sentences.own_vocabulary(("a", " ", "c", "d"))
    assert four == "in the file: 4 tokens (a, ␣, c, d); paste others to use those"
    assert "5 tokens (a, b, c, d, …);" in open_sentences.own_vocabulary(tuple("abcde"))


# Captions.


def test_a_caption_says_by_which_lstm_it_was_made():
    source = Source("a b", directions=2, seed=7)
    reading = read(source)
    said = sentences.made(source, reading, reading.trace)
    assert "input_dim=4, hidden_dim=3, n_layers=1, bidirectional, seed=7; checked: matches PyTorch to" in said
    tagged = Source("a b", model="tagger")
    assert "trained, tagger: input_dim=" in sentences.made(tagged, read(tagged), read(tagged).trace)
    sized = Source("a b", model="tagger-sizes")
    assert "trained, tagger, every size: input_dim=4" in sentences.made(sized, read(sized), read(sized).trace)
    assert [sentences.steps_are(one, read(one)) for one in (Source("a", tokens="characters"), tagged)] == [
        "characters",
        "words",
    ]
    assert [sentences.listed(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
