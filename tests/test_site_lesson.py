"""The lesson of the page without a server: each link is possible, and each number in its text is PyTorch's."""

import re
from functools import cache

import pytest
import torch
from torch import nn

import lstm_core
from gatescope.lesson.view import PARTS
from gatescope.live.scenes import SCENES
from gatescope.question import link
from gatescope.question.view import View
from gatescope.reading.held import read_view
from gatescope.site.lesson import lesson
from lstm_core.models import random_lstm, sizes
from lstm_core.training import copying
from lstm_core.training.copying import Copy, right_after

WORDS = ["Giraffes", "in", "a", "field"]


@cache
def scenes():
    """The parts of the lesson by number."""
    return dict(enumerate(lesson(), 1))


@pytest.fixture
def plain():
    """The lesson's own LSTM, and the vectors of its words."""
    return random_lstm(4, 3, 1, 2), lstm_core.inputs.token_vectors(WORDS, 4, 2)


def view_of(part):
    """The view that the link of a part asks for, without a notice."""
    view, notices = link.read(View(), scenes()[part].query)
    assert notices == []
    return view


def drawn(part):
    """What the picture of a part shows."""
    reading = read_view(view_of(part)).reading
    assert reading.notices == []
    return reading.trace


def numbers(text):
    """The numbers in a sentence."""
    return [float(found.replace("−", "-")) for found in re.findall(r"[+−]?\d+(?:\.\d+)?", text)]


def test_the_parts_are_those_of_the_page_in_order_each_with_a_question():
    assert [(scene.title, scene.heading) for scene in scenes().values()] == [(n, "Lesson") for n, _ in PARTS.values()]
    assert len({scene.name for scene in (*SCENES, *scenes().values())}) == len(SCENES) + len(PARTS)
    for scene in scenes().values():
        assert scene.page == ""
        assert scene.asks.endswith("?")
        # The page has marks of Markdown; a scene is plain text.
        assert not re.search(r"[`*\\\n]", scene.says + scene.asks + scene.answer)


@pytest.mark.parametrize("part", [1, 2, 5])
def test_three_parts_show_the_lessons_own_lstm(part, plain):
    trace = lstm_core.run(*plain)
    for quantity in "ifgoch":
        assert torch.equal(getattr(drawn(part), quantity), getattr(trace, quantity))


def test_the_shapes_are_those_that_pytorch_gives_back(plain):
    lstm, x = plain
    out, (h, c) = lstm(x)
    said = scenes()[1].says
    assert f"Each of the {len(x)} words becomes {x.shape[-1]} numbers" in said
    assert f"x has the shape (seq_len, batch, input_size) = {tuple(x.shape)}." in said
    assert h.shape == c.shape
    assert f"of shape (n_layers, batch, hidden_dim) = {tuple(c.shape)}." in said
    assert f"gives back h of every word: {tuple(out.shape)}." in said


def test_the_pinned_cell_keeps_and_adds_what_the_lstm_computes(plain):
    trace, pin = lstm_core.run(*plain), view_of(2).shown.pin
    i, f, g, o, c, h = (float(trace.cells(quantity)[pin.unit, pin.step]) for quantity in "ifgoch")
    before = float(trace.cells("c")[pin.unit, pin.step - 1])
    scene = scenes()[2]
    assert f"At “{WORDS[pin.step]}”, unit {pin.unit} keeps" in scene.says
    found = numbers(scene.says.partition("keeps")[2])
    assert found == pytest.approx([round(100 * f), before, i * g, c, round(100 * o), h], abs=0.0051)
    assert numbers(scene.answer) == pytest.approx([f, before, i * g, c, o, c, h], abs=0.0051)


