"""An LSTM, a GRU and a plain RNN in the lesson: their numbers, figures and sentences, read back."""

import re

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from torch import nn

import lstm_core
from gatescope.lesson import kinds_figures as figures
from gatescope.lesson import kinds_sentences as sentences
from gatescope.lesson.cell import NAMES
from gatescope.lesson.kinds import ASKED, GAPS, ByGap, by_gap, three
from gatescope.lesson.view import LEARNED, LessonView
from gatescope.question.view import Source
from lstm_core import LstmCoreError
from lstm_core.plots.palette import KINDS, look
from lstm_core.training import copying
from lstm_core.training.copying import right_after

LOOK, LINES = look("teal", "light"), KINDS["light"]


def of(sentence="Giraffes in a field", **source):
    """Three untrained cells that read a sentence."""
    return LessonView(Source(sentence, **source))


def learned(cell, epochs, units=4):
    wanted = cell, int(epochs), units
    [found] = [one for one in copying.shipped() if (one.cell, one.epochs, one.units) == wanted]
    return found


@pytest.mark.parametrize(("cell", "kind"), [("lstm", nn.LSTM), ("gru", nn.GRU), ("rnn", nn.RNN)])
def test_one_seed_makes_all_three_as_pytorch_would(cell, kind):
    read = three(of("one two three", input_dim=5, hidden_dim=4, seed=7))
    with torch.random.fork_rng():
        torch.manual_seed(7)
        module = kind(5, 4)
    with torch.no_grad():
        expected = module(lstm_core.inputs.token_vectors(["one", "two", "three"], 5, 7))[0]
    found = read.kinds[list(NAMES).index(cell)]
    assert found.cell == cell
    assert torch.equal(found.trace.h[0, 0], expected)
    assert found.parameters == sum(weight.numel() for weight in module.parameters())
    assert found.said is None
    [h] = figures.hidden(read, LOOK)[list(NAMES).index(cell)]["data"]
    np.testing.assert_array_equal(h["z"], expected[:, 0].T)
    assert (h["name"], h["zmin"], h["zmax"]) == ("h", -1, 1)


@pytest.mark.parametrize("epochs", ["10", "50"])
@pytest.mark.parametrize("first", "abcd")
def test_what_trained_ones_say_is_what_their_models_do(epochs, first):
    read = three(LessonView(cells=epochs, first=first, gap=9, trained_seed=3))
    assert read.worst.proof.relative == max(kind.trace.proof.relative for kind in read.kinds)
    assert read.tokens == [first, *".........", "?"]
    for found in read.kinds:
        model = learned(found.cell, epochs).models[3]
        with torch.no_grad():
            expected = model.probabilities(model(model.vectors(read.tokens)))[:, 0].T
        np.testing.assert_allclose(found.said, expected, atol=1e-6)


@pytest.mark.parametrize("epochs", ["10", "50"])
def test_where_nothing_of_a_symbol_is_left_not_all_four_are_said_again(epochs):
    for seed in range(10):
        read = [three(LessonView(cells=epochs, first=first, gap=100, trained_seed=seed)) for first in "abcd"]
        for n, cell in enumerate(NAMES):
            if min(one.kinds[n].left[-1] for one in read) < 0.001:
                assert right_after(learned(cell, epochs).models[seed], 100) < 1


def test_the_curves_are_shares_by_gap():
    found = by_gap()
    for one in found:
        models = learned(one.cell, one.epochs, one.units)
        assert one.right[GAPS.index(ASKED)] == models.right(ASKED)
        assert one.always == models.always_right(ASKED)
    drawn = figures.by_gap(found[:4], LOOK, LINES)
    assert [line["name"] for line in drawn["data"]] == [*NAMES.values(), "plain RNN, 10 units"]
    assert [line["y"] for line in drawn["data"]] == [one.right for one in found[:4]]
    go.Figure(drawn)


def test_the_sentence_says_what_is_left_with_the_numbers_of_this_run():
    read = three(of("<b> two three"))
    said = sentences.untrained(read)
    # A symbol is a key; as code it is no markup.
    assert "`<`" in said
    for kind in read.kinds:
        assert re.search(rf"{kind.left[-1]:.0%} (is left )?in the {NAMES[kind.cell]}", said)
    assert "nothing to remember yet" in sentences.untrained(three(of("one")))


@pytest.mark.parametrize(("gap", "dots"), [(0, "0 dots"), (1, "1 dot"), (20, "20 dots")])
def test_the_sentence_counts_the_dots_that_were_read(gap, dots):
    read = three(LessonView(cells="50", first="c", gap=gap))
    assert read.tokens.count(".") == gap
    assert sentences.trained(read).startswith(f"After “c” and {dots}, ")


@pytest.mark.parametrize("epochs", ["10", "50"])
def test_the_sentence_says_who_is_right_and_who_by_luck(epochs):
    for seed in range(10):
        read = three(LessonView(cells=epochs, first="b", gap=20, trained_seed=seed))
        right = [kind for kind in read.kinds if "abcd"[kind.said[:, -1].argmax()] == "b"]
        said = sentences.trained(read)
        assert {0: "none of them is right", 3: "all three are right"}.get(len(right), "only the") in said
        assert ("luck" in said) == any(kind.left[-1] < 0.005 for kind in right)


def test_how_many_learned_it_is_said_by_budget():
    found = [
        ByGap("lstm", 4, 3, [1.0], 2, 5),
        ByGap("gru", 4, 3, [1.0], 3, 5),
        ByGap("rnn", 4, 3, [0.5], 0, 5),
        ByGap("rnn", 10, 3, [0.5], 1, 5),
        ByGap("lstm", 4, 9, [1.0], 5, 5),
    ]
    assert "with 10 units it has as many, and 1 of 5 after 3 epochs learned it" in sentences.what_buys_it(found)
    said = sentences.learned(found)
    assert "after 3 epochs 2 of 5 LSTMs, 3 of 5 GRUs and 0 of 5 plain RNNs; after 9 epochs 5 of 5 LSTMs." in said


def test_a_share_is_never_told_as_more_than_all():
    told = []
    for seed in range(10):
        read = three(LessonView(cells="10", first="a", gap=20, trained_seed=seed))
        said = sentences.trained(read)
        told += [int(share) for share in re.findall(r"(\d+)%", said)]
        for share, holds in (("all", lambda left: left >= 0.995), ("nothing", lambda left: left < 0.005)):
            those = [NAMES[kind.cell] for kind in read.kinds if holds(kind.left[-1])]
            assert (f"{share} is left in all three." in said) == (len(those) == 3)
            if len(those) < 3:
                assert re.findall(rf"\b{share} (?:is left )?in the ([\w ]+?)(?:,| and|\.)", said) == those
    assert max(told) < 100
    left = figures.left(three(of()), LOOK, LINES)
    for line, kind in zip(left["data"], three(of()).kinds, strict=True):
        np.testing.assert_allclose(line["y"], kind.left)
    go.Figure(left)


def test_nothing_to_read_is_refused_and_a_long_text_is_cut():
    with pytest.raises(LstmCoreError, match="Type a sentence to start"):
        three(of(" "))
    assert len(three(of("a " * 999)).tokens) == 200


def test_what_can_be_chosen_is_what_comes_along():
    assert {str(one.epochs) for one in copying.shipped()} == LEARNED.keys() - {"random"}
    assert {len(one.models) for one in copying.shipped()} == {10}
