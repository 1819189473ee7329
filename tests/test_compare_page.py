"""The page Compare by AppTest: what it opens with, what is chosen on it, and what its link says."""

import copy
import json
import re

import pytest
from opened_page import address, opened, well

import lstm_core
from gatescope.comparing.rivals import of_one_kind, rivals
from gatescope.question.view import SIZES, Source
from gatescope.reading.models import view_in
from gatescope.reading.read import read
from gatescope.store import text_files, visitor_models

AIM = {"model": SIZES, "sentence": "You first and only aim to win", "input_dim": "64", "hidden_dim": "16"}


def compared(app):
    """What the browser is told of the two readings."""
    [two] = [part.proto for part in well(app).get("bidi_component") if part.proto.component_name == "gatescope.compare"]
    return json.loads(two.json)["compared"]


def asked(app):
    """The sources of the two pictures that the browser asks for."""
    return [view_in(compared(app)[side]["query"])[0].source for side in "ab"]


def press(app, name):
    [button] = [one for one in app.button if one.label == name]
    return button.click().run()


def told(app):
    kinds = (app.info, app.warning, app.markdown, app.caption)
    return "\n".join(one.value for kind in kinds for one in kind)


def test_it_opens_on_the_nearest_rival_and_names_both_in_the_link():
    app = opened("compare", **AIM)
    texts = [AIM["sentence"], "Your first and only aim to win"]
    assert [source.sentence for source in asked(app)] == texts
    assert address(app)["sentence_b"] == texts[1]
    assert compared(opened("compare", **address(app))) == compared(app)


WORDS_OF_A_READING = re.compile(r"You|aim|VERB|NOUN")


def test_no_sentence_of_the_message_names_a_word_that_is_read():
    """Python records and counts, the page speaks."""
    told = compared(opened("compare", **AIM))
    labels = [one.pop("label") for one in (told["carrier"][name] for name in ("a", "b", "a_with"))]
    labels += [undone[name].pop("label") for undone in told["carrier"]["undone"] for name in ("carriers", "others")]
    assert {*labels} == {"VERB", "NOUN"}
    del told["a"]["query"], told["b"]["query"]
    assert not WORDS_OF_A_READING.search(json.dumps(told))


def test_the_bare_page_opens_on_another_word_of_the_same_kind_which_turns_an_answer_when_both_are_read_again():
    app = opened("compare")
    said = address(app)
    source = Source(
        said["sentence"], *(int(said[name]) for name in ("input_dim", "hidden_dim", "n_layers")), model=SIZES
    )
    tokens, other = source.sentence.split(), said["sentence_b"].split()
    [changed] = [step for step, (a, b) in enumerate(zip(tokens, other, strict=True)) if a != b]
    assert of_one_kind(tokens[changed], other[changed])
    model = read(source).model
    answers = [model.probabilities(model(model.vectors(text)))[:, 0] for text in (tokens, other)]
    turned = [step for step in range(len(tokens)) if answers[0][step].argmax() != answers[1][step].argmax()]
    assert max(turned) > changed
    assert (compared(app)["differs"], compared(app)["carried"]) == ([changed], max(turned))
    # Of the sizes the smallest one with such a change.
    assert said["hidden_dim"] == "8"


def test_a_link_of_the_opening_s_own_size_stays_there():
    own = {"model": SIZES, "sentence": "Giraffes in a field", "hidden_dim": "3"}
    assert address(opened("compare", **own))["hidden_dim"] == "3"


def test_next_and_back_lead_through_the_rivals():
    source = Source(AIM["sentence"], 64, 16, model=SIZES)
    texts = [one.text for one in rivals(source, read(source)).found]
    app = opened("compare", **AIM)
    assert address(press(app, "Next"))["sentence_b"] == texts[1]
    assert address(press(app, "Back"))["sentence_b"] == texts[0]
    assert address(press(app, "Back"))["sentence_b"] == texts[-1]
    assert address(press(app, "Next"))["sentence_b"] == texts[0]


def test_another_text_has_another_rival_and_a_typed_one_stays():
    app = opened("compare", **AIM)
    app.text_input(key="compare.sentence").set_value("They watch their watch").run()
    first = address(app)["sentence_b"]
    assert first != "Your first and only aim to win"
    assert len(compared(app)["differs"]) == 1
    app.text_input(key="compare.sentence_b").set_value("We watch this old watch").run()
    app.text_input(key="compare.sentence").set_value("They watch this old watch").run()
    assert address(app)["sentence_b"] == "We watch this old watch"