@torch.no_grad()
def test_the_picture_of_the_bug_is_the_loop_that_passes_the_same_state(plain):
    lstm, x = plain
    zeros = torch.zeros(1, 1, 3)
    with lstm_core.record(lstm) as recording:
        outs = [lstm(step[None], (zeros, zeros))[0][0, 0] for step in x]
    loop, carried, shown = recording.only, lstm_core.run(lstm, x), drawn(3)
    assert view_of(3).shown.quantities == "igco"
    for quantity in "igco":
        held = torch.from_numpy(shown.cells(quantity))
        torch.testing.assert_close(held, torch.from_numpy(loop.cells(quantity)), rtol=0, atol=1e-6)
        # The first column stays as it is without the holds, and no other does.
        apart = (held - torch.from_numpy(carried.cells(quantity))).abs().amax(0)
        assert apart[0] < 1e-6
        assert (apart[1:] > 1e-3).all()
    # What the text says of the loop's f and h, which are not drawn.
    assert loop.f.min() > 0.1
    torch.testing.assert_close(torch.stack(outs), (shown.o * shown.c.tanh())[0, 0, :, 0], rtol=0, atol=1e-6)
    assert not shown.f.any()
    assert not shown.h.any()
    assert f"c differs by up to {(shown.c - carried.c).abs().max():.2f}." in scenes()[3].answer


@torch.no_grad()
def test_the_score_of_the_winning_class_is_the_sum_that_is_told():
    model = sizes.sized_tagger(4, 3, 1)
    x = model.vectors(WORDS)
    out, _ = model.lstm(x)
    pin, scores = view_of(4).shown.pin, model.linear(out)[-1, 0]
    best = int(scores.argmax())
    said = scenes()[4].says
    assert torch.equal(drawn(4).h[0, 0, :, 0], out[:, 0])
    assert pin.step == len(WORDS) - 1
    assert f"At “field” the answer is {model.labels[best]}, {scores.softmax(-1)[best]:.2f}." in said
    *parts, score = numbers(" ".join(re.findall(r"[+−]\d+\.\d+", said)))
    weighed, units = out[-1, 0] * model.linear.weight[best], re.search(r"of units (\d), (\d) and (\d),", said)
    assert parts == pytest.approx(
        [*(float(weighed[int(u)]) for u in units.groups()), float(model.linear.bias[best])], abs=0.0051
    )
    assert score == pytest.approx(float(scores[best]), abs=0.0051)
    assert f"over the {len(scores)} scores makes it {scores.softmax(-1)[best]:.2f}." in said


@torch.no_grad()
def test_what_is_left_of_the_first_word_is_what_the_three_cells_compute(plain):
    _, x = plain
    left, parameters = [], []
    for kind in (nn.LSTM, nn.GRU, nn.RNN):
        with torch.random.fork_rng():
            torch.manual_seed(2)
            module = kind(4, 3)
        other = x.clone()
        other[0] = 0
        apart = (module(x)[0] - module(other)[0]).norm(dim=-1)[:, 0]
        left.append(f"{apart[-1] / apart[0]:.0%}")
        parameters.append(sum(weight.numel() for weight in module.parameters()))
    scene = scenes()[5]
    assert (
        "Of the difference that “Giraffes” makes in h, {} is left in the LSTM, {} in the GRU and {} in the plain RNN, "
        "3 words later.".format(*left)
        in scene.says
    )
    said = "Parameters: {} in the LSTM, {} in the GRU and {} in the plain RNN.".format(*parameters)
    assert scene.answer.startswith(said)


def test_how_many_learned_to_remember_is_what_the_shipped_models_answer():
    counts = []
    for epochs in (10, 50):
        counts.append(epochs)
        for cell in ("lstm", "gru", "rnn"):
            [one] = [
                one
                for one in copying.shipped()
                if (one.cell, one.epochs, one.units) == (cell, epochs, Copy.sizes.hidden_size)
            ]
            counts += [sum(right_after(model, 100) == 1 for model in one.models), len(one.models)]
    told = scenes()[5].answer.partition("Asked for the first symbol ")[2]
    assert numbers(told) == [100, *counts]
