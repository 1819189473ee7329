"""The pages by AppTest, as far as it reaches; what a browser does is under tests/browser."""

import json
import re

import pytest
from opened_page import address, opened

from gatescope.lesson.cell import telling_unit
from gatescope.lesson.view import read_lesson
from gatescope.question import link
from gatescope.question.view import Source, View
from gatescope.reading.read import read


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
        ("lesson", {"part": "3"}, "All three are checked: they match PyTorch to "),
        ("lesson", {"part": "5"}, "All three are checked: they match PyTorch to "),
    ],
)
def test_several_readings_are_said_to_match_pytorch(page, query, said):
    page = opened(page, **query)
    assert not page.exception
    assert said in shown(page) + "".join(str(block.value) for block in page.get("html"))


def test_the_lesson_says_beside_the_vectors_that_nothing_is_trained():
    assert "Nothing is trained here: the vectors and the weights are random" in shown(opened("lesson", part="1"))


def test_the_dimensions_of_the_lesson_can_be_changed():
    page = opened("lesson", part="1")
    page.slider(key="lesson.hidden_dim").set_value(5).run()
    assert not page.exception
    assert "(4, 1, 5)" in shown(page)


def test_the_linear_on_top_is_that_of_the_trained_tagger():
    page = opened("lesson", part="4")
    assert (
        "This one is trained, with the Linear on top, to say the part of speech of each word. At “field” the answer "
        in (shown(page))
    )
    assert "At “field” the answer is NOUN, 0.77." in shown(page)
    assert "nn.Linear(3, 17)" in shown(page)
    page.segmented_control(key="lesson.step").set_value(2).run()
    assert "At “a” the answer is DET, 0.83." in shown(page)
    assert page.query_params["step"] == "2"


@pytest.mark.parametrize("part", ["1", "2", "4"])
@pytest.mark.parametrize(("words", "said"), [(12, False), (1_207, True)])
def test_the_page_lesson_says_how_many_words_of_a_long_text_can_be_chosen(part, words, said):
    page = opened("lesson", part=part, sentence="a " * words)
    assert len(page.segmented_control(key="lesson.step").options) == 12
    assert (f"The first 12 of {words:,} words can be chosen." in shown(page)) is said


@pytest.mark.parametrize(("words", "said"), [(200, False), (207, True)])
def test_part_5_of_the_lesson_says_how_much_of_a_long_text_it_reads(words, said):
    page = opened("lesson", part="5", sentence="a " * words)
    assert "199 words later" in shown(page)
    assert ("The first 200 words are read." in shown(page)) is said


def test_a_size_of_which_no_tagger_was_trained_is_told_on_the_page_lesson():
    page = opened("lesson", part="4", input_dim="5")
    page.slider(key="lesson.hidden_dim").set_value(5).run()
    assert [info.value.replace("\\", "") for info in page.info] == [
        "No tagger was trained with input_dim 5: this is the nearest, 4.",
        "No tagger was trained with hidden_dim 5: this is the nearest, 4.",
    ]
    assert "nn.Linear(4, 17)" in shown(page)


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
    page.radio(key="lesson.part").set_value(1)
    next(button for button in page.button if button.label == "Next").click().run()
    assert page.query_params["part"] == "3"


def test_an_lstm_a_gru_and_an_rnn_read_the_same_words_on_the_page_lesson():
    page = opened("lesson", part="5")
    assert "Parameters: 108 in the LSTM, 81 in the GRU and 27 in the plain RNN." in shown(page)
    page.text_input(key="lesson.sentence").set_value("a <b>field</b> of giraffes").run()
    assert re.search(
        r"Of the difference that “a” makes in h, .* in (the plain RNN|all three), 10 words later\.", shown(page)
    )
    page.slider(key="lesson.hidden_dim").set_value(5).run()
    assert "220 in the LSTM" in shown(page)
    page.text_input(key="lesson.sentence").set_value(" ").run()
    assert not page.exception
    assert any("Type a sentence to start" in info.value for info in page.info)


def test_trained_kinds_of_cell_are_asked_for_a_symbol_and_the_link_says_which():
    app = opened("lesson", part="5", cells="50", first="d", gap="7", trained_seed="3")
    assert "After “d” and 7 dots, the LSTM says “d”" in shown(app)
    app.segmented_control(key="lesson.first").set_value("a").run()
    assert "After “a” and 7 dots, " in shown(app)
    assert (app.query_params["first"], app.query_params["gap"]) == ("a", "7")
    app.segmented_control(key="lesson.cells").set_value("random").run()
    assert app.text_input(key="lesson.sentence").value == "Giraffes in a field"


@pytest.mark.parametrize(("part", "model"), [("1", "random"), ("2", "random"), ("3", "random")])
def test_each_part_leads_to_its_cell_on_memory(part, model):
    app = opened("lesson", part=part, step="2")
    [button] = [one for one in app.button if one.label == "See this cell on Memory"]
    button.click().run()
    view, notices = link.read(View(), address(app))
    step = 3 if part == "3" else 2
    trace = read(view.source).trace
    assert notices == []
    assert view.source == Source(model=model)
    assert view.shown.pin == (0, 0, telling_unit(trace, step), step)


def test_the_cell_under_the_linear_is_the_first_unit_that_the_answer_is_said_to_come_from():
    app = opened("lesson", part="4", hidden_dim="8")
    [drawn] = [json.loads(part.proto.json) for part in app.get("bidi_component") if "cell" in part.proto.component_name]
    assert f"from h of {drawn['unit'].replace('unit', 'units')}, " in shown(app)
    [button] = [one for one in app.button if one.label == "See this cell on Memory"]
    button.click().run()
    view, _ = link.read(View(), address(app))
    assert (view.source, view.shown.pin.unit) == (
        Source(model="tagger-sizes", hidden_dim=8),
        int(drawn["unit"].split()[1]),
    )


def test_an_old_link_opens_the_part_that_it_is_about():
    app = opened("lesson", all_three="so it goes", cell_units="4")
    assert app.text_input(key="lesson.sentence").value == "so it goes"
    assert app.slider(key="lesson.hidden_dim").value == 4
    assert app.radio(key="lesson.part").value == 5


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
