"""What the page Corpus counts and says, by hand: edges and bounds, one and several, more and less, right and left."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

import lstm_core
from dashboard.corpus import figures, sentences, unit_rows, where_else
from dashboard.corpus.model import model_to_scan
from dashboard.corpus.one_unit import Follows, apart, best_property, reach_of, related, responses
from dashboard.corpus.read_again import Again, Passage, bytes_of, ends_of, passage, read_again
from dashboard.corpus.scanned import Scanned, name_of, name_of_scan, scanned
from dashboard.corpus.texts import Piece, pieces, texts_of
from dashboard.corpus.to_memory import query_of, sentence_of
from dashboard.corpus.view import LIBRARY, OPENED, TAUGHT, TOPICS, Corpus, Place, Stretch, model_of
from dashboard.corpus.worst import worst
from dashboard.question import link
from dashboard.question.source import SIZES, Source
from dashboard.store import text_files
from lstm_core.plots.palette import look
from lstm_core.scanning.contexts import AFTER, BEFORE

LOOK = look("teal", "light")
PLACE = Place(0, 0, 1)


def test_a_stretch_of_one_word_is_a_stretch():
    assert link.read(Corpus(), {"brush": "5-5"}) == (replace(Corpus(), brush=Stretch(5, 5)), [])


def test_only_models_that_are_made_on_the_page_have_dimensions_of_their_own():
    """A scan is kept for every text, and for every size of a model whose size can't be chosen."""
    for model in ("random", SIZES):
        assert model_of(Source("a", model=model, hidden_dim=9)) == Source("", model=model, hidden_dim=9)
    assert model_of(Source("a", file="f", model="tagger", hidden_dim=9)) == Source("", model="tagger")


def test_without_a_choice_the_first_corpus_that_fits_is_read():
    names = {"python-chars": LIBRARY, "tagger": TOPICS, "counter": TAUGHT, "series": TAUGHT}
    for name, corpus in names.items():
        model = model_to_scan(Source(model=name))
        assert name_of(Corpus(Source(model=name)), model) == corpus
        assert name_of(Corpus(Source(model=name), OPENED), model) == OPENED
    assert name_of(Corpus(), SimpleNamespace(name="mine", reads="numbers")) == OPENED


def test_an_opened_file_matters_only_to_a_scan_of_it():
    one, other = (Corpus(Source(), OPENED, opened=key) for key in ("a", "b"))
    assert name_of_scan(one) != name_of_scan(other)
    assert name_of_scan(replace(one, texts=TOPICS)) == name_of_scan(replace(other, texts=TOPICS))


@pytest.mark.parametrize(
    ("model", "number", "longest"),
    [("counter", 100, 200), ("brackets", 400, 80), ("copy", 404, 102), ("series", 60, 240)],
)
def test_a_small_model_is_scanned_on_so_many_texts_of_such_a_length(model, number, longest):
    found = texts_of(TAUGHT, model_to_scan(Source(model=model)), 10**9)
    assert (len(found.pieces), found.of, max(found.steps)) == (number, number, longest)
    assert found.pieces[0].name == "text 1"


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


def test_a_table_says_at_which_row_each_piece_begins():
    key = text_files.keep("a.csv", "\n".join(f"{row / 7:.3f}" for row in range(1_001)).encode())
    found = texts_of(OPENED, model_to_scan(Source(model="series")), 5_000, key)
    assert [(piece.line, len(piece.text)) for piece in found.pieces] == [(1, 1_000), (1_001, 1)]


def test_a_pieces_text_has_nine_digits():
    assert sentence_of("as it is") == "as it is"
    assert sentence_of(np.array([[1 / 3, -2.0], [0.1, 4.0]])) == "0.333333333 -2\n0.1 4"


def again_of(length):
    return Again(None, {7: 0}, [[str(step) for step in range(length)]])


@pytest.mark.parametrize(
    ("length", "first", "last", "begins", "ends"),
    [
        (200, 100, 103, 100 - BEFORE, 103 + AFTER),
        (200, BEFORE, BEFORE, 0, BEFORE + AFTER),
        (200, 3, 3, 0, 3 + AFTER),
        (200, 190, 190, 190 - BEFORE, 199),
    ],
)
def test_a_passage_goes_from_forty_tokens_before_to_twenty_after_as_far_as_the_text_goes(
    length, first, last, begins, ends
):
    found = passage(again_of(length), 7, first, last, np.arange(length) / 2, 0.5)
    assert (found.begins, found.tokens[0], found.tokens[-1]) == (begins, str(begins), str(ends))
    assert (found.numbers[0], found.numbers[-1]) == (begins / 2, ends / 2)
    assert (found.first, found.last, found.text, found.value) == (first, last, 7, 0.5)


