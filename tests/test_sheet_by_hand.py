"""Where an exported sheet and the page's picture put what they show, by hand: pixels, parts, bounds, sentences."""

import json
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from unpacking import unpacked

from dashboard.drawing.answers_row import AnswersRow
from dashboard.export import sheet_answers, sheet_pin
from dashboard.export.csv_rows import guarded, rows_of
from dashboard.export.downloads import Asked, _numbers_drawn
from dashboard.export.played import edges_and_names
from dashboard.export.sheet import _visible, _wrapped, sheet
from dashboard.export.sheet_answers import Said
from dashboard.export.sheet_geometry import SIZES, across, down, text
from dashboard.export.visible_part import WHOLE, Sight
from dashboard.live import cost
from dashboard.picture import answer as live_answer
from dashboard.picture import layout
from dashboard.picture.wire_format import NAN, packed
from dashboard.question.cell import Cell
from dashboard.question.holds import NONE, read_holds
from dashboard.question.shown import Shown
from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.reading.example_texts import SHIPPED
from dashboard.reading.held import HeldReading
from dashboard.reading.read import read
from lstm_core.plots.columns import Columns
from lstm_core.plots.palette import look

LOOK = look("teal", "light")
SLIDE = SIZES["slide"]
TAGGED = Source(model="tagger", sentence="Giraffes in a field")


def slide(source, shown=Shown(), sight=WHOLE, size=SLIDE):  # noqa: B008
    return sheet(read(source), shown, sight, LOOK, size, "the title", "the caption")


def pixels(note, size=SLIDE):
    return note["x"] * size.width, (1 - note["y"]) * size.height


def note_of(figure, begins):
    return next(note for note in figure["layout"]["annotations"] if note["text"].startswith(begins))


def strips_of(figure, axis):
    heatmaps = [trace for trace in figure["data"] if trace["xaxis"] == axis.replace("axis", "")]
    domains = [figure["layout"]["yaxis" + trace["yaxis"][1:]]["domain"] for trace in heatmaps]
    return (1 - max(high for _, high in domains)) * SLIDE.height, (1 - min(low for low, _ in domains)) * SLIDE.height


def test_places_are_shares_of_the_sheet_from_the_left_and_from_below():
    assert across(128, 640, SLIDE) == [0.1, 0.5]
    assert down(72, 360, SLIDE) == [0.5, 0.9]
    note = text("words", 128, 72, SLIDE, "#000", "left")
    assert (note["x"], note["y"], note["xanchor"]) == (0.1, 0.9, "left")
    assert (SLIDE.line, SIZES["column"].line, SIZES["column"].grown) == (18, 14, 1)
    assert SLIDE.grown == pytest.approx(16 / 13)


def test_answers_stand_in_the_middle_of_their_row_between_the_words_and_the_strips():
    figure = slide(TAGGED)
    [area] = figure["layout"]["meta"]["played"]["areas"]
    top, bottom = strips_of(figure, area["axis"])
    notes = [note for note in figure["layout"]["annotations"] if note["xref"] == "x"]
    for note in notes:
        # The words end two pixels above the row, which goes to the strips.
        assert pixels(note)[1] == pytest.approx((area["words"] + 2 + top) / 2, abs=0.6)
    assert area["bottom"] == pytest.approx(bottom + 2, abs=1)
    assert area["top"] == SLIDE.top + 6
    assert (area["left"], area["right"]) == (SLIDE.left, SLIDE.width - SLIDE.right)


def test_several_stacks_share_the_width_with_a_gap_and_have_their_names_above_them():
    figure = slide(Source(model="tagger-bi", sentence="Giraffes in a field"))
    first, second = figure["layout"]["meta"]["played"]["areas"]
    assert second["left"] - first["right"] == pytest.approx(26)
    assert first["right"] - first["left"] == pytest.approx(second["right"] - second["left"])
    assert second["right"] == pytest.approx(SLIDE.width - SLIDE.right)
    for area, name in ((first, "layer 0 → reads from the left"), (second, "layer 0 ← reads from the right")):
        assert pixels(note_of(figure, name)) == pytest.approx((area["left"], SLIDE.top - 2))
    assert not any(note["text"].startswith("layer") for note in slide(TAGGED)["layout"]["annotations"])


