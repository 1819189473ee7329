"""What the page Corpus counts and says, by hand: edges and bounds, one and several, more and less, right and left."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import lstm_core
from gatescope.corpus import passages, sentences
from gatescope.corpus.model import model_to_scan
from gatescope.corpus.passages import Passage, reach_of, related, worst
from gatescope.corpus.scanned import name_of_scan, scanned
from gatescope.corpus.texts import TextPiece, fitting, pieces, texts_of
from gatescope.corpus.to_memory import query_of, sentence_of
from gatescope.corpus.view import LIBRARY, OPENED, TAUGHT, TOPICS, Corpus, Stretch, UnitPlace, model_of
from gatescope.question import link
from gatescope.question.view import SIZES, Source
from gatescope.store import text_files

PLACE = UnitPlace(0, 0, 1)


def test_a_stretch_of_one_word_is_a_stretch():
    assert link.read(Corpus(), {"brush": "5-5"}) == (replace(Corpus(), brush=Stretch(5, 5)), [])


def test_only_models_that_are_made_on_the_page_have_dimensions_of_their_own():
    """A scan is kept for every text, and for every size of a model whose size can't be chosen."""
    for model in ("random", SIZES):
        assert model_of(Source("a", model=model, hidden_dim=9)) == Source("", model=model, hidden_dim=9)
    assert model_of(Source("a", file="f", model="tagger", hidden_dim=9)) == Source("", model="tagger")


def test_the_corpus_of_a_model_is_the_one_that_fits_it_first():
    names = {"python-chars": LIBRARY, "tagger": TOPICS, "counter": TAUGHT, "series": TAUGHT}
    for name, corpus in names.items():
        assert fitting(model_to_scan(Source(model=name)))[0] == corpus
    assert fitting(SimpleNamespace(name="mine", reads="numbers")) == []


def test_an_opened_file_matters_only_to_a_scan_of_it():
    one, other = (Corpus(Source(), OPENED, opened=key) for key in ("a", "b"))
    assert name_of_scan(one) != name_of_scan(other)
    assert name_of_scan(replace(one, texts=TOPICS)) == name_of_scan(replace(other, texts=TOPICS))


def test_a_sample_is_full_to_the_last_token_and_at_least_one_text():
    model = model_to_scan(Source(model="counter"))
    key = text_files.keep("a.csv", b"text,no\n" + b"aabb,1\n" * 5)
    assert texts_of(OPENED, model, 8, key).steps == [4, 4]
    assert texts_of(OPENED, model, 7, key).steps == [4]
    assert texts_of(OPENED, model, 1, key).steps == [4]
    assert texts_of(OPENED, model, 20, key).steps == [4] * 5
    assert [piece.name for piece in texts_of(OPENED, model, 20, key).pieces] == [f"row {n}" for n in range(1, 6)]


def test_a_text_of_a_pieces_length_is_one_piece_and_of_one_more_two():
    assert [len(piece.text) for piece in pieces("a" * 1_000, "")] == [1_000]
    assert [len(piece.text) for piece in pieces("a" * 1_001, "")] == [1_000, 1]


def test_a_pieces_text_has_nine_digits():
    assert sentence_of("as it is") == "as it is"
    assert sentence_of(np.array([[1 / 3, -2.0], [0.1, 4.0]])) == "0.333333333 -2\n0.1 4"


@pytest.mark.parametrize(
    ("steps", "first", "last", "zoom"),
    [(120, 60, 60, None), (121, 60, 61, "20-81"), (121, 10, 10, "0-30"), (300, 295, 296, "255-299")],
)
def test_a_long_text_is_opened_at_its_moment_a_short_one_whole(steps, first, last, zoom):
    moment = Passage(0, first, last, 0, [], [], 0.0)
    query = query_of(Source(model="tagger"), TextPiece("a b c", ""), steps, moment, UnitPlace(1, 1, 3))
    assert query.get("zoom") == zoom
    assert query["pin"] == f"1.3.{last}.1"
    assert "pin" not in query_of(Source(model="tagger"), TextPiece("a b c", ""), steps, moment, None)


@pytest.fixture(scope="module")
def both_ways():
    """A scan of two layers and both directions, of three units each."""
    source = Source("the cat", n_layers=2, directions=2)
    return Corpus(source), lstm_core.scan(model_to_scan(source), ["the cat ran away", "a dog"])


