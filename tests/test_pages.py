"""The pages by AppTest, as far as it reaches; what a browser does is under tests/browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import dashboard

ENTRY = Path(dashboard.__file__).with_name("app.py")


@pytest.fixture
def app():
    return AppTest.from_file(str(ENTRY), default_timeout=60)


def shown(app):
    return "\n".join(element.value for kind in (app.code, app.info, app.caption, app.markdown) for element in kind)


def test_the_main_page_runs(app):
    app.run()
    assert not app.exception


def structure(app):
    app.run()
    app.switch_page("app_pages/structure.py").run()
    assert not app.exception
    return app


def test_the_lessons_numbers_are_on_the_structure_page(app):
    text = shown(structure(app))
    for numbers in (
        "[-0.4372, 0.2583, 0.2947]",
        "[-0.7344, 0.6209, 0.4191]",
        "[-0.2007, -0.1559, 0.2489]",
        "[-0.4429, -0.2975, 0.3252]",
    ):
        assert numbers in text
    assert "rebuild PyTorch’s own output to" in text
    assert "they agree" in text


def test_the_dimensions_of_the_lesson_can_be_changed(app):
    page = structure(app)
    before = shown(page)
    page.slider(key="hidden_dim").set_value(5).run()
    assert not page.exception
    assert shown(page) != before
    page.slider(key="output_dim").set_value(9).run()
    assert not page.exception


def test_an_empty_sentence_on_the_structure_page_is_a_sentence(app):
    page = structure(app)
    page.text_input(key="sentence").set_value("").run()
    assert not page.exception
    assert any("nothing to read yet" in info.value for info in page.info)


def test_an_lstm_a_gru_and_an_rnn_read_the_same_words_on_the_structure_page(app):
    page = structure(app)
    assert "four blocks of weights (108 parameters), the GRU three (81), the RNN one (27)" in shown(page)
    before = shown(page)
    page.text_input(key="all_three").set_value("a <b>field</b> of giraffes").run()
    assert not page.exception
    assert shown(page) != before
    page.slider(key="cell_units").set_value(5).run()
    assert "four blocks of weights (220 parameters)" in shown(page)
    page.text_input(key="all_three").set_value(" ").run()
    assert not page.exception
    assert any("nothing to read yet" in info.value for info in page.info)


def test_a_link_says_which_words_and_how_many_units(app):
    app.query_params["all_three"] = "so it goes"
    app.query_params["cell_units"] = "4"
    page = structure(app)
    assert page.text_input(key="all_three").value == "so it goes"
    assert page.slider(key="cell_units").value == 4