def test_title_and_caption_stand_at_the_edges_of_a_sheet():
    figure = slide(Source())
    assert pixels(note_of(figure, "<b>the title</b>")) == pytest.approx((24, 26))
    assert pixels(note_of(figure, "the caption")) == pytest.approx((24, SLIDE.height - 2 * SLIDE.small))
    # A letter is 0.51 of its size wide.
    assert _wrapped("ab " * 30, 0.51 * SLIDE.small * 11, SLIDE).split("<br>") == ["ab ab ab ab"] * 7 + ["ab ab"]
    assert _wrapped("a < b", 999, SLIDE) == "a &lt; b"
    # Of a caption that is as wide as the sheet less its two edges no letter more stands in a line.
    wide = int((SLIDE.width - 48) / (0.51 * SLIDE.small))
    for letters, lines in ((wide, 1), (wide + 1, 2)):
        long = sheet(read(Source()), Shown(), WHOLE, LOOK, SLIDE, "the title", "a " + "b" * (letters - 2))
        assert note_of(long, "a")["text"].count("<br>") == lines - 1


def test_what_is_above_and_below_the_strips_has_its_title_its_names_and_its_place():
    figure = slide(Source(model="series", sentence=SHIPPED["series"]["three days"]))
    layout = figure["layout"]
    strips, *beside = layout["meta"]["played"]["areas"]
    assert len(beside) == 2
    for area in beside:
        begin, end = area["words"] + 1, area["bottom"] - 1
        assert (area["top"], area["left"], area["right"], area["direction"]) == (
            begin,
            strips["left"],
            strips["right"],
            0,
        )
        domains = [
            layout["yaxis" + trace["yaxis"][1:]]["domain"] for trace in figure["data"] if trace["type"] == "scatter"
        ]
        assert any(domain == pytest.approx(down(begin, end, SLIDE)) for domain in domains)
        titles = [note for note in layout["annotations"] if pixels(note) == pytest.approx((strips["left"], begin - 12))]
        assert len(titles) == 1
        assert titles[0]["font"]["size"] == SLIDE.small + 1
        names = [
            note
            for note in layout["annotations"]
            if pixels(note)[0] == pytest.approx(strips["left"] - 12) and begin < pixels(note)[1] < end
        ]
        heights = [pixels(note)[1] for note in names]
        each = min(17, (end - begin) / len(names)) if len(names) > 1 else 17
        assert heights[0] == pytest.approx(begin + min(each, end - begin) / 2)
        np.testing.assert_allclose(np.diff(heights), each, atol=1e-6)
    above, below = sorted(beside, key=lambda area: area["top"])
    top, bottom = strips_of(figure, "xaxis")
    assert above["bottom"] < strips["top"] < top < bottom < below["top"]
    assert above["top"] == SLIDE.top - 12 + 24
    assert below["bottom"] - 1 == SLIDE.height - SLIDE.bottom - 8
    x = {trace["xaxis"] for trace in figure["data"]}
    assert x == {"x", "x2", "x3"}
    assert {layout[f"xaxis{n}"]["matches"] for n in (2, 3)} == {"x"}


def test_the_strips_leave_room_only_where_a_figure_is():
    alone = {"top": SLIDE.top, "bottom": SLIDE.height - SLIDE.bottom}

    def areas(**source):
        strips, *beside = slide(Source(**source))["layout"]["meta"]["played"]["areas"]
        return [strips["top"] - alone["top"], alone["bottom"] - strips["bottom"], len(beside)]

    nothing = areas(model="random", sentence="a b a")
    assert nothing[2] == 0
    # What an untrained LSTM reads of a table is above the strips; what a model says of a long text is below them.
    above = areas(model="random", sentence="1 2 3 2 1", tokens="numbers")
    assert above[2] == 1
    assert above[0] - nothing[0] > 100
    assert abs(above[1] - nothing[1]) < 5
    below = areas(model="brackets", sentence="(())()" * 20)
    assert below[2] == 1
    assert below[0] == nothing[0]
    assert below[1] - nothing[1] > 80