def test_a_unit_of_each_layer_and_direction_has_its_own_row(both_ways):
    asked, scan = both_ways
    for row, place in enumerate(passages.places(scan)):
        found = sentences.unit_row(scan, place)
        assert (found["layer"], found["direction"], found["unit"]) == place
        assert found["c_max"] == pytest.approx(scan.units["c_max"][row])
    assert set(passages.rows(scan, asked).index) == set(scan.units.index)


def scan_with(**more):
    return SimpleNamespace(sizes=SimpleNamespace(layers=1, directions=1, units=2), **more)


@pytest.mark.parametrize(
    ("values", "reach"),
    [([0.2] * 9, 1.0), ([-1.3] * 9, 1.5), ([2.0] * 9, 2.0), ([2.1] * 9, 2.5), ([0] * 99 + [9], 1.0)],
)
def test_the_scale_of_a_unit_ends_at_the_half_above_nearly_all_its_values(values, reach):
    steps = np.arange(len(values))
    whole = {"values": lambda *_: np.array(values, np.float32), "sample": lambda *_: steps}
    assert reach_of(scan_with(**whole), PLACE) == reach
    assert reach_of(scan_with(**whole | {"sample": lambda *_: steps[:0]}), PLACE) == 1.0


def test_a_unit_that_never_moves_is_related_to_none_and_one_that_goes_its_own_way_comes_last():
    r = np.array([[1.0, np.nan, 0.0, -0.5, 0.25]] * 5)
    scan = scan_with(correlations=lambda *_: r)
    assert related(scan, UnitPlace(0, 0, 0)) == [
        (UnitPlace(0, 0, 3), -0.5),
        (UnitPlace(0, 0, 4), 0.25),
        (UnitPlace(0, 0, 2), 0.0),
    ]


def test_a_unit_is_named_with_its_layer_where_there_are_several():
    several = SimpleNamespace(sizes=SimpleNamespace(layers=2, directions=2, units=3))
    assert sentences.unit_named(scan_with(), PLACE) == "unit 1"
    assert sentences.unit_named(several, UnitPlace(1, 1, 2)) == "unit 2 of layer 1, from the right"
    assert sentences.side_named(UnitPlace(1, 1)) == "layer 1, from the right"
    assert sentences.side_named(UnitPlace(0)) == "layer 0"
    assert sentences.relative(scan_with(), UnitPlace(0, 0, 3), -0.5) == "unit 3, r = −0.50"


def test_gates_and_range_of_a_unit_are_its_own():
    row = {"f_right": 0.5, "f_left": 0.1, "i_right": 0.2, "i_left": 0.3, "o_right": 0.4, "o_left": 0.6}
    row |= {"c_min": -1.5, "c_max": 2.5, "c_mean": 0.25}
    units = pd.DataFrame([dict.fromkeys(row, -9.0), row])
    scan = scan_with(units=units)
    assert sentences.gates_said(scan, PLACE) == (
        "Its forget gate is open (above 0.9) at 50% of the steps and shut (below 0.1) at 10%; the input gate at 20% "
        "and 30%, the output gate at 40% and 60%."
    )
    assert sentences.reaches(scan, PLACE) == "c goes from −1.50 to +2.50, mean +0.25."


@pytest.mark.parametrize(
    ("units", "named"),
    [
        ((3,), "unit 3."),
        ((3, 5), "units 3 and 5."),
        (tuple(range(6)), "units 0, 1, 2, 3, 4 and 5."),
        (tuple(range(7)), "units 0, 1, 2, 3, 4, 5 and 1 more."),
    ],
)
def test_up_to_six_units_of_a_pattern_are_named(units, named):
    said = sentences.pattern_in_words(SimpleNamespace(units=units), ["a", "b"], " ")
    assert said == f"Where else? On throughout “a b”, and off just before it: {named}"


def test_short_texts_are_no_worst_ones_unless_all_are_short():
    model = Source("x", model="python-chars")

    def shown(*lengths):
        rows = "text\n" + "\n".join(("q=(7)x. " * 20)[:length] for length in lengths)
        key = text_files.keep("a.csv", rows.encode())
        asked = Corpus(model, OPENED, 20_000, key)
        found = scanned(asked)
        losses = found.scan.losses().set_index("text")["steps"]
        return sorted(int(losses[one.text]) for one in worst(asked, found))

    # Of a text's characters the first is not predicted.
    assert shown(15, 20, 21, 60) == [20, 59]
    assert len(shown(9, 8)) == 1
    assert len(shown(*range(30, 42))) == 8
