"""What the page Corpus computes: its texts, its scan in parts, a unit's moments, where else, the worst texts, links."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import lstm_core
from gatescope.question import link
from gatescope.question.view import SIZES, Source, View
from gatescope.reading.read import read
from gatescope.serving.turns import while_wanted
from gatescope.store import text_files
from gatescope.unit_tables import passages
from gatescope.unit_tables.asked import LIBRARY, OPENED, TAUGHT, TOPICS, Corpus, Stretch, UnitPlace
from gatescope.unit_tables.corpus import (
    LONGEST,
    fitting,
    model_to_scan,
    most_tokens,
    pieces,
    scanned,
    texts_of,
)
from gatescope.unit_tables.passages import Wanted, query_of, reach_of, related, strongest, worst
from lstm_core import LstmCoreError
from lstm_core.analysis.properties import property_named

COUNTER = Corpus(Source("aabb", model="counter"), TAUGHT, 20_000)
CODE = (
    'def f(x):\n    """Say."""\n    return "quoted " + x\n\n\nname = \'it\'  # done\nprint(f(name), [1, (2, 3)])\n' * 12
)


@pytest.fixture(scope="module")
def code():
    """Python code in an opened file, scanned with python-chars."""
    asked = Corpus(Source("x = 1", model="python-chars"), OPENED, 20_000, text_files.keep("code.py", CODE.encode()))
    return asked, scanned(asked)


def c_of(asked, text):
    """c (step, unit) of a text that the model reads alone."""
    model = model_to_scan(asked.source)
    return lstm_core.run(model.lstm, model.vectors(model.tokens(text))).c[0, 0, :, 0].numpy()


def test_of_the_tagger_of_every_size_the_asked_size_is_scanned():
    model = model_to_scan(Source(model=SIZES, input_dim=4, hidden_dim=8, n_layers=2))
    assert (model.lstm.input_size, model.lstm.hidden_size, model.lstm.num_layers) == (4, 8, 2)


@given(
    st.lists(st.sampled_from(["word ", "x" * 300, "\n", "\n\n", "    y = 1\n", "\n\ndef f():\n"]), max_size=60).map(
        "".join
    )
)
def test_pieces_are_the_text_cut_where_it_pauses(text):
    found = list(pieces(text, "a.txt"))
    assert all(0 < len(piece.text) <= LONGEST and piece.text.strip() for piece in found)
    assert re.sub(r"\s", "", "".join(piece.text for piece in found)) == re.sub(r"\s", "", text)
    at = 0
    for piece in found:
        at = text.index(piece.text, at)
        assert piece.line == 1 + text.count("\n", 0, at)
        at += len(piece.text)


def test_a_piece_ends_with_a_paragraph_if_one_ends_in_its_second_half():
    text = "a" * 400 + "\n" + "b" * 300 + "\n\n" + "c" * 200 + "\n" + "d" * 400
    assert [piece.text[0] for piece in pieces(text, "")] == ["a", "c"]


def test_a_sample_is_even_bounded_and_always_the_same():
    model = model_to_scan(Source(model="tagger"))
    few, more = (texts_of(TOPICS, model, most) for most in (2_000, 8_000))
    assert sum(few.steps) <= 2_000 < sum(more.steps) <= 8_000
    assert few == texts_of(TOPICS, model, 2_000)
    assert few.of == more.of > len(more.pieces) > len(few.pieces)
    assert {piece.text for piece in few.pieces} <= {piece.text for piece in more.pieces}
    numbers = [int(piece.name.split()[1]) for piece in few.pieces]
    assert numbers == sorted(numbers)
    assert [len(model.tokens(piece.text)) for piece in few.pieces] == few.steps


def test_texts_that_do_not_fit_a_model_are_refused_in_a_sentence():
    with pytest.raises(LstmCoreError, match=r"Expected texts that counter reads .* got Python’s standard library"):
        texts_of("library", model_to_scan(Source(model="counter")), 1_000)


@pytest.mark.parametrize(
    ("name", "content", "model", "said"),
    [
        ("a.txt", "\u200b \u200b".encode(), "tagger", "Expected texts with words that tagger reads, got none"),
        ("a.bin", b"a\0b", "python-chars", "Expected a text, got a.bin, which is something else"),
        ("a.csv", b"id,text\n1,The cat\n", "tagger", "Expected texts of words, got the table a.csv"),
        ("a.csv", b"one two\n1 2\n3 4\n", "series", "as many columns of numbers as series reads, 1, got 2"),
        ("a.txt", b"only words", "series", "Expected"),
    ],
)
def test_a_file_that_can_not_be_scanned_is_a_sentence(name, content, model, said):
    key = text_files.keep(name, content)
    with pytest.raises(LstmCoreError, match=said):
        texts_of(OPENED, model_to_scan(Source(model=model)), 1_000, key)


def test_a_file_that_was_dropped_is_a_sentence():
    with pytest.raises(LstmCoreError, match="no longer on the server"):
        texts_of(OPENED, model_to_scan(Source(model="tagger")), 1_000, "no such key")


def test_a_table_of_numbers_is_read_in_pieces_of_rows():
    rows = np.sin(np.arange(2_500))
    key = text_files.keep("a.csv", "\n".join(f"{value:.6f}" for value in rows).encode())
    found = texts_of(OPENED, model_to_scan(Source(model="series")), 5_000, key)
    assert found.steps == [1000, 1000, 500]
    np.testing.assert_allclose(np.concatenate([piece.text[:, 0] for piece in found.pieces]), rows, atol=1e-6)


def test_a_scan_of_the_page_is_that_of_the_library_and_says_how_far_it_is():
    scanned.forget()
    shares = []
    found = scanned(COUNTER, shares.append)
    whole = lstm_core.scan(model_to_scan(COUNTER.source), [piece.text for piece in found.texts.pieces])
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert found.scan.units.equals(whole.units)
    assert found.scan.model is None
    scanned.forget()


def test_a_scan_ends_when_nobody_waits_for_it_and_is_not_kept():
    scanned.forget()
    with while_wanted(lambda: 1 // 0), pytest.raises(ZeroDivisionError):
        scanned(COUNTER)
    assert not scanned.is_known(COUNTER)


def test_a_scan_is_kept_by_its_model_its_texts_and_its_size():
    scanned.forget()
    first = scanned(COUNTER)
    assert scanned(replace(COUNTER, source=Source("ab", model="counter", seed=7), unit=UnitPlace(0, 0, 1))) is first
    assert not scanned.is_known(replace(COUNTER, size=100_000))
    assert not scanned.is_known(replace(COUNTER, source=Source("ab", model="copy")))


def test_a_large_lstm_reads_fewer_tokens():
    asked, large = Corpus(size=1_000_000), nn.LSTM(512, 512, num_layers=4)
    assert most_tokens(asked, lstm_core.load_model("counter")) == 1_000_000
    weights = sum(weight.numel() for weight in large.parameters())
    assert most_tokens(asked, SimpleNamespace(lstm=large)) == 350_000_000_000 // weights < 1_000_000


def test_a_moment_has_the_numbers_of_its_text_read_alone(code):
    asked, found = code
    place = UnitPlace(0, 0, 48)
    every = np.concatenate([c_of(asked, piece.text)[:, 48] for piece in found.texts.pieces])
    for sign in (1, -1):
        moments = strongest(asked, found, [Wanted(place, sign), Wanted(UnitPlace(0, 0, 3))])[place]
        assert len(moments) == 5
        for passage in moments:
            c = c_of(asked, found.texts.pieces[passage.text].text)[:, 48]
            end = passage.begins + len(passage.numbers)
            np.testing.assert_allclose(passage.numbers, c[passage.begins : end], rtol=1e-3, atol=1e-5)
            assert passage.value == pytest.approx(c[passage.last], abs=1e-5)
            assert "".join(passage.tokens) == found.texts.pieces[passage.text].text[passage.begins : end]
            piece = found.texts.pieces[passage.text]
            assert (passage.name, passage.line) == ("code.py", piece.line + piece.text[: passage.last].count("\n"))
        values = [passage.value for passage in moments]
        assert values[0] == pytest.approx(every.max() if sign > 0 else every.min(), abs=1e-5)
        assert values == sorted(values, reverse=sign > 0)
        assert set(values) <= set(found.scan.top(48, k=40, sign=sign)["value"])


def test_the_strongest_moments_of_words_are_first_those_of_different_ones():
    asked = Corpus(source=Source(model=SIZES), texts=TOPICS, size=20_000)
    found = scanned(asked)
    place = UnitPlace(0, 0, 1)
    moments = strongest(asked, found, [Wanted(place)])[place]
    framed = [one.tokens[one.last - one.begins] for one in moments]
    assert framed == ["10", "During", "By", "from", "For"]
    ten = found.scan.top(1, k=5)["token"]
    assert set(ten) == {"10"}


def test_related_units_are_those_with_the_strongest_correlation(code):
    asked, found = code
    every = np.concatenate([c_of(asked, piece.text) for piece in found.texts.pieces]).astype(np.float64)
    r = np.corrcoef(every.T)[48]
    order = [unit for unit in np.argsort(-np.abs(r)) if unit != 48][:6]
    mine = related(found.scan, UnitPlace(0, 0, 48))
    assert [place.unit for place, _ in mine] == order
    np.testing.assert_allclose([one for _, one in mine], r[order], atol=1e-4)
    # A scale ends at the half above nearly all of a unit's values.
    far = np.quantile(np.abs(every[:, 48]), 0.98)
    assert far <= reach_of(found.scan, UnitPlace(0, 0, 48)) <= max(1, far + 0.5)


def brushing(asked, text, first, last):
    return replace(asked, source=replace(asked.source, sentence=text), brush=Stretch(first, last))


def test_hits_are_those_of_a_search_over_all_texts_at_once(code):
    asked, found = code
    asked = brushing(asked, 'x = "a word"', 5, 9)
    reading, wanted = passages.brushed(asked)
    assert wanted == lstm_core.pattern(reading.trace, 5, 9)
    assert wanted.units
    passages.hits.forget()
    mine = passages.hits(asked, found, wanted)
    every = [piece.text for piece in found.texts.pieces]
    whole = found.scan.search(wanted, limit=20, texts=every, model=model_to_scan(asked.source))
    assert [(one.text, one.first, one.last, one.value, one.says) for one in mine] == [
        (row.text, row.first, row.last, row.shared, row.answer) for row in whole.itertuples()
    ]
    for passage, row in zip(mine, whole.itertuples(), strict=True):
        on = (np.tanh(c_of(asked, every[row.text]).astype(float))[:, list(wanted.units)] >= 0.3).sum(1)
        end = passage.begins + len(passage.numbers)
        np.testing.assert_array_equal(passage.numbers, on[passage.begins : end])
    passages.hits.forget()


def test_a_hit_in_a_paragraph_that_stands_twice_is_shown_once(code):
    asked, found = code
    asked = brushing(asked, 'x = "a word"', 5, 9)
    _, wanted = passages.brushed(asked)
    pieces = found.texts.pieces[:2] * 2
    passages.hits.forget()
    texts = found.texts._replace(pieces=pieces, steps=found.texts.steps[:2] * 2)
    assert {one.text for one in passages.hits(asked, found._replace(texts=texts), wanted)} == {0, 1}
    passages.hits.forget()


def test_a_stretch_that_the_text_does_not_have_is_a_sentence(code):
    asked, _ = code
    with pytest.raises(LstmCoreError, match="first ≤ last"):
        passages.brushed(brushing(asked, "x = 1", 3, 9))
    with pytest.raises(LstmCoreError, match="Select words"):
        passages.brushed(replace(asked, brush=None))


def test_the_worst_texts_have_their_losses(code):
    asked, found = code
    shown = worst(asked, found)
    losses = found.scan.losses()
    assert [passage.text for passage in shown] == losses["text"].tolist()[: len(shown)]
    np.testing.assert_allclose([passage.value for passage in shown], losses["loss"][: len(shown)])
    model = model_to_scan(asked.source)
    text = found.texts.pieces[shown[0].text].text
    scores = model(model.vectors(model.tokens(text))).detach()[:, 0].double().log_softmax(-1).numpy()
    bits = [-scores[step, model.labels.index(token)] / np.log(2) for step, token in enumerate(text[1:])]
    assert np.mean(bits) == pytest.approx(shown[0].value, abs=1e-4)
    assert shown[0].last == 1 + int(np.argmax(bits))
    end = shown[0].begins + len(shown[0].numbers)
    np.testing.assert_allclose(shown[0].numbers, [0.0, *bits][shown[0].begins : end], rtol=1e-3, atol=1e-4)


def test_a_model_that_predicts_nothing_has_no_worst_texts():
    asked = Corpus(Source("a cat", model="tagger"), OPENED, 20_000, text_files.keep("a.txt", b"the cat ran away " * 9))
    assert worst(asked, scanned(asked)) == []


def test_a_moment_opens_on_the_main_page_with_its_number(code):
    asked, found = code
    place = UnitPlace(0, 0, 48)
    for passage in strongest(asked, found, [Wanted(place)])[place]:
        query = query_of(asked.source, found, passage, place)
        view, notices = link.read(View(), query)
        assert not notices
        pin = view.shown.pin
        trace = read(view.source).trace
        assert float(trace.c[pin.layer, pin.direction, pin.step, 0, pin.unit]) == pytest.approx(passage.value, abs=1e-5)
        first, last = map(int, query["zoom"].split("-"))
        assert first <= passage.first <= passage.last <= last < found.texts.steps[passage.text]


def test_a_moment_of_a_series_opens_on_the_main_page_with_its_number():
    asked = Corpus(Source("1, 2", model="series"), TAUGHT, 20_000)
    found = scanned(asked)
    place = UnitPlace(0, 0, 0)
    passage = strongest(asked, found, [Wanted(place)])[place][0]
    view, _ = link.read(View(), query_of(asked.source, found, passage, place))
    pin = view.shown.pin
    assert float(read(view.source).trace.c[0, 0, pin.step, 0, 0]) == pytest.approx(passage.value, abs=1e-5)


def test_a_moment_at_which_what_the_unit_tells_is_not_there_is_known(code):
    asked, found = code
    seen = set()
    for unit, name in ((52, "blank"), (48, "inside double quotes"), (12, "position in line")):
        place = UnitPlace(0, 0, unit)
        for passage in strongest(asked, found, [Wanted(place, 1, name)])[place]:
            truth = property_named(name)(found.texts.pieces[passage.text].text)
            assert passage.is_so == (truth[passage.last] > 0 and truth[passage.last] >= np.mean(truth))
            seen.add(passage.is_so)
        assert all(one.is_so is None for one in strongest(asked, found, [Wanted(place)])[place])
    assert seen == {True, False}


def test_the_corpus_of_a_model_is_the_one_that_fits_it_first():
    names = {"python-chars": LIBRARY, "tagger": TOPICS, "counter": TAUGHT, "series": TAUGHT}
    for name, corpus in names.items():
        assert fitting(model_to_scan(Source(model=name)))[0] == corpus
    assert fitting(SimpleNamespace(name="mine", reads="numbers")) == []