def test_rows_of_scores_have_their_labels_in_their_middles():
    figure = slide(Source(model="counter", sentence="a" * 100 + "b" * 100))
    _, area = figure["layout"]["meta"]["played"]["areas"]
    begin, end = area["words"] + 1, area["bottom"] - 1
    [scores] = [trace for trace in figure["data"] if trace["name"] == "score"]
    names = [name for [name, *_] in scores["customdata"]]
    each = (end - begin) / len(names)
    left = area["left"] - 12
    for row, name in enumerate(names):
        notes = [note for note in figure["layout"]["annotations"] if note["text"] == name]
        places = [pixels(note) for note in notes if pixels(note)[0] == pytest.approx(left)]
        assert any(y == pytest.approx(begin + (row + 0.5) * each) for _, y in places), name


def test_an_answers_colour_is_between_the_pages_and_the_accents():
    assert sheet_answers.mixed(LOOK, 0) == "rgb({}, {}, {})".format(
        *(int(LOOK.paper[k : k + 2], 16) for k in (1, 3, 5))
    )
    assert sheet_answers.mixed(LOOK, 1) == "rgb(18, 97, 125)"
    dark = look("teal", "dark")
    assert sheet_answers.mixed(dark, 1) == "rgb(92, 170, 191)"
    part = [int(n) for n in sheet_answers.mixed(LOOK, 0.25)[4:-1].split(", ")]
    paper = [int(LOOK.paper[k : k + 2], 16) for k in (1, 3, 5)]
    np.testing.assert_allclose(part, np.array(paper) * 0.75 + np.array([18, 97, 125]) * 0.25, atol=0.51)


def written(label="NOUN", share=0.6, before="", row=AnswersRow(20, True, True)):  # noqa: B008
    figure = {"layout": {"annotations": []}}
    sheet_answers.put(figure, row, [Said(2, label, share, before)], 100, SLIDE, LOOK)
    [note] = figure["layout"]["annotations"]
    return note


def test_an_answer_is_written_with_how_sure_it_is_and_upright_where_it_is_narrow():
    assert written()["text"] == "NOUN 0.60"
    assert (written()["font"]["color"], written(share=0.59)["font"]["color"]) == (LOOK.paper, LOOK.ink)
    assert written(share=None)["text"] == "NOUN"
    assert written(share=None)["font"]["color"] == LOOK.ink
    assert written("<", before="&")["text"] == "&lt; 0.60 <s>&amp;</s>"
    assert written(row=AnswersRow(20, True, False))["text"] == "NOUN"
    upright = AnswersRow(40, False, False)
    assert [written(label, row=upright)["textangle"] for label in ("NOUN", "N")] == [-90, 0]
    assert written()["textangle"] == 0
    assert (written()["x"], pixels(written())[1]) == (2, pytest.approx(110))


def test_answers_have_room_in_columns_as_wide_as_their_letters():
    said = [Said(0, "N", 0.9, ""), Said(1, "V", 0.9, "")]
    assert sheet_answers.row(said, SLIDE.small, SLIDE) is not None
    assert sheet_answers.row(said, SLIDE.small - 0.1, SLIDE) is None
    long = [Said(0, "NOUN", 0.9, ""), Said(1, "VERB", 0.9, "")]
    assert sheet_answers.row(long, 1.5 * SLIDE.small, SLIDE).level is False
    assert sheet_answers.row(long, 1.5 * SLIDE.small - 0.1, SLIDE) is None
    assert sheet_answers.row(long, 200, SLIDE).level is True
    assert sheet_answers.row([], 200, SLIDE) is None


def test_what_was_said_without_a_hold_is_told_where_it_is_another_label():
    reading = read(TAGGED)
    free = reading.probabilities()
    columns = Columns(0, 1, 4, 4)
    plain = sheet_answers.said_at(reading, columns, range(1, 3), None)
    assert [(one.step, one.before) for one in plain] == [(1, ""), (2, "")]
    other = torch.as_tensor(free).flip(-1)
    labels = reading.model.labels
    turned = sheet_answers.said_at(reading, columns, range(1, 3), other)
    assert [one.before for one in turned] == [labels[int(other[step].argmax())] for step in (1, 2)]
    assert sheet_answers.said_at(reading, Columns(0, 2, 2, 4), range(0, 4), None) == []


