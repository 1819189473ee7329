"""The page Compare by AppTest, as far as it reaches."""

import pytest
from opened_page import opened


def well(app):
    assert not app.exception, app.exception[0].message
    return app


def said(app):
    kinds = (app.markdown, app.caption, app.warning, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def link(app):
    return {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}


@pytest.mark.parametrize("sentence", ["", " ", "<b>x</b> ![y](http://example.org/z.png)a" * 3000, "x " * 700])
def test_whatever_is_typed_is_a_text_or_a_sentence(sentence):
    app = opened("compare")
    [box, *_] = app.text_input
    box.set_value(sentence).run()
    well(app)
    assert "![y](" not in said(app)


@pytest.mark.parametrize("model", ["counter", "copy", "brackets", "series", "tagger"])
def test_a_text_that_a_model_cannot_read_is_a_sentence(model):
    well(opened("compare", model=model, sentence="Giraffes in a field"))


def test_impossible_values_fall_back_and_are_named():
    app = opened("compare", state="q", hidden_dim_b="0")
    assert said(app).count("is not possible") == 2


def test_epochs_of_a_model_that_is_not_here_are_a_sentence_and_stay_in_the_link():
    app = opened("compare", sentence="aabb", model="own-elsewhere", epoch="1", epoch_b="2")
    assert said(app).count("no longer on the server, or never was") == 1
    assert {"epoch": "1", "epoch_b": "2", "model": "own-elsewhere"}.items() <= link(app).items()


def test_a_text_of_several_lines_stays_one():
    text = "a = 'b'\nc = 'd'"
    app = opened("compare", model="python-chars", sentence=text)
    box = app.text_area(key="compare.sentence")
    assert box.value == text
    box.set_value(text + "\ne").run()
    assert link(well(app))["sentence"] == text + "\ne"
    app.text_area(key="compare.sentence").set_value("one line").run()
    assert link(well(app))["sentence"] == "one line"
    app.text_area(key="compare.sentence").set_value(text).run()
    assert link(well(app))["sentence"] == text