def test_a_kept_passage_weighs_its_numbers_and_its_tokens():
    def weight(*passages):
        return bytes_of([Passage(0, 0, 0, 0, tokens, [0.5] * count, 0.0) for tokens, count in passages])

    assert weight() == 0
    assert weight(([], 7)) - weight(([], 0)) == 7 * 32
    assert weight((["word"], 0)) > weight(([], 0)) > 0
    assert weight(([], 7), (["word"], 2)) == weight(([], 7)) + weight((["word"], 2))


def test_of_each_text_the_last_moment_counts():
    assert ends_of([(1, 5), (1, 3), (2, 0), (1, 9), (1, 8)]) == {1: 9, 2: 0}


@pytest.mark.parametrize(("directions", "length"), [(1, 11 + AFTER), (2, 90)])
def test_a_text_is_read_again_up_to_its_moment_and_a_few_more_and_whole_from_both_sides(directions, length):
    model = model_to_scan(Source("a", hidden_dim=3, directions=directions, tokens="characters"))
    texts = SimpleNamespace(pieces=[Piece("x" * 90, "a"), Piece("b" * 12, "b")])
    found = read_again(model, texts, {0: 10, 1: 11})
    assert [len(tokens) for tokens in found.tokens] == [length, 12]
    assert found.row == {0: 0, 1: 1}
    alone = lstm_core.run(model.lstm, model.vectors(["b"] * 12))
    torch.testing.assert_close(found.trace.c[:, :, :12, 1], alone.c[:, :, :, 0])


@pytest.mark.parametrize("units", [None, [1]])
def test_texts_of_any_length_are_read_again_window_by_window_as_each_alone(units, monkeypatch):
    monkeypatch.setattr("dashboard.corpus.read_again.WINDOW", 7)
    model = model_to_scan(Source("a", hidden_dim=3, n_layers=2, tokens="characters"))
    texts = SimpleNamespace(pieces=[Piece(text, "") for text in ("a" * 3, "b" * 40, "c" * 7, "d" * 22)])
    found = read_again(model, texts, dict.fromkeys(range(4), 30), units)
    for number, piece in enumerate(texts.pieces):
        row, steps = found.row[number], len(piece.text)
        alone = lstm_core.run(model.lstm, model.vectors(list(piece.text)))
        assert found.tokens[row] == list(piece.text) == found.trace.tokens[row]
        for quantity in "ifgoch":
            wanted = getattr(alone if units is None else alone.sel(unit=units), quantity)
            seen = getattr(found.trace, quantity)[:, :, :, row]
            torch.testing.assert_close(seen[:, :, :steps], wanted[:, :, :, 0])
            assert seen[:, :, steps:].isnan().all()
    assert found.trace.max_error < 1e-6


@pytest.mark.parametrize(
    ("steps", "first", "last", "zoom"),
    [(120, 60, 60, None), (121, 60, 61, "20-81"), (121, 10, 10, "0-30"), (300, 295, 296, "255-299")],
)
def test_a_long_text_is_opened_at_its_moment_a_short_one_whole(steps, first, last, zoom):
    moment = Passage(0, first, last, 0, [], [], 0.0)
    query = query_of(Source(model="tagger"), Piece("a b c", ""), steps, moment, Place(1, 1, 3))
    assert query.get("zoom") == zoom
    assert query["pin"] == f"1.3.{last}.1"
    assert "pin" not in query_of(Source(model="tagger"), Piece("a b c", ""), steps, moment, None)


@pytest.fixture(scope="module")
def both_ways():
    """A scan of two layers and both directions, of three units each."""
    source = Source("the cat", n_layers=2, directions=2)
    return Corpus(source), lstm_core.scan(model_to_scan(source), ["the cat ran away", "a dog"])