@pytest.mark.parametrize("direction", [0, 1])
def test_the_first_step_that_is_read_keeps_of_what_was_there_before_it(direction):
    trace = read(Source("a b c", directions=2)).trace
    first, last = (0, 2) if direction == 0 else (2, 0)
    start = 7.0 + 0 * trace.c0
    started = replace(trace, c0=start)
    assert sheet_pin._before(started, Cell(0, direction, 1, first)) == 7.0
    assert sheet_pin._before(started, Cell(0, direction, 1, last)) == trace.c[0, direction, 1, 0, 1].item()


@pytest.mark.parametrize(
    ("source", "pin", "named"),
    [
        ({}, Cell(0, 0, 1, 2), "unit 1 keeps"),
        ({"directions": 2}, Cell(0, 0, 1, 2), "unit 1 keeps"),
        ({"directions": 2}, Cell(0, 1, 1, 2), "unit 1, from the right, keeps"),
        ({"n_layers": 2}, Cell(0, 0, 1, 2), "unit 1 of layer 0 keeps"),
        ({"n_layers": 2, "directions": 2}, Cell(1, 1, 1, 2), "unit 1 of layer 1, from the right, keeps"),
    ],
)
def test_a_told_cell_is_named_by_its_layer_and_direction_where_there_are_others(source, pin, named):
    reading = read(Source("a b c", **source))
    [told] = sheet_pin.story(reading, reading.trace, pin, range(2, 3))
    assert told.startswith(f"“c”: {named} ")


def framed(pin, columns=None, units=(4, 2, 0), stack=0, rows=3):
    columns = columns or Columns(10, 1, 5, 40)
    axis = "x" if stack == 0 else f"x{stack + 1}"
    heatmaps = [{"xaxis": axis, "yaxis": "y", "z": [0] * rows}, {"xaxis": "x9", "yaxis": "y9", "z": [0] * rows}]
    figure = {"data": heatmaps, "layout": {"shapes": []}}
    sheet_pin.mark(figure, pin, stack, (0, 1), list(units), columns)
    return [tuple(shape[side] for side in ("xref", "x0", "x1", "y0", "y1")) for shape in figure["layout"]["shapes"]]


def test_a_frame_is_around_the_row_of_the_pinned_unit_and_its_column():
    pin = Cell(0, 1, 2, 12)
    assert framed(pin) == [("x", 11.5, 12.5, 0.5, 1.5)]
    assert framed(pin, stack=1) == [("x2", 11.5, 12.5, 0.5, 1.5)]
    # A bin of five steps, from 10 on.
    assert framed(Cell(0, 1, 0, 17), Columns(10, 5, 5, 40)) == [("x", 14.5, 19.5, 1.5, 2.5)]
    assert framed(Cell(0, 1, 0, 10), Columns(10, 5, 5, 40)) == [("x", 9.5, 14.5, 1.5, 2.5)]
    for other in (None, Cell(0, 0, 2, 12), Cell(1, 1, 2, 12), Cell(0, 1, 3, 12), Cell(0, 1, 2, 15)):
        assert framed(other) == []
    assert framed(Cell(0, 1, 2, 14)) == [("x", 13.5, 14.5, 0.5, 1.5)]
    # A projection's h has fewer rows.
    assert framed(pin, rows=1) == []
    assert framed(pin, rows=2) != []


def test_a_pin_whose_unit_is_out_of_sight_is_not_told():
    reading = read(Source("a b c"))
    told = [
        sheet_pin.sentence(reading, reading.trace, Shown(pin=Cell(0, 0, unit, 1)), Sight(None, (0.6, 1.4)))
        for unit in (0, 1, 2)
    ]
    assert [bool(sentence) for sentence in told] == [False, True, False]
    assert "unit 1 keeps" in told[1]
    deep = read(Source("a b c", n_layers=2))
    assert "unit 0 of layer 1 keeps" in sheet_pin.sentence(deep, deep.trace, Shown(pin=Cell(1, 0, 0, 1)), WHOLE)


