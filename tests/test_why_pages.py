"""The pages Why? and Compare by AppTest, as far as it reaches."""

import copy

import numpy as np
import pytest
from charts import figures
from opened_page import opened

import lstm_core
from dashboard.question.source import Source
from dashboard.reading.example_texts import examples
from dashboard.reading.read import read
from dashboard.store import text_files, visitor_models
from dashboard.why.most_telling import GATES
from dashboard.why.view import ERASE, TELLING

# Streamlit's number for a label that is seen.
VISIBLE = 0


def well(app):
    assert not app.exception, app.exception[0].message
    return app


def said(app):
    kinds = (app.markdown, app.caption, app.warning, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def link(app):
    return {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}


def test_the_pinned_cell_of_a_link_is_taken_apart():
    app = opened("why", sentence="aaaabbbb", model="counter", pin="0.1.6")
    bars = figures(app)[0]["data"][1]
    shares = lstm_core.ledger(read(Source(sentence="aaaabbbb", model="counter")).trace, 6).cell[:, 1]
    np.testing.assert_allclose(bars["y"], shares)
    assert "Unit 1 holds c" in said(app)
    assert "The lead of" in said(app)
    assert "in none of them" in said(app)
    assert "have the sign of what goes without the word" in said(app)
    assert link(app)["pin"] == "0.1.6"


def test_another_unit_and_step_are_in_the_link():
    app = opened("why", sentence="Giraffes in a field", pin="0.1.2")
    app.number_input(key="why.unit").set_value(2).run()
    app.select_slider(key="why.step").set_value(1).run()
    assert link(well(app))["pin"] == "0.2.1"
    assert "Unit 2 holds c" in said(app)


def test_a_unit_is_turned_off_with_one_click_and_the_link_says_so():
    app = opened("why", sentence="aaaabbbb", model="counter", pin="0.1.6")
    [button] = [button for button in app.button if button.label == "Turn unit 1 off"]
    button.click().run()
    assert "With the output gate o of unit 1 held at 0 at every step" in said(well(app))
    assert "On held-out texts" in said(app)
    assert link(app)["hold"] == "o"


def press(app, label):
    [button] = [button for button in app.button if button.label == label]
    button.click().run()
    return well(app)


def test_the_gate_that_turns_an_answer_is_held_with_one_click():
    app = opened("why", model="tagger", sentence=TELLING.sentence)
    assert "turns from" in said(app)
    press(app, "Hold it")
    assert link(app)["hold"] in GATES
    assert "held at 0 at every step" in said(app)
    assert "The prediction changes at" in said(app)


def test_the_word_without_which_an_answer_turns_is_removed_with_one_click():
    app = opened("why", model="counter", sentence="aaaabbbb")
    press(app, "Remove it")
    assert link(app)["hold"] == ERASE
    assert "The prediction changes at" in said(app)


def test_where_nothing_turns_an_answer_another_text_is_one_click_away():
    app = opened("why", model="tagger", sentence="the")
    assert "turns from" not in said(app)
    press(app, "Open that text")
    assert {"model": "tagger", "sentence": TELLING.sentence}.items() <= link(app).items()
    assert link(app)["hold"] in GATES
    assert "The prediction changes at" in said(app)


@pytest.mark.parametrize("sentence", ["", " ", "<b>x</b> ![y](http://example.org/z.png)a" * 3000, "x " * 700])
@pytest.mark.parametrize("page", ["why", "compare"])
def test_whatever_is_typed_is_a_text_or_a_sentence(page, sentence):
    app = opened(page)
    [box, *_] = app.text_input
    box.set_value(sentence).run()
    well(app)
    assert "![y](" not in said(app)


@pytest.mark.parametrize("model", ["counter", "copy", "brackets", "series", "tagger"])
def test_a_text_that_a_model_cannot_read_is_a_sentence(model):
    well(opened("why", model=model, sentence="Giraffes in a field", hold="f"))
    well(opened("compare", model=model, sentence="Giraffes in a field"))


def test_impossible_values_fall_back_and_are_named():
    app = opened("why", seed="-1", pin="0.9.9", hold="q", units="x")
    assert said(app).count("is not possible") == 3
    assert "There is no cell" in said(app)
    app = opened("compare", layer="7", state="q", hidden_dim_b="0")
    assert said(app).count("is not possible") == 2
    assert "There is no layer 7 here" in said(app)


def test_a_smaller_lstm_has_the_nearest_cell():
    app = opened("why", hidden_dim="8", pin="0.7.3", hold="f", units="6")
    app.number_input(key="why.hidden_dim").set_value(2).run()
    assert link(well(app))["pin"] == "0.1.3"
    assert "can't be held" in said(app)


def test_back_from_another_page_it_is_as_it_was():
    app = opened("why", sentence="one two three", pin="0.2.1", hold="c", value="0.5")
    app.switch_page("app_pages/lesson.py").run()
    app.query_params.clear()
    app.switch_page("app_pages/why.py").run()
    # The page that was left lets go of the link's names after the first run.
    app.run()
    assert link(well(app)) | {"pin": "0.2.1", "hold": "c", "value": "0.5", "sentence": "one two three"} == link(app)


def test_two_sentences_are_compared_with_a_sentence_and_three_pictures():
    app = opened("compare", sentence="the old dog", sentence_b="the dog")
    assert "The two differ most at" in said(app)
    assert len(figures(app)) == 3
    assert "1 of 3 columns" in said(app)
    # Side by side each control says whose it is.
    named = {box.label: box.proto.label_visibility.value == VISIBLE for box in [*app.selectbox, *app.text_input]}
    assert [name for name in named if name.startswith(("Model", "Sentence"))] != []
    assert all(shown for name, shown in named.items() if name.startswith(("Model", "Sentence")))
    app.text_input(key="compare.sentence_b").set_value("the old dog").run()
    assert "the same to the bit" in said(well(app))
    assert "sentence_b" not in link(app)
    app.number_input(key="compare.seed_b").set_value(3).run()
    assert link(well(app))["seed_b"] == "3"


@pytest.mark.parametrize("page", ["why", "compare"])
def test_a_file_opened_on_the_main_page_is_read_until_the_sentence_is_asked_for(page):
    key = text_files.keep("poem.txt", b"roses are red and violets")
    app = opened(page, sentence="hello", file=key)
    assert "file" not in link(app)
    assert figures(app)[0]["layout"]["xaxis"]["ticktext"][-5:] == ["roses", "are", "red", "and", "violets"]
    [button, *_] = [button for button in app.button if button.label == "Read the sentence instead"]
    button.click().run()
    words = figures(well(app))[0]["layout"]["xaxis"]["ticktext"]
    assert "hello" in words
    assert "roses" not in words


def test_two_epochs_of_a_model_that_was_trained_here_are_compared_and_in_the_link():
    learned = {epoch.number: copy.deepcopy(epoch.model) for epoch in lstm_core.training.epochs("counter", epochs=4)}
    key = visitor_models.put(learned.pop(4), learned)
    app = opened("compare", sentence="aabb", model=key, epoch="1", epoch_b="4")
    assert "Of epoch 4 no model was kept" in said(app)
    assert "**A, after epoch 1**" in said(app)
    assert "The two differ most at" in said(app)
    app.select_slider(key="compare.epoch_b").set_value(2).run()
    assert "**B, after epoch 2**" in said(well(app))
    assert {"epoch": "1", "epoch_b": "2", "model": key}.items() <= link(app).items()
    app.selectbox(key="compare.model").set_value("counter").run()
    assert "**A**" in said(well(app))
    assert "epoch" not in link(app)


def test_epochs_of_a_model_that_is_not_here_are_a_sentence_and_stay_in_the_link():
    app = opened("compare", sentence="aabb", model="own-elsewhere", epoch="1", epoch_b="2")
    assert said(app).count("no longer on the server, or never was") == 1
    assert {"epoch": "1", "epoch_b": "2", "model": "own-elsewhere"}.items() <= link(app).items()


def test_three_kinds_of_cell_read_the_same_sentence_and_the_two_go_on_from_there():
    app = opened("compare", sentence="one two three", seed="5")
    app.segmented_control(key="compare.what").set_value("cells").run()
    assert "**nn.GRU, untrained**" in said(well(app))
    assert "after 10 epochs" in said(app)
    asked = {"cells": "random", "sentence": "one two three", "input_dim": "4", "hidden_dim": "3", "seed": "5"}
    assert link(app) == asked
    assert figures(app)[0]["data"][0]["name"] == "h"
    app.number_input(key="compare.hidden_dim_of_all").set_value(5).run()
    app.segmented_control(key="compare.what").set_value("two").run()
    assert "A has 5 units and B has 3" in said(well(app))
    assert {"sentence": "one two three", "hidden_dim": "5", "seed": "5"}.items() <= link(app).items()
    assert "cells" not in link(app)


def test_trained_kinds_of_cell_are_asked_for_a_symbol_and_the_link_says_which():
    app = opened("compare", cells="50", first="d", gap="7", trained_seed="3")
    assert "After “d” and 7 dots, the LSTM says “d”" in said(app)
    app.slider(key="compare.gap").set_value(30).run()
    assert "After “d” and 30 dots" in said(well(app))
    assert link(app) == {"cells": "50", "first": "d", "gap": "30", "trained_seed": "3"}
    app = opened("compare", cells="7", sentence=" ")
    assert "7 is not possible" in said(app)
    assert "Type a sentence to start" in said(app)


@pytest.mark.parametrize("page", ["why", "compare"])
def test_a_text_of_several_lines_stays_one(page):
    text = "a = 'b'\nc = 'd'"
    app = opened(page, model="python-chars", sentence=text)
    box = app.text_area(key=f"{page}.sentence")
    assert box.value == text
    box.set_value(text + "\ne").run()
    assert link(well(app))["sentence"] == text + "\ne"
    app.text_area(key=f"{page}.sentence").set_value("one line").run()
    assert link(well(app))["sentence"] == "one line"
    app.text_area(key=f"{page}.sentence").set_value(text).run()
    assert link(well(app))["sentence"] == text


def test_an_example_of_several_lines_opens_a_box_for_them():
    app = opened("why", model="python-chars", sentence="x = 1")
    assert app.text_input(key="why.sentence").value == "x = 1"
    texts = examples(lstm_core.load_model("python-chars"), "characters")
    name = next(name for name, text in texts.items() if "\n" in text)
    [chips] = app.get("button_group")
    chips.set_value(name).run()
    assert "\n" in app.text_area(key="why.sentence").value
    assert link(well(app))["sentence"] == app.text_area(key="why.sentence").value
