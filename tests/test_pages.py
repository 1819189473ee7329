"""The pages by AppTest, as far as it reaches; what a browser does is under tests/browser."""

import pytest
from opened_page import opened

from dashboard.lesson.view import read_lesson


def shown(app):
    return "\n".join(element.value for kind in (app.code, app.info, app.caption, app.markdown) for element in kind)


def test_the_main_page_runs():
    opened("memory")


def test_the_lessons_numbers_are_on_the_page_lesson():
    text = shown(opened("lesson", part="3", inputs="random"))
    for numbers in (
        "[-0.4372, 0.2583, 0.2947]",
        "[-0.7344, 0.6209, 0.4191]",
        "[-0.2007, -0.1559, 0.2489]",
        "[-0.4429, -0.2975, 0.3252]",
    ):
        assert numbers in text
    assert "they match PyTorch to" in text
    assert "they agree" in text


@pytest.mark.parametrize(
    ("page", "query", "said"),
    [
        ("compare", {}, "Both are checked: they match PyTorch to "),
        ("compare", {"cells": "10"}, "All three are checked: they match PyTorch to "),
        ("lesson", {"part": "3"}, "All three are checked: they match PyTorch to "),
        ("lesson", {"part": "5"}, "read the same vectors and are checked: they match PyTorch to "),
    ],
)
def test_several_readings_are_said_to_match_pytorch(page, query, said):
    page = opened(page, **query)
    assert not page.exception
    assert said in shown(page) + "".join(str(block.value) for block in page.get("html"))


def test_the_lesson_says_beside_the_vectors_that_nothing_is_trained():
    assert "Nothing is trained here: the vectors and the weights are random" in shown(opened("lesson", part="1"))


def test_the_dimensions_of_the_lesson_can_be_changed():
    page = opened("lesson", part="4")
    before = shown(page)
    page.slider(key="lesson.hidden_dim").set_value(5).run()
    assert not page.exception
    assert shown(page) == before
    assert "(4, 1, 5)" in page.table[0].value.to_string()
    page.slider(key="lesson.output_dim").set_value(9).run()
    assert not page.exception
    assert "(4, 9)" in page.table[0].value.to_string()


@pytest.mark.parametrize("part", ["1", "2", "3", "4"])
def test_an_empty_sentence_on_the_page_lesson_is_a_sentence(part):
    page = opened("lesson", part=part)
    page.text_input(key="lesson.sentence").set_value("").run()
    assert not page.exception
    assert any("Type a sentence to start" in info.value for info in page.info)


def test_next_and_back_turn_the_parts_of_the_lesson():
    page = opened("lesson")
    turn = {button.label: button for button in page.button}
    assert turn["Back"].disabled
    turn["Next"].click().run()
    assert page.query_params["part"] == "2"
    assert "At “field”, unit 0 keeps 57% of its −0.55 and adds −0.33, so c = −0.64." in shown(page)
    next(button for button in page.button if button.label == "Back").click().run()
    assert "part" not in page.query_params


def test_next_leads_on_from_the_part_that_is_shown_whatever_the_browser_still_says_of_it():
    page = opened("lesson", part="2")
    # A quick hand clicks before the browser has heard that it is at part 2 now.
    page.segmented_control(key="lesson.part").set_value(1)
    next(button for button in page.button if button.label == "Next").click().run()
    assert page.query_params["part"] == "3"


def test_an_lstm_a_gru_and_an_rnn_read_the_same_words_on_the_page_lesson():
    page = opened("lesson", part="5")
    assert "four blocks of weights (108 parameters), the GRU three (81), the RNN one (27)" in shown(page)
    before = shown(page)
    page.text_input(key="lesson.all_three").set_value("a <b>field</b> of giraffes").run()
    assert not page.exception
    assert shown(page) != before
    page.slider(key="lesson.cell_units").set_value(5).run()
    assert "four blocks of weights (220 parameters)" in shown(page)
    page.text_input(key="lesson.all_three").set_value(" ").run()
    assert not page.exception
    assert any("Type a sentence to start" in info.value for info in page.info)


def test_the_old_address_opens_the_part_that_its_link_is_about():
    app = opened("structure", all_three="so it goes", cell_units="4")
    assert app.text_input(key="lesson.all_three").value == "so it goes"
    assert app.slider(key="lesson.cell_units").value == 4


@pytest.mark.parametrize(
    ("query", "part", "inputs"),
    [
        ({}, 1, "words"),
        ({"seq_len": "7", "same_start": "true"}, 3, "random"),
        ({"output_dim": "9"}, 4, "words"),
        ({"cell_units": "4"}, 5, "words"),
        ({"seq_len": "7", "output_dim": "9"}, 1, "words"),
        ({"seq_len": "7", "part": "2"}, 2, "words"),
    ],
)
def test_a_link_without_a_part_opens_the_part_that_it_is_about(query, part, inputs):
    asked, notices = read_lesson(query)
    assert (asked.part, asked.inputs, notices) == (part, inputs, [])