def test_a_unit_of_each_layer_and_direction_has_its_own_row(both_ways):
    asked, scan = both_ways
    for row, place in enumerate(unit_rows.places(scan)):
        found = sentences.unit_row(scan, place)
        assert (found["layer"], found["direction"], found["unit"]) == place
        assert found["c_max"] == pytest.approx(scan.units["c_max"][row])
    assert unit_rows.sides(scan) == [Place(0, 0), Place(0, 1), Place(1, 0), Place(1, 1)]
    assert list(unit_rows.rows(scan, asked).columns[:4]) == ["layer", "direction", "unit", "c"]


def test_the_table_holds_its_bounds_and_names_no_layer_where_there_is_one():
    scan = lstm_core.scan(model_to_scan(Source(model="counter")), ["aaabb", "ab"])
    asked = Corpus(Source(model="counter"), by="c to")
    values = sorted(scan.units["c_max"])
    within = unit_rows.rows(scan, replace(asked, at_least=values[1], at_most=values[2]))
    assert list(within["c to"]) == [values[2], values[1]]
    assert list(within.columns[:2]) == ["unit", "c"]
    for name, column in (("o shut", "o_left"), ("i open", "i_right"), ("c std", "c_std")):
        times = 1 if name == "c std" else 100
        np.testing.assert_allclose(within[name], times * scan.units[column][within.index])


def scan_with(**more):
    return SimpleNamespace(sizes=SimpleNamespace(layers=1, directions=1, units=2), **more)


@pytest.mark.parametrize(
    ("values", "reach"),
    [([0.2] * 9, 1.0), ([-1.3] * 9, 1.5), ([2.0] * 9, 2.0), ([2.1] * 9, 2.5), ([0] * 99 + [9], 1.0)],
)
def test_the_scale_of_a_unit_ends_at_the_half_above_nearly_all_its_values(values, reach):
    sample = np.zeros((len(values), 1, 1, 2))
    sample[:, 0, 0, 1] = values
    assert reach_of(scan_with(sums=SimpleNamespace(states={"c": SimpleNamespace(sample=sample)})), PLACE) == reach
    assert reach_of(scan_with(sums=SimpleNamespace(states={"c": SimpleNamespace(sample=sample[:0])})), PLACE) == 1.0


def test_a_unit_that_never_moves_is_related_to_none_and_one_that_goes_its_own_way_comes_last():
    r = np.array([[1.0, np.nan, 0.0, -0.5, 0.25]] * 5)
    scan = scan_with(correlations=lambda *_: r)
    assert related(scan, Place(0, 0, 0)) == [(Place(0, 0, 3), -0.5), (Place(0, 0, 4), 0.25), (Place(0, 0, 2), 0.0)]


def typed(count, times=5):
    table = pd.DataFrame({"token": [f"t{n}" for n in range(count)], "count": times, "c_mean": np.arange(count) / 10})
    return scan_with(tokens=lambda *_: table)


def test_of_fourteen_types_all_are_shown_and_of_fifteen_the_middle_one_is_left_out():
    rows, between = responses(typed(14), PLACE)
    assert ([row.token for row in rows], between) == ([f"t{n}" for n in range(13, -1, -1)], 0)
    rows, between = responses(typed(15), PLACE)
    assert ([row.token for row in rows], between) == ([f"t{n}" for n in range(14, -1, -1) if n != 7], 1)
    rows, between = responses(typed(16, [4, *[5] * 15]), PLACE)
    assert (rows[-1].token, len(rows), between) == ("t1", 14, 1)


def test_bars_of_means_go_as_far_as_the_largest_to_both_sides():
    rows, _ = responses(typed(3), PLACE)
    for means, most in (([0.5, -2.0, 0.0], 2.0), ([0.0, 0.0, 0.0], 1.0)):
        changed = [row._replace(mean=mean) for row, mean in zip(rows, means, strict=True)]
        layout = figures.responses(changed, 1.0, LOOK)["layout"]
        assert layout["xaxis"]["range"] == pytest.approx([-1.05 * most, 1.05 * most])
    figure = figures.responses([rows[0]._replace(mean=-0.5, times=1_234)], 1.0, LOOK)
    mean, times = figure["layout"]["annotations"]
    assert (mean["text"], times["text"]) == ("−0.50", "1,234")
    # The count stands right of the mean, both right of the bars and within the margin.
    assert 0 < mean["xshift"] < times["xshift"] <= figure["layout"]["margin"]["r"]
    assert figures.responses([], 1.0, LOOK)["layout"]["xaxis"]["range"] == [-1.05, 1.05]