def test_a_link_of_one_text_twice_finds_a_rival_and_what_is_typed_twice_stays_and_is_said():
    app = opened("compare", **AIM, sentence_b=AIM["sentence"])
    assert address(app)["sentence_b"] == "Your first and only aim to win"
    app.text_input(key="compare.sentence_b").set_value(AIM["sentence"]).run()
    assert app.text_input(key="compare.sentence_b").value == AIM["sentence"]
    assert not compared(app)["differs"]
    app.text_input(key="compare.sentence").set_value("They watch this old watch").run()
    assert app.text_input(key="compare.sentence_b").value == AIM["sentence"]
    assert compared(app)["differs"]
    # Of one word nothing can be changed: the next text finds a rival again.
    one = opened("compare", **AIM | {"sentence": "You"})
    assert compared(one)["tried"] == 0
    one.text_input(key="compare.sentence").set_value(AIM["sentence"]).run()
    assert address(one)["sentence_b"] == "Your first and only aim to win"


def test_two_models_read_one_text():
    app = opened("compare", **AIM)
    app.segmented_control(key="compare.what").set_value("models").run()
    assert compared(app)["turned"]
    assert address(app)["hidden_dim_b"] == "3"
    assert "sentence_b" not in address(app)
    assert [source.hidden_dim for source in asked(app)] == [16, 3]
    app.text_input(key="compare.sentence").set_value("Dogs bark").run()
    assert [source.sentence for source in asked(app)] == ["Dogs bark"] * 2
    app.segmented_control(key="compare.what").set_value("texts").run()
    assert {"hidden_dim_b"}.isdisjoint(address(app))
    assert compared(app)["differs"]


def differ(app):
    """Whether the models of the link say another thing at a word of its text, when they read it again."""
    said = address(app)
    sizes = [Source(said["sentence"], model=SIZES, hidden_dim=int(said["hidden_dim" + side])) for side in ("", "_b")]
    one, other = (read(source).probabilities().argmax(1).tolist() for source in sizes)
    return one != other


def test_two_models_open_on_a_text_that_parts_them_and_next_leads_to_another_one():
    typed = opened("compare", model=SIZES, hidden_dim="3", sentence="Giraffes in a field")
    typed.segmented_control(key="compare.what").set_value("models").run()
    linked = opened("compare", model=SIZES, hidden_dim="3", hidden_dim_b="16")
    for app in (typed, linked):
        assert address(app)["sentence"] != "Giraffes in a field"
        assert differ(app)
        assert compared(app)["turned"]
        first = address(app)["sentence"]
        assert address(press(app, "Next"))["sentence"] != first
        assert differ(app)
        assert "sentence_b" not in address(app)
        assert address(press(app, "Back"))["sentence"] == first


def test_a_text_of_a_link_stays_where_two_models_answer_alike_and_labels_of_another_kind_part_nowhere():
    alike = {"model": SIZES, "hidden_dim": "3", "hidden_dim_b": "16", "sentence": "Giraffes in a field"}
    app = opened("compare", **alike)
    assert (address(app)["sentence"], compared(app)["turned"]) == (alike["sentence"], [])
    assert differ(press(app, "Next"))
    other = opened("compare", model=SIZES, model_b="sentiment")
    assert "Next" not in [one.label for one in other.button]
    assert not compared(other)["alike"]


def test_where_no_change_turns_an_answer_a_button_leads_to_a_size_at_which_one_does():
    app = opened("compare", model=SIZES, hidden_dim="3", sentence="The old man the boats")
    assert (compared(app)["tried"] > 0, compared(app)["carried"]) == (True, None)
    [offer] = [one.label for one in app.button if one.label.startswith("Take hidden_dim")]
    press(app, offer)
    assert address(app)["hidden_dim"] == offer.split()[-1]
    assert compared(app)["carried"] is not None
    assert offer not in [one.label for one in app.button]


def test_the_bare_page_says_why_its_size_is_not_that_of_memory_until_something_is_changed():
    app = opened("compare")
    assert "hidden_dim is 8 here and 3 on Memory" in told(app)
    for size in (3, 4):
        source = Source(model=SIZES, hidden_dim=size)
        found = rivals(source, read(source)).found
        assert not [one for one in found if of_one_kind(source.sentence.split()[one.step], one.token)]
    app.text_input(key="compare.sentence").set_value("They watch their watch").run()
    assert "on Memory" not in told(app)


