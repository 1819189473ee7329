"""The taggers of every size: all there, as good as the file says, one x for a word, and chosen by the sliders."""

import itertools
import re

import numpy as np
import pytest
import torch
from pictured import picture_of

import lstm_core
from gatescope.question.view import SIZES, Source
from gatescope.reading.python_script import python_code
from gatescope.reading.read import read
from lstm_core.errors import LstmCoreError
from lstm_core.models import sizes
from lstm_core.models.shipped import card
from lstm_core.models.sizes import Size
from studies import tagger_sizes
from studies.tagger_sizes import HIDDEN_SIZES, INPUT_SIZES, LAYERS

SENTENCE = "Giraffes in a field"


def picture(**query):
    return picture_of({"model": SIZES} | query, 1_000)


def test_every_size_is_there_and_the_file_is_small():
    assert set(sizes.scores()) == {Size(*size) for size in itertools.product(INPUT_SIZES, HIDDEN_SIZES, LAYERS)}
    assert sizes.FILE.stat().st_size < 4_000_000


@pytest.mark.parametrize("size", sizes.scores(), ids=str)
def test_a_tagger_has_its_size_and_runs(size):
    model = sizes.sized_tagger(*size)
    assert (model.lstm.input_size, model.lstm.hidden_size, model.lstm.num_layers) == size
    with torch.no_grad():
        assert model(model.vectors(model.tokens(SENTENCE))).isfinite().all()


def test_the_lessons_size_tags_its_sentence_right_and_the_card_names_each_size_that_does_not():
    assert tagger_sizes.tags(Size(4, 3, 1)) == tagger_sizes.TAGS
    wrong = sorted(size for size in sizes.scores() if tagger_sizes.tags(size) != tagger_sizes.TAGS)
    _, named = card("tagger").split("is not tagged right at ")
    assert re.findall(r"\d+/\d+/\d+", named.split("\n\n")[0]) == [str(size) for size in wrong]


def test_a_word_has_the_same_x_in_all_taggers_with_its_input_size():
    one, other = sizes.sized_tagger(4, 2, 1), sizes.sized_tagger(4, 64, 3)
    torch.testing.assert_close(one.vectors(["field"]), other.vectors(["field"]), rtol=0, atol=0)


def test_a_larger_memory_is_right_more_often():
    shares = [sizes.scores()[Size(4, units, 1)].test for units in HIDDEN_SIZES]
    assert shares == sorted(shares)


def test_a_size_that_was_not_trained_is_refused_with_the_nearest_one():
    with pytest.raises(LstmCoreError, match=r"hidden_size one of \[2, 3, 4, 8, 16, 32, 64\].*hidden_size=4"):
        sizes.sized_tagger(4, 5, 1)


def test_the_sliders_choose_a_trained_lstm_and_its_own_numbers_are_drawn():
    for hidden_dim in (3, 8):
        model = sizes.sized_tagger(4, hidden_dim)
        tokens = model.tokens(SENTENCE)
        trace = lstm_core.run(model.lstm, model.vectors(tokens).detach())
        shown = picture(sentence=SENTENCE, hidden_dim=str(hidden_dim))
        [stack] = shown["stacks"]
        for heatmap in stack["values"]:
            np.testing.assert_allclose(heatmap["z"], trace.cells(heatmap["quantity"]), atol=1e-6)
        np.testing.assert_allclose(shown["inputs"]["z"], trace.x[:, 0].T, atol=1e-6)
        right = round(100 * sizes.scores()[Size(4, hidden_dim, 1)].test)
        assert shown["model"]["right"].startswith(f"{right}% of test words right; at hidden_dim 16: ")
        assert shown["model"]["sizes"]["hidden_dim"] == list(HIDDEN_SIZES)


def test_a_link_to_a_size_that_was_not_trained_opens_the_nearest_and_says_so():
    shown = picture(sentence=SENTENCE, hidden_dim="5", n_layers="4")
    assert "No tagger was trained with hidden_dim 5: this is the nearest, 4." in shown["notices"]
    assert (shown["view"]["hidden_dim"], shown["view"]["n_layers"]) == (4, 3)
    assert "hidden_dim=4" in shown["link"]


def test_the_python_code_makes_the_trace_of_the_size(capsys):
    source = Source(model=SIZES, input_dim=16, hidden_dim=8, n_layers=2)
    reading = read(source)
    made = {}
    exec(python_code(source, reading), made)
    torch.testing.assert_close(made["trace"].c, reading.trace.c)
    assert "LSTM" in capsys.readouterr().out