def test_moments_twenty_steps_apart_are_beside_each_other_and_one_more_is_not():
    assert apart([(0, 50, 3.0), (0, 70, 2.0), (0, 71, 1.0)], 2) == [(0, 50, 3.0), (0, 71, 1.0)]
    assert apart([(0, 50, 3.0), (0, 29, 2.0), (0, 30, 1.0)], 2) == [(0, 50, 3.0), (0, 29, 2.0)]


def test_a_unit_that_counts_is_told_by_what_it_counts():
    """A count is judged by R², and comes before what it only tells apart."""
    line = "f(a, (b, [c])) x ((y)) "
    c = [lstm_core.analysis.property_named("bracket depth")(list(line))] * 6
    for sign in (1, -1):
        sequences = [(list(line), (sign * np.array(one) + 0.2).astype(np.float32)) for one in c]
        found = best_property(sequences)
        assert (found.name, found.measure, found.sign, found.contexts) == ("bracket depth", "R²", sign, 3)
        assert found.chosen == pytest.approx(1, abs=1e-6)
        assert found.held_out == pytest.approx(1, abs=1e-6)


def headlined(scan=None, place=PLACE, **follows):
    found = Follows("bracket depth", "R²", 0.8, 0.7, 1, 5)._replace(**follows)
    one = SimpleNamespace(follows=found)
    return sentences.headline(scan or scan_with(), place, one)


def test_a_headline_names_the_direction_of_what_a_unit_follows():
    assert headlined() == "Unit 1 rises with the bracket depth: R² 0.70 on 5 held-out contexts."
    assert headlined(sign=-1).startswith("Unit 1 falls with the bracket depth: ")
    assert headlined(name="digit", measure="AUC", held_out=0.9).startswith("Unit 1 is high at “digit”: AUC 0.90")
    nothing = "Unit 1: no property that we know describes it."
    assert [headlined(held_out=score) == nothing for score in (0.09, 0.1)] == [True, False]
    assert [headlined(measure="AUC", held_out=score) == nothing for score in (0.59, 0.6)] == [True, False]
    assert sentences.headline(scan_with(), PLACE, SimpleNamespace(follows=None)) == nothing


def test_a_unit_is_named_with_its_layer_where_there_are_several():
    several = SimpleNamespace(sizes=SimpleNamespace(layers=2, directions=2, units=3))
    assert sentences.unit_named(scan_with(), PLACE) == "unit 1"
    assert sentences.unit_named(several, Place(1, 1, 2)) == "unit 2 of layer 1, from the right"
    assert sentences.side_named(Place(1, 1)) == "layer 1, from the right"
    assert sentences.side_named(Place(0)) == "layer 0"
    assert sentences.relative(scan_with(), Place(0, 0, 3), -0.5) == "unit 3, r = −0.50"


def test_how_a_property_was_chosen_says_the_score_of_each_half():
    said = sentences.how_chosen(Follows("digit", "AUC", 0.9, 0.7, 1, 5))
    assert "(AUC 0.90); on the other half AUC 0.70." in said
    assert said.startswith("digit: the best of all properties")
    assert sentences.how_chosen(None) == ""


def test_gates_and_memory_of_a_unit_are_its_own():
    row = {"f_right": 0.5, "f_left": 0.1, "i_right": 0.2, "i_left": 0.3, "o_right": 0.4, "o_left": 0.6}
    row |= {"half_life": 12.345, "c_min": -1.5, "c_max": 2.5, "c_mean": 0.25}
    units = pd.DataFrame([dict.fromkeys(row, -9.0), row])
    scan = scan_with(units=units)
    assert sentences.gates(scan, PLACE) == [
        {"gate": "forget gate", "open": "50%", "shut": "10%"},
        {"gate": "input gate", "open": "20%", "shut": "30%"},
        {"gate": "output gate", "open": "40%", "shut": "60%"},
    ]
    said = "Half of a memory is left after 12.3 steps. c goes from −1.50 to +2.50, mean +0.25."
    assert sentences.lasts(scan, PLACE) == said


def found_of(texts, of):
    scan = SimpleNamespace(texts=texts, steps=4_321, max_error=2e-7, origin=SimpleNamespace(model="the model"))
    return Scanned(scan, SimpleNamespace(of=of))