@pytest.mark.parametrize(
    ("zoom", "steps"),
    [
        (None, range(6)),
        ((0.0, 3.0), range(4)),
        ((0.1, 2.9), range(1, 3)),
        ((3.0, 0.0), range(4)),
        ((-9.0, 99.0), range(6)),
        ((4.6, 5.4), range(5, 6)),
        ((2.1, 2.3), range(2, 3)),
        ((5.4, 5.6), range(6)),
        ((5.1, 5.3), range(5, 6)),
        ((6.0, 9.0), range(6)),
    ],
)
def test_the_steps_in_sight_are_those_whose_middle_is(zoom, steps):
    assert Sight(zoom).steps_of(SimpleNamespace(sizes={"time": 6})) == steps


def test_columns_that_are_played_begin_and_end_with_what_is_in_sight():
    edges, names = edges_and_names(list("abcdef"), Columns(1, 1, 4, 6), range(2, 4))
    assert (edges, names) == ([1.5, 2.5, 3.5], ["c", "d"])
    edges, names = edges_and_names([], Columns(10, 5, 4, 28), range(16, 28))
    assert (edges, names) == ([14.5, 19.5, 24.5, 27.5], ["steps 15 to 19", "steps 20 to 24", "steps 25 to 27"])


def test_rows_of_units_that_h_does_not_have_are_left_out_unless_all_are():
    values = np.arange(6).reshape(3, 2)
    assert _visible(values, [2, 0, 5]).tolist() == [[4, 5], [0, 1]]
    assert _visible(values, [3, 4]).tolist() == values.tolist()


def test_a_csv_is_written_in_blocks_that_join_without_a_seam(monkeypatch):
    reading = read(Source("a =b c d e", hidden_dim=2))
    whole = b"".join(rows_of(reading.trace, Shown(), WHOLE))
    monkeypatch.setattr("dashboard.export.csv_rows.BLOCK", 4)
    blocks = list(rows_of(reading.trace, Shown(), WHOLE))
    assert len(blocks) == 3
    assert b"".join(blocks) == whole
    assert whole.count(b"time") == 1
    assert [guarded(one) for one in ("=1", "+1", "-1", "@a", "\ta", "\ra", "a=1", None)] == [
        *["'=1", "'+1", "'-1", "'@a", "'\ta", "'\ra"],
        *["a=1", None],
    ]


@pytest.mark.parametrize(
    ("sight", "shown", "numbers"),
    [
        (WHOLE, Shown(), 4 * 6 * 2 * 5),
        (Sight((0.6, 2.4)), Shown(), 2 * 6 * 2 * 5),
        (WHOLE, Shown(quantities="ch", layers="1"), 4 * 2 * 5),
        (Sight(None, (0.6, 2.4)), Shown(), 4 * 6 * 2 * 2),
    ],
)
def test_the_numbers_of_a_figure_are_counted_before_it_is_drawn(sight, shown, numbers):
    reading = read(Source("a b c d", hidden_dim=5, n_layers=2))
    asked = Asked(View(shown=shown), HeldReading(reading, NONE, None), "light", "slide", sight)
    assert _numbers_drawn(asked) == numbers


def test_no_more_columns_than_pixels_are_counted():
    reading = read(Source("a " * 2_000, hidden_dim=1, n_layers=2))
    asked = Asked(View(), HeldReading(reading, NONE, None), "light", "slide", WHOLE)
    assert _numbers_drawn(asked) == 640 * 6 * 2


def test_a_file_is_called_by_its_first_seventy_letters():
    found = HeldReading(SimpleNamespace(document=None), NONE, None)
    asked = Asked(View(Source("x" * 99)), found, "light", "slide", WHOLE)
    assert len(asked.title) == 70


# The page's own picture.


def frame(width, stacks=1, steps=4, directions=1, height=None):
    trace = SimpleNamespace(sizes={"time": steps}, c=SimpleNamespace(shape=(2, directions)))
    found = layout.frame_of(trace, stacks, width, height)
    return found.narrow, found.across, round(found.width, 2), found.height


