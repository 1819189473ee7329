"""The page Corpus by AppTest; what a browser does is in tests/browser/test_corpus.py."""

import numpy as np
import pytest
from opened_page import opened

import lstm_core
from dashboard.corpus.texts import texts_of
from dashboard.corpus.view import TAUGHT
from dashboard.store import text_files


def on_the_page(**link):
    """The page Corpus; a scan draws it twice."""
    return opened("corpus", timeout=120, **link)


def said(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.warning) for element in kind)


def counted():
    model = lstm_core.load_model("counter")
    return lstm_core.scan(model, [piece.text for piece in texts_of(TAUGHT, model, 100_000).pieces])


def test_the_table_shows_the_numbers_of_the_scan():
    page = on_the_page(model="counter")
    scan = counted()
    [table] = [frame.value for frame in page.dataframe]
    units = scan.units.set_index("unit").loc[table["unit"]]
    for shown, column in (("half-life", "half_life"), ("c mean", "c_mean"), ("c from", "c_min"), ("c to", "c_max")):
        np.testing.assert_allclose(table[shown], units[column], rtol=1e-5)
    for shown, column in (("f open", "f_right"), ("i shut", "i_left")):
        np.testing.assert_allclose(table[shown], 100 * units[column], rtol=1e-5)
    assert f"{scan.texts} texts · {scan.steps:,} symbols" in said(page).replace("\\", "")


def test_the_table_is_narrowed_and_the_link_says_how():
    page = on_the_page(model="counter")
    page.selectbox(key="corpus.by").set_value("c to").run()
    page.number_input(key="corpus.at_least").set_value(5.0).run()
    assert not page.exception
    [table] = [frame.value for frame in page.dataframe]
    assert (table["c to"] >= 5.0).all()
    assert 0 < len(table) < 4
    assert f"{len(table)} of 4 units. Select a row to open its unit" in said(page)
    assert page.query_params["by"] == "c to"
    assert page.query_params["at_least"] == "5"


def test_a_units_page_shows_the_numbers_of_the_scan():
    page = on_the_page(model="counter", unit="0.1")
    row = counted().units.iloc[1]
    text = said(page).replace("\\", "")
    assert "Unit 1 " in text
    assert "Strongest moments" in text
    gates = page.table[0].value.set_index("gate")
    assert gates.loc["forget gate"].tolist() == [f"{row['f_right']:.0%}", f"{row['f_left']:.0%}"]
    assert f"Half of a memory is left after {row['half_life']:.3g} steps" in text
    next(button for button in page.button if button.label == "Unit after").click().run()
    assert page.query_params["unit"] == "0.2"


def test_another_model_brings_its_own_texts():
    page = on_the_page(model="counter", unit="0.1")
    page.selectbox(key="corpus.model").set_value("copy").run()
    assert not page.exception
    assert page.query_params["model"] == "copy"
    assert "unit" not in page.query_params
    assert "copy · texts like those it was trained on" in said(page).replace("\\", "")


def test_a_brushed_stretch_is_searched():
    page = on_the_page(model="counter", sentence="aaabbb", brush="3-4")
    text = said(page).replace("\\", "")
    assert "throughout “bb”" in text
    assert "The best" in text or "No unit is on" in text or "At no two steps" in text


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ({"model": "counter", "unit": "0.99"}, "There is no unit 0.99"),
        ({"model": "counter", "size": "7"}, "size=7 is not possible"),
        ({"model": "counter", "sentence": "ab", "brush": "3-9"}, "first ≤ last"),
        ({"model": "counter", "texts": "opened", "opened": "gone"}, "open it again"),
        ({"model": "own-nothing"}, "no longer here"),
    ],
)
def test_what_is_not_possible_is_a_sentence_and_the_page_stays(link, wanted):
    page = on_the_page(**link)
    assert wanted in said(page).replace("\\", "")
    assert page.selectbox(key="corpus.model").value == link["model"]


def test_an_opened_file_is_scanned_and_not_in_the_link():
    key = text_files.keep("mine.txt", b"aabb\n")
    page = on_the_page(model="counter", texts="opened", opened=key)
    assert "mine.txt · 1 text · 4 symbols" in said(page).replace("\\", "")
    assert "opened" not in page.query_params


def test_a_scan_of_an_untrained_lstm_is_shown():
    page = on_the_page(model="random", sentence="the cat", size="20000")
    assert "random · Python’s documentation topics" in said(page).replace("\\", "")
    [table] = [frame.value for frame in page.dataframe]
    assert len(table) == 3