def reader(size=4, layers=1):
    return SimpleNamespace(reads="words", lstm=torch.nn.LSTM(size, size, layers, device="meta"))


def test_a_scan_says_how_much_of_its_texts_it_read():
    asked = Corpus(texts=TOPICS, size=20_000)
    said = [sentences.what_was_scanned(asked, found_of(*counts), reader()) for counts in ((7, 9), (9, 9), (1, 1))]
    assert [one.split(" · ")[2] for one in said] == ["7 of 9 texts", "9 texts", "1 text"]
    wanted = ["the model", "Python’s documentation topics", "4,321 words", "checked: matches PyTorch to 2e-07"]
    assert [said[0].split(" · ")[place] for place in (0, 1, 3, 4)] == wanted
    assert sentences.how_it_reads(asked, found_of(9, 9), reader()).startswith("This is all of it. Each text is a piece")
    part = sentences.how_it_reads(asked, found_of(7, 9), reader())
    assert "reads at most 1,000,000 words; this one at most 20,000: an even sample" in part
    large = sentences.how_it_reads(replace(asked, size=1_000_000), found_of(7, 9), reader(512, 4))
    most = 350_000_000_000 // (4 * (4 * 512 * 1_024 + 8 * 512))
    assert f"this one at most 1,000,000, because this LSTM is large, only {most:,}: an even sample" in large


def test_where_a_row_of_numbers_is_said_by_its_own_row():
    rows = Piece(np.zeros((9, 1)), "a.csv", 1_001)
    assert sentences.where(rows, Passage(0, 3, 4, 0, [], [], 0.0), False) == "a.csv:1005"
    text = Piece("one\ntwo\n", "a.py", 40)
    # The line break itself is the last character of its line.
    assert [sentences.where(text, Passage(0, at, at, 0, [], [], 0.0), True) for at in (3, 4)] == ["a.py:40", "a.py:41"]


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


def test_hits_and_what_is_left_out_are_counted():
    assert sentences.hit_count(0, 1_234) == "At no two steps in a row of these 1,234 is one of them on."
    assert sentences.hit_count(3, 1_234).startswith("The best 3 places among 1,234 steps")
    assert [sentences.left_out(count) for count in (0, 1_234)] == ["", "; 1,234 more between"]
    assert [sentences.shown(token) for token in (" ", "\n", "a" * 41)] == [" ", "⏎", "a" * 39 + "…"]
    assert "mean squared error" in sentences.how_worst(SimpleNamespace(gives="value"))
    assert "mean loss of each text in bits" in sentences.how_worst(SimpleNamespace(gives="classes"))


def test_one_moment_of_each_tenth_is_shown_the_highest_first():
    one = SimpleNamespace(highest=[9], lowest=[0], drawn=list(range(20)))
    strongest, each, lowest = sentences.moments(one).values()
    assert (strongest, lowest) == ([9], [0])
    assert each == sorted(each, reverse=True)
    assert (len(each), each[0]) == (10, 19)
    assert {value // 2 for value in each} == set(range(10))


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


def test_a_search_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr("dashboard.corpus.scanned.PART", 40)
    asked = Corpus(Source("aaabbb", model="counter"), TAUGHT, 20_000, brush=Stretch(3, 4))
    found = scanned(replace(asked, size=20_000))
    _, wanted = where_else.brushed(asked)
    where_else.hits.forget()
    shares = []
    where_else.hits(asked, found, wanted, shares.append)
    assert len(shares) > 5
    assert shares == sorted(shares)
    assert (shares[0] > 0, shares[-1]) == (True, 1.0)
    where_else.hits.forget()


def test_of_equal_hits_the_longest_is_first_and_then_the_earliest():
    rows = [(3, 5, 6, 2, 4), (1, 5, 6, 2, 4), (1, 2, 3, 2, 4), (2, 5, 9, 2, 4), (9, 0, 1, 3, 4), (8, 0, 1, 3, 3)]
    table = pd.DataFrame(rows, columns=["text", "first", "last", "shared", "union"])
    table = table.assign(before="", match="", after="")
    found = where_else.ranked(pd.concat([table] * 4))
    order = [(8, 0), (9, 0), (2, 5), (1, 2), (1, 5), (3, 5)]
    assert list(zip(found["text"], found["first"], strict=True)) == [one for one in order for _ in range(4)][:20]
    assert list(found.columns) == ["text", "first", "last", "shared", "union"]
