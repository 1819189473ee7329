"""The scenes of a lecture: each link is possible, and what a scene says is what its model computes."""

import re
from dataclasses import replace

import pytest
import torch

import lstm_core
from gatescope.lesson.view import read_lesson
from gatescope.live.shared_with_browser import PAGES, SCENES
from gatescope.question import link
from gatescope.question.view import Source, View
from gatescope.reading.read import read
from gatescope.unit_tables.asked import UnitPlace
from gatescope.unit_tables.known import kept
from lstm_core.models import sizes
from lstm_core.training import copying

BY_NAME = {scene.name: scene for scene in SCENES}


def opened(name):
    """The scene's view on the main page, and its reading."""
    view, notices = link.read(View(), BY_NAME[name].query)
    reading = read(view.source)
    assert (notices, reading.notices) == ([], [])
    if view.shown.pin:
        lstm_core.anatomy(reading.lstm, reading.trace, **view.shown.pin.at())
    return view, reading


def numbers(text):
    """The numbers in a sentence."""
    return [float(found.replace("−", "-")) for found in re.findall(r"[+−]?\d+(?:\.\d+)?", text)]


def test_there_are_eight_scenes_with_a_name_a_question_and_an_answer_each():
    assert len(SCENES) == len({scene.name for scene in SCENES}) == 8
    for scene in SCENES:
        assert scene.page in PAGES
        assert scene.asks.count("?") >= 1
        assert all((scene.title, scene.says, scene.answer))


@pytest.mark.parametrize("name", [scene.name for scene in SCENES if not scene.page])
def test_a_scene_of_the_main_page_opens_without_a_notice(name):
    opened(name)


def test_the_forget_gate_of_the_scene_closes_at_the_first_b():
    view, reading = opened("forget")
    f, c = (reading.trace.cells(quantity)[view.shown.pin.unit] for quantity in "fc")
    assert view.shown.pin.step == reading.tokens.index("b")
    assert (f[1:10] > 0.98).all()
    assert c[1:10] - c[:9] == pytest.approx([1] * 9, abs=0.06)
    assert f"f is {f[10]:.2f}: only {f[10]:.0%}" in BY_NAME["forget"].answer


def test_what_is_kept_and_added_is_what_the_cell_computes():
    view, reading = opened("keep-and-add")
    cell = lstm_core.anatomy(reading.lstm, reading.trace, **view.shown.pin.at())
    scene = BY_NAME["keep-and-add"]
    assert f"keeps {cell.f.value:.0%} of {cell.c_before:+.2f}, which is {cell.kept:+.2f}" in scene.says
    sum_of = [round(float(value), 2) for value in (cell.kept, cell.written, cell.c)]
    assert numbers(scene.answer.partition("i · g = ")[2])[:3] == sum_of


def test_the_counting_unit_keeps_and_adds_everything():
    view, reading = opened("counting")
    values = {quantity: reading.trace.cells(quantity)[view.shown.pin.unit] for quantity in "figc"}
    assert all(values[gate][2:] == pytest.approx([1.0] * 18, abs=0.005) for gate in "fi")
    assert values["g"][1:] == pytest.approx([1.0] * 9 + [-1.0] * 10, abs=0.005)
    assert f"up to {values['c'][9]:.2f} and down to −{-values['c'][19]:.2f}" in BY_NAME["counting"].answer


def test_the_memory_of_the_quote_unit_tells_inside_from_outside():
    view, reading = opened("string")
    text, c = "".join(reading.tokens), reading.trace.cells("c")[view.shown.pin.unit]
    inside = [text.index(word) + place for word in ("hello", "world") for place in range(5)]
    outside = [step for step in range(len(text)) if step not in inside and text[step] not in "\"'"]
    assert c[inside].min() > c[outside].max() or c[inside].max() < c[outside].min()


def test_not_good_is_blame_to_the_model_and_good_is_praise():
    view, reading = opened("not-good")
    plain = read(replace(view.source, sentence="It is good"))
    column = reading.model.labels.index("positive")
    positive, without = (one.probabilities()[:, column] for one in (reading, plain))
    answer = BY_NAME["not-good"].answer
    assert "has the probability " + ", ".join(f"{value:.2f}" for value in positive) in answer
    assert f"Without “not” the last one is {without[-1]:.2f}" in answer
    assert positive[-1] < 0.5 < without[-1]
    # What “not” leaves in the memory stands in the unit that the scene names.
    unit = int(re.search(r"unit (\d+)", BY_NAME["not-good"].says + answer)[1])
    c = reading.trace.cells("c")[unit]
    step = reading.tokens.index("not")
    assert f"{c[step]:+.2f}".replace("-", "−") in answer
    assert abs(c[step]) == abs(reading.trace.cells("c")[:, step]).max()


def test_the_three_cells_of_the_scene_are_those_of_the_table():
    asked, notices = read_lesson(BY_NAME["cells"].query)
    assert (asked.part, asked.cells, notices) == (5, "10", [])
    always = {(one.cell, one.units): one.always_right(100) for one in copying.shipped() if one.epochs == 10}
    said = f"{always['lstm', 4]} LSTMs, {always['gru', 4]} GRUs and {always['rnn', 4]} plain RNN of 4 units"
    assert said in BY_NAME["cells"].answer


def test_the_smaller_memory_of_the_scene_no_longer_tells_the_two_words_apart():
    view, reading = opened("smaller")
    source, scene = view.source, BY_NAME["smaller"]
    places = [step for step, word in enumerate(reading.tokens) if word == "watch"]

    def tags(units, **others):
        found = read(replace(source, hidden_dim=units, **others))
        said = found.probabilities().argmax(-1)
        return [found.model.labels[said[step]] for step in places]

    assert tags(source.hidden_dim) == tags(8) == ["VERB", "NOUN"]
    assert tags(4) == ["VERB", "VERB"]
    assert "With 16 units" in scene.says
    assert tags(2, n_layers=3) == ["VERB", "NOUN"]
    assert tags(16, input_dim=16) == ["VERB", "VERB"]
    assert "with 3 layers, 2 units in each are enough; with input_dim 16, 16 units in one layer are not" in scene.answer
    assert scene.answer.startswith("At 4: VERB, both times. With 8 units")
    shares = [round(100 * sizes.scores()[sizes.Size(4, units, 1)].test) for units in (16, 8, 4)]
    assert "{}% are right with 16 units, {}% with 8 and {}% with 4".format(*shares) in scene.answer
    torch.testing.assert_close(reading.trace.x[places[0]], reading.trace.x[places[1]], rtol=0, atol=0)


def test_how_well_unit_48_tells_quotes_is_the_page_units_figure():
    known = kept(Source(model="python-chars"))
    scores = {told.property: told.score for told in known.units[UnitPlace(0, 0, 48)].told}
    double, single = (scores[f"inside {kind} quotes"] for kind in ("double", "single"))
    says = (
        f"on {known.texts} files that were never trained on, it does so with an AUC of {double:.2f} for double quotes"
    )
    assert f"{says} and of {single:.2f} for single ones" in BY_NAME["string"].answer
    # A docstring is a string too.
    whole = scores["inside a string"]
    assert f"With docstrings, which go over many lines, it is {whole:.2f}" in BY_NAME["string"].answer