def test_stacks_stand_side_by_side_while_each_has_room():
    # 168 pixels are for the names, 28 between two stacks; a stack needs 230, and 30 for each of up to 8 steps.
    assert frame(1_000) == (False, 1, 448, None)
    assert frame(1_000, height=600) == (False, 1, 832, 600)
    assert frame(4_000, height=600) == (False, 1, 1_200, 600)
    assert frame(1_000, stacks=4) == (False, 3, 258.67, None)
    assert frame(1_000, stacks=4, directions=2) == (False, 2, 402, None)
    assert frame(168 + 2 * 240 + 28, stacks=2, steps=8)[1:3] == (2, 240)
    assert frame(168 + 2 * 240 + 27, stacks=2, steps=8)[1] == 1
    assert frame(168 + 2 * 240 + 28, stacks=2, steps=80)[1] == 2
    assert frame(168 + 2 * 230 + 28, stacks=2, steps=7)[1] == 2
    assert frame(620)[0] is False
    assert frame(619, height=600) == (True, 1, 595, None)
    assert frame(400, directions=2) == (True, 1, 352, None)
    assert frame(400, stacks=2, directions=2) == (True, 1, 352, None)


def test_starting_values_are_drawn_of_up_to_sixty_four_units():
    reading = read(Source("a b", hidden_dim=65, n_layers=2))
    trace = reading.trace
    start = layout.start_of(trace, 1, 0, list(range(64)))
    assert {name: len(values) for name, values in start.items()} == {"c": 64, "h": 64}
    assert layout.start_of(trace, 1, 0, list(range(65))) == {}


@pytest.mark.parametrize(("features", "height"), [(1, 27), (3, 27), (4, 36), (5, 40), (64, 40), (65, None)])
def test_x_has_a_row_for_each_feature_while_it_can_be_told_apart(features, height):
    x = torch.full((3, 1, features), 0.5)
    x[1] = -2.5
    reading = SimpleNamespace(series=None)
    found = layout.inputs_of(reading, SimpleNamespace(x=x), Columns(0, 1, 3, 3))
    assert (found and (found["place"]["height"], found["reach"])) == (height and (height, 2.5))
    if found:
        np.testing.assert_array_equal(found["z"], x[:, 0].T)
        small = layout.inputs_of(reading, SimpleNamespace(x=x / 9), Columns(0, 1, 3, 3))
        assert small["reach"] == 1.0
    assert layout.inputs_of(SimpleNamespace(series=1), SimpleNamespace(x=x), Columns(0, 1, 3, 3)) is None


def test_what_stands_between_the_words_and_the_strips_stands_one_under_the_other():
    for width, above, below in ((1_000, 0, 10), (500, 22, 30)):
        found = unpacked(live_answer.answer({"model": "tagger", "sentence": "a giraffe"}, width, "light", None))
        top = found["stacks"][0]["places"][0]["top"]
        inputs, answers = found["inputs"], found["answers"]
        if inputs:
            assert inputs["place"]["top"] + inputs["place"]["height"] + below == top
            top = inputs["place"]["top"] - above
        assert answers["place"]["top"] + answers["place"]["height"] == top
        own = unpacked(live_answer.answer({"sentence": "a giraffe"}, width, "light", None))
        place = own["inputs"]["place"]
        assert place["top"] + place["height"] + below == own["stacks"][0]["places"][0]["top"]


def test_the_overview_has_the_largest_change_of_any_unit_at_each_step():
    reading = read(Source("one two three four", hidden_dim=3, n_layers=2))
    c = reading.trace.c[:, :, :, 0].numpy()
    changes = np.abs(np.diff(c, axis=2, prepend=c[:, :, :1]))
    np.testing.assert_allclose(layout.overview(reading.trace, Shown())[2], changes.max((0, 1, 3)))


def test_the_legend_names_the_scales_that_are_shown_and_their_ends():
    def named(quantities, reach):
        scales = live_answer.legend(Shown(quantities=quantities), "light", reach)
        return [(scale["name"], scale["low"], scale["high"]) for scale in scales]

    assert named("figcoh", 1.0) == [("gates f i o", "0", "1"), ("states g c h", "−1", "+1")]
    assert named("figcoh", 5.0) == [
        ("gates f i o", "0", "1"),
        ("states g h", "−1", "+1"),
        ("memory c", "−5", "+5"),
    ]
    assert named("c", 5.0) == [("memory c", "−5", "+5")]
    assert named("c", 1.0) == [("states g c h", "−1", "+1")]
    gates, states = live_answer.legend(Shown(), "light", 1.0)
    assert gates["colours"] == [colour for _, colour in LOOK.gates]
    assert states["colours"] == [colour for _, colour in LOOK.states]