def test_an_old_link_of_two_seeds_opens_two_models():
    app = opened("compare", model="random", sentence="hello there", seed_b="4", layer="1", strips="fh")
    assert (compared(app)["kind"], [source.seed for source in asked(app)]) == ("models", [2, 4])
    assert address(app)["seed_b"] == "4"


@pytest.mark.parametrize(
    ("part", "link"),
    [
        ("5", {"cells": "10", "first": "a", "gap": "20", "trained_seed": "0"}),
        ("3", {"sentence": "a b", "state_b": "reset"}),
    ],
)
def test_an_old_link_whose_question_the_lesson_asks_opens_the_lesson(part, link):
    assert {"part": part, **{name: link[name] for name in {"sentence", "cells"} & {*link}}}.items() <= address(
        opened("compare", **link)
    ).items()


def test_an_old_link_of_a_state_that_is_not_carried_keeps_its_trained_model():
    app = opened("compare", model="tagger", sentence="a b", state_b="reset")
    assert {source.model for source in asked(app)} == {"tagger"}
    assert "part 3 of the lesson" in told(app)


def test_two_epochs_of_a_model_that_was_trained_here_are_compared_and_in_the_link():
    learned = {epoch.number: copy.deepcopy(epoch.model) for epoch in lstm_core.training.epochs("counter", epochs=4)}
    key = visitor_models.put(learned.pop(4), learned)
    app = opened("compare", sentence="aabb", model=key, epoch="1", epoch_b="4")
    assert "Of epoch 4 no model was kept" in told(app)
    assert [compared(app)[side]["epoch"] for side in "ab"] == [1, 3]
    app.select_slider(key="compare.epoch_b").set_value(2).run()
    assert [compared(app)[side]["epoch"] for side in "ab"] == [1, 2]
    assert len({source.model for source in asked(app)}) == 2
    assert {"epoch": "1", "epoch_b": "2", "model": key}.items() <= address(app).items()


def test_an_opened_file_is_compared_with_the_sentence_and_stays_open():
    key = text_files.keep("poem.txt", b"roses are red and violets")
    app = opened("compare", model="random", sentence="hello old friend", file=key)
    assert asked(app)[0].file == key
    [button] = [one for one in app.button if one.label == "Read the sentence instead"]
    button.click().run()
    assert [source.file for source in asked(app)] == ["", ""]


@pytest.mark.parametrize("sentence", ["", " ", "<b>x</b> ![y](http://example.org/z.png)a" * 3000, "x " * 700])
def test_whatever_is_typed_is_a_text_or_a_sentence(sentence):
    app = opened("compare")
    [box, *_] = app.text_input
    box.set_value(sentence).run()
    well(app)
    assert "![y](" not in told(app)


@pytest.mark.parametrize("model", ["counter", "copy", "brackets", "series", "tagger"])
def test_a_text_that_a_model_cannot_read_is_a_sentence(model):
    well(opened("compare", model=model, sentence="Giraffes in a field"))


def test_impossible_values_fall_back_and_are_named():
    app = opened("compare", epoch="q", hidden_dim_b="0")
    assert told(app).count("is not possible") == 2


def test_epochs_of_a_model_that_is_not_here_are_a_sentence_and_stay_in_the_link():
    app = opened("compare", sentence="aabb", model="own-elsewhere", epoch="1", epoch_b="2")
    assert told(app).count("no longer on the server, or never was") == 1
    assert {"epoch": "1", "epoch_b": "2", "model": "own-elsewhere"}.items() <= address(app).items()


def test_a_text_of_several_lines_stays_one():
    text = "a = 'b'\nc = 'd'"
    app = opened("compare", model="python-chars", sentence=text)
    box = app.text_area(key="compare.sentence")
    assert box.value == text
    box.set_value(text + "\ne").run()
    assert address(well(app))["sentence"] == text + "\ne"
    app.text_area(key="compare.sentence").set_value("one line").run()
    assert address(well(app))["sentence"] == "one line"
    app.text_area(key="compare.sentence").set_value(text).run()
    assert address(well(app))["sentence"] == text
