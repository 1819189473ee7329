"""An exported sheet can be read from the last row, has questions, answers and the pinned cell, and can be played."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest

from dashboard.export import sheet_answers
from dashboard.export.downloads import download
from dashboard.export.sheet import _add_hovers, sheet
from dashboard.export.sheet_geometry import SIZES
from dashboard.export.visible_part import WHOLE, Sight
from dashboard.question.cell import Cell
from dashboard.question.holds import read_holds
from dashboard.question.shown import Shown
from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.reading.answers import answers
from dashboard.reading.example_texts import SHIPPED
from dashboard.reading.held import read_view
from dashboard.reading.read import read
from lstm_core.plots.columns import Columns
from lstm_core.plots.palette import look
from lstm_core.plots.strips import STRIPS

LOOK = look("teal", "light")
SLIDE = SIZES["slide"]
TAGGED = Source(model="tagger", sentence="Giraffes in a field")
LEAST = 14


def slide(source, shown=Shown(), sight=WHOLE):  # noqa: B008
    return sheet(read(source), shown, sight, LOOK, SLIDE, "the title", "the caption")


def letters(part):
    """The size of all letters of a figure."""
    if isinstance(part, dict):
        for name, inside in part.items():
            if name in ("font", "tickfont", "textfont") and "size" in inside:
                yield inside["size"]
            yield from letters(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from letters(inside)


def texts(figure):
    return [note["text"] for note in figure["layout"]["annotations"]]


@pytest.mark.parametrize(
    "source",
    [
        Source(),
        Source(n_layers=2, sentence="a longer sentence with many more words than a lesson has"),
        TAGGED,
        Source(model="counter", sentence="aabb"),
        Source(model="python-chars", sentence="def f(x): return 'x'"),
        Source(model="series", sentence=SHIPPED["series"]["three days"]),
    ],
    ids=lambda source: f"{source.model} {source.n_layers}",
)
def test_no_letter_of_a_slide_is_smaller_than_14_pixels(source):
    figure = slide(source, Shown(pin=Cell(0, 0, 1, 1)))
    assert min(letters(figure)) >= LEAST


def test_a_sheet_asks_for_no_font_that_only_the_page_has():
    """Else its texts would be measured in one font, and painted in another."""
    family = slide(Source())["layout"]["font"]["family"].split(", ")
    assert "'Source Sans'" not in family
    assert family[-1] == "sans-serif"


def test_each_strip_has_its_question():
    for strip in STRIPS:
        assert strip.question in texts(slide(Source()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("model", "sentence"), [("tagger", "Giraffes in a field"), ("counter", "aabb")])
def test_the_answers_stand_under_their_words(model, sentence, size):
    reading = read(Source(model=model, sentence=sentence))
    figure = sheet(reading, Shown(), WHOLE, LOOK, SIZES[size], "", "")
    notes = [note for note in figure["layout"]["annotations"] if note["xref"] == "x"]
    said = answers(reading, 0, 4)
    assert [note["x"] for note in notes] == [0, 1, 2, 3]
    for note, one in zip(notes, said, strict=True):
        assert note["text"].split(" 0.")[0].split(" 1.")[0] == one.label
        assert (note["font"]["color"] == LOOK.paper) == (one.share >= 0.6)
    # As on the page, all scores are folded then.
    assert not [trace for trace in figure["data"] if trace["name"] == "score"]
    top_of_strips = figure["layout"]["yaxis"]["domain"][1]
    assert all(note["y"] > top_of_strips for note in notes)


def test_an_answer_is_as_strong_as_on_the_page():
    """tests/javascript/on_the_picture.test.js has the same numbers."""
    shares, strong = [None, 0, 0.3, 0.6, 1], [0.1, 0.1, 0.3, 0.84, 1]
    assert [sheet_answers.strength(share) for share in shares] == pytest.approx(strong)


def test_what_the_model_said_without_the_hold_is_struck_through_beside_it():
    view = View(TAGGED, holds=read_holds("o.0.all.all_0"))
    figure = json.loads(download("json", view, "light", "slide").content)
    notes = [note["text"] for note in figure["layout"]["annotations"] if note["xref"] == "x"]
    held = [one.label for one in answers(read_view(view).reading, 0, 4)]
    free = [one.label for one in answers(read(TAGGED), 0, 4)]
    assert held != free
    for note, now, before in zip(notes, held, free, strict=True):
        assert note.startswith(now)
        assert note.endswith(f" <s>{before}</s>") == (now != before)
    assert "o of all units at every step held at 0" in " ".join(texts(figure))


def test_without_room_for_answers_all_scores_are_drawn():
    figure = slide(Source(model="counter", sentence="a" * 100 + "b" * 100))
    assert not [note for note in figure["layout"]["annotations"] if note["xref"] == "x"]
    assert [trace for trace in figure["data"] if trace["name"] == "score"]


@pytest.mark.parametrize(
    "source",
    [
        Source(model="series", sentence=SHIPPED["series"]["three days"]),
        Source(model="counter", sentence="a" * 40 + "b" * 40),
        Source(model="tagger", sentence="Giraffes in a field " * 10),
        Source(model="tagger-bi", sentence="Giraffes in a field " * 10),
    ],
    ids=lambda source: f"{source.model}",
)
def test_no_answer_lies_over_its_neighbour(source):
    figure = slide(source)
    notes = [note for note in figure["layout"]["annotations"] if note["xref"] == "x"]
    axis = figure["layout"]["xaxis"]
    column = SLIDE.width * (axis["domain"][1] - axis["domain"][0]) / (axis["range"][1] - axis["range"][0])
    for note in notes:
        letters, pads = note["font"]["size"], 2 * note["borderpad"]
        level = note["textangle"] == 0
        assert (0.55 * letters * len(note["text"]) if level else 1.2 * letters) + pads <= column + 0.5


def test_the_pinned_cell_is_framed_in_every_strip_and_told():
    pin = Cell(0, 0, 2, 3)
    trace = read(TAGGED).trace
    figure = slide(TAGGED, Shown(pin=pin))
    frames = figure["layout"]["shapes"]
    assert {shape["yref"] for shape in frames} == {heatmap["yaxis"] for heatmap in figure["data"]}
    [units] = {len(heatmap["z"]) for heatmap in figure["data"]}
    for shape in frames:
        assert (shape["x0"], shape["x1"]) == (2.5, 3.5)
        row = round((shape["y0"] + shape["y1"]) / 2)
        assert 0 <= row < units
        heatmap = next(one for one in figure["data"] if one["yaxis"] == shape["yref"])
        assert heatmap["z"][row][3] == trace.cells(heatmap["name"])[2, 3]
    [told] = [text for text in texts(figure) if text.startswith("Pinned: ")]
    f, i, g, c = (float(trace.cells(q)[2, 3]) for q in "figc")
    before = float(trace.cells("c")[2, 2])
    numbers = [float(number.replace("−", "-")) for number in re.findall(r"[+−][\d.]+\d", told)]
    np.testing.assert_allclose(numbers, [before, i * g, c], atol=0.006)
    assert f"“field”: unit 2 keeps {100 * f:.0f}% of" in told
    assert told.endswith("the model now says NOUN.")


def pixels(figure, note):
    """Where a text is, from the left and from the top."""
    return round(note["x"] * figure["layout"]["width"], 1), round((1 - note["y"]) * figure["layout"]["height"], 1)


def note_of(figure, begins):
    return next(note for note in figure["layout"]["annotations"] if note["text"].startswith(begins))


def test_a_pinned_cells_sentence_stands_under_the_title_and_the_strips_make_room_for_it():
    plain, pinned = slide(TAGGED), slide(TAGGED, Shown(pin=Cell(0, 0, 2, 3)))
    left, top = pixels(pinned, note_of(pinned, "<b>the title</b>"))
    assert pixels(pinned, note_of(pinned, "Pinned: ")) == (left, top + 26)
    begins = [(1 - figure["layout"]["yaxis"]["domain"][1]) * SLIDE.height for figure in (plain, pinned)]
    # A line of small letters, and some air.
    assert begins[1] - begins[0] == pytest.approx(round(1.3 * SLIDE.small) + 4)


def test_the_name_of_a_strip_stands_over_its_question_around_the_strips_middle():
    figure = slide(Source())
    for number, strip in enumerate(STRIPS, 1):
        low, high = figure["layout"][f"yaxis{number if number > 1 else ''}"]["domain"]
        middle = (1 - (low + high) / 2) * SLIDE.height
        name, question = (note_of(figure, begins) for begins in (f"{strip.title} <i>", strip.question))
        assert pixels(figure, name) == (SLIDE.left - 12, round(middle - 9, 1))
        assert pixels(figure, question) == (SLIDE.left - 12, round(middle + 10, 1))


@pytest.mark.parametrize("model", ["series", "counter", "random"])
def test_no_picture_of_a_sheet_lies_over_another_or_over_the_title(model):
    text = SHIPPED["series"]["three days"] if model == "series" else "aabb"
    figure = slide(Source(model=model, sentence=text))
    axes = {trace["yaxis"] for trace in figure["data"]}
    spans = sorted(figure["layout"][f"yaxis{axis[1:]}"]["domain"] for axis in axes)
    assert len(spans) > 5
    for (_, high), (low, _) in pairwise(spans):
        assert low > high
    (_, title), (_, most) = pixels(figure, note_of(figure, "<b>the title</b>")), spans[-1]
    assert (1 - most) * SLIDE.height > title + SLIDE.letters
    # Between what is above the strips and the strips is a line of words.
    strips = figure["layout"]["yaxis"]["domain"][1]
    for low, _ in (span for span in spans if span[0] > strips):
        assert (low - strips) * SLIDE.height > 1.2 * SLIDE.letters


def test_a_pin_of_the_reverse_direction_starts_from_the_right():
    source = Source(model="tagger-bi", sentence="Giraffes in a field")
    trace = read(source).trace
    [told] = [text for text in texts(slide(source, Shown(pin=Cell(0, 1, 4, 1), top="all"))) if "Pinned" in text]
    before = float(trace.cells("c", 0, 1)[4, 2])
    assert f"{before:+.2f}".replace("-", "−") in told


def test_a_pin_out_of_sight_is_neither_framed_nor_told():
    figure = slide(Source(), Shown(pin=Cell(0, 0, 1, 3)), Sight((-0.5, 1.5)))
    assert figure["layout"]["shapes"] == []
    assert not [text for text in texts(figure) if text.startswith("Pinned")]


def test_a_link_with_a_pin_exports_it():
    view = View(shown=Shown(pin=Cell(0, 0, 1, 2)))
    assert "Pinned: “a”: unit 1 keeps" in " ".join(texts(json.loads(download("json", view, "light", "slide").content)))


def test_a_cell_of_a_unit_that_h_does_not_have_says_so():
    """With a projection h has fewer units than c."""
    cells = {"c": np.array([[0.5, 0.25], [1, 2], [3, 4]]), "h": np.array([[0.125, -1]])}
    stack = {"data": [{"z": cells["c"]}, {"z": cells["h"]}]}
    strips = [strip for strip in STRIPS if strip.quantity in "ch"]
    _add_hovers(stack, cells, ["a", "b"], Columns(0, 1, 2, 2), 0, [4, 5, 6], strips)
    c, h = (heatmap["customdata"] for heatmap in stack["data"])
    assert (len(c), len(h)) == (3, 1)
    assert c[0] == [["a", "0.5000", "0.1250", 4], ["b", "0.2500", "-1.0000", 4]]
    assert c[2][1] == ["b", "4.0000", "none", 6]


def test_a_sheet_says_where_its_steps_are():
    figure = slide(Source(model="tagger-bi", sentence="Giraffes in a field"))
    played, layout = figure["layout"]["meta"]["played"], figure["layout"]
    assert played["edges"] == [-0.5, 0.5, 1.5, 2.5, 3.5]
    assert played["names"] == ["Giraffes", "in", "a", "field"]
    assert [area["direction"] for area in played["areas"]] == [0, 1]
    for area in played["areas"]:
        ends = [area["left"] / SLIDE.width, area["right"] / SLIDE.width]
        np.testing.assert_allclose(layout[area["axis"]]["domain"], ends)
        strips = [heatmap for heatmap in figure["data"] if heatmap["xaxis"] == area["axis"].replace("axis", "")]
        places = [layout["yaxis" + heatmap["yaxis"][1:]]["domain"] for heatmap in strips]
        assert 1 - area["words"] / SLIDE.height > max(high for _, high in places)
        assert 1 - area["bottom"] / SLIDE.height < min(low for low, _ in places)
        assert area["top"] < area["words"] - SLIDE.letters


def test_a_pinned_unit_is_told_of_at_each_step_that_is_played():
    pin = Cell(0, 0, 2, 3)
    trace = read(TAGGED).trace
    story = slide(TAGGED, Shown(pin=pin))["layout"]["meta"]["played"]["story"]
    assert [line.split(":")[0] for line in story["lines"]] == ["“Giraffes”", "“in”", "“a”", "“field”"]
    for step, (line, answer) in enumerate(zip(story["lines"], answers(read(TAGGED), 0, 4), strict=True)):
        assert f"so c = {float(trace.cells('c')[2, step]):+.2f}".replace("-", "−") in line.replace("-", "−")
        assert line.endswith(f"the model now says {answer.label}.")
    assert slide(TAGGED)["layout"]["meta"]["played"]["story"] is None


def test_the_story_of_the_reverse_direction_begins_at_the_last_word():
    source = Source(model="tagger-bi", sentence="Giraffes in a field")
    figure = slide(source, Shown(pin=Cell(0, 1, 4, 1), top="all"))
    lines = figure["layout"]["meta"]["played"]["story"]["lines"]
    assert (lines[0].split(":")[0], lines[-1].split(":")[0]) == ("“field”", "“Giraffes”")


def test_a_part_is_played_from_its_first_step_to_its_last():
    figure = slide(Source(sentence="one two three four five"), sight=Sight((0.6, 3.4)))
    played = figure["layout"]["meta"]["played"]
    assert (played["edges"], played["names"]) == ([0.5, 1.5, 2.5, 3.5], ["two", "three", "four"])


def test_a_long_text_is_played_in_the_columns_that_it_has():
    figure = slide(Source(sentence=" ".join(["word"] * 3_000)))
    played, columns = figure["layout"]["meta"]["played"], len(figure["data"][0]["x"])
    assert len(played["names"]) == columns == len(played["edges"]) - 1
    assert (played["edges"][0], played["edges"][-1]) == (-0.5, 2_999.5)


def test_a_negative_number_in_a_cell_has_a_minus_sign():
    figure = slide(Source())
    written = [text for heatmap in figure["data"] for row in heatmap["text"] for text in row]
    assert any(text.startswith("−") for text in written)
    assert not any("-" in text for text in written)