def test_it_is_said_which_of_many_units_are_shown():
    def said(there, shown, top="telling", model="a model"):
        trace = SimpleNamespace(c=np.zeros((1, 1, 1, 1, there)))
        reading = SimpleNamespace(model=model)
        return live_answer.which_units(reading, trace, Shown(top=top), list(range(shown)))

    assert said(16, 16) == ""
    assert said(17, 9).startswith("9 of 17 units: ")
    assert said(1_700, 1_700) == "all 1,700 units"
    assert said(17, 9, model=None) == ""
    assert said(17, 9, "active", None).startswith("9 of 17 units: ")


def test_a_link_says_how_long_it_lasts_and_whether_the_text_is_in_it():
    assert live_answer.lasts(Source()) == "This link opens the same numbers."
    assert "for as long as this server keeps your model" in live_answer.lasts(Source(model="own-1"))
    assert "Your text is not included" in live_answer.lasts(Source(model="own-1"), without_text=True)
    assert live_answer.missing_pin(Shown(pin=Cell(0, 0, 2, 1)), read(Source("a b")).trace) == []
    [said] = live_answer.missing_pin(Shown(pin=Cell(0, 0, 2, 2)), read(Source("a b")).trace)
    assert said.endswith(": none is pinned.")
    assert live_answer.missing_pin(Shown(), read(Source("a b")).trace) == []


@pytest.mark.parametrize(
    "options",
    [{}, {"n_layers": 3}, {"directions": 2}, {"n_layers": 4, "directions": 2, "hidden_dim": 7, "input_dim": 5}],
)
def test_the_cost_of_a_random_lstm_is_that_of_its_weights(options):
    source = Source("a b", **options)
    assert cost._random(source) == sum(weight.numel() for weight in read(source).lstm.parameters())


def test_a_reading_is_heavy_beyond_the_limit_by_its_letters_its_weights_and_its_holds(monkeypatch):
    source = Source("x" * 30)
    each = cost._random(source)
    monkeypatch.setattr("dashboard.question.limits.HEAVY", 50 * each)
    assert not cost.is_heavy(View(source))
    assert cost.is_heavy(View(Source("x" * 31)))
    monkeypatch.setattr("dashboard.question.limits.HEAVY", 50 * (each + cost.STEPWISE))
    held = View(source, holds=read_holds("f.0.0.0_1"))
    assert not cost.is_heavy(held)
    assert cost.is_heavy(View(Source("x" * 31), holds=held.holds))
    monkeypatch.setattr("dashboard.question.limits.HEAVY", 10**12)
    monkeypatch.setattr("dashboard.question.limits.LONG", 31)
    assert not cost.is_heavy(View(Source("x" * 31)))
    assert cost.is_heavy(View(Source("x" * 32)))
    assert cost.is_heavy(View(Source("x", file="key")))
    assert cost._weights(Source(model="tagger")) == cost.SHIPPED


def test_numbers_are_packed_in_steps_of_their_range_each_array_at_its_own_byte():
    values = np.array([[0.5, -2.0, math.nan]])
    content = packed({"a": values, "b": [values + 1, values], "c": "text"}, exact=False)
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    assert (length % 4, [header["a"]["at"], *(one["at"] for one in header["b"])]) == (0, [0, 8, 0])
    step = header["a"]["step"]
    assert step == pytest.approx(2 / 32767)
    whole = np.frombuffer(content[4 + length :][:6], "<i2")
    assert whole.tolist() == [round(0.5 / step), -32767, NAN]
    assert len(content) == 4 + length + 2 * 8, "equal arrays are sent once"
    nothing = packed({"a": np.zeros((1, 2))}, exact=False)
    assert json.loads(nothing[4 : 4 + int.from_bytes(nothing[:4], "little")])["a"]["step"] == 1.0
